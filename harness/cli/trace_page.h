/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_CLI_TRACE_PAGE_H
#define HVSPEC_HARNESS_CLI_TRACE_PAGE_H

#include "harness/assemble/example.h"
#include "reports/console/page.h"

/*
 * One case for people, step by step: the table, each question with the CPUIDs that it executed, its
 * answer beside the spec's, and the rules that the case breaks.
 */
struct trace {
    struct example_case from;
    const struct examination *examination;
    const char *profile;               /* NULL: none */
    bool judged[RULES];                /* the rules that count */
    const char *chosen;                /* how the case was chosen; NULL: it was named */
    uint32_t asks[SCENARIO_ASKS_MAX];  /* those of the case's that the probe can be asked */
    size_t asks_count;                 /* 0: none */
    struct guest_callers callers;      /* at their CPUIDs */
    const struct observation *answers; /* one a question, asked in this order in one boot */
    bool verbose;                      /* with the row of the attribution that fired */
    struct disassembly *disassembly;
    struct source_line *source;
};

/* Prints it. False: out of memory. */
bool trace_print(const struct trace *trace, struct page *page);

/* Whether a rule that is judged for the probe is broken. */
bool trace_violates(const struct trace *trace, enum rule_id rule);

#endif
