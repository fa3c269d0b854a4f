/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/hash.h"
#include "emulator/guest/internal.h"

#include <stdlib.h>
#include <string.h>

#define PAGE IMAGE_PAGE

/*
 * A stack for each kind of garbage, which it is filled with. Each lies elsewhere, so that no bit of
 * the stack pointer at a call's entry is the same in all of them, but for those that the ABI
 * fixes: a probe's answer must not hang on any. In real mode, where room is scarce, they share
 * their memory.
 */

/* What distinguishes the stack pointers: all of the bits, or every second one. Within the last page
 * the first stack's is the highest, so that the frame above it, which is put back after each call,
 * is small. */
static const uint64_t guest_stack_bits[GUEST_GARBAGES] = {0, UINT64_MAX, 0x5555555555555555,
                                                          0xaaaaaaaaaaaaaaaa};

/* Bits of the last page's address that differ. Of the choices for the first stack's page this is
 * one that leaves all four 25 MiB below them. */
#define GUEST_STACK_PAGE_BITS (GUEST_AREA_SIZE - PAGE)
#define GUEST_STACK_PAGE 0x6669000u

/* Bytes below the frame that most calls use: copied without a look. */
#define GUEST_STACK_USUAL 256u

void guest_stack_layout(struct guest *guest) {
    for (unsigned garbage = 0; garbage < GUEST_GARBAGES; garbage++) {
        struct guest_stack *stack = &guest->stacks[garbage];
        uint64_t bits = guest_stack_bits[garbage], page = bits & GUEST_STACK_PAGE_BITS;

        if (guest->image->mode == IMAGE_16) {
            stack->end = guest->layout.stacks + GUEST_STACK_SIZE_16;
            stack->first = guest->layout.stacks;
            stack->bits = bits & 0xffe;
            continue;
        }
        stack->end = guest->layout.stacks + (GUEST_STACK_PAGE ^ page) + PAGE;
        /* What fits the first one fits the others, though their frames lie lower. */
        stack->first = stack->end - GUEST_STACK_SIZE - (garbage > 0 ? 2 * PAGE : 0);
        stack->bits = bits & 0xff0;
    }
    guest->stack = guest->stacks;
}

/* Writes what lies in the stack ahead of a call, from `first` to `end`. */
static void guest_stack_fill(const struct guest *guest, unsigned garbage, uint64_t first,
                             uint64_t end) {
    const struct guest_stack *stack = &guest->stacks[garbage];
    size_t from = (size_t)(first - stack->first), to = (size_t)(end - stack->first);

    for (size_t i = from; i < to; i += 8) {
        uint64_t word = guest_garbage(guest, garbage, i);

        memcpy(stack->fill + i, &word, 8);
    }
    memcpy(stack->host + from, stack->fill + from, to - from);
}

static unsigned guest_stack_permissions(const struct guest *guest) {
    return ENGINE_MAY_READ | ENGINE_MAY_WRITE |
           (guest->image->runs_stack ? ENGINE_MAY_EXECUTE : 0u);
}

/* In one part, in use from the start. */
static bool guest_stack_map_shared(struct guest *guest, struct errors *errors) {
    struct guest_stack *stack = &guest->stacks[0];

    for (unsigned garbage = 0; garbage < GUEST_GARBAGES; garbage++) {
        guest->stacks[garbage].host = stack->host;
        guest->stacks[garbage].open = stack->first;
        guest_stack_fill(guest, garbage, stack->first, stack->end);
    }
    return guest_map_part(guest, stack->first, (size_t)(stack->end - stack->first),
                          guest_stack_permissions(guest), stack->host, errors);
}

bool guest_stack_map(struct guest *guest, struct errors *errors) {
    bool shared = guest->image->mode == IMAGE_16;

    for (unsigned garbage = 0; garbage < GUEST_GARBAGES; garbage++) {
        struct guest_stack *stack = &guest->stacks[garbage];
        size_t size = (size_t)(stack->end - stack->first);

        stack->open = stack->end;
        stack->fill = malloc(size);
        if (!stack->fill)
            return errors_add(errors, NULL, 0, 0, "out of memory for the guest");
        if (shared && garbage > 0)
            continue;
        stack->host =
            guest_map_host(guest, stack->first, size, guest_stack_permissions(guest), NULL, errors);
        if (!stack->host)
            return false;
    }
    if (shared && !guest_stack_map_shared(guest, errors))
        return false;
    if (!shared && !guest_stack_open(guest, guest->stack->end - 1))
        return errors_fail(errors, "the engine refuses a stack");
    guest_stack_reset(guest);
    return true;
}

void guest_stack_free(struct guest *guest) {
    for (unsigned garbage = 0; garbage < GUEST_GARBAGES; garbage++)
        free(guest->stacks[garbage].fill);
}

/* Puts back what was written between two offsets. Of a large frame a call writes little, and
 * looking costs less than writing. */
static void guest_stack_put_back(const struct guest_stack *stack, size_t from, size_t to) {
    for (size_t at = from, next; at < to; at = next) {
        next = to - at > PAGE ? at + PAGE : to;
        if (memcmp(stack->host + at, stack->fill + at, next - at) != 0)
            memcpy(stack->host + at, stack->fill + at, next - at);
    }
}

/* As it was filled: below `open` nothing could be used. */
static void guest_stack_restore(struct guest_stack *stack) {
    guest_stack_put_back(stack, (size_t)(stack->open - stack->first),
                         (size_t)(stack->end - stack->first));
}

/* Another stack may have been written to by way of its address, or be the same memory. */
void guest_stack_choose(struct guest *guest, unsigned garbage) {
    if (guest->stack == &guest->stacks[garbage])
        return;
    guest->stack = &guest->stacks[garbage];
    guest_stack_restore(guest->stack);
    if (guest->stack->open == guest->stack->end)
        guest_stack_open(guest, guest->stack->end - 1);
}

void guest_stack_reset(struct guest *guest) {
    for (unsigned garbage = GUEST_GARBAGES; garbage-- > 0;)
        guest_stack_restore(&guest->stacks[garbage]);
    guest->stack = guest->stacks;
}

void guest_stack_put(struct guest *guest, uint64_t address, const void *bytes, size_t size) {
    memcpy(guest->stack->host + (address - guest->stack->first), bytes, size);
}

uint64_t guest_stack_enter(const struct guest *guest, size_t above) {
    const struct guest_stack *stack = guest->stack;
    uint64_t top = (stack->end - GUEST_FRAME_SIZE - above) & ~15ull;

    return ((top - guest->back_size) ^ stack->bits) - stack->lower;
}

/* Four places do not tell code that minds several bits of the stack pointer at once. So one of them
 * is another in each boot and question: the two behind it still differ from each other in every
 * bit. */
void guest_stack_vary(struct guest *guest, const struct guest_job *job) {
    enum { VARIED = 1 };
    const uint32_t words[] = {job->target, job->table->base.eax, job->table->base.ebx,
                              job->table->base.ecx};
    uint64_t hash = HASH_START;

    if (job->garbage != VARIED || guest->image->mode == IMAGE_16)
        return;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        hash = hash_word(hash, words[i]);
    guest->stacks[VARIED].lower = hash >> 32 & (PAGE - 16);
}

/* Whether blocks that ran can write further down than most do. */
static bool guest_stack_is_deep(const struct guest *guest) {
    return guest->seen.wrote || guest->seen.pushed > GUEST_STACK_USUAL / GUEST_PUSH_MAX;
}

size_t guest_stack_pages(const struct guest *guest) {
    return guest_stack_is_deep(guest) ? (size_t)(guest->stack->end - guest->stack->open) / PAGE : 0;
}

/* Puts back the frame and the dead stack below it, as far as the call may have written: what the
 * blocks that it ran cannot write is not looked at. */
void guest_stack_clean(struct guest *guest) {
    const struct guest_stack *stack = guest->stack;
    const uint8_t *fill = stack->fill;
    size_t open = (size_t)(stack->open - stack->first);
    size_t at = (size_t)(guest->stack_pointer - stack->first);
    size_t end = (size_t)(stack->end - stack->first);

    if (guest_stack_is_deep(guest))
        at -= GUEST_STACK_USUAL;
    else if (guest->seen.pushed > 0)
        at -= guest->seen.pushed * GUEST_PUSH_MAX;
    else
        end = (size_t)(guest->frame_end - stack->first);
    memcpy(stack->host + at, fill + at, end - at);
    if (guest_stack_is_deep(guest))
        guest_stack_put_back(stack, open, at);
}

bool guest_stack_frame_changed(const struct guest *guest) {
    const struct guest_stack *stack = guest->stack;
    size_t at = (size_t)(guest->frame_end - stack->first);

    return memcmp(stack->host + at, stack->fill + at, (size_t)(stack->end - stack->first) - at) !=
           0;
}

bool guest_stack_untouched(const struct guest *guest, uint64_t address) {
    const struct guest_stack *stack = guest->stack;
    uint64_t offset = address - stack->first;

    return address < guest->stack_pointer && offset <= stack->end - stack->first - guest->word &&
           (address < stack->open ||
            memcmp(stack->host + offset, stack->fill + offset, guest->word) == 0);
}

/* Where a stack is in use from next: by doubling, so that what is looked at after a call is about
 * what the probe uses. Those on which few calls run start with more, as each part of memory takes
 * the engine time. */
static uint64_t guest_stack_next(const struct guest *guest, const struct guest_stack *stack,
                                 uint64_t open) {
    uint64_t size = stack->end - open;

    if (size == 0)
        size = stack == guest->stacks ? PAGE : 4 * PAGE;
    return open - stack->first > size ? open - size : stack->first;
}

/* A stack is mapped as far as it is used, a few times in a guest's life: hooks on stores would be
 * exact too, and cost every probe. In mid-call the engine then splits the block that runs, and the
 * call would cost more than its like. So its boot is run again. */
bool guest_stack_open(struct guest *guest, uint64_t address) {
    struct guest_stack *stack = guest->stack;
    uint64_t open = stack->open;

    if (address < stack->first || address >= open)
        return false;
    while (address < open)
        open = guest_stack_next(guest, stack, open);
    if (!engine_map(guest->engine, open, (size_t)(stack->open - open),
                    guest_stack_permissions(guest), stack->host + (open - stack->first)))
        return false;
    guest_stack_fill(guest, (unsigned)(stack - guest->stacks), open, stack->open);
    stack->open = open;
    guest->seen.stack_opened = guest->batch.in_call;
    return true;
}

bool guest_may_be_interrupted(const struct guest_setup *setup) {
    return guest_abi_is_c(setup->abi) && !setup->process;
}

/* System V psABI for AMD64, 3.2.2: the 128 bytes below the stack pointer are not modified by signal
 * or interrupt handlers. The other ABIs, and kernels, know no such area. */
void guest_stack_interrupt(struct guest *guest) {
    enum { RED_ZONE = 128, RUBBISH = 0xd5 };
    const struct guest_stack *stack = guest->stack;
    const bool spared = guest->setup->abi == GUEST_SYSV64 && !guest->setup->no_red_zone;
    uint64_t pointer = 0;

    engine_read(guest->engine, guest_register_ids(guest)[GUEST_SP], &pointer);
    pointer -= spared ? RED_ZONE : 0;
    if (pointer <= stack->open || pointer > guest->stack_pointer)
        return;
    memset(stack->host + (stack->open - stack->first), RUBBISH, (size_t)(pointer - stack->open));
    guest->seen.wrote = true;
}

/* The word at `offset` in the stack. */
static uint64_t guest_stack_at(const struct guest *guest, size_t offset) {
    uint64_t word = 0;

    memcpy(&word, guest->stack->host + offset, guest->word);
    return word;
}

/* What tells recursion without end from a loop within a large frame: much of the stack is in use,
 * and one return address is in it again and again. The budget may end such a call ahead of the
 * stack. The innermost call is of the recursion or not far above it. */
bool guest_stack_recurses(const struct guest *guest) {
    enum { INNERMOST = 1024 }; /* words that are looked at for a return address */
    const struct guest_stack *stack = guest->stack;
    size_t at = (size_t)(guest->stack_pointer - stack->first), low;
    uint64_t pointer = 0;

    engine_read(guest->engine, guest_register_ids(guest)[GUEST_SP], &pointer);
    pointer = (pointer & ~(uint64_t)(guest->word - 1)) + guest->layout.code_base;
    if (pointer < stack->open || pointer > guest->stack_pointer ||
        guest->stack_pointer - pointer < GUEST_RECURSION_DEPTH)
        return false;
    low = (size_t)(pointer - stack->first);
    for (size_t i = low; i < at && i < low + INNERMOST * guest->word; i += guest->word) {
        uint64_t back = guest_stack_at(guest, i);
        unsigned found = 0;

        if (!guest_follows_call(guest, back + guest->layout.code_base))
            continue;
        for (size_t k = i; k < at && found < GUEST_RECURSION_CALLS; k += guest->word)
            found += guest_stack_at(guest, k) == back;
        if (found == GUEST_RECURSION_CALLS)
            return true;
    }
    return false;
}
