/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* The leaf's value, which is a frequency in kHz, as MHz; 0 when there is none. The debug
 * information says where such an answer is. */
double hv_megahertz(uint32_t target) __asm__("hv_feature_available");

double hv_megahertz(uint32_t target) {
    return detect(target) ? (double)cpuid(target).eax / 1000 : 0;
}
