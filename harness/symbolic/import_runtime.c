/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/symbolic/import.h"

/* What compilers' own libraries and a thread library do in a process of one thread. */

/* Nothing to do, and done: the result is the same everywhere. */
static void import_done(struct import_call *call) {
    import_return(call, import_word(call, 0));
}

/* The guard's first byte says whether it is done (Itanium C++ ABI, 3.3.3). */
static void import_guard_acquire(struct import_call *call) {
    struct terms *terms = call->machine->terms;
    term_id guard = import_argument(call, 0);
    term_id byte = guard ? import_byte(call, guard, 0) : 0;

    if (byte)
        import_return(call, term_choose(terms, term_eq(terms, byte, term_number(terms, 8, 0)),
                                        import_word(call, 1), import_word(call, 0)));
}

static void import_guard_release(struct import_call *call) {
    term_id guard = import_argument(call, 0);

    if (guard)
        machine_store(call->machine, call->state, guard, term_number(call->machine->terms, 8, 1));
    if (call->state->end == MACHINE_RUNS)
        import_return_nothing(call);
}

/* A place in the thread's block, `form` bytes in. */
static void import_thread_place(struct import_call *call) {
    import_return(call, import_at(call, call->machine->bases[MACHINE_THREAD], call->row->form));
}

/* __tls_get_addr(&{module, offset}); i386's ___tls_get_addr gets that in EAX: `form`. */
static void import_tls_address(struct import_call *call) {
    struct machine *machine = call->machine;
    term_id index = call->row->form
                        ? machine_register(machine, call->state, 0, 0, machine->layout->word)
                        : import_argument(call, 0);
    term_id offset =
        index ? machine_load(machine, call->state, import_at(call, index, machine->layout->word),
                             machine->layout->word)
              : 0;

    if (offset)
        import_return(call, term_binary(machine->terms, TERM_ADD,
                                        import_at(call, machine->bases[MACHINE_THREAD],
                                                  (uint64_t)-machine_tls_size(machine)),
                                        offset));
}

const struct import_row import_runtime_rows[] = {
    {"abort", import_smashed, 0, 0},
    {"__stack_chk_fail", import_smashed, 0, 0},
    {"__stack_chk_fail_local", import_smashed, 0, 0},
    {"__stack_smash_handler", import_smashed, 0, 0},
    {"__chk_fail", import_smashed, 0, 0},
    {"__fortify_fail", import_smashed, 0, 0},
    {"__assert_fail", import_smashed, 0, 0},
    {"__assert", import_smashed, 0, 0},
    {"__assert_func", import_smashed, 0, 0},
    {"__cxa_pure_virtual", import_smashed, 0, 0},
    {"__cxa_bad_cast", import_smashed, 0, 0},
    {"__cxa_throw_bad_array_new_length", import_smashed, 0, 0},
    {"__cxa_call_unexpected", import_smashed, 0, 0},
    {"_ZSt9terminatev", import_smashed, 0, 0},
    {"__cxa_atexit", import_done, 0, 0},
    {"__cxa_thread_atexit", import_done, 0, 0},
    {"__cxa_thread_atexit_impl", import_done, 0, 0},
    {"__cxa_finalize", import_return_nothing, 0, 0},
    {"atexit", import_done, 0, 0},
    {"at_quick_exit", import_done, 0, 0},
    {"__register_frame_info", import_return_nothing, 0, 0},
    {"__deregister_frame_info", import_return_nothing, 0, 0},
    {"pthread_mutex_init", import_done, 0, 0},
    {"pthread_mutex_destroy", import_done, 0, 0},
    {"pthread_mutex_lock", import_done, 0, 0},
    {"pthread_mutex_trylock", import_done, 0, 0},
    {"pthread_mutex_unlock", import_done, 0, 0},
    {"pthread_self", import_thread_place, 0, 0},
    {"__cxa_guard_acquire", import_guard_acquire, 0, 0},
    {"__cxa_guard_release", import_guard_release, 0, 0},
    {"__cxa_guard_abort", import_return_nothing, 0, 0},
    {"__errno_location", import_thread_place, GUEST_THREAD_ERRNO, 0},
    {"__error", import_thread_place, GUEST_THREAD_ERRNO, 0},
    {"___errno", import_thread_place, GUEST_THREAD_ERRNO, 0},
    {"__errno", import_thread_place, GUEST_THREAD_ERRNO, 0},
    {"__tls_get_addr", import_tls_address, false, 0},
    {"___tls_get_addr", import_tls_address, true, 0},
    {NULL, NULL, 0, 0},
};
