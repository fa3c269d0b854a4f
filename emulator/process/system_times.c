/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/process/system.h"

#include <string.h>

#define SECOND 1000000000ull
#define CLOCK_EPOCH 1700000000ull /* seconds that the calendar's clock starts at */

/* An instruction takes a third of a nanosecond; looking at the clock takes some more, so that who
 * waits for it does not wait for ever. */
uint64_t process_now(struct process *process) {
    process->state.clock += 50;
    return process->state.clock + process->state.instructions / 3;
}

uint64_t process_counter(struct process *process) {
    return process_now(process) * 23 / 10; /* leaf 0x15 and 0x16: 2.3 GHz */
}

bool system_time(struct process *process, uint64_t address, uint64_t *nanoseconds) {
    uint64_t time[2];

    if (!system_words_in(process, address, time, 2))
        return false;
    if (process->machine->word == 4) /* half of a 64-bit one is padding there */
        time[1] = (uint32_t)time[1];
    if (time[1] >= SECOND)
        return false;
    *nanoseconds = time[0] > UINT64_MAX / SECOND / 4 ? UINT64_MAX / 4 : time[0] * SECOND + time[1];
    return true;
}

static bool is_calendar(uint64_t clock) {
    return clock == 0 || clock == 5 || clock == 11; /* REALTIME, its coarse one, TAI */
}

static int64_t call_clock_gettime(struct process *process, const uint64_t *arguments) {
    uint64_t now = process_now(process);
    uint64_t time[] = {now / SECOND + (is_calendar(arguments[0]) ? CLOCK_EPOCH : 100),
                       now % SECOND};

    return system_words_out(process, arguments[1], time, 2) ? 0 : -EFAULT;
}

static int64_t call_clock_getres(struct process *process, const uint64_t *arguments) {
    static const uint64_t resolution[] = {0, 1};

    return arguments[1] == 0 || system_words_out(process, arguments[1], resolution, 2) ? 0
                                                                                       : -EFAULT;
}

static int64_t call_gettimeofday(struct process *process, const uint64_t *arguments) {
    uint64_t now = process_now(process);
    uint64_t time[] = {now / SECOND + CLOCK_EPOCH, now % SECOND / 1000};

    return arguments[0] == 0 || system_words_out(process, arguments[0], time, 2) ? 0 : -EFAULT;
}

static int64_t call_time(struct process *process, const uint64_t *arguments) {
    uint64_t now = process_now(process) / SECOND + CLOCK_EPOCH;

    if (arguments[0] && !system_words_out(process, arguments[0], &now, 1))
        return -EFAULT;
    return (int64_t)now;
}

static int64_t call_nanosleep(struct process *process, const uint64_t *arguments) {
    uint64_t nanoseconds;

    if (!system_time(process, arguments[0], &nanoseconds))
        return -EINVAL;
    system_wait(process, THREAD_SLEEPS, process_now(process) + nanoseconds, 0);
    return 0;
}

static int64_t call_clock_nanosleep(struct process *process, const uint64_t *arguments) {
    uint64_t nanoseconds, now = process_now(process);
    uint64_t base = (is_calendar(arguments[0]) ? CLOCK_EPOCH : 100) * SECOND;

    if (!system_time(process, arguments[2], &nanoseconds))
        return -EINVAL;
    if (arguments[1] & 1) /* TIMER_ABSTIME */
        nanoseconds = nanoseconds > base + now ? nanoseconds - base - now : 0;
    system_wait(process, THREAD_SLEEPS, now + nanoseconds, 0);
    return 0;
}

static int64_t put_zeros(struct process *process, uint64_t address, size_t words) {
    static const uint64_t zeros[18];

    return system_words_out(process, address, zeros, words) ? 0 : -EFAULT;
}

static int64_t call_getrusage(struct process *process, const uint64_t *arguments) {
    return put_zeros(process, arguments[1], 18);
}

static int64_t call_times(struct process *process, const uint64_t *arguments) {
    return arguments[0] ? put_zeros(process, arguments[0], 4) : 0;
}

const struct system_call system_times[] = {
    {35, "nanosleep", call_nanosleep, 0, 162, 0},
    {96, "gettimeofday", call_gettimeofday, 0, 78, 0},
    {98, "getrusage", call_getrusage, 0, 77, 0},
    {100, "times", call_times, 0, 43, 0},
    {201, "time", call_time, 0, 13, 0},
    {228, "clock_gettime", call_clock_gettime, 0, 265, 0},
    {229, "clock_getres", call_clock_getres, 0, 266, 0},
    {230, "clock_nanosleep", call_clock_nanosleep, 0, 267, 0},
    /* i386 alone. */
    {SYSTEM_NONE, "clock_gettime64", call_clock_gettime, 0, 403, 8},
    {SYSTEM_NONE, "clock_getres_time64", call_clock_getres, 0, 406, 8},
    {SYSTEM_NONE, "clock_nanosleep_time64", call_clock_nanosleep, 0, 407, 8},
};
const size_t system_times_count = sizeof system_times / sizeof system_times[0];
