/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_SPEC_RULES_H
#define HVSPEC_HARNESS_SPEC_RULES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The catalogue: every rule as one row of rules.def. Ids are permanent; the order there is the order
 * of every report.
 */
enum rule_id {
#define RULE(name, catalogue, judged, factor, judge) RULE_##name,
#include "harness/spec/rules.def"
    RULES
};

enum rule_level { RULE_MUST, RULE_SHOULD, RULE_INFO };

/* What a probe has to do or have, or the rule says nothing about it. */
enum rule_need {
    RULE_NEEDS_STEP_2 = 1u << 0,     /* it decides more than step 1 */
    RULE_NEEDS_VALUE = 1u << 1,      /* it reports the leaf's value */
    RULE_NEEDS_NAMES = 1u << 2,      /* it tells "not available" from "not implemented" */
    RULE_NEEDS_ANY_TARGET = 1u << 3, /* it takes the target as an argument */
    RULE_NEEDS_ABI = 1u << 4,        /* a C ABI says which registers it keeps */
};

struct rule {
    const char *id; /* "max/read-first": section, slash, name */
    enum rule_level level;
    const char *judged_by; /* "trace", "answer", "twin", "state", "table", or two with a comma */
    const char *asks;      /* the requirement in a few words, for lists */
    const char *locator;   /* where in the mail; "ours" for platform and presence */
    const char *text;      /* the requirement, one or two sentences */
    const char *why;       /* what goes wrong in the field without it */
    const char *breaks;    /* C code that breaks it, lines separated by \n */
    const char *fix;       /* the same, mended */
    const char *profile;   /* judged only with --profile NAME; NULL: always */
    bool about_tables;     /* judged on CPUID tables, not on probes */
    bool deviates;         /* a must that is nonstrict where only what is read differs */
    const char *demands;   /* of the run shown as an example; NULL: the outcome alone says it */
    unsigned needs;        /* enum rule_need, or-ed */
    const char *no_program; /* why it says nothing about a whole program; NULL: it does */
    bool one_run;           /* one run of one question shows it, so sweeps judge it */
    bool is_step;           /* a wrong answer goes back to it where no other cause is found */
};

extern const struct rule rules[RULES];

/* What the mail leaves open: never a failure, listed so that users see it was thought of. */
struct rule_open {
    const char *name; /* "open/live-migration" */
    const char *text;
};
extern const struct rule_open rules_open[];
extern const size_t rules_open_count;

const char *rule_level_text(enum rule_level level);

/* Whether a violation of the rule makes a run fail. */
bool rules_fails(enum rule_id rule, bool strict);

/* The profile of this name that some rule belongs to, as a text that stays; NULL: there is none. */
const char *rules_profile(const char *name);

/* The index of an exact id, or -1. */
int rules_find(const char *id);

/* True when the id matches a shell glob ("max/\*", "gaps/other-leaves-ignored"). */
bool rules_match(enum rule_id rule, const char *glob);

/* The id nearest to a mistyped one, for messages; NULL when nothing is near. */
const char *rules_nearest(const char *id);

/* The same where a glob is asked for, with whole sections ("max/" and an
 * asterisk) among what may be meant. */
const char *rules_nearest_glob(const char *glob);

#endif
