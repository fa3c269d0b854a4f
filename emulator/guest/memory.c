/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/internal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE IMAGE_PAGE

void guest_memory_free(struct guest *guest) {
    for (size_t i = 0; i < guest->regions_count; i++)
        munmap(guest->regions[i].host, guest->regions[i].size);
    free(guest->dirty.bits);
    free(guest->dirty.pages);
    free(guest->heap_pristine);
    free(guest->tls_pristine);
    free(guest->context_pristine);
    guest_stack_free(guest);
    free(guest->strings);
    free(guest->imports);
}

const struct guest_region *guest_memory_region(const struct guest *guest, uint64_t address) {
    for (size_t i = 0; i < guest->regions_count; i++) {
        if (address - guest->regions[i].address < guest->regions[i].size)
            return &guest->regions[i];
    }
    return NULL;
}

/* The page's index among the writable image pages. */
static size_t guest_dirty_index(const struct guest *guest, const struct guest_region *region,
                                uint64_t address) {
    size_t index = (size_t)((address - region->address) / PAGE);

    for (const struct guest_region *r = guest->regions; r < region; r++) {
        if (r->pristine)
            index += r->size / PAGE;
    }
    return index;
}

void guest_memory_dirty(struct guest *guest, const struct guest_region *region, uint64_t page) {
    size_t index = guest_dirty_index(guest, region, page);

    if (guest->dirty.bits[index / 8] & 1u << index % 8)
        return;
    guest->dirty.bits[index / 8] |= (uint8_t)(1u << index % 8);
    guest->dirty.pages[guest->dirty.count++] = page;
}

void guest_memory_wrote(struct guest *guest, uint64_t address, size_t size) {
    const struct guest_region *region = guest_memory_region(guest, address);
    uint64_t last = address + size - 1;

    if (!region || !region->pristine)
        return;
    if (region->permissions & ENGINE_MAY_EXECUTE)
        guest->code.version++;
    guest_undefined_wrote(guest, address, size);
    if (address < region->own_first || last > region->own_last) {
        if (!(guest->seen.state & OBSERVATION_WROTE_FOREIGN))
            guest->seen.fault_address = address;
        guest->seen.state |= OBSERVATION_WROTE_FOREIGN;
    }
    if (last > region->address + region->size - 1)
        last = region->address + region->size - 1;
    for (uint64_t page = address & ~(uint64_t)(PAGE - 1); page <= last; page += PAGE)
        guest_memory_dirty(guest, region, page);
}

bool guest_keeps(const struct guest *guest) {
    return guest->dirty.count > 0 || guest->thread_open || guest_has_heap(guest);
}

/* Code that was translated from changed bytes is forgotten; what lies beside them stays, since
 * translating is dear and flat images keep their variables beside their code. */
static void guest_memory_forget_code(struct guest *guest, uint64_t page, const uint8_t *host,
                                     const uint8_t *pristine) {
    size_t first = 0, last = PAGE;

    while (first < PAGE && host[first] == pristine[first])
        first++;
    while (last > first && host[last - 1] == pristine[last - 1])
        last--;
    if (first < last)
        engine_forget(guest->engine, page + first, page + last);
    guest->code.version++;
}

void guest_memory_restore(struct guest *guest) {
    for (size_t i = 0; i < guest->dirty.count; i++) {
        uint64_t page = guest->dirty.pages[i];
        const struct guest_region *region = guest_memory_region(guest, page);
        uint8_t *host = region->host + (page - region->address);
        const uint8_t *pristine = region->pristine + (page - region->address);

        if (region->permissions & ENGINE_MAY_EXECUTE)
            guest_memory_forget_code(guest, page, host, pristine);
        memcpy(host, pristine, PAGE);
    }
    guest_thread_restore(guest);
    if (guest->dirty.count > 0)
        memset(guest->dirty.bits, 0, guest->dirty.capacity / 8 + 1);
    guest->dirty.count = 0;
}

#define TEXT(number) #number
#define STACK_USED_UP(kib) "the stack of " TEXT(kib) " KiB is used up"

/* Whether a fault is the stack's end: right below it, or further down where the stack pointer has
 * gone as well, as it does for a large frame. Without that it is any address that a table of the
 * probe's led to. */
static bool guest_memory_is_stack_end(const struct guest *guest, uint64_t address) {
    uint64_t depth = guest->stack->first - 1 - address, stack = 0;

    if (guest->word == 2)
        return depth < PAGE;
    if (depth < GUEST_GUARD_NEAR)
        return true;
    engine_read(guest->engine, guest_register_ids(guest)[GUEST_SP], &stack);
    return depth < GUEST_GUARD_SIZE && guest->stack->first - 1 - stack < GUEST_GUARD_SIZE;
}

enum observation_end guest_memory_fault(struct guest *guest, enum engine_access access,
                                        uint64_t address) {
    if (guest_undefined_explains(guest, address))
        return OBSERVATION_UNDEFINED_DATA;
    if (access == ENGINE_FETCHES)
        return OBSERVATION_FETCH_FAULT;
    if (guest_memory_is_stack_end(guest, address)) {
        guest->seen.end_name =
            guest->word == 2 ? STACK_USED_UP(GUEST_STACK_KIB_16) : STACK_USED_UP(GUEST_STACK_KIB);
        return OBSERVATION_STACK_OVERFLOW;
    }
    return access == ENGINE_WRITES ? OBSERVATION_FOREIGN_WRITE : OBSERVATION_READ_FAULT;
}

bool guest_out_clean(struct guest *guest) {
    size_t size = PAGE - GUEST_OUT_SIZE;
    uint8_t *page = guest->out - size;

    if (page[0] == GUEST_OUT_PADDING && memcmp(page, page + 1, size - 1) == 0)
        return true;
    if (guest->seen.fault_address == 0) {
        size_t at = 0;

        while (page[at] == GUEST_OUT_PADDING)
            at++;
        guest->seen.fault_address = guest->layout.out + at;
    }
    memset(page, GUEST_OUT_PADDING, size);
    return false;
}

size_t guest_memory_code(const struct guest *guest, uint64_t address, uint8_t *bytes) {
    size_t count = 0;

    while (count < DISASSEMBLY_INSTRUCTION_MAX) {
        const struct guest_region *region = guest_memory_region(guest, address + count);

        if (!region)
            break;
        bytes[count] = region->host[address + count - region->address];
        count++;
    }
    return count;
}

const uint8_t *guest_memory_near(const struct guest *guest, uint64_t address, size_t *size) {
    const struct guest_region *region = guest_memory_region(guest, address);
    const bool is_closed = address >= guest->stack->first && address < guest->stack->open;

    *size = PAGE - (size_t)(address % PAGE);
    if (!region || !(region->permissions & ENGINE_MAY_READ) || is_closed ||
        guest->undefined.written || *size > region->address + region->size - address)
        return NULL;
    return region->host + (address - region->address);
}

uint8_t *guest_memory_access(struct guest *guest, uint64_t address, size_t size, bool write) {
    const struct guest_region *region = guest_memory_region(guest, address);
    unsigned needed = write ? ENGINE_MAY_WRITE : ENGINE_MAY_READ;

    if (write && region && guest_thread_opens(guest, address)) { /* the boot is run again */
        guest->seen.stack_opened = guest->batch.in_call;
        engine_stop(guest->engine);
        guest->seen.end = OBSERVATION_FOREIGN_WRITE;
        return NULL;
    }
    if (!region || !(region->permissions & needed) ||
        size > region->address + region->size - address) {
        bool straddles = region && (region->permissions & needed);
        enum observation_end end;

        guest->seen.fault_address = straddles ? region->address + region->size : address;
        end = guest_memory_fault(guest, write ? ENGINE_WRITES : ENGINE_READS,
                                 guest->seen.fault_address);
        guest_stop(guest, end, guest->seen.end_name);
        return NULL;
    }
    if (guest_stack_open(guest, address)) { /* the boot is run again */
        engine_stop(guest->engine);
        guest->seen.end = OBSERVATION_STACK_OVERFLOW;
        return NULL;
    }
    if (write) {
        guest->seen.wrote = true;
        guest_memory_wrote(guest, address, size);
        guest_answer_wrote(guest, address, size);
    } else {
        guest_undefined_read(guest, address, size);
    }
    return region->host + (address - region->address);
}
