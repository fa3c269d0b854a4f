/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/twins/tests/twins_fixture.h"

/*
 * No twin changes anything that its kind does not name: held over the whole block, on tables of
 * every kind. A twin that changed more would accuse right probes.
 */

/* The registers in which a leaf differs between two views. */
static unsigned changed(const struct cpuid_view *a, const struct cpuid_view *b, uint32_t leaf) {
    struct cpuid_values x = cpuid_lookup(a, leaf, 0), y = cpuid_lookup(b, leaf, 0);

    return (x.eax != y.eax ? CPUID_EAX : 0u) | (x.ebx != y.ebx ? CPUID_EBX : 0u) |
           (x.ecx != y.ecx ? CPUID_ECX : 0u) | (x.edx != y.edx ? CPUID_EDX : 0u);
}

/* The registers that differ in any leaf of the block but BASE and `target`. */
static unsigned changed_elsewhere(const struct cpuid_view *a, const struct cpuid_view *b,
                                  uint32_t target) {
    unsigned registers = 0;

    for (uint32_t leaf = CPUID_BASE + 1; leaf <= CPUID_BLOCK_LAST; leaf++)
        registers |= leaf == target ? 0 : changed(a, b, leaf);
    return registers;
}

/* What a kind may change: in BASE, in the target, and elsewhere in the block. */
static const struct {
    unsigned base, target, elsewhere;
    bool moves; /* asks for another leaf */
} allowed[TWIN_KINDS] = {
    [TWIN_AGAIN] = {0, 0, 0, false},
    [TWIN_GARBAGE] = {0, 0, 0, false},
    [TWIN_INTERRUPTED] = {0, 0, 0, false},
    [TWIN_SIGNATURE] = {CPUID_EBX | CPUID_ECX | CPUID_EDX, 0, 0, false},
    [TWIN_REGISTERS] = {0, CPUID_EBX | CPUID_ECX | CPUID_EDX, 0, false},
    [TWIN_LEAVES] = {0, 0, CPUID_ALL, false},
    [TWIN_PROCESSOR] = {0, 0, 0, false},
    [TWIN_MAXIMUM] = {CPUID_EAX, 0, CPUID_ALL, false}, /* leaves come into range or leave it */
    [TWIN_RANGE] = {CPUID_EAX, CPUID_ALL, CPUID_ALL, true},
    [TWIN_RANGE_FILLED] = {CPUID_EAX, CPUID_ALL, CPUID_ALL, true},
    [TWIN_COLUMN] = {CPUID_EAX, CPUID_ALL, CPUID_ALL, true},
    [TWIN_RANGE_SIGNED] = {CPUID_ALL, CPUID_ALL, CPUID_ALL, true},
    [TWIN_LEAVES_WIDE] = {CPUID_EAX, 0, CPUID_ALL, false},
    [TWIN_NONZERO] = {0, CPUID_EAX, 0, false},
    [TWIN_ELSEWHERE] = {0, 0, 0, false},
    [TWIN_FURTHER] = {0, 0, 0, false},
    [TWIN_VALUE] = {CPUID_ALL, CPUID_ALL, CPUID_ALL, false},
};

/* What code may go by ahead of all else: how far the leaves go, and whether there is a hypervisor.
 */
static bool is_processor(const struct cpuid_table *table, const struct cpuid_view *view) {
    const struct cpuid_values basic = cpuid_lookup(view, 0, 0), first = cpuid_lookup(view, 1, 0);
    const uint32_t extended = cpuid_lookup(view, 0x80000000u, 0).eax;

    return basic.eax >= 1 && basic.eax < 0x40 && basic.ebx != 0 && extended >= 0x80000004u &&
           extended < 0x80000100u &&
           (first.ecx & CPUID_PRESENT) == (table->present ? CPUID_PRESENT : 0);
}

static bool twin_is_sound(const struct twins_fixture *fixture, const struct twin *twin) {
    struct cpuid_view view = twin_view(fixture, twin);
    uint32_t target = fixture->source.target;
    unsigned elsewhere = allowed[twin->kind].elsewhere;

    if (twin->changes_count > TWIN_CHANGES_MAX ||
        (changed(&fixture->view, &view, CPUID_BASE) & ~allowed[twin->kind].base) ||
        (changed(&fixture->view, &view, target) & ~allowed[twin->kind].target) ||
        (changed_elsewhere(&fixture->view, &view, target) & ~elsewhere) ||
        (twin->kind == TWIN_PROCESSOR && !is_processor(fixture->view.table, &view)) ||
        (twin->kind != TWIN_ELSEWHERE && twin->kind != TWIN_PROCESSOR &&
         (changed(&fixture->view, &view, 0) || changed(&fixture->view, &view, 1) ||
          changed(&fixture->view, &view, 0x80000000u))))
        return false;
    if ((twin->target != target) != allowed[twin->kind].moves ||
        (twin->garbage != 0) != (twin->kind == TWIN_GARBAGE))
        return false;
    if (twin->kind == TWIN_VALUE)
        return true;
    /* The outcome stays, and where another leaf is asked for, that has the target's values. */
    return twin_outcome(&view, twin->target) == twin_outcome(&fixture->view, target) &&
           (twin->kind == TWIN_REGISTERS || twin->kind == TWIN_NONZERO ||
            twins_same_values(cpuid_lookup(&view, twin->target, 0),
                              cpuid_lookup(&fixture->view, target, 0)));
}

static void hold_all(const struct twins_fixture *fixture) {
    bool sound = true;

    for (size_t i = 0; sound && i < fixture->list.count; i++) {
        const struct twin *twin = &fixture->list.twins[i];
        char text[1024];

        sound = twin_is_sound(fixture, twin);
        if (!sound)
            fprintf(stderr, "\ntarget 0x%x, maximum 0x%x: kind %u: %s\n", fixture->source.target,
                    fixture->view.maximum, twin->kind, twin_describe(twin, text, sizeof text));
    }
    CU_ASSERT_TRUE(sound);
}

static const uint32_t maxima[] = {0,           0x1004,      0x3fffffff, 0x40000000, 0x40000001,
                                  0x40000011,  0x40000012,  0x4000001f, 0x400000fe, 0x400000ff,
                                  0x40000100u, 0x80000000u, 0xffffffffu};
static const uint32_t targets[] = {0x40000001, 0x40000005, 0x4000000f, 0x40000010, 0x40000012,
                                   0x4000001f, 0x40000080, 0x400000f0, 0x400000fe, 0x400000ff};

static void test_every_maximum_and_target(void) {
    for (size_t i = 0; i < sizeof maxima / sizeof maxima[0]; i++) {
        for (size_t j = 0; j < sizeof targets / sizeof targets[0]; j++) {
            struct twins_fixture fixture;

            twins_fixture_fill(&fixture);
            fixture.table.base.eax = maxima[i];
            fixture.source.target = targets[j];
            fixture.source.is_wrong = true;
            twins_fixture_view(&fixture);
            twins_fixture_make(&fixture);
            hold_all(&fixture);
            twins_clear(&fixture.list);
        }
    }
}

/* What unlisted leaves return may follow BASE, the maximum or the leaf's number. */
static void test_every_fill(void) {
    static const enum cpuid_fill fills[] = {CPUID_FILL_ZERO, CPUID_FILL_HIGHEST_BASIC,
                                            CPUID_FILL_BASE, CPUID_FILL_JUNK, CPUID_FILL_VALUES};

    for (size_t i = 0; i < 25; i++) {
        for (size_t j = 0; j < sizeof targets / sizeof targets[0]; j++) {
            struct twins_fixture fixture;

            twins_fixture_fill(&fixture);
            fixture.table.unlisted = (struct cpuid_default){fills[i % 5], {8, 8, 8, 8}};
            fixture.table.beyond = (struct cpuid_default){fills[i / 5], {9, 9, 9, 9}};
            fixture.source.target = targets[j];
            fixture.source.is_wrong = true;
            twins_fixture_make(&fixture);
            hold_all(&fixture);
            twins_clear(&fixture.list);
        }
    }
}

/* Twins of a twin, as questions that deserve it get them: its changes come first and stay. */
static void test_twins_of_twins(void) {
    struct twins_fixture fixture;

    twins_fixture_fill(&fixture);
    fixture.table.beyond.fill = CPUID_FILL_BASE;
    twins_fixture_make(&fixture);
    for (size_t i = 0; i < fixture.list.count; i++) {
        const struct twin *twin = &fixture.list.twins[i];
        struct twins_fixture inner;

        if (i % 4 != 0) /* the others are of the same make */
            continue;
        if (twin->kind != TWIN_RANGE && twin->kind != TWIN_VALUE)
            continue;
        CU_ASSERT_TRUE(twin->changes_count <= TWIN_CHANGES_MAX / 2);
        twins_fixture_fill(&inner);
        inner.table = fixture.table;
        inner.view = twin_view(&fixture, twin);
        inner.source.target = twin->target;
        inner.source.is_wrong = true;
        twins_fixture_make(&inner);
        hold_all(&inner);
        for (size_t j = 0; j < inner.list.count; j++)
            CU_ASSERT_TRUE(inner.list.twins[j].changes_count >= twin->changes_count);
        twins_clear(&inner.list);
    }
    twins_clear(&fixture.list);
}

static const struct unit_test tests[] = {
    {"every maximum and target", test_every_maximum_and_target},
    {"every fill", test_every_fill},
    {"twins of twins", test_twins_of_twins},
};

int main(void) {
    return UNIT_RUN(tests);
}
