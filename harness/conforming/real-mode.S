/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a boot loader does before there is a C ABI: 16-bit code, the leaf in EDI, nonzero in EAX when
 * the feature is available. */
    .code16
    .text
start:
    movl $0x40000000, %eax
    xorl %ecx, %ecx
    cpuid
    cmpl %edi, %eax
    jb absent
    movl %edi, %eax
    xorl %ecx, %ecx
    cpuid
    ret
absent:
    xorl %eax, %eax
    ret
    .section .note.GNU-stack, "", @progbits
