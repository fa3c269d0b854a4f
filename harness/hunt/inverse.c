/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/hunt/inverse.h"

#define INVERSE_PART 6u /* bits: fewer are alike by chance */

static uint32_t inverse_turn(uint32_t number, unsigned bits) {
    return bits % 32 == 0 ? number : number << bits % 32 | number >> (32 - bits % 32);
}

/* What is added or XORed, or subtracted from, behind a rotation or a swap of bytes that made
 * `turned` of the numbers: what that has to make in each way that explains both runs. */
static unsigned inverse_offset(const uint32_t turned[2], const struct hunt_seen *seen,
                               uint32_t wanted, uint32_t at[3]) {
    const uint32_t *made = seen->made;
    unsigned count = 0;

    if (made[0] - made[1] == turned[0] - turned[1])
        at[count++] = turned[0] + (wanted - made[0]);
    if ((made[0] ^ made[1]) == (turned[0] ^ turned[1]))
        at[count++] = turned[0] ^ wanted ^ made[0];
    if (made[0] - made[1] == turned[1] - turned[0])
        at[count++] = turned[0] - (wanted - made[0]);
    return count;
}

static void inverse_note(uint32_t number, uint32_t numbers[HUNT_INVERSES_MAX], unsigned *count) {
    for (unsigned i = 0; i < *count; i++) {
        if (numbers[i] == number)
            return;
    }
    if (*count < HUNT_INVERSES_MAX)
        numbers[(*count)++] = number;
}

static unsigned inverse_turned(const struct hunt_seen *seen, uint32_t wanted,
                               uint32_t numbers[HUNT_INVERSES_MAX]) {
    const uint32_t swapped[2] = {__builtin_bswap32(seen->from[0]),
                                 __builtin_bswap32(seen->from[1])};
    uint32_t at[3];
    unsigned count = 0, ways;

    for (unsigned bits = 0; bits < 32; bits++) {
        const uint32_t turned[2] = {inverse_turn(seen->from[0], bits),
                                    inverse_turn(seen->from[1], bits)};

        ways = inverse_offset(turned, seen, wanted, at);
        for (unsigned i = 0; i < ways; i++)
            inverse_note(inverse_turn(at[i], 32 - bits), numbers, &count);
    }
    ways = inverse_offset(swapped, seen, wanted, at);
    for (unsigned i = 0; i < ways; i++)
        inverse_note(__builtin_bswap32(at[i]), numbers, &count);
    return count;
}

/* Some bits of it, shifted down; the most that explain both runs. */
static bool inverse_part(const struct hunt_seen *seen, uint32_t wanted, uint32_t *number) {
    for (unsigned count = 31; count >= INVERSE_PART; count--) {
        const uint32_t mask = (1u << count) - 1;

        if ((seen->made[0] | seen->made[1] | wanted) > mask)
            return false;
        for (unsigned shift = 0; shift + count <= 32; shift++) {
            if ((seen->from[0] >> shift & mask) != seen->made[0] ||
                (seen->from[1] >> shift & mask) != seen->made[1])
                continue;
            *number = (seen->from[0] & ~(mask << shift)) | wanted << shift;
            return true;
        }
    }
    return false;
}

/* The inverse of an odd number, modulo 2^32 (Newton's method). */
static uint32_t inverse_odd(uint32_t odd) {
    uint32_t inverse = odd;

    for (unsigned i = 0; i < 5; i++)
        inverse *= 2 - odd * inverse;
    return inverse;
}

/* An odd multiple and a sum. */
static bool inverse_multiple(const struct hunt_seen *seen, uint32_t wanted, uint32_t *number) {
    const uint32_t from = seen->from[0] - seen->from[1], made = seen->made[0] - seen->made[1];

    if (!(from & made & 1))
        return false;
    *number = seen->from[0] + (wanted - seen->made[0]) * inverse_odd(made * inverse_odd(from));
    return true;
}

unsigned hunt_inverse(const struct hunt_seen *seen, uint32_t wanted, bool is_sure,
                      uint32_t numbers[HUNT_INVERSES_MAX]) {
    const unsigned count = inverse_turned(seen, wanted, numbers);

    if (count > 0)
        return count;
    return inverse_part(seen, wanted, &numbers[0]) ||
           (is_sure && inverse_multiple(seen, wanted, &numbers[0]));
}
