/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/dump/tests/dump_fixture.h"

#include <stdlib.h>
#include <unistd.h>

/* --- Tables and processors. --- */

static void test_processors_and_tables(void) {
    CU_ASSERT_TRUE(parse("CPU 0:\n" BASE_ROW "CPU 1:\n" BASE_ROW "CPU 0:\n" BASE_ROW LEAF_ROW));
    CU_ASSERT_EQUAL_FATAL(dump.count, 2);
    CU_ASSERT_EQUAL(dump.tables[0].count, 2);
    CU_ASSERT_EQUAL(dump.tables[0].processors[1].number, 1);
    CU_ASSERT_EQUAL(dump.tables[1].count, 1);
    CU_ASSERT_EQUAL(dump.tables[1].processors[0].count, 2);
    clear();
    CU_ASSERT_TRUE(parse("CPUID Registers (CPU #1):\nCPUID 40000001: 00000001-00000002-00000003-"
                         "00000004\nCPUID Registers (CPU #2):\nCPUID 40000001: 00000005-00000002-"
                         "00000003-00000004\n"));
    CU_ASSERT_EQUAL(dump.count, 1);
    CU_ASSERT_EQUAL(dump.tables[0].count, 2);
    clear();
    CU_ASSERT_TRUE(parse("CPU:\n" BASE_ROW "CPU:\n" BASE_ROW));
    CU_ASSERT_EQUAL(dump.count, 2);
    clear();
    /* A header that no row follows is none. */
    CU_ASSERT_TRUE(parse("CPU 0:\nCPU 0:\n" BASE_ROW "CPU 1:\nCPU 0:\n"));
    CU_ASSERT_EQUAL(dump.count, 1);
    CU_ASSERT_EQUAL(dump.tables[0].count, 1);
    clear();
    CU_ASSERT_TRUE(parse("[{\"leaf\": 1, \"subleaf\": 0, \"eax\": 1}]\n[{\"leaf\": 1, \"subleaf\": "
                         "0, \"eax\": 2}]"));
    CU_ASSERT_EQUAL(dump.count, 2);
    clear();
    /* A list of numbers alone is part of a row, over several lines too; one of rows is a table. */
    CU_ASSERT_TRUE(
        parse("e { function: 0x40000000, eax: 0x1, ebx: 0x2, ecx: 0x3, edx: 0x4, padding: [\n"
              " 0x0,\n 0x0,\n], }\ne { function: 0x40000001, eax: 0x1, ebx: 0x2, ecx: 0x3, "
              "edx: 0x4, padding: [\n 0x0,\n], }\n"));
    CU_ASSERT_EQUAL(dump.count, 1);
    CU_ASSERT_EQUAL(dump.tables[0].processors[0].count, 2);
    clear();
    CU_ASSERT_TRUE(parse("[\n e { function: 0x40000000, eax: 0x1 },\n]\n\n[\n\n e { function: "
                         "0x40000000, eax: 0x2 },\n]\n"));
    CU_ASSERT_EQUAL(dump.count, 2);
    clear();
    /* Subleaves in a list of their leaf's are of one table, whether they name the leaf or not. */
    CU_ASSERT_TRUE(parse("[{\"leaf\": 1, \"subleafs\": [{\"subleaf\": 0, \"eax\": 1}]},\n"
                         "{\"leaf\": 4, \"subleafs\": [{\"leaf\": 4, \"subleaf\": 0, \"eax\": 2},"
                         "{\"leaf\": 4, \"subleaf\": 1, \"eax\": 3}]}]"));
    CU_ASSERT_EQUAL(dump.count, 1);
    CU_ASSERT_EQUAL(dump.tables[0].processors[0].count, 3);
    clear();
}

/* Rows of processors that take turns, and headings as people write them. */
static void test_processors_by_row(void) {
    static const char *const texts[] = {
        " CPU 0/KVM-7 [003] 1.0: kvm_cpuid: func 40000000 idx 0 rax 1 rbx 2 rcx 3 rdx 4\n"
        " CPU 1/KVM-8 [001] 1.1: kvm_cpuid: func 40000000 idx 0 rax 1 rbx 2 rcx 3 rdx 4\n"
        " CPU 0/KVM-7 [002] 1.2: kvm_cpuid: func 40000001 idx 0 rax 5 rbx 2 rcx 3 rdx 4\n"
        " CPU 1/KVM-8 [003] 1.3: kvm_cpuid: func 40000001 idx 0 rax 6 rbx 2 rcx 3 rdx 4\n",
        "cpu,leaf,eax,ebx,ecx,edx\n0,0x40000000,1,2,3,4\n1,0x40000000,1,2,3,4\n"
        "0,0x40000001,5,2,3,4\n1,0x40000001,6,2,3,4\n",
        "[CPU0] leaf 0x40000000: eax=1 ebx=2 ecx=3 edx=4\n"
        "vmm: vcpu 1: leaf 0x40000000: eax=1 ebx=2 ecx=3 edx=4\n"
        "[CPU0] leaf 0x40000001: eax=5 ebx=2 ecx=3 edx=4\n"
        "vmm: vcpu 1: leaf 0x40000001: eax=6 ebx=2 ecx=3 edx=4\n",
        "=== vCPU 0 ===\nleaf 0x40000000: eax=1 ebx=2 ecx=3 edx=4\n"
        "leaf 0x40000001: eax=5 ebx=2 ecx=3 edx=4\n=== vCPU 1 ===\n"
        "leaf 0x40000000: eax=1 ebx=2 ecx=3 edx=4\nleaf 0x40000001: eax=6 ebx=2 ecx=3 edx=4\n"};

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        CU_ASSERT_TRUE_FATAL(parse(texts[i]) && dump.count == 1 && dump.tables[0].count == 2);
        CU_ASSERT_EQUAL(dump.tables[0].processors[1].number, 1);
        for (unsigned p = 0; p < 2; p++) {
            const struct dump_row *row = dump_first(&dump.tables[0].processors[p], 0x40000001u);

            CU_ASSERT_TRUE(row && row->values.eax == 5 + p);
        }
        clear();
    }
}

/* What no prefix tells, one number tells for all: 10 is ten or sixteen. */
static void test_bases(void) {
    static const struct {
        const char *text;
        uint32_t eax;
    } samples[] = {
        {"function: 1073741825 eax: 10 ebx: 1 ecx: 2 edx: 3\n", 10},
        {"function: 40000001 eax: 10 ebx: 1 ecx: 2 edx: 3\n", 0x10},
        {"function: 0x40000001 eax: 10 ebx: 1 ecx: 2 edx: c\n", 0x10},
        {"function: 0x40000001 eax: 10 ebx: 1804289383 ecx: 2 edx: 3\n", 10},
        {"function: 0x40000001 eax: 10 ebx: 1 ecx: 2 edx: 00000003\n", 0x10},
        {"function,eax,ebx,ecx,edx\n1073741825,10,1,2,3\n", 10},
        {"function,eax,ebx,ecx,edx\n40000001,10,1,2,3\n", 0x10},
    };

    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        const struct dump_row *row;

        CU_ASSERT_TRUE_FATAL(parse(samples[i].text) && dump.count == 1);
        row = dump_first(&dump.tables[0].processors[0], 0x40000001u);
        CU_ASSERT_TRUE(row && row->values.eax == samples[i].eax);
        clear();
    }
}

/* A source that names some registers leaves the others unknown. */
static void test_partial_rows(void) {
    const struct dump_row *row;

    CU_ASSERT_TRUE_FATAL(parse("{ function: 0x40000000, eax: 0x40000001, ..Default() },\n"
                               "{ function: 0x40000001, eax: 0x5, ebx: 1, ecx: 2, edx: 3 },\n") &&
                         dump.count == 1);
    row = dump_first(&dump.tables[0].processors[0], CPUID_BASE);
    CU_ASSERT_TRUE(row && row->known == CPUID_EAX && row->values.eax == 0x40000001u);
    CU_ASSERT_PTR_NOT_NULL(dump_first(&dump.tables[0].processors[0], 0x40000001u));
    CU_ASSERT_EQUAL(dump.tables[0].notes_count, 0);
    clear();
    CU_ASSERT_TRUE_FATAL(parse("leaf 0x40000000: eax=0x40000003 ebx=0 ecx=0 edx=0\n"
                               "leaf 0x40000001: as on bare metal\nleaf 0x40000002 [1 2]\n"
                               "leaf 0x40000003: eax=0x1 ebx=0x4") &&
                         dump.count == 1);
    CU_ASSERT_TRUE(notes(&dump.tables[0], "2 leaves are named without registers"));
    CU_ASSERT_PTR_NULL(dump_first(&dump.tables[0].processors[0], 0x40000001u));
    row = dump_first(&dump.tables[0].processors[0], 0x40000003u);
    CU_ASSERT_TRUE(row && row->known == CPUID_EAX); /* EBX may be half a number */
    clear();
}

static void test_unknown_is_not_zero(void) {
    CU_ASSERT_TRUE_FATAL(parse(BASE_ROW) && dump.count == 1);
    CU_ASSERT_PTR_NULL(dump_find(&dump.tables[0].processors[0], 0x40000001u, 0));
    CU_ASSERT_PTR_NULL(dump_find(&dump.tables[0].processors[0], CPUID_BASE, 1));
    CU_ASSERT_PTR_NULL(dump_first(&dump.tables[0].processors[0], 0));
    CU_ASSERT_PTR_NOT_NULL(dump_first(&dump.tables[0].processors[0], CPUID_BASE));
    clear();
}

/* --- What posts do to a dump. --- */

static char *utf16(const char *text, bool big, bool mark, size_t *size) {
    size_t length = strlen(text), at = 0;
    char *bytes = malloc(2 * length + 2);

    if (mark) {
        bytes[at++] = big ? '\xfe' : '\xff';
        bytes[at++] = big ? '\xff' : '\xfe';
    }
    for (size_t i = 0; i < length; i++) {
        bytes[at++] = big ? '\0' : text[i];
        bytes[at++] = big ? text[i] : '\0';
    }
    *size = at;
    return bytes;
}

static void test_encodings(void) {
    for (unsigned way = 0; way < 4; way++) {
        size_t size;
        char *bytes = utf16("CPU:\r\n" BASE_ROW, (way & 1) != 0, (way & 2) != 0, &size);

        CU_ASSERT_TRUE(dump_parse("dump", bytes, size, &dump, &errors));
        CU_ASSERT_TRUE(dump.count == 1 &&
                       dump_find(&dump.tables[0].processors[0], CPUID_BASE, 0)->line == 2);
        clear();
        free(bytes);
    }
    CU_ASSERT_TRUE(parse("\xef\xbb\xbf"
                         "CPU:\r" BASE_ROW));
    CU_ASSERT_TRUE(dump.count == 1 && dump.tables[0].processors[0].rows[0].line == 2);
    clear();
}

static void test_zero_bytes(void) {
    char text[] = "CPU:\n" BASE_ROW "* junk\n" LEAF_ROW;

    *strchr(text, '*') = '\0';
    CU_ASSERT_TRUE(dump_parse("dump", text, sizeof text - 1, &dump, &errors));
    CU_ASSERT_TRUE(dump.count == 1 && dump.tables[0].processors[0].count == 2);
    clear();
}

static void test_cut_lines(void) {
    static const char *const ends[] = {
        "0x40000001 0x00: eax=0x01007afb ebx=0x0000", "0x40000001 0x00: eax=",
        "0x40000001 0x00: eax=0x01007afb ebx=0x00000000 ecx=0x00000000 edx=0x0000"};

    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        char text[400];

        snprintf(text, sizeof text, "CPU:\n" BASE_ROW "%s", ends[i]);
        CU_ASSERT_TRUE(parse(text));
        CU_ASSERT_TRUE(dump.count == 1 && dump.tables[0].processors[0].count == 1);
        CU_ASSERT_TRUE(dump.count == 1 && notes(&dump.tables[0], "line 3 is cut short"));
        clear();
    }
    CU_ASSERT_TRUE(parse("CPU:\n" BASE_ROW
                         "0x40000001 0x00: eax=0x0100zefb ebx=0x00000000 ecx=0x00000000 "
                         "edx=0x00000000\n"));
    CU_ASSERT_TRUE(dump.count == 1 && notes(&dump.tables[0], "line 3 has something else"));
    clear();
    CU_ASSERT_TRUE(parse("[{\"leaf\": 1, \"eax\": 1},\n{\"leaf\": 2, \"ea"));
    CU_ASSERT_TRUE(dump.count == 1 && notes(&dump.tables[0], "ends within"));
    clear();
}

/* Of a shape, too, what is shown in part is unknown; policies are tables, threads processors. */
static void test_shapes(void) {
    CU_ASSERT_TRUE(parse("  40000000:ffffffff -> 40000010:00000000:00000000:00000000\n"
                         "  40000010:ffffffff -> 0000"));
    CU_ASSERT_TRUE(dump.count == 1 && notes(&dump.tables[0], "line 2 is cut short"));
    CU_ASSERT_PTR_NULL(dump_first(&dump.tables[0].processors[0], 0x40000010u));
    clear();
    CU_ASSERT_TRUE(parse("Raw policy: 1 leaves, 2 MSRs\n  00000000:ffffffff -> "
                         "0000000d:00000000:00000000:00000000\nHost policy: 1 leaves, 2 MSRs\n"
                         "  00000000:ffffffff -> 0000000b:00000000:00000000:00000000\n"));
    CU_ASSERT_EQUAL(dump.count, 2);
    clear();
    CU_ASSERT_TRUE(
        parse("CPU Thread 4\n 0x40000000 0x40000001 0x00000000 0x00000000 0x00000000\n"
              "CPU Thread 5\n 0x40000000 0x40000000 0x00000000 0x00000000 0x00000000\n"));
    CU_ASSERT_TRUE(dump.count == 1 && dump.tables[0].count == 2 &&
                   dump.tables[0].processors[1].number == 5);
    clear();
    CU_ASSERT_FALSE(parse("cpuid level 0x40000000: 0x140000001 0x0 0x0 0x0\n"));
    CU_ASSERT_TRUE(refused(1, "does not fit 32 bits"));
    clear();
}

static void test_duplicates(void) {
    CU_ASSERT_TRUE(parse(BASE_ROW BASE_ROW LEAF_ROW));
    CU_ASSERT_TRUE(dump.count == 1 && dump.tables[0].processors[0].count == 2);
    clear();
    CU_ASSERT_FALSE(
        parse(BASE_ROW LEAF_ROW
              "0x40000001 0x00: eax=0x0 ebx=0x00000001 ecx=0x00000002 edx=0x00000003\n"));
    CU_ASSERT_TRUE(refused(3, "with other values than in line 2"));
    clear();
    /* Outside the block a clock may have gone on between two looks. */
    CU_ASSERT_TRUE(
        parse(BASE_ROW "0x00000001 0x00: eax=0x1 ebx=0x00000001 ecx=0x00000002 edx=0x00000003\n"
                       "0x00000001 0x00: eax=0x2 ebx=0x00000001 ecx=0x00000002 edx=0x00000003\n"));
    CU_ASSERT_TRUE(dump.count == 1 &&
                   notes(&dump.tables[0], "leaf 0x00000001 subleaf 0x0 is given twice"));
    CU_ASSERT_EQUAL(dump_first(&dump.tables[0].processors[0], 1)->values.eax, 1);
    clear();
}

static void test_wide_values(void) {
    static const char *const texts[] = {
        "0x40000000 0x00: eax=0x140000001 ebx=0x00000000 ecx=0x00000000 edx=0x00000000\n",
        "0x140000000 0x00: eax=0x40000001 ebx=0x00000000 ecx=0x00000000 edx=0x00000000\n",
        "DEFINE_CPUID_VALUES(0x40000000, 0x00, 0x123456789abcdef012345, 0x0, 0x0, 0x0)\n",
        "[{\"leaf\": 1073741824, \"subleaf\": 0, \"eax\": 4294967296}]\n",
        "leaf 0x40000000: eax=0x140000001 ebx=0 ecx=0 edx=0\n",
        "cpu: 0 leaf=0x40000000 eax=0x1 ebx=0x123456789abcdef012345 ecx=0 edx=0\n"};

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        CU_ASSERT_FALSE(parse(texts[i]));
        CU_ASSERT_TRUE(refused(1, "does not fit 32 bits"));
        clear();
    }
}

/* Hexadecimal digits that JSON takes for decimal ones, and what is no number at all. */
static void test_leaves_in_json(void) {
    CU_ASSERT_FALSE(parse("[\n{\"leaf\": \"40000001\", \"subleaf\": 0, \"eax\": \"00000001\"}]"));
    CU_ASSERT_TRUE(refused(2, "without 0x"));
    clear();
    CU_ASSERT_FALSE(parse("[\n{\"leaf\": 1073741824.5, \"subleaf\": 0, \"eax\": 1}]"));
    CU_ASSERT_TRUE(refused(2, "a row's leaf is no number"));
    clear();
    CU_ASSERT_FALSE(
        parse("[\n{\"leaf\": \"oops\", \"subleafs\": [{\"subleaf\": 0, \"eax\": 1}]}]"));
    CU_ASSERT_TRUE(refused(2, "a row's leaf is no number"));
    clear();
    CU_ASSERT_TRUE(parse("[{\"function\": \"main\", \"line\": 7},\n"
                         "{\"leaf\": 40000256, \"subleaf\": 0, \"eax\": 1}]"));
    clear();
}

static void test_refused(void) {
    static const struct {
        const char *text, *what;
    } samples[] = {
        {"CPU 0:\n   vendor_id = \"GenuineIntel\"\n   version information (1/eax):\n", "cpuid -r"},
        {"Hypervisor: Origin = \"XenVMMXenVMM\"\n", "shows no leaf"},
        {"Hypervisor detected: KVM\n", "shows no leaf"},
        {"hello, world\n", "not a CPUID dump in a known format (cpuid -r, cpuid -d, AIDA64"},
        {"", "not a CPUID dump"},
        {"0x40000000 0x00: eax=\n", "holds no complete row"},
        {"0x00000010 0x0000000d 0x756e6547 0x6c65746e 0x49656e69 0x00000000\n", "not a CPUID dump"},
        {"00000000: 0000000d 756e6547 6c65746e 49656e69  ....Genu\n", "not a CPUID dump"},
        {"my_function: 12, the leaf: none\n", "not a CPUID dump"},
        {"cpuid level\t: 22\ncpu MHz\t\t: 2300.000\n", "not a CPUID dump"},
        {"[  1.0] EAX: 40000001 EBX: 00000000 ECX: 00000000 EDX: 00000000\n", "not a CPUID dump"},
        {"leaf,eax,ebx\n1,2,3\n", "not a CPUID dump"},
        {"leaf,eax,ebx,ecx,edx\nnone,1,2,3,4\n", "holds no complete row"},
    };

    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        CU_ASSERT_FALSE(parse(samples[i].text));
        CU_ASSERT_TRUE(refused(0, samples[i].what));
        clear();
    }
}

/* --- Size. --- */

/* A program whose debug information or code spells what a table may spell is a program. */
static void test_programs(void) {
    static const char table[] = "leaf,eax,ebx,ecx,edx\n0x40000000,0x40000001,0,0,0\n";
    static const char code[] =
        "MZ\x90\x00\x03\x00\x00\x00\x04\x0f\xa2\xb8\x01\x00\x00\x40\x89\x07\x08\x0e";
    static const struct {
        size_t before, after; /* copies of code */
        bool is_dump;
    } rows[] = {{0, 0, true}, {1, 0, false}, {0, 1, false}, {40, 40, false}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char path[] = "/tmp/dump-test-XXXXXX";
        int file = mkstemp(path);
        FILE *stream = file < 0 ? NULL : fdopen(file, "wb");

        CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
        for (size_t k = 0; k < rows[i].before; k++)
            fwrite(code, 1, sizeof code, stream);
        fputs(table, stream);
        for (size_t k = 0; k < rows[i].after; k++)
            fwrite(code, 1, sizeof code, stream);
        CU_ASSERT_EQUAL(fclose(stream), 0);
        CU_ASSERT_EQUAL(dump_recognises(path), rows[i].is_dump);
        unlink(path);
    }
}

static void test_many_subleaves(void) {
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);

    fputs("CPU:\n" BASE_ROW, stream);
    for (unsigned i = 0; i < 60000; i++) /* each three times */
        fprintf(stream, "0x0000000b 0x%02x: eax=0x%08x ebx=0x00000000 ecx=0x%08x edx=0x00000001\n",
                i / 3, i / 3 % 2, i / 3);
    fclose(stream);
    CU_ASSERT_TRUE(dump_parse("dump", text, size, &dump, &errors));
    CU_ASSERT_TRUE(dump.count == 1 && dump.tables[0].processors[0].count == 20001);
    clear();
    free(text);
}

static void test_many_processors(void) {
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);

    for (unsigned i = 0; i < 1000; i++)
        fprintf(stream, "CPU %u:\n" BASE_ROW LEAF_ROW, i);
    fclose(stream);
    CU_ASSERT_TRUE(dump_parse("dump", text, size, &dump, &errors));
    CU_ASSERT_TRUE(dump.count == 1 && dump.tables[0].count == 1000);
    clear();
    free(text);
}

/* --- Bytes changed at random: whatever they say, nothing worse than an error comes of it. --- */

static uint32_t draw(uint32_t *state) {
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static void test_fuzz(void) {
    static const char *const seeds[] = {
        "CPU 0:\n" BASE_ROW LEAF_ROW "CPU 1:\n" BASE_ROW,
        "CPU#000 AffMask: 0x1\r\nCPUID 40000000: 40000001-4B4D564B-564B4D56-0000004D [SL 00]\r\n",
        "{\"cpuid\": [{\"function\": 1073741824, \"index\": 0, \"flags\": 0, \"eax\": 1}]}",
        ("{\"cpuid_modifiers\": [{\"leaf\": \"0x1\", \"modifiers\": [{\"register\": \"eax\", "
         "\"bitmap\": \"0b01x\"}]}]}"), /* Clang takes two in a row for a comma that is missing */
        "DEFINE_CPUID_VALUES(0x40000000, 0x00, 0x40000006, 0x1, 0x2, 0x3)\n",
        "push! ( _mockdb, ((0x40000000, 0x0) => (0x1, 0x2, 0x3, 0x4)),\n",
        "x Gst: 40000000/0000  00000001 00000002 00000003 00000004\n",
        "guest level 40000000,  0: 0x1 0x2 0x3 0x4\n",
        "5 4 0 3 0 => 1 2 3 4\nbasic_cpuid[1]=1 2 3 4\n",
        "[kvm_cpuid_entry2 { function: 1073741824, index: 0, eax: 1, padding: [0, 0, 0] }]",
        "<cpudata>\n<cpuid eax_in='0x40000000' eax='0x1' ebx='0x2' ecx='0x3' edx='0x4'/>\n",
        "func 40000000 idx 0 rax 1 rbx 2 rcx 3 rdx 4, cpuid entry found\n",
        "[1.0] CPUID.(EAX=40000000H, ECX=2): EAX=1H EBX=2H ECX=3H EDX=4H\nCPU 1\n",
        "function: 0x40000000, eax: c, ebx: 2, Some(ecx: 3), edx: 4 | 5 6 7 8\n",
        "leaf,subleaf,eax,ebx,ecx,edx\n0x40000003,2,1,2,3,4\n",
        " CPU 0/KVM-7 [003] 1.0: kvm_cpuid: func 40000000 idx 0 rax 1 rbx 2 rcx 3 rdx 4\n",
        "Host policy: 1 leaves\n 40000000:ffffffff -> 00000001:00000002:00000003:00000004\n",
    };
    uint32_t state = 1;

    for (unsigned round = 0; round < 20000; round++) {
        const char *seed = seeds[round % (sizeof seeds / sizeof seeds[0])];
        char text[400];
        size_t length = strlen(seed);

        memcpy(text, seed, length);
        for (unsigned i = 0; i < 1 + round % 5; i++)
            text[draw(&state) % length] = (char)draw(&state);
        if (round % 7 == 0)
            length = draw(&state) % length;
        if (dump_parse("dump", text, length, &dump, &errors) != errors_none(&errors))
            CU_FAIL("a dump that is read has no error, and one that is not has one");
        clear();
    }
    CU_PASS("all rounds ended");
}

static const struct unit_test tests[] = {
    {"processors and tables are told apart", test_processors_and_tables},
    {"rows that say whose they are", test_processors_by_row},
    {"numbers without a prefix", test_bases},
    {"rows that name some registers", test_partial_rows},
    {"what is not shown is unknown", test_unknown_is_not_zero},
    {"UTF-16, marks and line ends", test_encodings},
    {"a zero byte ends nothing", test_zero_bytes},
    {"lines that are cut are told", test_cut_lines},
    {"duplicates agree, or are named", test_duplicates},
    {"lines of one shape", test_shapes},
    {"values over 32 bits are refused", test_wide_values},
    {"leaves in JSON are numbers as JSON writes them", test_leaves_in_json},
    {"what is no dump is refused with the remedy", test_refused},
    {"Programs are no dumps", test_programs},
    {"thousands of repeated subleaves", test_many_subleaves},
    {"a thousand processors", test_many_processors},
    {"fuzzed bytes", test_fuzz},
};

int main(void) {
    return UNIT_RUN(tests);
}
