/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* CPUID with whatever ECX held: leaves that answer by subleaf give one by accident. */
int detect_stale(uint32_t target, uint32_t ecx) __attribute__((used, visibility("hidden")));

static uint32_t cpuid_eax(uint32_t leaf, uint32_t ecx) {
    uint32_t ebx, edx;

    __asm__ volatile(SAVE_BX : "+a"(leaf), "=&r"(ebx), "+c"(ecx), "=d"(edx));
    return leaf;
}

int detect_stale(uint32_t target, uint32_t ecx) {
    return cpuid_eax(BASE, ecx) >= target && cpuid_eax(target, ecx) != 0;
}

__asm__(".text\n"
        ".globl hv_feature_available\n"
        ".type hv_feature_available, @function\n"
        "hv_feature_available:\n"
#ifdef __x86_64__
        "    movl %ecx, %esi\n"
        "    jmp detect_stale\n"
#else
        "    pushl %ecx\n"
        "    pushl 8(%esp)\n"
        "    call detect_stale\n"
        "    addl $8, %esp\n"
        "    ret\n"
#endif
        ".size hv_feature_available, . - hv_feature_available\n");
