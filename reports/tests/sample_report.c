/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/tests/sample_report.h"

#include <stdlib.h>
#include <string.h>

/* Escape sequences, a control character of each kind, invalid UTF-8 (a lone continuation byte, an
 * overlong slash, a surrogate, a cut-off character), markup, and a right-to-left override. */
#define SAMPLE_HOSTILE                                                                             \
    "\x1b[31m\x07\x01<b a='1' c=\"2\">&amp;]]>--\r\n\t\x7f\xc2\x9b"                                \
    "2J \x80 \xc0\xaf \xed\xa0\x80 \xe2\x80\xae \xef\xbf\xbe \xe2\x82"

static void *sample_array(size_t count, size_t size) {
    void *array = calloc(count, size);

    if (!array)
        abort();
    return array;
}

static char *sample_text(const char *text) {
    char *copy = strdup(text);

    if (!copy)
        abort();
    return copy;
}

static struct report_step sample_step(uint64_t address, uint32_t leaf, uint32_t eax,
                                      const char *symbol, const char *source) {
    return (struct report_step){.address = address,
                                .leaf = leaf,
                                .eax = eax,
                                .symbol = sample_text(symbol),
                                .source = source ? sample_text(source) : NULL};
}

static struct report_instruction sample_instruction(uint64_t address, const char *text) {
    return (struct report_instruction){.address = address, .text = sample_text(text)};
}

static void sample_trace(struct report_example *example) {
    example->trace_count = 2;
    example->trace = sample_array(2, sizeof *example->trace);
    example->trace[0] = sample_step(0x1020, 0x40000000, 0x80000000, "hv_init+0x8", "hv.c:12");
    example->trace[0].ebx = 0x4b4d564b;
    example->trace[0].ecx = 0x564b4d56;
    example->trace[0].edx = 0x4d;
    example->trace[0].in_boot = true;
    example->trace[1] = sample_step(0x1040, 0x40000000, 0x80000000, "hv_max+0x10", "hv.c:31");
    example->trace[1].subleaf = 0xab;
    example->trace[1].deciding = true;
    example->trace_omitted = 4;
}

static void sample_listing(struct report_example *example) {
    example->listing_count = 3;
    example->listing = sample_array(3, sizeof *example->listing);
    example->listing[0] = sample_instruction(0x1040, "cpuid");
    example->listing[1] = sample_instruction(0x1042, "cmp eax, edi");
    example->listing[1].deciding = true;
    example->listing[2] = sample_instruction(0x1044, "jl 0x1060");
}

static void sample_leaves(struct report_example *example) {
    example->leaves_count = 2;
    example->leaves = sample_array(2, sizeof *example->leaves);
    example->leaves[0] =
        (struct report_leaf){.first = 0x40000001, .last = 0x4000000f, .same = true};
    example->leaves[1] = (struct report_leaf){
        .first = 0x40000010, .last = 0x40000010, .eax = 1, .target = true, .same = true};
}

static void sample_violation(struct report_rule *rule) {
    struct report_example *example;

    rule->cases = 812;
    rule->violations = 3;
    rule->examples_count = 2;
    rule->examples = sample_array(2, sizeof *rule->examples);
    example = &rule->examples[0];
    example->case_id = sample_text("max/unsigned:max=0x80000000");
    example->scenario_id = sample_text("max/unsigned");
    example->expected = sample_text("available");
    example->observed = sample_text("not available");
    example->target = 0x40000010;
    example->maximum = 0x80000000;
    sample_trace(example);
    sample_listing(example);
    sample_leaves(example);
    example->callers = sample_text("hv_available+0x12 hv.c:40");
    example->source_file = sample_text("hv.c");
    example->source_line = 31;
    example->quote = sample_array(2, sizeof *example->quote);
    example->quote[0] = (struct report_quote){30, sample_text("    uint32_t max = eax(BASE);")};
    example->quote[1] = (struct report_quote){31, sample_text("    if (max < target) /* <- */")};
    example->quote_count = 2;
    example->rerun = sample_text("hvspec trace hv.so max/unsigned:max=0x80000000");
    example = &rule->examples[1];
    example->case_id = sample_text("max/unsigned:max=0xffffffff");
    example->scenario_id = sample_text("max/unsigned");
    example->twin = sample_text("EBX of 0x40000000 = 0");
    example->expected = sample_text("available");
    example->observed = sample_text("no answer: the call did not return");
    example->target = 0x40000020;
    example->maximum = 0xffffffff;
    example->rerun = sample_text("hvspec trace hv.so max/unsigned:max=0xffffffff");
}

/* A rule of each verdict but error. */
static const struct report_rule sample_rules[] = {
    {.id = "max/read-first", .level = "must", .verdict = REPORT_PASS, .cases = 812},
    {.id = "max/reaches-target", .level = "must", .verdict = REPORT_FAIL},
    {.id = "max/no-read-beyond",
     .level = "should",
     .verdict = REPORT_NONSTRICT,
     .cases = 40,
     .violations = 1,
     .unanswered = 2},
    {.id = "target/value-intact", .level = "must", .verdict = REPORT_NOT_APPLICABLE},
    {.id = "gaps/order-independent", .level = "must", .verdict = REPORT_NOT_EXERCISED},
    {.id = "hypervisor/max-in-block", .level = "info", .verdict = REPORT_INFO, .cases = 7},
};
#define SAMPLE_RULES (sizeof sample_rules / sizeof sample_rules[0])

static void sample_probe_rules(struct report_probe *probe) {
    probe->rules_count = SAMPLE_RULES;
    probe->rules = sample_array(SAMPLE_RULES, sizeof *probe->rules);
    for (size_t i = 0; i < SAMPLE_RULES; i++) {
        probe->rules[i] = sample_rules[i];
        probe->rules[i].locator = "detection step 1, second sentence";
        probe->rules[i].text = "A maximum at or above the target never turns the feature away.";
        probe->rules[i].why = "A signed comparison loses every maximum with bit 31 set.";
    }
    sample_violation(&probe->rules[1]);
    probe->rules[3].reason = sample_text("the probe reports no value");
    probe->rules[4].reason = sample_text("no case asks twice");
}

static void sample_probe_sites(struct report_probe *probe) {
    probe->sites_count = 2;
    probe->sites = sample_array(2, sizeof *probe->sites);
    probe->sites[0] = (struct report_site){.address = 0x1040,
                                           .symbol = sample_text("hv_max+0x10"),
                                           .source = sample_text("hv.c:31"),
                                           .reached = true};
    probe->sites[1] =
        (struct report_site){.address = 0x1080, .symbol = sample_text("hv_legacy+0x4")};
}

static void sample_probe_scenarios(struct report_probe *probe) {
    static const enum report_verdict unsigned_verdicts[SAMPLE_RULES] = {
        REPORT_PASS,           REPORT_FAIL,          REPORT_PASS,
        REPORT_NOT_APPLICABLE, REPORT_NOT_EXERCISED, REPORT_NOT_EXERCISED};

    probe->scenarios_count = 2;
    probe->scenarios = sample_array(2, sizeof *probe->scenarios);
    for (size_t i = 0; i < 2; i++)
        probe->scenarios[i].verdicts =
            sample_array(SAMPLE_RULES, sizeof *probe->scenarios[i].verdicts);
    probe->scenarios[0].id = "max/equal";
    probe->scenarios[0].title = "The maximum equals the target";
    probe->scenarios[0].cases = 5;
    probe->scenarios[1].id = "max/unsigned";
    probe->scenarios[1].title = "The maximum is compared as an unsigned number";
    probe->scenarios[1].cases = 807;
    probe->scenarios[1].plain = (struct report_plain){900, 1, 2, 3, 4, 5};
    memcpy(probe->scenarios[1].verdicts, unsigned_verdicts, sizeof unsigned_verdicts);
}

struct report sample_small(void) {
    struct report report = {
        .version = "1.0.0", .seed = 1, .probes_count = 1, .cases = 812, .runs = 4060};
    struct report_probe *probe = sample_array(1, sizeof *probe);

    report.probes = probe;
    probe->name = sample_text("hvdetect");
    probe->file = sample_text("hv.so");
    probe->sha256 = sample_text("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    probe->arch = sample_text("x86-64");
    probe->hunt = (struct report_hunt){300000, 299998, 1, true};
    probe->entry = sample_text("hv_feature_available");
    probe->verdict = REPORT_FAIL;
    sample_probe_rules(probe);
    sample_probe_sites(probe);
    sample_probe_scenarios(probe);
    probe->notes_count = 1;
    probe->notes = sample_array(1, sizeof *probe->notes);
    probe->notes[0] = sample_text("max/below-is-absent is excluded: on purpose");
    return report;
}

static void sample_replace(char **text) {
    if (!*text)
        return;
    free(*text);
    *text = sample_text(SAMPLE_HOSTILE);
}

static void sample_spoil_example(struct report_example *example) {
    for (size_t i = 0; i < example->trace_count; i++) {
        sample_replace(&example->trace[i].symbol);
        sample_replace(&example->trace[i].source);
    }
    for (size_t i = 0; i < example->listing_count; i++)
        sample_replace(&example->listing[i].text);
    for (size_t i = 0; i < example->quote_count; i++)
        sample_replace(&example->quote[i].text);
    sample_replace(&example->case_id);
    sample_replace(&example->scenario_id);
    sample_replace(&example->twin);
    sample_replace(&example->expected);
    sample_replace(&example->observed);
    sample_replace(&example->callers);
    sample_replace(&example->source_file);
    sample_replace(&example->rerun);
}

static void sample_spoil(struct report_probe *probe) {
    for (size_t i = 0; i < probe->sites_count; i++) {
        sample_replace(&probe->sites[i].symbol);
        sample_replace(&probe->sites[i].source);
    }
    for (size_t i = 0; i < probe->rules_count; i++) {
        sample_replace(&probe->rules[i].reason);
        for (size_t k = 0; k < probe->rules[i].examples_count; k++)
            sample_spoil_example(&probe->rules[i].examples[k]);
    }
    for (size_t i = 0; i < probe->scenarios_count; i++)
        probe->scenarios[i].id = probe->scenarios[i].title = SAMPLE_HOSTILE;
    sample_replace(&probe->notes[0]);
    probe->statements = sample_array(1, sizeof *probe->statements);
    probe->statements[0].text = sample_text(SAMPLE_HOSTILE);
    probe->statements[0].limit = sample_text(SAMPLE_HOSTILE);
    probe->statements_count = 1;
    sample_replace(&probe->name);
    sample_replace(&probe->file);
    sample_replace(&probe->entry);
    free(probe->sha256);
    probe->sha256 = NULL;
}

struct report sample_hostile(void) {
    struct report report = sample_small(), second = sample_small();

    report.probes = realloc(report.probes, 2 * sizeof *report.probes);
    if (!report.probes)
        abort();
    report.probes[1] = second.probes[0];
    free(second.probes);
    report.probes_count = 2;
    report.seed = UINT64_MAX;
    report.strict = true;
    report.profile = "presence";
    report.errors = 2;
    sample_spoil(&report.probes[0]);
    sample_spoil(&report.probes[1]);
    report.probes[1].verdict = REPORT_ERROR;
    report.probes[1].rules[0].verdict = REPORT_ERROR;
    report.probes[1].rules[0].errors = 2;
    return report;
}

struct report sample_conforming(void) {
    struct report one = sample_empty();
    struct report_probe *probe = sample_array(1, sizeof *probe);

    one.probes = probe;
    one.probes_count = 1;
    one.cases = 1;
    one.runs = 1;
    probe->name = sample_text("reference");
    probe->file = sample_text("reference.o");
    probe->arch = sample_text("i386");
    probe->entry = sample_text("hv_feature_available");
    probe->verdict = REPORT_PASS;
    probe->rules_count = 1;
    probe->rules = sample_array(1, sizeof *probe->rules);
    probe->rules[0] = sample_rules[0];
    probe->rules[0].locator = "detection step 1, first sentence";
    probe->rules[0].text = "EAX of 0x40000000 is read first.";
    probe->rules[0].why = "What lies above the maximum means nothing.";
    probe->rules[0].cases = 1;
    return one;
}

struct report sample_swept(void) {
    static const struct report_range ranges[] = {{0x40000011, 0x7fffffff},
                                                 {UINT32_MAX, UINT32_MAX}};
    struct report swept = sample_conforming();
    struct report_probe *probe = &swept.probes[0];
    struct report_sweep_rule *rule = sample_array(1, sizeof *rule);

    rule->id = probe->rules[0].id;
    rule->runs = UINT64_C(1) << 32;
    rule->failing = 0x3ffffff0;
    rule->last = UINT32_MAX;
    rule->ranges_all = rule->ranges_count = 2;
    rule->ranges = sample_array(2, sizeof *rule->ranges);
    memcpy(rule->ranges, ranges, sizeof ranges);
    probe->sweeps = sample_array(2, sizeof *probe->sweeps);
    probe->sweeps_count = 2;
    probe->sweeps[0] = (struct report_sweep){.what = "max",
                                             .target = 0x40000010,
                                             .to = UINT32_MAX,
                                             .stride = 1,
                                             .verdict = REPORT_SWEEP_FAILS,
                                             .values = UINT64_C(1) << 32,
                                             .wanted = UINT64_C(1) << 32,
                                             .rules = rule,
                                             .rules_count = 1,
                                             .scenario = sample_text("./sweep.yaml")};
    probe->sweeps[1] = (struct report_sweep){.what = "eax",
                                             .target = 0x40000010,
                                             .from = 1,
                                             .to = 1999,
                                             .stride = 2,
                                             .verdict = REPORT_SWEEP_ERROR,
                                             .values = 500,
                                             .wanted = 1000,
                                             .unjudged = 1,
                                             .unjudged_first = 7,
                                             .unjudged_reason = sample_text("undefined"),
                                             .rules = sample_array(1, sizeof *rule)};
    probe->rules[0].verdict = probe->verdict = REPORT_FAIL;
    probe->rules[0].cases = rule->runs;
    probe->rules[0].violations = rule->failing;
    probe->notes = sample_array(1, sizeof *probe->notes);
    probe->notes[probe->notes_count++] =
        sample_text("partial: stopped ahead of its end, which proves nothing");
    swept.cases = swept.runs = (UINT64_C(1) << 32) + 500;
    swept.errors = 1;
    return swept;
}

static struct report_example *sample_new_example(const char *case_id) {
    struct report_example *example = sample_array(1, sizeof *example);

    example->case_id = sample_text(case_id);
    example->scenario_id = sample_text("max/equal");
    example->expected = sample_text("available");
    example->observed = sample_text("available (0x1)");
    example->target = example->maximum = 0x40000010;
    example->rerun = sample_text("hvspec trace hv.so max/equal");
    sample_trace(example);
    sample_listing(example);
    sample_leaves(example);
    return example;
}

struct report sample_cells(void) {
    struct report report = sample_small();
    struct report_probe *probe = &report.probes[0];

    probe->scenarios = realloc(probe->scenarios, 3 * sizeof *probe->scenarios);
    if (!probe->scenarios)
        abort();
    probe->scenarios[probe->scenarios_count++] = (struct report_scenario){
        .id = "max/zero",
        .title = "A maximum of zero covers no feature",
        .cases = 8,
        .verdicts = sample_array(SAMPLE_RULES, sizeof *probe->scenarios->verdicts)};
    for (size_t i = 0; i < probe->scenarios_count; i++) {
        struct report_scenario *scenario = &probe->scenarios[i];

        scenario->cells = sample_array(SAMPLE_RULES, sizeof *scenario->cells);
        for (size_t k = 0; k < SAMPLE_RULES; k++)
            scenario->cells[k].cases = scenario->cases;
    }
    probe->scenarios[0].verdicts[1] = REPORT_FAIL;
    probe->scenarios[0].cells[1].violations = 1;
    probe->scenarios[0].cells[1].example = sample_new_example("max/equal:max=0x40000010");
    probe->scenarios[0].shown = sample_new_example("max/equal:max=0x40000020");
    probe->scenarios[1].cells[1].violations = 2;
    return report;
}

static struct report_line sample_line(unsigned number, enum report_line_state state,
                                      const char *text, const char *reason) {
    return (struct report_line){
        .number = number, .state = state, .text = sample_text(text), .reason = sample_text(reason)};
}

/* Two lines list violations: of the failing rule, with `first` as its case, and of the nonstrict
 * one. */
static struct report sample_gated(const char *first, size_t lines_count) {
    struct report report = sample_small();
    struct report_rule *rules = report.probes[0].rules;
    struct report_line *lines = sample_array(lines_count, sizeof *lines);
    char *text;

    if (asprintf(&text, "hvdetect max/reaches-target %s fail", first) < 0)
        abort();
    report.gate.path = sample_text("known.txt");
    report.gate.lines = lines;
    report.gate.lines_count = lines_count;
    lines[0] = sample_line(2, REPORT_LINE_HOLDS, text, "signed compare, example.org/12");
    lines[1] = sample_line(3, REPORT_LINE_HOLDS, "hvdetect max/no-read-beyond * nonstrict", "");
    free(text);
    for (size_t i = 0; i < 2; i++) {
        rules[1 + i].lines = sample_array(1, sizeof *rules->lines);
        rules[1 + i].lines[0] = &lines[i];
        rules[1 + i].lines_count = 1;
    }
    rules[1].examples[1].line = &lines[0];
    return report;
}

static struct report sample_gate_done(struct report report) {
    for (size_t i = 0; i < report.gate.lines_count; i++)
        report.gate.lines[i].path = report.gate.lines[i].file = report.gate.path;
    return report;
}

struct report sample_gate_fails(void) {
    struct report report = sample_gated("max/unsigned:max=0xffffffff", 4);
    struct report_rule *rule = &report.probes[0].rules[1];

    report.gate.listed = 2;
    report.gate.lines[2] = sample_line(4, REPORT_LINE_GONE, "hvdetect max/read-first * fail", "");
    report.gate.lines[3] =
        sample_line(5, REPORT_LINE_UNMATCHED, "hvdetect2 max/read-first * fail", "<b> & \"x\"");
    report.gate.lines[3].why = "no probe of this name ran";
    rule->unlisted = 2;
    rule->unlisted_cases = sample_array(2, sizeof *rule->unlisted_cases);
    rule->unlisted_cases[0] = "max/unsigned:max=0x80000000";
    rule->unlisted_cases[1] = "max/unsigned:max=0xfffffffe";
    return sample_gate_done(report);
}

struct report sample_gate_holds(void) {
    struct report report = sample_gated("*", 2);

    report.gate.holds = true;
    report.gate.listed = 4;
    report.probes[0].rules[1].examples[0].line = &report.gate.lines[0];
    return sample_gate_done(report);
}

struct report sample_empty(void) {
    return (struct report){.version = "1.0.0", .seed = 1};
}

const struct sample samples[] = {
    {"small", sample_small},           {"hostile", sample_hostile},
    {"conforming", sample_conforming}, {"swept", sample_swept},
    {"cells", sample_cells},           {"gate-fails", sample_gate_fails},
    {"gate-holds", sample_gate_holds}, {"empty", sample_empty},
};
const size_t samples_count = sizeof samples / sizeof samples[0];

char *sample_written(const struct report *report, const struct report_format *format,
                     const struct report_style *style) {
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    bool written;

    if (!stream)
        abort();
    written = format->write(report, style, stream);
    if (fclose(stream) != 0 || !written) {
        free(text);
        return NULL;
    }
    return text;
}
