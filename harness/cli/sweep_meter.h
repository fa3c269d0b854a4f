/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_CLI_SWEEP_METER_H
#define HVSPEC_HARNESS_CLI_SWEEP_METER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* How far a long sweep is: a line that changes on a terminal, else one a minute. */
struct sweep_meter {
    double started, told; /* seconds; 0: not yet */
    uint64_t first;       /* values known at the start */
    bool shown, quiet;
};

/* On standard error, now; `context` is a struct sweep_meter. */
void sweep_meter_show(void *context, uint64_t done, uint64_t count);

/* The same on any stream, at `now` seconds of a clock that never goes back. */
void sweep_meter_tell(struct sweep_meter *meter, uint64_t done, uint64_t count, double now,
                      bool terminal, FILE *stream);

/* Takes the terminal's line away. */
void sweep_meter_clear(struct sweep_meter *meter);

#endif
