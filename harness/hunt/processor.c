/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/hunt/processor.h"

#include <string.h>

/* Vendors as leaf 0 spells them, in EBX, EDX and ECX. Those whose processors execute 64-bit code
 * come first. */
static const char processor_vendors[][13] = {
    "GenuineIntel", "AuthenticAMD", "CentaurHauls", "  Shanghai  ", "HygonGenuine", "CyrixInstead",
    "TransmetaCPU", "GenuineTMx86", "Geode by NSC", "NexGenDriven", "RiseRiseRise", "SiS SiS SiS ",
    "UMC UMC UMC ", "VIA VIA VIA ", "Vortex86 SoC", "Genuine  RDC", "AMDisbetter!"};
#define PROCESSOR_VENDORS (sizeof processor_vendors / sizeof processor_vendors[0])
#define PROCESSOR_VENDORS_64 5u

/* The nearest number that the highest basic leaf may have: code that reads that leaf, as bare
 * processors repeat it, may not be sent to a hypervisor's. */
static uint32_t processor_highest_basic(uint32_t leaf) {
    leaf &= CPUID_BASE - 1;
    return leaf > 0 ? leaf : 1;
}

static struct cpuid_values processor_of_vendor(size_t index, uint32_t eax) {
    struct cpuid_values values = {.eax = eax};

    memcpy(&values.ebx, processor_vendors[index], 4);
    memcpy(&values.edx, processor_vendors[index] + 4, 4);
    memcpy(&values.ecx, processor_vendors[index] + 8, 4);
    return values;
}

static bool processor_is_same(const struct cpuid_values *a, const struct cpuid_values *b) {
    return a->ebx == b->ebx && a->ecx == b->ecx && a->edx == b->edx;
}

/* Registers in which two agree, and not with the table's own processor. */
static unsigned processor_likeness(const struct cpuid_values *a, const struct cpuid_values *b) {
    const struct cpuid_values own = processor_of_vendor(0, 0);

    return (unsigned)(a->ebx == b->ebx && a->ebx != own.ebx) +
           (a->edx == b->edx && a->edx != own.edx) + (a->ecx == b->ecx && a->ecx != own.ecx);
}

/* A vendor that one register names is meant: numbers are drawn a register at a time. */
struct cpuid_values hunt_processor_leaf_0(struct cpuid_values wanted) {
    const uint32_t eax = processor_highest_basic(wanted.eax);
    struct cpuid_values nearest =
        processor_of_vendor((wanted.ebx ^ wanted.ecx ^ wanted.edx) % PROCESSOR_VENDORS_64, eax);
    unsigned likeness = 0;

    for (size_t i = 0; i < PROCESSOR_VENDORS; i++) {
        const struct cpuid_values values = processor_of_vendor(i, eax);

        if (processor_is_same(&values, &wanted))
            return values;
        if (processor_likeness(&values, &wanted) > likeness) {
            likeness = processor_likeness(&values, &wanted);
            nearest = values;
        }
    }
    return nearest;
}

bool hunt_processor_is_leaf_0(const struct cpuid_values *values) {
    const struct cpuid_values valid = hunt_processor_leaf_0(*values);

    return valid.eax == values->eax && processor_is_same(&valid, values);
}

bool hunt_processor_vendor(size_t index, struct cpuid_values *values) {
    if (index < PROCESSOR_VENDORS)
        *values = processor_of_vendor(index, 0);
    return index < PROCESSOR_VENDORS;
}

static bool processor_is_printable(uint32_t word) {
    for (unsigned i = 0; i < 4; i++) {
        unsigned character = word >> 8 * i & 0xff;

        if (character < 0x20 || character > 0x7e)
            return false;
    }
    return true;
}

bool hunt_processor_is_coined(const struct cpuid_values *values) {
    if (values->eax != processor_highest_basic(values->eax) ||
        !processor_is_printable(values->ebx) || !processor_is_printable(values->ecx) ||
        !processor_is_printable(values->edx))
        return false;
    for (size_t i = 0; i < PROCESSOR_VENDORS; i++) {
        const struct cpuid_values known = processor_of_vendor(i, 0);

        if (known.ebx == values->ebx || known.ecx == values->ecx || known.edx == values->edx)
            return false;
    }
    return true;
}
