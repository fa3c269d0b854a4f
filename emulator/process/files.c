/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/process/files_internal.h"

#include "emulator/process/process.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FILES_STUB "/hvspec-call" /* the program that calls a library */

/* What a program finds on a machine with one processor. */
static const struct {
    const char *path, *text;
} synthetic[] = {
    {"/proc/cpuinfo", "processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 94\n"
                      "model name\t: Generic x86 processor @ 2.30GHz\nstepping\t: 3\ncpu MHz\t\t: "
                      "2300.000\nflags\t\t: fpu tsc msr cx8 cmov mmx fxsr sse sse2 syscall nx lm "
                      "hypervisor\n\n"},
    {"/proc/self/cgroup", "0::/\n"},
    {"/proc/self/mountinfo", ""},
    {"/proc/meminfo", "MemTotal:        1048576 kB\nMemFree:         1048576 kB\n"},
    {"/proc/stat", "cpu  0 0 0 0 0 0 0 0 0 0\ncpu0 0 0 0 0 0 0 0 0 0 0\n"},
    {"/proc/sys/vm/overcommit_memory", "0\n"},
    {"/proc/sys/kernel/osrelease", "6.1.0\n"},
    {"/proc/version", "Linux version 6.1.0\n"},
    {"/proc/filesystems", "nodev\tproc\n"},
    {"/proc/loadavg", "0.00 0.00 0.00 1/1 1000\n"},
    {"/proc/uptime", "100.00 100.00\n"},
    {"/proc/self/comm", "probe\n"},
    {"/proc/self/maps", "7f03ff7f0000-7f03ffff0000 rw-p 00000000 00:00 0      [stack]\n"},
    {"/proc/self/status", "Name:\tprobe\nState:\tR (running)\nTgid:\t1000\nPid:\t1000\nPPid:\t1\n"
                          "TracerPid:\t0\nUid:\t1000\t1000\t1000\t1000\nGid:\t1000\t1000\t1000"
                          "\t1000\nThreads:\t1\nCpus_allowed:\t1\nCpus_allowed_list:\t0\n"},
    {"/sys/devices/system/cpu/cpu0/topology/core_id", "0\n"},
    {"/sys/devices/system/cpu/cpu0/topology/core_siblings", "1\n"},
    {"/sys/devices/system/cpu/cpu0/topology/core_siblings_list", "0\n"},
    {"/sys/devices/system/cpu/cpu0/topology/physical_package_id", "0\n"},
    {"/sys/devices/system/cpu/cpu0/topology/thread_siblings", "1\n"},
    {"/sys/devices/system/cpu/cpu0/topology/thread_siblings_list", "0\n"},
    {"/sys/devices/system/cpu/kernel_max", "0\n"},
    {"/sys/devices/system/cpu/online", "0\n"},
    {"/sys/devices/system/cpu/possible", "0\n"},
    {"/sys/devices/system/cpu/present", "0\n"},
    {"/sys/devices/system/node/online", "0\n"},
    {"/sys/kernel/mm/transparent_hugepage/enabled", "always madvise [never]\n"},
    {"/sys/kernel/mm/transparent_hugepage/hpage_pmd_size", "2097152\n"},
};

/* Beneath these a process may read when the root is this system's. */
static const char *const system_folders[] = {
    "/lib/",       "/lib32/",       "/lib64/",         "/usr/lib/",   "/usr/lib32/",
    "/usr/lib64/", "/usr/libexec/", "/usr/local/lib/", "/usr/share/",
};
static const char *const system_files[] = {"/etc/ld.so.cache"};
/* Devices, which the table of system calls knows, and folders that every system has. */
static const char *const elsewhere[] = {
    "/dev/null", "/dev/random", "/dev/urandom", "/etc/", "/run/", "/tmp/", "/usr/bin/",
};

bool files_clean(const char *path, char clean[FILES_PATH_MAX]) {
    size_t used = 0;

    while (*path) {
        size_t length = strcspn(path, "/");

        if (length == 2 && path[0] == '.' && path[1] == '.') {
            while (used > 0 && clean[--used] != '/')
                ;
        } else if (length > 0 && !(length == 1 && path[0] == '.')) {
            if (used + length + 2 > FILES_PATH_MAX)
                return false;
            clean[used++] = '/';
            memcpy(clean + used, path, length);
            used += length;
        }
        path += length;
        path += *path == '/';
    }
    if (used == 0)
        clean[used++] = '/';
    clean[used] = '\0';
    return true;
}

static bool begins_with(const char *text, const char *start) {
    return strncmp(text, start, strlen(start)) == 0;
}

const char *files_known(const struct files *files, size_t index) {
    const struct process_start *start = files->start;
    const size_t counts[] = {sizeof synthetic / sizeof *synthetic,
                             sizeof elsewhere / sizeof *elsewhere, start->files_count,
                             start->sysroot ? 0 : sizeof system_folders / sizeof *system_folders};

    if (index < counts[0])
        return synthetic[index].path;
    index -= counts[0];
    if (index < counts[1])
        return elsewhere[index];
    index -= counts[1];
    if (index < counts[2])
        return start->files[index].path;
    index -= counts[2];
    if (index < counts[3])
        return system_folders[index];
    index -= counts[3];
    return index < 2 ? (index ? files->code : files->program) : NULL;
}

/* Whether a path may be read when the root is this system's. */
static bool files_allows(const struct files *files, const char *path) {
    if (files->start->sysroot)
        return true;
    for (size_t i = 0; i < sizeof system_folders / sizeof *system_folders; i++) {
        size_t length = strlen(system_folders[i]) - 1; /* the folder itself, too */

        if (strncmp(path, system_folders[i], length) == 0 &&
            (path[length] == '/' || path[length] == '\0'))
            return true;
    }
    for (size_t i = 0; i < sizeof system_files / sizeof *system_files; i++) {
        if (strcmp(path, system_files[i]) == 0)
            return true;
    }
    /* Libraries that lie beside the program, or below it. */
    return begins_with(path, files->folder) && path[strlen(files->folder)] == '/' &&
           strstr(strrchr(path, '/'), ".so") != NULL;
}

/* Where a descriptor's file really lies, as the process would name it. */
static bool files_lies_within(const struct files *files, int descriptor) {
    char link[64], path[FILES_PATH_MAX];
    ssize_t size;

    if (files->start->sysroot)
        return true; /* the kernel kept the resolution beneath the root */
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    size = readlink(link, path, sizeof path - 1);
    if (size < 0)
        return false;
    path[size] = '\0';
    return files_allows(files, path);
}

static int files_open_beneath(const struct files *files, const char *path) {
    struct open_how how = {.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
                           .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
    int descriptor = (int)syscall(SYS_openat2, files->root, path, &how, sizeof how);

    /* Without that system call only this system's own root is safe: the result is looked at. */
    if (descriptor < 0 && errno == ENOSYS && !files->start->sysroot)
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    return descriptor;
}

static int files_read(const struct files *files, int descriptor, struct file *file) {
    struct stat status;
    size_t done = 0;

    if (fstat(descriptor, &status) != 0)
        return errno;
    if (S_ISDIR(status.st_mode))
        return files_read_folder(files, openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC),
                                 file);
    if (!S_ISREG(status.st_mode))
        return EACCES;
    if (status.st_size > (off_t)FILES_SIZE_MAX)
        return EFBIG;
    file->size = (size_t)status.st_size;
    file->is_executable = (status.st_mode & 0111) != 0;
    file->bytes = malloc(file->size + 1);
    while (file->bytes && done < file->size) {
        ssize_t count = read(descriptor, file->bytes + done, file->size - done);

        if (count <= 0)
            return EIO;
        done += (size_t)count;
    }
    return file->bytes ? 0 : ENOMEM;
}

static int files_read_host(const struct files *files, const char *path, struct file *file) {
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    int error;

    if (descriptor < 0)
        return errno;
    error = files_read(files, descriptor, file);
    close(descriptor);
    return error;
}

static int files_read_beneath(const struct files *files, const char *path, struct file *file) {
    int descriptor, error;

    if (!files_allows(files, path))
        return ENOENT;
    descriptor = files_open_beneath(files, path);
    if (descriptor < 0)
        return errno;
    error = files_lies_within(files, descriptor) ? files_read(files, descriptor, file) : EACCES;
    close(descriptor);
    return error;
}

/* Whether something known lies below a path: then it is a folder. */
static bool files_leads_on(const struct files *files, const char *path) {
    const char *known;

    for (size_t i = 0; (known = files_known(files, i)) != NULL; i++) {
        if (files_below(known, path))
            return true;
    }
    return false;
}

int files_fill(const struct files *files, struct file *file) {
    int error;

    for (size_t i = 0; i < files->start->files_count; i++) {
        if (strcmp(files->start->files[i].path, file->path) == 0)
            return files_read_host(files, files->start->files[i].host, file);
    }
    if (strcmp(file->path, files->code) == 0)
        return files_read_host(files, files->start->path, file);
    for (size_t i = 0; i < sizeof synthetic / sizeof *synthetic; i++) {
        if (strcmp(synthetic[i].path, file->path) != 0)
            continue;
        file->size = strlen(synthetic[i].text);
        file->bytes = (uint8_t *)strdup(synthetic[i].text);
        return file->bytes ? 0 : ENOMEM;
    }
    error = files_read_beneath(files, file->path, file);
    return error && files_leads_on(files, file->path) ? files_read_folder(files, -1, file) : error;
}

int files_find(struct files *files, const char *path) {
    char clean[FILES_PATH_MAX];
    struct file *file;

    if (!files_clean(path, clean))
        return -ENAMETOOLONG;
    if (strcmp(clean, "/proc/self/exe") == 0)
        strcpy(clean, files->program);
    for (size_t i = 0; i < files->count; i++) {
        if (strcmp(files->files[i].path, clean) == 0)
            return files->files[i].error ? -files->files[i].error : (int)i;
    }
    if (files->count == FILES_MAX)
        return -ENFILE;
    file = &files->files[files->count];
    *file = (struct file){.path = strdup(clean)};
    if (!file->path)
        return -ENOMEM;
    file->error = files_are_served() ? files_ask(files, file) : files_fill(files, file);
    files->count++;
    return file->error ? -file->error : (int)files->count - 1;
}

/* Where the file with the code lies, absolute; to be freed. NULL: out of memory. */
static char *files_absolute(const struct process_start *start) {
    char *absolute = realpath(start->path, NULL);

    return absolute ? absolute : strdup(start->path);
}

bool files_open(struct files *files, const struct process_start *start) {
    const bool served = files_are_served();
    char *absolute = served ? files_ask_code(start) : files_absolute(start);
    char clean[FILES_PATH_MAX];
    bool good;

    *files = (struct files){.start = start, .root = -1};
    good = absolute && files_clean(absolute, clean);
    free(absolute);
    if (!served)
        files->root = open(start->sysroot ? start->sysroot : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (!good || (!served && files->root < 0))
        return false;
    files->code = strdup(clean);
    files->program = strdup(start->is_library ? FILES_STUB : clean);
    *strrchr(clean, '/') = '\0';
    files->folder = strdup(clean);
    return files->program && files->code && files->folder;
}

void files_close(struct files *files) {
    for (size_t i = 0; i < files->count; i++) {
        free(files->files[i].path);
        free(files->files[i].bytes);
    }
    if (files->root >= 0)
        close(files->root);
    free(files->program);
    free(files->code);
    free(files->folder);
    *files = (struct files){.root = -1};
}
