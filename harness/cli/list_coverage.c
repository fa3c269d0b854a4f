/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/cli/list.h"

#include <string.h>

enum { COVERAGE_LEVEL = 34, COVERAGE_ITEM = 13, COVERAGE_BELOW = 2, COVERAGE_WIDE = 102 };

/* What is counted, and where its column ends; without the level it all fits 80 columns. */
enum coverage_count {
    COVERAGE_SCENARIOS,
    COVERAGE_PASSING,
    COVERAGE_FAILING,
    COVERAGE_BROKEN,
    COVERAGE_BROKEN_ALONE,
    COVERAGE_MUTANTS,
    COVERAGE_MUTANTS_ALONE,
    COVERAGE_COUNTS
};
static const struct {
    unsigned wide, narrow;
    const char *title;
} coverage_columns[COVERAGE_COUNTS] = {
    [COVERAGE_SCENARIOS] = {52, 37, "scenarios"},  [COVERAGE_PASSING] = {61, 45, "passing"},
    [COVERAGE_FAILING] = {70, 53, "failing"},      [COVERAGE_BROKEN] = {78, 60, "broken"},
    [COVERAGE_BROKEN_ALONE] = {85, 66, "alone"},   [COVERAGE_MUTANTS] = {94, 74, "mutants"},
    [COVERAGE_MUTANTS_ALONE] = {101, 80, "alone"},
};

static bool coverage_is_wide(const struct page *page) {
    return page->width == 0 || page->width >= COVERAGE_WIDE;
}

static unsigned coverage_column(const struct page *page, enum coverage_count count) {
    return coverage_is_wide(page) ? coverage_columns[count].wide : coverage_columns[count].narrow;
}

static void coverage_totals(const struct coverage_rule *rule, size_t *passing, size_t *failing) {
    *passing = *failing = 0;
    for (size_t i = 0; i < rule->cases_count; i++) {
        *passing += rule->cases[i].passing_count;
        *failing += rule->cases[i].failing_count;
    }
}

static void coverage_put_level(struct page *page, const char *level) {
    if (!coverage_is_wide(page))
        return;
    page_tab(page, COVERAGE_LEVEL);
    page_put(page, PAGE_PLAIN, level);
}

static void coverage_put_row(const struct list *list, struct page *page, unsigned rule) {
    const struct coverage_rule *covered = &list->coverage->rules[rule];
    size_t passing, failing;

    coverage_totals(covered, &passing, &failing);
    page_put(page, PAGE_BOLD, rules[rule].id);
    coverage_put_level(page, rule_level_text(rules[rule].level));
    if (rules[rule].about_tables) {
        page_field(page, PAGE_DIM, "judged on tables, not on probes", COVERAGE_BELOW);
        page_end_line(page);
        return;
    }
    const size_t counts[COVERAGE_COUNTS] = {
        [COVERAGE_SCENARIOS] = covered->cases_count,
        [COVERAGE_PASSING] = passing,
        [COVERAGE_FAILING] = failing,
        [COVERAGE_BROKEN] = covered->broken_count,
        [COVERAGE_BROKEN_ALONE] = covered->broken_alone,
        [COVERAGE_MUTANTS] = covered->mutants,
        [COVERAGE_MUTANTS_ALONE] = covered->alone_count,
    };
    for (unsigned i = 0; i < COVERAGE_COUNTS; i++)
        page_right(page, PAGE_PLAIN, counts[i], coverage_column(page, i));
    page_end_line(page);
}

/* --- With -v: what the numbers count. --- */

static void coverage_put_cases(struct page *page, const struct coverage_cases *cases,
                               bool with_cases) {
    char counts[80];

    page_put(page, PAGE_DIM, "  scenario");
    page_tab(page, COVERAGE_ITEM);
    page_put(page, PAGE_PLAIN, cases->scenario->id);
    snprintf(counts, sizeof counts, "%zu passing, %zu failing of %zu", cases->passing_count,
             cases->failing_count, cases->scenario->cases_count);
    page_field(page, PAGE_DIM, counts, COVERAGE_ITEM);
    page_end_line(page);
    for (size_t i = 0; with_cases && i < cases->scenario->cases_count; i++) {
        if (!cases->passing[i] && !cases->failing[i])
            continue;
        page_tab(page, COVERAGE_ITEM);
        page_put(page, PAGE_PLAIN, cases->scenario->cases[i].id);
        page_put(page, PAGE_DIM, cases->passing[i] ? "  passing" : "");
        page_put(page, PAGE_DIM, cases->failing[i] ? "  failing" : "");
        page_end_line(page);
    }
}

static void coverage_put_catches(struct page *page, const struct coverage_rule *rule) {
    for (size_t i = 0; i < rule->broken_count; i++) {
        page_put(page, PAGE_DIM, "  broken");
        page_tab(page, COVERAGE_ITEM);
        page_put(page, PAGE_PLAIN, rule->broken[i].probe);
        page_put(page, PAGE_DIM, rule->broken[i].alone ? "  alone" : "");
        page_end_line(page);
    }
    for (size_t i = 0; i < rule->alone_count; i++) {
        const struct coverage_mutant *mutant = &rule->alone[i];

        page_put(page, PAGE_DIM, "  mutant");
        page_tab(page, COVERAGE_ITEM);
        page_put(page, PAGE_PLAIN, mutant->probe);
        page_field(page, PAGE_DIM, mutant->symbol, COVERAGE_ITEM);
        page_format(page, PAGE_DIM, ":%u", mutant->line);
        page_field(page, PAGE_PLAIN, mutant->before, COVERAGE_ITEM);
        page_put(page, PAGE_DIM, "  ->");
        page_field(page, PAGE_PLAIN, mutant->after, COVERAGE_ITEM);
        page_end_line(page);
    }
}

static void coverage_put_details(const struct list *list, struct page *page, unsigned rule,
                                 bool with_cases) {
    const struct coverage_rule *covered = &list->coverage->rules[rule];

    if (rules[rule].about_tables)
        return;
    page_end_line(page);
    page_put(page, PAGE_BOLD, rules[rule].id);
    page_end_line(page);
    for (size_t i = 0; i < covered->cases_count; i++)
        coverage_put_cases(page, &covered->cases[i], with_cases);
    coverage_put_catches(page, covered);
}

/* --- What follows from them. --- */

static void coverage_put_rules(const struct list *list, struct page *page, const char *title,
                               bool (*holds)(const struct coverage_rule *rule)) {
    const char *waiting = NULL; /* printed once it is known whether a comma follows */

    page_put(page, PAGE_DIM, title);
    page_put(page, PAGE_DIM, ":");
    for (unsigned rule = 0; rule < RULES; rule++) {
        if (!list->selected[rule] || rules[rule].about_tables ||
            !holds(&list->coverage->rules[rule]))
            continue;
        if (waiting)
            page_item(page, PAGE_PLAIN, waiting, ",", COVERAGE_BELOW);
        waiting = rules[rule].id;
    }
    page_word(page, PAGE_PLAIN, waiting ? waiting : "none", COVERAGE_BELOW);
    page_end_line(page);
}

static bool coverage_is_shared(const struct coverage_rule *rule) {
    return !coverage_is_irreplaceable(rule) && !coverage_is_idle(rule);
}

static void coverage_put_age(const struct list *list, struct page *page) {
    const struct coverage *coverage = list->coverage;
    char mutants[80];

    page_put(page, PAGE_DIM, "Measured on probes made with ");
    page_put(page, PAGE_DIM, coverage->made_with);
    snprintf(mutants, sizeof mutants, "and on %zu mutants of the reference probe.",
             coverage->mutants);
    page_put(page, PAGE_DIM, ",");
    page_word(page, PAGE_DIM, mutants, COVERAGE_BELOW);
    page_end_line(page);
    if (!coverage_is_stale(coverage))
        return;
    page_format(page, PAGE_YELLOW,
                "Out of date: of the scenarios, %zu new, %zu changed and %zu gone since:",
                coverage->added, coverage->changed, coverage->removed);
    for (size_t i = 0; i < list->inputs.set.count; i++) {
        if (coverage->ages[i] == COVERAGE_MEASURED)
            continue;
        page_word(page, PAGE_PLAIN, list->inputs.set.scenarios[i].id, COVERAGE_BELOW);
    }
    page_end_line(page);
    page_wrap(page, PAGE_PLAIN,
              "Their cases are not counted above. hvspec's build measures anew with: "
              "cmake --build build --target coverage");
    page_end_line(page);
}

void list_print_coverage(const struct list *list, struct page *page, int verbosity) {
    page_put(page, PAGE_DIM, "rule");
    coverage_put_level(page, "level");
    for (unsigned i = 0; i < COVERAGE_COUNTS; i++) {
        page_tab(page, coverage_column(page, i) - (unsigned)strlen(coverage_columns[i].title));
        page_put(page, PAGE_DIM, coverage_columns[i].title);
    }
    page_end_line(page);
    for (unsigned rule = 0; rule < RULES; rule++) {
        if (list->selected[rule])
            coverage_put_row(list, page, rule);
    }
    for (unsigned rule = 0; verbosity > 0 && rule < RULES; rule++) {
        if (list->selected[rule])
            coverage_put_details(list, page, rule, verbosity > 1);
    }
    page_end_line(page);
    page_wrap(
        page, PAGE_DIM,
        "passing, failing: cases that exercise the rule on a probe that conforms, and in which "
        "a broken probe violates it. broken, mutants: those that it turns red for; alone: and "
        "no other rule does.");
    page_end_line(page);
    coverage_put_rules(list, page, "Nothing else could replace", coverage_is_irreplaceable);
    coverage_put_rules(list, page, "Others catch all that they do", coverage_is_shared);
    coverage_put_rules(list, page, "Catch nothing", coverage_is_idle);
    coverage_put_age(list, page);
}
