/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/compare/compare.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

/*
 * The processor's own doing: a child process steps through the instructions with the trap flag. The
 * kernel hands a signal's handler all registers, and takes them from it, so that no code of ours
 * stands between the states and the instruction.
 */
#define HOST_TRAP_FLAG 0x100u
#define HOST_FIXED_FLAGS 0x202u
#define HOST_BREAKPOINT 0xccu
#define HOST_STACK_SIZE 65536u
#define HOST_STEPS_MAX 1000u /* of one instruction: a repeated one traps at each turn */

static const int host_registers[COMPARE_REGISTERS] = {
    REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
    REG_R8,  REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};

/* What the handler goes through; it takes no argument. */
static struct {
    const struct compare_instruction *instructions;
    const struct compare_state *states;
    struct compare_result *results; /* shared with the parent */
    size_t next, total;
    unsigned steps;
    bool is_running;
} host;

static uint64_t host_slot(size_t index) {
    return COMPARE_CODE + index * COMPARE_SLOT;
}

static void host_load(ucontext_t *context, size_t index) {
    const struct compare_state *state = &host.states[index % COMPARE_STATES];
    struct _libc_fpstate *vectors = context->uc_mcontext.fpregs;
    greg_t *registers = context->uc_mcontext.gregs;

    for (size_t i = 0; i < COMPARE_REGISTERS; i++)
        registers[host_registers[i]] = (greg_t)state->registers[i];
    registers[REG_EFL] = (greg_t)(state->flags | HOST_FIXED_FLAGS | HOST_TRAP_FLAG);
    registers[REG_RIP] = (greg_t)host_slot(index / COMPARE_STATES);
    memset(vectors->_xmm, 0, sizeof vectors->_xmm);
    memset(vectors->_st, 0, sizeof vectors->_st);
    vectors->cwd = 0x37f;
    vectors->swd = vectors->ftw = 0;
    vectors->mxcsr = 0x1f80;
    for (size_t i = 0; i < COMPARE_VECTORS; i++) {
        memcpy(&vectors->_xmm[i], state->vectors[i], 16);
        memcpy(&vectors->_xmm[COMPARE_VECTORS + i], &state->vectors[i][1], 8);
    }
    memset((void *)(uintptr_t)COMPARE_DATA, 0, COMPARE_DATA_SIZE);
    memcpy((void *)(uintptr_t)COMPARE_DATA, state->data, sizeof state->data);
}

static void host_store(const ucontext_t *context, struct compare_result *result) {
    const greg_t *registers = context->uc_mcontext.gregs;

    for (size_t i = 0; i < COMPARE_REGISTERS; i++)
        result->state.registers[i] = (uint64_t)registers[host_registers[i]];
    result->state.flags = (uint64_t)registers[REG_EFL] & COMPARE_FLAGS;
    for (size_t i = 0; i < COMPARE_VECTORS; i++)
        memcpy(result->state.vectors[i], &context->uc_mcontext.fpregs->_xmm[i], 16);
    memcpy(result->state.data, (const void *)(uintptr_t)COMPARE_DATA, sizeof result->state.data);
}

/* A string instruction that repeats traps ahead of each turn but the last. */
static bool host_goes_on(int signal, const ucontext_t *context) {
    return signal == SIGTRAP &&
           (uint64_t)context->uc_mcontext.gregs[REG_RIP] == host_slot(host.next / COMPARE_STATES) &&
           host.steps++ < HOST_STEPS_MAX;
}

static void host_on_signal(int signal, siginfo_t *info, void *data) {
    ucontext_t *context = data;

    (void)info;
    if (host.is_running) {
        struct compare_result *result = &host.results[host.next];

        if (host_goes_on(signal, context))
            return;
        result->end = signal == SIGTRAP ? COMPARE_DONE : COMPARE_FAULTED;
        host_store(context, result);
        host.next++;
    }
    if (host.next == host.total)
        _exit(0);
    host.is_running = true;
    host.steps = 0;
    host_load(context, host.next);
}

/* An instruction that ends the child otherwise leaves this behind. */
static void host_prepare(size_t first) {
    for (size_t i = first; i < host.total; i++)
        host.results[i].end = COMPARE_FAULTED;
}

static void *host_map(uint64_t address, size_t size) {
    void *at = mmap((void *)(uintptr_t)address, size, PROT_READ | PROT_WRITE | PROT_EXEC,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

    return at == MAP_FAILED ? NULL : at;
}

static _Noreturn void host_run(size_t count) {
    static const int signals[] = {SIGTRAP, SIGILL, SIGSEGV, SIGBUS, SIGFPE};
    static uint8_t stack[HOST_STACK_SIZE];
    struct sigaction action = {.sa_sigaction = host_on_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    uint8_t *code = host_map(COMPARE_CODE, COMPARE_SLOTS * COMPARE_SLOT);

    if (!code || !host_map(COMPARE_DATA, COMPARE_DATA_SIZE) ||
        sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL) != 0)
        _exit(1);
    memset(code, HOST_BREAKPOINT, COMPARE_SLOTS * COMPARE_SLOT);
    for (size_t i = 0; i < count; i++)
        memcpy(code + i * COMPARE_SLOT, host.instructions[i].bytes, host.instructions[i].size);
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
        sigaction(signals[i], &action, NULL);
    raise(SIGTRAP);
    _exit(1);
}

bool compare_host(const struct compare_instruction *instructions, size_t count,
                  const struct compare_state *states, struct compare_result *results) {
    size_t size = count * COMPARE_STATES * sizeof *results;
    struct compare_result *shared =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int status = 1;
    pid_t child;

    if (shared == MAP_FAILED) {
        fprintf(stderr, "out of memory\n");
        return false;
    }
    host.instructions = instructions;
    host.states = states;
    host.results = shared;
    host.next = 0;
    host.total = count * COMPARE_STATES;
    host_prepare(0);
    fflush(NULL);
    child = fork();
    if (child == 0)
        host_run(count);
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    memcpy(results, shared, size);
    munmap(shared, size);
    if (child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return true;
    fprintf(stderr, "the process that runs the instructions ended early (status %#x)\n", status);
    return false;
}
