/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_GUEST_MISSING_H
#define HVSPEC_EMULATOR_GUEST_MISSING_H

#include "emulator/decode/disassembly.h"
#include "emulator/engine/engine.h"

/*
 * Instructions that the engine refuses though processors have them, or gets wrong: done on the
 * host, between two starts of the engine, where registers and flags can be written in every version
 * of it.
 */
struct missing_machine {
    struct engine *engine;
    bool is_wide;    /* 64-bit code; else 32-bit */
    uint64_t thread; /* where FS and GS begin in 32-bit code */
    /* `size` bytes of the guest's memory on the host; NULL: it must not. */
    uint8_t *(*memory)(void *context, uint64_t address, size_t size, bool write);
    void *context;
};

/* False: it was not done, as its memory or its operands do not allow it. */
bool missing_execute(const struct missing_machine *machine,
                     const struct disassembly_missing *missing);

/* What an instruction makes of its operands. */
struct missing_operands {
    enum disassembly_missing_kind kind;
    unsigned width;         /* bytes */
    uint64_t value, second; /* cut to the width */
    unsigned count;         /* that a shift shifts by, as it was given */
};
struct missing_outcome {
    uint64_t value;   /* cut to the width */
    uint64_t flags;   /* those of `defined` that are set */
    uint64_t defined; /* flags that change */
};

/* missing_arithmetic.c. Of kinds from POPCNT on that have operands, but for MOVBE. Flags that the
 * manuals leave undefined are as processors make them, or clear. */
struct missing_outcome missing_compute(const struct missing_operands *operands);

#endif
