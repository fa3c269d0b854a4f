/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/table/features.h"
#include "harness/table/judge.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* What is no violation and still worth knowing, of the first processor. */

#define NOTES_BASES_LAST 0x4000ff00u /* where guests stop to look for further bases */

static void note_add(struct table_judging *judging, const char *format, ...) {
    struct table_findings *findings = judging->findings;
    char **notes, *text = NULL;
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vasprintf(&text, format, arguments);
    va_end(arguments);
    notes =
        length < 0 ? NULL : realloc(findings->notes, (findings->notes_count + 1) * sizeof *notes);
    if (!notes) {
        if (length >= 0)
            free(text);
        findings->lost = true;
        return;
    }
    findings->notes = notes;
    notes[findings->notes_count++] = text;
}

static bool note_is_zero(const struct dump_row *row) {
    return row->known == CPUID_ALL &&
           (row->values.eax | row->values.ebx | row->values.ecx | row->values.edx) == 0;
}

/* What a machine without a hypervisor answers. */
static void note_bare(struct table_judging *judging, const struct table_view *view) {
    const struct dump_row *leaf_1 = dump_first(view->processor, 1);
    bool present = leaf_1 && (leaf_1->values.ecx & CPUID_PRESENT);
    const char *what = table_echoed_basic(view, view->base) ? "repeats the highest basic leaf"
                       : note_is_zero(view->base)           ? "is all zero"
                                                            : NULL;

    if (what)
        note_add(judging, "leaf 0x40000000 %s, as without a hypervisor%s", what,
                 present ? ", although bit 31 of ECX of leaf 1 is set" : "");
}

/* Above the maximum echoes are allowed, and nothing there is evidence. */
static void note_beyond(struct table_judging *judging, const struct table_view *view) {
    uint32_t first = 0, last = 0;
    size_t count = 0;

    for (const struct dump_row *row = view->first; row < view->end; row++) {
        if (row->leaf <= view->maximum || !(row->known & CPUID_EAX) || row->values.eax == 0 ||
            (count > 0 && row->leaf == last))
            continue;
        if (!table_echoed_basic(view, row) && !table_same_values(view->base, row) &&
            !table_echoed_stray(view, row))
            continue;
        first = count++ ? first : row->leaf;
        last = row->leaf;
    }
    if (count > 0)
        note_add(judging,
                 "above the maximum %zu lea%s from 0x%08" PRIx32 " to 0x%08" PRIx32
                 " repeat%s another leaf, which is allowed: nothing is promised there",
                 count, count == 1 ? "f" : "ves", first, last, count == 1 ? "s" : "");
}

/* Xen and KVM beside a Hyper-V interface: the rules are about the block at 0x40000000. */
static void note_bases(struct table_judging *judging, const struct table_view *view) {
    for (uint32_t base = CPUID_BASE + 0x100; base <= NOTES_BASES_LAST; base += 0x100) {
        const struct dump_row *row = dump_first(view->processor, base);
        char *signature;

        if (!row || row->known != CPUID_ALL || row->values.eax < base ||
            row->values.eax > base + 0xff || table_same_values(view->base, row) ||
            table_echoed_basic(view, row))
            continue;
        signature = feature_vendor(&row->values);
        note_add(judging,
                 "a further interface at 0x%08" PRIx32 ", '%s', maximum 0x%08" PRIx32
                 ": not judged, as the mail knows the block at 0x40000000 only",
                 base, signature ? signature : "", row->values.eax);
        free(signature);
    }
}

/* An author's word against the table's: guests go by the table. */
static void note_claims(struct table_judging *judging, const struct table_view *view) {
    const struct table_claims *claims = judging->claims;

    for (size_t i = 0; claims->declared && i < claims->count; i++) {
        uint32_t leaf = claims->implements[i];
        const struct dump_row *row = dump_first(view->processor, leaf);

        if (row && leaf <= view->maximum && (row->known & CPUID_EAX) && row->values.eax == 0)
            note_add(judging,
                     "the manifest says that leaf 0x%08" PRIx32
                     " is implemented, and its EAX is 0: guests that go by the mail take it for "
                     "not implemented",
                     leaf);
    }
}

void table_note_all(struct table_judging *judging) {
    note_bare(judging, &judging->first);
    note_beyond(judging, &judging->first);
    note_bases(judging, &judging->first);
    note_claims(judging, &judging->first);
}
