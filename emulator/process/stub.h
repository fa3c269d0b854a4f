/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_PROCESS_STUB_H
#define HVSPEC_EMULATOR_PROCESS_STUB_H

#include "emulator/process/internal.h"

#include <elf.h>

/* Where what lies in the stub's file: tables, code and data begin each on pages of their own. */
#define STUB_TEXT 0x8000u
#define STUB_DATA 0x9000u
#define STUB_SIZE 0xa000u
#define STUB_MAIN (STUB_TEXT + 0x40u)
#define STUB_DYNAMIC (STUB_DATA + 0x100u)
#define STUB_SYMBOLS 0x400u
#define STUB_HASH 0x2000u /* within one page */
#define STUB_HASH_SIZE 0xc00u
#define STUB_RELOCATION 0x2d00u
#define STUB_STRINGS 0x2e00u

/* The file as it is made. */
struct stub_builder {
    const struct process_machine *machine;
    uint8_t *bytes; /* STUB_SIZE */
    uint32_t strings_size, symbols_count;
    uint32_t code, data;    /* where the next of what is provided goes */
    uint64_t tls, tls_size; /* the thread's block */
    bool full;              /* something had no room */
};

/* stub_symbols.c. False: out of memory. */
bool stub_open(struct stub_builder *builder, const struct process_machine *machine);
size_t stub_symbol_size(const struct process_machine *machine);
/* Its place among the strings. */
uint32_t stub_string(struct stub_builder *builder, const char *text);
/* The index of a symbol that is used (value 0) or defined; what is defined is not found for now. */
uint32_t stub_symbol(struct stub_builder *builder, const char *name, unsigned type, uint64_t value);
/* Symbols, code and data of all that process_stub_provide can give. */
void stub_provided(struct stub_builder *builder);

#endif
