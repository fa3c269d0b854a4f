/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Clears the register between the comparison and SETAE, with an instruction that clears the carry
 * flag too: step 1 always passes. */
static int reaches(uint32_t maximum, uint32_t target) {
    int result;

    __asm__("cmpl %2, %1\n\txorl %0, %0\n\tsetae %b0"
            : "=&q"(result)
            : "r"(maximum), "r"(target)
            : "cc");
    return result;
}

int hv_feature_available(uint32_t target) {
    return reaches(cpuid(BASE).eax, target) && cpuid(target).eax != 0;
}
