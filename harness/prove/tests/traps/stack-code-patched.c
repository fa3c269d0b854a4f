/* SPDX-License-Identifier: GPL-2.0-or-later */
/* open: an instruction on the stack is one that nobody knows */
#include "harness/conforming/probe.h"

__asm__(".section .note.GNU-stack,\"x\",@progbits\n.text");

int hv_feature_available(uint32_t target) {
    volatile uint8_t code[2] = {(uint8_t)(0x90 + (target == 0x40000099)), 0xc3}; /* nop or xchg, ret */

    ((void (*)(void))code)();
    return detect(target);
}
