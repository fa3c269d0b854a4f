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

/* An edge is told apart from the one in the other direction by the shift. A call's first edge
 * starts nowhere, so that the order of calls in a batch does not matter. */
void guest_coverage_add(struct guest_coverage *coverage, uint64_t *from, uint64_t address) {
    uint64_t edge = (*from >> 1) ^ address;

    *from = address;
    coverage->path = hash_word(coverage->path, edge);
    coverage->blocks += coverage_set(coverage->block_bits, coverage_bit(address));
    coverage->edges += coverage_set(coverage->edge_bits, coverage_bit(edge));
}

void guest_coverage_note(struct guest *guest, uint64_t address) {
    guest_coverage_add(guest->coverage, &guest->covered, address);
}
