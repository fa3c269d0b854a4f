/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/cli/list.h"
#include "base/nearest.h"

#include "harness/spec/signatures.h"
#include "reports/console/page.h"

#include <stdlib.h>
#include <string.h>

static const char *const list_words[] = {
    [LIST_RULES] = "rules",   [LIST_SCENARIOS] = "scenarios",   [LIST_CASES] = "cases",
    [LIST_PROBES] = "probes", [LIST_SIGNATURES] = "signatures", [LIST_KINDS] = NULL,
};

/* --- Words. --- */

const char *list_answer_text(const struct probe *probe) {
    if (probe_reports_value(probe))
        return probe_names_outcome(probe) ? "three outcomes and a value" : "yes or no and a value";
    return probe_names_outcome(probe) ? "three outcomes" : "yes or no";
}

const char *list_abi_text(const struct probe *probe) {
    return guest_convention(probe->setup.abi)->name;
}

char *list_signature_text(const struct signature *signature, char text[LIST_SIGNATURE_SIZE]) {
    size_t length = SIGNATURE_SIZE, used = 0;

    while (length > 0 && signature->bytes[length - 1] == '\0')
        length--;
    text[0] = '\0';
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)signature->bytes[i];

        used += (size_t)snprintf(text + used, LIST_SIGNATURE_SIZE - used,
                                 byte >= ' ' && byte < 0x7f ? "%c" : "\\x%02x", byte);
    }
    return text;
}

/* --- What is listed. --- */

static bool list_find_kind(struct list *list, const struct command_line *line,
                           struct errors *errors) {
    const char *word = line->operands[0];

    for (unsigned kind = 0; kind < LIST_KINDS; kind++) {
        if (strcmp(word, list_words[kind]) != 0)
            continue;
        list->kind = kind;
        if (kind != LIST_PROBES && line->operands_count > 1)
            return errors_add(errors, NULL, 0, 0, "unexpected '%s': hvspec list %s takes no more",
                              line->operands[1], word);
        return true;
    }
    return nearest_unknown("list of", word, list_words, LIST_KINDS, "hvspec help list", errors);
}

/* The rules that --rule and --exclude leave and, with --scenarios, that those name. */
static bool list_find_rules(struct list *list, const struct command_line *line,
                            struct errors *errors) {
    bool named[RULES] = {false};

    list->open = !list->coverage && !command_line_has(line, OPTION_RULE) &&
                 !command_line_has(line, OPTION_EXCLUDE) &&
                 !command_line_has(line, OPTION_SCENARIOS);
    if ((list->coverage || command_line_has(line, OPTION_SCENARIOS)) &&
        !run_inputs_load_scenarios(&list->options, &list->inputs, errors))
        return false;
    if (list->coverage && !coverage_read(list->coverage, &list->inputs.set, errors))
        return false;
    for (size_t i = 0; i < list->inputs.set.count; i++) {
        for (size_t j = 0; j < list->inputs.set.scenarios[i].rules_count; j++)
            named[list->inputs.set.scenarios[i].rules[j]] = true;
    }
    for (unsigned rule = 0; rule < RULES; rule++) {
        list->selected[rule] &= named[rule] || !command_line_has(line, OPTION_SCENARIOS);
        list->count += list->selected[rule];
    }
    return true;
}

/* Scenarios that name one of the selected rules and that `check` would run with these options. */
static bool list_find_scenarios(struct list *list, const struct command_line *line,
                                struct errors *errors) {
    if (!run_inputs_load_scenarios(&list->options, &list->inputs, errors))
        return false;
    list->scenarios = calloc(list->inputs.set.count + 1, sizeof *list->scenarios);
    if (!list->scenarios)
        return errors_add(errors, NULL, 0, 0, "out of memory");
    for (size_t i = 0; i < list->inputs.set.count; i++) {
        const struct scenario *scenario = &list->inputs.set.scenarios[i];
        bool wanted = false;

        for (size_t j = 0; j < scenario->rules_count; j++)
            wanted |= list->selected[scenario->rules[j]];
        if (wanted && scenario->needs_presence && !command_line_has(line, OPTION_PROFILE))
            list->scenarios_elsewhere++;
        else
            list->scenarios[i] = wanted;
        list->count += list->scenarios[i];
    }
    return true;
}

static bool list_find_probes(struct list *list, const struct command_line *line,
                             struct errors *errors) {
    bool named = line->operands_count > 1;

    if (!named && !run_inputs_load_bundled(&list->options, &list->inputs, errors))
        return false;
    for (size_t i = 1; i < line->operands_count; i++) {
        if (!run_inputs_load_probes(&list->options, line->operands[i], &list->inputs, errors))
            return false;
    }
    if (!run_inputs_choose_probe(&list->options, &list->inputs, errors))
        return false;
    list->count = list->inputs.probes_count;
    return true;
}

static bool list_check_coverage(const struct list *list, const struct command_line *line,
                                struct errors *errors) {
    if (!list->coverage || (list->kind == LIST_RULES && !command_line_has(line, OPTION_SCENARIOS) &&
                            !command_line_has(line, OPTION_SEED)))
        return true;
    return errors_add(errors, NULL, 0, 0,
                      "--coverage is about rules and all installed scenarios: hvspec list rules "
                      "--coverage, with --rule and --exclude");
}

static bool list_find(struct list *list, const struct command_line *line, struct errors *errors) {
    if (!list_find_kind(list, line, errors) || !list_check_coverage(list, line, errors) ||
        !line_run_read(line, &list->options, errors) ||
        !run_select_rules(&list->options, list->selected, errors))
        return false;
    switch (list->kind) {
    case LIST_RULES:
        return list_find_rules(list, line, errors);
    case LIST_SCENARIOS:
    case LIST_CASES:
        return list_find_scenarios(list, line, errors);
    case LIST_PROBES:
        return list_find_probes(list, line, errors);
    case LIST_SIGNATURES:
    case LIST_KINDS:
        break;
    }
    list->count = signatures_count;
    return true;
}

/* --- For people: names first, so that `cut -d' ' -f1` gets them. --- */

/* Columns. A text that would have less than LIST_ROOM of them goes on a line of its own. */
enum {
    LIST_RULE_SIZE = 64, /* of a rule's id with what encloses it */
    LIST_LEVEL = 34,
    LIST_JUDGED = 42,
    LIST_RULE_TEXT = 56,
    LIST_CASES_END = 58,
    LIST_TITLE = 67,
    LIST_BYTES = 24,
    LIST_ROOM = 40,
    LIST_BELOW = 4
};

static unsigned list_text(struct page *page, unsigned column, const char *text) {
    if (page->width > 0 && page->width < column + LIST_ROOM) {
        page_end_line(page);
        column = LIST_BELOW;
    }
    page_tab(page, column);
    page_wrap(page, PAGE_PLAIN, text);
    return column;
}

static void list_print_rules(const struct list *list, struct page *page) {
    char only[LIST_RULE_SIZE];
    unsigned column;

    for (unsigned rule = 0; rule < RULES; rule++) {
        if (!list->selected[rule])
            continue;
        page_put(page, PAGE_BOLD, rules[rule].id);
        page_tab(page, LIST_LEVEL);
        page_put(page, PAGE_PLAIN, rule_level_text(rules[rule].level));
        page_tab(page, LIST_JUDGED);
        page_put(page, PAGE_DIM, rules[rule].judged_by);
        column = list_text(page, LIST_RULE_TEXT, rules[rule].text);
        if (rules[rule].profile) {
            snprintf(only, sizeof only, "(only with --profile %s)", rules[rule].profile);
            page_word(page, PAGE_DIM, only, column);
        }
        page_end_line(page);
    }
    if (!list->open)
        return;
    page_end_line(page);
    page_put(page, PAGE_BOLD, "Left open by the mail, and never a failure:");
    page_end_line(page);
    for (size_t i = 0; i < rules_open_count; i++) {
        page_put(page, PAGE_BOLD, rules_open[i].name);
        list_text(page, LIST_LEVEL, rules_open[i].text);
        page_end_line(page);
    }
}

/* "[max/read-first, max/reaches-target]". */
static void list_print_named(struct page *page, const struct scenario *scenario, unsigned column) {
    char word[LIST_RULE_SIZE];

    for (size_t i = 0; i < scenario->rules_count; i++) {
        snprintf(word, sizeof word, "%s%s%s", i == 0 ? "[" : "", rules[scenario->rules[i]].id,
                 i + 1 == scenario->rules_count ? "]" : ",");
        page_word(page, PAGE_DIM, word, column);
    }
}

static void list_print_scenarios(const struct list *list, struct page *page, bool with_cases) {
    size_t cases = 0;

    for (size_t i = 0; i < list->inputs.set.count; i++) {
        const struct scenario *scenario = &list->inputs.set.scenarios[i];

        if (!list->scenarios[i])
            continue;
        cases += scenario->cases_count;
        page_put(page, PAGE_BOLD, scenario->id);
        page_right(page, PAGE_PLAIN, scenario->cases_count, LIST_CASES_END);
        page_put(page, PAGE_DIM, scenario->cases_count == 1 ? " case" : " cases");
        list_print_named(page, scenario, list_text(page, LIST_TITLE, scenario->title));
        page_end_line(page);
        for (size_t j = 0; with_cases && j < scenario->cases_count; j++) {
            page_put(page, PAGE_PLAIN, "  ");
            page_put(page, PAGE_PLAIN, scenario->cases[j].id);
            page_end_line(page);
        }
    }
    page_count(page, PAGE_PLAIN, list->count, "scenario");
    page_put(page, PAGE_PLAIN, ", ");
    page_count(page, PAGE_PLAIN, cases, "case");
    if (list->scenarios_elsewhere > 0)
        page_format(page, PAGE_PLAIN, "; %zu more with --profile presence",
                    list->scenarios_elsewhere);
    page_end_line(page);
}

static void list_print_probes(const struct list *list, struct page *page) {
    for (size_t i = 0; i < list->inputs.probes_count; i++) {
        const struct probe *probe = list->inputs.probes[i];

        page_put(page, PAGE_BOLD, probe->name);
        page_field(page, PAGE_PLAIN, probe->path, LIST_BELOW);
        page_break(page, strlen("64 bits"), LIST_BELOW);
        page_format(page, PAGE_PLAIN, "%d bits", (int)probe->image->mode);
        page_break(page, strlen("entry ") + strlen(probe->entry), LIST_BELOW);
        page_put(page, PAGE_PLAIN, "entry ");
        page_put(page, PAGE_PLAIN, probe->entry);
        page_field(page, PAGE_PLAIN, list_abi_text(probe), LIST_BELOW);
        page_field(page, PAGE_PLAIN, list_answer_text(probe), LIST_BELOW);
        page_end_line(page);
    }
}

static void list_print_signatures(struct page *page) {
    char text[LIST_SIGNATURE_SIZE];

    for (size_t i = 0; i < signatures_count; i++) {
        struct cpuid_values values = signature_values(signatures[i].bytes);

        page_put(page, PAGE_BOLD, signatures[i].name);
        page_tab(page, LIST_BYTES);
        page_format(page, PAGE_PLAIN, "ebx=0x%08x ecx=0x%08x edx=0x%08x", values.ebx, values.ecx,
                    values.edx);
        list_signature_text(&signatures[i], text);
        page_break(page, strlen(text) + 2, LIST_BYTES);
        page_put(page, PAGE_PLAIN, "\"");
        page_put(page, PAGE_PLAIN, text);
        page_put(page, PAGE_PLAIN, "\"");
        page_end_line(page);
    }
}

/* --- Names only, for scripts. --- */

static void list_print_name(struct page *page, const char *name) {
    page_put(page, PAGE_PLAIN, name);
    page_end_line(page);
}

static void list_print_names(const struct list *list, struct page *page, bool with_cases) {
    for (unsigned rule = 0; list->kind == LIST_RULES && rule < RULES; rule++) {
        if (list->selected[rule])
            list_print_name(page, rules[rule].id);
    }
    bool scenarios = list->kind == LIST_SCENARIOS || list->kind == LIST_CASES;

    with_cases |= list->kind == LIST_CASES;
    for (size_t i = 0; scenarios && i < list->inputs.set.count; i++) {
        const struct scenario *scenario = &list->inputs.set.scenarios[i];

        if (list->scenarios[i] && !with_cases)
            list_print_name(page, scenario->id);
        for (size_t j = 0; list->scenarios[i] && with_cases && j < scenario->cases_count; j++)
            list_print_name(page, scenario->cases[j].id);
    }
    for (size_t i = 0; list->kind == LIST_PROBES && i < list->inputs.probes_count; i++)
        list_print_name(page, list->inputs.probes[i]->name);
    for (size_t i = 0; list->kind == LIST_SIGNATURES && i < signatures_count; i++)
        list_print_name(page, signatures[i].name);
}

/* --- By kind. --- */

static void list_print(const struct list *list, struct page *page, bool with_cases) {
    switch (list->kind) {
    case LIST_RULES:
        list_print_rules(list, page);
        break;
    case LIST_SCENARIOS:
        list_print_scenarios(list, page, with_cases);
        break;
    case LIST_CASES:
        list_print_names(list, page, true);
        break;
    case LIST_PROBES:
        list_print_probes(list, page);
        break;
    case LIST_SIGNATURES:
    case LIST_KINDS:
        list_print_signatures(page);
        break;
    }
}

static int list_run(const struct command_line *line) {
    struct coverage coverage = {0};
    struct list list = {.coverage = command_line_has(line, OPTION_COVERAGE) ? &coverage : NULL};
    struct errors errors = {0};
    struct report_style style = command_style(line), plain = {0};
    bool with_cases = style.verbosity > 0, names = command_line_has(line, OPTION_NAMES);
    struct page page = page_open(stdout, names ? &plain : &style);
    int code = COMMAND_CONFORMS;

    if (list_find(&list, line, &errors) && list.count == 0)
        errors_add(&errors, NULL, 0, 0, "nothing matched%s",
                   list.scenarios_elsewhere > 0 ? ": these scenarios need --profile presence" : "");
    if (!errors_none(&errors))
        code = COMMAND_INVALID;
    else if (command_line_has(line, OPTION_JSON))
        code = list_print_json(&list, with_cases, &errors) ? COMMAND_CONFORMS : COMMAND_FAILED;
    else if (names)
        list_print_names(&list, &page, with_cases);
    else if (list.coverage)
        list_print_coverage(&list, &page, style.verbosity);
    else
        list_print(&list, &page, with_cases);
    coverage_clear(&coverage);
    run_inputs_clear(&list.inputs);
    line_run_clear(&list.options);
    free(list.scenarios);
    return errors_none(&errors) ? code : command_fail(&errors, code);
}

static const enum option_id list_options[] = {
    OPTION_SCENARIOS,    OPTION_MATCHING, OPTION_RULE,     OPTION_EXCLUDE, OPTION_PROFILE,
    OPTION_SEED,         OPTION_ENTRY,    OPTION_ANSWER,   OPTION_FLAT,    OPTION_SYSROOT,
    OPTION_CONSTRUCTORS, OPTION_PROBE,    OPTION_COVERAGE, OPTION_JSON,    OPTION_NAMES,
    OPTION_VERBOSE,      OPTION_COLOR,
};

const struct command command_list = {
    .name = "list",
    .operands = "rules|scenarios|cases|probes|signatures [PROBE...]",
    .summary = "the rules, scenarios, cases, probes and signatures that there are",
    .text =
        "rules: the catalogue, and what the mail leaves open. scenarios: those that check would\n"
        "run with the same options; -v adds the ids of their cases. cases: those by id and, with\n"
        "--json, each with what CPUID returns in it, its questions and the right answers, for\n"
        "tests in other languages (cases.schema.json). probes: what check would\n"
        "call in the files that follow, or without any in those that come with the program: the\n"
        "reference, which conforms, and some that do not. signatures: the vendors' that\n"
        "scenarios use.\n"
        "\n"
        "--rule and --exclude leave scenarios that name such a rule, --scenarios leaves rules\n"
        "that these name. When nothing is left, the exit code is 2.",
    .examples = "hvspec list rules                     # with a sentence each\n"
                "hvspec list rules -s max/signed-byte  # what a scenario was written for\n"
                "hvspec list rules --coverage          # what each is good for; -v, -vv: more\n"
                "hvspec list scenarios -r 'gaps/*'     # who looks after these rules\n"
                "hvspec list scenarios -v -s max/zero  # its cases, by id\n"
                "hvspec list probes                    # some to try hvspec on\n"
                "hvspec list probes -e has libhv.so    # what check would run\n"
                "hvspec list cases --json              # for tests with a CPUID of their own\n"
                "hvspec list signatures --json         # for other programs",
    .options = list_options,
    .options_count = sizeof list_options / sizeof list_options[0],
    .operands_min = 1,
    .operands_max = SIZE_MAX,
    .complete = {COMPLETE_WORDS, COMPLETE_FILES},
    .words = list_words,
    .run = list_run,
};
