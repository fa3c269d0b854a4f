/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_SPEC_SIGNATURES_H
#define HVSPEC_HARNESS_SPEC_SIGNATURES_H

#include "emulator/cpuid/table.h"

/* Known vendors' signatures: twelve bytes in EBX, ECX, EDX of leaf 0x40000000. */
#define SIGNATURE_SIZE 12u

/* Bytes that no terminator follows: newer compilers want to be told. */
#if defined(__has_attribute)
#if __has_attribute(nonstring)
#define SIGNATURE_BYTES __attribute__((nonstring))
#endif
#endif
#ifndef SIGNATURE_BYTES
#define SIGNATURE_BYTES
#endif

struct signature {
    const char *name; /* "KVM" */
    char bytes[SIGNATURE_SIZE] SIGNATURE_BYTES;
};

extern const struct signature signatures[];
extern const size_t signatures_count;

/* The registers' values: EBX, ECX, EDX little-endian in that order; EAX is 0. */
struct cpuid_values signature_values(const char bytes[SIGNATURE_SIZE]);

#endif
