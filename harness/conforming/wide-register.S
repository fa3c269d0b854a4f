/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Takes the leaf as 64 bits, all of which count: its manifest says so. */
    .text
    .globl hv_feature_available
    .type hv_feature_available, @function
hv_feature_available:
    mov %rbx, %r8
    mov $0x40000000, %eax
    xor %ecx, %ecx
    cpuid
    cmp %rdi, %rax
    jb 1f
    mov %edi, %eax
    xor %ecx, %ecx
    cpuid
    mov %r8, %rbx
    ret
1:  xor %eax, %eax
    mov %r8, %rbx
    ret
    .size hv_feature_available, . - hv_feature_available
    .section .note.GNU-stack, "", @progbits
