/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* The wrong calling convention at the return. */
int detect_local(uint32_t target) __attribute__((used, visibility("hidden")));

int detect_local(uint32_t target) {
    return detect(target);
}

__asm__(".text\n"
        ".globl hv_feature_available\n"
        ".type hv_feature_available, @function\n"
        "hv_feature_available:\n"
#ifdef __x86_64__
        "    subq $8, %rsp\n"
        "    call detect_local\n"
        "    addq $8, %rsp\n"
        "    ret $8\n"
#else
        "    pushl 4(%esp)\n"
        "    call detect_local\n"
        "    addl $4, %esp\n"
        "    ret $4\n"
#endif
        ".size hv_feature_available, . - hv_feature_available\n");
