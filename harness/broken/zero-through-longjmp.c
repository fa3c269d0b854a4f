/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

typedef void *room[32];
int setjmp(room) __attribute__((returns_twice));
void longjmp(room, int) __attribute__((noreturn));

static room here;

int hv_feature_available(uint32_t target) {
    int value = setjmp(here);

    if (value != 0)
        return value;
    if (cpuid(BASE).eax < target)
        return 0;
    longjmp(here, (int)cpuid(target).eax); /* 0 arrives as 1 */
}
