/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/dump/build.h"
#include "harness/dump/scan.h"

#include <string.h>

/*
 * AIDA64, and InstLatx64's collection of its dumps: "CPUID 40000000: A-B-C-D [SL 00] [text]" below
 * "------[ CPUID Registers / Logical CPU #0 ]------" or "CPU#000 AffMask: 0x...".
 */

static bool aida64_start(const char *text, struct dump_scan *scan, struct dump_row *row) {
    for (const char *at = text; (at = strstr(at, "CPUID ")); at++) {
        *scan = (struct dump_scan){.at = at};
        if (scan_text(scan, "CPUID ") && scan_hex(scan, &row->leaf) && scan->digits == 8 &&
            scan_text(scan, ":"))
            return true;
    }
    return false;
}

static bool aida64_registers(struct dump_scan *scan, struct cpuid_values *values) {
    return scan_text(scan, " ") && scan_hex(scan, &values->eax) && scan_text(scan, "-") &&
           scan_hex(scan, &values->ebx) && scan_text(scan, "-") && scan_hex(scan, &values->ecx) &&
           scan_text(scan, "-") && scan_hex(scan, &values->edx) && scan->digits == 8;
}

/* "[SL 0A]"; without it the subleaf was 0, or did not matter. */
static bool aida64_subleaf(struct dump_scan *scan, uint32_t *subleaf) {
    unsigned digits = scan->digits; /* of the last register, which tells whether the line is cut */
    bool complete;

    *subleaf = 0;
    complete = !scan_text(scan, " [SL ") || (scan_hex(scan, subleaf) && scan_text(scan, "]"));
    scan->digits = digits;
    return complete;
}

static bool aida64_header(const char *text, uint32_t *number) {
    static const char *const marks[] = {"CPU #", "CPU#"};

    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        const char *at = strstr(text, marks[i]);
        struct dump_scan scan = {.at = at ? at + strlen(marks[i]) : ""};

        if (scan_decimal(&scan, number))
            return true;
    }
    return false;
}

static bool aida64_recognises(const struct dump_line *line) {
    struct dump_scan scan;
    struct dump_row row;

    return aida64_start(line->text, &scan, &row);
}

static void aida64_read(struct dump_builder *builder, const struct dump_text *text) {
    for (size_t i = 0; i < text->count; i++) {
        const struct dump_line *line = &text->lines[i];
        struct dump_row row = {.known = CPUID_ALL, .line = line->number};
        struct dump_scan scan;
        uint32_t number;
        bool complete;

        if (!aida64_start(line->text, &scan, &row)) {
            if (aida64_header(line->text, &number))
                dump_begin_processor(builder, number);
            continue;
        }
        complete = aida64_registers(&scan, &row.values) && aida64_subleaf(&scan, &row.subleaf);
        dump_add_line(builder, line, &row, &scan, complete);
    }
}

const struct dump_format dump_format_aida64 = {
    .name = "AIDA64", .recognises = aida64_recognises, .read = aida64_read};
