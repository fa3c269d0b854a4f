/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/json/table.h"

json_t *json_leaf(const struct report_leaf *leaf) {
    json_t *object = json_object();
    bool ok = object;

    json_put(object, &ok, "first", json_word(leaf->first));
    json_put(object, &ok, "last", json_word(leaf->last));
    json_put(object, &ok, "eax", json_word(leaf->eax));
    json_put(object, &ok, "ebx", json_word(leaf->ebx));
    json_put(object, &ok, "ecx", json_word(leaf->ecx));
    json_put(object, &ok, "edx", json_word(leaf->edx));
    json_put(object, &ok, "beyond", json_boolean(leaf->beyond));
    json_put(object, &ok, "target", json_boolean(leaf->target));
    json_put(object, &ok, "same", json_boolean(leaf->same));
    if (leaf->accused)
        json_put(object, &ok, "accused", json_true());
    return json_finish(object, ok);
}

static json_t *json_features(const struct report_probe *probe) {
    json_t *array = json_array();
    bool ok = array;

    for (size_t i = 0; i < probe->features_count; i++) {
        const struct report_feature *feature = &probe->features[i];
        json_t *object = json_object();

        json_put(object, &ok, "leaf", json_word(feature->leaf));
        json_put(object, &ok, "range", json_text(feature->range));
        json_put(object, &ok, "meaning", json_text(feature->meaning));
        json_put(object, &ok, "value", json_text(feature->value));
        json_put(object, &ok, "source", json_text(feature->source));
        json_add(array, &ok, object);
    }
    return json_finish(array, ok);
}

void json_put_table(json_t *object, bool *ok, const struct report_probe *probe) {
    json_t *leaves = json_array();

    for (size_t i = 0; i < probe->leaves_count; i++)
        json_add(leaves, ok, json_leaf(&probe->leaves[i]));
    json_put(object, ok, "features", json_features(probe));
    json_put(object, ok, "maximum", json_word(probe->maximum));
    json_put(object, ok, "vendor", json_text(probe->vendor));
    json_put(object, ok, "leaves", leaves);
}
