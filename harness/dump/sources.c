/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/dump/build.h"
#include "harness/dump/scan.h"

#include <string.h>

/* Dumps as source text: Fuchsia's macros, and the records of Julia's CpuId. */

static bool sources_four_0x(struct dump_scan *scan, struct cpuid_values *values) {
    return scan_0x(scan, &values->eax) && scan_text(scan, " , ") && scan_0x(scan, &values->ebx) &&
           scan_text(scan, " , ") && scan_0x(scan, &values->ecx) && scan_text(scan, " , ") &&
           scan_0x(scan, &values->edx);
}

/* "<mark>0xLEAF, 0xSUBLEAF<behind>" somewhere in the line. */
static bool sources_start(const char *text, const char *mark, const char *behind,
                          struct dump_scan *scan, struct dump_row *row) {
    for (const char *at = text; (at = strchr(at, *mark)); at++) {
        *scan = (struct dump_scan){.at = at};
        if (scan_text(scan, mark) && scan_0x(scan, &row->leaf) && scan_text(scan, " , ") &&
            scan_0x(scan, &row->subleaf) && scan_text(scan, behind))
            return true;
    }
    return false;
}

/* --- Fuchsia: DEFINE_CPUID_VALUES(leaf, subleaf, eax, ebx, ecx, edx) --- */

static bool fuchsia_start(const char *text, struct dump_scan *scan, struct dump_row *row) {
    return sources_start(text, "DEFINE_CPUID_VALUES ( ", " , ", scan, row);
}

static bool fuchsia_recognises(const struct dump_line *line) {
    struct dump_scan scan;
    struct dump_row row;

    return fuchsia_start(line->text, &scan, &row);
}

static void fuchsia_read(struct dump_builder *builder, const struct dump_text *text) {
    for (size_t i = 0; i < text->count; i++) {
        struct dump_row row = {.known = CPUID_ALL, .line = text->lines[i].number};
        struct dump_scan scan;

        if (fuchsia_start(text->lines[i].text, &scan, &row))
            dump_add_line(builder, &text->lines[i], &row, &scan,
                          sources_four_0x(&scan, &row.values) && scan_text(&scan, " )"));
    }
}

const struct dump_format dump_format_fuchsia = {
    .name = "Fuchsia .inc", .recognises = fuchsia_recognises, .read = fuchsia_read};

/* --- Julia's CpuId: ((leaf, subleaf) => (eax, ebx, ecx, edx)) in blocks push!(_mockdb, ...) --- */

static bool julia_start(const char *text, struct dump_scan *scan, struct dump_row *row) {
    return sources_start(text, "( ", " ) => ( ", scan, row);
}

static bool julia_recognises(const struct dump_line *line) {
    struct dump_scan scan;
    struct dump_row row;

    return julia_start(line->text, &scan, &row);
}

static bool julia_begins_block(const char *text) {
    const char *at = strstr(text, "push!");
    struct dump_scan scan = {.at = at ? at : ""};

    return scan_text(&scan, "push! ( _mockdb");
}

static void julia_read(struct dump_builder *builder, const struct dump_text *text) {
    for (size_t i = 0; i < text->count; i++) {
        struct dump_row row = {.known = CPUID_ALL, .line = text->lines[i].number};
        struct dump_scan scan;

        if (julia_begins_block(text->lines[i].text))
            dump_begin_table(builder);
        if (julia_start(text->lines[i].text, &scan, &row))
            dump_add_line(builder, &text->lines[i], &row, &scan,
                          sources_four_0x(&scan, &row.values) && scan_text(&scan, " )"));
    }
}

const struct dump_format dump_format_julia = {
    .name = "Julia CpuId", .recognises = julia_recognises, .read = julia_read};
