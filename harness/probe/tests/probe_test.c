/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/probe/probe.h"

#include "base/tests/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * Manifests are written into the build folder, beside the fixtures that they name: fixture64.so and
 * fixture32.o from probe_fixture.c, and boot.bin, which the test writes itself.
 */
struct loaded {
    struct probe **probes;
    size_t count;
    struct errors errors;
    bool ok;
};

static const struct probe_options defaults;

static bool write_file(const char *name, const char *bytes, size_t size) {
    FILE *stream = fopen(name, "wb");
    bool written = stream && fwrite(bytes, 1, size, stream) == size;

    return stream && fclose(stream) == 0 && written;
}

static struct loaded load(const char *path, const struct probe_options *options) {
    struct loaded loaded = {0};

    loaded.ok = probe_load(path, options, &loaded.probes, &loaded.count, &loaded.errors);
    return loaded;
}

static struct loaded load_manifest(const char *text) {
    struct loaded loaded;

    CU_ASSERT_TRUE_FATAL(write_file("probe_test.yaml", text, strlen(text)));
    loaded = load("probe_test.yaml", &defaults);
    unlink("probe_test.yaml");
    return loaded;
}

static void unload(struct loaded *loaded) {
    for (size_t i = 0; i < loaded->count; i++)
        probe_free(loaded->probes[i]);
    free(loaded->probes);
    errors_clear(&loaded->errors);
}

/* The one probe of a load that has to work. */
static const struct probe *only(const struct loaded *loaded) {
    errors_print(&loaded->errors, "unexpected: ", stdout);
    CU_ASSERT_TRUE_FATAL(loaded->ok);
    CU_ASSERT_EQUAL_FATAL(loaded->count, 1);
    return loaded->probes[0];
}

static enum outcome outcome(const struct probe *probe, uint64_t answer) {
    struct observation observation = {.end = OBSERVATION_RETURNED, .answer = answer};

    return probe_outcome(probe, &observation);
}

static void test_elf_defaults(void) {
    struct loaded loaded = load("fixture64.so", &defaults);
    const struct probe *probe = only(&loaded);

    CU_ASSERT_STRING_EQUAL(probe->name, "fixture64.so");
    CU_ASSERT_STRING_EQUAL(probe->entry, "hv_feature_available");
    CU_ASSERT_EQUAL(probe->setup.entry,
                    image_find_symbol(probe->image, "hv_feature_available")->address);
    CU_ASSERT_EQUAL(probe->setup.abi, GUEST_SYSV64);
    CU_ASSERT_TRUE(probe->has_abi);
    CU_ASSERT_EQUAL_FATAL(probe->setup.arguments_count, 1);
    CU_ASSERT_EQUAL(probe->setup.arguments[0].kind, GUEST_ARGUMENT_TARGET);
    CU_ASSERT_EQUAL(probe->setup.answer.kind, GUEST_REGISTER);
    CU_ASSERT_EQUAL(probe->setup.answer.width, 4);
    CU_ASSERT_FALSE(probe_reports_value(probe));
    CU_ASSERT_FALSE(probe_names_outcome(probe));
    CU_ASSERT_EQUAL(outcome(probe, 0), OUTCOME_ABSENT);
    CU_ASSERT_EQUAL(outcome(probe, 0x80000000), OUTCOME_AVAILABLE);
    CU_ASSERT_EQUAL(outcome(probe, 0x100000000), OUTCOME_ABSENT);
    unload(&loaded);
}

static void test_options(void) {
    struct probe_options options = {.entry = "hv_get_feature", .answer = "bool", .budget = 500};
    struct loaded loaded = load("fixture32.o", &options);
    const struct probe *probe = only(&loaded);

    CU_ASSERT_STRING_EQUAL(probe->name, "fixture32.o:hv_get_feature");
    CU_ASSERT_EQUAL(probe->setup.abi, GUEST_CDECL32);
    CU_ASSERT_EQUAL(probe->setup.budget, 500);
    CU_ASSERT_EQUAL(probe->setup.answer.width, 1);
    CU_ASSERT_EQUAL(outcome(probe, 0x100), OUTCOME_ABSENT);
    CU_ASSERT_EQUAL(outcome(probe, 0x101), OUTCOME_AVAILABLE);
    unload(&loaded);

    options = (struct probe_options){.answer = "value"};
    loaded = load("fixture64.so", &options);
    probe = only(&loaded);
    CU_ASSERT_TRUE(probe_reports_value(probe));
    CU_ASSERT_EQUAL(probe->setup.value.width, 4);
    CU_ASSERT_EQUAL(probe->setup.value.reg, probe->setup.answer.reg);
    unload(&loaded);

    options = (struct probe_options){.flat = "32@0x8000"};
    loaded = load("boot.bin", &options);
    probe = only(&loaded);
    CU_ASSERT_STRING_EQUAL(probe->entry, "start");
    CU_ASSERT_EQUAL(probe->setup.entry, 0x8000);
    CU_ASSERT_EQUAL(probe->setup.abi, GUEST_CDECL32);
    unload(&loaded);
}

/* Command lines that must be refused with one error. */
static void test_options_refused(void) {
    static const struct {
        const char *path;
        struct probe_options options;
        const char *message;
    } rows[] = {
        {"fixture64.so", {.entry = "hv_feature_availabel"}, "did you mean 'hv_feature_available'"},
        {"fixture64.so", {.entry = "hv_data"}, "'hv_data' in fixture64.so is data"},
        {"fixture64.so", {.entry = "printk"}, "not defined there"},
        {"fixture64.so", {.entry = "unlike_everything"}, "no function 'unlike_everything'"},
        {"fixture64.so", {.entry = "0x7f00000000"}, "no code at address"},
        {"fixture64.so", {.entry = ""}, "no function ''"},
        {"fixture64.so", {.answer = "boolean"}, "not 'boolean'"},
        {"fixture64.so", {.answer = "vlaue"}, "did you mean 'value'"},
        {"boot.bin", {.flat = "16@0x7c00"}, "no calling convention"},
        {"boot.bin", {.flat = "16@0x100000"}, "not '16@0x100000'"},
        {"boot.bin", {.flat = "17@0"}, "not '17@0'"},
        {"boot.bin", {.flat = "32@"}, "not '32@'"},
        {"boot.bin", {.flat = "32@0x8000", .entry = "stat"}, "did you mean 'start'"},
        {"missing.so", {0}, "No such file"},
        {"missing.yaml", {0}, "No such file"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct loaded loaded = load(rows[i].path, &rows[i].options);

        if (loaded.ok || loaded.count != 0 || loaded.errors.count != 1 ||
            !strstr(loaded.errors.entries[0].message, rows[i].message)) {
            printf("row %zu, expected '%s':\n", i, rows[i].message);
            errors_print(&loaded.errors, "  ", stdout);
            CU_FAIL("refused");
        }
        unload(&loaded);
    }
}

static void test_manifest_in_full(void) {
    struct loaded loaded = load_manifest("probe: hvdetect\n"
                                         "file: fixture64.so\n"
                                         "entry: hv_get_feature\n"
                                         "abi: ms64\n"
                                         "before: [hv_init, hv_init]\n"
                                         "arguments: [$target, $out, -1, 0x10, \"7\", KVMKVMKVM]\n"
                                         "answer:\n"
                                         "  in: eax\n"
                                         "  available: nonzero\n"
                                         "  not-available: [0]\n"
                                         "  not-implemented: [-19]\n"
                                         "  value: out+4\n"
                                         "constructors: true\n"
                                         "kernel: true\n"
                                         "stubs: {printk: -1, absent_from_this_build: 0x1}\n"
                                         "exclude: {max/no-read-beyond: reads it first}\n"
                                         "budget: 5_000\n");
    const struct probe *probe = only(&loaded);
    const struct guest_setup *setup = &probe->setup;

    CU_ASSERT_STRING_EQUAL(probe->name, "hvdetect");
    CU_ASSERT_STRING_EQUAL(probe->path, "fixture64.so");
    CU_ASSERT_EQUAL(setup->abi, GUEST_MS64);
    CU_ASSERT_EQUAL_FATAL(setup->before_count, 2);
    CU_ASSERT_EQUAL(setup->before[1], image_find_symbol(probe->image, "hv_init")->address);
    CU_ASSERT_EQUAL_FATAL(setup->arguments_count, 6);
    CU_ASSERT_EQUAL(setup->arguments[1].kind, GUEST_ARGUMENT_OUT);
    CU_ASSERT_EQUAL(setup->arguments[2].kind, GUEST_ARGUMENT_NUMBER);
    CU_ASSERT_EQUAL(setup->arguments[2].number, UINT64_MAX);
    CU_ASSERT_EQUAL(setup->arguments[3].number, 16);
    CU_ASSERT_EQUAL(setup->arguments[4].kind, GUEST_ARGUMENT_STRING);
    CU_ASSERT_STRING_EQUAL(setup->arguments[4].string, "7");
    CU_ASSERT_STRING_EQUAL(setup->arguments[5].string, "KVMKVMKVM");
    CU_ASSERT_EQUAL(setup->value.kind, GUEST_OUT);
    CU_ASSERT_EQUAL(setup->value.offset, 4);
    CU_ASSERT_TRUE(setup->constructors);
    CU_ASSERT_TRUE(setup->no_red_zone);
    CU_ASSERT_EQUAL_FATAL(setup->stubs_count, 2);
    CU_ASSERT_STRING_EQUAL(setup->stubs[0].name, "printk");
    CU_ASSERT_EQUAL(setup->stubs[0].value, UINT64_MAX);
    CU_ASSERT_EQUAL_FATAL(probe->exclusions_count, 1);
    CU_ASSERT_EQUAL(probe->exclusions[0].rule, RULE_MAX_NO_READ_BEYOND);
    CU_ASSERT_STRING_EQUAL(probe->exclusions[0].reason, "reads it first");
    CU_ASSERT_EQUAL(setup->budget, 5000);
    CU_ASSERT_TRUE(probe_names_outcome(probe));
    CU_ASSERT_TRUE(probe_reports_value(probe));
    unload(&loaded);
}

/* What each number means, for each way of saying it. */
static void test_outcomes(void) {
    static const struct {
        const char *answer;
        uint64_t number;
        enum outcome outcome;
    } rows[] = {
        {"{}", 0, OUTCOME_ABSENT},
        {"{}", 7, OUTCOME_AVAILABLE},
        {"{available: zero}", 0, OUTCOME_AVAILABLE},
        {"{available: zero}", 1, OUTCOME_ABSENT},
        {"{available: [1, 2]}", 2, OUTCOME_AVAILABLE},
        {"{available: [1, 2]}", 3, OUTCOME_ABSENT},
        {"{not-available: [0], not-implemented: [-19]}", 0, OUTCOME_NOT_AVAILABLE},
        {"{not-available: [0], not-implemented: [-19]}", 0xffffffed, OUTCOME_NOT_IMPLEMENTED},
        {"{not-available: [0], not-implemented: [-19]}", 0xffffffffffffffed,
         OUTCOME_NOT_IMPLEMENTED},
        {"{not-available: [0], not-implemented: [-19]}", 19, OUTCOME_AVAILABLE},
        {"{in: rax, not-available: [0], not-implemented: [-19]}", 0xffffffed, OUTCOME_AVAILABLE},
        {"{in: al, not-available: [0], not-implemented: [-19]}", 0xffffed, OUTCOME_NOT_IMPLEMENTED},
        {"{in: al, not-available: [0xff], not-implemented: [2]}", 0, OUTCOME_NONE},
        {"{available: [1], not-available: [2], not-implemented: [3]}", 4, OUTCOME_NONE},
        {"{available: [1], not-available: [2]}", 2, OUTCOME_ABSENT},
        {"{available: [1], not-implemented: [0]}", 0, OUTCOME_ABSENT},
        {"{available: [1], not-available: [2]}", 0, OUTCOME_NONE},
        {"{available: zero, not-available: [-1], not-implemented: [-2]}", 0, OUTCOME_AVAILABLE},
        {"{in: cf, available: zero}", 1, OUTCOME_ABSENT},
        {"{in: cf, available: [0], not-available: [1]}", 0, OUTCOME_AVAILABLE},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[256];
        struct loaded loaded;
        enum outcome found;

        snprintf(text, sizeof text, "probe: p\nfile: fixture64.so\nanswer: %s\n", rows[i].answer);
        loaded = load_manifest(text);
        found = outcome(only(&loaded), rows[i].number);
        if (found != rows[i].outcome) {
            printf("%s: %#llx is %d\n", rows[i].answer, (unsigned long long)rows[i].number, found);
            CU_FAIL("outcome");
        }
        unload(&loaded);
    }
}

static void test_no_answer(void) {
    struct loaded loaded = load("fixture64.so", &defaults);
    const struct probe *probe = only(&loaded);
    struct observation observation = {.end = OBSERVATION_RETURNED, .answer = 1};

    observation.state = OBSERVATION_ANSWER_MISSING;
    CU_ASSERT_EQUAL(probe_outcome(probe, &observation), OUTCOME_NONE);
    observation.state = OBSERVATION_BX_CHANGED;
    CU_ASSERT_EQUAL(probe_outcome(probe, &observation), OUTCOME_AVAILABLE);
    observation.answer = 0;
    for (int end = OBSERVATION_RETURNED + 1; end < OBSERVATION_ENDS; end++) {
        observation.end = (enum observation_end)end;
        CU_ASSERT_EQUAL(probe_outcome(probe, &observation), OUTCOME_NONE);
    }
    unload(&loaded);
}

static void test_boot_code(void) {
    struct loaded loaded = load_manifest("probe: boot\n"
                                         "file: boot.bin\n"
                                         "flat: 16@0x7c00\n"
                                         "registers: {edi: $target, bx: $out, cx: -1}\n"
                                         "answer: {in: cf, available: zero}\n");
    const struct probe *probe = only(&loaded);

    CU_ASSERT_EQUAL(probe->setup.abi, GUEST_REGISTERS);
    CU_ASSERT_FALSE(probe->has_abi);
    CU_ASSERT_EQUAL(probe->setup.entry, 0x7c00);
    CU_ASSERT_EQUAL_FATAL(probe->setup.arguments_count, 3);
    CU_ASSERT_EQUAL(probe->setup.arguments[0].kind, GUEST_ARGUMENT_TARGET);
    CU_ASSERT_EQUAL(probe->setup.arguments[0].place.width, 4);
    CU_ASSERT_EQUAL(probe->setup.arguments[1].kind, GUEST_ARGUMENT_OUT);
    CU_ASSERT_EQUAL(probe->setup.arguments[2].number, 0xffff);
    unload(&loaded);
}

/* 32 bits unless the manifest, or the debug information (here there is none), says otherwise. */
static void test_wide_target(void) {
    struct loaded loaded = load_manifest("- {probe: wide, file: fixture64.so, "
                                         "arguments: [$out, '$target:8']}\n"
                                         "- {probe: narrow, file: fixture64.so}\n"
                                         "- {probe: register, file: fixture64.so, "
                                         "registers: {rdi: '$target:8'}}\n");

    CU_ASSERT_EQUAL_FATAL(loaded.count, 3);
    CU_ASSERT_EQUAL(loaded.probes[0]->setup.arguments[1].kind, GUEST_ARGUMENT_TARGET);
    CU_ASSERT_TRUE(loaded.probes[0]->setup.arguments[1].is_wide);
    CU_ASSERT_FALSE(loaded.probes[1]->setup.arguments[0].is_wide);
    CU_ASSERT_TRUE(loaded.probes[2]->setup.arguments[0].is_wide);
    unload(&loaded);
}

static void test_fixed_target(void) {
    struct loaded loaded = load_manifest("probe: tsc\n"
                                         "file: fixture64.so\n"
                                         "entry: hv_init\n"
                                         "targets: [0x40000010]\n");
    const struct probe *probe = only(&loaded);

    CU_ASSERT_EQUAL(probe->setup.arguments_count, 0);
    CU_ASSERT_EQUAL_FATAL(probe->targets_count, 1);
    CU_ASSERT_EQUAL(probe->targets[0], 0x40000010);
    unload(&loaded);
}

static void test_list_of_probes(void) {
    struct loaded loaded = load_manifest("- probe: a\n"
                                         "  file: fixture64.so\n"
                                         "- probe: b\n"
                                         "  file: fixture32.o\n"
                                         "  abi: regparm32\n"
                                         "  stubs: {printk: 1}\n");

    errors_print(&loaded.errors, "unexpected: ", stdout);
    CU_ASSERT_TRUE_FATAL(loaded.ok);
    CU_ASSERT_EQUAL_FATAL(loaded.count, 2);
    CU_ASSERT_STRING_EQUAL(loaded.probes[0]->name, "a");
    CU_ASSERT_EQUAL(loaded.probes[0]->setup.abi, GUEST_SYSV64);
    CU_ASSERT_STRING_EQUAL(loaded.probes[1]->name, "b");
    CU_ASSERT_EQUAL(loaded.probes[1]->setup.abi, GUEST_REGPARM32);
    unload(&loaded);
}

/* The paths of a manifest start at its own folder, wherever it is loaded from. */
static void test_relative_file(void) {
    static const char text[] = "probe: p\nfile: fixture64.so\n";
    struct loaded loaded;

    CU_ASSERT_TRUE_FATAL(write_file("probe_test.yaml", text, sizeof text - 1));
    loaded = load(HVSPEC_TEST_BINARY "/probe_test.yaml", &defaults);
    CU_ASSERT_STRING_EQUAL(only(&loaded)->path, HVSPEC_TEST_BINARY "/fixture64.so");
    unload(&loaded);
    unlink("probe_test.yaml");
}

/* Copies a file beside itself into a folder of its own; false: it cannot. */
static bool copy_into(const char *folder, const char *name) {
    char path[256], bytes[4096];
    FILE *from = fopen(name, "rb"), *to = NULL;
    size_t size;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    mkdir(folder, 0777);
    if (from)
        to = fopen(path, "wb");
    while (to && (size = fread(bytes, 1, sizeof bytes, from)) > 0)
        fwrite(bytes, 1, size, to);
    if (from)
        fclose(from);
    return to && fclose(to) == 0;
}

/* Reports and baselines know probes by their names. A file is the same however its path is written.
 */
static void test_names_differ(void) {
    static const char *const paths[] = {"fixture64.so", "probe_test_a/fixture64.so",
                                        "probe_test_b/fixture64.so"};
    static const char *const same[] = {"./fixture64.so", HVSPEC_TEST_BINARY "/fixture64.so",
                                       "probe_test_a/../fixture64.so", "probe_test_link.so"};
    struct probe_options entry = {.entry = "hv_init"};
    struct loaded loaded = {0};

    CU_ASSERT_TRUE_FATAL(copy_into("probe_test_a", paths[0]) &&
                         copy_into("probe_test_b", paths[0]));
    CU_ASSERT_EQUAL(symlink(paths[0], same[3]), 0);
    for (size_t i = 0; i < 3; i++)
        CU_ASSERT_TRUE(
            probe_load(paths[i], &defaults, &loaded.probes, &loaded.count, &loaded.errors));
    CU_ASSERT_TRUE(probe_load(paths[0], &entry, &loaded.probes, &loaded.count, &loaded.errors));
    CU_ASSERT_TRUE(errors_none(&loaded.errors));
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        CU_ASSERT_FALSE(
            probe_load(same[i], &defaults, &loaded.probes, &loaded.count, &loaded.errors));
        CU_ASSERT_EQUAL_FATAL(loaded.errors.count, i + 1);
        CU_ASSERT_STRING_EQUAL(loaded.errors.entries[i].message, "the same probe is given twice");
    }
    CU_ASSERT_EQUAL_FATAL(loaded.count, 4);
    CU_ASSERT_STRING_EQUAL(loaded.probes[0]->name, "fixture64.so");
    CU_ASSERT_STRING_EQUAL(loaded.probes[1]->name, "probe_test_a/fixture64.so");
    CU_ASSERT_STRING_EQUAL(loaded.probes[2]->name, "probe_test_b/fixture64.so");
    CU_ASSERT_STRING_EQUAL(loaded.probes[3]->name, "fixture64.so:hv_init");
    unload(&loaded);
    unlink(same[3]);
    for (size_t i = 1; i < 3; i++)
        unlink(paths[i]);
    rmdir("probe_test_a");
    rmdir("probe_test_b");
}

/* Its code would fault at once, and no case could tell why. */
static void test_instrumented(void) {
    static const char manifest[] = "probe: a\nfile: instrumented.o\n";
    struct loaded loaded[] = {load("instrumented.o", &defaults), load_manifest(manifest)};

    for (size_t i = 0; i < sizeof loaded / sizeof *loaded; i++) {
        CU_ASSERT_FALSE(loaded[i].ok);
        CU_ASSERT_EQUAL_FATAL(loaded[i].errors.count, 1);
        CU_ASSERT_PTR_NOT_NULL(
            strstr(loaded[i].errors.entries[0].message, "build it without -fsanitize=address"));
        unload(&loaded[i]);
    }
}

static const struct unit_test tests[] = {
    {"an ELF file with defaults", test_elf_defaults},
    {"options of the command line", test_options},
    {"options that are refused", test_options_refused},
    {"a manifest with every key", test_manifest_in_full},
    {"what an answer's number means", test_outcomes},
    {"no answer is no outcome", test_no_answer},
    {"boot code without a C ABI", test_boot_code},
    {"a probe for one feature", test_fixed_target},
    {"a target of 64 bits", test_wide_target},
    {"a manifest of several probes", test_list_of_probes},
    {"no two probes have the same name", test_names_differ},
    {"files relative to the manifest", test_relative_file},
    {"code that needs a sanitizer's runtime", test_instrumented},
};

int main(void) {
    /* cli; clc; ret: never run */
    static const char boot[] = "\xfa\xf8\xc3";

    if (chdir(HVSPEC_TEST_BINARY) != 0 || !write_file("boot.bin", boot, 3))
        return 3;
    return UNIT_RUN(tests);
}
