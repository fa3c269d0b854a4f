/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/tests/guest_fixture.h"

#define OTHER (MACHINE_CODE + 0x80u)

static struct guest_coverage coverage;

/* Two pieces without a branch: `xor eax, eax; ret` each. The entry jumps to what is asked for. */
static bool start(struct machine *machine) {
    memset(&coverage, 0, sizeof coverage);
    machine_make(machine, IMAGE_64, "31 c0 c3");
    machine_put(machine, OTHER, "31 c0 c3");
    return machine_start(machine);
}

static void test_only_what_is_new_counts(void) {
    struct machine machine;

    if (!start(&machine))
        return;
    guest_cover(machine.guest, &coverage);
    machine_ask(&machine, MACHINE_CODE);
    CU_ASSERT_EQUAL(coverage.blocks, 2); /* the entry and the piece */
    CU_ASSERT_EQUAL(coverage.edges, 2);  /* from nowhere to the entry, and on */
    machine_ask(&machine, MACHINE_CODE);
    CU_ASSERT_EQUAL(coverage.blocks, 2);
    CU_ASSERT_EQUAL(coverage.edges, 2);
    CU_ASSERT_TRUE(coverage.newest == 1 && coverage.call == 2);
    machine_ask(&machine, OTHER);
    CU_ASSERT_EQUAL(coverage.blocks, 3);
    CU_ASSERT_EQUAL(coverage.edges, 3);
    CU_ASSERT_EQUAL(coverage.newest, 3);
    machine_stop(&machine);
}

static void test_nothing_when_off(void) {
    struct machine machine;

    if (!start(&machine))
        return;
    machine_ask(&machine, MACHINE_CODE);
    guest_cover(machine.guest, &coverage);
    guest_cover(machine.guest, NULL);
    machine_ask(&machine, OTHER);
    CU_ASSERT_EQUAL(coverage.blocks, 0);
    CU_ASSERT_EQUAL(coverage.edges, 0);
    CU_ASSERT_EQUAL(coverage.path, 0);
    machine_stop(&machine);
}

static void test_paths(void) {
    struct machine machine;
    uint64_t first, other;

    if (!start(&machine))
        return;
    guest_cover(machine.guest, &coverage);
    machine_ask(&machine, MACHINE_CODE);
    first = coverage.path;
    coverage.path = 0;
    machine_ask(&machine, OTHER);
    other = coverage.path;
    coverage.path = 0;
    machine_ask(&machine, MACHINE_CODE);
    CU_ASSERT_EQUAL(coverage.path, first);
    CU_ASSERT_NOT_EQUAL(first, other);
    machine_stop(&machine);
}

/* mov ecx, N; again: dec ecx; jnz again; ret: each round that was not gone before is new. */
static void test_rounds(void) {
    struct machine machine;
    size_t rounds;

    memset(&coverage, 0, sizeof coverage);
    machine_make(&machine, IMAGE_64, "b9 03 00 00 00 ff c9 75 fc c3");
    machine_put(&machine, OTHER, "b9 06 00 00 00 ff c9 75 fc c3");
    if (!machine_start(&machine))
        return;
    guest_cover(machine.guest, &coverage);
    machine_ask(&machine, MACHINE_CODE);
    rounds = coverage.rounds;
    CU_ASSERT_EQUAL(rounds, 0); /* a first block, then one edge from it to itself */
    machine_ask(&machine, MACHINE_CODE);
    CU_ASSERT_EQUAL(coverage.rounds, rounds);
    machine_ask(&machine, OTHER);
    CU_ASSERT_EQUAL(coverage.rounds, rounds + 3);
    machine_stop(&machine);
}

static const struct unit_test tests[] = {
    {"only what is new counts", test_only_what_is_new_counts},
    {"nothing is noted when off", test_nothing_when_off},
    {"the same code has the same path", test_paths},
    {"rounds of a loop", test_rounds},
};

int main(void) {
    return UNIT_RUN(tests);
}
