/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_DUMP_DUMP_H
#define HVSPEC_HARNESS_DUMP_DUMP_H

#include "base/errors.h"
#include "base/sha256.h"
#include "emulator/cpuid/table.h"

/*
 * CPUID dumps as people post them, whatever tool wrote them: what each processor returned for the
 * leaves that were asked. A leaf that a dump does not show is unknown, never zero.
 */
#define DUMP_SIZE_MAX (64u * 1024 * 1024) /* bytes of a file; more is an error */
#define DUMP_PROCESSORS_MAX 65536u        /* of a table */
#define DUMP_TURNS_MAX 4096u              /* processors of a table whose rows take turns */
#define DUMP_TABLES_MAX 4096u             /* of a file */
#define DUMP_NOTES_MAX 8u                 /* of a table; what more there is goes untold */

struct dump_row {
    uint32_t leaf, subleaf;
    struct cpuid_values values;
    unsigned known; /* enum cpuid_register, or-ed: those that the dump gives all bits of */
    unsigned line;  /* in the file, from 1; 0: unknown */
};

struct dump_processor {
    unsigned number;       /* as the dump counts */
    struct dump_row *rows; /* sorted by leaf, then subleaf, each once */
    size_t count, room;
};

struct dump_table {
    struct dump_processor *processors; /* in the order of the dump; at least one */
    size_t count, room;
    char **notes; /* what a reader has to know: lines cut short, and the like */
    size_t notes_count;
};

/* One file. */
struct dump {
    const char *format; /* its name, "cpuid -r"; static */
    char sha256[SHA256_TEXT_SIZE];
    struct dump_table *tables; /* at least one */
    size_t count, room;
};

/* Reads a dump in any known format, recognised by its content. `path` "-": standard input. False
 * with errors noted: unreadable, no dump, or one that contradicts itself. Clear it either way. */
bool dump_load(const char *path, struct dump *dump, struct errors *errors);

/* The same from memory; `path` is for messages. */
bool dump_parse(const char *path, const char *bytes, size_t size, struct dump *dump,
                struct errors *errors);

void dump_clear(struct dump *dump);

/* True when the file is in a format that dump_load knows, or refuses by name, or cannot be anything
 * else ("-"). False also when it cannot be read. */
bool dump_recognises(const char *path);

/* A processor's row; NULL: the dump does not show it. */
const struct dump_row *dump_find(const struct dump_processor *processor, uint32_t leaf,
                                 uint32_t subleaf);

/* The row of the lowest subleaf that is shown; NULL: none is. */
const struct dump_row *dump_first(const struct dump_processor *processor, uint32_t leaf);

/* "cpuid -r, AIDA64, ..." of all formats, for messages; static. */
const char *dump_format_names(void);

#endif
