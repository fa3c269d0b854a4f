/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/process/system.h"

#include <string.h>

/* One thread runs at a time, until it waits, yields, ends, or has run for long while others could.
 * When all sleep, the clock jumps. */

static struct process_thread *thread_current(struct process *process) {
    return &process->state.threads[process->state.current];
}

void system_wait(struct process *process, enum process_thread_state state, uint64_t wake,
                 int64_t result) {
    struct process_thread *thread = thread_current(process);

    thread->state = state;
    thread->wake = wake;
    thread->timed_out = result;
    thread->waits = true;
    thread->woken = false;
    process->reschedules = true;
    process_stop(process);
}

/* The next that can run, in turn; PROCESS_THREADS: none. */
static unsigned thread_next(const struct process *process) {
    for (unsigned i = 1; i <= PROCESS_THREADS; i++) {
        unsigned at = (process->state.current + i) % PROCESS_THREADS;

        if (process->state.threads[at].state == THREAD_READY)
            return at;
    }
    return PROCESS_THREADS;
}

/* Nothing can run: the clock jumps to where something can. False: all wait for ever. */
static bool thread_pass_time(struct process *process) {
    struct process_state *state = &process->state;
    uint64_t next = process_timers_due(process), now = process_now(process);

    for (unsigned i = 0; i < PROCESS_THREADS; i++) {
        const struct process_thread *thread = &state->threads[i];

        if (thread->state > THREAD_READY && thread->wake != UINT64_MAX &&
            (next == 0 || thread->wake < next))
            next = thread->wake ? thread->wake : 1;
    }
    if (next == 0 || ++state->events > PROCESS_EVENTS_MAX)
        return false;
    if (next > now)
        state->clock += next - now;
    return true;
}

/* Wakes who has slept long enough: time passes while others run as well. */
static void thread_wake_due(struct process *process) {
    uint64_t now = process->state.clock + process->state.instructions / 3;

    process_timers_fire(process, now);
    for (unsigned i = 0; i < PROCESS_THREADS; i++) {
        struct process_thread *thread = &process->state.threads[i];

        if (thread->state > THREAD_READY && thread->wake <= now) {
            thread->state = THREAD_READY;
            thread->wake = 0;
        }
    }
}

void process_wake_events(struct process *process) {
    for (unsigned i = 0; i < PROCESS_THREADS; i++) {
        if (process->state.threads[i].state == THREAD_EVENT)
            process->state.threads[i].state = THREAD_READY;
    }
}

void process_interrupt(struct process *process, struct process_thread *thread, int number) {
    enum { RESTART = 0x10000000 };

    if (thread->state <= THREAD_READY || process_signal_is_ignored(process, number))
        return;
    if (thread->state == THREAD_EVENT) {
        thread->state = THREAD_READY;
        if (thread->restarts && (process->state.actions[number].flags & RESTART))
            return;
        thread->pc += 2; /* behind its system call */
        thread->deadline = 0;
    }
    thread->state = THREAD_READY;
    thread->timed_out = -EINTR;
    thread->waits = true;
    thread->woken = false;
}

/* Puts a thread's registers into the engine. */
static void thread_enter(struct process *process, unsigned index, bool saved) {
    struct process_thread *thread = &process->state.threads[index];

    if (saved)
        engine_state_restore(process->engine, process->contexts[index]);
    process->state.current = index;
    process->pc = thread->pc;
    process_segments_show(process);
}

void process_switch(struct process *process) {
    struct process_thread *thread = thread_current(process);
    bool alive = thread->state != THREAD_NONE;
    unsigned from = process->state.current, next;

    if (alive) {
        thread->pc = process->pc;
        engine_state_save(process->engine, process->contexts[from]);
    }
    process->state.quantum = PROCESS_QUANTUM;
    thread_wake_due(process);
    while ((next = thread_next(process)) == PROCESS_THREADS) {
        if (!thread_pass_time(process)) {
            process->end_address = process->pc;
            process_end(process, OBSERVATION_OUT_OF_BUDGET, "all threads wait for ever");
            return;
        }
        thread_wake_due(process);
    }
    thread_enter(process, next, next != from || !alive);
    thread = thread_current(process);
    if (thread->waits) {
        process_register_set(process, ENGINE_RAX,
                             (uint64_t)(thread->woken ? 0 : thread->timed_out));
        thread->waits = thread->woken = false;
    }
}

/* --- System calls. --- */

unsigned process_futex_wake(struct process *process, uint64_t address, unsigned count,
                            uint32_t bits) {
    unsigned woken = 0;

    /* Those that came first, by the order of their numbers: one order is as good as another. */
    for (unsigned i = 0; i < PROCESS_THREADS && woken < count; i++) {
        struct process_thread *thread = &process->state.threads[i];

        if (thread->state != THREAD_FUTEX || thread->futex != address || !(thread->bits & bits))
            continue;
        thread->state = THREAD_READY;
        thread->woken = true;
        woken++;
    }
    return woken;
}

static int64_t futex_wait(struct process *process, const uint64_t *arguments, uint32_t bits,
                          bool absolute) {
    struct process_thread *thread = thread_current(process);
    uint64_t wake = UINT64_MAX, now = process_now(process), base = 0;
    uint32_t value;

    if (arguments[0] % 4 != 0 || bits == 0)
        return -EINVAL;
    if (!system_copy_in(process, arguments[0], &value, sizeof value))
        return -EFAULT;
    if (value != (uint32_t)arguments[2])
        return -EAGAIN;
    if (arguments[3]) {
        if (!system_time(process, arguments[3], &wake))
            return -EFAULT;
        if (absolute)
            base = (arguments[1] & 256 ? 1700000000ull : 100ull) * 1000000000ull;
        wake = absolute ? (wake > base ? wake - base : 0) : wake + now;
    }
    thread->futex = arguments[0];
    thread->bits = bits;
    system_wait(process, THREAD_FUTEX, wake, -ETIMEDOUT);
    return 0;
}

/* Wakes some, and moves the others to wait elsewhere. */
static int64_t futex_requeue(struct process *process, const uint64_t *arguments) {
    unsigned woken = process_futex_wake(process, arguments[0], (unsigned)arguments[2], UINT32_MAX);
    unsigned moved = 0;

    for (unsigned i = 0; i < PROCESS_THREADS && moved < arguments[3]; i++) {
        struct process_thread *thread = &process->state.threads[i];

        if (thread->state == THREAD_FUTEX && thread->futex == arguments[0]) {
            thread->futex = arguments[4];
            moved++;
        }
    }
    return woken + moved;
}

static int64_t call_futex(struct process *process, const uint64_t *arguments) {
    uint32_t value;

    switch (arguments[1] & 127) {
    case 0: /* FUTEX_WAIT */
        return futex_wait(process, arguments, UINT32_MAX, false);
    case 9: /* FUTEX_WAIT_BITSET */
        return futex_wait(process, arguments, (uint32_t)arguments[5], true);
    case 1: /* FUTEX_WAKE */
        return process_futex_wake(process, arguments[0], (unsigned)arguments[2], UINT32_MAX);
    case 10: /* FUTEX_WAKE_BITSET */
        return process_futex_wake(process, arguments[0], (unsigned)arguments[2],
                                  (uint32_t)arguments[5]);
    case 4: /* FUTEX_CMP_REQUEUE */
        if (!system_copy_in(process, arguments[0], &value, sizeof value))
            return -EFAULT;
        if (value != (uint32_t)arguments[5])
            return -EAGAIN;
        return futex_requeue(process, arguments);
    case 3: /* FUTEX_REQUEUE */
        return futex_requeue(process, arguments);
    default:
        return -ENOSYS;
    }
}

/* What clone and clone3 have in common. */
struct thread_request {
    uint64_t flags, stack, parent_id, child_id, tls;
};

enum {
    CLONE_VM_FLAG = 0x100,
    CLONE_THREAD_FLAG = 0x10000,
    CLONE_SETTLS_FLAG = 0x80000,
    CLONE_PARENT_SETTID_FLAG = 0x100000,
    CLONE_CHILD_CLEARTID_FLAG = 0x200000,
    CLONE_CHILD_SETTID_FLAG = 0x1000000
};

/* The new thread's data: where FS begins, or a segment in place of the one of that number. */
static int64_t thread_set_data(struct process *process, const struct thread_request *request,
                               struct process_thread *thread) {
    if (!(request->flags & CLONE_SETTLS_FLAG))
        return 0;
    if (process->machine->mode == IMAGE_32)
        return system_segment_set(process, thread, request->tls, false);
    if (request->tls >> 47)
        return -EPERM;
    process_register_set(process, ENGINE_FS_BASE, request->tls);
    return 0;
}

/* The new thread's registers are those of the one in hand, but for its stack, its data and the
 * result. A negative errno, or 0. */
static int64_t thread_copy_registers(struct process *process, const struct thread_request *request,
                                     unsigned index) {
    static const enum engine_register changed[] = {ENGINE_RSP, ENGINE_RAX, ENGINE_FS_BASE,
                                                   ENGINE_GS_BASE};
    uint64_t before[sizeof changed / sizeof *changed];
    int64_t error;

    for (size_t i = 0; i < sizeof changed / sizeof *changed; i++)
        before[i] = process_register(process, changed[i]);
    if (request->stack)
        process_register_set(process, ENGINE_RSP, request->stack);
    process_register_set(process, ENGINE_RAX, 0);
    error = thread_set_data(process, request, &process->state.threads[index]);
    engine_state_save(process->engine, process->contexts[index]);
    for (size_t i = 0; i < sizeof changed / sizeof *changed; i++)
        process_register_set(process, changed[i], before[i]);
    return error;
}

static int64_t thread_start(struct process *process, const struct thread_request *request) {
    struct process_state *state = &process->state;
    unsigned index = 0;
    struct process_thread *thread;
    int64_t error;

    if (!(request->flags & CLONE_THREAD_FLAG) || !(request->flags & CLONE_VM_FLAG))
        return -ENOSYS; /* another process */
    while (index < PROCESS_THREADS && state->threads[index].state != THREAD_NONE)
        index++;
    if (index == PROCESS_THREADS)
        return -EAGAIN;
    thread = &state->threads[index];
    *thread = (struct process_thread){.state = THREAD_READY,
                                      .id = ++state->last_id,
                                      .pc = process->pc,
                                      .mask = thread_current(process)->mask};
    memcpy(thread->segments, thread_current(process)->segments, sizeof thread->segments);
    if (request->flags & CLONE_CHILD_CLEARTID_FLAG)
        thread->clear_id = request->child_id;
    if (((request->flags & CLONE_PARENT_SETTID_FLAG) &&
         !system_copy_out(process, request->parent_id, &thread->id, sizeof thread->id)) ||
        ((request->flags & CLONE_CHILD_SETTID_FLAG) &&
         !system_copy_out(process, request->child_id, &thread->id, sizeof thread->id))) {
        thread->state = THREAD_NONE;
        return -EFAULT;
    }
    error = thread_copy_registers(process, request, index);
    if (error) {
        thread->state = THREAD_NONE;
        return error;
    }
    state->threads_alive++;
    return thread->id;
}

static int64_t call_clone(struct process *process, const uint64_t *arguments) {
    struct thread_request request = {arguments[0], arguments[1], arguments[2], arguments[3],
                                     arguments[4]};

    return thread_start(process, &request);
}

/* The same with the last two the other way round. */
static int64_t call_clone_narrow(struct process *process, const uint64_t *arguments) {
    struct thread_request request = {arguments[0], arguments[1], arguments[2], arguments[4],
                                     arguments[3]};

    return thread_start(process, &request);
}

static int64_t call_clone3(struct process *process, const uint64_t *arguments) {
    uint64_t words[8]; /* flags, pidfd, child_tid, parent_tid, exit_signal, stack, size, tls */
    struct thread_request request;

    if (arguments[1] < sizeof words)
        return -EINVAL;
    if (!system_copy_in(process, arguments[0], words, sizeof words))
        return -EFAULT;
    request = (struct thread_request){words[0], words[5] + words[6], words[3], words[2], words[7]};
    return thread_start(process, &request);
}

#define THREAD_LOADER_FAILED 127u /* a loader's exit status, in glibc and in musl */

static bool exits_in_loader(const struct process *process) {
    return process->status == THREAD_LOADER_FAILED && process->pc >= process->loader_first &&
           process->pc < process->loader_last;
}

/* Whether this is not the program's exit, but its loader's, which found no library or symbol, or
 * its runtime's, which finds the processor too old: the program's own code never ran. */
static bool start_fails(const struct process *process) {
    return !process->state.began && !process->state.asked &&
           (exits_in_loader(process) || process->main != process->entry);
}

/* A library's function calls what nobody defines, which its loader finds only then. */
static void end_unresolved(struct process *process) {
    char words[PROCESS_NAME_MAX], symbol[PROCESS_NAME_MAX];

    process_complaint(process, words);
    if (!process_missing_symbol(words, symbol, sizeof symbol))
        return;
    process->end_address = process->pc;
    process_end(process, OBSERVATION_UNRESOLVED, symbol);
}

/* What was written, without the program's name ahead of it. */
static void end_not_started(struct process *process) {
    const char *name = process->start->arguments[0];
    char text[PROCESS_NAME_MAX], *from = text;
    size_t length = strlen(name);

    process_complaint(process, text);
    if (strncmp(text, name, length) == 0 && strncmp(text + length, ": ", 2) == 0)
        from += length + 2;
    if (!from[0])
        snprintf(text, sizeof text, "exit status %u ahead of its main", (unsigned)process->status);
    process->end_address = process->pc;
    process_end(process, OBSERVATION_NOT_STARTED, from);
}

static int64_t call_exit_group(struct process *process, const uint64_t *arguments) {
    process->status = arguments[0] & 0xff;
    if (start_fails(process))
        end_not_started(process);
    else if (process->stub_bytes && exits_in_loader(process))
        end_unresolved(process);
    process_end(process, OBSERVATION_RETURNED, NULL);
    return 0;
}

static int64_t call_exit(struct process *process, const uint64_t *arguments) {
    struct process_thread *thread = thread_current(process);
    const uint32_t zero = 0;

    if (process->state.threads_alive == 1)
        return call_exit_group(process, arguments);
    if (thread->clear_id && system_copy_out(process, thread->clear_id, &zero, sizeof zero))
        process_futex_wake(process, thread->clear_id, 1, UINT32_MAX);
    thread->state = THREAD_NONE;
    process->state.threads_alive--;
    process->reschedules = true;
    process_stop(process);
    return 0;
}

static int64_t call_sched_yield(struct process *process, const uint64_t *arguments) {
    (void)arguments;
    if (process->state.threads_alive > 1) {
        process->reschedules = true;
        process_stop(process);
    }
    return 0;
}

static int64_t call_gettid(struct process *process, const uint64_t *arguments) {
    (void)arguments;
    return thread_current(process)->id;
}

static int64_t call_set_tid_address(struct process *process, const uint64_t *arguments) {
    thread_current(process)->clear_id = arguments[0];
    return thread_current(process)->id;
}

const struct system_call system_threads[] = {
    {24, "sched_yield", call_sched_yield, 0, 158, 0},
    {56, "clone", call_clone, 0, 0, 0},
    {60, "exit", call_exit, 0, 1, 0},
    {186, "gettid", call_gettid, 0, 224, 0},
    {202, "futex", call_futex, 0, 240, 0},
    {218, "set_tid_address", call_set_tid_address, 0, 258, 0},
    {231, "exit_group", call_exit_group, 0, 252, 0},
    {273, "set_robust_list", NULL, 0, 311, 0},
    {274, "get_robust_list", NULL, -ENOSYS, 312, 0},
    {334, "rseq", NULL, -ENOSYS, 386, 0},
    {435, "clone3", call_clone3, 0, 435, 0},
    /* i386 alone. */
    {SYSTEM_NONE, "clone", call_clone_narrow, 0, 120, 0},
    {SYSTEM_NONE, "futex_time64", call_futex, 0, 422, 8},
};
const size_t system_threads_count = sizeof system_threads / sizeof system_threads[0];
