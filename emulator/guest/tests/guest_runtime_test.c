/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tests/unit.h"
#include "emulator/guest/guest.h"
#include "emulator/guest/tests/runtime_calls.h"
#include "emulator/image/tests/image_fixture.h"

#include <stdio.h>

/* AddressSanitizer's allocator ends the process at an alignment that the standard lets
 * posix_memalign refuse; with this it refuses too. */
__attribute__((visibility("default"))) const char *__asan_default_options(void);
const char *__asan_default_options(void) {
    return "allocator_may_return_null=1";
}

/* The provided functions of a C library give what this machine's own one gives, to code of today's
 * compilers. */
static void runtime_compare(const char *path) {
    static const struct guest_argument argument = {.kind = GUEST_ARGUMENT_TARGET};
    static const struct cpuid_table table;
    struct errors errors = {0};
    struct image *image = fixture_load(path);
    struct guest_setup setup = {.arguments = &argument, .arguments_count = 1};
    struct guest *guest;

    CU_ASSERT_PTR_NOT_NULL_FATAL(image);
    setup.abi = image->mode == IMAGE_64 ? GUEST_SYSV64 : GUEST_CDECL32;
    setup.entry = fixture_symbol(image, "runtime_calls");
    setup.budget = 10000000;
    CU_ASSERT_TRUE(guest_place_parse("eax", image->mode, &setup.answer));
    guest = guest_new(image, &setup, &errors);
    CU_ASSERT_PTR_NOT_NULL_FATAL(guest);
    for (uint32_t way = 0; runtime_calls_name(way); way++) {
        const struct guest_job job = {.table = &table, .target = way};
        const uint32_t own = runtime_calls(way);
        struct observation seen;

        CU_ASSERT_EQUAL(guest_run(guest, &job, 1, &seen), 1);
        if (seen.end != OBSERVATION_RETURNED || seen.answer != own)
            printf("\n    %s, %s: %s (%s), %#llx, to be %#x", path, runtime_calls_name(way),
                   observation_end_text(seen.end), seen.end_name ? seen.end_name : "-",
                   (unsigned long long)seen.answer, own);
        CU_ASSERT_EQUAL(seen.end, OBSERVATION_RETURNED);
        CU_ASSERT_EQUAL(seen.state, 0);
        CU_ASSERT_EQUAL(seen.answer, own);
    }
    guest_free(guest);
    image_free(image);
}

static void test_runtime(void) {
    static const char *const paths[] = {FIXTURE("runtime64.o"), FIXTURE("runtime32.o"),
                                        FIXTURE("runtime64.so")};

    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        runtime_compare(paths[i]);
}

static const struct unit_test tests[] = {
    {"What the C library's functions return and write", test_runtime},
};

int main(void) {
    return UNIT_RUN(tests);
}
