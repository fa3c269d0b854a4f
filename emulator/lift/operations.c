/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/lift/internal.h"

#include <stdlib.h>

/* The same for operands of 8, 16, 32 and 64 bits. */
#define EACH(from, op)                                                                             \
    {from##8, op, 0}, {from##16, op, 0}, {from##32, op, 0}, {                                      \
        from##64, op, 0                                                                            \
    }
/* The same in lanes of 8, 16, 32 and 64 bits, of 128 in all. */
#define LANES(from, op)                                                                            \
    {from##8x16, op, 8}, {from##16x8, op, 16}, {from##32x4, op, 32}, {                             \
        from##64x2, op, 64                                                                         \
    }

static const struct lift_row lift_rows[] = {
    EACH(Iop_Add, LIFT_ADD),
    EACH(Iop_Sub, LIFT_SUB),
    EACH(Iop_Mul, LIFT_MUL),
    EACH(Iop_And, LIFT_AND),
    EACH(Iop_Or, LIFT_OR),
    EACH(Iop_Xor, LIFT_XOR),
    EACH(Iop_Not, LIFT_NOT),
    EACH(Iop_Shl, LIFT_SHL),
    EACH(Iop_Shr, LIFT_SHR),
    EACH(Iop_Sar, LIFT_SAR),
    EACH(Iop_CmpEQ, LIFT_EQ),
    EACH(Iop_CmpNE, LIFT_NE),
    EACH(Iop_CasCmpEQ, LIFT_EQ),
    EACH(Iop_CasCmpNE, LIFT_NE),
    EACH(Iop_ExpCmpNE, LIFT_NE),
    EACH(Iop_MullU, LIFT_MULTIPLY_UNSIGNED),
    EACH(Iop_MullS, LIFT_MULTIPLY_SIGNED),
    {Iop_Not1, LIFT_NOT, 0},
    {Iop_And1, LIFT_AND, 0},
    {Iop_Or1, LIFT_OR, 0},
    {Iop_CmpLT32S, LIFT_LT_SIGNED, 0},
    {Iop_CmpLT64S, LIFT_LT_SIGNED, 0},
    {Iop_CmpLE32S, LIFT_LE_SIGNED, 0},
    {Iop_CmpLE64S, LIFT_LE_SIGNED, 0},
    {Iop_CmpLT32U, LIFT_LT_UNSIGNED, 0},
    {Iop_CmpLT64U, LIFT_LT_UNSIGNED, 0},
    {Iop_CmpLE32U, LIFT_LE_UNSIGNED, 0},
    {Iop_CmpLE64U, LIFT_LE_UNSIGNED, 0},
    {Iop_DivModU64to32, LIFT_DIVIDE_UNSIGNED, 0},
    {Iop_DivModS64to32, LIFT_DIVIDE_SIGNED, 0},
    {Iop_DivModU128to64, LIFT_DIVIDE_UNSIGNED, 0},
    {Iop_DivModS128to64, LIFT_DIVIDE_SIGNED, 0},
    /* Of no bit set: the width. What newer versions no longer have left that open. */
    {Iop_CtzNat64, LIFT_TRAILING_ZEROS, 0},
    {Iop_CtzNat32, LIFT_TRAILING_ZEROS, 0},
    {Iop_ClzNat64, LIFT_LEADING_ZEROS, 0},
    {Iop_ClzNat32, LIFT_LEADING_ZEROS, 0},
#ifdef HVSPEC_VEX_HAS_CTZ
    {Iop_Ctz64, LIFT_TRAILING_ZEROS, 0},
    {Iop_Ctz32, LIFT_TRAILING_ZEROS, 0},
    {Iop_Clz64, LIFT_LEADING_ZEROS, 0},
    {Iop_Clz32, LIFT_LEADING_ZEROS, 0},
#endif
    {Iop_8Uto16, LIFT_EXTEND_ZERO, 0},
    {Iop_8Uto32, LIFT_EXTEND_ZERO, 0},
    {Iop_8Uto64, LIFT_EXTEND_ZERO, 0},
    {Iop_16Uto32, LIFT_EXTEND_ZERO, 0},
    {Iop_16Uto64, LIFT_EXTEND_ZERO, 0},
    {Iop_32Uto64, LIFT_EXTEND_ZERO, 0},
    {Iop_1Uto8, LIFT_EXTEND_ZERO, 0},
    {Iop_1Uto32, LIFT_EXTEND_ZERO, 0},
    {Iop_1Uto64, LIFT_EXTEND_ZERO, 0},
    {Iop_8Sto16, LIFT_EXTEND_SIGN, 0},
    {Iop_8Sto32, LIFT_EXTEND_SIGN, 0},
    {Iop_8Sto64, LIFT_EXTEND_SIGN, 0},
    {Iop_16Sto32, LIFT_EXTEND_SIGN, 0},
    {Iop_16Sto64, LIFT_EXTEND_SIGN, 0},
    {Iop_32Sto64, LIFT_EXTEND_SIGN, 0},
    {Iop_1Sto8, LIFT_EXTEND_SIGN, 0},
    {Iop_1Sto16, LIFT_EXTEND_SIGN, 0},
    {Iop_1Sto32, LIFT_EXTEND_SIGN, 0},
    {Iop_1Sto64, LIFT_EXTEND_SIGN, 0},
    {Iop_64to8, LIFT_LOW, 0},
    {Iop_64to16, LIFT_LOW, 0},
    {Iop_64to32, LIFT_LOW, 0},
    {Iop_64to1, LIFT_LOW, 0},
    {Iop_32to8, LIFT_LOW, 0},
    {Iop_32to16, LIFT_LOW, 0},
    {Iop_32to1, LIFT_LOW, 0},
    {Iop_16to8, LIFT_LOW, 0},
    {Iop_128to64, LIFT_LOW, 0},
    {Iop_V128to64, LIFT_LOW, 0},
    {Iop_V128to32, LIFT_LOW, 0},
    {Iop_64HIto32, LIFT_HIGH, 0},
    {Iop_32HIto16, LIFT_HIGH, 0},
    {Iop_16HIto8, LIFT_HIGH, 0},
    {Iop_128HIto64, LIFT_HIGH, 0},
    {Iop_V128HIto64, LIFT_HIGH, 0},
    {Iop_32HLto64, LIFT_JOIN, 0},
    {Iop_16HLto32, LIFT_JOIN, 0},
    {Iop_8HLto16, LIFT_JOIN, 0},
    {Iop_64HLto128, LIFT_JOIN, 0},
    {Iop_64HLtoV128, LIFT_JOIN, 0},
    {Iop_64UtoV128, LIFT_EXTEND_ZERO, 0},
    {Iop_32UtoV128, LIFT_EXTEND_ZERO, 0},
    {Iop_SetV128lo64, LIFT_SET_LOW, 0},
    {Iop_SetV128lo32, LIFT_SET_LOW, 0},
    {Iop_AndV128, LIFT_AND, 64},
    {Iop_OrV128, LIFT_OR, 64},
    {Iop_XorV128, LIFT_XOR, 64},
    {Iop_NotV128, LIFT_NOT, 64},
    {Iop_ShlV128, LIFT_SHL_BYTES, 0},
    {Iop_ShrV128, LIFT_SHR_BYTES, 0},
    LANES(Iop_Add, LIFT_ADD),
    LANES(Iop_Sub, LIFT_SUB),
    LANES(Iop_CmpEQ, LIFT_EQ),
    LANES(Iop_ShlN, LIFT_SHL),
    LANES(Iop_ShrN, LIFT_SHR),
    LANES(Iop_InterleaveLO, LIFT_INTERLEAVE_LOW),
    LANES(Iop_InterleaveHI, LIFT_INTERLEAVE_HIGH),
    {Iop_SarN16x8, LIFT_SAR, 16},
    {Iop_SarN32x4, LIFT_SAR, 32},
    {Iop_CmpGT8Sx16, LIFT_GT_SIGNED, 8},
    {Iop_CmpGT16Sx8, LIFT_GT_SIGNED, 16},
    {Iop_CmpGT32Sx4, LIFT_GT_SIGNED, 32},
    {Iop_CmpGT64Sx2, LIFT_GT_SIGNED, 64},
    {Iop_Mul16x8, LIFT_MUL, 16},
    {Iop_Mul32x4, LIFT_MUL, 32},
    {Iop_Max8Ux16, LIFT_MAX_UNSIGNED, 8},
    {Iop_Max32Ux4, LIFT_MAX_UNSIGNED, 32},
    {Iop_Max16Sx8, LIFT_MAX_SIGNED, 16},
    {Iop_Max32Sx4, LIFT_MAX_SIGNED, 32},
    {Iop_Min8Ux16, LIFT_MIN_UNSIGNED, 8},
    {Iop_Min32Ux4, LIFT_MIN_UNSIGNED, 32},
    {Iop_Min16Sx8, LIFT_MIN_SIGNED, 16},
    {Iop_Min32Sx4, LIFT_MIN_SIGNED, 32},
    {Iop_GetMSBs8x16, LIFT_TOP_BITS, 8},
};

const struct lift_row *lift_row_find(IROp op) {
    for (size_t i = 0; i < sizeof lift_rows / sizeof lift_rows[0]; i++) {
        if (lift_rows[i].from == op)
            return &lift_rows[i];
    }
    return NULL;
}
