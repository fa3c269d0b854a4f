/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_GUEST_MISSING_H
#define HVSPEC_EMULATOR_GUEST_MISSING_H

#include "emulator/decode/disassembly.h"

#include <unicorn/unicorn.h>

/*
 * Instructions that the engine refuses though processors have them: done on the host, between two
 * starts of the engine, where registers and flags can be written in every version of it.
 */
struct missing_machine {
    uc_engine *uc;
    bool is_wide;    /* 64-bit code; else 32-bit */
    uint64_t thread; /* where FS and GS begin in 32-bit code */
    /* `size` bytes of the guest's memory on the host; NULL: it must not. */
    uint8_t *(*memory)(void *context, uint64_t address, size_t size, bool write);
    void *context;
};

/* False: it was not done, as its memory or its operands do not allow it. */
bool missing_execute(const struct missing_machine *machine,
                     const struct disassembly_missing *missing);

#endif
