/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/process/system.h"

#include <string.h>

/* Signals as a process asks for them, and the timers that send them. */

static struct process_thread *thread_current(struct process *process) {
    return &process->state.threads[process->state.current];
}

#define MASK_NEVER (1ull << 8 | 1ull << 18) /* SIGKILL, SIGSTOP */

/* struct sigaction of the kernel: handler, flags, restorer, and a mask of 64 bits. */
static bool action_in(struct process *process, uint64_t address, struct process_action *action) {
    uint64_t words[3];

    if (!system_words_in(process, address, words, 3) ||
        !system_copy_in(process, address + 3 * process->word, &action->mask, sizeof action->mask))
        return false;
    action->handler = words[0];
    action->flags = words[1];
    action->restorer = words[2];
    return true;
}

static bool action_out(struct process *process, uint64_t address,
                       const struct process_action *action) {
    const uint64_t words[] = {action->handler, action->flags, action->restorer};

    return system_words_out(process, address, words, 3) &&
           system_copy_out(process, address + 3 * process->word, &action->mask,
                           sizeof action->mask);
}

static int64_t call_rt_sigaction(struct process *process, const uint64_t *arguments) {
    struct process_action *action, wanted;

    if (arguments[0] == 0 || arguments[0] >= PROCESS_SIGNALS || arguments[3] != 8 ||
        (arguments[1] && (arguments[0] == 9 || arguments[0] == 19)))
        return -EINVAL;
    action = &process->state.actions[arguments[0]];
    if (arguments[1] && !action_in(process, arguments[1], &wanted))
        return -EFAULT;
    if (arguments[2] && !action_out(process, arguments[2], action))
        return -EFAULT;
    if (arguments[1])
        *action = wanted;
    return 0;
}

/* Of the mask's first `size` bytes. */
static int64_t change_mask(struct process *process, const uint64_t *arguments, size_t size) {
    struct process_thread *thread = thread_current(process);
    uint64_t old = thread->mask, set = 0;

    if (arguments[1]) {
        if (!system_copy_in(process, arguments[1], &set, size))
            return -EFAULT;
        if (arguments[0] > 2)
            return -EINVAL;
        if (arguments[0] == 2 && size < sizeof set)
            set |= old >> 8 * size << 8 * size;
        thread->mask = arguments[0] == 0 ? old | set : arguments[0] == 1 ? old & ~set : set;
        thread->mask &= ~MASK_NEVER;
    }
    return arguments[2] == 0 || system_copy_out(process, arguments[2], &old, size) ? 0 : -EFAULT;
}

static int64_t call_rt_sigprocmask(struct process *process, const uint64_t *arguments) {
    return arguments[3] == 8 ? change_mask(process, arguments, 8) : -EINVAL;
}

/* The first 32 signals: glibc's ucontext for i386. */
static int64_t call_sigprocmask(struct process *process, const uint64_t *arguments) {
    return change_mask(process, arguments, 4);
}

static int64_t call_sigaltstack(struct process *process, const uint64_t *arguments) {
    struct process_thread *thread = thread_current(process);
    const uint64_t old[] = {thread->stack, thread->stack_size ? 0 : 2, thread->stack_size};
    uint64_t wanted[3] = {0};

    if (arguments[0] && !system_words_in(process, arguments[0], wanted, 3))
        return -EFAULT;
    if (arguments[1] && !system_words_out(process, arguments[1], old, 3))
        return -EFAULT;
    if (!arguments[0])
        return 0;
    if (!(wanted[1] & 2) && wanted[2] < 2048)
        return -ENOMEM;
    thread->stack = wanted[0];
    thread->stack_size = wanted[1] & 2 ? 0 : wanted[2];
    return 0;
}

/* --- Sending. --- */

static int64_t send_to_thread(struct process *process, uint64_t id, uint64_t number) {
    if (number >= PROCESS_SIGNALS)
        return -EINVAL;
    for (unsigned i = 0; i < PROCESS_THREADS; i++) {
        struct process_thread *thread = &process->state.threads[i];

        if (thread->state == THREAD_NONE || thread->id != id)
            continue;
        if (number > 0)
            process_signal_send(process, thread, (int)number);
        return 0;
    }
    return -ESRCH;
}

static int64_t call_kill(struct process *process, const uint64_t *arguments) {
    int32_t id = (int32_t)arguments[0];

    if (arguments[1] >= PROCESS_SIGNALS)
        return -EINVAL;
    if (id != 1000 && id != -1000 && id != 0 && id != -1)
        return -ESRCH;
    if (arguments[1] > 0)
        process_signal_send(process, NULL, (int)arguments[1]);
    return 0;
}

static int64_t call_tkill(struct process *process, const uint64_t *arguments) {
    return send_to_thread(process, arguments[0], arguments[1]);
}

static int64_t call_tgkill(struct process *process, const uint64_t *arguments) {
    return send_to_thread(process, arguments[1], arguments[2]);
}

int64_t system_signal_return(struct process *process, const uint64_t *arguments) {
    (void)arguments;
    process_signal_return(process);
    return 0;
}

/* --- Waiting. --- */

static int64_t call_pause(struct process *process, const uint64_t *arguments) {
    (void)arguments;
    if (!process_signals_waiting(process))
        system_wait(process, THREAD_SLEEPS, UINT64_MAX, -EINTR);
    return -EINTR;
}

static int64_t call_rt_sigsuspend(struct process *process, const uint64_t *arguments) {
    struct process_thread *thread = thread_current(process);
    uint64_t mask;

    if (arguments[1] != 8)
        return -EINVAL;
    if (!system_copy_in(process, arguments[0], &mask, sizeof mask))
        return -EFAULT;
    thread->suspended = true;
    thread->suspended_mask = thread->mask;
    thread->mask = mask & ~MASK_NEVER;
    return call_pause(process, arguments);
}

static int64_t call_rt_sigpending(struct process *process, const uint64_t *arguments) {
    uint64_t pending = thread_current(process)->pending | process->state.pending;

    return system_copy_out(process, arguments[0], &pending, sizeof pending) ? 0 : -EFAULT;
}

/* One of a set of blocked signals is taken without a handler. */
static int64_t call_rt_sigtimedwait(struct process *process, const uint64_t *arguments) {
    struct process_thread *thread = thread_current(process);
    uint64_t set, nanoseconds = 0, deadline, found;
    uint32_t information[32] = {0};

    if (!system_copy_in(process, arguments[0], &set, sizeof set) ||
        (arguments[2] && !system_time(process, arguments[2], &nanoseconds)))
        return -EFAULT;
    deadline = arguments[2] ? process_now(process) + nanoseconds : UINT64_MAX;
    found = set & (thread->pending | process->state.pending);
    if (!found)
        return system_is_late(process, &deadline) ? -EAGAIN
                                                  : system_block(process, deadline, false);
    found &= -found; /* the lowest */
    thread->pending &= ~found;
    process->state.pending &= ~found;
    information[0] = (uint32_t)__builtin_ctzll(found) + 1;
    if (arguments[1] && !system_copy_out(process, arguments[1], information, sizeof information))
        return -EFAULT;
    return information[0];
}

/* --- Timers. --- */

uint64_t process_timers_due(const struct process *process) {
    uint64_t first = 0;

    for (unsigned i = 0; i < PROCESS_TIMERS; i++) {
        uint64_t due = process->state.timers[i].due;

        first = due && (first == 0 || due < first) ? due : first;
    }
    return first;
}

void process_timers_fire(struct process *process, uint64_t now) {
    static const int signals[PROCESS_TIMERS] = {14, 26, 27}; /* SIGALRM, SIGVTALRM, SIGPROF */

    for (unsigned i = 0; i < PROCESS_TIMERS; i++) {
        struct process_timer *timer = &process->state.timers[i];

        if (timer->due == 0 || timer->due > now)
            continue;
        timer->due = timer->interval ? now + timer->interval : 0;
        process_signal_send(process, NULL, signals[i]);
    }
}

/* Seconds and microseconds, as struct timeval has them. */
static void timer_show(struct process *process, const struct process_timer *timer,
                       uint64_t times[4]) {
    uint64_t now = process_now(process);
    uint64_t left = timer->due == 0 ? 0 : timer->due > now ? timer->due - now : 1000;

    times[0] = timer->interval / 1000000000;
    times[1] = timer->interval % 1000000000 / 1000;
    times[2] = left / 1000000000;
    times[3] = left % 1000000000 / 1000;
}

static int64_t call_getitimer(struct process *process, const uint64_t *arguments) {
    uint64_t times[4];

    if (arguments[0] >= PROCESS_TIMERS)
        return -EINVAL;
    timer_show(process, &process->state.timers[arguments[0]], times);
    return system_words_out(process, arguments[1], times, 4) ? 0 : -EFAULT;
}

static int64_t call_setitimer(struct process *process, const uint64_t *arguments) {
    struct process_timer *timer;
    uint64_t old[4], times[4] = {0};

    if (arguments[0] >= PROCESS_TIMERS)
        return -EINVAL;
    timer = &process->state.timers[arguments[0]];
    timer_show(process, timer, old);
    if (arguments[1] && !system_words_in(process, arguments[1], times, 4))
        return -EFAULT;
    if (times[0] > INT32_MAX || times[1] >= 1000000 || times[2] > INT32_MAX || times[3] >= 1000000)
        return -EINVAL;
    if (arguments[2] && !system_words_out(process, arguments[2], old, 4))
        return -EFAULT;
    timer->interval = times[0] * 1000000000 + times[1] * 1000;
    timer->due = times[2] * 1000000000 + times[3] * 1000;
    if (timer->due)
        timer->due += process_now(process);
    return 0;
}

static int64_t call_alarm(struct process *process, const uint64_t *arguments) {
    struct process_timer *timer = &process->state.timers[0];
    uint64_t times[4];

    timer_show(process, timer, times);
    timer->interval = 0;
    timer->due = (uint32_t)arguments[0] * 1000000000ull;
    if (timer->due)
        timer->due += process_now(process);
    return (int64_t)(times[2] + (times[3] > 0));
}

const struct system_call system_signals[] = {
    {13, "rt_sigaction", call_rt_sigaction, 0, 174, 0},
    {14, "rt_sigprocmask", call_rt_sigprocmask, 0, 175, 0},
    {15, "rt_sigreturn", system_signal_return, 0, 173, 0},
    {34, "pause", call_pause, 0, 29, 0},
    {36, "getitimer", call_getitimer, 0, 105, 0},
    {37, "alarm", call_alarm, 0, 27, 0},
    {38, "setitimer", call_setitimer, 0, 104, 0},
    {62, "kill", call_kill, 0, 37, 0},
    {127, "rt_sigpending", call_rt_sigpending, 0, 176, 0},
    {128, "rt_sigtimedwait", call_rt_sigtimedwait, 0, 177, 0},
    {130, "rt_sigsuspend", call_rt_sigsuspend, 0, 179, 0},
    {131, "sigaltstack", call_sigaltstack, 0, 186, 0},
    {200, "tkill", call_tkill, 0, 238, 0},
    {234, "tgkill", call_tgkill, 0, 270, 0},
    /* i386 alone. */
    {SYSTEM_NONE, "sigreturn", system_signal_return, 0, 119, 0},
    {SYSTEM_NONE, "sigprocmask", call_sigprocmask, 0, 126, 0},
    {SYSTEM_NONE, "rt_sigtimedwait_time64", call_rt_sigtimedwait, 0, 421, 8},
};
const size_t system_signals_count = sizeof system_signals / sizeof system_signals[0];
