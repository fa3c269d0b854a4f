/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/cli/command.h"

#if defined(__x86_64__) || defined(__i386__)

#include "harness/capture/capture.h"
#include "reports/model/report.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void capture_print(void *context, const char *text) {
    fputs(text, context);
}

/* Every processor that this process may run on, by moving to it. */
static bool capture_write(const void *context, FILE *stream) {
    long processors = sysconf(_SC_NPROCESSORS_CONF);
    int count = processors > CPU_SETSIZE ? (int)processors : CPU_SETSIZE;
    cpu_set_t *allowed = CPU_ALLOC(count), *one = CPU_ALLOC(count);
    size_t size = CPU_ALLOC_SIZE(count);
    bool done = allowed && one && sched_getaffinity(0, size, allowed) == 0;

    (void)context;
    for (int i = 0; done && i < count; i++) {
        if (!CPU_ISSET_S(i, size, allowed))
            continue;
        CPU_ZERO_S(size, one);
        CPU_SET_S(i, size, one);
        if (sched_setaffinity(0, size, one) == 0) /* else it went offline meanwhile */
            capture_processor((unsigned)i, capture_print, stream);
    }
    CPU_FREE(allowed);
    CPU_FREE(one);
    return done && !ferror(stream);
}

static int capture_run(const struct command_line *line) {
    const char *path = command_line_last(line, OPTION_OUTPUT);
    struct errors errors = {0};

    if (path && strcmp(path, "-") != 0 && !command_output_check(path, "capture", &errors))
        return command_fail(&errors, COMMAND_INVALID);
    if (report_save_written(capture_write, NULL, "capture", path ? path : "-", &errors))
        return COMMAND_CONFORMS;
    return command_fail(&errors, COMMAND_FAILED);
}

#else

static int capture_run(const struct command_line *line) {
    struct errors errors = {0};

    (void)line;
    errors_add(
        &errors, NULL, 0, 0,
        "CPUID is an instruction of x86, and this machine is none: run capture in the guest");
    return command_fail(&errors, COMMAND_INVALID);
}

#endif

static const enum option_id capture_options[] = {OPTION_OUTPUT};

const struct command command_capture = {
    .name = "capture",
    .operands = "",
    .summary = "this machine's own CPUID, every processor, as cpuid -r writes it",
    .text = "Asks each processor that it may run on for its basic and extended leaves, the whole\n"
            "block 0x40000000-0x400000ff, and further interfaces up to 0x4000ff00, subleaves\n"
            "included. x86 only. Where the program itself cannot run, the same comes as a static\n"
            "program and as a Multiboot kernel that writes to the first serial port:\n"
            "hvspec-capture and hvspec-capture-kernel in lib/hvspec, source in share/hvspec.",
    .examples = "hvspec capture -o dump.txt          # of the guest that this runs in\n"
                "hvspec capture | hvspec check -     # and judged",
    .options = capture_options,
    .options_count = sizeof capture_options / sizeof capture_options[0],
    .operands_min = 0,
    .operands_max = 0,
    .run = capture_run,
};
