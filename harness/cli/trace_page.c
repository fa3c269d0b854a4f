/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/cli/trace_page.h"
#include "base/memstream.h"
#include "harness/judge/attribution.h"

#include "harness/suite/suite.h"
#include "reports/console/failure.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>

#define TRACE_COLUMN 15 /* where the text beside a label starts, as in failures */
#define TRACE_BEFORE 1u /* instructions shown around each CPUID */
#define TRACE_AFTER 3u

static void trace_title(const struct trace *trace, struct page *page) {
    const struct probe *probe = trace->from.probe;
    char bits[16];

    page_put(page, PAGE_BOLD, trace->from.test->id);
    page_end_line(page);
    page_sentence(page, TRACE_COLUMN, "scenario", trace->from.scenario->title);
    page_sentence(page, TRACE_COLUMN, "why", trace->from.scenario->why);
    if (trace->chosen)
        page_sentence(page, TRACE_COLUMN, "chosen", trace->chosen);
    page_label(page, TRACE_COLUMN, "probe");
    page_put(page, PAGE_PLAIN, probe->name);
    page_put(page, PAGE_PLAIN, ":");
    page_item(page, PAGE_PLAIN, probe->path, ",", TRACE_COLUMN);
    snprintf(bits, sizeof bits, "%d bits", (int)probe->image->mode);
    page_item(page, PAGE_PLAIN, bits, ",", TRACE_COLUMN);
    page_word(page, PAGE_PLAIN, "entry", TRACE_COLUMN);
    page_word(page, PAGE_PLAIN, probe->entry, TRACE_COLUMN);
    page_end_line(page);
    for (size_t i = 0; i < probe->statements_count; i++)
        page_sentence(page, TRACE_COLUMN, "stated", probe->statements[i].text);
}

/* --- The table. --- */

static const char *trace_leaf_note(const struct report_leaf *leaf) {
    return leaf->first == CPUID_BASE ? "maximum, signature"
           : leaf->target            ? (leaf->beyond ? "asked for, above the maximum" : "asked for")
           : leaf->beyond            ? "above the maximum"
                                     : "";
}

static bool trace_table(const struct trace *trace, struct page *page) {
    const struct cpuid_table *table = &trace->from.test->table;
    struct cpuid_view view = cpuid_view(table, NULL, 0);
    char signature[TEXT_SIGNATURE_SIZE];
    struct report_leaf *leaves;
    size_t count;

    if (!example_leaves(&view, trace->asks, trace->asks_count, &leaves, &count))
        return false;
    page_label(page, TRACE_COLUMN, "table");
    page_format(page, PAGE_DIM, "%-17s  %-8s %-8s %-8s %s", "leaf", "eax", "ebx", "ecx", "edx");
    page_end_line(page);
    for (size_t i = 0; i < count; i++) {
        const struct report_leaf *leaf = &leaves[i];

        page_tab(page, TRACE_COLUMN);
        page_format(page, leaf->target ? PAGE_BOLD : PAGE_PLAIN, "%08" PRIx32, leaf->first);
        if (leaf->last != leaf->first)
            page_format(page, PAGE_PLAIN, "-%08" PRIx32, leaf->last);
        page_tab(page, TRACE_COLUMN + 19);
        page_format(page, PAGE_PLAIN, "%08" PRIx32 " %08" PRIx32 " %08" PRIx32 " %08" PRIx32,
                    leaf->eax, leaf->ebx, leaf->ecx, leaf->edx);
        if (trace_leaf_note(leaf)[0])
            page_field(page, PAGE_DIM, trace_leaf_note(leaf), TRACE_COLUMN + 19);
        if (leaf->first == CPUID_BASE)
            page_word(page, PAGE_PLAIN, text_signature(leaf->ebx, leaf->ecx, leaf->edx, signature),
                      TRACE_COLUMN + 19);
        page_end_line(page);
    }
    free(leaves);
    if (!table->present) {
        page_tab(page, TRACE_COLUMN);
        page_put(page, PAGE_PLAIN, "CPUID.1:ECX[31] is clear: no hypervisor");
        page_end_line(page);
    }
    return true;
}

/* --- Questions. --- */

static void trace_listing(const struct trace *trace, struct page *page, uint64_t address) {
    struct disassembly_instruction lines[TRACE_BEFORE + 1 + TRACE_AFTER];
    const struct image *image = trace->from.probe->image;
    size_t available, count;

    if (!image_bytes(image, address, &available))
        return;
    count =
        disassembly_around(trace->disassembly, image, address, TRACE_BEFORE, TRACE_AFTER, lines);
    for (size_t i = 0; i < count; i++) {
        bool here = lines[i].address == address;

        if (here) {
            page_tab(page, TRACE_COLUMN);
            page_put(page, PAGE_RED, ">");
        }
        page_tab(page, TRACE_COLUMN + 2);
        page_format(page, PAGE_DIM, "0x%" PRIx64 "  ", lines[i].address);
        page_put(page, here ? PAGE_BOLD : PAGE_PLAIN, lines[i].text);
        page_end_line(page);
    }
}

static bool trace_step(const struct trace *trace, struct page *page,
                       const struct cpuid_execution *execution, bool in_boot) {
    struct report_step step;
    char returned[48];
    const size_t index = (size_t)(execution - trace->answers[0].boot_trace);
    const struct place place =
        place_of(&trace->callers, place_chain(&trace->callers, index), execution->address);
    bool made = example_step(execution, &place, trace->from.probe->image, trace->source, &step);

    page_label(page, TRACE_COLUMN, in_boot ? "cpuid before" : "cpuid");
    page_format(page, PAGE_BOLD, "leaf 0x%08" PRIx32 ", subleaf 0x%" PRIx32, step.leaf,
                step.subleaf);
    snprintf(returned, sizeof returned,
             "returned %08" PRIx32 " %08" PRIx32 " %08" PRIx32 " %08" PRIx32, step.eax, step.ebx,
             step.ecx, step.edx);
    page_word(page, PAGE_PLAIN, returned, TRACE_COLUMN + 2);
    page_end_line(page);
    page_tab(page, TRACE_COLUMN);
    page_format(page, PAGE_PLAIN, "at 0x%" PRIx64, step.address);
    if (step.symbol) {
        page_put(page, PAGE_PLAIN, " in");
        page_item(page, PAGE_PLAIN, step.symbol, step.source ? "," : "", TRACE_COLUMN);
    } else if (step.source) {
        page_put(page, PAGE_PLAIN, ",");
    }
    if (step.source)
        page_word(page, PAGE_BOLD, step.source, TRACE_COLUMN);
    page_end_line(page);
    trace_listing(trace, page, step.address);
    free(step.symbol);
    free(step.source);
    return made;
}

static void trace_answer(const struct trace *trace, struct page *page,
                         const struct observation *observation) {
    char answer[PROBE_ANSWER_SIZE];

    page_label(page, TRACE_COLUMN, "answer");
    if (observation->end != OBSERVATION_RETURNED) {
        page_put(page, PAGE_PLAIN, "none");
    } else {
        page_format(page, PAGE_PLAIN,
                    "%s: ", probe_answer_text(trace->from.probe, observation->answer, answer));
        page_put(page, PAGE_BOLD, outcome_text(probe_outcome(trace->from.probe, observation)));
        if (probe_reports_value(trace->from.probe))
            page_format(page, PAGE_PLAIN, ", value 0x%" PRIx64, observation->value);
    }
    page_end_line(page);
}

static void trace_spec(const struct trace *trace, struct page *page, uint32_t target) {
    struct cpuid_view view = cpuid_view(&trace->from.test->table, NULL, 0);
    uint32_t eax = cpuid_lookup(&view, target, 0).eax;
    const struct spec_form *form = &trace->from.probe->form;
    enum outcome outcome = trace->from.test->table.present
                               ? spec_form_outcome(form, view.maximum, target, eax)
                               : OUTCOME_NOT_AVAILABLE;
    char why[128];

    page_label(page, TRACE_COLUMN, "spec");
    page_put(page, PAGE_BOLD, outcome_text(outcome));
    if (!trace->from.test->table.present)
        snprintf(why, sizeof why, ": there is no hypervisor");
    else if (view.maximum < target)
        snprintf(why, sizeof why, ": the maximum 0x%" PRIx32 " is below 0x%" PRIx32, view.maximum,
                 target);
    else if (form->maximum_only)
        snprintf(why, sizeof why, ": the maximum 0x%" PRIx32 " reaches 0x%" PRIx32, view.maximum,
                 target);
    else
        snprintf(why, sizeof why,
                 ": the maximum 0x%" PRIx32 " reaches 0x%" PRIx32 ", whose EAX is 0x%" PRIx32,
                 view.maximum, target, eax);
    page_hang(page, PAGE_PLAIN, why, TRACE_COLUMN);
    page_end_line(page);
}

static bool trace_end(struct page *page, const struct observation *observation) {
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);

    if (!stream)
        return false;
    fprintf(stream, "%s", observation_end_text(observation->end));
    if (observation->end_name)
        fprintf(stream, " (%s)", observation->end_name);
    if (observation->end != OBSERVATION_RETURNED)
        fprintf(stream, " at 0x%" PRIx64, observation->end_address);
    if (observation->end == OBSERVATION_READ_FAULT || observation->end == OBSERVATION_FETCH_FAULT ||
        observation->end == OBSERVATION_FOREIGN_WRITE)
        fprintf(stream, ", address 0x%" PRIx64, observation->fault_address);
    example_print_states(stream, observation->state);
    if (!memstream_close(stream, &text))
        return free(text), false;
    page_sentence(page, TRACE_COLUMN, "end", text);
    free(text);
    return true;
}

static bool trace_question(const struct trace *trace, struct page *page, size_t index) {
    const struct observation *observation = &trace->answers[index];

    page_end_line(page);
    page_format(page, PAGE_BOLD, "question %zu of %zu: target 0x%08" PRIx32, index + 1,
                trace->asks_count, trace->asks[index]);
    page_end_line(page);
    for (size_t i = 0; index == 0 && i < observation->boot_count; i++) {
        if (!trace_step(trace, page, &observation->boot_trace[i], true))
            return false;
    }
    for (size_t i = 0; i < observation->count; i++) {
        if (!trace_step(trace, page, &observation->trace[i], false))
            return false;
    }
    if (observation->count == 0)
        page_sentence(page, TRACE_COLUMN, "cpuid", "none was executed");
    trace_answer(trace, page, observation);
    trace_spec(trace, page, trace->asks[index]);
    return trace_end(page, observation);
}

/* --- Rules. --- */

bool trace_violates(const struct trace *trace, enum rule_id rule) {
    return judge_is_broken(&trace->examination->findings[rule]) && trace->judged[rule];
}

/* Why a wrong answer was put down to the rule. */
static bool trace_attribution(const struct trace *trace, struct page *page, enum rule_id rule) {
    unsigned row = trace->examination->findings[rule].row;
    char *text;

    if (row == 0) {
        page_sentence(page, TRACE_COLUMN, "because",
                      "a run shows it by itself, or beside its twin");
        return true;
    }
    if (asprintf(&text, "row %u of the attribution: %s", row,
                 judge_attributions[row - 1].evidence) < 0)
        return false;
    page_sentence(page, TRACE_COLUMN, "because", text);
    free(text);
    return true;
}

static bool trace_violation(const struct trace *trace, struct page *page, enum rule_id rule) {
    const struct report_probe probe = {.name = trace->from.probe->name};
    const struct report_rule heading = {.id = rules[rule].id,
                                        .level = rule_level_text(rules[rule].level),
                                        .locator = rules[rule].locator,
                                        .text = rules[rule].text,
                                        .why = rules[rule].why,
                                        .verdict = rules[rule].level == RULE_MUST ? REPORT_FAIL
                                                   : rules[rule].level == RULE_SHOULD
                                                       ? REPORT_NONSTRICT
                                                       : REPORT_INFO,
                                        .cases = 1,
                                        .violations = 1};
    struct report_example example = {0};
    bool made = example_fill(&trace->from, &trace->examination->violations[rule],
                             trace->disassembly, trace->source, &example);

    page_end_line(page);
    failure_heading(page, &probe, &heading);
    if (made)
        failure_example(page, &example);
    if (made && trace->verbose)
        made = trace_attribution(trace, page, rule);
    report_example_clear(&example);
    return made;
}

/* The rules that the case bears on and that hold. */
static void trace_kept(const struct trace *trace, struct page *page) {
    size_t kept = 0, broken = 0;

    for (unsigned rule = 0; rule < RULES; rule++) {
        bool exercised = trace->examination->findings[rule].state & FINDING_EXERCISED;

        broken += trace_violates(trace, rule);
        kept += exercised && !trace_violates(trace, rule);
    }
    page_end_line(page);
    page_format(page, broken > 0 ? PAGE_RED : PAGE_GREEN, "%zu rule%s broken", broken,
                broken == 1 ? "" : "s");
    page_format(page, PAGE_PLAIN, ", %zu kept, in %zu calls", kept, trace->examination->runs);
    page_end_line(page);
}

bool trace_print(const struct trace *trace, struct page *page) {
    trace_title(trace, page);
    if (!trace_table(trace, page))
        return false;
    for (size_t i = 0; i < trace->asks_count; i++) {
        if (!trace_question(trace, page, i))
            return false;
    }
    for (unsigned rule = 0; rule < RULES; rule++) {
        if (trace_violates(trace, rule) && !trace_violation(trace, page, rule))
            return false;
    }
    trace_kept(trace, page);
    return true;
}
