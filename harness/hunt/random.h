/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_HUNT_RANDOM_H
#define HVSPEC_HARNESS_HUNT_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A stream of numbers that is the same everywhere. SplitMix64: Steele, Lea, Flood, OOPSLA 2014. */
struct hunt_random {
    uint64_t state;
};

static inline uint64_t hunt_random_next(struct hunt_random *random) {
    uint64_t x = random->state += 0x9e3779b97f4a7c15u;

    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

/* 0 to count - 1; count > 0. */
static inline size_t hunt_random_below(struct hunt_random *random, size_t count) {
    return (size_t)((hunt_random_next(random) >> 32) * (uint64_t)count >> 32);
}

static inline bool hunt_random_once_in(struct hunt_random *random, size_t count) {
    return hunt_random_below(random, count) == 0;
}

#endif
