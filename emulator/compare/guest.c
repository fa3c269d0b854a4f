/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/compare/frame.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * The guest's doing. Its code sets what general registers cannot: vectors, data and flags, from
 * general registers that a watch sets; jumps into the slot of the instruction that it is asked
 * about; and shows it in general registers again.
 */
#define FRAME_CODE_SIZE (FRAME_SLOTS + IMAGE_PAGE)

void frame_put(struct frame *frame, const char *hex) {
    for (char *end; *hex; hex = end)
        frame->code[frame->at++] = (uint8_t)strtoul(hex, &end, 16);
}

void frame_address(struct frame *frame, uint32_t address) {
    memcpy(frame->code + frame->at, &address, 4);
    frame->at += 4;
}

uint64_t frame_here(const struct frame *frame) {
    return COMPARE_CODE + frame->at;
}

static void frame_slots(struct frame *frame, const struct compare_instruction *instructions,
                        size_t count) {
    for (size_t i = 0; i < count; i++) {
        uint8_t *slot = frame->code + i * COMPARE_SLOT;
        uint64_t behind = COMPARE_CODE + i * COMPARE_SLOT + instructions[i].size + 5;

        memcpy(slot, instructions[i].bytes, instructions[i].size);
        slot += instructions[i].size;
        *slot = 0xe9; /* jmp */
        memcpy(slot + 1, &(int32_t){(int32_t)(frame->behind - behind)}, 4);
    }
}

void frame_took(struct compare_pass *pass, struct guest_passing *passing) {
    memcpy(pass->after->registers, passing->registers, sizeof passing->registers);
    pass->after->flags = passing->flags & COMPARE_FLAGS;
    passing->registers[COMPARE_SP] = pass->stack;
}

static bool compare_on_pass(void *context, struct guest_passing *passing) {
    if (compare_mode() == IMAGE_64)
        frame_pass_64(context, passing);
    else
        frame_pass_32(context, passing);
    return true;
}

static enum compare_end compare_end_of(enum observation_end end) {
    switch (end) {
    case OBSERVATION_RETURNED:
        return COMPARE_DONE;
    case OBSERVATION_UNSUPPORTED:
        return COMPARE_UNSUPPORTED;
    default:
        return COMPARE_FAULTED;
    }
}

static void compare_run(struct guest *guest, size_t count, const struct compare_state *states,
                        struct compare_pass *pass, struct compare_result *results) {
    struct cpuid_table table = {0};

    for (size_t i = 0; i < count * COMPARE_STATES; i++) {
        struct guest_job job = {.table = &table};
        struct observation seen = {.end = OBSERVATION_HARNESS_FAILURE};

        pass->slot = COMPARE_CODE + i / COMPARE_STATES * COMPARE_SLOT;
        pass->turn = 0;
        pass->before = &states[i % COMPARE_STATES];
        pass->after = &results[i].state;
        guest_run(guest, &job, 1, &seen);
        results[i].end = compare_end_of(seen.end);
    }
}

static bool compare_open(struct frame *frame, size_t count, const struct compare_state *states,
                         struct compare_result *results, struct errors *errors) {
    static uint8_t data[COMPARE_DATA_SIZE];
    struct image_segment segments[] = {{.address = COMPARE_CODE,
                                        .size = FRAME_CODE_SIZE,
                                        .permissions = IMAGE_READ | IMAGE_EXECUTE,
                                        .bytes = frame->code,
                                        .own_first = COMPARE_CODE,
                                        .own_last = COMPARE_CODE + FRAME_CODE_SIZE - 1},
                                       {.address = COMPARE_DATA,
                                        .size = COMPARE_DATA_SIZE,
                                        .permissions = IMAGE_READ | IMAGE_WRITE,
                                        .bytes = data,
                                        .own_first = COMPARE_DATA,
                                        .own_last = COMPARE_DATA + COMPARE_DATA_SIZE - 1}};
    const struct image image = {
        .mode = compare_mode(), .path = (char *)"slots", .segments = segments, .segments_count = 2};
    struct guest_setup setup = {.abi = compare_mode() == IMAGE_64 ? GUEST_SYSV64 : GUEST_CDECL32,
                                .entry = frame->start};
    struct compare_pass pass = {.frame = frame};
    const struct guest_watch watch = {
        .addresses = {frame->start, frame->ready, frame->behind, frame->shown, frame->turn},
        .addresses_count = frame->turn != 0 ? 5 : 4,
        .pass = compare_on_pass,
        .context = &pass};
    struct guest *guest;
    bool watches;

    if (!guest_place_parse("eax", compare_mode(), &setup.answer))
        return false;
    guest = guest_new(&image, &setup, errors);
    watches = guest && guest_watch(guest, &watch);
    if (watches)
        compare_run(guest, count, states, &pass, results);
    guest_free(guest);
    return watches;
}

bool compare_guest(const struct compare_instruction *instructions, size_t count,
                   const struct compare_state *states, struct compare_result *results) {
    struct frame frame = {.code = malloc(FRAME_CODE_SIZE)};
    struct errors errors = {0};
    bool done = false;

    if (frame.code) {
        memset(frame.code, 0xf4, FRAME_CODE_SIZE);
        frame.at = FRAME_SLOTS;
        if (compare_mode() == IMAGE_64)
            frame_make_64(&frame);
        else
            frame_make_32(&frame);
        frame_slots(&frame, instructions, count);
        done = compare_open(&frame, count, states, results, &errors);
    }
    errors_print(&errors, "", stderr);
    errors_clear(&errors);
    free(frame.code);
    return done;
}
