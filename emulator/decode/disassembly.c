/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/decode/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct disassembly *disassembly_open(enum image_mode mode) {
    cs_mode bits = mode == IMAGE_64 ? CS_MODE_64 : mode == IMAGE_32 ? CS_MODE_32 : CS_MODE_16;
    struct disassembly *disassembly = calloc(1, sizeof *disassembly);

    if (!disassembly || cs_open(CS_ARCH_X86, bits, &disassembly->handle) != CS_ERR_OK) {
        free(disassembly);
        return NULL;
    }
    disassembly->mode = mode;
    if (cs_option(disassembly->handle, CS_OPT_DETAIL, CS_OPT_ON) == CS_ERR_OK)
        disassembly->instruction = cs_malloc(disassembly->handle);
    if (!disassembly->instruction) {
        disassembly_close(disassembly);
        return NULL;
    }
    return disassembly;
}

void disassembly_close(struct disassembly *disassembly) {
    if (!disassembly)
        return;
    if (disassembly->instruction)
        cs_free(disassembly->instruction, 1);
    cs_close(&disassembly->handle);
    free(disassembly);
}

/* True: a legacy prefix, or in 64-bit mode a REX prefix. Noted in `prefixes`. */
static bool disassembly_take_prefix(enum image_mode mode, uint8_t byte,
                                    struct disassembly_prefixes *prefixes) {
    bool rex = mode == IMAGE_64 && (byte & 0xf0) == 0x40;

    switch (byte) {
    case 0xf0:
        prefixes->lock = true;
        return true;
    case 0xf2:
    case 0xf3:
        prefixes->repeat = byte;
        return true;
    case 0x66:
        prefixes->operand = true;
        return true;
    case 0x26:
    case 0x2e:
    case 0x36:
    case 0x3e:
    case 0x64:
    case 0x65:
    case 0x67:
        return true;
    default:
        prefixes->rex |= rex;
        return rex;
    }
}

struct disassembly_prefixes disassembly_scan_prefixes(enum image_mode mode, const uint8_t *bytes,
                                                      size_t size) {
    struct disassembly_prefixes prefixes = {0};

    while (prefixes.count < size && prefixes.count < DISASSEMBLY_INSTRUCTION_MAX) {
        bool had_rex = prefixes.rex;

        if (!disassembly_take_prefix(mode, bytes[prefixes.count], &prefixes))
            break;
        prefixes.rex_lost |= had_rex;
        prefixes.count++;
    }
    return prefixes;
}

/* Decodes into disassembly->instruction; the length or 0. */
static unsigned disassembly_ask(struct disassembly *disassembly, const uint8_t *bytes, size_t size,
                                uint64_t address) {
    return cs_disasm_iter(disassembly->handle, &bytes, &size, &address, disassembly->instruction)
               ? disassembly->instruction->size
               : 0;
}

/* As disassembly_ask, without the LOCK prefixes and those that repeat: Capstone rejects
 * instructions that can't be locked, 5.0 many that can't be repeated too, and a rejected one would
 * hide what it is. */
static unsigned disassembly_ask_bare(struct disassembly *disassembly, const uint8_t *bytes,
                                     size_t size, uint64_t address, unsigned prefixes) {
    uint8_t copy[DISASSEMBLY_INSTRUCTION_MAX];
    size_t kept = 0, read = size < sizeof copy ? size : sizeof copy;
    unsigned length;

    for (size_t i = 0; i < read; i++) {
        if (i >= prefixes || (bytes[i] != 0xf0 && bytes[i] != 0xf2 && bytes[i] != 0xf3))
            copy[kept++] = bytes[i];
    }
    length = kept > 0 ? disassembly_ask(disassembly, copy, kept, address) : 0;
    return length > 0 ? length + (unsigned)(read - kept) : 0;
}

/* By Capstone and the table of what it lacks. */
static struct disassembly_fetched disassembly_look_up(struct disassembly *disassembly,
                                                      const struct disassembly_prefixes *prefixes,
                                                      const uint8_t *bytes, size_t size,
                                                      uint64_t address) {
    const struct disassembly_lacking *lacking = disassembly_find_lacking(prefixes, bytes, size);
    const cs_insn *insn = disassembly->instruction;
    unsigned length;

    if (lacking)
        return (struct disassembly_fetched){.class = lacking->class,
                                            .writes = DISASSEMBLY_WRITES_ANYWHERE,
                                            .size = prefixes->count +
                                                    disassembly_lacking_size(lacking),
                                            .name = lacking->name};
    length = disassembly_ask(disassembly, bytes, size, address);
    if (length == 0 && (prefixes->lock || prefixes->repeat))
        length = disassembly_ask_bare(disassembly, bytes, size, address, prefixes->count);
    if (length == 0)
        return (struct disassembly_fetched){
            .class = DISASSEMBLY_UNKNOWN, .writes = DISASSEMBLY_WRITES_ANYWHERE, .size = 1};
    return (struct disassembly_fetched){.class = disassembly_class_of(insn),
                                        .writes = disassembly_writes_of(insn),
                                        .size = length,
                                        .name = cs_insn_name(disassembly->handle, insn->id),
                                        .insn = insn};
}

struct disassembly_fetched disassembly_fetch(struct disassembly *disassembly, const uint8_t *bytes,
                                             size_t size, uint64_t address) {
    struct disassembly_prefixes prefixes =
        disassembly_scan_prefixes(disassembly->mode, bytes, size);
    struct disassembly_fetched fetched =
        disassembly_look_up(disassembly, &prefixes, bytes, size, address);
    struct disassembly_encoding encoding =
        disassembly_encoding_of(disassembly->mode, &prefixes, bytes, size);

    if (fetched.class == DISASSEMBLY_NORMAL && fetched.insn &&
        disassembly_is_repaired(disassembly->mode, &prefixes, fetched.insn))
        fetched.class = DISASSEMBLY_REPAIRED;
    if (encoding.class == DISASSEMBLY_NORMAL || fetched.class == DISASSEMBLY_FORBIDDEN)
        return fetched;
    fetched.class = encoding.class;
    if (!fetched.name || !encoding.is_vector)
        fetched.name = encoding.name;
    return fetched;
}

void disassembly_decode(struct disassembly *disassembly, const uint8_t *bytes, size_t size,
                        uint64_t address, struct disassembly_instruction *out) {
    struct disassembly_fetched fetched = disassembly_fetch(disassembly, bytes, size, address);

    out->address = address;
    out->size = fetched.size;
    out->class = fetched.class;
    if (fetched.insn) /* the widths fit DISASSEMBLY_TEXT_SIZE; longer operands are cut */
        snprintf(out->text, sizeof out->text, "%.31s%s%.62s", fetched.insn->mnemonic,
                 fetched.insn->op_str[0] ? " " : "", fetched.insn->op_str);
    else if (fetched.name && fetched.class != DISASSEMBLY_UNDEFINED &&
             fetched.class != DISASSEMBLY_MISTAKEN)
        snprintf(out->text, sizeof out->text, "%s", fetched.name);
    else
        snprintf(out->text, sizeof out->text, ".byte 0x%02x", bytes[0]);
}

struct disassembly_effect disassembly_effect(struct disassembly *disassembly, const uint8_t *bytes,
                                             size_t size, uint64_t address) {
    struct disassembly_fetched fetched = disassembly_fetch(disassembly, bytes, size, address);

    return (struct disassembly_effect){fetched.class, fetched.writes,
                                       disassembly_wants_alignment(&fetched), fetched.size};
}

enum disassembly_class disassembly_classify(struct disassembly *disassembly, const uint8_t *bytes,
                                            size_t size, uint64_t address, unsigned *length) {
    struct disassembly_effect effect = disassembly_effect(disassembly, bytes, size, address);

    *length = effect.size;
    return effect.class;
}

const char *disassembly_mnemonic(struct disassembly *disassembly, const uint8_t *bytes, size_t size,
                                 uint64_t address) {
    struct disassembly_fetched fetched = disassembly_fetch(disassembly, bytes, size, address);

    return fetched.name ? fetched.name : "unknown instruction";
}

const char *disassembly_engine_version(void) {
    static char text[24];
    int major, minor;

    cs_version(&major, &minor);
    snprintf(text, sizeof text, "%d.%d", major, minor);
    return text;
}
