/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/dump/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

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

    for (size_t i = start; i < size; i++)
        out[i - start] = bytes[i] ? (char)bytes[i] : '?';
    return size - start;
}

/* --- Lines. --- */

static size_t text_count_lines(const char *bytes, size_t length) {
    size_t count = 1;

    for (size_t i = 0; i < length; i++)
        count += bytes[i] == '\n' || bytes[i] == '\r';
    return count;
}

static void text_split(struct dump_text *text, size_t length) {
    size_t start = 0;
    unsigned number = 1;

    for (size_t i = 0; i <= length; i++) {
        char end = i < length ? text->bytes[i] : '\0';

        if (end && end != '\n' && end != '\r')
            continue;
        if (end || i > start)
            text->lines[text->count++] =
                (struct dump_line){&text->bytes[start], number++, end == '\0'};
        text->bytes[i] = '\0';
        if (end == '\r' && i + 1 < length && text->bytes[i + 1] == '\n')
            i++;
        start = i + 1;
    }
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
    text->lines = calloc(text_count_lines(text->bytes, length) + 1, sizeof *text->lines);
    if (text->lines)
        text_split(text, length);
    return text->lines != NULL;
}

void dump_text_clear(struct dump_text *text) {
    free(text->bytes);
    free(text->lines);
    *text = (struct dump_text){0};
}
