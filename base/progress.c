/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/progress.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PROGRESS_PATIENCE 1.0 /* seconds without a line */
#define PROGRESS_PAUSE 0.1    /* seconds between two of them */

void progress_show(void *context, size_t done, size_t count) {
    struct progress *progress = context;
    double now = clock_seconds(), elapsed;

    if (progress->started == 0)
        progress->started = now;
    elapsed = now - progress->started;
    if (elapsed < PROGRESS_PATIENCE || now - progress->drawn < PROGRESS_PAUSE ||
        !isatty(STDERR_FILENO))
        return;
    progress->drawn = now;
    fprintf(stderr, "\r%zu of %zu %s, %.0f s left \x1b[K", done, count, progress->what,
            done > 0 ? elapsed / (double)done * (double)(count - done) : 0.0);
    fflush(stderr);
    progress->shown = true;
}

void progress_turn(struct progress *progress, const char *what) {
    if (progress->what && strcmp(progress->what, what) == 0)
        return;
    progress->what = what;
    progress->started = 0;
}

void progress_clear(struct progress *progress) {
    if (progress->shown)
        fputs("\r\x1b[K", stderr);
    progress->shown = false;
}
