/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tests/unit.h"
#include "harness/hunt/parts.h"

#define TARGET 0x40000010u

/* Two places were read, and the code has a byte, a half and a word. */
static const struct hunt_dictionary dictionary = {
    .words = {0x4f, 0x6b72, 0x12345678, 7}, .count = 4, .code_count = 3};

static struct hunt_entry entry(void) {
    return (struct hunt_entry){
        .candidate = {.base = {TARGET, 0x11223344, 0, 0}, .asks = {TARGET}, .asks_count = 1},
        .reads = {{CPUID_BASE, 0}, {TARGET, 0}},
        .reads_count = 2,
        .is_new = true};
}

/* Each part of each register of each place gets each small number of the code, and nothing else. */
static void test_parts(void) {
    struct hunt_entry entries[] = {entry()};
    const struct hunt_corpus corpus = {.entries = entries, .count = 1};
    struct hunt_parts parts = {0};
    struct hunt_candidate candidate;
    size_t made = 0;
    unsigned bytes = 0, halves = 0;

    while (hunt_parts_next(&parts, &corpus, &dictionary, &candidate)) {
        const uint32_t ebx = candidate.base.ebx;

        made++;
        CU_ASSERT_TRUE(hunt_candidate_is_valid(&candidate));
        for (unsigned i = 0; i < 4; i++)
            bytes |= (ebx == ((0x11223344 & ~(0xffu << 8 * i)) | 0x4fu << 8 * i)) << i;
        for (unsigned i = 0; i < 2; i++)
            halves |= (ebx == ((0x11223344 & ~(0xffffu << 16 * i)) | 0x6b72u << 16 * i)) << i;
        CU_ASSERT_TRUE(made <= 64);
    }
    CU_ASSERT_EQUAL(made, 2 * 4 * 4 * 2); /* numbers, parts, registers, places */
    CU_ASSERT_EQUAL(bytes, 0xf);
    CU_ASSERT_EQUAL(halves, 3);
}

/* What ran nothing new is left out, and what comes later is gone on with. */
static void test_grows(void) {
    struct hunt_entry entries[] = {entry(), entry()};
    struct hunt_corpus corpus = {.entries = entries, .count = 1};
    struct hunt_parts parts = {0};
    struct hunt_candidate candidate;

    entries[0].is_new = false;
    CU_ASSERT_FALSE(hunt_parts_next(&parts, &corpus, &dictionary, &candidate));
    corpus.count = 2;
    CU_ASSERT_TRUE(hunt_parts_next(&parts, &corpus, &dictionary, &candidate));
}

/* Code without small numbers is not compared in parts. */
static void test_none(void) {
    struct hunt_entry entries[] = {entry()};
    const struct hunt_corpus corpus = {.entries = entries, .count = 1};
    const struct hunt_dictionary none = {.words = {0x12345678, 7}, .count = 2, .code_count = 1};
    struct hunt_parts parts = {0};
    struct hunt_candidate candidate;

    CU_ASSERT_FALSE(hunt_parts_next(&parts, &corpus, &none, &candidate));
}

static const struct unit_test tests[] = {
    {"each part", test_parts},
    {"a corpus that grows", test_grows},
    {"no small numbers", test_none},
};

int main(void) {
    return UNIT_RUN(tests);
}
