/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/provided.h"

#include <ctype.h>
#include <string.h>
#include <unistd.h>

/* <string.h> and <strings.h>: what copies, sets and compares. */
enum {
    COPY_LIMITED = 1u << 0, /* at most as many bytes as the third argument says... */
    COPY_PADS = 1u << 1,    /* ...and zeros up to that */
    COPY_APPENDS = 1u << 2,
    COPY_RETURNS_END = 1u << 3,
    COPY_SWAPPED = 1u << 4, /* the source comes first */
    COPY_TO_BYTE = 1u << 5, /* memccpy: up to that byte */
    COMPARE_FOLDS = 1u << 6,
    COMPARE_LIMITED = 1u << 7,
};

static uint64_t run_move(struct guest *guest, const struct guest_provided *function) {
    bool swapped = function->form & COPY_SWAPPED;
    uint64_t to = guest_call_argument(guest, swapped), from = guest_call_argument(guest, !swapped);
    uint64_t size = guest_call_argument(guest, 2);
    const uint8_t *source = guest_provided_fits(guest, function, size)
                                ? guest_provided_bytes(guest, from, size, false)
                                : NULL;
    uint8_t *target = source ? guest_provided_bytes(guest, to, size, true) : NULL;

    if (target)
        memmove(target, source, size);
    return function->form & COPY_RETURNS_END ? to + size : to;
}

/* memccpy(to, from, byte, size) */
static uint64_t run_move_to_byte(struct guest *guest, const struct guest_provided *function) {
    uint64_t to = guest_call_argument(guest, 0), from = guest_call_argument(guest, 1);
    uint8_t last = (uint8_t)guest_call_argument(guest, 2);
    uint64_t size = guest_call_argument(guest, 3);

    (void)function;
    for (uint64_t i = 0; i < size; i++) {
        const uint8_t *source = guest_provided_bytes(guest, from + i, 1, false);
        uint8_t *target = source && guest_provided_charge(guest, 1)
                              ? guest_provided_bytes(guest, to + i, 1, true)
                              : NULL;

        if (!target)
            return 0;
        *target = *source;
        if (*target == last)
            return to + i + 1;
    }
    return 0;
}

static uint64_t set_bytes(struct guest *guest, const struct guest_provided *function, int value,
                          uint64_t size) {
    uint64_t to = guest_call_argument(guest, 0);
    uint8_t *target = guest_provided_fits(guest, function, size)
                          ? guest_provided_bytes(guest, to, size, true)
                          : NULL;

    if (target)
        memset(target, value, size);
    return to;
}

static uint64_t run_set(struct guest *guest, const struct guest_provided *function) {
    return set_bytes(guest, function, (int)guest_call_argument(guest, 1),
                     guest_call_argument(guest, 2));
}

static uint64_t run_zero(struct guest *guest, const struct guest_provided *function) {
    return set_bytes(guest, function, 0, guest_call_argument(guest, 1));
}

/* swab(from, to, size): each two bytes the other way round; memfrob(bytes, size). */
static uint64_t run_swap(struct guest *guest, const struct guest_provided *function) {
    uint64_t size = guest_call_argument(guest, 2);
    int64_t wanted = guest->word == 8 ? (int64_t)size : (int32_t)size;
    const uint8_t *from;
    uint8_t *to;

    (void)function;
    size = wanted < 0 ? 0 : (uint64_t)wanted & ~(uint64_t)1;
    from = guest_provided_bytes(guest, guest_call_argument(guest, 0), size, false);
    to = from ? guest_provided_bytes(guest, guest_call_argument(guest, 1), size, true) : NULL;
    if (to)
        swab(from, to, (ssize_t)size);
    return 0;
}

static uint64_t run_frob(struct guest *guest, const struct guest_provided *function) {
    uint64_t address = guest_call_argument(guest, 0), size = guest_call_argument(guest, 1);
    uint8_t *bytes = guest_provided_bytes(guest, address, size, true);

    (void)function;
    if (bytes)
        memfrob(bytes, size);
    return address;
}

static uint64_t sign_of(int order) {
    return (uint64_t)(int64_t)((order > 0) - (order < 0));
}

/* The first difference decides; the result's sign is all that C promises, so it is -1, 0 or 1. */
static uint64_t run_compare(struct guest *guest, const struct guest_provided *function) {
    uint64_t size = guest_call_argument(guest, 2);
    const uint8_t *a = guest_provided_bytes(guest, guest_call_argument(guest, 0), size, false);
    const uint8_t *b =
        a ? guest_provided_bytes(guest, guest_call_argument(guest, 1), size, false) : NULL;

    (void)function;
    return b ? sign_of(memcmp(a, b, size)) : 0;
}

static int order_of(uint8_t a, uint8_t b, bool folds) {
    return folds ? tolower(a) - tolower(b) : a - b;
}

/* How many bytes, of `size`, there are up to and with the one that decides. */
static size_t same_bytes(const uint8_t *a, const uint8_t *b, size_t size, bool folds) {
    size_t i = 0;

    while (i + 1 < size && a[i] != 0 && order_of(a[i], b[i], folds) == 0)
        i++;
    return i + 1;
}

static uint64_t run_compare_strings(struct guest *guest, const struct guest_provided *function) {
    uint64_t limit = function->form & COMPARE_LIMITED ? guest_call_argument(guest, 2) : UINT64_MAX;
    uint64_t a = guest_call_argument(guest, 0), b = guest_call_argument(guest, 1);

    bool folds = function->form & COMPARE_FOLDS;
    size_t size;

    for (uint64_t i = 0; i < limit; i += size) {
        const uint8_t *pa, *pb;
        size_t ahead = guest_provided_ahead(guest, a + i, limit - i, &pa);

        size = guest_provided_ahead(guest, b + i, ahead, &pb);
        size = pa && pb ? same_bytes(pa, pb, size, folds) : 1;
        pa = guest_provided_read(guest, a + i, size);
        pb = pa ? guest_memory_access(guest, b + i, size, false) : NULL;
        if (!pb)
            return 0;
        if (order_of(pa[size - 1], pb[size - 1], folds) != 0 || pa[size - 1] == 0)
            return sign_of(order_of(pa[size - 1], pb[size - 1], folds));
    }
    return 0;
}

static uint64_t run_compare_versions(struct guest *guest, const struct guest_provided *function) {
    const char *a = guest_provided_text(guest, 0), *b = a ? guest_provided_text(guest, 1) : NULL;

    (void)function;
    return b ? sign_of(strverscmp(a, b)) : 0;
}

static uint64_t run_length(struct guest *guest, const struct guest_provided *function) {
    uint64_t limit = function->form & COPY_LIMITED ? guest_call_argument(guest, 1) : UINT64_MAX;
    int64_t length = guest_provided_length(guest, guest_call_argument(guest, 0), limit);

    return length < 0 ? 0 : (uint64_t)length;
}

/* strcpy, strcat and their relatives. */
static uint64_t run_copy(struct guest *guest, const struct guest_provided *function) {
    uint64_t to = guest_call_argument(guest, 0), from = guest_call_argument(guest, 1);
    uint64_t limit = function->form & COPY_LIMITED ? guest_call_argument(guest, 2) : UINT64_MAX;
    int64_t start =
        function->form & COPY_APPENDS ? guest_provided_length(guest, to, UINT64_MAX) : 0;
    int64_t length = start < 0 ? -1 : guest_provided_length(guest, from, limit);
    uint64_t size = function->form & COPY_PADS ? limit : (uint64_t)length + 1;
    const uint8_t *source;
    uint8_t *target;

    if (length < 0 || !guest_provided_fits(guest, function, (uint64_t)start + size))
        return to;
    source = guest_provided_bytes(guest, from, (uint64_t)length, false);
    target = source ? guest_provided_bytes(guest, to + (uint64_t)start, size, true) : NULL;
    if (target) {
        memmove(target, source, (size_t)length);
        memset(target + length, 0, size - (uint64_t)length);
    }
    return function->form & COPY_RETURNS_END ? to + (uint64_t)start + (uint64_t)length : to;
}

/* strlcpy and strlcat, which return what they would have liked to write. */
static uint64_t run_copy_sized(struct guest *guest, const struct guest_provided *function) {
    uint64_t to = guest_call_argument(guest, 0), from = guest_call_argument(guest, 1);
    uint64_t room = guest_call_argument(guest, 2), size;
    int64_t start = function->form & COPY_APPENDS ? guest_provided_length(guest, to, room) : 0;
    int64_t length = start < 0 ? -1 : guest_provided_length(guest, from, UINT64_MAX);
    const uint8_t *source;
    uint8_t *target;

    if (length < 0 || !guest_provided_fits(guest, function, room))
        return 0;
    if ((uint64_t)start < room) {
        size = room - (uint64_t)start - 1 < (uint64_t)length ? room - (uint64_t)start - 1
                                                             : (uint64_t)length;
        source = guest_provided_bytes(guest, from, size, false);
        target = source ? guest_provided_bytes(guest, to + (uint64_t)start, size + 1, true) : NULL;
        if (target) {
            memmove(target, source, size);
            target[size] = 0;
        }
    }
    return (uint64_t)start + (uint64_t)length;
}

#define BOUNDED(name, run, form, bound) GUEST_PROVIDED_RUN(name, run, form, bound)
const struct guest_provided guest_provided_strings[] = {
    BOUNDED("memcpy", run_move, 0, 0),
    BOUNDED("memmove", run_move, 0, 0),
    BOUNDED("mempcpy", run_move, COPY_RETURNS_END, 0),
    BOUNDED("__mempcpy", run_move, COPY_RETURNS_END, 0),
    BOUNDED("__memcpy_chk", run_move, 0, 4),
    BOUNDED("__memmove_chk", run_move, 0, 4),
    BOUNDED("__mempcpy_chk", run_move, COPY_RETURNS_END, 4),
    BOUNDED("bcopy", run_move, COPY_SWAPPED, 0),
    BOUNDED("memccpy", run_move_to_byte, COPY_TO_BYTE, 0),
    BOUNDED("memset", run_set, 0, 0),
    BOUNDED("__memset_chk", run_set, 0, 4),
    BOUNDED("memset_explicit", run_set, 0, 0),
    BOUNDED("bzero", run_zero, 0, 0),
    BOUNDED("__bzero", run_zero, 0, 0),
    BOUNDED("explicit_bzero", run_zero, 0, 0),
    BOUNDED("__explicit_bzero_chk", run_zero, 0, 3),
    BOUNDED("memcmp", run_compare, 0, 0),
    BOUNDED("bcmp", run_compare, 0, 0),
    BOUNDED("__memcmpeq", run_compare, 0, 0),
    BOUNDED("swab", run_swap, 0, 0),
    BOUNDED("memfrob", run_frob, 0, 0),
    BOUNDED("strlen", run_length, 0, 0),
    BOUNDED("strnlen", run_length, COPY_LIMITED, 0),
    BOUNDED("strcmp", run_compare_strings, 0, 0),
    BOUNDED("strcoll", run_compare_strings, 0, 0),
    BOUNDED("strcoll_l", run_compare_strings, 0, 0),
    BOUNDED("strverscmp", run_compare_versions, 0, 0),
    BOUNDED("__strverscmp", run_compare_versions, 0, 0),
    BOUNDED("strncmp", run_compare_strings, COMPARE_LIMITED, 0),
    BOUNDED("strcasecmp", run_compare_strings, COMPARE_FOLDS, 0),
    BOUNDED("__strcasecmp", run_compare_strings, COMPARE_FOLDS, 0),
    BOUNDED("strcasecmp_l", run_compare_strings, COMPARE_FOLDS, 0),
    BOUNDED("strncasecmp_l", run_compare_strings, COMPARE_FOLDS | COMPARE_LIMITED, 0),
    BOUNDED("strncasecmp", run_compare_strings, COMPARE_FOLDS | COMPARE_LIMITED, 0),
    BOUNDED("strcpy", run_copy, 0, 0),
    BOUNDED("__strcpy_chk", run_copy, 0, 3),
    BOUNDED("strncpy", run_copy, COPY_LIMITED | COPY_PADS, 0),
    BOUNDED("__strncpy_chk", run_copy, COPY_LIMITED | COPY_PADS, 4),
    BOUNDED("stpcpy", run_copy, COPY_RETURNS_END, 0),
    BOUNDED("__stpcpy", run_copy, COPY_RETURNS_END, 0),
    BOUNDED("__stpcpy_chk", run_copy, COPY_RETURNS_END, 3),
    BOUNDED("stpncpy", run_copy, COPY_LIMITED | COPY_PADS | COPY_RETURNS_END, 0),
    BOUNDED("__stpncpy", run_copy, COPY_LIMITED | COPY_PADS | COPY_RETURNS_END, 0),
    BOUNDED("__stpncpy_chk", run_copy, COPY_LIMITED | COPY_PADS | COPY_RETURNS_END, 4),
    BOUNDED("strcat", run_copy, COPY_APPENDS, 0),
    BOUNDED("__strcat_chk", run_copy, COPY_APPENDS, 3),
    BOUNDED("strncat", run_copy, COPY_APPENDS | COPY_LIMITED, 0),
    BOUNDED("__strncat_chk", run_copy, COPY_APPENDS | COPY_LIMITED, 4),
    BOUNDED("strlcpy", run_copy_sized, 0, 0),
    BOUNDED("strlcat", run_copy_sized, COPY_APPENDS, 0),
    BOUNDED("__strlcpy_chk", run_copy_sized, 0, 4),
    BOUNDED("__strlcat_chk", run_copy_sized, COPY_APPENDS, 4),
    /* Where strings are ordered by their bytes. */
    BOUNDED("strxfrm", run_copy_sized, 0, 0),
    BOUNDED("strxfrm_l", run_copy_sized, 0, 0),
    BOUNDED(NULL, NULL, 0, 0),
};
