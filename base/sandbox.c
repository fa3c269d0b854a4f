/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/sandbox.h"

#include <errno.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/prctl.h>

/* A sanitizer's runtime opens files and stops threads when it reports, and no report may be lost.
 */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANDBOX_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ||                         \
    __has_feature(memory_sanitizer)
#define SANDBOX_SANITIZED 1
#endif
#endif

#if defined(HVSPEC_HAS_SECCOMP) && !defined(SANDBOX_SANITIZED)
#include <linux/seccomp.h>
#include <seccomp.h>

/* What the emulator and the C library need once all files are read. Numbers that this architecture
 * does not have are passed over. */
static const int permitted[] = {
    /* Memory, the engine's translations included; a process's arenas are mapped twice. */
    SCMP_SYS(brk), SCMP_SYS(mmap), SCMP_SYS(mmap2), SCMP_SYS(munmap), SCMP_SYS(mprotect),
    SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(memfd_create), SCMP_SYS(ftruncate),
    SCMP_SYS(ftruncate64), SCMP_SYS(membarrier),
    /* Descriptors that are there: the pipe home, and who reads files. */
    SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(close),
    SCMP_SYS(lseek), SCMP_SYS(_llseek), SCMP_SYS(fstat), SCMP_SYS(fstat64), SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    /* Threads and signals of its own. */
    SCMP_SYS(futex), SCMP_SYS(futex_time64), SCMP_SYS(set_robust_list), SCMP_SYS(rseq),
    SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity), SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sigreturn), SCMP_SYS(sigaltstack),
    SCMP_SYS(tgkill), SCMP_SYS(restart_syscall), SCMP_SYS(exit), SCMP_SYS(exit_group),
    SCMP_SYS(wait4), SCMP_SYS(waitid),
    /* What tells about itself. */
    SCMP_SYS(getpid), SCMP_SYS(getppid), SCMP_SYS(gettid), SCMP_SYS(getrusage), SCMP_SYS(getrandom),
    SCMP_SYS(clock_gettime), SCMP_SYS(clock_gettime64), SCMP_SYS(clock_getres),
    SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(times), SCMP_SYS(clock_nanosleep),
    SCMP_SYS(clock_nanosleep_time64), SCMP_SYS(nanosleep), SCMP_SYS(sysinfo), SCMP_SYS(uname)};

/* What no code of ours or of our libraries tries: whoever does has broken out. */
static const int deadly[] = {SCMP_SYS(execve),
                             SCMP_SYS(execveat),
                             SCMP_SYS(fork),
                             SCMP_SYS(vfork),
                             SCMP_SYS(ptrace),
                             SCMP_SYS(process_vm_readv),
                             SCMP_SYS(process_vm_writev),
                             SCMP_SYS(socket),
                             SCMP_SYS(connect),
                             SCMP_SYS(bind),
                             SCMP_SYS(bpf),
                             SCMP_SYS(mount),
                             SCMP_SYS(unshare),
                             SCMP_SYS(setns),
                             SCMP_SYS(chroot),
                             SCMP_SYS(init_module),
                             SCMP_SYS(finit_module),
                             SCMP_SYS(kexec_load),
                             SCMP_SYS(keyctl),
                             SCMP_SYS(userfaultfd),
                             SCMP_SYS(perf_event_open),
                             SCMP_SYS(io_uring_setup),
                             SCMP_SYS(open_by_handle_at),
                             SCMP_SYS(unlink),
                             SCMP_SYS(unlinkat),
                             SCMP_SYS(rename),
                             SCMP_SYS(renameat2)};

static bool sandbox_add(scmp_filter_ctx filter, uint32_t action, const int *calls, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (calls[i] >= 0 && seccomp_rule_add(filter, action, calls[i], 0) != 0)
            return false;
    }
    return true;
}

/* A thread may be made, as the solver does; a process may not. What clone3 makes lies in memory,
 * which no filter sees: without it the C library takes clone. */
static bool sandbox_add_threads(scmp_filter_ctx filter) {
    const struct scmp_arg_cmp thread =
        SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD | CLONE_VM, CLONE_THREAD | CLONE_VM);

    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1, thread) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0;
}

bool sandbox_enter(void) {
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    bool done =
        filter != NULL &&
        sandbox_add(filter, SCMP_ACT_ALLOW, permitted, sizeof permitted / sizeof *permitted) &&
        sandbox_add(filter, SCMP_ACT_KILL_PROCESS, deadly, sizeof deadly / sizeof *deadly) &&
        sandbox_add_threads(filter) && seccomp_load(filter) == 0;

    seccomp_release(filter);
    return done;
}

const char *sandbox_state(void) {
    /* The filter's address is wrong; that it is looked at says that there are filters. */
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL) == -1 && errno == EFAULT)
        return "on";
    return "off: the kernel has no seccomp filters, or refuses them here";
}

const char *sandbox_library_version(void) {
    static char text[32];
    const struct scmp_version *version = seccomp_version();

    snprintf(text, sizeof text, "%u.%u.%u", version->major, version->minor, version->micro);
    return text;
}
#else
bool sandbox_enter(void) {
    return false;
}

const char *sandbox_state(void) {
#ifdef SANDBOX_SANITIZED
    return "off: built with a sanitizer";
#else
    return "off: built without libseccomp";
#endif
}

const char *sandbox_library_version(void) {
    return "none";
}
#endif
