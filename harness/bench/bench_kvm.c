/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/bench/bench.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

/*
 * The other way to script CPUID: a virtual machine with a table of its own, set by KVM_SET_CPUID2.
 * Since Linux 5.16 a table cannot change once its processor has run, so each table takes a fresh
 * machine: the memory and the page tables stay, and the machine, its memory slots and its processor
 * are made anew.
 */
#define KVM_TABLES                                                                                 \
    0x60000000u /* page tables for the first 8 GiB, the upper 4 of which are the lower; then the   \
                   stack */
#define KVM_TABLES_SIZE (8u * IMAGE_PAGE)
#define KVM_STACK (KVM_TABLES + 6 * IMAGE_PAGE)
#define KVM_HALT (KVM_TABLES + 7 * IMAGE_PAGE) /* HLT: where the call returns to */

struct machine {
    int kvm, vm, vcpu;
    size_t run_size;
    uint8_t *memory;
    uint8_t **segments; /* page-aligned copies of the image's, as slots have to be */
    const struct probe *probe;
    struct {
        struct kvm_cpuid2 head;
        struct kvm_cpuid_entry2 entries[5];
    } table;
};

static void machine_write_tables(uint8_t *memory) {
    uint64_t *pml4 = (uint64_t *)memory, *pdpt = pml4 + 512, *pd = pdpt + 512;
    uint64_t back = KVM_HALT;

    pml4[0] = (KVM_TABLES + IMAGE_PAGE) | 3;
    for (uint64_t i = 0; i < 8; i++)
        pdpt[i] = (KVM_TABLES + (2 + i % 4) * IMAGE_PAGE) | 3;
    for (uint64_t i = 0; i < 4 * 512; i++)
        pd[i] = i << 21 | 0x83; /* present, writable, 2 MiB */
    memcpy(memory + (KVM_HALT - KVM_TABLES) - sizeof back, &back, sizeof back);
    memory[KVM_HALT - KVM_TABLES] = 0xf4;
}

/* Long mode with paging, straight from the start. */
static bool machine_set_registers(const struct machine *machine) {
    const struct kvm_segment code = {
        .limit = 0xffffffff, .selector = 8, .type = 11, .present = 1, .s = 1, .l = 1, .g = 1};
    const struct kvm_segment data = {
        .limit = 0xffffffff, .selector = 16, .type = 3, .present = 1, .s = 1, .db = 1, .g = 1};
    struct kvm_sregs system;
    struct kvm_regs general = {.rip = machine->probe->setup.entry,
                               .rsp = KVM_HALT - sizeof(uint64_t),
                               .rdi = BENCH_TARGET,
                               .rflags = 2};

    if (ioctl(machine->vcpu, KVM_GET_SREGS, &system) != 0)
        return false;
    system.cs = code;
    system.ds = system.es = system.fs = system.gs = system.ss = data;
    system.cr0 = 0x80010033; /* PG, WP, NE, ET, MP, PE */
    system.cr3 = KVM_TABLES;
    system.cr4 = 0x620;  /* PAE, OSFXSR, OSXMMEXCPT */
    system.efer = 0x500; /* LME, LMA */
    return ioctl(machine->vcpu, KVM_SET_SREGS, &system) == 0 &&
           ioctl(machine->vcpu, KVM_SET_REGS, &general) == 0;
}

static bool machine_map(const struct machine *machine) {
    const struct image *image = machine->probe->image;

    for (size_t i = 0; i <= image->segments_count; i++) {
        struct kvm_userspace_memory_region region = {.slot = (uint32_t)i,
                                                     .guest_phys_addr = KVM_TABLES,
                                                     .memory_size = KVM_TABLES_SIZE,
                                                     .userspace_addr = (uintptr_t)machine->memory};

        if (i < image->segments_count) {
            region.guest_phys_addr = (uint32_t)image->segments[i].address;
            region.memory_size = image->segments[i].size;
            region.userspace_addr = (uintptr_t)machine->segments[i];
        }
        if (ioctl(machine->vm, KVM_SET_USER_MEMORY_REGION, &region) != 0)
            return false;
    }
    return true;
}

static bool machine_start(struct machine *machine, uint32_t maximum) {
    machine->table.entries[3].eax = maximum;
    machine->vcpu = -1;
    machine->vm = ioctl(machine->kvm, KVM_CREATE_VM, 0);
    if (machine->vm < 0 || !machine_map(machine))
        return false;
    machine->vcpu = ioctl(machine->vm, KVM_CREATE_VCPU, 0);
    return machine->vcpu >= 0 && ioctl(machine->vcpu, KVM_SET_CPUID2, &machine->table) == 0 &&
           machine_set_registers(machine);
}

/* The answer, or -1 when the machine did not get to its HLT. */
static int machine_call(struct machine *machine, uint32_t maximum) {
    struct kvm_regs after;
    struct kvm_run *run = MAP_FAILED;
    int answer = -1;

    errno = 0;
    if (machine_start(machine, maximum))
        run = mmap(NULL, machine->run_size, PROT_READ | PROT_WRITE, MAP_SHARED, machine->vcpu, 0);
    if (run != MAP_FAILED) {
        if (ioctl(machine->vcpu, KVM_RUN, 0) == 0 && run->exit_reason == KVM_EXIT_HLT &&
            ioctl(machine->vcpu, KVM_GET_REGS, &after) == 0)
            answer = (uint32_t)after.rax != 0;
        munmap(run, machine->run_size);
    }
    if (machine->vcpu >= 0)
        close(machine->vcpu);
    if (machine->vm >= 0)
        close(machine->vm);
    return answer;
}

static void machine_close(void *state) {
    struct machine *machine = state;

    if (machine->kvm >= 0)
        close(machine->kvm);
    for (size_t i = 0; machine->segments && i < machine->probe->image->segments_count; i++)
        free(machine->segments[i]);
    free(machine->segments);
    free(machine->memory);
    free(machine);
}

static bool machine_copy(struct machine *machine) {
    const struct image *image = machine->probe->image;

    machine->memory = aligned_alloc(IMAGE_PAGE, KVM_TABLES_SIZE);
    machine->segments = calloc(image->segments_count + 1, sizeof *machine->segments);
    for (size_t i = 0; machine->segments && i < image->segments_count; i++) {
        machine->segments[i] = aligned_alloc(IMAGE_PAGE, image->segments[i].size);
        if (!machine->segments[i])
            return false;
        memcpy(machine->segments[i], image->segments[i].bytes, image->segments[i].size);
    }
    if (!machine->memory || !machine->segments)
        return false;
    memset(machine->memory, 0, KVM_TABLES_SIZE);
    machine_write_tables(machine->memory);
    return true;
}

static void *machine_try(const struct probe *probe, char *why, size_t size) {
    static const uint32_t leaves[] = {0, 1, 0x80000000, CPUID_BASE, BENCH_TARGET};
    struct machine *machine = calloc(1, sizeof *machine);
    int answer = -1;

    if (!machine)
        return NULL;
    machine->probe = probe;
    machine->kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
    machine->table.head.nent = sizeof leaves / sizeof leaves[0];
    for (size_t i = 0; i < machine->table.head.nent; i++)
        machine->table.entries[i].function = leaves[i];
    machine->table.entries[0].eax = 1;
    machine->table.entries[1].ecx = CPUID_PRESENT;
    machine->table.entries[1].edx = 1u << 6 | 1u << 24 | 1u << 25; /* PAE, FXSR, SSE */
    machine->table.entries[2].eax = 0x80000000;
    machine->table.entries[4].eax = BENCH_TARGET_EAX;
    if (machine->kvm < 0) {
        snprintf(why, size, "/dev/kvm: %s", strerror(errno));
    } else if (machine_copy(machine)) {
        machine->run_size = (size_t)ioctl(machine->kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
        answer = machine_call(machine, BENCH_TARGET);
        if (answer < 0)
            snprintf(why, size, "a virtual machine does not get through the function: %s",
                     errno ? strerror(errno) : "KVM gave up");
    }
    if (answer >= 0)
        return machine;
    machine_close(machine);
    return NULL;
}

/* Where KVM has to interpret the guest, as in some nested machines, it lacks vector instructions:
 * then the build without them has to do. */
static void *machine_open(const struct bench_subject *subject, char *why, size_t size) {
    void *machine = machine_try(subject->probe, why, size);

    return machine || !subject->plain ? machine : machine_try(subject->plain, why, size);
}

static struct bench_count machine_run(void *state, size_t calls) {
    struct bench_count count = {calls, 0};

    for (size_t i = 0; i < calls; i++)
        count.wrong += machine_call(state, bench_maximum(i)) != bench_expects(i);
    return count;
}

const struct bench_method bench_kvm = {
    .name = "kvm",
    .what = "a fresh virtual machine for each table (KVM_SET_CPUID2)",
    .calls = 100,
    .open = machine_open,
    .run = machine_run,
    .close = machine_close,
};
