/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_BASE_POOL_H
#define HVSPEC_BASE_POOL_H

#include "base/errors.h"

#include <stddef.h>

/*
 * Tasks on worker processes. A worker that dies costs the task it had in hand; another takes its
 * place and the rest goes on. Results arrive in any order, so whoever reports sorts by task.
 */
#define POOL_WORKERS_MAX 256u
#define POOL_MESSAGE_MAX (64u * 1024 * 1024) /* bytes of one result */

/* Bytes that a worker sends home. */
struct pool_message {
    char *bytes;
    size_t size, capacity;
    bool lost; /* memory ran out */
};

/* Appends bytes to a message. */
void pool_message_add(struct pool_message *message, const void *bytes, size_t size);

struct pool_work {
    void *context; /* passed to every function */
    size_t count;  /* tasks 0 to count - 1, started in this order */
    unsigned workers;

    /* In the worker. `start` makes what the worker keeps between tasks (NULL is fine); `run` fills
     * the message. */
    void *(*start)(void *context);
    void (*run)(void *context, void *state, size_t task, struct pool_message *message);
    void (*stop)(void *context, void *state);

    /* In the parent. */
    void (*done)(void *context, size_t task, const char *bytes, size_t size);
    void (*lost)(void *context, size_t task, const char *why);
};

struct pool;

/* Starts the workers. NULL with errors noted. `work` is copied, its context borrowed. */
struct pool *pool_start(const struct pool_work *work, struct errors *errors);

/* Waits at most `milliseconds` (-1: for ever) for results and delivers them. False: every task is
 * done or lost. */
bool pool_step(struct pool *pool, int milliseconds);

/* Lets no further task start; what runs is still delivered. */
void pool_drain(struct pool *pool);

/* Kills what still runs, without delivering it, and frees. */
void pool_free(struct pool *pool);

/* The processors that this process may use, at least 1. */
unsigned pool_processors(void);

#endif
