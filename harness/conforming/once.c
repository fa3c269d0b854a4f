/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Reads the maximum in a once function, of a thread library and of a compiler. */
int pthread_once(int *control, void (*function)(void));
int __cxa_guard_acquire(uint64_t *guard);
void __cxa_guard_release(uint64_t *guard);
int __cxa_atexit(void (*function)(void *), void *argument, void *object);

static int control;
static uint64_t guard;
static uint32_t maximum, times;

static void read_maximum(void) {
    maximum = cpuid(BASE).eax;
}

int hv_feature_available(uint32_t target) {
    pthread_once(&control, read_maximum);
    pthread_once(&control, read_maximum);
    if (__cxa_guard_acquire(&guard)) {
        times++;
        __cxa_atexit(0, 0, 0);
        __cxa_guard_release(&guard);
    }
    return times == 1 && maximum >= target && cpuid(target).eax != 0;
}
