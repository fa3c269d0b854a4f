/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/dump/numbers.h"

#include <ctype.h>
#include <string.h>

/* From numbers, as they come, to rows. */

static bool numbers_is_of_block(uint32_t leaf) {
    return leaf >= CPUID_BASE && leaf <= CPUID_BLOCK_LAST;
}

/* --- What a hypervisor answers. --- */

static bool numbers_is_text(uint32_t word) {
    for (unsigned shift = 0; shift < 32; shift += 8) {
        unsigned char byte = (unsigned char)(word >> shift);

        if (byte != 0 && !isprint(byte))
            return false;
    }
    return true;
}

bool numbers_is_base(const uint32_t *four) {
    return numbers_is_of_block(four[0]) || ((four[1] >> 24) != 0 && numbers_is_text(four[1]) &&
                                            numbers_is_text(four[2]) && numbers_is_text(four[3]));
}

bool numbers_is_whole(const struct word_digits *digits) {
    return digits->prefixed || strlen(digits->text) >= NUMBERS_WHOLE;
}

/* --- Rows. --- */

static void numbers_lose(struct numbers *numbers, const struct numbers_group *group) {
    if (group->count > 0 && numbers_is_of_block(group->values[0]))
        numbers->lost_line = numbers->lost++ ? numbers->lost_line : group->line;
}

static void numbers_row(struct numbers *numbers, const struct numbers_group *key,
                        const uint32_t *four) {
    struct dump_row row = {.leaf = key->values[0],
                           .subleaf = key->count > 1 ? key->values[1] : 0,
                           .values = {four[0], four[1], four[2], four[3]},
                           .known = CPUID_ALL,
                           .line = key->line};

    if (key->wide)
        dump_refuse_wide(numbers->builder, key->line);
    else if (row.subleaf > NUMBERS_SUBLEAF)
        numbers_lose(numbers, key);
    else if (row.leaf == CPUID_BASE && !numbers_is_base(four))
        dump_refuse(numbers->builder, key->line,
                    "five or six numbers that begin with 0x40000000, and are not what a "
                    "hypervisor answers there: which registers are they? Name them (leaf=0x... "
                    "eax=0x... ebx=0x... ecx=0x... edx=0x...)");
    else
        dump_add(numbers->builder, &row);
    numbers->rows++;
    numbers->sixteenth += row.leaf >= CPUID_BASE && (row.leaf & 0xf) == 0;
    if (row.leaf == CPUID_BASE)
        numbers->maximum = row.values.eax;
}

/* Five or six numbers on their own. True: they were. */
static bool numbers_flat(struct numbers *numbers, const struct numbers_group *group) {
    struct numbers_group key = *group;

    if (group->count != NUMBERS_ROW && group->count != NUMBERS_ROW - 1)
        return false;
    key.count = group->count - 4;
    if (key.count == 1 && numbers->headed && !group->whole && group->values[0] <= NUMBERS_SUBLEAF) {
        key.values[1] = group->values[0]; /* "0x40000003:", then "0: ..." and "1: ..." */
        key.values[0] = numbers->heading;
        key.count = 2;
        numbers_row(numbers, &key, &group->values[1]);
        return true;
    }
    numbers_row(numbers, &key, &group->values[key.count]);
    return true;
}

void numbers_close(struct numbers *numbers) {
    const struct numbers_group *group = &numbers->groups[numbers->depth];
    struct numbers_group *around = &numbers->groups[--numbers->depth];
    bool keyed = around->count > 0 && around->count <= NUMBERS_KEY;

    if (group->count > 0 && group->count <= NUMBERS_KEY) {
        *around = (struct numbers_group){.lines = around->lines,
                                         .values = {group->values[0], group->values[1]},
                                         .count = group->count,
                                         .wide = group->wide,
                                         .whole = group->whole,
                                         .line = group->line};
        return;
    }
    if (group->count == 4 && keyed) {
        around->wide |= group->wide;
        numbers_row(numbers, around, group->values);
    } else if (!numbers_flat(numbers, group)) {
        numbers_lose(numbers, group->count > 0 ? group : around);
    }
    *around = (struct numbers_group){.lines = around->lines};
}

/* "0x40000000:", and its registers on the next line. */
static void numbers_below(struct numbers *numbers, const struct numbers_group *group) {
    struct numbers_group key = {.values = {numbers->heading},
                                .count = 1,
                                .wide = group->wide,
                                .whole = true,
                                .line = group->line};

    numbers_row(numbers, &key, group->values);
}

void numbers_end_line(struct numbers *numbers, unsigned line) {
    struct numbers_group *group = &numbers->groups[numbers->depth];
    bool due = numbers->due && group->count > 0;

    if (numbers->depth > 0 && !group->lines) {
        group->lines = group->count == 0;
        return;
    }
    numbers->due &= !due;
    if (group->count > 0 && group->count <= NUMBERS_KEY && group->whole) {
        group->stale = numbers->depth == 0;
        numbers->headed = numbers->due = group->stale && group->count == 1;
        numbers->heading = group->values[0];
        return;
    }
    if (numbers->depth > 0 && (group->line != line || group->count < NUMBERS_ROW - 1))
        return;
    if (due && numbers->depth == 0 && group->count == 4)
        numbers_below(numbers, group);
    else if (!numbers_flat(numbers, group) && group->whole)
        numbers_lose(numbers, group);
    *group = (struct numbers_group){.lines = group->lines};
}

/* A row whose tool writes all digits of each value; what follows with fewer is none. */
static bool numbers_is_padded(const struct numbers_group *group) {
    return group->ragged == 0 && (group->count == NUMBERS_ROW ||
                                  (group->count == NUMBERS_ROW - 1 && !group->short_second));
}

/* --- Words. --- */

void numbers_number(struct numbers *numbers, const struct word_digits *digits, unsigned line) {
    struct numbers_group *group = &numbers->groups[numbers->depth];
    bool whole = numbers_is_whole(digits);
    uint32_t value;

    if (group->stale)
        *group = (struct numbers_group){.lines = group->lines};
    if (group->count == 0) {
        group->line = line;
        group->whole = whole;
        numbers->headed &= !whole;
    }
    group->full |= !whole && numbers_is_padded(group);
    if (group->full)
        return;
    group->ragged += !whole && group->count != 1;
    group->short_second |= !whole && group->count == 1;
    group->wide |= !word_value(digits, numbers->base, &value);
    if (group->count < NUMBERS_ROW)
        group->values[group->count] = value;
    group->count++;
}

/* What is no number ends what was no row: a date, a name. */
void numbers_word(struct numbers *numbers) {
    struct numbers_group *group = &numbers->groups[numbers->depth];
    bool row = group->whole && group->count != 3 && group->count != 4;

    if (!row)
        *group = (struct numbers_group){.lines = group->lines};
    group->full = group->count >= NUMBERS_ROW - 1;
}

/* The first bar of a line behind a row. */
void numbers_bar(struct numbers *numbers) {
    struct numbers_group *group = &numbers->groups[numbers->depth];

    group->full = group->count == NUMBERS_ROW - 1 || group->count == NUMBERS_ROW;
}
