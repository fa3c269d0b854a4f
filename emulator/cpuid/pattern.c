/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/cpuid/pattern.h"

/*
 * Beside pattern 0, a leaf is in five of the eleven, each leaf in another five. (Kleitman and
 * Spencer, Families of k-independent sets, 1973.) Two leaves are both in pattern 0; both of them
 * are missing from six, which eleven hold no two of apart; and as both are in as many, each is in
 * one that the other is not in.
 */
#define PATTERN_OTHERS (CPUID_PATTERNS - 1)
#define PATTERN_CHOSEN 5u
#define PATTERN_CHOICES 462u /* five of eleven */
#define PATTERN_STRIDE 181u  /* spreads the 255 leaves over them; no factor in common */

static unsigned pattern_choices(unsigned from, unsigned chosen) {
    unsigned count = 1;

    if (chosen > from)
        return 0;
    for (unsigned i = 0; i < chosen; i++)
        count = count * (from - i) / (i + 1);
    return count;
}

bool cpuid_pattern_has(unsigned pattern, uint32_t leaf) {
    unsigned rank = (leaf & 0xff) * PATTERN_STRIDE % PATTERN_CHOICES, chosen = PATTERN_CHOSEN;

    for (unsigned other = PATTERN_OTHERS; pattern > 0 && other > 0; other--) {
        unsigned without = pattern_choices(other - 1, chosen);
        bool has = rank >= without;

        if (other == pattern)
            return has;
        if (has) {
            rank -= without;
            chosen--;
        }
    }
    return true;
}
