/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/dump/tests/dump_fixture.h"

#include <stdio.h>
#include <stdlib.h>

/* --- Rows of numbers alone. --- */

/* KVM's 0x40000000 in each, and 0x40000001 subleaf 2 with 1 to 4 where rows have one. */
static void test_numbers(void) {
    static const struct {
        const char *text;
        uint32_t subleaf;
    } samples[] = {
        {"40000000 40000001 4b4d564b 564b4d56 0000004d\n40000001 00000001 00000002 00000003 "
         "00000004\n",
         0},
        {"40000000 0: 40000001 4b4d564b 564b4d56 4d\n40000001 2: 1 2 3 4\n", 2},
        {"0x40000000: 0x40000001 0x4b4d564b 0x564b4d56 0x4d |...@KVMKVMKVM...|\n0x40000001: 0x1 "
         "0x2 0x3 0x4 |1...2...3.......|\n",
         0},
        {"40000000 40000001 4b4d564b 564b4d56 0000004d ...@KVMKVMKVM...\n40000001 00000001 "
         "00000002 00000003 00000004 ........d.......\n",
         0},
        {"(0x40000000, 0, 0x40000001, 0x4b4d564b, 0x564b4d56, 0x4d)\n(0x40000001, 2, 1, 2, 3, 4)\n",
         2},
        {"{(1073741824, 0): (1073741825, 1263359563, 1447775574, 77),\n (1073741825, 2): (1, 2, 3, "
         "4)}\n",
         2},
        {"{0x40000000: [0x40000001, 0x4b4d564b, 0x564b4d56, 0x4d], 0x40000001: [1, 2, 3, 4]}\n", 0},
        {"[\n [\n  1073741824,\n  0,\n  1073741825,\n  1263359563,\n  1447775574,\n  77\n ],\n [\n "
         " "
         "1073741825,\n  2,\n  1,\n  2,\n  3,\n  4\n ]\n]\n",
         2},
        {"\t{ 0x40000000u, 0, 0x40000001u, 0x4b4d564bu, 0x564b4d56u, 0x4du }, /* max 0x40000001, "
         "12 bytes */\n\t{ 0x40000001u, 2, 1, 2, 3, 4 }, /* 5 */\n",
         2},
        {"[   12.000031] vmm 1.5: 40000000:0 -> 40000001 4b4d564b 564b4d56 0000004d\n"
         "[   12.000062] vmm 1.5: 40000001:2 -> 00000001 00000002 00000003 00000004\n",
         2},
        {"map[1073741824:[1073741825 1263359563 1447775574 77] 1073741825:[1 2 3 4]]\n", 0},
        {"0x40000000: 0x40000001 0x4b4d564b 0x564b4d56 0x4d\n0x40000001:\n 2: 0x1 0x2 0x3 0x4\n",
         2},
        {"$`0x40000000`\n[1] 1073741825 1263359563 1447775574 77\n\n$`0x40000001`\n[1] 1 2 3 4\n",
         0},
        {"0x40000000:\n  0x40000001 0x4b4d564b 0x564b4d56 0x4d\n0x40000001:\n  0x1 0x2 0x3 0x4\n",
         0},
        {"     [,1] [,2] [,3] [,4] [,5] [,6]\n[1,] 1073741824 0 1073741825 1263359563 1447775574 "
         "77\n[2,] 1073741825 2 1 2 3 4\n",
         2},
        {"| 40000000 | 0 | 40000001 | 4b4d564b | 564b4d56 | 0000004d |\n| 40000001 | 2 | 00000001 "
         "| 00000002 | 00000003 | 00000004 |\n",
         2},
    };

    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        const struct dump_processor *processor = NULL;

        CU_ASSERT_TRUE(parse(samples[i].text));
        CU_ASSERT_TRUE(dump.format && strcmp(dump.format, "rows of numbers") == 0);
        if (dump.count == 1)
            processor = &dump.tables[0].processors[0];
        CU_ASSERT_TRUE(processor && processor->count == 2);
        CU_ASSERT_TRUE(processor && has(dump_find(processor, 0x40000000u, 0), 0x40000001u,
                                        0x4b4d564bu, 0x564b4d56u, 0x4du));
        CU_ASSERT_TRUE(processor &&
                       has(dump_find(processor, 0x40000001u, samples[i].subleaf), 1, 2, 3, 4));
        if (!processor || processor->count != 2)
            printf("\n    sample %zu: %s ", i, samples[i].text);
        clear();
    }
}

/* Rows of a leaf's subleaves below it, in each way of saying so, behind those of 0x40000000. */
static void test_below(void) {
    static const char *const samples[] = {
        "0x40000000:\n  - {subleaf: 0, eax: 9, ebx: 2, ecx: 3, edx: 4}\n0x40000003:\n  - {subleaf: "
        "0, "
        "eax: 1, ebx: 2, ecx: 3, edx: 4}\n  - {subleaf: 1, eax: 5, ebx: 2, ecx: 3, edx: 4}\n",
        "cpuid:\n  0x40000000:\n    0: {eax: 9, ebx: 2, ecx: 3, edx: 4}\n  0x40000003:\n    0: "
        "{eax: 1, "
        "ebx: 2, ecx: 3, edx: 4}\n    1: {eax: 5, ebx: 2, ecx: 3, edx: 4}\n",
        "0x40000000:\n  0x00:\n    eax: 9\n    ebx: 2\n    ecx: 3\n    edx: 4\n0x40000003:\n  "
        "0x00:\n    "
        "eax: 1\n    ebx: 2\n    ecx: 3\n    edx: 4\n  0x01:\n    eax: 5\n    ebx: 2\n    ecx: 3\n "
        "   "
        "edx: 4\n",
        "Leaf 0x40000000:\n  [0] eax=9 ebx=2 ecx=3 edx=4\nLeaf 0x40000003:\n  [0] eax=1 ebx=2 "
        "ecx=3 "
        "edx=4\n  [1] eax=5 ebx=2 ecx=3 edx=4\n",
        "0x40000000:\n  [0] eax=9 ebx=2 ecx=3 edx=4\n0x40000003:\n  [0] eax=1 ebx=2 ecx=3 edx=4\n  "
        "[1] "
        "eax=5 ebx=2 ecx=3 edx=4\n",
        "[ 1.0] CPUID leaf 40000000h\n[ 1.1]   subleaf 0: EAX=9 EBX=2 ECX=3 EDX=4\n[ 1.2] CPUID "
        "leaf "
        "40000003h\n[ 1.3]   subleaf 0: EAX=1 EBX=2 ECX=3 EDX=4\n[ 1.4]   subleaf 1: EAX=5 EBX=2 "
        "ECX=3 "
        "EDX=4\n",
        "{\"0x40000000\": {\"0\": {\"eax\": 9, \"ebx\": 2, \"ecx\": 3, \"edx\": 4}},\n "
        "\"0x40000003\": {\"0\": {\"eax\": 1, \"ebx\": 2, \"ecx\": 3, \"edx\": 4}, \"1\": "
        "{\"eax\": "
        "5, \"ebx\": 2, \"ecx\": 3, \"edx\": 4}}}\n",
        "{\"0x40000000\": {\"0\": [9, 2, 3, 4]}, \"0x40000003\": {\"0\": [1, 2, 3, 4], \"1\": [5, "
        "2, 3, "
        "4]}}\n",
        "<leaf value=\"0x40000000\">\n <subleaf "
        "value=\"0\"><eax>9</eax><ebx>2</ebx><ecx>3</ecx><edx>4</edx></subleaf>\n</leaf>\n<leaf "
        "value=\"0x40000003\">\n <subleaf "
        "value=\"0\"><eax>1</eax><ebx>2</ebx><ecx>3</ecx><edx>4</edx></subleaf>\n <subleaf "
        "value=\"1\"><eax>5</eax><ebx>2</ebx><ecx>3</ecx><edx>4</edx></subleaf>\n</leaf>\n",
    };

    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        const struct dump_processor *processor = NULL;

        CU_ASSERT_TRUE(parse(samples[i]));
        if (dump.count == 1)
            processor = &dump.tables[0].processors[0];
        CU_ASSERT_TRUE(processor && processor->count == 3);
        CU_ASSERT_TRUE(processor && has(dump_find(processor, 0x40000000u, 0), 9, 2, 3, 4));
        CU_ASSERT_TRUE(processor && has(dump_find(processor, 0x40000003u, 0), 1, 2, 3, 4));
        CU_ASSERT_TRUE(processor && has(dump_find(processor, 0x40000003u, 1), 5, 2, 3, 4));
        if (!processor || processor->count != 3)
            printf("\n    sample %zu: %s ", i, samples[i]);
        clear();
    }
}

/* What is level with a leaf that had rows is a leaf; counts, clocks and lines' numbers are nothing;
 * what has no leaf that could be read is told. */
static void test_level(void) {
    static const char rest[] = "eax=1 ebx=2 ecx=3 edx=4\n";
    static const char *const samples[] = {
        "cpuid:\n  0x40000000:\n    eax: 9\n    ebx: 2\n    ecx: 3\n    edx: 4\n  1:\n    eax: 1\n "
        "   ebx: "
        "2\n    ecx: 3\n    edx: 4\n",
        "{\"1\": {\"eax\": 1, \"ebx\": 2, \"ecx\": 3, \"edx\": 4}, \"1073741824\": {\"eax\": 9, "
        "\"ebx\": 2, \"ecx\": 3, \"edx\": 4}}\n",
        "40000000: eax=9 ebx=2 ecx=3 edx=4\n       1: eax=1 ebx=2 ecx=3 edx=4\n",
        "$1 = {leaf = 0x40000000, regs = {0x9, 0x2, 0x3, 0x4}}\n$2 = {leaf = 0x1, regs = {0x1, "
        "0x2, 0x3, "
        "0x4}}\n",
    };

    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        CU_ASSERT_TRUE(parse(samples[i]) && dump.tables[0].processors[0].count == 2);
        CU_ASSERT_TRUE(dump.count == 1 &&
                       has(dump_find(&dump.tables[0].processors[0], 1, 0), 1, 2, 3, 4));
        CU_ASSERT_TRUE(dump.count == 1 &&
                       has(dump_find(&dump.tables[0].processors[0], 0x40000000u, 0), 9, 2, 3, 4));
        clear();
    }
    for (const char *const *ahead = (const char *const[]){"[13] ", "13: ", "12:00:13 ", NULL};
         *ahead; ahead++) {
        char text[128];

        snprintf(text, sizeof text, "%sLeaf 0x40000000\n%s%s", *ahead, *ahead, rest);
        CU_ASSERT_TRUE(parse(text) && dump.count == 1);
        CU_ASSERT_TRUE(has(dump_find(&dump.tables[0].processors[0], 0x40000000u, 0), 1, 2, 3, 4));
        clear();
    }
    /* A row that lacks a register takes none of the next one's. */
    CU_ASSERT_TRUE(parse("{\"0x40000000\": {\"eax\": 9, \"ebx\": 2, \"ecx\": 3},\n \"0x40000001\": "
                         "{\"eax\": 1, \"ebx\": 2, \"ecx\": 3, \"edx\": 4}}\n"));
    CU_ASSERT_TRUE_FATAL(dump.count == 1 && dump.tables[0].processors[0].count == 2);
    CU_ASSERT_EQUAL(dump_find(&dump.tables[0].processors[0], 0x40000000u, 0)->values.eax, 9);
    CU_ASSERT_TRUE(has(dump_find(&dump.tables[0].processors[0], 0x40000001u, 0), 1, 2, 3, 4));
    clear();
    /* Where leaves are called so, the number of an entry is none. */
    CU_ASSERT_TRUE(parse("[0] = {\n function = 0x40000000\n eax = 9\n ebx = 2\n ecx = 3\n edx = "
                         "4\n}\n[1] = {\n eax = 1\n ebx = 2\n ecx = 3\n edx = 4\n}\n"));
    CU_ASSERT_TRUE(dump.count == 1 && dump.tables[0].processors[0].count == 1);
    CU_ASSERT_TRUE(notes(&dump.tables[0], "EAX is shown 1 time"));
    clear();
    CU_ASSERT_TRUE(
        parse("leaf 0x40000000: eax=9 ebx=2 ecx=3 edx=4\nnext: eax=1 ebx=2 ecx=3 edx=4\n"));
    CU_ASSERT_TRUE(notes(&dump.tables[0], "EAX is shown 1 time without a leaf"));
    CU_ASSERT_TRUE(notes(&dump.tables[0], "(line 2)"));
    clear();
    CU_ASSERT_TRUE(parse("leaf,eax,ebx,ecx,edx\n0x40000000,1,2,3,4\n0x40000001,?,2,3,4\n"));
    CU_ASSERT_TRUE(notes(&dump.tables[0], "1 leaf is named without registers"));
    clear();
}

/* The end of a file may leave half a number: what is padded is whole. */
static void test_halves(void) {
    static const struct {
        const char *text;
        bool known;
    } samples[] = {
        {"leaf 0x40000001: eax=0x1 ebx=0x2 ecx=0x3 edx=0x7dc9d53", false},
        {"leaf 0x40000001: eax=0x1 ebx=0x2 ecx=0x3 edx=0x7dc9d53e", true},
        {"leaf 1073741825: eax=1 ebx=2 ecx=3 edx=10737418", false},
        {"leaf,eax,ebx,ecx,edx\n1073741825,1,2,3,10737418", false},
        {"leaf,eax,ebx,ecx,edx\n0x40000001,0x1,0x2,0x3,0x7dc9d53", false},
        {"leaf,eax,ebx,ecx,edx\n0x40000001,0x1,0x2,0x3,0x7dc9d53e", true},
        {"leaf,eax,ebx,ecx,edx\n0x40000001,0x1,0x2,0x3,0x7dc9d53\n", true},
    };

    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        const struct dump_row *row = NULL;

        CU_ASSERT_TRUE(parse(samples[i].text));
        if (dump.count == 1)
            row = dump_find(&dump.tables[0].processors[0], 0x40000001u, 0);
        CU_ASSERT_TRUE(row && row->values.eax == 1 &&
                       row->known == (samples[i].known ? CPUID_ALL : CPUID_ALL & ~CPUID_EDX));
        clear();
    }
}

/* Addresses of 16 bytes each are no leaves; what is one, and a vendor's next range, is. */
static void test_hex_dumps(void) {
    static const char base[] = "40000000: 40000001 4b4d564b 564b4d56 0000004d  ...@KVMKVMKVM...\n";
    static const char *const texts[] = {
        "40000010: 01007afb 00000000 00000000 00000000  .z..............\n",
        "40000010: 01007afb 00000000 00000000 00000000  .z..............\n*\n"
        "40000100: 00000000 00000000 00000000 00000000  ................\n",
    };
    char text[256];

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        snprintf(text, sizeof text, "%s%s", base, texts[i]);
        CU_ASSERT_FALSE(parse(text));
        CU_ASSERT_TRUE(refused(0, "as addresses of a hex dump do"));
        clear();
    }
    CU_ASSERT_TRUE(parse("40000000: 40000010 4b4d564b 564b4d56 0000004d\n40000010: 1 2 3 4\n"));
    clear();
    CU_ASSERT_FALSE(parse("$ xxd -s 0x40000000 -l 16 /dev/cpu/0/cpuid\n"
                          "40000000: 0100 0040 4b4d 564b 4b4d 564b 4d00 0000  ...@KVMKVMKVM...\n"));
    CU_ASSERT_TRUE(refused(0, "do not say which leaf"));
    clear();
    CU_ASSERT_FALSE(parse("40000000  01 00 00 40 4b 4d 56 4b  4b 4d 56 4b 4d 00 00 00\n"));
    CU_ASSERT_TRUE(refused(0, "do not say which leaf"));
    clear();
}

/* Memory, rows of seven, a processor ahead of the leaf: a wrong reading is worse than none. */
static void test_other_numbers(void) {
    static const char *const texts[] = {
        "0x40000000:\t0x464c457f\t0x00010102\t0x00000000\t0x00000000\n",
        "40000000 00000000 00000000 00000000 00000000\n",
        "40000000: 0100 0040 4b4d 564b 4b4d 564b 4d00 0000  ...@KVMKVMKVM...\n",
        "{ 0x40000000, 0, 0, 0x40000001, 0x4b4d564b, 0x564b4d56, 0x4d },\n",
        "0 40000000 40000001 4b4d564b 564b4d56 0000004d\n",
        "40000000-7fffffff : PCI Bus 0000:00\n",
    };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        CU_ASSERT_FALSE(parse(texts[i]));
        CU_ASSERT_EQUAL(errors.count, 1);
        clear();
    }
    CU_ASSERT_FALSE(parse("memory:\n40000000-7fffffff : PCI Bus\n"));
    CU_ASSERT_TRUE(refused(2, "not a CPUID dump in a known format (cpuid -r"));
    clear();
    CU_ASSERT_FALSE(parse("40000001 0 0 0 0\n40000000 40000001 4b4d564b 564b4d56 0000004d\n"
                          "40000000 464c457f 00010102 00000000 00000000\n"));
    CU_ASSERT_TRUE(refused(3, "are not what a hypervisor answers there"));
    clear();
}

/* A tool that was run once for each leaf shows one processor, and two dumps are two tables. */
static void test_runs(void) {
    static const char row[] = "CPU:\n   0x%08x 0x00: eax=0x40000003 ebx=0x00000002 ecx=0x00000003 "
                              "edx=0x00000004\n";
    char text[1024] = "";

    for (unsigned leaf = 0x40000000u; leaf < 0x40000004u; leaf++)
        snprintf(text + strlen(text), sizeof text - strlen(text), row, leaf);
    CU_ASSERT_TRUE(parse(text));
    CU_ASSERT_TRUE(dump.count == 1 && dump.tables[0].count == 1);
    CU_ASSERT_EQUAL(dump.tables[0].processors[0].count, 4);
    clear();
    snprintf(text + strlen(text), sizeof text - strlen(text), row, 0x40000000u);
    CU_ASSERT_TRUE(parse(text));
    CU_ASSERT_TRUE(dump.count == 2 && dump.tables[1].processors[0].count == 1);
    clear();
}

/* Of a language without unsigned numbers; of letters that mean digits elsewhere. */
static void test_signed(void) {
    CU_ASSERT_TRUE(parse("CpuId[leaf=1, eax=198339, ebx=-1, ecx=-380413, edx=-2147483648]\n"
                         "CpuId[leaf=1073741824, eax=1, ebx=2, ecx=3, edx=4]\n"));
    CU_ASSERT_TRUE(has(dump_find(&dump.tables[0].processors[0], 1, 0), 198339, UINT32_MAX,
                       (uint32_t)-380413, 0x80000000u));
    clear();
}

/* --- Each format, as its tool writes it, a leaf with its subleaf. --- */

static void test_formats(void) {
    static const struct {
        const char *format, *text;
        uint32_t leaf, subleaf;
        unsigned line;
    } samples[] = {
        {"cpuid -r",
         "CPU 0:\n   0x40000003 0x02: eax=0x00000001 ebx=0x00000002 ecx=0x00000003 "
         "edx=0x00000004\n",
         0x40000003u, 2, 2},
        {"cpuid -r",
         "[  12.5] log: > /// 0x40000003 0x02: eax=0x00000001 ebx=0x00000002 ecx=0x00000003 "
         "edx=0x00000004\n",
         0x40000003u, 2, 1},
        {"AIDA64",
         "------[ Logical CPU #0 ]------\n\nCPUID 0000000D: 00000001-00000002-00000003-00000004 "
         "[SL 0A] [x87]  \n",
         0xd, 10, 3},
        {"AIDA64",
         "CPU#000 AffMask: 0x0000000000000001\nCPUID 4000000A: "
         "00000001-00000002-00000003-00000004\n",
         0x4000000au, 0, 2},
        {"libcpuid raw", "basic_cpuid[12]=00000001 00000002 00000003 00000004\n", 12, 0, 1},
        {"libcpuid raw", "ext_cpuid[2]=00000001 00000002 00000003 00000004\n", 0x80000002u, 0, 1},
        {"libcpuid raw", "intel_fn4[2]=00000001 00000002 00000003 00000004\n", 4, 2, 1},
        {"hwloc-gather-cpuid", "# mask e[abcd]x => e[abcd]x\n5 4 0 3 0 => 1 2 3 4\n", 4, 3, 2},
        {"hwloc-gather-cpuid", "# mask e[abcd]x => e[abcd]x\n1 80000002 0 3 0 => 1 2 3 4\n",
         0x80000002u, 0, 2},
        {"KVM_GET_CPUID2 as JSON",
         "{\"cpuid\": [\n{\"function\": 1073741827, \"index\": 2, \"flags\": 1, \"eax\": 1, "
         "\"ebx\": 2, \"ecx\": 3, \"edx\": 4, \"padding\": [0, 0, 0]}]}\n",
         0x40000003u, 2, 2},
        {"QMP query-cpu-model-cpuid",
         "[{\"edx\": 4, \"eax\": 1, \"leaf\": 1073741827, \"ecx\": 3,\n\"subleaf\": 2, \"ebx\": "
         "2}]\n",
         0x40000003u, 2, 1},
        {"QMP query-cpu-model-cpuid",
         "[{\"leaf\": \"0x4000_0003\", \"subleaf\": \"0x2\", \"eax\": \"0x0000_0001\", \"ebx\": "
         "\"0x2\", \"ecx\": \"0x3\", \"edx\": \"0x4\"}]\n",
         0x40000003u, 2, 1},
        {"QMP query-cpu-model-cpuid",
         "{\"leafs\": [{\"leaf\": 1073741827, \"subleafs\": [\n{\"subleaf\": 2, \"eax\": 1, "
         "\"ebx\": 2, \"ecx\": 3, \"edx\": 4}]}]}\n",
         0x40000003u, 2, 2},
        {"Fuchsia .inc",
         "// DO NOT EDIT\nDEFINE_CPUID_VALUES(0x40000003, 0x02, 0x00000001, 0x00000002, "
         "0x00000003, 0x00000004)\n",
         0x40000003u, 2, 2},
        {"Julia CpuId",
         "push!(_mockdb, (Dict(\n ((0x40000003, 0x00000002) => (0x00000001, 0x00000002, "
         "0x00000003, 0x00000004)),\n",
         0x40000003u, 2, 2},
        {"VBox.log",
         "00:00:06.5 Gst: 40000003/0002  00000001 00000002 00000003 00000004\n00:00:06.5 Hst:   "
         "00000009 00000009 00000009 00000009\n",
         0x40000003u, 2, 1},
        {"vmware.log",
         "t| vmx| I005: guest vs. host CPUID guest level 40000003,  2: 0x00000001 0x00000002 "
         "0x00000003 0x00000004\n"
         "t| vmx| I005: guest vs. host CPUID *host level 40000003,  2: 0x00000009 0x00000009 "
         "0x00000009 0x00000009\n",
         0x40000003u, 2, 1},
        {"registers by name",
         "INFO [\n  kvm_cpuid_entry2 { function: 1073741827, index: 2, flags: 1, eax: 1, ebx: 2, "
         "ecx: 3, edx: 4, padding: [0, 0, 0] },\n]\n",
         0x40000003u, 2, 2},
        {"registers by name",
         "cpuid {\n entries {\n  function: 1073741827\n  index: 2\n  eax: 1\n  ebx: 2\n  ecx: 3\n "
         " edx: 4\n }\n}\n",
         0x40000003u, 2, 3},
        {"registers by name",
         "[kvm_cpuid_entry2 { function: 40000003, index: 2, flags: 1, eax: 1, ebx: 2, ecx: 3, edx: "
         "4, padding: [0, 0, 0] }]\n",
         0x40000003u, 2, 1},
        {"registers by name",
         "[{Function:1073741827 Index:2 Flags:1 Eax:1 Ebx:2 Ecx:3 Edx:4 Padding:[0 0 0]}]\n",
         0x40000003u, 2, 1},
        {"registers by name",
         "\t{ .function = 0x4000_0003u32, .index = 2, .eax = 1, .ebx = 2, .ecx = 3, .edx = 4 },\n",
         0x40000003u, 2, 1},
        {"registers by name",
         "- leaf: 0x40000003\n  subleaf: 2\n  eax: 0x1\n  ebx: 0x2\n  ecx: 0x3\n  edx: 0x4\n",
         0x40000003u, 2, 1},
        {"registers by name",
         "function: 0x40000003, index: 2, flags: 1\nkvm support cpuid: eax: 1, ebx: 2, ecx: 3, "
         "edx: "
         "4\n       host cpuid: eax: 9, ebx: 9, ecx: 9, edx: 9\n",
         0x40000003u, 2, 1},
        {"registers by name",
         "CpuidIdent { leaf: 0x40000003, subleaf: Some(0x2) }: CpuidValues { eax: 0x1, ebx: 0x2, "
         "ecx: 0x3, edx: 0x4 }\n",
         0x40000003u, 2, 1},
        {"registers by name",
         "{\"0x40000003:2\": {\n\"eax\": \"0x1\", \"ebx\": \"0x2\", \"ecx\": \"0x3\", \"edx\": "
         "\"0x4\"}}\n",
         0x40000003u, 2, 2},
        {"registers by name",
         "[    0.000012] vmm: CPUID.(EAX=40000003H, ECX=2): EAX=1H EBX=2H ECX=3H EDX=4H\n",
         0x40000003u, 2, 1},
        {"registers by name", "{\n\"0x40000003\": [\n1,\n2,\n3,\n4\n]}\n", 0x40000003u, 0, 2},
        {"registers by name",
         "cpuid.40000003.eax = \"0000:0000:0000:0000:0000:0000:0000:0001\"\n"
         "cpuid.40000003.ebx = \"0000:0000:0000:0000:0000:0000:0000:0010\"\n"
         "cpuid.40000003.ecx = \"0000:0000:0000:0000:0000:0000:0000:0011\"\n"
         "cpuid.40000003.edx = \"0000:0000:0000:0000:0000:0000:0000:0100\"\n",
         0x40000003u, 0, 1},
        {"registers by name",
         "ioctl(9, KVM_SET_CPUID2, {nent=1, entries=[{function=0x40000003, index=2, flags=0, "
         "eax=0x1, "
         "ebx=0x2, ecx=0x3, edx=0x4}]}) = 0\n",
         0x40000003u, 2, 1},
        /* Numbers of letters alone; registers in another order. */
        {"registers by name", "cpuid 0x40000000\ncpuid 0xd/0: edx=4 ecx=3 ebx=2 eax=1\n", 0xd, 0,
         2},
        {"registers by name",
         "leaf 0x40000000\n{ function: d, index: a, eax: 1, ebx: 2, ecx: 3, edx: 4 }\n", 0xd, 10,
         2},
        {"registers by name", "CPUID 0x40000003.2: EAX=0x1 EBX=0x2 ECX=0x3 EDX=0x4\n", 0x40000003u,
         2, 1},
        {"registers by name", "<6>cpuid(0x40000003, 2) = 00000001 00000002 00000003 00000004\n",
         0x40000003u, 2, 1},
        {"registers by name",
         "(Leaf 40000003, Sub-Leaf 00000002)\n  EAX:00000001  EBX:00000002  ECX:00000003  "
         "EDX:00000004\n",
         0x40000003u, 2, 1},
        /* The leaf above its registers, behind them, as a key, and negative numbers. */
        {"registers by name", "0x40000003/2:\nCpuidResult { eax: 1, ebx: 2, ecx: 3, edx: 4 }\n",
         0x40000003u, 2, 2},
        {"registers by name", "[0x40000003]\neax = 1\nebx = 2\necx = 3\nedx = 4\n", 0x40000003u, 0,
         2},
        {"registers by name",
         "- eax: 1\n  ebx: 2\n  ecx: 3\n  edx: 4\n  function: 1073741827\n  index: 2\n",
         0x40000003u, 2, 5},
        {"registers by name", "{1073741827: {'eax': 1, 'ebx': 2, 'ecx': 3, 'edx': 4}}\n",
         0x40000003u, 0, 1},
        {"registers by name", "[(1073741827, 2, CpuidResult { eax: 1, ebx: 2, ecx: 3, edx: 4 })]\n",
         0x40000003u, 2, 1},
        {"registers by name",
         "leaf 0x4000'0003, subleaf 2: eax = 0000'0001, ebx = 0x2, ecx = 0x3, edx = 0x4\n",
         0x40000003u, 2, 1},
        {"registers by name",
         "<leaf id='0x40000003' subleaf='2' eax='1' ebx='2' ecx='3' edx='4'/>\n", 0x40000003u, 2,
         1},
        {"registers by name", "{1073741827=Regs(eax=1, ebx=2, ecx=3, edx=4)}\n", 0x40000003u, 0, 1},
        {"registers by name",
         "[1073741827] => Array\n (\n [eax] => 1\n [ebx] => 2\n [ecx] => 3\n [edx] => 4\n)\n",
         0x40000003u, 0, 3},
        {"registers by name",
         "$VAR1 = {\n '1073741827' => {\n 'edx' => 4,\n 'eax' => 1,\n 'ecx' => 3,\n 'ebx' => 2\n "
         "}};\n",
         0x40000003u, 0, 3},
        {"registers by name",
         "input eax=0x40000003 ecx=0x2 -> output eax=0x1 ebx=0x2 ecx=0x3 edx=0x4\n", 0x40000003u, 2,
         1},
        {"registers by name", "input eax=0x40000003 -> eax=0x1 ebx=0x2 ecx=0x3 edx=0x4\n",
         0x40000003u, 0, 1},
        {"registers by name",
         "[{\"input\": {\"eax\": 1073741827, \"ecx\": 2},\n \"output\": {\"eax\": 1, \"ebx\": 2, "
         "\"ecx\": 3, \"edx\": 4}}]\n",
         0x40000003u, 2, 1},
        {"registers by name", "[{\"leaf\": 1073741827, \"regs\": [1, 2, 3, 4]}]\n", 0x40000003u, 0,
         1},
        /* Inputs beside outputs; what a language or a debugger puts around numbers. */
        {"registers by name",
         "EAX in = 0x40000003, ECX in = 0x2: EAX = 1 EBX = 2 ECX = 3 EDX = 4\n", 0x40000003u, 2, 1},
        {"registers by name", "eax=40000003 ecx=2 => eax=1 ebx=2 ecx=3 edx=4\n", 0x40000003u, 2, 1},
        {"registers by name", "CPUID.40000003H:ECX=2 EAX = 1H, EBX = 2H, ECX = 3H, EDX = 4H\n",
         0x40000003u, 2, 1},
        {"registers by name", "{\n  '1073741827': Uint32Array(4) [ 1, 2, 3, 4 ],\n}\n", 0x40000003u,
         0, 2},
        {"registers by name",
         "array(1) {\n [1073741827]=>\n array(4) {\n [\"eax\"]=>\n int(1)\n [\"ebx\"]=>\n int(2)\n "
         "[\"ecx\"]=>\n int(3)\n [\"edx\"]=>\n int(4)\n }\n}\n",
         0x40000003u, 0, 4},
        {"registers by name", "[cpuid]\n\"40000003.2\" = [0x1, 0x2, 0x3, 0x4]\n", 0x40000003u, 2,
         2},
        {"registers by name", "00000000`40000003 eax=1 ebx=2 ecx=3 edx=4\n", 0x40000003u, 0, 1},
        {"registers by name",
         "[{\"leafIndex\": 1073741827, \"subLeafIndex\": 2, \"eax\": 1, \"ebx\": 2, \"ecx\": 3, "
         "\"edx\": 4}]\n",
         0x40000003u, 2, 1},
        {"registers by name", "subleaf 2 of leaf 0x40000003: eax=1 ebx=2 ecx=3 edx=4\n",
         0x40000003u, 2, 1},
        {"QMP query-cpu-model-cpuid",
         "[{\"leaf\": \"40000003\", \"subleaf\": \"02\", \"eax\": \"00000001\", \"ebx\": "
         "\"00000002\", \"ecx\": \"00000003\", \"edx\": \"00000004\", \"of\": \"40000000\"}]\n",
         0x40000003u, 2, 1},
        {"CSV or a table",
         "CPU, Leaf (EAX), Subleaf (ECX), EAX, EBX, ECX, EDX\n0, 0x40000003, 2, 0x1, 0x2, 0x3, "
         "0x4\n",
         0x40000003u, 2, 2},
        {"CSV or a table", "      leaf subleaf eax ebx ecx edx\n [1,] 1073741827 2 1 2 3 4\n",
         0x40000003u, 2, 2},
        {"CSV or a table",
         "; leaf, subleaf, eax, ebx, ecx, edx\n    dd 0x40000003, 2, 0x1, 0x2, 0x3, 0x4\n",
         0x40000003u, 2, 2},
        {"CSV or a table",
         "\xe2\x94\x82 (index) \xe2\x94\x82 leaf \xe2\x94\x82 subleaf \xe2\x94\x82 eax "
         "\xe2\x94\x82 "
         "ebx \xe2\x94\x82 ecx \xe2\x94\x82 edx \xe2\x94\x82\n\xe2\x94\x82 0 \xe2\x94\x82 "
         "1073741827 "
         "\xe2\x94\x82 2 \xe2\x94\x82 1 \xe2\x94\x82 2 \xe2\x94\x82 3 \xe2\x94\x82 4 "
         "\xe2\x94\x82\n",
         0x40000003u, 2, 2},
        /* Colours, and characters by their names. */
        {"cpuid -r",
         "   \x1b[1;33m0x40000003\x1b[0m 0x02: eax=\x1b[38;5;214m0x00000001\x1b[m "
         "ebx&#61;0x00000002 "
         "ecx&#x3d;0x00000003&nbsp;edx=0x00000004\n",
         0x40000003u, 2, 1},
        {"CSV or a table",
         "         leaf  subleaf  eax  ebx  ecx  edx\n0  1073741827        2    1    2    3    4\n",
         0x40000003u, 2, 2},
        {"CSV or a table", "leaf,subleaf,eax,ebx,ecx,edx\n0x40000003,2,1,2,3,4\n", 0x40000003u, 2,
         2},
        {"CSV or a table", "edx;ecx;ebx;eax;name;index;function\n4;3;2;1;x;2;1073741827\n",
         0x40000003u, 2, 2},
        {"CSV or a table",
         "| Leaf | Sub-leaf | EAX | EBX | ECX | EDX |\n|---|---|---|---|---|---|\n| 40000003 | 2 | "
         "00000001 | 00000002 | 00000003 | 00000004 |\n",
         0x40000003u, 2, 3},
        {"cpuid -d", "CPU 0:\nCPUID 40000003:02 = 00000001 00000002 00000003 00000004 | ....\n",
         0x40000003u, 2, 2},
        {"Intel SDE cpuid",
         "# Leaf Subleaf => EAX EBX ECX EDX\n40000003 00000002 => 00000001 00000002 00000003 "
         "00000004\n",
         0x40000003u, 2, 2},
        {"Intel SDE cpuid", "40000003 ******** => 00000001 00000002 00000003 00000004\n",
         0x40000003u, 0, 1},
        {"kvm_cpuid trace",
         " CPU 0/KVM  4242 [003]  18.02:  kvm:kvm_cpuid: func 0x40000003 idx 0x2 rax 0x1 rbx 0x2 "
         "rcx 0x3 rdx 0x4, cpuid entry found\n",
         0x40000003u, 2, 1},
        {"libvirt cpudata",
         "<cpudata arch='x86'>\n  <cpuid eax_in='0x40000003' ecx_in='0x02' eax='0x00000001' "
         "ebx='0x00000002' ecx='0x00000003' edx='0x00000004'/>\n</cpudata>\n",
         0x40000003u, 2, 2},
        {"kvm_cpuid trace",
         " CPU 0/KVM-7 [003] d.... 18.02: kvm_cpuid: func 40000003 idx 2 rax 1 rbx 2 rcx 3 rdx 4, "
         "cpuid entry not found, used max basic\n",
         0x40000003u, 2, 1},
        {"kvm_cpuid trace", "func 40000003 rax 1 rbx 2 rcx 3 rdx 4, cpuid entry found\n",
         0x40000003u, 0, 1},
        {"xen-cpuid -p",
         "Host policy: 2 leaves, 2 MSRs\n  40000003:00000002 -> "
         "00000001:00000002:00000003:00000004\n",
         0x40000003u, 2, 2},
        {"xen-cpuid -p", "  40000003:ffffffff -> 00000001:00000002:00000003:00000004\n",
         0x40000003u, 0, 1},
        {"cpucontrol -i",
         "cpuid level 0x40000003, level_type 0x2: 0x00000001 0x00000002 0x00000003 0x00000004\n",
         0x40000003u, 2, 1},
        {"cpucontrol -i", "cpuid level 0x40000003: 0x00000001 0x00000002 0x00000003 0x00000004\n",
         0x40000003u, 0, 1},
        {"x86info -r",
         "CPU #1\neax in: 0x40000003, eax = 00000001 ebx = 00000002 ecx = 00000003 edx = "
         "00000004\n",
         0x40000003u, 0, 2},
        {"kcpuid -r",
         "0x40000003: EAX=0x00000001, EBX=0x00000002, ECX=0x00000003, EDX=0x00000004\n",
         0x40000003u, 0, 1},
        {"kernel log",
         "do_cpuid: cpuid leaf=0x40000003, eax=0x00000001, ebx=0x00000002, ecx=0x00000003, "
         "edx=0x00000004\n",
         0x40000003u, 0, 1},
        {"CPU-Z",
         "CPU Thread 0\n\tCPUID\t\t\t\n\t0x40000003\t\t0x00000001\t0x00000002\t0x00000003"
         "\t0x00000004\n",
         0x40000003u, 0, 3},
    };

    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        const struct dump_row *row = NULL;

        CU_ASSERT_TRUE(parse(samples[i].text));
        if (dump.count == 1)
            row = dump_find(&dump.tables[0].processors[0], samples[i].leaf, samples[i].subleaf);
        CU_ASSERT_TRUE(dump.format && strcmp(dump.format, samples[i].format) == 0);
        CU_ASSERT_TRUE(has(row, 1, 2, 3, 4));
        CU_ASSERT_TRUE(row && row->line == samples[i].line);
        CU_ASSERT_TRUE(dump.count == 1 && dump.tables[0].processors[0].count == 1);
        clear();
    }
}

static void test_bitmaps(void) {
    static const char text[] =
        "{\"cpuid_modifiers\": [{\"leaf\": \"0x40000001\", \"subleaf\": \"0x0\", \"flags\": 0, "
        "\"modifiers\": [\n"
        "{\"register\": \"eax\", \"bitmap\": \"0b00000000000000000000000000000101\"},\n"
        "{\"register\": \"ecx\", \"bitmap\": \"0bxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx1\"}]}]}";
    const struct dump_row *row;

    CU_ASSERT_TRUE_FATAL(parse(text) && dump.count == 1);
    row = dump_find(&dump.tables[0].processors[0], 0x40000001u, 0);
    CU_ASSERT_PTR_NOT_NULL_FATAL(row);
    CU_ASSERT_EQUAL(row->values.eax, 5);
    CU_ASSERT_EQUAL(row->known, CPUID_EAX); /* EBX is not shown, ECX's bits are not all */
    clear();
    CU_ASSERT_FALSE(parse("{\"cpuid_modifiers\": [{\"leaf\": \"0x40000001\", \"modifiers\": [\n"
                          "{\"register\": \"eax\", \"bitmap\": \"0b0120\"}]}]}"));
    CU_ASSERT_TRUE(refused(2, "digit 3 of a bitmap"));
    clear();
    CU_ASSERT_FALSE(parse("{\"cpuid_modifiers\": [{\"leaf\": \"0x40000001\", \"modifiers\": [\n"
                          "{\"register\": \"eax\", \"bitmap\": \"5\"}]}]}"));
    CU_ASSERT_TRUE(refused(2, "a bitmap is 0b"));
    clear();
    CU_ASSERT_FALSE(parse("{\"cpuid_modifiers\": [{\"leaf\": \"0x40000001\", \"modifiers\": [\n"
                          "{\"bitmap\": \"0b000000000000000000000000000000001\",\n"
                          "\"register\": \"eax\"}]}]}"));
    CU_ASSERT_TRUE(refused(2, "a bitmap is 0b"));
    clear();
    /* MSRs have 64 bits, and are no leaves. */
    CU_ASSERT_TRUE(
        parse("{\"cpuid_modifiers\": [{\"leaf\": \"0x40000001\", \"modifiers\": [\n"
              "{\"register\": \"eax\", \"bitmap\": \"0b1\"}]}],\n\"msr_modifiers\": ["
              "{\"addr\": \"0x10a\", \"bitmap\": "
              "\"0b0000000000000000000000000000000000000000000000000000000000000001\"}]}"));
    clear();
}

/* Rows that a mail wrapped, quoted or not, are whole; what follows a row is none of it. */
static void test_wrapped_rows(void) {
    static const char *const texts[] = {
        "CPU:\n   0x40000000 0x00: eax=0x40000001 ebx=0x4b4d564b\n ecx=0x564b4d56 "
        "edx=0x0000004d\n" LEAF_ROW,
        "> CPU:\n>   0x40000000 0x00: eax=0x40000001\n> ebx=0x4b4d564b ecx=0x564b4d56\n> "
        "edx=0x0000004d\n> " LEAF_ROW,
    };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        CU_ASSERT_TRUE_FATAL(parse(texts[i]) && dump.count == 1);
        CU_ASSERT_EQUAL(dump.tables[0].notes_count, 0);
        CU_ASSERT_EQUAL(dump.tables[0].processors[0].count, 2);
        CU_ASSERT_TRUE(has(dump_find(&dump.tables[0].processors[0], 0x40000000u, 0), 0x40000001,
                           0x4b4d564b, 0x564b4d56, 0x4d));
        clear();
    }
    CU_ASSERT_TRUE(parse("CPU:\n   0x40000000 0x00: eax=0x40000001 ebx=0x4b4d564b\n" LEAF_ROW));
    CU_ASSERT_TRUE(dump.count == 1 && notes(&dump.tables[0], "line 2 is cut short"));
    CU_ASSERT_EQUAL(dump.tables[0].processors[0].count, 1);
    clear();
    CU_ASSERT_TRUE(parse("CPU:\n" BASE_ROW "   0x40000001 0x00: eax=0x00000001 ebx=0x00000000\n "
                         "ecx=0x00000000 edx=0x0000"));
    CU_ASSERT_TRUE(dump.count == 1 && notes(&dump.tables[0], "line 4 is cut short"));
    clear();
}

/* What is printed for people names leaves, too: that it cannot be judged says more than that it has
 * no row. */
static void test_prints_for_people(void) {
    CU_ASSERT_FALSE(parse("CPU 0:\n   hypervisor_id (0x40000000) = \"KVMKVMKVM\"\n"
                          "   hypervisor features (0x40000001/eax):\n"));
    CU_ASSERT_TRUE(refused(0, "cpuid -r writes them"));
    clear();
}

static const struct unit_test tests[] = {
    {"each format gives leaf, subleaf, values and line", test_formats},
    {"rows of numbers alone", test_numbers},
    {"subleaves below their leaf", test_below},
    {"what is level with a leaf, or no key", test_level},
    {"a number that the file's end may have cut", test_halves},
    {"hex dumps", test_hex_dumps},
    {"numbers that are no rows", test_other_numbers},
    {"numbers with a sign", test_signed},
    {"a run for each leaf", test_runs},
    {"a bit that a template leaves open is unknown", test_bitmaps},
    {"rows that are wrapped", test_wrapped_rows},
    {"prints for people", test_prints_for_people},
};

int main(void) {
    return UNIT_RUN(tests);
}
