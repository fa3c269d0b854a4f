/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/internal.h"

#include "base/number.h"

#include <string.h>

static const struct {
    const char *name;
    unsigned reg, width;
} guest_names[] = {
    {"al", GUEST_AX, 1},
    {"cl", GUEST_CX, 1},
    {"dl", GUEST_DX, 1},
    {"bl", GUEST_BX, 1},
    {"ax", GUEST_AX, 2},
    {"cx", GUEST_CX, 2},
    {"dx", GUEST_DX, 2},
    {"bx", GUEST_BX, 2},
    {"bp", GUEST_BP, 2},
    {"si", GUEST_SI, 2},
    {"di", GUEST_DI, 2},
    {"eax", GUEST_AX, 4},
    {"ecx", GUEST_CX, 4},
    {"edx", GUEST_DX, 4},
    {"ebx", GUEST_BX, 4},
    {"ebp", GUEST_BP, 4},
    {"esi", GUEST_SI, 4},
    {"edi", GUEST_DI, 4},
    {"rax", GUEST_AX, 8},
    {"rcx", GUEST_CX, 8},
    {"rdx", GUEST_DX, 8},
    {"rbx", GUEST_BX, 8},
    {"rbp", GUEST_BP, 8},
    {"rsi", GUEST_SI, 8},
    {"rdi", GUEST_DI, 8},
    {"ah", GUEST_AX | GUEST_HIGH_BYTE, 1},
    {"ch", GUEST_CX | GUEST_HIGH_BYTE, 1},
    {"dh", GUEST_DX | GUEST_HIGH_BYTE, 1},
    {"bh", GUEST_BX | GUEST_HIGH_BYTE, 1},
};

/* What follows a place's name: "+OFFSET", ":WIDTH", both or nothing. */
struct guest_suffix {
    unsigned long offset, width;
    bool has_offset, has_width;
};

/* The number after a mark; NULL: there is none, or it is larger than any that is of use. */
static const char *guest_suffix_number(const char *text, unsigned long *number) {
    uint64_t wide;

    text = number_read(text, &wide, NULL);
    *number = text ? (unsigned long)wide : 0;
    return text && wide <= UINT32_MAX ? text : NULL;
}

static bool guest_suffix_parse(const char *text, struct guest_suffix *suffix) {
    *suffix = (struct guest_suffix){0};
    if (*text == '+') {
        text = guest_suffix_number(text + 1, &suffix->offset);
        suffix->has_offset = true;
    }
    if (text && *text == ':') {
        text = guest_suffix_number(text + 1, &suffix->width);
        suffix->has_width = true;
    }
    return text && !*text &&
           (!suffix->has_width || suffix->width == 1 || suffix->width == 2 || suffix->width == 4 ||
            suffix->width == 8);
}

static bool guest_place_out(const struct guest_suffix *suffix, struct guest_place *place) {
    unsigned long width = suffix->has_width ? suffix->width : 4;

    *place = (struct guest_place){
        .kind = GUEST_OUT, .offset = (unsigned)suffix->offset, .width = (unsigned)width};
    return suffix->offset <= GUEST_OUT_SIZE - width;
}

static bool guest_place_callback(const struct guest_suffix *suffix, enum image_mode mode,
                                 struct guest_place *place) {
    unsigned long width = suffix->has_width ? suffix->width : 4;

    *place = (struct guest_place){
        .kind = GUEST_CALLBACK, .offset = (unsigned)suffix->offset - 1, .width = (unsigned)width};
    return suffix->offset >= 1 && suffix->offset <= GUEST_ARGUMENTS_MAX &&
           width <= (unsigned)mode / 8;
}

static bool guest_place_context(const struct guest_suffix *suffix, struct guest_place *place) {
    unsigned long width = suffix->has_width ? suffix->width : 4;

    *place = (struct guest_place){
        .kind = GUEST_CONTEXT, .offset = (unsigned)suffix->offset, .width = (unsigned)width};
    return suffix->offset <= GUEST_CONTEXT_SIZE - width;
}

/* As an integer it has eight bytes, of whatever width the number is. */
static bool guest_place_float(const char *name, const struct guest_suffix *suffix,
                              struct guest_place *place) {
    bool is_x87 = *name == 's';
    unsigned long width = suffix->has_width ? suffix->width : 8;

    *place = (struct guest_place){.kind = is_x87 ? GUEST_FLOAT_X87 : GUEST_FLOAT_XMM,
                                  .width = (unsigned)width};
    return !suffix->has_offset && (is_x87 ? !suffix->has_width : width == 4 || width == 8);
}

/* A part of a register, such as the upper half of RAX, where a structure's second member may be. */
static bool guest_place_part(const struct guest_suffix *suffix, struct guest_place *place) {
    unsigned long left;

    if (suffix->offset >= place->width)
        return false;
    left = place->width - suffix->offset;
    if (suffix->has_offset && !suffix->has_width && left > 4)
        left = 4;
    if (suffix->has_width && suffix->width > left)
        return false;
    place->offset = (unsigned)suffix->offset;
    place->width = (unsigned)(suffix->has_width ? suffix->width : left);
    return (place->width & (place->width - 1)) == 0;
}

/* "r8" to "r15" with no suffix, "d", "w" or "b". */
static bool guest_place_parse_numbered(const char *text, struct guest_place *place) {
    unsigned long number;
    const char *end =
        text[0] == 'r' && text[1] != '0' ? guest_suffix_number(text + 1, &number) : NULL;

    if (!end || number < 8 || number > 15 || (*end && end[1]))
        return false;
    *place = (struct guest_place){.kind = GUEST_REGISTER, .reg = (unsigned)number, .width = 8};
    switch (*end) {
    case '\0':
        return true;
    case 'd':
        place->width = 4;
        return true;
    case 'w':
        place->width = 2;
        return true;
    case 'b':
        place->width = 1;
        return true;
    default:
        return false;
    }
}

static bool guest_place_register(const char *name, enum image_mode mode,
                                 struct guest_place *place) {
    for (size_t i = 0; i < sizeof guest_names / sizeof guest_names[0]; i++) {
        if (strcmp(name, guest_names[i].name) == 0) {
            *place = (struct guest_place){
                .kind = GUEST_REGISTER, .reg = guest_names[i].reg, .width = guest_names[i].width};
            return place->width <= (mode == IMAGE_64 ? 8u : 4u);
        }
    }
    return mode == IMAGE_64 && guest_place_parse_numbered(name, place);
}

bool guest_place_parse(const char *text, enum image_mode mode, struct guest_place *place) {
    size_t length = strcspn(text, "+:");
    struct guest_suffix suffix;
    char name[16];

    if (length >= sizeof name || !guest_suffix_parse(text + length, &suffix))
        return false;
    memcpy(name, text, length);
    name[length] = '\0';
    if ((strcmp(name, "cf") == 0 || strcmp(name, "zf") == 0) && !text[length]) {
        *place = (struct guest_place){.kind = *name == 'c' ? GUEST_CARRY : GUEST_ZERO, .width = 1};
        return true;
    }
    if (strcmp(name, "out") == 0)
        return guest_place_out(&suffix, place);
    if (strcmp(name, "context") == 0)
        return guest_place_context(&suffix, place);
    if (strcmp(name, "st0") == 0 || strcmp(name, "xmm0") == 0)
        return guest_place_float(name, &suffix, place);
    if (strcmp(name, "callback") == 0)
        return guest_place_callback(&suffix, mode, place);
    if (mode != IMAGE_64 && strcmp(name, "eax") == 0 && !suffix.has_offset && suffix.width == 8) {
        *place =
            (struct guest_place){.kind = GUEST_REGISTER, .reg = GUEST_AX | GUEST_PAIR, .width = 8};
        return true;
    }
    return guest_place_register(name, mode, place) && guest_place_part(&suffix, place);
}

uint64_t guest_place_take(const struct guest_place *place,
                          const uint64_t registers[GUEST_WATCHED_REGISTERS], uint64_t flags) {
    uint64_t value = 0;

    if (place->kind == GUEST_CARRY)
        return flags & 1;
    if (place->kind == GUEST_ZERO)
        return flags >> 6 & 1;
    if (place->kind == GUEST_REGISTER && place->reg & GUEST_PAIR)
        return registers[GUEST_DX] << 32 | (uint32_t)registers[GUEST_AX];
    if (place->kind == GUEST_REGISTER)
        value = registers[place->reg % GUEST_HIGH_BYTE] >>
                (place->offset * 8 + (place->reg & GUEST_HIGH_BYTE ? 8 : 0));
    return place->width < 8 ? value & ((1ull << place->width * 8) - 1) : value;
}
