/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/interrupt.h"

#include <stddef.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t interrupt_seen;

static void interrupt_note(int number) {
    (void)number;
    interrupt_seen = 1;
}

static void interrupt_set(void (*handler)(int), int flags) {
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};

    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        sigaction(numbers[i], &action, NULL);
}

const volatile sig_atomic_t *interrupt_catch(void) {
    interrupt_set(interrupt_note, (int)(SA_RESTART | SA_RESETHAND));
    return &interrupt_seen;
}

static struct {
    const char *line;
    size_t length;
    int code;
    pid_t process;
} interrupt_last;

static void interrupt_leave(int number) {
    ssize_t written = 0;

    (void)number;
    if (getpid() == interrupt_last.process)
        written = write(STDERR_FILENO, interrupt_last.line, interrupt_last.length);
    (void)written; /* there is nobody left to tell */
    _exit(interrupt_last.code);
}

void interrupt_end(const char *line, int code) {
    interrupt_last.line = line;
    interrupt_last.length = strlen(line);
    interrupt_last.code = code;
    interrupt_last.process = getpid();
    interrupt_set(interrupt_leave, (int)SA_RESTART);
}
