/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A library without variables of its own: its state is its caller's, zero at first. */
struct monitor {
    uint32_t is_open, maximum, questions;
};

void monitor_open(struct monitor *monitor);
int monitor_has(uint32_t leaf, struct monitor *monitor);

void monitor_open(struct monitor *monitor) {
    if (monitor->is_open == 0 && monitor->questions == 0)
        *monitor = (struct monitor){.is_open = 1, .maximum = cpuid(BASE).eax};
}

int monitor_has(uint32_t leaf, struct monitor *monitor) {
    monitor->questions++;
    return monitor->is_open && monitor->maximum >= leaf && cpuid(leaf).eax != 0;
}
