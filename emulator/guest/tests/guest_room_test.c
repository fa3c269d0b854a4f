/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tests/unit.h"
#include "emulator/guest/guest.h"

#include <string.h>
#include <sys/resource.h>

/* What the host has to give an engine. A limit on the address space stands for a small host. */
#define MIB ((rlim_t)1 << 20)

/* The address space that this process has, in bytes. */
static rlim_t taken(void) {
    FILE *file = fopen("/proc/self/statm", "r");
    unsigned long long pages = 0;

    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL(fscanf(file, "%llu", &pages), 1);
    fclose(file);
    return (rlim_t)pages * 4096;
}

static void limit(rlim_t more) {
    struct rlimit limits;

    CU_ASSERT_EQUAL_FATAL(getrlimit(RLIMIT_AS, &limits), 0);
    limits.rlim_cur = more == 0 ? limits.rlim_max : taken() + more;
    CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_AS, &limits), 0);
}

static void test_room(void) {
    rlim_t room = (sizeof(void *) == 8 ? 1024 : 32) * MIB;
    struct errors errors = {0};

    CU_ASSERT_TRUE(guest_room(&errors));
    CU_ASSERT_EQUAL(guest_room_for(5), 5);
    limit(3 * room + room / 2);
    CU_ASSERT_EQUAL(guest_room_for(5), 3);
    CU_ASSERT_EQUAL(guest_room_for(2), 2);
    CU_ASSERT_TRUE(guest_room(&errors));
    limit(room / 2);
    CU_ASSERT_EQUAL(guest_room_for(5), 1);
    CU_ASSERT_FALSE(guest_room(&errors));
    limit(0);
    CU_ASSERT_EQUAL_FATAL(errors.count, 1);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(errors.entries[0].message, "MiB of address space for each worker"));
    errors_clear(&errors);
    CU_ASSERT_TRUE(guest_room(&errors));
}

static const struct unit_test tests[] = {
    {"an engine's room", test_room},
};

int main(void) {
    return UNIT_RUN(tests);
}
