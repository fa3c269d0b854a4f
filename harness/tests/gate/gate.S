/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * "This signature only", in front of any probe: says absent unless leaf 0x40000000 has KVM's
 * signature, and else goes on, by the jump in its last five bytes, as if what that leads to had
 * been called itself, with every register and flag as the caller left it.
 */
#ifdef __x86_64__
#define SAVE push %rbx; push %rcx; push %rdx; push %rax; pushfq
#define RESTORE popfq; pop %rax; pop %rdx; pop %rcx; pop %rbx
#else
#define SAVE push %ebx; push %ecx; push %edx; push %eax; pushfl
#define RESTORE popfl; pop %eax; pop %edx; pop %ecx; pop %ebx
#endif

    .text
    SAVE
    movl $0x40000000, %eax
    xorl %ecx, %ecx
    cpuid
    cmpl $0x4b4d564b, %ebx
    jne 1f
    cmpl $0x564b4d56, %ecx
    jne 1f
    cmpl $0x0000004d, %edx
    je 2f
1:  RESTORE
    xorl %eax, %eax
    ret
2:  RESTORE
    .byte 0xe9 /* jmp: gate.c knows where to */
    .long 0
    .section .note.GNU-stack, "", @progbits
