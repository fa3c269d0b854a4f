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

    if (!system_copy_in(process, address, time, sizeof time) || time[1] >= SECOND)
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

    return system_copy_out(process, arguments[1], time, sizeof time) ? 0 : -EFAULT;
}

static int64_t call_clock_getres(struct process *process, const uint64_t *arguments) {
    static const uint64_t resolution[] = {0, 1};

    return arguments[1] == 0 ||
                   system_copy_out(process, arguments[1], resolution, sizeof resolution)
               ? 0
               : -EFAULT;
}

static int64_t call_gettimeofday(struct process *process, const uint64_t *arguments) {
    uint64_t now = process_now(process);
    uint64_t time[] = {now / SECOND + CLOCK_EPOCH, now % SECOND / 1000};

    return arguments[0] == 0 || system_copy_out(process, arguments[0], time, sizeof time) ? 0
                                                                                          : -EFAULT;
}

static int64_t call_time(struct process *process, const uint64_t *arguments) {
    uint64_t now = process_now(process) / SECOND + CLOCK_EPOCH;

    if (arguments[0] && !system_copy_out(process, arguments[0], &now, sizeof now))
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

static int64_t put_zeros(struct process *process, uint64_t address, size_t size) {
    static const uint8_t zeros[256];

    return system_copy_out(process, address, zeros, size) ? 0 : -EFAULT;
}

static int64_t call_getrusage(struct process *process, const uint64_t *arguments) {
    return put_zeros(process, arguments[1], 144);
}

static int64_t call_times(struct process *process, const uint64_t *arguments) {
    return arguments[0] ? put_zeros(process, arguments[0], 32) : 0;
}

const struct system_call system_times[] = {
    {35, "nanosleep", call_nanosleep, 0},
    {96, "gettimeofday", call_gettimeofday, 0},
    {98, "getrusage", call_getrusage, 0},
    {100, "times", call_times, 0},
    {201, "time", call_time, 0},
    {228, "clock_gettime", call_clock_gettime, 0},
    {229, "clock_getres", call_clock_getres, 0},
    {230, "clock_nanosleep", call_clock_nanosleep, 0},
};
const size_t system_times_count = sizeof system_times / sizeof system_times[0];
