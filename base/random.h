/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_BASE_RANDOM_H
#define HVSPEC_BASE_RANDOM_H

#include <stdint.h>

/*
 * Numbers that are drawn alike everywhere. SplitMix64: Steele, Lea, Flood, Fast Splittable
 * Pseudorandom Number Generators, OOPSLA 2014.
 */
#define RANDOM_GAMMA 0x9e3779b97f4a7c15u /* what a stream's state grows by */

/* Its output function: each bit of the input changes half of the output's. */
static inline uint64_t random_mix(uint64_t x) {
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

/* The next number of a stream, which is its state; any state begins one. */
static inline uint64_t random_next(uint64_t *state) {
    return random_mix(*state += RANDOM_GAMMA);
}

#endif
