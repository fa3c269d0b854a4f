/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* The 32-bit Linux kernel's convention: the first three arguments in EAX, EDX and ECX. */
int hv_feature(unsigned verbose, uint32_t target);

int hv_feature(unsigned verbose, uint32_t target) {
    return verbose == 0 && detect(target);
}
