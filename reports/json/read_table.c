/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/json/report_fields.h"

void read_leaves(struct reader *reader, json_t *object, struct report_leaf **leaves,
                 size_t *count) {
    json_t *array = read_field(reader, object, "leaves", JSON_ARRAY);

    *leaves = read_room(reader, array, sizeof **leaves, "leaves", count);
    for (size_t i = 0; i < *count; i++) {
        json_t *value = json_array_get(array, i);

        fields_read(reader, value, FIELDS(report_leaf_fields), &(*leaves)[i]);
        (*leaves)[i].accused = json_is_true(json_object_get(value, "accused"));
    }
}

static void read_feature(struct reader *reader, json_t *object, struct report_feature *feature) {
    json_t *bits = read_field(reader, object, "bits", JSON_ARRAY);

    fields_read(reader, object, FIELDS(report_feature_fields), feature);
    feature->bits = read_room(reader, bits, sizeof *feature->bits, "bits", &feature->bits_count);
    for (size_t i = 0; i < feature->bits_count; i++)
        fields_read(reader, json_array_get(bits, i), FIELDS(report_bit_fields), &feature->bits[i]);
}

static void read_features(struct reader *reader, json_t *array, struct report_probe *probe) {
    probe->features =
        read_room(reader, array, sizeof *probe->features, "features", &probe->features_count);
    for (size_t i = 0; i < probe->features_count; i++)
        read_feature(reader, json_array_get(array, i), &probe->features[i]);
}

void read_table(struct reader *reader, json_t *object, struct report_probe *probe) {
    read_features(reader, read_field(reader, object, "features", JSON_ARRAY), probe);
    fields_read(reader, object, FIELDS(report_table_fields), probe);
    read_leaves(reader, object, &probe->leaves, &probe->leaves_count);
}
