/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_JUDGE_JUDGE_H
#define HVSPEC_HARNESS_JUDGE_JUDGE_H

#include "emulator/cpuid/observation.h"
#include "harness/spec/rules.h"
#include "harness/spec/spec.h"
#include "harness/twins/twins.h"

/*
 * The judges. Everything here is pure: facts about runs go in, findings about rules come out.
 *
 * A wrong answer always costs a rule that counts in this run. One of "available" breaks the step's
 * rule whatever else explains it. Any other is attributed to its cause: when a twin that differs
 * only in something that must not matter is right, the rule that forbids it to matter is broken,
 * and alone as long as it counts; otherwise the step that decided is. Each rule's comment in
 * judge.c says which probes it is after.
 */

/* What one run showed, reduced to what judges ask for. */
struct facts {
    enum observation_end end;
    unsigned state;        /* enum observation_state, or-ed */
    enum outcome expected; /* by the spec function, for the table as this run saw it */
    enum outcome answer;   /* OUTCOME_NONE unless the call returned a known one */
    bool returned;         /* there is something to judge */
    bool right;            /* "available" exactly when expected, or what is left open; which kind
                              of absent aside */
    bool named_right;      /* the very outcome expected, or what is left open */
    bool read_base;        /* BASE was executed since the boot */
    bool read_target;      /* the target was executed since the boot */
    bool read_ahead;       /* a hypervisor leaf above BASE was executed before BASE */
    bool read_beyond;      /* a hypervisor leaf above the maximum was executed, other than those
                              that the mail leaves open */
    bool read_hypervisor;  /* any hypervisor leaf was executed */
    bool stale_subleaf;    /* a hypervisor leaf was executed with ECX not 0 */
    bool stale_target;     /* the target was */
    bool odd_base;         /* the table's BASE answers by subleaf, as no hypervisor's does */
    bool open;             /* the mail leaves open what is right: a maximum of 0, which may mean
                              0x40000001, and this leaf asked for */
    bool took_zero;        /* the answer is right only where a maximum of 0 means 0x40000001 */
    bool read_further;     /* a leaf of a further base, above the maximum, was executed */
    bool value_right;      /* the value reported is the target's EAX */
    bool skips_target;     /* the maximum alone decides: the target need not be read */
    uint64_t leaves;       /* hash of the hypervisor leaves read since the boot, in order... */
    uint64_t block;        /* ...and of those without the further bases' */
};

/* What the probe's kind and the run's options make judgeable. */
struct judge_probe {
    bool names_outcome; /* three outcomes */
    bool reports_value;
    bool has_abi;          /* registers have to be preserved */
    bool any_target;       /* takes the target as an argument */
    struct spec_form form; /* what it decides */
    bool judged[RULES]; /* the rules that count in this run: neither excluded, nor assumed, nor left
                           out by a filter, nor listed in a baseline. Only these may take a wrong
                           answer upon themselves. */
};

/* What a run showed and who differs from whom. */
struct evidence {
    const struct twin *twin;
    struct facts facts;
};

#define JUDGE_DEEPER_ROWS 2u /* they tend to have one cause, and each costs as much as the case */
#define JUDGE_DEEPER_MAX (TWIN_KINDS + JUDGE_DEEPER_ROWS)

enum finding_state {
    FINDING_EXERCISED = 1u << 0,  /* the case bears on the rule and was judged */
    FINDING_VIOLATED = 1u << 1,   /* and the rule is broken */
    FINDING_UNANSWERED = 1u << 2, /* the case bears on the rule but the probe gave no answer */
    FINDING_DEVIATES = 1u << 3,   /* the rule is broken, but only in a way that is nonstrict */
};
#define FINDING_NO_TWIN ((size_t)-1)

struct finding {
    unsigned state;
    unsigned row; /* of the attribution (attribution.h), from 1, that put it down to the rule; 0: it
                     was shown by itself */
    size_t twin;  /* index of the evidence that shows the violation, or FINDING_NO_TWIN */
};

/* The facts of a run that asked for `target` under `view`. `answer` is the probe's outcome, `form`
 * what it decides. */
struct facts judge_facts(const struct spec_form *form, const struct observation *observation,
                         const struct cpuid_view *view, uint32_t target, enum outcome answer);

/* True when no judge can tell the two runs apart. */
bool judge_facts_equal(const struct facts *a, const struct facts *b);

/* True when the run says nothing about the probe, because the harness failed it. */
bool judge_is_error(const struct facts *facts);

/* Whether the rule is broken, be it only in a way that is nonstrict. */
static inline bool judge_is_broken(const struct finding *finding) {
    return (finding->state & (FINDING_VIOLATED | FINDING_DEVIATES)) != 0;
}

/* Whether what is found breaks the rule more than what was known. */
static inline bool judge_is_worse(const struct finding *found, const struct finding *known) {
    return found->state & FINDING_VIOLATED ? !(known->state & FINDING_VIOLATED)
                                           : judge_is_broken(found) && !judge_is_broken(known);
}

/* True when a question was answered wrongly, or rightly without step 2. */
bool judge_is_wrong(const struct facts *facts);

/* Judges one question asked alone: `base` and its twins. Findings are or-ed into `findings`
 * (RULES of them); a finding's twin is set by the first violation only. `present` is the table's
 * presence bit: without it only presence and platform rules apply. */
void judge_question(const struct judge_probe *probe, const struct facts *base,
                    const struct evidence *twins, size_t count, bool present,
                    struct finding *findings);

/* Puts down to stale subleaves what only they explain. `flat` is what the same question showed
 * where every subleaf answers as subleaf 0: what is broken in `findings` alone is
 * platform/subleaf-zero's, and target/is-read's where the target was read at another subleaf than
 * 0. */
void judge_subleaves(const struct judge_probe *probe, const struct facts *base,
                     const struct evidence *twins, const struct finding *flat,
                     struct finding *findings);

/* Whether some run read a hypervisor leaf at a subleaf other than 0 and something is broken that
 * this may explain. */
bool judge_wants_flat(const struct facts *base, const struct evidence *twins, size_t count,
                      const struct finding *findings);

/* Which twins of a question that was answered rightly have to be examined as questions of their
 * own, because their wrong answer may have any cause: the first of each kind that is wrong, unless
 * a rule that counts says that what the kind changes must not matter, and is broken by that; and
 * the first of some rows that are wrong throughout. Returns how many indices of evidence were
 * written. */
size_t judge_deeper(const struct judge_probe *probe, const struct facts *base,
                    const struct evidence *twins, size_t count, size_t indices[JUDGE_DEEPER_MAX]);

/* The rule that says that what a kind of twin varies must not matter; RULES: none does. */
enum rule_id judge_varies(enum twin_kind kind);

/* Judges a question asked among others of one boot, against the same asked alone. What was read
 * counts from the boot on, so that a probe may remember what it read for an earlier question. A
 * target that only a later question skips is no fault of target/is-read: under some table its
 * answer differs from the one given alone, which is gaps/order-independent's. */
void judge_sequence(const struct judge_probe *probe, const struct facts *alone,
                    const struct facts *among, bool present, struct finding *findings);

/* Judges a question asked among others, `twin` being the same in a boot that differs in the
 * signature alone. */
void judge_sequence_signed(const struct judge_probe *probe, const struct facts *among,
                           const struct facts *twin, struct finding *findings);

/* The index in boot_trace (which continues into trace) of the CPUID that a rule's verdict hangs on;
 * -1: none was executed. */
ptrdiff_t judge_deciding(enum rule_id rule, const struct observation *observation,
                         const struct cpuid_view *view, uint32_t target);

/* The rule that a run breaks though its answer, on most tables, does not show it: a target that is
 * read at another subleaf decides by what is not its leaf. 1 << rule; 0: none. */
static inline uint32_t judge_hidden(const struct facts *facts) {
    return facts->stale_target ? 1u << RULE_TARGET_IS_READ : 0;
}

#endif
