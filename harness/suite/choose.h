/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_SUITE_CHOOSE_H
#define HVSPEC_HARNESS_SUITE_CHOOSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Which cases a probe runs on when all of them would cost too much: of each scenario some, first
 * those that are known to break rules, each rule in its turn, then some of each way to decide a
 * rule, then those that run other code of the probe, then others, spread over the scenario. Pure,
 * so that every part of a run, on whatever machine, chooses the same.
 */
struct choice_case {
    size_t scenario; /* cases of a scenario lie side by side */
    bool must;       /* it is chosen in any case */
    uint64_t cost;   /* of the whole case, estimated */
    uint64_t path;   /* hash of the code that it runs */
    uint32_t broken; /* rules that calls of it are known to break, 1 << rule or-ed */
    uint32_t sharp;  /* in which ways it decides a rule: sharp_kinds */
    uint32_t target; /* that it asks for */
    bool chosen;     /* set by choose_cases */
};

#define CHOICE_WRONG                                                                               \
    8u /* of those known to break rules are chosen whatever they cost, if there are as many, and   \
          one for each rule */

#define CHOICE_SHARP                                                                               \
    4u /* of each way to decide a rule so many, of different targets, if they fit */

/* Chooses at least one case of each scenario and CHOICE_WRONG of those that break rules, and others
 * as long as the chosen ones cost no more than `budget`. Returns how many; 0: out of memory, or
 * none there. */
size_t choose_cases(struct choice_case *cases, size_t count, uint64_t budget);

#endif
