/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/process/system.h"

#include <stdio.h>
#include <string.h>

/* As x86-64 numbers them, whatever the host is. */
enum {
    OPEN_ACCESS = 3,
    OPEN_CREATE = 0x40,
    OPEN_TRUNCATE = 0x200,
    OPEN_DIRECTORY = 0x10000,
    OPEN_CLOEXEC = 0x80000,
    OPEN_SETTABLE = 0xc00, /* O_APPEND, O_NONBLOCK */
    IOV_MAX_COUNT = 1024
};

struct process_descriptor *system_descriptor(struct process *process, uint64_t number) {
    struct process_descriptor *descriptor =
        number < PROCESS_DESCRIPTORS ? &process->state.descriptors[number] : NULL;

    return descriptor && descriptor->kind != DESCRIPTOR_CLOSED ? descriptor : NULL;
}

int64_t system_descriptor_new(struct process *process, struct process_descriptor descriptor,
                              uint64_t first) {
    for (uint64_t i = first; i < PROCESS_DESCRIPTORS; i++) {
        if (process->state.descriptors[i].kind == DESCRIPTOR_CLOSED) {
            process->state.descriptors[i] = descriptor;
            return (int64_t)i;
        }
    }
    return -EMFILE;
}

/* --- Opening. --- */

bool system_is_device(const char *path) {
    return strcmp(path, "/dev/null") == 0 || strcmp(path, "/dev/urandom") == 0 ||
           strcmp(path, "/dev/random") == 0;
}

static int64_t open_path(struct process *process, const char *path, uint64_t flags) {
    struct process_descriptor descriptor = {.kind = DESCRIPTOR_FILE, .flags = (unsigned)flags};
    int index;

    if (system_is_device(path))
        descriptor.kind = strcmp(path, "/dev/null") == 0 ? DESCRIPTOR_NULL : DESCRIPTOR_RANDOM;
    if (descriptor.kind != DESCRIPTOR_FILE)
        return system_descriptor_new(process, descriptor, 0);
    if ((flags & OPEN_ACCESS) != 0 || flags & (OPEN_CREATE | OPEN_TRUNCATE))
        return -EROFS;
    index = files_find(&process->files, path);
    if (index < 0)
        return index;
    if (flags & OPEN_DIRECTORY && !process->files.files[index].is_directory)
        return -ENOTDIR;
    descriptor.file = (unsigned)index;
    return system_descriptor_new(process, descriptor, 0);
}

static int64_t call_open(struct process *process, const uint64_t *arguments) {
    char path[SYSTEM_PATH_MAX];
    int error = system_path_at(process, SYSTEM_HERE, arguments[0], path);

    return error ? error : open_path(process, path, arguments[1]);
}

static int64_t call_openat(struct process *process, const uint64_t *arguments) {
    char path[SYSTEM_PATH_MAX];
    int error = system_path_at(process, arguments[0], arguments[1], path);

    return error ? error : open_path(process, path, arguments[2]);
}

static int64_t call_close(struct process *process, const uint64_t *arguments) {
    struct process_descriptor *descriptor = system_descriptor(process, arguments[0]);

    if (!descriptor)
        return -EBADF;
    descriptor->kind = DESCRIPTOR_CLOSED;
    process_wake_events(process); /* the other end of a pipe may have come to its end */
    return 0;
}

/* --- Reading and writing. --- */

static int64_t read_at(struct process *process, struct process_descriptor *descriptor,
                       uint64_t address, uint64_t size, uint64_t offset) {
    const struct file *file;
    uint64_t left;

    if (size > INT32_MAX)
        size = INT32_MAX;
    switch (descriptor->kind) {
    case DESCRIPTOR_FILE:
        file = &process->files.files[descriptor->file];
        if (file->is_directory)
            return -EISDIR;
        left = offset < file->size ? file->size - offset : 0;
        size = size < left ? size : left;
        process->budget -= (int64_t)(size / 8);
        return system_copy_out(process, address, file->bytes + (size ? offset : 0), size)
                   ? (int64_t)size
                   : -EFAULT;
    case DESCRIPTOR_RANDOM:
        for (uint64_t i = 0; i < size; i++) {
            uint8_t byte = (uint8_t)((process->state.random += 0x9e3779b97f4a7c15u) >> 56);

            if (!system_copy_out(process, address + i, &byte, 1))
                return -EFAULT;
        }
        process->budget -= (int64_t)size;
        return (int64_t)size;
    case DESCRIPTOR_INPUT:
    case DESCRIPTOR_NULL:
        return 0;
    default:
        return system_event_read(process, descriptor, address, size);
    }
}

static int64_t call_read(struct process *process, const uint64_t *arguments) {
    struct process_descriptor *descriptor = system_descriptor(process, arguments[0]);
    int64_t result;

    if (!descriptor)
        return -EBADF;
    result = read_at(process, descriptor, arguments[1], arguments[2], descriptor->offset);
    if (result > 0)
        descriptor->offset += (uint64_t)result;
    return result;
}

static int64_t call_pread(struct process *process, const uint64_t *arguments) {
    struct process_descriptor *descriptor = system_descriptor(process, arguments[0]);

    if (!descriptor)
        return -EBADF;
    return read_at(process, descriptor, arguments[1], arguments[2], arguments[3]);
}

/* The offset in two halves, the low one first. */
static int64_t call_pread_narrow(struct process *process, const uint64_t *arguments) {
    const uint64_t whole[] = {arguments[0], arguments[1], arguments[2],
                              arguments[3] | arguments[4] << 32};

    return call_pread(process, whole);
}

static void keep_output(struct process *process, const uint8_t *bytes, uint64_t size) {
    uint64_t room = PROCESS_OUTPUT_MAX - process->state.output_size;

    size = size < room ? size : room;
    memcpy(process->output + process->state.output_size, bytes, size);
    process->state.output_size += size;
}

static int64_t write_to(struct process *process, const struct process_descriptor *descriptor,
                        uint64_t address, uint64_t size) {
    const uint8_t *bytes;

    if (size > INT32_MAX)
        size = INT32_MAX;
    bytes = memory_readable(&process->memory, address, size);
    if (!bytes)
        return -EFAULT;
    process->budget -= (int64_t)(size / 8);
    switch (descriptor->kind) {
    case DESCRIPTOR_OUTPUT:
        keep_output(process, bytes, size);
        return (int64_t)size;
    case DESCRIPTOR_ERROR:
        process_keep_complaint(process, bytes, size);
        return (int64_t)size;
    case DESCRIPTOR_NULL:
    case DESCRIPTOR_RANDOM:
        return (int64_t)size;
    default:
        return system_event_write(process, descriptor, bytes, size);
    }
}

static int64_t call_write(struct process *process, const uint64_t *arguments) {
    struct process_descriptor *descriptor = system_descriptor(process, arguments[0]);

    return descriptor ? write_to(process, descriptor, arguments[1], arguments[2]) : -EBADF;
}

/* Vectors: each part is checked on its own, and the sum cannot overflow. */
static int64_t for_vector(struct process *process, const uint64_t *arguments, bool writes) {
    struct process_descriptor *descriptor = system_descriptor(process, arguments[0]);
    int64_t done = 0;

    if (!descriptor)
        return -EBADF;
    if (arguments[2] > IOV_MAX_COUNT)
        return -EINVAL;
    for (uint64_t i = 0; i < arguments[2]; i++) {
        uint64_t part[2];
        int64_t result;

        if (!system_words_in(process, arguments[1] + i * 2 * process->word, part, 2))
            return done ? done : -EFAULT;
        if (part[1] > INT32_MAX)
            return done ? done : -EINVAL;
        result = writes ? write_to(process, descriptor, part[0], part[1])
                        : read_at(process, descriptor, part[0], part[1], descriptor->offset);
        if (result < 0)
            return done ? done : result;
        if (!writes)
            descriptor->offset += (uint64_t)result;
        done += result;
        if ((uint64_t)result < part[1])
            break;
    }
    return done;
}

static int64_t call_readv(struct process *process, const uint64_t *arguments) {
    return for_vector(process, arguments, false);
}

static int64_t call_writev(struct process *process, const uint64_t *arguments) {
    return for_vector(process, arguments, true);
}

static int64_t seek(struct process *process, uint64_t number, int64_t offset, uint64_t whence) {
    struct process_descriptor *descriptor = system_descriptor(process, number);
    uint64_t bases[3];

    if (!descriptor)
        return -EBADF;
    if (descriptor->kind != DESCRIPTOR_FILE)
        return -ESPIPE;
    bases[0] = 0;
    bases[1] = descriptor->offset;
    bases[2] = process->files.files[descriptor->file].size;
    if (whence > 2 || (int64_t)(bases[whence] + (uint64_t)offset) < 0)
        return -EINVAL;
    descriptor->offset = bases[whence] + (uint64_t)offset;
    return (int64_t)descriptor->offset;
}

static int64_t call_lseek(struct process *process, const uint64_t *arguments) {
    return seek(process, arguments[0], system_signed(process, arguments[1]), arguments[2]);
}

/* The offset in two halves, the high one first; the result in memory. */
static int64_t call_llseek(struct process *process, const uint64_t *arguments) {
    int64_t result =
        seek(process, arguments[0], (int64_t)(arguments[1] << 32 | arguments[2]), arguments[4]);

    if (result < 0)
        return result;
    return system_copy_out(process, arguments[3], &result, sizeof result) ? 0 : -EFAULT;
}

/* --- Descriptors. --- */

static int64_t call_dup(struct process *process, const uint64_t *arguments) {
    struct process_descriptor *descriptor = system_descriptor(process, arguments[0]);

    return descriptor ? system_descriptor_new(process, *descriptor, 0) : -EBADF;
}

static int64_t call_dup2(struct process *process, const uint64_t *arguments) {
    struct process_descriptor *descriptor = system_descriptor(process, arguments[0]);

    if (!descriptor || arguments[1] >= PROCESS_DESCRIPTORS)
        return -EBADF;
    process->state.descriptors[arguments[1]] = *descriptor;
    process_wake_events(process);
    return (int64_t)arguments[1];
}

static int64_t call_fcntl(struct process *process, const uint64_t *arguments) {
    struct process_descriptor *descriptor = system_descriptor(process, arguments[0]);

    if (!descriptor)
        return -EBADF;
    switch (arguments[1]) {
    case 0:    /* F_DUPFD */
    case 1030: /* F_DUPFD_CLOEXEC */
        return system_descriptor_new(process, *descriptor, arguments[2]);
    case 1: /* F_GETFD */
        return descriptor->flags & OPEN_CLOEXEC ? 1 : 0;
    case 2: /* F_SETFD */
        return 0;
    case 4: /* F_SETFL */
        descriptor->flags = (descriptor->flags & ~(unsigned)OPEN_SETTABLE) |
                            ((unsigned)arguments[2] & OPEN_SETTABLE);
        return 0;
    case 3: /* F_GETFL */
        return (int64_t)(descriptor->flags & ~(unsigned)OPEN_CLOEXEC) |
               (descriptor->kind == DESCRIPTOR_OUTPUT || descriptor->kind == DESCRIPTOR_ERROR);
    default:
        return -EINVAL;
    }
}

const struct system_call system_files[] = {
    {0, "read", call_read, 0, 3, 0},
    {1, "write", call_write, 0, 4, 0},
    {2, "open", call_open, 0, 5, 0},
    {3, "close", call_close, 0, 6, 0},
    {8, "lseek", call_lseek, 0, 19, 0},
    {16, "ioctl", NULL, -ENOTTY, 54, 0},
    {17, "pread64", call_pread, 0, 0, 0},
    {19, "readv", call_readv, 0, 145, 0},
    {20, "writev", call_writev, 0, 146, 0},
    {32, "dup", call_dup, 0, 41, 0},
    {33, "dup2", call_dup2, 0, 63, 0},
    {72, "fcntl", call_fcntl, 0, 55, 0},
    {95, "umask", NULL, 022, 60, 0},
    {221, "fadvise64", NULL, 0, 250, 0},
    {257, "openat", call_openat, 0, 295, 0},
    {292, "dup3", call_dup2, 0, 330, 0},
    /* i386 alone. */
    {SYSTEM_NONE, "_llseek", call_llseek, 0, 140, 0},
    {SYSTEM_NONE, "pread64", call_pread_narrow, 0, 180, 0},
    {SYSTEM_NONE, "fcntl64", call_fcntl, 0, 221, 0},
    {SYSTEM_NONE, "fadvise64_64", NULL, 0, 272, 0},
};
const size_t system_files_count = sizeof system_files / sizeof system_files[0];
