/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/process/system.h"

#include <stdlib.h>
#include <string.h>

/* The table of segments, the way into ring 3, and segments for a thread's own data, which i386
 * programs ask for. */

/* What lies where in the system page. */
#define SEGMENT_ENTRY_CODE 0x800u
#define SEGMENT_ENTRY_STACK 0xf00u
#define SEGMENT_DATA 0x2bu
#define SEGMENT_OWN 12u /* the first of a thread's own: a number in the table */
#define SEGMENT_LIMIT ((SEGMENT_OWN + PROCESS_SEGMENTS) * 8 - 1)
#define FLAGS_START 0x202u /* interrupts on, as a process has them */

static void segment_put(struct process *process, unsigned number, uint64_t descriptor) {
    memcpy(process->system_page + (size_t)number * 8, &descriptor, sizeof descriptor);
}

/* An IRETQ takes the engine into ring 3, as a kernel does. It lands where nothing else ever runs,
 * for the engine remembers where a run ended. */
bool process_enter_user(struct process *process) {
    static const uint8_t wide[] = {0x48, 0xcf}; /* iretq */
    static const uint8_t narrow[] = {0xb8, SEGMENT_DATA, 0,    0,    0,
                                     0x8e, 0xd8,         0x8e, 0xc0, /* ds and es, too */
                                     0x31, 0xc0,         0x48, 0xcf};
    const struct process_machine *machine = process->machine;
    const uint64_t frame[] = {PROCESS_LANDING, machine->code_selector, FLAGS_START, 0,
                              SEGMENT_DATA};
    uint64_t stack = PROCESS_SYSTEM_PAGE + SEGMENT_ENTRY_STACK;
    /* As the kernel starts a program. */
    const uint16_t empty = 0xffff, control = GUEST_X87_AT_ENTRY;
    const uint32_t vectors = GUEST_MXCSR_AT_ENTRY;

    process->system_page = aligned_alloc(MEMORY_PAGE, MEMORY_PAGE);
    if (!process->system_page)
        return false;
    memset(process->system_page, 0, MEMORY_PAGE);
    segment_put(process, 0x23 / 8, 0x00cffb000000ffffull); /* ring 3, 32-bit code */
    segment_put(process, SEGMENT_DATA / 8, 0x00cff3000000ffffull);
    segment_put(process, 0x33 / 8, 0x00affb000000ffffull); /* ring 3, 64-bit code */
    if (machine->mode == IMAGE_64)
        memcpy(process->system_page + SEGMENT_ENTRY_CODE, wide, sizeof wide);
    else
        memcpy(process->system_page + SEGMENT_ENTRY_CODE, narrow, sizeof narrow);
    memcpy(process->system_page + SEGMENT_ENTRY_STACK, frame, sizeof frame);
    if (!engine_map(process->engine, PROCESS_SYSTEM_PAGE, MEMORY_PAGE, ENGINE_MAY_ALL,
                    process->system_page) ||
        !engine_map(process->engine, PROCESS_LANDING, MEMORY_PAGE, ENGINE_MAY_ALL, NULL) ||
        !engine_set_descriptors(process->engine, PROCESS_SYSTEM_PAGE, SEGMENT_LIMIT) ||
        !engine_write(process->engine, ENGINE_RSP, &stack) ||
        engine_run(process->engine, PROCESS_SYSTEM_PAGE + SEGMENT_ENTRY_CODE, PROCESS_LANDING) !=
            ENGINE_STOPPED ||
        !engine_unmap(process->engine, PROCESS_LANDING, MEMORY_PAGE))
        return false;
    /* From now on only readable, and by accident: segment loads look at it. */
    engine_protect(process->engine, PROCESS_SYSTEM_PAGE, MEMORY_PAGE, ENGINE_MAY_READ);
    engine_write(process->engine, ENGINE_FPTAG, &empty);
    engine_write(process->engine, ENGINE_FPCW, &control);
    engine_write(process->engine, ENGINE_MXCSR, &vectors);
    return (process_register(process, ENGINE_CS) & 0xffff) == machine->code_selector;
}

/* --- A thread's own. --- */

/* struct user_desc. */
struct segment_request {
    uint32_t number, base, limit, flags;
};
enum {
    SEGMENT_IS_32_BIT = 1,
    SEGMENT_EXPANDS_DOWN = 1 << 1,
    SEGMENT_CONTENTS = 3 << 1,
    SEGMENT_READ_ONLY = 1 << 3,
    SEGMENT_PAGES = 1 << 4,
    SEGMENT_ABSENT = 1 << 5
};

void process_segments_show(struct process *process) {
    const struct process_thread *thread = &process->state.threads[process->state.current];

    for (unsigned i = 0; i < PROCESS_SEGMENTS; i++)
        segment_put(process, SEGMENT_OWN + i, thread->segments[i]);
}

/* Whether a request is for none. */
static bool segment_is_empty(const struct segment_request *request) {
    return request->base == 0 && request->limit == 0 &&
           (request->flags == 0 || request->flags == (SEGMENT_READ_ONLY | SEGMENT_ABSENT));
}

/* What Linux grants: 32-bit data, which may expand down. */
static bool segment_is_granted(const struct segment_request *request) {
    return segment_is_empty(request) ||
           ((request->flags & SEGMENT_IS_32_BIT) && !(request->flags & SEGMENT_ABSENT) &&
            (request->flags & SEGMENT_CONTENTS) <= SEGMENT_EXPANDS_DOWN);
}

/* As the processor has it; 0: none. */
static uint64_t segment_descriptor(const struct segment_request *request) {
    const uint64_t limit = request->limit & 0xfffff, base = request->base;
    uint64_t type = 0xf1; /* ring 3, data, accessed */

    if (segment_is_empty(request))
        return 0;
    type |= request->flags & SEGMENT_READ_ONLY ? 0 : 2;
    type |= request->flags & SEGMENT_EXPANDS_DOWN ? 4 : 0;
    return (limit & 0xffff) | (base & 0xffffff) << 16 | type << 40 | (limit >> 16) << 48 |
           1ull << 54 /* 32 bits */ | (request->flags & SEGMENT_PAGES ? 1ull << 55 : 0) |
           base >> 24 << 56;
}

/* Where the segment of a number begins, if GS or FS is loaded with it. */
static void segment_reload(struct process *process, unsigned number, uint32_t base) {
    static const enum engine_register registers[][2] = {{ENGINE_GS, ENGINE_GS_BASE},
                                                        {ENGINE_FS, ENGINE_FS_BASE}};

    for (size_t i = 0; i < 2; i++) {
        if ((process_register(process, registers[i][0]) & 0xffff) == number * 8 + 3)
            process_register_set(process, registers[i][1], base);
    }
}

int64_t system_segment_set(struct process *process, struct process_thread *thread, uint64_t address,
                           bool may_choose) {
    struct segment_request request;
    unsigned index = 0;

    if (!system_copy_in(process, address, &request, sizeof request))
        return -EFAULT;
    if (may_choose && request.number == UINT32_MAX) {
        while (index < PROCESS_SEGMENTS && thread->segments[index])
            index++;
        if (index == PROCESS_SEGMENTS)
            return -ESRCH;
        request.number = SEGMENT_OWN + index;
        if (!system_copy_out(process, address, &request.number, sizeof request.number))
            return -EFAULT;
    }
    if (!segment_is_granted(&request) || request.number < SEGMENT_OWN ||
        request.number - SEGMENT_OWN >= PROCESS_SEGMENTS)
        return -EINVAL;
    thread->segments[request.number - SEGMENT_OWN] = segment_descriptor(&request);
    segment_reload(process, request.number, request.base);
    return 0;
}

static int64_t call_set_thread_area(struct process *process, const uint64_t *arguments) {
    struct process_thread *thread = &process->state.threads[process->state.current];
    int64_t result = system_segment_set(process, thread, arguments[0], true);

    process_segments_show(process);
    return result;
}

const struct system_call system_segments[] = {
    {SYSTEM_NONE, "set_thread_area", call_set_thread_area, 0, 243, 0},
};
const size_t system_segments_count = sizeof system_segments / sizeof system_segments[0];
