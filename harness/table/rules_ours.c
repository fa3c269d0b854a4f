/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/table/judge.h"

#include <inttypes.h>
#include <stdio.h>

/* Our own rules about hypervisors: the bit, the processors, the subleaves. */
#define RULES_EXPECT(at, ...) snprintf((at)->expected, sizeof(at)->expected, __VA_ARGS__)
#define RULES_OBSERVE(at, ...) snprintf((at)->observed, sizeof(at)->observed, __VA_ARGS__)

/* --- hypervisor/present --- */

void table_judge_present(struct table_judging *judging, const struct table_view *view) {
    const struct dump_row *row = dump_first(view->processor, 1);
    struct table_case *at;

    if (!row || !(row->known & CPUID_ECX))
        return;
    if (row->values.ecx & CPUID_PRESENT) {
        table_put(judging, RULE_HYPERVISOR_PRESENT, 1);
        return;
    }
    at = table_accuse(judging, RULE_HYPERVISOR_PRESENT, view, 1, TABLE_NONSTRICT);
    if (!at)
        return;
    RULES_EXPECT(at, "bit 31 of ECX of leaf 1 set, as 0x40000000 answers as a hypervisor's");
    RULES_OBSERVE(at, "the bit is clear: ECX = 0x%08" PRIx32, row->values.ecx);
    table_show(at, row);
    table_show(at, view->base);
}

/* --- hypervisor/same-on-every-processor --- */

static void rules_accuse_processor(struct table_judging *judging, const struct table_view *view,
                                   const struct dump_row *first, const struct dump_row *other) {
    struct table_case *at = table_accuse(judging, RULE_HYPERVISOR_SAME_ON_EVERY_PROCESSOR, view,
                                         other->leaf, TABLE_FAILS);

    if (!at)
        return;
    RULES_EXPECT(at, "what processor %u returns: EAX = 0x%" PRIx32 "%s",
                 judging->first.processor->number, first->values.eax,
                 other->leaf == CPUID_BASE ? " and the same signature" : "");
    RULES_OBSERVE(at, "processor %u returns EAX = 0x%" PRIx32 "%s", view->processor->number,
                  other->values.eax,
                  first->values.eax == other->values.eax ? " and another signature" : "");
    table_show(at, other);
    table_show(at, first);
}

/* A feature's other registers may name the processor, as Xen's 0x40000004 does. */
static bool rules_agree(const struct dump_row *first, const struct dump_row *other) {
    if (first->leaf == CPUID_BASE && first->known == CPUID_ALL && other->known == CPUID_ALL)
        return table_same_values(first, other);
    return first->values.eax == other->values.eax;
}

void table_judge_same(struct table_judging *judging, const struct table_view *view) {
    const struct table_view *first = &judging->first;
    uint32_t maximum = first->maximum < view->maximum ? first->maximum : view->maximum;

    if (view->processor == first->processor)
        return;
    for (const struct dump_row *other = view->base;
         other < view->end && (other->leaf == CPUID_BASE || other->leaf <= maximum); other++) {
        const struct dump_row *row = dump_find(first->processor, other->leaf, other->subleaf);

        if (!row || !(row->known & other->known & CPUID_EAX))
            continue;
        if (rules_agree(row, other))
            table_put(judging, RULE_HYPERVISOR_SAME_ON_EVERY_PROCESSOR, other->leaf);
        else
            rules_accuse_processor(judging, view, row, other);
    }
}

/* --- hypervisor/subleaf-free --- */

void table_judge_subleaf(struct table_judging *judging, const struct table_view *view) {
    const struct dump_row *first = view->first;

    for (const struct dump_row *row = view->first; row < view->end && row->leaf <= view->maximum;
         row++) {
        struct table_case *at;

        if (row->leaf != first->leaf) {
            first = row;
            continue;
        }
        if (row == first || !(row->known & first->known & CPUID_EAX))
            continue;
        if (row->values.eax == first->values.eax) {
            table_put(judging, RULE_HYPERVISOR_SUBLEAF_FREE, row->leaf);
            continue;
        }
        at = table_accuse(judging, RULE_HYPERVISOR_SUBLEAF_FREE, view, row->leaf, TABLE_INFO);
        if (!at)
            continue;
        RULES_EXPECT(at, "EAX = 0x%" PRIx32 " whatever ECX holds, as with ECX = 0x%" PRIx32,
                     first->values.eax, first->subleaf);
        RULES_OBSERVE(at, "EAX = 0x%" PRIx32 " with ECX = 0x%" PRIx32, row->values.eax,
                      row->subleaf);
        table_show(at, row);
        table_show(at, first);
    }
}
