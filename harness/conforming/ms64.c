/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Microsoft's convention, as UEFI has it: arguments in RCX and RDX, and RSI and RDI are kept. */
int hv_feature(unsigned verbose, uint32_t target);

int hv_feature(unsigned verbose, uint32_t target) {
    return verbose == 0 && detect(target);
}
