/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/examine/sequences.h"

#include "harness/spec/signatures.h"

#include <string.h>

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

bool sequences_hang(const struct sequences *sequences) {
    bool hang = false;

    for (size_t i = 0; i < sequences->count; i++)
        hang |= sequences->alone[i].end == OBSERVATION_OUT_OF_BUDGET;
    return hang;
}

bool sequences_sign(const struct sequences *sequences, const struct cpuid_table *table,
                    uint64_t seed, struct twin *twin) {
    static const char others[][SIGNATURE_SIZE + 1] = {"", "NobodysOwn12"};
    size_t pick = (size_t)(seed % (signatures_count + sizeof others / sizeof others[0]));
    const char *bytes =
        pick < signatures_count ? signatures[pick].bytes : others[pick - signatures_count];
    struct cpuid_change change = {.kind = CPUID_CHANGE_SET,
                                  .registers = CPUID_EBX | CPUID_ECX | CPUID_EDX,
                                  .first = CPUID_BASE,
                                  .last = CPUID_BASE,
                                  .values = signature_values(bytes)};
    struct cpuid_view own = cpuid_view(table, NULL, 0), other = cpuid_view(table, &change, 1);

    for (size_t i = 0; i < sequences->count; i++) {
        struct cpuid_values before = cpuid_lookup(&own, sequences->targets[i], 0),
                            after = cpuid_lookup(&other, sequences->targets[i], 0);

        if (memcmp(&before, &after, sizeof before) != 0)
            return false;
    }
    *twin = (struct twin){.kind = TWIN_SIGNATURE, .target = sequences->targets[0]};
    twin->changes[twin->changes_count++] = change;
    return true;
}
