/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Exclusive ranges are what the mail argues against. */
int hv_feature_available(uint32_t target) {
    const struct registers base = cpuid(BASE);
    uint32_t range;

    switch (base.ebx) {
    case 0x61774d56u: /* VMware */
        range = 1;
        break;
    case 0x566e6558u: /* Xen */
        range = 2;
        break;
    case 0x4b4d564bu: /* KVM */
        range = 3;
        break;
    default:
        return 0;
    }
    return (target >> 4 & 0xfu) == range && base.eax >= target && cpuid(target).eax != 0;
}
