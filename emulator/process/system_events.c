/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/process/system.h"

#include <string.h>

/* Pipes, counts (eventfd), and waiting for one of several descriptors. */

enum {
    READY_IN = 0x1,
    READY_OUT = 0x4,
    READY_ERROR = 0x8,
    READY_HANG = 0x10,
    READY_INVALID = 0x20,
    FLAG_NONBLOCK = 0x800,
    EVENT_SEMAPHORE = 1,
    WATCH_ONCE = 1 << 30,
    SELECT_MAX = 1024
};
#define WATCH_EDGE 0x80000000u
#define WATCH_KEPT 0xff000000u /* bits that are no readiness */
#define SIGNAL_PIPE 13

/* --- Waiting. --- */

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

/* --- What is there. --- */

/* Whether a descriptor of that kind leads to it. */
static bool is_held(const struct process *process, enum process_descriptor_kind kind,
                    unsigned file) {
    for (unsigned i = 0; i < PROCESS_DESCRIPTORS; i++) {
        const struct process_descriptor *descriptor = &process->state.descriptors[i];

        if (descriptor->kind == kind && descriptor->file == file)
            return true;
    }
    return false;
}

static unsigned ready_of(const struct process *process,
                         const struct process_descriptor *descriptor) {
    const struct process_state *state = &process->state;
    unsigned ready = 0;

    switch (descriptor->kind) {
    case DESCRIPTOR_OUTPUT:
    case DESCRIPTOR_ERROR:
        return READY_OUT;
    case DESCRIPTOR_EVENT:
        ready = state->counts[descriptor->file].count > 0 ? READY_IN : 0;
        return ready | (state->counts[descriptor->file].count < UINT64_MAX - 1 ? READY_OUT : 0);
    case DESCRIPTOR_PIPE_READ:
        ready = state->pipes[descriptor->file].size > 0 ? READY_IN : 0;
        return ready | (is_held(process, DESCRIPTOR_PIPE_WRITE, descriptor->file) ? 0 : READY_HANG);
    case DESCRIPTOR_PIPE_WRITE:
        ready = state->pipes[descriptor->file].size < PROCESS_PIPE_SIZE ? READY_OUT : 0;
        return ready | (is_held(process, DESCRIPTOR_PIPE_READ, descriptor->file) ? 0 : READY_ERROR);
    case DESCRIPTOR_EPOLL:
        return 0;
    default:
        return READY_IN | READY_OUT;
    }
}

static unsigned changes_of(const struct process *process,
                           const struct process_descriptor *descriptor) {
    switch (descriptor->kind) {
    case DESCRIPTOR_EVENT:
        return process->state.counts[descriptor->file].changes;
    case DESCRIPTOR_PIPE_READ:
    case DESCRIPTOR_PIPE_WRITE:
        return process->state.pipes[descriptor->file].changes;
    default:
        return 1;
    }
}

/* --- Pipes. --- */

static int64_t pipe_read(struct process *process, const struct process_descriptor *descriptor,
                         uint64_t address, uint64_t size) {
    struct process_pipe *pipe = &process->state.pipes[descriptor->file];
    uint8_t *to;

    if (pipe->size == 0) {
        if (size == 0 || !is_held(process, DESCRIPTOR_PIPE_WRITE, descriptor->file))
            return 0;
        return descriptor->flags & FLAG_NONBLOCK ? -EAGAIN
                                                 : system_block(process, UINT64_MAX, true);
    }
    size = size < pipe->size ? size : pipe->size;
    to = memory_writable(&process->memory, address, size);
    if (!to)
        return -EFAULT;
    for (uint64_t i = 0; i < size; i++)
        to[i] = pipe->bytes[(pipe->first + i) % PROCESS_PIPE_SIZE];
    pipe->first = (uint32_t)((pipe->first + size) % PROCESS_PIPE_SIZE);
    pipe->size -= (uint32_t)size;
    pipe->changes++;
    process_wake_events(process);
    return (int64_t)size;
}

/* As much as there is room for: a write as large as a pipe may be seen in parts. */
static int64_t pipe_write(struct process *process, const struct process_descriptor *descriptor,
                          const uint8_t *bytes, uint64_t size) {
    struct process_pipe *pipe = &process->state.pipes[descriptor->file];
    uint64_t room = PROCESS_PIPE_SIZE - pipe->size;

    if (!is_held(process, DESCRIPTOR_PIPE_READ, descriptor->file)) {
        process_signal_send(process, &process->state.threads[process->state.current], SIGNAL_PIPE);
        return -EPIPE;
    }
    if (room == 0 && size > 0)
        return descriptor->flags & FLAG_NONBLOCK ? -EAGAIN
                                                 : system_block(process, UINT64_MAX, true);
    size = size < room ? size : room;
    for (uint64_t i = 0; i < size; i++)
        pipe->bytes[(pipe->first + pipe->size + i) % PROCESS_PIPE_SIZE] = bytes[i];
    pipe->size += (uint32_t)size;
    pipe->changes++;
    process_wake_events(process);
    return (int64_t)size;
}

static int64_t make_pipe(struct process *process, uint64_t address, uint64_t flags) {
    struct process_descriptor end = {.kind = DESCRIPTOR_PIPE_READ, .flags = (unsigned)flags};
    int64_t in, out = -EMFILE;
    int32_t pair[2];

    while (end.file < PROCESS_PIPES && (is_held(process, DESCRIPTOR_PIPE_READ, end.file) ||
                                        is_held(process, DESCRIPTOR_PIPE_WRITE, end.file)))
        end.file++;
    if (end.file == PROCESS_PIPES)
        return -EMFILE;
    process->state.pipes[end.file].size = 0;
    in = system_descriptor_new(process, end, 0);
    end.kind = DESCRIPTOR_PIPE_WRITE;
    end.flags |= 1; /* O_WRONLY */
    if (in >= 0)
        out = system_descriptor_new(process, end, 0);
    pair[0] = (int32_t)in;
    pair[1] = (int32_t)out;
    if (out >= 0 && system_copy_out(process, address, pair, sizeof pair))
        return 0;
    if (in >= 0)
        process->state.descriptors[in].kind = DESCRIPTOR_CLOSED;
    if (out >= 0)
        process->state.descriptors[out].kind = DESCRIPTOR_CLOSED;
    return out < 0 ? -EMFILE : -EFAULT;
}

static int64_t call_pipe(struct process *process, const uint64_t *arguments) {
    return make_pipe(process, arguments[0], 0);
}

static int64_t call_pipe2(struct process *process, const uint64_t *arguments) {
    return make_pipe(process, arguments[0], arguments[1]);
}

/* --- Counts. --- */

static int64_t make_count(struct process *process, uint64_t start, uint64_t flags) {
    struct process_descriptor event = {.kind = DESCRIPTOR_EVENT, .flags = (unsigned)flags | 2};

    while (event.file < PROCESS_EVENTS && is_held(process, DESCRIPTOR_EVENT, event.file))
        event.file++;
    if (event.file == PROCESS_EVENTS)
        return -EMFILE;
    process->state.counts[event.file].count = (uint32_t)start;
    process->state.counts[event.file].is_semaphore = flags & EVENT_SEMAPHORE;
    return system_descriptor_new(process, event, 0);
}

static int64_t call_eventfd(struct process *process, const uint64_t *arguments) {
    return make_count(process, arguments[0], 0);
}

static int64_t call_eventfd2(struct process *process, const uint64_t *arguments) {
    return make_count(process, arguments[0], arguments[1]);
}

static int64_t count_read(struct process *process, const struct process_descriptor *descriptor,
                          uint64_t address, uint64_t size) {
    struct process_event_count *event = &process->state.counts[descriptor->file];
    uint64_t value = event->is_semaphore ? 1 : event->count;

    if (size < sizeof value)
        return -EINVAL;
    if (event->count == 0)
        return descriptor->flags & FLAG_NONBLOCK ? -EAGAIN
                                                 : system_block(process, UINT64_MAX, true);
    if (!system_copy_out(process, address, &value, sizeof value))
        return -EFAULT;
    event->count -= value;
    event->changes++;
    process_wake_events(process);
    return sizeof value;
}

static int64_t count_write(struct process *process, const struct process_descriptor *descriptor,
                           const uint8_t *bytes, uint64_t size) {
    struct process_event_count *event = &process->state.counts[descriptor->file];
    uint64_t value;

    if (size < sizeof value)
        return -EINVAL;
    memcpy(&value, bytes, sizeof value);
    if (value == UINT64_MAX)
        return -EINVAL;
    if (value > UINT64_MAX - 1 - event->count)
        return descriptor->flags & FLAG_NONBLOCK ? -EAGAIN
                                                 : system_block(process, UINT64_MAX, true);
    event->count += value;
    event->changes++;
    process_wake_events(process);
    return sizeof value;
}

int64_t system_event_read(struct process *process, const struct process_descriptor *descriptor,
                          uint64_t address, uint64_t size) {
    switch (descriptor->kind) {
    case DESCRIPTOR_PIPE_READ:
        return pipe_read(process, descriptor, address, size);
    case DESCRIPTOR_EVENT:
        return count_read(process, descriptor, address, size);
    default:
        return -EBADF;
    }
}

int64_t system_event_write(struct process *process, const struct process_descriptor *descriptor,
                           const uint8_t *bytes, uint64_t size) {
    switch (descriptor->kind) {
    case DESCRIPTOR_PIPE_WRITE:
        return pipe_write(process, descriptor, bytes, size);
    case DESCRIPTOR_EVENT:
        return count_write(process, descriptor, bytes, size);
    default:
        return -EBADF;
    }
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
                                    .told = changes_of(process, other) - 1,
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
    changes = changes_of(process, descriptor);
    ready = ready_of(process, descriptor) & (watch->mask | READY_ERROR | READY_HANG);
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
    uint64_t nanoseconds = 0;

    if (arguments[3] && !system_time(process, arguments[3], &nanoseconds))
        return -EFAULT;
    return epoll_wait_until(process, arguments, arguments[3] ? (int64_t)nanoseconds : -1);
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
            poll.ready = (uint16_t)(descriptor ? ready_of(process, descriptor) &
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
    uint64_t nanoseconds = 0;

    if (arguments[2] && !system_time(process, arguments[2], &nanoseconds))
        return -EFAULT;
    return poll_until(process, arguments, arguments[2] ? (int64_t)nanoseconds : -1);
}

/* The sets are the first words of fd_set: no descriptor has a higher number. */
static int64_t select_until(struct process *process, const uint64_t *arguments,
                            int64_t nanoseconds) {
    static const unsigned kinds[] = {READY_IN | READY_HANG, READY_OUT | READY_ERROR, 0};
    uint64_t deadline = deadline_in(process, nanoseconds), wanted[3] = {0}, ready[3] = {0};
    uint64_t highest = arguments[0] < PROCESS_DESCRIPTORS ? arguments[0] : PROCESS_DESCRIPTORS;
    int64_t count = 0;

    if (arguments[0] > SELECT_MAX)
        return -EINVAL;
    for (size_t i = 0; i < 3; i++) {
        if (arguments[1 + i] &&
            !system_copy_in(process, arguments[1 + i], &wanted[i], sizeof wanted[i]))
            return -EFAULT;
    }
    for (uint64_t i = 0; i < highest; i++) {
        const struct process_descriptor *descriptor = system_descriptor(process, i);

        if (!((wanted[0] | wanted[1] | wanted[2]) >> i & 1))
            continue;
        if (!descriptor)
            return -EBADF;
        for (size_t j = 0; j < 3; j++) {
            bool is = (wanted[j] >> i & 1) && (ready_of(process, descriptor) & kinds[j]);

            ready[j] |= (uint64_t)is << i;
            count += is;
        }
    }
    if (!count && !system_is_late(process, &deadline))
        return system_block(process, deadline, false);
    for (size_t i = 0; i < 3; i++) {
        if (arguments[1 + i] &&
            !system_copy_out(process, arguments[1 + i], &ready[i], sizeof ready[i]))
            return -EFAULT;
    }
    return count;
}

static int64_t call_select(struct process *process, const uint64_t *arguments) {
    uint64_t time[2];

    if (arguments[4] == 0)
        return select_until(process, arguments, -1);
    if (!system_copy_in(process, arguments[4], time, sizeof time))
        return -EFAULT;
    if (time[0] > INT32_MAX || time[1] > INT32_MAX)
        return -EINVAL;
    return select_until(process, arguments, (int64_t)(time[0] * 1000000000 + time[1] * 1000));
}

static int64_t call_pselect(struct process *process, const uint64_t *arguments) {
    uint64_t nanoseconds = 0;

    if (arguments[4] && !system_time(process, arguments[4], &nanoseconds))
        return -EFAULT;
    return select_until(process, arguments, arguments[4] ? (int64_t)nanoseconds : -1);
}

const struct system_call system_events[] = {
    {7, "poll", call_poll, 0},
    {22, "pipe", call_pipe, 0},
    {23, "select", call_select, 0},
    {213, "epoll_create", call_epoll_create, 0},
    {232, "epoll_wait", call_epoll_wait, 0},
    {233, "epoll_ctl", call_epoll_ctl, 0},
    {270, "pselect6", call_pselect, 0},
    {271, "ppoll", call_ppoll, 0},
    {281, "epoll_pwait", call_epoll_wait, 0},
    {284, "eventfd", call_eventfd, 0},
    {290, "eventfd2", call_eventfd2, 0},
    {291, "epoll_create1", call_epoll_create, 0},
    {293, "pipe2", call_pipe2, 0},
    {441, "epoll_pwait2", call_epoll_pwait2, 0},
};
const size_t system_events_count = sizeof system_events / sizeof system_events[0];
