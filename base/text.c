/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/text.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/* The forms of UTF-8 (RFC 3629): the first byte's marker, the payload bits in it, and the smallest
 * character that needs so many bytes, since longer forms than needed are not valid. */
static const struct {
    unsigned char mask, marker;
    unsigned length;
    uint32_t smallest;
} text_forms[] = {
    {0x80, 0x00, 1, 0},
    {0xe0, 0xc0, 2, 0x80},
    {0xf0, 0xe0, 3, 0x800},
    {0xf8, 0xf0, 4, 0x10000},
};

/* Characters that show nothing, move the cursor, or turn the direction of what follows. */
static const struct {
    uint32_t first, last;
} text_invisible[] = {
    {0x0, 0x1f},      {0x7f, 0x9f},     {0xad, 0xad},     {0x61c, 0x61c},
    {0x180e, 0x180e}, {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f},
    {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xfffe, 0xffff}, {0xe0000, 0xe0fff},
};

/* Bytes of the character at `text`, not its NUL; 0 when it is no valid UTF-8. */
static unsigned text_decode(const char *text, uint32_t *character) {
    const unsigned char *bytes = (const unsigned char *)text;

    for (size_t i = 0; i < sizeof text_forms / sizeof text_forms[0]; i++) {
        if ((bytes[0] & text_forms[i].mask) != text_forms[i].marker)
            continue;
        *character = bytes[0] & (unsigned char)~text_forms[i].mask;
        for (unsigned k = 1; k < text_forms[i].length; k++) {
            if ((bytes[k] & 0xc0) != 0x80)
                return 0;
            *character = *character << 6 | (bytes[k] & 0x3f);
        }
        if (*character < text_forms[i].smallest || *character > 0x10ffff ||
            (*character >= 0xd800 && *character <= 0xdfff))
            return 0;
        return text_forms[i].length;
    }
    return 0;
}

static bool text_is_visible(uint32_t character) {
    for (size_t i = 0; i < sizeof text_invisible / sizeof text_invisible[0]; i++) {
        if (character >= text_invisible[i].first && character <= text_invisible[i].last)
            return false;
    }
    return true;
}

/* XML 1.0, production 2 (Char), of valid UTF-8. */
static bool text_is_xml(uint32_t character) {
    return character == '\t' || character == '\n' || character == '\r' ||
           (character >= 0x20 && character != 0xfffe && character != 0xffff);
}

size_t text_next(const char **text, enum text_use use, char piece[TEXT_PIECE_SIZE]) {
    uint32_t character = 0;
    unsigned length = text_decode(*text, &character);
    unsigned char byte = (unsigned char)**text;

    if (length == 0 && use == TEXT_TERMINAL) {
        *text += 1;
        return (size_t)snprintf(piece, TEXT_PIECE_SIZE, "\\x%02x", byte);
    }
    if (length == 0 || (use == TEXT_XML && !text_is_xml(character))) {
        *text += length ? length : 1;
        memcpy(piece, TEXT_REPLACEMENT, sizeof TEXT_REPLACEMENT);
        return 1;
    }
    if (use == TEXT_TERMINAL && !text_is_visible(character)) {
        *text += length;
        return (size_t)snprintf(piece, TEXT_PIECE_SIZE, character < 0x80 ? "\\x%02x" : "\\u{%x}",
                                character);
    }
    memcpy(piece, *text, length);
    piece[length] = '\0';
    *text += length;
    return 1;
}

size_t text_columns(const char *text, const char *end) {
    char piece[TEXT_PIECE_SIZE];
    size_t columns = 0;

    while (*text && (!end || text < end))
        columns += text_next(&text, TEXT_TERMINAL, piece);
    return columns;
}

void text_print(FILE *stream, const char *text, const char *end) {
    char piece[TEXT_PIECE_SIZE];

    while (*text && (!end || text < end)) {
        text_next(&text, TEXT_TERMINAL, piece);
        fputs(piece, stream);
    }
}

char *text_harmless(const char *text, enum text_use use) {
    char piece[TEXT_PIECE_SIZE];
    const char *rest = text;
    size_t size = 1;
    char *harmless, *end;

    while (*rest) {
        text_next(&rest, use, piece);
        size += strlen(piece);
    }
    harmless = malloc(size);
    if (!harmless)
        return NULL;
    for (end = harmless; *text;) {
        text_next(&text, use, piece);
        end = stpcpy(end, piece);
    }
    *end = '\0';
    return harmless;
}

char *text_signature(uint32_t ebx, uint32_t ecx, uint32_t edx, char text[TEXT_SIGNATURE_SIZE]) {
    const uint32_t registers[] = {ebx, ecx, edx};
    unsigned char bytes[12];
    size_t length = sizeof bytes, used = 0;

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(registers[i / 4] >> 8 * (i % 4));
    while (length > 0 && bytes[length - 1] == 0)
        length--;
    if (length == 0) {
        snprintf(text, TEXT_SIGNATURE_SIZE, "zero bytes");
        return text;
    }
    text[used++] = '"';
    for (size_t i = 0; i < length; i++) {
        bool plain = bytes[i] >= ' ' && bytes[i] < 0x7f && bytes[i] != '"' && bytes[i] != '\\';

        used += (size_t)snprintf(text + used, TEXT_SIGNATURE_SIZE - used, plain ? "%c" : "\\x%02x",
                                 bytes[i]);
    }
    snprintf(text + used, TEXT_SIGNATURE_SIZE - used, "\"");
    return text;
}
