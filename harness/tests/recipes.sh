# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154 # what is said to be set below
#
# The other recipes of CONTRIBUTING.md, each as short as it says: followed in the copy of the source in
# which new_rule_test.sh adds a rule, so that all are built at once, and then tried. Sourced by it, for
# $copy, $scratch, $cc, expect and says.

# A line ahead of the first that holds a text, in a file of the copy.
ahead_of() { # file text line
    text=$2 line=$3 awk 'index($0, ENVIRON["text"]) && !done { print ENVIRON["line"]; done = 1 } { print }' \
        "$copy/$1" >"$scratch/edited" && cp "$scratch/edited" "$copy/$1"
    grep -qF -e "$3" "$copy/$1" || complain "no place in $1 for: $3"
}

recipes_follow() {
    # --- A report format: a writer, its row, its prototype. ---
    cat >"$copy/reports/other/words.c" <<'END'
#include "reports/formats.h"

bool words_write(const struct report *report, const struct report_style *style, FILE *stream) {
    char text[REPORT_RESULT_SIZE];

    (void)style;
    return fprintf(stream, "verdict: %s\n", report_result_text(report, text)) > 0;
}
END
    ahead_of reports/other/CMakeLists.txt '    badge.c' '    words.c'
    ahead_of reports/formats.c '    {"badge",' '    {"words", "the verdict in a line", words_write, NULL, NULL},'
    ahead_of reports/formats.h 'bool badge_write' \
        'bool words_write(const struct report *report, const struct report_style *style, FILE *stream);'

    # --- A command: a file and its row. ---
    cat >"$copy/harness/cli/count.c" <<'END'
#include "harness/cli/command.h"

static int count_run(const struct command_line *line) {
    (void)line;
    printf("%zu commands\n", commands_count);
    return COMMAND_CONFORMS;
}

const struct command command_count = {.name = "count",
                                      .operands = "",
                                      .summary = "how many commands there are",
                                      .text = "Counts them.",
                                      .examples = "hvspec count",
                                      .run = count_run};
END
    ahead_of harness/cli/CMakeLists.txt '    coverage.c' '    count.c'
    ahead_of harness/cli/commands.c 'extern const struct command command_explain;' \
        'extern const struct command command_count;'
    ahead_of harness/cli/commands.c '    &command_check, ' '    &command_count,'

    # --- A dump's format: a shape and its row. ---
    cat >>"$copy/harness/dump/shapes.c" <<'END'

static const struct dump_shape shape_slashes = {.rows = {"leaf %l holds %|%a/%b/%c/%d"}};
const struct dump_format dump_format_slashes = {.name = "slashes", .shape = &shape_slashes};
END
    ahead_of harness/dump/dump.c '    &dump_format_cpuid_r, ' '    &dump_format_slashes,'
    ahead_of "$(cd "$copy" && grep -l 'dump_format_libvirt' harness/dump/*.h)" 'extern const struct dump_format' \
        'extern const struct dump_format dump_format_slashes;'

    # --- A calling convention: its name and its row. ---
    ahead_of emulator/guest/guest.h '    GUEST_CDECL32,' '    GUEST_DX64,'
    ahead_of emulator/guest/convention.c '    [GUEST_CDECL32] = ' \
        '    [GUEST_DX64] = {.name = "dx64", .mode = IMAGE_64, .word = 8, .registers = {GUEST_DX}, .registers_count = 1, .kept = {KEPT_BX, KEPT_BP, KEPT_R12_TO_15}, .kept_count = 6},'

    # --- A file type: a file and its row. ---
    cat >"$copy/emulator/image/wrapped.c" <<'END'
#include "emulator/image/internal.h"

#include <stdlib.h>
#include <string.h>

static const char wrapped_head[] = "WRAPPED\n";
#define WRAPPED_SIZE (sizeof wrapped_head - 1)

bool image_is_wrapped(const uint8_t *bytes, size_t size) {
    return size > WRAPPED_SIZE && memcmp(bytes, wrapped_head, WRAPPED_SIZE) == 0;
}

bool image_rewrite_wrapped(struct image_file *file) {
    size_t size = file->size - WRAPPED_SIZE;
    uint8_t *bytes = malloc(size);

    if (!bytes)
        return image_fail(file, "out of memory");
    memcpy(bytes, file->bytes + WRAPPED_SIZE, size);
    image_file_replace(file, bytes, size);
    return true;
}
END
    ahead_of emulator/image/CMakeLists.txt '    undefined.c' '    wrapped.c'
    ahead_of emulator/image/loaders.c '    {"PE and COFF",' \
        '    {"wrapped", image_is_wrapped, image_rewrite_wrapped, .is_windows = false},'
    ahead_of emulator/image/internal.h '/* coff.c */' \
        'bool image_is_wrapped(const uint8_t *bytes, size_t size); bool image_rewrite_wrapped(struct image_file *file);'

    # --- A manifest key: its row and what reads it. ---
    ahead_of harness/probe/keys.c '    {"kernel",' \
        '    {"dozens", YAML_TEXT, TOLD, probe_read_dozens, .value = "1 to 1000", .otherwise = "none", .meaning = "dozens of instructions that one call may execute"},'
    ahead_of harness/probe/keys.h 'bool probe_read_kernel' \
        'bool probe_read_dozens(struct probe_reader *reader, const struct yaml_tree *node);'
    cat >>"$copy/harness/probe/keys_read.c" <<'END'

bool probe_read_dozens(struct probe_reader *reader, const struct yaml_tree *node) {
    uint64_t dozens = 0;

    if (!yaml_tree_number(node, &dozens, NULL) || dozens < 1 || dozens > 1000)
        return probe_key_error(reader, node, "dozens is a number from 1 to 1000");
    reader->probe->setup.budget = 12 * dozens;
    return true;
}
END
    ahead_of harness/MANIFEST.md '| `kernel` |' '| `dozens` | 1 to 1000 | none | dozens of instructions that one call may execute |'

    # --- A rule about tables: a row, its function and its prototype. ---
    cat >>"$copy/harness/spec/rules_hypervisor.def" <<'END'

RULE(HYPERVISOR_SIGNED,
     CATALOGUE(
         .id = "hypervisor/signed",
         .level = RULE_SHOULD,
         .judged_by = "table",
         .asks = "on a table: leaf 0x40000000 names a vendor",
         .locator = "nowhere",
         .text = "EBX, ECX and EDX of leaf 0x40000000 are not all zero.",
         .why = "Nobody knows whom to report a mistake to.",
         .breaks = "*ebx = *ecx = *edx = 0;",
         .fix = "*ebx = 0x4d564b4b;",
         .about_tables = true),
     JUDGED(0),
     BY(NONE),
     BY(TABLE, table_judge_signed, IN_BLOCK, "the dump shows no leaf 0x40000000"))
END
    ahead_of harness/table/judge.h '/* What is no violation' \
        'void table_judge_signed(struct table_judging *judging, const struct table_view *view);'
    cat >>"$copy/harness/table/rules_ours.c" <<'END'

void table_judge_signed(struct table_judging *judging, const struct table_view *view) {
    struct table_case *at;

    if (view->base->values.ebx || view->base->values.ecx || view->base->values.edx) {
        table_put(judging, RULE_HYPERVISOR_SIGNED, CPUID_BASE);
        return;
    }
    at = table_accuse(judging, RULE_HYPERVISOR_SIGNED, view, CPUID_BASE, TABLE_NONSTRICT);
    if (!at)
        return;
    snprintf(at->expected, sizeof at->expected, "a vendor's name");
    snprintf(at->observed, sizeof at->observed, "twelve zeros");
    table_show(at, view->base);
}
END

    # --- A mutation of the audit: what makes it, and its row. ---
    ahead_of harness/audit/mutations.c 'const struct mutation mutations[] = {' \
        'static void make_trap(const struct mutation_source *source, size_t at, size_t kind, struct mutant_list *list) { mutant_add(source, at, kind, (const uint8_t[]){0xcc}, 1, list); }'
    ahead_of harness/audit/mutations.c '    {"condition inverted",' \
        '    {"trapped", "the instruction replaced by a breakpoint", make_trap},'

    # --- A system call of programs: its row. ---
    ahead_of emulator/process/system_identity.c '    {39, "getpid",' \
        '    {999, "getdozen", NULL, 12, -1, 0},'

    # --- A quirk of the emulator: a row, and its cure, which fails here so that one sees it. ---
    ahead_of emulator/engine/quirks.c 'static const struct engine_quirk quirk_rows[]' \
        'static uc_err quirk_of_16(struct engine_quirks *quirks, uc_engine *uc) { (void)quirks; (void)uc; return UC_ERR_ARG; }'
    ahead_of emulator/engine/quirks.c '    {.cure = NULL}, /* the end */' \
        '    {QUIRK_VERSION(2, 0, 0), 0, IMAGE_16, "sixteen bits are few", quirk_of_16}, {QUIRK_VERSION(1, 0, 0), QUIRK_VERSION(2, 0, 0), IMAGE_64, "of another version", quirk_of_16},'
}

recipes_try() {
    expect 0 "write the new format" "$hvspec" check "$scratch/reference.so" -s max/zero --report words
    says "verdict: conforms"
    expect 0 "help on the new format" "$hvspec" help check
    says "the verdict in a line"
    expect 0 "complete the new format" "$hvspec" help --completion zsh
    says " words "

    expect 0 "the new command" "$hvspec" count
    says "16 commands"
    expect 0 "its manual page" "$hvspec" help --man count
    says "how many commands there are"

    printf 'leaf %s holds %s\n' 0 d/756e6547/6c65746e/49656e69 1 0/0/80000000/0 \
        40000000 40000001/4b4d564b/564b4d56/4d 40000001 7/0/0/0 >"$scratch/dump.txt"
    expect 0 "the new dump" "$hvspec" check "$scratch/dump.txt"
    says "conforms"

    printf '%s\n' '.globl entry' 'entry: mov %edx, %edi' 'jmp hv_feature_available' \
        >"$scratch/entry.s"
    expect 0 "assemble a probe of the new convention" "$cc" -O1 -shared -fPIC -nostdlib -Wl,-Bsymbolic \
        -fcf-protection=none "$scratch/entry.s" "$copy/harness/reference/hv_feature.c" -o "$scratch/dx.so"
    printf 'probe: dx\nfile: dx.so\nentry: entry\nabi: dx64\n' >"$scratch/dx.yaml"
    expect 0 "the new convention" "$hvspec" check "$scratch/dx.yaml" -s max/unsigned
    says "conforms"
    sed 's/dx64/sysv64/' "$scratch/dx.yaml" >"$scratch/other.yaml"
    expect 1 "the same called otherwise" "$hvspec" check "$scratch/other.yaml" -s max/unsigned

    printf 'WRAPPED\n' | cat - "$scratch/reference.so" >"$scratch/reference.wrapped"
    expect 0 "the new file type" "$hvspec" check "$scratch/reference.wrapped" -s max/unsigned
    says "conforms"

    printf 'probe: short\nfile: reference.so\ndozens: %s\n' 100 >"$scratch/dozens.yaml"
    expect 0 "the new key" "$hvspec" check "$scratch/dozens.yaml" -s max/unsigned
    says "dozens: 100"
    sed 's/100/1/' "$scratch/dozens.yaml" >"$scratch/dozen.yaml"
    expect 1 "the new key does what it says" "$hvspec" check "$scratch/dozen.yaml" -s max/unsigned -r platform/returns
    sed 's/100/0/' "$scratch/dozens.yaml" >"$scratch/none.yaml"
    expect 2 "a value that is none" "$hvspec" lint "$scratch/none.yaml"
    says "dozens is a number from 1 to 1000"

    sed 's|/564b4d56/4d|/0/0|; s|4b4d564b|0|' "$scratch/dump.txt" >"$scratch/nameless.txt"
    expect 0 "the new rule about tables is kept" "$hvspec" check "$scratch/dump.txt" -r hypervisor/signed --strict
    expect 1 "and broken" "$hvspec" check "$scratch/nameless.txt" -r hypervisor/signed --strict
    says "a vendor's name"

    # One scenario leaves survivors of other kinds, hence the exit code.
    expect 1 "the new mutation" "$hvspec" audit "$scratch/reference.so" -s max/zero --report markdown
    says "| trapped | \`platform/no-fault\`"

    printf '\303' >"$scratch/ret.bin"
    printf 'probe: small\nfile: ret.bin\nflat: 16@0x1000\nregisters: {eax: $target}\n' >"$scratch/small.yaml"
    expect 3 "the new quirk" "$hvspec" check "$scratch/small.yaml" -s max/zero
    says "sixteen bits are few"

    expect 0 "a new scenario" "$hvspec" new scenario "$copy/scenarios/max/my-idea"
    expect 0 "which lints" "$hvspec" lint "$copy/scenarios/max/my-idea.yaml"
    expect 0 "and runs" "$hvspec" check "$scratch/reference.so" -s "$copy/scenarios/max/my-idea.yaml"
}
