/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_EXAMINE_EXAMINE_H
#define HVSPEC_HARNESS_EXAMINE_EXAMINE_H

#include "harness/examine/signs.h"
#include "harness/judge/plain.h"
#include "harness/probe/probe.h"
#include "harness/scenario/scenario.h"

/*
 * One case on one probe: the case's own runs, their twins and the orders of asking, judged. This is
 * where a table meets the guest; it keeps no state from one case to the next.
 */
#define EXAMINE_CONSTANTS_MAX 24u
#define EXAMINE_FAILURE_SIZE 512 /* bytes of the text */
#define EXAMINE_TRACE_MAX 48u    /* executions that an example keeps */

/* What is needed to show a violation, copied out of the run. */
struct violation {
    enum rule_id rule;
    uint32_t asked;  /* the case's own question */
    uint32_t target; /* the leaf asked for in the run shown */
    bool has_twin;
    struct twin twin;   /* what the run shown differs in... */
    bool base_has_twin; /* ...and the run for comparison too */
    struct facts facts; /* of the run shown */
    struct facts base;  /* of the case's own run, or of the question asked alone, for comparison */
    uint32_t sequence[SCENARIO_ASKS_MAX]; /* what was asked in the boot, up to the run shown, if
                                             these are no more */
    size_t sequence_count;                /* how many questions; 1: asked alone */
    char sequence_text[384];              /* the same in words; "": the list says it */
    uint64_t answer, value;               /* as numbers */
    uint64_t end_address, fault_address, clock_address;
    char end_name[256];
    uint32_t maximum, target_eax;
    struct cpuid_execution trace[EXAMINE_TRACE_MAX];
    size_t trace_count, trace_boot, trace_omitted; /* trace_boot: how many came before */
    struct guest_callers
        callers; /* of the trace, and of where the run ended; none of a long boot */
    ptrdiff_t deciding;
};

struct examination {
    struct finding findings[RULES];
    bool failed;                        /* the harness could not judge the case... */
    bool lacking;                       /* ...because the emulator lacks what the code wants */
    char failure[EXAMINE_FAILURE_SIZE]; /* why */
    size_t runs;                        /* calls of the probe */
    struct signs signs;                 /* of the case's own runs */
    struct plain_answers plain;         /* likewise */
    struct violation violations[RULES]; /* one for each violated rule, by rule */
};

struct examiner; /* one runner with its twins' memory */

/* `probe` is borrowed. NULL with errors noted. Freed by examiner_free. */
struct examiner *examiner_new(const struct probe *probe, uint64_t seed, struct errors *errors);
void examiner_free(struct examiner *examiner);

/* Shuts a worker off from the system, ahead of the first examiner or runner of these probes and no
 * others: runner_confine. */
void examine_confine(const struct probe *const *probes, size_t count);

/* Which rules count in what is examined from now on (struct judge_probe); a fresh examiner counts
 * all. */
void examiner_judge(struct examiner *examiner, const bool judged[RULES]);

/* Examines one case. What comes of it hangs on the probe, the rules that count, the seed and the
 * case alone: not on which other cases run, nor where. A case that
 * asks SCENARIO_ASKS_MAX questions is asked on, in long boots (long_boot.h); of others, one that
 * asks for nothing that the probe can be asked for yields no runs and no findings. */
void examine_case(struct examiner *examiner, const struct scenario_case *test,
                  struct examination *examination);

/* A case at its cheapest: its first questions that the probe can be asked, a few at most, each
 * alone, and the first one with some of its twins where it costs little enough. What the first
 * cost, in the observation's unit: all of it, and what its observation says, by which twins and
 * boots are counted; a hash of the code that it ran, in order, and which rules all of it breaks,
 * 1 << rule or-ed, as far as so little shows. All 0: it can be asked none. */
struct measure {
    uint64_t cost, call_cost, path;
    uint32_t broken;
};
_Static_assert(RULES <= 32, "a bit for each rule");
struct measure examine_measure(struct examiner *examiner, const struct scenario_case *test);

/* What all runs so far have cost, in the same unit. */
uint64_t examiner_cost(const struct examiner *examiner);

/* What examine_case is likely to cost where the case was measured so. */
uint64_t examine_estimate(const struct scenario_case *test, const struct measure *measure);

/* Whether a case is asked on in long boots, as only a few are: what these cost in all says nothing
 * about others. */
bool examine_is_long(const struct scenario_case *test);

/* Runs the case's first question that the probe can be asked, alone, and fills `shown` with it as
 * if it broke the rule that the answer hangs on. False: it can be asked none. */
bool examine_show(struct examiner *examiner, const struct scenario_case *test,
                  struct violation *shown);

/* The addresses of the CPUID instructions that were executed since the examiner was made, and of
 * whatever else was taken for granted (guest_assumed), in the order in which they were first seen.
 * Returns how many; *sites lives as long as the examiner. */
size_t examiner_sites(const struct examiner *examiner, const uint64_t **sites);

/* Where the probe's code is entered, for whoever looks for the numbers that it spells
 * (disassembly_constants): its functions, or where a program reads hypervisor leaves and who called
 * there. Returns how many; *entries lives as long as the examiner. */
size_t examiner_entries(const struct examiner *examiner, const uint64_t **entries);

/* What the probe's kind makes judgeable; lives as long as the examiner. */
const struct judge_probe *examiner_kind(const struct examiner *examiner);

/* What all of it runs on, for whoever runs more on it; it is left as after a case. */
struct runner *examiner_runner(struct examiner *examiner);

/* Runs one question alone (or, with `count` > 1, a sequence in one boot) and hands over the
 * observations, which live until the next call. For `trace`. */
size_t examiner_run(struct examiner *examiner, const struct cpuid_table *table,
                    const struct twin *twin, const uint32_t *asks, size_t count,
                    const struct observation **observations);

/* From now on notes who calls at the CPUIDs of what is run (guest_note_callers); NULL: in nothing.
 */
void examiner_note_callers(struct examiner *examiner, struct guest_callers *callers);

/* Fills `violation` from one question asked alone, as a run that shows `rule` broken. */
void examiner_show(struct examiner *examiner, enum rule_id rule, const struct cpuid_table *table,
                   uint32_t target, struct violation *violation);

#endif
