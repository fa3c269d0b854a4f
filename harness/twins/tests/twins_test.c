/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/guest.h"
#include "harness/spec/signatures.h"
#include "harness/twins/tests/twins_fixture.h"

/* What the list has to contain; that no twin does more is twins_sound_test's. */
static const unsigned others = CPUID_EBX | CPUID_ECX | CPUID_EDX;

static struct twins_fixture fixture;

static void make(void) {
    twins_fixture_fill(&fixture);
    twins_fixture_make(&fixture);
}

static void drop(void) {
    twins_clear(&fixture.list);
}

static void test_fresh_starts(void) {
    bool seen[GUEST_GARBAGES] = {false};

    make();
    CU_ASSERT_EQUAL(twins_count(&fixture.list, TWIN_AGAIN), 1);
    CU_ASSERT_EQUAL(twins_count(&fixture.list, TWIN_GARBAGE), GUEST_GARBAGES - 1);
    for (size_t i = 0; i < fixture.list.count; i++)
        seen[fixture.list.twins[i].garbage % GUEST_GARBAGES] = true;
    for (unsigned garbage = 0; garbage < GUEST_GARBAGES; garbage++)
        CU_ASSERT_TRUE(seen[garbage]);
    drop();
}

/* One number everywhere, and one in each word; another in each case, and none in processes. */
static void test_litter(void) {
    uint64_t seen[2] = {0};

    for (unsigned round = 0; round < 2; round++) {
        unsigned alike = 0, apart = 0;

        twins_fixture_fill(&fixture);
        fixture.source.litters = true;
        fixture.source.seed += round;
        twins_fixture_make(&fixture);
        for (size_t i = 0; i < fixture.list.count; i++) {
            const struct twin *twin = &fixture.list.twins[i];

            if (twin->litter == 0)
                continue;
            CU_ASSERT_EQUAL(twin->kind, TWIN_GARBAGE);
            CU_ASSERT_EQUAL(twin->garbage, GUEST_LITTERED);
            alike += twin->litter & 1;
            apart += !(twin->litter & 1);
            seen[round] ^= twin->litter;
        }
        CU_ASSERT_EQUAL(alike, 1);
        CU_ASSERT_EQUAL(apart, 1);
        drop();
    }
    CU_ASSERT_NOT_EQUAL(seen[0], seen[1]);
    make();
    for (size_t i = 0; i < fixture.list.count; i++)
        CU_ASSERT_EQUAL(fixture.list.twins[i].litter, 0);
    drop();
}

static void test_known_signatures(void) {
    make();
    for (size_t i = 0; i < signatures_count; i++)
        CU_ASSERT_TRUE(has(&fixture, TWIN_SIGNATURE, CPUID_CHANGE_SET, CPUID_BASE, others,
                           signature_values(signatures[i].bytes)));
    drop();
}

/* Three numbers in a row of the code's four, in both orders. */
static void test_spelled_signatures(void) {
    static const struct cpuid_values spelled[] = {
        {0, 0x4b4d564b, 0x564b4d56, 0x4d},
        {0, 0x4d, 0x564b4d56, 0x4b4d564b},
        {0, 0x564b4d56, 0x4d, 0x1000},
        {0, 0x1000, 0x4d, 0x564b4d56},
    };

    make();
    for (size_t i = 0; i < sizeof spelled / sizeof spelled[0]; i++)
        CU_ASSERT_TRUE(
            has(&fixture, TWIN_SIGNATURE, CPUID_CHANGE_SET, CPUID_BASE, others, spelled[i]));
    drop();
}

/* Zeros, ones, 1, each bit alone, and each constant, in each register and where said in all. */
static void hold_patterns(enum twin_kind kind, uint32_t leaf, unsigned registers) {
    CU_ASSERT_TRUE(has(&fixture, kind, CPUID_CHANGE_SET, leaf, registers, all(0)));
    CU_ASSERT_TRUE(has(&fixture, kind, CPUID_CHANGE_SET, leaf, registers, all(UINT32_MAX)));
    CU_ASSERT_TRUE(has(&fixture, kind, CPUID_CHANGE_SET, leaf, registers, all(1)));
    for (unsigned reg = CPUID_EAX; reg <= CPUID_EDX; reg <<= 1) {
        bool wanted = (registers & reg) != 0;

        if (registers != reg)
            CU_ASSERT_EQUAL(has(&fixture, kind, CPUID_CHANGE_SET, leaf, reg, all(0)), wanted);
        for (unsigned bit = 0; bit < 32; bit++)
            CU_ASSERT_EQUAL(has(&fixture, kind, CPUID_CHANGE_XOR, leaf, reg, all(1u << bit)),
                            wanted);
        for (size_t i = 0; i < TWINS_CONSTANTS; i++)
            CU_ASSERT_EQUAL(
                has(&fixture, kind, CPUID_CHANGE_SET, leaf, reg, all(fixture.constants[i])),
                wanted);
    }
}

static void test_patterns(void) {
    make();
    hold_patterns(TWIN_SIGNATURE, CPUID_BASE, others);
    hold_patterns(TWIN_REGISTERS, TWINS_TARGET, others);
    drop();
}

/* The other leaves of the block that the case's run read, each on its own; no others. */
static void test_read_leaves(void) {
    make();
    hold_patterns(TWIN_LEAVES, 0x40000011u, CPUID_EAX);
    hold_patterns(TWIN_LEAVES, 0x400000f0u, CPUID_EAX);
    for (size_t i = 0; i < TWINS_CONSTANTS; i++)
        CU_ASSERT_TRUE(has(&fixture, TWIN_LEAVES, CPUID_CHANGE_SET, 0x40000011u, CPUID_ALL,
                           all(fixture.constants[i])));
    CU_ASSERT_FALSE(has(&fixture, TWIN_LEAVES, CPUID_CHANGE_SET, 0x40000013u, CPUID_EAX, all(0)));
    CU_ASSERT_FALSE(has(&fixture, TWIN_LEAVES, CPUID_CHANGE_SET, 0x40000100u, CPUID_EAX, all(0)));
    drop();
}

static void test_no_run_no_read_leaves(void) {
    twins_fixture_fill(&fixture);
    fixture.source.base = NULL;
    twins_fixture_make(&fixture);
    CU_ASSERT_FALSE(has(&fixture, TWIN_LEAVES, CPUID_CHANGE_SET, 0x40000011u, CPUID_EAX, all(0)));
    CU_ASSERT_TRUE(twins_count(&fixture.list, TWIN_LEAVES) > 0);
    drop();
}

/* The fill of a stretch of the block around the target. */
static bool has_block(uint32_t first, uint32_t last, enum cpuid_fill fill, uint32_t value) {
    for (size_t i = 0; i < fixture.list.count; i++) {
        const struct twin *twin = &fixture.list.twins[i];
        const struct cpuid_change *change = &twin->changes[0];

        if (twin->kind == TWIN_LEAVES && change->kind == CPUID_CHANGE_FILL &&
            change->first == first && change->last == last && change->fill == fill &&
            change->registers == CPUID_ALL && change->except == fixture.source.target &&
            (fill != CPUID_FILL_VALUES || change->values.eax == value))
            return true;
    }
    return false;
}

static void test_blocks(void) {
    static const struct {
        uint32_t first, last;
    } parts[] = {
        {0x40000001, 0x40000011}, /* below */
        {0x40000013, 0x400000ff}, /* above */
        {0x40000011, 0x40000013}, /* beside */
        {0x40000010, 0x4000001f}, /* its own row */
    };

    make();
    CU_ASSERT_TRUE(has_block(0x40000001, 0x400000ff, CPUID_FILL_ZERO, 0));
    CU_ASSERT_TRUE(has_block(0x40000001, 0x400000ff, CPUID_FILL_VALUES, 1));
    CU_ASSERT_TRUE(has_block(0x40000001, 0x400000ff, CPUID_FILL_VALUES, UINT32_MAX));
    CU_ASSERT_TRUE(has_block(0x40000001, 0x400000ff, CPUID_FILL_HIGHEST_BASIC, 0));
    CU_ASSERT_TRUE(has_block(0x40000001, 0x400000ff, CPUID_FILL_BASE, 0));
    CU_ASSERT_TRUE(has_block(0x40000001, 0x400000ff, CPUID_FILL_JUNK, 0));
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        CU_ASSERT_TRUE(has_block(parts[i].first, parts[i].last, CPUID_FILL_JUNK, 0));
        CU_ASSERT_TRUE(has_block(parts[i].first, parts[i].last, CPUID_FILL_ZERO, 0));
    }
    drop();
}

/* Nothing lies below the first leaf, nor above the last, that could be filled. */
static void test_blocks_at_the_ends(void) {
    twins_fixture_fill(&fixture);
    fixture.source.target = 0x40000001;
    twins_fixture_make(&fixture);
    CU_ASSERT_TRUE(has_block(0x40000002, 0x400000ff, CPUID_FILL_JUNK, 0));
    CU_ASSERT_TRUE(has_block(0x40000001, 0x40000002, CPUID_FILL_JUNK, 0)); /* beside */
    drop();
    twins_fixture_fill(&fixture);
    fixture.source.target = 0x400000ff;
    twins_fixture_make(&fixture);
    CU_ASSERT_TRUE(has_block(0x40000001, 0x400000fe, CPUID_FILL_JUNK, 0));
    CU_ASSERT_FALSE(has_block(0x40000100, 0x400000ff, CPUID_FILL_JUNK, 0));
    drop();
}

static bool has_maximum(enum twin_kind kind, uint32_t maximum) {
    for (size_t i = 0; i < fixture.list.count; i++) {
        if (fixture.list.twins[i].kind == kind &&
            twin_view(&fixture, &fixture.list.twins[i]).maximum == maximum)
            return true;
    }
    return false;
}

static void test_plain_maxima(void) {
    make();
    CU_ASSERT_TRUE(has_maximum(TWIN_MAXIMUM, TWINS_TARGET));
    CU_ASSERT_TRUE(has_maximum(TWIN_MAXIMUM, 0x400000ff));
    drop();
    twins_fixture_fill(&fixture);
    fixture.table.base.eax = 0x40000001;
    twins_fixture_view(&fixture);
    twins_fixture_make(&fixture);
    CU_ASSERT_TRUE(has_maximum(TWIN_MAXIMUM, TWINS_TARGET - 1));
    CU_ASSERT_TRUE(has_maximum(TWIN_MAXIMUM, CPUID_BASE));
    CU_ASSERT_TRUE(has_maximum(TWIN_MAXIMUM, 0));
    drop();
}

/* At the end of the block the plain maxima are one and the same. */
static void test_further_maxima_only_when_wrong(void) {
    for (unsigned wrong = 0; wrong < 2; wrong++) {
        twins_fixture_fill(&fixture);
        fixture.source.target = CPUID_BLOCK_LAST;
        fixture.table.base.eax = CPUID_BLOCK_LAST;
        fixture.source.is_wrong = wrong;
        twins_fixture_view(&fixture);
        twins_fixture_make(&fixture);
        CU_ASSERT_EQUAL(has_maximum(TWIN_MAXIMUM, 0x40000100), wrong);
        CU_ASSERT_EQUAL(has_maximum(TWIN_MAXIMUM, UINT32_MAX), wrong);
        drop();
    }
}

/* A target that answers subleaf by subleaf goes on doing so under another maximum. */
static void test_subleaves_stay(void) {
    twins_fixture_fill(&fixture);
    fixture.leaves[1].every_subleaf = false;
    twins_fixture_make(&fixture);
    for (size_t i = 0; i < fixture.list.count; i++) {
        struct cpuid_view view = twin_view(&fixture, &fixture.list.twins[i]);

        if (fixture.list.twins[i].kind == TWIN_MAXIMUM)
            CU_ASSERT_EQUAL(cpuid_lookup(&view, TWINS_TARGET, 1).eax, 0);
    }
    drop();
}

/* Of a target that was read at another subleaf, all but subleaf 0 answer the other way in one twin,
 * and of one that was not, in none. */
static void test_stray_subleaves(void) {
    for (unsigned stray = 0; stray < 2; stray++) {
        size_t other_way = 0;

        for (unsigned zero = 0; zero < 2; zero++) {
            twins_fixture_fill(&fixture);
            fixture.leaves[1].values.eax = zero ? 0 : 7;
            fixture.trace[3].subleaf = stray; /* where it reads the target */
            twins_fixture_make(&fixture);
            for (size_t i = 0; i < fixture.list.count; i++) {
                struct cpuid_view view = twin_view(&fixture, &fixture.list.twins[i]);
                uint32_t first = cpuid_lookup(&view, TWINS_TARGET, 0).eax;
                uint32_t other = cpuid_lookup(&view, TWINS_TARGET, 1).eax;

                other_way += first == (zero ? 0 : 7) && (other == 0) != (first == 0);
            }
            drop();
        }
        CU_ASSERT_EQUAL(other_way, stray ? 2 : 0);
    }
}

/* Only a wrong case has causes to tell apart; a zero stays one. */
static void test_other_values_only_when_wrong(void) {
    for (unsigned wrong = 0; wrong < 2; wrong++) {
        twins_fixture_fill(&fixture);
        fixture.source.is_wrong = wrong;
        twins_fixture_make(&fixture);
        CU_ASSERT_EQUAL(
            has(&fixture, TWIN_NONZERO, CPUID_CHANGE_SET, TWINS_TARGET, CPUID_EAX, all(1)), wrong);
        CU_ASSERT_EQUAL(
            has(&fixture, TWIN_FURTHER, CPUID_CHANGE_SET, 0x40000100u, CPUID_EAX, all(1)), wrong);
        CU_ASSERT_EQUAL(
            has(&fixture, TWIN_FURTHER, CPUID_CHANGE_SET, 0x40000100u, CPUID_EAX, all(0x400001ffu)),
            wrong);
        /* The block's leaves have twins of their own. */
        CU_ASSERT_FALSE(
            has(&fixture, TWIN_ELSEWHERE, CPUID_CHANGE_SET, 0x40000011u, CPUID_EAX, all(1)));
        drop();
    }
    twins_fixture_fill(&fixture);
    fixture.source.is_wrong = true;
    fixture.leaves[1].values.eax = 0;
    twins_fixture_make(&fixture);
    CU_ASSERT_EQUAL(twins_count(&fixture.list, TWIN_NONZERO), 0);
    drop();
}

/* Twins of a wrong case that look at leaves which its maximum hides. */
static void test_hidden_leaves(void) {
    size_t wide = 0;

    twins_fixture_fill(&fixture);
    fixture.source.is_wrong = true;
    twins_fixture_make(&fixture);
    for (size_t i = 0; i < fixture.list.count; i++) {
        const struct twin *twin = &fixture.list.twins[i];
        struct cpuid_view view = twin_view(&fixture, twin);

        if (twin->kind == TWIN_LEAVES_WIDE) {
            CU_ASSERT_EQUAL(view.maximum, CPUID_BLOCK_LAST);
            CU_ASSERT_EQUAL(cpuid_lookup(&view, 0x400000f0u, 0).eax, wide++);
        }
    }
    CU_ASSERT_EQUAL(wide, 2);
    drop();
    make();
    CU_ASSERT_EQUAL(twins_count(&fixture.list, TWIN_LEAVES_WIDE), 0);
    drop();
}

/* Each constant, one less and one more, as the maximum; and as the target's EAX. */
static void test_values(void) {
    make();
    for (size_t i = 0; i < TWINS_CONSTANTS; i++) {
        for (uint32_t offset = 0; offset < 3; offset++)
            CU_ASSERT_TRUE(has(&fixture, TWIN_VALUE, CPUID_CHANGE_SET, CPUID_BASE, CPUID_EAX,
                               all(fixture.constants[i] - 1 + offset)));
        CU_ASSERT_TRUE(has(&fixture, TWIN_VALUE, CPUID_CHANGE_SET, TWINS_TARGET, CPUID_EAX,
                           all(fixture.constants[i])));
    }
    drop();
}

/* What fits 16 bits may be half of a number. */
static void test_values_in_halves(void) {
    twins_fixture_fill(&fixture);
    fixture.constants[0] = 0x5a4d;
    fixture.constants[1] = 0x1234;
    twins_fixture_make(&fixture);
    CU_ASSERT_TRUE(
        has(&fixture, TWIN_VALUE, CPUID_CHANGE_SET, TWINS_TARGET, CPUID_EAX, all(0x5a4d1234)));
    CU_ASSERT_TRUE(
        has(&fixture, TWIN_VALUE, CPUID_CHANGE_SET, TWINS_TARGET, CPUID_EAX, all(0x12345a4d)));
    drop();
}

/* --- Rows. --- */

/* Five runs of each other row that has a place for the leaf, asked for at the same column. */
static void hold_rows(uint32_t target, unsigned without) {
    unsigned own = (target - CPUID_BASE) / 16, runs[16] = {0};

    twins_fixture_fill(&fixture);
    fixture.source.target = target;
    twins_fixture_make(&fixture);
    for (size_t i = 0; i < fixture.list.count; i++) {
        const struct twin *twin = &fixture.list.twins[i];

        if (twin->kind != TWIN_RANGE && twin->kind != TWIN_RANGE_FILLED)
            continue;
        CU_ASSERT_TRUE_FATAL(twin->group < 16);
        CU_ASSERT_EQUAL(twin->target, CPUID_BASE + 16 * twin->group + target % 16);
        runs[twin->group]++;
    }
    for (unsigned row = 0; row < 16; row++)
        CU_ASSERT_EQUAL(runs[row], row == own || row == without ? 0 : 5);
    drop();
}

static void test_rows(void) {
    hold_rows(TWINS_TARGET, 16);
    hold_rows(0x40000005, 16);
    hold_rows(0x400000ff, 16);
    hold_rows(0x40000010, 0); /* in the first row BASE stands in its place */
}

static void test_column(void) {
    static const struct {
        uint32_t target, next;
    } rows[] = {{0x40000012, 0x40000013},
                {0x40000013, 0x40000012},
                {0x40000001, 0x40000002}, /* never BASE */
                {0x400000ff, 0x400000fe}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        twins_fixture_fill(&fixture);
        fixture.source.target = rows[i].target;
        twins_fixture_make(&fixture);
        CU_ASSERT_EQUAL(twins_count(&fixture.list, TWIN_COLUMN), 1);
        for (size_t j = 0; j < fixture.list.count; j++) {
            if (fixture.list.twins[j].kind == TWIN_COLUMN)
                CU_ASSERT_EQUAL(fixture.list.twins[j].target, rows[i].next);
        }
        drop();
    }
}

static void test_pairs_only_when_wrong(void) {
    make();
    CU_ASSERT_EQUAL(twins_count(&fixture.list, TWIN_RANGE_SIGNED), 0);
    drop();
    twins_fixture_fill(&fixture);
    fixture.source.is_wrong = true;
    twins_fixture_make(&fixture);
    CU_ASSERT_EQUAL(twins_count(&fixture.list, TWIN_RANGE_SIGNED), 15 * 3);
    CU_ASSERT_TRUE(has_maximum(TWIN_RANGE_SIGNED, 0x400000ff));
    drop();
}

/* A probe of fixed targets cannot be asked elsewhere. */
static void test_fixed_targets(void) {
    twins_fixture_fill(&fixture);
    fixture.source.any_target = false;
    fixture.source.is_wrong = true;
    twins_fixture_make(&fixture);
    CU_ASSERT_EQUAL(twins_count(&fixture.list, TWIN_RANGE), 0);
    CU_ASSERT_EQUAL(twins_count(&fixture.list, TWIN_RANGE_SIGNED), 0);
    CU_ASSERT_EQUAL(twins_count(&fixture.list, TWIN_COLUMN), 0);
    for (size_t i = 0; i < fixture.list.count; i++)
        CU_ASSERT_EQUAL(fixture.list.twins[i].target, TWINS_TARGET);
    drop();
}

static const struct unit_test tests[] = {
    {"fresh starts", test_fresh_starts},
    {"numbers that lie about", test_litter},
    {"known signatures", test_known_signatures},
    {"signatures that the code spells", test_spelled_signatures},
    {"patterns in BASE and in the target", test_patterns},
    {"leaves that the case read", test_read_leaves},
    {"without a run there are none", test_no_run_no_read_leaves},
    {"blocks of leaves", test_blocks},
    {"blocks at the ends", test_blocks_at_the_ends},
    {"plain maxima", test_plain_maxima},
    {"further maxima only when the case is wrong", test_further_maxima_only_when_wrong},
    {"subleaves stay under another maximum", test_subleaves_stay},
    {"a target read at another subleaf", test_stray_subleaves},
    {"other values only when the case is wrong", test_other_values_only_when_wrong},
    {"hidden leaves and subleaves", test_hidden_leaves},
    {"values from the code", test_values},
    {"values in halves", test_values_in_halves},
    {"rows", test_rows},
    {"the next leaf of the row", test_column},
    {"pairs only when the case is wrong", test_pairs_only_when_wrong},
    {"a probe of fixed targets", test_fixed_targets},
};

int main(void) {
    return UNIT_RUN(tests);
}
