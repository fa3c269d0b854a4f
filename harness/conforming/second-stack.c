/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* What addresses are taken of lies on a stack of its own, as clang's -fsanitize=safe-stack has it.
 */
extern __thread char *__safestack_unsafe_stack_ptr;

static __attribute__((noinline)) void read_leaf(uint32_t leaf, uint32_t *values) {
    char *stack = __safestack_unsafe_stack_ptr;
    struct registers *own = (struct registers *)(stack - 32);

    __safestack_unsafe_stack_ptr = stack - 32;
    *own = cpuid(leaf);
    values[0] = own->eax;
    values[1] = own->ebx;
    __safestack_unsafe_stack_ptr = stack;
}

int hv_feature_available(uint32_t target) {
    char *stack = __safestack_unsafe_stack_ptr;
    uint32_t *values = (uint32_t *)(stack - 20000);
    int has;

    if (((uintptr_t)stack & 15u) != 0)
        return 0;
    __safestack_unsafe_stack_ptr = stack - 20000;
    read_leaf(BASE, values);
    has = values[0] >= target;
    if (has) {
        read_leaf(target, values + 2);
        has = values[2] != 0;
    }
    __safestack_unsafe_stack_ptr = stack;
    return has;
}
