/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_TWINS_INTERNAL_H
#define HVSPEC_HARNESS_TWINS_INTERNAL_H

/* What the files that make twins share. */
#include "harness/twins/twins.h"

#define TWIN_READ_LEAVES_MAX 4u /* other leaves that get twins of their own */
#define TWIN_SIGNATURE_REGISTERS (CPUID_EBX | CPUID_ECX | CPUID_EDX)

/* A fresh row of the list that has the source's own changes, or NULL: out of memory. */
struct twin *twin_add(struct twin_list *list, enum twin_kind kind,
                      const struct twin_source *source);

/* The same with one change more. False: out of memory, here and below. */
bool twin_add_change(struct twin_list *list, enum twin_kind kind, const struct twin_source *source,
                     struct cpuid_change change);

/* The change of one leaf. */
struct cpuid_change twin_leaf(enum cpuid_change_kind kind, uint32_t leaf, unsigned registers,
                              struct cpuid_values values);

/* The change of all leaves of the block but BASE and the target. */
struct cpuid_change twin_block(const struct twin_source *source, enum cpuid_fill fill,
                               struct cpuid_values values, uint64_t seed);

/* Another maximum. */
struct cpuid_change twin_maximum(uint32_t maximum);

struct cpuid_values twin_same(uint32_t value);

/* Whether it is the turn of one of many alike in this case; see struct twin_source. */
bool twin_has_turn(const struct twin_source *source, unsigned index);

/* Keeps the target's own values where the twin's other changes move them: an echo of BASE follows
 * its maximum and signature. */
void twin_keep_target(struct twin *twin, const struct twin_source *source);

/* Numbers and leaves in other places, drawn anew in each case. */
bool twins_add_drawn(struct twin_list *list, const struct twin_source *source);

/* Known signatures, and those that the code spells. */
bool twins_add_signatures(struct twin_list *list, const struct twin_source *source);

/* What must not matter: the signature, the target's other registers, other leaves. */
bool twins_add_factors(struct twin_list *list, const struct twin_source *source, uint64_t *draws);

/* Other processors, and other values in what was read of this one. */
bool twins_add_processors(struct twin_list *list, const struct twin_source *source);

/* What tells causes apart: plain maxima, the next leaf, other rows; and when the case is wrong,
 * what the kinds say that are there only then. */
bool twins_add_causes(struct twin_list *list, const struct twin_source *source);

#endif
