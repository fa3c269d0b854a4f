/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_PROCESS_LOAD_H
#define HVSPEC_EMULATOR_PROCESS_LOAD_H

#include "emulator/process/internal.h"

#include <elf.h>

#define LOAD_HEADERS_MAX 64u

/* A program or its loader as it lies in memory. */
struct load_file {
    const struct process_machine *machine;
    const char *name;
    const uint8_t *bytes;
    size_t size;
    Elf64_Ehdr header;
    Elf64_Phdr headers[LOAD_HEADERS_MAX];
    uint64_t bias, first, last; /* addresses, `last` behind the end */
    char interpreter[FILES_PATH_MAX];
};

/* load_elf.c. Reads what `bytes` and `machine` say; everything that is looked at later lies in the
 * file and does not wrap around. A 32-bit file's headers are shown as a 64-bit one's. */
bool load_read(struct load_file *file, struct errors *errors);
bool load_fail(const struct load_file *file, const char *what, struct errors *errors);
/* Bytes of a program header in its files. */
size_t load_part_size(const struct process_machine *machine);

#endif
