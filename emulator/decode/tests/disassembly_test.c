/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tests/unit.h"
#include "emulator/decode/disassembly.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { IN_16 = 1, IN_32 = 2, IN_64 = 4, IN_ALL = 7 };

static const struct {
    enum image_mode mode;
    unsigned bit;
} modes[] = {{IMAGE_16, IN_16}, {IMAGE_32, IN_32}, {IMAGE_64, IN_64}};

/* "0f a2" to bytes; how many. */
static size_t parse(const char *hex, uint8_t *bytes) {
    size_t count = 0;

    for (char *end; *hex; hex = end)
        bytes[count++] = (uint8_t)strtoul(hex, &end, 16);
    return count;
}

/* Zero bytes follow, as in a page: they must not become part of the instruction. */
static struct disassembly_instruction decode(enum image_mode mode, const char *hex) {
    struct disassembly *disassembly = disassembly_open(mode);
    struct disassembly_instruction instruction = {0};
    uint8_t bytes[64] = {0};

    CU_ASSERT_PTR_NOT_NULL_FATAL(disassembly);
    parse(hex, bytes);
    disassembly_decode(disassembly, bytes, sizeof bytes, 0x1000, &instruction);
    disassembly_close(disassembly);
    return instruction;
}

static void test_text(void) {
    static const struct {
        enum image_mode mode;
        const char *bytes, *text;
        unsigned size;
    } rows[] = {
        {IMAGE_64, "39 f8", "cmp eax, edi", 2},
        {IMAGE_64, "0f a2", "cpuid", 2},
        {IMAGE_64, "c3", "ret", 1},
        {IMAGE_64, "74 02", "je 0x1004", 2},
        {IMAGE_64, "f3 0f 1e fa", "endbr64", 4},
        {IMAGE_32, "f3 0f 1e fb", "endbr32", 4},
        {IMAGE_16, "f3 0f 1e fb", "endbr32", 4},
        {IMAGE_64, "66 0f 01 cc", "tdcall", 4},
        {IMAGE_64, "0f 01 e8", "serialize", 3},
        {IMAGE_64, "f3 0f c7 f8", "rdpid", 4},
        {IMAGE_64, "06", ".byte 0x06", 1}, /* PUSH ES is gone from 64-bit mode */
        {IMAGE_32, "06", "push es", 1},
        {IMAGE_16, "b8 34 12", "mov ax, 0x1234", 3},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct disassembly_instruction got = decode(rows[i].mode, rows[i].bytes);

        CU_ASSERT_STRING_EQUAL(got.text, rows[i].text);
        CU_ASSERT_EQUAL(got.size, rows[i].size);
        CU_ASSERT_EQUAL(got.address, 0x1000);
    }
}

/* Instructions that no probe may execute, without prefixes. `only`: the modes that have it. */
static const struct forbidden_row {
    const char *bytes, *mnemonic;
    unsigned only;
} forbidden[] = {
    {"f4", "hlt", IN_ALL},
    {"e4 10", "in", IN_ALL},
    {"e5 10", "in", IN_ALL},
    {"ec", "in", IN_ALL},
    {"ed", "in", IN_ALL},
    {"e6 10", "out", IN_ALL},
    {"ee", "out", IN_ALL},
    {"ef", "out", IN_ALL},
    {"6c", "insb", IN_ALL},
    {"6d", NULL, IN_ALL}, /* INSW or INSD, by mode and prefix */
    {"6e", "outsb", IN_ALL},
    {"6f", NULL, IN_ALL},
    {"0f 05", "syscall", IN_ALL},
    {"0f 34", "sysenter", IN_ALL},
    {"0f 35", "sysexit", IN_ALL},
    {"0f 07", "sysret", IN_ALL},
    {"cd 80", "int", IN_ALL},
    {"cd 03", "int", IN_ALL},
    {"f1", "int1", IN_ALL},
    {"cc", "int3", IN_ALL},
    {"ce", "into", IN_16 | IN_32},
    {"cf", NULL, IN_ALL}, /* IRET, IRETD or IRETQ */
    {"0f 01 c1", "vmcall", IN_ALL},
    {"0f 01 c2", "vmlaunch", IN_ALL},
    {"0f 01 c3", "vmresume", IN_ALL},
    {"0f 01 c4", "vmxoff", IN_ALL},
    {"0f 01 d4", "vmfunc", IN_ALL},
    {"0f 01 d8", "vmrun", IN_ALL},
    {"0f 01 d9", NULL, IN_ALL}, /* VMMCALL or VMGEXIT */
    {"0f 01 da", "vmload", IN_ALL},
    {"0f 01 db", "vmsave", IN_ALL},
    {"0f 01 dc", "stgi", IN_ALL},
    {"0f 01 dd", "clgi", IN_ALL},
    {"0f 01 de", "skinit", IN_ALL},
    {"0f 01 df", "invlpga", IN_ALL},
    {"0f 01 c0", "enclv", IN_ALL},
    {"0f 01 cf", NULL, IN_ALL}, /* ENCLS or SEAMCALL */
    {"0f 01 d7", "enclu", IN_ALL},
    {"0f 01 c5", "pconfig", IN_ALL},
    {"0f 37", "getsec", IN_ALL},
    {"0f c7 30", NULL, IN_ALL}, /* VMPTRLD, VMCLEAR or VMXON */
    {"0f 30", "wrmsr", IN_ALL},
    {"0f 32", "rdmsr", IN_ALL},
    {"0f 33", "rdpmc", IN_ALL},
    {"fa", "cli", IN_ALL},
    {"fb", "sti", IN_ALL},
    {"0f 01 10", "lgdt", IN_ALL},
    {"0f 01 18", "lidt", IN_ALL},
    {"0f 00 d0", "lldt", IN_ALL},
    {"0f 00 d8", "ltr", IN_ALL},
    {"0f 01 f0", "lmsw", IN_ALL},
    {"0f 20 c0", "mov", IN_ALL}, /* from CR0 */
    {"0f 22 d8", "mov", IN_ALL}, /* to CR3 */
    {"0f 21 f8", "mov", IN_ALL}, /* from DR7 */
    {"0f 23 c0", "mov", IN_ALL}, /* to DR0 */
    {"0f 06", "clts", IN_ALL},
    {"0f 08", "invd", IN_ALL},
    {"0f 09", NULL, IN_ALL}, /* WBINVD or WBNOINVD */
    {"0f 01 38", "invlpg", IN_ALL},
    {"0f 01 c8", "monitor", IN_ALL},
    {"0f 01 c9", "mwait", IN_ALL},
    {"0f 01 fb", "mwaitx", IN_ALL},
    {"0f 01 fe", NULL, IN_ALL}, /* INVLPGB, RMPUPDATE or RMPADJUST */
    {"0f 01 f8", "swapgs", IN_ALL},
    {"0f 01 d1", "xsetbv", IN_ALL},
    {"0f aa", "rsm", IN_ALL},
    {"0f 01 ca", NULL, IN_ALL}, /* CLAC, ERETS or ERETU */
    {"0f 01 cb", "stac", IN_ALL},
    {"66 0f 01 cc", "tdcall", IN_ALL},
    {"66 0f 01 cd", "seamret", IN_ALL},
    {"66 0f 38 82 00", "invpcid", IN_32 | IN_64},
    {"66 0f 38 80 00", "invept", IN_32 | IN_64},
    {"66 0f 38 81 00", "invvpid", IN_32 | IN_64},
};

static void check_forbidden(struct disassembly *disassembly, const struct forbidden_row *row,
                            const char *prefix) {
    uint8_t bytes[32] = {0};
    size_t prefixed = parse(prefix, bytes), size = prefixed + parse(row->bytes, bytes + prefixed);
    unsigned length;

    CU_ASSERT_EQUAL(disassembly_classify(disassembly, bytes, sizeof bytes, 0x1000, &length),
                    DISASSEMBLY_FORBIDDEN);
    CU_ASSERT_EQUAL(length, size);
    if (row->mnemonic)
        CU_ASSERT_STRING_EQUAL(disassembly_mnemonic(disassembly, bytes, sizeof bytes, 0x1000),
                               row->mnemonic);
}

static void test_forbidden_behind_prefixes(void) {
    static const char *const legacy[] = {
        "",      "66",       "f2",       "f3",       "2e",       "36",
        "3e",    "26",       "64",       "65",       "f0",       "66 f3",
        "f3 66", "2e 66 f2", "f0 65 66", "66 66 66", "f2 f3 36", "64 f3 f0 66"};
    static const char *const rex[] = {"40", "48", "f3 48", "66 48", "f0 48", "2e 66 48", "48 48"};

    for (size_t m = 0; m < COUNT(modes); m++) {
        struct disassembly *disassembly = disassembly_open(modes[m].mode);

        CU_ASSERT_PTR_NOT_NULL_FATAL(disassembly);
        for (size_t i = 0; i < COUNT(forbidden); i++) {
            if (!(forbidden[i].only & modes[m].bit))
                continue;
            for (size_t p = 0; p < COUNT(legacy); p++)
                check_forbidden(disassembly, &forbidden[i], legacy[p]);
            for (size_t p = 0; modes[m].mode == IMAGE_64 && p < COUNT(rex); p++)
                if (strncmp(forbidden[i].bytes, "66", 2) != 0) /* REX comes behind 66 */
                    check_forbidden(disassembly, &forbidden[i], rex[p]);
        }
        disassembly_close(disassembly);
    }
}

static void test_classes(void) {
    static const struct {
        const char *bytes;
        unsigned modes;
        enum disassembly_class class;
    } rows[] = {
        {"0f a2", IN_ALL, DISASSEMBLY_CPUID},
        {"66 0f a2", IN_ALL, DISASSEMBLY_CPUID},
        {"f3 0f a2", IN_ALL, DISASSEMBLY_CPUID},
        {"f0 0f a2", IN_ALL, DISASSEMBLY_UNDEFINED}, /* LOCK CPUID */
        {"48 0f a2", IN_64, DISASSEMBLY_CPUID},
        {"48 0f a2", IN_32, DISASSEMBLY_NORMAL}, /* DEC EAX comes first */
        {"0f 31", IN_ALL, DISASSEMBLY_CLOCK},
        {"f3 0f 31", IN_ALL, DISASSEMBLY_CLOCK},
        {"0f 01 f9", IN_ALL, DISASSEMBLY_CLOCK}, /* RDTSCP */
        {"0f c7 f0", IN_ALL, DISASSEMBLY_CLOCK}, /* RDRAND */
        {"0f c7 f9", IN_ALL, DISASSEMBLY_CLOCK}, /* RDSEED */
        {"48 0f c7 f0", IN_64, DISASSEMBLY_CLOCK},
        {"0f 01 fd", IN_ALL, DISASSEMBLY_CLOCK}, /* RDPRU */
        {"0f 01 0f", IN_ALL, DISASSEMBLY_MACHINE}, /* SIDT */
        {"0f 01 07", IN_ALL, DISASSEMBLY_MACHINE}, /* SGDT */
        {"0f 00 c0", IN_ALL, DISASSEMBLY_MACHINE}, /* SLDT */
        {"0f 00 c8", IN_ALL, DISASSEMBLY_MACHINE}, /* STR */
        {"0f 01 e0", IN_ALL, DISASSEMBLY_MACHINE}, /* SMSW */
        {"8e d8", IN_ALL, DISASSEMBLY_SYSTEM},   /* MOV to DS */
        {"8e 20", IN_ALL, DISASSEMBLY_SYSTEM},   /* MOV to FS from memory */
        {"8c d8", IN_ALL, DISASSEMBLY_NORMAL},   /* MOV from DS */
        {"1f", IN_16 | IN_32, DISASSEMBLY_SYSTEM},
        {"0f a1", IN_ALL, DISASSEMBLY_SYSTEM}, /* POP FS */
        {"0f a0", IN_ALL, DISASSEMBLY_NORMAL}, /* PUSH FS */
        {"c5 10", IN_16 | IN_32, DISASSEMBLY_SYSTEM},
        {"c4 10", IN_16 | IN_32, DISASSEMBLY_SYSTEM},
        {"0f b2 10", IN_ALL, DISASSEMBLY_SYSTEM},
        {"0f b4 10", IN_ALL, DISASSEMBLY_SYSTEM},
        {"0f b5 10", IN_ALL, DISASSEMBLY_SYSTEM},
        {"cb", IN_ALL, DISASSEMBLY_SYSTEM},    /* far return: CS */
        {"ff 18", IN_ALL, DISASSEMBLY_SYSTEM}, /* far calls and jumps */
        {"66 ff 18", IN_ALL, DISASSEMBLY_SYSTEM},
        {"48 ff 18", IN_64, DISASSEMBLY_SYSTEM},
        {"ff 28", IN_ALL, DISASSEMBLY_SYSTEM},
        {"66 ff 28", IN_ALL, DISASSEMBLY_SYSTEM},
        {"ff 10", IN_ALL, DISASSEMBLY_NORMAL}, /* near ones */
        {"ff 20", IN_ALL, DISASSEMBLY_NORMAL},
        {"f3 0f ae d0", IN_64, DISASSEMBLY_SYSTEM},
        {"f3 48 0f ae d8", IN_64, DISASSEMBLY_SYSTEM},
        {"f3 0f ae c0", IN_64, DISASSEMBLY_NORMAL}, /* RDFSBASE */
        {"0f ae 10", IN_ALL, DISASSEMBLY_SYSTEM},
        {"c5 f8 ae 10", IN_32 | IN_64, DISASSEMBLY_MISTAKEN}, /* VLDMXCSR */
        {"0f ae 18", IN_ALL, DISASSEMBLY_NORMAL},             /* STMXCSR */
        {"0f ae 08", IN_ALL, DISASSEMBLY_SYSTEM},
        {"0f ae 28", IN_ALL, DISASSEMBLY_SYSTEM},
        {"0f ae e8", IN_ALL, DISASSEMBLY_NORMAL},       /* LFENCE */
        {"0f ae f0", IN_ALL, DISASSEMBLY_NORMAL},       /* MFENCE */
        {"66 0f ae f0", IN_ALL, DISASSEMBLY_FORBIDDEN}, /* TPAUSE */
        {"66 0f ae f7", IN_ALL, DISASSEMBLY_FORBIDDEN},
        {"f2 0f ae f1", IN_ALL, DISASSEMBLY_FORBIDDEN}, /* UMWAIT */
        {"f3 0f ae f2", IN_ALL, DISASSEMBLY_FORBIDDEN}, /* UMONITOR */
        {"f3 0f ae e8", IN_ALL, DISASSEMBLY_UNDEFINED}, /* INCSSP, without a shadow stack */
        {"f3 0f 09", IN_ALL, DISASSEMBLY_FORBIDDEN},    /* WBNOINVD */
        {"48 0f 07", IN_64, DISASSEMBLY_FORBIDDEN},     /* SYSRETQ */
        {"48 0f 35", IN_64, DISASSEMBLY_FORBIDDEN},     /* SYSEXITQ */
        {"d9 28", IN_ALL, DISASSEMBLY_SYSTEM},
        {"d9 20", IN_ALL, DISASSEMBLY_SYSTEM},
        {"db e3", IN_ALL, DISASSEMBLY_SYSTEM},
        {"d9 e8", IN_ALL, DISASSEMBLY_SYSTEM}, /* FLD1 */
        {"0f 77", IN_ALL, DISASSEMBLY_SYSTEM},
        {"0f ef c0", IN_ALL, DISASSEMBLY_SYSTEM},                /* PXOR MM0 */
        {"66 0f ef c0", IN_32 | IN_64, DISASSEMBLY_SYSTEM},      /* PXOR XMM0 */
        {"c5 fb 5c d9", IN_32 | IN_64, DISASSEMBLY_MISTAKEN},    /* VSUBSD */
        {"c5 f8 77", IN_32 | IN_64, DISASSEMBLY_MISTAKEN},       /* VZEROUPPER */
        {"c5 ec 41 cb", IN_32 | IN_64, DISASSEMBLY_MISTAKEN},    /* KANDW, which names no vector */
        {"8f e9 78 c2 cb", IN_32 | IN_64, DISASSEMBLY_MISTAKEN}, /* XOP: VPHADDBD */
        {"8f e9 60 01 c8", IN_32 | IN_64, DISASSEMBLY_MISTAKEN}, /* XOP: BLCFILL, of general ones */
        {"f0 c5 ec 41 cb", IN_32 | IN_64, DISASSEMBLY_UNDEFINED},
        {"f2 0f ae 18", IN_ALL,
         DISASSEMBLY_UNDEFINED}, /* STMXCSR, behind what the processor rejects */
        {"f3 0f 58 c1", IN_ALL, DISASSEMBLY_SYSTEM}, /* ADDSS: there the prefix counts */
        {"8f c0", IN_ALL, DISASSEMBLY_NORMAL},       /* POP */
        {"c4 e3 7b f0 c2 07", IN_32 | IN_64, DISASSEMBLY_NORMAL}, /* RORX */
        {"f2 0f 5c c1", IN_32 | IN_64, DISASSEMBLY_SYSTEM},       /* SUBSD */
        {"c4 e2 70 f2 c2", IN_32 | IN_64, DISASSEMBLY_NORMAL},    /* ANDN, of general registers */
        {"0f 78 c0", IN_ALL, DISASSEMBLY_FORBIDDEN},              /* VMREAD */
        {"66 0f 78 c0 00 00", IN_64, DISASSEMBLY_MISTAKEN},       /* EXTRQ */
        {"0f 79 c0", IN_ALL, DISASSEMBLY_FORBIDDEN},              /* VMWRITE */
        {"0f 0b", IN_ALL, DISASSEMBLY_NORMAL},
        {"0f b9 c0", IN_ALL, DISASSEMBLY_NORMAL},
        {"0f ff c0", IN_ALL, DISASSEMBLY_NORMAL},
        {"9c", IN_ALL, DISASSEMBLY_NORMAL},
        {"9d", IN_ALL, DISASSEMBLY_NORMAL},
        {"62 10", IN_16 | IN_32, DISASSEMBLY_NORMAL}, /* BOUND */
        {"fc", IN_ALL, DISASSEMBLY_NORMAL},
        {"fd", IN_ALL, DISASSEMBLY_NORMAL},
        {"0f 01 d0", IN_ALL, DISASSEMBLY_NORMAL}, /* XGETBV */
        {"f3 0f 1e fa", IN_ALL, DISASSEMBLY_NORMAL},
        {"f3 0f 1e fb", IN_ALL, DISASSEMBLY_NORMAL},
        {"66 f3 0f 1e fa", IN_ALL, DISASSEMBLY_NORMAL},
        {"f3 48 0f 1e c8", IN_64, DISASSEMBLY_NORMAL}, /* RDSSP */
        {"90", IN_ALL, DISASSEMBLY_NORMAL},
        {"0f 04", IN_ALL, DISASSEMBLY_UNKNOWN},
        {"ce", IN_64, DISASSEMBLY_UNDEFINED},
        {"f0 31 07", IN_ALL, DISASSEMBLY_NORMAL},    /* LOCK XOR of memory */
        {"f0 31 c7", IN_ALL, DISASSEMBLY_UNDEFINED}, /* of a register */
        {"f0 39 07", IN_ALL, DISASSEMBLY_UNDEFINED}, /* CMP */
        {"f0 83 3f 01", IN_ALL, DISASSEMBLY_UNDEFINED},
        {"f0 83 2f 01", IN_ALL, DISASSEMBLY_NORMAL},
        {"f0 f7 1f", IN_32 | IN_64, DISASSEMBLY_REPAIRED}, /* LOCK NEG */
        {"f7 1f", IN_ALL, DISASSEMBLY_NORMAL},
        {"d3 27", IN_32 | IN_64, DISASSEMBLY_REPAIRED}, /* SHL of memory by CL */
        {"d3 e7", IN_ALL, DISASSEMBLY_NORMAL},
        {"d1 27", IN_ALL, DISASSEMBLY_NORMAL},
        {"d3 07", IN_ALL, DISASSEMBLY_NORMAL},                /* ROL */
        {"0f a4 07 05", IN_32 | IN_64, DISASSEMBLY_REPAIRED}, /* SHLD of memory */
        {"0f a4 c7 05", IN_ALL, DISASSEMBLY_NORMAL},
        {"48 9e", IN_64, DISASSEMBLY_REPAIRED}, /* SAHF with REX */
        {"9e", IN_ALL, DISASSEMBLY_NORMAL},
        {"66 0f 12 c2", IN_32 | IN_64, DISASSEMBLY_UNDEFINED}, /* MOVLPD between registers */
        {"66 0f 12 02", IN_32 | IN_64, DISASSEMBLY_SYSTEM},
        {"0f 12 c2", IN_32 | IN_64, DISASSEMBLY_SYSTEM},            /* MOVHLPS */
        {"f3 0f c3 06", IN_32 | IN_64, DISASSEMBLY_UNDEFINED},      /* MOVNTI */
        {"66 0f ae 10", IN_32 | IN_64, DISASSEMBLY_UNDEFINED},      /* LDMXCSR */
        {"f3 0f 38 f0 06", IN_32 | IN_64, DISASSEMBLY_UNDEFINED},   /* MOVBE */
        {"f2 0f 38 f0 c1", IN_32 | IN_64, DISASSEMBLY_NORMAL},      /* CRC32 */
        {"0f 0e", IN_32 | IN_64, DISASSEMBLY_MISTAKEN},             /* FEMMS */
        {"0f 0f c1 9e", IN_32 | IN_64, DISASSEMBLY_MISTAKEN},       /* PFADD */
        {"45 0f 38 00 ea", IN_64, DISASSEMBLY_MISTAKEN},            /* PSHUFB MM5 with REX.R */
        {"41 0f 38 00 2e", IN_64, DISASSEMBLY_SYSTEM},              /* of memory at R14 */
        {"66 45 0f 38 00 ea", IN_64, DISASSEMBLY_SYSTEM},           /* of XMM13 */
        {"66 0f 3a 61 c2 0c", IN_32 | IN_64, DISASSEMBLY_MISTAKEN}, /* PCMPESTRI */
        {"f0 0f c7 0f", IN_ALL, DISASSEMBLY_NORMAL},                /* CMPXCHG8B */
        {"f0 0f 31", IN_ALL, DISASSEMBLY_UNDEFINED},                /* RDTSC */
        {"c5 f8 a2", IN_32 | IN_64, DISASSEMBLY_MISTAKEN},          /* CPUID with VEX */
        {"c5 f8 31", IN_32 | IN_64, DISASSEMBLY_MISTAKEN},
        {"c5 f8 a2", IN_16, DISASSEMBLY_UNDEFINED},
        {"66 c4 e2 70 f2 c2", IN_32 | IN_64, DISASSEMBLY_UNDEFINED},
        {"c4 e2 74 f2 c2", IN_32 | IN_64, DISASSEMBLY_MISTAKEN},             /* VEX.L */
        {"c4 e2 72 f5 c2", IN_32 | IN_64, DISASSEMBLY_REPAIRED},             /* PEXT */
        {"c4 e2 73 f5 c2", IN_32 | IN_64, DISASSEMBLY_REPAIRED},             /* PDEP */
        {"c4 e2 70 f5 c2", IN_32 | IN_64, DISASSEMBLY_REPAIRED},             /* BZHI */
        {"c4 e2 70 f3 da", IN_32 | IN_64, DISASSEMBLY_REPAIRED},             /* BLSI */
        {"c4 e2 71 f5 c2", IN_32 | IN_64, DISASSEMBLY_MISTAKEN},             /* no BZHI */
        {"c4 e2 70 f3 ca", IN_32 | IN_64, DISASSEMBLY_NORMAL},               /* BLSR */
        {"c5 f8 92 c8", IN_32 | IN_64, DISASSEMBLY_MISTAKEN},                /* KMOVW */
        {"62 f1 7c 48 58 c0", IN_32 | IN_64, DISASSEMBLY_MISTAKEN},          /* VADDPS, EVEX */
        {"8f ea 78 10 c0 01 00 00 00", IN_32 | IN_64, DISASSEMBLY_MISTAKEN}, /* BEXTR, XOP */
        {"8f c0", IN_ALL, DISASSEMBLY_NORMAL},                               /* POP */
        {"48 66 b8 34 12", IN_64, DISASSEMBLY_MISTAKEN},
        {"66 48 b8 34 12", IN_64, DISASSEMBLY_NORMAL},
        {"48 48 89 c0", IN_64, DISASSEMBLY_MISTAKEN},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        for (size_t m = 0; m < COUNT(modes); m++) {
            if (rows[i].modes & modes[m].bit)
                CU_ASSERT_EQUAL(decode(modes[m].mode, rows[i].bytes).class, rows[i].class);
        }
    }
}

static void test_cut_short(void) {
    static const uint8_t call[] = {0xe8, 1, 0, 0, 0}, endbr[] = {0xf3, 0x0f, 0x1e, 0xfa};
    struct disassembly *disassembly = disassembly_open(IMAGE_64);
    unsigned length;

    CU_ASSERT_PTR_NOT_NULL_FATAL(disassembly);
    for (size_t size = 1; size < sizeof call; size++) {
        CU_ASSERT_EQUAL(disassembly_classify(disassembly, call, size, 0, &length),
                        DISASSEMBLY_UNKNOWN);
        CU_ASSERT_EQUAL(length, 1);
    }
    CU_ASSERT_EQUAL(disassembly_classify(disassembly, endbr, 3, 0, &length), DISASSEMBLY_UNKNOWN);
    CU_ASSERT_EQUAL(disassembly_classify(disassembly, endbr, 4, 0, &length), DISASSEMBLY_NORMAL);
    CU_ASSERT_EQUAL(length, 4);
    CU_ASSERT_STRING_EQUAL(disassembly_mnemonic(disassembly, call, 1, 0), "unknown instruction");
    disassembly_close(disassembly);
}

static void test_longest(void) {
    uint8_t bytes[16];
    struct disassembly *disassembly = disassembly_open(IMAGE_64);
    unsigned length;

    CU_ASSERT_PTR_NOT_NULL_FATAL(disassembly);
    memset(bytes, 0x66, sizeof bytes);
    bytes[13] = 0x0f;
    bytes[14] = 0x05;
    CU_ASSERT_EQUAL(disassembly_classify(disassembly, bytes, sizeof bytes, 0, &length),
                    DISASSEMBLY_FORBIDDEN);
    CU_ASSERT_EQUAL(length, 15);
    bytes[13] = 0x66; /* one prefix too many: 16 bytes are no instruction */
    bytes[14] = 0x0f;
    bytes[15] = 0x05;
    CU_ASSERT_EQUAL(disassembly_classify(disassembly, bytes, sizeof bytes, 0, &length),
                    DISASSEMBLY_UNKNOWN);
    disassembly_close(disassembly);
}

/* Random bytes, often behind prefixes and in the two-byte map, that end where memory ends. */
static void test_hostile_bytes(void) {
    static const uint8_t likely[] = {0x66, 0xf2, 0xf3, 0xf0, 0x48, 0x0f, 0x0f, 0x01,
                                     0xc7, 0xae, 0x38, 0x3a, 0xc4, 0xc5, 0x62, 0x67};
    uint8_t *page =
        mmap(NULL, 2 * IMAGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    uint64_t state = 88172645463325252u;
    unsigned wrong = 0;

    CU_ASSERT_FATAL(page != MAP_FAILED);
    CU_ASSERT_FATAL(mprotect(page + IMAGE_PAGE, IMAGE_PAGE, PROT_NONE) == 0);
    for (size_t m = 0; m < COUNT(modes); m++) {
        struct disassembly *disassembly = disassembly_open(modes[m].mode);

        CU_ASSERT_PTR_NOT_NULL_FATAL(disassembly);
        for (unsigned round = 0; round < 150000; round++) {
            struct disassembly_instruction instruction;
            size_t size = 1 + round % 18;
            uint8_t *bytes = page + IMAGE_PAGE - size;
            unsigned length;

            for (size_t i = 0; i < size; i++) {
                state ^= state << 13, state ^= state >> 7, state ^= state << 17;
                bytes[i] = state % 3 == 0 && i < 6 ? likely[state >> 60] : (uint8_t)(state >> 32);
            }
            memset(&instruction, 0xff, sizeof instruction);
            disassembly_decode(disassembly, bytes, size, state, &instruction);
            wrong += instruction.size < 1 || instruction.size > size || instruction.size > 15 ||
                     !memchr(instruction.text, '\0', sizeof instruction.text) ||
                     instruction.text[0] == '\0' ||
                     (instruction.class == DISASSEMBLY_UNKNOWN && instruction.size != 1);
            wrong +=
                disassembly_classify(disassembly, bytes, size, state, &length) != instruction.class
                || length != instruction.size;
        }
        disassembly_close(disassembly);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    munmap(page, 2 * IMAGE_PAGE);
}

static const struct unit_test tests[] = {
    {"instructions as text, with their length", test_text},
    {"no prefix hides a forbidden instruction", test_forbidden_behind_prefixes},
    {"classes in every mode", test_classes},
    {"an instruction that is cut short is unknown", test_cut_short},
    {"an instruction has at most 15 bytes", test_longest},
    {"hostile bytes are decoded or unknown", test_hostile_bytes},
};

int main(void) {
    return UNIT_RUN(tests);
}
