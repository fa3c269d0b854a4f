/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tests/unit.h"
#include "harness/examine/long_boot.h"

#include <string.h>

static struct long_boot_alone alone; /* large */
static struct long_boot boot;

static const struct facts
    yes = {.returned = true, .answer = OUTCOME_AVAILABLE, .expected = OUTCOME_AVAILABLE},
    missing = {.returned = true, .answer = OUTCOME_ABSENT, .expected = OUTCOME_NOT_IMPLEMENTED},
    refused = {.returned = true, .answer = OUTCOME_ABSENT, .expected = OUTCOME_NOT_AVAILABLE};

/* Every leaf of the block: up to 0x40000080 there is every third one, beyond nothing. */
static void add_block(void) {
    memset(&alone, 0, sizeof alone);
    for (uint32_t leaf = 1; leaf <= 255; leaf++)
        long_boot_add(&alone, CPUID_BASE + leaf,
                      leaf > 0x80     ? &refused
                      : leaf % 3 == 0 ? &yes
                                      : &missing);
}

static bool is_available(uint32_t target) {
    return long_boot_alone(&alone, target)->answer == OUTCOME_AVAILABLE;
}

static void test_targets(void) {
    static const struct facts crashed = {.returned = false};

    memset(&alone, 0, sizeof alone);
    long_boot_add(&alone, 0x40000010, &yes);
    long_boot_add(&alone, 0x40000010, &missing); /* a second time */
    long_boot_add(&alone, 0x40000011, &crashed);
    long_boot_add(&alone, CPUID_BASE, &yes);
    long_boot_add(&alone, 0x40000100, &yes);
    long_boot_add(&alone, 0x400000ff, &refused);
    CU_ASSERT_EQUAL_FATAL(alone.count, 2);
    CU_ASSERT_EQUAL(alone.targets[0], 0x40000010);
    CU_ASSERT_EQUAL(alone.targets[1], 0x400000ff);
    CU_ASSERT_TRUE(is_available(0x40000010));
}

/* How often each leaf is asked for among the first `count` questions: all alike, or not. */
static bool asks_each_once(const uint32_t *asks, size_t count) {
    bool seen[256] = {false};

    for (size_t i = 0; i < count; i++) {
        if (asks[i] <= CPUID_BASE || asks[i] > CPUID_BLOCK_LAST || seen[asks[i] - CPUID_BASE])
            return false;
        seen[asks[i] - CPUID_BASE] = true;
    }
    return true;
}

/* The longest run of one answer alone, or of one target. */
static size_t longest_row(bool available, bool one_target) {
    size_t row = 0, longest = 0;

    for (size_t i = 0; i < boot.count; i++) {
        bool goes_on = row > 0 && (!one_target || boot.asks[i] == boot.asks[i - 1]);

        row = is_available(boot.asks[i]) != available ? 0 : goes_on ? row + 1 : 1;
        longest = row > longest ? row : longest;
    }
    return longest;
}

/* Whether all targets are asked for in a row, each behind its neighbour. */
static bool walks(bool upwards) {
    size_t row = 0, longest = 0;

    for (size_t i = 1; i < boot.count; i++) {
        row = boot.asks[i] == (upwards ? boot.asks[i - 1] + 1 : boot.asks[i - 1] - 1) ? row + 1 : 0;
        longest = row > longest ? row : longest;
    }
    return longest >= 254;
}

static void test_long(void) {
    add_block();
    for (uint64_t seed = 0; seed < 20; seed++) {
        long_boot_make(&boot, &alone, seed);
        CU_ASSERT_EQUAL(boot.count, LONG_BOOT_ASKS);
        CU_ASSERT_TRUE(asks_each_once(boot.asks, 255));
        CU_ASSERT_TRUE(asks_each_once(boot.asks + 255, 255));
        CU_ASSERT_TRUE(is_available(boot.asks[254]));
        CU_ASSERT_FALSE(is_available(boot.asks[253]));
        CU_ASSERT_TRUE(longest_row(true, true) > 256);
        CU_ASSERT_TRUE(longest_row(false, true) > 256);
        CU_ASSERT_TRUE(walks(true));
        CU_ASSERT_TRUE(walks(false));
        /* What comes behind a row of refusals would tell. */
        CU_ASSERT_TRUE(longest_row(false, false) < 700);
    }
}

static void test_other(void) {
    add_block();
    for (uint64_t seed = 0; seed < 20; seed++) {
        size_t first = 0;

        long_boot_make_other(&boot, &alone, seed);
        CU_ASSERT_TRUE(boot.count > 255 && boot.count < 1000);
        while (first < boot.count && !is_available(boot.asks[first]))
            first++;
        CU_ASSERT_EQUAL(first, 40); /* refusals first */
        CU_ASSERT_TRUE(longest_row(true, true) > 64);
        for (size_t i = 0; i < boot.phases_count; i++) {
            size_t end = boot.phases[i].first + boot.phases[i].count;

            if (boot.phases[i].kind != LONG_BOOT_DRAWN)
                continue;
            CU_ASSERT_EQUAL(boot.phases[i].count, 255);
            CU_ASSERT_FALSE(is_available(boot.asks[end - 1]));
            CU_ASSERT_TRUE(is_available(boot.asks[end - 2]));
        }
    }
}

/* Each place of the first boot is asked for both answers, and each leaf comes up. */
static void test_turned(void) {
    static struct long_boot first;

    add_block();
    for (uint64_t seed = 0; seed < 20; seed++) {
        bool seen[256] = {false};
        size_t count = 0;

        long_boot_make(&first, &alone, seed);
        long_boot_make_turned(&boot, &alone, seed);
        CU_ASSERT_EQUAL_FATAL(boot.count, first.count);
        for (size_t i = 0; i < boot.count; i++) {
            CU_ASSERT_NOT_EQUAL(is_available(boot.asks[i]), is_available(first.asks[i]));
            count += !seen[boot.asks[i] & 0xff];
            seen[boot.asks[i] & 0xff] = true;
        }
        CU_ASSERT_EQUAL(count, 255);
    }
    memset(&alone, 0, sizeof alone);
    long_boot_add(&alone, 0x40000010, &yes);
    long_boot_add(&alone, 0x40000011, &yes);
    long_boot_make_turned(&boot, &alone, 1);
    CU_ASSERT_EQUAL(boot.count, 0); /* nothing is absent */
}

/* Long rows of each answer, of many targets and of one, with all targets behind each. */
static void test_rows(void) {
    add_block();
    for (uint64_t seed = 0; seed < 20; seed++) {
        long_boot_make_rows(&boot, &alone, seed);
        CU_ASSERT_EQUAL(boot.count, 4 * (1500 + 255));
        CU_ASSERT_TRUE(boot.count <= LONG_BOOT_ROWS_ASKS);
        CU_ASSERT_TRUE(longest_row(true, true) >= 1500);
        CU_ASSERT_TRUE(longest_row(false, true) >= 1500);
        for (size_t row = 0; row < 4; row++) {
            const uint32_t *asks = &boot.asks[row * 1755];

            CU_ASSERT_EQUAL(is_available(asks[0]), row == 1 || row == 2);
            CU_ASSERT_TRUE(asks_each_once(asks + 1500, 255));
            CU_ASSERT_EQUAL(asks_each_once(asks, 2), row < 2);
        }
    }
}

/* Two leaves by turns, with different answers and akin in another way each time: more often than a
 * byte counts. */
static void test_shuttle(void) {
    static const uint32_t bits[] = {0x0f, 0xf0, 0x80};

    add_block();
    for (uint64_t seed = 0; seed < 20; seed++) {
        long_boot_make_shuttle(&boot, &alone, seed);
        CU_ASSERT_EQUAL(boot.count, 3 * (2 * 280 + 255));
        CU_ASSERT_TRUE(boot.count <= LONG_BOOT_ASKS);
        for (size_t part = 0; part < 3; part++) {
            const uint32_t *asks = &boot.asks[part * 815];

            CU_ASSERT_TRUE(is_available(asks[0]));
            CU_ASSERT_FALSE(is_available(asks[1]));
            CU_ASSERT_EQUAL((asks[0] ^ asks[1]) & ~bits[part], 0);
            for (size_t i = 2; i < 560; i++)
                CU_ASSERT_EQUAL(asks[i], asks[i % 2]);
            CU_ASSERT_TRUE(asks_each_once(asks + 560, 255));
        }
    }
    memset(&alone, 0, sizeof alone);
    long_boot_add(&alone, 0x40000010, &yes);
    long_boot_add(&alone, 0x40000021, &missing);
    long_boot_make_shuttle(&boot, &alone, 1);
    CU_ASSERT_EQUAL(boot.count, 0); /* no two are akin */
    long_boot_add(&alone, 0x40000020, &missing);
    long_boot_make_shuttle(&boot, &alone, 1);
    CU_ASSERT_EQUAL(boot.count, 560 + 3);
}

/* What counts in 16 bits runs over on one answer alone, and all targets follow. */
static void test_wraps(void) {
    add_block();
    for (unsigned says = 0; says < 2; says++) {
        size_t row = 0;

        long_boot_make_wraps(&boot, &alone, says, 1);
        while (row < boot.count && is_available(boot.asks[row]) == says)
            row++;
        CU_ASSERT_TRUE(row > UINT16_MAX);
        CU_ASSERT_EQUAL(boot.count, LONG_BOOT_WRAPS + 2 * 255);
        CU_ASSERT_TRUE(asks_each_once(boot.asks + LONG_BOOT_WRAPS, 255));
    }
}

static void test_pairs(void) {
    static bool ahead[256][256];

    add_block();
    long_boot_make_pairs(&boot, &alone, 1);
    CU_ASSERT_EQUAL(boot.count, 2 * 255);
    for (size_t i = 0; i < boot.count; i++) {
        for (size_t j = i + 1; j < boot.count; j++)
            ahead[boot.asks[i] & 0xff][boot.asks[j] & 0xff] = true;
    }
    for (unsigned a = 1; a < 256; a++) {
        for (unsigned b = 1; b < 256; b++)
            CU_ASSERT_TRUE(ahead[a][b]);
    }
}

/* Different seeds ask in different orders, equal ones in the same. */
static void test_drawn(void) {
    static struct long_boot same, other;

    add_block();
    long_boot_make(&boot, &alone, 1);
    long_boot_make(&same, &alone, 1);
    long_boot_make(&other, &alone, 2);
    CU_ASSERT_EQUAL(memcmp(boot.asks, same.asks, boot.count * sizeof *boot.asks), 0);
    CU_ASSERT_NOT_EQUAL(memcmp(boot.asks, other.asks, boot.count * sizeof *boot.asks), 0);
}

/* One target, whatever its answer: no place for anything else. */
static void test_single(void) {
    const struct facts *const rows[] = {&yes, &missing, &refused};

    for (size_t i = 0; i < 3; i++) {
        memset(&alone, 0, sizeof alone);
        long_boot_add(&alone, 0x40000010, rows[i]);
        long_boot_make(&boot, &alone, 1);
        CU_ASSERT_EQUAL(boot.count, LONG_BOOT_ASKS);
        for (size_t j = 0; j < boot.count; j++)
            CU_ASSERT_EQUAL_FATAL(boot.asks[j], 0x40000010);
        long_boot_make_other(&boot, &alone, 1);
        CU_ASSERT_TRUE(boot.count > 0 && boot.asks[0] == 0x40000010);
    }
}

static void test_ascending(void) {
    static const uint32_t wanted[] = {0x40000001, 0x40000010, 0x400000ff};
    uint32_t asks[LONG_BOOT_TARGETS];

    memset(&alone, 0, sizeof alone);
    for (size_t i = 3; i-- > 0;)
        long_boot_add(&alone, wanted[i], &yes);
    CU_ASSERT_EQUAL_FATAL(long_boot_ascending(&alone, asks), 3);
    CU_ASSERT_EQUAL(memcmp(asks, wanted, sizeof wanted), 0);
}

/* A boot up to a question, the last two of which are others. */
static void test_end_with(void) {
    char text[384];
    uint32_t first;

    memset(&alone, 0, sizeof alone);
    long_boot_add(&alone, 0x40000010, &yes);
    long_boot_add(&alone, 0x40000020, &missing);
    long_boot_add(&alone, 0x40000030, &refused);
    long_boot_make(&boot, &alone, 1);
    first = boot.asks[8];
    long_boot_end_with(&boot, 10, 0x40000030, 0x40000020);
    CU_ASSERT_EQUAL_FATAL(boot.count, 11);
    CU_ASSERT_TRUE(boot.asks[8] == first && boot.asks[9] == 0x40000030 &&
                   boot.asks[10] == 0x40000020);
    CU_ASSERT_STRING_EQUAL(long_boot_describe(&boot, 10, text, sizeof text),
                           "question 11 of one boot, after 3 leaves in a drawn order, the same 3 "
                           "again, 0x40000010 3 times, 0x40000030");
    long_boot_end_with(&boot, 10, 0x40000010, 0x40000030); /* another pair in their place */
    CU_ASSERT_TRUE(boot.count == 11 && boot.asks[9] == 0x40000010 && boot.phases_count == 5);
    long_boot_end_with(&boot, 1, 0x40000010, 0x40000030); /* none ahead of them */
    CU_ASSERT_TRUE(boot.count == 2 && boot.phases_count == 2);
}

static void test_words(void) {
    char text[384], small[24];

    memset(&alone, 0, sizeof alone);
    long_boot_add(&alone, 0x40000010, &yes);
    long_boot_add(&alone, 0x40000020, &missing);
    long_boot_add(&alone, 0x40000030, &refused);
    long_boot_make(&boot, &alone, 1);
    CU_ASSERT_STRING_EQUAL(long_boot_describe(&boot, 2, text, sizeof text),
                           "question 3 of one boot, after 2 leaves in a drawn order");
    CU_ASSERT_STRING_EQUAL(long_boot_describe(&boot, 16, text, sizeof text),
                           "question 17 of one boot, after 3 leaves in a drawn order, the same 3 "
                           "again, 0x40000010 10 times");
    CU_ASSERT_STRING_EQUAL(
        long_boot_describe(&boot, LONG_BOOT_ASKS - 1, text, sizeof text),
        "question 2560 of one boot, after 3 leaves in a drawn order, the same 3 again, 0x40000010 "
        "300 times, 0x40000030 300 times, 0x40000010, 0x40000020 300 times, 0x40000010, 6 of the "
        "block, upwards and back, 1645 of "
        "the drawn order, backwards and forwards by turns");
    long_boot_make_other(&boot, &alone, 1);
    CU_ASSERT_STRING_EQUAL(
        long_boot_describe(&boot, 45, text, sizeof text),
        "question 46 of one boot, after 40 times what is absent, 0x40000010 5 times");
    long_boot_make_rows(&boot, &alone, 1);
    CU_ASSERT_STRING_EQUAL(long_boot_describe(&boot, 1510, text, sizeof text),
                           "question 1511 of one boot, after 1500 times what is absent, 3 leaves "
                           "in a drawn order, 7 times what is available");
    long_boot_make_turned(&boot, &alone, 1);
    CU_ASSERT_STRING_EQUAL(long_boot_describe(&boot, 255, text, sizeof text),
                           "question 256 of one boot, after 255 leaves, available and absent in a "
                           "drawn order");
    long_boot_make_shuttle(&boot, &alone, 1);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(long_boot_describe(&boot, 300, text, sizeof text), " by turns, 300 questions"));
    long_boot_make_other(&boot, &alone, 1);
    long_boot_describe(&boot, 45, small, sizeof small);
    CU_ASSERT_STRING_EQUAL(small, "question 46 of one boot");
}

/* Parts of a boot: what one read, the later ones have read. */
static void test_read(void) {
    const struct cpuid_execution base[] = {{.leaf = CPUID_BASE}},
                                 target[] = {{.leaf = 0x40000010}, {.leaf = 0x80000000}};
    const struct observation first = {.boot_trace = base, .boot_count = 1},
                             second = {.boot_trace = target, .trace = target, .count = 2},
                             none = {.boot_trace = target};
    struct long_boot_read read = {0};
    struct facts facts = {.read_base = true, .read_hypervisor = true};

    long_boot_carry(&read, &first, 0x40000020, &facts);
    CU_ASSERT_FALSE(facts.read_target || facts.read_ahead);
    /* On its own trace, the second read its target ahead of BASE. */
    facts = (struct facts){
        .read_hypervisor = true, .read_ahead = true, .read_target = true, .stale_subleaf = true};
    long_boot_carry(&read, &second, 0x40000010, &facts);
    CU_ASSERT_TRUE(facts.read_base && facts.read_target && facts.stale_subleaf);
    CU_ASSERT_FALSE(facts.read_ahead || facts.read_beyond);
    facts = (struct facts){.read_beyond = true};
    long_boot_carry(&read, &none, 0x40000010, &facts);
    CU_ASSERT_TRUE(facts.read_base && facts.read_target && facts.read_hypervisor &&
                   facts.stale_subleaf && facts.read_beyond);
    facts = (struct facts){.read_base = false};
    long_boot_carry(&read, &none, 0x40000011, &facts);
    CU_ASSERT_TRUE(facts.read_base && facts.read_beyond);
    CU_ASSERT_FALSE(facts.read_target || facts.read_ahead);
    CU_ASSERT_FALSE(facts.stale_target);
}

/* What was read for another question at a stale subleaf, and is answered from memory. */
static void test_read_stale(void) {
    const struct cpuid_execution ahead[] = {{.leaf = 0x40000011, .subleaf = 7},
                                            {.leaf = 0x40000012}};
    const struct observation first = {.boot_trace = ahead, .trace = ahead, .count = 2}, none = {0};
    struct long_boot_read read = {0};
    struct facts facts = {.read_hypervisor = true, .stale_subleaf = true};

    long_boot_carry(&read, &first, 0x40000010, &facts);
    CU_ASSERT_FALSE(facts.stale_target);
    facts = (struct facts){.read_base = true};
    long_boot_carry(&read, &none, 0x40000011, &facts);
    CU_ASSERT_TRUE(facts.read_target && facts.stale_target);
    facts = (struct facts){.read_base = true};
    long_boot_carry(&read, &none, 0x40000012, &facts);
    CU_ASSERT_TRUE(facts.read_target && !facts.stale_target);
}

/* What was read ahead of BASE stays so, though BASE is read later. */
static void test_read_ahead(void) {
    const struct cpuid_execution target = {.leaf = 0x40000010}, base = {.leaf = CPUID_BASE};
    const struct observation first = {.boot_trace = &target, .trace = &target, .count = 1},
                             second = {.boot_trace = &base, .trace = &base, .count = 1};
    struct long_boot_read read = {0};
    struct facts facts = {.read_hypervisor = true, .read_ahead = true};

    long_boot_carry(&read, &first, 0x40000010, &facts);
    facts = (struct facts){.read_hypervisor = true, .read_base = true};
    long_boot_carry(&read, &second, 0x40000010, &facts);
    CU_ASSERT_TRUE(facts.read_ahead);
}

static const struct unit_test tests[] = {
    {"which targets are taken", test_targets},
    {"all leaves, then much of one kind", test_long},
    {"some of one kind, then all leaves", test_other},
    {"each place with the other answer", test_turned},
    {"long rows of one answer", test_rows},
    {"two leaves by turns", test_shuttle},
    {"rows in which 16 bits run over", test_wraps},
    {"each target ahead of each other", test_pairs},
    {"the order is drawn", test_drawn},
    {"a single target", test_single},
    {"ascending order", test_ascending},
    {"two questions at the end", test_end_with},
    {"in words", test_words},
    {"what was read since the boot", test_read},
    {"what was read too early", test_read_ahead},
    {"what was read at a stale subleaf", test_read_stale},
};

int main(void) {
    return UNIT_RUN(tests);
}
