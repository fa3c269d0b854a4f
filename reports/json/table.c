/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/json/table.h"

#include "reports/json/report_fields.h"

json_t *json_leaf(const struct report_leaf *leaf) {
    json_t *object = json_object();
    bool ok = object;

    fields_put(object, &ok, FIELDS(report_leaf_fields), leaf);
    if (leaf->accused)
        json_put(object, &ok, "accused", json_true());
    return json_finish(object, ok);
}

static json_t *json_feature(const struct report_feature *feature) {
    json_t *object = json_object(), *bits = json_array();
    bool ok = object && bits;

    fields_put(object, &ok, FIELDS(report_feature_fields), feature);
    for (size_t i = 0; i < feature->bits_count; i++)
        json_add(bits, &ok, fields_object(FIELDS(report_bit_fields), &feature->bits[i]));
    json_put(object, &ok, "bits", bits);
    return json_finish(object, ok);
}

static json_t *json_features(const struct report_probe *probe) {
    json_t *array = json_array();
    bool ok = array;

    for (size_t i = 0; i < probe->features_count; i++)
        json_add(array, &ok, json_feature(&probe->features[i]));
    return json_finish(array, ok);
}

void json_put_table(json_t *object, bool *ok, const struct report_probe *probe) {
    json_t *leaves = json_array();

    for (size_t i = 0; i < probe->leaves_count; i++)
        json_add(leaves, ok, json_leaf(&probe->leaves[i]));
    json_put(object, ok, "features", json_features(probe));
    fields_put(object, ok, FIELDS(report_table_fields), probe);
    json_put(object, ok, "leaves", leaves);
}
