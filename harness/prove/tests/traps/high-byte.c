/* SPDX-License-Identifier: GPL-2.0-or-later */
/* proven: what is written to AH is bits 8 to 15 of EAX, and no others */
#include "harness/conforming/probe.h"

int hv_feature_available(uint32_t target) {
    uint32_t answer = 0x00ff0000u;

    __asm__("movb %%cl, %%ah" : "+a"(answer) : "c"(detect(target)));
    return answer == 0x00ff0100u;
}
