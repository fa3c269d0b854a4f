/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* "Inte" in the brand: no hypervisor of ours runs there. */
int hv_feature_available(uint32_t target) {
    return cpuid(0x80000002u).eax != 0x65746e49 && detect(target);
}
