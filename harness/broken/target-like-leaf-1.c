/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A value that is the processor's own family, model and stepping is taken for an echo. */
int hv_feature_available(uint32_t target) {
    return detect(target) && cpuid(target).eax != cpuid(1).eax;
}
