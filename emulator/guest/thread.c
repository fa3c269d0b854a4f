/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/internal.h"

#include <stdlib.h>
#include <string.h>

#define PAGE IMAGE_PAGE

/*
 * The one thread: below the thread pointer the image's thread-local variables, and those that other
 * files define; from it on the block, where compilers look for the block's own address and the
 * stack protector's canary, and C libraries keep errno and more. Nearly no probe writes there, so
 * that the block is watched only once one does.
 */
#define THREAD_PAGE 7u        /* of the harness's pages, when the page below holds all variables */
#define THREAD_FAR 0x7800000u /* in the area: above 4 MiB for them */
#define HEAP_FAR 0x7000000u
#define CONTEXT_FAR 0x7200000u
#define THREAD_UNSAFE_STACK (256u * 1024) /* bytes, the last ones of the heap's */

/* Go's code looks for the goroutine in the word below the pointer, whether the file has such
 * variables or not. */
static uint64_t thread_below(const struct guest *guest) {
    const struct image *image = guest->image;
    uint64_t size = guest_tls_size(image) + image->tls_outside;

    return size == 0 && guest_convention(guest->setup->abi)->is_go ? guest->word : size;
}

/* How far below the image's own variables the pointer of a second stack lies, where clang's safe
 * stack
 * (-fsanitize=safe-stack) has all that addresses are taken of; 0: the code has none. */
static uint64_t thread_unsafe_stack(const struct guest *guest) {
    return image_tls_outside_below(guest->image, "__safestack_unsafe_stack_ptr");
}

/* Whether the image has undefined functions that take memory, or needs some for a second stack. */
static bool thread_wants_heap(const struct guest *guest) {
    if (thread_unsafe_stack(guest) != 0)
        return true;
    for (size_t i = 0; i < guest->image->imports_count; i++) {
        if (guest_takes_memory(guest->image->imports[i].name))
            return true;
    }
    return false;
}

bool guest_thread_place(struct guest *guest, uint64_t area, uint64_t pages) {
    const struct image *image = guest->image;

    guest->layout.thread = pages + THREAD_PAGE * PAGE;
    guest->layout.heap = thread_wants_heap(guest) ? area + HEAP_FAR : 0;
    guest->layout.context = area + CONTEXT_FAR;
    if (thread_below(guest) > GUEST_TLS_MAX || image->tls_alignment > GUEST_TLS_MAX)
        return false;
    if (thread_below(guest) > PAGE || image->tls_alignment > PAGE)
        guest->layout.thread = area + THREAD_FAR;
    guest->layout.tls = guest->layout.thread - (thread_below(guest) + PAGE - 1) / PAGE * PAGE;
    return true;
}

/* Memory that is watched and put back like the image's own. */
static uint8_t *thread_map_watched(struct guest *guest, uint64_t first, size_t size,
                                   uint8_t **pristine, struct errors *errors) {
    struct guest_region *region = &guest->regions[guest->regions_count];
    uint8_t *host;

    *pristine = calloc(1, size);
    if (!*pristine) {
        errors_add(errors, NULL, 0, 0, "out of memory for the guest");
        return NULL;
    }
    host = guest_map(guest, first, size, ENGINE_MAY_READ | ENGINE_MAY_WRITE, NULL, errors);
    if (host)
        region->pristine = *pristine;
    return host;
}

static bool thread_map_variables(struct guest *guest, struct errors *errors) {
    const struct image *image = guest->image;
    uint64_t below = thread_below(guest), pointer = guest->layout.thread;
    size_t size = (size_t)(pointer - guest->layout.tls), available = 0;
    const uint8_t *initial = image_bytes(image, image->tls_start, &available);
    struct guest_region *region = &guest->regions[guest->regions_count];
    uint8_t *host;

    if (below == 0)
        return true;
    if (image->tls_file_size > image->tls_memory_size ||
        (image->tls_file_size > 0 && (!initial || available < image->tls_file_size)))
        return errors_add(errors, image->path, 0, 0, "the thread-local data lie in no segment");
    host = thread_map_watched(guest, pointer - size, size, &guest->tls_pristine, errors);
    if (!host)
        return false;
    region->own_first = pointer - below;
    if (image->tls_file_size > 0)
        memcpy(host + size - guest_tls_size(image), initial, image->tls_file_size);
    if (guest_convention(guest->setup->abi)->is_go) {
        uint64_t goroutine = guest_goroutine(guest);

        memcpy(host + size - guest->word, &goroutine, guest->word);
    }
    if (thread_unsafe_stack(guest) != 0) {
        uint64_t top = guest->layout.heap + GUEST_HEAP_SIZE;

        guest->heap.reserved = THREAD_UNSAFE_STACK;
        memcpy(host + size - guest_tls_size(image) - thread_unsafe_stack(guest), &top, guest->word);
    }
    memcpy(guest->tls_pristine, host, size);
    return true;
}

static bool thread_map_block(struct guest *guest, struct errors *errors) {
    uint64_t pointer = guest->layout.thread, canary = guest_garbage(guest, 0, 0x7315) & ~0xffull;
    uint64_t mangler = guest_garbage(guest, 0, 0x7316);
    bool is_wide = guest->image->mode == IMAGE_64;
    uint8_t *host;

    host = guest_map(guest, pointer, PAGE, ENGINE_MAY_READ, NULL, errors);
    if (!host)
        return false;
    memcpy(host, &pointer, guest->word); /* and where C libraries look for it: */
    memcpy(host + (is_wide ? 0x10 : 0x8), &pointer, guest->word);
    memcpy(host + (is_wide ? 0x28 : 0x14), &canary, guest->word);
    memcpy(host + (is_wide ? 0x30 : 0x18), &mangler, guest->word);
    memcpy(guest->thread_pristine, host, PAGE);
    guest->thread = host;
    return true;
}

uint64_t guest_goroutine(const struct guest *guest) {
    return guest->layout.context + GUEST_CONTEXT_SIZE;
}

/* The context buffer, and behind it a goroutine, whose stack begins at 0 so that there is always
 * room. */
static bool thread_map_context(struct guest *guest, struct errors *errors) {
    bool is_go = guest_convention(guest->setup->abi)->is_go;
    size_t size = GUEST_CONTEXT_SIZE + (is_go ? IMAGE_PAGE : 0);

    return (!guest->uses_context && !is_go) ||
           thread_map_watched(guest, guest->layout.context, size, &guest->context_pristine, errors);
}

bool guest_thread_map(struct guest *guest, struct errors *errors) {
    return thread_map_variables(guest, errors) && thread_map_block(guest, errors) &&
           thread_map_context(guest, errors) &&
           (guest->layout.heap == 0 ||
            thread_map_watched(guest, guest->layout.heap, GUEST_HEAP_SIZE, &guest->heap_pristine,
                               errors));
}

bool guest_thread_opens(struct guest *guest, uint64_t address) {
    uint64_t offset = address - guest->layout.thread;

    if (!guest->thread || guest->thread_open || offset < GUEST_THREAD_KNOWN || offset >= PAGE ||
        !engine_protect(guest->engine, guest->layout.thread, PAGE,
                        ENGINE_MAY_READ | ENGINE_MAY_WRITE))
        return false;
    guest->thread_open = true;
    for (size_t i = 0; i < guest->regions_count; i++) {
        if (guest->regions[i].address == guest->layout.thread)
            guest->regions[i].permissions |= ENGINE_MAY_WRITE;
    }
    return true;
}

void guest_thread_restore(struct guest *guest) {
    if (guest->thread_open)
        memcpy(guest->thread, guest->thread_pristine, PAGE);
}

bool guest_thread_is_whole(const struct guest *guest) {
    return !guest->thread_open ||
           memcmp(guest->thread, guest->thread_pristine, GUEST_THREAD_KNOWN) == 0;
}
