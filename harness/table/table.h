/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_TABLE_TABLE_H
#define HVSPEC_HARNESS_TABLE_TABLE_H

#include "harness/dump/dump.h"
#include "harness/spec/rules.h"

/*
 * A hypervisor's CPUID table held against the rules hypervisor/...: the judges are pure functions
 * of the dump and of what its author declares. A case is a leaf.
 */
enum table_outcome { TABLE_HOLDS, TABLE_INFO, TABLE_NONSTRICT, TABLE_FAILS };

#define TABLE_SHOWN_MAX 4u
#define TABLE_TEXT_SIZE 240u
#define TABLE_LEAVES 256u /* of the block */

/* What the hypervisor implements, when its author says so. */
struct table_claims {
    bool declared;
    const uint32_t *implements; /* leaves from 0x40000001 to 0x400000ff */
    size_t count;
};

/* How one leaf fared under one rule: the gravest that some processor shows. */
struct table_case {
    bool judged;
    enum table_outcome outcome;
    uint32_t leaf;
    unsigned processor;                            /* its number */
    uint32_t maximum;                              /* there */
    const struct dump_row *shown[TABLE_SHOWN_MAX]; /* the one that decides, and what it is held
                                                      against; they belong to the dump */
    size_t shown_count;
    char expected[TABLE_TEXT_SIZE], observed[TABLE_TEXT_SIZE]; /* of what does not hold */
};

struct table_verdict {
    struct table_case cases[TABLE_LEAVES]; /* by the last byte of the leaf */
    const char *reason;                    /* nothing was judged: why; static */
};

struct table_findings {
    struct table_verdict *verdicts; /* by enum rule_id; those of other rules stay empty */
    char **notes;                   /* what is no violation and still worth knowing */
    size_t notes_count;
    bool lost; /* memory ran out */
};

/* True when some processor shows leaf 0x40000000: else there is nothing to judge. */
bool table_is_judged(const struct dump_table *table);

/* Judges every rule about tables. False: out of memory. Cleared by table_findings_clear. */
bool table_judge(const struct dump_table *table, const struct table_claims *claims,
                 struct table_findings *findings);
void table_findings_clear(struct table_findings *findings);

/* The rule's outcome: the gravest of its cases'. *judged counts the cases, *broken those that are
 * nonstrict or fail (when none does: those that are info), *deviating the nonstrict ones. */
enum table_outcome table_outcome_of(const struct table_verdict *verdict, size_t *judged,
                                    size_t *broken, size_t *deviating);

#endif
