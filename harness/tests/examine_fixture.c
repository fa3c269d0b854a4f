/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Probes for examine_test.c: right ones, some of which call what nobody defines, and one that
 * hangs.
 */
void missing(void);
int plain(uint32_t target);
int calls_for_one_vendor(uint32_t target);
int calls_the_second_time(uint32_t target);
int hangs(uint32_t target);

int plain(uint32_t target) {
    return cpuid(BASE).eax >= target && cpuid(target).eax != 0;
}

int calls_for_one_vendor(uint32_t target) {
    if (cpuid(BASE).ebx == 0x61774d56) /* "VMwa" */
        missing();
    return plain(target);
}

int calls_the_second_time(uint32_t target) {
    static int calls;

    if (calls++ > 0)
        missing();
    return plain(target);
}

int hangs(uint32_t target) {
    while (target)
        __asm__ volatile("");
    return 0;
}
