/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest_internal.h"

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
 * one that leaves all four room below them, and the start of the area to what else lies there. */
#define GUEST_STACK_PAGE_BITS (GUEST_AREA_SIZE - PAGE)
#define GUEST_STACK_PAGE 0xcc000u

void guest_stack_layout(struct guest *guest) {
    for (unsigned garbage = 0; garbage < GUEST_GARBAGES; garbage++) {
        struct guest_stack *stack = &guest->stacks[garbage];
        uint64_t bits = guest_stack_bits[garbage], page = bits & GUEST_STACK_PAGE_BITS;

        if (guest->image->mode == IMAGE_16) {
            stack->end = guest->layout.stacks + GUEST_STACKS_SIZE_16;
            stack->first = guest->layout.stacks;
            stack->bits = bits & 0xffe;
            continue;
        }
        stack->end = guest->layout.stacks + (GUEST_STACK_PAGE ^ page) + PAGE;
        /* What fits the first one fits the others, though their frames lie lower. */
        stack->first = stack->end - GUEST_STACK_SIZE - (garbage > 0 ? PAGE : 0);
        stack->bits = bits & 0xff0;
    }
    guest->stack = guest->stacks;
}

static bool guest_stack_fill(struct guest *guest, unsigned garbage, struct errors *errors) {
    struct guest_stack *stack = &guest->stacks[garbage];
    size_t size = (size_t)(stack->end - stack->first);

    stack->fill = malloc(size);
    if (!stack->fill)
        return errors_add(errors, NULL, 0, 0, "out of memory for the guest");
    for (size_t i = 0; i < size; i += 8) {
        uint64_t word = guest_garbage(garbage, i);

        memcpy(stack->fill + i, &word, 8);
    }
    return true;
}

/* Where the stack is writable from next: by doubling, so that what is looked at after a call is
 * about what the probe uses. The others, on which few calls run, are opened at once, as a guest's
 * start takes longer for each part of memory that the engine has. */
static uint64_t guest_stack_next(const struct guest *guest, const struct guest_stack *stack,
                                 uint64_t open) {
    uint64_t size = stack->end - open;

    return stack == guest->stacks && open - stack->first > size ? open - size : stack->first;
}

/* Only the stack's last page is writable at first: see guest_stack_open. Each step is a mapping of
 * its own, as the engine is slow to split one. */
static bool guest_stack_map_steps(struct guest *guest, struct guest_stack *stack,
                                  struct errors *errors) {
    uint64_t end = stack->end, first = end - PAGE;
    unsigned permissions = UC_PROT_READ | UC_PROT_WRITE;

    for (stack->open = first; end > stack->first; first = guest_stack_next(guest, stack, end)) {
        if (!guest_map_part(guest, first, (size_t)(end - first), permissions,
                            stack->host + (first - stack->first), errors))
            return false;
        end = first;
        permissions = UC_PROT_READ;
    }
    return true;
}

/* In one part, writable from the start: the others' memory too. */
static bool guest_stack_map_shared(struct guest *guest, struct errors *errors) {
    struct guest_stack *stack = &guest->stacks[0];

    for (unsigned garbage = 0; garbage < GUEST_GARBAGES; garbage++) {
        guest->stacks[garbage].host = stack->host;
        guest->stacks[garbage].open = stack->first;
    }
    return guest_map_part(guest, stack->first, (size_t)(stack->end - stack->first),
                          UC_PROT_READ | UC_PROT_WRITE, stack->host, errors);
}

bool guest_stack_map(struct guest *guest, struct errors *errors) {
    bool shared = guest->image->mode == IMAGE_16;

    for (unsigned garbage = 0; garbage < GUEST_GARBAGES; garbage++) {
        struct guest_stack *stack = &guest->stacks[garbage];

        if (!guest_stack_fill(guest, garbage, errors))
            return false;
        if (shared && garbage > 0)
            continue;
        stack->host = guest_map_host(guest, stack->first, (size_t)(stack->end - stack->first),
                                     UC_PROT_READ | UC_PROT_WRITE, stack->fill, errors);
        if (!stack->host || (!shared && !guest_stack_map_steps(guest, stack, errors)))
            return false;
    }
    return !shared || guest_stack_map_shared(guest, errors);
}

void guest_stack_free(struct guest *guest) {
    for (unsigned garbage = 0; garbage < GUEST_GARBAGES; garbage++)
        free(guest->stacks[garbage].fill);
}

/* As it was filled: below `open` nothing could be written. */
static void guest_stack_restore(struct guest_stack *stack) {
    size_t open = (size_t)(stack->open - stack->first);

    memcpy(stack->host + open, stack->fill + open, (size_t)(stack->end - stack->open));
}

/* Another stack may have been written to by way of its address, or be the same memory. */
void guest_stack_choose(struct guest *guest, unsigned garbage) {
    if (guest->stack == &guest->stacks[garbage])
        return;
    guest->stack = &guest->stacks[garbage];
    guest_stack_restore(guest->stack);
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

    return (top - guest->word) ^ stack->bits;
}

/* Puts back the frame and the dead stack below it, as far as the call may have written: what the
 * blocks that it ran cannot write is not looked at. Below what was ever written since guest_new the
 * stack was never writable. */
void guest_stack_clean(struct guest *guest) {
    enum { USUAL = 256 }; /* bytes below the frame that most calls use: copied without a look */
    const struct guest_stack *stack = guest->stack;
    const uint8_t *fill = stack->fill;
    size_t open = (size_t)(stack->open - stack->first);
    size_t at = (size_t)(guest->stack_pointer - stack->first);
    size_t end = (size_t)(stack->end - stack->first);

    if (guest->wrote || guest->pushed > USUAL / GUEST_PUSH_MAX)
        at -= USUAL;
    else if (guest->pushed > 0)
        at -= guest->pushed * GUEST_PUSH_MAX;
    else
        end = (size_t)(guest->frame_end - stack->first);
    memcpy(stack->host + at, fill + at, end - at);
    if ((guest->wrote || guest->pushed > USUAL / GUEST_PUSH_MAX) &&
        memcmp(stack->host + open, fill + open, at - open) != 0)
        memcpy(stack->host + open, fill + open, at - open);
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
           memcmp(stack->host + offset, stack->fill + offset, guest->word) == 0;
}

/* Makes the stack writable down to an address, which is done a few times in a guest's life. Hooks
 * on stores would be exact too, and cost every probe. False: no stack, or open already. */
bool guest_stack_open(struct guest *guest, uint64_t address) {
    for (unsigned garbage = 0; garbage < GUEST_GARBAGES; garbage++) {
        struct guest_stack *stack = &guest->stacks[garbage];
        uint64_t open = stack->open;

        if (address < stack->first || address >= open)
            continue;
        while (address < open)
            open = guest_stack_next(guest, stack, open);
        if (uc_mem_protect(guest->uc, open, (size_t)(stack->open - open),
                           UC_PROT_READ | UC_PROT_WRITE) != UC_ERR_OK)
            return false;
        stack->open = open;
        return true;
    }
    return false;
}
