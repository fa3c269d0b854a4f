/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/interrupt.h"

#include <stddef.h>

static volatile sig_atomic_t interrupt_seen;

static void interrupt_note(int number) {
    (void)number;
    interrupt_seen = 1;
}

const volatile sig_atomic_t *interrupt_catch(void) {
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = interrupt_note,
                               .sa_flags = (int)(SA_RESTART | SA_RESETHAND)};

    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        sigaction(numbers[i], &action, NULL);
    return &interrupt_seen;
}
