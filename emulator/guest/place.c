/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/internal.h"

#include <ctype.h>
#include <stdlib.h>
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

/* "out+OFFSET" or "out+OFFSET:WIDTH", or just "out". */
static bool guest_place_parse_out(const char *text, struct guest_place *place) {
    unsigned long offset = 0, width = 4;
    char *end;

    if (*text == '+') {
        if (!isdigit((unsigned char)text[1]))
            return false;
        offset = strtoul(text + 1, &end, 0);
        text = end;
    }
    if (*text == ':') {
        if (!isdigit((unsigned char)text[1]))
            return false;
        width = strtoul(text + 1, &end, 10);
        text = end;
    }
    if (*text || (width != 1 && width != 2 && width != 4 && width != 8) ||
        offset > GUEST_OUT_SIZE - width)
        return false;
    *place = (struct guest_place){GUEST_OUT, 0, (unsigned)offset, (unsigned)width};
    return true;
}

/* "r8" to "r15" with no suffix, "d", "w" or "b". */
static bool guest_place_parse_numbered(const char *text, struct guest_place *place) {
    unsigned long number;
    char *end;

    if (text[0] != 'r' || !isdigit((unsigned char)text[1]))
        return false;
    number = strtoul(text + 1, &end, 10);
    if (number < 8 || number > 15 || (*end && end[1]))
        return false;
    *place = (struct guest_place){GUEST_REGISTER, (unsigned)number, 0, 8};
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

bool guest_place_parse(const char *text, enum image_mode mode, struct guest_place *place) {
    if (strcmp(text, "cf") == 0 || strcmp(text, "zf") == 0) {
        *place = (struct guest_place){*text == 'c' ? GUEST_CARRY : GUEST_ZERO, 0, 0, 1};
        return true;
    }
    if (strncmp(text, "out", 3) == 0)
        return guest_place_parse_out(text + 3, place);
    for (size_t i = 0; i < sizeof guest_names / sizeof guest_names[0]; i++) {
        if (strcmp(text, guest_names[i].name) == 0) {
            *place =
                (struct guest_place){GUEST_REGISTER, guest_names[i].reg, 0, guest_names[i].width};
            return place->width <= (mode == IMAGE_64 ? 8u : 4u);
        }
    }
    return mode == IMAGE_64 && guest_place_parse_numbered(text, place);
}

uint64_t guest_place_take(const struct guest_place *place,
                          const uint64_t registers[GUEST_WATCHED_REGISTERS], uint64_t flags) {
    uint64_t value = 0;

    if (place->kind == GUEST_CARRY)
        return flags & 1;
    if (place->kind == GUEST_ZERO)
        return flags >> 6 & 1;
    if (place->kind == GUEST_REGISTER)
        value = registers[place->reg % GUEST_HIGH_BYTE] >> (place->reg & GUEST_HIGH_BYTE ? 8 : 0);
    return place->width < 8 ? value & ((1ull << place->width * 8) - 1) : value;
}
