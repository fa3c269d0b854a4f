/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/data_path.h"
#include "base/nearest.h"
#include "emulator/image/image.h"
#include "harness/cli/command.h"
#include "harness/probe/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NEW_ENDING ".yaml"
#define NEW_FUNCTIONS_MAX 8u /* names offered in a comment */

/* What a template is written from. */
struct new_file {
    const char *name; /* as given, the ending left off */
    int name_length;
    char *path;
    const char *code;    /* probe: the file that holds it; NULL: none is known */
    struct image *image; /* probe: of that file; NULL: none */
    const char *entry;   /* probe */
};

/* --- Templates. --- */

static void new_print_schema(FILE *stream, const char *schema) {
    char *path = data_path(schema);

    if (path)
        fprintf(stream, "# yaml-language-server: $schema=%s\n", path);
    free(path);
}

static const char new_scenario_text[] =
    "# One way in which feature detection can go wrong. Every key is explained in\n"
    "# scenarios/README.md; remove the comments that you no longer need.\n"
    "title: Say the idea itself, in 70 characters at most\n"
    "rules: [max/reaches-target]           # what it is written for: hvspec list rules\n"
    "why: >\n"
    "  One to three sentences: what goes wrong without it.\n"
    "# source: where the bug or the table was seen\n"
    "matrix:                               # every combination is a case; each key has to be used\n"
    "  target: [0x40000010, 0x40000020, random(4) in 0x40000001..0x400000ff]\n"
    "hypervisor:\n"
    "  signature: KVMKVMKVM                # up to 12 bytes, padded with zero bytes\n"
    "  max: $target                        # EAX of 0x40000000; $target + 1 works too\n"
    "  leaves:                             # what single leaves return; what is left out is 0\n"
    "    $target: {eax: 1}\n"
    "  unlisted: zero                      # other leaves up to max: or highest-basic, base, junk\n"
    "  beyond: highest-basic               # leaves above max\n"
    "ask: [$target]                        # the questions of one boot, in order\n"
    "expect: [available]                   # or not-available (step 1), not-implemented (step 2)\n";

static void new_print_scenario(FILE *stream, const struct new_file *file) {
    (void)file;
    new_print_schema(stream, "scenario.schema.json");
    fputs(new_scenario_text, stream);
}

/* Other functions that the code offers, for whoever has to pick one. */
static void new_print_functions(FILE *stream, const struct new_file *file) {
    size_t count = 0;

    for (size_t i = 0; file->image && i < file->image->symbols_count; i++) {
        const struct image_symbol *symbol = &file->image->symbols[i];

        if (!symbol->is_function || !symbol->is_global || symbol->is_indirect ||
            strcmp(symbol->name, file->entry) == 0 || count == NEW_FUNCTIONS_MAX ||
            symbol->name[strspn(symbol->name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVW"
                                              "XYZ0123456789_.")])
            continue;
        fprintf(stream, "%s %s", count++ == 0 ? "# Other functions there:" : ",", symbol->name);
    }
    if (count > 0)
        fputc('\n', stream);
}

/* In double quotes, which every text can be put in. */
static void new_print_text(FILE *stream, const char *text) {
    fputc('"', stream);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            fputc('\\', stream);
        fputc(*text, stream);
    }
    fputs("\"\n", stream);
}

static const char *new_base_name(const struct new_file *file) {
    const char *base = file->name + file->name_length;

    while (base > file->name && base[-1] != '/')
        base--;
    return base;
}

/* The manifest's folder is what its `file` is relative to. */
static void new_print_code(FILE *stream, const struct new_file *file) {
    char *code = file->code ? realpath(file->code, NULL) : NULL;
    bool beside = file->code && !strchr(file->code, '/') && !strchr(file->path, '/');
    char *built = NULL;

    if (asprintf(&built, "%.*s.so", (int)(file->name + file->name_length - new_base_name(file)),
                 new_base_name(file)) < 0)
        built = NULL;
    fputs("file: ", stream);
    new_print_text(stream, beside ? file->code : code ? code : built ? built : "");
    free(code);
    free(built);
}

static void new_print_probe(FILE *stream, const struct new_file *file) {
    const char *base = new_base_name(file);

    new_print_schema(stream, "probe.schema.json");
    fputs("# How to call guest code and read its answer. Every key is explained in\n"
          "# harness/MANIFEST.md; only probe and file are required.\n",
          stream);
    fprintf(stream, "probe: %.*s\n", (int)(file->name + file->name_length - base), base);
    new_print_code(stream, file);
    fputs("entry: ", stream);
    new_print_text(stream, file->entry);
    new_print_functions(stream, file);
    fputs("arguments: [$target]           # and $out, a buffer; numbers; texts\n"
          "answer:\n"
          "  in: eax                      # or al, rax, cf, zf, out+0, ...\n"
          "  available: nonzero           # or zero, or a list of numbers\n"
          "# before: [init]               # called once per boot, ahead of any question\n"
          "# stubs: {printk: 0}           # undefined functions that return a constant\n"
          "# exclude: {max/no-read-beyond: \"the reason, which reports show\"}\n",
          stream);
}

/* --- Names and files. --- */

static const struct {
    const char *word;
    void (*print)(FILE *stream, const struct new_file *file);
    const char *hint; /* what to do next */
} new_kinds[] = {
    {"scenario", new_print_scenario,
     "hvspec lint checks it, hvspec check -s runs it; in a folder named scenarios its path below\n"
     "that is its id"},
    {"probe", new_print_probe, "hvspec lint checks it, hvspec check runs it"},
};
#define NEW_KINDS (sizeof new_kinds / sizeof new_kinds[0])

static const char *const new_words[] = {"scenario", "probe", NULL};

static bool new_name(struct new_file *file, const char *name, struct errors *errors) {
    size_t length = strlen(name), ending = strlen(NEW_ENDING);

    if (length > ending && strcmp(name + length - ending, NEW_ENDING) == 0)
        length -= ending;
    if (length == 0 || name[length - 1] == '/' ||
        strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/-") !=
            strlen(name))
        return errors_add(errors, NULL, 0, 0,
                          "a name is of letters, digits, '.', '_', '-' and '/', since it becomes "
                          "the path and the id: not '%s'",
                          name);
    file->name = name;
    file->name_length = (int)length;
    if (asprintf(&file->path, "%.*s" NEW_ENDING, (int)length, name) < 0) {
        file->path = NULL;
        return errors_add(errors, NULL, 0, 0, "out of memory");
    }
    return true;
}

/* The function that answers: the one named, the usual one, else the first that there is. */
static bool new_entry(struct new_file *file, const char *named, struct errors *errors) {
    file->entry = named ? named : PROBE_ENTRY_DEFAULT;
    if (!file->code)
        return true;
    file->image = image_load_elf(file->code, errors);
    if (!file->image)
        return false;
    if (image_find_symbol(file->image, file->entry))
        return true;
    if (named)
        return errors_add(errors, file->code, 0, 0, "no function '%s'", named);
    for (size_t i = 0; i < file->image->symbols_count; i++) {
        const struct image_symbol *symbol = &file->image->symbols[i];

        if (symbol->is_function && symbol->is_global && !symbol->is_indirect) {
            file->entry = symbol->name;
            return true;
        }
    }
    return errors_add(errors, file->code, 0, 0, "it has no function that could be called by name");
}

/* The folders of a path that are not there yet. */
static bool new_make_folders(const char *path, struct errors *errors) {
    char *folder = strdup(path);
    bool made = folder || errors_add(errors, path, 0, 0, "out of memory");

    for (char *slash = folder ? strchr(folder + 1, '/') : NULL; made && slash;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(folder, 0777) != 0 && errno != EEXIST)
            made = errors_add_system(errors, folder, "this folder cannot be made", errno);
        *slash = '/';
    }
    free(folder);
    return made;
}

static bool new_write(const struct new_file *file, size_t kind, struct errors *errors) {
    int descriptor;
    FILE *stream;
    bool written;

    if (!new_make_folders(file->path, errors))
        return false;
    descriptor = open(file->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor < 0)
        return errors_add(errors, file->path, 0, 0, "%s",
                          errno == EEXIST ? "it is there already, and stays as it is: choose "
                                            "another name"
                                          : strerror(errno));
    stream = fdopen(descriptor, "w");
    if (!stream) {
        close(descriptor);
        return errors_add_system(errors, file->path, "", errno);
    }
    new_kinds[kind].print(stream, file);
    written = !ferror(stream);
    if (fclose(stream) == 0 && written)
        return true;
    unlink(file->path);
    return errors_add_system(errors, file->path, "cannot be written", errno);
}

static bool new_find_kind(const char *word, size_t *kind, struct errors *errors) {
    for (*kind = 0; *kind < NEW_KINDS; ++*kind) {
        if (strcmp(new_kinds[*kind].word, word) == 0)
            return true;
    }
    return nearest_unknown("template for", word, new_words, NEW_KINDS, "hvspec help new", errors);
}

static int new_run(const struct command_line *line) {
    struct new_file file = {.code = line->operands_count > 2 ? line->operands[2] : NULL};
    struct errors errors = {0};
    bool made;
    size_t kind;

    made = new_find_kind(line->operands[0], &kind, &errors) &&
           new_name(&file, line->operands[1], &errors);
    if (made && kind == 0 && file.code)
        made =
            errors_add(&errors, NULL, 0, 0, "unexpected '%s': a scenario has no code", file.code);
    made = made && new_entry(&file, command_line_last(line, OPTION_ENTRY), &errors) &&
           new_write(&file, kind, &errors);
    if (made)
        printf("%s: %s\n", file.path,
               kind == 1 && !file.code ? "name the code in it, then hvspec lint checks it"
                                       : new_kinds[kind].hint);
    image_free(file.image);
    free(file.path);
    return made ? COMMAND_CONFORMS : command_fail(&errors, COMMAND_INVALID);
}

static const enum option_id new_options[] = {OPTION_ENTRY};

const struct command command_new = {
    .name = "new",
    .operands = "scenario|probe NAME [CODE]",
    .summary = "a commented template of a scenario or a manifest, ready to be changed",
    .text =
        "Writes NAME.yaml; the folders in NAME are made where they are missing, and a file that\n"
        "is there already is never overwritten. For a probe, CODE is the file that holds it; the\n"
        "manifest then says how to call its function. Editors that know the YAML language server\n"
        "complete and check both as you type.",
    .examples =
        "hvspec new scenario scenarios/max/my-case  # scenarios/max/my-case.yaml\n"
        "hvspec new probe libhv libhv.so            # libhv.yaml, for hv_feature_available\n"
        "hvspec new probe libhv libhv.so -e has     # for another function",
    .options = new_options,
    .options_count = sizeof new_options / sizeof new_options[0],
    .operands_min = 2,
    .operands_max = 3,
    .complete = {COMPLETE_WORDS, COMPLETE_FILES},
    .words = new_words,
    .run = new_run,
};
