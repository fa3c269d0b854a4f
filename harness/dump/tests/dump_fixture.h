/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_DUMP_TESTS_DUMP_FIXTURE_H
#define HVSPEC_HARNESS_DUMP_TESTS_DUMP_FIXTURE_H

/* A dump in hand, and what is asked of it. */
#include "base/tests/unit.h"
#include "harness/dump/dump.h"

#include <string.h>

#define BASE_ROW "0x40000000 0x00: eax=0x40000001 ebx=0x4b4d564b ecx=0x564b4d56 edx=0x0000004d\n"
#define LEAF_ROW "0x40000001 0x00: eax=0x01007afb ebx=0x00000001 ecx=0x00000002 edx=0x00000003\n"

static struct dump dump;
static struct errors errors;

static inline bool parse(const char *text) {
    return dump_parse("dump", text, strlen(text), &dump, &errors);
}

static inline void clear(void) {
    dump_clear(&dump);
    errors_clear(&errors);
}

/* The one error of the last text holds this, and is about this line. */
static inline bool refused(unsigned line, const char *what) {
    return errors.count == 1 && errors.entries[0].line == line &&
           strstr(errors.entries[0].message, what);
}

static inline bool has(const struct dump_row *row, uint32_t eax, uint32_t ebx, uint32_t ecx,
                       uint32_t edx) {
    return row && row->known == CPUID_ALL && row->values.eax == eax && row->values.ebx == ebx &&
           row->values.ecx == ecx && row->values.edx == edx;
}

static inline bool notes(const struct dump_table *table, const char *what) {
    for (size_t i = 0; i < table->notes_count; i++) {
        if (strstr(table->notes[i], what))
            return true;
    }
    return false;
}

#endif
