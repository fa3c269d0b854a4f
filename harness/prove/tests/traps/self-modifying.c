/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unproven: it makes itself wrong, where code may be written */
#include "harness/conforming/probe.h"

__attribute__((section(".patched,\"awx\",@progbits#"), noinline)) static int patched(int answer) {
    __asm__ volatile("movl $1, %%eax\n\tcmpb $0, %1" : "=a"(answer) : "m"(*(char *)&answer));
    return answer;
}

int hv_feature_available(uint32_t target) {
    volatile uint8_t *code = (volatile uint8_t *)patched;

    if (!detect(target))
        return 0;
    for (unsigned i = 0; i < 64; i++) {
        if (code[i] == 0xb8 && code[i + 1] == 1)
            code[i + 1] = 0; /* "mov $1, %eax" has become "mov $0, %eax" */
    }
    return patched(1);
}
