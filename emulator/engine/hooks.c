/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/engine/internal.h"

#include <stdlib.h>

/* The engine's callbacks, each of which hands on what its hook wants to know. */

static void hook_code(uc_engine *uc, uint64_t address, uint32_t size, void *data) {
    const struct engine_hook *hook = data;

    (void)uc;
    hook->call.code(hook->data, address, size);
}

static void hook_memory(uc_engine *uc, uc_mem_type type, uint64_t address, int size, int64_t value,
                        void *data) {
    const struct engine_hook *hook = data;

    (void)uc;
    (void)type;
    (void)value;
    hook->call.memory(hook->data, address, (uint32_t)size);
}

static bool hook_fault(uc_engine *uc, uc_mem_type type, uint64_t address, int size, int64_t value,
                       void *data) {
    const struct engine_hook *hook = data;
    const bool fetches = type == UC_MEM_FETCH_UNMAPPED || type == UC_MEM_FETCH_PROT;
    const bool writes = type == UC_MEM_WRITE_UNMAPPED || type == UC_MEM_WRITE_PROT;
    const struct engine_fault fault = {
        .address = engine_quirk_address(&hook->engine->quirks, address),
        .access = fetches  ? ENGINE_FETCHES
                  : writes ? ENGINE_WRITES
                           : ENGINE_READS,
        .is_mapped =
            type == UC_MEM_FETCH_PROT || type == UC_MEM_WRITE_PROT || type == UC_MEM_READ_PROT,
    };

    (void)uc;
    (void)size;
    (void)value;
    hook->call.fault(hook->data, &fault);
    return false;
}

static void hook_number(uc_engine *uc, uint32_t number, void *data) {
    const struct engine_hook *hook = data;

    (void)uc;
    hook->call.number(hook->data, number);
}

static void hook_instruction(uc_engine *uc, void *data) {
    const struct engine_hook *hook = data;

    (void)uc;
    hook->call.instruction(hook->data);
}

/* 1: the engine does not execute its own. */
static int hook_cpuid(uc_engine *uc, void *data) {
    hook_instruction(uc, data);
    return 1;
}

static uint32_t hook_in(uc_engine *uc, uint32_t port, int size, void *data) {
    (void)port;
    (void)size;
    hook_instruction(uc, data);
    return 0;
}

static void hook_out(uc_engine *uc, uint32_t port, int size, uint32_t value, void *data) {
    (void)port;
    (void)size;
    (void)value;
    hook_instruction(uc, data);
}

/* Those that were taken off are used again and not freed: blocks that were translated with them may
 * still ask. NULL: out of memory. */
static struct engine_hook *hook_new(struct engine *engine, void *data) {
    struct engine_hook *hook = engine->spare;

    if (hook) {
        engine->spare = hook->next_spare;
    } else if ((hook = calloc(1, sizeof *hook)) != NULL) {
        hook->engine = engine;
        hook->next = engine->hooks;
        engine->hooks = hook;
    } else {
        engine->error = UC_ERR_NOMEM;
        return NULL;
    }
    hook->data = data;
    return hook;
}

static void hook_spare(struct engine_hook *hook) {
    hook->next_spare = hook->engine->spare;
    hook->engine->spare = hook;
}

/* first 1, last 0: everywhere. */
static struct engine_hook *hook_add(struct engine_hook *hook, int type, void *callback,
                                    uint64_t first, uint64_t last, int instruction) {
    struct engine *engine = hook->engine;

    if (engine_is_right(engine, uc_hook_add(engine->uc, &hook->id, type, callback, hook, first,
                                            last, instruction)))
        return hook;
    hook_spare(hook);
    return NULL;
}

struct engine_hook *engine_hook_blocks(struct engine *engine, engine_on_code *call, void *data) {
    struct engine_hook *hook = hook_new(engine, data);

    if (!hook)
        return NULL;
    hook->call.code = call;
    return hook_add(hook, UC_HOOK_BLOCK, (void *)hook_code, 1, 0, 0);
}

struct engine_hook *engine_hook_code(struct engine *engine, engine_on_code *call, void *data,
                                     uint64_t first, uint64_t last) {
    struct engine_hook *hook = hook_new(engine, data);

    if (!hook)
        return NULL;
    hook->call.code = call;
    return hook_add(hook, UC_HOOK_CODE, (void *)hook_code, first, last, 0);
}

struct engine_hook *engine_hook_memory(struct engine *engine, enum engine_access access,
                                       engine_on_memory *call, void *data, uint64_t first,
                                       uint64_t last) {
    struct engine_hook *hook = hook_new(engine, data);

    if (!hook)
        return NULL;
    hook->call.memory = call;
    return hook_add(hook, access == ENGINE_WRITES ? UC_HOOK_MEM_WRITE : UC_HOOK_MEM_READ,
                    (void *)hook_memory, first, last, 0);
}

struct engine_hook *engine_hook_faults(struct engine *engine, engine_on_fault *call, void *data) {
    struct engine_hook *hook = hook_new(engine, data);

    if (!hook)
        return NULL;
    hook->call.fault = call;
    return hook_add(hook, UC_HOOK_MEM_INVALID, (void *)hook_fault, 1, 0, 0);
}

struct engine_hook *engine_hook_interrupts(struct engine *engine, engine_on_number *call,
                                           void *data) {
    struct engine_hook *hook = hook_new(engine, data);

    if (!hook)
        return NULL;
    hook->call.number = call;
    return hook_add(hook, UC_HOOK_INTR, (void *)hook_number, 1, 0, 0);
}

static struct engine_hook *hook_of(struct engine *engine, engine_on_instruction *call, void *data,
                                   void *callback, int instruction) {
    struct engine_hook *hook = hook_new(engine, data);

    if (!hook)
        return NULL;
    hook->call.instruction = call;
    return hook_add(hook, UC_HOOK_INSN, callback, 1, 0, instruction);
}

struct engine_hook *engine_hook_cpuid(struct engine *engine, engine_on_instruction *call,
                                      void *data) {
    return hook_of(engine, call, data, (void *)hook_cpuid, UC_X86_INS_CPUID);
}

struct engine_hook *engine_hook_syscall(struct engine *engine, engine_on_instruction *call,
                                        void *data) {
    return hook_of(engine, call, data, (void *)hook_instruction, UC_X86_INS_SYSCALL);
}

struct engine_hook *engine_hook_ports(struct engine *engine, engine_on_instruction *call,
                                      void *data) {
    struct engine_hook *in = hook_of(engine, call, data, (void *)hook_in, UC_X86_INS_IN);

    return in ? hook_of(engine, call, data, (void *)hook_out, UC_X86_INS_OUT) : NULL;
}

void engine_hook_remove(struct engine *engine, struct engine_hook *hook) {
    uc_hook_del(engine->uc, hook->id);
    hook_spare(hook);
}

void engine_hooks_free(struct engine *engine) {
    while (engine->hooks) {
        struct engine_hook *hook = engine->hooks;

        engine->hooks = hook->next;
        free(hook);
    }
}
