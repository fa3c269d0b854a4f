/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/dump/named.h"

#include <string.h>

/* From leaves and registers, as they are named, to rows. */

bool named_is_of_block(uint32_t leaf) {
    return leaf >= CPUID_BASE && leaf <= CPUID_BLOCK_LAST;
}

void named_emit(struct named *named) {
    if (named->has_leaf && (named->seen & CPUID_EAX) && named->builder) {
        named->row.known = named->seen;
        dump_add(named->builder, &named->row);
    } else if (named->has_leaf && named_is_of_block(named->row.leaf)) {
        named->lost_line = named->lost++ ? named->lost_line : named->row.line;
    }
    named->has_leaf = named->is_tentative = false;
    named->seen = 0;
}

/* The row before belongs to the table before. */
void named_begin_table(struct named *named) {
    named_emit(named);
    if (named->builder)
        dump_begin_table(named->builder);
}

/* --- Leaves. --- */

static void named_head(struct named *named, uint32_t leaf) {
    named->heading = (struct named_heading){.leaf = leaf,
                                            .set = true,
                                            .alone = true,
                                            .nest = named->nest,
                                            .indent = named->indent,
                                            .line = named->line};
}

static void named_begin_row(struct named *named, uint32_t leaf) {
    if (!named->trailing || named->has_leaf)
        named_emit(named);
    if (named->has_cpu && named->builder)
        dump_at_processor(named->builder, named->cpu);
    if (!named->trailing)
        named->row = (struct dump_row){.line = 0};
    named->row.leaf = leaf;
    named->row.line = named->line;
    named->any = true;
    named->open = false;
    named->inputs = named->second_ecx ? 2 : 0;
    named->in_list = false;
    named->has_leaf = named->here = named->fresh = true;
    named->has_behind = false;
    named->candidates = 0;
    named->count = 0;
}

void named_begin(struct named *named, uint32_t leaf) {
    uint32_t subleaf = named->row.subleaf;
    bool tentative = named->is_tentative && named->seen == 0;

    if (named->has_leaf && named->row.leaf == leaf && named->seen != CPUID_ALL)
        return; /* each register with its leaf */
    if (tentative)
        named->has_leaf = false; /* "subleaf 1 of leaf 0x40000003" */
    named_begin_row(named, leaf);
    if (tentative)
        named->row.subleaf = subleaf;
    named_head(named, leaf);
}

void named_begin_candidate(struct named *named) {
    bool has_subleaf = named->candidates == 2, below = named->is_below;
    struct named_heading heading = named->heading;

    named_begin(named, named->candidate[0]);
    if (has_subleaf)
        named->row.subleaf = named->candidate[1];
    if (below || heading.leaf == named->candidate[0])
        named->heading = heading; /* which further subleaves may follow */
}

/* Whether the number is a subleaf's, below the heading. Where brackets do not tell, lines do. */
static bool named_is_under(const struct named *named, enum named_mark mark, bool whole) {
    const struct named_heading *heading = &named->heading;

    if (!heading->set || mark == NAMED_PLAIN || mark == NAMED_FIRST)
        return false;
    if (mark == NAMED_KEY && named->nest > heading->nest)
        return true;
    if (!heading->alone || named->line == heading->line)
        return false;
    return named->indent > heading->indent ||
           (mark != NAMED_INDEX && heading->begins && !heading->closed && !whole &&
            named->indent == heading->indent);
}

static void named_candidate_below(struct named *named, uint32_t subleaf) {
    if (named->has_leaf && named->seen == 0 && named->row.leaf == named->heading.leaf) {
        named->row.subleaf = subleaf;
        named->here = true;
        named->count = 0;
    }
    named->candidate[0] = named->heading.leaf;
    named->candidate[1] = subleaf;
    named->candidates = 2;
    named->is_below = true;
    named->heading.closed |= named->indent > named->heading.indent;
}

void named_candidate(struct named *named, const struct word_digits *digits, uint32_t value,
                     enum named_mark mark) {
    bool whole = digits->prefixed || strlen(digits->text) >= NAMED_WHOLE;
    bool begins = mark == NAMED_BEGINS && !named->is_worded;
    bool keyed = (mark == NAMED_KEY || mark == NAMED_FIRST) && !named->is_worded;

    if (value < NAMED_SUBLEAVES && named_is_under(named, mark, whole)) {
        named_candidate_below(named, value);
    } else if (named->candidates == 1 && value < NAMED_SUBLEAVES && !begins) {
        named->candidate[named->candidates++] = value;
    } else if (whole || keyed || begins) {
        named->candidate[0] = value;
        named->candidates = 1;
        named->is_below = false;
        if (mark != NAMED_PLAIN || !named->has_leaf) {
            named_head(named, value);
            named->heading.begins = mark == NAMED_BEGINS;
        }
    } else {
        named->candidates = 0;
    }
}

void named_subleaf(struct named *named, uint32_t value) {
    named->is_tentative |= !named->has_leaf && named->strong && !named->trailing;
    if (!named->has_leaf && named->strong && !named->trailing &&
        (named->candidates > 0 || named->heading.set)) {
        struct named_heading heading = named->heading;

        if (named->candidates > 0)
            named_begin_candidate(named);
        else
            named_begin(named, heading.leaf);
        named->heading = heading;
        named->is_tentative = true; /* the row may still be said to be of another leaf */
    }
    named->row.subleaf = value;
    if (named->has_leaf && named->seen == 0) {
        named->here = true;
        named->count = 0;
    }
}

/* --- Registers. --- */

static void named_stray(struct named *named, enum word_name name) {
    if (name == WORD_EAX && named->builder)
        named->stray_line = named->stray++ ? named->stray_line : named->line;
}

void named_register(struct named *named, enum word_name name, uint32_t value) {
    uint32_t *const words[] = {&named->row.values.eax, &named->row.values.ebx,
                               &named->row.values.ecx, &named->row.values.edx};

    named->open = true;
    named->heading.alone &= named->heading.line != named->line;
    named->heading.closed |= named->has_leaf && named->row.leaf == named->heading.leaf &&
                             !named->is_below && !named->is_tentative;
    if (!named->any)
        named->loose |= 1u << (name - WORD_EAX);
    if (named->trailing && named->has_leaf) {
        named_emit(named);
        named->row = (struct dump_row){.line = 0};
    } else if (!named->trailing && !named->has_leaf) {
        named_stray(named, name);
        return;
    }
    if (!named->trailing && (named->seen & 1u << (name - WORD_EAX))) {
        named_emit(named); /* a second row, whose leaf is not said */
        named_stray(named, name);
        return;
    }
    *words[name - WORD_EAX] = value;
    named->seen |= 1u << (name - WORD_EAX); /* as enum cpuid_register counts */
    if (named->seen == CPUID_ALL && !named->trailing)
        named_emit(named);
}

void named_end_numbers(struct named *named) {
    size_t first = named->count == 5 ? 1 : 0;

    if (named->here && named->has_leaf && named->seen == 0 && named->count == first + 4) {
        if (first)
            named->row.subleaf = named->numbers[0];
        for (size_t i = 0; i < 4; i++)
            named_register(named, WORD_EAX + i, named->numbers[first + i]);
    }
    named->here = named->in_list = false;
    named->count = 0;
}
