/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/engine/internal.h"

#include <stdlib.h>

/* Registers, and all of them at a time. */

#define X(name) [ENGINE_##name] = UC_X86_REG_##name
static const int engine_ids[ENGINE_REGISTERS] = {
    X(RAX),
    X(RCX),
    X(RDX),
    X(RBX),
    X(RSP),
    X(RBP),
    X(RSI),
    X(RDI),
    X(R8),
    X(R9),
    X(R10),
    X(R11),
    X(R12),
    X(R13),
    X(R14),
    X(R15),
    X(EAX),
    X(ECX),
    X(EDX),
    X(EBX),
    X(ESP),
    X(EBP),
    X(ESI),
    X(EDI),
    X(SP),
    X(RIP),
    X(EIP),
    X(EFLAGS),
    X(CS),
    X(SS),
    X(DS),
    X(ES),
    X(FS),
    X(GS),
    X(FS_BASE),
    X(GS_BASE),
    X(CR0),
    X(CR3),
    X(CR4),
    X(DR0),
    X(DR1),
    X(DR2),
    X(DR3),
    X(DR7),
    X(MXCSR),
    X(FPCW),
    X(FPSW),
    X(FPTAG),
    X(FP0),
    [ENGINE_FP0 + 1] = UC_X86_REG_FP1,
    UC_X86_REG_FP2,
    UC_X86_REG_FP3,
    UC_X86_REG_FP4,
    UC_X86_REG_FP5,
    UC_X86_REG_FP6,
    UC_X86_REG_FP7,
    X(XMM0),
    [ENGINE_XMM0 + 1] = UC_X86_REG_XMM1,
    UC_X86_REG_XMM2,
    UC_X86_REG_XMM3,
    UC_X86_REG_XMM4,
    UC_X86_REG_XMM5,
    UC_X86_REG_XMM6,
    UC_X86_REG_XMM7,
    UC_X86_REG_XMM8,
    UC_X86_REG_XMM9,
    UC_X86_REG_XMM10,
    UC_X86_REG_XMM11,
    UC_X86_REG_XMM12,
    UC_X86_REG_XMM13,
    UC_X86_REG_XMM14,
    UC_X86_REG_XMM15,
};
#undef X

bool engine_read(struct engine *engine, enum engine_register id, void *value) {
    return engine_is_right(engine, uc_reg_read(engine->uc, engine_ids[id], value));
}

bool engine_write(struct engine *engine, enum engine_register id, const void *value) {
    return engine_is_right(engine, uc_reg_write(engine->uc, engine_ids[id], value));
}

static void engine_translate(const enum engine_register *ids, size_t count,
                             int translated[ENGINE_BATCH]) {
    for (size_t i = 0; i < count; i++)
        translated[i] = engine_ids[ids[i]];
}

void engine_read_all(struct engine *engine, const enum engine_register *ids, void **values,
                     size_t count) {
    int translated[ENGINE_BATCH];

    engine_translate(ids, count, translated);
    uc_reg_read_batch(engine->uc, translated, values, (int)count);
}

void engine_write_all(struct engine *engine, const enum engine_register *ids, void **values,
                      size_t count) {
    int translated[ENGINE_BATCH];

    engine_translate(ids, count, translated);
    uc_reg_write_batch(engine->uc, translated, values, (int)count);
}

bool engine_set_descriptors(struct engine *engine, uint64_t base, uint32_t limit) {
    const uc_x86_mmr table = {.base = base, .limit = limit};

    return engine_is_right(engine, uc_reg_write(engine->uc, UC_X86_REG_GDTR, &table));
}

/* The engine allocates what it keeps of a state itself: the two are the same. */
struct engine_state *engine_state_new(struct engine *engine) {
    uc_context *context = NULL;

    return engine_is_right(engine, uc_context_alloc(engine->uc, &context))
               ? (struct engine_state *)context
               : NULL;
}

void engine_state_free(struct engine_state *state) {
    if (state)
        uc_context_free((uc_context *)state);
}

bool engine_state_save(struct engine *engine, struct engine_state *state) {
    return engine_is_right(engine, uc_context_save(engine->uc, (uc_context *)state));
}

void engine_state_restore(struct engine *engine, const struct engine_state *state) {
    uc_context_restore(engine->uc, (uc_context *)state);
}
