/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/internal.h"

#include <string.h>

void guest_stop(struct guest *guest, enum observation_end end, const char *name) {
    if (guest->seen.end == OBSERVATION_RETURNED) {
        guest->seen.end = end;
        guest->seen.end_name = name;
    }
    engine_stop(guest->engine);
}

void guest_go_on_at(struct guest *guest, uint64_t address) {
    guest->again.wanted = true;
    guest->again.address = address;
    engine_stop(guest->engine);
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
    return guest->seen.end != OBSERVATION_RETURNED;
}

/* Real-mode code may load CS, and then goes by it. */
uint64_t guest_program_counter(struct guest *guest) {
    uint64_t address = 0;
    uint16_t segment = 0;

    if (guest->word == 8) {
        engine_read(guest->engine, ENGINE_RIP, &address);
        return address;
    }
    engine_read(guest->engine, ENGINE_EIP, &address);
    if (guest->word == 2) {
        engine_read(guest->engine, ENGINE_CS, &segment);
        address += (uint64_t)segment << 4;
    }
    return address;
}

/* Executed by the probe: leaf and subleaf come in EAX and ECX. */
static void guest_answer_cpuid(struct guest *guest, uint32_t leaf, uint32_t subleaf,
                               uint64_t address) {
    static const enum engine_register ids_64[] = {ENGINE_RAX, ENGINE_RBX, ENGINE_RCX, ENGINE_RDX};
    static const enum engine_register ids_32[] = {ENGINE_EAX, ENGINE_EBX, ENGINE_ECX, ENGINE_EDX};
    struct cpuid_execution *execution = &guest->trace.list[guest->trace.count];
    /* All 64 bits: a write of EAX alone keeps the upper half, which hardware clears. */
    uint64_t out[4];
    void *pointers[] = {&out[0], &out[1], &out[2], &out[3]};

    if (guest->trace.count >= guest->trace.limit) {
        guest->seen.end_address = address;
        guest_stop_spent(guest, "cpuid");
        return;
    }
    if (guest->nested.into)
        guest_callers_cpuid(guest, guest->trace.count);
    guest->trace.count++;
    execution->leaf = leaf;
    execution->subleaf = subleaf;
    execution->address = address;
    execution->values = cpuid_lookup(&guest->view, leaf, subleaf);
    out[0] = execution->values.eax;
    out[1] = execution->values.ebx;
    out[2] = execution->values.ecx;
    out[3] = execution->values.edx;
    engine_write_all(guest->engine, guest->word == 8 ? ids_64 : ids_32, pointers, 4);
    if (guest->batch.jobs[guest->batch.job].interrupted && guest_may_be_interrupted(guest->setup))
        guest_stack_interrupt(guest);
}

/* Where the CPUID that is being executed stands: most blocks have one at most. */
static uint64_t guest_cpuid_address(struct guest *guest) {
    return guest->code.cpuid != 0 ? guest->code.cpuid : guest_program_counter(guest);
}

static void guest_on_cpuid(void *data) {
    static const enum engine_register ids_64[] = {ENGINE_RAX, ENGINE_RCX};
    static const enum engine_register ids_32[] = {ENGINE_EAX, ENGINE_ECX};
    struct guest *guest = data;
    uint64_t leaf = 0, subleaf = 0, address;
    void *pointers[] = {&leaf, &subleaf};

    if (guest_is_stopped(guest))
        return;
    if (guest->at_trap) {
        guest->at_trap = false;
        guest_trap(guest);
        return;
    }
    if (guest->at_callback) {
        guest_callback_called(guest);
        return;
    }
    address = guest_cpuid_address(guest);
    if (guest_is_import(guest, address)) {
        guest_import_call(guest,
                          (size_t)((address - guest->image->import_area) / IMAGE_IMPORT_SIZE));
        return;
    }
    engine_read_all(guest->engine, guest->word == 8 ? ids_64 : ids_32, pointers, 2);
    guest_answer_cpuid(guest, (uint32_t)leaf, (uint32_t)subleaf, address);
}

/* Fires ahead of each block: the one hook that sees all code. */
static void guest_on_block(void *data, uint64_t address, uint32_t size) {
    struct guest *guest = data;
    const struct guest_block *block = NULL;

    if (guest_is_trap(guest, address)) {
        if (!guest_trap_enter(guest, address)) {
            guest->seen.fault_address = guest->seen.end_address = address;
            guest_stop(guest, OBSERVATION_FETCH_FAULT, NULL);
        }
        return;
    }
    guest->at_trap = guest->at_callback = false;
    guest->code.address = guest->code.instruction = address;
    guest->code.size = size;
    if (!guest_is_import(guest, address)) {
        block = guest_block_find(guest, address, size);
        guest->seen.wrote |= !block || block->writes;
        guest->seen.pushed += block ? block->pushes : 0;
        guest->seen.storing += block ? block->stores : 0;
    }
    guest->code.cpuid = block ? block->cpuid : 0;
    if (guest->again.retranslates) {
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
        guest->seen.end_address = address;
        guest_stop_spent(guest, NULL);
    } else if (guest->budget < guest->endless.look && guest_endless_look(guest, block)) {
        guest->seen.end_address = address;
        guest_stop_spent(guest, NULL);
    }
}

static void guest_on_write(void *data, uint64_t address, uint32_t size) {
    struct guest *guest = data;

    guest->seen.stores++;
    guest_memory_wrote(guest, address, size);
}

/* True: what is missing was found, and the boot is run again. */
static bool guest_opens(struct guest *guest, const struct engine_fault *fault) {
    const bool lives = guest->seen.end == OBSERVATION_RETURNED;

    if (fault->access == ENGINE_FETCHES)
        return false;
    if (!fault->is_mapped && guest_stack_open(guest, fault->address))
        return true;
    if (!lives || !(fault->is_mapped ? fault->access == ENGINE_WRITES &&
                                           guest_thread_opens(guest, fault->address)
                                     : guest_segment_opens(guest, fault->address)))
        return false;
    guest->seen.stack_opened = guest->batch.in_call;
    return true;
}

static void guest_on_fault(void *data, const struct engine_fault *fault) {
    struct guest *guest = data;

    if (guest_opens(guest, fault) || guest->seen.end != OBSERVATION_RETURNED)
        return;
    if (fault->access == ENGINE_FETCHES && fault->is_mapped &&
        guest_undefined_function(guest, fault->address) != 0) {
        guest->again.wanted = guest->again.redirected = true;
        guest->again.address = guest_undefined_function(guest, fault->address);
        return;
    }
    guest->seen.fault_address = fault->address;
    guest->seen.end = guest_memory_fault(guest, fault->access, fault->address);
    guest->seen.faulted = fault->access != ENGINE_FETCHES;
    if (guest->seen.faulted)
        guest->seen.end_address = guest->code.instruction;
}

/* Where the answer's place is watched; 0: it is not. */
static uint64_t guest_answer_address(const struct guest *guest) {
    const struct guest_place *place = &guest->setup->answer;

    if (!guest->setup->may_be_unwritten)
        return 0;
    return place->kind == GUEST_OUT       ? guest_out_address(guest) + place->offset
           : place->kind == GUEST_CONTEXT ? guest->layout.context + place->offset
           : place->kind == GUEST_MEMORY  ? place->address
                                          : 0;
}

static void guest_on_answer(void *data, uint64_t address, uint32_t size) {
    guest_answer_wrote(data, address, size);
}

void guest_answer_wrote(struct guest *guest, uint64_t address, size_t size) {
    uint64_t answer = guest_answer_address(guest);

    if (answer != 0 && address < answer + guest->setup->answer.width && answer < address + size)
        guest->answer_written = true;
}

bool guest_hooks_add(struct guest *guest, struct errors *errors) {
    const uint64_t answer = guest_answer_address(guest);
    const struct guest_layout *layout = &guest->layout;
    /* Any hook on writes makes every store slower, so only where there is something to watch. */
    const struct {
        engine_on_memory *call;
        uint64_t first, last;
        bool wanted;
    } watched[] = {
        {guest_on_write, guest->dirty.first, guest->dirty.last, guest->dirty.last > 0},
        {guest_on_write, layout->tls, layout->thread - 1, guest->tls_pristine != NULL},
        {guest_on_write, layout->heap, layout->heap + GUEST_HEAP_SIZE - 1,
         guest->heap_pristine != NULL},
        {guest_on_write, layout->context, layout->context + GUEST_CONTEXT_SIZE + IMAGE_PAGE - 1,
         guest->context_pristine != NULL},
        {guest_on_answer, answer - 63, answer + 7, answer != 0},
    };
    bool accepts = engine_hook_cpuid(guest->engine, guest_on_cpuid, guest) &&
                   engine_hook_blocks(guest->engine, guest_on_block, guest) &&
                   engine_hook_faults(guest->engine, guest_on_fault, guest);

    for (size_t i = 0; i < sizeof watched / sizeof watched[0] && accepts; i++)
        accepts =
            !watched[i].wanted || engine_hook_memory(guest->engine, ENGINE_WRITES, watched[i].call,
                                                     guest, watched[i].first, watched[i].last);
    return accepts ||
           errors_fail(errors, "the engine refuses a hook: %s", engine_error(guest->engine));
}
