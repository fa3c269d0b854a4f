/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A class within a function: gcc then says of that function what it returns, and not where it is. */
extern "C" bool hv_feature(uint32_t target) {
    struct leaf {
        static bool is_there(uint32_t number) {
            return cpuid(number).eax != 0;
        }
    };

    return cpuid(BASE).eax >= target && leaf::is_there(target);
}
