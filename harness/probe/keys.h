/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_PROBE_KEYS_H
#define HVSPEC_HARNESS_PROBE_KEYS_H

#include "harness/probe/internal.h"
#include "harness/yaml/shape.h"

/*
 * A manifest's keys as a table. A row is all there is to a key: what forms it takes, what reads it,
 * whether it is told with the verdict, and its documentation, which MANIFEST.md repeats.
 */

/* What a reader of keys works on. Each note its own mistakes, so that all are named at once. */
struct probe_reader {
    const struct yaml_file *file;
    const struct yaml_tree *map; /* the manifest */
    struct probe *probe;
    struct errors *errors;
    bool lossy; /* something that the file says was left out */
};

enum probe_key_use {
    PROBE_KEY_TOLD = 1u << 0,    /* printed beside the verdict, in every report */
    PROBE_KEY_LIMITS = 1u << 1,  /* and in the verdict itself, which holds for this alone */
    PROBE_KEY_BRIEF = 1u << 2,   /* there, of a map only its keys */
    PROBE_KEY_CODE = 1u << 3,    /* makes sense only of a function, whose code was loaded... */
    PROBE_KEY_PROGRAM = 1u << 4, /* ...or of a whole program */
    PROBE_KEY_ALWAYS = 1u << 5   /* read also where the manifest lacks it, for its default */
};

struct probe_key {
    const char *name;
    unsigned forms; /* enum yaml_form, or-ed */
    unsigned use;   /* enum probe_key_use, or-ed */
    /* Reads the value (NULL: the manifest lacks the key) into reader->probe. False with errors
     * noted. NULL: another key's reader does. */
    bool (*read)(struct probe_reader *reader, const struct yaml_tree *node);
    const struct yaml_shape *map;            /* of the map form */
    const char *value, *otherwise, *meaning; /* documentation; otherwise "": no default */
    const char *stand_in;                    /* see struct yaml_key */
    bool required, maps_in_list;
};

/* In the order in which they are read: what a reader needs stands above it. */
extern const struct probe_key probe_keys[];
extern const size_t probe_keys_count;

/* The keys as the shape of a file. */
const struct yaml_shape *probe_keys_shape(void);

/* Reads every key of reader->map in the table's order; the image is there by then, unless it could
 * not be loaded. False with errors noted. */
bool probe_keys_read(struct probe_reader *reader);

/* Notes what the manifest says, for reports. False: out of memory, which is noted. */
bool probe_keys_tell(struct probe_reader *reader);

/* What is to be loaded, from the keys entry, member, files and data. */
struct probe_request {
    struct image_request image; /* points into the file and at what follows */
    char **files;               /* owned */
    struct image_wish *data;    /* owned */
};

/* False with errors noted; to be cleared in either case. */
bool probe_request_read(struct probe_reader *reader, const char *entry,
                        struct probe_request *request);
void probe_request_clear(struct probe_request *request);

/* Whether a key may name what the file does not define. One that the file does not mention is no
 * mistake: builds differ in what the compiler leaves out. One letter beside one that it does is:
 * false, with an error noted. */
bool probe_check_undefined(const struct probe_reader *reader, const struct yaml_tree *node);

/* A mistake at a node. Always false. */
bool probe_key_error(const struct probe_reader *reader, const struct yaml_tree *node,
                     const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Where a node stands, and where its key does. */
struct probe_place probe_place_of(const struct probe_reader *reader, const struct yaml_tree *node);
struct probe_place probe_place_of_key(const struct probe_reader *reader,
                                      const struct yaml_tree *node);

/* keys_read.c, and what reads the keys of one idea each. */
bool probe_read_name(struct probe_reader *reader, const struct yaml_tree *node);
bool probe_read_image(struct probe_reader *reader, const struct yaml_tree *node);
bool probe_read_entry(struct probe_reader *reader, const struct yaml_tree *node);
bool probe_read_abi(struct probe_reader *reader, const struct yaml_tree *node);
bool probe_read_before(struct probe_reader *reader, const struct yaml_tree *node);
bool probe_read_question(struct probe_reader *reader, const struct yaml_tree *node);
bool probe_read_answer(struct probe_reader *reader, const struct yaml_tree *node);
bool probe_read_assume(struct probe_reader *reader, const struct yaml_tree *node);
bool probe_read_decides(struct probe_reader *reader, const struct yaml_tree *node);
bool probe_read_set(struct probe_reader *reader, const struct yaml_tree *node);
bool probe_read_out(struct probe_reader *reader, const struct yaml_tree *node);
bool probe_read_kernel(struct probe_reader *reader, const struct yaml_tree *node);
bool probe_read_gs(struct probe_reader *reader, const struct yaml_tree *node);
bool probe_read_constructors(struct probe_reader *reader, const struct yaml_tree *node);
bool probe_read_data(struct probe_reader *reader, const struct yaml_tree *node);
bool probe_read_instructions(struct probe_reader *reader, const struct yaml_tree *node);
bool probe_read_stubs(struct probe_reader *reader, const struct yaml_tree *node);
bool probe_read_exclude(struct probe_reader *reader, const struct yaml_tree *node);
bool probe_read_budget(struct probe_reader *reader, const struct yaml_tree *node);

/* Maps whose keys are fixed. */
extern const struct yaml_shape probe_assume_shape;
const struct yaml_shape *probe_answer_shape(void);

#endif
