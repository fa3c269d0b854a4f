/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/pool.h"
#include "base/sandbox.h"

#include "base/tests/unit.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Where there is no wall, nothing can be asked of it. */
static bool there_is_none(void) {
    return strcmp(sandbox_state(), "on") != 0;
}

static void *nothing(void *argument) {
    return argument;
}

static int try_open(void) {
    return open("/etc/passwd", O_RDONLY) < 0 && errno == EPERM ? 0 : 1;
}

static int try_create(void) {
    return open("hvspec-sandbox-test", O_WRONLY | O_CREAT | O_TRUNC, 0600) < 0 && errno == EPERM
               ? 0
               : 1;
}

static int try_compute(void) {
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *block = malloc(1 << 22);
    pthread_t thread;
    int ends[2];

    (void)ends;
    return page != MAP_FAILED && block && mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0 &&
                   pthread_create(&thread, NULL, nothing, NULL) == 0 &&
                   pthread_join(thread, NULL) == 0
               ? 0
               : 1;
}

static int try_execute(void) {
    execl("/bin/true", "true", (char *)NULL);
    return 1;
}

static int try_fork(void) {
    return fork() < 0 ? 0 : 1;
}

static int try_socket(void) {
    socket(AF_INET, SOCK_STREAM, 0);
    return 1;
}

static int try_kill(void) {
    return kill(getppid(), 0) < 0 && errno == EPERM ? 0 : 1;
}

/* How a process behind the wall ends that does this; -1: it could not be made. */
static int end_of(int (*attempt)(void)) {
    pid_t pid = fork();
    int status;

    if (pid == 0)
        _exit(sandbox_enter() ? attempt() : 99);
    return pid > 0 && waitpid(pid, &status, 0) == pid ? status : -1;
}

static void test_wall(void) {
    static const struct {
        const char *what;
        int (*attempt)(void);
        bool dies;
    } rows[] = {
        {"a file is read", try_open, false},    {"a file is made", try_create, false},
        {"it computes", try_compute, false},    {"a program is run", try_execute, true},
        {"a process is made", try_fork, false}, {"a socket is made", try_socket, true},
        {"a signal is sent", try_kill, false},
    };

    for (size_t i = 0; !there_is_none() && i < sizeof rows / sizeof rows[0]; i++) {
        int status = end_of(rows[i].attempt);
        bool good = rows[i].dies ? WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS
                                 : WIFEXITED(status) && WEXITSTATUS(status) == 0;

        if (!good)
            fprintf(stderr, "%s: status %#x\n", rows[i].what, (unsigned)status);
        CU_ASSERT_TRUE(good);
    }
}

/* --- In a pool of workers. --- */

struct tasks {
    unsigned done, lost;
    char why[100];
};

static void *tasks_start(void *context) {
    sandbox_enter();
    return context;
}

static void tasks_run(void *context, void *state, size_t task, struct pool_message *message) {
    (void)context;
    (void)state;
    if (task == 1)
        try_execute();
    pool_message_add(message, &task, sizeof task);
}

static void tasks_done(void *context, size_t task, const char *bytes, size_t size) {
    struct tasks *tasks = context;

    tasks->done += size == sizeof task && memcmp(bytes, &task, sizeof task) == 0;
}

static void tasks_lost(void *context, size_t task, const char *why) {
    struct tasks *tasks = context;

    tasks->lost += task == 1;
    snprintf(tasks->why, sizeof tasks->why, "%s", why);
}

/* It costs the task that it had in hand, which is told, and no other. */
static void test_worker(void) {
    struct tasks tasks = {0};
    const struct pool_work work = {.context = &tasks,
                                   .count = 4,
                                   .workers = 1,
                                   .start = tasks_start,
                                   .run = tasks_run,
                                   .done = tasks_done,
                                   .lost = tasks_lost};
    struct errors errors = {0};
    struct pool *pool;

    if (there_is_none())
        return;
    pool = pool_start(&work, &errors);
    CU_ASSERT_PTR_NOT_NULL_FATAL(pool);
    while (pool_step(pool, -1))
        ;
    pool_free(pool);
    CU_ASSERT_EQUAL(tasks.done, 3);
    CU_ASSERT_EQUAL(tasks.lost, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(tasks.why, "ystem call"));
}

static void test_told(void) {
    CU_ASSERT_TRUE(strcmp(sandbox_state(), "on") == 0 || strncmp(sandbox_state(), "off: ", 5) == 0);
    CU_ASSERT_TRUE(sandbox_library_version()[0] != '\0');
}

static const struct unit_test tests[] = {
    {"what is permitted behind it", test_wall},
    {"a worker that tries what it must not", test_worker},
    {"whether it is there", test_told},
};

int main(void) {
    return UNIT_RUN(tests);
}
