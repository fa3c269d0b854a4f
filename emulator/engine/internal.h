/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_ENGINE_INTERNAL_H
#define HVSPEC_EMULATOR_ENGINE_INTERNAL_H

#include "emulator/engine/engine.h"
#include "emulator/engine/quirks.h"

#include <unicorn/unicorn.h>

struct engine_hook {
    uc_hook id;
    union {
        engine_on_code *code;
        engine_on_memory *memory;
        engine_on_fault *fault;
        engine_on_number *number;
        engine_on_instruction *instruction;
    } call;
    void *data;
    struct engine *engine;
    struct engine_hook *next;       /* of all that were made */
    struct engine_hook *next_spare; /* of those that were taken off */
};

struct engine {
    uc_engine *uc;
    uc_err error; /* of the last call that failed, or of the last run */
    struct engine_hook *hooks, *spare;
    struct engine_quirks quirks;
};

/* Whether that was right; else it is noted. */
static inline bool engine_is_right(struct engine *engine, uc_err error) {
    if (error != UC_ERR_OK)
        engine->error = error;
    return error == UC_ERR_OK;
}

/* hooks.c; behind the engine's own end. */
void engine_hooks_free(struct engine *engine);

#endif
