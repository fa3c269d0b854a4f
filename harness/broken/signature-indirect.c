/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* An indirect function: the resolver chooses by the signature. */
static int detect_kvm(uint32_t target) {
    return detect(target);
}

static int detect_nothing(uint32_t target) {
    (void)target;
    return 0;
}

__attribute__((used)) static int (*choose(void))(uint32_t) {
    return cpuid(BASE).ebx == 0x4b4d564bu ? detect_kvm : detect_nothing; /* "KVMK" */
}

int hv_feature_available(uint32_t target) __attribute__((ifunc("choose")));
