/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/compare/frame.h"

#include <string.h>

/*
 * The guest's doing in 32-bit mode, which has too few registers to hold a whole state: a loop
 * stores four words at a time that a watch puts into registers, and another shows four at a time.
 * Behind the first, the code takes vectors and flags from where they were stored; ahead of the
 * other it stores the vectors.
 */
#define FRAME_VECTORS (COMPARE_DATA + 0x1800u)
#define FRAME_FLAGS (FRAME_JUMP + 4u)
#define FRAME_CHUNK 16u /* bytes that a turn of a loop moves */

/* Where each turn's words lie. */
static const uint32_t frame_chunks[] = {
    FRAME_JUMP,
    COMPARE_DATA,
    COMPARE_DATA + FRAME_CHUNK,
    FRAME_VECTORS,
    FRAME_VECTORS + FRAME_CHUNK,
};
#define FRAME_CHUNKS (sizeof frame_chunks / sizeof frame_chunks[0])
enum { CHUNK_JUMP, CHUNK_DATA, CHUNK_VECTORS = 3 };

/* The code of `hex` with an address behind each. */
static void frame_at(struct frame *frame, const char *hex, uint32_t address) {
    frame_put(frame, hex);
    frame_address(frame, address);
}

void frame_make_32(struct frame *frame) {
    frame->start = frame_here(frame);
    frame_put(frame, "90 89 07 89 4f 04 89 57 08 89 5f 0c"); /* [EDI]: EAX, ECX, EDX, EBX */
    frame_put(frame, "4d 75 f1");                            /* dec ebp; jnz start */
    frame_at(frame, "0f 10 05", FRAME_VECTORS);              /* movups xmm0 */
    frame_at(frame, "0f 10 0d", FRAME_VECTORS + 16);         /* movups xmm1 */
    frame_at(frame, "f3 0f 7e 15", FRAME_VECTORS + 8);       /* movq xmm2 */
    frame_at(frame, "f3 0f 7e 1d", FRAME_VECTORS + 24);      /* movq xmm3 */
    frame_put(frame, "66 0f ef e4 66 0f ef ed 66 0f ef f6 66 0f ef ff"); /* pxor xmm4 to xmm7 */
    frame_put(frame,
              "0f ef c0 0f ef c9 0f ef d2 0f ef db 0f ef e4 0f ef ed 0f ef f6 0f ef ff db e3");
    frame_at(frame, "ff 35", FRAME_FLAGS); /* push, popfd */
    frame_put(frame, "9d");
    frame->ready = frame_here(frame);
    frame_at(frame, "ff 25", FRAME_JUMP);
    frame->behind = frame_here(frame);
    frame_put(frame, "90 fc");
    frame_at(frame, "0f 11 05", FRAME_VECTORS);
    frame_at(frame, "0f 11 0d", FRAME_VECTORS + 16);
    frame->turn = frame_here(frame);
    frame_put(frame, "90 8b 06 8b 4e 04 8b 56 08 8b 5e 0c"); /* EAX, ECX, EDX, EBX: [ESI] */
    frame->shown = frame_here(frame);
    frame_put(frame, "90 4d 75 f0"); /* dec ebp; jnz turn */
    frame_put(frame, "db e3 c3");
}

/* The words of a state, in the order of the chunks. */
static void frame_words(const struct compare_state *state, uint64_t slot,
                        uint32_t words[FRAME_CHUNKS][4]) {
    const uint32_t first[4] = {(uint32_t)slot, (uint32_t)state->flags | 0x202};

    memcpy(words[CHUNK_JUMP], first, sizeof first);
    memcpy(words[CHUNK_DATA], state->data, sizeof state->data);
    memcpy(words[CHUNK_VECTORS], state->vectors, sizeof state->vectors);
}

static void frame_give(struct compare_pass *pass, uint64_t *registers) {
    uint32_t words[FRAME_CHUNKS][4];
    size_t turn = pass->turn++;

    frame_words(pass->before, pass->slot, words);
    for (unsigned i = 0; i < 4; i++)
        registers[i] = words[turn][i];
    registers[COMPARE_DI] = frame_chunks[turn];
    registers[COMPARE_BP] = FRAME_CHUNKS - turn;
}

static void frame_take(struct compare_pass *pass, const uint64_t *registers) {
    struct compare_state *state = pass->after;
    size_t turn = pass->turn++;
    uint32_t words[4];

    for (unsigned i = 0; i < 4; i++)
        words[i] = (uint32_t)registers[i];
    if (turn < CHUNK_VECTORS)
        memcpy((uint8_t *)state->data + (turn - CHUNK_DATA) * FRAME_CHUNK, words, sizeof words);
    else
        memcpy((uint8_t *)state->vectors + (turn - CHUNK_VECTORS) * FRAME_CHUNK, words,
               sizeof words);
}

void frame_pass_32(struct compare_pass *pass, struct guest_passing *passing) {
    const struct frame *frame = pass->frame;

    if (passing->address == frame->start) {
        frame_give(pass, passing->registers);
    } else if (passing->address == frame->ready) {
        pass->stack = passing->registers[COMPARE_SP];
        for (unsigned i = 0; i < COMPARE_REGISTERS_32; i++)
            passing->registers[i] = pass->before->registers[i];
    } else if (passing->address == frame->behind) {
        frame_took(pass, passing);
        pass->turn = CHUNK_DATA;
    } else if (passing->address == frame->turn) {
        passing->registers[COMPARE_SI] = frame_chunks[pass->turn];
        passing->registers[COMPARE_BP] = FRAME_CHUNKS - pass->turn;
    } else {
        frame_take(pass, passing->registers);
    }
}
