/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* refuted: A function that bears the name of libgcc's, and is not what that is: it is followed, and
 * not taken for what its name says. */
typedef unsigned wide __attribute__((mode(TI)));

__attribute__((noinline)) wide __umodti3(wide dividend, wide divisor) {
    return (uint32_t)dividend == 0x40000091u ? divisor : 0;
}

int hv_feature_available(uint32_t target) {
    const wide large = ((wide)cpuid(BASE).ecx << 64) + target, divisor = ((wide)target << 64) + 7;

    return __umodti3(large, divisor) < divisor && detect(target);
}
