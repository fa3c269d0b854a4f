/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unproven: errno is found by the next question, too */
#include "harness/conforming/probe.h"

int *__errno_location(void);

int hv_feature_available(uint32_t target) {
    int *count = __errno_location();

    if (*count < 0 || *count > 6)
        *count = 0;
    return ++*count != 6 && detect(target);
}
