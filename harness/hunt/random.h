/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_HUNT_RANDOM_H
#define HVSPEC_HARNESS_HUNT_RANDOM_H

#include "base/random.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A stream of numbers that is the same everywhere. */
struct hunt_random {
    uint64_t state;
};

static inline uint64_t hunt_random_next(struct hunt_random *random) {
    return random_next(&random->state);
}

/* 0 to count - 1; count > 0. */
static inline size_t hunt_random_below(struct hunt_random *random, size_t count) {
    return (size_t)((hunt_random_next(random) >> 32) * (uint64_t)count >> 32);
}

static inline bool hunt_random_once_in(struct hunt_random *random, size_t count) {
    return hunt_random_below(random, count) == 0;
}

#endif
