/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A relocatable object, compiled as a kernel is, with the kernel's functions left undefined. */
int printk(const char *format, ...);

int hv_feature_available(uint32_t target) {
    if (!detect(target)) {
        printk("hypervisor leaf %#x: not there\n", target);
        return 0;
    }
    return 1;
}
