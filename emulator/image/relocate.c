/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/image/internal.h"

#include <stdlib.h>
#include <string.h>

/* What is added up for a relocation, with the letters of the two psABI documents. */
enum image_term {
    TERM_SYMBOL = 1u << 0,         /* S */
    TERM_ADDEND = 1u << 1,         /* A */
    TERM_MINUS_PLACE = 1u << 2,    /* -P */
    TERM_ENTRY = 1u << 3,          /* address of the symbol's GOT entry: GOT + G */
    TERM_GOT = 1u << 4,            /* GOT */
    TERM_MINUS_GOT = 1u << 5,      /* -GOT */
    TERM_BIAS = 1u << 6,           /* B */
    TERM_SIZE = 1u << 7,           /* Z */
    TERM_TLS = 1u << 8,            /* offset in the TLS image */
    TERM_THREAD_POINTER = 1u << 9, /* makes that an offset from the thread pointer */
    TERM_MODULE = 1u << 10,        /* the module's number: 1, as there is only one */
    TERM_INDIRECT = 1u << 11,      /* the sum is the resolver of an indirect function */
    TERM_DESCRIPTOR = 1u << 12,    /* a word more, ahead of the sum: what a TLS descriptor calls */
    TERM_UNSUPPORTED = 1u << 13
};

/* Which values fit a place narrower than an address. */
enum image_fit { FIT_ANY, FIT_SIGNED, FIT_UNSIGNED, FIT_EITHER };

struct image_relocation_type {
    unsigned type;
    const char *name;
    unsigned width; /* bytes; 0: nothing is done */
    unsigned terms;
    enum image_fit fit;
    enum image_got got;
};

#define S TERM_SYMBOL
#define A TERM_ADDEND
#define NEG_P TERM_MINUS_PLACE
#define ENTRY TERM_ENTRY
#define GOT TERM_GOT
#define NEG_GOT TERM_MINUS_GOT
#define B TERM_BIAS
#define Z TERM_SIZE
#define TLS TERM_TLS
#define TP (TERM_TLS | TERM_THREAD_POINTER)
#define ROW(type, width, terms, fit)                                                               \
    { type, #type, width, terms, fit, IMAGE_GOT_NONE }
#define ROW_GOT(type, width, terms, fit)                                                           \
    { type, #type, width, terms, fit, IMAGE_GOT_ADDRESS }
#define ROW_TLS(type, width, terms, fit)                                                           \
    { type, #type, width, terms, fit, IMAGE_GOT_TLS }
#define ROW_TLS_OF(type, terms, fit, got)                                                          \
    { type, #type, 4, terms, fit, IMAGE_GOT_TLS_##got }
#define ROW_NO(type)                                                                               \
    { type, #type, 0, TERM_UNSUPPORTED, FIT_ANY, IMAGE_GOT_NONE }

/* System V psABI for AMD64, table of relocation types. PLT entries are not needed: every symbol is
 * within reach. */
static const struct image_relocation_type image_types_x86_64[] = {
    ROW(R_X86_64_NONE, 0, 0, FIT_ANY),
    ROW(R_X86_64_64, 8, S | A, FIT_ANY),
    ROW(R_X86_64_PC32, 4, S | A | NEG_P, FIT_SIGNED),
    ROW_GOT(R_X86_64_GOT32, 4, ENTRY | A | NEG_GOT, FIT_SIGNED),
    ROW(R_X86_64_PLT32, 4, S | A | NEG_P, FIT_SIGNED),
    ROW(R_X86_64_COPY, 0, 0, FIT_ANY),
    ROW(R_X86_64_GLOB_DAT, 8, S, FIT_ANY),
    ROW(R_X86_64_JUMP_SLOT, 8, S, FIT_ANY),
    ROW(R_X86_64_RELATIVE, 8, B | A, FIT_ANY),
    ROW_GOT(R_X86_64_GOTPCREL, 4, ENTRY | A | NEG_P, FIT_SIGNED),
    ROW(R_X86_64_32, 4, S | A, FIT_UNSIGNED),
    ROW(R_X86_64_32S, 4, S | A, FIT_SIGNED),
    ROW(R_X86_64_16, 2, S | A, FIT_EITHER),
    ROW(R_X86_64_PC16, 2, S | A | NEG_P, FIT_SIGNED),
    ROW(R_X86_64_8, 1, S | A, FIT_EITHER),
    ROW(R_X86_64_PC8, 1, S | A | NEG_P, FIT_SIGNED),
    ROW(R_X86_64_DTPMOD64, 8, TERM_MODULE, FIT_ANY),
    ROW(R_X86_64_DTPOFF64, 8, TLS | A, FIT_ANY),
    ROW(R_X86_64_TPOFF64, 8, TP | A, FIT_ANY),
    ROW_TLS_OF(R_X86_64_TLSGD, ENTRY | A | NEG_P, FIT_SIGNED, INDEX),
    ROW_TLS_OF(R_X86_64_TLSLD, ENTRY | A | NEG_P, FIT_SIGNED, MODULE),
    ROW(R_X86_64_DTPOFF32, 4, TLS | A, FIT_SIGNED),
    ROW_TLS(R_X86_64_GOTTPOFF, 4, ENTRY | A | NEG_P, FIT_SIGNED),
    ROW(R_X86_64_TPOFF32, 4, TP | A, FIT_SIGNED),
    ROW(R_X86_64_PC64, 8, S | A | NEG_P, FIT_ANY),
    ROW(R_X86_64_GOTOFF64, 8, S | A | NEG_GOT, FIT_ANY),
    ROW(R_X86_64_GOTPC32, 4, GOT | A | NEG_P, FIT_SIGNED),
    ROW_GOT(R_X86_64_GOT64, 8, ENTRY | A | NEG_GOT, FIT_ANY),
    ROW_GOT(R_X86_64_GOTPCREL64, 8, ENTRY | A | NEG_P, FIT_ANY),
    ROW(R_X86_64_GOTPC64, 8, GOT | A | NEG_P, FIT_ANY),
    ROW_GOT(R_X86_64_GOTPLT64, 8, ENTRY | A | NEG_GOT, FIT_ANY),
    ROW(R_X86_64_PLTOFF64, 8, S | A | NEG_GOT, FIT_ANY),
    ROW(R_X86_64_SIZE32, 4, Z | A, FIT_UNSIGNED),
    ROW(R_X86_64_SIZE64, 8, Z | A, FIT_ANY),
    ROW_TLS_OF(R_X86_64_GOTPC32_TLSDESC, ENTRY | A | NEG_P, FIT_SIGNED, DESC),
    ROW(R_X86_64_TLSDESC_CALL, 0, 0, FIT_ANY),
    ROW(R_X86_64_TLSDESC, 8, TP | A | TERM_DESCRIPTOR, FIT_ANY),
    ROW(R_X86_64_IRELATIVE, 8, B | A | TERM_INDIRECT, FIT_ANY),
    ROW(R_X86_64_RELATIVE64, 8, B | A, FIT_ANY),
    ROW_GOT(R_X86_64_GOTPCRELX, 4, ENTRY | A | NEG_P, FIT_SIGNED),
    ROW_GOT(R_X86_64_REX_GOTPCRELX, 4, ENTRY | A | NEG_P, FIT_SIGNED),
};

/* System V psABI for i386, likewise. Sums wrap at 32 bits, so 4-byte places always fit. */
static const struct image_relocation_type image_types_i386[] = {
    ROW(R_386_NONE, 0, 0, FIT_ANY),
    ROW(R_386_32, 4, S | A, FIT_ANY),
    ROW(R_386_PC32, 4, S | A | NEG_P, FIT_ANY),
    ROW_GOT(R_386_GOT32, 4, ENTRY | A | NEG_GOT, FIT_ANY),
    ROW(R_386_PLT32, 4, S | A | NEG_P, FIT_ANY),
    ROW(R_386_COPY, 0, 0, FIT_ANY),
    ROW(R_386_GLOB_DAT, 4, S, FIT_ANY),
    ROW(R_386_JMP_SLOT, 4, S, FIT_ANY),
    ROW(R_386_RELATIVE, 4, B | A, FIT_ANY),
    ROW(R_386_GOTOFF, 4, S | A | NEG_GOT, FIT_ANY),
    ROW(R_386_GOTPC, 4, GOT | A | NEG_P, FIT_ANY),
    ROW(R_386_TLS_TPOFF, 4, TP | A, FIT_ANY),
    ROW_TLS(R_386_TLS_IE, 4, ENTRY | A, FIT_ANY),
    ROW_TLS(R_386_TLS_GOTIE, 4, ENTRY | A | NEG_GOT, FIT_ANY),
    ROW(R_386_TLS_LE, 4, TP | A, FIT_ANY),
    ROW_TLS_OF(R_386_TLS_GD, ENTRY | A | NEG_GOT, FIT_ANY, INDEX),
    ROW_TLS_OF(R_386_TLS_LDM, ENTRY | A | NEG_GOT, FIT_ANY, MODULE),
    ROW(R_386_16, 2, S | A, FIT_EITHER),
    ROW(R_386_PC16, 2, S | A | NEG_P, FIT_EITHER),
    ROW(R_386_8, 1, S | A, FIT_EITHER),
    ROW(R_386_PC8, 1, S | A | NEG_P, FIT_SIGNED),
    ROW(R_386_TLS_LDO_32, 4, TLS | A, FIT_ANY),
    ROW_NO(R_386_TLS_IE_32),
    ROW_NO(R_386_TLS_LE_32),
    ROW(R_386_TLS_DTPMOD32, 4, TERM_MODULE, FIT_ANY),
    ROW(R_386_TLS_DTPOFF32, 4, TLS | A, FIT_ANY),
    ROW_NO(R_386_TLS_TPOFF32),
    ROW(R_386_SIZE32, 4, Z | A, FIT_ANY),
    ROW_TLS_OF(R_386_TLS_GOTDESC, ENTRY | A | NEG_GOT, FIT_ANY, DESC),
    ROW(R_386_TLS_DESC_CALL, 0, 0, FIT_ANY),
    ROW(R_386_TLS_DESC, 4, TP | A | TERM_DESCRIPTOR, FIT_ANY),
    ROW(R_386_IRELATIVE, 4, B | A | TERM_INDIRECT, FIT_ANY),
    ROW_GOT(R_386_GOT32X, 4, ENTRY | A | NEG_GOT, FIT_ANY),
};

#undef S
#undef A
#undef NEG_P
#undef ENTRY
#undef GOT
#undef NEG_GOT
#undef B
#undef Z
#undef TLS
#undef TP
#undef ROW
#undef ROW_GOT
#undef ROW_TLS
#undef ROW_TLS_OF
#undef ROW_NO

static const struct image_relocation_type *image_relocation_type(const struct image_file *file,
                                                                 unsigned type) {
    bool is_64 = file->word == 8;
    const struct image_relocation_type *rows = is_64 ? image_types_x86_64 : image_types_i386;
    size_t count =
        is_64 ? sizeof image_types_x86_64 / sizeof *rows : sizeof image_types_i386 / sizeof *rows;

    for (size_t i = 0; i < count; i++) {
        if (rows[i].type == type)
            return &rows[i];
    }
    return NULL;
}

enum image_got image_relocation_got(const struct image_file *file, unsigned type) {
    const struct image_relocation_type *row = image_relocation_type(file, type);

    return row ? row->got : IMAGE_GOT_NONE;
}

/* CALL and JMP rel32, Jcc rel32: no byte ahead of an operand in memory looks like those, since it
 * is ModRM or SIB. */
static bool image_is_call(const uint8_t before[2]) {
    return before[1] == 0xe8 || before[1] == 0xe9 ||
           (before[0] == 0x0f && (before[1] & 0xf0) == 0x80);
}

/* CALL and JMP through a word that lies relative to RIP, at an address, or at an offset from EBX.
 */
static bool image_is_indirect_call(const uint8_t before[2]) {
    return before[0] == 0xff &&
           (before[1] == 0x15 || before[1] == 0x25 || before[1] == 0x93 || before[1] == 0xa3);
}

enum image_use image_relocation_use(const struct image_file *file, unsigned type,
                                    const uint8_t before[2]) {
    static const unsigned calls_64[] = {R_X86_64_PLT32, R_X86_64_JUMP_SLOT, R_X86_64_PLTOFF64};
    static const unsigned calls_32[] = {R_386_PLT32, R_386_JMP_SLOT};
    const unsigned *calls = file->word == 8 ? calls_64 : calls_32;
    size_t count =
        file->word == 8 ? sizeof calls_64 / sizeof *calls_64 : sizeof calls_32 / sizeof *calls_32;

    for (size_t i = 0; i < count; i++) {
        if (calls[i] == type)
            return IMAGE_USE_CALL;
    }
    if (image_is_call(before) ||
        (image_relocation_got(file, type) == IMAGE_GOT_ADDRESS && image_is_indirect_call(before)))
        return IMAGE_USE_CALL;
    return IMAGE_USE_REFERENCE;
}

uint64_t image_tls_from_thread_pointer(const struct image *image, uint64_t tls_offset) {
    uint64_t alignment = image->tls_alignment ? image->tls_alignment : 1;
    uint64_t size = (image->tls_memory_size + alignment - 1) & ~(alignment - 1);

    return tls_offset - size;
}

#define IMAGE_TLS_OUTSIDE_SIZE 64u /* bytes for a variable of which nothing is known */
#define IMAGE_TLS_OUTSIDE_MAX 1024u

static size_t image_tls_outside_index(const struct image *image, const char *name) {
    size_t index = 0;

    while (index < image->tls_outside_count && strcmp(image->tls_outside_names[index], name) != 0)
        index++;
    return index;
}

uint64_t image_tls_outside_below(const struct image *image, const char *name) {
    size_t index = image_tls_outside_index(image, name);

    return index < image->tls_outside_count ? IMAGE_TLS_OUTSIDE_SIZE * (index + 1) : 0;
}

uint64_t image_tls_outside(struct image *image, const char *name) {
    size_t index = image_tls_outside_index(image, name);

    if (index == image->tls_outside_count) {
        char *copy = index < IMAGE_TLS_OUTSIDE_MAX ? strdup(name) : NULL;

        if (!copy || !image_grow((void **)&image->tls_outside_names, index, sizeof copy)) {
            free(copy);
            return 0;
        }
        image->tls_outside_names[image->tls_outside_count++] = copy;
        image->tls_outside += IMAGE_TLS_OUTSIDE_SIZE;
    }
    return -(uint64_t)(IMAGE_TLS_OUTSIDE_SIZE * (index + 1));
}

bool image_indirects_add(const struct image_file *file, uint64_t slot, uint64_t resolver) {
    struct image *image = file->image;
    struct image_indirect *grown =
        reallocarray(image->indirects, image->indirects_count + 1, sizeof *grown);

    if (!grown)
        return image_fail(file, "out of memory");
    image->indirects = grown;
    grown[image->indirects_count++] = (struct image_indirect){slot, resolver};
    image_memory_put(image, slot, file->word, resolver);
    return true;
}

static uint64_t image_sign_extend(uint64_t value, unsigned width) {
    unsigned shift = 64 - 8 * width;

    return shift ? (uint64_t)((int64_t)(value << shift) >> shift) : value;
}

static uint64_t image_relocation_sum(const struct image_file *file, unsigned terms,
                                     const struct image_relocation *relocation, uint64_t addend) {
    const struct image_target *target = &relocation->target;
    uint64_t sum = 0;

    sum += terms & TERM_SYMBOL ? target->address : 0;
    sum += terms & TERM_ADDEND ? addend : 0;
    sum -= terms & TERM_MINUS_PLACE ? relocation->place : 0;
    sum += terms & TERM_ENTRY ? target->got_entry : 0;
    sum += terms & TERM_GOT ? relocation->got : 0;
    sum -= terms & TERM_MINUS_GOT ? relocation->got : 0;
    sum += terms & TERM_BIAS ? file->bias : 0;
    sum += terms & TERM_SIZE ? target->size : 0;
    sum += terms & TERM_TLS ? target->tls_offset : 0;
    sum += terms & TERM_THREAD_POINTER ? image_tls_from_thread_pointer(file->image, 0) : 0;
    sum += terms & TERM_MODULE ? 1 : 0;
    return sum;
}

static bool image_relocation_fits(const struct image_relocation_type *row, uint64_t value) {
    uint64_t mask = UINT64_MAX >> (64 - 8 * row->width);
    bool is_unsigned = value <= mask;
    bool is_signed = image_sign_extend(value & mask, row->width) == value;

    switch (row->fit) {
    case FIT_SIGNED:
        return is_signed;
    case FIT_UNSIGNED:
        return is_unsigned;
    case FIT_EITHER:
        return is_signed || is_unsigned;
    default:
        return true;
    }
}

/* i386 psABI, R_386_GOT32 and R_386_GOT32X: an operand without a base register (ModRM mod 0, rm 5)
 * holds the entry's address, not its offset in the table. */
static unsigned image_relocation_terms(const struct image_file *file,
                                       const struct image_relocation_type *row, uint64_t place) {
    uint64_t modrm;

    if (file->word == 4 && (row->type == R_386_GOT32 || row->type == R_386_GOT32X) &&
        image_memory_get(file->image, place - 1, 1, &modrm) && (modrm & 0xc7) == 0x05)
        return row->terms & ~(unsigned)TERM_MINUS_GOT;
    return row->terms;
}

static bool image_relocation_check(const struct image_file *file,
                                   const struct image_relocation_type *row,
                                   const struct image_relocation *relocation) {
    const struct image_target *target = &relocation->target;

    if (!row)
        return image_fail(file, "unknown relocation type %u at %#llx", relocation->type,
                          (unsigned long long)relocation->place);
    if (row->terms & TERM_UNSUPPORTED)
        return image_fail(file,
                          "relocation %s of '%s' is not supported; build with "
                          "-ftls-model=local-exec or without thread-local variables",
                          row->name, target->name);
    if ((row->terms & TERM_TLS || row->got == IMAGE_GOT_TLS || row->got == IMAGE_GOT_TLS_INDEX ||
         row->got == IMAGE_GOT_TLS_DESC) &&
        !target->is_tls)
        return image_fail(file, "relocation %s: the thread-local variable '%s' is not defined here",
                          row->name, target->name);
    if (target->is_indirect && row->terms & TERM_SYMBOL &&
        (row->terms & TERM_MINUS_PLACE || row->width != file->word))
        return image_fail(file, "relocation %s of '%s', an indirect function, is not supported",
                          row->name, target->name);
    return true;
}

bool image_relocate(const struct image_file *file, const struct image_relocation *relocation) {
    const struct image_relocation_type *row = image_relocation_type(file, relocation->type);
    uint64_t mask = file->word == 8 ? UINT64_MAX : UINT32_MAX;
    uint64_t value, addend = relocation->addend, place = relocation->place;
    unsigned terms;

    if (!image_relocation_check(file, row, relocation))
        return false;
    if (row->width == 0)
        return true;
    if (row->terms & TERM_DESCRIPTOR) {
        image_memory_put(file->image, place, file->word,
                         image_helper(file->image, IMAGE_HELPER_TLS));
        place += file->word;
    }
    if (!image_memory_get(file->image, place, row->width, &value))
        return image_fail(file, "relocation %s at %#llx is outside of the segments", row->name,
                          (unsigned long long)relocation->place);
    if (!relocation->has_addend)
        addend = image_sign_extend(value, row->width);
    terms = image_relocation_terms(file, row, relocation->place);
    value = image_relocation_sum(file, terms, relocation, addend);
    if (relocation->target.is_indirect && terms & TERM_SYMBOL &&
        (value & mask) != relocation->target.address) /* linkers refuse that too */
        return image_fail(file, "relocation %s of '%s', an indirect function, has an addend",
                          row->name, relocation->target.name);
    if (terms & TERM_INDIRECT || (relocation->target.is_indirect && terms & TERM_SYMBOL))
        return image_indirects_add(file, relocation->place, value & mask);
    if (file->word == 4)
        value = image_sign_extend(value & mask, 4);
    if (!image_relocation_fits(row, value))
        return image_fail(file, "relocation %s at %#llx: '%s' is out of its reach (%#llx)",
                          row->name, (unsigned long long)relocation->place, relocation->target.name,
                          (unsigned long long)value);
    image_memory_put(file->image, place, row->width, value);
    return true;
}
