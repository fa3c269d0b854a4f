/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/symbolic/import.h"

#include <string.h>

/*
 * <string.h> over strings that are known, byte by byte: texts of the code's own, which it takes
 * apart or puts together. A byte that hangs on what CPUID returned ends the path as open.
 */
struct import_text {
    char bytes[IMPORT_STRING_MAX + 1]; /* ended by a zero */
    size_t length;
    term_id address;
};

/* False: the path is over. */
static bool text_byte(struct import_call *call, term_id address, uint64_t offset, char *byte) {
    term_id loaded = import_byte(call, address, offset);
    uint64_t number;

    if (!loaded)
        return false;
    if (!term_is_number(call->machine->terms, loaded, &number)) {
        machine_end_at(call->state, MACHINE_OPEN, "hands a function a text that is not known");
        return false;
    }
    *byte = (char)number;
    return true;
}

/* A string of at most `limit` bytes. False: the path is over. */
static bool text_at(struct import_call *call, term_id address, uint64_t limit,
                    struct import_text *text) {
    text->address = address;
    for (text->length = 0; text->length < limit; text->length++) {
        if (text->length == IMPORT_STRING_MAX) {
            machine_end_at(call->state, MACHINE_OPEN, "hands a function a string that may not end");
            return false;
        }
        if (!text_byte(call, address, text->length, &text->bytes[text->length]))
            return false;
        if (text->bytes[text->length] == 0)
            break;
    }
    text->bytes[text->length] = 0;
    return true;
}

static bool text_argument(struct import_call *call, unsigned index, struct import_text *text) {
    term_id address = import_argument(call, index);

    return address && text_at(call, address, UINT64_MAX, text);
}

static bool text_put(struct import_call *call, term_id address, const char *bytes, size_t size) {
    for (size_t i = 0; i < size && call->state->end == MACHINE_RUNS; i++)
        machine_store(call->machine, call->state, import_at(call, address, i),
                      term_number(call->machine->terms, 8, (uint8_t)bytes[i]));
    return call->state->end == MACHINE_RUNS;
}

/* --- What puts strings together. --- */

enum {
    COPY_RETURNS_END = 1u << 0,
    COPY_LIMITED = 1u << 1,
    COPY_PADS = 1u << 2, /* and puts no zero where there is no room for one */
    COPY_APPENDS = 1u << 3
};

static void text_copy(struct import_call *call) {
    unsigned form = call->row->form;
    term_id to = import_argument(call, 0), from = import_argument(call, 1);
    struct import_text text, before = {.length = 0};
    static const char zeros[IMPORT_BYTES_MAX];
    uint64_t limit = UINT64_MAX, size;

    if (!to || !from || (form & COPY_LIMITED && !import_size(call, 2, &limit)) ||
        !text_at(call, from, limit, &text) ||
        (form & COPY_APPENDS && !text_at(call, to, UINT64_MAX, &before)))
        return;
    size = form & COPY_PADS ? limit : before.length + text.length + 1;
    if (!import_fits(call, size) ||
        !text_put(call, import_at(call, to, before.length), text.bytes, text.length) ||
        !text_put(call, import_at(call, to, before.length + text.length), zeros,
                  (size_t)(size - before.length - text.length)))
        return;
    import_return(call, form & COPY_RETURNS_END ? import_at(call, to, text.length) : to);
}

/* strlcpy, strlcat: the third argument is the room */
static void text_copy_sized(struct import_call *call) {
    term_id to = import_argument(call, 0);
    struct import_text text, before = {.length = 0};
    uint64_t room;
    size_t size;

    if (!to || !text_argument(call, 1, &text) || !import_size(call, 2, &room) ||
        (call->row->form & COPY_APPENDS && !text_at(call, to, room, &before)))
        return;
    if (before.length < room) {
        size = room - before.length - 1 < text.length ? (size_t)(room - before.length - 1)
                                                      : text.length;
        if (!text_put(call, import_at(call, to, before.length), text.bytes, size) ||
            !text_put(call, import_at(call, to, before.length + size), "", 1))
            return;
    }
    import_return(call, import_word(call, before.length + text.length));
}

/* --- What searches. --- */

enum {
    FIND_LAST = 1u << 0,
    FIND_OR_END = 1u << 1 /* strchrnul */
};

static void text_return_found(struct import_call *call, const struct import_text *in,
                              const char *found) {
    import_return(call, found ? import_at(call, in->address, (uint64_t)(found - in->bytes))
                              : import_word(call, 0));
}

static void text_find(struct import_call *call) {
    struct import_text in;
    uint64_t wanted;
    const char *found;

    if (!text_argument(call, 0, &in) || !import_number(call, 1, &wanted))
        return;
    found = call->row->form & FIND_LAST ? strrchr(in.bytes, (char)wanted)
                                        : strchr(in.bytes, (char)wanted);
    if (!found && call->row->form & FIND_OR_END)
        found = in.bytes + in.length;
    text_return_found(call, &in, found);
}

enum { SEARCH_STRING, SEARCH_FOLDED, SEARCH_ANY };

static void text_search(struct import_call *call) {
    struct import_text in, what;

    if (!text_argument(call, 0, &in) || !text_argument(call, 1, &what))
        return;
    text_return_found(call, &in,
                      call->row->form == SEARCH_STRING   ? strstr(in.bytes, what.bytes)
                      : call->row->form == SEARCH_FOLDED ? strcasestr(in.bytes, what.bytes)
                                                         : strpbrk(in.bytes, what.bytes));
}

/* memmem: both are bytes, and all of them are known. */
static void text_search_bytes(struct import_call *call) {
    char in[IMPORT_BYTES_MAX], what[IMPORT_BYTES_MAX];
    term_id address = import_argument(call, 0), other = import_argument(call, 2);
    uint64_t size, what_size;
    const char *found;

    if (!address || !other || !import_size(call, 1, &size) || !import_size(call, 3, &what_size))
        return;
    for (uint64_t i = 0; i < size; i++) {
        if (!text_byte(call, address, i, &in[i]))
            return;
    }
    for (uint64_t i = 0; i < what_size; i++) {
        if (!text_byte(call, other, i, &what[i]))
            return;
    }
    found = memmem(in, size, what, what_size);
    import_return(call,
                  found ? import_at(call, address, (uint64_t)(found - in)) : import_word(call, 0));
}

/* strspn, strcspn */
static void text_span(struct import_call *call) {
    struct import_text in, set;

    if (text_argument(call, 0, &in) && text_argument(call, 1, &set))
        import_return(call, import_word(call, call->row->form ? strcspn(in.bytes, set.bytes)
                                                              : strspn(in.bytes, set.bytes)));
}

/* --- What takes strings apart. --- */

/* Cuts the first piece off the string at `at`. False: the path is over. Else *piece, 0 as a number
 * where there is none, and *rest: where it goes on. */
static bool text_cut(struct import_call *call, term_id at, const char *set, bool skips,
                     term_id *piece, term_id *rest) {
    struct import_text text;
    size_t skipped, size;

    if (!text_at(call, at, UINT64_MAX, &text))
        return false;
    skipped = skips ? strspn(text.bytes, set) : 0;
    size = strcspn(text.bytes + skipped, set);
    *piece = *rest = import_word(call, 0);
    if (skips && size == 0)
        return true;
    *piece = import_at(call, at, skipped);
    if (text.bytes[skipped + size] == 0)
        return true;
    *rest = import_at(call, at, skipped + size + 1);
    return text_put(call, import_at(call, at, skipped + size), "", 1);
}

/* strtok_r(text, set, &rest), strsep(&text, set) */
static void text_token(struct import_call *call) {
    bool separates = call->row->form;
    struct machine *machine = call->machine;
    term_id at = import_argument(call, 0), place = separates ? at : import_argument(call, 2);
    term_id piece, rest;
    struct import_text set;
    uint64_t number;

    if (!at || !place || !text_argument(call, 1, &set))
        return;
    if (separates || (term_is_number(machine->terms, at, &number) && number == 0))
        at = machine_load(machine, call->state, place, machine->word / 8);
    if (!at)
        return;
    if (term_is_number(machine->terms, at, &number) && number == 0)
        piece = rest = at;
    else if (!text_cut(call, at, set.bytes, !separates, &piece, &rest))
        return;
    machine_store(machine, call->state, place, rest);
    if (call->state->end == MACHINE_RUNS)
        import_return(call, piece);
}

const struct import_row import_text_rows[] = {
    {"strcpy", text_copy, 0, 0},
    {"__strcpy_chk", text_copy, 0, 3},
    {"strncpy", text_copy, COPY_LIMITED | COPY_PADS, 0},
    {"__strncpy_chk", text_copy, COPY_LIMITED | COPY_PADS, 4},
    {"stpcpy", text_copy, COPY_RETURNS_END, 0},
    {"__stpcpy", text_copy, COPY_RETURNS_END, 0},
    {"__stpcpy_chk", text_copy, COPY_RETURNS_END, 3},
    {"stpncpy", text_copy, COPY_LIMITED | COPY_PADS | COPY_RETURNS_END, 0},
    {"__stpncpy_chk", text_copy, COPY_LIMITED | COPY_PADS | COPY_RETURNS_END, 4},
    {"strcat", text_copy, COPY_APPENDS, 0},
    {"__strcat_chk", text_copy, COPY_APPENDS, 3},
    {"strncat", text_copy, COPY_APPENDS | COPY_LIMITED, 0},
    {"__strncat_chk", text_copy, COPY_APPENDS | COPY_LIMITED, 4},
    {"strlcpy", text_copy_sized, 0, 0},
    {"strlcat", text_copy_sized, COPY_APPENDS, 0},
    {"strrchr", text_find, FIND_LAST, 0},
    {"rindex", text_find, FIND_LAST, 0},
    {"strchrnul", text_find, FIND_OR_END, 0},
    {"strstr", text_search, SEARCH_STRING, 0},
    {"strcasestr", text_search, SEARCH_FOLDED, 0},
    {"strpbrk", text_search, SEARCH_ANY, 0},
    {"memmem", text_search_bytes, 0, 0},
    {"strspn", text_span, false, 0},
    {"strcspn", text_span, true, 0},
    {"strtok_r", text_token, false, 0},
    {"__strtok_r", text_token, false, 0},
    {"strsep", text_token, true, 0},
    {NULL, NULL, 0, 0},
};
