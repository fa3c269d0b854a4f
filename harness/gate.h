/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_GATE_H
#define HVSPEC_HARNESS_GATE_H

#include "harness/baseline.h"
#include "harness/command.h"
#include "harness/suite.h"

/*
 * The regression gate of check: --baseline and --update-baseline. Loaded ahead of the run, so that
 * mistakes in the file show before anything is run.
 */
struct gate {
    const char *path; /* NULL: no gate */
    bool update, part;
    struct baseline baseline;
    struct baseline_comparison comparison;
    char *updated; /* with `update`: the file's new text */
    size_t updated_lines;
};

/* False with errors noted. Cleared with gate_clear in both cases. */
bool gate_load(const struct command_line *line, struct gate *gate, struct errors *errors);

/* Tells the suite what the baseline lists. The gate must stay where it is until the run is over. */
void gate_inform(const struct gate *gate, struct suite_options *options);

/* Compares, and puts what it found into the report (with --update-baseline, as the new file will
 * have it). What changed goes to `stream` when that is standard error, which says that no console
 * report will tell it, and with --update-baseline. The report must live until gate_clear. */
bool gate_compare(struct gate *gate, struct report *report, const struct report_style *style,
                  FILE *stream, struct errors *errors);

/* The last word, after the reports: on standard error whether the gate holds, and with
 * --update-baseline that the file was written. Returns the exit code. */
int gate_conclude(const struct gate *gate, const struct report *report,
                  const struct report_style *style, FILE *stream, struct errors *errors);

void gate_clear(struct gate *gate);

#endif
