/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/guests/questions.h"

#include "harness/spec/signatures.h"
#include "harness/table/view.h"

/* --- The table. --- */

/* A row of which the dump shows only a part is unknown; so is what it does not show at all, and
 * both are answered with zero. */
static bool questions_list_leaves(const struct table_view *view, struct cpuid_table *table) {
    for (size_t i = 0; i < view->processor->count; i++) {
        const struct dump_row *row = &view->processor->rows[i];

        if ((row->leaf == CPUID_BASE && row->subleaf == 0) || row->known != CPUID_ALL)
            continue;
        if (!cpuid_table_add(table,
                             (struct cpuid_leaf){row->leaf, row->subleaf, false, row->values}))
            return false;
    }
    return true;
}

/* What leaves above the maximum repeat that the dump shows. */
static void questions_fill_beyond(const struct table_view *view, struct cpuid_table *table) {
    for (const struct dump_row *row = view->first; row < view->end; row++) {
        if (row->leaf <= view->maximum || row->subleaf != 0 || row->known != CPUID_ALL)
            continue;
        if (table_echoed_basic(view, row) || table_same_values(view->base, row)) {
            table->beyond = (struct cpuid_default){CPUID_FILL_VALUES, row->values};
            return;
        }
    }
}

/* --- The questions. --- */

static void questions_ask(struct guests_questions *questions, uint32_t maximum, uint32_t leaf,
                          uint32_t eax) {
    if (questions->count == GUESTS_ASKS_MAX)
        return;
    questions->asks[questions->count] = leaf;
    questions->expected[questions->count++] = spec_outcome(maximum, leaf, eax);
}

static void questions_ask_all(const struct table_view *view, struct guests_questions *questions) {
    uint32_t above = view->maximum < CPUID_BASE ? CPUID_BASE + 1 : view->maximum + 1;

    /* Room is left for those above the maximum. */
    for (const struct dump_row *row = view->first; row < view->end && row->leaf <= view->maximum;
         row++) {
        if (row->subleaf == 0 && (row->known & CPUID_EAX) &&
            questions->count + CPUID_ROW + 1 < GUESTS_ASKS_MAX)
            questions_ask(questions, view->maximum, row->leaf, row->values.eax);
    }
    if (view->maximum >= CPUID_BLOCK_LAST)
        return;
    questions_ask(questions, view->maximum, above, 0);
    for (uint32_t leaf = CPUID_BASE + CPUID_ROW; leaf <= CPUID_BLOCK_LAST; leaf += CPUID_ROW) {
        if (leaf > above)
            questions_ask(questions, view->maximum, leaf, 0);
    }
}

bool guests_questions_make(const struct dump_table *table, struct guests_questions *questions) {
    struct table_view view;
    const struct dump_row *leaf_1;
    bool found = false;

    *questions = (struct guests_questions){0};
    for (size_t i = 0; i < table->count && !found; i++)
        found = table_view_make(&table->processors[i], &view);
    if (!found || !questions_list_leaves(&view, &questions->table))
        return false;
    leaf_1 = dump_first(view.processor, 1);
    questions->table.base = view.base->values;
    questions->table.present = !leaf_1 || (leaf_1->values.ecx & CPUID_PRESENT) != 0;
    questions_fill_beyond(&view, &questions->table);
    questions_ask_all(&view, questions);
    return true;
}

/* Signature, the maximum, and the leaves up to it that are implemented. */
static const struct {
    const char *signature;
    uint32_t maximum, first, last;
} questions_yardsticks[] = {
    {"KVMKVMKVM\0\0\0", 0x40000001u, 0x40000001u, 0x40000001u},
    {"VMwareVMware", 0x40000010u, 0x40000010u, 0x40000010u},
    {"Microsoft Hv", 0x40000006u, 0x40000001u, 0x40000006u},
    {"XenVMMXenVMM", 0x40000004u, 0x40000001u, 0x40000004u},
};
#define QUESTIONS_YARDSTICK_EAX 0x1007afbu /* KVM's features */

bool guests_yardstick(size_t index, struct guests_questions *questions) {
    size_t count = sizeof questions_yardsticks / sizeof questions_yardsticks[0];
    uint32_t maximum;
    bool done = true;

    *questions = (struct guests_questions){0};
    if (index >= count)
        return false;
    maximum = questions_yardsticks[index].maximum;
    questions->table.base = signature_values(questions_yardsticks[index].signature);
    questions->table.base.eax = maximum;
    questions->table.present = true;
    for (uint32_t leaf = CPUID_BASE + 1; done && leaf <= CPUID_BASE + CPUID_ROW + 1; leaf++) {
        bool implemented =
            leaf >= questions_yardsticks[index].first && leaf <= questions_yardsticks[index].last;
        uint32_t eax = implemented ? QUESTIONS_YARDSTICK_EAX + leaf % CPUID_ROW : 0;

        done = !implemented ||
               cpuid_table_add(&questions->table,
                               (struct cpuid_leaf){leaf, 0, true, {eax, leaf, leaf, leaf}});
        questions_ask(questions, maximum, leaf, eax);
    }
    return done;
}

void guests_questions_clear(struct guests_questions *questions) {
    cpuid_table_clear(&questions->table);
}
