/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_GUEST_GUEST_H
#define HVSPEC_EMULATOR_GUEST_GUEST_H

#include "base/errors.h"
#include "emulator/cpuid/observation.h"
#include "emulator/guest/calls.h"
#include "emulator/image/image.h"

/*
 * A machine with an image loaded, ready to be called under a scripted CPUID and to be put back as
 * it was. The only module that knows Unicorn. One guest per process.
 */
enum guest_abi {
    GUEST_SYSV64,
    GUEST_MS64,
    GUEST_GO64, /* Go's own (ABIInternal) */
    GUEST_CDECL32,
    GUEST_REGPARM32,  /* -mregparm=3: EAX, EDX, ECX, then the stack */
    GUEST_STDCALL32,  /* the callee takes its arguments off the stack... */
    GUEST_FASTCALL32, /* ...of which the first two are in ECX and EDX... */
    GUEST_THISCALL32, /* ...or the first is in ECX */
    GUEST_CDECL16,    /* what -m16 makes of C: as in 32-bit code */
    GUEST_REGPARM16,
    GUEST_REGISTERS, /* no C ABI: the setup names each register; nothing is callee-saved */
    GUEST_FAR16,     /* the same, called from another segment: a far return */
    GUEST_ABIS
};

enum guest_place_kind {
    GUEST_NOWHERE,
    GUEST_REGISTER,
    GUEST_CARRY,     /* the carry flag */
    GUEST_ZERO,      /* the zero flag */
    GUEST_OUT,       /* the out buffer, `offset` bytes in */
    GUEST_MEMORY,    /* the image's memory, at `address` */
    GUEST_CALLBACK,  /* what the last call of the callback passed, argument `offset` */
    GUEST_CONTEXT,   /* the context buffer, `offset` bytes in */
    GUEST_FLOAT_X87, /* a floating-point result, as an integer: in st(0)... */
    GUEST_FLOAT_XMM  /* ...in xmm0, a double or, of four bytes, a float */
};

/* A place where an answer or an argument is. */
struct guest_place {
    enum guest_place_kind kind;
    unsigned reg;     /* by its encoding; GUEST_HIGH_BYTE is or-ed for AH, CH, DH and BH, GUEST_PAIR
                         for EDX above EAX, in which code of 32 and 16 bits returns eight bytes */
    unsigned offset;  /* bytes; GUEST_OUT: at most GUEST_OUT_SIZE - width; GUEST_REGISTER: from its
                         lowest; GUEST_CALLBACK: an index */
    unsigned width;   /* bytes: 1, 2, 4 or 8 */
    uint64_t address; /* GUEST_MEMORY */
};

#define GUEST_HIGH_BYTE 0x100u
#define GUEST_PAIR 0x200u
#define GUEST_OUT_SIZE 256u      /* bytes of the buffer that $out points to */
#define GUEST_STRING_MAX 255u    /* bytes of a string argument */
#define GUEST_CONTEXT_SIZE 4096u /* bytes of the buffer that $context points to */
#define GUEST_ARGUMENTS_MAX 12u
#define GUEST_ARGUMENT_REGISTERS_MAX 9u
#define GUEST_BUDGET_DEFAULT 100000u /* instructions in one call; real detection takes hundreds */
/* The stack that a call finds, in KiB, with its caller's frame: as a thread's, and in real mode. */
#define GUEST_STACK_KIB 512
#define GUEST_STACK_KIB_16 12
#define GUEST_PAUSE_INSTRUCTIONS 64u /* that a PAUSE counts for: about its cycles */
/* CPUIDs in one question, or in all that runs ahead of a boot's first; more is out of budget. */
#define GUEST_CPUIDS_MAX 8192u

/* What the ABIs want at a function's entry, and which bits it has to keep (System V psABI for
 * AMD64, 3.4.1, and for i386; Microsoft's x64 convention): exceptions masked, rounding to nearest,
 * and the x87 at its full precision. */
#define GUEST_MXCSR_AT_ENTRY 0x1f80u
#define GUEST_MXCSR_KEPT 0xffc0u
#define GUEST_X87_AT_ENTRY 0x37fu
#define GUEST_X87_KEPT 0xf3fu /* masks, precision, rounding */

enum guest_argument_kind {
    GUEST_ARGUMENT_TARGET,
    GUEST_ARGUMENT_OUT,
    GUEST_ARGUMENT_RESULT,   /* the same, for a structure that is returned through memory: where the
                                ABI says so (i386), the function takes it off the stack */
    GUEST_ARGUMENT_CONTEXT,  /* a buffer that is zero when a boot starts, and handed to `before` too
                              */
    GUEST_ARGUMENT_CALLBACK, /* a function that notes what it is called with, and returns 0 */
    GUEST_ARGUMENT_NUMBER,
    GUEST_ARGUMENT_STRING
};

struct guest_argument {
    enum guest_argument_kind kind;
    struct guest_place place; /* GUEST_REGISTERS only: which register */
    uint64_t number;          /* GUEST_ARGUMENT_NUMBER; GUEST_ARGUMENT_OUT: bytes into the buffer */
    const char *string;       /* GUEST_ARGUMENT_STRING; borrowed */
    bool is_wide; /* the function takes 64 bits, in 32-bit code in two words. Else the upper half of
                     a target's register is undefined, but for GUEST_REGISTERS */
};

struct guest_stub {
    const char *name; /* an undefined symbol; borrowed */
    uint64_t value;   /* what a call of it returns */
};

/* What becomes of an instruction that ends a call unless it is permitted. */
enum guest_permission {
    GUEST_FAULTS,
    GUEST_IGNORES, /* skipped: nothing changes */
    GUEST_ALLOWS,  /* executed */
    GUEST_ANSWERS  /* skipped, and what it reads is a number */
};

struct guest_permit {
    const char *name; /* one of guest_permit_names; borrowed */
    enum guest_permission permission;
    uint64_t value; /* GUEST_ANSWERS */
};

/* The words by which instructions are permitted, "wrmsr" or "cr". Returns how many. */
size_t guest_permit_names(const char *const **names);

/* Whether that makes sense of such an instruction: nothing can be read from "out". */
bool guest_permit_can(const char *name, enum guest_permission permission);

/* What most code wants of an instruction that ended a call with that end_name, "allow", and by
 * which word; NULL: it cannot be permitted. */
const char *guest_permit_advice(const char *name, const char **word);

struct guest_setup;
/* What a setup permits of an instruction that is forbidden otherwise, by its mnemonic and bytes;
 * NULL: nothing. */
const struct guest_permit *guest_permit_of(const struct guest_setup *setup, const char *mnemonic,
                                           const uint8_t *bytes, size_t size);
/* Whether one that is allowed changes anything at all. */
bool guest_permit_changes(const struct guest_permit *permit);

/* A register that an instruction that is answered reads into: so many of its low bytes, and what
 * lies above them is 0 where that is four, else as it was. */
struct guest_permit_read {
    unsigned reg, width;
    uint64_t value;
};
size_t guest_permit_reads(enum image_mode mode, const struct guest_permit *permit,
                          const uint8_t *bytes, unsigned length, struct guest_permit_read reads[2]);

/* What a byte of the out buffer holds ahead of each call. */
struct guest_byte {
    unsigned offset; /* in the buffer */
    uint8_t value;
};

/* Where in the out buffer the target is, for code that takes it by its address. */
struct guest_out_target {
    unsigned offset, width; /* bytes */
};

/* How to call a probe. Everything pointed to is borrowed and must outlive the guest. */
struct guest_setup {
    enum guest_abi abi;
    uint64_t entry;
    uint64_t seed; /* of what nobody has written (registers, stacks, the stack protector's word) and
                      of where stacks and buffers lie; 0 is as 1 */
    const uint64_t *before; /* called once per boot, in order, without arguments */
    size_t before_count;
    /* Which of `entry` and `before` are resolvers of indirect functions (GNU ifunc): what they
     * return is called instead. */
    const uint64_t *resolvers;
    size_t resolvers_count;
    const struct guest_argument *arguments;
    size_t arguments_count;
    struct guest_place answer, value; /* value GUEST_NOWHERE: none is reported */
    bool may_be_unwritten; /* the answer's place is watched: OBSERVATION_ANSWER_MISSING says exactly
                              that nothing was written there, in this call or, in the image's
                              memory, since the boot */
    const struct guest_byte *out_bytes; /* the rest of the buffer is garbage */
    size_t out_bytes_count;
    const struct guest_out_target *out_targets;
    size_t out_targets_count;
    const struct guest_stub *stubs;
    size_t stubs_count;
    const struct guest_permit *permits; /* what is not there faults */
    size_t permits_count;
    bool constructors; /* run the image's constructors behind resolvers, ahead of `before` */
    uint64_t budget;   /* instructions one call may execute; 0: GUEST_BUDGET_DEFAULT */
    uint64_t
        segment; /* where GS begins in 64-bit code, FS in 32-bit code; 0: at the thread's block */
    bool no_red_zone; /* built for a kernel, where interrupts use the stack right below its pointer
                       */
    /* How to start the process that the code runs in (process.h); NULL: it is called alone. */
    const struct process_start *process;
};

/* One call of the probe. */
struct guest_job {
    const struct cpuid_table *table;    /* borrowed until guest_run returns */
    const struct cpuid_change *changes; /* likewise */
    size_t changes_count;
    uint32_t target;  /* the leaf asked for */
    bool continues;   /* goes on in the boot of the job before it, same table and changes; else a
                         fresh boot: the image as loaded, then `before` */
    unsigned mark;    /* 0: a fresh boot; else one that goes on where guest_mark set that mark, in
                         the same table, changes and garbage */
    unsigned garbage; /* what the ABI leaves undefined: which bytes fill registers, dead stack and
                         the upper half of a 32-bit argument, and where the stack lies. Runs that
                         differ only here must not differ at all; 0 to GUEST_GARBAGES - 1 */
    bool interrupted; /* at each CPUID something else uses the stack below the stack pointer, and
                         below the ABI's red zone, as interrupts and signals may; see
                         guest_may_be_interrupted. Not in processes. */
    uint64_t litter;  /* 0: nothing. Else what lies in the dead stack ahead of the call, and in
                         registers that pass nothing, is drawn by this: the numbers below, the
                         target, the maximum, small ones, any; odd: one of them everywhere. Only
                         with GUEST_LITTERED as garbage, and not in processes. */
    const uint32_t *numbers; /* borrowed until guest_run returns */
    size_t numbers_count;
};
#define GUEST_GARBAGES 4u
#define GUEST_LITTERED 1u

/* Whether the setup's ABI says what lies below the stack pointer: without one, jobs that are
 * interrupted are like others. */
bool guest_may_be_interrupted(const struct guest_setup *setup);

struct guest;

/* NULL with errors noted: the engine failed, or the setup does not fit the image. Freed by
 * guest_free. */
struct guest *guest_new(const struct image *image, const struct guest_setup *setup,
                        struct errors *errors);
void guest_free(struct guest *guest);

/* Runs jobs in order and writes one observation each. Returns how many were done, at least 1 of
 * count > 0: fewer than `count` when the trace buffer is full; call again with the rest. The jobs
 * of a boot belong in one call, at most GUEST_BOOT_JOBS. The traces live until the next guest_run.
 *
 * A boot that is longer goes on where the first job continues: in the boot of the last job of the
 * call before, which must have returned; `boot_trace` then starts with this call. There, and only
 * there, 0 is returned when the boot has to be run again, because code that faults wants hooks or
 * more of the stack is mapped now: nothing of this call counts, and the caller starts over. */
size_t guest_run(struct guest *guest, const struct guest_job *jobs, size_t count,
                 struct observation *observations);
#define GUEST_BOOT_JOBS 64u

/* What runs since guest_new took for granted, in the order in which it was first met: addresses of
 * undefined data that nobody gave and that was read as zero, and of instructions whose result is
 * the machine's (DISASSEMBLY_MACHINE), the same in every run. Returns how many; *addresses lives as
 * long as the guest. */
#define GUEST_ASSUMED_MAX 64u
size_t guest_assumed(const struct guest *guest, const uint64_t **addresses);

/* Whether the code takes memory from a heap, which is small: right code may leave it to its caller
 * to give back. */
bool guest_has_heap(const struct guest *guest);

/* Whether something that the boot in hand wrote is there for its next call to read. Where nothing
 * is, a call does what the same call does in a fresh boot. */
bool guest_keeps(const struct guest *guest);

/* Marks where the boot in hand is, behind its last question, so that further boots may go on from
 * there (guest_job.mark): 1 to GUEST_MARKS. False: it keeps what cannot be kept for another one,
 * and no job may name that mark. */
#define GUEST_MARKS 2u
bool guest_mark(struct guest *guest, unsigned number);

/* Puts everything back as after guest_new, so that what follows cannot depend on what was run
 * before. Between two calls of a boot nothing is put back. */
void guest_reset(struct guest *guest);

/* Which code ran, for a search that is guided by it: blocks and the edges between them, by hash, so
 * that two may fall together. Zeroed by its owner. */
#define GUEST_COVERAGE_BITS 65536u
struct guest_coverage {
    size_t blocks, edges; /* seen so far */
    size_t rounds;   /* how often an edge was taken in one call, as far as it was new: code that
                        compares in a loop goes a round further for each part that is right */
    uint32_t newest; /* the call in which an edge was seen for the first time, last */
    uint64_t path;   /* hash of the edges in the order in which they ran; set by the owner */
    uint64_t block_bits[GUEST_COVERAGE_BITS / 64], edge_bits[GUEST_COVERAGE_BITS / 64],
        round_bits[GUEST_COVERAGE_BITS / 64];
    uint32_t call;                         /* that is noted */
    uint32_t call_of[GUEST_COVERAGE_BITS]; /* by edge: in which it was taken last... */
    uint8_t taken[GUEST_COVERAGE_BITS];    /* ...and how often */
};

/* Notes a block; `from` is where the path stands, 0 at the start of a call. */
void guest_coverage_add(struct guest_coverage *coverage, uint64_t *from, uint64_t address);

/* From now on notes what runs in `coverage`, which is borrowed; NULL: in nothing. */
void guest_cover(struct guest *guest, struct guest_coverage *coverage);

/* From now on notes who calls in `callers`, which is borrowed and zeroed by its owner; NULL: in
 * nothing. What is noted is the last guest_run's. */
void guest_note_callers(struct guest *guest, struct guest_callers *callers);

/* What code compared with what while it ran: disassembly_compares. Zeroed by its owner, who may
 * empty it between runs (guest_compared_clear). */
#define GUEST_COMPARED_MAX 512u
#define GUEST_COMPARED_TURNS 6u /* of one place that are noted, the first in a run */
struct guest_comparison {
    uint64_t address;
    uint64_t operands[2]; /* cut to the width */
    unsigned width;       /* bytes */
    unsigned turn;        /* the how manieth of its place in this run */
    bool is_test;         /* operands[1] are the bits that are looked at */
};
struct guest_compared {
    struct guest_comparison comparisons[GUEST_COMPARED_MAX];
    size_t count;
    uint8_t turns[1024]; /* by a hash of the place */
};
void guest_compared_clear(struct guest_compared *compared);

/* From now on notes comparisons in `compared`, which is borrowed; to be called once, ahead of the
 * first run. Such a guest is slower, and shows the same. */
void guest_note_comparisons(struct guest *guest, struct guest_compared *compared);

/* What the general registers (in the order of their encoding) and the arithmetic flags hold when
 * code at a watched address is about to run. In 16-bit and 32-bit code the first eight are there.
 */
#define GUEST_WATCHED_REGISTERS 16u
#define GUEST_WATCHED_STACK 4u       /* index of the stack pointer */
#define GUEST_WATCHED_FLAGS 0xcc5ull /* CF, PF, ZF, SF, DF, OF; nothing that is in use reads AF */
struct guest_passing {
    uint64_t address;
    uint64_t registers[GUEST_WATCHED_REGISTERS], flags;
    uint64_t stack; /* hash of the call's stack, from its red zone (128 bytes) on */
};

/* Places to watch. `pass` may change registers, not flags, and then returns true. With `noise` (not
 * 0: the seed) all of the image's own data that can be written and is no code is made random each
 * time, before `pass`. */
#define GUEST_WATCHED_MAX 8u
struct guest_watch {
    uint64_t addresses[GUEST_WATCHED_MAX];
    size_t addresses_count;
    bool (*pass)(void *context, struct guest_passing *passing);
    void *context;
    uint64_t noise;
};

/* Watches places in the code; to be called once, ahead of the first run, since code that was
 * translated is not watched. `watch` is borrowed. False: the engine refuses. */
bool guest_watch(struct guest *guest, const struct guest_watch *watch);

/* Whether the host gives what a guest's engine takes. False with an error noted that says what that
 * is. */
bool guest_room(struct errors *errors);

/* How many workers at once the host has room for, as far as this process may take it: at least 1
 * and at most `workers`. */
unsigned guest_room_for(unsigned workers);

/* Whether an undefined function of that name is there without a stub; see MANIFEST.md. */
bool guest_provides(const char *name);

/* One that is machine code, for code of a mode by the System V ABI, and hangs on nothing else. */
struct guest_code {
    const char *name, *bytes;
    size_t size;
};
/* False: there are not that many. */
bool guest_code_provided(enum image_mode mode, size_t index, struct guest_code *code);

/* "eax", "al", "rax+4", "rax:8", "cf", "zf", "out+4", "callback+1"... False: unknown, or not in
 * this mode. `width` of an out place and of a callback's argument is 4 unless the text says
 * otherwise
 * ("out+4:8" for eight bytes), of a part of a register what is left of it, at most 4. */
bool guest_place_parse(const char *text, enum image_mode mode, struct guest_place *place);

/* What a register or flag holds, cut to its width; `registers` in the order of their encoding. Of
 * GUEST_OUT and GUEST_NOWHERE 0. */
uint64_t guest_place_take(const struct guest_place *place,
                          const uint64_t registers[GUEST_WATCHED_REGISTERS], uint64_t flags);

/* The float (4 bytes) or double (8) that a vector register holds, as an integer: without its
 * fraction, but for one below 1 that is not 0, which is 1. */
uint64_t guest_float_take(const uint64_t bits[2], unsigned width);

/* How an ABI passes arguments and what it makes the callee keep. Registers by their encoding. */
struct guest_convention {
    const char *name; /* in manifests */
    enum image_mode mode;
    unsigned word; /* bytes of the return address, and of what an argument takes on the stack; 0: of
                      a register of the mode */
    unsigned registers[GUEST_ARGUMENT_REGISTERS_MAX], registers_count; /* of the first arguments */
    unsigned shadow; /* bytes that the caller leaves for the callee above the return address */
    bool pops;       /* the callee takes its arguments off the stack */
    bool wide_in_registers; /* i386: an argument of 64 bits goes in two registers where there are
                               two */
    bool is_go;
    struct {
        unsigned reg, state; /* state: the OBSERVATION_* bit of its loss */
    } kept[8];
    size_t kept_count;
};
const struct guest_convention *guest_convention(enum guest_abi abi);

/* By its name. False: there is none such; what has no C ABI is no name but for "far16". */
bool guest_abi_parse(const char *name, enum guest_abi *abi);

/* Whether it is a calling convention of C or its like: some registers are kept. */
bool guest_abi_is_c(enum guest_abi abi);

/* The machine code that runs in a guest where an undefined symbol, or one of the linker's helpers,
 * is called at `address`, and how many bytes of it are left; NULL: none, as the host does what is
 * to be done, a stub is to answer, or nothing is there. */
const uint8_t *guest_code_at(const struct image *image, const struct guest_setup *setup,
                             uint64_t address, size_t *available);

/* The thread's block, behind its pointer: what compilers know of it is never written, and where the
 * C library's errno is. */
#define GUEST_THREAD_KNOWN 0x40u
#define GUEST_THREAD_ERRNO 0x200u
#define GUEST_THREAD_SIZE IMAGE_PAGE

/* What constructors are given: a program's name at argv[0], no environment, both read-only. */
#define GUEST_START_ARGUMENTS 3u      /* argc, argv, envp */
#define GUEST_START_ENVIRONMENT 0x40u /* bytes from argv to envp, and from there to the name */
#define GUEST_START_NAME "hvspec"

/* Unicorn's version, "2.0.1". */
const char *guest_engine_version(void);

#endif
