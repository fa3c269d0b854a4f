/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tests/unit.h"
#include "emulator/decode/disassembly.h"

#include <capstone.h>
#include <stdlib.h>
#include <string.h>

/*
 * Where versions of Capstone are wrong or differ, a row each: what each says of the bytes, what is
 * right (by Intel's and AMD's manuals), and where the module sees to it. A version whose column is
 * missing here is asked for what is right alone; when this fails with a new one, give it a column.
 */
enum { CAPSTONE_4, CAPSTONE_5, CAPSTONES };

#define LACKING "class.c: disassembly_lacking"
#define NORMAL DISASSEMBLY_NORMAL
#define FORBIDDEN DISASSEMBLY_FORBIDDEN
#define UNDEFINED DISASSEMBLY_UNDEFINED
#define SYSTEM DISASSEMBLY_SYSTEM

static const struct quirk {
    const char *symptom, *cure; /* the cure by its place in emulator/decode */
    const char *hex;
    const char *engine[CAPSTONES]; /* the name that each gives; NULL: it knows none */
    enum disassembly_class class;  /* what is right */
    const char *name;
    unsigned size;
} quirks[] = {
    {"does not know SERIALIZE", LACKING, "0f 01 e8", {NULL, NULL}, NORMAL, "serialize", 3},
    {"does not know TDCALL", LACKING, "66 0f 01 cc", {NULL, NULL}, FORBIDDEN, "tdcall", 4},
    {"4 does not know CLZERO", LACKING, "0f 01 fc", {NULL, "clzero"}, NORMAL, "clzero", 3},
    {"4 does not know RDPKRU", LACKING, "0f 01 ee", {NULL, "rdpkru"}, NORMAL, "rdpkru", 3},
    {"4 does not know MONITORX", LACKING, "0f 01 fa", {NULL, "monitorx"}, FORBIDDEN, "monitorx", 3},
    {"4 does not know ENCLV", LACKING, "0f 01 c0", {NULL, "enclv"}, FORBIDDEN, "enclv", 3},
    {"4 does not know RDSSP", LACKING, "f3 0f 1e c8", {NULL, "rdsspd"}, NORMAL, "rdssp", 4},
    /* which would read a random source */
    {"4: RDPID is RDSEED", LACKING, "f3 0f c7 f8", {"rdseed", "rdpid"}, NORMAL, "rdpid", 4},
    {"4 says WBINVD", LACKING, "f3 0f 09", {"wbinvd", "wbnoinvd"}, FORBIDDEN, "wbnoinvd", 3},
    {"4: INCSSP is LFENCE", LACKING, "f3 0f ae e8", {"lfence", "incsspd"}, UNDEFINED, "incssp", 4},
    /* it is executed, and faults on purpose */
    {"4: another name for UD1", "engine.h", "0f b9 c0", {"ud2b", "ud1"}, NORMAL, NULL, 2},
    {"5: a far call is a call", "class.c: is_far", "ff 18", {"lcall", "call"}, SYSTEM, NULL, 2},
    /* and hides what it is */
    {"refuses LOCK MOV", "disassembly.c: ask_bare", "f0 89 c0", {NULL, NULL}, UNDEFINED, NULL, 3},
};
#define QUIRKS (sizeof quirks / sizeof quirks[0])

static size_t parse(const char *hex, uint8_t bytes[16]) {
    size_t count = 0;

    for (char *end; *hex; hex = end)
        bytes[count++] = (uint8_t)strtoul(hex, &end, 16);
    return count;
}

/* What the engine itself says: the symptom is there, so that a cure which nothing needs any more
 * shows too. */
static void test_symptoms(void) {
    int major = 0, minor = 0;
    csh engine;

    cs_version(&major, &minor);
    if (major != 4 && major != 5)
        return;
    CU_ASSERT_EQUAL_FATAL(cs_open(CS_ARCH_X86, CS_MODE_64, &engine), CS_ERR_OK);
    for (size_t i = 0; i < QUIRKS; i++) {
        const char *expected = quirks[i].engine[major == 4 ? CAPSTONE_4 : CAPSTONE_5];
        uint8_t bytes[16] = {0};
        cs_insn *found = NULL;
        size_t count = cs_disasm(engine, bytes, parse(quirks[i].hex, bytes), 0x1000, 1, &found);

        CU_ASSERT_EQUAL(count > 0, expected != NULL);
        if (count > 0 && expected)
            CU_ASSERT_STRING_EQUAL(found->mnemonic, expected);
        cs_free(found, count);
    }
    cs_close(&engine);
}

static void test_cures(void) {
    struct disassembly *disassembly = disassembly_open(IMAGE_64);

    CU_ASSERT_PTR_NOT_NULL_FATAL(disassembly);
    for (size_t i = 0; i < QUIRKS; i++) {
        uint8_t bytes[16] = {0};
        size_t size = parse(quirks[i].hex, bytes);
        unsigned length;

        CU_ASSERT_EQUAL(disassembly_classify(disassembly, bytes, size, 0x1000, &length),
                        quirks[i].class);
        CU_ASSERT_EQUAL(length, quirks[i].size);
        if (quirks[i].name)
            CU_ASSERT_STRING_EQUAL(disassembly_mnemonic(disassembly, bytes, size, 0x1000),
                                   quirks[i].name);
    }
    disassembly_close(disassembly);
}

/* The bytes of memory that COMISS reads, sixteen to 4, are four, which need not be aligned. */
static void test_comiss(void) {
    static const uint8_t bytes[] = {0x0f, 0x2f, 0x00};
    struct disassembly *disassembly = disassembly_open(IMAGE_64);

    CU_ASSERT_PTR_NOT_NULL_FATAL(disassembly);
    CU_ASSERT_FALSE(disassembly_effect(disassembly, bytes, sizeof bytes, 0x1000).wants_alignment);
    disassembly_close(disassembly);
}

static const struct unit_test tests[] = {
    {"what each version says", test_symptoms},
    {"what is right", test_cures},
    {"COMISS wants no alignment", test_comiss},
};

int main(void) {
    return UNIT_RUN(tests);
}
