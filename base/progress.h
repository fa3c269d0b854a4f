/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_BASE_PROGRESS_H
#define HVSPEC_BASE_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A line on a terminal's standard error for work over a second; elsewhere nothing, so that logs
 * stay the same from run to run.
 */
struct progress {
    const char *what; /* "cases" */
    double started;   /* seconds; 0: not yet */
    double drawn;     /* when a line was last shown */
    bool shown;
};

/* Shows how far the work is; `context` is a struct progress. */
void progress_show(void *context, size_t done, size_t count);

/* From now on it is other work that is shown; nothing changes where it is the same. */
void progress_turn(struct progress *progress, const char *what);

/* Takes the line away. */
void progress_clear(struct progress *progress);

#endif
