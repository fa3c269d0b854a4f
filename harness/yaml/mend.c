/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/memstream.h"
#include "harness/yaml/shape.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * A file as it may have been meant. The tree keeps its lines and columns; the bytes that libcyaml
 * loads are written anew from it, every scalar in double quotes.
 */

static bool mend_form(const struct yaml_tree *node, unsigned forms) {
    return (node->kind == YAML_TREE_SCALAR && (forms & YAML_TEXT)) ||
           (node->kind == YAML_TREE_LIST && (forms & YAML_LIST)) ||
           (node->kind == YAML_TREE_MAP && (forms & YAML_MAP));
}

static void mend_drop(struct yaml_tree *node, size_t index) {
    yaml_tree_clear(&node->items[index]);
    memmove(&node->items[index], &node->items[index + 1],
            (node->count - index - 1) * sizeof *node->items);
    node->count--;
}

/* What is gone may have been what made the rest right. */
static void mend_remove(struct yaml_tree *node, size_t index, bool *lossy) {
    *lossy = true;
    mend_drop(node, index);
}

/* A key becomes the one that it may stand for, unless the map has that as well. */
static void mend_key(const struct yaml_shape *shape, struct yaml_tree *map, size_t index) {
    struct yaml_tree *item = &map->items[index];
    const char *nearest =
        yaml_shape_key(shape, item->key) ? NULL : yaml_shape_nearest(shape, item->key);
    char *name = nearest && !yaml_tree_get(map, nearest) ? strdup(nearest) : NULL;

    if (!name)
        return;
    free(item->key);
    item->key = name;
}

static void mend_map(const struct yaml_shape *shape, struct yaml_tree *map, bool *lossy);

/* Adds a required text that the map lacks, at the map's own place. */
static void mend_missing(const struct yaml_key *key, struct yaml_tree *map) {
    struct yaml_tree *items = realloc(map->items, (map->count + 1) * sizeof *items);
    struct yaml_tree item = {.line = map->line, .column = map->column};

    if (!items)
        return;
    map->items = items;
    item.key = strdup(key->name);
    item.text = strdup(key->stand_in);
    if (item.key && item.text)
        items[map->count++] = item;
    else
        yaml_tree_clear(&item);
}

static void mend_items(const struct yaml_key *key, struct yaml_tree *list, bool *lossy) {
    for (size_t i = 0; i < list->count;) {
        if (!mend_form(&list->items[i], yaml_item_forms(key))) {
            mend_remove(list, i, lossy);
            continue;
        }
        if (list->items[i].kind == YAML_TREE_MAP)
            mend_map(key->map, &list->items[i], lossy);
        i++;
    }
}

static void mend_map(const struct yaml_shape *shape, struct yaml_tree *map, bool *lossy) {
    for (size_t i = 0; i < map->count;) {
        const struct yaml_key *key;

        if (yaml_tree_get(map, map->items[i].key) != &map->items[i]) {
            mend_drop(map, i); /* the first counts */
            continue;
        }
        mend_key(shape, map, i);
        key = yaml_shape_key(shape, map->items[i].key);
        if (!key || !mend_form(&map->items[i], key->forms)) {
            mend_remove(map, i, lossy);
            continue;
        }
        if (map->items[i].kind == YAML_TREE_MAP)
            mend_map(key->map, &map->items[i], lossy);
        else if (map->items[i].kind == YAML_TREE_LIST)
            mend_items(key, &map->items[i], lossy);
        i++;
    }
    for (size_t i = 0; i < shape->count; i++) {
        if (shape->keys[i].stand_in && !yaml_tree_get(map, shape->keys[i].name))
            mend_missing(&shape->keys[i], map);
    }
}

/* YAML 1.2, 7.3.1: what cannot stand in double quotes as it is has an escape. */
static void mend_print_text(FILE *stream, const char *text) {
    fputc('"', stream);
    for (; *text; text++) {
        unsigned char byte = (unsigned char)*text;

        if (byte < ' ' || byte == 0x7f)
            fprintf(stream, "\\x%02x", byte);
        else if (byte == '"' || byte == '\\')
            fprintf(stream, "\\%c", byte);
        else
            fputc(byte, stream);
    }
    fputc('"', stream);
}

static void mend_print(FILE *stream, const struct yaml_tree *node) {
    bool map = node->kind == YAML_TREE_MAP;

    if (node->kind == YAML_TREE_SCALAR) {
        mend_print_text(stream, node->text);
        return;
    }
    fputc(map ? '{' : '[', stream);
    for (size_t i = 0; i < node->count; i++) {
        if (map) {
            mend_print_text(stream, node->items[i].key);
            fputs(": ", stream);
        }
        mend_print(stream, &node->items[i]);
        fputs(", ", stream);
    }
    fputc(map ? '}' : ']', stream);
}

struct yaml_file *yaml_shape_mend(const struct yaml_file *file, const struct yaml_shape *shape,
                                  bool *lossy) {
    struct errors errors = {0}; /* it was read before */
    struct yaml_file *mended = yaml_file_parse(file->path, file->bytes, file->size, &errors);
    char *bytes = NULL;
    size_t size = 0;
    FILE *stream;

    errors_clear(&errors);
    *lossy = false;
    if (mended && mended->root.kind != YAML_TREE_MAP) { /* nothing says what was meant */
        yaml_file_free(mended);
        return NULL;
    }
    stream = mended ? open_memstream(&bytes, &size) : NULL;
    if (stream) {
        mend_map(shape, &mended->root, lossy);
        mend_print(stream, &mended->root);
        if (memstream_close(stream, &bytes)) {
            free(mended->bytes);
            mended->bytes = bytes;
            mended->size = size;
            return mended;
        }
    }
    free(bytes);
    yaml_file_free(mended);
    return NULL;
}
