/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Compares by SBB without having cleared the carry, which is clear by chance in most callers. CPUID
 * leaves the flags alone, and MOV does, so what the caller had is still there. */
__asm__(".text\n"
        ".globl hv_feature_available\n"
        ".type hv_feature_available, @function\n"
        "hv_feature_available:\n"
#ifdef __x86_64__
        "    mov %rbx, %r8\n"
        "    mov $0x40000000, %eax\n"
        "    mov $0, %ecx\n"
        "    cpuid\n"
        "    mov %r8, %rbx\n"
        "    sbb %edi, %eax\n"
        "    jb 1f\n"
        "    mov %edi, %eax\n"
        "    mov $0, %ecx\n"
        "    cpuid\n"
        "    mov %r8, %rbx\n"
        "    ret\n"
#else
        "    push %ebx\n"
        "    mov $0x40000000, %eax\n"
        "    mov $0, %ecx\n"
        "    cpuid\n"
        "    mov 8(%esp), %ecx\n"
        "    sbb %ecx, %eax\n"
        "    jb 1f\n"
        "    mov %ecx, %eax\n"
        "    mov $0, %ecx\n"
        "    cpuid\n"
        "    pop %ebx\n"
        "    ret\n"
#endif
        "1:  mov $0, %eax\n"
#ifndef __x86_64__
        "    pop %ebx\n"
#endif
        "    ret\n"
        ".size hv_feature_available, . - hv_feature_available\n");
