/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/process/system.h"

#include <stdio.h>
#include <string.h>

/* Who the process is, and what machine it runs on: one processor, a gibibyte. */
#define USER 1000
#define PROCESS_ID 1000

static int64_t call_arch_prctl(struct process *process, const uint64_t *arguments) {
    uint64_t value;

    if (process->machine->mode == IMAGE_32)
        return -EINVAL;
    switch (arguments[0]) {
    case 0x1001: /* ARCH_SET_GS */
    case 0x1002: /* ARCH_SET_FS */
        if (arguments[1] >> 47)
            return -EPERM;
        process_register_set(process, arguments[0] == 0x1002 ? ENGINE_FS_BASE : ENGINE_GS_BASE,
                             arguments[1]);
        return 0;
    case 0x1003: /* ARCH_GET_FS */
    case 0x1004: /* ARCH_GET_GS */
        value = process_register(process, arguments[0] == 0x1003 ? ENGINE_FS_BASE : ENGINE_GS_BASE);
        return system_copy_out(process, arguments[1], &value, sizeof value) ? 0 : -EFAULT;
    default:
        return -EINVAL;
    }
}

static int64_t call_uname(struct process *process, const uint64_t *arguments) {
    const char *const fields[] = {"Linux", "hvspec", "6.1.0", "#1", process->machine->name,
                                  "(none)"};
    char names[6][65] = {{0}};

    for (size_t i = 0; i < 6; i++)
        snprintf(names[i], sizeof names[i], "%s", fields[i]);
    return system_copy_out(process, arguments[0], names, sizeof names) ? 0 : -EFAULT;
}

static int64_t call_getrandom(struct process *process, const uint64_t *arguments) {
    uint64_t size = arguments[1] < 256 ? arguments[1] : 256;
    uint8_t bytes[256];

    for (uint64_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)((process->state.random += 0x9e3779b97f4a7c15u) >> 56);
    return system_copy_out(process, arguments[0], bytes, size) ? (int64_t)size : -EFAULT;
}

static int64_t put_limit(struct process *process, uint64_t resource, uint64_t address) {
    uint64_t limit[] = {UINT64_MAX, UINT64_MAX};

    if (resource == 3) /* RLIMIT_STACK */
        limit[0] = PROCESS_STACK_SIZE;
    else if (resource == 7) /* RLIMIT_NOFILE */
        limit[0] = limit[1] = PROCESS_DESCRIPTORS;
    else if (resource == 4) /* RLIMIT_CORE */
        limit[0] = 0;
    return system_words_out(process, address, limit, 2) ? 0 : -EFAULT;
}

static int64_t call_getrlimit(struct process *process, const uint64_t *arguments) {
    return put_limit(process, arguments[0], arguments[1]);
}

static int64_t call_prlimit(struct process *process, const uint64_t *arguments) {
    return arguments[3] ? put_limit(process, arguments[1], arguments[3]) : 0;
}

static int64_t call_sched_getaffinity(struct process *process, const uint64_t *arguments) {
    const uint64_t mask = 1;

    if (arguments[1] < process->word)
        return -EINVAL;
    return system_words_out(process, arguments[2], &mask, 1) ? (int64_t)process->word : -EFAULT;
}

/* There is processor 0 and no other: who counts processors by asking has to be told. */
static int64_t call_sched_setaffinity(struct process *process, const uint64_t *arguments) {
    uint8_t first;

    if (arguments[1] == 0 || !system_copy_in(process, arguments[2], &first, 1))
        return -EFAULT;
    return first & 1 ? 0 : -EINVAL;
}

static int64_t call_getcpu(struct process *process, const uint64_t *arguments) {
    const uint32_t zero = 0;

    for (size_t i = 0; i < 2; i++) {
        if (arguments[i] && !system_copy_out(process, arguments[i], &zero, sizeof zero))
            return -EFAULT;
    }
    return 0;
}

static int64_t call_sysinfo(struct process *process, const uint64_t *arguments) {
    uint64_t words[16] = {[0] = 100, [4] = 1ull << 30, [5] = 1ull << 30};

    words[10] = 1; /* processes, a half word */
    words[13] = 1; /* bytes of a unit of memory, 32 bits */
    return system_words_out(process, arguments[0], words, process->word == 4 ? 16 : 14) ? 0
                                                                                        : -EFAULT;
}

static int64_t call_prctl(struct process *process, const uint64_t *arguments) {
    (void)process;
    return arguments[0] == 15 || arguments[0] == 38 ? 0 : -EINVAL; /* SET_NAME, NO_NEW_PRIVS */
}

const struct system_call system_identity[] = {
    {39, "getpid", NULL, PROCESS_ID, 20, 0},
    {63, "uname", call_uname, 0, 122, 0},
    {97, "getrlimit", call_getrlimit, 0, 191, 0},
    {99, "sysinfo", call_sysinfo, 0, 116, 0},
    {102, "getuid", NULL, USER, 24, 0},
    {104, "getgid", NULL, USER, 47, 0},
    {107, "geteuid", NULL, USER, 49, 0},
    {108, "getegid", NULL, USER, 50, 0},
    {110, "getppid", NULL, 1, 64, 0},
    {111, "getpgrp", NULL, PROCESS_ID, 65, 0},
    {112, "setsid", NULL, -EPERM, 66, 0},
    {115, "getgroups", NULL, 0, 205, 0},
    {118, "getresuid", NULL, -ENOSYS, 209, 0},
    {157, "prctl", call_prctl, 0, 172, 0},
    {158, "arch_prctl", call_arch_prctl, 0, 384, 0},
    {160, "setrlimit", NULL, 0, 75, 0},
    {203, "sched_setaffinity", call_sched_setaffinity, 0, 241, 0},
    {204, "sched_getaffinity", call_sched_getaffinity, 0, 242, 0},
    {302, "prlimit64", call_prlimit, 0, 340, 8},
    {309, "getcpu", call_getcpu, 0, 318, 0},
    {318, "getrandom", call_getrandom, 0, 355, 0},
    /* i386 alone: numbers of 32 bits. */
    {SYSTEM_NONE, "getuid32", NULL, USER, 199, 0},
    {SYSTEM_NONE, "getgid32", NULL, USER, 200, 0},
    {SYSTEM_NONE, "geteuid32", NULL, USER, 201, 0},
    {SYSTEM_NONE, "getegid32", NULL, USER, 202, 0},
};
const size_t system_identity_count = sizeof system_identity / sizeof system_identity[0];
