/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/dump/text.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_LINES_ROOM 256u /* at first */

/* --- UTF-16. --- */

enum text_encoding { TEXT_BYTES, TEXT_LITTLE, TEXT_BIG };

/* Without a mark, text in ASCII has every other byte zero. */
static enum text_encoding text_encoding(const unsigned char *bytes, size_t size) {
    if (size >= 2 && bytes[0] == 0xff && bytes[1] == 0xfe)
        return TEXT_LITTLE;
    if (size >= 2 && bytes[0] == 0xfe && bytes[1] == 0xff)
        return TEXT_BIG;
    if (size >= 4 && bytes[0] && !bytes[1] && bytes[2] && !bytes[3])
        return TEXT_LITTLE;
    if (size >= 4 && !bytes[0] && bytes[1] && !bytes[2] && bytes[3])
        return TEXT_BIG;
    return TEXT_BYTES;
}

/* Dumps are ASCII in all that matters: anything else becomes '?', as a zero byte does. */
static size_t text_narrow(const unsigned char *bytes, size_t size, bool big, char *out) {
    size_t length = 0;

    for (size_t i = 0; i + 1 < size; i += 2) {
        unsigned first = bytes[i], second = bytes[i + 1];
        unsigned unit = big ? first << 8 | second : second << 8 | first;

        if (unit != 0xfeff)
            out[length++] = unit > 0 && unit < 0x80 ? (char)unit : '?';
    }
    return length;
}

static size_t text_copy(const unsigned char *bytes, size_t size, char *out) {
    size_t start = size >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

    memcpy(out, bytes + start, size - start);
    for (char *zero = out; (zero = memchr(zero, '\0', (size_t)(out + size - start - zero)));)
        *zero = '?';
    return size - start;
}

/* --- What a terminal or a page adds. --- */

/* The length of an escape sequence for a terminal that begins here; 0: none does. */
static size_t text_escape(const char *at) {
    size_t length = 2;

    if (at[0] != '\x1b' || at[1] != '[')
        return 0;
    length += strspn(at + length, "0123456789;:?");
    return at[length] >= '@' && at[length] <= '~' ? length + 1 : 0;
}

/* The length of a character's name in HTML that begins here, and what it stands for; 0: none. */
static size_t text_entity(const char *at, char *character) {
    static const struct {
        const char *name;
        char character;
    } entities[] = {{"&quot;", '"'}, {"&apos;", '\''}, {"&amp;", '&'},
                    {"&lt;", '<'},   {"&gt;", '>'},    {"&nbsp;", ' '}};
    unsigned long code = 0;
    char *end;

    if (*at != '&')
        return 0;
    for (size_t i = 0; i < sizeof entities / sizeof entities[0]; i++) {
        *character = entities[i].character;
        if (strncmp(at, entities[i].name, strlen(entities[i].name)) == 0)
            return strlen(entities[i].name);
    }
    if (at[1] == '#' && isdigit((unsigned char)at[2]))
        code = strtoul(&at[2], &end, 10);
    else if (at[1] == '#' && at[2] == 'x' && isxdigit((unsigned char)at[3]))
        code = strtoul(&at[3], &end, 16);
    if (code < ' ' || code > '~' || *end != ';')
        return 0;
    *character = (char)code;
    return (size_t)(end + 1 - at);
}

/* The same of a character of UTF-8 that is drawn for one of ASCII. */
static size_t text_drawn(const char *at, char *character) {
    static const char blank[] = "\xc2\xa0", bar[] = "\xe2\x94\x82";
    bool is_bar = strncmp(at, bar, sizeof bar - 1) == 0;

    *character = is_bar ? '|' : ' ';
    if (is_bar)
        return sizeof bar - 1;
    return strncmp(at, blank, sizeof blank - 1) == 0 ? sizeof blank - 1 : 0;
}

/* Makes it plain, in place: a line may hold colours and borders, or be cut from a page's source. */
static size_t text_plain(char *bytes) {
    char *to = bytes;

    for (const char *at = bytes; *at;) {
        size_t escape = text_escape(at), entity = 0;
        char character;

        if (escape == 0)
            entity = text_entity(at, &character);
        if (escape + entity == 0)
            entity = text_drawn(at, &character);
        if (entity > 0)
            *to++ = character;
        else if (escape == 0)
            *to++ = *at;
        at += escape + entity + (escape + entity == 0);
    }
    *to = '\0';
    return (size_t)(to - bytes);
}

/* Dumps are long and plain: this looks for what begins anything of the above. */
static bool text_is_adorned(const char *bytes, size_t size) {
    return memchr(bytes, '\x1b', size) || memchr(bytes, '&', size) || memchr(bytes, '\xc2', size) ||
           memchr(bytes, '\xe2', size);
}

/* --- Lines. --- */

/* The first line end at or behind `at`; `end` when there is none. The next line feed is kept from
 * line to line: a file may have none at all. */
static char *text_line_end(char *at, char *end, char **line_feed) {
    char *carriage_return;

    if (*line_feed < at) {
        char *found = memchr(at, '\n', (size_t)(end - at));

        *line_feed = found ? found : end;
    }
    carriage_return = memchr(at, '\r', (size_t)(*line_feed - at));
    return carriage_return ? carriage_return : *line_feed;
}

static bool text_add_line(struct dump_text *text, size_t *room, const struct dump_line *line) {
    if (text->count == *room) {
        struct dump_line *grown = realloc(text->lines, 2 * *room * sizeof *grown);

        if (!grown)
            return false;
        text->lines = grown;
        *room *= 2;
    }
    text->lines[text->count++] = *line;
    return true;
}

static bool text_split(struct dump_text *text, size_t length, size_t room) {
    char *end = text->bytes + length, *at = text->bytes;
    char *line_feed = memchr(at, '\n', length);
    unsigned number = 1;

    line_feed = line_feed ? line_feed : end;

    while (at < end) {
        char *stop = text_line_end(at, end, &line_feed);
        bool pair = stop + 1 < end && stop[0] == '\r' && stop[1] == '\n';

        if (!text_add_line(text, &room, &(struct dump_line){at, number++, stop == end}))
            return false;
        *stop = '\0';
        at = stop + (pair ? 2 : 1);
    }
    if (!text_add_line(text, &room, &(struct dump_line){.text = NULL}))
        return false;
    text->count--;
    return true;
}

bool dump_text_read(const char *bytes, size_t size, struct dump_text *text) {
    const unsigned char *from = (const unsigned char *)bytes;
    enum text_encoding encoding = text_encoding(from, size);
    size_t length;

    *text = (struct dump_text){.bytes = malloc(size + 1)};
    if (!text->bytes)
        return false;
    length = encoding == TEXT_BYTES ? text_copy(from, size, text->bytes)
                                    : text_narrow(from, size, encoding == TEXT_BIG, text->bytes);
    text->bytes[length] = '\0';
    if (text_is_adorned(text->bytes, length))
        length = text_plain(text->bytes);
    text->lines = calloc(TEXT_LINES_ROOM, sizeof *text->lines);
    return text->lines && text_split(text, length, TEXT_LINES_ROOM);
}

void dump_text_clear(struct dump_text *text) {
    free(text->bytes);
    free(text->lines);
    *text = (struct dump_text){0};
}
