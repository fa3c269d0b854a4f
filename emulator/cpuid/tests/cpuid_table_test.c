/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tests/unit.h"
#include "emulator/cpuid/pattern.h"
#include "emulator/cpuid/processor.h"
#include "emulator/cpuid/processors.h"
#include "emulator/cpuid/table.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define MAXIMUM 0x40000010u
#define SET_EAX(from, to, value)                                                                   \
    {                                                                                              \
        .kind = CPUID_CHANGE_SET, .registers = CPUID_EAX, .first = (from), .last = (to),           \
        .values = {                                                                                \
            .eax = (value)                                                                         \
        }                                                                                          \
    }

static const struct cpuid_values zero;
static const struct cpuid_values base = {MAXIMUM, 0x4b4d564b, 0x564b4d56, 0x4d};
static const struct cpuid_values highest_basic = {2300, 2300, 100, 0};

static bool same(struct cpuid_values a, struct cpuid_values b) {
    return a.eax == b.eax && a.ebx == b.ebx && a.ecx == b.ecx && a.edx == b.edx;
}

/* A maximum of MAXIMUM; below it zeros, above it the highest basic leaf. */
static struct cpuid_table table_new(void) {
    return (struct cpuid_table){.base = base,
                                .present = true,
                                .unlisted = {.fill = CPUID_FILL_ZERO},
                                .beyond = {.fill = CPUID_FILL_HIGHEST_BASIC},
                                .junk_seed = 7};
}

static bool add(struct cpuid_table *table, uint32_t leaf, uint32_t eax) {
    return cpuid_table_add(table, (struct cpuid_leaf){leaf, 0, true, {eax, 0, 0, 0}});
}

static struct cpuid_values look(const struct cpuid_table *table, uint32_t leaf) {
    struct cpuid_view view = cpuid_view(table, NULL, 0);

    return cpuid_lookup(&view, leaf, 0);
}

static struct cpuid_values look_changed(const struct cpuid_table *table,
                                        const struct cpuid_change *changes, size_t count,
                                        uint32_t leaf) {
    struct cpuid_view view = cpuid_view(table, changes, count);

    return cpuid_lookup(&view, leaf, 0);
}

static void test_listed(void) {
    struct cpuid_table table = table_new();

    CU_ASSERT_TRUE(add(&table, 0x40000010, 0x354e52));
    CU_ASSERT_TRUE(add(&table, 0x40000001, 1));
    CU_ASSERT_TRUE(add(&table, 0x40000030, 3)); /* above the maximum, and still listed */
    CU_ASSERT_TRUE(add(&table, 0x00000007, 9));
    CU_ASSERT_TRUE(same(look(&table, CPUID_BASE), base));
    CU_ASSERT_EQUAL(look(&table, 0x40000010).eax, 0x354e52);
    CU_ASSERT_EQUAL(look(&table, 0x40000001).eax, 1);
    CU_ASSERT_EQUAL(look(&table, 0x40000030).eax, 3);
    CU_ASSERT_EQUAL(look(&table, 0x00000007).eax, 9);
    cpuid_table_clear(&table);
    CU_ASSERT_EQUAL(table.count, 0);
    CU_ASSERT_EQUAL(look(&table, 0x40000001).eax, 0);
    CU_ASSERT_TRUE(add(&table, 0x40000001, 5));
    CU_ASSERT_EQUAL(look(&table, 0x40000001).eax, 5);
    cpuid_table_clear(&table);
}

static void test_subleaves(void) {
    struct cpuid_table table = table_new();
    struct cpuid_view view;

    CU_ASSERT_TRUE(
        cpuid_table_add(&table, (struct cpuid_leaf){0x40000003, 2, false, {22, 0, 0, 0}}));
    CU_ASSERT_TRUE(
        cpuid_table_add(&table, (struct cpuid_leaf){0x40000003, 0, false, {6, 0, 0, 0}}));
    CU_ASSERT_TRUE(
        cpuid_table_add(&table, (struct cpuid_leaf){CPUID_BASE, 4, false, {44, 0, 0, 0}}));
    CU_ASSERT_TRUE(add(&table, 0x40000004, 5));
    /* Listed already: the same subleaf, all of them against one, one against all of them. */
    CU_ASSERT_FALSE(
        cpuid_table_add(&table, (struct cpuid_leaf){0x40000003, 2, false, {1, 0, 0, 0}}));
    CU_ASSERT_FALSE(
        cpuid_table_add(&table, (struct cpuid_leaf){0x40000003, 9, true, {1, 0, 0, 0}}));
    CU_ASSERT_FALSE(
        cpuid_table_add(&table, (struct cpuid_leaf){0x40000004, 8, false, {1, 0, 0, 0}}));
    CU_ASSERT_EQUAL(table.count, 4);
    view = cpuid_view(&table, NULL, 0);
    CU_ASSERT_EQUAL(view.maximum, MAXIMUM);
    CU_ASSERT_EQUAL(cpuid_lookup(&view, 0x40000003, 0).eax, 6);
    CU_ASSERT_EQUAL(cpuid_lookup(&view, 0x40000003, 2).eax, 22);
    CU_ASSERT_EQUAL(cpuid_lookup(&view, 0x40000003, 1).eax, 0);
    CU_ASSERT_EQUAL(cpuid_lookup(&view, 0x40000003, 3).eax, 0);
    CU_ASSERT_EQUAL(cpuid_lookup(&view, 0x40000004, 0xffffffff).eax, 5);
    CU_ASSERT_EQUAL(cpuid_lookup(&view, CPUID_BASE, 4).eax, 44);
    CU_ASSERT_EQUAL(cpuid_lookup(&view, CPUID_BASE, 3).eax, MAXIMUM);
    cpuid_table_clear(&table);
}

static void test_fills_meet_at_maximum(void) {
    static const struct {
        uint32_t maximum, leaf;
        bool within;
    } rows[] = {
        {0x40000010, 0x4000000f, true},  {0x40000010, 0x40000010, true},
        {0x40000010, 0x40000011, false}, {0x40000010, 0x40000100, false},
        {0x40000010, 0x4fffffff, false}, {0x40000200, 0x40000200, true},
        {0x40000200, 0x40000201, false}, {0xffffffff, 0x4fffffff, true},
        {0x80000000, 0x400000ff, true},  {0x00000000, 0x40000001, false},
        {0x3fffffff, 0x40000001, false}, {0x40000000, 0x40000001, false},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct cpuid_table table = {.base = {.eax = rows[i].maximum},
                                    .unlisted = {CPUID_FILL_VALUES, {11, 0, 0, 0}},
                                    .beyond = {CPUID_FILL_VALUES, {22, 0, 0, 0}}};

        CU_ASSERT_EQUAL(look(&table, rows[i].leaf).eax, rows[i].within ? 11 : 22);
    }
}

static void test_every_fill(void) {
    struct cpuid_table table = table_new();

    CU_ASSERT_TRUE(same(look(&table, 0x40000002), zero));
    CU_ASSERT_TRUE(same(look(&table, 0x40000011), highest_basic));
    table.beyond.fill = CPUID_FILL_BASE;
    CU_ASSERT_TRUE(same(look(&table, 0x40000011), base));
    table.beyond = (struct cpuid_default){CPUID_FILL_VALUES, {1, 2, 3, 4}};
    CU_ASSERT_TRUE(same(look(&table, 0x40000011), (struct cpuid_values){1, 2, 3, 4}));
    table.beyond.fill = CPUID_FILL_ZERO;
    CU_ASSERT_TRUE(same(look(&table, 0x40000011), zero));
}

static void test_echo_follows_listed_leaf_0(void) {
    struct cpuid_table table = table_new();

    /* The basic maximum is 0xd, and leaf 0xd has its values by subleaf. */
    CU_ASSERT_TRUE(add(&table, 0, 0xd));
    CU_ASSERT_TRUE(
        cpuid_table_add(&table, (struct cpuid_leaf){0xd, 0, false, {7, 0x340, 0x340, 0}}));
    CU_ASSERT_TRUE(same(look(&table, 0x40000011), (struct cpuid_values){7, 0x340, 0x340, 0}));
    CU_ASSERT_TRUE(same(look(&table, 0x16), (struct cpuid_values){7, 0x340, 0x340, 0}));
    cpuid_table_clear(&table);
    /* A leaf 0 that names a hypervisor leaf as the highest basic one must not go in circles. */
    CU_ASSERT_TRUE(add(&table, 0, 0x40000011));
    CU_ASSERT_TRUE(same(look(&table, 0x40000011), highest_basic));
    cpuid_table_clear(&table);
}

static void test_processor(void) {
    struct cpuid_table table = table_new();

    CU_ASSERT_EQUAL(look(&table, 0).eax, 0x16);
    CU_ASSERT_EQUAL(look(&table, 0x80000000).eax, 0x80000008);
    CU_ASSERT_TRUE(same(look(&table, 0x16), highest_basic));
    CU_ASSERT_TRUE(same(look(&table, 0x3), zero));
    CU_ASSERT_TRUE(same(look(&table, 0x80000005), zero));
    CU_ASSERT_TRUE(same(look(&table, 0x17), highest_basic));
    CU_ASSERT_TRUE(same(look(&table, 0x3fffffff), highest_basic));
    CU_ASSERT_TRUE(same(look(&table, 0x50000000), highest_basic));
    CU_ASSERT_TRUE(same(look(&table, 0x80000009), highest_basic));
    CU_ASSERT_TRUE(same(look(&table, 0xffffffff), highest_basic));
}

static void test_brand_string(void) {
    struct cpuid_table table = table_new();
    struct cpuid_values part[3];
    char text[sizeof part + 1] = {0};

    for (unsigned i = 0; i < 3; i++)
        part[i] = look(&table, 0x80000002 + i);
    memcpy(text, part, sizeof part);
    CU_ASSERT_STRING_EQUAL(text, "Generic x86 processor @ 2.30GHz");
}

static void test_presence(void) {
    struct cpuid_table table = table_new();

    CU_ASSERT_EQUAL(look(&table, 1).ecx, 0x80002001);
    table.present = false;
    CU_ASSERT_EQUAL(look(&table, 1).ecx, 0x00002001);
    CU_ASSERT_TRUE(cpuid_table_add(&table, (struct cpuid_leaf){1, 0, true, {5, 0, 0x80000004, 0}}));
    CU_ASSERT_EQUAL(look(&table, 1).ecx, 4);
    table.present = true;
    CU_ASSERT_EQUAL(look(&table, 1).ecx, 0x80000004);
    cpuid_table_clear(&table);
}

static void test_junk(void) {
    struct cpuid_table table = table_new();
    struct cpuid_view view;
    unsigned ones[4] = {0}; /* how often each register's bit 31 is set */

    table.unlisted.fill = table.beyond.fill = CPUID_FILL_JUNK;
    view = cpuid_view(&table, NULL, 0);
    for (uint32_t leaf = 0x40000001; leaf <= 0x40001000; leaf++) {
        struct cpuid_values now = cpuid_lookup(&view, leaf, 0);

        CU_ASSERT_TRUE(now.eax != 0);
        CU_ASSERT_TRUE(same(now, cpuid_lookup(&view, leaf, 0)));
        CU_ASSERT_FALSE(same(now, cpuid_lookup(&view, leaf, 1)));
        CU_ASSERT_FALSE(same(now, cpuid_lookup(&view, leaf + 1, 0)));
        ones[0] += now.eax >> 31;
        ones[1] += now.ebx >> 31;
        ones[2] += now.ecx >> 31;
        ones[3] += now.edx >> 31;
    }
    /* Half of 4096, give or take six standard deviations of 32. */
    for (unsigned i = 0; i < 4; i++)
        CU_ASSERT_TRUE(ones[i] > 2048 - 192 && ones[i] < 2048 + 192);
    struct cpuid_values before = cpuid_lookup(&view, 0x40000020, 0);
    table.junk_seed = 8;
    CU_ASSERT_FALSE(same(before, cpuid_lookup(&view, 0x40000020, 0)));
}

static void test_set_and_xor(void) {
    static const struct cpuid_change changes[] = {
        {.kind = CPUID_CHANGE_SET,
         .registers = CPUID_EBX | CPUID_EDX,
         .first = 0x40000001,
         .last = 0x40000003,
         .except = 0x40000002,
         .values = {1, 2, 3, 4}},
        {.kind = CPUID_CHANGE_XOR,
         .registers = CPUID_EAX | CPUID_EBX,
         .first = 0x40000003,
         .last = 0x40000003,
         .values = {0xff, 0xff, 0xff, 0xff}},
    };
    struct cpuid_table table = table_new();

    for (uint32_t leaf = 0x40000001; leaf <= 0x40000004; leaf++)
        CU_ASSERT_TRUE(
            cpuid_table_add(&table, (struct cpuid_leaf){leaf, 0, true, {0x10, 0x20, 0x30, 0x40}}));
    static const struct cpuid_values expected[] = {{0x10, 2, 0x30, 4},
                                                   {0x10, 0x20, 0x30, 0x40},
                                                   {0xef, 0xfd, 0x30, 4},
                                                   {0x10, 0x20, 0x30, 0x40}};
    for (unsigned i = 0; i < COUNT(expected); i++)
        CU_ASSERT_TRUE(same(look_changed(&table, changes, 2, 0x40000001 + i), expected[i]));
    cpuid_table_clear(&table);
}

static void test_changes_apply_in_order(void) {
    static const struct cpuid_change set = SET_EAX(0x40000001, 0x40000001, 0xf0);
    static const struct cpuid_change flip = {.kind = CPUID_CHANGE_XOR,
                                             .registers = CPUID_EAX,
                                             .first = 0x40000001,
                                             .last = 0x40000001,
                                             .values = {.eax = 0xff}};
    const struct cpuid_change set_first[] = {set, flip}, flip_first[] = {flip, set};
    struct cpuid_table table = table_new();

    CU_ASSERT_EQUAL(look_changed(&table, set_first, 2, 0x40000001).eax, 0x0f);
    CU_ASSERT_EQUAL(look_changed(&table, flip_first, 2, 0x40000001).eax, 0xf0);
}

static void test_changed_maximum_moves_the_fills(void) {
    static const struct cpuid_change lower[] = {SET_EAX(CPUID_BASE, CPUID_BASE, 0x40000001)};
    static const struct cpuid_change raise[] = {SET_EAX(CPUID_BASE, CPUID_BASE, 0x40000011)};
    struct cpuid_table table = table_new();

    CU_ASSERT_EQUAL(cpuid_view(&table, lower, 1).maximum, 0x40000001);
    CU_ASSERT_TRUE(same(look_changed(&table, lower, 1, 0x40000001), zero));
    CU_ASSERT_TRUE(same(look_changed(&table, lower, 1, 0x40000002), highest_basic));
    CU_ASSERT_TRUE(same(look_changed(&table, raise, 1, 0x40000011), zero));
    CU_ASSERT_TRUE(same(look_changed(&table, raise, 1, 0x40000012), highest_basic));
    table.beyond.fill = CPUID_FILL_BASE; /* the echo shows the changed maximum */
    CU_ASSERT_EQUAL(look_changed(&table, lower, 1, 0x40000002).eax, 0x40000001);
    CU_ASSERT_EQUAL(look_changed(&table, lower, 1, 0x40000002).ebx, base.ebx);
}

static void test_fill_changes(void) {
    static const struct cpuid_change echo_base[] = {{.kind = CPUID_CHANGE_FILL,
                                                     .registers = CPUID_ALL,
                                                     .first = CPUID_BASE,
                                                     .last = 0x40000002,
                                                     .fill = CPUID_FILL_BASE},
                                                    SET_EAX(CPUID_BASE, CPUID_BASE, 0x40000002)};
    static const struct cpuid_change echo_basic[] = {{.kind = CPUID_CHANGE_FILL,
                                                      .registers = CPUID_ALL,
                                                      .first = 0,
                                                      .last = 0xffffffff,
                                                      .except = 1,
                                                      .fill = CPUID_FILL_HIGHEST_BASIC}};
    static const struct cpuid_change junk[] = {{.kind = CPUID_CHANGE_FILL,
                                                .registers = CPUID_EBX | CPUID_ECX | CPUID_EDX,
                                                .first = 0x40000001,
                                                .last = 0x400000ff,
                                                .fill = CPUID_FILL_JUNK,
                                                .seed = 3}};
    static const struct cpuid_change given[] = {{.kind = CPUID_CHANGE_FILL,
                                                 .registers = CPUID_ECX,
                                                 .first = 0x40000001,
                                                 .last = 0x40000001,
                                                 .fill = CPUID_FILL_VALUES,
                                                 .values = {1, 2, 3, 4}}};
    struct cpuid_table table = table_new();

    CU_ASSERT_TRUE(same(look_changed(&table, echo_base, 2, 0x40000001),
                        (struct cpuid_values){0x40000002, base.ebx, base.ecx, base.edx}));
    CU_ASSERT_EQUAL(look_changed(&table, echo_base, 2, CPUID_BASE).eax, 0x40000002);
    CU_ASSERT_TRUE(same(look_changed(&table, echo_basic, 1, 0x40000005), highest_basic));
    CU_ASSERT_TRUE(same(look_changed(&table, echo_basic, 1, 0x16), highest_basic));
    CU_ASSERT_TRUE(same(look_changed(&table, echo_basic, 1, CPUID_BASE), highest_basic));
    CU_ASSERT_EQUAL(look_changed(&table, echo_basic, 1, 1).eax, 0x000506e3);
    CU_ASSERT_EQUAL(look_changed(&table, junk, 1, 0x40000005).eax, 0);
    CU_ASSERT_TRUE(look_changed(&table, junk, 1, 0x40000005).ebx != 0);
    CU_ASSERT_TRUE(
        same(look_changed(&table, given, 1, 0x40000001), (struct cpuid_values){.ecx = 3}));
}

/* What a pattern has returns the values, also over what is listed; what it has not, zero. */
static void test_pattern(void) {
    struct cpuid_change change = {.kind = CPUID_CHANGE_PATTERN,
                                  .registers = CPUID_EAX,
                                  .first = 0x40000001,
                                  .last = 0x400000ff,
                                  .values = {.eax = 7, .ebx = 8}};
    struct cpuid_table table = table_new();
    unsigned there = 0;

    CU_ASSERT_TRUE(add(&table, 0x40000001, 1));
    CU_ASSERT_EQUAL(look_changed(&table, &change, 1, 0x40000001).eax, 7);
    CU_ASSERT_EQUAL(look_changed(&table, &change, 1, 0x400000ff).eax, 7);
    CU_ASSERT_TRUE(same(look_changed(&table, &change, 1, CPUID_BASE), base));
    change.seed = 5;
    for (uint32_t leaf = 0x40000001; leaf <= CPUID_BLOCK_LAST; leaf++) {
        uint32_t eax = look_changed(&table, &change, 1, leaf).eax;

        CU_ASSERT_EQUAL(eax, cpuid_pattern_has(5, leaf) ? 7 : 0);
        there += eax != 0;
    }
    CU_ASSERT_TRUE(there > 0 && there < 255);
    cpuid_table_clear(&table);
}

static void test_swapped_rows(void) {
    static const struct cpuid_change swap[] = {
        {.kind = CPUID_CHANGE_SWAP_ROWS, .first = 1, .last = 3}};
    struct cpuid_table table = table_new();

    CU_ASSERT_TRUE(add(&table, 0x40000001, 1));
    CU_ASSERT_TRUE(add(&table, 0x40000010, 2));
    CU_ASSERT_TRUE(add(&table, 0x4000003f, 3));
    CU_ASSERT_TRUE(add(&table, 0x40000110, 5)); /* outside the block */
    CU_ASSERT_TRUE(add(&table, 0x00000016, 6));
    table.unlisted = (struct cpuid_default){CPUID_FILL_VALUES, {11, 0, 0, 0}};
    table.beyond = (struct cpuid_default){CPUID_FILL_VALUES, {22, 0, 0, 0}};
    CU_ASSERT_TRUE(same(look_changed(&table, swap, 1, CPUID_BASE), base));
    CU_ASSERT_EQUAL(look_changed(&table, swap, 1, 0x40000001).eax, 1);
    CU_ASSERT_EQUAL(look_changed(&table, swap, 1, 0x40000030).eax, 2);
    CU_ASSERT_EQUAL(look_changed(&table, swap, 1, 0x4000001f).eax, 3);
    CU_ASSERT_EQUAL(look_changed(&table, swap, 1, 0x40000110).eax, 5);
    CU_ASSERT_EQUAL(look_changed(&table, swap, 1, 0x00000016).eax, 6);
    /* Not listed: by the leaf asked, 0x40000010 within the maximum and 0x4000003f beyond it. */
    CU_ASSERT_EQUAL(look_changed(&table, swap, 1, 0x40000010).eax, 11);
    CU_ASSERT_EQUAL(look_changed(&table, swap, 1, 0x4000003f).eax, 22);
    cpuid_table_clear(&table);
}

static void test_swapped_rows_among_changes(void) {
    /* The first acts where the leaf was, the third where it went; the fourth raises the maximum. */
    static const struct cpuid_change changes[] = {
        SET_EAX(0x40000010, 0x40000010, 0x22),
        {.kind = CPUID_CHANGE_SWAP_ROWS, .first = 1, .last = 2},
        {.kind = CPUID_CHANGE_XOR,
         .registers = CPUID_EAX,
         .first = 0x40000020,
         .last = 0x40000021,
         .values = {.eax = 0x100}},
        SET_EAX(CPUID_BASE, CPUID_BASE, 0x40000020),
    };
    static const struct cpuid_change twice[] = {
        {.kind = CPUID_CHANGE_SWAP_ROWS, .first = 1, .last = 2},
        {.kind = CPUID_CHANGE_SWAP_ROWS, .first = 2, .last = 3}};
    struct cpuid_table table = table_new();

    CU_ASSERT_TRUE(add(&table, 0x40000010, 0x11));
    CU_ASSERT_TRUE(add(&table, 0x40000011, 0x12));
    CU_ASSERT_TRUE(add(&table, 0x40000030, 0x13));
    CU_ASSERT_EQUAL(look_changed(&table, changes, 4, 0x40000020).eax, 0x122);
    CU_ASSERT_EQUAL(look_changed(&table, changes, 4, 0x40000021).eax, 0x112);
    CU_ASSERT_EQUAL(look_changed(&table, changes, 4, 0x40000030).eax, 0x13);
    CU_ASSERT_EQUAL(look_changed(&table, twice, 2, 0x40000030).eax, 0x11);
    CU_ASSERT_EQUAL(look_changed(&table, twice, 2, 0x40000020).eax, 0x13);
    cpuid_table_clear(&table);
}

/* What a caller guarantees holds for listed leaves, for fills and under changes. */
static void test_pins(void) {
    static const struct cpuid_change changes[] = {
        {.kind = CPUID_CHANGE_SET,
         .registers = CPUID_ALL,
         .first = CPUID_BASE + 1,
         .last = CPUID_BASE + 0x100,
         .values = {1, 0x4b4d564b, 0x564b4d56, 0x4d}},
    };
    struct cpuid_table table = table_new();
    struct cpuid_values further;

    table.beyond.fill = CPUID_FILL_BASE;
    table.pins =
        (struct cpuid_pins){.signature_once = true, .has_interface = true, .interface = 0x31237648};
    CU_ASSERT_TRUE(add(&table, CPUID_BASE + 1, 7) && add(&table, CPUID_BASE + 0x200, 9));
    CU_ASSERT_EQUAL(look(&table, CPUID_BASE + 1).eax, 0x31237648);
    CU_ASSERT_EQUAL(look_changed(&table, changes, 1, CPUID_BASE + 1).eax, 0x31237648);
    CU_ASSERT_EQUAL(look_changed(&table, changes, 1, CPUID_BASE + 1).ebx, 0x4b4d564b);
    CU_ASSERT_TRUE(same(look(&table, CPUID_BASE), base));
    CU_ASSERT_EQUAL(look(&table, CPUID_BASE + 0x200).eax, 9);
    further = look(&table, CPUID_BASE + 0x300);
    CU_ASSERT_EQUAL(further.eax, MAXIMUM);
    CU_ASSERT_EQUAL(further.ebx | further.ecx | further.edx, 0);
    further = look_changed(&table, changes, 1, CPUID_BASE + 0x100);
    CU_ASSERT_EQUAL(further.eax, 1);
    CU_ASSERT_EQUAL(further.ebx | further.ecx | further.edx, 0);
    CU_ASSERT_TRUE(same(look(&table, CPUID_BASE + 0x301), base)); /* no base */
    cpuid_table_clear(&table);
}

/* Another processor shows its own leaves, listed or not, and changes nothing of the hypervisor's:
 * neither the presence bit nor what echoes the highest basic leaf. */
static void test_other_processors(void) {
    size_t count = 0;

    for (; cpuid_model(count); count++) {
        const struct cpuid_change change = {
            .kind = CPUID_CHANGE_PROCESSOR, .last = UINT32_MAX, .seed = count};
        const struct cpuid_model *model = cpuid_model(count);
        const uint32_t last = model->leaves[0].values.eax;
        struct cpuid_table table = table_new();

        table.present = count % 2 != 0;
        CU_ASSERT_TRUE(add(&table, 1, 0x12345));
        CU_ASSERT_TRUE(add(&table, MAXIMUM, 0x77));
        CU_ASSERT_TRUE(same(look_changed(&table, &change, 1, 0), model->leaves[0].values));
        CU_ASSERT_EQUAL(look_changed(&table, &change, 1, 1).eax, model->leaves[1].values.eax);
        CU_ASSERT_EQUAL(look_changed(&table, &change, 1, 1).ecx >> 31, table.present);
        CU_ASSERT_TRUE(same(look_changed(&table, &change, 1, CPUID_BASE), base));
        CU_ASSERT_EQUAL(look_changed(&table, &change, 1, MAXIMUM).eax, 0x77);
        CU_ASSERT_TRUE(same(look_changed(&table, &change, 1, MAXIMUM + 1), highest_basic));
        CU_ASSERT_TRUE(same(look_changed(&table, &change, 1, 0x1000),
                            model->echoes ? look_changed(&table, &change, 1, last) : zero));
        CU_ASSERT_EQUAL(look_changed(&table, &change, 1, 0x80000001u).edx >> 29 & 1,
                        1); /* 64 bits */
        cpuid_table_clear(&table);
    }
    CU_ASSERT_TRUE(count >= 16);
}

/* No processor announces what the emulator lacks: POPCNT, AVX, RDRAND, BMI, RDTSCP. */
static void test_feature_bits(void) {
    for (size_t i = 0; cpuid_model(i); i++) {
        const struct cpuid_model *model = cpuid_model(i);

        CU_ASSERT_EQUAL(cpuid_model_lookup(model, 1, 0).ecx & 0x7ec01002u, 0);
        CU_ASSERT_EQUAL(cpuid_model_lookup(model, 7, 0).ebx & 0x128u, 0);
        CU_ASSERT_EQUAL(cpuid_model_lookup(model, 0x80000001u, 0).edx & 0x08000000u, 0);
        for (size_t j = 1; j < model->count; j++)
            CU_ASSERT_TRUE(model->leaves[j - 1].leaf < model->leaves[j].leaf ||
                           (model->leaves[j - 1].leaf == model->leaves[j].leaf &&
                            model->leaves[j - 1].subleaf < model->leaves[j].subleaf));
    }
    /* The bits that the processor of every table has are among them. */
    for (size_t i = 0; i < cpuid_processor_count; i++) {
        const struct cpuid_leaf *row = &cpuid_processor[i];

        CU_ASSERT_EQUAL(row->values.ecx & ~cpuid_feature_bits(row->leaf, 0, CPUID_ECX), 0);
        CU_ASSERT_EQUAL(row->values.edx & ~cpuid_feature_bits(row->leaf, 0, CPUID_EDX), 0);
    }
}

static void test_changes_in_part(void) {
    struct cpuid_change change = SET_EAX(0x16, 0x16, 0x99);
    struct cpuid_table table = table_new();
    struct cpuid_view view = cpuid_view(&table, &change, 1);

    CU_ASSERT_EQUAL(cpuid_lookup(&view, 0x16, 0).eax, 0x99);
    CU_ASSERT_EQUAL(cpuid_lookup(&view, MAXIMUM + 1, 0).eax, 0x99);
    change.echoes_stay = true;
    CU_ASSERT_EQUAL(cpuid_lookup(&view, 0x16, 0).eax, 0x99);
    CU_ASSERT_EQUAL(cpuid_lookup(&view, MAXIMUM + 1, 0).eax, 2300);
    change.only_subleaf_0 = true;
    CU_ASSERT_EQUAL(cpuid_lookup(&view, 0x16, 0).eax, 0x99);
    CU_ASSERT_EQUAL(cpuid_lookup(&view, 0x16, 1).eax, 2300);
}

/* Leaves of the processor's likewise, but for who is there. */
static void test_pinned_processor(void) {
    static const struct cpuid_change changes[] = {
        {.kind = CPUID_CHANGE_SET,
         .registers = CPUID_ALL,
         .first = 0,
         .last = 0x20,
         .values = {9, 9, 9, 9}},
        {.kind = CPUID_CHANGE_PROCESSOR, .registers = CPUID_ALL, .last = UINT32_MAX, .seed = 3},
    };
    struct cpuid_table table = table_new();

    table.pins.processor[0].leaf = 0x15;
    table.pins.processor[0].values = (struct cpuid_values){1, 2, 3, 4};
    table.pins.processor[1].leaf = 1;
    table.pins.processor[1].values = (struct cpuid_values){5, 6, 0x80000007, 8};
    table.pins.processor_count = 2;
    table.present = false;
    CU_ASSERT_TRUE(look(&table, 0x15).eax == 1 && look(&table, 0x15).edx == 4);
    CU_ASSERT_EQUAL(look_changed(&table, changes, 1, 0x15).ebx, 2);
    CU_ASSERT_EQUAL(look_changed(&table, changes + 1, 1, 0x15).ecx, 3);
    CU_ASSERT_EQUAL(look_changed(&table, changes, 1, 0x16).eax, 9);
    CU_ASSERT_TRUE(look(&table, 1).ecx == 7 && look(&table, 1).eax == 5);
    table.present = true;
    CU_ASSERT_EQUAL(look(&table, 1).ecx, 0x80000007);
    cpuid_table_clear(&table);
}

static const struct unit_test tests[] = {
    {"listed leaves return their values, in any order of listing", test_listed},
    {"subleaves are told apart, and none is listed twice", test_subleaves},
    {"what is not listed follows the maximum, up to 0x4fffffff", test_fills_meet_at_maximum},
    {"every fill returns what it names", test_every_fill},
    {"the highest basic leaf is the one that a listed leaf 0 names",
     test_echo_follows_listed_leaf_0},
    {"other leaves come from one processor", test_processor},
    {"the processor's name is text", test_brand_string},
    {"the presence bit is the table's", test_presence},
    {"junk is fixed, spread, and never zero in EAX", test_junk},
    {"SET and XOR change the named registers of the named leaves", test_set_and_xor},
    {"changes apply in order", test_changes_apply_in_order},
    {"a changed maximum moves the line between the fills", test_changed_maximum_moves_the_fills},
    {"FILL changes take the named registers from the fill", test_fill_changes},
    {"PATTERN has some leaves and not the others", test_pattern},
    {"SWAP_ROWS moves two rows' listed leaves, and nothing else", test_swapped_rows},
    {"what is guaranteed holds whatever else is there", test_pins},
    {"what is guaranteed of the processor", test_pinned_processor},
    {"SWAP_ROWS among other changes", test_swapped_rows_among_changes},
    {"other processors", test_other_processors},
    {"feature bits that code may find", test_feature_bits},
    {"changes of one subleaf, and of no echo", test_changes_in_part},
};

int main(void) {
    return UNIT_RUN(tests);
}
