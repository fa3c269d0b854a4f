/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/permit.h"

#include <string.h>

/*
 * Instructions that end a call unless the setup permits them: what kernels and boot code execute by
 * right. A row for each word that the setup may use, with all that can be done with it.
 */
static const struct guest_permit_row {
    const char *name;
    unsigned can;       /* a bit for each enum guest_permission */
    const char *advice; /* what most code wants */
} guest_permit_rows[] = {
#define IGNORE (1u << GUEST_IGNORES)
#define ALLOW (1u << GUEST_ALLOWS)
#define ANSWER (1u << GUEST_ANSWERS)
    {"wrmsr", IGNORE, "ignore"},
    {"rdmsr", IGNORE | ANSWER, "0"},
    {"rdpmc", IGNORE | ANSWER, "0"},
    {"in", IGNORE | ANSWER, "0"},
    {"out", IGNORE, "ignore"},
    {"ins", IGNORE, "ignore"},
    {"outs", IGNORE, "ignore"},
    {"cli", IGNORE | ALLOW, "allow"},
    {"sti", IGNORE | ALLOW, "allow"},
    {"stac", IGNORE | ALLOW, "allow"},
    {"clac", IGNORE | ALLOW, "allow"},
    {"hlt", IGNORE, "ignore"},
    {"cr", IGNORE | ALLOW | ANSWER, "allow"},
    {"dr", IGNORE | ALLOW | ANSWER, "ignore"},
    {"clts", IGNORE | ALLOW, "allow"},
    {"lmsw", IGNORE, "ignore"},
    {"int", IGNORE | ANSWER, "ignore"},
    {"int3", IGNORE, "ignore"},
    {"into", IGNORE, "ignore"},
    {"iret", ALLOW, "allow"},
    {"syscall", IGNORE | ANSWER, "0"},
    {"sysenter", IGNORE | ANSWER, "0"},
    {"vmcall", IGNORE | ANSWER, "0"},
    {"vmmcall", IGNORE | ANSWER, "0"},
    {"invlpg", IGNORE, "ignore"},
    {"invpcid", IGNORE, "ignore"},
    {"invd", IGNORE, "ignore"},
    {"wbinvd", IGNORE, "ignore"},
    {"wbnoinvd", IGNORE, "ignore"},
    {"lgdt", IGNORE, "ignore"},
    {"lidt", IGNORE, "ignore"},
    {"lldt", IGNORE, "ignore"},
    {"ltr", IGNORE, "ignore"},
    {"xsetbv", IGNORE, "ignore"},
    {"swapgs", IGNORE, "ignore"},
    {"monitor", IGNORE, "ignore"},
    {"mwait", IGNORE, "ignore"},
    {"umonitor", IGNORE, "ignore"},
    {"umwait", IGNORE, "ignore"},
    {"tpause", IGNORE, "ignore"},
    {"tdcall", IGNORE | ANSWER, "0"},
    {"vmgexit", IGNORE, "ignore"},
    {"wrmsrns", IGNORE, "ignore"},
    {"invlpgb", IGNORE, "ignore"},
    {"tlbsync", IGNORE, "ignore"},
    {"clui", IGNORE, "ignore"},
    {"stui", IGNORE, "ignore"},
    {"vmxon", IGNORE, "ignore"},
    {"vmxoff", IGNORE, "ignore"},
    {"vmclear", IGNORE, "ignore"},
    {"vmptrld", IGNORE, "ignore"},
    {"vmptrst", IGNORE, "ignore"},
    {"vmread", IGNORE, "ignore"},
    {"vmwrite", IGNORE, "ignore"},
    {"invept", IGNORE, "ignore"},
    {"invvpid", IGNORE, "ignore"},
    {"vmload", IGNORE, "ignore"},
    {"vmsave", IGNORE, "ignore"},
    {"stgi", IGNORE, "ignore"},
    {"clgi", IGNORE, "ignore"},
    {"invlpga", IGNORE, "ignore"},
    {"encls", IGNORE, "ignore"},
    {"xsaves", IGNORE, "ignore"},
    {"xrstors", IGNORE, "ignore"},
#undef IGNORE
#undef ALLOW
#undef ANSWER
};

size_t guest_permit_names(const char *const **names) {
    enum { COUNT = sizeof guest_permit_rows / sizeof *guest_permit_rows };
    static const char *all[COUNT];

    for (size_t i = 0; i < COUNT; i++)
        all[i] = guest_permit_rows[i].name;
    *names = all;
    return COUNT;
}

static const struct guest_permit_row *guest_permit_row(const char *name) {
    for (size_t i = 0; i < sizeof guest_permit_rows / sizeof *guest_permit_rows; i++) {
        if (strcmp(guest_permit_rows[i].name, name) == 0)
            return &guest_permit_rows[i];
    }
    return NULL;
}

bool guest_permit_can(const char *name, enum guest_permission permission) {
    const struct guest_permit_row *row = guest_permit_row(name);

    return row && (permission == GUEST_FAULTS || row->can & 1u << permission);
}

const char *guest_permit_advice(const char *name, const char **word) {
    const struct guest_permit_row *row;

    *word = guest_permit_word(name);
    row = guest_permit_row(*word);
    return row ? row->advice : NULL;
}

/* Capstone's names for what has one word here. */
const char *guest_permit_word(const char *mnemonic) {
    static const struct {
        const char *mnemonic, *word;
    } others[] = {
        {"insb", "ins"},          {"insw", "ins"},       {"insd", "ins"},
        {"rep insb", "ins"},      {"rep insw", "ins"},   {"rep insd", "ins"},
        {"outsb", "outs"},        {"outsw", "outs"},     {"outsd", "outs"},
        {"rep outsb", "outs"},    {"rep outsw", "outs"}, {"rep outsd", "outs"},
        {"mov cr", "cr"},         {"mov dr", "dr"},      {"int1", "int"},
        {"monitorx", "monitor"},  {"mwaitx", "mwait"},   {"xsaves64", "xsaves"},
        {"xrstors64", "xrstors"}, {"iretd", "iret"},     {"iretq", "iret"},
    };

    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (strcmp(others[i].mnemonic, mnemonic) == 0)
            return others[i].word;
    }
    return mnemonic;
}

/* Registers keep what is above a result of one or two bytes. */
static void guest_permit_set(struct guest *guest, unsigned reg, unsigned width, uint64_t value) {
    uint64_t old = 0, mask = width >= 8 ? UINT64_MAX : (1ull << 8 * width) - 1;
    enum engine_register id = guest_register_ids(guest)[reg];

    if (width < 4)
        engine_read(guest->engine, id, &old);
    value = (old & ~mask) | (value & mask);
    engine_write(guest->engine, id, &value);
}

/* The operand's width by its prefixes, and where they end. */
static unsigned guest_permit_operand(enum image_mode mode, const uint8_t *bytes, unsigned length,
                                     unsigned *at, uint8_t *rex) {
    unsigned operand = mode == IMAGE_16 ? 2 : 4;

    *at = 0;
    *rex = 0;
    while (*at + 1 < length && (bytes[*at] == 0x66 || bytes[*at] == 0x67 || bytes[*at] == 0xf2 ||
                                bytes[*at] == 0xf3 || (mode == IMAGE_64 && bytes[*at] >> 4 == 4))) {
        if (bytes[*at] == 0x66)
            operand = 6 - operand;
        *rex = bytes[*at] >> 4 == 4 ? bytes[*at] : 0;
        ++*at;
    }
    return operand;
}

/* Bytes of a word of its operands, in 64-bit code eight where REX.W says so. */
static unsigned guest_permit_width(enum image_mode mode, const uint8_t *bytes, unsigned length) {
    unsigned at;
    uint8_t rex;
    unsigned operand = guest_permit_operand(mode, bytes, length, &at, &rex);

    return rex & 8 ? 8 : operand;
}

size_t guest_permit_reads(enum image_mode mode, const struct guest_permit *permit,
                          const uint8_t *bytes, unsigned length,
                          struct guest_permit_read reads[2]) {
    unsigned word = mode == IMAGE_64 ? 8 : mode == IMAGE_32 ? 4 : 2, wide = word < 8 ? 4 : 8;
    unsigned at, operand;
    uint8_t rex;

    operand = guest_permit_operand(mode, bytes, length, &at, &rex);
    if (strcmp(permit->name, "rdmsr") == 0 || strcmp(permit->name, "rdpmc") == 0) {
        reads[0] = (struct guest_permit_read){GUEST_AX, wide, (uint32_t)permit->value};
        reads[1] = (struct guest_permit_read){GUEST_DX, wide, permit->value >> 32};
        return 2;
    }
    if (strcmp(permit->name, "cr") == 0 || strcmp(permit->name, "dr") == 0) {
        if (at + 2 >= length || bytes[at + 1] > 0x21) /* 0F 20 and 0F 21 read */
            return 0;
        reads[0] =
            (struct guest_permit_read){(bytes[at + 2] & 7u) | (rex & 1u) << 3, wide, permit->value};
    } else if (strcmp(permit->name, "in") == 0) {
        reads[0] = (struct guest_permit_read){GUEST_AX, bytes[at] & 1 ? operand : 1, permit->value};
    } else {
        reads[0] = (struct guest_permit_read){GUEST_AX, word, permit->value};
    }
    return 1;
}

const struct guest_permit *guest_permit_of(const struct guest_setup *setup, const char *mnemonic,
                                           const uint8_t *bytes, size_t size) {
    const char *word = guest_permit_word(guest_permit_told(mnemonic, bytes, size));

    for (size_t i = 0; i < setup->permits_count; i++) {
        if (strcmp(setup->permits[i].name, word) == 0 &&
            setup->permits[i].permission != GUEST_FAULTS)
            return &setup->permits[i];
    }
    return NULL;
}

/* Moves to and from control and debug registers, 0F 20 to 0F 23, are told as what they are. */
const char *guest_permit_told(const char *mnemonic, const uint8_t *bytes, size_t size) {
    size_t at = 0;

    if (strcmp(mnemonic, "mov") != 0)
        return mnemonic;
    while (at + 1 < size && bytes[at] != 0x0f)
        at++;
    return at + 1 < size && bytes[at + 1] & 1 ? "mov dr" : "mov cr";
}

bool guest_permits(struct guest *guest, const char *mnemonic, uint64_t address,
                   const uint8_t *bytes, unsigned length) {
    const struct guest_permit *permit = guest_permit_of(guest->setup, mnemonic, bytes, length);
    struct guest_permit_read reads[2];
    size_t count = 0;

    if (!permit)
        return false;
    if (strcmp(permit->name, "iret") == 0) {
        guest_iret(guest, address, guest_permit_width(guest->image->mode, bytes, length));
        return true;
    }
    if (permit->permission == GUEST_ALLOWS && guest_permit_changes(permit)) {
        guest->changed_system = true; /* what it changes is put back */
        return true;
    }
    if (permit->permission == GUEST_ANSWERS)
        count = guest_permit_reads(guest->image->mode, permit, bytes, length, reads);
    for (size_t i = 0; i < count; i++)
        guest_permit_set(guest, reads[i].reg, reads[i].width, reads[i].value);
    guest_go_on_at(guest, address + length);
    return true;
}

bool guest_permit_changes(const struct guest_permit *permit) {
    return strcmp(permit->name, "stac") != 0 && strcmp(permit->name, "clac") != 0;
}
