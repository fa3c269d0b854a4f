/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/cpuid/observation.h"

static const char *const observation_end_texts[OBSERVATION_ENDS] = {
    [OBSERVATION_RETURNED] = "returned",
    [OBSERVATION_OUT_OF_BUDGET] = "did not return within its budget of instructions",
    [OBSERVATION_READ_FAULT] = "read memory that is not there",
    [OBSERVATION_FETCH_FAULT] = "jumped to memory that is not code",
    [OBSERVATION_STACK_OVERFLOW] = "overflowed its stack",
    [OBSERVATION_FOREIGN_WRITE] = "wrote outside its own memory",
    [OBSERVATION_UNDEFINED] = "raised a processor exception",
    [OBSERVATION_FORBIDDEN] = "executed an instruction that a probe must not execute",
    [OBSERVATION_STACK_SMASHED] = "aborted: its stack protector fired, or it called abort()",
    [OBSERVATION_UNRESOLVED] = "called an undefined symbol that has no stub",
    [OBSERVATION_NOT_STARTED] = "could not be started",
    [OBSERVATION_UNDEFINED_DATA] = "followed a pointer that undefined data holds",
    [OBSERVATION_UNSUPPORTED] = "reached an instruction that the emulator lacks",
    [OBSERVATION_HARNESS_FAILURE] = "could not be run: the emulator failed",
};

const char *observation_end_text(enum observation_end end) {
    return (unsigned)end < OBSERVATION_ENDS ? observation_end_texts[end]
                                            : "ended in an unknown way";
}

/* The execution with this index since the boot; NULL behind the last one. */
static const struct cpuid_execution *observation_at(const struct observation *observation,
                                                    size_t index) {
    if (index < observation->boot_count)
        return &observation->boot_trace[index];
    index -= observation->boot_count;
    return index < observation->count ? &observation->trace[index] : NULL;
}

/* The next execution of a hypervisor leaf from *index on, which moves behind it; NULL: none. */
static const struct cpuid_execution *observation_next(const struct observation *observation,
                                                      size_t *index) {
    const struct cpuid_execution *execution;

    do
        execution = observation_at(observation, (*index)++);
    while (execution && !cpuid_is_hypervisor_leaf(execution->leaf));
    return execution;
}

bool observation_same_leaves(const struct observation *a, const struct observation *b) {
    size_t at_a = 0, at_b = 0;

    for (;;) {
        const struct cpuid_execution *in_a = observation_next(a, &at_a);
        const struct cpuid_execution *in_b = observation_next(b, &at_b);

        if (!in_a || !in_b)
            return in_a == in_b;
        if (in_a->leaf != in_b->leaf)
            return false;
    }
}

ptrdiff_t observation_find_leaf(const struct observation *observation, uint32_t leaf) {
    for (size_t i = 0; i < observation->count; i++) {
        if (observation->trace[i].leaf == leaf)
            return (ptrdiff_t)i;
    }
    return -1;
}

bool observation_has_read(const struct observation *observation, uint32_t leaf) {
    for (size_t i = 0; i < observation->boot_count; i++) {
        if (observation->boot_trace[i].leaf == leaf)
            return true;
    }
    return observation_find_leaf(observation, leaf) >= 0;
}
