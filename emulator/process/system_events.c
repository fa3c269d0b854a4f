/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/process/system.h"

#include <string.h>

/* Pipes, counts (eventfd), and what there is to read or room to write. */

enum { FLAG_NONBLOCK = 0x800, EVENT_SEMAPHORE = 1 };
#define SIGNAL_PIPE 13

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

unsigned system_ready(const struct process *process, const struct process_descriptor *descriptor) {
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

unsigned system_changes(const struct process *process,
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

const struct system_call system_events[] = {
    {22, "pipe", call_pipe, 0, 42, 0},
    {284, "eventfd", call_eventfd, 0, 323, 0},
    {290, "eventfd2", call_eventfd2, 0, 328, 0},
    {293, "pipe2", call_pipe2, 0, 331, 0},
};
const size_t system_events_count = sizeof system_events / sizeof system_events[0];
