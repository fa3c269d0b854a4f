/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/probe/probe.h"

#include "base/tests/unit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Manifests with mistakes: what is said about each, and where. The code is that of probe_test.c. */
struct row {
    const char *text;      /* follows "probe: p\nfile: fixture64.so\n" unless it starts with "!" */
    unsigned line, column; /* of the first error */
    const char *message;   /* a piece of it */
    size_t errors;
};

static const struct row shape_rows[] = {
    {"!", 0, 0, "the file is empty", 1},
    {"!probe\n", 1, 1, "map", 1},
    {"!probe: p\n", 1, 1, "file", 1},
    {"!file: fixture64.so\n", 1, 1, "probe", 1},
    {"!- 1\n", 1, 3, "map", 1},
    {"![]\n", 1, 1, "1 to 64 probes", 1},
    {"!- probe: p\n  file: fixture64.so\n- probe: q\n  fil: x\n", 4, 3, "did you mean 'file'", 2},
    {"!- {probe: p, file: fixture64.so}\n- {probe: p, file: fixture64.so}\n", 2, 11,
     "another probe has this name", 1},
    {"entrie: hv_init\n", 3, 1, "did you mean 'entry'", 1},
    {"answer: {inn: eax}\n", 3, 10, "did you mean 'in'", 1},
    {"before: hv_init\n", 3, 9, "list", 1},
    {"registers: [edi]\n", 3, 12, "map", 1},
    {"entry: [a]\n", 3, 8, "text", 1},
    {"stubs: {printk: [1]}\n", 3, 17, "text", 1},
    {"arguments: [[1]]\n", 3, 13, "text", 1},
    {"entry: hv_init\nentry: b\n", 4, 1, "key 'entry' again", 1},
    {"entry: a\nentry: hv_init\nbudget: x\n", 4, 1, "key 'entry' again", 3},
    {"answer: &a {in: *a}\n", 3, 9, "anchors", 2},
    {"entry: \"a\n", 0, 0, "", 1},
};

static const struct row value_rows[] = {
    {"!probe: a b\nfile: fixture64.so\n", 1, 8, "no spaces", 1},
    {"!probe: ''\nfile: fixture64.so\n", 1, 8, "1 to 100", 1},
    {"!probe: p\nfile: nothing.so\n", 0, 0, "No such file", 1},
    {"!probe: p\nfile: probe_manifest_test.yaml\n", 0, 0, "", 1},
    {"flat: 24@0\n", 3, 7, "16@0x7c00", 1},
    {"entry: hv_feature_availabel\n", 3, 8, "did you mean 'hv_feature_available'", 1},
    {"entry: hv_data\n", 3, 8, "data, not a function", 1},
    {"entry: 0x7f00000000\n", 3, 8, "no code at address", 1},
    {"before: [hv_init, hv_inti]\n", 3, 19, "did you mean 'hv_init'", 1},
    {"abi: sysv\n", 3, 6, "not 'sysv'", 1},
    {"abi: cdecl32\n", 3, 6, "32-bit code", 1},
    {"abi: sysv64\nregisters: {edi: $target}\n", 3, 6, "leave abi or registers out", 1},
    {"abi: far16\n", 3, 6, "far16 is how code returns whose registers are named", 1},
    {"abi: stdcall32\n", 3, 6, "stdcall32 is for 32-bit code", 1},
    {"arguments: [$target, $out+256]\n", 3, 22, "offsets from 0 to 255", 1},
    {"arguments: [{out: {0:2: $target}}]\n", 3, 25, "takes 4 or 8 bytes of the buffer", 1},
    {"arguments: [$out]\nout: {253: $target}\n", 4, 12, "takes 4 or 8 bytes of the buffer", 1},
    {"arguments: [$out]\n", 1, 1, "nothing tells the code which feature is asked for", 1},
    {"answer: {in: context+0}\n", 3, 14, "nothing passes $context", 1},
    {"arguments: [1]\n", 1, 1, "nothing tells the code", 1},
    {"arguments: []\n", 1, 1, "nothing tells the code", 1},
    {"arguments: [$target:4]\n", 3, 13, "neither $target nor $out", 1},
    {"registers: {edi: '$target:8'}\n", 3, 18, "does not fit", 1},
    {"arguments: [$targt]\n", 3, 13, "did you mean '$target'", 1},
    {"arguments: [$target, 1.5]\n", 3, 22, "not a number", 1},
    {"arguments: [$target, 18446744073709551616]\n", 3, 22, "not a number", 1},
    {"arguments: [$target, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]\n", 3, 12, "more than 12", 1},
    {"arguments: [$target]\nregisters: {edi: 1}\n", 3, 12, "not both", 1},
    {"registers: {exx: $target}\n", 3, 13, "no register in 64-bit code", 1},
    {"registers: {cf: $target}\n", 3, 13, "no register", 1},
    {"registers: {edi: $target, rdi: 1}\n", 3, 27, "given already", 1},
    {"registers: {di: $target}\n", 3, 17, "does not fit", 1},
    {"registers: {edi: $target, esi: $out}\n", 3, 32, "does not fit", 1},
    {"registers: {edi: $target, esi: text}\n", 3, 32, "does not fit", 1},
    {"registers: {edi: $target, cl: 256}\n", 3, 31, "too large", 1},
    {"registers: {edi: $target, cl: -129}\n", 3, 31, "too large", 1},
    {"targets: []\n", 3, 10, "at least one", 1},
    {"targets: [0x40000000]\n", 3, 11, "0x40000001 to 0x400000ff", 1},
    {"targets: [0x40000100, -1]\n", 3, 11, "0x40000001 to 0x400000ff", 2},
    {"targets: [0x40000010, 0x40000020]\n", 3, 10, "no $target tells", 1},
    {"assume: {signature: ''}\n", 3, 21, "1 to 12 bytes", 1},
    {"assume: {signature: thirteen bytes}\n", 3, 21, "1 to 12 bytes", 1},
    {"assume: {processor: 0x15}\n", 3, 21, "such as 0x15=0", 1},
    {"assume: {processor: 0x40000000=1}\n", 3, 21, "outside 0x40000000", 1},
    {"assume: {processor: 0x15=1/2/3/4/5}\n", 3, 21, "such as 0x15=0", 1},
    {"assume: {processor: 0x15=0x100000000}\n", 3, 21, "such as 0x15=0", 1},
    {"assume: {signatur: KVM}\n", 3, 10, "did you mean 'signature'", 1},
    {"assume: KVMKVMKVM\n", 3, 9, "map", 1},
    {"targets: [0x40000003]\narguments: []\nassume: {interface: Hv#12}\n", 5, 21, "1 to 4 bytes",
     1},
    {"answer: {mask: {place: 1, eax: 8, equals: 0}}\n", 3, 43, "equals is what", 1},
    {"answer: {mask: {place: 1, eax: 8, equals: 9}}\n", 3, 43, "equals is what", 1},
    {"decides: max\n", 3, 10, "feature or maximum", 1},
    {"decides: maximum\nanswer: {value: eax}\n", 4, 10, "does not go with decides", 1},
    {"decides: maximum\nanswer: {not-available: [1], not-implemented: [2]}\n", 4, 30,
     "does not go with decides", 1},
    {"answer: {in: hv_dat}\n", 3, 14, "did you mean 'hv_data'", 1},
    {"answer: {in: hv_init}\n", 3, 14, "function, not data", 1},
    {"answer: {in: printk}\n", 3, 14, "not defined there", 1},
    {"answer: {in: hv_data+x}\n", 3, 14, "no offset", 1},
    {"answer: {in: hv_data+0x10000000}\n", 3, 14, "nothing of", 1},
    {"answer: {in: rax+8}\n", 3, 14, "no place", 1},
    {"answer: {callback: 1}\n", 3, 20, "nothing passes $callback", 1},
    {"arguments: [$target, $callback]\nanswer: {callback: 13}\n", 4, 20, "1 to 12", 1},
    {"arguments: [$target, $callback]\nanswer: {in: eax, callback: 1}\n", 4, 29, "not both", 1},
    {"answer: {mask: 0}\n", 3, 16, "mask is a number", 1},
    {"answer: {in: al, mask: 0x100}\n", 3, 24, "bits of where the answer is", 1},
    {"answer: {mask: {place: 1, eax: 0x100000000}}\n", 3, 32, "up to 32 bits", 1},
    {"answer: {scale: 1000}\n", 3, 17, "of the value", 1},
    {"answer: {value: eax, scale: 0}\n", 3, 29, "1 to 0xffffffff", 1},
    {"answer: {unwritten: not-available}\n", 3, 21, "only memory", 1},
    {"answer: {in: hv_data, unwritten: absent}\n", 3, 34, "available, not-available or", 1},
    {"decides: maximum\nanswer: {mask: 8}\n", 4, 10, "does not go with decides", 1},
    {"arguments: [$target, $result]\n", 3, 22, "ahead of all other", 1},
    {"arguments: [$target, {out: {256: 1}}]\n", 3, 29, "256 bytes", 1},
    {"arguments: [$target, {out: {x: 1}}]\n", 3, 29, "no offset", 1},
    {"arguments: [$target, {out: {0: [256]}}]\n", 3, 33, "0 to 255", 1},
    {"arguments: [$target, {oot: {0: 1}}]\n", 3, 23, "did you mean 'out'", 1},
    {"out: {0: 1}\n", 3, 6, "nothing passes $out", 1},
    {"set: {hv_dat: 1}\n", 3, 7, "did you mean 'hv_data'", 1},
    {"set: {hv_data: x}\n", 3, 16, "no number of 4 bytes", 1},
    {"set: {hv_data: 0x100000000}\n", 3, 16, "no number of 4 bytes", 1},
    {"set: {hv_data: [1, 256]}\n", 3, 20, "0 to 255", 1},
    {"answer: {in: exx}\n", 3, 14, "'exx' is no place in", 1},
    {"answer: {in: eax:8}\n", 3, 14,
     "'eax:8' is no place: in 64-bit code eax has 4 bytes; the register of 8 is written as rax", 1},
    {"answer: {in: al+1}\n", 3, 14, "'al+1' is no place: in 64-bit code al has 1 byte", 1},
    {"answer: {in: out+0}\n", 3, 14, "nothing passes $out", 1},
    {"answer: {available: yes}\n", 3, 21, "nonzero, zero or a list", 1},
    {"answer: {available: []}\n", 3, 21, "1 to 16", 1},
    {"answer: {in: al, available: [256]}\n", 3, 30, "does not fit", 1},
    {"answer: {in: al, available: [-1, 255]}\n", 3, 34, "listed twice", 1},
    {"answer: {in: zf, available: [2]}\n", 3, 30, "does not fit", 1},
    {"answer: {available: ['1']}\n", 3, 22, "not a number", 1},
    {"answer: {available: [1], not-available: [1]}\n", 3, 21, "shares a number", 1},
    {"answer: {not-available: [1], not-implemented: [1]}\n", 3, 47, "shares a number", 1},
    {"answer: {available: zero, not-available: [0]}\n", 3, 21, "0 is listed", 1},
    {"answer: {value: al}\n", 3, 17, "too narrow", 1},
    {"constructors: yes\n", 3, 15, "true or false", 1},
    {"kernel: 1\n", 3, 9, "true or false", 1},
    {"stubs: {printf: 0}\n", 3, 9, "did you mean 'printk'", 1},
    {"stubs: {hv_init: 0}\n", 3, 9, "is defined in fixture64.so", 1},
    {"stubs: {printk: zero}\n", 3, 17, "returns a number", 1},
    {"exclude: {max/no-read-beyont: x}\n", 3, 11, "did you mean 'max/no-read-beyond'", 1},
    {"exclude: {zzz: x}\n", 3, 11, "no rule 'zzz'", 1},
    {"exclude: {max/no-read-beyond: ' '}\n", 3, 31, "without a reason", 1},
    {"exclude: {max/no-read-beyond: }\n", 3, 31, "without a reason", 1},
    {"budget: 0\n", 3, 9, "1 to 1000000000", 1},
    {"budget: -5\n", 3, 9, "1 to 1000000000", 1},
    {"entry: hv_inti\nbudget: x\nanswer: {in: r99, value: ax}\nexclude: {a/b: c}\n", 3, 8,
     "did you mean 'hv_init'", 5},
};

static void check_row(const struct row *row) {
    struct probe **probes = NULL;
    struct errors errors = {0};
    size_t count = 0;
    FILE *stream = fopen("probe_manifest_test.yaml", "wb");
    bool ok, as_expected;

    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    if (row->text[0] == '!')
        fputs(row->text + 1, stream);
    else
        fprintf(stream, "probe: p\nfile: fixture64.so\n%s", row->text);
    CU_ASSERT_EQUAL(fclose(stream), 0);
    ok = probe_load("probe_manifest_test.yaml", &(struct probe_options){0}, &probes, &count,
                    &errors);
    as_expected = !ok && errors.count == row->errors &&
                  (row->line == 0 || (errors.entries[0].line == row->line &&
                                      errors.entries[0].column == row->column)) &&
                  strstr(errors.entries[0].message, row->message);
    if (!as_expected) {
        printf("%s  expected %u:%u: ...%s..., %zu errors; got\n", row->text, row->line, row->column,
               row->message, row->errors);
        errors_print(&errors, "  ", stdout);
        CU_FAIL("manifest");
    }
    for (size_t i = 0; i < count; i++)
        probe_free(probes[i]);
    free(probes);
    errors_clear(&errors);
    unlink("probe_manifest_test.yaml");
}

static void test_shape(void) {
    for (size_t i = 0; i < sizeof shape_rows / sizeof *shape_rows; i++)
        check_row(&shape_rows[i]);
}

static void test_values(void) {
    for (size_t i = 0; i < sizeof value_rows / sizeof *value_rows; i++)
        check_row(&value_rows[i]);
}

/* Bytes that are no manifest at all: each is refused, none crashes. */
static void test_hostile(void) {
    static char deep[4096], many[65536], binary[4096];
    size_t used = 0;

    memset(deep, '[', sizeof deep - 1);
    deep[0] = '!';
    check_row(&(struct row){deep, 1, 18, "nested too deeply", 1});
    many[used++] = '!';
    for (unsigned i = 0; i < 65; i++)
        used += (size_t)sprintf(many + used, "- {probe: p, file: fixture64.so}\n");
    check_row(&(struct row){many, 1, 1, "1 to 64 probes", 1});
    for (size_t i = 0; i < sizeof binary - 1; i++)
        binary[i] = (char)(i * 37 % 255 + 1);
    binary[0] = '!';
    check_row(&(struct row){binary, 0, 0, "not YAML", 1});
}

static const struct unit_test tests[] = {
    {"mistakes in the shape", test_shape},
    {"mistakes in values", test_values},
    {"hostile files", test_hostile},
};

int main(void) {
    return chdir(HVSPEC_TEST_BINARY) == 0 ? UNIT_RUN(tests) : 3;
}
