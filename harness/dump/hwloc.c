/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/dump/build.h"
#include "harness/dump/scan.h"

/*
 * hwloc-gather-cpuid: a file a processor of lines "M EAX EBX ECX EDX => A B C D", hexadecimal. M
 * says which of the inputs count: bit 2 is ECX.
 */
#define HWLOC_ECX_COUNTS 4u

static bool hwloc_start(const char *text, struct dump_scan *scan, struct dump_row *row) {
    struct cpuid_values inputs;
    uint32_t mask;

    *scan = (struct dump_scan){.at = text};
    if (!scan_text(scan, " ") || !scan_hex(scan, &mask) || scan->digits > 2 ||
        !scan_text(scan, " ") || !scan_four(scan, " ", &inputs) || !scan_text(scan, " => "))
        return false;
    row->leaf = inputs.eax;
    row->subleaf = mask & HWLOC_ECX_COUNTS ? inputs.ecx : 0;
    return true;
}

static bool hwloc_recognises(const struct dump_line *line) {
    struct dump_scan scan;
    struct dump_row row;

    return hwloc_start(line->text, &scan, &row);
}

static void hwloc_read(struct dump_builder *builder, const struct dump_text *text) {
    for (size_t i = 0; i < text->count; i++) {
        struct dump_row row = {.known = CPUID_ALL, .line = text->lines[i].number};
        struct dump_scan scan;

        if (hwloc_start(text->lines[i].text, &scan, &row))
            dump_add_line(builder, &text->lines[i], &row, &scan,
                          scan_four(&scan, " ", &row.values));
    }
}

const struct dump_format dump_format_hwloc = {
    .name = "hwloc-gather-cpuid", .recognises = hwloc_recognises, .read = hwloc_read};
