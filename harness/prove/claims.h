/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_CLAIMS_H
#define HVSPEC_HARNESS_CLAIMS_H

#include "harness/probe/probe.h"
#include "harness/symbolic/machine.h"

/*
 * What a question's end has to satisfy, rule by rule, as terms that hold where the rule is broken.
 */
struct claim {
    enum rule_id rule;
    term_id violated; /* for some input of the path: the rule is broken there */
};
#define CLAIMS_MAX 40u

/* A question that was asked in a state. */
struct claim_question {
    term_id target;      /* 32 bits */
    unsigned base, leaf; /* the machine's leaves: 0x40000000 and the target */
    bool is_first;       /* of the boot */
    bool present; /* a hypervisor is announced; else only presence/checked-first is claimed */
};

/* The claims on a state that returned. 0, and *why (static): the answer cannot be said. */
size_t claims_of(const struct probe *probe, struct machine *machine,
                 const struct machine_state *state, const struct claim_question *question,
                 struct claim *claims, const char **why);

/* The answer's number, zero-extended to 64 bits; 0, and *why: it cannot be said. */
term_id claims_answer(const struct probe *probe, struct machine *machine,
                      const struct machine_state *state, const char **why);

/* Whether an answer was given at all, as a term of one bit. */
term_id claims_answered(const struct probe *probe, struct machine *machine,
                        const struct machine_state *state);

/* True when what is read, or the way there, hangs on an unknown for which `is_meant` says so. */
bool claims_way_mentions(struct machine *machine, const struct machine_state *state,
                         bool (*is_meant)(void *context, size_t unknown), void *context);

#endif
