/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/guest.h"
#include "harness/spec/signatures.h"
#include "harness/twins/tests/twins_fixture.h"

/* Which twins the seed draws, which a limit keeps, and which are left out. */
static struct twins_fixture fixture;

static void make(void) {
    twins_fixture_fill(&fixture);
    twins_fixture_make(&fixture);
}

static void drop(void) {
    twins_clear(&fixture.list);
}

static bool same_twins(const struct twin *a, const struct twin *b) {
    char x[1024], y[1024];

    return a->kind == b->kind && a->target == b->target && a->garbage == b->garbage &&
           a->group == b->group &&
           strcmp(twin_describe(a, x, sizeof x), twin_describe(b, y, sizeof y)) == 0;
}

static void test_same_seed_same_twins(void) {
    struct twin_list other = {0};
    size_t differences = 0;

    make();
    CU_ASSERT_TRUE(twins_make(&other, &fixture.source));
    CU_ASSERT_TRUE(twins_make(&other, &fixture.source)); /* a used list is emptied first */
    CU_ASSERT_EQUAL_FATAL(other.count, fixture.list.count);
    for (size_t i = 0; i < other.count; i++)
        CU_ASSERT_TRUE(same_twins(&other.twins[i], &fixture.list.twins[i]));
    fixture.source.seed++;
    CU_ASSERT_TRUE(twins_make(&other, &fixture.source));
    CU_ASSERT_EQUAL_FATAL(other.count, fixture.list.count);
    for (size_t i = 0; i < other.count; i++)
        differences += !same_twins(&other.twins[i], &fixture.list.twins[i]);
    CU_ASSERT_TRUE(differences > 0);
    twins_clear(&other);
    drop();
}

/* What a probe's answer turns on is drawn like what must not matter: over some cases each bit of
 * the target's EAX is met set and clear, and each case has a dozen. */
static void test_drawn_anything(void) {
    uint32_t set = 0, clear = 0;
    size_t count = 0;

    for (unsigned seed = 0; seed < 64; seed++) {
        twins_fixture_fill(&fixture);
        fixture.source.constants_count = 0;
        fixture.source.seed = seed;
        twins_fixture_make(&fixture);
        for (size_t i = 0; i < fixture.list.count; i++) {
            const struct twin *twin = &fixture.list.twins[i];
            const struct cpuid_change *change = &twin->changes[0];

            if (twin->kind != TWIN_VALUE || twin->changes_count != 1 ||
                change->registers != CPUID_EAX || change->first != TWINS_TARGET)
                continue;
            set |= change->values.eax;
            clear |= ~change->values.eax;
            count++;
        }
        drop();
    }
    CU_ASSERT_EQUAL(set & clear, UINT32_MAX);
    CU_ASSERT_TRUE(count >= (size_t)12 * 64);
}

/* A probe's numbers in registers of both leaves at once, and a signature of repeated ones. */
static void test_drawn_spelled(void) {
    bool both = false, repeated = false;

    for (unsigned seed = 0; seed < 64; seed++) {
        twins_fixture_fill(&fixture);
        fixture.source.seed = seed;
        twins_fixture_make(&fixture);
        for (size_t i = 0; i < fixture.list.count; i++) {
            const struct twin *twin = &fixture.list.twins[i];
            const struct cpuid_change *changes = twin->changes;

            if (twin->changes_count < 2 || changes[0].kind != CPUID_CHANGE_SET ||
                changes[1].kind != CPUID_CHANGE_SET)
                continue;
            both |= twin->kind == TWIN_VALUE && changes[0].first == CPUID_BASE &&
                    changes[0].registers != CPUID_EAX && changes[1].first == TWINS_TARGET;
            repeated |= twin->kind == TWIN_SIGNATURE && twin->changes_count >= 3 &&
                        changes[0].values.eax == changes[1].values.eax &&
                        changes[0].registers != changes[1].registers;
        }
        drop();
    }
    CU_ASSERT_TRUE(both);
    CU_ASSERT_TRUE(repeated);
}

/* Another build of a probe has other numbers in it and may read other leaves: what is drawn without
 * them is the same, or a gate's list of known violations would change with the compiler. */
static void test_drawn_maxima_stay(void) {
    struct twin_list other;
    size_t same = 0;

    twins_fixture_fill(&fixture);
    fixture.source.constants_count = 0;
    fixture.source.base = NULL;
    twins_fixture_make(&fixture);
    other = fixture.list;
    memset(&fixture.list, 0, sizeof fixture.list);
    make();
    for (size_t i = 0; i < other.count; i++) {
        const struct twin *twin = &other.twins[i];

        for (size_t j = 0; twin->kind == TWIN_VALUE && j < fixture.list.count; j++) {
            if (same_twins(twin, &fixture.list.twins[j])) {
                same++;
                break;
            }
        }
    }
    CU_ASSERT_TRUE(same >= 4);
    twins_clear(&other);
    drop();
}

/* Twins on other processors: real ones, or those that announce all features. */
static unsigned processors(bool real) {
    unsigned count = 0;

    for (size_t i = 0; i < fixture.list.count; i++) {
        const struct twin *twin = &fixture.list.twins[i];

        count += twin->kind == TWIN_PROCESSOR &&
                 (real ? twin_is_other_processor(twin) : twin->announces);
    }
    return count;
}

/* A limit leaves something of each kind, and all of what tells causes apart. */
static void test_limit(void) {
    static const size_t limits[] = {1, 4, 11, 24, 40, 200};

    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        twins_fixture_fill(&fixture);
        fixture.source.is_wrong = true;
        fixture.source.limit = limits[i];
        twins_fixture_make(&fixture);
        for (unsigned kind = 0; kind < TWIN_KINDS; kind++)
            CU_ASSERT_TRUE(twins_count(&fixture.list, kind) > 0);
        CU_ASSERT_EQUAL(twins_count(&fixture.list, TWIN_GARBAGE), GUEST_GARBAGES - 1);
        CU_ASSERT_EQUAL(twins_count(&fixture.list, TWIN_MAXIMUM), 5);
        /* Those that are always kept are some 75, and real processors. */
        CU_ASSERT_TRUE(fixture.list.count <= limits[i] + 80 + processors(true) + processors(false));
        drop();
    }
}

/* A wrong case of a slow probe still meets each real processor, and one that announces all. */
static void test_limit_keeps_processors(void) {
    unsigned real, announcing;

    twins_fixture_fill(&fixture);
    fixture.source.is_wrong = true;
    twins_fixture_make(&fixture);
    real = processors(true);
    announcing = processors(false);
    CU_ASSERT_TRUE(real > 0 && announcing > 0);
    drop();
    twins_fixture_fill(&fixture);
    fixture.source.is_wrong = true;
    fixture.source.limit = 24;
    twins_fixture_make(&fixture);
    CU_ASSERT_EQUAL(processors(true), real);
    CU_ASSERT_EQUAL(processors(false), announcing);
    drop();
}

static void test_limit_that_does_not_bite(void) {
    size_t whole;

    make();
    whole = fixture.list.count;
    drop();
    twins_fixture_fill(&fixture);
    fixture.source.limit = whole;
    twins_fixture_make(&fixture);
    CU_ASSERT_EQUAL(fixture.list.count, whole);
    drop();
}

/* From case to case the choice moves on, so that in the end each twin has its turn. */
static void test_limit_moves_on(void) {
    bool met[32] = {false};

    for (uint64_t seed = 0; seed < 40; seed++) {
        twins_fixture_fill(&fixture);
        fixture.source.limit = 60;
        fixture.source.seed = seed;
        twins_fixture_make(&fixture);
        for (unsigned bit = 0; bit < 32; bit++)
            met[bit] |= has(&fixture, TWIN_REGISTERS, CPUID_CHANGE_XOR, TWINS_TARGET, CPUID_EBX,
                            all(1u << bit));
        drop();
    }
    for (unsigned bit = 0; bit < 32; bit++)
        CU_ASSERT_TRUE(met[bit]);
}

/* What is guaranteed is not varied; all else stays as it is. */
static void test_left_out(void) {
    size_t whole, signed_ones;

    make();
    whole = fixture.list.count;
    signed_ones = twins_count(&fixture.list, TWIN_SIGNATURE);
    drop();
    twins_fixture_fill(&fixture);
    fixture.source.without = 1u << TWIN_SIGNATURE;
    twins_fixture_make(&fixture);
    CU_ASSERT_EQUAL(twins_count(&fixture.list, TWIN_SIGNATURE), 0);
    CU_ASSERT_EQUAL(fixture.list.count, whole - signed_ones);
    drop();
}

/* Of a long boot: every known signature, or none at all. */
static void test_long_boots(void) {
    size_t met = 0;

    for (size_t i = 0; i < signatures_count; i++) {
        struct cpuid_values wanted = signature_values(signatures[i].bytes);

        for (unsigned number = 0; number < TWIN_PATTERNS; number++) {
            struct twin twin;

            twins_make_pattern(&twin, number, 8, number, true);
            CU_ASSERT_EQUAL_FATAL(twin.changes_count, 2);
            CU_ASSERT_EQUAL(twin.changes[1].kind, CPUID_CHANGE_PATTERN);
            CU_ASSERT_EQUAL(twin.changes[1].values.eax, 8);
            met += twins_same_values(twin.changes[0].values, wanted) && number == i;
            twins_make_pattern(&twin, number, 8, number, false);
            CU_ASSERT_EQUAL(twin.changes_count, 1);
        }
    }
    CU_ASSERT_EQUAL(met, signatures_count);
}

static const struct unit_test tests[] = {
    {"what is guaranteed is left out", test_left_out},
    {"the same seed, the same twins", test_same_seed_same_twins},
    {"drawn maxima stay", test_drawn_maxima_stay},
    {"any number where the answer turns on it", test_drawn_anything},
    {"numbers of the code in several registers", test_drawn_spelled},
    {"twins of long boots", test_long_boots},
    {"a limit", test_limit},
    {"a limit keeps real processors in a wrong case", test_limit_keeps_processors},
    {"a limit that does not bite", test_limit_that_does_not_bite},
    {"a limit moves on", test_limit_moves_on},
};

int main(void) {
    return UNIT_RUN(tests);
}
