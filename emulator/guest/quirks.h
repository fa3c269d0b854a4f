/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_GUEST_QUIRKS_H
#define HVSPEC_EMULATOR_GUEST_QUIRKS_H

#include <unicorn/unicorn.h>

/* Makes an engine that was just opened, and that nothing else was asked of yet, the processor that
 * all versions are made to be: what some execute by default (SSSE3, SSE4, AES, BMI), the others do
 * not. */
uc_err guest_quirk_model(uc_engine *uc);

#endif
