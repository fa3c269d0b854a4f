/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/baseline/lookup.h"

#include "base/glob.h"

#include <stdlib.h>
#include <string.h>

bool baseline_is_wild(const char *field) {
    return strpbrk(field, "*?\\") != NULL;
}

enum report_verdict baseline_outcome(const struct report_rule *rule) {
    return strcmp(rule->level, "must") == 0     ? REPORT_FAIL
           : strcmp(rule->level, "should") == 0 ? REPORT_NONSTRICT
                                                : REPORT_INFO;
}

int baseline_order(const struct baseline_line *left, const struct baseline_line *right) {
    int order = strcmp(left->probe, right->probe);

    if (order == 0)
        order = strcmp(left->rule, right->rule);
    if (order == 0)
        order = strcmp(left->test, right->test);
    return order != 0 ? order : (int)left->outcome - (int)right->outcome;
}

static int lookup_order(const void *key, const void *line) {
    return baseline_order(key, line);
}

/* The line that says just this; NULL: there is none. A name with a special character is spelled
 * with a '\' in a line, and so never found here. */
static const struct baseline_line *lookup_plain(const struct baseline *baseline, const char *probe,
                                                const char *rule, enum report_verdict outcome,
                                                const char *case_id) {
    struct baseline_line key = {
        .probe = (char *)probe, .rule = (char *)rule, .test = (char *)case_id, .outcome = outcome};

    if (baseline->count == 0 || baseline_is_wild(probe) || baseline_is_wild(case_id))
        return NULL;
    return bsearch(&key, baseline->lines, baseline->count, sizeof key, lookup_order);
}

static bool lookup_is_about(const struct baseline_line *line, const char *probe, const char *rule,
                            enum report_verdict outcome) {
    return line->outcome == outcome && glob_match(line->rule, rule) &&
           glob_match(line->probe, probe);
}

bool baseline_lists(const struct baseline *baseline, const char *probe, const char *rule,
                    enum report_verdict outcome, const char *case_id) {
    if (lookup_plain(baseline, probe, rule, outcome, case_id))
        return true;
    for (size_t i = 0; i < baseline->wild_count; i++) {
        const struct baseline_line *line = &baseline->lines[baseline->wild[i]];

        if (lookup_is_about(line, probe, rule, outcome) && glob_match(line->test, case_id))
            return true;
    }
    return false;
}

bool baseline_lines_open(const struct baseline *baseline, struct baseline_lines *lines) {
    *lines = (struct baseline_lines){
        .baseline = baseline,
        .wild = calloc(baseline->wild_count + 1, sizeof *lines->wild),
        .found = calloc(baseline->wild_count + 1, sizeof *lines->found),
    };
    return lines->wild && lines->found;
}

void baseline_lines_clear(struct baseline_lines *lines) {
    free(lines->wild);
    free(lines->found);
    *lines = (struct baseline_lines){0};
}

void baseline_lines_choose(struct baseline_lines *lines, const char *probe, const char *rule,
                           enum report_verdict outcome) {
    const struct baseline *baseline = lines->baseline;

    lines->probe = probe;
    lines->rule = rule;
    lines->outcome = outcome;
    lines->wild_count = 0;
    for (size_t i = 0; i < baseline->wild_count; i++) {
        if (lookup_is_about(&baseline->lines[baseline->wild[i]], probe, rule, outcome))
            lines->wild[lines->wild_count++] = baseline->wild[i];
    }
}

size_t baseline_lines_find(struct baseline_lines *lines, const char *case_id) {
    const struct baseline *baseline = lines->baseline;
    const struct baseline_line *plain =
        lookup_plain(baseline, lines->probe, lines->rule, lines->outcome, case_id);
    size_t count = 0;

    if (plain)
        lines->found[count++] = (size_t)(plain - baseline->lines);
    for (size_t i = 0; i < lines->wild_count; i++) {
        if (glob_match(baseline->lines[lines->wild[i]].test, case_id))
            lines->found[count++] = lines->wild[i];
    }
    return count;
}
