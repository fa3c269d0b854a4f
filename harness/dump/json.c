/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/dump/build.h"
#include "harness/dump/json_walk.h"

#include <stdio.h>
#include <string.h>

/*
 * Dumps in JSON: KVM_GET_CPUID2's entries (function, index), QEMU's
 * query-cpu-model-cpuid (leaf, subleaf) and Firecracker's templates and fingerprints (modifiers
 * with bitmaps). An object that has a leaf and registers is a row, and each list that holds rows is
 * a table.
 */

static const char *const json_registers[] = {"eax", "ebx", "ecx", "edx"};
#define JSON_REGISTERS 4u

/* --- Firecracker's bitmaps. --- */

/* "0b01x": a bit that a template leaves as it is is unknown, and so is the register. Those of MSRs
 * are longer, and name no register. */
static void json_bitmap(struct json_frame *frame, const char *text) {
    size_t bits = 0;

    frame->bitmap = 0;
    frame->bitmap_known = true;
    for (const char *at = text + 2; strncmp(text, "0b", 2) == 0 && *at; at++) {
        if (*at == '_')
            continue;
        if (*at != '0' && *at != '1' && *at != 'x') {
            snprintf(frame->refusal, sizeof frame->refusal,
                     "digit %zu of a bitmap is neither 0, 1 nor x", bits + 1);
            return;
        }
        frame->bitmap = frame->bitmap << 1 | (*at == '1');
        frame->bitmap_known &= *at != 'x';
        bits++;
    }
    frame->has_bitmap = bits > 0 && bits <= 32;
    if (!frame->has_bitmap)
        snprintf(frame->refusal, sizeof frame->refusal,
                 "a bitmap is 0b and up to 32 digits 0, 1 and x");
}

static int json_register(const char *name) {
    for (unsigned i = 0; i < JSON_REGISTERS; i++) {
        if (strcmp(name, json_registers[i]) == 0)
            return (int)i;
    }
    return -1;
}

static void json_set(struct json_frame *frame, unsigned index, uint32_t value, bool known) {
    uint32_t *const words[] = {&frame->row.values.eax, &frame->row.values.ebx,
                               &frame->row.values.ecx, &frame->row.values.edx};

    *words[index] = value;
    if (known)
        frame->row.known |= 1u << index; /* as enum cpuid_register counts */
    frame->has_registers = true;
}

/* --- Rows. --- */

/* One key of an object with a number, or a text that is one. */
static void json_number(struct json_frame *frame, const char *key, uint32_t number) {
    int index = json_register(key);

    if (strcmp(key, "leaf") == 0 || strcmp(key, "function") == 0) {
        frame->row.leaf = number;
        frame->has_leaf = true;
    } else if (strcmp(key, "subleaf") == 0 || strcmp(key, "index") == 0) {
        frame->row.subleaf = number;
    } else if (index >= 0) {
        json_set(frame, (unsigned)index, number, true);
    }
}

static void json_text(struct json_frame *frame, const char *key, const char *text) {
    if (strcmp(key, "register") == 0)
        frame->modified = json_register(text);
    else if (strcmp(key, "bitmap") == 0)
        json_bitmap(frame, text);
}

/* The object that holds the list which holds the object at this depth; NULL: none. */
static struct json_frame *json_owner(struct json_walk *walk, size_t depth) {
    return depth >= 3 ? &walk->frames[depth - 3] : NULL;
}

/* The list or the object that a row's table is: that around it, or, where it is one of a leaf's
 * subleaves, that around the leaf, which the row then need not name again. NULL: none, or an object
 * that is the whole document, as where each line of a log is one. */
static struct json_frame *json_list(struct json_walk *walk, struct json_frame *frame) {
    struct json_frame *leaf = json_owner(walk, walk->depth);
    size_t depth = walk->depth;

    if (leaf && leaf->object && leaf->has_leaf && !leaf->has_registers) {
        if (!frame->has_leaf)
            frame->row.leaf = leaf->row.leaf;
        frame->has_leaf = true;
        depth -= 2;
    }
    return depth > 2 || (depth == 2 && !walk->frames[0].object) ? &walk->frames[depth - 2] : NULL;
}

/* An object ends: a modifier belongs to the row around it, and a row to the list around that. */
static void json_end(struct json_walk *walk) {
    struct json_frame *frame = &walk->frames[walk->depth - 1];
    struct json_frame *owner = json_owner(walk, walk->depth), *list;

    if (frame->modified >= 0 && frame->refusal[0]) {
        dump_refuse(walk->builder, frame->refusal_line, frame->refusal);
        return;
    }
    if (frame->has_bitmap && frame->modified >= 0 && owner) {
        json_set(owner, (unsigned)frame->modified, frame->bitmap, frame->bitmap_known);
        return;
    }
    if ((frame->is_nameless || (owner && owner->is_nameless && !frame->has_leaf)) &&
        frame->has_registers) {
        dump_refuse(walk->builder, frame->row.line, "a row's leaf is no number of 32 bits");
        return;
    }
    list = json_list(walk, frame);
    if (!frame->has_leaf || !frame->has_registers)
        return;
    if (list && !list->has_rows)
        dump_begin_table(walk->builder);
    if (list)
        list->has_rows = true;
    dump_add(walk->builder, &frame->row);
}

static void json_read(struct dump_builder *builder, const struct dump_text *text) {
    json_walk(builder, text, json_number, json_text, json_end);
}

/* --- Which of them it is: the keys tell. --- */

static bool json_firecracker(const struct dump_line *line) {
    return strstr(line->text, "\"cpuid_modifiers\"") != NULL;
}

/* The key in quotes. */
static bool json_has_key(const char *text, const char *key) {
    size_t length = strlen(key);

    for (const char *at = text; (at = strstr(at, key)); at++) {
        if (at > text && at[-1] == '"' && at[length] == '"')
            return true;
    }
    return false;
}

static bool json_kvm(const struct dump_line *line) {
    return json_has_key(line->text, "function");
}

static bool json_qmp(const struct dump_line *line) {
    return json_has_key(line->text, "leaf");
}

const struct dump_format dump_format_firecracker = {
    .name = "Firecracker JSON", .recognises = json_firecracker, .read = json_read};
const struct dump_format dump_format_kvm_json = {
    .name = "KVM_GET_CPUID2 as JSON", .recognises = json_kvm, .read = json_read};
const struct dump_format dump_format_qmp = {
    .name = "QMP query-cpu-model-cpuid", .recognises = json_qmp, .read = json_read};
