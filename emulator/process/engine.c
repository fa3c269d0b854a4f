/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/process/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SYSTEM_INTERRUPT 0x80u /* INT 0x80: an i386 program's system calls */

uint64_t process_register(struct process *process, enum engine_register id) {
    uint64_t value = 0;

    engine_read(process->engine, id, &value);
    return value;
}

void process_register_set(struct process *process, enum engine_register id, uint64_t value) {
    engine_write(process->engine, id, &value);
}

void process_stop(struct process *process) {
    process->stops = true;
    engine_stop(process->engine);
}

void process_end(struct process *process, enum observation_end end, const char *name) {
    if (!process->ended) {
        process->ended = true;
        process->end = end;
        snprintf(process->end_name, sizeof process->end_name, "%s", name ? name : "");
    }
    engine_stop(process->engine);
}

/* --- What the engine calls. --- */

static void process_on_cpuid(void *data) {
    static const enum engine_register ids[] = {ENGINE_RAX, ENGINE_RBX, ENGINE_RCX, ENGINE_RDX};
    struct process *process = data;
    struct cpuid_execution *execution = &process->trace[process->trace_first];
    uint64_t rax = process_register(process, ENGINE_RAX);
    uint64_t rcx = process_register(process, ENGINE_RCX);
    uint64_t out[4];
    void *outs[] = {&out[0], &out[1], &out[2], &out[3]};
    uint32_t leaf = (uint32_t)rax;

    if (process->ended || process->stops)
        return;
    execution += process->state.trace_count;
    if (process->state.trace_count - process->state.trace_call == GUEST_CPUIDS_MAX) {
        process_end(process, OBSERVATION_OUT_OF_BUDGET, "cpuid");
        return;
    }
    execution->leaf = leaf;
    execution->subleaf = (uint32_t)rcx;
    execution->address = process_register(process, ENGINE_RIP);
    process_event(process, execution->address, cpuid_is_hypervisor_leaf(leaf));
    execution->values = cpuid_lookup(&process->view, leaf, execution->subleaf);
    out[0] = execution->values.eax;
    out[1] = execution->values.ebx;
    out[2] = execution->values.ecx;
    out[3] = execution->values.edx;
    engine_write_all(process->engine, ids, outs, 4);
    process_query(process, execution);
    process_callers_cpuid(process, process->state.trace_count - process->state.trace_own);
    process->state.trace_count++;
    process->state.instructions += 32;
}

/* SYSCALL, which no i386 program may rely on: only some processors know it there. */
static void process_on_system_call(void *data) {
    struct process *process = data;

    if (process->ended || process->stops)
        return;
    process->pc = process_register(process, ENGINE_RIP);
    if (process->machine->mode == IMAGE_64)
        process_system_call(process, process->pc);
    else
        process_signal(process, 4, 2, process->pc);
}

static void process_on_block(void *data, uint64_t address, uint32_t size) {
    struct process *process = data;
    uint32_t instructions = (size + 3) / 4; /* about: four bytes each */
    uint8_t *flags;

    if (process->memory.faulted || process->memory.full || process->ended || process->stops) {
        engine_stop(process->engine);
        return;
    }
    process->block = address;
    process->block_size = size;
    process_callers_block(process, address, size);
    process_compared_block(process, address, size);
    if (address == process->main && !process->state.began) {
        process->state.began = true;
        process->state.trace_own = process->state.trace_count;
    }
    flags = memory_flags(&process->memory, address);
    if (!flags || !(*flags & MEMORY_EXECUTE)) {
        process->fault_address = process->end_address = process->pc = address;
        process_signal(process, 11, 2, address);
        engine_stop(process->engine);
        return;
    }
    *flags |= MEMORY_RAN;
    if (address == process->resumes_at)
        instructions = 0;
    process->resumes_at = 0;
    if (process->coverage && process->state.asked)
        guest_coverage_add(process->coverage, &process->covered, address);
    process->state.instructions += instructions;
    process->budget -= instructions;
    process->state.quantum -= instructions;
    if (process->budget < 0) {
        process->end_address = address;
        process_end(process, OBSERVATION_OUT_OF_BUDGET, NULL);
    } else if (process->state.quantum < 0) {
        process->state.quantum = PROCESS_QUANTUM;
        if (process->state.threads_alive > 1 || process_timers_due(process)) {
            process->reschedules = true;
            process->pc = address;
            process_stop(process);
        }
    }
}

/* Processor exceptions that have a signal. */
static void process_on_exception(void *data, uint32_t number) {
    static const struct {
        uint32_t exception;
        int signal, code;
        enum observation_end end;
    } rows[] = {
        {0, 8, 1, OBSERVATION_UNDEFINED},     /* division: SIGFPE, FPE_INTDIV */
        {3, 5, 0x80, OBSERVATION_UNDEFINED},  /* INT3: SIGTRAP */
        {4, 11, 0x80, OBSERVATION_UNDEFINED}, /* INTO */
        {6, 4, 2, OBSERVATION_UNDEFINED},     /* UD2: SIGILL */
        {16, 8, 7, OBSERVATION_UNDEFINED},    /* x87 */
        {19, 8, 7, OBSERVATION_UNDEFINED},    /* SSE */
    };
    struct process *process = data;

    if (process->ended || process->stops)
        return;
    if (number == SYSTEM_INTERRUPT && process->machine->mode == IMAGE_32) { /* RIP is behind it */
        process_system_call(process, process_register(process, ENGINE_RIP) - 2);
        return;
    }
    process->end_address = process->pc = process_register(process, ENGINE_RIP);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].exception == number) {
            process_signal(process, rows[i].signal, rows[i].code, process->pc);
            return;
        }
    }
    process->end = OBSERVATION_FORBIDDEN;
    process_signal(process, 11, 0x80, 0);
}

static void process_on_memory(void *data, const struct engine_fault *fault) {
    struct process *process = data;

    if (process->ended || process->memory.faulted)
        return;
    process->memory.faulted = true;
    process->memory.fault_address = fault->address;
    process->memory.fault_writes = fault->access == ENGINE_WRITES;
    if (fault->access == ENGINE_FETCHES)
        process->block = fault->address;
}

static void process_on_port(void *data) {
    process_signal(data, 11, 0x80, 0);
}

static bool process_add_hooks(struct process *process) {
    struct engine *engine = process->engine;

    return engine_hook_cpuid(engine, process_on_cpuid, process) &&
           engine_hook_syscall(engine, process_on_system_call, process) &&
           engine_hook_ports(engine, process_on_port, process) &&
           engine_hook_blocks(engine, process_on_block, process) &&
           engine_hook_interrupts(engine, process_on_exception, process) &&
           engine_hook_faults(engine, process_on_memory, process);
}

/* --- The run. --- */

/* The engine takes the instruction at RIP for none: it is none, it is one that a process must not
 * execute, such as a hypercall, or the engine lacks it. */
static void process_explain_invalid(struct process *process) {
    uint8_t undefined[] = {0x0b, 0xb9, 0xff}; /* UD2, UD1, UD0 */
    uint64_t address = process_register(process, ENGINE_RIP);
    enum disassembly_class class = DISASSEMBLY_UNKNOWN;
    const uint8_t *code = NULL;
    size_t size = DISASSEMBLY_INSTRUCTION_MAX;
    unsigned length;

    while (size > 0 && !(code = memory_readable(&process->memory, address, size)))
        size--;
    process->end_address = process->pc = address;
    if (size >= 2 && !(code[0] == 0x0f && memchr(undefined, code[1], sizeof undefined)))
        class = disassembly_classify(process->disassembly, code, size, address, &length);
    if (class == DISASSEMBLY_FORBIDDEN)
        process->end = OBSERVATION_FORBIDDEN;
    if (class == DISASSEMBLY_UNKNOWN || class == DISASSEMBLY_UNDEFINED ||
        class == DISASSEMBLY_FORBIDDEN)
        process_signal(process, 4, 2, address);
    else
        process_end(process, OBSERVATION_UNSUPPORTED,
                    disassembly_mnemonic(process->disassembly, code, size, address));
}

/* Of others the system tells no address. */
static bool process_is_canonical(uint64_t address) {
    return (address & ~(UINT64_MAX >> 17)) == 0 || address >= UINT64_MAX << 47;
}

/* The engine came back without a word from a hook. */
static void process_explain(struct process *process, enum engine_end ended) {
    struct memory *memory = &process->memory;

    process->end_address = process->pc = process->block;
    if (memory->full) {
        process_end(process, OBSERVATION_OUT_OF_BUDGET, "memory");
    } else if (memory->faulted) {
        process->fault_address = memory->fault_address;
        process->end = process->block == memory->fault_address ? OBSERVATION_FETCH_FAULT
                       : memory->fault_writes                  ? OBSERVATION_FOREIGN_WRITE
                                                               : OBSERVATION_READ_FAULT;
        if (process_is_canonical(memory->fault_address))
            process_signal(process, 11, 1, memory->fault_address);
        else
            process_signal(process, 11, 0x80, 0);
    } else if (ended == ENGINE_INVALID || ended == ENGINE_EXCEPTION) {
        process_explain_invalid(process);
    } else {
        process_end(process, OBSERVATION_HARNESS_FAILURE,
                    ended == ENGINE_STOPPED ? "the engine stopped" : engine_error(process->engine));
    }
}

void process_engine_run(struct process *process) {
    process->stops = process->reschedules = false;
    while (!process->ended) {
        enum engine_end ended = engine_run(process->engine, process->pc, PROCESS_NOWHERE);

        if (process->ended)
            break;
        if (process_repair(process) ||
            (ended == ENGINE_INVALID && !process->stops && process_missing(process)))
            continue;
        if (process->memory.faulted || process->memory.full || !process->stops)
            process_explain(process, ended);
        process->stops = false;
        if (!process->ended && process->reschedules)
            process_switch(process);
        process->reschedules = false;
        if (!process->ended)
            process_signals_deliver(process);
    }
}

/* --- Opening. --- */

static void process_forget(void *context, uint64_t first, uint64_t last) {
    struct process *process = context;

    engine_forget(process->engine, first, last);
}

static bool process_map_arenas(struct process *process) {
    bool accepts = true;

    for (size_t i = 0; i < process->memory.arenas_count && accepts; i++) {
        struct memory_arena *arena = &process->memory.arenas[i];

        accepts = engine_map(process->engine, arena->first, arena->pages * MEMORY_PAGE,
                             ENGINE_MAY_ALL, arena->host);
    }
    return accepts;
}

static bool process_make_states(struct process *process) {
    process->scratch = engine_state_new(process->engine);
    for (size_t i = 0; i < PROCESS_THREADS && process->scratch; i++) {
        process->contexts[i] = engine_state_new(process->engine);
        if (!process->contexts[i])
            return false;
    }
    return process->scratch != NULL;
}

bool process_engine_open(struct process *process, struct errors *errors) {
    if (!guest_room(errors))
        return false;
    process->engine = engine_open(process->machine->mode, true, errors);
    if (!process->engine)
        return false;
    process->memory.forget = process_forget;
    process->memory.context = process;
    process->disassembly = disassembly_open(process->machine->mode);
    if (!process_map_arenas(process) || !process_make_states(process) || !process->disassembly)
        return errors_add(errors, NULL, 0, 0, "the engine refuses a process's memory: %s",
                          engine_error(process->engine));
    if (!process_enter_user(process))
        return errors_add(errors, NULL, 0, 0, "the engine does not enter ring 3");
    return process_add_hooks(process) ||
           errors_add(errors, NULL, 0, 0, "the engine refuses a hook");
}

void process_engine_close(struct process *process) {
    for (size_t i = 0; i < PROCESS_THREADS; i++)
        engine_state_free(process->contexts[i]);
    engine_state_free(process->scratch);
    engine_close(process->engine);
    disassembly_close(process->disassembly);
    free(process->specials);
    free(process->system_page);
}
