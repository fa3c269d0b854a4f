/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_JUDGE_ATTRIBUTION_H
#define HVSPEC_HARNESS_JUDGE_ATTRIBUTION_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Which rule a wrong answer is put down to: a table whose rows are tried in order.
 */

/* What is wrong. */
enum fault {
    FAULT_BELOW = 1u << 0,   /* the maximum is below the target */
    FAULT_REACHED = 1u << 1, /* the maximum reaches it, and that is all there is to decide */
    FAULT_UNREAD = 1u << 2,  /* the maximum reaches it, and the target was not read, right or not */
    FAULT_ZERO = 1u << 3,    /* the target was read, and its EAX is zero */
    FAULT_NONZERO = 1u << 4, /* the target was read, and its EAX is not zero */
    FAULT_NAME = 1u << 5,    /* absent is right, but it is called by the wrong name */
};
#define FAULTS 6u

struct blame;

/* A row: the first that is about the fault and whose evidence is there, for a rule that counts in
 * this run, takes it upon itself. */
struct attribution {
    unsigned faults;                     /* enum fault, or-ed */
    bool (*blames)(struct blame *blame); /* notes what is broken; true: the rule counts */
    const char *evidence, *rule;         /* for people */
};
extern const struct attribution judge_attributions[];
extern const size_t judge_attributions_count;

/* What a bit of enum fault means. */
const char *judge_fault_text(enum fault fault);

#endif
