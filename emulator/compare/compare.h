/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_COMPARE_COMPARE_H
#define HVSPEC_EMULATOR_COMPARE_COMPARE_H

#include "emulator/decode/disassembly.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * One instruction after the other, from the same state on the processor that this runs on and in a
 * guest: what the emulator gets wrong. Both find code and data at the same addresses, below 4 GiB
 * so that an address of 32 bits leads there, too.
 */
#define COMPARE_CODE 0x10000000u
#define COMPARE_DATA 0x20000000u
#define COMPARE_DATA_SIZE 0x2000u
#define COMPARE_STACK (COMPARE_DATA + 0x800u)
#define COMPARE_SLOT 32u        /* bytes of code for an instruction, and for the way back */
#define COMPARE_SLOTS 2048u     /* instructions that are compared in one go */
#define COMPARE_STATES 16u      /* from which each of them is run */
#define COMPARE_REGISTERS 16    /* general ones, in the order of their encoding */
#define COMPARE_REGISTERS_32 8u /* those of 32-bit mode; the others are 0 there */
#define COMPARE_VECTORS                                                                            \
    2 /* XMM0 and XMM1; XMM2 and XMM3 begin as copies of their upper halves, others as 0 */
#define COMPARE_WORDS 4 /* words of data that are compared, from COMPARE_DATA on */

/* Which general registers are pointers: into the data. */
enum compare_register { COMPARE_SP = 4, COMPARE_BP, COMPARE_SI, COMPARE_DI };

#define COMPARE_FLAGS 0xcc5ull /* those of GUEST_WATCHED_FLAGS */
enum compare_flag {
    COMPARE_CF = 1,
    COMPARE_PF = 4,
    COMPARE_AF = 0x10, /* varied, but not compared */
    COMPARE_ZF = 0x40,
    COMPARE_SF = 0x80,
    COMPARE_OF = 0x800
};

struct compare_state {
    uint64_t registers[COMPARE_REGISTERS];
    uint64_t flags;
    uint64_t vectors[COMPARE_VECTORS][2];
    uint64_t data[COMPARE_WORDS];
};

struct compare_instruction {
    uint8_t bytes[16];
    unsigned size;
};

enum compare_end {
    COMPARE_DONE,        /* the state behind it is known */
    COMPARE_FAULTED,     /* an exception */
    COMPARE_UNSUPPORTED, /* the emulator says that it cannot */
};

struct compare_result {
    enum compare_end end;
    struct compare_state state;
};

/* Whose instructions are compared: IMAGE_64, unless it is set otherwise ahead of all else,
 * IMAGE_32. */
void compare_set_mode(enum image_mode mode);
enum image_mode compare_mode(void);

/* Every form of instruction that the guest would run, a go of at most COMPARE_SLOTS at a time, from
 * *position (0 at first) on. Returns how many were written; 0: there are no more, or, with
 * *position left at 0, Capstone cannot be started. */
size_t compare_encodings(uint64_t *position, struct compare_instruction *instructions);

/* "blsi", or with operands; what the instruction is called. Lives till the next call. */
const char *compare_name(const struct compare_instruction *instruction);
const char *compare_text(const struct compare_instruction *instruction);

/* The flags that the processors' manuals leave undefined behind it; UINT64_MAX: results, too. */
uint64_t compare_undefined(const struct compare_instruction *instruction,
                           const struct compare_state *before);

/* Run `count` instructions, each from every state: results[instruction * COMPARE_STATES + state],
 * in this process or in a virtual machine of KVM's, where an instruction may be
 * COMPARE_UNSUPPORTED, too. False: it could not be, which was said on stderr. */
bool compare_host(const struct compare_instruction *instructions, size_t count,
                  const struct compare_state *states, struct compare_result *results);
bool compare_kvm(const struct compare_instruction *instructions, size_t count,
                 const struct compare_state *states, struct compare_result *results);

/* KVM executes 32-bit code itself: what it gets wrong is its own mistake. */
bool compare_kvm_emulates(void);

bool compare_guest(const struct compare_instruction *instructions, size_t count,
                   const struct compare_state *states, struct compare_result *results);

#endif
