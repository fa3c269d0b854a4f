/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_REPORTS_JSON_REPORT_FIELDS_H
#define HVSPEC_REPORTS_JSON_REPORT_FIELDS_H

#include "reports/json/fields.h"

/*
 * The fields of a run's report that are plain values, for its writer and its reader, in the order
 * in which they are written; what is a list, or a word of a few, stands between them and is the
 * writer's and the reader's own.
 */
static const struct field report_site_fields[] = {
    FIELD(struct report_site, "address", FIELD_ADDRESS, address),
    FIELD(struct report_site, "symbol", FIELD_TEXT, symbol),
    FIELD(struct report_site, "source", FIELD_TEXT, source),
    FIELD(struct report_site, "reached", FIELD_BOOL, reached),
};

static const struct field report_failure_fields[] = {
    FIELD(struct report_failure, "cause", FIELD_REQUIRED, cause),
    FIELD(struct report_failure, "cases", FIELD_SIZE, cases),
    FIELD(struct report_failure, "first", FIELD_REQUIRED, case_id),
};

static const struct field report_hunt_fields[] = {
    FIELD(struct report_hunt, "wanted", FIELD_COUNT, wanted),
    FIELD(struct report_hunt, "runs", FIELD_COUNT, runs),
    FIELD(struct report_hunt, "finds", FIELD_COUNT, finds),
    FIELD(struct report_hunt, "solver", FIELD_BOOL, solver),
};

static const struct field report_leaf_fields[] = {
    FIELD(struct report_leaf, "first", FIELD_WORD, first),
    FIELD(struct report_leaf, "last", FIELD_WORD, last),
    FIELD(struct report_leaf, "eax", FIELD_WORD, eax),
    FIELD(struct report_leaf, "ebx", FIELD_WORD, ebx),
    FIELD(struct report_leaf, "ecx", FIELD_WORD, ecx),
    FIELD(struct report_leaf, "edx", FIELD_WORD, edx),
    FIELD(struct report_leaf, "beyond", FIELD_BOOL, beyond),
    FIELD(struct report_leaf, "target", FIELD_BOOL, target),
    FIELD(struct report_leaf, "same", FIELD_BOOL, same),
};

static const struct field report_feature_fields[] = {
    FIELD(struct report_feature, "leaf", FIELD_WORD, leaf),
    FIELD(struct report_feature, "range", FIELD_KNOWN, range),
    FIELD(struct report_feature, "meaning", FIELD_KNOWN, meaning),
    FIELD(struct report_feature, "value", FIELD_REQUIRED, value),
    FIELD(struct report_feature, "source", FIELD_KNOWN, source),
};

static const struct field report_bit_fields[] = {
    FIELD(struct report_bit, "register", FIELD_KEPT, in),
    FIELD(struct report_bit, "bit", FIELD_NUMBER, bit),
    FIELD(struct report_bit, "name", FIELD_KNOWN, name),
};

static const struct field report_table_fields[] = {
    FIELD(struct report_probe, "maximum", FIELD_WORD, maximum),
    FIELD(struct report_probe, "vendor", FIELD_TEXT, vendor),
};

/* A rule: its verdict behind these, */
static const struct field report_rule_fields[] = {
    FIELD(struct report_rule, "id", FIELD_KEPT, id),
    FIELD(struct report_rule, "level", FIELD_KEPT, level),
};
/* the examples behind these. */
static const struct field report_rule_counts[] = {
    FIELD(struct report_rule, "cases", FIELD_COUNT, cases),
    FIELD(struct report_rule, "violations", FIELD_COUNT, violations),
    FIELD(struct report_rule, "deviations", FIELD_SIZE, deviations),
};
static const struct field report_rule_rest[] = {
    FIELD(struct report_rule, "unanswered", FIELD_COUNT, unanswered),
    FIELD(struct report_rule, "errors", FIELD_COUNT, errors),
    FIELD(struct report_rule, "reason", FIELD_TEXT, reason),
    FIELD(struct report_rule, "locator", FIELD_KEPT, locator),
    FIELD(struct report_rule, "text", FIELD_KEPT, text),
};

static const struct field report_scenario_fields[] = {
    FIELD(struct report_scenario, "id", FIELD_KEPT, id),
    FIELD(struct report_scenario, "title", FIELD_KEPT, title),
    FIELD(struct report_scenario, "cases", FIELD_COUNT, cases),
};

/* Behind them what was answered, then the verdicts. */
static const struct field report_plain_fields[] = {
    FIELD(struct report_plain, "questions", FIELD_COUNT, questions),
    FIELD(struct report_plain, "wrongly_available", FIELD_COUNT, wrongly_available),
    FIELD(struct report_plain, "wrongly_absent", FIELD_COUNT, wrongly_absent),
    FIELD(struct report_plain, "inexact", FIELD_COUNT, inexact),
    FIELD(struct report_plain, "unanswered", FIELD_COUNT, unanswered),
    FIELD(struct report_plain, "unjudged", FIELD_COUNT, unjudged),
};

/* A subject: its kind behind the name, the short hunt behind these, */
static const struct field report_probe_name[] = {
    FIELD(struct report_probe, "name", FIELD_REQUIRED, name),
};
static const struct field report_probe_fields[] = {
    FIELD(struct report_probe, "file", FIELD_REQUIRED, file),
    FIELD(struct report_probe, "sha256", FIELD_TEXT, sha256),
    FIELD(struct report_probe, "call_sha256", FIELD_TEXT, call_sha256),
    FIELD(struct report_probe, "budget", FIELD_COUNT, budget),
    FIELD(struct report_probe, "left_out", FIELD_COUNT, left_out),
};
/* the verdict and the lists behind these. */
static const struct field report_probe_rest[] = {
    FIELD(struct report_probe, "arch", FIELD_REQUIRED, arch),
    FIELD(struct report_probe, "entry", FIELD_REQUIRED, entry),
};

#endif
