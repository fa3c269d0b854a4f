/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_AUDIT_SEARCH_H
#define HVSPEC_HARNESS_AUDIT_SEARCH_H

#include "emulator/runner/runner.h"
#include "harness/probe/probe.h"
#include "harness/scenario/scenario.h"

/*
 * The directed search that tells a mutant from the original: the same questions to both, and the
 * whole observation compared (how it ended, state, answer, value, every CPUID in order). Questions
 * are a function of their number, so that nothing is stored but what the original showed.
 */
#define SEARCH_NUMBERS_MAX 512u

/* Numbers at which code may change its mind: the edges of the block and of every vendor's range,
 * powers of two, the code's own constants, and two to each side of all of them. */
struct search_space {
    uint32_t numbers[SEARCH_NUMBERS_MAX];
    size_t numbers_count;
    uint32_t targets[256]; /* that the probe can be asked for */
    size_t targets_count;
    const struct scenario_case *const *cases; /* borrowed; their own questions are asked too */
    size_t cases_count;
    size_t words_step;
    size_t questions; /* without the cases' */
};

void search_space_make(struct search_space *space, const struct probe *probe,
                       const uint32_t *constants, size_t constants_count, bool thorough);

/* What the original shows: one hash a question. NULL with errors noted; freed by search_free. */
struct search;
struct search *search_new(const struct search_space *space, const struct probe *probe,
                          struct errors *errors);
void search_free(struct search *search);

enum search_verdict {
    SEARCH_SAME,
    SEARCH_SAME_OUTCOMES, /* the answer's number or repeated reads differ; the outcome, the leaves
                             and the order of their first reads never do */
    SEARCH_DIFFERS,
    SEARCH_FAILED
};

/* Asks the probe, whose image is patched, the same. `text` says where it differs. */
enum search_verdict search_run(const struct search *search, const struct probe *probe, size_t *runs,
                               char *text, size_t size);

/* The search on the probe as its image is now, with places in its code watched; NULL: none. True
 * when it shows everywhere what the original did. */
bool search_watch(const struct search *search, const struct probe *probe,
                  const struct guest_watch *watch, size_t *runs);

#define SEARCH_TEXT_SIZE 640u

/* The search in one sentence with its numbers, for reports. */
void search_describe(const struct search_space *space, char *text, size_t size);

#endif
