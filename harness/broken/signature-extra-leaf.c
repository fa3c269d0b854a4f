/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* The answers are right, and still the signature decides what is read. */
int hv_feature_available(uint32_t target) {
    const struct registers base = cpuid(BASE);

    if (base.ebx == 0x4b4d564bu && base.eax > BASE)
        (void)cpuid(BASE + 1); /* KVM's feature bits, just in case */
    return base.eax >= target && cpuid(target).eax != 0;
}
