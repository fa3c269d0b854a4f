/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tests/unit.h"
#include "base/pool.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TASKS_MAX = 200, BIG = 3 * 1024 * 1024 };

/* What a task does instead of its work. */
enum fault { NO_FAULT, EXIT_ZERO, EXIT_SEVEN, ABORT, KILLED, TOO_BIG };

struct ledger {
    enum fault faults[TASKS_MAX];
    size_t size; /* of a result, without its number */
    unsigned done[TASKS_MAX], lost[TASKS_MAX];
    size_t wrong; /* results with other bytes than were sent */
    char why[128];
    pid_t parent;
    struct pool *pool;
    size_t drain_after; /* results; 0: never */
    size_t results;
};

/* The bytes of a result: every one follows from the task and its place. */
static unsigned char result_byte(size_t task, size_t at) {
    return (unsigned char)(task * 31 + at * 7 + (at >> 8));
}

static void *ledger_start(void *context) {
    struct ledger *ledger = context;
    int *state = malloc(sizeof *state);

    if (state)
        *state = getpid() == ledger->parent ? -1 : 12345;
    return state;
}

static void ledger_fail(enum fault fault, struct pool_message *message) {
    static const char block[1024 * 1024];

    switch (fault) {
    case EXIT_ZERO:
        _exit(0);
    case EXIT_SEVEN:
        _exit(7);
    case ABORT:
        abort();
    case KILLED:
        raise(SIGKILL);
        break;
    case TOO_BIG: /* twice the greatest message, so that it cannot be held */
        for (size_t i = 0; i < 2 * POOL_MESSAGE_MAX / sizeof block + 1; i++)
            pool_message_add(message, block, sizeof block);
        break;
    case NO_FAULT:
        break;
    }
}

static void ledger_run(void *context, void *state, size_t task, struct pool_message *message) {
    const struct ledger *ledger = context;
    const int *started = state;

    ledger_fail(ledger->faults[task], message);
    if (!started || *started != 12345)
        _exit(1);
    for (size_t i = 0; i < ledger->size; i++) {
        unsigned char byte = result_byte(task, i);

        pool_message_add(message, &byte, 1);
    }
}

static void ledger_stop(void *context, void *state) {
    (void)context;
    free(state);
}

static void ledger_done(void *context, size_t task, const char *bytes, size_t size) {
    struct ledger *ledger = context;
    bool same = size == ledger->size;

    for (size_t i = 0; same && i < size; i++)
        same = (unsigned char)bytes[i] == result_byte(task, i);
    ledger->wrong += !same;
    ledger->done[task]++;
    ledger->results++;
    if (ledger->drain_after > 0 && ledger->results == ledger->drain_after)
        pool_drain(ledger->pool);
}

static void ledger_lost(void *context, size_t task, const char *why) {
    struct ledger *ledger = context;

    ledger->lost[task]++;
    snprintf(ledger->why, sizeof ledger->why, "%s", why);
}

static struct pool_work ledger_work(struct ledger *ledger, size_t count, unsigned workers) {
    ledger->parent = getpid();
    return (struct pool_work){.context = ledger,
                              .count = count,
                              .workers = workers,
                              .start = ledger_start,
                              .run = ledger_run,
                              .stop = ledger_stop,
                              .done = ledger_done,
                              .lost = ledger_lost};
}

static size_t open_descriptors(void) {
    DIR *folder = opendir("/proc/self/fd");
    size_t count = 0;

    while (folder && readdir(folder))
        count++;
    if (folder)
        closedir(folder);
    return count;
}

static bool has_children(void) {
    return waitpid(-1, NULL, WNOHANG) >= 0 || errno != ECHILD;
}

/* Runs all, and holds that no process and no descriptor is left over. */
static void run_all(struct ledger *ledger, size_t count, unsigned workers) {
    struct pool_work work = ledger_work(ledger, count, workers);
    struct errors errors = {0};
    size_t before = open_descriptors();

    ledger->pool = pool_start(&work, &errors);
    CU_ASSERT_PTR_NOT_NULL_FATAL(ledger->pool);
    while (pool_step(ledger->pool, -1))
        continue;
    CU_ASSERT_FALSE(pool_step(ledger->pool, 0)); /* asking again does no harm */
    CU_ASSERT_FALSE(has_children());
    pool_free(ledger->pool);
    CU_ASSERT_EQUAL(open_descriptors(), before);
    CU_ASSERT_EQUAL(ledger->wrong, 0);
    CU_ASSERT_TRUE(errors_none(&errors));
    errors_clear(&errors);
}

/* Each task was told of once: lost where it has a fault, done where not. */
static void hold_books(const struct ledger *ledger, size_t count) {
    for (size_t i = 0; i < count; i++) {
        bool faulty = ledger->faults[i] != NO_FAULT;

        CU_ASSERT_EQUAL(ledger->done[i], faulty ? 0 : 1);
        CU_ASSERT_EQUAL(ledger->lost[i], faulty ? 1 : 0);
    }
}

static void test_every_task_once(void) {
    static const unsigned workers[] = {1, 2, 5};

    for (size_t i = 0; i < sizeof workers / sizeof workers[0]; i++) {
        struct ledger ledger = {.size = 100};

        run_all(&ledger, TASKS_MAX, workers[i]);
        hold_books(&ledger, TASKS_MAX);
    }
}

static void test_few_tasks(void) {
    struct ledger none = {.size = 1}, one = {.size = 0};

    run_all(&none, 0, 3);
    CU_ASSERT_EQUAL(none.results, 0);
    run_all(&one, 1, 5); /* an empty message is a result too */
    hold_books(&one, 1);
}

static void test_large_messages(void) {
    struct ledger ledger = {.size = BIG};

    run_all(&ledger, 5, 2);
    hold_books(&ledger, 5);
}

/* The first, one in the middle, two in a row and the last; by one worker and by several. */
static void test_deaths(void) {
    static const struct {
        enum fault fault;
        const char *why;
    } rows[] = {
        {EXIT_ZERO, "the worker process ended with status 0"},
        {EXIT_SEVEN, "the worker process ended with status 7"},
        {ABORT, "the worker process was killed by signal 6 (Aborted)"},
        {KILLED, "the worker process was killed by signal 9 (Killed)"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (unsigned workers = 1; workers <= 5; workers += 2) {
            struct ledger ledger = {.size = 10};

            ledger.faults[0] = ledger.faults[20] = ledger.faults[31] = ledger.faults[32] =
                ledger.faults[49] = rows[i].fault;
            run_all(&ledger, 50, workers);
            hold_books(&ledger, 50);
            CU_ASSERT_STRING_EQUAL(ledger.why, rows[i].why);
        }
    }
}

static void test_every_task_dies(void) {
    struct ledger ledger = {.size = 10};

    for (size_t i = 0; i < 12; i++)
        ledger.faults[i] = KILLED;
    run_all(&ledger, 12, 3);
    hold_books(&ledger, 12);
}

static void test_message_beyond_the_limit(void) {
    struct ledger ledger = {.size = 10};

    ledger.faults[1] = TOO_BIG;
    run_all(&ledger, 3, 1);
    hold_books(&ledger, 3);
}

/* The only worker dies, and another cannot be started. */
static void test_no_process_for_the_rest(void) {
    struct ledger ledger = {.size = 10};
    struct rlimit old, none;
    struct pool_work work = ledger_work(&ledger, 20, 1);
    struct errors errors = {0};

    ledger.faults[4] = ABORT;
    ledger.pool = pool_start(&work, &errors);
    CU_ASSERT_PTR_NOT_NULL_FATAL(ledger.pool);
    /* Without a free descriptor there is no pipe to another worker. */
    CU_ASSERT_EQUAL_FATAL(getrlimit(RLIMIT_NOFILE, &old), 0);
    none = old;
    none.rlim_cur = 3;
    CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_NOFILE, &none), 0);
    while (pool_step(ledger.pool, -1))
        continue;
    setrlimit(RLIMIT_NOFILE, &old);
    pool_free(ledger.pool);
    for (size_t i = 0; i < 20; i++) {
        CU_ASSERT_EQUAL(ledger.done[i], i < 4);
        CU_ASSERT_EQUAL(ledger.lost[i], i >= 4);
    }
    CU_ASSERT_STRING_EQUAL(ledger.why, "no worker process was left for it");
    CU_ASSERT_FALSE(has_children());
}

/* What runs is delivered, what has not started stays so, and nothing is called lost. */
static void test_drain(void) {
    struct ledger ledger = {.size = BIG / 4, .drain_after = 3};

    run_all(&ledger, 100, 2);
    CU_ASSERT_TRUE(ledger.results >= 3);
    CU_ASSERT_TRUE(ledger.results < 100);
    for (size_t i = 0; i < 100; i++)
        CU_ASSERT_EQUAL(ledger.lost[i], 0);
}

/* Freed in the middle: nothing more is delivered, and no process stays behind. */
static void test_free_in_the_middle(void) {
    struct ledger ledger = {.size = BIG / 4};
    struct pool_work work = ledger_work(&ledger, 100, 4);
    struct errors errors = {0};
    size_t before = open_descriptors();

    ledger.pool = pool_start(&work, &errors);
    CU_ASSERT_PTR_NOT_NULL_FATAL(ledger.pool);
    while (ledger.results == 0)
        CU_ASSERT_TRUE(pool_step(ledger.pool, -1));
    pool_free(ledger.pool);
    CU_ASSERT_FALSE(has_children());
    CU_ASSERT_EQUAL(open_descriptors(), before);
    pool_free(NULL);
}

static void test_processors(void) {
    CU_ASSERT_TRUE(pool_processors() >= 1);
    CU_ASSERT_TRUE(pool_processors() <= POOL_WORKERS_MAX);
}

static const struct unit_test tests[] = {
    {"every task is done once", test_every_task_once},
    {"no task, and fewer tasks than workers", test_few_tasks},
    {"messages of megabytes arrive whole", test_large_messages},
    {"a worker's death costs the task in hand", test_deaths},
    {"every task may die", test_every_task_dies},
    {"a message beyond the limit is lost", test_message_beyond_the_limit},
    {"without processes the rest is lost, not forgotten", test_no_process_for_the_rest},
    {"drained, nothing new starts", test_drain},
    {"freed in the middle, nothing stays behind", test_free_in_the_middle},
    {"there is a processor", test_processors},
};

int main(void) {
    return UNIT_RUN(tests);
}
