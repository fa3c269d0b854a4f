/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/bench/bench.h"

#include <string.h>

/*
 * What a unit test with a mock costs: the reference's two steps compiled for the host, CPUID behind
 * a pointer. It checks the C code, and neither the inline assembly nor what a compiler made of it.
 */
static size_t native_call;

static struct cpuid_values native_mock(uint32_t leaf) {
    return (struct cpuid_values){.eax = leaf == CPUID_BASE ? bench_maximum(native_call)
                                                           : BENCH_TARGET_EAX};
}

static struct cpuid_values (*volatile native_cpuid)(uint32_t leaf) = native_mock;

static __attribute__((noinline)) int native_feature_available(uint32_t leaf) {
    return native_cpuid(CPUID_BASE).eax >= leaf && native_cpuid(leaf).eax != 0;
}

static void *native_open(const struct bench_subject *subject, char *why, size_t size) {
    (void)subject;
    (void)why;
    (void)size;
    return &native_call;
}

static struct bench_count native_run(void *state, size_t calls) {
    struct bench_count count = {calls, 0};

    (void)state;
    for (native_call = 0; native_call < calls; native_call++)
        count.wrong += native_feature_available(BENCH_TARGET) != bench_expects(native_call);
    return count;
}

static void native_close(void *state) {
    (void)state;
}

const struct bench_method bench_native = {
    .name = "native",
    .what = "a native call with a mock of CPUID, as a unit test makes it",
    .calls = 20000000,
    .open = native_open,
    .run = native_run,
    .close = native_close,
};
