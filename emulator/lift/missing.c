/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/lift/lift.h"

/* Instead of the lifter where libVEX was not there when this program was built. */

struct lift *lift_open(unsigned mode, const char **why) {
    (void)mode;
    *why = "this program was built without libVEX (Debian: valgrind)";
    return NULL;
}

void lift_close(struct lift *lift) {
    (void)lift;
}

const struct lift_layout *lift_layout(const struct lift *lift) {
    (void)lift;
    return NULL;
}

const struct lift_instruction *lift_at(struct lift *lift, uint64_t address, const uint8_t *bytes,
                                       size_t size) {
    (void)lift;
    (void)address;
    (void)bytes;
    (void)size;
    return NULL;
}

enum lift_operation lift_operation_kind(const struct lift *lift, uint64_t number, unsigned *width) {
    (void)lift;
    (void)number;
    (void)width;
    return LIFT_OF_UNKNOWN;
}

uint64_t lift_flags_of(const struct lift *lift, const uint64_t thunk[4]) {
    (void)lift;
    (void)thunk;
    return 0;
}

bool lift_is_there(void) {
    return false;
}
