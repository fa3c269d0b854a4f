/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/tests/guest_fixture.h"

#define DATA_WORD "25 00 30 00 00" /* ModRM and displacement: [0x3000] */
#define FAULT_OFFSET 19u           /* of the instruction that faults in test_long_boot_faults */

/* A boot that is longer than a run goes on in the next: its data is kept, its trace is not. */
static void test_long_boot(void) {
    static struct observation seen[GUEST_BOOT_JOBS];
    struct guest_job jobs[GUEST_BOOT_JOBS];
    struct machine machine;

    /* inc dword [0x3000]; xor eax, eax; cpuid; mov eax, [0x3000]; ret, with RBX kept */
    machine_make(&machine, IMAGE_64,
                 "53 ff 04 " DATA_WORD " 31 c0 31 c9 0f a2 8b 04 " DATA_WORD " 5b c3");
    if (machine_start(&machine)) {
        for (unsigned run = 0; run < 5; run++) {
            for (size_t i = 0; i < GUEST_BOOT_JOBS; i++)
                jobs[i] = (struct guest_job){
                    .table = &machine.table, .target = MACHINE_CODE, .continues = run > 0 || i > 0};
            CU_ASSERT_EQUAL(guest_run(machine.guest, jobs, GUEST_BOOT_JOBS, seen), GUEST_BOOT_JOBS);
            for (size_t i = 0; i < GUEST_BOOT_JOBS; i++) {
                CU_ASSERT_EQUAL(seen[i].end, OBSERVATION_RETURNED);
                CU_ASSERT_EQUAL(seen[i].state, 0);
                CU_ASSERT_EQUAL(seen[i].answer, run * GUEST_BOOT_JOBS + i + 1);
                CU_ASSERT_EQUAL(seen[i].count, 1);
                CU_ASSERT_EQUAL(seen[i].boot_count, i);
            }
        }
        CU_ASSERT_EQUAL(machine_ask(&machine, MACHINE_CODE).answer, 1); /* and is over */
    }
    machine_stop(&machine);
}

/* What a boot wrote is kept until the next boot, and the stack is not. */
static void test_keeps(void) {
    static const struct {
        const char *hex;
        bool keeps;
    } rows[] = {
        {"57 8b 04 24 5f c3", false},                  /* push rdi; mov eax, [rsp]; pop rdi */
        {"8b 04 " DATA_WORD " c3", false},             /* mov eax, [0x3000] */
        {"89 3c " DATA_WORD " c3", true},              /* mov [0x3000], edi */
        {"64 48 89 3c 25 00 08 00 00 31 c0 c3", true}, /* mov fs:[0x800], rdi */
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct machine machine;

        machine_make(&machine, IMAGE_64, rows[i].hex);
        if (machine_start(&machine)) {
            CU_ASSERT_FALSE(guest_keeps(machine.guest));
            CU_ASSERT_EQUAL(machine_ask(&machine, MACHINE_CODE).end, OBSERVATION_RETURNED);
            CU_ASSERT_EQUAL(guest_keeps(machine.guest), rows[i].keeps);
            if (i < 3) {
                machine_ask(&machine, MACHINE_GOOD);
                CU_ASSERT_FALSE(guest_keeps(machine.guest));
            }
        }
        machine_stop(&machine);
    }
}

/* Boots go on from where one was marked, as often as is asked for, and from two places. */
static void test_marks(void) {
    struct observation seen[3];
    struct guest_job jobs[3];
    struct machine machine;

    /* inc dword [0x3000]; mov eax, [0x3000]; ret */
    machine_make(&machine, IMAGE_64, "ff 04 " DATA_WORD " 8b 04 " DATA_WORD " c3");
    for (size_t i = 0; i < 3; i++)
        jobs[i] = (struct guest_job){
            .table = &machine.table, .target = MACHINE_CODE, .continues = i > 0};
    if (machine_start(&machine)) {
        CU_ASSERT_EQUAL(guest_run(machine.guest, jobs, 3, seen), 3);
        CU_ASSERT_TRUE(guest_mark(machine.guest, 1));
        CU_ASSERT_EQUAL(machine_ask(&machine, MACHINE_CODE).answer, 1);
        for (size_t i = 0; i < 3; i++) {
            jobs[i].continues = false;
            jobs[i].mark = 1;
        }
        jobs[2].continues = true; /* of the second's boot */
        jobs[2].mark = 0;
        CU_ASSERT_EQUAL(guest_run(machine.guest, jobs, 3, seen), 3);
        CU_ASSERT_TRUE(seen[0].answer == 4 && seen[1].answer == 4 && seen[2].answer == 5);
        CU_ASSERT_TRUE(seen[0].cost < 256); /* no page is new to it */
        CU_ASSERT_TRUE(guest_mark(machine.guest, 2));
        jobs[1].mark = 2;
        CU_ASSERT_EQUAL(guest_run(machine.guest, jobs, 2, seen), 2);
        CU_ASSERT_TRUE(seen[0].answer == 4 && seen[1].answer == 6);
        CU_ASSERT_EQUAL(machine_ask(&machine, MACHINE_CODE).answer, 1);
    }
    machine_stop(&machine);
}

/* What is kept where a mark does not reach is told. */
static void test_marks_refused(void) {
    struct machine machine;

    machine_make(&machine, IMAGE_64, "64 48 89 3c 25 00 08 00 00 31 c0 c3"); /* mov fs:[0x800], rdi */
    if (machine_start(&machine)) {
        machine_ask(&machine, MACHINE_GOOD);
        CU_ASSERT_TRUE(guest_mark(machine.guest, 1));
        machine_ask(&machine, MACHINE_CODE);
        CU_ASSERT_FALSE(guest_mark(machine.guest, 1));
    }
    machine_stop(&machine);
}

/* A fault in a later run is told only when the boot is run again from its start, once. */
static void test_long_boot_faults(void) {
    static struct observation seen[GUEST_BOOT_JOBS];
    struct guest_job jobs[2 * GUEST_BOOT_JOBS];
    struct machine machine;
    size_t ran[4];

    /* inc dword [0x3000]; mov eax, [0x3000]; cmp eax, 70; jb past; mov eax, [rax]; past: ret */
    machine_make(&machine, IMAGE_64,
                 "ff 04 " DATA_WORD " 8b 04 " DATA_WORD " 83 f8 46 72 02 8b 00 c3");
    for (size_t i = 0; i < 2 * GUEST_BOOT_JOBS; i++)
        jobs[i] =
            (struct guest_job){.table = &machine.table, .target = MACHINE_CODE, .continues = i > 0};
    if (machine_start(&machine)) {
        for (size_t i = 0; i < 4; i++)
            ran[i] =
                guest_run(machine.guest, jobs + i % 2 * GUEST_BOOT_JOBS, GUEST_BOOT_JOBS, seen);
        CU_ASSERT_EQUAL(ran[0], GUEST_BOOT_JOBS);
        CU_ASSERT_EQUAL(ran[1], 0);
        CU_ASSERT_EQUAL(ran[2], GUEST_BOOT_JOBS);
        CU_ASSERT_EQUAL(ran[3], GUEST_BOOT_JOBS);
        for (size_t i = 0; i < GUEST_BOOT_JOBS; i++) {
            CU_ASSERT_EQUAL(seen[i].end, i < 5 ? OBSERVATION_RETURNED : OBSERVATION_READ_FAULT);
            CU_ASSERT_EQUAL(seen[i].state, i > 5 ? OBSERVATION_IN_BOOT : 0);
        }
        CU_ASSERT_EQUAL(seen[5].end_address, MACHINE_CODE + FAULT_OFFSET);
        CU_ASSERT_EQUAL(seen[5].fault_address, 70);
        CU_ASSERT_TRUE(machine_ask(&machine, MACHINE_CODE).answer == 1);
    }
    machine_stop(&machine);
}

/* Nor is a stack that is used further down than before mapped in the midst of a boot. */
static void test_long_boot_stack(void) {
    static struct observation seen[GUEST_BOOT_JOBS];
    struct guest_job jobs[2 * GUEST_BOOT_JOBS];
    struct machine machine;
    size_t ran, again = 0;

    /* inc dword [0x3000]; mov eax, [0x3000]; cmp eax, 70; jb past; mov byte [rsp - 0x40000], 1;
     * past: ret */
    machine_make(&machine, IMAGE_64,
                 "ff 04 " DATA_WORD " 8b 04 " DATA_WORD
                 " 83 f8 46 72 08 c6 84 24 00 00 fc ff 01 c3");
    for (size_t i = 0; i < 2 * GUEST_BOOT_JOBS; i++)
        jobs[i] =
            (struct guest_job){.table = &machine.table, .target = MACHINE_CODE, .continues = i > 0};
    if (machine_start(&machine)) {
        do {
            CU_ASSERT_EQUAL(guest_run(machine.guest, jobs, GUEST_BOOT_JOBS, seen), GUEST_BOOT_JOBS);
            ran = guest_run(machine.guest, jobs + GUEST_BOOT_JOBS, GUEST_BOOT_JOBS, seen);
        } while (ran == 0 && ++again < 4);
        CU_ASSERT_EQUAL(ran, GUEST_BOOT_JOBS);
        CU_ASSERT_TRUE(again > 0);
        for (size_t i = 0; i < GUEST_BOOT_JOBS; i++) {
            CU_ASSERT_EQUAL(seen[i].end, OBSERVATION_RETURNED);
            CU_ASSERT_EQUAL(seen[i].answer, GUEST_BOOT_JOBS + i + 1);
        }
    }
    machine_stop(&machine);
}

static const struct unit_test tests[] = {
    {"A boot goes on in the next run", test_long_boot},
    {"What a boot keeps", test_keeps},
    {"A fault in a later run", test_long_boot_faults},
    {"More stack in a later run", test_long_boot_stack},
    {"boots from a mark", test_marks},
    {"what cannot be marked", test_marks_refused},
};

int main(void) {
    return UNIT_RUN(tests);
}
