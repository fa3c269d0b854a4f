/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/engine/internal.h"

#include <stdio.h>
#include <stdlib.h>

_Static_assert(ENGINE_MAY_READ == (int)UC_PROT_READ && ENGINE_MAY_WRITE == (int)UC_PROT_WRITE &&
                   ENGINE_MAY_EXECUTE == (int)UC_PROT_EXEC,
               "permissions are passed as they are");

struct engine *engine_open(enum image_mode mode, bool is_long, struct errors *errors) {
    struct engine *engine = calloc(1, sizeof *engine);
    uc_mode opened = mode == IMAGE_64 || is_long ? UC_MODE_64
                     : mode == IMAGE_32          ? UC_MODE_32
                                                 : UC_MODE_16;

    if (!engine) {
        errors_add(errors, NULL, 0, 0, "out of memory for the engine");
        return NULL;
    }
    if (!engine_is_right(engine, uc_open(UC_ARCH_X86, opened, &engine->uc)))
        errors_fail(errors, "Unicorn does not start: %s", engine_error(engine));
    else if (engine_quirks_cure(&engine->quirks, engine->uc, mode, errors))
        return engine;
    engine_close(engine);
    return NULL;
}

void engine_close(struct engine *engine) {
    if (!engine)
        return;
    if (engine->uc)
        uc_close(engine->uc);
    engine_hooks_free(engine);
    free(engine);
}

const char *engine_version(void) {
    static char text[24];
    unsigned major, minor;
    unsigned version = uc_version(&major, &minor);

    snprintf(text, sizeof text, "%u.%u.%u", major, minor, version >> 8 & 0xff);
    return text;
}

const char *engine_error(const struct engine *engine) {
    return uc_strerror(engine->error);
}

bool engine_map(struct engine *engine, uint64_t address, size_t size, unsigned permissions,
                uint8_t *host) {
    return engine_is_right(engine,
                           host ? uc_mem_map_ptr(engine->uc, address, size, permissions, host)
                                : uc_mem_map(engine->uc, address, size, permissions));
}

bool engine_unmap(struct engine *engine, uint64_t address, size_t size) {
    return engine_is_right(engine, uc_mem_unmap(engine->uc, address, size));
}

bool engine_protect(struct engine *engine, uint64_t address, size_t size, unsigned permissions) {
    return engine_is_right(engine, uc_mem_protect(engine->uc, address, size, permissions));
}

bool engine_memory_read(struct engine *engine, uint64_t address, void *bytes, size_t size) {
    return engine_is_right(engine, uc_mem_read(engine->uc, address, bytes, size));
}

void engine_forget(struct engine *engine, uint64_t first, uint64_t end) {
    uc_ctl_remove_cache(engine->uc, first, end);
}

enum engine_end engine_run(struct engine *engine, uint64_t start, uint64_t until) {
    engine->error = uc_emu_start(engine->uc, start, until, 0, 0);
    switch (engine->error) {
    case UC_ERR_OK:
        return ENGINE_STOPPED;
    case UC_ERR_INSN_INVALID:
        return ENGINE_INVALID;
    case UC_ERR_EXCEPTION:
        return ENGINE_EXCEPTION;
    default:
        return ENGINE_FAILED;
    }
}

void engine_stop(struct engine *engine) {
    uc_emu_stop(engine->uc);
}
