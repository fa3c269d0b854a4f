/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_DUMP_JSON_WALK_H
#define HVSPEC_HARNESS_DUMP_JSON_WALK_H

#include "harness/dump/build.h"

/*
 * A walk over JSON that knows the line of everything and stands what posts do to it: text around
 * the document, several documents, an end that is missing, and keys without quotes, as Rust prints
 * structures ("kvm_cpuid_entry2 { function: 1, ... }") and protocol buffers their messages. What
 * the dump needs of an object is kept in its frame; nothing else is.
 */
#define JSON_DEPTH_MAX 32u
#define JSON_WORD_SIZE                                                                             \
    64u /* of keys and texts; what is longer is cut, and nothing looked for is                     \
         */

struct json_frame {
    bool object;
    bool has_leaf, has_registers, has_rows;
    bool is_nameless; /* its leaf is no number */
    struct dump_row row;
    int modified; /* Firecracker: the register of a modifier; -1: none */
    bool has_bitmap, bitmap_known;
    uint32_t bitmap;
    char refusal[64]; /* why a text cannot be read that may be looked for; "": it can */
    unsigned refusal_line;
    char key[JSON_WORD_SIZE]; /* the last one, "" ahead of the first */
};

struct json_walk {
    struct dump_builder *builder;
    const struct dump_text *text;
    size_t line;    /* index of the line in hand */
    const char *at; /* the next character in it */
    struct json_frame frames[JSON_DEPTH_MAX];
    size_t depth;
    bool bare; /* texts that are numbers are hexadecimal without 0x: a leaf is "40000000" */
};

/* Walks all of the text. `number` and `word` get each key of an object with a number (texts that
 * are one too) or a text; `end` is called for each object that ends, the last frame of the walk. */
void json_walk(struct dump_builder *builder, const struct dump_text *text,
               void (*number)(struct json_frame *frame, const char *key, uint32_t number),
               void (*word)(struct json_frame *frame, const char *key, const char *text),
               void (*end)(struct json_walk *walk));

#endif
