/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz/fuzz.h"

#include "harness/table/offer.h"

#include <stdlib.h>

/* What comes of one table: judged with and without a word on what is implemented, and told. */
static void judge(const struct dump_table *table) {
    static const uint32_t implements[] = {0x40000001u, 0x40000010u};
    const struct table_claims claims[] = {{false, NULL, 0}, {true, implements, 2}};

    for (size_t i = 0; i < 2; i++) {
        struct table_findings findings;
        struct report report = {.probes = calloc(1, sizeof *report.probes), .probes_count = 1};

        if (!report.probes || !table_judge(table, &claims[i], &findings) ||
            !table_offer(table, &findings, &report.probes[0]))
            abort();
        table_findings_clear(&findings);
        report_clear(&report);
    }
}

/* CPUID dumps in any format, up to their verdicts. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    struct errors errors = {0};
    struct dump dump;

    if (dump_parse("dump", (const char *)bytes, size, &dump, &errors) != errors_none(&errors))
        abort();
    for (size_t i = 0; errors_none(&errors) && i < dump.count; i++)
        judge(&dump.tables[i]);
    dump_clear(&dump);
    errors_clear(&errors);
    return 0;
}
