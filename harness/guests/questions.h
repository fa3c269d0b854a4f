/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_GUESTS_QUESTIONS_H
#define HVSPEC_HARNESS_GUESTS_QUESTIONS_H

#include "harness/dump/dump.h"
#include "harness/spec/spec.h"

/* A dump's first table as the emulator answers it, and what guests are asked about it. */
#define GUESTS_ASKS_MAX 64u

struct guests_questions {
    struct cpuid_table table;
    uint32_t asks[GUESTS_ASKS_MAX];
    enum outcome expected[GUESTS_ASKS_MAX];
    size_t count;
};

/* False: out of memory, or no processor shows leaf 0x40000000. Cleared by guests_questions_clear.
 */
bool guests_questions_make(const struct dump_table *table, struct guests_questions *questions);
void guests_questions_clear(struct guests_questions *questions);

/* The plainest of widespread tables, from 0 on: a guest that misreads all of them works nowhere.
 * False: there are no more, or memory ran out. */
bool guests_yardstick(size_t index, struct guests_questions *questions);

#endif
