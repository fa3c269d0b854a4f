/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_ENGINE_ENGINE_H
#define HVSPEC_EMULATOR_ENGINE_ENGINE_H

#include "base/errors.h"
#include "emulator/image/image.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The engine: a processor, memory, and hooks on what the code on it does. Unicorn is behind it,
 * known to this folder alone, and what its versions do differently is made up for here (quirks.c).
 */
struct engine;

/* A processor for code of `mode`; with `is_long` one in long mode, where 32-bit code runs in
 * segments of its own as it does under a 64-bit system. NULL with an error noted. */
struct engine *engine_open(enum image_mode mode, bool is_long, struct errors *errors);
/* NULL is fine. Hooks go with it; what was mapped from the host is the caller's. */
void engine_close(struct engine *engine);

/* Unicorn's version, "2.0.1". */
const char *engine_version(void);
/* In words, why the last call that failed did; lasts. */
const char *engine_error(const struct engine *engine);

/* --- Registers. --- */

enum engine_register {
    /* In the order of their encoding; then their lower halves. */
    ENGINE_RAX,
    ENGINE_RCX,
    ENGINE_RDX,
    ENGINE_RBX,
    ENGINE_RSP,
    ENGINE_RBP,
    ENGINE_RSI,
    ENGINE_RDI,
    ENGINE_R8,
    ENGINE_R9,
    ENGINE_R10,
    ENGINE_R11,
    ENGINE_R12,
    ENGINE_R13,
    ENGINE_R14,
    ENGINE_R15,
    ENGINE_EAX,
    ENGINE_ECX,
    ENGINE_EDX,
    ENGINE_EBX,
    ENGINE_ESP,
    ENGINE_EBP,
    ENGINE_ESI,
    ENGINE_EDI,
    ENGINE_SP,
    ENGINE_RIP,
    ENGINE_EIP,
    ENGINE_EFLAGS,
    ENGINE_CS,
    ENGINE_SS,
    ENGINE_DS,
    ENGINE_ES,
    ENGINE_FS,
    ENGINE_GS,
    ENGINE_FS_BASE,
    ENGINE_GS_BASE,
    ENGINE_CR0,
    ENGINE_CR3,
    ENGINE_CR4,
    ENGINE_DR0,
    ENGINE_DR1,
    ENGINE_DR2,
    ENGINE_DR3,
    ENGINE_DR7,
    ENGINE_MXCSR,
    ENGINE_FPCW,
    ENGINE_FPSW,
    ENGINE_FPTAG,
    ENGINE_FP0,
    ENGINE_XMM0 = ENGINE_FP0 + 8,
    ENGINE_REGISTERS = ENGINE_XMM0 + 16
};
#define ENGINE_BATCH 32u

/* `value` has room for what the engine keeps: 8 bytes, 4 of MXCSR, 2 of other control and status
 * registers, 10 of the x87's, 16 of a vector. False: refused. */
bool engine_read(struct engine *engine, enum engine_register id, void *value);
bool engine_write(struct engine *engine, enum engine_register id, const void *value);
/* ENGINE_BATCH at most: at once, and so for less. */
void engine_read_all(struct engine *engine, const enum engine_register *ids, void **values,
                     size_t count);
void engine_write_all(struct engine *engine, const enum engine_register *ids, void **values,
                      size_t count);
/* Where the table of segment descriptors is. */
bool engine_set_descriptors(struct engine *engine, uint64_t base, uint32_t limit);

/* All registers as they are at one time. */
struct engine_state;
struct engine_state *engine_state_new(struct engine *engine); /* empty; NULL: out of memory */
void engine_state_free(struct engine_state *state);           /* NULL is fine */
bool engine_state_save(struct engine *engine, struct engine_state *state);
void engine_state_restore(struct engine *engine, const struct engine_state *state);

/* --- Memory. --- */

enum {
    ENGINE_MAY_READ = 1,
    ENGINE_MAY_WRITE = 2,
    ENGINE_MAY_EXECUTE = 4,
    ENGINE_MAY_ALL = ENGINE_MAY_READ | ENGINE_MAY_WRITE | ENGINE_MAY_EXECUTE
};

/* Whole pages. `host` holds them and stays the caller's; NULL: the engine's own. */
bool engine_map(struct engine *engine, uint64_t address, size_t size, unsigned permissions,
                uint8_t *host);
bool engine_unmap(struct engine *engine, uint64_t address, size_t size);
bool engine_protect(struct engine *engine, uint64_t address, size_t size, unsigned permissions);
bool engine_memory_read(struct engine *engine, uint64_t address, void *bytes, size_t size);
/* What was translated of the code in [first, end) is not run again. */
void engine_forget(struct engine *engine, uint64_t first, uint64_t end);

/* --- Running. --- */

enum engine_end {
    ENGINE_STOPPED,   /* `until` is reached, or a hook stopped it, or a HLT did */
    ENGINE_INVALID,   /* an instruction that it does not know */
    ENGINE_EXCEPTION, /* that nobody takes */
    ENGINE_FAILED     /* another reason, see engine_error; after a fault its hook has told */
};
/* From `start` on, until execution gets to the address `until`. */
enum engine_end engine_run(struct engine *engine, uint64_t start, uint64_t until);
/* From within a hook. Of a hook on a block or an instruction, that does not begin; of another, the
 * block may go on to its end. */
void engine_stop(struct engine *engine);

/* --- Hooks. They live until they are taken off, or as long as the engine. NULL: refused. --- */

struct engine_hook;
enum engine_access { ENGINE_READS, ENGINE_WRITES, ENGINE_FETCHES };
struct engine_fault {
    uint64_t address; /* as the code meant it */
    enum engine_access access;
    bool is_mapped; /* there is memory, which does not permit it */
};

typedef void engine_on_code(void *data, uint64_t address, uint32_t size);
typedef void engine_on_memory(void *data, uint64_t address, uint32_t size);
typedef void engine_on_fault(void *data, const struct engine_fault *fault);
typedef void engine_on_number(void *data, uint32_t number);
typedef void engine_on_instruction(void *data);

/* Ahead of each block of code. */
struct engine_hook *engine_hook_blocks(struct engine *engine, engine_on_code *call, void *data);
/* Ahead of instructions that begin in [first, last]. What is translated already is not hooked. */
struct engine_hook *engine_hook_code(struct engine *engine, engine_on_code *call, void *data,
                                     uint64_t first, uint64_t last);
/* Ahead of what reads or writes bytes in [first, last]; ENGINE_FETCHES is not to be had. One on
 * writes makes all of them slower. */
struct engine_hook *engine_hook_memory(struct engine *engine, enum engine_access access,
                                       engine_on_memory *call, void *data, uint64_t first,
                                       uint64_t last);
/* Memory that is not there or does not permit it: the run fails then. */
struct engine_hook *engine_hook_faults(struct engine *engine, engine_on_fault *call, void *data);
/* Interrupts by number, exceptions among them. */
struct engine_hook *engine_hook_interrupts(struct engine *engine, engine_on_number *call,
                                           void *data);
/* In place of each CPUID, whose registers are the hook's to set. */
struct engine_hook *engine_hook_cpuid(struct engine *engine, engine_on_instruction *call,
                                      void *data);
/* In place of each SYSCALL. */
struct engine_hook *engine_hook_syscall(struct engine *engine, engine_on_instruction *call,
                                        void *data);
/* In place of IN and OUT of any port; IN gives 0. */
struct engine_hook *engine_hook_ports(struct engine *engine, engine_on_instruction *call,
                                      void *data);
void engine_hook_remove(struct engine *engine, struct engine_hook *hook);

#endif
