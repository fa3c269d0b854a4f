/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_GUEST_PERMIT_H
#define HVSPEC_EMULATOR_GUEST_PERMIT_H

#include "emulator/guest/internal.h"

/* The word by which a setup permits an instruction with that mnemonic. */
const char *guest_permit_word(const char *mnemonic);

/* The mnemonic as messages tell it. */
const char *guest_permit_told(const char *mnemonic, const uint8_t *bytes, size_t size);

/* Whether the setup permits the instruction, which is then run by the engine, skipped or answered.
 */
bool guest_permits(struct guest *guest, const char *mnemonic, uint64_t address,
                   const uint8_t *bytes, unsigned length);

/* iret.c: goes where the stack says, which holds words of so many bytes, or ends the call. */
void guest_iret(struct guest *guest, uint64_t address, unsigned width);

#endif
