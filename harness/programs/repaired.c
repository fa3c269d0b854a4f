/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Right only where bits are picked, spread, cut off and found as a processor does it: by PEXT,
 * PDEP, BZHI, BLSI and BEXTR, each of which some version of the emulator gets wrong; and so are the
 * flags of NEG behind LOCK, and where LAHF and SAHF behind REX find AH. SSSE3, SSE4 and AES some
 * version refuses if it is not told what processor to be. */
#include <cpuid.h>
#include <stdint.h>

int hv_feature_available(uint32_t target);

static uint32_t pick(uint32_t value, uint32_t mask) {
    uint32_t out;

    __asm__ volatile("pext %2, %1, %0" : "=r"(out) : "r"(value), "rm"(mask));
    return out;
}

static uint32_t spread(uint32_t value, uint32_t mask) {
    uint32_t out;

    __asm__ volatile("pdep %2, %1, %0" : "=r"(out) : "r"(value), "rm"(mask));
    return out;
}

static uint32_t cut(uint32_t value, uint32_t bits) {
    uint32_t out;

    __asm__ volatile("bzhi %2, %1, %0" : "=r"(out) : "rm"(value), "r"(bits) : "cc");
    return out;
}

/* The lowest bit, and whether there is one: BLSI's carry. */
static uint32_t lowest(uint32_t value, uint8_t *is_some) {
    uint32_t out;

    __asm__ volatile("blsi %2, %0\n setc %1" : "=r"(out), "=qm"(*is_some) : "r"(value) : "cc");
    return out;
}

static uint32_t part(uint32_t value, uint32_t place) {
    uint32_t out;

    __asm__ volatile("bextr %2, %1, %0" : "=r"(out) : "rm"(value), "r"(place) : "cc");
    return out;
}

/* The flags that NEG leaves of a number in memory, as LAHF has them. */
static uint8_t negated(uint32_t number) {
    uint16_t flags;

    __asm__ volatile("lock negl %1\n lahf" : "=a"(flags), "+m"(number) : : "cc");
    return (uint8_t)(flags >> 8);
}

/* The same of 16 bits, behind two prefixes. */
static uint8_t negated_word(uint16_t number) {
    uint16_t flags;

    __asm__ volatile("lock negw %1\n lahf" : "=a"(flags), "+m"(number) : : "cc");
    return (uint8_t)(flags >> 8);
}

/* By way of AH and back. */
static uint8_t carried(uint8_t flags) {
    uint16_t out = (uint16_t)(flags << 8);

#ifdef __x86_64__
    __asm__ volatile(".byte 0x48\n sahf\n mov $0, %%ah\n .byte 0x41\n lahf" : "+a"(out) : : "cc");
#else
    __asm__ volatile("sahf\n mov $0, %%ah\n lahf" : "+a"(out) : : "cc");
#endif
    return (uint8_t)(out >> 8);
}

static int flags_are_right(void) {
    /* Of sign, zero, half carry, parity and carry. */
    const uint8_t defined = 0xd5, zero = 0x44, carry_of_5 = 0x91, carry_of_8000 = 0x85;

    return (negated(0) & defined) == zero && (negated(5) & defined) == carry_of_5 &&
           (negated_word(0) & defined) == zero &&
           (negated_word(0x8000) & defined) == carry_of_8000 && (carried(zero) & defined) == zero &&
           (carried(carry_of_5) & defined) == carry_of_5;
}

/* PSHUFB, PTEST, CRC32 and AESENC, on vectors whose bytes are all the same. */
__attribute__((target("sse2"), noinline)) static int vectors_are_right(uint32_t value) {
    uint32_t crc = 0, low;
    uint8_t is_zero;

    __asm__ volatile("pxor %%xmm1, %%xmm1\n"
                     "movd %3, %%xmm0\n"
                     "pshufb %%xmm1, %%xmm0\n" /* the lowest byte everywhere */
                     "movd %%xmm0, %0\n"
                     "ptest %%xmm0, %%xmm0\n"
                     "setz %1\n"
                     "aesenc %%xmm1, %%xmm0\n"
                     "crc32l %3, %2"
                     : "=&r"(low), "=&q"(is_zero), "+r"(crc)
                     : "r"(value)
                     : "xmm0", "xmm1", "cc");
    return low == (value & 0xff) * 0x01010101u && is_zero == ((value & 0xff) == 0) && crc != value;
}

int hv_feature_available(uint32_t target) {
    uint32_t maximum, eax, ebx, ecx, edx;
    uint8_t is_some, is_none;

    __cpuid_count(0x40000000, 0, maximum, ebx, ecx, edx);
    if (!flags_are_right() || !vectors_are_right(target) || !vectors_are_right(0xffffff00) ||
        pick(maximum, 0xffff0000) != maximum >> 16 ||
        spread(maximum, 0xffff0000) != maximum << 16 || cut(maximum, 40) != maximum ||
        part(maximum, 0x1008) != (maximum >> 8 & 0xffff) || maximum < target)
        return 0;
    __cpuid_count(target, 0, eax, ebx, ecx, edx);
    lowest(0, &is_none);
    return !is_none && (lowest(eax, &is_some) & eax) != 0 && is_some;
}
