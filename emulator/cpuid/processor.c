/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/cpuid/processor.h"

/*
 * The layout of every leaf is that of the CPUID instruction in Intel's Software Developer's Manual,
 * volume 2A. The figures are those of a client Skylake (family 6, model 0x5e) with one logical
 * processor, because its highest basic leaf, 2300/2300/100 MHz, is what such a processor answers
 * for every leaf out of range: small numbers that look like a maximum below 0x40000000 or like a
 * feature. Only Intel's processors echo like that, so leaf 0 names Intel; the brand string names
 * nobody. Feature bits are the ones that the emulator executes (neither POPCNT, XSAVE, AVX nor
 * RDRAND), so that a probe that chooses code by them never chooses an undefined instruction.
 */
#define EVERY true
#define ONE false

const struct cpuid_leaf cpuid_processor[] = {
    /* Highest basic leaf; "Genu", "ntel", "ineI". */
    {0x00, 0, EVERY, {CPUID_PROCESSOR_BASIC_LAST, 0x756e6547, 0x6c65746e, 0x49656e69}},
    /* Signature; one logical processor, 64-byte CLFLUSH; SSE3, CMPXCHG16B; FPU to SSE2. */
    {0x01, 0, EVERY, {0x000506e3, 0x00010800, 0x00002001, 0x078bfbff}},
    /* Cache descriptors: 64-byte prefetch, TLBs; leaf 4 tells the rest. */
    {0x02, 0, EVERY, {0x76036301, 0x00f0b5ff, 0x00000000, 0x00c30000}},
    /* Caches: 32 KiB data, 32 KiB code, 256 KiB second level, 8 MiB third level. */
    {0x04, 0, ONE, {0x00000121, 0x01c0003f, 0x0000003f, 0x00000000}},
    {0x04, 1, ONE, {0x00000122, 0x01c0003f, 0x0000003f, 0x00000000}},
    {0x04, 2, ONE, {0x00000143, 0x00c0003f, 0x000003ff, 0x00000000}},
    {0x04, 3, ONE, {0x00000163, 0x03c0003f, 0x00001fff, 0x00000006}},
    /* MONITOR line of 64 bytes. */
    {0x05, 0, EVERY, {0x00000040, 0x00000040, 0x00000003, 0x00000000}},
    /* The APIC timer never stops. */
    {0x06, 0, EVERY, {0x00000004, 0x00000000, 0x00000000, 0x00000000}},
    /* Topology: one thread, one core. */
    {0x0b, 0, ONE, {0x00000000, 0x00000001, 0x00000100, 0x00000000}},
    {0x0b, 1, ONE, {0x00000000, 0x00000001, 0x00000201, 0x00000000}},
    /* TSC = 192/2 of the 24 MHz crystal, which Skylake does not tell (ECX = 0). */
    {0x15, 0, EVERY, {0x00000002, 0x000000c0, 0x00000000, 0x00000000}},
    /* Base, highest and bus frequency in MHz. */
    {0x16, 0, EVERY, {2300, 2300, 100, 0}},
    {0x80000000, 0, EVERY, {CPUID_PROCESSOR_EXTENDED_LAST, 0, 0, 0}},
    /* LAHF in 64-bit mode; SYSCALL, no-execute, 64-bit mode. */
    {0x80000001, 0, EVERY, {0x00000000, 0x00000000, 0x00000001, 0x20100800}},
    /* "Generic x86 processor @ 2.30GHz" and zeros. */
    {0x80000002, 0, EVERY, {0x656e6547, 0x20636972, 0x20363878, 0x636f7270}},
    {0x80000003, 0, EVERY, {0x6f737365, 0x20402072, 0x30332e32, 0x007a4847}},
    /* Second-level cache: 256 KiB, 4 ways, 64-byte lines. */
    {0x80000006, 0, EVERY, {0x00000000, 0x00000000, 0x01004040, 0x00000000}},
    /* The TSC runs at a constant rate. */
    {0x80000007, 0, EVERY, {0x00000000, 0x00000000, 0x00000000, 0x00000100}},
    /* 39 physical and 48 linear address bits. */
    {0x80000008, 0, EVERY, {0x00003027, 0x00000000, 0x00000000, 0x00000000}},
};

const size_t cpuid_processor_count = sizeof cpuid_processor / sizeof cpuid_processor[0];
