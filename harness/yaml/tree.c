/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/yaml/tree.h"

#include "base/open_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

struct reader {
    yaml_parser_t parser;
    const struct yaml_file *file;
    struct errors *errors;
    bool plain;  /* nothing refused so far */
    bool broken; /* nothing more can be read: not YAML, or out of memory */
};

void yaml_tree_clear(struct yaml_tree *node) {
    for (size_t i = 0; i < node->count; i++)
        yaml_tree_clear(&node->items[i]);
    free(node->items);
    free(node->text);
    free(node->key);
    *node = (struct yaml_tree){0};
}

static void reader_refuse(struct reader *reader, const yaml_mark_t *mark, const char *what) {
    reader->plain = false;
    errors_add(reader->errors, reader->file->path, (unsigned)mark->line + 1,
               (unsigned)mark->column + 1, "%s", what);
}

static void reader_break(struct reader *reader, const yaml_mark_t *mark, const char *what) {
    reader_refuse(reader, mark, what);
    reader->broken = true;
}

static unsigned reader_line_at(const struct reader *reader, size_t offset) {
    unsigned line = 1;

    for (size_t i = 0; i < offset && i < reader->file->size; i++)
        line += reader->file->bytes[i] == '\n';
    return line;
}

/* libyaml's own complaint; a bad byte has an offset instead of a line. */
static void reader_note_syntax(struct reader *reader) {
    const yaml_parser_t *parser = &reader->parser;
    const char *problem = parser->problem ? parser->problem : "unreadable";

    reader->plain = false;
    reader->broken = true;
    if (parser->error == YAML_READER_ERROR)
        errors_add(reader->errors, reader->file->path,
                   reader_line_at(reader, parser->problem_offset), 0, "not YAML: %s at byte %zu",
                   problem, parser->problem_offset);
    else if (parser->error == YAML_MEMORY_ERROR)
        errors_add(reader->errors, reader->file->path, 0, 0, "out of memory");
    else
        errors_add(reader->errors, reader->file->path, (unsigned)parser->problem_mark.line + 1,
                   (unsigned)parser->problem_mark.column + 1, "not YAML: %s%s%s", problem,
                   parser->context ? " " : "", parser->context ? parser->context : "");
}

static bool reader_next(struct reader *reader, yaml_event_t *event) {
    if (reader->broken)
        return false;
    if (!yaml_parser_parse(&reader->parser, event)) {
        reader_note_syntax(reader);
        return false;
    }
    return true;
}

/* A zeroed slot at the end of the node's items; doubles at powers of two. */
static struct yaml_tree *tree_append(struct yaml_tree *node) {
    if ((node->count & (node->count - 1)) == 0) {
        size_t room = node->count ? node->count * 2 : 1;
        struct yaml_tree *grown = realloc(node->items, room * sizeof *grown);

        if (!grown)
            return NULL;
        node->items = grown;
    }
    node->items[node->count] = (struct yaml_tree){0};
    return &node->items[node->count++];
}

static char *reader_text(struct reader *reader, const yaml_event_t *event) {
    const char *value = (const char *)event->data.scalar.value;
    char *text = strdup(value);

    if (!text)
        reader_break(reader, &event->start_mark, "out of memory");
    else if (strlen(value) != event->data.scalar.length)
        reader_refuse(reader, &event->start_mark, "text with a zero byte inside");
    return text;
}

static void reader_check_properties(struct reader *reader, const yaml_event_t *event,
                                    const yaml_char_t *anchor, const yaml_char_t *tag) {
    if (anchor)
        reader_refuse(reader, &event->start_mark,
                      "anchors (&name) are not supported: write the value out");
    if (tag)
        reader_refuse(reader, &event->start_mark,
                      "tags (!name) are not supported: leave it out, or put the text in quotes");
}

static void reader_value(struct reader *reader, const yaml_event_t *event, struct yaml_tree *node,
                         unsigned depth);

static void reader_list(struct reader *reader, struct yaml_tree *node, unsigned depth) {
    yaml_event_t event;

    while (reader_next(reader, &event)) {
        struct yaml_tree *item = NULL;

        if (event.type != YAML_SEQUENCE_END_EVENT && !(item = tree_append(node)))
            reader_break(reader, &event.start_mark, "out of memory");
        if (item)
            reader_value(reader, &event, item, depth + 1);
        else
            node->last = event.end_mark.index;
        yaml_event_delete(&event);
        if (!item)
            return;
    }
}

static void reader_pair(struct reader *reader, const yaml_event_t *key, struct yaml_tree *map,
                        unsigned depth) {
    struct yaml_tree *item;
    yaml_event_t value;

    if (key->type != YAML_SCALAR_EVENT) {
        reader_break(reader, &key->start_mark,
                     key->type == YAML_ALIAS_EVENT
                         ? "aliases (*name) are not supported: write the value out"
                         : "a key has to be text");
        return;
    }
    reader_check_properties(reader, key, key->data.scalar.anchor, key->data.scalar.tag);
    item = tree_append(map);
    if (!item) {
        reader_break(reader, &key->start_mark, "out of memory");
        return;
    }
    item->key = reader_text(reader, key);
    item->key_line = (unsigned)key->start_mark.line + 1;
    item->key_column = (unsigned)key->start_mark.column + 1;
    if (!item->key)
        return;
    if (map->count > YAML_TREE_KEYS_MAX)
        reader_break(reader, &key->start_mark, "a map with more than 4096 keys");
    if (reader_next(reader, &value)) {
        reader_value(reader, &value, item, depth + 1);
        yaml_event_delete(&value);
    }
}

static void reader_map(struct reader *reader, struct yaml_tree *node, unsigned depth) {
    yaml_event_t event;

    while (reader_next(reader, &event)) {
        bool more = event.type != YAML_MAPPING_END_EVENT;

        if (more)
            reader_pair(reader, &event, node, depth);
        else
            node->last = event.end_mark.index;
        yaml_event_delete(&event);
        if (!more)
            return;
    }
}

/* Fills `node` from the event that starts it and those that follow; its key stays as it is. */
static void reader_value(struct reader *reader, const yaml_event_t *event, struct yaml_tree *node,
                         unsigned depth) {
    const yaml_mark_t *mark = &event->start_mark;

    node->line = (unsigned)mark->line + 1;
    node->column = (unsigned)mark->column + 1;
    node->first = mark->index;
    node->last = event->end_mark.index;
    if (depth > YAML_TREE_DEPTH_MAX) {
        reader_break(reader, mark, "lists and maps nested too deeply (16 levels are allowed)");
        return;
    }
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        node->kind = YAML_TREE_SCALAR;
        node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
        node->text = reader_text(reader, event);
        reader_check_properties(reader, event, event->data.scalar.anchor, event->data.scalar.tag);
        break;
    case YAML_SEQUENCE_START_EVENT:
        node->kind = YAML_TREE_LIST;
        reader_check_properties(reader, event, event->data.sequence_start.anchor,
                                event->data.sequence_start.tag);
        reader_list(reader, node, depth);
        break;
    case YAML_MAPPING_START_EVENT:
        node->kind = YAML_TREE_MAP;
        reader_check_properties(reader, event, event->data.mapping_start.anchor,
                                event->data.mapping_start.tag);
        reader_map(reader, node, depth);
        break;
    default:
        node->text = strdup("");
        reader_refuse(reader, mark, "aliases (*name) are not supported: write the value out");
        break;
    }
}

/* Goes through the document events around the one value of the file. */
static void reader_document(struct reader *reader, struct yaml_tree *root) {
    yaml_event_t event;
    unsigned documents = 0;
    bool end = false;

    while (!end && reader_next(reader, &event)) {
        end = event.type == YAML_STREAM_END_EVENT;
        if (event.type == YAML_DOCUMENT_START_EVENT && ++documents == 2)
            reader_break(reader, &event.start_mark,
                         "a second document (---): put it in a file of its own");
        else if (event.type == YAML_SCALAR_EVENT || event.type == YAML_SEQUENCE_START_EVENT ||
                 event.type == YAML_MAPPING_START_EVENT || event.type == YAML_ALIAS_EVENT)
            reader_value(reader, &event, root, 0);
        yaml_event_delete(&event);
    }
    if (!reader->broken && documents == 0) {
        reader->plain = false;
        errors_add(reader->errors, reader->file->path, 0, 0, "the file is empty");
    }
}

static bool file_read_tree(struct yaml_file *file, struct errors *errors) {
    struct reader reader = {.file = file, .errors = errors, .plain = true};

    if (!yaml_parser_initialize(&reader.parser))
        return errors_add(errors, file->path, 0, 0, "out of memory");
    yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader.parser, (const unsigned char *)file->bytes, file->size);
    reader_document(&reader, &file->root);
    yaml_parser_delete(&reader.parser);
    return reader.plain;
}

/* Takes over `bytes`, which a zero byte follows. */
static struct yaml_file *file_new(const char *path, char *bytes, size_t size,
                                  struct errors *errors) {
    struct yaml_file *file = calloc(1, sizeof *file);

    if (!file || !(file->path = strdup(path))) {
        errors_add(errors, path, 0, 0, "out of memory");
        free(bytes);
        free(file);
        return NULL;
    }
    if (size >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) /* a byte order mark */
        memmove(bytes, bytes + 3, (size -= 3) + 1);
    file->bytes = bytes;
    file->size = size;
    if (!file_read_tree(file, errors)) {
        yaml_file_free(file);
        return NULL;
    }
    return file;
}

struct yaml_file *yaml_file_parse(const char *path, const char *bytes, size_t size,
                                  struct errors *errors) {
    char *copy;

    if (size > YAML_TREE_FILE_MAX) {
        errors_add(errors, path, 0, 0, "larger than 1 MiB: split it into several files");
        return NULL;
    }
    copy = malloc(size + 1);
    if (!copy) {
        errors_add(errors, path, 0, 0, "out of memory");
        return NULL;
    }
    memcpy(copy, bytes, size);
    copy[size] = '\0';
    return file_new(path, copy, size, errors);
}

struct yaml_file *yaml_file_load(const char *path, struct errors *errors) {
    FILE *stream = open_file(path);
    char *bytes;
    size_t size;

    if (!stream) {
        errors_add_system(errors, path, "", errno);
        return NULL;
    }
    bytes = malloc(YAML_TREE_FILE_MAX + 2);
    size = bytes ? fread(bytes, 1, YAML_TREE_FILE_MAX + 1, stream) : 0;
    if (!bytes || ferror(stream) || size > YAML_TREE_FILE_MAX) {
        if (!bytes || ferror(stream))
            errors_add_system(errors, path, "", bytes ? errno : ENOMEM);
        else
            errors_add(errors, path, 0, 0, "larger than 1 MiB: split it into several files");
        free(bytes);
        fclose(stream);
        return NULL;
    }
    fclose(stream);
    bytes[size] = '\0';
    return file_new(path, bytes, size, errors);
}

struct yaml_file *yaml_file_item(const struct yaml_file *file, const struct yaml_tree *item,
                                 struct errors *errors) {
    char *bytes = malloc(file->size + 1);
    size_t character = 0, size;

    if (!bytes) {
        errors_add(errors, file->path, item->line, item->column, "out of memory");
        return NULL;
    }
    /* Spaces for what comes first keep every line and column; a character of UTF-8 starts with a
     * byte that is not 10xxxxxx. */
    for (size = 0; size < file->size; size++) {
        char byte = file->bytes[size];

        character += size > 0 && (byte & 0xc0) != 0x80;
        if (character >= item->last)
            break;
        bytes[size] = character >= item->first || byte == '\n' || byte == '\r' ? byte : ' ';
    }
    bytes[size] = '\0';
    return file_new(file->path, bytes, size, errors);
}

void yaml_file_free(struct yaml_file *file) {
    if (!file)
        return;
    yaml_tree_clear(&file->root);
    free(file->bytes);
    free(file->path);
    free(file);
}

const struct yaml_tree *yaml_tree_get(const struct yaml_tree *map, const char *key) {
    if (map->kind != YAML_TREE_MAP)
        return NULL;
    for (size_t i = 0; i < map->count; i++) {
        if (strcmp(map->items[i].key, key) == 0)
            return &map->items[i];
    }
    return NULL;
}

const char *yaml_tree_kind_text(enum yaml_tree_kind kind) {
    static const char *const texts[] = {"text", "a list", "a map"};

    return texts[kind];
}

const char *yaml_tree_library_version(void) {
    return yaml_get_version_string();
}
