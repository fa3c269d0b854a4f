/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/pool.h"

#include "base/write_all.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define POOL_NOTHING SIZE_MAX

/* What parent and workers share: who has what in hand. */
struct pool_shared {
    _Atomic size_t next;
    _Atomic size_t in_hand[POOL_WORKERS_MAX]; /* POOL_NOTHING: none */
};

struct pool_header {
    size_t task, size;
};

struct pool_worker {
    pid_t pid;   /* 0: none */
    int stream;  /* the pipe's reading end */
    char *bytes; /* what has arrived and is not a whole message yet */
    size_t size, capacity;
    bool has_delivered;
};

struct pool {
    struct pool_work work;
    struct pool_shared *shared;
    struct pool_worker workers[POOL_WORKERS_MAX];
    size_t running;
    bool *told;      /* by task: it was delivered or lost */
    size_t end;      /* tasks from here on were never let start */
    bool is_starved; /* memory ran out for results: nothing more can be taken in */
};

void pool_message_add(struct pool_message *message, const void *bytes, size_t size) {
    if (message->size + size > message->capacity) {
        size_t capacity = 2 * (message->size + size);
        char *grown = realloc(message->bytes, capacity);

        if (!grown) {
            message->lost = true;
            return;
        }
        message->bytes = grown;
        message->capacity = capacity;
    }
    memcpy(message->bytes + message->size, bytes, size);
    message->size += size;
}

unsigned pool_processors(void) {
    cpu_set_t set;
    int count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;

    return count < 1 ? 1 : count > (int)POOL_WORKERS_MAX ? POOL_WORKERS_MAX : (unsigned)count;
}

/* --- The worker's side. --- */

static _Noreturn void pool_work_on(struct pool *pool, unsigned slot, int stream, pid_t parent) {
    const struct pool_work *work = &pool->work;
    struct pool_message message = {0};
    void *state;

    /* The parent decides when to stop; without it there is nobody to work for. */
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_DFL);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
        _exit(1);
    state = work->start ? work->start(work->context) : NULL;
    for (;;) {
        struct pool_header header;
        size_t task = atomic_fetch_add(&pool->shared->next, 1);

        if (task >= work->count)
            break;
        atomic_store(&pool->shared->in_hand[slot], task);
        message.size = 0;
        work->run(work->context, state, task, &message);
        header = (struct pool_header){task, message.size};
        if (message.lost || !write_all(stream, &header, sizeof header) ||
            !write_all(stream, message.bytes, message.size))
            _exit(1);
        atomic_store(&pool->shared->in_hand[slot], POOL_NOTHING);
    }
    if (work->stop)
        work->stop(work->context, state);
    free(message.bytes);
    _exit(0);
}

/* --- The parent's side. --- */

static bool pool_spawn(struct pool *pool, unsigned slot) {
    struct pool_worker *worker = &pool->workers[slot];
    pid_t parent = getpid();
    int ends[2];

    if (pipe(ends) != 0)
        return false;
    atomic_store(&pool->shared->in_hand[slot], POOL_NOTHING);
    fflush(NULL); /* or the worker might write it again */
    worker->pid = fork();
    if (worker->pid == 0) {
        for (unsigned i = 0; i < pool->work.workers; i++) {
            if (i != slot && pool->workers[i].pid > 0)
                close(pool->workers[i].stream);
        }
        close(ends[0]);
        pool_work_on(pool, slot, ends[1], parent);
    }
    close(ends[1]);
    if (worker->pid < 0) {
        worker->pid = 0;
        close(ends[0]);
        return false;
    }
    worker->stream = ends[0];
    worker->size = 0;
    worker->has_delivered = false;
    pool->running++;
    return true;
}

struct pool *pool_start(const struct pool_work *work, struct errors *errors) {
    struct pool *pool = calloc(1, sizeof *pool);

    if (!pool) {
        errors_add(errors, NULL, 0, 0, "out of memory");
        return NULL;
    }
    pool->work = *work;
    pool->end = work->count;
    pool->told = calloc(work->count + 1, sizeof *pool->told);
    if (!pool->told) {
        errors_add(errors, NULL, 0, 0, "out of memory");
        pool_free(pool);
        return NULL;
    }
    if (pool->work.workers > POOL_WORKERS_MAX)
        pool->work.workers = POOL_WORKERS_MAX;
    if (pool->work.workers > work->count)
        pool->work.workers = (unsigned)work->count;
    pool->shared =
        mmap(NULL, sizeof *pool->shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (pool->shared == MAP_FAILED) {
        pool->shared = NULL;
        errors_fail(errors, "no shared memory for workers: %s", strerror(errno));
        pool_free(pool);
        return NULL;
    }
    for (unsigned i = 0; i < pool->work.workers; i++) {
        /* Fewer workers than asked for still do all the work. */
        if (!pool_spawn(pool, i) && i == 0) {
            errors_fail(errors, "cannot start a worker process: %s", strerror(errno));
            pool_free(pool);
            return NULL;
        }
    }
    return pool;
}

/* Delivers every whole message that has arrived. */
static void pool_deliver(struct pool *pool, struct pool_worker *worker) {
    size_t at = 0;

    while (worker->size - at >= sizeof(struct pool_header)) {
        struct pool_header header;

        memcpy(&header, worker->bytes + at, sizeof header);
        if (header.size > worker->size - at - sizeof header)
            break;
        pool->work.done(pool->work.context, header.task, worker->bytes + at + sizeof header,
                        header.size);
        pool->told[header.task] = true;
        worker->has_delivered = true;
        at += sizeof header + header.size;
    }
    memmove(worker->bytes, worker->bytes + at, worker->size - at);
    worker->size -= at;
}

/* Reads what there is. False: the worker has closed its end, or cannot be read any more. */
static bool pool_read(struct pool *pool, struct pool_worker *worker) {
    ssize_t got;

    if (worker->capacity - worker->size < 65536) {
        size_t capacity = 2 * worker->capacity + 65536;
        char *grown =
            capacity > 2 * (size_t)POOL_MESSAGE_MAX ? NULL : realloc(worker->bytes, capacity);

        if (!grown) {
            pool->is_starved |= capacity <= 2 * (size_t)POOL_MESSAGE_MAX;
            return false;
        }
        worker->bytes = grown;
        worker->capacity = capacity;
    }
    got = read(worker->stream, worker->bytes + worker->size, worker->capacity - worker->size);
    if (got < 0 && errno == EINTR)
        return true;
    if (got <= 0)
        return false;
    worker->size += (size_t)got;
    return true;
}

static void pool_lose(struct pool *pool, size_t task, const char *why) {
    if (pool->told[task])
        return;
    pool->told[task] = true;
    pool->work.lost(pool->work.context, task, why);
}

/* A worker is gone: what it had in hand is lost, unless it was done, and another takes its place.
 */
static void pool_bury(struct pool *pool, unsigned slot) {
    struct pool_worker *worker = &pool->workers[slot];
    size_t task = atomic_load(&pool->shared->in_hand[slot]);
    char why[96];
    int status = 0;

    close(worker->stream);
    kill(worker->pid, SIGKILL);
    while (waitpid(worker->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    worker->pid = 0;
    pool->running--;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && task == POOL_NOTHING)
        return;
    if (WIFSIGNALED(status))
        snprintf(why, sizeof why, "the worker process was killed by signal %d (%s)",
                 WTERMSIG(status), strsignal(WTERMSIG(status)));
    else
        snprintf(why, sizeof why, "the worker process ended with status %d", WEXITSTATUS(status));
    if (task != POOL_NOTHING)
        pool_lose(pool, task, why);
    /* One that dies before it has taken anything would be followed by many that do. */
    if (task == POOL_NOTHING && !worker->has_delivered)
        return;
    if (!pool->is_starved && atomic_load(&pool->shared->next) < pool->work.count)
        pool_spawn(pool, slot); /* or the others do it all */
}

/* No worker is left: what was neither delivered nor lost with its worker never will be, for want of
 * a process or because a worker died just as it took a task. */
static void pool_close_books(struct pool *pool) {
    for (size_t task = 0; task < pool->end; task++)
        pool_lose(pool, task,
                  pool->is_starved ? "out of memory for results"
                                   : "no worker process was left for it");
}

bool pool_step(struct pool *pool, int milliseconds) {
    struct pollfd polled[POOL_WORKERS_MAX];
    unsigned slots[POOL_WORKERS_MAX];
    nfds_t count = 0;

    for (unsigned i = 0; i < pool->work.workers; i++) {
        if (pool->workers[i].pid == 0)
            continue;
        polled[count] = (struct pollfd){.fd = pool->workers[i].stream, .events = POLLIN};
        slots[count++] = i;
    }
    if (count == 0)
        return false;
    if (poll(polled, count, milliseconds) <= 0)
        return true;
    for (nfds_t i = 0; i < count; i++) {
        struct pool_worker *worker = &pool->workers[slots[i]];

        if (polled[i].revents == 0)
            continue;
        if (pool_read(pool, worker))
            pool_deliver(pool, worker);
        else
            pool_bury(pool, slots[i]);
    }
    for (unsigned i = 0; pool->is_starved && i < pool->work.workers; i++) {
        if (pool->workers[i].pid > 0)
            pool_bury(pool, i);
    }
    if (pool->running == 0)
        pool_close_books(pool);
    return pool->running > 0;
}

void pool_drain(struct pool *pool) {
    size_t next = atomic_exchange(&pool->shared->next, pool->work.count);

    if (next < pool->end)
        pool->end = next;
}

void pool_free(struct pool *pool) {
    if (!pool)
        return;
    for (unsigned i = 0; i < POOL_WORKERS_MAX; i++) {
        struct pool_worker *worker = &pool->workers[i];

        if (worker->pid > 0) {
            kill(worker->pid, SIGKILL);
            while (waitpid(worker->pid, NULL, 0) < 0 && errno == EINTR)
                continue;
            close(worker->stream);
        }
        free(worker->bytes);
    }
    if (pool->shared)
        munmap(pool->shared, sizeof *pool->shared);
    free(pool->told);
    free(pool);
}
