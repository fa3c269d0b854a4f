/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/open_file.h"
#include "harness/dump/build.h"
#include "harness/dump/shape.h"
#include "harness/dump/words.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Those that are read stand ahead of those that are refused: a post may hold both. */
static const struct dump_format *const dump_formats[] = {
    &dump_format_cpuid_r,     &dump_format_tycho,      &dump_format_aida64,
    &dump_format_firecracker, &dump_format_kvm_json,   &dump_format_qmp,
    &dump_format_fuchsia,     &dump_format_julia,      &dump_format_vbox,
    &dump_format_vmware,      &dump_format_hwloc,      &dump_format_libcpuid,
    &dump_format_libvirt,     &dump_format_kvm_trace,  &dump_format_xen_cpuid,
    &dump_format_cpucontrol,  &dump_format_x86info,    &dump_format_kcpuid,
    &dump_format_kernel_log,  &dump_format_cpu_z,      &dump_format_sde,
    &dump_format_columns,     &dump_format_named,      &dump_format_numbers,
    &dump_format_pretty,      &dump_format_names_only, &dump_format_bytes,
};
#define DUMP_FIRST_PART (1u << 16) /* bytes that are looked at first */
#define DUMP_FORMATS (sizeof dump_formats / sizeof dump_formats[0])

const char *dump_format_names(void) {
    static char names[1024];
    size_t length = 0;

    for (size_t i = 0; i < DUMP_FORMATS && length == 0; i++) {
        for (size_t k = i; k < DUMP_FORMATS; k++) {
            if (!dump_formats[k]->refusal)
                length += (size_t)snprintf(names + length, sizeof names - length, "%s%s",
                                           length ? ", " : "", dump_formats[k]->name);
        }
    }
    return names;
}

static bool dump_is_of(const struct dump_format *format, const struct dump_line *line) {
    return format->shape ? dump_shape_recognises(format->shape, line->text)
                         : format->recognises(line);
}

/* The first format from the index on that a line is of. DUMP_FORMATS: none. */
static size_t dump_format_from(const struct dump_text *text, size_t from) {
    for (; from < DUMP_FORMATS; from++) {
        for (size_t i = 0; i < text->count; i++) {
            if (dump_is_of(dump_formats[from], &text->lines[i]))
                return from;
        }
    }
    return from;
}

/* A line that is cut short makes a table, too. */
static bool dump_has_rows(const struct dump *dump) {
    for (size_t i = 0; i < dump->count; i++) {
        for (size_t p = 0; p < dump->tables[i].count; p++) {
            if (dump->tables[i].processors[p].count > 0)
                return true;
        }
    }
    return false;
}

/* Reads it as of one format. False with errors noted. */
static bool dump_read_as(const struct dump_format *format, const char *path,
                         const struct dump_text *text, struct dump *dump, struct errors *errors) {
    struct dump_builder builder = {.path = path, .dump = dump, .errors = errors};

    dump->format = format->name;
    dump_begin_table(&builder);
    if (format->shape)
        dump_shape_read(format->shape, &builder, text);
    else
        format->read(&builder, text);
    return dump_finish(&builder);
}

static bool dump_names_base(const char *text) {
    struct word word = {.end = text};
    struct word_digits digits;
    uint32_t value;

    while (word_next(word.end, &word)) {
        if (!word_digits(&word, &digits))
            continue;
        if ((word_value(&digits, WORD_HEXADECIMAL, &value) && value == CPUID_BASE) ||
            (word_value(&digits, WORD_DECIMAL, &value) && value == CPUID_BASE))
            return true;
    }
    return false;
}

/* The first line that has the number 0x40000000; 0: none has. */
static unsigned dump_base_line(const struct dump_text *text) {
    for (size_t i = 0; i < text->count; i++) {
        if (dump_names_base(text->lines[i].text))
            return text->lines[i].number;
    }
    return 0;
}

static void dump_clear_tables(struct dump *dump) {
    for (size_t i = 0; i < dump->count; i++) {
        struct dump_table *table = &dump->tables[i];

        for (size_t p = 0; p < table->count; p++)
            free(table->processors[p].rows);
        for (size_t n = 0; n < table->notes_count; n++)
            free(table->notes[n]);
        free(table->processors);
        free(table->notes);
    }
    free(dump->tables);
    dump->tables = NULL;
    dump->count = dump->room = 0;
}

/* What was taken for a format and has no row of it may be another's. */
static bool dump_read(const char *path, const struct dump_text *text, struct dump *dump,
                      struct errors *errors) {
    const char *taken = NULL;

    for (size_t f = 0; (f = dump_format_from(text, f)) < DUMP_FORMATS; f++) {
        const struct dump_format *format = dump_formats[f];

        if (format->refusal)
            return errors_add(errors, path, 0, 0, "%s", format->refusal);
        if (!dump_read_as(format, path, text, dump, errors))
            return false;
        if (dump_has_rows(dump))
            return true;
        dump_clear_tables(dump);
        taken = taken ? taken : format->name;
    }
    if (taken)
        return errors_add(errors, path, 0, 0, "looks like %s, but holds no complete row", taken);
    return errors_add(errors, path, dump_base_line(text), 0,
                      "not a CPUID dump in a known format (%s): cpuid -r or hvspec capture "
                      "writes one",
                      dump_format_names());
}

bool dump_parse(const char *path, const char *bytes, size_t size, struct dump *dump,
                struct errors *errors) {
    struct dump_text text;
    bool done;

    *dump = (struct dump){0};
    sha256_text(bytes, size, dump->sha256);
    done = dump_text_read(bytes, size, &text) ? dump_read(path, &text, dump, errors)
                                              : errors_add(errors, path, 0, 0, "out of memory");
    dump_text_clear(&text);
    return done;
}

/* --- Files. --- */

/* What the stream holds, in memory of its own. NULL with an error noted. */
static char *dump_slurp(FILE *stream, const char *path, size_t *size, struct errors *errors) {
    size_t room = 1u << 16;
    char *bytes = malloc(room);

    *size = 0;
    while (bytes) {
        size_t got = fread(bytes + *size, 1, room - *size, stream);
        char *grown;

        *size += got;
        if (got == 0 || *size > DUMP_SIZE_MAX)
            break;
        if (*size < room)
            continue;
        room *= 2;
        grown = realloc(bytes, room);
        if (!grown)
            free(bytes);
        bytes = grown;
    }
    if (bytes && !ferror(stream) && *size <= DUMP_SIZE_MAX)
        return bytes;
    errors_add(errors, path, 0, 0, "%s",
               !bytes           ? "out of memory"
               : ferror(stream) ? strerror(errno)
                                : "a dump has at most 64 MiB");
    free(bytes);
    return NULL;
}

bool dump_load(const char *path, struct dump *dump, struct errors *errors) {
    bool standard = strcmp(path, "-") == 0, done;
    FILE *stream = standard ? stdin : open_file(path);
    char *bytes;
    size_t size;

    *dump = (struct dump){0};
    if (!stream)
        return errors_add(errors, path, 0, 0, "%s", strerror(errno));
    bytes = dump_slurp(stream, path, &size, errors);
    if (!standard)
        fclose(stream);
    done = bytes && dump_parse(path, bytes, size, dump, errors);
    free(bytes);
    return done;
}

/* Programs hold bytes that no text has, more than a log that was damaged; NULs say nothing, as text
 * may be of 16 bits. Whatever such a file seems to spell, it is no dump. */
static bool dump_is_program(const char *bytes, size_t size) {
    static const char elf[] = {0x7f, 'E', 'L', 'F'};
    enum { ONE_IN = 64 };
    size_t foreign = 0, zeros = 0;

    for (size_t i = 0; i < size; i++) {
        unsigned char byte = (unsigned char)bytes[i];

        zeros += byte == 0;
        foreign += byte != 0 && byte < ' ' && !strchr("\t\n\v\f\r\x1a\x1b", byte);
    }
    return (size >= sizeof elf && memcmp(bytes, elf, sizeof elf) == 0) ||
           foreign * ONE_IN > size - zeros;
}

static bool dump_bytes_recognised(const char *bytes, size_t size) {
    struct dump_text text = {0};
    bool known = !dump_is_program(bytes, size) && dump_text_read(bytes, size, &text) &&
                 dump_format_from(&text, 0) < DUMP_FORMATS;

    dump_text_clear(&text);
    return known;
}

/* Nearly always the first part tells; logs may have long heads. */
bool dump_recognises(const char *path) {
    struct errors errors = {0};
    struct stat status;
    FILE *stream;
    char *bytes;
    size_t size;
    bool known;

    if (strcmp(path, "-") == 0)
        return true;
    if (stat(path, &status) != 0 || !S_ISREG(status.st_mode)) /* a pipe can be read only once */
        return false;
    stream = open_file(path);
    if (!stream)
        return false;
    bytes = malloc(DUMP_FIRST_PART);
    size = bytes ? fread(bytes, 1, DUMP_FIRST_PART, stream) : 0;
    known = bytes && dump_bytes_recognised(bytes, size);
    free(bytes);
    if (!known && size == DUMP_FIRST_PART) {
        rewind(stream);
        bytes = dump_slurp(stream, path, &size, &errors);
        known = bytes && dump_bytes_recognised(bytes, size);
        free(bytes);
        errors_clear(&errors);
    }
    fclose(stream);
    return known;
}

void dump_clear(struct dump *dump) {
    dump_clear_tables(dump);
    *dump = (struct dump){0};
}

/* --- Rows. --- */

/* The first row that is not before the place. */
static size_t dump_place(const struct dump_processor *processor, uint32_t leaf, uint32_t subleaf) {
    size_t low = 0, high = processor->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct dump_row *row = &processor->rows[middle];

        if (row->leaf < leaf || (row->leaf == leaf && row->subleaf < subleaf))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct dump_row *dump_first(const struct dump_processor *processor, uint32_t leaf) {
    size_t at = dump_place(processor, leaf, 0);

    return at < processor->count && processor->rows[at].leaf == leaf ? &processor->rows[at] : NULL;
}

const struct dump_row *dump_find(const struct dump_processor *processor, uint32_t leaf,
                                 uint32_t subleaf) {
    size_t at = dump_place(processor, leaf, subleaf);

    return at < processor->count && processor->rows[at].leaf == leaf &&
                   processor->rows[at].subleaf == subleaf
               ? &processor->rows[at]
               : NULL;
}
