/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Compares all of the first argument's register by Microsoft's convention, which leaves the upper
 * half open just so. */
__asm__(".text\n"
        ".globl hv_feature_available\n"
        ".type hv_feature_available, @function\n"
        "hv_feature_available:\n"
        "    mov %rbx, %r8\n"
        "    mov %rcx, %r9\n"
        "    mov $0x40000000, %eax\n"
        "    xor %ecx, %ecx\n"
        "    cpuid\n"
        "    sub %r9, %rax\n"
        "    jc 1f\n"
        "    mov %r9d, %eax\n"
        "    xor %ecx, %ecx\n"
        "    cpuid\n"
        "    mov %r8, %rbx\n"
        "    ret\n"
        "1:  xor %eax, %eax\n"
        "    mov %r8, %rbx\n"
        "    ret\n"
        ".size hv_feature_available, . - hv_feature_available\n");
