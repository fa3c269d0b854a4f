/* SPDX-License-Identifier: GPL-2.0-or-later */

/* What programs ask of the system around them, ahead of their answer: the first argument says what.
 * Each exits with a status of its own, and a word, where it does not find what Linux promises. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int hv_feature_available(uint32_t target);

#define NEEDS(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s\n", #condition);                                                   \
            return 9;                                                                              \
        }                                                                                          \
    } while (0)

/* A folder lists what is opened in it, names go on from its descriptor, and its names come once and
 * in one order. */
static int look_at_folders(void) {
    DIR *folder = opendir("/sys/devices/system/cpu");
    struct dirent *entry;
    struct stat status, same;
    struct statx extended;
    unsigned processors = 0, files = 0;
    char byte, last[256] = "";
    int cpu0;

    NEEDS(folder);
    while ((entry = readdir(folder)) != NULL) {
        NEEDS(strcmp(last, entry->d_name) < 0);
        snprintf(last, sizeof last, "%s", entry->d_name);
        processors += strcmp(entry->d_name, "cpu0") == 0 && entry->d_type == DT_DIR;
        files += strcmp(entry->d_name, "online") == 0 && entry->d_type == DT_REG;
    }
    NEEDS(processors == 1 && files == 1);
    cpu0 = openat(dirfd(folder), "cpu0", O_RDONLY | O_DIRECTORY);
    NEEDS(cpu0 >= 0 && fstat(cpu0, &status) == 0 && S_ISDIR(status.st_mode));
    NEEDS(read(cpu0, &byte, 1) == -1 && errno == EISDIR);
    NEEDS(faccessat(cpu0, "topology/core_id", R_OK, 0) == 0);
    NEEDS(openat(cpu0, "topology/none", O_RDONLY) == -1 && errno == ENOENT);
    NEEDS(open("/proc/cpuinfo", O_RDONLY | O_DIRECTORY) == -1 && errno == ENOTDIR);
    NEEDS(stat("/proc/cpuinfo", &status) == 0 && stat("/proc/../proc//cpuinfo", &same) == 0);
    NEEDS(status.st_ino == same.st_ino && status.st_size > 0);
    NEEDS(statx(AT_FDCWD, "/proc/cpuinfo", 0, STATX_BASIC_STATS, &extended) == 0);
    NEEDS(extended.stx_size == (uint64_t)status.st_size && S_ISREG(extended.stx_mode));
    NEEDS(stat("/usr/lib", &status) == 0 && S_ISDIR(status.st_mode));
    NEEDS(open("/etc/passwd", O_RDONLY) == -1 && opendir("/home") == NULL && opendir("/var") == NULL);
    return closedir(folder) == 0 ? 0 : 9;
}

static sigjmp_buf back;

static void go_back(int number) {
    siglongjmp(back, number);
}

/* Instructions that a process must not execute are signals, which it may live through. */
static int meet_signals(void) {
    signal(SIGILL, go_back);
    signal(SIGSEGV, go_back);
    if (sigsetjmp(back, 1) == 0) {
        __asm__ volatile("vmcall");
        return 9;
    }
    if (sigsetjmp(back, 1) == 0) {
        __asm__ volatile("hlt");
        return 9;
    }
    if (sigsetjmp(back, 1) == 0) {
        *(volatile int *)8 = 1;
        return 9;
    }
    return 0;
}

/* Nothing is there, and it says so. */
static int complain(void) {
    int file = memfd_create("probe", 0);

    NEEDS(file >= 0);
    return 9;
}

__attribute__((constructor)) static void come_first(int count, char **arguments) {
    if (count > 1 && strcmp(arguments[1], "early") == 0) {
        fputs("this processor is too old\n", stderr);
        exit(1);
    }
}

int main(int count, char **arguments) {
    int status = count != 3                               ? 9
                 : strcmp(arguments[1], "folders") == 0   ? look_at_folders()
                 : strcmp(arguments[1], "signals") == 0   ? meet_signals()
                 : strcmp(arguments[1], "complains") == 0 ? complain()
                                                          : 0;

    if (status)
        return status;
    if (strcmp(arguments[1], "hypercall") == 0)
        __asm__ volatile("vmcall");
    return hv_feature_available((uint32_t)strtoul(arguments[2], NULL, 0)) ? 0 : 1;
}
