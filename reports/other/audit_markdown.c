/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/formats.h"
#include "reports/other/markdown.h"

#define REASONS_MAX 32u

static void markdown_fates(const struct audit_report *report, const struct audit_probe *probe,
                           size_t change, FILE *stream) {
    for (enum audit_fate fate = AUDIT_KILLED; fate <= AUDIT_INVALID; fate++)
        fprintf(stream, " | %zu",
                probe ? audit_probe_count(report, probe, change, fate)
                      : audit_report_count(report, change, fate));
    fputs(" |\n", stream);
}

static void markdown_probes(const struct audit_report *report, FILE *stream) {
    size_t all = report->changes_count, total = 0;

    fputs("| probe | mutants | killed | survived | equivalent | invalid |\n"
          "|---|--:|--:|--:|--:|--:|\n",
          stream);
    for (size_t i = 0; i < report->probes_count; i++) {
        const struct audit_probe *probe = &report->probes[i];

        fputs("| ", stream);
        markdown_code(probe->name, true, stream);
        fprintf(stream, " | %zu", probe->mutants_count);
        markdown_fates(report, probe, all, stream);
        total += probe->mutants_count;
    }
    if (report->probes_count > 1) {
        fprintf(stream, "| all | %zu", total);
        markdown_fates(report, NULL, all, stream);
    }
}

static void markdown_changes(const struct audit_report *report, FILE *stream) {
    fputs("\n| change | what | killed | survived | equivalent | invalid |\n"
          "|---|---|--:|--:|--:|--:|\n",
          stream);
    for (size_t change = 0; change < report->changes_count; change++) {
        fprintf(stream, "| %s | %s", report->changes[change].name, report->changes[change].what);
        markdown_fates(report, NULL, change, stream);
    }
}

static void markdown_rules(const struct audit_report *report, FILE *stream) {
    fputs("\n| change | rules that it turns red, and in how many mutants |\n|---|---|\n", stream);
    for (size_t change = 0; change < report->changes_count; change++) {
        const char *before = "";

        fprintf(stream, "| %s | ", report->changes[change].name);
        for (size_t rule = 0; rule < report->rules_count; rule++) {
            size_t reds = audit_report_reds(report, change, rule);

            if (reds == 0)
                continue;
            fprintf(stream, "%s`%s` %zu", before, report->rules[rule].id, reds);
            before = ", ";
        }
        fputs(" |\n", stream);
    }
}

static void markdown_reasons(const struct audit_report *report, FILE *stream) {
    struct audit_reason_count reasons[REASONS_MAX];
    size_t count = audit_report_reasons(report, reasons, REASONS_MAX);

    fputs("\n| equivalent because | mutants | proven |\n|---|--:|--:|\n", stream);
    for (size_t i = 0; i < count; i++)
        fprintf(stream, "| %s | %zu | %zu |\n", reasons[i].reason, reasons[i].mutants,
                reasons[i].proven);
}

/* What each probe's numbers hold for. */
static void markdown_statements(const struct audit_report *report, FILE *stream) {
    bool any = false;

    for (size_t i = 0; i < report->probes_count; i++) {
        const struct audit_probe *probe = &report->probes[i];

        for (size_t k = 0; k < probe->statements_count; k++) {
            if (!any)
                fputs("\nStated by who called it:\n\n", stream);
            any = true;
            fprintf(stream, "- `%s`: `%s`\n", probe->name, probe->statements[k].text);
        }
    }
}

static void markdown_survivors(const struct audit_probe *probe, const struct audit_report *report,
                               FILE *stream) {
    for (size_t i = 0; i < probe->mutants_count; i++) {
        const struct audit_mutant *mutant = &probe->mutants[i];
        char place[AUDIT_PLACE_SIZE];

        if (mutant->fate != AUDIT_SURVIVED)
            continue;
        fputs("- ", stream);
        markdown_code(probe->name, false, stream);
        fprintf(stream, ", %s at ", report->changes[mutant->change].name);
        markdown_code(audit_place_text(mutant, place), false, stream);
        fputs(": ", stream);
        markdown_code(mutant->before, false, stream);
        fputs(" became ", stream);
        markdown_code(mutant->after, false, stream);
        fprintf(stream, "; %s %s\n",
                mutant->differs ? "it differs at" : "no difference found, nothing says why",
                mutant->difference ? mutant->difference : "");
    }
}

bool audit_markdown_write(const struct audit_report *report, const struct report_style *style,
                          FILE *stream) {
    const struct audit_probe *first = &report->probes[0];

    (void)style;
    markdown_probes(report, stream);
    markdown_statements(report, stream);
    markdown_changes(report, stream);
    markdown_rules(report, stream);
    markdown_reasons(report, stream);
    fprintf(stream,
            "\nEvery mutant is first searched for a difference from the original (for the first "
            "probe: %s). One that differs is judged on %s, and when no rule turns red, on all %zu "
            "cases. Equivalent is what one of the reasons above covers and in what the search "
            "finds no difference, or none in outcomes and leaves; of those, proven is what keeps every "
            "rule that may kill for every table.\n\n",
            first->search, first->sample_step > 1 ? "a sample of cases" : "all cases",
            first->cases);
    if (audit_report_count(report, report->changes_count, AUDIT_LOST) > 0)
        fprintf(stream, "The harness failed on %zu mutants, which are in no column.\n\n",
                audit_report_count(report, report->changes_count, AUDIT_LOST));
    fputs("Survivors:\n\n", stream);
    if (audit_report_count(report, report->changes_count, AUDIT_SURVIVED) == 0)
        fputs("none.\n", stream);
    for (size_t i = 0; i < report->probes_count; i++)
        markdown_survivors(&report->probes[i], report, stream);
    if (report->shards > 0)
        fprintf(stream, "\nThis is part %u of %u.\n", report->shard, report->shards);
    return !ferror(stream);
}
