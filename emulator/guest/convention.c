/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/internal.h"

#include <string.h>

#define KEPT_BX                                                                                    \
    { GUEST_BX, OBSERVATION_BX_CHANGED }
#define KEPT_BP                                                                                    \
    { GUEST_BP, OBSERVATION_BP_CHANGED }
#define KEPT_SI                                                                                    \
    { GUEST_SI, OBSERVATION_SI_CHANGED }
#define KEPT_DI                                                                                    \
    { GUEST_DI, OBSERVATION_DI_CHANGED }
#define KEPT_R12_TO_15                                                                             \
    {GUEST_R12, OBSERVATION_R12_CHANGED}, {GUEST_R13, OBSERVATION_R13_CHANGED},                    \
        {GUEST_R14, OBSERVATION_R14_CHANGED}, {                                                    \
        GUEST_R15, OBSERVATION_R15_CHANGED                                                         \
    }
/* i386 code in every convention. */
#define KEPT_I386 .kept = {KEPT_BX, KEPT_BP, KEPT_SI, KEPT_DI}, .kept_count = 4

/*
 * How code is called, a row a convention. Sources: System V psABI for AMD64 and for i386,
 * Microsoft's x64,
 * __stdcall, __fastcall and __thiscall conventions, GCC's regparm attribute, Go's ABI0 and
 * ABIInternal (cmd/compile/abi-internal.md), GCC's -m16.
 */
static const struct guest_convention guest_abis[GUEST_ABIS] = {
    [GUEST_SYSV64] = {.name = "sysv64",
                      .mode = IMAGE_64,
                      .word = 8,
                      .registers = {GUEST_DI, GUEST_SI, GUEST_DX, GUEST_CX, GUEST_R8, GUEST_R9},
                      .registers_count = 6,
                      .kept = {KEPT_BX, KEPT_BP, KEPT_R12_TO_15},
                      .kept_count = 6},
    [GUEST_MS64] = {.name = "ms64",
                    .mode = IMAGE_64,
                    .word = 8,
                    .registers = {GUEST_CX, GUEST_DX, GUEST_R8, GUEST_R9},
                    .registers_count = 4,
                    .shadow = 32,
                    .kept = {KEPT_BX, KEPT_BP, KEPT_R12_TO_15, KEPT_SI, KEPT_DI},
                    .kept_count = 8},
    /* R14 is the goroutine, X15 is zero, and each argument has a place to be spilled to. */
    [GUEST_GO64] = {.name = "go64",
                    .mode = IMAGE_64,
                    .word = 8,
                    .registers = {GUEST_AX, GUEST_BX, GUEST_CX, GUEST_DI, GUEST_SI, GUEST_R8,
                                  GUEST_R9, GUEST_R9 + 1, GUEST_R9 + 2},
                    .registers_count = 9,
                    .is_go = true,
                    .kept = {KEPT_BP, {GUEST_R14, OBSERVATION_R14_CHANGED}},
                    .kept_count = 2},
    [GUEST_CDECL32] = {.name = "cdecl32", .mode = IMAGE_32, .word = 4, KEPT_I386},
    [GUEST_REGPARM32] = {.name = "regparm32",
                         .mode = IMAGE_32,
                         .word = 4,
                         .registers = {GUEST_AX, GUEST_DX, GUEST_CX},
                         .registers_count = 3,
                         .wide_in_registers = true,
                         KEPT_I386},
    [GUEST_STDCALL32] = {.name = "stdcall32", .mode = IMAGE_32, .word = 4, .pops = true, KEPT_I386},
    [GUEST_FASTCALL32] = {.name = "fastcall32",
                          .mode = IMAGE_32,
                          .word = 4,
                          .registers = {GUEST_CX, GUEST_DX},
                          .registers_count = 2,
                          .pops = true,
                          KEPT_I386},
    [GUEST_THISCALL32] = {.name = "thiscall32",
                          .mode = IMAGE_32,
                          .word = 4,
                          .registers = {GUEST_CX},
                          .registers_count = 1,
                          .pops = true,
                          KEPT_I386},
    /* 16-bit code that a compiler for 32 bits made: words of 32 bits, and so is the way back. */
    [GUEST_CDECL16] = {.name = "cdecl16", .mode = IMAGE_16, .word = 4, KEPT_I386},
    [GUEST_REGPARM16] = {.name = "regparm16",
                         .mode = IMAGE_16,
                         .word = 4,
                         .registers = {GUEST_AX, GUEST_DX, GUEST_CX},
                         .registers_count = 3,
                         .wide_in_registers = true,
                         KEPT_I386},
    [GUEST_REGISTERS] = {.name = "registers", .word = 0},
    [GUEST_FAR16] = {.name = "far16", .mode = IMAGE_16, .word = 4},
};

const struct guest_convention *guest_convention(enum guest_abi abi) {
    return &guest_abis[abi];
}

bool guest_abi_parse(const char *name, enum guest_abi *abi) {
    for (size_t i = 0; i < GUEST_ABIS; i++) {
        if (i != GUEST_REGISTERS && strcmp(guest_abis[i].name, name) == 0) {
            *abi = (enum guest_abi)i;
            return true;
        }
    }
    return false;
}

bool guest_abi_is_c(enum guest_abi abi) {
    return abi != GUEST_REGISTERS && abi != GUEST_FAR16;
}

enum guest_abi guest_abi_of_imports(const struct guest *guest) {
    switch (guest->setup->abi) {
    case GUEST_REGISTERS:
    case GUEST_FAR16:
    case GUEST_GO64:
        return guest->image->mode == IMAGE_64 ? GUEST_SYSV64 : GUEST_CDECL32;
    case GUEST_STDCALL32:
    case GUEST_FASTCALL32:
    case GUEST_THISCALL32:
        return GUEST_CDECL32;
    default:
        return guest->setup->abi;
    }
}
