/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/random.h"
#include "emulator/guest/internal.h"

#include <string.h>

/*
 * What lies in the dead stack and in registers that pass nothing ahead of a call is, on a real
 * machine, what other functions left there: often the numbers that they share with the probe. Code
 * that takes an array of its own for cleared, believes that what it left below the stack pointer is
 * still there and whole, or looks at an argument that nobody passes, meets its marks here, together
 * with other values.
 */
#define LITTER_SIZE 1024u /* bytes below the stack pointer */
#define LITTER_SMALL 8u   /* counts and flags: numbers below */

static uint32_t litter_draw(const struct guest_job *job, uint64_t *state) {
    const uint32_t shared[] = {job->target, job->table->base.eax};
    const uint64_t drawn = random_next(state);

    switch (drawn >> 32 & 3) {
    case 0:
        return (uint32_t)drawn;
    case 1:
        return (uint32_t)drawn % LITTER_SMALL;
    case 2:
        if (job->numbers_count > 0)
            return job->numbers[(uint32_t)drawn % job->numbers_count];
        /* fall through */
    default:
        return shared[(uint32_t)drawn % 2];
    }
}

static bool litter_is_alike(const struct guest_job *job) {
    return job->litter & 1;
}

/* By turns with and without an upper half. */
void guest_litter_registers(struct guest *guest, const struct guest_job *job) {
    uint64_t state = ~job->litter, upper = job->litter & 4 ? 0 : ~(uint64_t)UINT32_MAX;
    uint32_t number = litter_draw(job, &state);

    for (unsigned reg = 0; reg < guest_register_count(guest); reg++) {
        guest->registers.entry[reg] = (guest->registers.entry[reg] & upper) | number;
        if (!litter_is_alike(job))
            number = litter_draw(job, &state);
    }
}

bool guest_litter_stack(struct guest *guest, const struct guest_job *job) {
    struct guest_stack *stack = guest->stack;
    uint64_t first = guest->stack_pointer - LITTER_SIZE, state = job->litter;
    uint32_t word;

    if (job->litter == 0)
        return false;
    if (first < stack->open || first > guest->stack_pointer)
        first = stack->open;
    word = litter_draw(job, &state);
    for (uint64_t at = first; at + sizeof word <= guest->stack_pointer; at += sizeof word) {
        memcpy(stack->host + (at - stack->first), &word, sizeof word);
        if (!litter_is_alike(job))
            word = litter_draw(job, &state);
    }
    return true;
}
