/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_GUEST_STATE_H
#define HVSPEC_EMULATOR_GUEST_STATE_H

/* The guest: its memory, its engine, what each file keeps of it, and the limits of all that. */
#include "emulator/decode/disassembly.h"
#include "emulator/engine/engine.h"
#include "emulator/guest/guest.h"

/* General registers in the order of their encoding. */
enum guest_register {
    GUEST_AX,
    GUEST_CX,
    GUEST_DX,
    GUEST_BX,
    GUEST_SP,
    GUEST_BP,
    GUEST_SI,
    GUEST_DI,
    GUEST_R8,
    GUEST_R9,
    GUEST_R12 = 12,
    GUEST_R13,
    GUEST_R14,
    GUEST_R15,
    GUEST_REGISTERS_MAX
};

/* The harness's own areas, one after the other in an address range that the image leaves free. */
struct guest_layout {
    uint64_t code_base; /* of CS; 0 except in 16-bit code */
    uint64_t trap;      /* page with the code every call returns to; executable only */
    uint64_t slot;      /* page with the addresses that the trap jumps to; readable only */
    uint64_t exit;      /* never mapped: where a batch ends */
    uint64_t gdt;
    uint64_t tls, thread; /* the thread's variables, and what its pointer points to behind them */
    uint64_t heap;        /* 0: nobody takes memory from it */
    uint64_t context; /* the context buffer, and behind it a goroutine, where somebody wants them */
    uint64_t out, strings;
    uint64_t
        start; /* what constructors are given: pointers to one argument and to no environment */
    uint64_t stacks;
    uint64_t end;
};

/* The stack that calls with one kind of garbage run on. */
struct guest_stack {
    uint64_t first, end;
    uint64_t open;  /* in use from here on; below it nothing is filled or mapped yet */
    uint64_t bits;  /* of the stack pointer in its page that differ from the first stack's */
    uint64_t lower; /* bytes, below a page: how much lower the call in hand starts */
    uint8_t *host;  /* live memory */
    uint8_t *fill;  /* what lies in it ahead of a call, from `open` on */
};

struct guest_region {
    uint64_t address;
    size_t size;
    unsigned permissions; /* ENGINE_MAY_* */
    uint8_t *host;        /* live memory */
    uint8_t *pristine;    /* what a fresh boot finds there; NULL: read-only, or kept elsewhere */
    uint64_t own_first, own_last;
    bool is_image;
};
#define GUEST_REGIONS_MAX 64u

/* One translated block that was seen: what running it costs and whether it needs care. */
struct guest_block {
    uint64_t address; /* 0: empty */
    uint64_t hash;    /* of its bytes, where the code can change */
    uint64_t version; /* of all code that can change, when the hash was last looked at */
    uint64_t cpuid;   /* where its only CPUID is; 0: it has none or several, or it can change */
    uint32_t size;
    uint16_t pushes, stores; /* instructions: that push, that may write memory in any way */
    uint32_t instructions;   /* as they count against the budget */
    bool changes_system, can_change;
    bool writes; /* to memory in other ways than by pushing */
    bool steady; /* changes nothing but general registers and flags, from them and from memory */
};

/* Bits of the flags register that are due: those in `mask` become as in `flags`. mask 0: none. */
struct guest_flags {
    uint64_t mask, flags;
};

/* Where a loop may turn without an end (endless.c). */
struct guest_endless {
    int64_t look;     /* budget below which each block is looked at */
    uint64_t address; /* of the block whose return is waited for; 0: none */
    unsigned blocks;  /* since then */
    uint64_t state[GUEST_REGISTERS_MAX + 1];
};

/* Instructions with a hook of their own; a range where it is not known where they begin. */
struct guest_special {
    uint64_t first, last;
    struct engine_hook *hook;
    struct guest *guest;
    struct disassembly_access access;         /* alignment 0: any instruction that needs care */
    struct disassembly_comparison comparison; /* width 0: it is not noted for that */
};
#define GUEST_PLAIN 1024u
#define GUEST_SPECIALS_MAX 1024u /* more than the engine puts in one block */
#define GUEST_BLOCKS 8192u       /* a power of two */

struct guest_provided; /* guest/provided.h */

/* An indirect function. */
struct guest_indirect {
    uint64_t resolver;
    uint64_t slot;     /* where the function's address goes; 0: nowhere */
    uint64_t function; /* that address; 0: the resolver has failed */
};

#define GUEST_FLAGS_ARITHMETIC 0x8d5u
#define GUEST_FLAGS_INTERRUPTS 0x200u
#define GUEST_FLAGS_DIRECTION 0x400u

/* What decides how the floating-point instructions work. */
struct guest_control {
    uint32_t mxcsr;
    uint16_t x87, tags; /* control word; which registers are in use */
};

/* What belongs to the system, and a call has to leave as it was: segment registers, where FS and GS
 * begin, control and debug registers. */
#define GUEST_SYSTEM_SEGMENTS 8u
#define GUEST_SYSTEM_MAX 16u
struct guest_system {
    uint64_t values[GUEST_SYSTEM_MAX]; /* segments first */
};

/* What is known of undefined data; see guest/undefined.c. */
struct guest_undefined {
    uint8_t *written; /* a bit for each byte that was written since the boot; NULL: there is none */
    size_t written_size;
    bool is_written;
    uint64_t reads[GUEST_ASSUMED_MAX]; /* see guest_assumed */
    size_t reads_count;
    uint64_t pointer; /* the last word read so in this call; 0: none */
    char *names[GUEST_ASSUMED_MAX];
    size_t names_count;
};

/* The arena of malloc; see guest/heap.c. */
#define GUEST_HEAP_SIZE 0x100000u
#define GUEST_HEAP_PIECES 16384u /* boots ask thousands of questions: each may take one */
struct guest_heap {
    struct guest_heap_piece {
        uint32_t offset, size;
        bool is_used;
    } pieces[GUEST_HEAP_PIECES];
    size_t count;
    uint32_t reserved; /* bytes at its end that are no part of it */
};

/* callers.c: the calls that are open. */
struct guest_nested {
    struct guest_callers *into; /* NULL: nobody asked */
    struct guest_calls calls;
    uint64_t end; /* of the block before the one that runs; 0: none in this call */
};

/* What a boot had written when it was marked; see guest/mark.c. */
#define GUEST_MARK_PAGES 16u
struct guest_mark {
    uint64_t pages[GUEST_MARK_PAGES];
    uint8_t bytes[GUEST_MARK_PAGES][IMAGE_PAGE];
    size_t pages_count;
    uint64_t token;
    unsigned clock_ticks;
    bool answer_written;
};

/* batch.c: the runs that are asked for, and where they are. */
struct guest_batch {
    const struct guest_job *jobs;
    struct observation *observations;
    size_t jobs_count, job;
    size_t boot_job;   /* the first one of the boot in hand */
    bool is_continued; /* the first job's boot began in the batch before */
    bool starts_over;  /* and has to be run again from there */
    size_t call;       /* index in `calls`; calls_count: the question itself */
    bool in_call;
};

/* batch.c: what constructors and `before` showed, noted for the boot's first question. */
struct guest_boot_notes {
    unsigned state;
    uint64_t cost, extra, fault_address, clock_address;
};

/* hooks.c: the CPUIDs of the batch. */
struct guest_trace {
    struct cpuid_execution *list;
    size_t count, boot, call; /* of all; at the start of the boot and of the call in hand */
    size_t limit;             /* what the count may reach in this call */
};

/* call.c: registers ahead of a call and behind it. */
struct guest_registers {
    uint64_t fills[GUEST_GARBAGES][GUEST_REGISTERS_MAX];
    uint64_t entry[GUEST_REGISTERS_MAX]; /* as at the call's entry */
    unsigned written;                    /* a bit for each that each call is given... */
    enum engine_register set_ids[GUEST_REGISTERS_MAX]; /* ...and those */
    void *set_pointers[GUEST_REGISTERS_MAX];
    size_t set_count;
    /* What is read when a call comes back, and where it goes. */
    enum engine_register after_ids[GUEST_REGISTERS_MAX + 6];
    void *after_pointers[GUEST_REGISTERS_MAX + 6];
    size_t after_count;
    uint64_t after[GUEST_REGISTERS_MAX], after_flags;
};

_Static_assert(GUEST_REGISTERS_MAX + 6 <= ENGINE_BATCH, "read at once");

/* memory.c: what was written of the image's memory since the boot. */
struct guest_dirty {
    uint8_t *bits; /* one a page of the writable regions, in region order */
    uint64_t *pages;
    size_t count, capacity;
    size_t before;        /* pages dirty ahead of the call */
    uint64_t first, last; /* the writable regions' extent */
};

/* special.c: instructions that have hooks of their own. */
struct guest_specials {
    struct guest_special list[GUEST_SPECIALS_MAX];
    size_t count;
    bool full;
    /* Addresses + 1, by their low bits, where hooks find nothing to do. */
    uint64_t plain[GUEST_PLAIN];
};

/* blocks.c: the code that was met, and the block of it that runs. */
struct guest_running {
    struct guest_block *blocks;
    size_t blocks_count;
    uint64_t version; /* counts changes of code that can change */
    uint64_t address;
    uint32_t size;
    uint64_t cpuid;       /* the only place in the block where a CPUID can be; or 0 */
    uint64_t instruction; /* the last one that a block or special hook saw */
};

/* hooks.c: why the call in hand came to an end, and what else was seen of it. */
struct guest_seen {
    enum observation_end end;
    const char *end_name;
    uint64_t fault_address, clock_address;
    unsigned state;
    uint64_t end_address; /* 0: the program counter's */
    bool faulted;         /* memory was read or written in vain */
    bool stack_opened;
    /* What the blocks that ran may have written, besides what hooks watch. */
    size_t pushed;    /* words pushed */
    bool wrote;       /* anything else */
    uint64_t stores;  /* to memory that is watched */
    uint64_t storing; /* instructions that may write memory */
    uint64_t provided; /* calls of undefined functions */
};

/* hooks.c: the engine was stopped only to be started again. */
struct guest_again {
    bool wanted;
    uint64_t address;
    bool retranslates; /* the block there has new hooks */
    bool repairs;      /* the instruction there is due in the engine's place */
    bool redirected;   /* the stop at a fault is no end */
    struct guest_flags flags;
};

struct guest {
    struct engine *engine;
    struct engine_state *states[GUEST_GARBAGES]; /* registers as after guest_new, by garbage... */
    unsigned context;                            /* ...and whose was loaded last */
    struct disassembly *disassembly;
    const struct image *image;
    const struct guest_setup *setup;
    unsigned word; /* bytes of a register: 2, 4 or 8 */

    struct guest_layout layout;
    struct guest_region regions[GUEST_REGIONS_MAX];
    size_t regions_count;
    struct guest_dirty dirty;
    uint8_t *trap, *slot, *out; /* host memory of those areas */
    uint8_t out_fill[GUEST_GARBAGES][GUEST_OUT_SIZE];
    struct guest_stack stacks[GUEST_GARBAGES], *stack; /* the one in use */
    uint8_t *thread;                                   /* host memory of the thread's page */
    uint8_t thread_pristine[IMAGE_PAGE];
    uint8_t *tls_pristine, *heap_pristine, *context_pristine; /* NULL: there is no such memory */
    bool thread_open;                                         /* it can be written: it was tried */
    struct guest_heap heap;
    struct guest_mark marks[GUEST_MARKS];
    struct guest_undefined undefined;
    uint64_t token; /* where strtok goes on; 0: nowhere */

    bool uses_out, uses_callback, uses_context, pops_result;
    unsigned back_size; /* bytes of a return address */
    uint64_t *strings;  /* guest addresses of string arguments, per argument */
    const struct guest_provided **imports;
    uint64_t *calls; /* resolvers, constructors, then `before`: called once per boot */
    size_t calls_count, resolving_count;
    struct guest_indirect *indirects; /* the image's, then the setup's */
    size_t indirects_count;

    struct guest_batch batch;
    struct guest_boot_notes boot;
    struct cpuid_view view;
    struct guest_trace trace;
    struct guest_running code;
    struct guest_specials specials;
    unsigned trap_entered; /* whose garbage's entry of the trap the call returned to */
    bool at_trap;          /* the block that runs is an entry of the trap */
    bool trap_crossed;     /* the trap jumps to another entry's loads next */
    bool at_callback;      /* the block that runs is the callback */

    /* The call in hand. */
    struct guest_registers registers;
    uint64_t stack_pointer; /* at its entry */
    uint64_t frame_end;     /* first stack byte above its arguments */
    size_t popped;          /* bytes that it takes off the stack */
    int64_t budget;
    struct guest_endless endless;
    unsigned clock_ticks;
    struct guest_seen seen;
    struct guest_again again;
    bool answer_written; /* see setup->may_be_unwritten; and whether the callback was called */
    uint64_t callback_values[2]; /* of the answer, of the value */
    uint64_t x87_result;
    bool has_x87_result;

    /* As after guest_new, and whether the boot in hand may have changed it. */
    uint64_t flags;
    struct guest_control control;
    struct guest_system system;
    bool changed_system;

    /* What somebody asked to be told besides; NULL: nobody did. */
    struct guest_compared *compared;
    const struct guest_watch *watch;
    uint64_t watch_noise; /* state of its random numbers */
    struct guest_nested nested;
    struct guest_coverage *coverage;
    uint64_t covered; /* the block before the one that runs; 0: none in this call */
};

/* Instructions that one call may execute. */
static inline int64_t guest_budget(const struct guest *guest) {
    return (int64_t)(guest->setup->budget ? guest->setup->budget : GUEST_BUDGET_DEFAULT);
}

/* Each job of a run may be a boot of its own, with constructors and `before` ahead of it. The
 * memory is touched as far as it is used. */
#define GUEST_TRACE_MAX (GUEST_BOOT_JOBS * 2 * GUEST_CPUIDS_MAX)
#define GUEST_STACK_SIZE (GUEST_STACK_KIB * 1024u)
#define GUEST_STACK_SIZE_16 (GUEST_STACK_KIB_16 * 1024u)
#define GUEST_AREA_SIZE 0x8000000u /* of the stacks and the rest; a power of two */
/* Unmapped below a stack, so that a frame that is far too large ends there; a page in 16-bit code.
 * What is near is the stack's end even while the stack pointer has not gone there. */
#define GUEST_GUARD_SIZE 0x1000000u
#define GUEST_GUARD_NEAR 0x10000u
#define GUEST_RECURSION_DEPTH 0x10000u /* bytes of stack in use: see guest_stack_recurses */
#define GUEST_RECURSION_CALLS 16u
/* Bytes of the caller's frame above the arguments that are checked; what fills the out buffer's
 * page ahead of the buffer. */
#define GUEST_FRAME_SIZE 512u
#define GUEST_OUT_PADDING 0xa5
#define GUEST_PUSH_MAX 8u /* bytes that one instruction pushes */

#endif
