/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/compare/frame.h"

#include <stdio.h>
#include <string.h>

/* The guest's doing in 64-bit mode, which has registers for all of a state. */

/* mov [COMPARE_DATA + 8 * i], r8 + i, or the other way round. */
static void frame_data(struct frame *frame, const char *const moves[COMPARE_WORDS]) {
    for (uint32_t i = 0; i < COMPARE_WORDS; i++) {
        frame_put(frame, moves[i]);
        frame_address(frame, COMPARE_DATA + 8 * i);
    }
}

void frame_make_64(struct frame *frame) {
    static const char *const stores[COMPARE_WORDS] = {"4c 89 04 25", "4c 89 0c 25", "4c 89 14 25",
                                                      "4c 89 1c 25"};
    static const char *const loads[COMPARE_WORDS] = {"4c 8b 04 25", "4c 8b 0c 25", "4c 8b 14 25",
                                                     "4c 8b 1c 25"};

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
    frame_put(frame, "48 89 3c 25"); /* mov [FRAME_JUMP], rdi */
    frame_address(frame, FRAME_JUMP);
    frame_put(frame, "41 54 9d"); /* push r12; popfq */
    frame->ready = frame_here(frame);
    frame_put(frame, "ff 24 25"); /* jmp [FRAME_JUMP] */
    frame_address(frame, FRAME_JUMP);
    frame->behind = frame_here(frame);
    frame_put(frame, "90 fc 66 48 0f 7e c0 66 0f 73 d8 08 66 48 0f 7e c2"); /* RAX, RDX: XMM0 */
    frame_put(frame, "66 48 0f 7e c9 66 0f 73 d9 08 66 48 0f 7e cb");       /* RCX, RBX: XMM1 */
    frame_data(frame, loads);
    frame->shown = frame_here(frame);
    frame_put(frame, "90 db e3 c3");
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

void frame_pass_64(struct compare_pass *pass, struct guest_passing *passing) {
    if (passing->address == pass->frame->start) {
        pass_start(pass->before, passing->registers);
        passing->registers[COMPARE_DI] = pass->slot;
    } else if (passing->address == pass->frame->ready) {
        pass->stack = passing->registers[COMPARE_SP];
        memcpy(passing->registers, pass->before->registers, sizeof passing->registers);
    } else if (passing->address == pass->frame->behind) {
        frame_took(pass, passing);
    } else {
        pass_shown(pass->after, passing->registers);
    }
}
