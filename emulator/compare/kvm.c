/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/compare/compare.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

/*
 * What a processor does with 32-bit code, which few kernels let a process run: a virtual machine of
 * KVM's with the instructions, their data and nothing else, in protected mode without paging.
 * Behind each instruction stands HLT, and each exception leads to a HLT of its own. A hypervisor
 * that has no such mode of the processor's executes the instructions itself, with the processor's
 * own arithmetic, and says of most others that it cannot: then nothing is said of them here either.
 */
#define KVM_TABLES 0x30000000u /* descriptors, and what exceptions lead to */
#define KVM_TABLES_SIZE 0x1000u
#define KVM_HANDLERS (KVM_TABLES + 0x800u)
#define KVM_CODE_SIZE (COMPARE_SLOTS * COMPARE_SLOT + 0x1000u)
#define KVM_TSS 0xfffbd000u /* three pages that KVM needs on some processors */
#define KVM_IDENTITY 0xfffbc000u
#define KVM_VECTORS_MAX 32u
#define KVM_CODE_SELECTOR 8u
#define KVM_DATA_SELECTOR 16u
#define KVM_HALT 0xf4u
#define KVM_SETTLED 4096u /* answers that one instruction may wait for */

struct machine {
    int system, vm, processor;
    struct kvm_run *run;
    struct kvm_sregs segments;
    uint8_t *code, *data, *tables;
};

/* Its number is the file's descriptor; -1: there is none, which was said on stderr. */
static int machine_ask(int file, unsigned long request, void *argument, const char *what) {
    int answer = ioctl(file, request, argument);

    if (answer < 0)
        fprintf(stderr, "KVM: %s: %s\n", what, strerror(errno));
    return answer;
}

static uint8_t *machine_memory(struct machine *machine, unsigned slot, uint32_t address,
                               size_t size) {
    struct kvm_userspace_memory_region region = {
        .slot = slot, .guest_phys_addr = address, .memory_size = size};
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED) {
        fprintf(stderr, "KVM: memory: %s\n", strerror(errno));
        return NULL;
    }
    region.userspace_addr = (uintptr_t)memory;
    if (machine_ask(machine->vm, KVM_SET_USER_MEMORY_REGION, &region, "memory") < 0) {
        munmap(memory, size);
        return NULL;
    }
    return memory;
}

/* A gate for each exception, and flat segments in the descriptor table's second and third place. */
static void machine_fill_tables(struct machine *machine) {
    static const uint64_t segments[] = {0, 0x00cf9b000000ffffull, 0x00cf93000000ffffull};

    memcpy(machine->tables, segments, sizeof segments);
    for (uint32_t i = 0; i < KVM_VECTORS_MAX; i++) {
        uint32_t handler = KVM_HANDLERS + 16 * i;
        uint64_t gate = (handler & 0xffff) | KVM_CODE_SELECTOR << 16 | 0x8e00ull << 32 |
                        (uint64_t)(handler >> 16) << 48;

        memcpy(machine->tables + 0x100 + 8 * i, &gate, sizeof gate);
        machine->tables[handler - KVM_TABLES] = KVM_HALT;
    }
}

static void machine_fill_segments(struct kvm_sregs *segments) {
    struct kvm_segment code = {.limit = 0xffffffffu,
                               .selector = KVM_CODE_SELECTOR,
                               .type = 11,
                               .present = 1,
                               .db = 1,
                               .s = 1,
                               .g = 1};
    struct kvm_segment data = code;

    data.selector = KVM_DATA_SELECTOR;
    data.type = 3;
    segments->cs = code;
    segments->ds = segments->es = segments->fs = segments->gs = segments->ss = data;
    segments->gdt = (struct kvm_dtable){.base = KVM_TABLES, .limit = 0x17};
    segments->idt =
        (struct kvm_dtable){.base = KVM_TABLES + 0x100, .limit = 8 * KVM_VECTORS_MAX - 1};
    segments->cr0 = 0x33;  /* protected mode, with an x87 that reports its errors itself */
    segments->cr4 = 0x600; /* SSE, and its exceptions */
}

static bool machine_give_features(const struct machine *machine) {
    enum { ENTRIES = 256 };
    struct kvm_cpuid2 *features =
        calloc(1, sizeof *features + ENTRIES * sizeof(struct kvm_cpuid_entry2));
    bool given = false;

    if (!features)
        fprintf(stderr, "KVM: out of memory\n");
    if (features) {
        features->nent = ENTRIES;
        given = machine_ask(machine->system, KVM_GET_SUPPORTED_CPUID, features, "features") >= 0 &&
                machine_ask(machine->processor, KVM_SET_CPUID2, features, "features") >= 0;
    }
    free(features);
    return given;
}

static bool machine_give_memory(struct machine *machine) {
    uint64_t identity = KVM_IDENTITY;

    /* Where these are not known, they are not needed. */
    ioctl(machine->vm, KVM_SET_IDENTITY_MAP_ADDR, &identity);
    ioctl(machine->vm, KVM_SET_TSS_ADDR, (unsigned long)KVM_TSS);
    machine->code = machine_memory(machine, 0, COMPARE_CODE, KVM_CODE_SIZE);
    machine->data = machine_memory(machine, 1, COMPARE_DATA, COMPARE_DATA_SIZE);
    machine->tables = machine_memory(machine, 2, KVM_TABLES, KVM_TABLES_SIZE);
    if (!machine->code || !machine->data || !machine->tables)
        return false;
    machine_fill_tables(machine);
    return true;
}

static bool machine_give_processor(struct machine *machine) {
    int size = machine_ask(machine->system, KVM_GET_VCPU_MMAP_SIZE, NULL, "a processor");
    void *run;

    machine->processor = machine_ask(machine->vm, KVM_CREATE_VCPU, NULL, "a processor");
    if (size < 0 || machine->processor < 0)
        return false;
    run = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED, machine->processor, 0);
    if (run == MAP_FAILED) {
        fprintf(stderr, "KVM: memory of a processor: %s\n", strerror(errno));
        return false;
    }
    if (!machine_give_features(machine) ||
        machine_ask(machine->processor, KVM_GET_SREGS, &machine->segments, "segments") < 0)
        return false;
    machine_fill_segments(&machine->segments);
    if (machine_ask(machine->processor, KVM_SET_SREGS, &machine->segments, "segments") < 0)
        return false;
    machine->run = run; /* last, as it says that the machine is there */
    return true;
}

/* What is left of it goes with the process. */
static struct machine *machine_the_one(void) {
    static struct machine machine = {.system = -1, .vm = -1, .processor = -1};
    static bool tried;

    if (tried)
        return machine.run ? &machine : NULL;
    tried = true;
    machine.system = open("/dev/kvm", O_RDWR | O_CLOEXEC);
    if (machine.system < 0) {
        fprintf(stderr, "/dev/kvm: %s: there is no processor to run 32-bit code on\n",
                strerror(errno));
        return NULL;
    }
    machine.vm = machine_ask(machine.system, KVM_CREATE_VM, NULL, "a machine");
    return machine.vm >= 0 && machine_give_memory(&machine) && machine_give_processor(&machine)
               ? &machine
               : NULL;
}

/* --- One instruction from one state. --- */

/* Where XSAVE keeps what (Intel's Software Developer's Manual, volume 1, chapter 13). */
enum xsave_offset { XSAVE_FCW = 0, XSAVE_MXCSR = 24, XSAVE_XMM = 160, XSAVE_PARTS = 512 };

static bool machine_load_vectors(struct machine *machine, const struct compare_state *state) {
    const uint16_t fcw = 0x37f;
    const uint32_t mxcsr = 0x1f80;
    const uint64_t parts = 3; /* x87 and SSE: what is not named is zero */
    struct kvm_xsave saved;
    uint8_t *bytes = (uint8_t *)saved.region;

    memset(&saved, 0, sizeof saved);
    memcpy(bytes + XSAVE_FCW, &fcw, sizeof fcw);
    memcpy(bytes + XSAVE_MXCSR, &mxcsr, sizeof mxcsr);
    memcpy(bytes + XSAVE_PARTS, &parts, sizeof parts);
    for (unsigned i = 0; i < COMPARE_VECTORS; i++) {
        memcpy(bytes + XSAVE_XMM + 16 * i, state->vectors[i], 16);
        memcpy(bytes + XSAVE_XMM + 16 * (COMPARE_VECTORS + i), &state->vectors[i][1], 8);
    }
    return machine_ask(machine->processor, KVM_SET_XSAVE, &saved, "registers") >= 0;
}

/* KVM's order is another: RAX, RBX, RCX, RDX, RSI, RDI, RSP, RBP. */
static __u64 *machine_register(struct kvm_regs *registers, unsigned number) {
    __u64 *const all[] = {&registers->rax, &registers->rcx, &registers->rdx, &registers->rbx,
                          &registers->rsp, &registers->rbp, &registers->rsi, &registers->rdi};

    return all[number];
}

static bool machine_load(struct machine *machine, size_t slot, const struct compare_state *state) {
    struct kvm_regs registers = {.rip = COMPARE_CODE + slot * COMPARE_SLOT,
                                 .rflags = state->flags | 2};

    for (unsigned i = 0; i < COMPARE_REGISTERS_32; i++)
        *machine_register(&registers, i) = state->registers[i];
    memset(machine->data, 0, COMPARE_DATA_SIZE);
    memcpy(machine->data, state->data, sizeof state->data);
    return machine_ask(machine->processor, KVM_SET_REGS, &registers, "registers") >= 0 &&
           machine_load_vectors(machine, state);
}

static bool machine_store(struct machine *machine, struct kvm_regs *registers,
                          struct compare_state *state) {
    struct kvm_xsave saved;

    if (machine_ask(machine->processor, KVM_GET_XSAVE, &saved, "registers") < 0)
        return false;
    for (unsigned i = 0; i < COMPARE_REGISTERS_32; i++)
        state->registers[i] = (uint32_t)*machine_register(registers, i);
    state->flags = registers->rflags & COMPARE_FLAGS;
    for (unsigned i = 0; i < COMPARE_VECTORS; i++)
        memcpy(state->vectors[i], (uint8_t *)saved.region + XSAVE_XMM + 16 * i, 16);
    memcpy(state->data, machine->data, sizeof state->data);
    return true;
}

/* An access to memory that is not there waits for an answer, of which a repeated instruction asks
 * for several, and what failed may have left an exception: neither is for the next instruction. */
static bool machine_settle(struct machine *machine) {
    struct kvm_vcpu_events none = {.flags = 0};
    unsigned turns = 0;

    machine->run->immediate_exit = 1;
    while (ioctl(machine->processor, KVM_RUN, NULL) == 0 && turns++ < KVM_SETTLED)
        ;
    machine->run->immediate_exit = 0;
    return machine_ask(machine->processor, KVM_SET_VCPU_EVENTS, &none, "events") >= 0 &&
           machine_ask(machine->processor, KVM_SET_SREGS, &machine->segments, "segments") >= 0;
}

static bool machine_run(struct machine *machine, size_t slot, unsigned size,
                        const struct compare_state *before, struct compare_result *result) {
    struct kvm_regs registers;
    int ran;

    if (!machine_load(machine, slot, before))
        return false;
    do
        ran = ioctl(machine->processor, KVM_RUN, NULL);
    while (ran < 0 && errno == EINTR);
    if (ran < 0) {
        fprintf(stderr, "KVM: running: %s\n", strerror(errno));
        return false;
    }
    if (machine_ask(machine->processor, KVM_GET_REGS, &registers, "registers") < 0)
        return false;
    if (machine->run->exit_reason == KVM_EXIT_HLT &&
        registers.rip == COMPARE_CODE + slot * COMPARE_SLOT + size + 1) {
        result->end = COMPARE_DONE;
        return machine_store(machine, &registers, &result->state);
    }
    result->end = machine->run->exit_reason == KVM_EXIT_INTERNAL_ERROR ? COMPARE_UNSUPPORTED
                                                                       : COMPARE_FAULTED;
    return machine->run->exit_reason == KVM_EXIT_HLT || machine_settle(machine);
}

/* What the hypervisor cannot execute it cannot from any state. */
static bool machine_run_all(struct machine *machine, size_t slot,
                            const struct compare_instruction *instruction,
                            const struct compare_state *states, struct compare_result *results) {
    for (size_t i = 0; i < COMPARE_STATES; i++) {
        if (!machine_run(machine, slot, instruction->size, &states[i], &results[i]))
            return false;
        for (; results[i].end == COMPARE_UNSUPPORTED && i + 1 < COMPARE_STATES; i++)
            results[i + 1].end = COMPARE_UNSUPPORTED;
    }
    return true;
}

/* An instruction that every processor has which has this mode of KVM's, and KVM's own emulation
 * does not. */
bool compare_kvm_emulates(void) {
    static const struct compare_instruction popcnt = {.bytes = {0xf3, 0x0f, 0xb8, 0xc0}, .size = 4};
    static const struct compare_state zeros;
    struct machine *machine = machine_the_one();
    struct compare_result result = {.end = COMPARE_DONE};

    if (!machine)
        return false;
    memset(machine->code, KVM_HALT, KVM_CODE_SIZE);
    memcpy(machine->code, popcnt.bytes, popcnt.size);
    return machine_run(machine, 0, popcnt.size, &zeros, &result) &&
           result.end == COMPARE_UNSUPPORTED;
}

bool compare_kvm(const struct compare_instruction *instructions, size_t count,
                 const struct compare_state *states, struct compare_result *results) {
    struct machine *machine = machine_the_one();

    if (!machine)
        return false;
    memset(machine->code, KVM_HALT, KVM_CODE_SIZE);
    for (size_t i = 0; i < count; i++)
        memcpy(machine->code + i * COMPARE_SLOT, instructions[i].bytes, instructions[i].size);
    for (size_t i = 0; i < count; i++) {
        if (!machine_run_all(machine, i, &instructions[i], states, results + i * COMPARE_STATES))
            return false;
    }
    return true;
}
