/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/provided.h"

#include <string.h>

/* What compilers' own libraries and a thread library do in a process of one thread. */

/* Ends the call as the process would end. */
static uint64_t run_abort(struct guest *guest, const struct guest_provided *function) {
    guest_stop(guest, OBSERVATION_STACK_SMASHED, function->name);
    return 0;
}

/* Nothing to do, and done: nobody waits for a lock, and nothing ends. */
static uint64_t run_nothing(struct guest *guest, const struct guest_provided *function) {
    (void)guest;
    return function->form;
}

/* __cxa_guard_acquire and its relatives: the guard's first byte says whether it is done (Itanium
 * C++ ABI, 3.3.3). */
static uint64_t run_guard_acquire(struct guest *guest, const struct guest_provided *function) {
    const uint8_t *guard = guest_provided_bytes(guest, guest_call_argument(guest, 0), 1, false);

    (void)function;
    return guard && *guard == 0;
}

static uint64_t run_guard_release(struct guest *guest, const struct guest_provided *function) {
    uint8_t *guard = guest_provided_bytes(guest, guest_call_argument(guest, 0), 1, true);

    (void)function;
    if (guard)
        *guard = 1;
    return 0;
}

/* Where the thread's errno is: in its block, behind what compilers know of it. */
static uint64_t run_errno(struct guest *guest, const struct guest_provided *function) {
    (void)function;
    return guest->layout.thread + GUEST_THREAD_ERRNO;
}

static uint64_t run_self(struct guest *guest, const struct guest_provided *function) {
    (void)function;
    return guest->layout.thread;
}

/* __tls_get_addr(&{module, offset}); i386's ___tls_get_addr gets that in EAX. */
static uint64_t run_tls_address(struct guest *guest, const struct guest_provided *function) {
    uint64_t index = 0, offset;

    if (function->form)
        engine_read(guest->engine, guest_register_ids(guest)[GUEST_AX], &index);
    else
        index = guest_call_argument(guest, 0);
    if (!guest_provided_get_word(guest, index + guest->word, &offset))
        return 0;
    offset += guest->layout.thread - guest_tls_size(guest->image);
    return guest->word == 8 ? offset : (uint32_t)offset;
}

#define ROW(name, run, form) GUEST_PROVIDED_RUN(name, run, form, 0)
const struct guest_provided guest_provided_runtime[] = {
    ROW("abort", run_abort, 0),
    ROW("__stack_chk_fail", run_abort, 0),
    ROW("__stack_chk_fail_local", run_abort, 0),
    ROW("__stack_smash_handler", run_abort, 0),
    ROW("__chk_fail", run_abort, 0),
    ROW("__fortify_fail", run_abort, 0),
    ROW("__assert_fail", run_abort, 0),
    ROW("__assert", run_abort, 0),
    ROW("__assert_func", run_abort, 0),
    ROW("__cxa_pure_virtual", run_abort, 0),
    ROW("__cxa_bad_cast", run_abort, 0),
    ROW("__cxa_throw_bad_array_new_length", run_abort, 0),
    ROW("__cxa_call_unexpected", run_abort, 0),
    ROW("_ZSt9terminatev", run_abort, 0),
    ROW("__cxa_atexit", run_nothing, 0),
    ROW("__cxa_thread_atexit", run_nothing, 0),
    ROW("__cxa_thread_atexit_impl", run_nothing, 0),
    ROW("__cxa_finalize", run_nothing, 0),
    ROW("atexit", run_nothing, 0),
    ROW("at_quick_exit", run_nothing, 0),
    ROW("__register_frame_info", run_nothing, 0),
    ROW("__deregister_frame_info", run_nothing, 0),
    ROW("pthread_mutex_init", run_nothing, 0),
    ROW("pthread_mutex_destroy", run_nothing, 0),
    ROW("pthread_mutex_lock", run_nothing, 0),
    ROW("pthread_mutex_trylock", run_nothing, 0),
    ROW("pthread_mutex_unlock", run_nothing, 0),
    ROW("pthread_self", run_self, 0),
    ROW("__cxa_guard_acquire", run_guard_acquire, 0),
    ROW("__cxa_guard_release", run_guard_release, 0),
    ROW("__cxa_guard_abort", run_nothing, 0),
    ROW("__errno_location", run_errno, 0),
    ROW("__error", run_errno, 0),
    ROW("___errno", run_errno, 0),
    ROW("__errno", run_errno, 0),
    ROW("__tls_get_addr", run_tls_address, false),
    ROW("___tls_get_addr", run_tls_address, true),
    ROW(NULL, NULL, 0),
};

#define SAME(bytes)                                                                                \
    {                                                                                              \
        {bytes, sizeof(bytes) - 1}, {                                                              \
            bytes, sizeof(bytes) - 1                                                               \
        }                                                                                          \
    }
#define EACH_CONVENTION(wide, narrow, microsoft)                                                   \
    {                                                                                              \
        {wide, sizeof(wide) - 1}, {narrow, sizeof(narrow) - 1}, {                                  \
            microsoft, sizeof(microsoft) - 1                                                       \
        }                                                                                          \
    }
#define CODE(name, code)                                                                           \
    { name, NULL, 0, 0, code }
#define RETURN SAME("\xc3")
#define JUMP(modrm) SAME("\xff" modrm)
#define JUMP_HIGH(modrm) SAME("\x41\xff" modrm)
/* The control is 0 ahead of the call, and 2 behind it, as in glibc and musl:
 *     cmpl $0, (%rdi); jne 1f; movl $2, (%rdi); sub $8, %rsp; call *%rsi; add $8, %rsp
 *     1: xor %eax, %eax; ret
 * and with the arguments on the stack, which stays aligned to 16:
 *     mov 4(%esp), %eax; cmpl $0, (%eax); jne 1f; movl $2, (%eax); mov 8(%esp), %eax; sub $12, %esp
 *     call *%eax; add $12, %esp
 *     1: xor %eax, %eax; ret
 * By Microsoft's convention it is as the first one, with RCX, RDX, and 40 bytes. */
#define ONCE                                                                                       \
    EACH_CONVENTION(                                                                               \
        "\x83\x3f\x00\x75\x10\xc7\x07\x02\x00\x00\x00\x48\x83\xec\x08\xff\xd6\x48\x83\xc4\x08"     \
        "\x31\xc0\xc3",                                                                            \
        "\x8b\x44\x24\x04\x83\x38\x00\x75\x12\xc7\x00\x02\x00\x00\x00\x8b\x44\x24\x08\x83\xec\x0c" \
        "\xff\xd0\x83\xc4\x0c\x31\xc0\xc3",                                                        \
        "\x83\x39\x00\x75\x10\xc7\x01\x02\x00\x00\x00\x48\x83\xec\x28\xff\xd2\x48\x83\xc4\x28"     \
        "\x31\xc0\xc3")
/* What has to be kept is stored one behind the other, then the stack pointer as the caller has it
 * and where it goes on. By Microsoft's convention the buffer is RCX, and RSI and RDI are kept, too,
 * but no vector registers. */
#define SETJMP                                                                                     \
    EACH_CONVENTION(                                                                               \
        "\x48\x89\x1f\x48\x89\x6f\x08\x4c\x89\x67\x10\x4c\x89\x6f\x18\x4c\x89\x77\x20\x4c\x89"     \
        "\x7f\x28\x48\x8d\x54\x24\x08\x48\x89\x57\x30\x48\x8b\x14\x24\x48\x89\x57\x38\x31\xc0"     \
        "\xc3",                                                                                    \
        "\x8b\x44\x24\x04\x89\x18\x89\x70\x04\x89\x78\x08\x89\x68\x0c\x8d\x4c\x24\x04\x89\x48"     \
        "\x10\x8b\x0c\x24\x89\x48\x14\x31\xc0\xc3",                                                \
        "\x48\x89\x19\x48\x89\x69\x08\x48\x89\x71\x10\x48\x89\x79\x18\x4c\x89\x61\x20\x4c\x89\x69" \
        "\x28\x4c\x89\x71\x30\x4c\x89\x79\x38\x48\x8d\x54\x24\x08\x48\x89\x51\x40\x48\x8b\x14\x24" \
        "\x48\x89\x51\x48\x31\xc0\xc3")
/* The answer is never 0: cmp $1, %esi; adc $0, %esi; mov %esi, %eax, and back to where setjmp was
 * called from. */
#define LONGJMP                                                                                    \
    EACH_CONVENTION(                                                                               \
        "\x83\xfe\x01\x83\xd6\x00\x89\xf0\x48\x8b\x1f\x48\x8b\x6f\x08\x4c\x8b\x67\x10\x4c\x8b"     \
        "\x6f\x18\x4c\x8b\x77\x20\x4c\x8b\x7f\x28\x48\x8b\x67\x30\xff\x67\x38",                    \
        "\x8b\x54\x24\x04\x8b\x44\x24\x08\x83\xf8\x01\x83\xd0\x00\x8b\x1a\x8b\x72\x04\x8b\x7a"     \
        "\x08\x8b\x6a\x0c\x8b\x62\x10\xff\x62\x14",                                                \
        "\x83\xfa\x01\x83\xd2\x00\x89\xd0\x48\x8b\x19\x48\x8b\x69\x08\x48\x8b\x71\x10\x48\x8b\x79" \
        "\x18\x4c\x8b\x61\x20\x4c\x8b\x69\x28\x4c\x8b\x71\x30\x4c\x8b\x79\x38\x48\x8b\x61\x40\xff" \
        "\x61\x48")
const struct guest_provided guest_provided_code[] = {
    CODE("pthread_once", ONCE),
    CODE("__pthread_once", ONCE),
    CODE("call_once", ONCE),
    CODE("setjmp", SETJMP),
    CODE("_setjmp", SETJMP),
    CODE("sigsetjmp", SETJMP), /* signals are nobody's business here */
    CODE("__sigsetjmp", SETJMP),
    CODE("longjmp", LONGJMP),
    CODE("_longjmp", LONGJMP),
    CODE("siglongjmp", LONGJMP),
    CODE("__longjmp_chk", LONGJMP),
    /* What compilers call in kernels: they return, or jump where a register says. */
    CODE("__fentry__", RETURN),
    CODE("mcount", RETURN),
    CODE("_mcount", RETURN),
    CODE("__mcount", RETURN),
    CODE("__gnu_mcount_nc", RETURN),
    /* Windows: what makes the pages of a large frame present, RAX bytes below, and checks a frame.
     * On i386 the former also moves the stack pointer: neg %eax; lea 4(%esp,%eax), %eax; xchg %eax,
     * %esp; jmp *(%eax) */
    CODE("___chkstk_ms", RETURN),
    CODE("__chkstk_ms", RETURN),
    CODE("__chkstk", RETURN),
    CODE("_chkstk", SAME("\xf7\xd8\x8d\x44\x04\x04\x94\xff\x20")),
    CODE("_alloca", SAME("\xf7\xd8\x8d\x44\x04\x04\x94\xff\x20")),
    CODE("__security_check_cookie", RETURN),
    CODE("__main", RETURN),
    CODE("__x86_return_thunk", RETURN),
    CODE("__x86_return_thunk_ecx", JUMP("\xe1")),
    CODE("__x86_return_skl", RETURN),
    CODE("__x86_indirect_thunk_rax", JUMP("\xe0")),
    CODE("__x86_indirect_thunk_rcx", JUMP("\xe1")),
    CODE("__x86_indirect_thunk_rdx", JUMP("\xe2")),
    CODE("__x86_indirect_thunk_rbx", JUMP("\xe3")),
    CODE("__x86_indirect_thunk_rbp", JUMP("\xe5")),
    CODE("__x86_indirect_thunk_rsi", JUMP("\xe6")),
    CODE("__x86_indirect_thunk_rdi", JUMP("\xe7")),
    CODE("__x86_indirect_thunk_r8", JUMP_HIGH("\xe0")),
    CODE("__x86_indirect_thunk_r9", JUMP_HIGH("\xe1")),
    CODE("__x86_indirect_thunk_r10", JUMP_HIGH("\xe2")),
    CODE("__x86_indirect_thunk_r11", JUMP_HIGH("\xe3")),
    CODE("__x86_indirect_thunk_r12", JUMP_HIGH("\xe4")),
    CODE("__x86_indirect_thunk_r13", JUMP_HIGH("\xe5")),
    CODE("__x86_indirect_thunk_r14", JUMP_HIGH("\xe6")),
    CODE("__x86_indirect_thunk_r15", JUMP_HIGH("\xe7")),
    CODE("__llvm_retpoline_r11", JUMP_HIGH("\xe3")),
    CODE("__llvm_lvi_thunk_r11", JUMP_HIGH("\xe3")),
    CODE("__x86_indirect_thunk_eax", JUMP("\xe0")),
    CODE("__x86_indirect_thunk_ecx", JUMP("\xe1")),
    CODE("__x86_indirect_thunk_edx", JUMP("\xe2")),
    CODE("__x86_indirect_thunk_ebx", JUMP("\xe3")),
    CODE("__x86_indirect_thunk_ebp", JUMP("\xe5")),
    CODE("__x86_indirect_thunk_esi", JUMP("\xe6")),
    CODE("__x86_indirect_thunk_edi", JUMP("\xe7")),
    CODE("__llvm_retpoline_eax", JUMP("\xe0")),
    CODE("__llvm_retpoline_ecx", JUMP("\xe1")),
    CODE("__llvm_retpoline_edx", JUMP("\xe2")),
    {NULL, NULL, 0, 0, {{NULL, 0}, {NULL, 0}}},
};
