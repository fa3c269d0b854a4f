/* SPDX-License-Identifier: GPL-2.0-or-later */
/* 16-bit code that is called from another segment: the leaf in EDI, the carry flag for "no". */
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
    cmpl $1, %eax
    lretw
absent:
    stc
    lretw
    .section .note.GNU-stack, "", @progbits
