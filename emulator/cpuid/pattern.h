/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_CPUID_PATTERN_H
#define HVSPEC_EMULATOR_CPUID_PATTERN_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Which leaves of the block are there, in so few ways that every two leaves meet in each of the
 * four ways that two can: both there, both not, the one without the other, and the other way round.
 */
#define CPUID_PATTERNS 12u

/* Whether a leaf, 0x40000001 to 0x400000ff, is there in a pattern, 0 to CPUID_PATTERNS - 1. All are
 * in pattern 0. */
bool cpuid_pattern_has(unsigned pattern, uint32_t leaf);

#endif
