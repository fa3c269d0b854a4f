/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/table/view.h"

#include <string.h>

/* Leaves that nobody defines: `cpuid -r` asks them by itself, and processors answer them as any
 * leaf out of range. */
static const uint32_t view_strays[] = {0x20000000u, 0x40000100u, 0x80860000u, 0xc0000000u};

bool table_view_make(const struct dump_processor *processor, struct table_view *view) {
    const struct dump_row *base = dump_first(processor, CPUID_BASE);
    const struct dump_row *zero = dump_first(processor, 0);
    const struct dump_row *end;

    if (!base || !(base->known & CPUID_EAX))
        return false;
    *view = (struct table_view){.processor = processor,
                                .base = base,
                                .maximum = base->values.eax,
                                .in_block = base->values.eax >= CPUID_BASE &&
                                            base->values.eax <= CPUID_BLOCK_LAST};
    if (zero && (zero->known & CPUID_EAX) && zero->values.eax < CPUID_BASE)
        view->highest = dump_first(processor, zero->values.eax);
    end = processor->rows + processor->count;
    view->first = base;
    while (view->first < end && view->first->leaf == CPUID_BASE)
        view->first++;
    view->end = view->first;
    while (view->end < end && view->end->leaf <= CPUID_BLOCK_LAST)
        view->end++;
    return true;
}

bool table_same_values(const struct dump_row *a, const struct dump_row *b) {
    return a->known == CPUID_ALL && b->known == CPUID_ALL &&
           memcmp(&a->values, &b->values, sizeof a->values) == 0;
}

const struct dump_row *table_echoed_basic(const struct table_view *view,
                                          const struct dump_row *row) {
    const struct dump_row *end = view->processor->rows + view->processor->count;

    if (!view->highest)
        return NULL;
    for (const struct dump_row *basic = view->highest;
         basic < end && basic->leaf == view->highest->leaf; basic++) {
        if (table_same_values(basic, row))
            return basic;
    }
    return NULL;
}

const struct dump_row *table_echoed_stray(const struct table_view *view,
                                          const struct dump_row *row) {
    if (view->highest)
        return NULL;
    for (const struct dump_row *other = view->first; other < view->end; other++) {
        if (other->leaf > view->maximum && other->leaf != row->leaf &&
            table_same_values(other, row))
            return other;
    }
    for (size_t i = 0; i < sizeof view_strays / sizeof view_strays[0]; i++) {
        const struct dump_row *other = dump_first(view->processor, view_strays[i]);

        if (other && table_same_values(other, row))
            return other;
    }
    return NULL;
}
