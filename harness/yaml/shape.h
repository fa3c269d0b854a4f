/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_YAML_SHAPE_H
#define HVSPEC_HARNESS_YAML_SHAPE_H

#include "harness/yaml/tree.h"

/*
 * What a YAML file may look like, as a table of keys, and its data loaded with libcyaml into plain
 * structures. libcyaml stops at its first mistake and knows neither a key that comes in several
 * forms nor keys that the file's author chooses. So the table is first held against the tree, which
 * names every mistake with its place; then a libcyaml schema for just the forms that this file uses
 * is made from the same table, and libcyaml loads with it.
 */
enum yaml_form {
    YAML_TEXT = 1,
    YAML_LIST = 2,
    YAML_MAP = 4,
    YAML_MIXED = 8 /* the list form holds texts and maps of the key's shape; where there are maps,
                      nothing of the list is loaded, and only the tree has it */
};

/* What the file gives for a key; all members are zero for a key that it does not have. */
struct yaml_value {
    char *text;     /* a scalar */
    void *items;    /* list: `count` char * or structures; map: one structure, or for keys of the
                       author's a struct yaml_value each, in the file's order */
    unsigned count; /* of a list */
};

/* One key. The structure that a map is loaded into has a struct yaml_value at `offset`. */
struct yaml_key {
    const char *name;
    unsigned forms; /* enum yaml_form, or-ed */
    bool required;
    size_t offset;
    const struct yaml_shape *map; /* of the map form; NULL: the form is not allowed */
    bool list_of_maps;            /* the list form holds maps of that shape rather than texts */
    const char *stand_in;         /* for a mended file that lacks the required key; NULL: none */
};

/* A map: either a table of keys, or one row for whatever keys the author chooses. */
struct yaml_shape {
    const char *what; /* "the scenario": for messages */
    const struct yaml_key *keys;
    size_t count;
    size_t size;  /* of the structure */
    bool any_key; /* keys[0] stands for every key; its name is unused */
};

/* Loads a file's data. NULL with every error noted. Freed by yaml_shape_free. */
struct yaml_data;
struct yaml_data *yaml_shape_load(const struct yaml_file *file, const struct yaml_shape *shape,
                                  struct errors *errors);

/* What the items of a key's list may be: enum yaml_form, or-ed. */
unsigned yaml_item_forms(const struct yaml_key *key);

/* The row of a key; NULL: unknown. */
const struct yaml_key *yaml_shape_key(const struct yaml_shape *shape, const char *name);

/* The key that a mistyped one of this map may stand for; NULL: none is near. */
const char *yaml_shape_nearest(const struct yaml_shape *shape, const char *name);

/* yaml_mend.c: a copy of a file that yaml_shape_load refused, as it may have been meant: mistyped
 * keys as the nearest ones, without what is unknown or of the wrong form, and with what can stand
 * in for what is missing. Where that loads, the
 * mistakes that lie deeper can be named in the same go, for it has every place of the file. *lossy:
 * something was left out, so that what is missed now may not be missing. NULL: out of memory, or the
 * file is no map. Freed by yaml_file_free. */
struct yaml_file *yaml_shape_mend(const struct yaml_file *file, const struct yaml_shape *shape,
                                  bool *lossy);

/* The structure, of the shape's size. */
const void *yaml_shape_root(const struct yaml_data *data);

void yaml_shape_free(struct yaml_data *data);

/* The version of libcyaml. */
const char *yaml_shape_library_version(void);

#endif
