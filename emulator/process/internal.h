/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_PROCESS_INTERNAL_H
#define HVSPEC_EMULATOR_PROCESS_INTERNAL_H

/* What the files of the process module share; nobody else includes this. */
#include "emulator/decode/disassembly.h"
#include "emulator/engine/engine.h"
#include "emulator/process/files.h"
#include "emulator/process/memory.h"
#include "emulator/process/process.h"

/* The map of the address space, below 2^47; the rest is the machine's. The program's own arena lies
 * where the program does. */
#define PROCESS_STACK_SIZE 0x800000ull
#define PROCESS_BRK_SIZE 0x10000000ull
#define PROCESS_HEAP_KEPT 0x100000ull /* of it, accessible whether it is in use or not */
#define PROCESS_PROGRAM_SIZE_MAX 0x20000000ull
#define PROCESS_SYSTEM_PAGE 0x7ffffff00000ull /* descriptors, and the way into ring 3 */
#define PROCESS_LANDING 0xfffff000ull         /* where that ends */
#define PROCESS_NOWHERE 0x7ffffffff000ull     /* never mapped: where a run would end */
#define PROCESS_MAPPED_MAX 0x40000000ull      /* bytes that are accessible at a time */

#define SYSTEM_NUMBERS 512u /* system calls are below */
#define PROCESS_DESCRIPTORS 64u
#define PROCESS_THREADS 64u
#define PROCESS_SIGNALS 65u
#define PROCESS_EVENTS_MAX 1000000u /* system calls and CPUIDs in one run */
#define PROCESS_COMPLAINT_MAX 1024u
#define PROCESS_COMPLAINT_SHOWN 300u /* characters of it that are told */
#define PROCESS_NAME_MAX 512u        /* of an end, with what the process said */
#define PROCESS_QUANTUM 1000000      /* instructions until another thread may run */

/* What kind of machine code a program is of (machine.c). */
struct process_machine {
    enum image_mode mode;
    unsigned class, elf_machine;  /* of its file's header */
    unsigned word;                /* bytes of a pointer, and of a long */
    const char *name;             /* what uname calls it, and its loader */
    uint64_t map_first, map_size; /* mmap, from its end downwards, and the stack */
    const char *maps;             /* /proc/self/maps: where that is */
    unsigned code_selector;       /* of ring 3 */
    const enum engine_register *arguments;         /* the six registers of a system call's */
    /* Lays a handler's frame on the stack of the thread in hand; false: there is no room. */
    bool (*signal_push)(struct process *process, int number, int code, uint64_t address);
    /* Takes its registers, mask and process->pc from there again; false: nothing is there. */
    bool (*signal_return)(struct process *process);
};

enum process_descriptor_kind {
    DESCRIPTOR_CLOSED,
    DESCRIPTOR_FILE,
    DESCRIPTOR_INPUT, /* always at its end */
    DESCRIPTOR_OUTPUT,
    DESCRIPTOR_ERROR,  /* standard error: dropped */
    DESCRIPTOR_NULL,   /* /dev/null */
    DESCRIPTOR_RANDOM, /* /dev/urandom */
    DESCRIPTOR_EVENT,  /* eventfd */
    DESCRIPTOR_EPOLL,
    DESCRIPTOR_PIPE_READ,
    DESCRIPTOR_PIPE_WRITE
};

struct process_descriptor {
    enum process_descriptor_kind kind;
    /* Index of files, pipes or events, or the number of an epoll; O_* as x86-64 has them. */
    unsigned file, flags;
    uint64_t offset;
};

/* What descriptors lead to that has content of its own (system_events.c). One is free where no
 * descriptor leads to it. `changes` counts what happened to it, for epolls that tell only of that.
 */
#define PROCESS_PIPES 4u
#define PROCESS_PIPE_SIZE 4096u
#define PROCESS_EVENTS 16u
#define PROCESS_WATCHES 32u

struct process_pipe {
    unsigned changes;
    uint32_t first, size; /* of what is in it: a ring */
    uint8_t bytes[PROCESS_PIPE_SIZE];
};

struct process_event_count {
    unsigned changes;
    bool is_semaphore;
    uint64_t count;
};

struct process_watch {
    unsigned epoll; /* 0: none */
    unsigned descriptor, mask, told;
    uint64_t data;
};

/* setitimer's three. */
#define PROCESS_TIMERS 3u

struct process_timer {
    uint64_t due, interval; /* nanoseconds on the clock; due 0: not set */
};

#define PROCESS_SEGMENTS 3u /* of each thread, for data of its own: set_thread_area */

/* THREAD_EVENT: its system call is made again when something has happened. */
enum process_thread_state { THREAD_NONE, THREAD_READY, THREAD_FUTEX, THREAD_SLEEPS, THREAD_EVENT };

struct process_thread {
    enum process_thread_state state;
    unsigned id;
    uint64_t pc;       /* of the next instruction; the rest is in a context of the engine */
    uint64_t futex;    /* address that it waits at */
    uint32_t bits;     /* of the wait */
    uint64_t wake;     /* time in nanoseconds; UINT64_MAX: never */
    int64_t timed_out; /* what the system call returns then */
    bool waits, woken; /* its result is still to come; by another thread, not by time */
    bool restarts;     /* THREAD_EVENT: a signal may let it wait on */
    uint64_t deadline; /* THREAD_EVENT, of the call that is made again; 0: none was made */
    bool suspended;    /* sigsuspend: `suspended_mask` comes back with the handler */
    uint64_t suspended_mask;
    uint64_t clear_id;          /* address to be cleared and woken at the thread's end; 0: none */
    uint64_t mask, pending;     /* signals, bit number - 1 */
    uint64_t stack, stack_size; /* sigaltstack; size 0: none */
    /* Segments that it asked for, as the processor has them; 0: none. */
    uint64_t segments[PROCESS_SEGMENTS];
};

struct process_action {
    uint64_t handler, flags, restorer, mask;
};

/* The call of a library's function in hand. */
struct process_call {
    size_t index;   /* of `before`; then the question */
    uint64_t stack; /* pointer as the function finds it */
    uint64_t stub_stack;
    unsigned passed;     /* bytes of arguments on the stack */
    unsigned garbage;    /* what registers and the frame were filled with */
    bool resolves;       /* an indirect function's resolver runs */
    unsigned boot_state; /* what `before` did: enum observation_state, or-ed */
    uint16_t control;    /* of the x87 */
    uint32_t vectors;    /* MXCSR */
};

/* The calls that are open, and those at the CPUIDs so far (callers.c). */
struct process_nested {
    struct guest_calls calls;
    uint64_t end; /* of the block before the one that runs */
    struct guest_callers callers;
};

/* All of a process but its registers and its memory; kept by assignment. */
struct process_state {
    uint64_t brk_first, brk; /* the heap */
    uint64_t map_next;       /* mappings lie from here upwards */
    uint64_t mapped;         /* accessible bytes */
    struct process_descriptor descriptors[PROCESS_DESCRIPTORS];
    struct process_thread threads[PROCESS_THREADS];
    unsigned current, threads_alive, last_id;
    int64_t quantum;  /* instructions until another thread may run */
    uint64_t pending; /* signals that any thread may take */
    struct process_timer timers[PROCESS_TIMERS];
    unsigned last_epoll;
    struct process_watch watches[PROCESS_WATCHES];
    struct process_event_count counts[PROCESS_EVENTS];
    struct process_pipe pipes[PROCESS_PIPES];
    struct process_action actions[PROCESS_SIGNALS];
    uint64_t clock; /* nanoseconds since the start, but for the instructions */
    uint64_t random;
    size_t output_size;
    unsigned events; /* system calls and CPUIDs so far */
    bool asked;      /* a hypervisor leaf was read, or the call of a library's function begun */
    bool began;      /* the program's own code runs: main */
    uint64_t instructions, cost_before;
    unsigned calls;                       /* of the system */
    uint64_t kinds[SYSTEM_NUMBERS / 64u]; /* which of them, bits by number */
    /* Executions; those from `began` on; those of the question in hand. */
    size_t trace_count, trace_own, trace_call;
    struct process_call call;
    struct process_nested nested;
    unsigned refused; /* number + 1 of the first system call that is not there */
    char complaint[PROCESS_COMPLAINT_MAX]; /* standard error, its beginning; not terminated */
    size_t complaint_size;
};

/* What a run asked CPUID so far, each question once. */
struct process_query {
    uint32_t leaf, subleaf;
    struct cpuid_values values;
};
#define PROCESS_QUERIES_MAX 96u

struct process_queries {
    size_t count;
    bool overflow;
    struct process_query queries[PROCESS_QUERIES_MAX];
};

/* State kept from earlier runs (snapshot.c), how runs ended (memo.c). */
struct process_snapshots;
struct process_memo;
struct process_ending;

struct process {
    struct engine *engine;
    const struct process_machine *machine;
    unsigned word;        /* bytes of a long in structures of the system call in hand */
    uint8_t *system_page; /* PROCESS_SYSTEM_PAGE on the host */
    const struct image *image;
    const struct guest_setup *setup;
    const struct process_start *start;
    struct memory memory;
    struct process_state state;
    struct files files;
    struct engine_state *contexts[PROCESS_THREADS]; /* of threads that do not run */
    struct engine_state *scratch;
    char output[PROCESS_OUTPUT_MAX + 1];
    uint64_t loader_first, loader_last; /* where its loader lies; 0: it has none */
    uint64_t entry, main;               /* of the program's own code */
    uint8_t *stub_bytes; /* the program that calls a library; owned. NULL: a program of its own */
    size_t stub_size;
    uint64_t stub;                  /* address of its first system call */
    uint64_t code_first, code_last; /* where the code under test lies */
    uint64_t call_area;             /* out buffer and texts */
    unsigned call_state;
    uint64_t call_value;
    uint64_t stack_top;   /* end of the first stack */
    uint64_t bind_now;    /* address of the byte that has its loader bind early; 0: it does not */
    uint64_t target_page; /* where the arguments with the target lie; 0: none has it */
    /* The run in hand. */
    struct cpuid_view view;
    uint32_t target;
    unsigned garbage;
    uint64_t pc; /* where the engine is to start */
    int64_t budget;
    enum observation_end end;
    bool ended, stops; /* stops: the engine is on its way out, for the thread in hand */
    bool reschedules;
    uint64_t status; /* exit status */
    int signal;      /* that ended it; 0: none */
    uint64_t end_address, fault_address;
    char end_name[160];
    char (*names)[PROCESS_NAME_MAX]; /* of the ends of a batch's observations */
    size_t names_count;
    char dead_name[PROCESS_NAME_MAX];
    uint64_t block;
    uint32_t block_size;
    uint64_t
        resumes_at; /* in the midst of a block that was counted when its state was kept; 0: no */
    uint64_t clock_hook; /* address of the RDTSC that is about to run */
    struct process_queries queries;
    struct cpuid_execution *trace;
    size_t trace_first, trace_used; /* of this run in the buffer; of all of them */
    uint64_t covered;
    struct guest_coverage *coverage;
    struct guest_callers *callers; /* NULL: nobody asked */
    struct process_compared *compared; /* likewise; compared.c */
    uint64_t cost;                 /* of all runs */
    bool fresh;
    bool job_ends;           /* nothing is asked on in the same process */
    struct observation dead; /* what further questions see, when the process has died */
    struct process_snapshots *snapshots;
    struct process_memo *memo;
    uint64_t *specials; /* addresses that are hooked */
    size_t specials_count;
    bool repairs; /* the engine is on its way out for the instruction at pc, which it gets wrong */
    struct disassembly *disassembly;
};
#define PROCESS_TRACE_MAX (4u * GUEST_CPUIDS_MAX)

/* machine.c. NULL: no such programs can be run. */
const struct process_machine *process_machine_of(enum image_mode mode);

/* load.c: the program, its loader and the first stack, as execve leaves them. */
bool process_load(struct process *process, struct errors *errors);
/* The code under test as the image has it, where it is mapped. */
void process_put_code(struct process *process);
/* Writes the target into the arguments. */
void process_set_target(struct process *process, uint32_t target);

/* engine.c: the engine and what it calls. */
bool process_engine_open(struct process *process, struct errors *errors);
void process_engine_close(struct process *process);
void process_engine_run(struct process *process);
void process_end(struct process *process, enum observation_end end, const char *name);
/* The engine is to leave; the thread goes on at process->pc. */
void process_stop(struct process *process);
uint64_t process_register(struct process *process, enum engine_register id);
void process_register_set(struct process *process, enum engine_register id, uint64_t value);

/* special.c. In code that is about to be mapped: what is to be done in the engine's place is found.
 */
void process_code_scan(struct process *process, uint64_t address, const uint8_t *bytes,
                       uint64_t size);
/* The engine stopped at an instruction that it lacks. True: it is done now, and the process goes
 * on. */
bool process_missing(struct process *process);
/* The engine stopped ahead of one that it gets wrong. False: it did not. */
bool process_repair(struct process *process);

/* segment.c. False: the engine does not enter ring 3. */
bool process_enter_user(struct process *process);
/* Has the segments of the thread in hand be those that its code can load. */
void process_segments_show(struct process *process);

/* stub.c: the program that calls a library's functions; the caller frees. NULL: out of memory, or
 * the library is broken. */
struct load_file;
uint8_t *process_stub_make(const char *path, const struct load_file *library, size_t *size);
uint64_t process_stub_call(uint64_t bias);
/* Where the stub lies, from where its first system call does. */
uint64_t process_stub_base(uint64_t call);
/* Has a symbol be found that hvspec provides: changes the stub from *first on, *size bytes. False:
 * it does not, or it is found already. */
bool process_stub_provide(const struct process_machine *machine, uint8_t *stub, const char *name,
                          uint64_t *first, size_t *size);

/* remedy.c. The symbol that a loader misses, of its own words: glibc's, and musl's. False: it
 * misses none. */
bool process_missing_symbol(const char *words, char *symbol, size_t size);
/* The process did not start. True: what it lacks has been seen to, and it is worth another try. */
bool process_remedy(struct process *process, const struct observation *observation);

/* call.c: calls of a library's functions. */
bool process_call_area(struct process *process);
bool process_call_asks(const struct process *process, uint64_t address);
/* A system call at `address`. False: it is an ordinary one. */
bool process_call(struct process *process, uint64_t address);
bool process_call_is_question(const struct process *process);
/* The answer, and what the calls did. */
void process_call_record(const struct process *process, struct observation *observation);
/* Asks on in the same process. */
void process_call_again(struct process *process);

/* callers.c: a block is about to run; a CPUID of the program's own code, by its number from the
 * code's first one on; the run is over, and so many CPUIDs ahead of these are part of its trace.
 * Those that a question begins with, and what is shown of a run. */
void process_callers_block(struct process *process, uint64_t address, uint32_t size);
void process_callers_begin(struct process *process);
void process_callers_cpuid(struct process *process, size_t index);
void process_callers_end(struct process *process, size_t before);
void process_callers_show(struct process *process, const struct guest_callers *callers);

/* process.c: instructions that a question may execute. */
uint64_t process_question_budget(const struct process *process);

/* compared.c: a block is about to run. Whether the run that is over met comparisons that were not
 * noted yet, and is to be made again. */
void process_compared_block(struct process *process, uint64_t address, uint32_t size);
bool process_compared_again(struct process *process);
void process_compared_close(struct process *process);

/* complaint.c: what a process says of its own end. */
void process_keep_complaint(struct process *process, const uint8_t *bytes, uint64_t size);
/* One printable line of it, without the path of the folder that the code lies in; "": it said
 * nothing. */
void process_complaint(const struct process *process, char text[PROCESS_NAME_MAX]);
/* How the run in hand ended, with what explains it; "": nothing does. */
void process_name_end(const struct process *process, char text[PROCESS_NAME_MAX]);

/* system.c. `address` is the instruction's. */
void process_system_call(struct process *process, uint64_t address);
/* Number and name of a system call, "ptrace (101)". */
const char *process_system_name(const struct process *process, unsigned number, char *text,
                                size_t size);

/* snapshot.c */
bool process_snapshots_open(struct process *process);
void process_snapshots_close(struct process *process);
/* Puts the process where its job can start. False: `observation` is filled, nothing has to run. */
bool process_begin(struct process *process, struct observation *observation);
/* From now on every start finds these bytes at an address, in pages that are there from the
 * beginning; everything kept is forgotten. */
void process_amend(struct process *process, uint64_t address, const void *bytes, size_t size);
/* A system call or CPUID is about to happen at `address`; `asks`: it is the first that the answer
 * may hang on. */
void process_event(struct process *process, uint64_t address, bool asks);
/* Notes what CPUID answered. */
void process_query(struct process *process, const struct cpuid_execution *execution);
/* The run is over. */
void process_keep(struct process *process, const struct observation *observation);

/* memo.c: endings, and which of them is known. */
/* NULL: out of memory. */
struct process_ending *process_ending_make(const struct process *process,
                                           const struct observation *observation);
void process_ending_free(struct process_ending *ending);
/* As if the run had just been made. */
void process_ending_show(struct process *process, const struct process_ending *ending,
                         struct observation *observation);
/* False: out of memory. */
bool process_memo_open(struct process *process);
void process_memo_close(struct process *process);
/* How the job ends that goes on from the kept state; NULL: it has to be run. */
const struct process_ending *process_memo_find(struct process *process, uint32_t state);
/* The run in hand begins at a kept state; asks CPUID; is over, and its end named in `name` where it
 * is not as an earlier one's; is none of these. */
void process_memo_begin(struct process *process, uint32_t state);
void process_memo_answer(struct process *process, const struct cpuid_execution *execution);
void process_memo_end(struct process *process, char name[PROCESS_NAME_MAX],
                      struct observation *observation);
void process_memo_leave(struct process *process);

/* thread.c */
void process_switch(struct process *process);
/* Something has happened that threads may wait for: their system calls are made again. */
void process_wake_events(struct process *process);
/* A signal comes to a thread that may wait: it goes on. */
void process_interrupt(struct process *process, struct process_thread *thread, int number);
/* The earliest timer; 0: none is set. */
uint64_t process_timers_due(const struct process *process);
/* Sends the signals of timers whose time has come. */
void process_timers_fire(struct process *process, uint64_t now);
unsigned process_futex_wake(struct process *process, uint64_t address, unsigned count,
                            uint32_t bits);

/* system_times.c */
uint64_t process_now(struct process *process);
uint64_t process_counter(struct process *process);

/* signal.c */
void process_signal(struct process *process, int number, int code, uint64_t address);
/* A signal to one thread; NULL: to the process. */
void process_signal_send(struct process *process, struct process_thread *thread, int number);
bool process_signal_is_ignored(const struct process *process, int number);
/* What is pending for the thread in hand and not blocked. */
uint64_t process_signals_waiting(const struct process *process);
/* Delivers what is pending for the thread in hand. */
void process_signals_deliver(struct process *process);
void process_signal_return(struct process *process);
/* signal_frame.c */
bool process_signal_push_wide(struct process *process, int number, int code, uint64_t address);
bool process_signal_push_narrow(struct process *process, int number, int code, uint64_t address);
bool process_signal_return_wide(struct process *process);
bool process_signal_return_narrow(struct process *process);
const char *process_signal_name(int number);

#endif
