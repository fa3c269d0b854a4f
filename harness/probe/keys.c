/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/probe/keys.h"
#include "base/memstream.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const struct yaml_key any_text[] = {{"", YAML_TEXT, false, 0, NULL, false, NULL}};
static const struct yaml_key given_keys[] = {
    {"size", YAML_TEXT, true, 0, NULL, false, NULL},
    {"functions", YAML_TEXT, false, sizeof(struct yaml_value), NULL, false, NULL},
};
static const struct yaml_shape given_shape = {"data", given_keys, 2, 2 * sizeof(struct yaml_value),
                                              false};
static const struct yaml_key any_given[] = {
    {"", YAML_TEXT | YAML_LIST | YAML_MAP, false, 0, &given_shape, false, NULL}};
static const struct yaml_shape given_by_name = {"this map", any_given, 1, 0, true};
static const struct yaml_shape text_by_name = {"this map", any_text, 1, 0, true};
static const struct yaml_key any_bytes[] = {
    {"", YAML_TEXT | YAML_LIST, false, 0, NULL, false, NULL}};
static const struct yaml_shape bytes_by_place = {"this map", any_bytes, 1, 0, true};
static const struct yaml_key out_keys[] = {
    {"out", YAML_MAP, true, 0, &bytes_by_place, false, NULL},
};
static const struct yaml_shape out_argument = {"an argument", out_keys, 1,
                                               sizeof(struct yaml_value), false};

#define TOLD PROBE_KEY_TOLD
#define LIMITS (PROBE_KEY_TOLD | PROBE_KEY_LIMITS)
#define CODE PROBE_KEY_CODE
#define PROGRAM PROBE_KEY_PROGRAM
#define ALWAYS PROBE_KEY_ALWAYS

const struct probe_key probe_keys[] = {
    {"probe", YAML_TEXT, ALWAYS, probe_read_name, .required = true, .stand_in = "probe",
     .value = "text, 1 to 100 bytes without spaces and `#`; no two alike in a run",
     .meaning = "the name in reports and baselines"},
    {"file", YAML_TEXT, ALWAYS, probe_read_image, .value = "a path, relative to the manifest",
     .meaning =
         "ELF for x86-64 or i386: shared object, executable, static or PIE, relocatable object, "
         "or an archive (.a) of those; or for Windows and UEFI a PE image (.efi, .sys, .dll, .exe) "
         "or a COFF object (.obj); with `flat`, any bytes"},
    {"run", YAML_LIST, TOLD, NULL, .value = "a program and up to 31 arguments",
     .otherwise = "a function is called",
     .meaning = "instead of `file`: a whole Linux program, started for each question"},
    {"sysroot", YAML_TEXT, TOLD, NULL, .value = "a folder, relative to the manifest",
     .otherwise = "none", .meaning = "what a program of `run` finds its files in"},
    {"files", YAML_MAP | YAML_LIST, TOLD, NULL, &text_by_name,
     .value = "a list of objects, archives and shared objects; a map of absolute paths to files",
     .otherwise = "none",
     .meaning = "a list: what the file is linked with, objects as a whole, of archives what is "
                "needed; a map: what else a process may read"},
    {"member", YAML_TEXT, TOLD, NULL, .value = "a name",
     .otherwise = "the one that defines `entry`",
     .meaning = "the member of the archive `file` that is the probe's code"},
    {"flat", YAML_TEXT, TOLD, NULL, .value = "`16@ADDRESS`, `32@ADDRESS` or `64@ADDRESS`",
     .otherwise = "not flat",
     .meaning = "the file is bare code of that mode, loaded at that address (16-bit: at most "
                "0xfffff)"},
    {"entry", YAML_TEXT, CODE | ALWAYS, probe_read_entry,
     .value = "a symbol, or an address as the file counts it (of a PE image, from its start too)",
     .otherwise = "`hv_feature_available`; in flat code `start`, its first byte",
     .meaning = "the function that answers; of an indirect function (GNU ifunc), what its resolver "
                "returns at that boot"},
    {"before", YAML_LIST, TOLD | CODE, probe_read_before,
     .value = "up to 16 functions, as for `entry`", .otherwise = "none",
     .meaning = "called in order once per boot, before any question: without arguments, or with "
                "`$context` where the entry takes it"},
    {"abi", YAML_TEXT, TOLD | CODE | ALWAYS, probe_read_abi,
     .value = "`sysv64`, `ms64`, `go64`; `cdecl32`, `regparm32`, `stdcall32`, `fastcall32`, "
              "`thiscall32`; `cdecl16`, `regparm16`; `far16`, beside `registers`",
     .otherwise =
         "`sysv64` in 64-bit code, `ms64` in that of a PE or COFF file, `cdecl32` in 32-bit code",
     .meaning = "how it is called and returns, and which registers it has to keep"},
    {"data", YAML_MAP, TOLD | CODE, probe_read_data, &given_by_name,
     .value = "a map of symbols or addresses to a size, a list of bytes, or `{size: N, functions: "
              "return-zero}`",
     .otherwise = "none",
     .meaning = "undefined data, or memory at an address: zero but for what is said, and no "
                "assumption"},
    {"arguments", YAML_LIST | YAML_MIXED, TOLD | CODE | ALWAYS, probe_read_question, &out_argument,
     .value = "up to 12 of `$target`, `$target:8`, `$out`, `$out+OFFSET`, `$result`, `$context`, "
              "`$callback`, numbers, texts",
     .otherwise = "`[$target]`; none when `targets` is given", .meaning = "what it is called with"},
    {"out", YAML_MAP, TOLD | CODE, probe_read_out, &bytes_by_place,
     .value = "a map of offsets (4 bytes, or `:1`, `:2`, `:8`) to numbers, lists of bytes, or "
              "`$target`",
     .otherwise = "garbage", .meaning = "what the `$out` buffer holds ahead of each call"},
    {"registers", YAML_MAP, TOLD, NULL, &text_by_name,
     .value = "a map of up to 8 registers to the same", .otherwise = "none",
     .meaning = "instead of `arguments` and `abi`, for code without a C ABI: nothing is then "
                "callee-saved"},
    {"targets", YAML_LIST, LIMITS, NULL, .value = "leaves from 0x40000001 to 0x400000ff",
     .otherwise = "any", .meaning = "the only features it can be asked about"},
    {"assume", YAML_MAP, LIMITS, probe_read_assume, &probe_assume_shape,
     .value = "`{signature: TEXT}`, 1 to 12 bytes, and `{interface: TEXT}`, 1 to 4 bytes",
     .otherwise = "nothing",
     .meaning = "what the caller guarantees: every table carries this signature, at 0x40000000 "
                "alone, and `generic/signature-ignored` is not applicable; leaf 0x40000001 returns "
                "this in EAX (Hyper-V's `Hv#1`), and is not varied"},
    {"decides", YAML_TEXT, LIMITS, probe_read_decides, .value = "`feature` or `maximum`",
     .otherwise = "`feature`",
     .meaning = "`maximum`: the code answers step 1 alone, so \"available\" means that the maximum "
                "reaches the target, and step 2's rules are not applicable"},
    {"answer", YAML_MAP, TOLD | CODE | PROGRAM | ALWAYS, probe_read_answer,
     .value = "a map, see below", .otherwise = "nonzero in `eax`",
     .meaning = "what its result means"},
    {"set", YAML_MAP, LIMITS | PROBE_KEY_BRIEF | CODE, probe_read_set, &bytes_by_place,
     .value = "a map of places (`SYMBOL`, `SYMBOL+OFFSET` or an address; 4 bytes, or `:1`, `:2`, "
              "`:8`) to numbers, or to lists of bytes",
     .otherwise = "none", .meaning = "memory that holds this when a boot starts"},
    {"gs", YAML_TEXT, TOLD | CODE, probe_read_gs,
     .value = "a variable, `SYMBOL+OFFSET` or an address", .otherwise = "the thread's block",
     .meaning =
         "where the segment GS begins (FS in 32-bit code): a kernel's data of one processor"},
    {"budget", YAML_TEXT, TOLD, probe_read_budget, .value = "1 to 1000000000 instructions",
     .otherwise = "`--budget`, else 100000",
     .meaning = "what one call may execute before it counts as hanging"},
    {"constructors", YAML_TEXT, TOLD, probe_read_constructors, .value = "`true` or `false`",
     .otherwise = "`false`",
     .meaning =
         "run the file's constructors (`.init_array`, `.ctors`) first in each boot, each with "
         "an argument count of 1, arguments and an empty environment; `--constructors` says the "
         "same"},
    {"kernel", YAML_TEXT, TOLD, probe_read_kernel, .value = "`true` or `false`",
     .otherwise = "whether debug information says `-mno-red-zone`",
     .meaning =
         "it runs in a kernel, where interrupts use the stack right below its pointer: nothing "
         "may be kept there over a CPUID, in a red zone either"},
    {"instructions", YAML_MAP, TOLD, probe_read_instructions, &text_by_name,
     .value = "a map of instructions to `fault`, `ignore`, `allow` or what they read",
     .otherwise = "all fault",
     .meaning = "what becomes of instructions that programs may not execute"},
    {"stubs", YAML_MAP, TOLD, probe_read_stubs, &text_by_name,
     .value = "a map of symbols to numbers", .otherwise = "none",
     .meaning = "undefined symbols that return a constant when called"},
    {"exclude", YAML_MAP, LIMITS | PROBE_KEY_BRIEF, probe_read_exclude, &text_by_name,
     .value = "a map of rule ids to reasons", .otherwise = "none",
     .meaning = "rules that are not judged; the reason must not be empty, and is shown in "
                "reports"},
};
const size_t probe_keys_count = sizeof probe_keys / sizeof *probe_keys;

/* What libcyaml loads: a value a row. */
struct probe_values {
    struct yaml_value of[sizeof probe_keys / sizeof *probe_keys];
};

const struct yaml_shape *probe_keys_shape(void) {
    static struct yaml_key keys[sizeof probe_keys / sizeof *probe_keys];
    static const struct yaml_shape shape = {"a probe's manifest", keys, sizeof keys / sizeof *keys,
                                            sizeof(struct probe_values), false};

    for (size_t i = 0; i < probe_keys_count; i++) {
        const struct probe_key *row = &probe_keys[i];

        keys[i] =
            (struct yaml_key){row->name,
                              row->forms,
                              row->required,
                              i * sizeof(struct yaml_value),
                              row->read == probe_read_answer ? probe_answer_shape() : row->map,
                              row->maps_in_list,
                              row->stand_in};
    }
    return &shape;
}

bool probe_key_error(const struct probe_reader *reader, const struct yaml_tree *node,
                     const char *format, ...) {
    char text[400];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return errors_add(reader->errors, reader->file->path, node->line, node->column, "%s", text);
}

struct probe_place probe_place_of(const struct probe_reader *reader, const struct yaml_tree *node) {
    if (!node)
        node = reader->map;
    return (struct probe_place){
        .file = reader->file->path, .line = node->line, .column = node->column};
}

struct probe_place probe_place_of_key(const struct probe_reader *reader,
                                      const struct yaml_tree *node) {
    return (struct probe_place){
        .file = reader->file->path, .line = node->key_line, .column = node->key_column};
}

bool probe_keys_read(struct probe_reader *reader) {
    bool good = true;

    for (size_t i = 0; i < probe_keys_count; i++) {
        const struct probe_key *row = &probe_keys[i];
        const struct yaml_tree *node = yaml_tree_get(reader->map, row->name);

        const struct probe *probe = reader->probe;

        if (!row->read || (!node && !(row->use & PROBE_KEY_ALWAYS)) ||
            (!probe->image && (row->use & PROBE_KEY_CODE)) ||
            (probe->is_program && (row->use & PROBE_KEY_CODE) && !(row->use & PROBE_KEY_PROGRAM)))
            continue;
        if (!row->read(reader, node))
            good = false;
    }
    return good && (reader->probe->is_program || probe_read_debug(reader->probe, reader->errors));
}

/* --- What is told with the verdict. --- */

static void tell_node(FILE *stream, const struct yaml_tree *node, bool brief) {
    bool map = node->kind == YAML_TREE_MAP;

    if (node->kind == YAML_TREE_SCALAR) {
        fprintf(stream, node->quoted ? "\"%s\"" : "%s", node->text);
        return;
    }
    fputc(map && !brief ? '{' : '[', stream);
    for (size_t i = 0; i < node->count; i++) {
        fputs(i > 0 ? ", " : "", stream);
        if (map)
            fprintf(stream, brief ? "%s" : "%s: ", node->items[i].key);
        if (!map || !brief)
            tell_node(stream, &node->items[i], false);
    }
    fputc(map && !brief ? '}' : ']', stream);
}

/* "KEY: VALUE" on one line, as YAML writes it. To be freed; NULL: out of memory. */
static char *tell_text(const char *key, const struct yaml_tree *node, bool brief) {
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);

    if (!stream)
        return NULL;
    fprintf(stream, "%s: ", key);
    tell_node(stream, node, brief);
    if (!memstream_close(stream, &text)) {
        free(text);
        return NULL;
    }
    return text;
}

bool probe_keys_tell(struct probe_reader *reader) {
    for (size_t i = 0; i < probe_keys_count; i++) {
        const struct probe_key *row = &probe_keys[i];
        const struct yaml_tree *node = yaml_tree_get(reader->map, row->name);
        char *text, *limit = NULL;
        bool limits = row->use & PROBE_KEY_LIMITS;

        if (!node || !(row->use & PROBE_KEY_TOLD))
            continue;
        text = tell_text(row->name, node, false);
        if (limits)
            limit = tell_text(row->name, node, row->use & PROBE_KEY_BRIEF);
        if (!probe_tell(reader->probe, text, limit, limits))
            return probe_key_error(reader, node, "out of memory");
    }
    return true;
}
