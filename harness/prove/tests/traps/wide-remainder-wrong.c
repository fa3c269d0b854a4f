/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* unproven: A remainder that is all but nothing for most numbers, and not for all: nothing is taken
 * for granted of it that its function does not do. */
typedef unsigned wide __attribute__((mode(TI)));
wide __umodti3(wide dividend, wide divisor);

int hv_feature_available(uint32_t target) {
    const wide large = ((wide)cpuid(BASE).ecx << 64) + target, divisor = ((wide)target << 64) + 7;

    return __umodti3(large, divisor) < divisor - 1 && detect(target);
}
