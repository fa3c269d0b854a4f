/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * A machine that fails, for tests: preloaded, and told by the environment what is to go wrong.
 *
 *     HVSPEC_FAULT=KIND:N      the Nth call of that kind fails
 *     HVSPEC_FAULT=KIND:N:all  so do all after it
 *     HVSPEC_FAULT=KIND        nothing fails
 *     HVSPEC_FAULT_COUNT=FILE  how many calls of that kind the first process made
 *
 * A child goes on counting where its parent was when it was made.
 */
enum fault_kind {
    FAULT_NONE,
    FAULT_MEMORY, /* malloc and its like give NULL */
    FAULT_SHORT,  /* write takes one byte */
    FAULT_SPACE,  /* write says ENOSPC */
    FAULT_EINTR,  /* read, write, poll and waitpid say EINTR */
    FAULT_FILES,  /* open, pipe and socket say EMFILE */
    FAULT_FORK,   /* fork says EAGAIN */
    FAULT_KILL,   /* a child is killed when it writes */
    FAULT_MAP     /* mmap gives no memory */
};

static enum fault_kind fault_kind;
static long fault_first;
static bool fault_all;
static atomic_long fault_calls;
static bool fault_is_child;
static pid_t fault_owner;

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void __libc_free(void *old);

static void *fault_next(const char *name) {
    return dlsym(RTLD_NEXT, name);
}

__attribute__((constructor)) static void fault_start(void) {
    static const struct {
        const char *name;
        enum fault_kind kind;
    } kinds[] = {
        {"memory", FAULT_MEMORY}, {"short", FAULT_SHORT}, {"space", FAULT_SPACE},
        {"eintr", FAULT_EINTR},   {"files", FAULT_FILES}, {"fork", FAULT_FORK},
        {"kill", FAULT_KILL},     {"map", FAULT_MAP},
    };
    const char *text = getenv("HVSPEC_FAULT");
    size_t length = text ? strcspn(text, ":") : 0;

    fault_owner = getpid();
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strlen(kinds[i].name) == length && strncmp(kinds[i].name, text, length) == 0)
            fault_kind = kinds[i].kind;
    }
    if (text && text[length] == ':') {
        char *end;

        fault_first = strtol(text + length + 1, &end, 10);
        fault_all = strcmp(end, ":all") == 0;
    }
    atomic_store(&fault_calls, 0);
}

__attribute__((destructor)) static void fault_end(void) {
    const char *path = getenv("HVSPEC_FAULT_COUNT");
    char text[32];
    int file;

    if (!path || getpid() != fault_owner)
        return;
    snprintf(text, sizeof text, "%ld\n", atomic_load(&fault_calls));
    fault_kind = FAULT_NONE;
    file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (file >= 0) {
        if (write(file, text, strlen(text)) < 0)
            abort();
        close(file);
    }
}

/* Whether a call of a kind fails. */
static bool fault_hits(enum fault_kind kind) {
    long call;

    if (fault_kind != kind)
        return false;
    call = atomic_fetch_add(&fault_calls, 1) + 1;
    return fault_first > 0 && (call == fault_first || (fault_all && call > fault_first));
}

/* --- Memory. --- */

void *malloc(size_t size) {
    if (fault_hits(FAULT_MEMORY)) {
        errno = ENOMEM;
        return NULL;
    }
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    if (fault_hits(FAULT_MEMORY)) {
        errno = ENOMEM;
        return NULL;
    }
    return __libc_calloc(count, size);
}

void *realloc(void *old, size_t size) {
    if (size > 0 && fault_hits(FAULT_MEMORY)) {
        errno = ENOMEM;
        return NULL;
    }
    return __libc_realloc(old, size);
}

void *reallocarray(void *old, size_t count, size_t size) {
    size_t bytes;

    if (__builtin_mul_overflow(count, size, &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    return realloc(old, bytes);
}

void free(void *old) {
    __libc_free(old);
}

void *mmap(void *address, size_t size, int protection, int flags, int file, off_t offset) {
    static void *(*next)(void *, size_t, int, int, int, off_t);

    if (!next)
        next = (void *(*)(void *, size_t, int, int, int, off_t))fault_next("mmap");
    if (fault_hits(FAULT_MAP)) {
        errno = ENOMEM;
        return MAP_FAILED;
    }
    return next(address, size, protection, flags, file, offset);
}

/* --- Files. --- */

ssize_t write(int file, const void *bytes, size_t size) {
    static ssize_t (*next)(int, const void *, size_t);

    if (!next)
        next = (ssize_t(*)(int, const void *, size_t))fault_next("write");
    if (fault_is_child && fault_hits(FAULT_KILL))
        raise(SIGKILL);
    if (fault_hits(FAULT_EINTR)) {
        errno = EINTR;
        return -1;
    }
    if (fault_hits(FAULT_SPACE)) {
        errno = ENOSPC;
        return -1;
    }
    if (size > 1 && fault_hits(FAULT_SHORT))
        size = (size + 1) / 2;
    return next(file, bytes, size);
}

ssize_t read(int file, void *bytes, size_t size) {
    static ssize_t (*next)(int, void *, size_t);

    if (!next)
        next = (ssize_t(*)(int, void *, size_t))fault_next("read");
    if (fault_hits(FAULT_EINTR)) {
        errno = EINTR;
        return -1;
    }
    if (size > 1 && fault_hits(FAULT_SHORT))
        size = (size + 1) / 2;
    return next(file, bytes, size);
}

int open(const char *path, int flags, ...) {
    static int (*next)(const char *, int, ...);
    va_list arguments;
    mode_t mode;

    if (!next)
        next = (int (*)(const char *, int, ...))fault_next("open");
    va_start(arguments, flags);
    mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    if (fault_hits(FAULT_FILES)) {
        errno = EMFILE;
        return -1;
    }
    return next(path, flags, mode);
}

FILE *fopen(const char *path, const char *mode) {
    static FILE *(*next)(const char *, const char *);

    if (!next)
        next = (FILE * (*)(const char *, const char *)) fault_next("fopen");
    if (fault_hits(FAULT_FILES)) {
        errno = EMFILE;
        return NULL;
    }
    return next(path, mode);
}

int pipe2(int ends[2], int flags) {
    static int (*next)(int[2], int);

    if (!next)
        next = (int (*)(int[2], int))fault_next("pipe2");
    if (fault_hits(FAULT_FILES)) {
        errno = EMFILE;
        return -1;
    }
    return next(ends, flags);
}

int pipe(int ends[2]) {
    return pipe2(ends, 0);
}

/* --- Processes. --- */

pid_t fork(void) {
    static pid_t (*next)(void);
    pid_t child;

    if (!next)
        next = (pid_t(*)(void))fault_next("fork");
    if (fault_hits(FAULT_FORK)) {
        errno = EAGAIN;
        return -1;
    }
    child = next();
    if (child == 0)
        fault_is_child = true;
    return child;
}

int poll(struct pollfd *files, nfds_t count, int milliseconds) {
    static int (*next)(struct pollfd *, nfds_t, int);

    if (!next)
        next = (int (*)(struct pollfd *, nfds_t, int))fault_next("poll");
    if (fault_hits(FAULT_EINTR)) {
        errno = EINTR;
        return -1;
    }
    return next(files, count, milliseconds);
}

pid_t waitpid(pid_t child, int *status, int options) {
    static pid_t (*next)(pid_t, int *, int);

    if (!next)
        next = (pid_t(*)(pid_t, int *, int))fault_next("waitpid");
    if (fault_hits(FAULT_EINTR)) {
        errno = EINTR;
        return -1;
    }
    return next(child, status, options);
}
