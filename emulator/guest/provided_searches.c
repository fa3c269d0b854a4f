/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/provided.h"

#include <string.h>

/* <string.h> and <strings.h>: what searches and takes strings apart. */
enum {
    FIND_IN_STRING = 1u << 0, /* up to its zero; else as many bytes as the third argument says */
    FIND_ANYWHERE = 1u << 1,  /* it is known to be there */
    FIND_LAST = 1u << 2,
    FIND_OR_END = 1u << 3, /* strchrnul */
};

/* How many bytes, of `size`, there are up to and with the one where the search ends. */
static size_t size_to(const uint8_t *bytes, size_t size, uint8_t wanted, unsigned form) {
    size_t i = 0;

    while (i + 1 < size && (form & FIND_LAST || bytes[i] != wanted) &&
           !(form & FIND_IN_STRING && bytes[i] == 0))
        i++;
    return i + 1;
}

static uint64_t run_find(struct guest *guest, const struct guest_provided *function) {
    uint64_t address = guest_call_argument(guest, 0), found = 0;
    uint8_t wanted = (uint8_t)guest_call_argument(guest, 1);
    bool bounded = !(function->form & (FIND_IN_STRING | FIND_ANYWHERE));
    uint64_t limit = bounded ? guest_call_argument(guest, 2) : UINT64_MAX;

    size_t size;

    for (uint64_t i = 0; i < limit; i += size) {
        const uint8_t *bytes, *last;

        size = guest_provided_ahead(guest, address + i, limit - i, &bytes);
        size = bytes ? size_to(bytes, size, wanted, function->form) : 1;
        bytes = guest_provided_read(guest, address + i, size);
        if (!bytes)
            return 0;
        last = memrchr(bytes, wanted, size);
        if (last)
            found = address + i + (uint64_t)(last - bytes);
        if (last && !(function->form & FIND_LAST))
            return found;
        if (function->form & FIND_IN_STRING && bytes[size - 1] == 0)
            return function->form & FIND_OR_END ? address + i + size - 1 : found;
    }
    return found;
}

enum { SEARCH_STRING, SEARCH_FOLDED, SEARCH_ANY };

static uint64_t run_search(struct guest *guest, const struct guest_provided *function) {
    const char *in = guest_provided_text(guest, 0);
    const char *what = in ? guest_provided_text(guest, 1) : NULL;
    const char *found = NULL;

    if (what)
        found = function->form == SEARCH_STRING   ? strstr(in, what)
                : function->form == SEARCH_FOLDED ? strcasestr(in, what)
                                                  : strpbrk(in, what);
    return found ? guest_call_argument(guest, 0) + (uint64_t)(found - in) : 0;
}

static uint64_t run_search_bytes(struct guest *guest, const struct guest_provided *function) {
    uint64_t size = guest_call_argument(guest, 1), what_size = guest_call_argument(guest, 3);
    const uint8_t *in = guest_provided_bytes(guest, guest_call_argument(guest, 0), size, false);
    const uint8_t *what =
        in ? guest_provided_bytes(guest, guest_call_argument(guest, 2), what_size, false) : NULL;
    const uint8_t *found = what ? memmem(in, size, what, what_size) : NULL;

    (void)function;
    return found ? guest_call_argument(guest, 0) + (uint64_t)(found - in) : 0;
}

/* strspn, strcspn */
static uint64_t run_span(struct guest *guest, const struct guest_provided *function) {
    const char *in = guest_provided_text(guest, 0);
    const char *set = in ? guest_provided_text(guest, 1) : NULL;

    return !set ? 0 : function->form ? strcspn(in, set) : strspn(in, set);
}

/* Cuts the first piece off the string at *at, a guest's address, and moves that behind it, or to 0
 * when there is no more. 0: no piece. */
static uint64_t next_piece(struct guest *guest, uint64_t *at, const char *set, bool skips) {
    int64_t length = *at ? guest_provided_length(guest, *at, UINT64_MAX) : -1;
    char *text =
        length < 0 ? NULL : (char *)guest_provided_bytes(guest, *at, (uint64_t)length + 1, true);
    size_t skipped, size;
    uint64_t piece;

    if (!text)
        return 0;
    skipped = skips ? strspn(text, set) : 0;
    size = strcspn(text + skipped, set);
    piece = *at + skipped;
    if (skips && size == 0) {
        *at = 0;
        return 0;
    }
    *at = text[skipped + size] ? piece + size + 1 : 0;
    text[skipped + size] = 0;
    return piece;
}

/* strtok(text, set), strtok_r(text, set, &rest) */
static uint64_t run_token(struct guest *guest, const struct guest_provided *function) {
    bool is_reentrant = function->form;
    uint64_t at = guest_call_argument(guest, 0), piece;
    uint64_t place = is_reentrant ? guest_call_argument(guest, 2) : 0;
    const char *set = guest_provided_text(guest, 1);

    if (!set)
        return 0;
    if (at == 0 && !is_reentrant)
        at = guest->token;
    else if (at == 0 && !guest_provided_get_word(guest, place, &at))
        return 0;
    piece = next_piece(guest, &at, set, true);
    if (!is_reentrant)
        guest->token = at;
    else if (guest->seen.end == OBSERVATION_RETURNED)
        guest_provided_put_word(guest, place, at);
    return piece;
}

/* strsep(&text, set) */
static uint64_t run_separate(struct guest *guest, const struct guest_provided *function) {
    uint64_t place = guest_call_argument(guest, 0), at, piece;
    const char *set = guest_provided_text(guest, 1);

    (void)function;
    if (!set || !guest_provided_get_word(guest, place, &at))
        return 0;
    piece = next_piece(guest, &at, set, false);
    if (guest->seen.end == OBSERVATION_RETURNED)
        guest_provided_put_word(guest, place, at);
    return piece;
}

#define ROW(name, run, form) GUEST_PROVIDED_RUN(name, run, form, 0)
const struct guest_provided guest_provided_searches[] = {
    ROW("memchr", run_find, 0),
    ROW("memrchr", run_find, FIND_LAST),
    ROW("rawmemchr", run_find, FIND_ANYWHERE),
    ROW("__rawmemchr", run_find, FIND_ANYWHERE),
    ROW("strchr", run_find, FIND_IN_STRING),
    ROW("index", run_find, FIND_IN_STRING),
    ROW("strrchr", run_find, FIND_IN_STRING | FIND_LAST),
    ROW("rindex", run_find, FIND_IN_STRING | FIND_LAST),
    ROW("strchrnul", run_find, FIND_IN_STRING | FIND_OR_END),
    ROW("strstr", run_search, SEARCH_STRING),
    ROW("strcasestr", run_search, SEARCH_FOLDED),
    ROW("__strcasestr", run_search, SEARCH_FOLDED),
    ROW("strpbrk", run_search, SEARCH_ANY),
    ROW("memmem", run_search_bytes, 0),
    ROW("strspn", run_span, false),
    ROW("strcspn", run_span, true),
    ROW("strtok", run_token, false),
    ROW("strtok_r", run_token, true),
    ROW("__strtok_r", run_token, true),
    ROW("strsep", run_separate, 0),
    ROW(NULL, NULL, 0),
};
