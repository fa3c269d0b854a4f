/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz/fuzz.h"

#include "harness/audit/audit.h"
#include "harness/hunt/searches.h"
#include "harness/merge/merge.h"
#include "reports/model/report.h"

#include <stdlib.h>

/* The JSON reports of check, sweep, audit and hunt, as merge reads them. */
static void report_merge(enum merge_kind kind, const char *path, struct errors *errors) {
    struct report report = {0};
    struct audit_report audit = {0};
    struct hunt_outcome hunt = {0};

    switch (kind) {
    case MERGE_RUN:
        report_read_json(path, &report, errors);
        report_clear(&report);
        break;
    case MERGE_AUDIT:
        merge_audits(&path, 1, &audit, errors);
        audit_report_clear(&audit);
        break;
    case MERGE_HUNT:
        merge_hunts(&path, 1, &hunt, errors);
        hunt_outcome_clear(&hunt);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    const char *path = fuzz_file(bytes, size, ".json");
    struct errors errors = {0};
    enum merge_kind kind;

    if (merge_recognise(path, &kind, &errors))
        report_merge(kind, path, &errors);
    errors_clear(&errors);
    return 0;
}
