/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_COMPARE_FRAME_H
#define HVSPEC_EMULATOR_COMPARE_FRAME_H

#include "emulator/compare/compare.h"
#include "emulator/guest/guest.h"

/* The guest's code around the instructions, of which the two modes have one each. */
#define FRAME_SLOTS                                                                                \
    (COMPARE_SLOTS * COMPARE_SLOT)          /* where the frame begins, from COMPARE_CODE on */
#define FRAME_JUMP (COMPARE_DATA + 0x1000u) /* where the slot's address is kept */

struct frame {
    uint8_t *code; /* all of the guest's */
    size_t at;
    uint64_t start, ready, behind, shown; /* what is watched */
    uint64_t turn;                        /* likewise; 0: nothing */
};

/* A run of one instruction. */
struct compare_pass {
    const struct frame *frame;
    const struct compare_state *before;
    struct compare_state *after;
    uint64_t slot;  /* the instruction's address */
    uint64_t stack; /* the frame's own pointer, while the instruction has another */
    size_t turn;    /* of a loop that gives or takes words */
};

/* Adds bytes, written in hexadecimal; an address; says where the next byte lies. */
void frame_put(struct frame *frame, const char *hex);
void frame_address(struct frame *frame, uint32_t address);
uint64_t frame_here(const struct frame *frame);

void frame_make_64(struct frame *frame);
void frame_make_32(struct frame *frame);

/* What a watched place is about: puts what is before the instruction into registers, and takes what
 * is behind it from them. */
void frame_pass_64(struct compare_pass *pass, struct guest_passing *passing);
void frame_pass_32(struct compare_pass *pass, struct guest_passing *passing);

/* Takes registers and flags behind the instruction, and gives the frame its stack again. */
void frame_took(struct compare_pass *pass, struct guest_passing *passing);

#endif
