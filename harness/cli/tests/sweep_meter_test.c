/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/cli/sweep_meter.h"

#include "base/tests/unit.h"

#include <stdlib.h>
#include <string.h>

/* A sweep of a billion values at a million a second from 5 million on, looked at five times a
 * second for `seconds`: what the meter has told by then, to be freed. */
static char *told(struct sweep_meter *meter, unsigned seconds, bool terminal) {
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);

    if (!stream)
        abort();
    for (unsigned look = 0; look <= seconds * 5; look++)
        sweep_meter_tell(meter, 5000000 + (uint64_t)look * 200000, 1000000000, 100 + look * 0.2,
                         terminal, stream);
    if (fclose(stream) != 0)
        abort();
    return text;
}

static unsigned count_of(const char *text, char wanted) {
    unsigned count = 0;

    for (; *text; text++)
        count += *text == wanted;
    return count;
}

static void test_a_log_has_a_line_a_minute(void) {
    struct sweep_meter meter = {.quiet = false};
    char *text = told(&meter, 200, false);

    CU_ASSERT_EQUAL(count_of(text, '\n'), 3);
    CU_ASSERT_EQUAL(count_of(text, '\r'), 0);
    CU_ASSERT_EQUAL(count_of(text, '\x1b'), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, " of 1000000000 values, 1000000 a second, 0:15:3"));
    free(text);
}

static void test_a_short_sweep_leaves_no_line(void) {
    struct sweep_meter meter = {.quiet = false};
    char *text = told(&meter, 59, false);

    CU_ASSERT_STRING_EQUAL(text, "");
    free(text);
}

/* One line that is written over, about twice a second. */
static void test_a_terminal_has_one_line(void) {
    struct sweep_meter meter = {.quiet = false};
    char *text = told(&meter, 30, true);

    CU_ASSERT_EQUAL(count_of(text, '\n'), 0);
    CU_ASSERT_TRUE(count_of(text, '\r') >= 45 && count_of(text, '\r') <= 60);
    CU_ASSERT_TRUE(meter.shown);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "1000000 a second, 0:16:"));
    free(text);
}

static void test_quiet_is_quiet(void) {
    struct sweep_meter meter = {.quiet = true};
    char *text = told(&meter, 200, true);

    CU_ASSERT_STRING_EQUAL(text, "");
    free(text);
}

/* Nothing is known about the end of what does not move. */
static void test_a_halt_has_no_end(void) {
    struct sweep_meter meter = {.quiet = false};
    char text[256] = "";
    FILE *stream = fmemopen(text, sizeof text, "w");

    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    sweep_meter_tell(&meter, 7, 10, 1, false, stream);
    sweep_meter_tell(&meter, 7, 10, 100, false, stream);
    fclose(stream);
    CU_ASSERT_STRING_EQUAL(text, "7 of 10 values, 0 a second, no end in sight\n");
}

static const struct unit_test tests[] = {
    {"a log has a line a minute", test_a_log_has_a_line_a_minute},
    {"a short sweep leaves no line", test_a_short_sweep_leaves_no_line},
    {"a terminal has one line", test_a_terminal_has_one_line},
    {"quiet is quiet", test_quiet_is_quiet},
    {"a halt has no end", test_a_halt_has_no_end},
};

int main(void) {
    return UNIT_RUN(tests);
}
