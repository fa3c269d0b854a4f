/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/guest.h"
#include "emulator/image/tests/image_fixture.h"
#include "base/tests/unit.h"

#include <stdio.h>

/* GNU indirect functions, in files as linkers and compilers make them. */

/* A static executable calls the C library's indirect functions. */
static void test_indirect(void) {
    static const struct {
        const char *path;
        enum guest_abi abi;
    } rows[] = {{FIXTURE("indirect64"), GUEST_SYSV64}, {FIXTURE("indirect32"), GUEST_CDECL32}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        static const struct guest_argument argument = {.kind = GUEST_ARGUMENT_TARGET};
        static const struct cpuid_table table;
        const struct guest_job jobs[] = {{.table = &table, .target = 1},
                                         {.table = &table, .target = 2}};
        struct observation seen[2];
        struct guest_setup setup = {
            .abi = rows[i].abi, .arguments = &argument, .arguments_count = 1};
        struct errors errors = {0};
        struct image *image = fixture_load(rows[i].path);
        struct guest *guest;

        CU_ASSERT_PTR_NOT_NULL_FATAL(image);
        CU_ASSERT_TRUE(image->indirects_count > 0);
        setup.entry = fixture_symbol(image, "probe");
        CU_ASSERT_TRUE(guest_place_parse("eax", image->mode, &setup.answer));
        guest = guest_new(image, &setup, &errors);
        CU_ASSERT_PTR_NOT_NULL_FATAL(guest);
        for (int again = 0; again < 2; again++) {
            CU_ASSERT_EQUAL(guest_run(guest, jobs, 2, seen), 2);
            CU_ASSERT_EQUAL(seen[0].end, OBSERVATION_RETURNED);
            CU_ASSERT_EQUAL(seen[0].state, 0);
            CU_ASSERT_EQUAL(seen[0].answer, 9);
            CU_ASSERT_EQUAL(seen[1].answer, 0xffffffff);
            CU_ASSERT_EQUAL(seen[0].count, 0);
        }
        guest_free(guest);
        image_free(image);
    }
}

/* Asks a function of an indirect fixture on a table with that highest basic leaf. */
static struct observation indirect_ask(struct guest *guest, uint32_t basic, unsigned garbage) {
    struct cpuid_table table = {0};
    const struct guest_job job = {.table = &table, .target = 5, .garbage = garbage};
    struct observation seen;

    CU_ASSERT_TRUE(cpuid_table_add(&table, (struct cpuid_leaf){0, 0, true, {basic, 0, 0, 0}}));
    CU_ASSERT_EQUAL(guest_run(guest, &job, 1, &seen), 1);
    cpuid_table_clear(&table);
    return seen;
}

struct indirect_row {
    const char *symbol;
    bool constructors;
    enum observation_end end;
    uint32_t below, above; /* answers, when the highest basic leaf is 1 and when it is 7 */
};

static void indirect_check(const char *path, const struct indirect_row *row) {
    struct guest_argument argument = {.kind = GUEST_ARGUMENT_TARGET, .is_wide = true};
    struct errors errors = {0};
    struct image *image = fixture_load(path);
    const struct image_symbol *symbol;
    struct guest_setup setup = {
        .arguments = &argument, .arguments_count = 1, .constructors = row->constructors};
    struct guest *guest;

    CU_ASSERT_PTR_NOT_NULL_FATAL(image);
    symbol = image_find_symbol(image, row->symbol);
    CU_ASSERT_PTR_NOT_NULL_FATAL(symbol);
    setup.abi = image->mode == IMAGE_64 ? GUEST_SYSV64 : GUEST_CDECL32;
    setup.entry = symbol->address;
    setup.resolvers = &setup.entry;
    setup.resolvers_count = symbol->is_indirect;
    CU_ASSERT_TRUE(guest_place_parse("eax", image->mode, &setup.answer));
    guest = guest_new(image, &setup, &errors);
    CU_ASSERT_PTR_NOT_NULL_FATAL(guest);
    for (unsigned turn = 0; turn < 4 * GUEST_GARBAGES; turn++) {
        bool above = turn / 2 % 2;
        struct observation seen = indirect_ask(guest, above ? 7 : 1, turn % GUEST_GARBAGES);

        if (seen.end != row->end || seen.answer != (above ? row->above : row->below))
            printf("\n    %s, %s: %s, %llu", path, row->symbol, observation_end_text(seen.end),
                   (unsigned long long)seen.answer);
        CU_ASSERT_EQUAL(seen.end, row->end);
        CU_ASSERT_EQUAL(seen.state, 0);
        CU_ASSERT_EQUAL(seen.answer, above ? row->above : row->below);
        CU_ASSERT_EQUAL(seen.count, 0);
        CU_ASSERT_TRUE(seen.boot_count > 0);
        CU_ASSERT_EQUAL(seen.boot_trace[0].leaf, 0);
    }
    guest_free(guest);
    image_free(image);
}

/* A resolver that asks CPUID runs at each boot, under that boot's table, ahead of constructors, and
 * whichever way its function is called. */
static void test_resolvers(void) {
    static const char *const paths[] = {FIXTURE("ifunc64.so"), FIXTURE("ifunc32.so"),
                                        FIXTURE("ifunc64.o"), FIXTURE("ifunc32.o")};
    static const struct indirect_row rows[] = {
        {"plain", false, OBSERVATION_RETURNED, 6, 6},
        {"by_cpuid", false, OBSERVATION_RETURNED, 6, 7},
        {"calls_all", false, OBSERVATION_RETURNED, 6 + 60 + 600, 6 + 70 + 700},
        {"says_noted", true, OBSERVATION_RETURNED, 46, 47},
        {"none", false, OBSERVATION_FETCH_FAULT, 0, 0},
    };

    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++)
            indirect_check(paths[i], &rows[k]);
    }
}

static const struct unit_test tests[] = {
    {"The C library's, in a static executable", test_indirect},
    {"Resolvers that ask CPUID", test_resolvers},
};

int main(void) {
    return UNIT_RUN(tests);
}
