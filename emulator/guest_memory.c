/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest_internal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE IMAGE_PAGE
#define GUEST_GUARD_SIZE 0x10000u
#define GUEST_TLS_INDEX 3u /* of the GDT entry for %gs in 32-bit code */

uint64_t guest_garbage(unsigned garbage, uint64_t what) {
    uint64_t x = (garbage + 1) * 0x9e3779b97f4a7c15u + what * 0xd1342543de82ef95u;

    if (garbage == GUEST_GARBAGES - 1)
        return 0; /* fresh memory on many systems: what hides an uninitialised read */
    if (garbage == GUEST_GARBAGES - 2)
        return UINT64_MAX;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

static uint64_t guest_image_end(const struct image *image) {
    uint64_t end = image->import_area + image->import_area_size;

    for (size_t i = 0; i < image->segments_count; i++) {
        if (image->segments[i].address + image->segments[i].size > end)
            end = image->segments[i].address + image->segments[i].size;
    }
    return end;
}

static bool guest_range_is_free(const struct image *image, uint64_t first, uint64_t size) {
    for (size_t i = 0; i < image->segments_count; i++) {
        const struct image_segment *segment = &image->segments[i];

        if (first < segment->address + segment->size && segment->address < first + size)
            return false;
    }
    return image->import_area_size == 0 || first >= image->import_area + image->import_area_size ||
           first + size <= image->import_area;
}

/* Real-mode code sees the 64 KiB behind CS; everything has to fit there beside the code. */
static bool guest_layout_16(struct guest *guest, struct errors *errors) {
    struct guest_layout *layout = &guest->layout;
    uint64_t start = guest->image->segments[0].address;
    uint64_t at = (guest_image_end(guest->image) + PAGE - 1) & ~(uint64_t)(PAGE - 1);

    layout->code_base = guest->setup->entry < 0x10000 ? 0 : start;
    if (at + 10 * PAGE > layout->code_base + 0x10000 || at + 10 * PAGE > 0x100000)
        return errors_add(errors, guest->image->path, 0, 0,
                          "16-bit code must leave 40 KiB free behind it in its 64 KiB segment");
    layout->trap = at;
    layout->slot = at + PAGE;
    layout->exit = at + 2 * PAGE;
    layout->out = at + 3 * PAGE;
    layout->strings = at + 5 * PAGE;
    layout->guard = at + 6 * PAGE;
    layout->stack = at + 7 * PAGE;
    layout->stack_end = at + 9 * PAGE;
    layout->end = at + 10 * PAGE;
    return true;
}

static bool guest_layout_flat(struct guest *guest, struct errors *errors) {
    static const uint64_t starts[] = {0x70000000, 0x20000000, 0x50000000, 0xa0000000, 0xd0000000};
    struct guest_layout *layout = &guest->layout;

    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        uint64_t at = starts[i];

        *layout = (struct guest_layout){
            .trap = at,
            .slot = at + PAGE,
            .exit = at + 2 * PAGE,
            .gdt = at + 4 * PAGE,
            .tls = at + 6 * PAGE,
            .out = at + 9 * PAGE,
            .strings = at + 11 * PAGE,
            .guard = at + 0x10000,
            .stack = at + 0x10000 + GUEST_GUARD_SIZE,
            .stack_end = at + 0x10000 + GUEST_GUARD_SIZE + GUEST_STACK_SIZE,
            .end = at + 0x10000 + GUEST_GUARD_SIZE + GUEST_STACK_SIZE + PAGE,
        };
        if (guest_range_is_free(guest->image, at, layout->end - at))
            return true;
    }
    return errors_add(errors, guest->image->path, 0, 0,
                      "the file's segments leave no room for a stack below 4 GiB");
}

/* Maps `size` bytes of fresh host memory, with `bytes` in them when there are any. */
static uint8_t *guest_map(struct guest *guest, uint64_t address, size_t size, unsigned permissions,
                          const uint8_t *bytes, struct errors *errors) {
    struct guest_region *region = &guest->regions[guest->regions_count];
    uint8_t *host;
    uc_err error;

    if (guest->regions_count == GUEST_REGIONS_MAX) {
        errors_add(errors, guest->image->path, 0, 0, "more than %u segments", GUEST_REGIONS_MAX);
        return NULL;
    }
    host = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (host == MAP_FAILED) {
        errors_add(errors, NULL, 0, 0, "out of memory for the guest");
        return NULL;
    }
    if (bytes)
        memcpy(host, bytes, size);
    error = uc_mem_map_ptr(guest->uc, address, size, permissions, host);
    if (error != UC_ERR_OK) {
        munmap(host, size);
        errors_add(errors, guest->image->path, 0, 0, "cannot map %zu bytes at 0x%llx: %s", size,
                   (unsigned long long)address, uc_strerror(error));
        return NULL;
    }
    *region = (struct guest_region){.address = address,
                                    .size = size,
                                    .permissions = permissions,
                                    .host = host,
                                    .own_first = address,
                                    .own_last = address + size - 1};
    guest->regions_count++;
    return host;
}

static bool guest_map_image(struct guest *guest, struct errors *errors) {
    size_t pages = 0;

    for (size_t i = 0; i < guest->image->segments_count; i++) {
        const struct image_segment *segment = &guest->image->segments[i];
        unsigned permissions = (segment->permissions & IMAGE_READ ? UC_PROT_READ : 0) |
                               (segment->permissions & IMAGE_WRITE ? UC_PROT_WRITE : 0) |
                               (segment->permissions & IMAGE_EXECUTE ? UC_PROT_EXEC : 0);
        struct guest_region *region = &guest->regions[guest->regions_count];

        if (!guest_map(guest, segment->address, segment->size, permissions, segment->bytes, errors))
            return false;
        region->is_image = true;
        region->own_first = segment->own_first;
        region->own_last = segment->own_last;
        if (permissions & UC_PROT_WRITE) {
            region->pristine = segment->bytes;
            if (pages == 0)
                guest->write_first = segment->address;
            guest->write_last = segment->address + segment->size - 1;
            pages += segment->size / PAGE;
        }
    }
    guest->dirty_capacity = pages;
    guest->dirty = calloc(pages / 8 + 1, 1);
    guest->dirty_pages = calloc(pages + 1, sizeof *guest->dirty_pages);
    if (!guest->dirty || !guest->dirty_pages)
        return errors_add(errors, NULL, 0, 0, "out of memory for the guest");
    return true;
}

/* A thread's block: the self pointer, the stack protector's canary where each ABI looks for it, and
 * the image's own thread-local data below it. */
static bool guest_map_tls(struct guest *guest, struct errors *errors) {
    const struct image *image = guest->image;
    uint64_t pointer = guest->layout.tls + PAGE, canary = guest_garbage(0, 0x7315) & ~0xffull;
    bool writable = image->tls_memory_size > 0;
    uint8_t *host;
    size_t available = 0;
    const uint8_t *initial = image_bytes(image, image->tls_start, &available);

    if (image->tls_memory_size > PAGE - 64 || image->tls_file_size > image->tls_memory_size ||
        (image->tls_file_size > 0 && (!initial || available < image->tls_file_size)))
        return errors_add(errors, image->path, 0, 0, "more than %u bytes of thread-local data",
                          PAGE - 64);
    host = guest_map(guest, guest->layout.tls, 2 * PAGE,
                     UC_PROT_READ | (writable ? UC_PROT_WRITE : 0u), NULL, errors);
    if (!host)
        return false;
    memcpy(host + PAGE, &pointer, guest->word);
    if (image->mode == IMAGE_64) {
        memcpy(host + PAGE + 0x28, &canary, 8);
    } else {
        memcpy(host + PAGE + 0x14, &canary, 4);
    }
    if (image->tls_file_size > 0) {
        size_t alignment = image->tls_alignment > 1 ? image->tls_alignment : 1;
        size_t size = (image->tls_memory_size + alignment - 1) / alignment * alignment;

        memcpy(host + PAGE - size, initial, image->tls_file_size);
    }
    return true;
}

static bool guest_map_segments_32(struct guest *guest, struct errors *errors) {
    uint32_t base = (uint32_t)guest->layout.tls + PAGE;
    uint64_t descriptor =
        0x00cf92000000ffffu | (uint64_t)(base & 0xffffff) << 16 | (uint64_t)(base >> 24) << 56;
    uc_x86_mmr table = {.base = guest->layout.gdt, .limit = 8 * (GUEST_TLS_INDEX + 1) - 1};
    uint32_t selector = GUEST_TLS_INDEX << 3;
    uint8_t *host = guest_map(guest, guest->layout.gdt, PAGE, UC_PROT_READ, NULL, errors);

    if (!host)
        return false;
    memcpy(host + GUEST_TLS_INDEX * 8, &descriptor, sizeof descriptor);
    if (uc_reg_write(guest->uc, UC_X86_REG_GDTR, &table) != UC_ERR_OK ||
        uc_reg_write(guest->uc, UC_X86_REG_GS, &selector) != UC_ERR_OK)
        return errors_add(errors, NULL, 0, 0, "the engine refuses a segment for thread data");
    return true;
}

static bool guest_map_strings(struct guest *guest, struct errors *errors) {
    uint8_t *host = NULL;
    size_t at = 0;

    guest->strings = calloc(guest->setup->arguments_count + 1, sizeof *guest->strings);
    if (!guest->strings)
        return errors_add(errors, NULL, 0, 0, "out of memory for the guest");
    for (size_t i = 0; i < guest->setup->arguments_count; i++) {
        const struct guest_argument *argument = &guest->setup->arguments[i];

        if (argument->kind != GUEST_ARGUMENT_STRING)
            continue;
        if (!host)
            host = guest_map(guest, guest->layout.strings, PAGE, UC_PROT_READ, NULL, errors);
        if (!host)
            return false;
        if (strlen(argument->string) > GUEST_STRING_MAX || i >= PAGE / (GUEST_STRING_MAX + 1))
            return errors_add(errors, NULL, 0, 0, "a string argument has over %u bytes",
                              GUEST_STRING_MAX);
        strcpy((char *)host + at, argument->string);
        guest->strings[i] = guest->layout.strings + at;
        at += GUEST_STRING_MAX + 1;
    }
    return true;
}

/* The code that every call returns to. CPUID there is the way into the harness; it sets registers
 * and slot for the next call, then flags are made the same and the jump is taken. */
static void guest_write_trap(struct guest *guest) {
    static const uint8_t code[] = {0x0f, 0xa2, 0xfc, 0x39, 0xc0}; /* cpuid; cld; cmp eax, eax */
    uint8_t *at = guest->trap;
    uint32_t displacement = (uint32_t)(guest->layout.slot - guest->layout.code_base);

    memset(at, 0xcc, PAGE);
    memcpy(at, code, sizeof code);
    at += sizeof code;
    if (guest->image->mode == IMAGE_16)
        *at++ = 0x2e; /* cs: */
    *at++ = 0xff;
    *at++ = 0x25 + (guest->image->mode == IMAGE_16); /* jmp [slot] */
    if (guest->image->mode == IMAGE_64)
        displacement = (uint32_t)(PAGE - sizeof code - 6);
    memcpy(at, &displacement, guest->image->mode == IMAGE_16 ? 2 : 4);
}

static bool guest_map_stack(struct guest *guest, struct errors *errors) {
    size_t size = (size_t)(guest->layout.stack_end - guest->layout.stack);

    guest->stack =
        guest_map(guest, guest->layout.stack, size, UC_PROT_READ | UC_PROT_WRITE, NULL, errors);
    guest->stack_fills = malloc(GUEST_GARBAGES * size);
    if (!guest->stack || !guest->stack_fills)
        return errors_add(errors, NULL, 0, 0, "out of memory for the guest");
    for (unsigned garbage = 0; garbage < GUEST_GARBAGES; garbage++) {
        for (size_t i = 0; i < size; i += 8) {
            uint64_t word = guest_garbage(garbage, i);

            memcpy(guest->stack_fills + garbage * size + i, &word, 8);
        }
        for (size_t i = 0; i < GUEST_OUT_SIZE; i++)
            guest->out_fill[garbage][i] = (uint8_t)(guest_garbage(garbage, i) >> 16);
        for (unsigned i = 0; i < GUEST_REGISTERS_MAX; i++)
            guest->register_fills[garbage][i] = guest_garbage(garbage, 0x100 + i);
    }
    memcpy(guest->stack, guest->stack_fills, size);
    return true;
}

bool guest_memory_map(struct guest *guest, struct errors *errors) {
    const struct image *image = guest->image;
    uint8_t *imports;

    if (!(image->mode == IMAGE_16 ? guest_layout_16 : guest_layout_flat)(guest, errors) ||
        !guest_map_image(guest, errors) || !guest_map_stack(guest, errors) ||
        !guest_map_strings(guest, errors))
        return false;
    guest->trap = guest_map(guest, guest->layout.trap, PAGE, UC_PROT_EXEC, NULL, errors);
    guest->slot = guest_map(guest, guest->layout.slot, PAGE, UC_PROT_READ, NULL, errors);
    if (!guest->trap || !guest->slot)
        return false;
    guest_write_trap(guest);
    if (guest->uses_out) {
        /* At the end of its page, so that what writes past it faults. */
        guest->out =
            guest_map(guest, guest->layout.out, PAGE, UC_PROT_READ | UC_PROT_WRITE, NULL, errors);
        if (!guest->out)
            return false;
        guest->out += PAGE - GUEST_OUT_SIZE;
    }
    if (image->import_area_size > 0) {
        imports = guest_map(guest, image->import_area, image->import_area_size, UC_PROT_EXEC, NULL,
                            errors);
        if (!imports || !guest_imports_map(guest, imports, errors))
            return false;
    }
    if (image->mode != IMAGE_16 && !guest_map_tls(guest, errors))
        return false;
    return image->mode != IMAGE_32 || guest_map_segments_32(guest, errors);
}

void guest_memory_free(struct guest *guest) {
    for (size_t i = 0; i < guest->regions_count; i++)
        munmap(guest->regions[i].host, guest->regions[i].size);
    free(guest->dirty);
    free(guest->dirty_pages);
    free(guest->stack_fills);
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

void guest_memory_wrote(struct guest *guest, uint64_t address, size_t size) {
    const struct guest_region *region = guest_memory_region(guest, address);
    uint64_t last = address + size - 1;

    if (!region || !region->pristine)
        return;
    if (address < region->own_first || last > region->own_last) {
        if (!(guest->state & OBSERVATION_WROTE_FOREIGN))
            guest->fault_address = address;
        guest->state |= OBSERVATION_WROTE_FOREIGN;
    }
    if (last > region->address + region->size - 1)
        last = region->address + region->size - 1;
    for (uint64_t page = address & ~(uint64_t)(PAGE - 1); page <= last; page += PAGE) {
        size_t index = guest_dirty_index(guest, region, page);

        if (guest->dirty[index / 8] & 1u << index % 8)
            continue;
        guest->dirty[index / 8] |= (uint8_t)(1u << index % 8);
        guest->dirty_pages[guest->dirty_count++] = page;
    }
}

void guest_memory_restore(struct guest *guest) {
    for (size_t i = 0; i < guest->dirty_count; i++) {
        uint64_t page = guest->dirty_pages[i];
        const struct guest_region *region = guest_memory_region(guest, page);

        memcpy(region->host + (page - region->address), region->pristine + (page - region->address),
               PAGE);
        if (region->permissions & UC_PROT_EXEC)
            uc_ctl_remove_cache(guest->uc, page, page + PAGE);
    }
    if (guest->dirty_count > 0)
        memset(guest->dirty, 0, guest->dirty_capacity / 8 + 1);
    guest->dirty_count = 0;
}

void guest_stack_prepare(struct guest *guest, unsigned garbage) {
    size_t size = (size_t)(guest->layout.stack_end - guest->layout.stack);

    if (garbage != guest->stack_garbage)
        memcpy(guest->stack, guest->stack_fills + garbage * size, size);
    guest->stack_garbage = garbage;
}

/* Puts back the dead stack below the frame, a chunk at a time until one is found untouched, and the
 * frame itself. What a call leaves below an untouched chunk stays until guest_reset. */
void guest_stack_clean(struct guest *guest) {
    enum { CHUNK = 256 };
    size_t size = (size_t)(guest->layout.stack_end - guest->layout.stack);
    const uint8_t *fill = guest->stack_fills + guest->stack_garbage * size;
    size_t at = (size_t)(guest->frame_end - guest->layout.stack);

    memcpy(guest->stack + at, fill + at, size - at);
    at &= ~(size_t)(CHUNK - 1);
    memcpy(guest->stack + at, fill + at, size - at);
    while (at >= CHUNK && memcmp(guest->stack + at - CHUNK, fill + at - CHUNK, CHUNK) != 0) {
        at -= CHUNK;
        memcpy(guest->stack + at, fill + at, CHUNK);
    }
}

enum observation_end guest_memory_fault(struct guest *guest, uc_mem_type type, uint64_t address) {
    const struct image *image = guest->image;

    if (type == UC_MEM_FETCH_UNMAPPED || type == UC_MEM_FETCH_PROT)
        return OBSERVATION_FETCH_FAULT;
    if (address - guest->layout.guard < guest->layout.stack - guest->layout.guard)
        return OBSERVATION_STACK_OVERFLOW;
    if (type == UC_MEM_WRITE_UNMAPPED || type == UC_MEM_WRITE_PROT)
        return OBSERVATION_FOREIGN_WRITE;
    if (address - image->import_area < image->import_area_size) {
        uint64_t index = (address - image->import_area) / IMAGE_IMPORT_SIZE;

        guest->end_name = index < image->imports_count ? image->imports[index].name : NULL;
        return OBSERVATION_UNRESOLVED;
    }
    return OBSERVATION_READ_FAULT;
}

uint8_t *guest_memory_access(struct guest *guest, uint64_t address, size_t size, bool write) {
    const struct guest_region *region = guest_memory_region(guest, address);
    unsigned needed = write ? UC_PROT_WRITE : UC_PROT_READ;

    if (!region || !(region->permissions & needed) ||
        size > region->address + region->size - address) {
        bool straddles = region && (region->permissions & needed);

        guest->fault_address = straddles ? region->address + region->size : address;
        guest_stop(guest,
                   guest_memory_fault(guest, write ? UC_MEM_WRITE_UNMAPPED : UC_MEM_READ_UNMAPPED,
                                      guest->fault_address),
                   guest->end_name);
        return NULL;
    }
    if (write)
        guest_memory_wrote(guest, address, size);
    return region->host + (address - region->address);
}
