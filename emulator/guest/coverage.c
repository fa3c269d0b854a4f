/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/hash.h"
#include "emulator/guest/internal.h"

/* Fibonacci hashing: neighbouring addresses fall far apart. */
static size_t coverage_bit(uint64_t key) {
    return (size_t)(key * 0x9e3779b97f4a7c15u >> 32) % GUEST_COVERAGE_BITS;
}

/* True when the bit was not set before. */
static bool coverage_set(uint64_t *bits, size_t bit) {
    uint64_t mask = 1ull << bit % 64;
    bool is_new = !(bits[bit / 64] & mask);

    bits[bit / 64] |= mask;
    return is_new;
}

void guest_cover(struct guest *guest, struct guest_coverage *coverage) {
    guest->coverage = coverage;
}

#define COVERAGE_ROUNDS 64u /* more are as many */

/* Once more the same edge in one call. */
static void coverage_count(struct guest_coverage *coverage, size_t bit) {
    if (coverage->call_of[bit] != coverage->call) {
        coverage->call_of[bit] = coverage->call;
        coverage->taken[bit] = 0;
    }
    if (++coverage->taken[bit] > 1 && coverage->taken[bit] <= COVERAGE_ROUNDS)
        coverage->rounds += coverage_set(
            coverage->round_bits, coverage_bit(bit * COVERAGE_ROUNDS + coverage->taken[bit]));
    if (coverage->taken[bit] > COVERAGE_ROUNDS)
        coverage->taken[bit] = COVERAGE_ROUNDS;
}

/* An edge is told apart from the one in the other direction by the shift. A call's first edge
 * starts nowhere, so that the order of calls in a batch does not matter. */
void guest_coverage_add(struct guest_coverage *coverage, uint64_t *from, uint64_t address) {
    uint64_t edge = (*from >> 1) ^ address;
    size_t bit = coverage_bit(edge);

    coverage->call += *from == 0;
    *from = address;
    coverage->path = hash_word(coverage->path, edge);
    coverage->blocks += coverage_set(coverage->block_bits, coverage_bit(address));
    if (coverage_set(coverage->edge_bits, bit)) {
        coverage->edges++;
        coverage->newest = coverage->call;
    }
    coverage_count(coverage, bit);
}

void guest_coverage_note(struct guest *guest, uint64_t address) {
    guest_coverage_add(guest->coverage, &guest->covered, address);
}
