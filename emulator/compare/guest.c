/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/guest.h"
#include "emulator/compare/compare.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * The guest's doing. Its code sets what general registers cannot: vectors, data and flags, from
 * general registers that a watch sets; jumps into the slot of the instruction that it is asked
 * about; and shows it in general registers again.
 */
#define GUEST_SLOTS                                                                                \
    (COMPARE_SLOTS * COMPARE_SLOT) /* where the frame begins, from COMPARE_CODE on */
#define GUEST_CODE_SIZE (GUEST_SLOTS + IMAGE_PAGE)
#define GUEST_JUMP (COMPARE_DATA + 0x1000u) /* where the slot's address is kept */

struct frame {
    uint8_t *code; /* all of the guest's */
    size_t at;
    uint64_t start, ready, behind, shown; /* what is watched */
};

struct compare_pass {
    const struct frame *frame;
    const struct compare_state *before;
    struct compare_state *after;
    uint64_t stack;
};

static void frame_put(struct frame *frame, const char *hex) {
    for (char *end; *hex; hex = end)
        frame->code[frame->at++] = (uint8_t)strtoul(hex, &end, 16);
}

static void frame_address(struct frame *frame, uint32_t address) {
    memcpy(frame->code + frame->at, &address, 4);
    frame->at += 4;
}

static uint64_t frame_here(const struct frame *frame) {
    return COMPARE_CODE + frame->at;
}

/* mov [COMPARE_DATA + 8 * i], r8 + i, or the other way round. */
static void frame_data(struct frame *frame, const char *const moves[COMPARE_WORDS]) {
    for (uint32_t i = 0; i < COMPARE_WORDS; i++) {
        frame_put(frame, moves[i]);
        frame_address(frame, COMPARE_DATA + 8 * i);
    }
}

static void frame_make(struct frame *frame) {
    static const char *const stores[COMPARE_WORDS] = {"4c 89 04 25", "4c 89 0c 25", "4c 89 14 25",
                                                      "4c 89 1c 25"};
    static const char *const loads[COMPARE_WORDS] = {"4c 8b 04 25", "4c 8b 0c 25", "4c 8b 14 25",
                                                     "4c 8b 1c 25"};

    frame->at = GUEST_SLOTS;
    frame->start = frame_here(frame);
    frame_put(frame, "90");
    frame_put(frame, "66 48 0f 6e c0 66 48 0f 6e d2 66 0f 6c c2"); /* XMM0: RAX, RDX; XMM2: RDX */
    frame_put(frame, "66 48 0f 6e c9 66 48 0f 6e db 66 0f 6c cb"); /* XMM1: RCX, RBX; XMM3: RBX */
    for (unsigned i = 4; i < 16; i++) {                            /* pxor xmmI, xmmI */
        char hex[24];

        snprintf(hex, sizeof hex, i < 8 ? "66 0f ef %02x" : "66 45 0f ef %02x", 0xc0 | i % 8 * 9);
        frame_put(frame, hex);
    }
    frame_put(frame,
              "0f ef c0 0f ef c9 0f ef d2 0f ef db 0f ef e4 0f ef ed 0f ef f6 0f ef ff db e3");
    frame_data(frame, stores);
    frame_put(frame, "48 89 3c 25"); /* mov [GUEST_JUMP], rdi */
    frame_address(frame, GUEST_JUMP);
    frame_put(frame, "41 54 9d"); /* push r12; popfq */
    frame->ready = frame_here(frame);
    frame_put(frame, "ff 24 25"); /* jmp [GUEST_JUMP] */
    frame_address(frame, GUEST_JUMP);
    frame->behind = frame_here(frame);
    frame_put(frame, "90 fc 66 48 0f 7e c0 66 0f 73 d8 08 66 48 0f 7e c2"); /* RAX, RDX: XMM0 */
    frame_put(frame, "66 48 0f 7e c9 66 0f 73 d9 08 66 48 0f 7e cb");       /* RCX, RBX: XMM1 */
    frame_data(frame, loads);
    frame->shown = frame_here(frame);
    frame_put(frame, "90 db e3 c3");
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

enum { PASS_AX, PASS_CX, PASS_DX, PASS_BX, PASS_R8 = 8, PASS_R12 = 12 };

static void pass_start(const struct compare_state *state, uint64_t *registers) {
    registers[PASS_AX] = state->vectors[0][0];
    registers[PASS_DX] = state->vectors[0][1];
    registers[PASS_CX] = state->vectors[1][0];
    registers[PASS_BX] = state->vectors[1][1];
    registers[PASS_R12] = state->flags | 0x202;
    memcpy(registers + PASS_R8, state->data, sizeof state->data);
}

static void pass_shown(struct compare_state *state, const uint64_t *registers) {
    state->vectors[0][0] = registers[PASS_AX];
    state->vectors[0][1] = registers[PASS_DX];
    state->vectors[1][0] = registers[PASS_CX];
    state->vectors[1][1] = registers[PASS_BX];
    memcpy(state->data, registers + PASS_R8, sizeof state->data);
}

static bool compare_on_pass(void *context, struct guest_passing *passing) {
    struct compare_pass *pass = context;

    if (passing->address == pass->frame->start) {
        pass_start(pass->before, passing->registers);
    } else if (passing->address == pass->frame->ready) {
        pass->stack = passing->registers[COMPARE_SP];
        memcpy(passing->registers, pass->before->registers, sizeof passing->registers);
    } else if (passing->address == pass->frame->behind) {
        memcpy(pass->after->registers, passing->registers, sizeof passing->registers);
        pass->after->flags = passing->flags & COMPARE_FLAGS;
        passing->registers[COMPARE_SP] = pass->stack;
    } else {
        pass_shown(pass->after, passing->registers);
    }
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
        struct guest_job job = {.table = &table,
                                .target =
                                    COMPARE_CODE + (uint32_t)(i / COMPARE_STATES) * COMPARE_SLOT};
        struct observation seen = {.end = OBSERVATION_HARNESS_FAILURE};

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
                                        .size = GUEST_CODE_SIZE,
                                        .permissions = IMAGE_READ | IMAGE_EXECUTE,
                                        .bytes = frame->code,
                                        .own_first = COMPARE_CODE,
                                        .own_last = COMPARE_CODE + GUEST_CODE_SIZE - 1},
                                       {.address = COMPARE_DATA,
                                        .size = COMPARE_DATA_SIZE,
                                        .permissions = IMAGE_READ | IMAGE_WRITE,
                                        .bytes = data,
                                        .own_first = COMPARE_DATA,
                                        .own_last = COMPARE_DATA + COMPARE_DATA_SIZE - 1}};
    const struct image image = {
        .mode = IMAGE_64, .path = (char *)"slots", .segments = segments, .segments_count = 2};
    const struct guest_argument argument = {.kind = GUEST_ARGUMENT_TARGET, .is_wide = true};
    struct guest_setup setup = {
        .abi = GUEST_SYSV64, .entry = frame->start, .arguments = &argument, .arguments_count = 1};
    struct compare_pass pass = {.frame = frame};
    const struct guest_watch watch = {
        .addresses = {frame->start, frame->ready, frame->behind, frame->shown},
        .addresses_count = 4,
        .pass = compare_on_pass,
        .context = &pass};
    struct guest *guest;
    bool watches;

    if (!guest_place_parse("eax", IMAGE_64, &setup.answer))
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
    struct frame frame = {.code = malloc(GUEST_CODE_SIZE)};
    struct errors errors = {0};
    bool done = false;

    if (frame.code) {
        memset(frame.code, 0xf4, GUEST_CODE_SIZE);
        frame_make(&frame);
        frame_slots(&frame, instructions, count);
        done = compare_open(&frame, count, states, results, &errors);
    }
    errors_print(&errors, "", stderr);
    errors_clear(&errors);
    free(frame.code);
    return done;
}
