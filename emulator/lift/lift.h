/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_LIFT_H
#define HVSPEC_EMULATOR_LIFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * One machine instruction as a short list of plain steps on registers, memory and numbers, for who
 * reasons about code rather than runs it. The only module that knows libVEX. What it cannot say
 * exactly is a LIFT_ALIEN step, never left out.
 */
enum lift_op {
    LIFT_ADD,
    LIFT_SUB,
    LIFT_MUL,
    LIFT_MULTIPLY_UNSIGNED, /* twice as wide as its operands */
    LIFT_MULTIPLY_SIGNED,
    LIFT_DIVIDE_UNSIGNED, /* dividend twice as wide as the divisor; remainder above quotient */
    LIFT_DIVIDE_SIGNED,
    LIFT_AND,
    LIFT_OR,
    LIFT_XOR,
    LIFT_NOT,
    LIFT_SHL, /* the count is below the width */
    LIFT_SHR,
    LIFT_SAR,
    LIFT_EQ, /* comparisons: one bit, or in lanes all bits of the lane */
    LIFT_NE,
    LIFT_LT_UNSIGNED,
    LIFT_LE_UNSIGNED,
    LIFT_LT_SIGNED,
    LIFT_LE_SIGNED,
    LIFT_GT_SIGNED,
    LIFT_MIN_UNSIGNED,
    LIFT_MAX_UNSIGNED,
    LIFT_MIN_SIGNED,
    LIFT_MAX_SIGNED,
    LIFT_EXTEND_ZERO,
    LIFT_EXTEND_SIGN,
    LIFT_LOW,            /* the low `width` bits */
    LIFT_HIGH,           /* the high `width` bits */
    LIFT_JOIN,           /* the first operand above the second */
    LIFT_TRAILING_ZEROS, /* the operand is not 0 */
    LIFT_LEADING_ZEROS,
    LIFT_SET_LOW,         /* the first operand with its low bits from the second */
    LIFT_INTERLEAVE_LOW,  /* lanes of the low halves; the first operand's lane above */
    LIFT_INTERLEAVE_HIGH, /* likewise of the high halves */
    LIFT_SHL_BYTES,       /* of 128 bits, by a constant number of bits */
    LIFT_SHR_BYTES,
    LIFT_TOP_BITS /* the top bit of each lane, gathered */
};

/* A number, or what an earlier step of the same instruction made. */
struct lift_operand {
    bool is_number;
    unsigned index;     /* of the temporary */
    unsigned width;     /* bits: 1, 8, 16, 32, 64 or 128 */
    uint64_t number[2]; /* low half first */
};

enum lift_kind {
    LIFT_GET,     /* result = registers at `offset` */
    LIFT_PUT,     /* registers at `offset` = operands[0] */
    LIFT_LOAD,    /* result = memory at operands[0] */
    LIFT_STORE,   /* memory at operands[0] = operands[1] */
    LIFT_SWAP,    /* result = memory at operands[0]; there operands[2] when that was operands[1] */
    LIFT_COPY,    /* result = operands[0] */
    LIFT_OPERATE, /* result = op of the operands */
    LIFT_CHOOSE,  /* result = operands[0] ? operands[1] : operands[2] */
    LIFT_FLAGS,   /* result = a function of operands[1..4], which are the flags' thunk */
    LIFT_SEGMENT, /* result = the address operands[1] within the segment of selector operands[0] */
    LIFT_UNDEFINED, /* result = anything */
    LIFT_CPUID,     /* CPUID, with all that it reads and writes */
    LIFT_EXIT,      /* when operands[0]: go on at `address`, or end as `end` says */
    LIFT_ALIEN      /* what is not modelled: `name` */
};

enum lift_flags {
    LIFT_FLAGS_CONDITION, /* 0 or 1: whether the condition operands[0] (its encoding) holds */
    LIFT_FLAGS_CARRY,     /* the carry flag alone */
    LIFT_FLAGS_ALL        /* carry, parity, adjust, zero, sign and overflow in their places */
};

/* How an instruction ends. */
enum lift_end {
    LIFT_GOES_ON,
    LIFT_CALL,
    LIFT_RETURN,
    LIFT_FAULTS, /* misaligned memory, a trap, an undefined instruction */
    LIFT_UNKNOWN /* not modelled: system calls, privileged instructions and the like */
};

struct lift_step {
    enum lift_kind kind;
    enum lift_op op;
    enum lift_flags flags;
    enum lift_end end;
    unsigned result, width; /* the temporary that it makes, and its bits */
    unsigned lane;          /* bits; 0: the whole value at once */
    unsigned offset;
    uint64_t address;
    struct lift_operand operands[5];
    const char *name; /* static */
};

struct lift_instruction {
    uint64_t address;
    unsigned size; /* bytes */
    struct lift_step *steps;
    size_t count;
    unsigned temporaries;
    struct lift_operand next; /* where execution goes on */
    enum lift_end end;
    const char *refused; /* why it is not lifted; NULL: it is. Static. */
    unsigned undefined;  /* arithmetic flags, in their places, that it leaves undefined */
};

/* Where the lifter keeps registers: byte offsets in a file of `size` bytes. */
struct lift_layout {
    unsigned word; /* bytes of a general register: 4 or 8 */
    unsigned size;
    unsigned general[16], general_count;     /* in the order of their encoding */
    unsigned pointer;                        /* the instruction pointer */
    unsigned thunk[4];                       /* of the flags: operation and its operands */
    unsigned direction, identity, alignment; /* DF as 1 or -1; ID; AC as 0 or 1 */
    unsigned vectors, vectors_count, vector_size;
    unsigned thread;        /* base of fs, in 64-bit code; in 32-bit code the selector of gs */
    unsigned processor;     /* base of gs, in 64-bit code */
    unsigned rounding;      /* of SSE */
    unsigned x87, x87_size; /* the stack's top, tags, registers and control together */
    unsigned x87_rounding;
};

/* Flags of the kinds of operation that a thunk names; see lift_operation_kind. */
enum lift_operation {
    LIFT_OF_COPY,
    LIFT_OF_ADD,
    LIFT_OF_SUB,
    LIFT_OF_ADC,
    LIFT_OF_SBB,
    LIFT_OF_LOGIC,
    LIFT_OF_INC,
    LIFT_OF_DEC,
    LIFT_OF_SHL,
    LIFT_OF_SHR,
    LIFT_OF_ROL,
    LIFT_OF_ROR,
    LIFT_OF_UMUL,
    LIFT_OF_SMUL,
    LIFT_OF_UNKNOWN
};

struct lift;

/* NULL when this program was built without libVEX, when it works in a way that is not known, or
 * for code of another mode than 32 or 64; *why (static) then says so. One at a time. */
struct lift *lift_open(unsigned mode, const char **why);
void lift_close(struct lift *lift);

const struct lift_layout *lift_layout(const struct lift *lift);

/* The instruction at an address. `bytes` holds `size` > 0 bytes from there on. Kept until
 * lift_close. NULL: out of memory. */
const struct lift_instruction *lift_at(struct lift *lift, uint64_t address, const uint8_t *bytes,
                                       size_t size);

/* What a thunk's operation number stands for, and on how many bits. */
enum lift_operation lift_operation_kind(const struct lift *lift, uint64_t number, unsigned *width);

/* The flags as libVEX itself works them out of a thunk: to hold a model against. */
uint64_t lift_flags_of(const struct lift *lift, const uint64_t thunk[4]);

/* True when built with libVEX. */
bool lift_is_there(void);

#endif
