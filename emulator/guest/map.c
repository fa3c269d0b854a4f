/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/random.h"
#include "emulator/guest/internal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE IMAGE_PAGE

/* What hangs on the seed; the default one's is nothing. */
static uint64_t guest_salt(const struct guest *guest) {
    uint64_t seed = guest->setup->seed;

    return seed > 1 ? random_mix(seed) : 0;
}

uint64_t guest_garbage(const struct guest *guest, unsigned garbage, uint64_t what) {
    uint64_t x = (garbage + 1) * RANDOM_GAMMA + what * 0xd1342543de82ef95u + guest_salt(guest);

    if (garbage == GUEST_GARBAGES - 1)
        return 0; /* fresh memory on many systems: what hides an uninitialised read */
    if (garbage == GUEST_GARBAGES - 2)
        return UINT64_MAX;
    return random_mix(x);
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

/* Real-mode code sees the 64 KiB behind CS, and everything has to fit there behind the code: just
 * so behind a boot sector at 0x7c00. Behind a longer loader there is room for the stack, and the
 * rest lies ahead of it, as there is nothing there but the vectors and the BIOS's data in the first
 * page. What is never mapped bounds the out buffer and the stack. */
static bool guest_layout_16(struct guest *guest, struct errors *errors) {
    enum { TRAP, SLOT, STRINGS, OUT, EXIT, PAGES };
    struct guest_layout *layout = &guest->layout;
    uint64_t start = guest->image->segments[0].address & ~(uint64_t)(PAGE - 1);
    uint64_t behind = (guest_image_end(guest->image) + PAGE - 1) & ~(uint64_t)(PAGE - 1);
    uint64_t base = guest->setup->entry < 0x10000 ? 0 : start;
    uint64_t end = base + 0x10000 < 0x100000 ? base + 0x10000 : 0x100000;
    bool ahead = behind + PAGES * PAGE + GUEST_STACK_SIZE_16 > end;
    uint64_t at = ahead ? base + PAGE : behind;

    *layout = (struct guest_layout){
        .code_base = base,
        .trap = at + TRAP * PAGE,
        .slot = at + SLOT * PAGE,
        .strings = at + STRINGS * PAGE,
        .out = at + OUT * PAGE,
        .exit = at + EXIT * PAGE,
        .stacks = behind + (ahead ? 1 : PAGES) * PAGE,
    };
    layout->end = layout->stacks + GUEST_STACK_SIZE_16;
    if (ahead && (at + PAGES * PAGE > start || layout->end > end))
        return errors_add(errors, guest->image->path, 0, 0,
                          "16-bit code must leave 32 KiB free behind it in its 64 KiB segment, or "
                          "16 KiB and 24 KiB ahead of it");
    return true;
}

/* What 64-bit code is given lies above 4 GiB, as in a process, where an address that is cut to 32
 * bits leads nowhere. Flat code may be part of a boot, where there is nothing above. */
#define GUEST_HIGH 0x100000000u
#define GUEST_HIGHER 0xfu /* times as much above it, by the seed */

/* Where in the area the harness's pages lie: well above the first stack, and in the same 2 MiB as
 * its last page, since the engine's map grows with how many of those are in use. */
#define GUEST_AREA_PAGES 0x67f0000u

static bool guest_layout_wide(struct guest *guest, struct errors *errors) {
    static const uint64_t starts[] = {0x70000000, 0x20000000, 0x50000000, 0xa0000000, 0xd0000000};
    const size_t count = sizeof starts / sizeof starts[0];
    const struct image *image = guest->image;
    uint64_t high = image->mode == IMAGE_64 && !image->is_flat
                        ? GUEST_HIGH + ((guest_salt(guest) & GUEST_HIGHER) << 32)
                        : 0;
    struct guest_layout *layout = &guest->layout;

    for (size_t i = 0; i < count; i++) {
        size_t start = (i + (guest_salt(guest) >> 32)) % count;
        uint64_t area = high + starts[start], at = area + GUEST_AREA_PAGES;

        *layout = (struct guest_layout){
            .trap = at,
            .slot = at + PAGE,
            .exit = at + 2 * PAGE,
            .gdt = at + 4 * PAGE,
            .out = at + 9 * PAGE,
            .strings = at + 11 * PAGE,
            .stacks = area,
            .end = area + GUEST_AREA_SIZE,
        };
        if (guest_range_is_free(image, area, GUEST_AREA_SIZE) &&
            guest_range_is_free(image, starts[start], GUEST_AREA_SIZE))
            return guest_thread_place(guest, area, at) ||
                   errors_add(errors, image->path, 0, 0,
                              "more than 4 MiB of thread-local data, or aligned to more");
    }
    return errors_add(errors, guest->image->path, 0, 0,
                      "the file's segments leave no room for a stack");
}

uint8_t *guest_map_host(struct guest *guest, uint64_t address, size_t size, unsigned permissions,
                        const uint8_t *bytes, struct errors *errors) {
    struct guest_region *region = &guest->regions[guest->regions_count];
    uint8_t *host;

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
    *region = (struct guest_region){.address = address,
                                    .size = size,
                                    .permissions = permissions,
                                    .host = host,
                                    .own_first = address,
                                    .own_last = address + size - 1};
    guest->regions_count++;
    return host;
}

bool guest_map_part(struct guest *guest, uint64_t address, size_t size, unsigned permissions,
                    uint8_t *host, struct errors *errors) {
    return engine_map(guest->engine, address, size, permissions, host) ||
           errors_add(errors, guest->image->path, 0, 0, "cannot map %zu bytes at 0x%llx: %s", size,
                      (unsigned long long)address, engine_error(guest->engine));
}

uint8_t *guest_map(struct guest *guest, uint64_t address, size_t size, unsigned permissions,
                   const uint8_t *bytes, struct errors *errors) {
    uint8_t *host = guest_map_host(guest, address, size, permissions, bytes, errors);

    return host && guest_map_part(guest, address, size, permissions, host, errors) ? host : NULL;
}

static bool guest_map_image(struct guest *guest, struct errors *errors) {
    for (size_t i = 0; i < guest->image->segments_count; i++) {
        const struct image_segment *segment = &guest->image->segments[i];
        unsigned permissions = (segment->permissions & IMAGE_READ ? ENGINE_MAY_READ : 0) |
                               (segment->permissions & IMAGE_WRITE ? ENGINE_MAY_WRITE : 0) |
                               (segment->permissions & IMAGE_EXECUTE ? ENGINE_MAY_EXECUTE : 0);
        struct guest_region *region = &guest->regions[guest->regions_count];

        if (!guest_map(guest, segment->address, segment->size, permissions, segment->bytes, errors))
            return false;
        region->is_image = true;
        region->own_first = segment->own_first;
        region->own_last = segment->own_last;
        if (permissions & ENGINE_MAY_WRITE) {
            region->pristine = segment->bytes;
            if (guest->dirty.last == 0)
                guest->dirty.first = segment->address;
            guest->dirty.last = segment->address + segment->size - 1;
        }
    }
    return true;
}

/* A bit for each page that a fresh boot may have to put back. */
static bool guest_map_dirty(struct guest *guest, struct errors *errors) {
    size_t pages = 0;

    for (size_t i = 0; i < guest->regions_count; i++) {
        if (guest->regions[i].pristine)
            pages += guest->regions[i].size / PAGE;
    }
    guest->dirty.capacity = pages;
    guest->dirty.bits = calloc(pages / 8 + 1, 1);
    guest->dirty.pages = calloc(pages + 1, sizeof *guest->dirty.pages);
    return (guest->dirty.bits && guest->dirty.pages) ||
           errors_add(errors, NULL, 0, 0, "out of memory for the guest");
}

/* Flat segments for code and data, one at the thread pointer, and one for FS, which a kernel may
 * have elsewhere. All are loaded: the engine takes the width of the stack from the descriptor of SS
 * as soon as any segment is loaded. The accessed bits are set, so that loading writes nothing. */
static bool guest_map_segments_32(struct guest *guest, struct errors *errors) {
    enum { CODE = 1, DATA, THREAD, KERNEL, COUNT }; /* indices in the GDT */
    static const struct {
        enum engine_register id;
        uint32_t index;
    } segments[] = {
        {ENGINE_CS, CODE}, {ENGINE_SS, DATA},   {ENGINE_DS, DATA},
        {ENGINE_ES, DATA}, {ENGINE_FS, KERNEL}, {ENGINE_GS, THREAD},
    };
    uint64_t base = guest->layout.thread;
    uint64_t kernel = guest->setup->segment ? guest->setup->segment : base;
    uint64_t descriptors[COUNT] = {
        [CODE] = 0x00cf9b000000ffff,
        [DATA] = 0x00cf93000000ffff,
        [THREAD] = 0x00cf93000000ffff | (base & 0xffffff) << 16 | (base >> 24 & 0xff) << 56,
        [KERNEL] = 0x00cf93000000ffff | (kernel & 0xffffff) << 16 | (kernel >> 24 & 0xff) << 56,
    };
    uint8_t *host = guest_map(guest, guest->layout.gdt, PAGE, ENGINE_MAY_READ, NULL, errors);
    bool accepts;

    if (!host)
        return false;
    memcpy(host, descriptors, sizeof descriptors);
    accepts = engine_set_descriptors(guest->engine, guest->layout.gdt, sizeof descriptors - 1);
    for (size_t i = 0; i < sizeof segments / sizeof segments[0] && accepts; i++) {
        uint32_t selector = segments[i].index << 3;

        accepts = engine_write(guest->engine, segments[i].id, &selector);
    }
    return accepts ||
           errors_fail(errors, "the engine refuses segments: %s", engine_error(guest->engine));
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
            host = guest_map(guest, guest->layout.strings, PAGE, ENGINE_MAY_READ, NULL, errors);
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

/* What registers and the out buffer hold ahead of a call. */
static void guest_map_fills(struct guest *guest) {
    uint64_t mask = guest->word == 8 ? UINT64_MAX : UINT32_MAX;

    for (unsigned garbage = 0; garbage < GUEST_GARBAGES; garbage++) {
        for (size_t i = 0; i < GUEST_OUT_SIZE; i++)
            /* Bytes that no answer is made of, or one of a single byte would seem never written. */
            guest->out_fill[garbage][i] =
                (uint8_t)(0x60 + (guest_garbage(guest, 0, garbage + i) >> 16) % 0x60);
        for (size_t i = 0; i < guest->setup->out_bytes_count; i++)
            guest->out_fill[garbage][guest->setup->out_bytes[i].offset] =
                guest->setup->out_bytes[i].value;
        for (unsigned i = 0; i < GUEST_REGISTERS_MAX; i++)
            guest->registers.fills[garbage][i] = guest_garbage(guest, garbage, 0x100 + i) & mask;
    }
}

/* argv and envp of a program that is named and given nothing else. */
static bool guest_map_start(struct guest *guest, struct errors *errors) {
    uint8_t *host;
    uint64_t name;

    if (!guest->setup->constructors || guest->image->constructors_count == 0)
        return true;
    guest->layout.start = guest->layout.strings + PAGE;
    host = guest_map(guest, guest->layout.start, PAGE, ENGINE_MAY_READ, NULL, errors);
    name = guest->layout.start + 2 * GUEST_START_ENVIRONMENT;
    if (!host)
        return false;
    memcpy(host, &name, guest->word);
    strcpy((char *)host + 2 * GUEST_START_ENVIRONMENT, GUEST_START_NAME);
    return true;
}

bool guest_memory_map(struct guest *guest, struct errors *errors) {
    const struct image *image = guest->image;
    uint8_t *imports;

    if (!(image->mode == IMAGE_16 ? guest_layout_16 : guest_layout_wide)(guest, errors) ||
        !guest_map_image(guest, errors) || !guest_map_strings(guest, errors) ||
        !guest_map_start(guest, errors))
        return false;
    guest_stack_layout(guest);
    if (!guest_stack_map(guest, errors))
        return false;
    guest_map_fills(guest);
    guest->trap = guest_map(guest, guest->layout.trap, PAGE, ENGINE_MAY_EXECUTE, NULL, errors);
    guest->slot = guest_map(guest, guest->layout.slot, PAGE, ENGINE_MAY_READ, NULL, errors);
    if (!guest->trap || !guest->slot)
        return false;
    guest_trap_write(guest);
    if (guest->uses_out) {
        /* At the end of its page, so that what writes past it faults. */
        guest->out = guest_map(guest, guest->layout.out, PAGE, ENGINE_MAY_READ | ENGINE_MAY_WRITE,
                               NULL, errors);
        if (!guest->out)
            return false;
        memset(guest->out, GUEST_OUT_PADDING, PAGE);
        guest->out += PAGE - GUEST_OUT_SIZE;
    }
    if (image->import_area_size > 0) {
        imports = guest_map(guest, image->import_area, image->import_area_size, ENGINE_MAY_EXECUTE,
                            NULL, errors);
        if (!imports || !guest_imports_map(guest, imports, errors))
            return false;
    }
    if (image->mode != IMAGE_16 && !guest_thread_map(guest, errors))
        return false;
    if (image->mode == IMAGE_32 && !guest_map_segments_32(guest, errors))
        return false;
    return guest_map_dirty(guest, errors);
}
