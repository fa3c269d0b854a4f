/* SPDX-License-Identifier: GPL-2.0-or-later */

/* What programs ask of the system around them, ahead of their answer: the first argument says what.
 * Each exits with a status of its own, and a word, where it does not find what Linux promises. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <ucontext.h>
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
    NEEDS(open("/etc/passwd", O_RDONLY) == -1 && opendir("/home") == NULL &&
          opendir("/var") == NULL);
    return closedir(folder) == 0 ? 0 : 9;
}

static sigjmp_buf back;

static void go_back(int number) {
    siglongjmp(back, number);
}

/* It starts where its program lies, and finds its file there without a path. */
static int look_around(void) {
    char program[4096], here[4096], *name;
    ssize_t size = readlink("/proc/self/exe", program, sizeof program - 1);

    NEEDS(size > 0);
    program[size] = '\0';
    name = strrchr(program, '/');
    NEEDS(name && getcwd(here, sizeof here) == here);
    *name++ = '\0';
    NEEDS(strcmp(here, program) == 0);
    NEEDS(open(name, O_RDONLY) >= 0 && access("nowhere", F_OK) == -1 && errno == ENOENT);
    return 0;
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

static ucontext_t here, there;
static int went;

static void go_there(void) {
    went++;
}

/* A stack of its own to run on, and back; the mask of signals goes with it. */
static int change_context(void) {
    static char stack[65536];
    sigset_t blocked, seen;

    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1);
    NEEDS(sigprocmask(SIG_BLOCK, &blocked, NULL) == 0 && getcontext(&there) == 0);
    there.uc_stack.ss_sp = stack;
    there.uc_stack.ss_size = sizeof stack;
    there.uc_link = &here;
    makecontext(&there, go_there, 0);
    NEEDS(sigprocmask(SIG_UNBLOCK, &blocked, NULL) == 0 && swapcontext(&here, &there) == 0);
    NEEDS(went == 1 && sigprocmask(SIG_BLOCK, NULL, &seen) == 0 && !sigismember(&seen, SIGUSR1));
    return 0;
}

/* Descriptors that threads talk through: what was written is read, once, and who waits is woken. */
static int ends[2], count;

static void *write_later(void *context) {
    const uint64_t three = 3;

    usleep(1000);
    if (write(ends[1], "answer", 6) != 6 || write(count, &three, sizeof three) != sizeof three)
        abort();
    return context;
}

static int talk(void) {
    struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.u64 = 0x123456789};
    struct pollfd polls[] = {{.fd = 1, .events = POLLOUT}, {.fd = 99, .events = POLLIN}};
    struct timeval soon = {0, 1000};
    int epoll = epoll_create1(0);
    char bytes[8] = "";
    uint64_t number;
    pthread_t thread;
    fd_set set;

    count = eventfd(0, EFD_NONBLOCK);
    NEEDS(pipe(ends) == 0 && count >= 0);
    NEEDS(read(count, &number, sizeof number) == -1 && errno == EAGAIN);
    NEEDS(epoll_ctl(epoll, EPOLL_CTL_ADD, count, &event) == 0);
    NEEDS(epoll_ctl(epoll, EPOLL_CTL_ADD, count, &event) == -1 && errno == EEXIST);
    NEEDS(epoll_wait(epoll, &event, 1, 5) == 0);
    FD_ZERO(&set);
    FD_SET(ends[0], &set);
    NEEDS(select(ends[0] + 1, &set, NULL, NULL, &soon) == 0 && !FD_ISSET(ends[0], &set));
    NEEDS(pthread_create(&thread, NULL, write_later, NULL) == 0);
    NEEDS(read(ends[0], bytes, 3) == 3 && read(ends[0], bytes + 3, 5) == 3);
    NEEDS(strcmp(bytes, "answer") == 0);
    NEEDS(epoll_wait(epoll, &event, 1, -1) == 1 && event.data.u64 == 0x123456789);
    NEEDS(epoll_wait(epoll, &event, 1, 0) == 0); /* told once */
    NEEDS(read(count, &number, sizeof number) == sizeof number && number == 3);
    NEEDS(pthread_join(thread, NULL) == 0);
    NEEDS(poll(polls, 2, -1) == 2 && polls[0].revents == POLLOUT && polls[1].revents == POLLNVAL);
    NEEDS(close(ends[1]) == 0 && read(ends[0], bytes, 1) == 0);
    return 0;
}

/* Signals by the clock and from other threads; a thread that waits is called back, and may be
 * cancelled. */
static volatile sig_atomic_t rings;

static void ring(int number) {
    (void)number;
    rings++;
}

static void *wait_for_ever(void *context) {
    for (;;)
        pause();
    return context;
}

static int meet_timers(void) {
    const struct itimerval often = {{0, 1000}, {0, 1000}}, never = {{0, 0}, {0, 0}};
    struct timespec soon = {0, 1000000};
    sigset_t user;
    pthread_t thread;
    void *result;

    signal(SIGALRM, ring);
    NEEDS(alarm(2) == 0 && pause() == -1 && errno == EINTR && rings == 1);
    NEEDS(setitimer(ITIMER_REAL, &often, NULL) == 0);
    while (rings < 4)
        ;
    NEEDS(setitimer(ITIMER_REAL, &never, NULL) == 0);
    sigemptyset(&user);
    sigaddset(&user, SIGUSR1);
    NEEDS(pthread_sigmask(SIG_BLOCK, &user, NULL) == 0);
    NEEDS(sigtimedwait(&user, NULL, &soon) == -1 && errno == EAGAIN);
    NEEDS(kill(getpid(), SIGUSR1) == 0 && sigtimedwait(&user, NULL, &soon) == SIGUSR1);
    NEEDS(pthread_create(&thread, NULL, wait_for_ever, NULL) == 0);
    usleep(1000);
    NEEDS(pthread_cancel(thread) == 0 && pthread_join(thread, &result) == 0);
    NEEDS(result == PTHREAD_CANCELED);
    return 0;
}

/* A program finds itself, and a large block is as it was where it has moved to. */
static int look_at_self(void) {
    char *path = realpath("/proc/self/exe", NULL), magic[4];
    int self = open("/proc/self/exe", O_RDONLY);
    char *block = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    NEEDS(path && self >= 0 && read(self, magic, 4) == 4 && memcmp(magic, "\177ELF", 4) == 0);
    NEEDS(block != MAP_FAILED);
    block[5000] = 7;
    block = mremap(block, 1 << 20, 1 << 22, MREMAP_MAYMOVE);
    NEEDS(block != MAP_FAILED && block[5000] == 7 && block[4999] == 0 && block[(1 << 22) - 1] == 0);
    return 0;
}

/* Code that is written, run, changed and run again: it asks for the maximum, then for the target.
 */
static int patch(uint32_t target) {
    static const uint8_t code[] = {
        0x53, 0xb8, 0,    0,    0,    0x40,  /* push rbx; mov eax, leaf */
        0x31, 0xc9, 0x0f, 0xa2, 0x5b, 0xc3}; /* ... cpuid; pop rbx; ret */
    uint8_t *at =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    uint32_t (*ask)(void) = (uint32_t(*)(void))(void *)at;

    NEEDS(at != MAP_FAILED);
    memcpy(at, code, sizeof code);
    if (ask() < target)
        return 1;
    memcpy(at + 2, &target, sizeof target);
    return ask() != 0 ? 0 : 1;
}

/* Another process is not to be had. */
static int start_another(void) {
    pid_t child = fork();

    if (child == 0)
        _exit(0);
    return child < 0 ? 9 : 0;
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

/* The clocks behind the question: to the nanosecond what they are in a run from the start. */
static int tell_time(uint32_t leaf) {
    int status = hv_feature_available(leaf) ? 0 : 1;
    uint32_t low, high;
    struct timespec time;

    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    clock_gettime(CLOCK_MONOTONIC, &time);
    printf("%u:%u %lld.%09ld\n", high, low, (long long)time.tv_sec, time.tv_nsec);
    return status;
}

#ifdef __x86_64__
#define STACK "rsp"
#else
#define STACK "esp"
#endif

#if UINTPTR_MAX > 0xffffffff
/* Reads through a pointer that no processor takes, whatever its lower bits point to. */
static int read_beyond(uint32_t leaf) {
    static volatile int word = 1;
    volatile int *beyond = (volatile int *)((uintptr_t)&word ^ (uintptr_t)1 << 62);

    return hv_feature_available(leaf) && *beyond == 1 ? 0 : 1;
}
#endif

/* What lies on the dead stack behind the question. */
static int tell_leftover(uint32_t leaf) {
    int status = hv_feature_available(leaf) ? 0 : 1;
    unsigned byte;

    __asm__ volatile("movzbl -1024(%%" STACK "), %0" : "=r"(byte));
    printf("%u\n", byte);
    return status;
}

int main(int count, char **arguments) {
    int status = count != 3                               ? 9
                 : strcmp(arguments[1], "folders") == 0   ? look_at_folders()
                 : strcmp(arguments[1], "around") == 0    ? look_around()
                 : strcmp(arguments[1], "signals") == 0   ? meet_signals()
                 : strcmp(arguments[1], "talk") == 0      ? talk()
                 : strcmp(arguments[1], "timers") == 0    ? meet_timers()
                 : strcmp(arguments[1], "self") == 0      ? look_at_self()
                 : strcmp(arguments[1], "complains") == 0 ? complain()
                 : strcmp(arguments[1], "contexts") == 0  ? change_context()
                 : strcmp(arguments[1], "starts") == 0    ? start_another()
                                                          : 0;

    if (status)
        return status;
    if (strcmp(arguments[1], "patches") == 0)
        return patch((uint32_t)strtoul(arguments[2], NULL, 0));
    if (strcmp(arguments[1], "time") == 0)
        return tell_time((uint32_t)strtoul(arguments[2], NULL, 0));
#if UINTPTR_MAX > 0xffffffff
    if (strcmp(arguments[1], "beyond") == 0)
        return read_beyond((uint32_t)strtoul(arguments[2], NULL, 0));
#endif
    if (strcmp(arguments[1], "leftover") == 0)
        return tell_leftover((uint32_t)strtoul(arguments[2], NULL, 0));
    while (strcmp(arguments[1], "hangs") == 0) /* in long blocks, which is over sooner */
        __asm__ volatile(".rept 2048\nnop\n.endr");
    if (strcmp(arguments[1], "hypercall") == 0)
        __asm__ volatile("vmcall");
    return hv_feature_available((uint32_t)strtoul(arguments[2], NULL, 0)) ? 0 : 1;
}
