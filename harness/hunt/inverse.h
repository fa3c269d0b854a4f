/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_HUNT_INVERSE_H
#define HVSPEC_HARNESS_HUNT_INVERSE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Back from what code compares to what CPUID has to return. Two runs that differ in one number show
 * what the code makes of it: the number itself, with something added or XORed, negated, rotated,
 * its bytes swapped, a part of it, or a multiple.
 */
struct hunt_seen {
    uint32_t from[2]; /* the number, in each run; different */
    uint32_t made[2]; /* what was compared; different */
};

#define HUNT_INVERSES_MAX 4u

/* The numbers of which the code would make `wanted`: several where several things explain both
 * runs. A multiple and a sum explain any two, so they are tried only where `is_sure` says that this
 * number is the one that was changed. Returns how many; 0: nothing explains both runs. Pure. */
unsigned hunt_inverse(const struct hunt_seen *seen, uint32_t wanted, bool is_sure,
                      uint32_t numbers[HUNT_INVERSES_MAX]);

#endif
