/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A kernel that keeps what it knows of a processor in a structure that a segment register points
 * to. */
struct processor {
    uint32_t number, maximum, questions;
};

struct processor boot_processor = {.number = 7};

#ifdef __x86_64__
#define SEGMENT "%%gs:"
#else
#define SEGMENT "%%fs:"
#endif

static uint32_t read_field(unsigned long offset) {
    uint32_t value;

    __asm__ volatile("movl " SEGMENT "(%1), %0" : "=r"(value) : "r"(offset) : "memory");
    return value;
}

static void write_field(unsigned long offset, uint32_t value) {
    __asm__ volatile("movl %0, " SEGMENT "(%1)" : : "r"(value), "r"(offset) : "memory");
}

int hv_feature_available(uint32_t target) {
    unsigned long maximum = offsetof(struct processor, maximum);

    if (read_field(0) != 7)
        return 0;
    write_field(offsetof(struct processor, questions), boot_processor.questions + 1);
    if (read_field(maximum) == 0)
        write_field(maximum, cpuid(BASE).eax);
    return boot_processor.maximum >= target && cpuid(target).eax != 0;
}
