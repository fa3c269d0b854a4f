/* SPDX-License-Identifier: GPL-2.0-or-later */
/* As Go's compiler makes it: func HasFeature(leaf uint32, strict bool) bool, the arguments in EAX and EBX,
 * which have places above the return address to be spilled to; R14 is the goroutine, whose stack has room
 * when its second word but one is below the stack pointer; X15 is zero. */
    .text
    .globl main.HasFeature
    .type main.HasFeature, @function
main.HasFeature:
    cmpq 0x10(%r14), %rsp
    jbe 3f
    cmpq %r14, %fs:-8
    jne 3f
    pushq %rbp
    movq %rsp, %rbp
    movl %eax, 0x10(%rsp)
    movb %bl, 0x18(%rsp)
    movq %xmm15, %r11
    testq %r11, %r11
    jne 2f
    movl $0x40000000, %eax
    xorl %ecx, %ecx
    cpuid
    cmpl 0x10(%rsp), %eax
    jb 2f
    cmpb $1, 0x18(%rsp)
    jne 2f
    movl 0x10(%rsp), %eax
    xorl %ecx, %ecx
    cpuid
    testl %eax, %eax
    setne %al
    popq %rbp
    ret
2:  xorl %eax, %eax
    popq %rbp
    ret
3:  ud2
    .size main.HasFeature, . - main.HasFeature
    .section .note.GNU-stack, "", @progbits
