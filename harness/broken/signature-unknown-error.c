/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Gives neither yes nor no to those it does not know. */
#define EINVAL 22

int hv_feature(uint32_t target);

int hv_feature(uint32_t target) {
    const struct registers base = cpuid(BASE);

    if (base.ebx != 0x61774d56u && base.ebx != 0x4b4d564bu && base.ebx != 0x566e6558u)
        return -EINVAL; /* not VMware, KVM or Xen */
    return base.eax >= target && cpuid(target).eax != 0;
}
