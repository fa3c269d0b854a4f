/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/process/system.h"

#include <string.h>

/* Waiting for one of several descriptors, or for a while. */

enum { WATCH_ONCE = 1 << 30, SELECT_MAX = 1024 };
#define WATCH_EDGE 0x80000000u
#define WATCH_KEPT 0xff000000u /* bits that are no readiness */

int64_t system_block(struct process *process, uint64_t deadline, bool restarts) {
    struct process_thread *thread = &process->state.threads[process->state.current];

    thread->deadline = deadline;
    thread->restarts = restarts;
    return SYSTEM_AGAIN;
}

bool system_is_late(struct process *process, uint64_t *deadline) {
    const struct process_thread *thread = &process->state.threads[process->state.current];

    if (thread->deadline)
        *deadline = thread->deadline;
    return *deadline <= process_now(process);
}

/* When a wait of so long ends; negative: never. */
static uint64_t deadline_in(struct process *process, int64_t nanoseconds) {
    return nanoseconds < 0 ? UINT64_MAX : process_now(process) + (uint64_t)nanoseconds;
}

/* How long the guest's timespec says to wait, in nanoseconds; -1 without one: for ever. */
static bool patience_at(struct process *process, uint64_t address, int64_t *patience) {
    uint64_t nanoseconds = 0;

    if (address && !system_time(process, address, &nanoseconds))
        return false;
    *patience = address ? (int64_t)nanoseconds : -1;
    return true;
}

/* --- Epoll. --- */

/* struct epoll_event. */
struct system_epoll_event {
    uint32_t mask;
    uint64_t data;
} __attribute__((packed));

static int64_t call_epoll_create(struct process *process, const uint64_t *arguments) {
    (void)arguments;
    return system_descriptor_new(
        process,
        (struct process_descriptor){.kind = DESCRIPTOR_EPOLL, .file = ++process->state.last_epoll},
        0);
}

static struct process_watch *watch_find(struct process *process, unsigned epoll,
                                        unsigned descriptor) {
    for (unsigned i = 0; i < PROCESS_WATCHES; i++) {
        struct process_watch *watch = &process->state.watches[i];

        if (watch->epoll == epoll && (epoll == 0 || watch->descriptor == descriptor))
            return watch;
    }
    return NULL;
}

static int64_t call_epoll_ctl(struct process *process, const uint64_t *arguments) {
    const struct process_descriptor *epoll = system_descriptor(process, (uint32_t)arguments[0]);
    const struct process_descriptor *other = system_descriptor(process, (uint32_t)arguments[2]);
    enum { ADD = 1, DELETE = 2, MODIFY = 3 };
    struct process_watch *watch;
    struct system_epoll_event event = {0};

    if (!epoll || !other)
        return -EBADF;
    if (epoll->kind != DESCRIPTOR_EPOLL || epoll == other)
        return -EINVAL;
    if (other->kind == DESCRIPTOR_FILE)
        return -EPERM;
    watch = watch_find(process, epoll->file, (unsigned)arguments[2]);
    if (arguments[1] == ADD && watch)
        return -EEXIST;
    if (arguments[1] != ADD && !watch)
        return -ENOENT;
    if (arguments[1] == DELETE) {
        *watch = (struct process_watch){0};
        return 0;
    }
    if (arguments[1] != ADD && arguments[1] != MODIFY)
        return -EINVAL;
    if (!system_copy_in(process, arguments[3], &event, sizeof event))
        return -EFAULT;
    watch = watch ? watch : watch_find(process, 0, 0);
    if (!watch)
        return -ENOSPC;
    *watch = (struct process_watch){.epoll = epoll->file,
                                    .descriptor = (unsigned)arguments[2],
                                    .mask = event.mask,
                                    .told = system_changes(process, other) - 1,
                                    .data = event.data};
    process_wake_events(process);
    return 0;
}

/* What a watch has to tell; 0: nothing. */
static unsigned watch_ready(struct process *process, struct process_watch *watch) {
    const struct process_descriptor *descriptor = system_descriptor(process, watch->descriptor);
    unsigned ready, changes;

    if (!descriptor) { /* it was closed */
        *watch = (struct process_watch){0};
        return 0;
    }
    if ((watch->mask & ~WATCH_KEPT) == 0)
        return 0;
    changes = system_changes(process, descriptor);
    ready = system_ready(process, descriptor) & (watch->mask | READY_ERROR | READY_HANG);
    if (!ready || ((watch->mask & WATCH_EDGE) && watch->told == changes))
        return 0;
    watch->told = changes;
    if (watch->mask & WATCH_ONCE)
        watch->mask &= WATCH_KEPT;
    return ready;
}

static int64_t epoll_wait_until(struct process *process, const uint64_t *arguments,
                                int64_t nanoseconds) {
    const struct process_descriptor *epoll = system_descriptor(process, (uint32_t)arguments[0]);
    uint64_t deadline = deadline_in(process, nanoseconds);
    int64_t count = 0;

    if (!epoll)
        return -EBADF;
    if (epoll->kind != DESCRIPTOR_EPOLL || (int32_t)arguments[2] <= 0)
        return -EINVAL;
    for (unsigned i = 0; i < PROCESS_WATCHES && count < (int32_t)arguments[2]; i++) {
        struct process_watch *watch = &process->state.watches[i];
        struct system_epoll_event event;

        if (watch->epoll != epoll->file)
            continue;
        event = (struct system_epoll_event){.data = watch->data};
        event.mask = watch_ready(process, watch);
        if (event.mask == 0)
            continue;
        if (!system_copy_out(process, arguments[1] + (uint64_t)count * sizeof event, &event,
                             sizeof event))
            return count ? count : -EFAULT;
        count++;
    }
    if (count || system_is_late(process, &deadline))
        return count;
    return system_block(process, deadline, false);
}

static int64_t call_epoll_wait(struct process *process, const uint64_t *arguments) {
    return epoll_wait_until(process, arguments, (int64_t)(int32_t)arguments[3] * 1000000);
}

static int64_t call_epoll_pwait2(struct process *process, const uint64_t *arguments) {
    int64_t patience;

    return patience_at(process, arguments[3], &patience)
               ? epoll_wait_until(process, arguments, patience)
               : -EFAULT;
}

/* --- Poll and select. --- */

/* struct pollfd. */
struct system_poll {
    int32_t descriptor;
    uint16_t wanted, ready;
};

static int64_t poll_until(struct process *process, const uint64_t *arguments, int64_t nanoseconds) {
    uint64_t deadline = deadline_in(process, nanoseconds);
    int64_t count = 0;

    if (arguments[1] > PROCESS_DESCRIPTORS)
        return -EINVAL;
    for (uint64_t i = 0; i < arguments[1]; i++) {
        uint64_t at = arguments[0] + i * sizeof(struct system_poll);
        const struct process_descriptor *descriptor;
        struct system_poll poll;

        if (!system_copy_in(process, at, &poll, sizeof poll))
            return -EFAULT;
        descriptor = system_descriptor(process, (uint32_t)poll.descriptor);
        poll.ready = 0;
        if (poll.descriptor >= 0)
            poll.ready = (uint16_t)(descriptor ? system_ready(process, descriptor) &
                                                     (poll.wanted | READY_ERROR | READY_HANG)
                                               : READY_INVALID);
        if (!system_copy_out(process, at, &poll, sizeof poll))
            return -EFAULT;
        count += poll.ready != 0;
    }
    if (count || system_is_late(process, &deadline))
        return count;
    return system_block(process, deadline, false);
}

static int64_t call_poll(struct process *process, const uint64_t *arguments) {
    return poll_until(process, arguments, (int64_t)(int32_t)arguments[2] * 1000000);
}

static int64_t call_ppoll(struct process *process, const uint64_t *arguments) {
    int64_t patience;

    return patience_at(process, arguments[2], &patience) ? poll_until(process, arguments, patience)
                                                         : -EFAULT;
}

/* The sets are the first words of fd_set: no descriptor has a higher number. */
static int64_t select_until(struct process *process, const uint64_t *arguments,
                            int64_t nanoseconds) {
    static const unsigned kinds[] = {READY_IN | READY_HANG, READY_OUT | READY_ERROR, 0};
    uint64_t deadline = deadline_in(process, nanoseconds), wanted[3] = {0}, ready[3] = {0};
    uint64_t highest = arguments[0] < PROCESS_DESCRIPTORS ? arguments[0] : PROCESS_DESCRIPTORS;
    /* Whole longs, as many as the highest number takes. */
    const uint64_t bytes = process->machine->word == 4 && arguments[0] <= 32 ? 4 : 8;
    int64_t count = 0;

    if (arguments[0] > SELECT_MAX)
        return -EINVAL;
    for (size_t i = 0; i < 3; i++) {
        if (arguments[1 + i] && !system_copy_in(process, arguments[1 + i], &wanted[i], bytes))
            return -EFAULT;
    }
    for (uint64_t i = 0; i < highest; i++) {
        const struct process_descriptor *descriptor = system_descriptor(process, i);

        if (!((wanted[0] | wanted[1] | wanted[2]) >> i & 1))
            continue;
        if (!descriptor)
            return -EBADF;
        for (size_t j = 0; j < 3; j++) {
            bool is = (wanted[j] >> i & 1) && (system_ready(process, descriptor) & kinds[j]);

            ready[j] |= (uint64_t)is << i;
            count += is;
        }
    }
    if (!count && !system_is_late(process, &deadline))
        return system_block(process, deadline, false);
    for (size_t i = 0; i < 3; i++) {
        if (arguments[1 + i] && !system_copy_out(process, arguments[1 + i], &ready[i], bytes))
            return -EFAULT;
    }
    return count;
}

static int64_t call_select(struct process *process, const uint64_t *arguments) {
    uint64_t time[2];

    if (arguments[4] == 0)
        return select_until(process, arguments, -1);
    if (!system_words_in(process, arguments[4], time, 2))
        return -EFAULT;
    if (time[0] > INT32_MAX || time[1] > INT32_MAX)
        return -EINVAL;
    return select_until(process, arguments, (int64_t)(time[0] * 1000000000 + time[1] * 1000));
}

static int64_t call_pselect(struct process *process, const uint64_t *arguments) {
    int64_t patience;

    return patience_at(process, arguments[4], &patience)
               ? select_until(process, arguments, patience)
               : -EFAULT;
}

const struct system_call system_waits[] = {
    {7, "poll", call_poll, 0, 168, 0},
    {23, "select", call_select, 0, 142, 0},
    {213, "epoll_create", call_epoll_create, 0, 254, 0},
    {232, "epoll_wait", call_epoll_wait, 0, 256, 0},
    {233, "epoll_ctl", call_epoll_ctl, 0, 255, 0},
    {270, "pselect6", call_pselect, 0, 308, 0},
    {271, "ppoll", call_ppoll, 0, 309, 0},
    {281, "epoll_pwait", call_epoll_wait, 0, 319, 0},
    {291, "epoll_create1", call_epoll_create, 0, 329, 0},
    {441, "epoll_pwait2", call_epoll_pwait2, 0, 441, 8},
    /* i386 alone. */
    {SYSTEM_NONE, "pselect6_time64", call_pselect, 0, 413, 8},
    {SYSTEM_NONE, "ppoll_time64", call_ppoll, 0, 414, 8},
};
const size_t system_waits_count = sizeof system_waits / sizeof system_waits[0];
