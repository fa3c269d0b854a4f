/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A byte counts the questions, and 0 means that nothing was initialised. */
int hv_feature_available(uint32_t target) {
    static uint8_t calls;

    return ++calls == 0 ? 0 : detect(target);
}
