/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_ENGINE_QUIRKS_H
#define HVSPEC_EMULATOR_ENGINE_QUIRKS_H

#include "base/errors.h"
#include "emulator/image/image.h"

#include <unicorn/unicorn.h>

/* Where versions of the engine differ, guests and processes alike make up for it. */

/* Pages of addresses that are not canonical, as they were met: see quirks.c. */
#define ENGINE_BEYOND 256u
struct engine_quirks {
    uint64_t beyond[ENGINE_BEYOND];
    unsigned next;
};

/* To be called on an engine that nothing has been done to, with `quirks` zero-filled; it has to
 * live as long as the engine, which runs code of that mode. False with an error noted. */
bool engine_quirks_cure(struct engine_quirks *quirks, uc_engine *uc, enum image_mode mode,
                        struct errors *errors);

/* The address that the guest's code meant when the engine tells this one. */
uint64_t engine_quirk_address(const struct engine_quirks *quirks, uint64_t address);

#endif
