/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/internal.h"

#include <string.h>

void guest_stop(struct guest *guest, enum observation_end end, const char *name) {
    if (guest->end == OBSERVATION_RETURNED) {
        guest->end = end;
        guest->end_name = name;
    }
    uc_emu_stop(guest->uc);
}

void guest_go_on_at(struct guest *guest, uint64_t address) {
    guest->restarts = true;
    guest->restart = address;
    uc_emu_stop(guest->uc);
}

/* The call has used up what it may execute. */
static void guest_stop_spent(struct guest *guest, const char *what) {
    if (guest_stack_recurses(guest))
        guest_stop(guest, OBSERVATION_STACK_OVERFLOW, "recursion without end");
    else
        guest_stop(guest, OBSERVATION_OUT_OF_BUDGET, what);
}

/* Whether the guest's code may still go on; what was stopped in a hook runs to its block's end. */
static bool guest_is_stopped(const struct guest *guest) {
    return guest->end != OBSERVATION_RETURNED;
}

/* Real-mode code may load CS, and then goes by it. */
uint64_t guest_program_counter(struct guest *guest) {
    uint64_t address = 0;
    uint16_t segment = 0;

    if (guest->word == 8) {
        uc_reg_read(guest->uc, UC_X86_REG_RIP, &address);
        return address;
    }
    uc_reg_read(guest->uc, UC_X86_REG_EIP, &address);
    if (guest->word == 2) {
        uc_reg_read(guest->uc, UC_X86_REG_CS, &segment);
        address += (uint64_t)segment << 4;
    }
    return address;
}

/* Executed by the probe: leaf and subleaf come in EAX and ECX. */
static void guest_answer_cpuid(struct guest *guest, uint32_t leaf, uint32_t subleaf,
                               uint64_t address) {
    static const int ids_64[] = {UC_X86_REG_RAX, UC_X86_REG_RBX, UC_X86_REG_RCX, UC_X86_REG_RDX};
    static const int ids_32[] = {UC_X86_REG_EAX, UC_X86_REG_EBX, UC_X86_REG_ECX, UC_X86_REG_EDX};
    struct cpuid_execution *execution = &guest->trace[guest->trace_count];
    /* All 64 bits: a write of EAX alone keeps the upper half, which hardware clears. */
    uint64_t out[4];
    void *pointers[] = {&out[0], &out[1], &out[2], &out[3]};

    if (guest->trace_count >= guest->trace_limit) {
        guest->end_address = address;
        guest_stop_spent(guest, "cpuid");
        return;
    }
    if (guest->nested.into)
        guest_callers_cpuid(guest, guest->trace_count);
    guest->trace_count++;
    execution->leaf = leaf;
    execution->subleaf = subleaf;
    execution->address = address;
    execution->values = cpuid_lookup(&guest->view, leaf, subleaf);
    out[0] = execution->values.eax;
    out[1] = execution->values.ebx;
    out[2] = execution->values.ecx;
    out[3] = execution->values.edx;
    uc_reg_write_batch(guest->uc, (int *)(guest->word == 8 ? ids_64 : ids_32), pointers, 4);
    if (guest->jobs[guest->job].interrupted && guest_may_be_interrupted(guest->setup))
        guest_stack_interrupt(guest);
}

/* Where the CPUID that is being executed stands: most blocks have one at most. */
static uint64_t guest_cpuid_address(struct guest *guest) {
    return guest->block_cpuid != 0 ? guest->block_cpuid : guest_program_counter(guest);
}

static int guest_on_cpuid(uc_engine *uc, void *data) {
    static const int ids_64[] = {UC_X86_REG_RAX, UC_X86_REG_RCX};
    static const int ids_32[] = {UC_X86_REG_EAX, UC_X86_REG_ECX};
    struct guest *guest = data;
    uint64_t leaf = 0, subleaf = 0, address;
    void *pointers[] = {&leaf, &subleaf};

    if (guest_is_stopped(guest))
        return 1;
    if (guest->at_trap) {
        guest->at_trap = false;
        guest_trap(guest);
        return 1;
    }
    if (guest->at_callback) {
        guest_callback_called(guest);
        return 1;
    }
    address = guest_cpuid_address(guest);
    if (guest_is_import(guest, address)) {
        guest_import_call(guest,
                          (size_t)((address - guest->image->import_area) / IMAGE_IMPORT_SIZE));
        return 1;
    }
    uc_reg_read_batch(uc, (int *)(guest->word == 8 ? ids_64 : ids_32), pointers, 2);
    guest_answer_cpuid(guest, (uint32_t)leaf, (uint32_t)subleaf, address);
    return 1;
}

/* Fires ahead of each block: the one hook that sees all code. */
static void guest_on_block(uc_engine *uc, uint64_t address, uint32_t size, void *data) {
    struct guest *guest = data;
    const struct guest_block *block = NULL;

    (void)uc;
    if (guest_is_trap(guest, address)) {
        if (!guest_trap_enter(guest, address)) {
            guest->fault_address = guest->end_address = address;
            guest_stop(guest, OBSERVATION_FETCH_FAULT, NULL);
        }
        return;
    }
    guest->at_trap = guest->at_callback = false;
    guest->block_address = guest->instruction = address;
    guest->block_size = size;
    if (!guest_is_import(guest, address)) {
        block = guest_block_find(guest, address, size);
        guest->wrote |= !block || block->writes;
        guest->pushed += block ? block->pushes : 0;
        guest->storing += block ? block->stores : 0;
    }
    guest->block_cpuid = block ? block->cpuid : 0;
    if (guest->retranslate) {
        guest_go_on_at(guest, address);
        return;
    }
    if (guest->coverage)
        guest_coverage_note(guest, address);
    if (guest->nested.into)
        guest_callers_block(guest, address, size);
    guest->changed_system |= block && block->changes_system;
    guest->budget -= block ? block->instructions : 1;
    if (guest->budget < 0) {
        guest->end_address = address;
        guest_stop_spent(guest, NULL);
    } else if (guest->budget < guest->endless.look && guest_endless_look(guest, block)) {
        guest->end_address = address;
        guest_stop_spent(guest, NULL);
    }
}

static void guest_on_write(uc_engine *uc, uc_mem_type type, uint64_t address, int size,
                           int64_t value, void *data) {
    struct guest *guest = data;

    (void)uc;
    (void)type;
    (void)value;
    guest->stores++;
    guest_memory_wrote(guest, address, (size_t)size);
}

static bool guest_on_fault(uc_engine *uc, uc_mem_type type, uint64_t address, int size,
                           int64_t value, void *data) {
    struct guest *guest = data;

    (void)uc;
    (void)size;
    (void)value;
    address = guest_quirk_address(&guest->quirks, address);
    if ((type == UC_MEM_WRITE_UNMAPPED || type == UC_MEM_READ_UNMAPPED) &&
        guest_stack_open(guest, address))
        return false; /* the boot is run again */
    if ((type == UC_MEM_WRITE_UNMAPPED || type == UC_MEM_READ_UNMAPPED) &&
        guest->end == OBSERVATION_RETURNED && guest_segment_opens(guest, address)) {
        guest->stack_opened = guest->in_call;
        return false;
    }
    if (type == UC_MEM_WRITE_PROT && guest->end == OBSERVATION_RETURNED &&
        guest_thread_opens(guest, address)) {
        guest->stack_opened = guest->in_call;
        return false;
    }
    if (type == UC_MEM_FETCH_PROT && guest->end == OBSERVATION_RETURNED &&
        guest_undefined_function(guest, address) != 0) {
        guest->restarts = guest->redirected = true;
        guest->restart = guest_undefined_function(guest, address);
        return false;
    }
    if (guest->end == OBSERVATION_RETURNED) {
        guest->fault_address = address;
        guest->end = guest_memory_fault(guest, type, address);
        guest->faulted = type != UC_MEM_FETCH_UNMAPPED && type != UC_MEM_FETCH_PROT;
        if (guest->faulted)
            guest->end_address = guest->instruction;
    }
    return false;
}

/* Where the answer's place is watched; 0: it is not. */
static uint64_t guest_answer_address(const struct guest *guest) {
    const struct guest_place *place = &guest->setup->answer;

    if (!guest->setup->may_be_unwritten)
        return 0;
    return place->kind == GUEST_OUT      ? guest_out_address(guest) + place->offset
           : place->kind == GUEST_MEMORY ? place->address
                                         : 0;
}

static void guest_on_answer(uc_engine *uc, uc_mem_type type, uint64_t address, int size,
                            int64_t value, void *data) {
    (void)uc;
    (void)type;
    (void)value;
    guest_answer_wrote(data, address, (size_t)size);
}

void guest_answer_wrote(struct guest *guest, uint64_t address, size_t size) {
    uint64_t answer = guest_answer_address(guest);

    if (answer != 0 && address < answer + guest->setup->answer.width && answer < address + size)
        guest->answer_written = true;
}

bool guest_hooks_add(struct guest *guest, struct errors *errors) {
    const uint64_t answer = guest_answer_address(guest);
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
         guest->write_last > 0},
        {UC_HOOK_MEM_WRITE, (void *)guest_on_write, guest->layout.tls, guest->layout.thread - 1, 0,
         guest->tls_pristine != NULL},
        {UC_HOOK_MEM_WRITE, (void *)guest_on_write, guest->layout.heap,
         guest->layout.heap + GUEST_HEAP_SIZE - 1, 0, guest->heap_pristine != NULL},
        {UC_HOOK_MEM_WRITE, (void *)guest_on_write, guest->layout.context,
         guest->layout.context + GUEST_CONTEXT_SIZE + IMAGE_PAGE - 1, 0,
         guest->context_pristine != NULL},
        {UC_HOOK_MEM_WRITE, (void *)guest_on_answer, answer - 63, answer + 7, 0, answer != 0},
    };

    for (size_t i = 0; i < sizeof hooks / sizeof hooks[0]; i++) {
        uc_hook hook;
        uc_err error = UC_ERR_OK;

        if (hooks[i].wanted)
            error = uc_hook_add(guest->uc, &hook, hooks[i].type, hooks[i].callback, guest,
                                hooks[i].first, hooks[i].last, hooks[i].instruction);
        if (error != UC_ERR_OK)
            return errors_fail(errors, "the engine refuses a hook: %s", uc_strerror(error));
    }
    return true;
}
