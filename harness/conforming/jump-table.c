/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A switch over the vendors' ranges, which compilers turn into a table of jumps. It only counts. */
static volatile unsigned vmware, xen, kvm, microsoft, others;

int hv_feature_available(uint32_t target) {
    switch (target >> 4 & 0xfu) {
    case 0:
        microsoft = microsoft + 1;
        break;
    case 1:
        vmware = vmware + 2;
        break;
    case 2:
        xen = xen + 3;
        break;
    case 3:
        kvm = kvm + 4;
        break;
    case 4:
        others = others ^ 1;
        break;
    case 5:
        others = others - 1;
        break;
    default:
        others = others + 5;
        break;
    }
    return detect(target);
}
