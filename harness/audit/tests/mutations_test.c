/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/audit/detour.h"

#include "base/tests/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CODE_MAX 32u
#define TEXT_SIZE 2048u

/* Hand-assembled code, taken apart, and its mutants as text. */
struct bench {
    struct disassembly_parts code[CODE_MAX];
    struct mutation_source source;
    struct mutant_list list;
};

static void bench_open(struct bench *bench, enum image_mode mode, const uint8_t *bytes,
                       size_t size) {
    struct disassembly *disassembly = disassembly_open(mode);

    memset(bench, 0, sizeof *bench);
    bench->source = (struct mutation_source){.code = bench->code, .mode = mode};
    CU_ASSERT_PTR_NOT_NULL_FATAL(disassembly);
    for (size_t at = 0; at < size;) {
        struct disassembly_parts *parts = &bench->code[bench->source.count++];

        CU_ASSERT_TRUE_FATAL(bench->source.count < CODE_MAX);
        CU_ASSERT_TRUE_FATAL(
            disassembly_take_apart(disassembly, bytes + at, size - at, 0x1000 + at, parts));
        at += parts->size;
    }
    disassembly_close(disassembly);
    CU_ASSERT_TRUE(mutations_make(&bench->source, &bench->list));
}

/* The mutants of one kind of the instruction `at`, "eb05 eb06" in hexadecimal. */
static const char *bench_text(const struct bench *bench, const char *kind, size_t at) {
    static char text[TEXT_SIZE];
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < bench->list.count; i++) {
        const struct mutant *mutant = &bench->list.mutants[i];

        if (mutant->at != at || strcmp(mutations[mutant->kind].name, kind) != 0)
            continue;
        if (used > 0)
            used += (size_t)snprintf(text + used, sizeof text - used, " ");
        for (unsigned j = 0; j < mutant->size; j++)
            used += (size_t)snprintf(text + used, sizeof text - used, "%02x", mutant->bytes[j]);
    }
    return text;
}

/* What each change makes of one instruction, written by hand. */
static const struct row {
    enum image_mode mode;
    uint8_t bytes[DISASSEMBLY_INSTRUCTION_MAX];
    unsigned size;
    const char *kind, *mutants;
} rows[] = {
    /* jb +5: jae; jbe; jl */
    {IMAGE_64, {0x72, 0x05}, 2, "condition inverted", "7305"},
    {IMAGE_64, {0x72, 0x05}, 2, "condition strictness", "7605"},
    {IMAGE_64, {0x72, 0x05}, 2, "condition sign", "7c05"},
    {IMAGE_64, {0x72, 0x05}, 2, "removed", "9090"},
    {IMAGE_64, {0x72, 0x05}, 2, "immediate", ""},
    /* ja, long: jbe; jae; jg */
    {IMAGE_32, {0x0f, 0x87, 1, 2, 3, 4}, 6, "condition inverted", "0f8601020304"},
    {IMAGE_32, {0x0f, 0x87, 1, 2, 3, 4}, 6, "condition strictness", "0f8301020304"},
    {IMAGE_32, {0x0f, 0x87, 1, 2, 3, 4}, 6, "condition sign", "0f8f01020304"},
    /* setge al: setl; setg; setae */
    {IMAGE_64, {0x0f, 0x9d, 0xc0}, 3, "condition inverted", "0f9cc0"},
    {IMAGE_64, {0x0f, 0x9d, 0xc0}, 3, "condition strictness", "0f9fc0"},
    {IMAGE_64, {0x0f, 0x9d, 0xc0}, 3, "condition sign", "0f93c0"},
    /* cmovbe rax, rdx: cmova; cmovb; cmovle */
    {IMAGE_64, {0x48, 0x0f, 0x46, 0xc2}, 4, "condition inverted", "480f47c2"},
    {IMAGE_64, {0x48, 0x0f, 0x46, 0xc2}, 4, "condition strictness", "480f42c2"},
    {IMAGE_64, {0x48, 0x0f, 0x46, 0xc2}, 4, "condition sign", "480f4ec2"},
    /* je: jne; jbe; jle */
    {IMAGE_64, {0x74, 0x09}, 2, "condition inverted", "7509"},
    {IMAGE_64, {0x74, 0x09}, 2, "condition strictness", "7609"},
    {IMAGE_64, {0x74, 0x09}, 2, "condition sign", "7e09"},
    /* jp has no neighbour; jmp has no condition */
    {IMAGE_64, {0x7a, 0x09}, 2, "condition inverted", "7b09"},
    {IMAGE_64, {0x7a, 0x09}, 2, "condition strictness", ""},
    {IMAGE_64, {0xeb, 0x09}, 2, "condition inverted", ""},
    /* mov eax, 0x40000000: +1, -1, 0, sign */
    {IMAGE_64,
     {0xb8, 0, 0, 0, 0x40},
     5,
     "immediate",
     "b801000040 b8ffffff3f b800000000 b8000000c0"},
    /* mov eax, 0: its own zero is no mutant */
    {IMAGE_64, {0xb8, 0, 0, 0, 0}, 5, "immediate", "b801000000 b8ffffffff b800000080"},
    /* mov eax, 1: one less is zero, and made once */
    {IMAGE_64, {0xb8, 1, 0, 0, 0}, 5, "immediate", "b802000000 b800000000 b801000080"},
    {IMAGE_64, {0x83, 0xf8, 0x01}, 3, "immediate", "83f802 83f800 83f881"},
    /* cmp edi, eax: cmp eax, edi; 8 bits would be BH without REX; 16 bits need a byte more */
    {IMAGE_64, {0x39, 0xc7}, 2, "operands swapped", "3bc7"},
    {IMAGE_64, {0x39, 0xc7}, 2, "narrowed to 8 bits", ""},
    {IMAGE_64, {0x39, 0xc7}, 2, "narrowed to 16 bits", "6639c7"},
    {IMAGE_64, {0x48, 0x39, 0xc7}, 3, "narrowed to 8 bits", "4838c7"},
    {IMAGE_64, {0x48, 0x39, 0xc7}, 3, "narrowed to 16 bits", "6639c7"},
    {IMAGE_64, {0x44, 0x39, 0xc0}, 3, "narrowed to 16 bits", "664439c0"},
    {IMAGE_32, {0x3b, 0x45, 0x08}, 3, "operands swapped", "394508"},
    {IMAGE_32, {0x3b, 0x45, 0x08}, 3, "narrowed to 8 bits", "3a4508"},
    {IMAGE_32, {0x3d, 0x0f, 0, 0, 0x40}, 5, "narrowed to 8 bits", "3c0f909090"},
    {IMAGE_32, {0x3d, 0x0f, 0, 0, 0x40}, 5, "narrowed to 16 bits", "663d0f0090"},
    {IMAGE_32, {0x81, 0xfb, 1, 2, 3, 4}, 6, "narrowed to 8 bits", "80fb01909090"},
    {IMAGE_32, {0x85, 0xc0}, 2, "narrowed to 8 bits", "84c0"},
    {IMAGE_32, {0x85, 0xc0}, 2, "operands swapped", ""},
    /* 16-bit code: cmp eax, 0x4000000f as cmp ax, 0xf; cmp eax, edx; cmp ax, dx is narrow */
    {IMAGE_16, {0x66, 0x3d, 0x0f, 0, 0, 0x40}, 6, "narrowed to 16 bits", "3d0f00909090"},
    {IMAGE_16, {0x66, 0x39, 0xd0}, 3, "narrowed to 16 bits", "39d090"},
    {IMAGE_16, {0x66, 0x39, 0xd0}, 3, "narrowed to 8 bits", "6638d0"},
    {IMAGE_16, {0x39, 0xd0}, 2, "narrowed to 16 bits", ""},
    /* 81 /0 is ADD */
    {IMAGE_32, {0x81, 0xc3, 1, 2, 3, 4}, 6, "narrowed to 8 bits", ""},
    {IMAGE_64,
     {0x0f, 0xa2},
     2,
     "leaf",
     "8d40010fa2 8d40ff0fa2 8d40100fa2 8d80000100000fa2 b8000000000fa2"},
    {IMAGE_64, {0x0f, 0xa2}, 2, "removed", "9090"},
    {IMAGE_64, {0x90}, 1, "removed", ""},
};

static void test_rows(void) {
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct bench bench;

        bench_open(&bench, rows[i].mode, rows[i].bytes, rows[i].size);
        CU_ASSERT_EQUAL(bench.source.count, 1);
        CU_ASSERT_STRING_EQUAL(bench_text(&bench, rows[i].kind, 0), rows[i].mutants);
        if (strcmp(bench_text(&bench, rows[i].kind, 0), rows[i].mutants) != 0)
            printf("\n    row %zu, %s: %s\n", i, rows[i].kind, bench_text(&bench, rows[i].kind, 0));
        mutant_list_clear(&bench.list);
    }
}

static void test_registers_behind_cpuid(void) {
    static const uint8_t code[] = {
        0x89, 0xc6, /* mov esi, eax: ahead of CPUID, reads no result */
        0x0f, 0xa2, /* cpuid */
        0x89, 0xc6, /* mov esi, eax */
        0x8b, 0xf3, /* mov esi, ebx */
        0x89, 0xfe, /* mov esi, edi: no result */
        0x92,       /* xchg eax, edx: with ebx; with ecx */
        0x96,       /* xchg eax, esi: no result but EAX */
    };
    struct bench bench;

    bench_open(&bench, IMAGE_32, code, sizeof code);
    CU_ASSERT_EQUAL(bench.source.count, 7);
    CU_ASSERT_STRING_EQUAL(bench_text(&bench, "register", 0), "");
    CU_ASSERT_STRING_EQUAL(bench_text(&bench, "register", 2), "89ce 89de");
    CU_ASSERT_STRING_EQUAL(bench_text(&bench, "register", 3), "8bf0 8bf2");
    CU_ASSERT_STRING_EQUAL(bench_text(&bench, "register", 4), "");
    CU_ASSERT_STRING_EQUAL(bench_text(&bench, "register", 5), "93 91");
    CU_ASSERT_STRING_EQUAL(bench_text(&bench, "register", 6), "");
    mutant_list_clear(&bench.list);
}

/* --- Detours. --- */

#define ADDRESS 0x1000u

static struct mutant *find_mutant(struct bench *bench, const char *kind, size_t at) {
    for (size_t i = 0; i < bench->list.count; i++) {
        if (bench->list.mutants[i].at == at &&
            strcmp(mutations[bench->list.mutants[i].kind].name, kind) == 0)
            return &bench->list.mutants[i];
    }
    return NULL;
}

static struct image image_of(struct image_segment *segment, uint8_t *page, size_t size) {
    *segment = (struct image_segment){.address = ADDRESS,
                                      .size = IMAGE_PAGE,
                                      .permissions = IMAGE_READ | IMAGE_EXECUTE,
                                      .bytes = page,
                                      .own_first = ADDRESS,
                                      .own_last = ADDRESS + size - 1};
    return (struct image){.mode = IMAGE_64, .segments = segment, .segments_count = 1};
}

static void test_detour(void) {
    static const uint8_t code[] = {
        0x39, 0xc7,       /* 1000: cmp edi, eax */
        0x72, 0x03,       /* 1002: jb 1007 */
        0x83, 0xc0, 0x01, /* 1004: add eax, 1 */
        0xc3,             /* 1007: ret */
    };
    static const uint8_t moved[] = {
        0x66, 0x39, 0xc7,                   /* 1010: cmp di, ax */
        0x0f, 0x82, 0xee, 0xff, 0xff, 0xff, /* 1013: jb 1007 */
        0x83, 0xc0, 0x01,                   /* 1019: add eax, 1 */
        0xe9, 0xe6, 0xff, 0xff, 0xff,       /* 101c: jmp 1007 */
    };
    static const uint8_t jump[] = {0xe9, 0x0b, 0x00, 0x00, 0x00}; /* 1000: jmp 1010 */
    uint8_t page[IMAGE_PAGE] = {0}, before[IMAGE_PAGE];
    struct image_segment segment;
    struct image image = image_of(&segment, page, sizeof code);
    struct detour detour;
    struct bench bench;
    uint64_t exits[2];

    memcpy(page, code, sizeof code);
    memcpy(before, page, sizeof page);
    bench_open(&bench, IMAGE_64, code, sizeof code);
    CU_ASSERT_TRUE_FATAL(detour_apply(&detour, &image, &bench.source,
                                      find_mutant(&bench, "narrowed to 16 bits", 0)));
    CU_ASSERT_EQUAL(memcmp(page, jump, sizeof jump), 0);
    CU_ASSERT_EQUAL(memcmp(page + 0x10, moved, sizeof moved), 0);
    CU_ASSERT_EQUAL(segment.own_last, ADDRESS + 0x20);
    /* Out of it leads the jump, and the end; into what stands there, nothing else. */
    CU_ASSERT_EQUAL(detour_exits(&detour, &bench.source, exits, 2), 2);
    CU_ASSERT_EQUAL(exits[0], ADDRESS + 7);
    CU_ASSERT_EQUAL(exits[1], ADDRESS + 7);
    CU_ASSERT_EQUAL(detour_exits(&detour, &bench.source, exits, 1), 0);
    detour_undo(&detour);
    CU_ASSERT_EQUAL(memcmp(page, before, sizeof page), 0);
    CU_ASSERT_EQUAL(segment.own_last, ADDRESS + sizeof code - 1);
    mutant_list_clear(&bench.list);
}

/* Where a jump comes in behind, there may be room ahead. */
static void test_detour_ahead(void) {
    static const uint8_t code[] = {
        0x45, 0x31, 0xc9, /* 1000: xor r9d, r9d */
        0x85, 0xc9,       /* 1003: test ecx, ecx */
        0x74, 0x02,       /* 1005: je 1009 */
        0x89, 0xc8,       /* 1007: mov eax, ecx: jumped to */
        0x72, 0xfc,       /* 1009: jb 1007 */
        0xc3,
    };
    static const uint8_t moved[] = {
        0x45, 0x31, 0xc9,             /* 1010: xor r9d, r9d */
        0x66, 0x85, 0xc9,             /* 1013: test cx, cx */
        0xe9, 0xea, 0xff, 0xff, 0xff, /* 1016: jmp 1005 */
    };
    uint8_t page[IMAGE_PAGE] = {0};
    struct image_segment segment;
    struct image image = image_of(&segment, page, sizeof code);
    struct detour detour;
    struct bench bench;

    memcpy(page, code, sizeof code);
    bench_open(&bench, IMAGE_64, code, sizeof code);
    CU_ASSERT_TRUE_FATAL(detour_apply(&detour, &image, &bench.source,
                                      find_mutant(&bench, "narrowed to 16 bits", 1)));
    CU_ASSERT_EQUAL(detour.first, 0);
    CU_ASSERT_EQUAL(detour.last, 1);
    CU_ASSERT_EQUAL(memcmp(page + 0x10, moved, sizeof moved), 0);
    detour_undo(&detour);
    CU_ASSERT_EQUAL(memcmp(page, code, sizeof code), 0);
    mutant_list_clear(&bench.list);
}

static void test_no_room(void) {
    static const uint8_t entered[] = {
        0x39, 0xc7, /* 1000: cmp edi, eax */
        0x72, 0xfe, /* 1002: jb 1002, into what a detour would displace */
        0xff, 0xc0, /* 1004: inc eax */
        0xc3,
    };
    static const uint8_t calls[] = {
        0x39, 0xc7,                   /* 1000: cmp edi, eax */
        0xe8, 0x00, 0x00, 0x00, 0x00, /* 1002: a call cannot be moved */
        0xc3,
    };
    uint8_t page[IMAGE_PAGE] = {0};
    struct image_segment segment;
    struct image image = image_of(&segment, page, sizeof entered);
    struct detour detour;
    struct bench bench;

    bench_open(&bench, IMAGE_64, entered, sizeof entered);
    CU_ASSERT_FALSE(detour_apply(&detour, &image, &bench.source,
                                 find_mutant(&bench, "narrowed to 16 bits", 0)));
    mutant_list_clear(&bench.list);
    bench_open(&bench, IMAGE_64, calls, sizeof calls);
    CU_ASSERT_FALSE(detour_apply(&detour, &image, &bench.source,
                                 find_mutant(&bench, "narrowed to 16 bits", 0)));
    segment.own_last = ADDRESS + IMAGE_PAGE - 8; /* no padding behind the code */
    bench.source.count = 1;
    CU_ASSERT_FALSE(detour_apply(&detour, &image, &bench.source,
                                 find_mutant(&bench, "narrowed to 16 bits", 0)));
    mutant_list_clear(&bench.list);
    for (size_t i = 0; i < sizeof page; i++)
        CU_ASSERT_EQUAL(page[i], 0);
}

static const struct unit_test tests[] = {
    {"each change of each form", test_rows},
    {"registers behind CPUID", test_registers_behind_cpuid},
    {"a longer mutant takes a detour and leaves no trace", test_detour},
    {"a detour may take the instructions ahead", test_detour_ahead},
    {"no room for a detour", test_no_room},
};

int main(void) {
    return UNIT_RUN(tests);
}
