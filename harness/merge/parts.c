/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/merge/internal.h"

#include "reports/json/read.h"
#include "reports/model/audit_report.h"
#include "reports/model/hunt_report.h"

#include <string.h>

/* What all kinds of parts have in common. */

bool merge_recognise(const char *path, enum report_kind *kind, struct errors *errors) {
    static const struct {
        const char *format;
        enum report_kind kind;
    } rows[] = {{AUDIT_JSON_FORMAT, REPORT_OF_AUDIT}, {HUNT_JSON_FORMAT, REPORT_OF_HUNT}};
    struct reader reader = {path, NULL, errors, false};
    json_t *root = reader_load(&reader);
    const char *format = json_string_value(json_object_get(root, "format"));

    *kind = REPORT_OF_RUN;
    for (size_t i = 0; format && i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(format, rows[i].format) == 0)
            *kind = rows[i].kind;
    }
    json_decref(root);
    return root != NULL;
}

bool merge_is_part(const struct merge_part *parts, const char *const *paths, size_t index,
                   struct errors *errors) {
    if (parts[index].shards == 0)
        return errors_add(errors, paths[index], 0, 0,
                          "this report is of a whole run, not of a shard: parts are made with "
                          "--shard 1/N to N/N");
    return parts[index].shards == parts[0].shards ||
           errors_add(errors, paths[index], 0, 0, "a part of %u, where %s is a part of %u",
                      parts[index].shards, paths[0], parts[0].shards);
}

bool merge_refuse(const char *path, const char *first, const char *what, struct errors *errors) {
    return errors_add(errors, path, 0, 0, "not of the same run as %s: %s", first, what);
}

bool merge_is_complete(const struct merge_part *parts, const char *const *paths, size_t count,
                       struct errors *errors) {
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (parts[j].shard == parts[i].shard)
                return errors_add(errors, paths[i], 0, 0, "part %u of %u is there twice, see %s",
                                  parts[i].shard, parts[i].shards, paths[j]);
        }
    }
    for (unsigned part = 1; part <= parts[0].shards; part++) {
        size_t i = 0;

        while (i < count && parts[i].shard != part)
            i++;
        if (i == count)
            return errors_add(errors, NULL, 0, 0, "part %u of %u is missing", part,
                              parts[0].shards);
    }
    return true;
}
