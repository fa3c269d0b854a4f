/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/probe/probe.h"

#include "harness/probe/internal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The last `parts` parts of a path, or all of it. */
static const char *path_tail(const char *path, unsigned parts) {
    const char *tail = path + strlen(path);

    while (tail > path && (tail[-1] != '/' || --parts > 0))
        tail--;
    return tail;
}

/* The end of the path, and the entry when it is not the default; no character that would part the
 * columns of a baseline. */
static char *make_name(const char *path, unsigned parts, const char *entry) {
    char *name;

    if (asprintf(&name, "%s%s%s", path_tail(path, parts), entry ? ":" : "", entry ? entry : "") < 0)
        return NULL;
    for (char *c = name; *c; c++) {
        if ((unsigned char)*c <= ' ' || *c == 0x7f || *c == '#')
            *c = '_';
    }
    return name;
}

bool probe_name_taken(struct probe *const *probes, size_t count, const char *name) {
    for (size_t i = 0; i < count; i++) {
        if (strcmp(probes[i]->name, name) == 0)
            return true;
    }
    return false;
}

/* Whether two paths lead to one file, however they are written. */
static bool is_same_file(const char *path, const char *other) {
    struct stat one, two;

    return stat(path, &one) == 0 && stat(other, &two) == 0 && one.st_dev == two.st_dev &&
           one.st_ino == two.st_ino;
}

/* Whether the very function of the very file is there already, other than by a manifest, which may
 * call it in another way. */
static bool is_given_twice(const struct probe *probe, struct probe *const *probes, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (!probes[i]->manifest && strcmp(probes[i]->entry, probe->entry) == 0 &&
            is_same_file(probes[i]->path, probe->path))
            return true;
    }
    return false;
}

/* The shortest end of the path that names no other probe: x86/hv.so beside hv.so. */
static bool set_name(struct probe *probe, const char *entry, struct probe *const *probes,
                     size_t count, struct errors *errors) {
    unsigned parts = 1;

    if (is_given_twice(probe, probes, count))
        return errors_add(errors, probe->path, 0, 0, "the same probe is given twice");
    for (;;) {
        probe->name = make_name(probe->path, parts, entry);
        if (!probe->name)
            return errors_add(errors, probe->path, 0, 0, "out of memory");
        if (!probe_name_taken(probes, count, probe->name))
            return true;
        if (path_tail(probe->path, parts) == probe->path)
            return errors_add(errors, probe->path, 0, 0, "another probe has this name");
        free(probe->name);
        probe->name = NULL;
        parts++;
    }
}

bool probe_append(struct probe ***probes, size_t *count, struct probe *probe,
                  struct errors *errors) {
    struct probe **grown = realloc(*probes, (*count + 1) * sizeof *grown);

    if (!grown) {
        errors_add(errors, probe->path, 0, 0, "out of memory");
        probe_free(probe);
        return false;
    }
    *probes = grown;
    grown[(*count)++] = probe;
    return true;
}

bool probe_set_arguments(struct probe *probe, const struct guest_argument *arguments,
                         size_t count) {
    struct guest_argument *copy = malloc((count ? count : 1) * sizeof *copy);

    if (!copy)
        return false;
    if (count > 0)
        memcpy(copy, arguments, count * sizeof *copy);
    probe->setup.arguments = copy;
    probe->setup.arguments_count = count;
    return true;
}

static bool probe_set_convention(struct probe *probe, struct errors *errors) {
    static const struct guest_argument target = {.kind = GUEST_ARGUMENT_TARGET};

    probe->setup.abi = probe_default_abi(probe->image);
    probe->has_abi = probe->setup.abi != GUEST_REGISTERS;
    if (!probe->has_abi)
        return errors_add(errors, probe->path, 0, 0,
                          "16-bit code has no calling convention: write a manifest that names its "
                          "registers (hvspec new probe)");
    if (!probe_set_arguments(probe, &target, 1))
        return errors_add(errors, probe->path, 0, 0, "out of memory");
    return true;
}

/* Each step needs the one before it, so the first mistake is the only one. */
static bool probe_fill(struct probe *probe, const char *path, const struct probe_options *options,
                       struct errors *errors) {
    const char *entry = options->entry ? options->entry : probe_default_entry(options->flat);
    struct probe_place at = {.file = path};
    const struct image_request request = {.entry = entry};

    probe->path = strdup(path);
    if (!probe->path)
        return errors_add(errors, path, 0, 0, "out of memory");
    probe->setup.budget = options->budget;
    probe->setup.seed = options->seed;
    return probe_load_image(probe, path, options->flat, at, &request, errors) &&
           probe_check_instrumented(probe, errors) && probe_set_convention(probe, errors) &&
           probe_set_entry(probe, entry, at, errors) && probe_read_debug(probe, errors) &&
           (options->answer ? probe_set_answer_kind(probe, options->answer, errors)
                            : probe_set_answer_default(probe, errors));
}

static bool ends_in(const char *text, const char *ending) {
    size_t length = strlen(text), ending_length = strlen(ending);

    return length >= ending_length && strcmp(text + length - ending_length, ending) == 0;
}

static bool load_manifest(const char *path, const struct probe_options *options,
                          struct probe ***probes, size_t *count, struct errors *errors) {
    size_t first = *count;

    if (options->entry || options->answer || options->flat)
        return errors_add(errors, path, 0, 0,
                          "a manifest says itself how its code is called: leave --%s out, or name "
                          "the code instead of the manifest",
                          options->entry    ? "entry"
                          : options->answer ? "answer"
                                            : "flat");
    if (!probe_load_manifest(path, options, probes, count, errors))
        return false;
    for (size_t i = first; i < *count; i++) {
        if (!probe_take_options((*probes)[i], options,
                                *count - first > 1 ? (*probes)[i]->name : NULL, errors))
            return false;
    }
    return true;
}

bool probe_load(const char *path, const struct probe_options *options, struct probe ***probes,
                size_t *count, struct errors *errors) {
    struct probe *probe;

    if (ends_in(path, ".yaml") || ends_in(path, ".yml"))
        return load_manifest(path, options, probes, count, errors);
    probe = calloc(1, sizeof *probe);
    if (!probe)
        return errors_add(errors, path, 0, 0, "out of memory");
    if (!probe_fill(probe, path, options, errors) ||
        !set_name(probe, options->entry, *probes, *count, errors) ||
        !probe_take_options(probe, options, NULL, errors)) {
        probe_free(probe);
        return false;
    }
    return probe_append(probes, count, probe, errors);
}

/* The setup points to constant data for its readers; the probe is what owns it. */
static void setup_clear(struct guest_setup *setup) {
    for (size_t i = 0; i < setup->arguments_count; i++)
        free((char *)setup->arguments[i].string);
    for (size_t i = 0; i < setup->stubs_count; i++)
        free((char *)setup->stubs[i].name);
    free((struct guest_argument *)setup->arguments);
    free((struct guest_stub *)setup->stubs);
    free((struct guest_byte *)setup->out_bytes);
    free((struct guest_out_target *)setup->out_targets);
    free((struct guest_permit *)setup->permits);
    free((uint64_t *)setup->before);
    free((uint64_t *)setup->resolvers);
}

void probe_free(struct probe *probe) {
    if (!probe)
        return;
    for (size_t i = 0; i < probe->exclusions_count; i++)
        free(probe->exclusions[i].reason);
    for (size_t i = 0; i < probe->statements_count; i++) {
        free(probe->statements[i].text);
        free(probe->statements[i].limit);
    }
    free(probe->statements);
    free(probe->exclusions);
    for (unsigned rule = 0; rule < RULES; rule++)
        free(probe->assumed[rule]);
    free(probe->targets);
    setup_clear(&probe->setup);
    probe_free_run(probe->process);
    image_free(probe->image);
    free(probe->options);
    free(probe->entry);
    free(probe->path);
    free(probe->manifest);
    free(probe->name);
    free(probe);
}
