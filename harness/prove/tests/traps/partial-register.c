/* SPDX-License-Identifier: GPL-2.0-or-later */
/* refuted: the answer is written to AL alone, and the caller takes all of EAX */
#include "harness/conforming/probe.h"

int hv_feature_available(uint32_t target) {
    const bool found = detect(target);
    uint32_t answer = target;

    __asm__("movb %1, %%al" : "+a"(answer) : "q"(found));
    return (int)answer;
}
