/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz/fuzz.h"

#include "emulator/guest/guest.h"
#include "emulator/image/tests/hand_image.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Guest code: the first byte chooses the mode, the rest is run twice, each time in a boot of its
 * own, and shows the same both times. Behind it a good function still gives its answer.
 */
#define GUEST_CODE_MAX 1024u
#define GUEST_GOOD (HAND_CODE + 0xf00u)
#define GUEST_GOOD_MAXIMUM 0x40000010u

/* What makes the engine's translator abort (far calls and jumps of a register, a comparison that is
 * locked) costs a worker process, and would end this one. */
static void guest_spare_engine(uint8_t *bytes, size_t size) {
    for (size_t i = 0; i + 1 < size; i++) {
        if (bytes[i] == 0xff && ((bytes[i + 1] & 0xf8) == 0xd8 || (bytes[i + 1] & 0xf8) == 0xe8))
            bytes[i] = 0x90;
        if (bytes[i] == 0xf0)
            bytes[i] = 0x90;
    }
}

static struct observation guest_ask(struct guest *guest, const struct cpuid_table *table) {
    const struct guest_job job = {.table = table, .target = 0x40000010};
    struct observation seen = {.end = OBSERVATION_HARNESS_FAILURE};

    if (guest_run(guest, &job, 1, &seen) != 1)
        abort();
    return seen;
}

static struct guest *guest_make(const struct image *image, struct guest_setup *setup) {
    struct errors errors = {0};
    struct guest *guest;

    if (!guest_place_parse("eax", image->mode, &setup->answer))
        abort();
    guest = guest_new(image, setup, &errors);
    if (!guest) {
        errors_print(&errors, "", stderr);
        abort();
    }
    return guest;
}

static void guest_compare(const struct observation *first, const struct observation *second) {
    if (first->end != second->end || first->state != second->state ||
        first->answer != second->answer || first->count != second->count ||
        first->end_address != second->end_address)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static const enum image_mode modes[] = {IMAGE_64, IMAGE_32, IMAGE_16};
    static struct hand_image hand;
    struct guest_setup setup = {.abi = GUEST_REGISTERS, .entry = HAND_CODE, .budget = 2000};
    struct cpuid_table table = {.base = {GUEST_GOOD_MAXIMUM, 1, 2, 3}};
    struct observation first, second;
    struct guest *guest;

    if (size < 2)
        return 0;
    hand_image_make(&hand, modes[bytes[0] % 3], NULL, 0);
    hand.image.path = (char *)"by hand";
    hand.image.is_flat = bytes[0] & 0x80;
    size = size - 1 < GUEST_CODE_MAX ? size - 1 : GUEST_CODE_MAX;
    memcpy(hand.code, bytes + 1, size);
    guest_spare_engine(hand.code, size);
    guest = guest_make(&hand.image, &setup);
    first = guest_ask(guest, &table);
    second = guest_ask(guest, &table);
    guest_compare(&first, &second);
    if (!observation_end_text(first.end)[0])
        abort();
    guest_free(guest);
    return 0;
}
