/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_LIFT_INTERNAL_H
#define HVSPEC_EMULATOR_LIFT_INTERNAL_H

/* What the files of the lifter share; nobody else includes this, or libVEX. */
#include "emulator/lift/lift.h"

#include <valgrind/libvex.h>

#define LIFT_BYTES_MAX 16u /* of one instruction, and one more */

/* layout.c */
void lift_layout_64(struct lift_layout *layout);
void lift_layout_32(struct lift_layout *layout);

/* operations.c: how a libVEX operation is said here; NULL: not modelled. */
struct lift_row {
    IROp from;
    enum lift_op op;
    unsigned lane;
};
const struct lift_row *lift_row_find(IROp op);

/* undefined.c: what processors leave undefined and libVEX decides all the same. */
struct lift_doubt {
    unsigned flags;      /* arithmetic flags, in their places */
    bool undefined_zero; /* the result, when the source is 0 */
    const char *refused; /* processors do different things; static */
};
struct lift_doubt lift_doubt_of(const uint8_t *bytes, size_t size, bool is_64);

/* convert.c: a block of one instruction. False: out of memory. */
bool lift_convert(const IRSB *block, const struct lift_layout *layout,
                  const struct lift_doubt *doubt, struct lift_instruction *instruction);

#endif
