/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/dump/build.h"
#include "harness/dump/scan.h"

#include <string.h>

/*
 * `cpuid -r` (Todd Allen): "CPU 3:", then "   0x40000000 0x00: eax=0x... ebx=0x... ecx=0x...
 * edx=0x...". Posts quote it in mails, in comments and behind the times of logs, so a row may start
 * anywhere in its line.
 */

/* The part of a row that no other text has: leaf, subleaf, and the first register's name. */
static bool cpuid_r_start(const char *text, struct dump_scan *scan, struct dump_row *row) {
    const char *eax = strstr(text, "eax=");

    for (const char *at = text; eax && (at = strstr(at, "0x")) && at < eax; at++) {
        *scan = (struct dump_scan){.at = at};
        if (scan_0x(scan, &row->leaf) && scan_text(scan, " ") && scan_0x(scan, &row->subleaf) &&
            scan_text(scan, ": eax="))
            return true;
    }
    return false;
}

#define CPUID_R_QUOTES " \t>|/*#" /* what mails and comments put ahead of a line */

/* The next register's name, which stands on the next line where a mail was wrapped. */
static bool cpuid_r_name(struct dump_scan *scan, const char *name, const struct dump_text *text,
                         size_t *line) {
    struct dump_scan next = *scan;

    if (scan_text(scan, name))
        return true;
    if (!scan_end(scan) || *line + 1 >= text->count)
        return false;
    next.at = text->lines[*line + 1].text;
    next.at += strspn(next.at, CPUID_R_QUOTES);
    if (!scan_text(&next, name))
        return false;
    *scan = next;
    ++*line;
    return true;
}

/* Leaves *line at the last one that the row takes. */
static bool cpuid_r_registers(struct dump_scan *scan, struct cpuid_values *values,
                              const struct dump_text *text, size_t *line) {
    return scan_0x(scan, &values->eax) && cpuid_r_name(scan, " ebx=", text, line) &&
           scan_0x(scan, &values->ebx) && cpuid_r_name(scan, " ecx=", text, line) &&
           scan_0x(scan, &values->ecx) && cpuid_r_name(scan, " edx=", text, line) &&
           scan_0x(scan, &values->edx);
}

static bool cpuid_r_recognises(const struct dump_line *line) {
    struct dump_scan scan;
    struct dump_row row;

    return cpuid_r_start(line->text, &scan, &row);
}

static void cpuid_r_read(struct dump_builder *builder, const struct dump_text *text) {
    for (size_t i = 0; i < text->count; i++) {
        const struct dump_line *line = &text->lines[i];
        struct dump_row row = {.known = CPUID_ALL, .line = line->number};
        struct dump_scan scan;
        uint32_t number;
        bool complete;

        if (!cpuid_r_start(line->text, &scan, &row)) {
            if (scan_processor(line->text, &number))
                dump_begin_processor(builder, number);
            continue;
        }
        complete = cpuid_r_registers(&scan, &row.values, text, &i);
        dump_add_line(builder, &text->lines[i], &row, &scan, complete);
    }
}

const struct dump_format dump_format_cpuid_r = {
    .name = "cpuid -r", .recognises = cpuid_r_recognises, .read = cpuid_r_read};
