/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/sequences.h"

void sequences_add_target(struct sequences *sequences, uint32_t target) {
    for (size_t i = 0; i < sequences->count; i++) {
        if (sequences->targets[i] == target)
            return;
    }
    if (sequences->count < SCENARIO_ASKS_MAX)
        sequences->targets[sequences->count++] = target;
}

void sequences_add_companions(struct sequences *sequences, uint32_t target) {
    const uint32_t companions[SEQUENCES_COMPANIONS] = {CPUID_BASE | ((target + CPUID_ROW) & 0xff),
                                                       CPUID_BASE | ((target + 1) & 0xff),
                                                       CPUID_BLOCK_LAST};

    for (size_t i = 0; i < SEQUENCES_COMPANIONS; i++) {
        if (companions[i] > CPUID_BASE)
            sequences_add_target(sequences, companions[i]);
    }
}

void sequences_make_orders(struct sequences *sequences, const uint32_t *asks, size_t count) {
    size_t half = count < SCENARIO_ASKS_MAX / 2 ? count : SCENARIO_ASKS_MAX / 2;

    for (size_t i = 0; i < count; i++) {
        sequences->order[0][i] = asks[i];
        sequences->order[1][i] = asks[count - 1 - i];
    }
    for (size_t i = 0; i < half; i++) {
        sequences->order[2][2 * i] = sequences->order[2][2 * i + 1] = asks[i];
        sequences->order[3][i] = asks[i];
        sequences->order[3][half + i] = asks[i];
    }
    sequences->lengths[0] = sequences->lengths[1] = count;
    sequences->lengths[2] = sequences->lengths[3] = 2 * half;
}

const struct facts *sequences_alone(const struct sequences *sequences, uint32_t target) {
    for (size_t i = 0; i < sequences->count; i++) {
        if (sequences->targets[i] == target)
            return &sequences->alone[i];
    }
    return NULL;
}
