/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/table/import.h"

#include "harness/spec/spec.h"
#include "harness/table/view.h"

#include <inttypes.h>
#include <string.h>

#define IMPORT_ASKS_MAX 64u /* of a scenario's boot */

struct import_question {
    uint32_t leaf;
    enum outcome outcome;
};

struct import {
    const struct table_subject *subject;
    struct table_view view;
    struct import_question questions[IMPORT_ASKS_MAX];
    size_t count;
};

/* --- Questions. --- */

static void import_ask(struct import *import, uint32_t leaf, uint32_t eax) {
    if (import->count < IMPORT_ASKS_MAX)
        import->questions[import->count++] =
            (struct import_question){leaf, spec_outcome(import->view.maximum, leaf, eax)};
}

/* The first leaf above the maximum that the block has. */
static uint32_t import_above(const struct table_view *view) {
    return view->maximum < CPUID_BASE         ? CPUID_BASE + 1
           : view->maximum < CPUID_BLOCK_LAST ? view->maximum + 1
                                              : 0;
}

/* Every leaf that is implemented, the first gap, and the first leaf above the maximum. What is not
 * shown is not asked about. */
static void import_ask_all(struct import *import) {
    const struct table_view *view = &import->view;
    uint32_t above = import_above(view);
    bool gap = false;

    for (const struct dump_row *row = view->first; row < view->end && row->leaf <= view->maximum;
         row++) {
        if (row->subleaf != 0 || !(row->known & CPUID_EAX) || (row->values.eax == 0 && gap) ||
            import->count + 1 == IMPORT_ASKS_MAX)
            continue;
        gap |= row->values.eax == 0;
        import_ask(import, row->leaf, row->values.eax);
    }
    if (above > 0)
        import_ask(import, above, 0);
}

static const char *import_word(enum outcome outcome) {
    return outcome == OUTCOME_AVAILABLE       ? "available"
           : outcome == OUTCOME_NOT_AVAILABLE ? "not-available"
                                              : "not-implemented";
}

static void import_print_questions(const struct import *import, FILE *stream) {
    fputs("ask: [", stream);
    for (size_t i = 0; i < import->count; i++)
        fprintf(stream, "%s0x%08" PRIx32, i ? ", " : "", import->questions[i].leaf);
    fputs("]\nexpect: [", stream); /* made by the spec function */
    for (size_t i = 0; i < import->count; i++)
        fprintf(stream, "%s%s", i ? ", " : "", import_word(import->questions[i].outcome));
    fputs("]\n", stream);
}

/* --- Leaves. --- */

static void import_values(FILE *stream, const struct cpuid_values *values) {
    fprintf(stream,
            "eax: 0x%08" PRIx32 ", ebx: 0x%08" PRIx32 ", ecx: 0x%08" PRIx32 ", edx: 0x%08" PRIx32,
            values->eax, values->ebx, values->ecx, values->edx);
}

static bool import_is_zero(const struct cpuid_values *values) {
    return (values->eax | values->ebx | values->ecx | values->edx) == 0;
}

/* The rows of one leaf: `end` is behind the last. */
static const struct dump_row *import_leaf_end(const struct dump_processor *processor,
                                              const struct dump_row *row) {
    const struct dump_row *end = processor->rows + processor->count;
    uint32_t leaf = row->leaf;

    while (row < end && row->leaf == leaf)
        row++;
    return row;
}

/* Where all subleaves are alike the format needs none. */
static bool import_depends(const struct dump_row *first, const struct dump_row *end) {
    for (const struct dump_row *row = first + 1; row < end; row++) {
        if (memcmp(&row->values, &first->values, sizeof row->values) != 0)
            return true;
    }
    return first->subleaf != 0;
}

static void import_print_leaf(FILE *stream, const struct dump_row *first,
                              const struct dump_row *end) {
    if (!import_depends(first, end)) {
        fprintf(stream, "    0x%08" PRIx32 ": {", first->leaf);
        import_values(stream, &first->values);
        fputs("}\n", stream);
        return;
    }
    fprintf(stream, "    0x%08" PRIx32 ":\n", first->leaf);
    for (const struct dump_row *row = first; row < end; row++) {
        fprintf(stream, "      - {subleaf: 0x%" PRIx32 ", ", row->subleaf);
        import_values(stream, &row->values);
        fputs("}\n", stream);
    }
}

/* A leaf that only repeats what `beyond` says, or is zero as unlisted ones are, need not stand in
 * the file. */
static bool import_is_listed(const struct table_view *view, const struct dump_row *first,
                             const struct dump_row *end, const struct dump_row *beyond) {
    bool depends = import_depends(first, end);

    if (first->leaf == CPUID_BASE ||
        (first->leaf > CPUID_BLOCK_LAST && first->leaf < 0x80000000u) || first->leaf > 0x8fffffffu)
        return false;
    if (first->leaf < CPUID_BASE || first->leaf > CPUID_BLOCK_LAST)
        return true;
    if (first->leaf > view->maximum)
        return beyond ? depends || !table_same_values(first, beyond)
                      : depends || !import_is_zero(&first->values);
    return depends || !import_is_zero(&first->values);
}

static void import_print_leaves(const struct import *import, const struct dump_row *beyond,
                                FILE *stream) {
    const struct dump_processor *processor = import->view.processor;
    const struct dump_row *end = processor->rows + processor->count, *next;
    bool any = false;

    for (const struct dump_row *row = processor->rows; row < end; row = next) {
        next = import_leaf_end(processor, row);
        if (!import_is_listed(&import->view, row, next, beyond))
            continue;
        if (!any)
            fputs("  leaves:\n", stream);
        any = true;
        import_print_leaf(stream, row, next);
    }
}

/* What leaves above the maximum repeat; NULL: none is shown, or they are zero. */
static const struct dump_row *import_beyond(const struct table_view *view) {
    for (const struct dump_row *row = view->first; row < view->end; row++) {
        if (row->leaf > view->maximum && row->subleaf == 0 && row->known == CPUID_ALL &&
            (table_echoed_basic(view, row) || table_same_values(view->base, row)))
            return row;
    }
    return NULL;
}

static void import_print_hypervisor(const struct import *import, FILE *stream) {
    const struct table_view *view = &import->view;
    const struct dump_row *leaf_1 = dump_first(view->processor, 1);
    const struct dump_row *beyond = import_beyond(view);
    const struct cpuid_values *base = &view->base->values;

    fputs("hypervisor:\n", stream);
    if (leaf_1 && !(leaf_1->values.ecx & CPUID_PRESENT))
        fputs("  # Bit 31 of leaf 1 is clear in the dump; here it is set, as in all tables.\n",
              stream);
    fprintf(stream,
            "  signature: {ebx: 0x%08" PRIx32 ", ecx: 0x%08" PRIx32 ", edx: 0x%08" PRIx32 "}\n"
            "  max: 0x%08" PRIx32 "\n",
            base->ebx, base->ecx, base->edx, view->maximum);
    import_print_leaves(import, beyond, stream);
    fputs("  unlisted: zero\n  beyond: ", stream);
    if (beyond) {
        fputc('{', stream);
        import_values(stream, &beyond->values);
        fputs("}\n", stream);
    } else {
        fputs("zero\n", stream);
    }
}

/* --- The file. --- */

static bool import_has(const struct import *import, enum outcome outcome) {
    for (size_t i = 0; i < import->count; i++) {
        if (import->questions[i].outcome == outcome)
            return true;
    }
    return false;
}

static void import_print_rules(const struct import *import, FILE *stream) {
    static const struct {
        enum outcome outcome;
        const char *rule;
    } rows[] = {{OUTCOME_NOT_AVAILABLE, "max/below-is-absent"},
                {OUTCOME_NOT_IMPLEMENTED, "target/zero-is-absent"},
                {OUTCOME_AVAILABLE, "target/nonzero-is-present"}};
    const char *separator = "rules: [";

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (!import_has(import, rows[i].outcome))
            continue;
        fprintf(stream, "%s%s", separator, rows[i].rule);
        separator = ", ";
    }
    fputs("]\n", stream);
}

/* What the processor's table breaks, so that a reader knows that it is no slip of the file's. */
static bool import_print_breaks(const struct import *import, FILE *stream) {
    struct dump_processor processor = *import->view.processor;
    const struct dump_table table = {.processors = &processor, .count = 1};
    const struct table_claims claims = {0};
    struct table_findings findings;
    const char *separator = "breaks: [";
    size_t judged, broken, deviating;
    bool done = table_judge(&table, &claims, &findings);

    for (unsigned rule = 0; done && rule < RULES; rule++) {
        if (table_outcome_of(&findings.verdicts[rule], &judged, &broken, &deviating) != TABLE_FAILS)
            continue;
        fprintf(stream, "%s%s", separator, rules[rule].id);
        separator = ", ";
    }
    if (*separator == ',')
        fputs("]\n", stream);
    table_findings_clear(&findings);
    return done;
}

/* A name as YAML text: it holds no control characters. */
static void import_quote(FILE *stream, const char *text, size_t most) {
    fputc('"', stream);
    for (size_t i = 0; text[i] && i < most; i++) {
        unsigned char c = (unsigned char)text[i];

        if (c == '"' || c == '\\')
            fputc('\\', stream);
        fputc(c >= 0x20 && c < 0x7f ? c : '?', stream);
    }
    fputc('"', stream);
}

bool table_import(const struct table_subject *subject, FILE *stream) {
    struct import import = {.subject = subject};
    bool found = false;

    for (size_t i = 0; i < subject->table->count && !found; i++)
        found = table_view_make(&subject->table->processors[i], &import.view);
    if (!found)
        return false;
    import_ask_all(&import);
    fputs(
        "# Made by hvspec import, to be reviewed: title, why and source are yours, and what is\n"
        "# expected is what the spec function says. Leaves and registers that the dump does not\n"
        "# show are taken for zero, and such leaves are not asked about.\n"
        "title: A table as it was captured\n",
        stream);
    import_print_rules(&import, stream);
    fputs("why: >\n  To be written: what this table has that others lack.\nsource: ", stream);
    import_quote(stream, subject->name, 100);
    fputc('\n', stream);
    if (!import_print_breaks(&import, stream))
        return false;
    import_print_hypervisor(&import, stream);
    import_print_questions(&import, stream);
    return !ferror(stream);
}
