/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/probe/keys.h"

#include "base/nearest.h"

#include <stdlib.h>
#include <string.h>

/* The keys that need little reading. */

#define MANIFEST_BEFORE_MAX 16u
#define MANIFEST_BUDGET_MAX 1000000000u /* instructions: minutes of emulation */
#define MANIFEST_NAME_MAX 100u          /* bytes */

char *probe_join_path(const char *manifest, const char *file) {
    const char *slash = strrchr(manifest, '/');
    char *path;

    if (file[0] == '/' || !slash)
        return strdup(file);
    return asprintf(&path, "%.*s/%s", (int)(slash - manifest), manifest, file) < 0 ? NULL : path;
}

static const char *probe_entry_of(const struct probe_reader *reader) {
    const struct yaml_tree *flat = yaml_tree_get(reader->map, "flat");
    const struct yaml_tree *entry = yaml_tree_get(reader->map, "entry");

    return entry ? entry->text : probe_default_entry(flat ? flat->text : NULL);
}

bool probe_read_image(struct probe_reader *reader, const struct yaml_tree *node) {
    const struct yaml_tree *flat = yaml_tree_get(reader->map, "flat");
    struct probe *probe = reader->probe;
    struct probe_request request;
    bool refused, read;

    if (yaml_tree_get(reader->map, "run"))
        return probe_read_run(probe, reader->file, reader->map, reader->errors);
    refused = !probe_read_surroundings(probe, reader->file, reader->map, reader->errors);
    if (!node)
        return probe_key_error(reader, reader->map,
                               "no code: name the file with the function to call (file), or a "
                               "whole program (run)");
    probe->path = probe_join_path(reader->file->path, node->text);
    if (!probe->path)
        return probe_key_error(reader, node, "out of memory");
    read = probe_request_read(reader, probe_entry_of(reader), &request);
    read = read &&
           probe_load_image(probe, probe->path, flat ? flat->text : NULL,
                            probe_place_of(reader, flat), &request.image, reader->errors) &&
           probe_check_instrumented(probe, reader->errors);
    probe_request_clear(&request);
    return read && !refused;
}

bool probe_read_entry(struct probe_reader *reader, const struct yaml_tree *node) {
    const struct yaml_tree *flat = yaml_tree_get(reader->map, "flat");
    const char *entry = node ? node->text : probe_default_entry(flat ? flat->text : NULL);

    return probe_set_entry(reader->probe, entry, probe_place_of(reader, node), reader->errors);
}

bool probe_read_before(struct probe_reader *reader, const struct yaml_tree *node) {
    uint64_t *addresses;
    bool good = true;

    if (node->count > MANIFEST_BEFORE_MAX)
        return probe_key_error(reader, node, "more than %u functions before the first question",
                               MANIFEST_BEFORE_MAX);
    addresses = calloc(node->count + 1, sizeof *addresses);
    if (!addresses)
        return probe_key_error(reader, node, "out of memory");
    reader->probe->setup.before = addresses;
    reader->probe->setup.before_count = node->count;
    for (size_t i = 0; i < node->count; i++) {
        if (!probe_find_function(reader->probe, node->items[i].text,
                                 probe_place_of(reader, &node->items[i]), &addresses[i],
                                 reader->errors))
            good = false;
    }
    return good;
}

/* Code without a C ABI names its registers; all that may be said beside them is how it returns. */
static bool check_abi(struct probe_reader *reader, const struct yaml_tree *node,
                      enum guest_abi abi, bool registers) {
    const struct guest_convention *convention = guest_convention(abi);
    const struct probe *probe = reader->probe;

    if (registers && guest_abi_is_c(abi))
        return probe_key_error(reader, node,
                               "registers are for code without a C ABI: leave abi or registers "
                               "out");
    if (!registers && !guest_abi_is_c(abi))
        return probe_key_error(reader, node, "%s is how code returns whose registers are named",
                               node->text);
    return convention->mode == probe->image->mode ||
           probe_key_error(reader, node, "%s is for %d-bit code, and %s is %d-bit code", node->text,
                           (int)convention->mode, probe->path, (int)probe->image->mode);
}

bool probe_read_abi(struct probe_reader *reader, const struct yaml_tree *node) {
    struct probe *probe = reader->probe;
    bool registers = yaml_tree_get(reader->map, "registers") != NULL;
    enum guest_abi abi = GUEST_REGISTERS;

    probe->setup.abi = registers ? GUEST_REGISTERS : probe_default_abi(probe->image);
    probe->has_abi = guest_abi_is_c(probe->setup.abi);
    if (!node)
        return true;
    if (!guest_abi_parse(node->text, &abi))
        return probe_key_error(reader, node,
                               "abi is sysv64, ms64, go64, cdecl32, regparm32, stdcall32, "
                               "fastcall32, thiscall32, cdecl16, regparm16 or far16, not '%s'",
                               node->text);
    probe->setup.abi = abi;
    probe->has_abi = guest_abi_is_c(abi);
    return check_abi(reader, node, abi, registers);
}

bool probe_read_decides(struct probe_reader *reader, const struct yaml_tree *node) {
    if (strcmp(node->text, "maximum") == 0)
        reader->probe->form.maximum_only = true;
    else if (strcmp(node->text, "feature") != 0)
        return probe_key_error(reader, node, "decides is feature or maximum, not '%s'", node->text);
    return true;
}

/* Names are columns of a baseline, so they hold no space. */
bool probe_read_name(struct probe_reader *reader, const struct yaml_tree *node) {
    const char *name = node ? node->text : "";

    if (!node) /* left out of what was mended */
        return false;
    if (*name == '\0' || strlen(name) > MANIFEST_NAME_MAX)
        return probe_key_error(reader, node, "a probe's name has 1 to %u bytes", MANIFEST_NAME_MAX);
    for (const char *c = name; *c; c++) {
        if ((unsigned char)*c <= ' ' || *c == 0x7f || *c == '#')
            return probe_key_error(reader, node,
                                   "a probe's name holds no spaces, control characters or #");
    }
    reader->probe->name = strdup(name);
    return reader->probe->name || probe_key_error(reader, node, "out of memory");
}

bool probe_read_budget(struct probe_reader *reader, const struct yaml_tree *node) {
    uint64_t *budget = &reader->probe->setup.budget;

    return (yaml_tree_number(node, budget, NULL) && *budget > 0 &&
            *budget <= MANIFEST_BUDGET_MAX) ||
           probe_key_error(reader, node, "budget is a number of instructions from 1 to %u",
                           MANIFEST_BUDGET_MAX);
}

bool probe_read_constructors(struct probe_reader *reader, const struct yaml_tree *node) {
    return yaml_tree_bool(node, &reader->probe->setup.constructors) ||
           probe_key_error(reader, node, "constructors is true or false");
}

bool probe_read_kernel(struct probe_reader *reader, const struct yaml_tree *node) {
    return yaml_tree_bool(node, &reader->probe->setup.no_red_zone) ||
           probe_key_error(reader, node, "kernel is true or false");
}

static bool read_exclusion(struct probe_reader *reader, const struct yaml_tree *node) {
    struct probe *probe = reader->probe;
    struct probe_exclusion *exclusion = &probe->exclusions[probe->exclusions_count];
    int rule = rules_find(node->key);

    if (rule < 0) {
        const char *nearest = rules_nearest(node->key);

        return errors_add(reader->errors, reader->file->path, node->key_line, node->key_column,
                          "no rule '%s'%s%s%s", node->key, nearest ? ": did you mean '" : "",
                          nearest ? nearest : " (hvspec list rules)", nearest ? "'?" : "");
    }
    if (node->text[strspn(node->text, " \t\n")] == '\0')
        return probe_key_error(reader, node,
                               "%s is excluded without a reason: say why, it is shown in reports",
                               node->key);
    exclusion->rule = (enum rule_id)rule;
    exclusion->reason = strdup(node->text);
    if (!exclusion->reason)
        return probe_key_error(reader, node, "out of memory");
    probe->exclusions_count++;
    return true;
}

bool probe_read_exclude(struct probe_reader *reader, const struct yaml_tree *node) {
    bool good = true;

    reader->probe->exclusions = calloc(node->count + 1, sizeof *reader->probe->exclusions);
    if (!reader->probe->exclusions)
        return probe_key_error(reader, node, "out of memory");
    for (size_t i = 0; i < node->count; i++) {
        if (!read_exclusion(reader, &node->items[i]))
            good = false;
    }
    return good;
}

bool probe_check_undefined(const struct probe_reader *reader, const struct yaml_tree *node) {
    const struct image *image = reader->probe->image;
    const char **names = calloc(image->imports_count + 1, sizeof *names);
    const char *nearest;

    if (!names)
        return probe_key_error(reader, node, "out of memory");
    for (size_t i = 0; i < image->imports_count; i++)
        names[i] = image->imports[i].name;
    nearest = nearest_word(node->key, names, image->imports_count);
    free(names);
    return !nearest || strcmp(nearest, node->key) == 0 ||
           errors_add(reader->errors, reader->file->path, node->key_line, node->key_column,
                      "'%s' is not an undefined symbol of %s: did you mean '%s'?", node->key,
                      image->path, nearest);
}

static bool check_stub(const struct probe_reader *reader, const struct yaml_tree *node) {
    const struct image *image = reader->probe->image;

    if (guest_provides(node->key))
        return errors_add(reader->errors, reader->file->path, node->key_line, node->key_column,
                          "'%s' is provided (see MANIFEST.md): leave the stub out", node->key);
    if (image_find_symbol(image, node->key))
        return errors_add(reader->errors, reader->file->path, node->key_line, node->key_column,
                          "'%s' is defined in %s: a stub would never be called", node->key,
                          image->path);
    return probe_check_undefined(reader, node);
}

static bool read_stub(struct probe_reader *reader, const struct yaml_tree *node,
                      struct guest_stub *stub) {
    bool negative;

    if (!yaml_tree_number(node, &stub->value, &negative))
        return probe_key_error(reader, node, "a stub returns a number, not '%s'", node->text);
    stub->name = strdup(node->key);
    return stub->name || probe_key_error(reader, node, "out of memory");
}

bool probe_read_stubs(struct probe_reader *reader, const struct yaml_tree *node) {
    struct guest_stub *stubs;
    bool good = true;

    if (reader->probe->is_program)
        return true; /* refused already */
    stubs = calloc(node->count + 1, sizeof *stubs);
    if (!stubs)
        return probe_key_error(reader, node, "out of memory");
    reader->probe->setup.stubs = stubs;
    reader->probe->setup.stubs_count = node->count;
    for (size_t i = 0; i < node->count; i++) {
        if (!read_stub(reader, &node->items[i], &stubs[i]) ||
            (reader->probe->image && !check_stub(reader, &node->items[i])))
            good = false;
    }
    return good;
}
