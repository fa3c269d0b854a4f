/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_SOURCE_LINE_H
#define HVSPEC_EMULATOR_SOURCE_LINE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Address to function, file and line, from an ELF file's debug information (libdw). Files without
 * it are no error: every lookup then says that nothing is known.
 */
struct source_line;

/* `bias`: address in the guest minus the file's own (image.h); for relocatable objects, the address
 * given to lookups minus `bias` is the offset in the executable sections as image_load_elf laid
 * them out. Never NULL except when memory runs out; an unreadable file just knows nothing. The
 * caller frees with source_line_close. */
struct source_line *source_line_open(const char *path, uint64_t bias);

void source_line_close(struct source_line *source);

/* True when the line is known: *file (as written in the debug information, its directory left off
 * when it is absolute; lives as long as `source`), *line (1-based). */
bool source_line_find(struct source_line *source, uint64_t address, const char **file,
                      unsigned *line);

#endif
