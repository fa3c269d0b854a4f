/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Assembly with a convention of its own: the leaf in ESI, the answer in the carry flag, and no
 * register is kept. */
    .text
    .globl hv_feature
    .type hv_feature, @function
hv_feature:
    movl $0x40000000, %eax
    xorl %ecx, %ecx
    cpuid
    cmpl %esi, %eax
    jb absent
    movl %esi, %eax
    xorl %ecx, %ecx
    cpuid
    negl %eax /* sets the carry flag unless EAX is zero */
    ret
absent:
    clc
    ret
    .size hv_feature, . - hv_feature
    .section .note.GNU-stack, "", @progbits
