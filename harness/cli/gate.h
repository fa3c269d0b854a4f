/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_CLI_GATE_H
#define HVSPEC_HARNESS_CLI_GATE_H

#include "harness/baseline/baseline.h"
#include "harness/cli/reports.h"
#include "harness/suite/suite.h"

/*
 * The regression gate of check and merge: --baseline and --update-baseline. Loaded ahead of the
 * run, so that mistakes in the file show before anything is run.
 */
struct gate {
    const char *path; /* NULL: no gate */
    const char *root; /* the top of the sources; NULL: the current folder */
    bool update, by_rule, part;
    struct baseline baseline;
    struct baseline_comparison comparison;
    char *updated; /* with `update`: the file's new text */
    size_t updated_lines;
};

/* False with errors noted. Cleared with gate_clear in both cases. */
bool gate_load(const struct command_line *line, struct gate *gate, struct errors *errors);

/* Tells the suite what the baseline lists, and learns whether only a part of the cases runs. The
 * gate must stay where it is until the run is over. */
void gate_inform(struct gate *gate, struct suite_options *options);

/* Compares, writes the reports with what it found (with --update-baseline, as the new file will
 * have it) and has the last word, unless the run itself went wrong; with --update-baseline writes
 * the file. Without a gate only writes the reports. Returns the exit code. The report must live
 * until gate_clear. */
int gate_write_reports(struct gate *gate, const struct command_line *line,
                       const struct command_reports *reports, struct report *report,
                       struct errors *errors);

void gate_clear(struct gate *gate);

#endif
