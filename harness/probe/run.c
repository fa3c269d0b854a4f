/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/probe/internal.h"

#include "emulator/process/process.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A probe that is a whole program: `run` instead of `file`; and a library that needs others, whose
 * function is called in a process of its own. */

static bool run_error(const struct yaml_file *file, const struct yaml_tree *node,
                      struct errors *errors, const char *message) {
    return errors_add(errors, file->path, node->line, node->column, "%s", message);
}

/* The map form of `files`; a list is what an object is linked with. */
static const struct yaml_tree *run_files_of(const struct yaml_tree *map) {
    const struct yaml_tree *files = yaml_tree_get(map, "files");

    return files && files->kind == YAML_TREE_MAP ? files : NULL;
}

/* Keys that say how a function is called. */
static bool run_refuse_keys(const struct yaml_file *file, const struct yaml_tree *map,
                            struct errors *errors) {
    static const char *const keys[] = {
        "file",  "flat",         "entry", "abi",          "before", "arguments", "registers",
        "stubs", "constructors", "data",  "instructions", "kernel", "member",    "gs"};
    bool good = true;

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const struct yaml_tree *node = yaml_tree_get(map, keys[i]);

        if (node)
            good = errors_add(errors, file->path, node->key_line, node->key_column,
                              "%s is about a function that is called, and run about a whole "
                              "program: leave one of them out",
                              keys[i]);
    }
    if (yaml_tree_get(map, "files") && !run_files_of(map))
        good = run_error(file, yaml_tree_get(map, "files"), errors,
                         "files of a program are a map of the paths that it reads to files");
    return good;
}

static bool run_read_arguments(struct process_start *start, const struct yaml_file *file,
                               const struct yaml_tree *list, struct errors *errors) {
    const char **arguments = calloc(list->count, sizeof *arguments);

    start->arguments = arguments;
    if (!arguments)
        return run_error(file, list, errors, "out of memory");
    for (size_t i = 0; i < list->count; i++) {
        const struct yaml_tree *node = &list->items[i];
        const char *at = strchr(node->text, '$');

        arguments[start->arguments_count++] = strdup(node->text);
        if (!arguments[i])
            return run_error(file, node, errors, "out of memory");
        if (strlen(node->text) > GUEST_STRING_MAX)
            return run_error(file, node, errors, "longer than 255 bytes");
        if (at && (strncmp(at, PROCESS_TARGET, strlen(PROCESS_TARGET)) != 0 || i == 0 ||
                   strchr(at + 1, '$')))
            return run_error(file, node, errors,
                             i == 0 ? "the program comes first, its arguments behind it"
                                    : "only $target may follow a $, and once in an argument");
    }
    return true;
}

static bool run_read_files(struct process_start *start, const struct yaml_file *file,
                           const struct yaml_tree *map, struct errors *errors) {
    struct process_file *files = calloc(map->count + 1, sizeof *files);

    start->files = files;
    if (!files)
        return run_error(file, map, errors, "out of memory");
    for (size_t i = 0; i < map->count; i++) {
        const struct yaml_tree *node = &map->items[i];

        files[start->files_count++] =
            (struct process_file){strdup(node->key), probe_join_path(file->path, node->text)};
        if (!files[i].path || !files[i].host)
            return run_error(file, map, errors, "out of memory");
        if (files[i].path[0] != '/')
            return errors_add(errors, file->path, node->key_line, node->key_column,
                              "'%s' is not absolute: the program's own working directory is /",
                              node->key);
    }
    return true;
}

/* Where its own code starts, for whoever looks through it. */
static bool run_find_entry(struct probe *probe) {
    static const char *const names[] = {"main.main", "main", "_start"};
    const struct image *image = probe->image;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct image_symbol *symbol = image_find_symbol(image, names[i]);

        if (!symbol || !symbol->is_function)
            continue;
        probe->setup.entry = symbol->address;
        probe->entry = strdup(names[i]);
        return probe->entry != NULL;
    }
    for (size_t i = 0; i < image->segments_count && probe->setup.entry == 0; i++) {
        if (image->segments[i].permissions & IMAGE_EXECUTE)
            probe->setup.entry = image->segments[i].own_first;
    }
    probe->entry = strdup("program");
    return probe->entry != NULL;
}

static bool run_passes_target(const struct process_start *start) {
    for (size_t i = 0; i < start->arguments_count; i++) {
        if (strstr(start->arguments[i], PROCESS_TARGET))
            return true;
    }
    return false;
}

static bool run_check_target(const struct probe *probe, const struct yaml_file *file,
                             const struct yaml_tree *run, struct errors *errors) {
    if (run_passes_target(probe->process) || probe->targets_count == 1)
        return true;
    return run_error(file, run, errors,
                     probe->targets_count > 1
                         ? "several targets, but no $target tells the program which: pass it, or "
                           "write one probe for each"
                         : "nothing tells the program which feature is asked for: pass $target, or "
                           "name the one feature in targets");
}

static bool run_read_surroundings(struct process_start *start, const struct yaml_file *file,
                                  const struct yaml_tree *map, struct errors *errors) {
    const struct yaml_tree *files = run_files_of(map);
    const struct yaml_tree *sysroot = yaml_tree_get(map, "sysroot");

    if (files && !run_read_files(start, file, files, errors))
        return false;
    if (sysroot)
        start->sysroot = probe_join_path(file->path, sysroot->text);
    return !sysroot || start->sysroot || run_error(file, sysroot, errors, "out of memory");
}

bool probe_read_surroundings(struct probe *probe, const struct yaml_file *file,
                             const struct yaml_tree *map, struct errors *errors) {
    const struct yaml_tree *answer = yaml_tree_get(map, "answer");
    const struct yaml_tree *output = answer ? yaml_tree_get(answer, "output") : NULL;

    if (output)
        return errors_add(errors, file->path, output->key_line, output->key_column,
                          "output is about a whole program, which run names");
    if (!run_files_of(map) && !yaml_tree_get(map, "sysroot"))
        return true;
    probe->process = calloc(1, sizeof *probe->process);
    return (probe->process || run_error(file, map, errors, "out of memory")) &&
           run_read_surroundings(probe->process, file, map, errors);
}

/* --- A library's function. --- */

/* What every shared object mentions, whether it is there or not. */
static bool is_always_undefined(const char *name) {
    static const char *const names[] = {"__cxa_finalize", "__gmon_start__",
                                        "_ITM_deregisterTMCloneTable", "_ITM_registerTMCloneTable"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i], name) == 0)
            return true;
    }
    return false;
}

/* Whether a process calls functions so. */
static bool is_process_abi(const struct probe *probe) {
    const enum image_mode mode = probe->image->mode;

    return (mode == IMAGE_64 && probe->setup.abi == GUEST_SYSV64) ||
           (mode == IMAGE_32 && probe->setup.abi == GUEST_CDECL32);
}

/* Code that says itself what stands for the rest of the world is called alone, and so is what needs
 * nothing of it. */
static bool needs_process(const struct probe *probe) {
    const struct image *image = probe->image;

    if (!image->needs_libraries || !is_process_abi(probe) || probe->setup.stubs_count > 0 ||
        probe->setup.permits_count > 0 || probe->setup.constructors || probe->setup.segment != 0)
        return false;
    for (size_t i = 0; i < image->imports_count; i++) {
        if (image->imports[i].is_stated)
            return false;
    }
    for (size_t i = 0; i < image->imports_count; i++) {
        if (!is_always_undefined(image->imports[i].name) && !guest_provides(image->imports[i].name))
            return true;
    }
    return false;
}

static bool run_library(struct probe *probe) {
    struct process_start *start =
        probe->process ? probe->process : calloc(1, sizeof *probe->process);
    const char **arguments = calloc(1, sizeof *arguments);

    probe->process = start;
    if (!start || !arguments) {
        free(arguments);
        return false;
    }
    start->arguments = arguments;
    arguments[start->arguments_count++] = strdup("hvspec-call");
    start->path = probe->path;
    start->is_library = true;
    probe->setup.process = start;
    return arguments[0] != NULL;
}

/* Whether a process's answers can be read there. */
static bool is_readable(const struct guest_place *place) {
    return place->kind != GUEST_MEMORY && place->kind != GUEST_CALLBACK &&
           place->kind != GUEST_CONTEXT && place->kind != GUEST_FLOAT_X87;
}

/* Whether its process can pass what the function takes, and read what it gives. */
static bool check_passable(const struct probe *probe, struct errors *errors) {
    const struct guest_setup *setup = &probe->setup;
    bool passable = setup->arguments_count <= PROCESS_CALL_ARGUMENTS && !setup->may_be_unwritten &&
                    is_readable(&setup->answer) && is_readable(&setup->value);

    for (size_t i = 0; i < setup->arguments_count; i++)
        passable &= setup->arguments[i].kind != GUEST_ARGUMENT_CONTEXT &&
                    setup->arguments[i].kind != GUEST_ARGUMENT_CALLBACK;
    return passable ||
           errors_add(
               errors, probe->manifest ? probe->manifest : probe->path, 0, 0,
               "%s needs other libraries, so that it is called in a process of its own, which "
               "passes neither $context, $callback nor more than %u arguments, and finds answers "
               "in registers and $out alone: give the object files that it is linked of",
               probe->path, PROCESS_CALL_ARGUMENTS);
}

bool probe_choose_process(struct probe *probe, const char *sysroot, struct errors *errors) {
    if (!probe->is_program && needs_process(probe) && !run_library(probe))
        return errors_add(errors, probe->path, 0, 0, "out of memory");
    if (probe->setup.process && !probe->is_program && !check_passable(probe, errors))
        return false;
    if (!probe->setup.process || !sysroot || probe->process->sysroot)
        return true;
    probe->process->sysroot = strdup(sysroot);
    return probe->process->sysroot || errors_add(errors, probe->path, 0, 0, "out of memory");
}

bool probe_read_run(struct probe *probe, const struct yaml_file *file, const struct yaml_tree *map,
                    struct errors *errors) {
    const struct yaml_tree *run = yaml_tree_get(map, "run");
    const struct yaml_tree *targets = yaml_tree_get(map, "targets");
    bool good;

    if (run->count == 0 || run->count > PROCESS_ARGUMENTS_MAX)
        return run_error(file, run, errors, "run holds a program and at most 31 arguments");
    probe->process = calloc(1, sizeof *probe->process);
    if (!probe->process)
        return run_error(file, run, errors, "out of memory");
    probe->is_program = true;
    good = run_refuse_keys(file, map, errors);
    good &= run_read_arguments(probe->process, file, run, errors);
    good &= run_read_surroundings(probe->process, file, map, errors);
    if (targets)
        good &= probe_read_targets(probe, file, targets, errors);
    if (!good)
        return false;
    probe->path = probe_join_path(file->path, run->items[0].text);
    if (!probe->path)
        return run_error(file, run, errors, "out of memory");
    probe->process->path = probe->path;
    probe->setup.process = probe->process;
    return run_check_target(probe, file, run, errors) &&
           probe_load_image(probe, probe->path, NULL, (struct probe_place){.file = file->path},
                            &(struct image_request){.entry = NULL}, errors) &&
           (run_find_entry(probe) || run_error(file, run, errors, "out of memory"));
}

/* Lists of exit statuses, and a line of output. */
bool probe_read_run_answer(struct probe *probe, const struct yaml_file *file,
                           const struct yaml_tree *map, struct errors *errors) {
    static const char *const lists[] = {"available", "not-available", "not-implemented"};
    struct probe_answer *answer = &probe->answer;
    const struct yaml_tree *output = map ? yaml_tree_get(map, "output") : NULL;
    bool listed = false;

    probe->setup.answer = (struct guest_place){.kind = GUEST_NOWHERE, .width = 1};
    for (size_t i = 0; map && i < sizeof lists / sizeof *lists; i++)
        listed |= yaml_tree_get(map, lists[i]) != NULL;
    for (size_t i = 0; map && i < map->count; i++) {
        const struct yaml_tree *node = &map->items[i];

        if (strcmp(node->key, "in") == 0 || strcmp(node->key, "value") == 0)
            return errors_add(errors, file->path, node->key_line, node->key_column,
                              "%s is a place in a function's registers or memory: a program "
                              "answers by its exit status or its output",
                              node->key);
    }
    if (output) {
        probe->process->output = strdup(output->text);
        if (!probe->process->output)
            return run_error(file, output, errors, "out of memory");
        if (output->text[0] == '\0' || strchr(output->text, '\n'))
            return run_error(file, output, errors, "output is one line that answers");
        probe->process->by_output = !listed;
    }
    if (listed && !probe_read_answer_lists(probe, file, map, errors))
        return false;
    if (probe->process->by_output)
        return true; /* a line that matches is an answer that is not 0 */
    if (!map || !yaml_tree_get(map, "available")) {
        answer->available = PROBE_LISTED;
        answer->available_values[answer->available_count++] = 0;
    }
    if ((!map || !yaml_tree_get(map, "not-available")) && answer->available == PROBE_LISTED)
        answer->not_available[answer->not_available_count++] = 1;
    return true;
}

char *probe_process_text(const struct probe *probe) {
    const char *sysroot = probe->process->sysroot;
    char *text;

    if (asprintf(&text, "%s%s%s",
                 probe->is_program ? "run as a process, with its own loader and libraries"
                                   : "called in a process that its own loader starts, as it needs "
                                     "other libraries",
                 sysroot ? ", from " : "", sysroot ? sysroot : "") < 0)
        return NULL;
    return text;
}

const char *probe_answer_text(const struct probe *probe, uint64_t answer,
                              char text[PROBE_ANSWER_SIZE]) {
    bool status = probe->is_program && !probe->process->by_output;

    snprintf(text, PROBE_ANSWER_SIZE, status ? "exit status %" PRIu64 : "0x%" PRIx64, answer);
    return text;
}

void probe_free_run(struct process_start *start) {
    if (!start)
        return;
    for (size_t i = 0; i < start->arguments_count; i++)
        free((char *)start->arguments[i]);
    for (size_t i = 0; i < start->files_count; i++) {
        free((char *)start->files[i].path);
        free((char *)start->files[i].host);
    }
    free((const char **)start->arguments);
    free((struct process_file *)start->files);
    free((char *)start->sysroot);
    free((char *)start->output);
    free(start);
}
