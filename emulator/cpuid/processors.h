/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_CPUID_PROCESSORS_H
#define HVSPEC_EMULATOR_CPUID_PROCESSORS_H

#include "emulator/cpuid/table.h"

/*
 * Other processors than the one of processor.h that may lie under a hypervisor, of several vendors
 * and generations. All of them execute 64-bit code.
 */
struct cpuid_model {
    const char *name;
    const struct cpuid_leaf *leaves; /* sorted by leaf, then subleaf; what is not there is zero */
    size_t count;
    bool echoes; /* answers what is out of its ranges with its highest basic leaf */
};

/* The processor with this index; NULL: behind the last. */
const struct cpuid_model *cpuid_model(size_t index);

/* What it returns, but for feature bits that announce instructions which the emulator lacks (see
 * cpuid_feature_bits). Never fails. The presence bit is left to the caller. */
struct cpuid_values cpuid_model_lookup(const struct cpuid_model *model, uint32_t leaf,
                                       uint32_t subleaf);

/* Which bits of one register may be set: code may execute what a feature bit announces, and what
 * the emulator lacks would end the call as an error. All bits of a register without such bits. Any
 * bit may be clear. */
uint32_t cpuid_feature_bits(uint32_t leaf, uint32_t subleaf, enum cpuid_register reg);

/* Whether ECX means anything for one of a processor's leaves; hypervisors' may answer by it, too.
 */
bool cpuid_has_subleaves(uint32_t leaf);

/* Whether its subleaves are counted up to an empty one, as code may do: there is always such a one.
 */
bool cpuid_counts_subleaves(uint32_t leaf);

/* The value near `wanted` that a processor may have in a leaf's EAX where code goes by it in what
 * it asks next, and so has to come to an end; of other leaves `wanted` itself. */
uint32_t cpuid_bounded_eax(uint32_t leaf, uint32_t wanted);

/* The files with the data. */
extern const struct cpuid_model cpuid_models_intel[], cpuid_models_amd[], cpuid_models_others[];
extern const size_t cpuid_models_intel_count, cpuid_models_amd_count, cpuid_models_others_count;

#endif
