/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_PROVE_INTERNAL_H
#define HVSPEC_HARNESS_PROVE_INTERNAL_H

/* What prove*.c share. */
#include "harness/prove/claims.h"
#include "harness/prove/prove.h"

struct hunt_bench;
struct prove_tables;

/* Where results of resolvers that no slot of the image is for are kept: behind the thread's data.
 */
#define PROVE_RESOLVED ((int64_t)0x10000)

#define PROVE_UNLIMITED 1e18 /* seconds: what ends it is the effort, or whoever waits for it */

#define PROVE_ENDS 64u /* more than powers of 2 of paths that anybody follows */

struct prover {
    const struct probe *probe;
    const struct prove_options *options;
    struct prove_result *result;
    struct errors *errors;
    struct machine *machine;
    struct hunt_bench *bench; /* NULL until a counterexample has to be confirmed */
    struct claim_question questions[PROVE_QUESTIONS_MAX + 1];
    unsigned question; /* that is asked, from 1; 0: what is called ahead of the first one */
    bool present;
    bool judged[RULES];         /* what is asked for and applies */
    const char *reasons[RULES]; /* why another one does not; NULL: it is not asked for */
    bool joins;                 /* paths that part and meet again go on as one */
    size_t paths_max;           /* of a call; 0: any number */
    size_t call_paths;          /* of the one in hand, so far */
    bool is_many;               /* there were more */
    bool misaligned;            /* an address hangs on more low bits of where the stack lies */
    bool binds;                 /* what is called is a resolver, whose result goes to... */
    enum machine_space bind_space;
    int64_t bind_at;
    double deadline;
    uint64_t effort; /* see machine_options */
    size_t confirmations;
    size_t differed; /* paths for which tables were drawn */
    struct prove_tables *tables; /* where the solver's tables go, unconfirmed; NULL: they are confirmed */
    struct machine_state *ends[PROVE_ENDS];      /* paths that came back, some as one already... */
    unsigned ends_ranks[PROVE_ENDS], ends_count; /* ...of 2 to the power of so many */
    struct machine_state *ended; /* all paths of the question in hand that came back, as one */
    uint64_t assumed[MACHINE_ASSUMED_MAX]; /* undefined data that was taken for zero */
    size_t assumed_count;
    size_t pieces;               /* of the heap, that the boot has taken */
    bool stored;                 /* some path wrote to memory that outlives the call */
    uint32_t only_target;        /* what is asked about; 0: anything that the probe may be asked */
    bool only_asks;              /* the state is one of many: what breaks a rule is not noted... */
    bool lost;                   /* ...but that it does, or may */
    struct way *ways;            /* of the question in hand */
    size_t ways_count, ways_capacity;
    bool ways_hang_on_garbage, ways_hang_on_signature; /* as far as is easily seen */
};

/* ways.c: which leaves the paths of a question read, and on what that hangs. Notes a path's; then,
 * with all that came back as one state, judges them: platform/deterministic, and the leaves' part
 * of generic/signature-ignored. */
void ways_note(struct prover *prover, const struct machine_state *state);
void ways_judge(struct prover *prover, const struct machine_state *ended);
void ways_clear(struct prover *prover);

/* ends.c: what becomes of a path that ended, `context` being the prover; takes the state over. False:
 * no further path need be followed. */
bool prove_ended(void *context, struct machine_state *state);
/* All paths that came back as one, in prover->ended; NULL: there was none. */
void prove_take_ends(struct prover *prover);

/* Asks one more question in the state, which is taken over; what comes back is in `ended`. False:
 * it could not even be asked. */
bool prove_ask(struct prover *prover, struct machine_state *state);
/* A target: any that the probe can be asked for; *low: its lowest byte where that is an unknown,
 * else 0. 0: out of memory. */
term_id prove_target(struct prover *prover, struct machine_state *state, term_id *low);

/* induct.c: whether the rules hold for any number of questions, `boot` being the state ahead of the
 * first and `after` the one behind it. */
bool prove_induct(struct prover *prover, const struct machine_state *boot,
                  const struct machine_state *after);

/* assumed.c: notes what the machine took for zero; then has the result tell it. False: out of
 * memory. */
void prove_note_assumed(struct prover *prover);
bool prove_tell_assumed(struct prover *prover);

/* A rule that is open, unless something better is known. `reason` is copied. */
void prove_note_open(struct prover *prover, enum rule_id rule, const char *reason, uint64_t at);
/* The same for every rule that applies. */
void prove_note_all_open(struct prover *prover, const char *reason, uint64_t at);

/* confirm.c: an input, as values of the unknowns, that is to break `rule` (RULES: some rule, or
 * none) on the state's path. Runs and judges it, and notes what rules that refutes. True: `rule`
 * is among them. */
bool prove_confirm(struct prover *prover, const struct machine_state *state, enum rule_id rule,
                   const uint64_t *values, size_t count);

/* Refutes platform/registers-preserved and platform/stack-balanced where a run in the emulator shows
 * them broken in what the machine does not know: flags and registers of the system, and interrupts,
 * which overwrite what lies below the stack pointer. */
void prove_confirm_state(struct prover *prover);

/* The values of the unknowns as a table and its questions. False: the table has more leaves than a
 * candidate holds. */
bool prove_candidate(struct prover *prover, const struct machine_state *state, const uint64_t *values,
                     size_t count, struct hunt_candidate *candidate);

/* select.c: the rules that are asked for and apply; in the end, those that follow from others, and
 * those that are not asked for. */
void prove_select(struct prover *prover);
void prove_follow_answer(struct prove_result *result);
void prove_leave_out(struct prover *prover);

/* prove.c: what is left of the proof itself. */
void prove_follow(struct prover *prover);

/* differ.c: runs drawn tables that lead down a path, and notes where the emulator shows something else. */
void prove_differ(struct prover *prover, const struct machine_state *state);
/* confirm.c: one such table. */
void prove_compare(struct prover *prover, const struct machine_state *state, const uint64_t *values,
                   size_t count);

/* tables.c: keeps the table by which the solver shows an input. */
void prove_offer(struct prover *prover, const struct machine_state *state, const uint64_t *values,
                 size_t count);
bool prove_has_enough(const struct prover *prover);

#endif
