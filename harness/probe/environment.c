/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/probe/keys.h"

#include "base/nearest.h"

#include <stdlib.h>
#include <string.h>

/* The keys that say what the code finds around it: other objects, data that is not defined in the
 * file, memory, and what becomes of instructions that programs may not execute. */
#define ENVIRONMENT_FILES_MAX 64u
#define ENVIRONMENT_DATA_MAX (16u * 1024 * 1024) /* bytes that are given in one piece */

/* --- Files. --- */

void probe_request_clear(struct probe_request *request) {
    for (size_t i = 0; i < request->image.files_count; i++)
        free(request->files[i]);
    free(request->files);
    free(request->data);
}

static bool request_files(struct probe_reader *reader, const struct yaml_tree *list,
                          struct probe_request *request) {
    if (list->count > ENVIRONMENT_FILES_MAX)
        return probe_key_error(reader, list, "more than %u files", ENVIRONMENT_FILES_MAX);
    request->files = calloc(list->count + 1, sizeof *request->files);
    if (!request->files)
        return probe_key_error(reader, list, "out of memory");
    request->image.files = (const char *const *)request->files;
    for (size_t i = 0; i < list->count; i++) {
        request->files[i] = probe_join_path(reader->file->path, list->items[i].text);
        if (!request->files[i])
            return probe_key_error(reader, list, "out of memory");
        request->image.files_count++;
    }
    return true;
}

/* Bytes of a value of `data`; 0: it makes no sense. */
static uint64_t data_size(const struct yaml_tree *node) {
    const struct yaml_tree *size = node->kind == YAML_TREE_MAP ? yaml_tree_get(node, "size") : node;
    uint64_t number = 0;

    if (node->kind == YAML_TREE_LIST)
        return node->count;
    if (!size || !yaml_tree_number(size, &number, NULL) || number > ENVIRONMENT_DATA_MAX)
        return 0;
    return number;
}

static bool request_data(struct probe_reader *reader, const struct yaml_tree *map,
                         struct probe_request *request) {
    bool good = true;

    request->data = calloc(map->count + 1, sizeof *request->data);
    if (!request->data)
        return probe_key_error(reader, map, "out of memory");
    request->image.data = request->data;
    for (size_t i = 0; i < map->count; i++) {
        const struct yaml_tree *node = &map->items[i];
        struct image_wish *wish = &request->data[request->image.data_count++];
        uint64_t address = 0;
        struct yaml_tree key = {.kind = YAML_TREE_SCALAR, .text = node->key};

        wish->name = yaml_tree_number(&key, &address, NULL) ? NULL : node->key;
        wish->address = address;
        wish->size = data_size(node);
        if (wish->size == 0)
            good =
                probe_key_error(reader, node,
                                "%s: give a size of 1 to %u bytes, a list of bytes, or {size: N, "
                                "functions: return-zero}",
                                node->key, ENVIRONMENT_DATA_MAX);
    }
    return good;
}

bool probe_request_read(struct probe_reader *reader, const char *entry,
                        struct probe_request *request) {
    const struct yaml_tree *files = yaml_tree_get(reader->map, "files");
    const struct yaml_tree *member = yaml_tree_get(reader->map, "member");
    const struct yaml_tree *data = yaml_tree_get(reader->map, "data");
    bool good = true;

    *request = (struct probe_request){
        .image = {.entry = entry, .member = member ? member->text : NULL},
    };
    if (files && files->kind == YAML_TREE_LIST)
        good = request_files(reader, files, request);
    return (!data || request_data(reader, data, request)) && good;
}

/* --- Memory. --- */

static bool put_bytes(struct probe_reader *reader, const struct yaml_tree *list, uint64_t address) {
    for (size_t i = 0; i < list->count; i++) {
        uint64_t byte;

        if (!yaml_tree_number(&list->items[i], &byte, NULL) || byte > 0xff)
            return probe_key_error(reader, &list->items[i], "not a byte: 0 to 255");
        if (!image_put(reader->probe->image, address + i, 1, byte))
            return probe_key_error(reader, list, "reaches beyond the code's memory");
    }
    return true;
}

/* A table of functions that return 0, a word each. */
static bool put_functions(struct probe_reader *reader, const struct yaml_tree *functions,
                          uint64_t address, uint64_t size) {
    struct image *image = reader->probe->image;
    unsigned word = image->mode == IMAGE_64 ? 8 : 4;

    if (strcmp(functions->text, "return-zero") != 0)
        return probe_key_error(reader, functions, "functions is return-zero, not '%s'",
                               functions->text);
    for (uint64_t at = 0; at + word <= size; at += word) {
        if (!image_put(image, address + at, word, image_helper(image, IMAGE_HELPER_ZERO)))
            return probe_key_error(reader, functions, "reaches beyond the code's memory");
    }
    return true;
}

/* Where what was given lies; false: nowhere, as builds differ in what they refer to. */
static bool given_at(const struct image *image, const char *name, uint64_t *address) {
    struct yaml_tree scalar = {.kind = YAML_TREE_SCALAR, .text = (char *)name};
    const struct image_import *import = image_find_undefined(image, name);

    if (yaml_tree_number(&scalar, address, NULL))
        return true;
    *address = import ? import->data : 0;
    return *address != 0;
}

/* A symbol that is defined has its own bytes, and one letter beside one that is used is a mistake.
 */
static bool check_given(struct probe_reader *reader, const struct yaml_tree *node) {
    const struct image *image = reader->probe->image;

    if (image_find_symbol(image, node->key))
        return errors_add(reader->errors, reader->file->path, node->key_line, node->key_column,
                          "'%s' is defined in %s: preset it by set", node->key, image->path);
    return probe_check_undefined(reader, node);
}

bool probe_read_data(struct probe_reader *reader, const struct yaml_tree *node) {
    bool good = true;

    for (size_t i = 0; i < node->count; i++) {
        const struct yaml_tree *item = &node->items[i];
        const struct yaml_tree *functions =
            item->kind == YAML_TREE_MAP ? yaml_tree_get(item, "functions") : NULL;
        uint64_t address;

        if (!given_at(reader->probe->image, item->key, &address))
            good &= check_given(reader, item);
        else if (item->kind == YAML_TREE_LIST)
            good &= put_bytes(reader, item, address);
        else if (functions)
            good &= put_functions(reader, functions, address, data_size(item));
    }
    return good;
}

/* Real-mode code loads its segments itself. */
bool probe_read_gs(struct probe_reader *reader, const struct yaml_tree *node) {
    struct probe_place at = probe_place_of(reader, node);
    struct probe *probe = reader->probe;
    uint64_t size;

    at.data_only = true;
    if (probe->image->mode == IMAGE_16)
        return probe_key_error(reader, node, "16-bit code loads its segments itself");
    return probe_find_data(probe, node->text, strlen(node->text), at, &probe->setup.segment, &size,
                           reader->errors);
}

/* --- Instructions. --- */

static bool read_permit(struct probe_reader *reader, const struct yaml_tree *node,
                        struct guest_permit *permit) {
    static const struct {
        const char *word;
        enum guest_permission permission;
    } words[] = {{"fault", GUEST_FAULTS}, {"ignore", GUEST_IGNORES}, {"allow", GUEST_ALLOWS}};
    const char *const *names, *nearest;
    size_t count = guest_permit_names(&names);

    *permit = (struct guest_permit){.permission = GUEST_ANSWERS};
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], node->key) == 0)
            permit->name = names[i];
    }
    if (!permit->name) {
        nearest = nearest_word(node->key, names, count);
        return errors_add(reader->errors, reader->file->path, node->key_line, node->key_column,
                          "'%s' is no instruction that can be permitted%s%s%s", node->key,
                          nearest ? ": did you mean '" : "", nearest ? nearest : "",
                          nearest ? "'?" : " (cli, wrmsr, out, cr, int, ...)");
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(words[i].word, node->text) == 0)
            permit->permission = words[i].permission;
    }
    if (permit->permission == GUEST_ANSWERS && !yaml_tree_number(node, &permit->value, NULL))
        return probe_key_error(reader, node,
                               "%s is fault, ignore, allow, or what it reads, not '%s'", node->key,
                               node->text);
    return guest_permit_can(permit->name, permit->permission) ||
           probe_key_error(reader, node,
                           permit->permission == GUEST_ANSWERS
                               ? "%s reads nothing: ignore"
                               : "%s cannot be executed here: ignore",
                           node->key);
}

bool probe_read_instructions(struct probe_reader *reader, const struct yaml_tree *node) {
    struct guest_permit *permits = calloc(node->count + 1, sizeof *permits);
    bool good = true;

    if (!permits)
        return probe_key_error(reader, node, "out of memory");
    reader->probe->setup.permits = permits;
    reader->probe->setup.permits_count = node->count;
    for (size_t i = 0; i < node->count; i++)
        good &= read_permit(reader, &node->items[i], &permits[i]);
    return good;
}
