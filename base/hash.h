/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_BASE_HASH_H
#define HVSPEC_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

/* FNV-1a, 64 bits (Fowler, Noll, Vo): small, and the same everywhere; not for what is hostile. */
#define HASH_START 0xcbf29ce484222325u

/* One more byte or, for what need not be FNV's own number, one more word. */
static inline uint64_t hash_word(uint64_t hash, uint64_t word) {
    return (hash ^ word) * 0x100000001b3u;
}

static inline uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t size) {
    const unsigned char *byte = bytes;

    for (size_t i = 0; i < size; i++)
        hash = hash_word(hash, byte[i]);
    return hash;
}

#endif
