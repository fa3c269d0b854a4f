/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/examine/internal.h"

#include "emulator/decode/disassembly.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What to say of undefined symbols that stand in the way: all of them at once, and a stub only
 * where a constant is right. */
#define UNDEFINED_NAMES_MAX 8u
#define UNDEFINED_NAME_MAX 60u /* bytes: a longer one is never written in part into a manifest */

/* Parts of the names of functions that only tell somebody something: any result will do. */
static const char *const undefined_telling[] = {
    "print", "log", "warn", "puts", "putc", "trace", "debug", "dbg", "panic", "message",
};

/* And of those that execute CPUID for others: no constant is right for every leaf. */
static const char *const undefined_reading[] = {"cpuid"};

static bool undefined_has_part(const char *name, const char *const *parts, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (strcasestr(name, parts[i]))
            return true;
    }
    return false;
}

static bool undefined_only_tells(const char *name) {
    return undefined_has_part(name, undefined_telling,
                              sizeof undefined_telling / sizeof *undefined_telling);
}

static bool undefined_reads(const char *name) {
    return undefined_has_part(name, undefined_reading,
                              sizeof undefined_reading / sizeof *undefined_reading);
}

/* Whether a stub for it can be proposed. */
static bool undefined_takes_stub(const char *name) {
    return !undefined_reads(name) && strlen(name) <= UNDEFINED_NAME_MAX;
}

static bool undefined_has_stub(const struct probe *probe, const char *name) {
    for (size_t i = 0; i < probe->setup.stubs_count; i++) {
        if (strcmp(probe->setup.stubs[i].name, name) == 0)
            return true;
    }
    return false;
}

struct undefined_list {
    const char *names[UNDEFINED_NAMES_MAX];
    size_t count, left_out;
    bool only_tell;
    const char *reads; /* one of them that executes CPUID for others; NULL: none */
};

static void undefined_list_add(struct undefined_list *list, const char *name) {
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->names[i], name) == 0)
            return;
    }
    if (!undefined_reads(name))
        list->only_tell &= undefined_only_tells(name);
    else if (!list->reads)
        list->reads = name;
    if (list->count < UNDEFINED_NAMES_MAX)
        list->names[list->count++] = name;
    else
        list->left_out++;
}

/* What the code behind the probe's functions calls and nobody provides. */
static void undefined_list_all(struct undefined_list *list, const struct probe *probe) {
    const struct image *image = probe->image;
    struct disassembly *disassembly = disassembly_open(image->mode);
    bool *reached = calloc(image->imports_count + 1, sizeof *reached);

    if (disassembly && reached) {
        disassembly_imports(disassembly, image, &probe->setup.entry, 1, reached);
        disassembly_imports(disassembly, image, probe->setup.before, probe->setup.before_count,
                            reached);
    }
    for (size_t i = 0; reached && i < image->imports_count; i++) {
        if (reached[i] && !guest_provides(image->imports[i].name) &&
            !undefined_has_stub(probe, image->imports[i].name))
            undefined_list_add(list, image->imports[i].name);
    }
    free(reached);
    disassembly_close(disassembly);
}

/* "'a', 'b'", with what was left out, without the one that was named. */
static void undefined_list_names(FILE *stream, const struct undefined_list *list) {
    for (size_t i = 1; i < list->count; i++)
        fprintf(stream, "%s'%.60s'", i == 1 ? "" : ", ", list->names[i]);
    if (list->left_out > 0)
        fprintf(stream, " and %zu more", list->left_out);
}

/* "a: 0, b: 0", of those that take stubs. */
static void undefined_list_stubs(FILE *stream, const struct undefined_list *list) {
    const char *separator = "";

    for (size_t i = 0; i < list->count; i++) {
        if (!undefined_takes_stub(list->names[i]))
            continue;
        fprintf(stream, "%s%s: %s", separator, list->names[i], list->only_tell ? "0" : "VALUE");
        separator = ", ";
    }
    if (list->left_out > 0)
        fprintf(stream, "%s...", separator);
}

static bool undefined_list_has_stubs(const struct undefined_list *list) {
    for (size_t i = 0; i < list->count; i++) {
        if (undefined_takes_stub(list->names[i]))
            return true;
    }
    return false;
}

static void undefined_list_advise(FILE *stream, const struct undefined_list *list) {
    const char *others = "link what defines it";

    if (list->reads) {
        fprintf(stream, "; link what defines '%.60s' (files: [...]): ", list->reads);
        fputs("a stub would answer in the hypervisor's place", stream);
        others = "for the others, link them";
    }
    if (!undefined_list_has_stubs(list)) {
        if (!list->reads)
            fputs("; link what defines it (files: [...])", stream);
        return;
    }
    if (list->only_tell)
        fputs("; add to the manifest: stubs: {", stream);
    else
        fprintf(stream,
                "; %s, or, where one result is right for every call, add to the manifest: stubs: {",
                others);
    undefined_list_stubs(stream, list);
    fputc('}', stream);
}

static void undefined_tell_call(FILE *stream, const struct probe *probe, const char *name) {
    struct undefined_list list = {.only_tell = true};

    undefined_list_add(&list, name);
    if (!probe->setup.process) /* there its loader has the others */
        undefined_list_all(&list, probe);
    fprintf(stream, "the probe calls '%.160s', which is undefined", name);
    if (list.count > 1) {
        fputs(" (as ", stream);
        undefined_list_names(stream, &list);
        fputs(list.count + list.left_out > 2 ? " are)" : " is)", stream);
    }
    undefined_list_advise(stream, &list);
}

void examine_tell_undefined(char *text, size_t size, const struct probe *probe,
                            const struct observation *observation) {
    const char *name = observation->end_name ? observation->end_name : "?";
    FILE *stream = fmemopen(text, size, "w");

    text[0] = '\0';
    if (!stream)
        return;
    if (observation->end == OBSERVATION_UNRESOLVED)
        undefined_tell_call(stream, probe, name);
    else
        fprintf(stream,
                "the probe goes where undefined data points, at '%.80s', taken as zero; link what "
                "defines it (files: [...]), or, for a table of functions on which no answer hangs, "
                "add to the manifest: data: {%.*s: {size: 4096, functions: return-zero}}",
                name, (int)strcspn(name, "+"), name);
    fclose(stream);
    text[size - 1] = '\0';
}
