/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_GUEST_CALLS_H
#define HVSPEC_EMULATOR_GUEST_CALLS_H

#include <stddef.h>
#include <stdint.h>

/*
 * Who called, without frame pointers or debug information: a call is known by where its return
 * address lies and what that is, and is over once the stack pointer is above that place. A jump to
 * another function's start is no call.
 */

/* The calls that were open when CPUIDs of a run were executed: where each came back to, innermost
 * first. */
#define GUEST_CALLERS_MAX 6u /* that are kept, the innermost */
#define GUEST_CHAINS_MAX 8u  /* different ones that are kept of a run */
#define GUEST_CALLED_MAX 48u /* CPUIDs of which they are kept, the first of a run */
struct guest_chain {
    uint64_t returns[GUEST_CALLERS_MAX];
    size_t count;
};
struct guest_callers {
    struct guest_chain chains[GUEST_CHAINS_MAX];
    uint8_t chains_count;
    uint8_t of[GUEST_CALLED_MAX]; /* by CPUID: a chain's number from 1; 0: none is known */
    uint8_t last;                 /* the same of where the last call ended */
};

/* The calls that are open, of all threads; zeroed at first. Of more the outermost are forgotten. */
#define GUEST_CALLS_MAX 64u
struct guest_calls {
    struct guest_call_open {
        uint64_t slot, comes_back;
        unsigned thread;
    } open[GUEST_CALLS_MAX];
    size_t count;
};

/* Drops the calls of a thread that are over, by its stack pointer. */
void guest_calls_drop(struct guest_calls *calls, unsigned thread, uint64_t stack);

/* A call, whose return address lies at the stack pointer, unless it is known. */
void guest_calls_add(struct guest_calls *calls, unsigned thread, uint64_t stack,
                     uint64_t comes_back);

/* The number, from 1, of the thread's chain that is open now, which is added to `into` where it is
 * a new one; 0: there is no room, or no call is open. */
uint8_t guest_calls_chain(const struct guest_calls *calls, unsigned thread,
                          struct guest_callers *into);

#endif
