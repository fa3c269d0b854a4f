/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/provided.h"

#include <string.h>

/*
 * malloc and its relatives, on an arena that is the same in each boot. What is known of its pieces
 * is kept on the host, where no wild write reaches it: they lie side by side, in order.
 */
#define HEAP_ALIGNMENT 16u

static uint64_t heap_round(uint64_t value, uint64_t alignment) {
    return (value + alignment - 1) & ~(alignment - 1);
}

void guest_heap_boot(struct guest *guest) {
    guest->heap.count = 1;
    guest->heap.pieces[0] =
        (struct guest_heap_piece){0, GUEST_HEAP_SIZE - guest->heap.reserved, false};
}

/* Cuts a piece in two; the second is free. False: there are too many. */
static bool heap_cut(struct guest_heap *heap, size_t index, uint32_t size) {
    struct guest_heap_piece *piece = &heap->pieces[index];

    if (piece->size == size)
        return true;
    if (heap->count == GUEST_HEAP_PIECES)
        return false;
    memmove(piece + 2, piece + 1, (heap->count - index - 1) * sizeof *piece);
    piece[1] = (struct guest_heap_piece){piece->offset + size, piece->size - size, false};
    piece->size = size;
    heap->count++;
    return true;
}

/* The index of a free piece from whose aligned start on so much fits; `count` when there is none.
 */
static size_t heap_find(const struct guest *guest, uint64_t size, uint64_t alignment) {
    const struct guest_heap *heap = &guest->heap;
    size_t index = 0;

    for (; index < heap->count; index++) {
        const struct guest_heap_piece *piece = &heap->pieces[index];
        uint64_t skipped = heap_round(guest->layout.heap + piece->offset, alignment) -
                           guest->layout.heap - piece->offset;

        if (!piece->is_used && skipped <= piece->size && size <= piece->size - skipped)
            break;
    }
    return index;
}

bool guest_has_heap(const struct guest *guest) {
    return guest->layout.heap != 0;
}

uint64_t guest_heap_take(struct guest *guest, uint64_t size, uint64_t alignment) {
    struct guest_heap *heap = &guest->heap;
    uint64_t address;
    unsigned kind;
    uint8_t *bytes;
    size_t index;

    if (guest->layout.heap == 0 || size > GUEST_HEAP_SIZE || alignment > GUEST_HEAP_SIZE)
        return 0;
    if (alignment < HEAP_ALIGNMENT)
        alignment = HEAP_ALIGNMENT;
    size = heap_round(size ? size : 1, HEAP_ALIGNMENT);
    index = heap_find(guest, size, alignment);
    if (index == heap->count)
        return 0;
    address = heap_round(guest->layout.heap + heap->pieces[index].offset, alignment);
    if (address > guest->layout.heap + heap->pieces[index].offset) {
        if (!heap_cut(heap, index,
                      (uint32_t)(address - guest->layout.heap - heap->pieces[index].offset)))
            return 0;
        index++;
    }
    if (!heap_cut(heap, index, (uint32_t)size))
        return 0;
    heap->pieces[index].is_used = true;
    kind = guest->batch.jobs ? guest->batch.jobs[guest->batch.job].garbage : 0;
    bytes = guest_provided_bytes(guest, address, size, true);
    for (uint64_t i = 0; bytes && i < size; i += 8) {
        uint64_t garbage = guest_garbage(guest, kind, 0x600 + i);

        memcpy(bytes + i, &garbage, 8);
    }
    return bytes ? address : 0;
}

/* The used piece at an address; NULL: there is none. */
static struct guest_heap_piece *heap_piece(struct guest *guest, uint64_t address) {
    for (size_t i = 0; i < guest->heap.count; i++) {
        struct guest_heap_piece *piece = &guest->heap.pieces[i];

        if (piece->is_used && guest->layout.heap + piece->offset == address)
            return piece;
    }
    return NULL;
}

static void heap_join(struct guest_heap *heap, size_t index) {
    struct guest_heap_piece *piece = &heap->pieces[index];

    if (index + 1 >= heap->count || piece->is_used || piece[1].is_used)
        return;
    piece->size += piece[1].size;
    heap->count--;
    memmove(piece + 1, piece + 2, (heap->count - index - 1) * sizeof *piece);
}

/* What was not taken cannot be given back: the C library aborts. */
static void heap_give(struct guest *guest, const char *name, uint64_t address) {
    struct guest_heap_piece *piece = address ? heap_piece(guest, address) : NULL;
    size_t index;

    if (!piece) {
        if (address)
            guest_stop(guest, OBSERVATION_STACK_SMASHED, name);
        return;
    }
    index = (size_t)(piece - guest->heap.pieces);
    piece->is_used = false;
    heap_join(&guest->heap, index);
    if (index > 0)
        heap_join(&guest->heap, index - 1);
}

/* How the arguments say what is wanted. */
enum {
    TAKE_SIZE = 1u << 0,       /* (size) */
    TAKE_COUNTED = 1u << 1,    /* (count, size) */
    TAKE_ALIGNED = 1u << 2,    /* (alignment, size) */
    TAKE_SIZE_FIRST = 1u << 3, /* with an alignment: (size, alignment) */
    TAKE_TO_PLACE = 1u << 4,   /* posix_memalign(&place, alignment, size) */
    TAKE_ZEROED = 1u << 5,
    TAKE_OR_END = 1u << 6, /* operator new: when there is no more, an exception */
};

/* count * size; more than there can be when that is more than 64 bits. */
static uint64_t heap_product(uint64_t count, uint64_t size) {
    return size && count > UINT64_MAX / size ? UINT64_MAX : count * size;
}

static uint64_t run_take(struct guest *guest, const struct guest_provided *function) {
    unsigned form = function->form, first = form & TAKE_TO_PLACE ? 1 : 0;
    uint64_t a = guest_call_argument(guest, first), size = a, alignment = 1, address;
    uint64_t b = form & (TAKE_COUNTED | TAKE_ALIGNED) ? guest_call_argument(guest, first + 1) : 0;
    uint8_t *bytes;

    if (form & TAKE_COUNTED)
        size = heap_product(a, b);
    if (form & TAKE_ALIGNED) {
        alignment = form & TAKE_SIZE_FIRST ? b : a;
        size = form & TAKE_SIZE_FIRST ? a : b;
        if (alignment == 0 || (alignment & (alignment - 1)))
            return form & TAKE_TO_PLACE ? 22 : 0; /* EINVAL */
    }
    address = guest_heap_take(guest, size, alignment);
    bytes = address && form & TAKE_ZEROED ? guest_provided_bytes(guest, address, size, true) : NULL;
    if (bytes)
        memset(bytes, 0, size);
    if (!address && form & TAKE_OR_END)
        guest_stop(guest, OBSERVATION_STACK_SMASHED, "std::bad_alloc");
    if (!(form & TAKE_TO_PLACE))
        return address;
    if (address)
        guest_provided_put_word(guest, guest_call_argument(guest, 0), address);
    return address ? 0 : 12; /* ENOMEM */
}

/* realloc(old, size), reallocarray(old, count, size) */
static uint64_t run_take_again(struct guest *guest, const struct guest_provided *function) {
    uint64_t old = guest_call_argument(guest, 0), size = guest_call_argument(guest, 1), address;
    struct guest_heap_piece *piece = old ? heap_piece(guest, old) : NULL;
    const uint8_t *from;
    uint8_t *to;

    if (function->form & TAKE_COUNTED)
        size = heap_product(size, guest_call_argument(guest, 2));
    if (old && !piece) {
        guest_stop(guest, OBSERVATION_STACK_SMASHED, function->name);
        return 0;
    }
    address = guest_heap_take(guest, size, 1);
    if (!address || !old)
        return address;
    piece = heap_piece(guest, old);
    if (size > piece->size)
        size = piece->size;
    from = guest_provided_bytes(guest, old, size, false);
    to = from ? guest_provided_bytes(guest, address, size, true) : NULL;
    if (to)
        memcpy(to, from, size);
    heap_give(guest, function->name, old);
    return address;
}

static uint64_t run_give(struct guest *guest, const struct guest_provided *function) {
    heap_give(guest, function->name, guest_call_argument(guest, 0));
    return 0;
}

static uint64_t run_usable(struct guest *guest, const struct guest_provided *function) {
    uint64_t address = guest_call_argument(guest, 0);
    const struct guest_heap_piece *piece = address ? heap_piece(guest, address) : NULL;

    (void)function;
    return piece ? piece->size : 0;
}

/* Where the system has no thread-local storage of its own, compilers emulate it (libgcc's
 * emutls.c):
 * __emutls_get_address(&{size, alignment, address, what it holds at first or NULL}). The variable
 * is made when it is first asked for. */
static uint64_t run_emulated_tls(struct guest *guest, const struct guest_provided *function) {
    uint64_t object = guest_call_argument(guest, 0), words[4], address;
    const uint8_t *from = NULL;
    uint8_t *to;

    (void)function;
    for (unsigned i = 0; i < 4; i++) {
        if (!guest_provided_get_word(guest, object + i * guest->word, &words[i]))
            return 0;
    }
    if (words[2] != 0)
        return words[2];
    address = words[1] & (words[1] - 1) ? 0 : guest_heap_take(guest, words[0], words[1]);
    if (address == 0) {
        guest_stop(guest, OBSERVATION_STACK_SMASHED, "__emutls_get_address");
        return 0;
    }
    if (words[3] != 0) {
        from = guest_provided_bytes(guest, words[3], words[0], false);
        if (!from)
            return 0;
    }
    to = guest_provided_bytes(guest, address, words[0], true);
    if (!to || !guest_provided_put_word(guest, object + 2 * guest->word, address))
        return 0;
    if (from)
        memcpy(to, from, (size_t)words[0]);
    else
        memset(to, 0, (size_t)words[0]);
    return address;
}

/* strdup, strndup */
static uint64_t run_copy_text(struct guest *guest, const struct guest_provided *function) {
    uint64_t from = guest_call_argument(guest, 0), address;
    uint64_t limit = function->form ? guest_call_argument(guest, 1) : UINT64_MAX;
    int64_t length = guest_provided_length(guest, from, limit);
    const uint8_t *source;
    uint8_t *target;

    if (length < 0)
        return 0;
    address = guest_heap_take(guest, (uint64_t)length + 1, 1);
    source = address ? guest_provided_bytes(guest, from, (uint64_t)length, false) : NULL;
    target = source ? guest_provided_bytes(guest, address, (uint64_t)length + 1, true) : NULL;
    if (target) {
        memcpy(target, source, (size_t)length);
        target[length] = 0;
    }
    return address;
}

#define ROW(name, run, form) GUEST_PROVIDED_RUN(name, run, form, 0)
#define ALIGNED_NEW (TAKE_ALIGNED | TAKE_SIZE_FIRST)
const struct guest_provided guest_provided_heap[] = {
    ROW("malloc", run_take, TAKE_SIZE),
    ROW("calloc", run_take, TAKE_COUNTED | TAKE_ZEROED),
    ROW("memalign", run_take, TAKE_ALIGNED),
    ROW("aligned_alloc", run_take, TAKE_ALIGNED),
    ROW("posix_memalign", run_take, TAKE_ALIGNED | TAKE_TO_PLACE),
    ROW("realloc", run_take_again, 0),
    ROW("reallocarray", run_take_again, TAKE_COUNTED),
    ROW("free", run_give, 0),
    ROW("malloc_usable_size", run_usable, 0),
    ROW("__emutls_get_address", run_emulated_tls, 0),
    ROW("strdup", run_copy_text, false),
    ROW("__strdup", run_copy_text, false),
    ROW("strndup", run_copy_text, true),
    ROW("__strndup", run_copy_text, true),
    /* operator new and new[], then delete and delete[]: of size_t in 64 and 32 bits, with an
     * alignment, and without an exception */
    ROW("_Znwm", run_take, TAKE_SIZE | TAKE_OR_END),
    ROW("_Znam", run_take, TAKE_SIZE | TAKE_OR_END),
    ROW("_Znwj", run_take, TAKE_SIZE | TAKE_OR_END),
    ROW("_Znaj", run_take, TAKE_SIZE | TAKE_OR_END),
    ROW("_ZnwmRKSt9nothrow_t", run_take, TAKE_SIZE),
    ROW("_ZnamRKSt9nothrow_t", run_take, TAKE_SIZE),
    ROW("_ZnwjRKSt9nothrow_t", run_take, TAKE_SIZE),
    ROW("_ZnajRKSt9nothrow_t", run_take, TAKE_SIZE),
    ROW("_ZnwmSt11align_val_t", run_take, ALIGNED_NEW | TAKE_OR_END),
    ROW("_ZnamSt11align_val_t", run_take, ALIGNED_NEW | TAKE_OR_END),
    ROW("_ZnwjSt11align_val_t", run_take, ALIGNED_NEW | TAKE_OR_END),
    ROW("_ZnajSt11align_val_t", run_take, ALIGNED_NEW | TAKE_OR_END),
    ROW("_ZnwmSt11align_val_tRKSt9nothrow_t", run_take, ALIGNED_NEW),
    ROW("_ZnamSt11align_val_tRKSt9nothrow_t", run_take, ALIGNED_NEW),
    ROW("_ZnwjSt11align_val_tRKSt9nothrow_t", run_take, ALIGNED_NEW),
    ROW("_ZnajSt11align_val_tRKSt9nothrow_t", run_take, ALIGNED_NEW),
    ROW("_ZdlPv", run_give, 0),
    ROW("_ZdaPv", run_give, 0),
    ROW("_ZdlPvm", run_give, 0),
    ROW("_ZdaPvm", run_give, 0),
    ROW("_ZdlPvj", run_give, 0),
    ROW("_ZdaPvj", run_give, 0),
    ROW("_ZdlPvRKSt9nothrow_t", run_give, 0),
    ROW("_ZdaPvRKSt9nothrow_t", run_give, 0),
    ROW("_ZdlPvSt11align_val_t", run_give, 0),
    ROW("_ZdaPvSt11align_val_t", run_give, 0),
    ROW("_ZdlPvmSt11align_val_t", run_give, 0),
    ROW("_ZdaPvmSt11align_val_t", run_give, 0),
    ROW("_ZdlPvjSt11align_val_t", run_give, 0),
    ROW("_ZdaPvjSt11align_val_t", run_give, 0),
    ROW("_ZdlPvSt11align_val_tRKSt9nothrow_t", run_give, 0),
    ROW("_ZdaPvSt11align_val_tRKSt9nothrow_t", run_give, 0),
    ROW(NULL, NULL, 0),
};
