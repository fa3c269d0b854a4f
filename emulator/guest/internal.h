/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_GUEST_INTERNAL_H
#define HVSPEC_EMULATOR_GUEST_INTERNAL_H

/* What the files of the guest module offer each other; nobody else includes this. */
#include "emulator/guest/comparison.h"
#include "emulator/guest/state.h"

/* map.c: where everything lies. */
bool guest_memory_map(struct guest *guest, struct errors *errors);
/* Maps `size` bytes of fresh host memory, with `bytes` in them when there are any. */
uint8_t *guest_map(struct guest *guest, uint64_t address, size_t size, unsigned permissions,
                   const uint8_t *bytes, struct errors *errors);
/* `size` bytes of fresh host memory for an address, with `bytes` in them when there are any... */
uint8_t *guest_map_host(struct guest *guest, uint64_t address, size_t size, unsigned permissions,
                        const uint8_t *bytes, struct errors *errors);
/* ...and the engine told of a part of it. */
bool guest_map_part(struct guest *guest, uint64_t address, size_t size, unsigned permissions,
                    uint8_t *host, struct errors *errors);
/* The values that fill undefined things: the same for equal arguments, different otherwise. */
uint64_t guest_garbage(const struct guest *guest, unsigned garbage, uint64_t what);

/* memory.c: what was written, and putting it back. */
void guest_memory_free(struct guest *guest);
void guest_memory_wrote(struct guest *guest, uint64_t address, size_t size);
void guest_memory_restore(struct guest *guest);
/* Notes that a page of a region that is put back differs from what it was. */
void guest_memory_dirty(struct guest *guest, const struct guest_region *region, uint64_t page);
/* False: the page was written ahead of the buffer, which is put right. */
bool guest_out_clean(struct guest *guest);
/* The bytes of the instruction at an address, DISASSEMBLY_INSTRUCTION_MAX at most; how many. */
size_t guest_memory_code(const struct guest *guest, uint64_t address, uint8_t *bytes);
const struct guest_region *guest_memory_region(const struct guest *guest, uint64_t address);
/* Host memory of `size` guest bytes, or NULL with the call's end set as the guest's own access
 * would have ended. */
uint8_t *guest_memory_access(struct guest *guest, uint64_t address, size_t size, bool write);
/* What can be read at an address as far as its page goes, *size bytes, on the host: to look ahead,
 * since it notes nothing; NULL where guest_memory_access has to see each byte. */
const uint8_t *guest_memory_near(const struct guest *guest, uint64_t address, size_t *size);
/* How an access to memory that is not there, or not so permitted, ends a call. */
enum observation_end guest_memory_fault(struct guest *guest, enum engine_access access,
                                        uint64_t address);

/* mark.c: goes on from a mark that is set, all else being as loaded. */
void guest_mark_restore(struct guest *guest, unsigned number);

/* stack.c: what each call runs on. */
void guest_stack_layout(struct guest *guest);
bool guest_stack_map(struct guest *guest, struct errors *errors);
void guest_stack_free(struct guest *guest);
/* From now on calls run on that garbage's stack. */
void guest_stack_choose(struct guest *guest, unsigned garbage);
void guest_stack_reset(struct guest *guest);
/* Before each call of a job: draws where its stack pointer lies. */
void guest_stack_vary(struct guest *guest, const struct guest_job *job);
/* The stack pointer at a call's entry, with `above` bytes for the callee above the return address.
 */
uint64_t guest_stack_enter(const struct guest *guest, size_t above);
void guest_stack_put(struct guest *guest, uint64_t address, const void *bytes, size_t size);
void guest_stack_clean(struct guest *guest);
/* How many pages that looks through after the call in hand. */
size_t guest_stack_pages(const struct guest *guest);
/* litter.c: numbers in guest->registers.entry, as the job says; and in the dead stack: whether any.
 */
void guest_litter_registers(struct guest *guest, const struct guest_job *job);
bool guest_litter_stack(struct guest *guest, const struct guest_job *job);
/* The guest is about to use the byte at an address for the first time. False: not in its stack. */
bool guest_stack_open(struct guest *guest, uint64_t address);
/* Overwrites what nobody may rely on below the stack pointer. */
void guest_stack_interrupt(struct guest *guest);
/* Whether the call in hand is in a recursion that does not end. */
bool guest_stack_recurses(const struct guest *guest);
/* Whether the caller's frame is not as it was. */
bool guest_stack_frame_changed(const struct guest *guest);
/* Whether a word below the call's frame still holds what it was filled with. */
bool guest_stack_untouched(const struct guest *guest, uint64_t address);

/* call.c: the ABI. */
void guest_call_prepare(struct guest *guest, uint64_t function, bool is_question);
/* To be called whenever guest->setup changes. */
void guest_call_watch(struct guest *guest);
/* What the call that just returned did to the machine: enum observation_state, or-ed. */
unsigned guest_call_state(struct guest *guest);
void guest_call_answer(struct guest *guest, struct observation *observation);
uint64_t guest_call_argument(struct guest *guest, unsigned index);
/* By which convention the code calls what it does not define. */
enum guest_abi guest_abi_of_imports(const struct guest *guest);
const enum engine_register *guest_register_ids(const struct guest *guest);
/* What a register of the engine's holds. */
uint64_t guest_register(struct guest *guest, enum engine_register id);
unsigned guest_register_count(const struct guest *guest);
/* Finds out which registers have to be written for each call: arguments, and the stack pointer. The
 * rest is up to the trap. */
void guest_call_list_set(struct guest *guest);

/* vectors.c: vector and floating-point registers. */
/* Gives them that garbage's values. */
void guest_vectors_fill(struct guest *guest, unsigned garbage);
/* Gives the floating-point units the state that a call finds. */
bool guest_control_set(struct guest *guest);
/* Notes the state of the floating-point units that a call has to leave. */
void guest_control_read(struct guest *guest, struct guest_control *control);
/* What the call that just returned did to them: enum observation_state, or-ed. */
unsigned guest_vectors_state(struct guest *guest);
/* The floating-point number that a call returned, as guest_float_take has it. What lay in st(0) is
 * taken off; false: nothing did. */
bool guest_vectors_x87(struct guest *guest, uint64_t *number);
uint64_t guest_vectors_xmm(struct guest *guest, unsigned width);

/* system.c: registers that belong to the system. */
void guest_system_read(struct guest *guest, struct guest_system *system);
/* What the call that just returned did to them: enum observation_state, or-ed. */
unsigned guest_system_state(struct guest *guest);

/* trap.c: the code that every call returns to. */
void guest_trap_write(struct guest *guest);
/* What a call with that garbage returns to. */
uint64_t guest_trap_address(const struct guest *guest, unsigned garbage);
/* Has what differs from call to call in registers of that garbage's loaded from
 * guest->registers.entry. */
void guest_trap_load(struct guest *guest, unsigned garbage);
/* Has the trap that was entered jump to an address, with all registers that are not set for each
 * call as that garbage has them. */
void guest_trap_leave(struct guest *guest, unsigned garbage, uint64_t address);
/* A block of the trap's page is about to run. False: nobody but the guest's code wants that. */
bool guest_trap_enter(struct guest *guest, uint64_t address);
/* hooks.c: bytes were written; the answer's may be among them. */
void guest_answer_wrote(struct guest *guest, uint64_t address, size_t size);
/* call.c: see struct observation. */
unsigned guest_call_fault_argument(struct guest *guest);
/* Where the out buffer lies. */
uint64_t guest_out_address(const struct guest *guest);
/* The callback: its address, and what its CPUID does. */
uint64_t guest_callback_address(const struct guest *guest);
void guest_callback_called(struct guest *guest);
static inline bool guest_is_trap(const struct guest *guest, uint64_t address) {
    return address - guest->layout.trap < IMAGE_PAGE;
}

/* hooks.c: what the engine calls. */
bool guest_hooks_add(struct guest *guest, struct errors *errors);
void guest_stop(struct guest *guest, enum observation_end end, const char *name);
/* Stops the engine to have it started again at an address. */
void guest_go_on_at(struct guest *guest, uint64_t address);
/* The address of the next instruction. */
uint64_t guest_program_counter(struct guest *guest);

/* batch.c: from call to call. */
/* Puts all registers back as after guest_new, with that garbage in those that no argument uses. */
void guest_context_load(struct guest *guest, unsigned garbage);
void guest_boot(struct guest *guest);
/* Goes on in the boot of the batch before. */
void guest_boot_go_on(struct guest *guest);
void guest_trap(struct guest *guest);
bool guest_resume(struct guest *guest, enum engine_end ended);
/* Whether a call may end right ahead of an address. */
bool guest_follows_call(const struct guest *guest, uint64_t address);

/* compared.c: where an operand in memory lies, without its segment's base. */
uint64_t guest_access_address(struct guest *guest, const struct disassembly_access *access);

/* special.c: instructions that are not simply run. True: a new hook, or no room for it, and
 * the block must not run as it is. */
bool guest_special_add(struct guest *guest, uint64_t first, uint64_t last);
/* The same for one that needs nothing but its memory aligned. */
bool guest_special_align(struct guest *guest, uint64_t address,
                         const struct disassembly_access *access);
/* The same for one that is noted because it compares, with a hook that gets the special. */
bool guest_special_compare(struct guest *guest, uint64_t address,
                           const struct disassembly_comparison *comparison);
void guest_special_clear(struct guest *guest);
/* Sets the flags that an instruction left which was done here: not in its hook, where the engine
 * may have others still to compute. */
void guest_set_due_flags(struct guest *guest);

/* compared.c: what was compared with what. Whether the block has to be translated again because of
 * the instruction, which compares. */
bool guest_compared_wants(struct guest *guest, uint64_t address, const uint8_t *bytes, size_t size);
/* Fires ahead of such an instruction. */
void guest_compared_note(struct guest *guest, uint64_t address,
                         const struct disassembly_comparison *comparison);

/* missing.c: instructions that the engine lacks. True: it stopped at one, which is done now, and
 * goes on at *start. */
bool guest_missing(struct guest *guest, enum engine_end ended, uint64_t *start);

/* Does the instruction at guest->again.address, which the engine gets wrong. False: as above. */
bool guest_repair(struct guest *guest, uint64_t *start);

/* blocks.c: instructions counted and classified a block at a time. */
const struct guest_block *guest_block_find(struct guest *guest, uint64_t address, uint32_t size);

/* coverage.c: which code ran. Only while guest->coverage is set. */
void guest_coverage_note(struct guest *guest, uint64_t address);

/* callers.c: a call of the guest begins; a block is about to run; a CPUID was noted in the trace at
 * `index`; a call of the guest ended. All but the first only while someone asked. */
void guest_callers_begin(struct guest *guest);
void guest_callers_block(struct guest *guest, uint64_t address, uint32_t size);
void guest_callers_cpuid(struct guest *guest, size_t index);
void guest_callers_end(struct guest *guest);

/* A call begins with its budget; a block is about to run (NULL: none of the guest's own), when the
 * budget is below `look`. True: it does so for the rest of time. */
void guest_endless_begin(struct guest *guest);
bool guest_endless_look(struct guest *guest, const struct guest_block *block);

/* indirect.c: indirect functions. */
/* Finds out which resolvers have to run at each boot, and runs the others. */
bool guest_indirect_open(struct guest *guest, struct errors *errors);
/* The resolver with this index in guest->indirects came back. */
void guest_indirect_resolved(struct guest *guest, size_t index);
/* What is called for a function of the setup. */
uint64_t guest_indirect_function(const struct guest *guest, uint64_t function);

/* heap.c: memory that is taken and given back, the same in each boot. */
void guest_heap_boot(struct guest *guest);

/* thread.c: the thread's block and its variables. */
/* Where the thread pointer is; what lies above is the block. */
bool guest_thread_place(struct guest *guest, uint64_t area, uint64_t pages);
bool guest_thread_map(struct guest *guest, struct errors *errors);
/* What Go's code takes for the goroutine that runs it. */
uint64_t guest_goroutine(const struct guest *guest);
/* The guest is about to write to the block for the first time: true, and the boot has to be run
 * again; or it must not. */
bool guest_thread_opens(struct guest *guest, uint64_t address);
void guest_thread_restore(struct guest *guest);
/* Whether what compilers know of the block is as it was. */
bool guest_thread_is_whole(const struct guest *guest);
/* Bytes of the image's thread-local variables, up to the thread pointer. */
static inline uint64_t guest_tls_size(const struct image *image) {
    uint64_t alignment = image->tls_alignment > 1 ? image->tls_alignment : 1;

    return (image->tls_memory_size + alignment - 1) / alignment * alignment;
}
#define GUEST_TLS_MAX 0x400000u /* bytes of thread-local variables, and of their alignment */

/* undefined.c: undefined data. */
bool guest_undefined_open(struct guest *guest, struct errors *errors);
void guest_undefined_close(struct guest *guest);
void guest_undefined_boot(struct guest *guest);
void guest_undefined_wrote(struct guest *guest, uint64_t address, size_t size);
/* Notes an address for guest_assumed, once. */
void guest_assume(struct guest *guest, uint64_t address);
void guest_undefined_read(struct guest *guest, uint64_t address, size_t size);
/* Where a call of that address goes on; 0: it is no undefined symbol's. */
uint64_t guest_undefined_function(const struct guest *guest, uint64_t address);
/* Whether an access to a low address goes through a pointer that was read from undefined data,
 * which guest->seen.end_name then names. */
bool guest_undefined_explains(struct guest *guest, uint64_t fault);

/* segment.c: data that code reaches through a segment register. */
/* Whether an address that is not mapped is the image's data, counted from the segment's base: then
 * it is mapped from now on, and the boot has to be run again. */
bool guest_segment_opens(struct guest *guest, uint64_t address);

/* imports.c: undefined symbols. */
bool guest_imports_map(struct guest *guest, uint8_t *code, struct errors *errors);
void guest_import_call(struct guest *guest, size_t index);
/* Whether a provided function of that name takes memory from the heap. */
bool guest_takes_memory(const char *name);
static inline bool guest_is_import(const struct guest *guest, uint64_t address) {
    return address - guest->image->import_area < guest->image->import_area_size;
}

#endif
