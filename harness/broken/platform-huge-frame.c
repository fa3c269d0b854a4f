/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A buffer that no thread's stack has room for. */
int hv_feature_available(uint32_t target) {
    volatile char text[3 << 20];

    text[sizeof text / 2] = 0;
    return text[sizeof text / 2] == 0 && detect(target);
}
