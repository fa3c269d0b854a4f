/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/tests/guest_fixture.h"

/*
 * Decimal arithmetic, which only 16-bit and 32-bit code has, so that no comparison with a processor
 * in 64-bit mode reaches it: every AL, with both flags that it takes, against what Intel's Software
 * Developer's Manual, volume 2, says of each instruction.
 */
enum decimal_flag {
    DECIMAL_CF = 0x1,
    DECIMAL_PF = 0x4,
    DECIMAL_AF = 0x10,
    DECIMAL_ZF = 0x40,
    DECIMAL_SF = 0x80,
    DECIMAL_RESULT = DECIMAL_PF | DECIMAL_ZF | DECIMAL_SF
};

struct decimal {
    unsigned al, ah, flags;
};

static bool adjusts(const struct decimal *in) {
    return (in->al & 0xf) > 9 || (in->flags & DECIMAL_AF);
}

static struct decimal with_result(struct decimal out) {
    out.flags |= out.al == 0 ? DECIMAL_ZF : 0;
    out.flags |= out.al & 0x80 ? DECIMAL_SF : 0;
    out.flags |= __builtin_parity(out.al) ? 0 : DECIMAL_PF;
    return out;
}

/* AAA and AAS move AX, or AL and AH each, by these. */
static struct decimal ascii(const struct decimal *in, unsigned ax) {
    if (!adjusts(in))
        return (struct decimal){in->al & 0xf, in->ah, 0};
    return (struct decimal){ax & 0xf, ax >> 8 & 0xff, DECIMAL_CF | DECIMAL_AF};
}

static struct decimal aaa(const struct decimal *in, unsigned base) {
    (void)base;
    return ascii(in, (in->ah << 8 | in->al) + 0x106);
}

static struct decimal aas(const struct decimal *in, unsigned base) {
    (void)base;
    return ascii(in, (in->ah << 8 | in->al) - 0x106);
}

static struct decimal packed(const struct decimal *in, int six, int sixty) {
    bool tens = in->al > 0x99 || (in->flags & DECIMAL_CF);
    int al = (int)in->al + (adjusts(in) ? six : 0);
    bool carry = adjusts(in) && (al < 0 || al > 0xff);

    al += tens ? sixty : 0;
    return with_result((struct decimal){(unsigned)al & 0xff, in->ah,
                                        (adjusts(in) ? DECIMAL_AF : 0u) |
                                            (tens || (carry && six < 0) ? DECIMAL_CF : 0u)});
}

static struct decimal daa(const struct decimal *in, unsigned base) {
    (void)base;
    return packed(in, 6, 0x60);
}

static struct decimal das(const struct decimal *in, unsigned base) {
    (void)base;
    return packed(in, -6, -0x60);
}

static struct decimal aam(const struct decimal *in, unsigned base) {
    return with_result((struct decimal){in->al % base, in->al / base, 0});
}

static struct decimal aad(const struct decimal *in, unsigned base) {
    return with_result((struct decimal){(in->al + in->ah * base) & 0xff, 0, 0});
}

static const struct {
    const char *hex;
    unsigned base;
    struct decimal (*right)(const struct decimal *in, unsigned base);
    unsigned flags; /* that are defined */
} rows[] = {
    {"37 90", 0, aaa, DECIMAL_CF | DECIMAL_AF},
    {"3f 90", 0, aas, DECIMAL_CF | DECIMAL_AF},
    {"27 90", 0, daa, DECIMAL_CF | DECIMAL_AF | DECIMAL_RESULT},
    {"2f 90", 0, das, DECIMAL_CF | DECIMAL_AF | DECIMAL_RESULT},
    {"d4 0a", 10, aam, DECIMAL_RESULT},
    {"d4 c2", 0xc2, aam, DECIMAL_RESULT},
    {"d5 0a", 10, aad, DECIMAL_RESULT},
    {"d5 c2", 0xc2, aad, DECIMAL_RESULT},
};

/* Answers AX and, above it, the flags behind the instruction; asked in the same way. */
static void make(struct machine *machine, const char *instruction) {
    char hex[160];

    snprintf(hex, sizeof hex,
             "8b 4c 24 04 0f b7 c1 c1 e9 10 51 9d " /* mov ecx, [esp + 4]; AX; flags */
             "%s 9c 5a 0f b7 c0 c1 e2 10 09 d0 c3",
             instruction);
    machine_make(machine, IMAGE_32, hex);
    machine->setup.entry = MACHINE_CODE;
}

static unsigned wrong_of_row(struct machine *machine, size_t row) {
    static const unsigned heads[] = {0, 1, 0x7f, 0xff}, flags[] = {0, 1, 0x10, 0x11};
    unsigned wrong = 0;

    for (unsigned i = 0; i < 256 * 16; i++) {
        struct decimal in = {i & 0xff, heads[i >> 8 & 3], flags[i >> 10]};
        struct decimal right = rows[row].right(&in, rows[row].base);
        struct observation seen =
            machine_ask(machine, in.al | in.ah << 8 | (in.flags | 0x202) << 16);

        wrong += seen.end != OBSERVATION_RETURNED ||
                 (seen.answer & 0xffff) != (right.al | right.ah << 8) ||
                 ((seen.answer >> 16 ^ right.flags) & rows[row].flags) != 0;
    }
    return wrong;
}

static void test_decimal(void) {
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct machine machine;

        make(&machine, rows[i].hex);
        if (machine_start(&machine)) {
            unsigned wrong = wrong_of_row(&machine, i);

            if (wrong > 0)
                printf("\n    %s: %u of 4096 wrong", rows[i].hex, wrong);
            CU_ASSERT_EQUAL(wrong, 0);
        }
        machine_stop(&machine);
    }
}

static void test_division(void) {
    struct machine machine;

    make(&machine, "d4 00");
    if (machine_start(&machine))
        CU_ASSERT_EQUAL(machine_ask(&machine, 0x02020005).end, OBSERVATION_UNDEFINED);
    machine_stop(&machine);
}

static const struct unit_test tests[] = {
    {"decimal arithmetic does what the manual says", test_decimal},
    {"AAM by zero faults", test_division},
};

int main(void) {
    return UNIT_RUN(tests);
}
