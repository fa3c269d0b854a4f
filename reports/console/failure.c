/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/console/failure.h"
#include "base/memstream.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>

#define FAILURE_TEXT_COLUMN 15  /* where the text beside a label starts */
#define FAILURE_PLACE_COLUMN 17 /* where a CPUID was executed, on a line of its own */
#define FAILURE_ADDRESS_SIZE 19 /* "0x" and 16 digits */

enum page_ink failure_ink(enum report_verdict verdict) {
    static const enum page_ink inks[REPORT_VERDICTS] = {
        [REPORT_PASS] = PAGE_GREEN,        [REPORT_FAIL] = PAGE_RED,
        [REPORT_NONSTRICT] = PAGE_YELLOW,  [REPORT_INFO] = PAGE_PLAIN,
        [REPORT_NOT_EXERCISED] = PAGE_DIM, [REPORT_NOT_APPLICABLE] = PAGE_DIM,
        [REPORT_ERROR] = PAGE_MAGENTA,
    };

    return inks[verdict];
}

/* "3 of 812 cases", "2 cases in error". */
static void failure_extent(struct page *page, const struct report_rule *rule) {
    if (rule->verdict == REPORT_ERROR) {
        page_count(page, PAGE_PLAIN, rule->errors, "case");
        page_put(page, PAGE_PLAIN, " in error");
        return;
    }
    page_format(page, PAGE_PLAIN, "%" PRIu64 " of ", rule->violations);
    page_count(page, PAGE_PLAIN, rule->cases, "case");
    if (rule->lines_count > 0)
        page_format(page, PAGE_PLAIN, ", %" PRIu64 " of them listed",
                    rule->violations - rule->unlisted);
}

void failure_heading(struct page *page, const struct report_probe *probe,
                     const struct report_rule *rule) {
    page_put(page, failure_ink(rule->verdict), report_verdict_text(rule->verdict));
    page_tab(page, 0);
    page_put(page, PAGE_BOLD, rule->id);
    page_format(page, PAGE_PLAIN, " (%s): ", rule->level);
    page_put(page, PAGE_PLAIN, probe->name);
    page_put(page, PAGE_PLAIN, ", ");
    failure_extent(page, rule);
    page_end_line(page);
    page_sentence(page, FAILURE_TEXT_COLUMN, "requirement", rule->text);
    page_sentence(page, FAILURE_TEXT_COLUMN, "locator", rule->locator);
    if (rule->reason)
        page_sentence(page, FAILURE_TEXT_COLUMN, "reason", rule->reason);
}

/* The mark that sets the deciding line apart without colour. */
static void failure_mark(struct page *page, bool deciding) {
    if (deciding) {
        page_tab(page, FAILURE_TEXT_COLUMN - 2);
        page_put(page, PAGE_RED, ">");
    }
    page_tab(page, FAILURE_TEXT_COLUMN);
}

/* Hexadecimal digits of the widest subleaf: nearly always 1. */
static int failure_subleaf_digits(const struct report_example *example) {
    uint32_t all = 0;

    for (size_t i = 0; i < example->trace_count; i++)
        all |= example->trace[i].subleaf;
    return snprintf(NULL, 0, "%" PRIx32, all);
}

/* "  hv.c:31  0x1040 hv_max+0x4", what does not fit on lines of its own. */
static void failure_place(struct page *page, const struct report_step *step) {
    char address[FAILURE_ADDRESS_SIZE] = "";
    size_t columns = step->symbol ? 1 + text_columns(step->symbol, NULL) : 0;

    if (step->source)
        page_field(page, PAGE_BOLD, step->source, FAILURE_PLACE_COLUMN);
    if (step->address != REPORT_NO_ADDRESS)
        columns += (size_t)snprintf(address, sizeof address, "0x%" PRIx64, step->address);
    if (columns == 0)
        return;
    page_break(page, columns, FAILURE_PLACE_COLUMN);
    page_put(page, PAGE_DIM, address);
    if (step->symbol) {
        page_tab(page, 0);
        page_put(page, PAGE_DIM, step->symbol);
    }
}

static void failure_step(struct page *page, const struct report_step *step, int digits) {
    char signature[TEXT_SIGNATURE_SIZE];

    failure_mark(page, step->deciding);
    page_format(page, PAGE_PLAIN, "%08" PRIx32 ".%-*" PRIx32, step->leaf, digits, step->subleaf);
    page_format(page, PAGE_PLAIN, " %08" PRIx32 " %08" PRIx32 " %08" PRIx32 " %08" PRIx32,
                step->eax, step->ebx, step->ecx, step->edx);
    if (report_is_base(step)) {
        page_field(page, PAGE_PLAIN, text_signature(step->ebx, step->ecx, step->edx, signature),
                   FAILURE_PLACE_COLUMN);
    }
    failure_place(page, step);
    if (step->in_boot)
        page_field(page, PAGE_DIM, "(earlier in this boot)", FAILURE_PLACE_COLUMN);
    page_end_line(page);
}

static void failure_trace(struct page *page, const struct report_example *example) {
    int digits = failure_subleaf_digits(example);

    page_label(page, FAILURE_TEXT_COLUMN, example->of_table ? "rows" : "cpuid");
    if (example->trace_count == 0) {
        page_put(page, PAGE_PLAIN, "none was executed");
        page_end_line(page);
        return;
    }
    page_format(page, PAGE_DIM, "%-*s %-8s %-8s %-8s %-8s  %s", 9 + digits, "leaf.sub", "eax",
                "ebx", "ecx", "edx", "at");
    page_end_line(page);
    for (size_t i = 0; i < example->trace_count; i++)
        failure_step(page, &example->trace[i], digits);
    if (example->trace_omitted > 0) {
        page_tab(page, FAILURE_TEXT_COLUMN);
        page_format(page, PAGE_DIM, "and %zu more", example->trace_omitted);
        page_end_line(page);
    }
}

static void failure_quote(struct page *page, const struct report_example *example) {
    for (size_t i = 0; i < example->quote_count; i++) {
        const struct report_quote *quote = &example->quote[i];
        bool here = quote->line == example->source_line;

        failure_mark(page, here);
        page_format(page, PAGE_DIM, "%5u", quote->line);
        if (quote->text[0]) {
            page_tab(page, page->column + 2);
            page_quote(page, here ? PAGE_BOLD : PAGE_PLAIN, quote->text);
        }
        page_end_line(page);
    }
}

static void failure_listing(struct page *page, const struct report_example *example) {
    for (size_t i = 0; i < example->listing_count; i++) {
        const struct report_instruction *instruction = &example->listing[i];

        if (i == 0) {
            page_put(page, PAGE_PLAIN, "  ");
            page_put(page, PAGE_DIM, "code");
        }
        failure_mark(page, instruction->deciding);
        page_format(page, PAGE_DIM, "0x%" PRIx64 "  ", instruction->address);
        page_put(page, instruction->deciding ? PAGE_BOLD : PAGE_PLAIN, instruction->text);
        page_end_line(page);
    }
}

static void failure_listed(struct page *page, const struct report_line *line) {
    page_label(page, FAILURE_TEXT_COLUMN, "listed");
    page_put(page, PAGE_PLAIN, line->path);
    page_format(page, PAGE_PLAIN, ":%u  ", line->number);
    page_wrap(page, PAGE_PLAIN, line->reason);
    page_end_line(page);
}

static void failure_question(struct page *page, const struct report_example *example) {
    page_label(page, FAILURE_TEXT_COLUMN, example->of_table ? "leaf" : "question");
    if (example->of_table)
        page_format(page, PAGE_PLAIN, "0x%08" PRIx32 ", maximum 0x%08" PRIx32 ", processor %u",
                    example->target, example->maximum, example->processor);
    else
        page_format(page, PAGE_PLAIN, "target 0x%08" PRIx32 ", maximum 0x%08" PRIx32,
                    example->target, example->maximum);
    page_end_line(page);
}

void failure_example(struct page *page, const struct report_example *example) {
    page_label(page, FAILURE_TEXT_COLUMN, "case");
    page_put(page, PAGE_PLAIN, example->case_id);
    page_end_line(page);
    failure_question(page, example);
    if (example->twin)
        page_sentence(page, FAILURE_TEXT_COLUMN, "changed", example->twin);
    if (example->line)
        failure_listed(page, example->line);
    page_sentence(page, FAILURE_TEXT_COLUMN, "expected", example->expected);
    page_sentence(page, FAILURE_TEXT_COLUMN, "observed", example->observed);
    if (example->source_file) {
        page_label(page, FAILURE_TEXT_COLUMN, "source");
        page_put(page, PAGE_BOLD, example->source_file);
        page_format(page, PAGE_BOLD, ":%u", example->source_line);
        page_end_line(page);
        failure_quote(page, example);
    }
    if (example->callers)
        page_sentence(page, FAILURE_TEXT_COLUMN, "called by", example->callers);
    failure_trace(page, example);
    failure_listing(page, example);
    page_label(page, FAILURE_TEXT_COLUMN, "rerun");
    page_command(page, example->rerun);
    page_end_line(page);
}

/* Where it was executed, "0x1040 hv_max+0x4 (hv.c:31): "; of a row of a dump, "dump.txt:7: ". To be
 * freed. NULL: out of memory. */
static char *failure_step_place(const struct report_step *step) {
    const char *symbol = step->symbol ? step->symbol : "", *source = step->source;
    char *place;
    int length;

    if (step->address == REPORT_NO_ADDRESS)
        length = asprintf(&place, "%s%s", source ? source : "", source ? ": " : "");
    else
        length = asprintf(&place, "0x%" PRIx64 "%s%s%s%s%s: ", step->address, *symbol ? " " : "",
                          symbol, source ? " (" : "", source ? source : "", source ? ")" : "");
    return length < 0 ? NULL : place;
}

char *failure_step_text(const struct report_step *step) {
    char *place = failure_step_place(step), *line = NULL, signature[TEXT_SIGNATURE_SIZE] = "";

    if (report_is_base(step))
        text_signature(step->ebx, step->ecx, step->edx, signature);
    if (place && asprintf(&line,
                          "%sleaf 0x%08" PRIx32 ", subleaf 0x%" PRIx32 ": eax=0x%08" PRIx32
                          " ebx=0x%08" PRIx32 " ecx=0x%08" PRIx32 " edx=0x%08" PRIx32 "%s%s",
                          place, step->leaf, step->subleaf, step->eax, step->ebx, step->ecx,
                          step->edx, signature[0] ? " " : "", signature) < 0)
        line = NULL;
    free(place);
    return line;
}

char *failure_text(const struct report_probe *probe, const struct report_rule *rule) {
    const struct report_style plain = {0};
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    struct page page;
    bool written;

    if (!stream)
        return NULL;
    page = page_open(stream, &plain);
    failure_heading(&page, probe, rule);
    for (size_t i = 0; i < rule->examples_count; i++) {
        page_end_line(&page);
        failure_example(&page, &rule->examples[i]);
    }
    written = !ferror(stream);
    if (memstream_close(stream, &text) && written)
        return text;
    free(text);
    return NULL;
}
