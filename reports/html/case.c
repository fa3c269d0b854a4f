/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/html/html.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>

/* --- One example: what was asked, expected and observed, and how it came about. --- */

static void html_step(FILE *stream, const struct report_step *step, size_t number) {
    char signature[TEXT_SIGNATURE_SIZE];

    fprintf(stream,
            "<tr%s><td>%zu%s</td><td>%08" PRIx32 "</td><td>%" PRIx32 "</td><td>%08" PRIx32
            "</td><td>%08" PRIx32 "</td><td>%08" PRIx32 "</td><td>%08" PRIx32 "</td><td>",
            step->deciding ? " class=\"deciding\"" : "", number,
            step->deciding
                ? "<b aria-hidden=\"true\"> &lt;</b><span class=\"spoken\"> deciding</span>"
                : "",
            step->leaf, step->subleaf, step->eax, step->ebx, step->ecx, step->edx);
    if (report_is_base(step)) {
        html_text(stream, text_signature(step->ebx, step->ecx, step->edx, signature));
        fputc(' ', stream);
    }
    html_text(stream, step->source ? step->source : "");
    if (step->address != REPORT_NO_ADDRESS)
        fprintf(stream, " <i>0x%" PRIx64 "</i> ", step->address);
    html_text(stream, step->symbol ? step->symbol : "");
    fprintf(stream, "%s</td></tr>\n", step->in_boot ? " <i>earlier in this boot</i>" : "");
}

static void html_trace(FILE *stream, const struct report_example *example) {
    if (example->trace_count == 0 && example->leaves_count == 0) /* its scenario file has it all */
        return;
    fputs("<h5>CPUID trace</h5>\n", stream);
    if (example->trace_count == 0) {
        fputs("<p>No CPUID was executed.</p>\n", stream);
        return;
    }
    html_open_scroller(stream, "CPUID trace");
    fputs("<table class=\"trace\">\n<thead><tr><th scope=\"col\">#</th><th scope=\"col\">leaf</th>"
          "<th scope=\"col\">sub</th><th scope=\"col\">eax</th><th scope=\"col\">ebx</th>"
          "<th scope=\"col\">ecx</th><th scope=\"col\">edx</th><th scope=\"col\">at</th>"
          "</tr></thead>\n<tbody>\n",
          stream);
    for (size_t i = 0; i < example->trace_count; i++)
        html_step(stream, &example->trace[i], i + 1);
    fputs("</tbody>\n</table>\n", stream);
    html_close_scroller(stream);
    if (example->trace_omitted > 0)
        fprintf(stream, "<p>And %zu more.</p>\n", example->trace_omitted);
}

static void html_instruction(FILE *stream, const struct report_instruction *instruction) {
    fprintf(stream, "%s0x%" PRIx64 "  ", instruction->deciding ? "<mark>&gt; " : "  ",
            instruction->address);
    html_text(stream, instruction->text);
    fputs(instruction->deciding ? "</mark>\n" : "\n", stream);
}

static void html_quote(FILE *stream, const struct report_example *example) {
    if (example->quote_count == 0)
        return;
    fputs("<pre class=\"listing\" role=\"group\" tabindex=\"0\" aria-label=\"Source\">", stream);
    for (size_t i = 0; i < example->quote_count; i++) {
        bool here = example->quote[i].line == example->source_line;

        fprintf(stream, "%s%5u  ", here ? "<mark>&gt; " : "  ", example->quote[i].line);
        html_text(stream, example->quote[i].text);
        fputs(here ? "</mark>\n" : "\n", stream);
    }
    fputs("</pre>\n", stream);
}

static void html_listing(FILE *stream, const struct report_example *example) {
    if (example->listing_count == 0)
        return;
    fputs("<h5>Code", stream);
    if (example->source_file) {
        fputs(" at <code>", stream);
        html_text(stream, example->source_file);
        fprintf(stream, ":%u</code>", example->source_line);
    }
    fputs("</h5>\n", stream);
    html_quote(stream, example);
    fputs("<pre class=\"listing\" role=\"group\" tabindex=\"0\" aria-label=\"Disassembly\">",
          stream);
    for (size_t i = 0; i < example->listing_count; i++)
        html_instruction(stream, &example->listing[i]);
    fputs("</pre>\n", stream);
}

/* The line of the baseline that lets the case pass. */
static void html_line(FILE *stream, const struct report_line *line) {
    fputs("<dt>Listed</dt><dd><code>", stream);
    html_text(stream, line->path);
    fprintf(stream, ":%u</code> ", line->number);
    html_text(stream, line->reason);
    fputs("</dd>\n", stream);
}

static void html_question(FILE *stream, const struct report_example *example) {
    fputs("<dl>\n", stream);
    fprintf(stream,
            "<dt>Question</dt><dd>target <code>0x%08" PRIx32 "</code>, maximum <code>0x%08" PRIx32
            "</code></dd>\n",
            example->target, example->maximum);
    html_term(stream, "Changed", example->twin);
    if (example->line)
        html_line(stream, example->line);
    html_term(stream, "Expected", example->expected);
    html_term(stream, "Observed", example->observed);
    html_term(stream, "Called by", example->callers);
    fputs("<dt>Rerun</dt><dd><code class=\"command\">", stream);
    html_text(stream, example->rerun);
    fputs("</code></dd>\n</dl>\n", stream);
}

void html_example(FILE *stream, const struct report_example *example) {
    html_question(stream, example);
    fputs("<div class=\"evidence\">\n<div>\n", stream);
    html_trace(stream, example);
    html_listing(stream, example);
    fputs("</div>\n", stream);
    html_leafmap(stream, example);
    fputs("</div>\n", stream);
}

/* The first example in full, the others folded. */
static void html_examples(FILE *stream, size_t probe, const struct report_rule *rule) {
    for (size_t i = 0; i < rule->examples_count; i++) {
        fprintf(stream, "<details class=\"example\"%s id=\"", i == 0 ? " open" : "");
        html_anchor(stream, probe, rule->id);
        fprintf(stream, "-%zu\">\n<summary>Case <code>", i + 1);
        html_text(stream, rule->examples[i].case_id);
        fputs("</code></summary>\n", stream);
        html_example(stream, &rule->examples[i]);
        fputs("</details>\n", stream);
    }
}

/* --- One cell of the matrix: a rule and a probe. --- */

static void html_extent(FILE *stream, const struct report_rule *rule) {
    if (rule->verdict == REPORT_NOT_EXERCISED || rule->verdict == REPORT_NOT_APPLICABLE)
        return;
    fputs("<span class=\"extent\">", stream);
    if (rule->violations > 0)
        fprintf(stream, "broken in %" PRIu64 " of ", rule->violations);
    html_count(stream, rule->cases, "case");
    if (rule->lines_count > 0)
        fprintf(stream, ", %" PRIu64 " of them listed", rule->violations - rule->unlisted);
    if (rule->unanswered > 0)
        fprintf(stream, ", %" PRIu64 " without an answer", rule->unanswered);
    if (rule->errors > 0)
        fprintf(stream, ", %" PRIu64 " in error", rule->errors);
    fputs("</span>", stream);
}

static void html_listed(FILE *stream, const struct report_rule *rule) {
    char *text = rule->lines_count > 0 ? report_listed_text(rule) : NULL;

    html_term(stream, "Listed", text);
    free(text);
}

static void html_rule(FILE *stream, size_t probe, const struct report_rule *rule) {
    fputs("<article id=\"", stream);
    html_anchor(stream, probe, rule->id);
    fprintf(stream, "\" class=\"%s\" data-v=\"%s\">\n<h4>", report_verdict_text(rule->verdict),
            report_verdict_text(rule->verdict));
    html_rule_verdict(stream, rule);
    fputs(" <span>", stream);
    html_text(stream, rule->id);
    fprintf(stream, "</span> <span class=\"level\">%s</span> ", rule->level);
    html_extent(stream, rule);
    fputs("</h4>\n<dl>\n", stream);
    html_term(stream, "Requirement", rule->text);
    html_term(stream, "Locator", rule->locator);
    html_term(stream, "Why", rule->why);
    html_term(stream, "Reason", rule->reason);
    html_listed(stream, rule);
    fputs("</dl>\n", stream);
    html_examples(stream, probe, rule);
    fputs("</article>\n", stream);
}

/* Rules with something to look into stand open, the others are folded. */
static bool html_is_open(const struct report_rule *rule) {
    return rule->examples_count > 0 || rule->verdict == REPORT_FAIL ||
           rule->verdict == REPORT_NONSTRICT || rule->verdict == REPORT_ERROR;
}

static void html_other_rules(FILE *stream, const struct report_probe *probe, size_t index) {
    size_t count = 0;

    for (size_t i = 0; i < probe->rules_count; i++)
        count += !html_is_open(&probe->rules[i]);
    if (count == 0)
        return;
    fputs("<details class=\"group\" data-group>\n<summary>", stream);
    html_count(stream, count, count < probe->rules_count ? "other rule" : "rule");
    fputs("</summary>\n", stream);
    for (size_t i = 0; i < probe->rules_count; i++) {
        if (!html_is_open(&probe->rules[i]))
            html_rule(stream, index, &probe->rules[i]);
    }
    fputs("</details>\n", stream);
}

static void html_probe_facts(FILE *stream, const struct report_probe *probe) {
    fputs("<dl>\n", stream);
    html_term(stream, "File", probe->file);
    html_term(stream, probe->is_table ? "Format" : "Code", probe->arch);
    html_term(stream, probe->is_table ? "Shows" : "Entry", probe->entry);
    html_term(stream, "SHA-256", probe->sha256);
    for (size_t i = 0; i < probe->statements_count; i++)
        html_term(stream, "Stated", probe->statements[i].text);
    for (size_t i = 0; i < probe->failures_count; i++) {
        char *text = report_failure_text(&probe->failures[i]);

        html_term(stream, "Error", text ? text : probe->failures[i].cause);
        free(text);
    }
    for (size_t i = 0; i < probe->notes_count; i++)
        html_term(stream, "Note", probe->notes[i]);
    fputs("</dl>\n", stream);
}

static void html_probe(FILE *stream, const struct report_probe *probe, size_t index) {
    fprintf(stream, "<section id=\"p%zu\" data-group>\n<h3>", index + 1);
    html_verdict(stream, probe->verdict);
    fputc(' ', stream);
    html_text(stream, probe->name);
    fputs("</h3>\n", stream);
    html_probe_facts(stream, probe);
    for (size_t i = 0; i < probe->rules_count; i++) {
        if (html_is_open(&probe->rules[i]))
            html_rule(stream, index, &probe->rules[i]);
    }
    html_other_rules(stream, probe, index);
    fputs("</section>\n", stream);
}

void html_cases(FILE *stream, const struct report *report) {
    fputs("<section id=\"rules\">\n<h2>Rules</h2>\n", stream);
    for (size_t i = 0; i < report->probes_count; i++)
        html_probe(stream, &report->probes[i], i);
    fputs("</section>\n", stream);
}
