/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_CPUID_PROCESSOR_H
#define HVSPEC_EMULATOR_CPUID_PROCESSOR_H

#include "emulator/cpuid/table.h"

/*
 * The processor under the scripted hypervisor: what its basic and extended leaves return when a
 * table does not list them. Rows are sorted by leaf, then subleaf; a leaf or subleaf within the
 * processor's ranges that has no row is zero.
 */
#define CPUID_PROCESSOR_BASIC_LAST 0x16u
#define CPUID_PROCESSOR_EXTENDED_FIRST 0x80000000u
#define CPUID_PROCESSOR_EXTENDED_LAST 0x80000008u

extern const struct cpuid_leaf cpuid_processor[];
extern const size_t cpuid_processor_count;

#endif
