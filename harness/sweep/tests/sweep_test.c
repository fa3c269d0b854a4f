/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tests/unit.h"
#include "harness/sweep/internal.h"

#include <string.h>

/* Adds the values below `count` whose bit in `pattern` (repeated) is set, a stride of 1 apart. */
static void add(struct sweep_ranges *ranges, uint32_t first, uint32_t end, uint32_t pattern) {
    for (uint32_t value = first; value < end; value++) {
        if (pattern >> value % 32 & 1)
            sweep_ranges_add(ranges, value, value, 1, 1);
    }
}

static void test_neighbours_join(void) {
    struct sweep_ranges ranges = {0};

    sweep_ranges_add(&ranges, 5, 5, 1, 1);
    sweep_ranges_add(&ranges, 6, 6, 1, 1);
    sweep_ranges_add(&ranges, 8, 8, 1, 1);
    CU_ASSERT_EQUAL(ranges.count, 2);
    CU_ASSERT_EQUAL(ranges.values, 3);
    CU_ASSERT_EQUAL(ranges.kept[0].first, 5);
    CU_ASSERT_EQUAL(ranges.kept[0].last, 6);
    CU_ASSERT_EQUAL(ranges.kept[1].first, 8);
    CU_ASSERT_EQUAL(ranges.kept[1].last, 8);
}

static void test_a_stride_apart_is_neighbours(void) {
    struct sweep_ranges ranges = {0};

    sweep_ranges_add(&ranges, 10, 10, 1, 10);
    sweep_ranges_add(&ranges, 20, 20, 1, 10);
    sweep_ranges_add(&ranges, 40, 40, 1, 10);
    CU_ASSERT_EQUAL(ranges.count, 2);
    CU_ASSERT_EQUAL(ranges.kept[0].last, 20);
}

/* The last value has no neighbour above: 0xffffffff + 1 is no 0. */
static void test_values_do_not_wrap(void) {
    struct sweep_ranges ranges = {0}, later = {0};

    sweep_ranges_add(&ranges, UINT32_MAX, UINT32_MAX, 1, 1);
    sweep_ranges_add(&later, 0, 0, 1, 1);
    sweep_ranges_join(&ranges, &later, 1);
    CU_ASSERT_EQUAL(ranges.count, 2);
}

/* Wherever the values are cut, the parts joined in order are the whole, also when there are far
 * more ranges than are kept. */
static void test_parts_make_the_whole(void) {
    static const uint32_t patterns[] = {0xffffffff, 0x55555555, 0x80000001, 0x0ff00ff0, 0};
    static const uint32_t cuts[] = {1, 2, 31, 32, 64, 1000, 2047, 2048, 4095};
    static struct sweep_ranges whole, parts, later;

    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
        memset(&whole, 0, sizeof whole);
        add(&whole, 0, 4096, patterns[i]);
        for (size_t j = 0; j < sizeof cuts / sizeof cuts[0]; j++) {
            memset(&parts, 0, sizeof parts);
            memset(&later, 0, sizeof later);
            add(&parts, 0, cuts[j], patterns[i]);
            add(&later, cuts[j], 4096, patterns[i]);
            sweep_ranges_join(&parts, &later, 1);
            CU_ASSERT_EQUAL(memcmp(&parts, &whole, sizeof whole), 0);
        }
    }
    CU_ASSERT_EQUAL(whole.count, 0);
}

/* Every value is in one task, none twice: for an end that cuts a task and for a stride. */
static void test_tasks_cover_the_values(void) {
    static const struct {
        uint32_t from, to, stride;
        uint64_t values;
    } rows[] = {
        {0, UINT32_MAX, 1, UINT64_C(0x100000000)},
        {0, UINT32_MAX, UINT32_MAX, 2},
        {0, UINT32_MAX, 3, 1431655766},
        {7, 7, 1, 1},
        {1, SWEEP_TASK_VALUES, 1, SWEEP_TASK_VALUES},
        {1, SWEEP_TASK_VALUES + 1, 1, SWEEP_TASK_VALUES + 1},
        {0, SWEEP_BATCH - 1, 1, SWEEP_BATCH},
        {0, SWEEP_BATCH, 1, SWEEP_BATCH + 1},
        {0, 0xfffff, 1, 0x100000},
        {0, 0x1000000, 1, 0x1000001},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sweep_options options = {
            .from = rows[i].from, .to = rows[i].to, .stride = rows[i].stride};
        struct sweep sweep = {.options = &options};
        uint64_t next = rows[i].from, sum = 0;

        CU_ASSERT_EQUAL(sweep_values(&options), rows[i].values);
        sweep.tasks_per_axis = sweep_tasks_per_axis(&options);
        for (size_t task = 0; task < sweep.tasks_per_axis; task++) {
            uint32_t first;
            uint64_t count = sweep_task_values(&sweep, task, &first);

            CU_ASSERT_EQUAL(first, next);
            CU_ASSERT_TRUE(count > 0 && count <= SWEEP_TASK_VALUES);
            next = first + count * rows[i].stride;
            sum += count;
        }
        CU_ASSERT_EQUAL(sum, rows[i].values);
        CU_ASSERT_TRUE(next > rows[i].to);
    }
}

/* A sample of a slow probe has something for every worker, and something to keep every now and
 * then; all values are cut so that a task's message does not weigh. */
static void test_tasks_are_as_many_as_fits(void) {
    static const struct {
        uint32_t to;
        size_t tasks;
    } rows[] = {{0, 1}, {63, 1}, {64, 2}, {2047, 32}, {0xffff, 256}, {UINT32_MAX, 65536}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sweep_options options = {.to = rows[i].to, .stride = 1};

        CU_ASSERT_EQUAL(sweep_tasks_per_axis(&options), rows[i].tasks);
    }
}

static const struct unit_test tests[] = {
    {"neighbours join", test_neighbours_join},
    {"values a stride apart are neighbours", test_a_stride_apart_is_neighbours},
    {"values do not wrap", test_values_do_not_wrap},
    {"parts make the whole", test_parts_make_the_whole},
    {"tasks cover the values", test_tasks_cover_the_values},
    {"tasks are as many as fits", test_tasks_are_as_many_as_fits},
};

int main(void) {
    return UNIT_RUN(tests);
}
