/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* proven: What libgcc does of a remainder is taken for what it says: it is less than what is
 * divided by. */
typedef unsigned wide __attribute__((mode(TI)));
wide __umodti3(wide dividend, wide divisor);

int hv_feature_available(uint32_t target) {
    const wide large = ((wide)cpuid(BASE).ecx << 64) + target, divisor = ((wide)target << 64) + 7;

    return __umodti3(large, divisor) < divisor && detect(target);
}
