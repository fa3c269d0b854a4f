/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes without a file format, for either mode: the leaf in EDI, the leaf's value or 0 in EAX. */
    .text
start:
    movl $0x40000000, %eax
    xorl %ecx, %ecx
    cpuid
    cmpl %edi, %eax
    jae in_range
    xorl %eax, %eax
    ret
in_range:
    movl %edi, %eax
    xorl %ecx, %ecx
    cpuid
    ret
    .section .note.GNU-stack, "", @progbits
