/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz/fuzz.h"

#include "harness/audit/audit.h"
#include "harness/merge/merge.h"
#include "reports/model/hunt_report.h"

#include <stdlib.h>

/* The JSON reports of check, sweep, audit and hunt, as merge reads them. */
static void report_merge(enum report_kind kind, const char *path, struct errors *errors) {
    struct report report = {0};
    struct audit_report audit = {0};
    struct hunt_report hunt = {0};

    switch (kind) {
    case REPORT_OF_RUN:
        report_read_json(path, &report, errors);
        report_clear(&report);
        break;
    case REPORT_OF_AUDIT:
        merge_audits(&path, 1, &audit, errors);
        audit_report_clear(&audit);
        break;
    case REPORT_OF_HUNT:
        merge_hunts(&path, 1, &hunt, errors);
        hunt_report_clear(&hunt);
        break;
    case REPORT_KINDS:
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    const char *path = fuzz_file(bytes, size, ".json");
    struct errors errors = {0};
    enum report_kind kind;

    if (merge_recognise(path, &kind, &errors))
        report_merge(kind, path, &errors);
    errors_clear(&errors);
    return 0;
}
