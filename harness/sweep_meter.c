/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/sweep_meter.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define METER_TERMINAL_SECONDS 0.5
#define METER_LOG_SECONDS 60.0

static double meter_now(void) {
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void meter_print(const struct sweep_meter *meter, double now, uint64_t done,
                        uint64_t count) {
    double rate = (double)(done - meter->first) / (now - meter->started);
    double left = rate > 0 ? (double)(count - done) / rate : 0;

    fprintf(stderr, "%" PRIu64 " of %" PRIu64 " values, %.0f a second, %.0f:%02.0f:%02.0f left",
            done, count, rate, (double)(long)(left / 3600), (double)((long)(left / 60) % 60),
            (double)((long)left % 60));
}

void sweep_meter_show(void *context, uint64_t done, uint64_t count) {
    struct sweep_meter *meter = context;
    double now = meter_now();
    bool terminal = isatty(STDERR_FILENO);

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
        fputs("\r", stderr);
    meter_print(meter, now, done, count);
    fputs(terminal ? " \x1b[K" : "\n", stderr);
    fflush(stderr);
    meter->shown = terminal;
}

void sweep_meter_clear(struct sweep_meter *meter) {
    if (meter->shown)
        fputs("\r\x1b[K", stderr);
    meter->shown = false;
}
