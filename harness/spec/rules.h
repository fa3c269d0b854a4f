/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_SPEC_RULES_H
#define HVSPEC_HARNESS_SPEC_RULES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The catalogue: every rule as one row. Ids are permanent; the order here is the order of every
 * report.
 */
enum rule_id {
    RULE_MAX_READ_FIRST,
    RULE_MAX_BELOW_IS_ABSENT,
    RULE_MAX_REACHES_TARGET,
    RULE_MAX_NO_READ_BEYOND,
    RULE_TARGET_IS_READ,
    RULE_TARGET_ZERO_IS_ABSENT,
    RULE_TARGET_NONZERO_IS_PRESENT,
    RULE_TARGET_EAX_ALONE,
    RULE_TARGET_VALUE_INTACT,
    RULE_TARGET_OUTCOME_NAMED,
    RULE_GAPS_OTHER_LEAVES_IGNORED,
    RULE_GAPS_ORDER_INDEPENDENT,
    RULE_GENERIC_SIGNATURE_IGNORED,
    RULE_GENERIC_EVERY_RANGE,
    RULE_HYPERVISOR_MAX_COVERS_FEATURES,
    RULE_HYPERVISOR_GAP_RETURNS_ZERO,
    RULE_HYPERVISOR_MAX_IN_BLOCK,
    RULE_HYPERVISOR_PRESENT,
    RULE_HYPERVISOR_SAME_ON_EVERY_PROCESSOR,
    RULE_HYPERVISOR_SUBLEAF_FREE,
    RULE_PLATFORM_RETURNS,
    RULE_PLATFORM_NO_FAULT,
    RULE_PLATFORM_REGISTERS_PRESERVED,
    RULE_PLATFORM_STACK_BALANCED,
    RULE_PLATFORM_OWN_MEMORY_ONLY,
    RULE_PLATFORM_DETERMINISTIC,
    RULE_PLATFORM_SUBLEAF_ZERO,
    RULE_PRESENCE_CHECKED_FIRST,
    RULES
};

enum rule_level { RULE_MUST, RULE_SHOULD, RULE_INFO };

struct rule {
    const char *id; /* "max/read-first": section, slash, name */
    enum rule_level level;
    const char *judged_by; /* "trace", "answer", "twin", "state", "table", or two with a comma */
    const char *locator;   /* where in the mail; "ours" for platform and presence */
    const char *text;      /* the requirement, one or two sentences */
    const char *why;       /* what goes wrong in the field without it */
    const char *breaks;    /* C code that breaks it, lines separated by \n */
    const char *fix;       /* the same, mended */
    const char *profile;   /* judged only with --profile NAME; NULL: always */
    bool about_tables;     /* judged on CPUID tables, not on probes */
    bool deviates;         /* a must that is nonstrict where only what is read differs */
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
