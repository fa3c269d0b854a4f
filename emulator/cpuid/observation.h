/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_CPUID_OBSERVATION_H
#define HVSPEC_EMULATOR_CPUID_OBSERVATION_H

#include "emulator/cpuid/table.h"

/*
 * What one call of a probe showed: plain values, no judgement. Judges work on nothing else, so
 * they are tested on observations written by hand.
 */
struct cpuid_execution {
    uint32_t leaf, subleaf;
    struct cpuid_values values; /* what the instruction returned */
    uint64_t address;           /* of the instruction */
};

/* How the call ended. Only OBSERVATION_RETURNED gives an answer. */
enum observation_end {
    OBSERVATION_RETURNED,
    OBSERVATION_OUT_OF_BUDGET,   /* more instructions, or CPUIDs, than one call may execute */
    OBSERVATION_READ_FAULT,      /* read of memory that is not there or not readable */
    OBSERVATION_FETCH_FAULT,     /* execution left the code */
    OBSERVATION_STACK_OVERFLOW,  /* access just below the stack */
    OBSERVATION_FOREIGN_WRITE,   /* write outside the probe's own memory */
    OBSERVATION_UNDEFINED,       /* undefined instruction, or another processor exception */
    OBSERVATION_FORBIDDEN,       /* privileged, I/O, system-call or hypercall instruction */
    OBSERVATION_STACK_SMASHED,   /* the probe's own stack protector fired, or it called abort() */
    OBSERVATION_UNRESOLVED,      /* called an undefined symbol that has no stub: harness `error` */
    OBSERVATION_NOT_STARTED,     /* its loader or runtime gave up on it: harness `error` */
    OBSERVATION_UNDEFINED_DATA,  /* went where undefined data points, nowhere: harness `error` */
    OBSERVATION_UNSUPPORTED,     /* valid instruction that the emulator lacks: harness `error` */
    OBSERVATION_HARNESS_FAILURE, /* the emulator failed: harness `error` */
    OBSERVATION_ENDS
};

/* Callee-saved registers that came back changed, one bit each, and other traces of the call. */
enum observation_state {
    OBSERVATION_BX_CHANGED = 1u << 0,
    OBSERVATION_BP_CHANGED = 1u << 1,
    OBSERVATION_SI_CHANGED = 1u << 2, /* where the ABI preserves it */
    OBSERVATION_DI_CHANGED = 1u << 3,
    OBSERVATION_R12_CHANGED = 1u << 4,
    OBSERVATION_R13_CHANGED = 1u << 5,
    OBSERVATION_R14_CHANGED = 1u << 6,
    OBSERVATION_R15_CHANGED = 1u << 7,
    OBSERVATION_DIRECTION_SET = 1u << 8,   /* the direction flag came back set */
    OBSERVATION_STACK_MOVED = 1u << 9,     /* the stack pointer is not where the ABI says */
    OBSERVATION_FRAME_CHANGED = 1u << 10,  /* the caller's stack above the frame was written */
    OBSERVATION_WROTE_FOREIGN = 1u << 11,  /* returned, but wrote outside its own memory */
    OBSERVATION_CLOCK_READ = 1u << 12,     /* RDTSC, RDTSCP, RDRAND or RDSEED was executed */
    OBSERVATION_ANSWER_MISSING = 1u << 13, /* the answer's memory was never written */
    OBSERVATION_IN_BOOT = 1u << 14,        /* ended in a `before` function: nothing was asked */
    OBSERVATION_XMM_CHANGED = 1u << 15,    /* one of XMM6 to XMM15, where the ABI preserves them */
    OBSERVATION_MXCSR_CHANGED = 1u << 16,  /* its control bits */
    OBSERVATION_X87_CHANGED = 1u << 17,    /* the control word, or a register left in use */
    OBSERVATION_SEGMENTS_CHANGED = 1u << 18, /* a segment register, or where FS or GS begins */
    OBSERVATION_FLAGS_CHANGED = 1u << 19,    /* AC, NT or IF */
    OBSERVATION_CONTROL_CHANGED = 1u << 20,  /* a control or debug register */
    OBSERVATION_REGISTERS_CHANGED = 0xffu | OBSERVATION_DIRECTION_SET | OBSERVATION_XMM_CHANGED |
                                    OBSERVATION_MXCSR_CHANGED | OBSERVATION_X87_CHANGED |
                                    OBSERVATION_SEGMENTS_CHANGED | OBSERVATION_FLAGS_CHANGED |
                                    OBSERVATION_CONTROL_CHANGED
};

struct observation {
    enum observation_end end;
    unsigned state;         /* enum observation_state, or-ed */
    uint64_t answer;        /* the answer's location, zero-extended; only when returned */
    uint64_t value;         /* the reported value, zero-extended; only when the probe reports one */
    uint64_t end_address;   /* where it ended when it did not return */
    uint64_t fault_address; /* the address read, written or fetched in vain */
    unsigned fault_argument; /* the argument, from 1, that led there: the target, or one that nobody
                                passes, with what its place happened to hold; 0: none */
    const char *end_name;   /* undefined symbol or mnemonic of the instruction; NULL: none. Lives as
                               long as the guest. */
    uint64_t cost; /* instructions executed, 32 more for each CPUID, 256 for each page first
                      written: about what the call costs the host */
    uint64_t extra; /* what it costs the host beyond that, in the same unit: stores, functions that
                       are provided, putting the stack back */
    uint64_t clock_address;                   /* of the first clock or random read */
    const struct cpuid_execution *boot_trace; /* since the boot, before this question */
    size_t boot_count;
    const struct cpuid_execution *trace; /* in this question, in order; follows boot_trace */
    size_t count;
};

/* The end in words, for reports: "returned", "read memory that is not there". */
const char *observation_end_text(enum observation_end end);

/* True when both read the same hypervisor leaves in the same order since the boot, whether ahead of
 * the question or in it (subleaves aside: a stale ECX has a rule of its own). */
bool observation_same_leaves(const struct observation *a, const struct observation *b);

/* The index in `trace` or -1: the first execution of `leaf` in this question. */
ptrdiff_t observation_find_leaf(const struct observation *observation, uint32_t leaf);

/* True when the leaf was executed since the boot, in this question or before it. */
bool observation_has_read(const struct observation *observation, uint32_t leaf);

#endif
