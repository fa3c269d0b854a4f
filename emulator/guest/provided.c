/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/provided.h"

#include <string.h>

bool guest_provided_charge(struct guest *guest, uint64_t units) {
    if (guest->budget >= 0 && units <= (uint64_t)guest->budget) {
        guest->budget -= (int64_t)units;
        return true;
    }
    guest->budget = -1;
    guest_stop(guest, OBSERVATION_OUT_OF_BUDGET, NULL);
    return false;
}

uint8_t *guest_provided_bytes(struct guest *guest, uint64_t address, uint64_t size, bool write) {
    static uint8_t nothing[1];
    uint8_t *bytes;

    if (size == 0)
        return nothing;
    bytes = guest_memory_access(guest, address, size, write);
    return bytes && guest_provided_charge(guest, size / 8) ? bytes : NULL;
}

size_t guest_provided_ahead(const struct guest *guest, uint64_t address, uint64_t limit,
                            const uint8_t **bytes) {
    size_t size;

    *bytes = guest_memory_near(guest, address, &size);
    if (!*bytes)
        return 1;
    return size < limit ? size : (size_t)limit;
}

const uint8_t *guest_provided_read(struct guest *guest, uint64_t address, size_t size) {
    return guest_provided_charge(guest, size) ? guest_memory_access(guest, address, size, false)
                                              : NULL;
}

int64_t guest_provided_length(struct guest *guest, uint64_t address, uint64_t limit) {
    const uint8_t *bytes, *zero = NULL;
    uint64_t length = 0;
    size_t size;

    for (; length < limit && !zero; length += zero ? (size_t)(zero - bytes) : size) {
        size = guest_provided_ahead(guest, address + length, limit - length, &bytes);
        zero = bytes ? memchr(bytes, 0, size) : NULL;
        bytes =
            guest_provided_read(guest, address + length, zero ? (size_t)(zero - bytes) + 1 : size);
        if (!bytes)
            return -1;
        zero = memchr(bytes, 0, size);
    }
    return (int64_t)length;
}

const char *guest_provided_text(struct guest *guest, unsigned argument) {
    uint64_t address = guest_call_argument(guest, argument);
    int64_t length = guest_provided_length(guest, address, UINT64_MAX);

    return length < 0
               ? NULL
               : (const char *)guest_provided_bytes(guest, address, (uint64_t)length + 1, false);
}

bool guest_provided_get_word(struct guest *guest, uint64_t address, uint64_t *word) {
    const uint8_t *bytes = guest_provided_bytes(guest, address, guest->word, false);

    *word = 0;
    if (bytes)
        memcpy(word, bytes, guest->word);
    return bytes != NULL;
}

bool guest_provided_put_word(struct guest *guest, uint64_t address, uint64_t word) {
    uint8_t *bytes = guest_provided_bytes(guest, address, guest->word, true);

    if (bytes)
        memcpy(bytes, &word, guest->word);
    return bytes != NULL;
}

bool guest_provided_fits(struct guest *guest, const struct guest_provided *function,
                         uint64_t size) {
    if (function->bound == 0 || size <= guest_call_argument(guest, function->bound - 1))
        return true;
    guest_stop(guest, OBSERVATION_STACK_SMASHED, function->name);
    return false;
}
