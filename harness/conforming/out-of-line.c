/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* CPUID in a function of its own that is written in assembly, as kernels and old libraries have it.
 */
void read_leaf(struct registers *out, uint32_t leaf) __attribute__((visibility("hidden")));

__asm__(".text\n"
        ".globl read_leaf\n"
        ".hidden read_leaf\n"
        ".type read_leaf, @function\n"
        "read_leaf:\n"
#ifdef __x86_64__
        "    pushq %rbx\n"
        "    movl %esi, %eax\n"
        "    xorl %ecx, %ecx\n"
        "    cpuid\n"
        "    movl %eax, (%rdi)\n"
        "    movl %ebx, 4(%rdi)\n"
        "    movl %ecx, 8(%rdi)\n"
        "    movl %edx, 12(%rdi)\n"
        "    popq %rbx\n"
#else
        "    pushl %ebx\n"
        "    pushl %edi\n"
        "    movl 12(%esp), %edi\n"
        "    movl 16(%esp), %eax\n"
        "    xorl %ecx, %ecx\n"
        "    cpuid\n"
        "    movl %eax, (%edi)\n"
        "    movl %ebx, 4(%edi)\n"
        "    movl %ecx, 8(%edi)\n"
        "    movl %edx, 12(%edi)\n"
        "    popl %edi\n"
        "    popl %ebx\n"
#endif
        "    ret\n"
        ".size read_leaf, . - read_leaf\n");

int hv_feature_available(uint32_t target) {
    struct registers base, feature;

    read_leaf(&base, BASE);
    if (base.eax < target)
        return 0;
    read_leaf(&feature, target);
    return feature.eax != 0;
}
