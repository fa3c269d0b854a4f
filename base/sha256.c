/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/sha256.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define SHA256_BLOCK 64u  /* bytes */
#define SHA256_LENGTH 8u  /* bytes at the end of the last block that hold the length in bits */
#define SHA256_ROUNDS 64u /* of a block, each with a word of the message schedule */
#define SHA256_WORDS 16u  /* of a block, and of the schedule that are looked back at */

/* FIPS 180-4, 4.2.2: the fractional parts of the cube roots of the first 64 primes. */
static const uint32_t sha256_constants[SHA256_ROUNDS] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t sha256_rotate(uint32_t value, unsigned bits) {
    return value >> bits | value << (32 - bits);
}

/* 6.2.2, step 1: the block's sixteen big-endian words. */
static void sha256_read(const uint8_t *block, uint32_t words[SHA256_WORDS]) {
    for (unsigned i = 0; i < SHA256_WORDS; i++) {
        words[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
                   (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
    }
}

/* The same step's next word, made from the last sixteen, in the place of the oldest of them. */
static inline uint32_t sha256_next(uint32_t words[SHA256_WORDS], unsigned at) {
    uint32_t near = words[(at + 14) % SHA256_WORDS], far = words[(at + 1) % SHA256_WORDS];

    words[at] += (sha256_rotate(near, 17) ^ sha256_rotate(near, 19) ^ near >> 10) +
                 words[(at + 9) % SHA256_WORDS] +
                 (sha256_rotate(far, 7) ^ sha256_rotate(far, 18) ^ far >> 3);
    return words[at];
}

/* 6.2.2, step 3, with the working variables a to h from v[-turn] on, modulo 8: each round
 * calls them by their next names, so that none is moved. The loops that count `turn` are unrolled,
 * so that the names are registers'. */
static inline void sha256_round(uint32_t v[8], unsigned turn, uint32_t word) {
    uint32_t a = v[(8 - turn) % 8], b = v[(9 - turn) % 8], c = v[(10 - turn) % 8];
    uint32_t e = v[(12 - turn) % 8], f = v[(13 - turn) % 8], g = v[(14 - turn) % 8];
    uint32_t choice = g ^ (e & (f ^ g)), majority = (a & b) | (c & (a | b));
    uint32_t first = v[(15 - turn) % 8] + choice + word +
                     (sha256_rotate(e, 6) ^ sha256_rotate(e, 11) ^ sha256_rotate(e, 25));

    v[(11 - turn) % 8] += first;
    v[(15 - turn) % 8] =
        first + majority + (sha256_rotate(a, 2) ^ sha256_rotate(a, 13) ^ sha256_rotate(a, 22));
}

/* 6.2.2, steps 2 to 4. */
static void sha256_block(uint32_t state[8], const uint8_t *block) {
    uint32_t words[SHA256_WORDS], v[8];

    sha256_read(block, words);
    memcpy(v, state, sizeof v);
#pragma GCC unroll 16
    for (unsigned turn = 0; turn < SHA256_WORDS; turn++)
        sha256_round(v, turn % 8, sha256_constants[turn] + words[turn]);
    for (unsigned i = SHA256_WORDS; i < SHA256_ROUNDS; i += SHA256_WORDS) {
#pragma GCC unroll 16
        for (unsigned turn = 0; turn < SHA256_WORDS; turn++)
            sha256_round(v, turn % 8, sha256_constants[i + turn] + sha256_next(words, turn));
    }
    for (unsigned i = 0; i < 8; i++)
        state[i] += v[i];
}

/* 5.1.1: what is left, a one bit, zeros, and the length in bits: one block or two. */
static void sha256_finish(uint32_t state[8], const uint8_t *rest, size_t rest_size, uint64_t size) {
    uint8_t last[2 * SHA256_BLOCK] = {0};
    size_t blocks = rest_size + 1 + SHA256_LENGTH <= SHA256_BLOCK ? 1 : 2;

    if (rest_size)
        memcpy(last, rest, rest_size);
    last[rest_size] = 0x80;
    for (unsigned i = 0; i < SHA256_LENGTH; i++)
        last[blocks * SHA256_BLOCK - 1 - i] = (uint8_t)(size * 8 >> 8 * i);
    for (size_t i = 0; i < blocks; i++)
        sha256_block(state, last + i * SHA256_BLOCK);
}

void sha256_text(const void *bytes, size_t size, char text[SHA256_TEXT_SIZE]) {
    /* 5.3.3: the fractional parts of the square roots of the first eight primes. */
    uint32_t state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                         0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    const uint8_t *next = bytes;
    size_t left = size;

    for (; left >= SHA256_BLOCK; left -= SHA256_BLOCK, next += SHA256_BLOCK)
        sha256_block(state, next);
    sha256_finish(state, next, left, size);
    for (unsigned i = 0; i < 8; i++)
        snprintf(text + 8 * i, 9, "%08x", (unsigned)state[i]);
}
