/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/tests/guest_fixture.h"

/* What a register or a word of the dead stack holds is a number of the job's list, the target, the
 * maximum, small or any; and the call behind it finds what it always found. */
static void test_litter(void) {
    static const uint32_t number = 0x2468ace0;
    static const struct {
        enum image_mode mode;
        const char *hex;
    } rows[] = {{IMAGE_64, "89 c8 c3"},                /* ecx */
                {IMAGE_64, "4c 89 d8 c3"},             /* r11 */
                {IMAGE_64, "89 d8 c3"},                /* ebx, which is kept */
                {IMAGE_64, "8b 44 24 f8 c3"},          /* rsp - 8 */
                {IMAGE_64, "8b 84 24 00 fc ff ff c3"}, /* rsp - 0x400 */
                {IMAGE_32, "89 c8 c3"},
                {IMAGE_32, "8b 44 24 f8 c3"},
                {IMAGE_16, "66 89 c8 c3"}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        unsigned met[4] = {0};
        struct machine machine;

        machine_make(&machine, rows[i].mode, rows[i].hex);
        if (machine_start(&machine)) {
            const uint64_t plain =
                machine_ask_with(&machine, MACHINE_CODE, GUEST_LITTERED).answer & UINT32_MAX;

            for (uint64_t litter = 1; litter < 64; litter++) {
                const struct guest_job job = {.table = &machine.table,
                                              .target = MACHINE_CODE,
                                              .garbage = GUEST_LITTERED,
                                              .litter = litter * 0x9e3779b97f4a7c15u,
                                              .numbers = &number,
                                              .numbers_count = 1};
                struct observation seen;
                uint32_t answer;

                CU_ASSERT_EQUAL(guest_run(machine.guest, &job, 1, &seen), 1);
                CU_ASSERT_EQUAL(seen.end, OBSERVATION_RETURNED);
                CU_ASSERT_EQUAL(seen.state, 0);
                answer = (uint32_t)seen.answer;
                met[0] += answer == number;
                met[1] += answer == MACHINE_CODE;
                met[2] += answer < 8;
                met[3] += answer >= 8 && answer != number && answer != MACHINE_CODE;
                CU_ASSERT_EQUAL(machine_ask_with(&machine, MACHINE_CODE, GUEST_LITTERED).answer &
                                    UINT32_MAX,
                                plain);
            }
            for (size_t j = 0; j < 4; j++)
                CU_ASSERT_TRUE(met[j] > 0);
        }
        machine_stop(&machine);
    }
}

static const struct unit_test tests[] = {
    {"numbers that lie about", test_litter},
};

int main(void) {
    return UNIT_RUN(tests);
}
