/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/dump/json_walk.h"

#include "harness/dump/scan.h"

#include <ctype.h>
#include <string.h>

/* The next character, '\n' between lines, 0 at the end of all. */
static char walk_next(struct json_walk *walk) {
    if (walk->line >= walk->text->count)
        return '\0';
    if (*walk->at)
        return *walk->at++;
    walk->line++;
    walk->at = walk->line < walk->text->count ? walk->text->lines[walk->line].text : "";
    return '\n';
}

static char walk_peek(const struct json_walk *walk) {
    if (walk->line >= walk->text->count)
        return '\0';
    return *walk->at ? *walk->at : '\n';
}

static unsigned walk_line(const struct json_walk *walk) {
    size_t last = walk->text->count - 1;

    return walk->text->lines[walk->line < last ? walk->line : last].number;
}

/* The rest of a text behind its first quote. Escapes only matter in that they hide quotes. */
static void walk_word(struct json_walk *walk, char word[JSON_WORD_SIZE]) {
    size_t length = 0;
    char c;

    while ((c = walk_next(walk)) && c != '"' && c != '\n') {
        if (c == '\\')
            c = walk_next(walk);
        if (length + 1 < JSON_WORD_SIZE)
            word[length++] = c;
    }
    word[length] = '\0';
}

/* A number, true, false, null, or a word without quotes. */
static void walk_plain(struct json_walk *walk, char first, char word[JSON_WORD_SIZE]) {
    size_t length = 0;

    word[length++] = first;
    while (isalnum((unsigned char)walk_peek(walk)) || strchr("+-._", walk_peek(walk))) {
        char c = walk_next(walk);

        if (c == '\0')
            break;
        if (length + 1 < JSON_WORD_SIZE)
            word[length++] = c;
    }
    word[length] = '\0';
}

/* Decimal, or hexadecimal with 0x, whose digits may be grouped: 0x4000_0000. `bare`: hexadecimal
 * without it. */
static bool walk_is_number(const char *word, bool bare, struct dump_scan *scan, uint32_t *number) {
    char digits[JSON_WORD_SIZE];
    size_t length = 0;

    for (; *word; word++) {
        if (*word != '_' || length == 0)
            digits[length++] = *word;
    }
    digits[length] = '\0';
    *scan = (struct dump_scan){.at = digits};
    if (!scan_0x(scan, number) && !(bare ? scan_hex(scan, number) : scan_decimal(scan, number)))
        return false;
    return scan_end(scan);
}

static bool walk_counts(const char *key) {
    static const char *const keys[] = {"leaf", "function", "subleaf", "index",
                                       "eax",  "ebx",      "ecx",     "edx"};

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (strcmp(key, keys[i]) == 0)
            return true;
    }
    return false;
}

static bool walk_is_leaf(const char *key) {
    return strcmp(key, "leaf") == 0 || strcmp(key, "function") == 0;
}

/* 40000000 to 40000099 read as decimal: no such leaf is there, and a hypervisor's was meant. */
static bool walk_lacks_0x(uint32_t leaf) {
    return leaf >= 40000000u && leaf < 40000100u;
}

/* What is said of a register is a number, or null where it is not known; a bitmap says it
 * elsewhere. */
static bool walk_misses(const char *key, const char *word) {
    return strlen(key) == 3 && key[0] == 'e' && key[2] == 'x' && walk_counts(key) &&
           strcmp(word, "null") != 0;
}

static void walk_open(struct json_walk *walk, bool object) {
    struct json_frame *frame = &walk->frames[walk->depth++];

    *frame = (struct json_frame){.object = object, .modified = -1};
    frame->row.line = walk_line(walk);
}

/* A word that stands for a value: the key's, when an object is open. */
static bool walk_value(struct json_walk *walk, const char *word, bool quoted,
                       void (*number)(struct json_frame *, const char *, uint32_t),
                       void (*text)(struct json_frame *, const char *, const char *)) {
    struct json_frame *frame = walk->depth > 0 ? &walk->frames[walk->depth - 1] : NULL;
    struct dump_scan scan;
    uint32_t value;

    if (!frame || !frame->object || !frame->key[0])
        return true;
    if (walk_is_number(word, quoted && walk->bare, &scan, &value) && walk_counts(frame->key)) {
        if (walk_is_leaf(frame->key) && walk_lacks_0x(value)) {
            dump_refuse(
                walk->builder, walk_line(walk),
                "a leaf in hexadecimal digits without 0x: in JSON that is a decimal number");
            return false;
        }
        if (scan.wide) {
            dump_refuse_wide(walk->builder, walk_line(walk));
            return false;
        }
        number(frame, frame->key, value);
    } else if (walk_is_leaf(frame->key)) {
        frame->is_nameless = true;
    } else if (walk_misses(frame->key, word)) {
        dump_refuse(walk->builder, walk_line(walk), "a register's value is no number of 32 bits");
        return false;
    } else {
        text(frame, frame->key, word);
        if (frame->refusal[0] && frame->refusal_line == 0)
            frame->refusal_line = walk_line(walk);
    }
    frame->key[0] = '\0';
    return true;
}

/* In an object a text ahead of ':' is a key. */
static bool walk_is_key(struct json_walk *walk) {
    if (walk->depth == 0 || !walk->frames[walk->depth - 1].object)
        return false;
    while (isspace((unsigned char)walk_peek(walk)))
        walk_next(walk);
    return walk_peek(walk) == ':';
}

/* In quotes 40000000 is no decimal leaf, and then no text is decimal. */
static bool walk_is_bare(const struct dump_text *text) {
    for (size_t i = 0; i < text->count; i++) {
        if (strstr(text->lines[i].text, "\"40000000\""))
            return true;
    }
    return false;
}

void json_walk(struct dump_builder *builder, const struct dump_text *text,
               void (*number)(struct json_frame *frame, const char *key, uint32_t number),
               void (*word)(struct json_frame *frame, const char *key, const char *text),
               void (*end)(struct json_walk *walk)) {
    struct json_walk walk = {
        .builder = builder, .text = text, .at = text->lines[0].text, .bare = walk_is_bare(text)};
    char read[JSON_WORD_SIZE], c;

    while (!builder->failed && (c = walk_next(&walk))) {
        if (c == '{' || c == '[') {
            if (walk.depth == JSON_DEPTH_MAX) {
                dump_refuse(builder, walk_line(&walk), "too many lists and objects in each other");
                return;
            }
            walk_open(&walk, c == '{');
        } else if ((c == '}' || c == ']') && walk.depth > 0) {
            if (walk.frames[walk.depth - 1].object)
                end(&walk);
            walk.depth--;
        } else if (c == '"' || isalnum((unsigned char)c) || c == '-' || c == '_') {
            bool quoted = c == '"';

            if (quoted)
                walk_word(&walk, read);
            else
                walk_plain(&walk, c, read);
            if (walk_is_key(&walk))
                memcpy(walk.frames[walk.depth - 1].key, read, sizeof read);
            else if (!walk_value(&walk, read, quoted, number, word))
                return;
        }
    }
    if (walk.depth > 0 && !builder->failed)
        dump_note_unfinished(builder, walk_line(&walk));
}
