/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest_internal.h"

#include <string.h>

void guest_stop(struct guest *guest, enum observation_end end, const char *name) {
    if (guest->end == OBSERVATION_RETURNED) {
        guest->end = end;
        guest->end_name = name;
    }
    uc_emu_stop(guest->uc);
}

/* Whether the guest's code may still go on; what was stopped in a hook runs to its block's end. */
static bool guest_is_stopped(const struct guest *guest) {
    return guest->end != OBSERVATION_RETURNED;
}

static void guest_record(struct guest *guest) {
    struct observation *observation = &guest->observations[guest->job];

    *observation = (struct observation){
        .end = guest->end,
        .end_name = guest->end_name,
        .end_address = guest->end == OBSERVATION_RETURNED ? 0 : guest->end_address,
        .fault_address = guest->fault_address,
        .clock_address = guest->clock_address,
        .state = guest->state,
        .cost = (uint64_t)(guest_budget(guest) - guest->budget) + 256 * guest->dirty_count,
        .boot_trace = guest->trace + guest->trace_boot,
        .boot_count = guest->trace_call - guest->trace_boot,
        .trace = guest->trace + guest->trace_call,
        .count = guest->trace_count - guest->trace_call,
    };
}

/* Starts the boot of the job in hand: everything as loaded. */
void guest_boot(struct guest *guest) {
    const struct guest_job *job = &guest->jobs[guest->job];

    guest_memory_restore(guest);
    guest_stack_prepare(guest, job->garbage);
    if (guest->changed_system) {
        uc_context_restore(guest->uc, guest->context);
        guest->changed_system = false;
    }
    guest->view = cpuid_view(job->table, job->changes, job->changes_count);
    guest->trace_boot = guest->trace_count;
    guest->state = 0;
    guest->fault_address = guest->clock_address = 0;
    guest->clock_ticks = 0;
    guest->boot_failed = false;
    guest->call = 0;
}

/* Sets the machine up for the next call. False: the batch is done. */
bool guest_next(struct guest *guest) {
    if (guest->job == guest->jobs_count)
        return false;
    if (guest->call < guest->calls_count) {
        guest_call_prepare(guest, guest->calls[guest->call], false);
    } else {
        guest_call_prepare(guest, guest->setup->entry, true);
    }
    return true;
}

/* The call in hand came to an end, one way or the other: notes what it showed and moves on. */
static void guest_finish(struct guest *guest) {
    struct observation *observation = &guest->observations[guest->job];
    bool failed = guest->end != OBSERVATION_RETURNED;
    bool is_question = guest->call == guest->calls_count;

    guest->in_call = false;
    if (is_question || failed) {
        guest_record(guest);
        if (!failed)
            guest_call_collect(guest, observation);
        if (!is_question)
            observation->state |= OBSERVATION_IN_BOOT;
    }
    guest_stack_clean(guest);
    if (!is_question && !failed) {
        guest->call++;
        return;
    }
    guest->job++;
    while (failed && guest->job < guest->jobs_count && guest->jobs[guest->job].continues) {
        /* The boot is dead: what it was still to be asked, it was not. */
        guest_record(guest);
        guest->observations[guest->job++].state |= OBSERVATION_IN_BOOT;
    }
    guest->end = OBSERVATION_RETURNED; /* the hooks are to work for the next call */
    if (guest->job < guest->jobs_count && !guest->jobs[guest->job].continues)
        guest_boot(guest);
}

static void guest_trap(struct guest *guest) {
    uint64_t exit = guest->layout.exit - guest->layout.code_base;

    if (guest->in_call)
        guest_finish(guest);
    if (!guest_next(guest))
        memcpy(guest->slot, &exit, guest->word);
}

static int guest_on_cpuid(uc_engine *uc, void *data) {
    static const int ids_64[] = {UC_X86_REG_RAX, UC_X86_REG_RCX, UC_X86_REG_RIP};
    static const int ids_32[] = {UC_X86_REG_EAX, UC_X86_REG_ECX, UC_X86_REG_EIP};
    struct guest *guest = data;
    uint64_t leaf = 0, subleaf = 0, address = 0, out[4];
    void *in[] = {&leaf, &subleaf, &address}, *pointers[] = {&out[0], &out[1], &out[2], &out[3]};
    struct cpuid_values values;

    uc_reg_read_batch(uc, (int *)(guest->word == 8 ? ids_64 : ids_32), in, 3);
    address += guest->layout.code_base;
    if (guest_is_stopped(guest))
        return 1;
    if (address == guest->layout.trap) {
        guest_trap(guest);
        return 1;
    }
    if (address - guest->image->import_area < guest->image->import_area_size) {
        guest_import_call(guest,
                          (size_t)((address - guest->image->import_area) / IMAGE_IMPORT_SIZE));
        return 1;
    }
    if (guest->trace_count - guest->trace_call >= GUEST_CPUIDS_MAX) {
        guest_stop(guest, OBSERVATION_OUT_OF_BUDGET, "cpuid");
        return 1;
    }
    values = cpuid_lookup(&guest->view, (uint32_t)leaf, (uint32_t)subleaf);
    guest->trace[guest->trace_count++] =
        (struct cpuid_execution){(uint32_t)leaf, (uint32_t)subleaf, values, address};
    out[0] = values.eax;
    out[1] = values.ebx;
    out[2] = values.ecx;
    out[3] = values.edx;
    {
        static const int out_64[] = {UC_X86_REG_RAX, UC_X86_REG_RBX, UC_X86_REG_RCX,
                                     UC_X86_REG_RDX};
        static const int out_32[] = {UC_X86_REG_EAX, UC_X86_REG_EBX, UC_X86_REG_ECX,
                                     UC_X86_REG_EDX};

        uc_reg_write_batch(uc, (int *)(guest->word == 8 ? out_64 : out_32), pointers, 4);
    }
    return 1;
}

static void guest_on_block(uc_engine *uc, uint64_t address, uint32_t size, void *data) {
    struct guest *guest = data;
    const struct guest_block *block;

    if (address == guest->layout.trap ||
        address - guest->image->import_area < guest->image->import_area_size)
        return;
    block = guest_block_find(guest, address, size);
    if (guest->special) {
        uc_emu_stop(uc); /* guest_run goes on behind it, with the hook in place */
        return;
    }
    if (!block)
        return;
    guest->changed_system |= block->changes_system;
    guest->budget -= block->instructions;
    if (guest->budget < 0)
        guest_stop(guest, OBSERVATION_OUT_OF_BUDGET, NULL);
}

static void guest_on_write(uc_engine *uc, uc_mem_type type, uint64_t address, int size,
                           int64_t value, void *data) {
    (void)uc;
    (void)type;
    (void)value;
    guest_memory_wrote(data, address, (size_t)size);
}

static bool guest_on_fault(uc_engine *uc, uc_mem_type type, uint64_t address, int size,
                           int64_t value, void *data) {
    struct guest *guest = data;

    (void)uc;
    (void)size;
    (void)value;
    if (guest->end == OBSERVATION_RETURNED) {
        guest->fault_address = address;
        guest->end = guest_memory_fault(guest, type, address);
    }
    return false;
}

/* A clock or random read must not make the report differ from run to run: the guest gets a counter
 * that starts afresh at each boot, and goes on behind the instruction. */
static void guest_answer_clock(struct guest *guest, uint64_t address, unsigned length,
                               bool is_random) {
    uint64_t ticks = ++guest->clock_ticks * 1000ull, high = 0, flags = 0, next;
    const int *ids = guest_register_ids(guest);

    next = address - guest->layout.code_base;
    if (guest->clock_address == 0)
        guest->clock_address = address;
    guest->state |= OBSERVATION_CLOCK_READ;
    uc_reg_write(guest->uc, ids[GUEST_AX], &ticks);
    if (is_random) {
        uc_reg_read(guest->uc, UC_X86_REG_EFLAGS, &flags);
        flags |= 1; /* CF: a number was available */
        uc_reg_write(guest->uc, UC_X86_REG_EFLAGS, &flags);
    } else {
        uc_reg_write(guest->uc, ids[GUEST_DX], &high);
    }
    next += length;
    uc_reg_write(guest->uc, guest->word == 8 ? UC_X86_REG_RIP : UC_X86_REG_EIP, &next);
}

/* Fires ahead of an instruction that was found to need care; code that writes itself may have put
 * another one there since. */
static void guest_on_special(uc_engine *uc, uint64_t address, uint32_t size, void *data) {
    struct guest *guest = data;
    const struct guest_region *region = guest_memory_region(guest, address);
    const uint8_t *bytes;
    size_t available;
    unsigned length;
    const char *name;

    (void)uc;
    (void)size;
    if (!region)
        return;
    bytes = region->host + (address - region->address);
    available = region->size - (size_t)(address - region->address);
    name = disassembly_mnemonic(guest->disassembly, bytes, available, address);
    switch (disassembly_classify(guest->disassembly, bytes, available, address, &length)) {
    case DISASSEMBLY_FORBIDDEN:
        guest_stop(guest, OBSERVATION_FORBIDDEN, name);
        break;
    case DISASSEMBLY_CLOCK:
        guest_answer_clock(guest, address, length, name && name[2] == 'r');
        break;
    default:
        break;
    }
}

bool guest_hooks_add_special(struct guest *guest, uint64_t address) {
    uc_hook hook;

    for (size_t i = 0; i < guest->specials_count; i++) {
        if (guest->specials[i] == address)
            return false;
    }
    if (guest->specials_count == GUEST_SPECIALS_MAX ||
        uc_hook_add(guest->uc, &hook, UC_HOOK_CODE, (void *)guest_on_special, guest, address,
                    address) != UC_ERR_OK) {
        guest_stop(guest, OBSERVATION_HARNESS_FAILURE, "too many instructions that need care");
        return false;
    }
    guest->specials[guest->specials_count++] = address;
    return true;
}

bool guest_hooks_add(struct guest *guest, struct errors *errors) {
    const struct {
        int type;
        void *callback;
        uint64_t first, last;
        int instruction;
        bool wanted;
    } hooks[] = {
        {UC_HOOK_INSN, (void *)guest_on_cpuid, 1, 0, UC_X86_INS_CPUID, true},
        {UC_HOOK_BLOCK, (void *)guest_on_block, 1, 0, 0, true},
        {UC_HOOK_MEM_INVALID, (void *)guest_on_fault, 1, 0, 0, true},
        /* Any write hook makes every store slower, so only where there is something to watch. */
        {UC_HOOK_MEM_WRITE, (void *)guest_on_write, guest->write_first, guest->write_last, 0,
         guest->dirty_capacity > 0},
    };

    for (size_t i = 0; i < sizeof hooks / sizeof hooks[0]; i++) {
        uc_hook hook;
        uc_err error = UC_ERR_OK;

        if (hooks[i].wanted)
            error = uc_hook_add(guest->uc, &hook, hooks[i].type, hooks[i].callback, guest,
                                hooks[i].first, hooks[i].last, hooks[i].instruction);
        if (error != UC_ERR_OK)
            return errors_add(errors, NULL, 0, 0, "the engine refuses a hook: %s",
                              uc_strerror(error));
    }
    return true;
}

/* Whether the address that execution ended at is what a RET popped: the word just below the stack
 * pointer. */
static bool guest_was_popped(const struct guest *guest, uint64_t address) {
    uint64_t stack = 0, popped = 0;
    const struct guest_region *region;

    uc_reg_read(guest->uc, guest_register_ids(guest)[GUEST_SP], &stack);
    if (guest->word == 2)
        stack &= 0xffff;
    stack += guest->layout.code_base - guest->word;
    region = guest_memory_region(guest, stack);
    if (!region || !(region->permissions & UC_PROT_READ) ||
        region->address + region->size - stack < guest->word)
        return false;
    memcpy(&popped, region->host + (stack - region->address), guest->word);
    return popped + guest->layout.code_base == address;
}

/* The engine came back in mid-call: why, and on with the next. False: the batch is done. */
bool guest_resume(struct guest *guest, uc_err error) {
    uint64_t address = 0;
    const uint8_t *bytes;
    size_t available;
    unsigned length;
    const struct guest_region *region;

    uc_reg_read(guest->uc, guest->word == 8 ? UC_X86_REG_RIP : UC_X86_REG_EIP, &address);
    address += guest->layout.code_base;
    region = guest_memory_region(guest, address);
    if (guest->end == OBSERVATION_RETURNED) {
        bytes = region ? region->host + (address - region->address) : NULL;
        available = region ? region->size - (size_t)(address - region->address) : 0;
        if (error == UC_ERR_OK || !bytes) {
            guest->end = OBSERVATION_FETCH_FAULT; /* it jumped to the batch's own exit */
            guest->fault_address = address;
        } else if (error == UC_ERR_INSN_INVALID || error == UC_ERR_EXCEPTION) {
            guest->end_name = disassembly_mnemonic(guest->disassembly, bytes, available, address);
            guest->end = OBSERVATION_UNDEFINED;
            if (error == UC_ERR_INSN_INVALID && guest->end_name &&
                strncmp(guest->end_name, "ud", 2) != 0 &&
                disassembly_classify(guest->disassembly, bytes, available, address, &length) !=
                    DISASSEMBLY_UNKNOWN)
                guest->end = OBSERVATION_UNSUPPORTED;
        } else {
            guest->end = OBSERVATION_HARNESS_FAILURE;
            guest->end_name = uc_strerror(error);
        }
    }
    if (guest->end == OBSERVATION_FETCH_FAULT && guest_was_popped(guest, guest->fault_address))
        guest->state |= OBSERVATION_STACK_MOVED;
    guest->end_address = address;
    uc_context_restore(guest->uc, guest->context);
    guest_finish(guest);
    return guest->job < guest->jobs_count;
}
