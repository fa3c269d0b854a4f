/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/internal.h"

#include <string.h>

/* Instructions, what CPUIDs cost beyond one, and putting back the pages first written in this call.
 */
static uint64_t guest_cost(const struct guest *guest) {
    return (uint64_t)(guest_budget(guest) - guest->budget) +
           32 * (guest->trace.count - guest->trace.call) +
           256 * (guest->dirty.count - guest->dirty.before);
}

/* Stores that a hook watches; instructions that may store; calls of what is provided; pages of
 * stack that are looked through; code there, which is translated anew. In instructions, as measured
 * on the engine that takes longest for each. */
static uint64_t guest_extra(const struct guest *guest) {
    enum { STORE = 20, STORING = 60, PROVIDED = 150, PAGE = 45, STACK_CODE = 5000 };

    return STORE * guest->seen.stores + STORING * guest->seen.storing +
           PROVIDED * guest->seen.provided + PAGE * guest_stack_pages(guest) +
           (guest->image->runs_stack && guest->seen.wrote ? STACK_CODE : 0);
}

/* Field by field: zeroing the whole first would cost more than all that is noted. */
static void guest_record(struct guest *guest) {
    struct observation *observation = &guest->batch.observations[guest->batch.job];
    bool returned = guest->seen.end == OBSERVATION_RETURNED;

    if (guest->nested.into)
        guest_callers_end(guest);
    observation->end = guest->seen.end;
    observation->state = guest->seen.state;
    observation->answer = observation->value = 0;
    observation->end_address = returned ? 0 : guest->seen.end_address;
    observation->fault_address = guest->seen.fault_address;
    observation->fault_argument = returned ? 0 : guest_call_fault_argument(guest);
    observation->end_name = guest->seen.end_name;
    observation->cost = guest_cost(guest);
    observation->extra = guest_extra(guest);
    observation->clock_address = guest->seen.clock_address;
    observation->boot_trace = guest->trace.list + guest->trace.boot;
    observation->boot_count = guest->trace.call - guest->trace.boot;
    observation->trace = guest->trace.list + guest->trace.call;
    observation->count = guest->trace.count - guest->trace.call;
}

void guest_context_load(struct guest *guest, unsigned garbage) {
    engine_state_restore(guest->engine, guest->states[garbage]);
    guest->context = garbage;
    guest->changed_system = false;
}

/* Starts the boot of the job in hand: everything as loaded. */
void guest_boot(struct guest *guest) {
    const struct guest_job *job = &guest->batch.jobs[guest->batch.job];

    guest->batch.boot_job = guest->batch.job;
    guest_memory_restore(guest);
    if (guest->changed_system || guest->context != job->garbage)
        guest_context_load(guest, job->garbage);
    guest->view = cpuid_view(job->table, job->changes, job->changes_count);
    guest->trace.boot = guest->trace.count;
    guest->boot.state = 0;
    guest->boot.cost = guest->boot.extra = 0;
    guest->boot.fault_address = guest->boot.clock_address = 0;
    guest->clock_ticks = 0;
    guest_undefined_boot(guest);
    guest_heap_boot(guest);
    guest->token = 0;
    guest->answer_written = false;
    guest->seen.end = OBSERVATION_RETURNED;
    guest->batch.call = 0;
    if (job->mark != 0)
        guest_mark_restore(guest, job->mark);
}

void guest_boot_go_on(struct guest *guest) {
    const struct guest_job *job = &guest->batch.jobs[0];

    guest->batch.boot_job = 0;
    guest->view = cpuid_view(job->table, job->changes, job->changes_count);
    guest->trace.boot = 0;
}

/* Sets the machine up for the next call. False: the batch is done. */
static bool guest_next(struct guest *guest) {
    bool is_question = guest->batch.call == guest->calls_count;
    uint64_t function;

    if (guest->batch.job == guest->batch.jobs_count)
        return false;
    function = is_question ? guest->setup->entry : guest->calls[guest->batch.call];
    if (guest->batch.call >= guest->resolving_count)
        function = guest_indirect_function(guest, function);
    guest_call_prepare(guest, function, is_question);
    return true;
}

/* A resolver, constructor or `before` function came back: the boot's first question answers for it.
 */
static void guest_keep_boot(struct guest *guest) {
    if (guest->batch.call < guest->resolving_count)
        guest_indirect_resolved(guest, guest->batch.call);
    guest->boot.state |= guest->seen.state;
    guest->boot.cost += guest_cost(guest);
    guest->boot.extra += guest_extra(guest);
    if (guest->boot.fault_address == 0)
        guest->boot.fault_address = guest->seen.fault_address;
    if (guest->boot.clock_address == 0)
        guest->boot.clock_address = guest->seen.clock_address;
    guest->batch.call++;
}

static void guest_add_boot(struct guest *guest, struct observation *observation) {
    observation->state |= guest->boot.state;
    observation->cost += guest->boot.cost;
    observation->extra += guest->boot.extra;
    if (observation->fault_address == 0)
        observation->fault_address = guest->boot.fault_address;
    if (guest->boot.clock_address != 0)
        observation->clock_address = guest->boot.clock_address;
    guest->boot.state = 0;
    guest->boot.cost = guest->boot.extra = 0;
    guest->boot.fault_address = guest->boot.clock_address = 0;
}

/* The boot died: what it was still to be asked, it was not. */
static void guest_skip_boot(struct guest *guest) {
    const struct observation *dead = &guest->batch.observations[guest->batch.job - 1];

    while (guest->batch.job < guest->batch.jobs_count &&
           guest->batch.jobs[guest->batch.job].continues) {
        struct observation *observation = &guest->batch.observations[guest->batch.job++];

        *observation = *dead;
        observation->state |= OBSERVATION_IN_BOOT;
        observation->boot_count += observation->count;
        observation->trace += observation->count;
        observation->count = 0;
        observation->cost = observation->extra = 0;
    }
}

/* The call in hand came to an end, one way or the other: notes what it showed and moves on. */
static void guest_finish(struct guest *guest) {
    struct observation *observation = &guest->batch.observations[guest->batch.job];
    bool failed = guest->seen.end != OBSERVATION_RETURNED;
    bool is_question = guest->batch.call == guest->calls_count;

    guest->batch.in_call = false;
    if (guest->uses_out && !guest_out_clean(guest))
        guest->seen.state |= OBSERVATION_WROTE_FOREIGN;
    if (!guest_thread_is_whole(guest)) {
        if (guest->seen.fault_address == 0)
            guest->seen.fault_address = guest->layout.thread;
        guest->seen.state |= OBSERVATION_WROTE_FOREIGN;
    }
    if (!failed)
        guest->seen.state |= guest_call_state(guest);
    guest_stack_clean(guest);
    if (!is_question && !failed) {
        guest_keep_boot(guest);
        return;
    }
    guest_record(guest);
    guest_add_boot(guest, observation);
    if (!is_question)
        observation->state |= OBSERVATION_IN_BOOT;
    else if (!failed)
        guest_call_answer(guest, observation);
    guest->batch.job++;
    if (failed)
        guest_skip_boot(guest);
    guest->seen.end = OBSERVATION_RETURNED; /* the hooks are to work for the next call */
    if (guest->batch.job < guest->batch.jobs_count &&
        !guest->batch.jobs[guest->batch.job].continues)
        guest_boot(guest);
}

void guest_trap(struct guest *guest) {
    if (guest->batch.in_call)
        guest_finish(guest);
    if (!guest_next(guest))
        guest_trap_leave(guest, guest->trap_entered, guest->layout.exit);
}

/* The word at a stack address, counted from SS; false: nothing readable is there. */
static bool guest_stack_word(const struct guest *guest, uint64_t stack, uint64_t *word) {
    const struct guest_region *region;

    *word = 0;
    stack += guest->layout.code_base;
    region = guest_memory_region(guest, stack);
    if (!region || !(region->permissions & ENGINE_MAY_READ) ||
        region->address + region->size - stack < guest->word)
        return false;
    memcpy(word, region->host + (stack - region->address), guest->word);
    return true;
}

/* Direct (E8), or through a register or memory (FF /2, two to seven bytes). */
bool guest_follows_call(const struct guest *guest, uint64_t address) {
    const struct guest_region *region = guest_memory_region(guest, address);
    uint64_t before = region ? address - region->address : 0;
    const uint8_t *code = region ? region->host + before : NULL;
    uint64_t near = guest->word == 2 ? 3 : 5;

    if (!region || !(region->permissions & ENGINE_MAY_EXECUTE))
        return false;
    if (before >= near && code[-(int64_t)near] == 0xe8)
        return true;
    for (int64_t size = 2; size <= 7 && (uint64_t)size <= before; size++) {
        if (code[-size] == 0xff && (code[1 - size] >> 3 & 7) == 2)
            return true;
    }
    return false;
}

/* Whether the address that execution ended at is what a RET popped: the word just below the stack
 * pointer, if anything was ever pushed there, and unless a CALL has just pushed the one above it.
 */
static bool guest_was_popped(const struct guest *guest, uint64_t address) {
    uint64_t stack = 0, popped, pushed;

    engine_read(guest->engine, guest_register_ids(guest)[GUEST_SP], &stack);
    if (guest->word == 2)
        stack &= 0xffff;
    if (guest_stack_word(guest, stack, &pushed) &&
        guest_follows_call(guest, pushed + guest->layout.code_base))
        return false;
    return !guest_stack_untouched(guest, stack - guest->word + guest->layout.code_base) &&
           guest_stack_word(guest, stack - guest->word, &popped) &&
           popped + guest->layout.code_base == address;
}

/* The engine gave up on an instruction. The processor has more of them than the engine: what is not
 * known to be refused is taken for valid, except on purpose (UD2). */
static void guest_explain_exception(struct guest *guest, enum engine_end ended, uint64_t address) {
    uint8_t bytes[DISASSEMBLY_INSTRUCTION_MAX];
    size_t available = guest_memory_code(guest, address, bytes);
    unsigned length;

    guest->seen.end = OBSERVATION_UNDEFINED;
    guest->seen.end_name = disassembly_mnemonic(guest->disassembly, bytes, available, address);
    if (ended == ENGINE_INVALID && strncmp(guest->seen.end_name, "ud", 2) != 0 &&
        disassembly_classify(guest->disassembly, bytes, available, address, &length) !=
            DISASSEMBLY_UNDEFINED)
        guest->seen.end = OBSERVATION_UNSUPPORTED;
}

/* The engine came back in mid-call without a word from a hook. */
static void guest_explain(struct guest *guest, enum engine_end ended, uint64_t address) {
    if (!guest_memory_region(guest, address)) {
        guest->seen.end = OBSERVATION_FETCH_FAULT; /* a jump to the batch's own exit */
        guest->seen.fault_address = address;
    } else if (ended == ENGINE_INVALID || ended == ENGINE_EXCEPTION) {
        guest_explain_exception(guest, ended, address);
    } else if (ended == ENGINE_STOPPED) {
        guest->seen.end = OBSERVATION_FORBIDDEN;
        guest->seen.end_name = "hlt";
    } else {
        guest->seen.end = OBSERVATION_HARNESS_FAILURE;
        guest->seen.end_name = engine_error(guest->engine);
    }
}

/* On a fault the engine's program counter is stale, by as many blocks as it had chained. So a block
 * that faults for the first time gets hooks, which tell the instruction. False: it has them. */
static bool guest_hooks_fault(struct guest *guest) {
    uint64_t first = guest->code.address, last = first + guest->code.size - 1;

    if (!guest->seen.faulted || guest->code.size == 0 || !guest_special_add(guest, first, last))
        return false;
    if (guest->specials.full)
        guest_special_clear(guest);
    else
        engine_forget(guest->engine, first, first + IMAGE_PAGE);
    return true;
}

/* Whether the boot is run again because of what is known now: all of it is as it was but for what
 * the hooks note, and for more of the stack. */
static bool guest_runs_again(struct guest *guest) {
    if (!guest->seen.stack_opened && !guest_hooks_fault(guest))
        return false;
    guest->seen.stack_opened = false;
    if (guest->batch.is_continued && guest->batch.boot_job == 0) {
        guest->batch.starts_over = true;
        return false;
    }
    guest->batch.in_call = false;
    guest->batch.job = guest->batch.boot_job;
    guest->trace.count = guest->trace.boot;
    guest_stack_clean(guest);
    guest_boot(guest);
    return true;
}

/* The engine came back in mid-call: why, and on with the next. False: the batch is done. */
bool guest_resume(struct guest *guest, enum engine_end ended) {
    uint64_t address = guest_program_counter(guest);

    if (guest_runs_again(guest)) {
        guest_context_load(guest, guest->context);
        return true;
    }
    if (guest->seen.end == OBSERVATION_RETURNED)
        guest_explain(guest, ended, address);
    if (guest->seen.end == OBSERVATION_FETCH_FAULT &&
        guest_was_popped(guest, guest->seen.fault_address))
        guest->seen.state |= OBSERVATION_STACK_MOVED;
    if (guest->seen.end_address == 0)
        guest->seen.end_address = address;
    guest_context_load(guest, guest->context);
    guest_finish(guest);
    return guest->batch.job < guest->batch.jobs_count;
}
