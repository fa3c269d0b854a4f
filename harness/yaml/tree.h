/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_YAML_TREE_H
#define HVSPEC_HARNESS_YAML_TREE_H

#include "base/errors.h"

#include <stdint.h>

/*
 * A YAML file as a tree that knows the line and column of everything in it, so that every mistake
 * can be named where it is, and all of them at once. Plain data only: one document of maps with
 * text keys, lists and scalars. Anchors, aliases and tags are refused, which leaves no way to make
 * a small file large or endless.
 */
#define YAML_TREE_FILE_MAX (1024u * 1024) /* bytes; more is an error */
#define YAML_TREE_DEPTH_MAX 16u           /* lists and maps within each other */
#define YAML_TREE_KEYS_MAX 4096u          /* keys of one map */

enum yaml_tree_kind { YAML_TREE_SCALAR, YAML_TREE_LIST, YAML_TREE_MAP };

struct yaml_tree {
    enum yaml_tree_kind kind;
    unsigned line, column;         /* where it starts, 1-based */
    size_t first, last;            /* the characters it is made of, 0-based; last is not one */
    char *key;                     /* in a map: the key; else NULL */
    unsigned key_line, key_column; /* of the key; 0 without one */
    char *text;                    /* scalar: its text, "" for an empty value; else NULL */
    bool quoted;                   /* scalar: written in quotes or as a block: text, no number */
    struct yaml_tree *items;       /* list: its items; map: its values, in the file's order */
    size_t count;
};

struct yaml_file {
    char *path;
    char *bytes; /* as read, followed by a zero byte */
    size_t size;
    struct yaml_tree root;
};

/* Reads a file. NULL with every error noted: unreadable, too large, not YAML, or not plain data.
 * Freed by yaml_file_free. */
struct yaml_file *yaml_file_load(const char *path, struct errors *errors);

/* The same from memory; `path` is for messages. */
struct yaml_file *yaml_file_parse(const char *path, const char *bytes, size_t size,
                                  struct errors *errors);

/* One item of a file's list as a file of its own, with the lines and columns that it has in the
 * whole. For readers that expect one thing in a file. NULL with an error noted: out of memory. */
struct yaml_file *yaml_file_item(const struct yaml_file *file, const struct yaml_tree *item,
                                 struct errors *errors);

void yaml_file_free(struct yaml_file *file);

/* Frees what a node owns and makes it an empty scalar. */
void yaml_tree_clear(struct yaml_tree *node);

/* A map's value; NULL: not a map, or no such key. */
const struct yaml_tree *yaml_tree_get(const struct yaml_tree *map, const char *key);

/* The number that a scalar holds: decimal or 0x hexadecimal, digits may be grouped with _, 64 bits.
 * "-" gives the two's complement and sets *negative; negative NULL: no sign is allowed. False: not
 * a number, quoted, or too large. */
bool yaml_tree_number(const struct yaml_tree *node, uint64_t *number, bool *negative);

/* True or false as YAML 1.2 writes them. False: neither. */
bool yaml_tree_bool(const struct yaml_tree *node, bool *value);

/* "a list", "a map", "text", for messages. */
const char *yaml_tree_kind_text(enum yaml_tree_kind kind);

/* The version of libyaml. */
const char *yaml_tree_library_version(void);

#endif
