/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A kernel's early code: interrupts off, a register of the processor read, a byte to the port that traces
 * boots. */
int hv_feature_available(uint32_t target) {
    uint32_t low, high;
    int available;

    __asm__ volatile("cli");
    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(0x10));
    __asm__ volatile("outb %b0, $0x80" : : "a"(target));
    available = low == 0x1234 && high == 0 && detect(target);
    __asm__ volatile("wrmsr" : : "a"(low), "d"(high), "c"(0x8b));
    __asm__ volatile("sti");
    return available;
}
