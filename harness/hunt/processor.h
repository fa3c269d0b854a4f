/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_HUNT_PROCESSOR_H
#define HVSPEC_HARNESS_HUNT_PROCESSOR_H

#include "harness/scenario/scenario.h"

/*
 * What processors answer outside a hypervisor's block, so that no search shows right code one that
 * there is not.
 */

/* Leaf 0 as a processor may have it, nearest to what is wanted: its highest basic leaf is one, and
 * its vendor is known. */
struct cpuid_values hunt_processor_leaf_0(struct cpuid_values wanted);
bool hunt_processor_is_leaf_0(const struct cpuid_values *values);

/* The vendors that there are, as leaf 0 names them with EAX 0: the nth. False: there are no more. */
bool hunt_processor_vendor(size_t index, struct cpuid_values *values);

/* Whether leaf 0 names a vendor that nobody knows, in words: twelve printable characters that share no
 * register with a known one. Code that minds nobody else's processors may turn away all such names; to
 * turn away one of them alone is to single out a processor. */
bool hunt_processor_is_coined(const struct cpuid_values *values);

#endif
