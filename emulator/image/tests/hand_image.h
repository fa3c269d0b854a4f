/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_IMAGE_TESTS_HAND_IMAGE_H
#define HVSPEC_EMULATOR_IMAGE_TESTS_HAND_IMAGE_H

#include "emulator/image/image.h"

#include <stdlib.h>
#include <string.h>

/* An image made by hand: code at 0x1000, data at 0x3000, symbols as the test sets them. */
#define HAND_CODE 0x1000u
#define HAND_DATA 0x3000u

struct hand_image {
    struct image image;
    struct image_segment segments[2];
    uint8_t code[IMAGE_PAGE], data[IMAGE_PAGE];
};

/* "0f a2 c3" to bytes at an offset of `bytes`; the offset behind them. */
static inline size_t hand_bytes(uint8_t *bytes, size_t offset, const char *hex) {
    for (char *end; *hex; hex = end)
        bytes[offset++] = (uint8_t)strtoul(hex, &end, 16);
    return offset;
}

/* The rest of the code is HLT, on which nothing goes on. */
static inline void hand_image_make(struct hand_image *hand, enum image_mode mode,
                                   struct image_symbol *symbols, size_t symbols_count) {
    memset(hand, 0, sizeof *hand);
    memset(hand->code, 0xf4, sizeof hand->code);
    hand->segments[0] = (struct image_segment){.address = HAND_CODE,
                                               .size = IMAGE_PAGE,
                                               .permissions = IMAGE_READ | IMAGE_EXECUTE,
                                               .bytes = hand->code,
                                               .own_first = HAND_CODE,
                                               .own_last = HAND_CODE + IMAGE_PAGE - 1};
    hand->segments[1] = (struct image_segment){.address = HAND_DATA,
                                               .size = IMAGE_PAGE,
                                               .permissions = IMAGE_READ,
                                               .bytes = hand->data,
                                               .own_first = HAND_DATA,
                                               .own_last = HAND_DATA + IMAGE_PAGE - 1};
    hand->image = (struct image){.mode = mode,
                                 .segments = hand->segments,
                                 .segments_count = 2,
                                 .symbols = symbols,
                                 .symbols_count = symbols_count};
}

#endif
