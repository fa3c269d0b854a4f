/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_GUEST_TESTS_GUEST_FIXTURE_H
#define HVSPEC_EMULATOR_GUEST_TESTS_GUEST_FIXTURE_H

#include "emulator/guest/guest.h"
#include "emulator/image/tests/hand_image.h"
#include "base/tests/unit.h"

#include <stdio.h>

/*
 * What the guest tests share: an image made by hand whose entry jumps to the address that it is
 * asked about. So one guest can be asked to run anything that lies in its code, and after each
 * hostile piece a good one shows whether the guest is still as new.
 */
#define MACHINE_ENTRY HAND_CODE
#define MACHINE_GOOD (HAND_CODE + 0x40u) /* reads the maximum and returns it */
#define MACHINE_CODE (HAND_CODE + 0x100u)
#define MACHINE_MAXIMUM 0x40000010u
#define MACHINE_VALUE 0x1234abcdu /* EAX of leaf 0x40000010 */

struct machine {
    struct hand_image hand;
    struct guest_argument arguments[GUEST_ARGUMENTS_MAX + 2];
    struct guest_setup setup;
    struct cpuid_table table;
    struct guest *guest;
};

static inline void machine_put(struct machine *machine, uint64_t address, const char *hex) {
    hand_bytes(machine->hand.code, (size_t)(address - HAND_CODE), hex);
}

static inline const char *machine_abi_code(enum image_mode mode, bool good) {
    switch (mode) {
    case IMAGE_64: /* jmp rdi; push rbx; mov eax, 0x40000000; xor ecx, ecx; cpuid; pop rbx; ret */
        return good ? "53 b8 00 00 00 40 31 c9 0f a2 5b c3" : "ff e7";
    case IMAGE_32: /* jmp [esp + 4] */
        return good ? "53 b8 00 00 00 40 31 c9 0f a2 5b c3" : "ff 64 24 04";
    case IMAGE_16: /* jmp di; mov eax, 0x40000000; xor ecx, ecx; cpuid; ret */
        break;
    }
    return good ? "66 b8 00 00 00 40 66 31 c9 0f a2 c3" : "ff e7";
}

/* An image with `hex` at MACHINE_CODE, called by the mode's usual ABI for an answer in EAX. Its
 * data page is writable. The caller may change hand and setup ahead of machine_start. */
static inline void machine_make(struct machine *machine, enum image_mode mode, const char *hex) {
    memset(machine, 0, sizeof *machine);
    hand_image_make(&machine->hand, mode, NULL, 0);
    machine->hand.image.path = (char *)"by hand";
    machine->hand.segments[1].permissions |= IMAGE_WRITE;
    machine_put(machine, MACHINE_ENTRY, machine_abi_code(mode, false));
    machine_put(machine, MACHINE_GOOD, machine_abi_code(mode, true));
    machine_put(machine, MACHINE_CODE, hex);
    machine->arguments[0] = (struct guest_argument){.kind = GUEST_ARGUMENT_TARGET,
                                                      .is_wide = mode == IMAGE_64};
    machine->setup = (struct guest_setup){.abi = mode == IMAGE_64   ? GUEST_SYSV64
                                                 : mode == IMAGE_32 ? GUEST_CDECL32
                                                                    : GUEST_REGISTERS,
                                          .entry = MACHINE_ENTRY,
                                          .arguments = machine->arguments,
                                          .arguments_count = 1};
    CU_ASSERT_TRUE(guest_place_parse("eax", mode, &machine->setup.answer));
    if (mode == IMAGE_16)
        CU_ASSERT_TRUE(guest_place_parse("edi", mode, &machine->arguments[0].place));
    machine->table.base = (struct cpuid_values){MACHINE_MAXIMUM, 1, 2, 3};
    CU_ASSERT_TRUE(cpuid_table_add(
        &machine->table, (struct cpuid_leaf){MACHINE_MAXIMUM, 0, true, {MACHINE_VALUE, 4, 5, 6}}));
}

static inline bool machine_start(struct machine *machine) {
    struct errors errors = {0};

    machine->guest = guest_new(&machine->hand.image, &machine->setup, &errors);
    errors_print(&errors, "\n    ", stdout);
    errors_clear(&errors);
    CU_ASSERT_PTR_NOT_NULL(machine->guest);
    return machine->guest != NULL;
}

static inline void machine_stop(struct machine *machine) {
    guest_free(machine->guest);
    machine->guest = NULL;
    cpuid_table_clear(&machine->table);
}

/* Asks one question in a boot of its own. */
static inline struct observation machine_ask_with(struct machine *machine, uint32_t target,
                                                  unsigned garbage) {
    const struct guest_job job = {.table = &machine->table, .target = target, .garbage = garbage};
    struct observation observation = {.end = OBSERVATION_HARNESS_FAILURE};

    if (machine->guest)
        CU_ASSERT_EQUAL(guest_run(machine->guest, &job, 1, &observation), 1);
    return observation;
}

static inline struct observation machine_ask(struct machine *machine, uint32_t target) {
    return machine_ask_with(machine, target, 0);
}

/* Asks several questions in one boot. */
static inline void machine_ask_all(struct machine *machine, const uint32_t *targets, size_t count,
                                   struct observation *observations) {
    struct guest_job jobs[GUEST_BOOT_JOBS];

    for (size_t i = 0; i < count; i++)
        jobs[i] =
            (struct guest_job){.table = &machine->table, .target = targets[i], .continues = i > 0};
    if (machine->guest)
        CU_ASSERT_EQUAL(guest_run(machine->guest, jobs, count, observations), count);
}

/* The good call gives what it gives on a new guest. */
static inline bool machine_is_as_new(struct machine *machine) {
    struct observation seen = machine_ask(machine, MACHINE_GOOD);

    return seen.end == OBSERVATION_RETURNED && seen.state == 0 && seen.answer == MACHINE_MAXIMUM &&
           seen.count == 1 && seen.boot_count == 0 && seen.trace[0].leaf == CPUID_BASE &&
           seen.trace[0].subleaf == 0 && seen.end_address == 0 && seen.fault_address == 0 &&
           seen.clock_address == 0;
}

#endif
