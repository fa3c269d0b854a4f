/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/cli/sweep_meter.h"

#include "base/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#define METER_TERMINAL_SECONDS 0.5
#define METER_LOG_SECONDS 60.0

static void meter_print(const struct sweep_meter *meter, double now, uint64_t done, uint64_t count,
                        FILE *stream) {
    double rate = (double)(done - meter->first) / (now - meter->started);
    double left = rate > 0 ? (double)(count - done) / rate : 0;

    fprintf(stream, "%" PRIu64 " of %" PRIu64 " values, %.0f a second, ", done, count, rate);
    if (rate > 0)
        fprintf(stream, "%ld:%02ld:%02ld left", (long)(left / 3600), (long)(left / 60) % 60,
                (long)left % 60);
    else
        fputs("no end in sight", stream);
}

void sweep_meter_tell(struct sweep_meter *meter, uint64_t done, uint64_t count, double now,
                      bool terminal, FILE *stream) {
    if (meter->quiet)
        return;
    if (meter->started == 0) {
        meter->started = meter->told = now;
        meter->first = done;
    }
    if (now - meter->told < (terminal ? METER_TERMINAL_SECONDS : METER_LOG_SECONDS))
        return;
    meter->told = now;
    if (terminal)
        fputs("\r", stream);
    meter_print(meter, now, done, count, stream);
    fputs(terminal ? " \x1b[K" : "\n", stream);
    fflush(stream);
    meter->shown = terminal;
}

void sweep_meter_show(void *context, uint64_t done, uint64_t count) {
    sweep_meter_tell(context, done, count, clock_seconds(), isatty(STDERR_FILENO), stderr);
}

void sweep_meter_clear(struct sweep_meter *meter) {
    if (meter->shown)
        fputs("\r\x1b[K", stderr);
    meter->shown = false;
}
