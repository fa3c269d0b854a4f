/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/hash.h"
#include "emulator/process/system.h"

#include <stdio.h>
#include <string.h>

/* What a file is, and what a folder holds. */

/* As x86-64 numbers them, whatever the host is. */
enum {
    MODE_REGULAR = 0100000,
    MODE_DIRECTORY = 0040000,
    MODE_CHARACTER = 0020000,
    MODE_FIFO = 0010000,
    AT_EMPTY_PATH_FLAG = 0x1000,
    STATX_BASIC = 0x7ff
};

/* struct stat of x86-64. */
struct system_stat {
    uint64_t device, inode, links;
    uint32_t mode, user, group, padding;
    uint64_t special;
    int64_t size, block_size, blocks, times[6], unused[3];
};

/* struct stat64 of i386. */
struct system_stat_narrow {
    uint64_t device;
    uint32_t padding, inode_short, mode, links, user, group;
    uint64_t special;
    uint32_t padding_too;
    int64_t size;
    uint32_t block_size;
    uint64_t blocks;
    uint32_t times[6];
    uint64_t inode;
} __attribute__((packed));

/* struct statx. */
struct system_statx {
    uint32_t mask, block_size;
    uint64_t attributes;
    uint32_t links, user, group;
    uint16_t mode, padding;
    uint64_t inode, size, blocks, attributes_mask;
    uint64_t times[8];
    uint32_t special[2], device[2];
    uint64_t spare[14];
};

/* struct linux_dirent64, but for the name. */
struct system_entry {
    uint64_t inode;
    int64_t next;
    uint16_t size;
    uint8_t type;
} __attribute__((packed));
#define ENTRY_HEAD 19u

/* --- Paths. --- */

int system_path_at(struct process *process, uint64_t folder, uint64_t address,
                   char path[SYSTEM_PATH_MAX]) {
    const struct process_descriptor *descriptor;
    const char *from = process->files.folder; /* where it was started */
    char name[SYSTEM_PATH_MAX];
    const bool here = (uint32_t)folder == (uint32_t)SYSTEM_HERE;
    int error = system_path(process, address, path);

    if (error || path[0] == '/' || (here && path[0] == '\0'))
        return error;
    if (!here) {
        descriptor = system_descriptor(process, (uint32_t)folder);
        if (!descriptor)
            return -EBADF;
        if (descriptor->kind != DESCRIPTOR_FILE ||
            !process->files.files[descriptor->file].is_directory)
            return -ENOTDIR;
        from = process->files.files[descriptor->file].path;
    }
    memcpy(name, path, sizeof name);
    return snprintf(path, SYSTEM_PATH_MAX, "%s/%s", from, name) < (int)SYSTEM_PATH_MAX
               ? 0
               : -ENAMETOOLONG;
}

/* --- What a file is. --- */

/* The same number wherever and whenever a file is met; one that i386 programs can hold. */
static uint64_t inode_of(const char *path) {
    return hash_bytes(HASH_START, path, strlen(path)) >> 33 | 16;
}

static int64_t stat_path(struct process *process, const char *path, struct system_stat *status) {
    const struct file *file;
    int index;

    *status = (struct system_stat){.device = 1, .links = 1, .block_size = MEMORY_PAGE};
    if (system_is_device(path)) {
        status->mode = MODE_CHARACTER | 0666;
        status->inode = inode_of(path);
        return 0;
    }
    index = files_find(&process->files, path);
    if (index < 0)
        return index;
    file = &process->files.files[index];
    status->inode = inode_of(file->path);
    status->mode = file->is_directory    ? MODE_DIRECTORY | 0755
                   : file->is_executable ? MODE_REGULAR | 0755
                                         : MODE_REGULAR | 0644;
    status->size = file->is_directory ? (int64_t)MEMORY_PAGE : (int64_t)file->size;
    status->blocks = (status->size + 511) / 512;
    return 0;
}

static int64_t stat_descriptor(struct process *process, uint64_t number,
                               struct system_stat *status) {
    const struct process_descriptor *descriptor = system_descriptor(process, number);

    if (!descriptor)
        return -EBADF;
    if (descriptor->kind == DESCRIPTOR_FILE)
        return stat_path(process, process->files.files[descriptor->file].path, status);
    *status = (struct system_stat){
        .device = 1,
        .inode = 1,
        .links = 1,
        .mode = descriptor->kind <= DESCRIPTOR_ERROR ? MODE_FIFO | 0600 : MODE_CHARACTER | 0666,
        .block_size = MEMORY_PAGE};
    return 0;
}

static int64_t stat_at(struct process *process, uint64_t folder, uint64_t address, uint64_t flags,
                       struct system_stat *status) {
    char path[SYSTEM_PATH_MAX];
    int error = system_path_at(process, folder, address, path);
    uint8_t first;

    if ((flags & AT_EMPTY_PATH_FLAG) && system_copy_in(process, address, &first, 1) && first == 0)
        return stat_descriptor(process, (uint32_t)folder, status);
    if (error)
        return error;
    return path[0] == '\0' ? -ENOENT : stat_path(process, path, status);
}

static int64_t put_stat_narrow(struct process *process, const struct system_stat *status,
                               uint64_t address) {
    const struct system_stat_narrow narrow = {.device = status->device,
                                              .inode_short = (uint32_t)status->inode,
                                              .mode = status->mode,
                                              .links = (uint32_t)status->links,
                                              .size = status->size,
                                              .block_size = (uint32_t)status->block_size,
                                              .blocks = (uint64_t)status->blocks,
                                              .inode = status->inode};

    return system_copy_out(process, address, &narrow, sizeof narrow) ? 0 : -EFAULT;
}

static int64_t put_stat(struct process *process, int64_t error, const struct system_stat *status,
                        uint64_t address) {
    if (error)
        return error;
    if (process->machine->word == 4)
        return put_stat_narrow(process, status, address);
    return system_copy_out(process, address, status, sizeof *status) ? 0 : -EFAULT;
}

static int64_t call_stat(struct process *process, const uint64_t *arguments) {
    struct system_stat status;
    int64_t error = stat_at(process, SYSTEM_HERE, arguments[0], 0, &status);

    return put_stat(process, error, &status, arguments[1]);
}

static int64_t call_fstat(struct process *process, const uint64_t *arguments) {
    struct system_stat status;
    int64_t error = stat_descriptor(process, arguments[0], &status);

    return put_stat(process, error, &status, arguments[1]);
}

static int64_t call_newfstatat(struct process *process, const uint64_t *arguments) {
    struct system_stat status;
    int64_t error = stat_at(process, arguments[0], arguments[1], arguments[3], &status);

    return put_stat(process, error, &status, arguments[2]);
}

static int64_t call_statx(struct process *process, const uint64_t *arguments) {
    struct system_stat status;
    struct system_statx out;
    int64_t error = stat_at(process, arguments[0], arguments[1], arguments[2], &status);

    if (error)
        return error;
    out = (struct system_statx){.mask = STATX_BASIC,
                                .block_size = (uint32_t)status.block_size,
                                .links = (uint32_t)status.links,
                                .mode = (uint16_t)status.mode,
                                .inode = status.inode,
                                .size = (uint64_t)status.size,
                                .blocks = (uint64_t)status.blocks,
                                .device = {0, (uint32_t)status.device}};
    return system_copy_out(process, arguments[4], &out, sizeof out) ? 0 : -EFAULT;
}

static int64_t access_at(struct process *process, uint64_t folder, uint64_t address,
                         uint64_t mode) {
    struct system_stat status;
    int64_t error = stat_at(process, folder, address, 0, &status);

    if (error)
        return error;
    if ((mode & 1) && !(status.mode & 0111))
        return -EACCES;
    return (mode & 2) && (status.mode & MODE_CHARACTER) != MODE_CHARACTER ? -EROFS : 0;
}

static int64_t call_access(struct process *process, const uint64_t *arguments) {
    return access_at(process, SYSTEM_HERE, arguments[0], arguments[1]);
}

static int64_t call_faccessat(struct process *process, const uint64_t *arguments) {
    return access_at(process, arguments[0], arguments[1], arguments[2]);
}

/* The only link that a process is shown is the one to itself. */
static int64_t link_at(struct process *process, uint64_t folder, uint64_t path_address,
                       uint64_t address, uint64_t size) {
    char path[SYSTEM_PATH_MAX];
    const char *program = process->files.program;
    int result = system_path_at(process, folder, path_address, path);

    if (result)
        return result;
    if (strcmp(path, "/proc/self/exe") != 0) {
        result = files_find(&process->files, path);
        return result < 0 ? result : -EINVAL;
    }
    size = size < strlen(program) ? size : strlen(program);
    return system_copy_out(process, address, program, size) ? (int64_t)size : -EFAULT;
}

static int64_t call_readlink(struct process *process, const uint64_t *arguments) {
    return link_at(process, SYSTEM_HERE, arguments[0], arguments[1], arguments[2]);
}

static int64_t call_readlinkat(struct process *process, const uint64_t *arguments) {
    return link_at(process, arguments[0], arguments[1], arguments[2], arguments[3]);
}

static int64_t call_getcwd(struct process *process, const uint64_t *arguments) {
    const char *folder = process->files.folder[0] ? process->files.folder : "/";
    const size_t size = strlen(folder) + 1;

    if (arguments[1] < size)
        return -ERANGE;
    return system_copy_out(process, arguments[0], folder, size) ? (int64_t)size : -EFAULT;
}

/* --- What a folder holds. --- */

static int64_t put_entry(struct process *process, const char *name, uint64_t place,
                         uint64_t address, uint64_t room) {
    static const uint8_t types[] = {
        [FILE_KIND_UNKNOWN] = 0, [FILE_KIND_FOLDER] = 4, [FILE_KIND_REGULAR] = 8};
    size_t length = strlen(name + 1) + 1, size = (ENTRY_HEAD + length + 7) & ~(size_t)7;
    struct system_entry entry = {inode_of(name + 1), (int64_t)place, (uint16_t)size,
                                 types[(uint8_t)name[0]]};

    if (size > room)
        return 0;
    return system_copy_out(process, address, &entry, ENTRY_HEAD) &&
                   system_copy_out(process, address + ENTRY_HEAD, name + 1, length)
               ? (int64_t)size
               : -EFAULT;
}

static int64_t call_getdents(struct process *process, const uint64_t *arguments) {
    struct process_descriptor *descriptor = system_descriptor(process, arguments[0]);
    const struct file *folder;
    uint64_t done = 0;

    if (!descriptor)
        return -EBADF;
    if (descriptor->kind != DESCRIPTOR_FILE || !process->files.files[descriptor->file].is_directory)
        return -ENOTDIR;
    folder = &process->files.files[descriptor->file];
    while (descriptor->offset < folder->size) {
        const char *name = (const char *)folder->bytes + descriptor->offset;
        uint64_t place = descriptor->offset + strlen(name) + 1;
        int64_t size = put_entry(process, name, place, arguments[1] + done, arguments[2] - done);

        if (size <= 0)
            return done ? (int64_t)done : size < 0 ? size : -EINVAL;
        done += (uint64_t)size;
        descriptor->offset = place;
    }
    process->budget -= (int64_t)(done / 8);
    return (int64_t)done;
}

const struct system_call system_stats[] = {
    {4, "stat", call_stat, 0, 0, 0},
    {5, "fstat", call_fstat, 0, 0, 0},
    {6, "lstat", call_stat, 0, 0, 0},
    {21, "access", call_access, 0, 33, 0},
    {79, "getcwd", call_getcwd, 0, 183, 0},
    {80, "chdir", NULL, -EACCES, 12, 0},
    {89, "readlink", call_readlink, 0, 85, 0},
    {137, "statfs", NULL, -ENOENT, 0, 0},
    {138, "fstatfs", NULL, -EBADF, 0, 0},
    {191, "getxattr", NULL, -EOPNOTSUPP, 229, 0},
    {192, "lgetxattr", NULL, -EOPNOTSUPP, 230, 0},
    {193, "fgetxattr", NULL, -EOPNOTSUPP, 231, 0},
    {217, "getdents64", call_getdents, 0, 220, 0},
    {262, "newfstatat", call_newfstatat, 0, 0, 0},
    {267, "readlinkat", call_readlinkat, 0, 305, 0},
    {269, "faccessat", call_faccessat, 0, 307, 0},
    {332, "statx", call_statx, 0, 383, 0},
    {439, "faccessat2", call_faccessat, 0, 439, 0},
    /* i386 alone. */
    {SYSTEM_NONE, "stat64", call_stat, 0, 195, 0},
    {SYSTEM_NONE, "lstat64", call_stat, 0, 196, 0},
    {SYSTEM_NONE, "fstat64", call_fstat, 0, 197, 0},
    {SYSTEM_NONE, "fstatat64", call_newfstatat, 0, 300, 0},
    {SYSTEM_NONE, "statfs64", NULL, -ENOENT, 268, 0},
    {SYSTEM_NONE, "fstatfs64", NULL, -EBADF, 269, 0},
};
const size_t system_stats_count = sizeof system_stats / sizeof system_stats[0];
