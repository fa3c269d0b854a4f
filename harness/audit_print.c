/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/audit.h"

#include "emulator/source_line.h"
#include "reports/page.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char *const fate_names[AUDIT_FATES] = {
    [AUDIT_UNDONE] = "not run",        [AUDIT_KILLED] = "killed",   [AUDIT_SURVIVED] = "survived",
    [AUDIT_EQUIVALENT] = "equivalent", [AUDIT_INVALID] = "invalid",
};

/* What a writer looks things up with. */
struct audit_looks {
    struct disassembly *disassembly;
    struct source_line *source;
};

static bool audit_looks_open(const struct audit *audit, struct audit_looks *looks) {
    looks->disassembly = disassembly_open(audit->probe->image->mode);
    looks->source = source_line_open(audit->probe->image);
    return looks->disassembly && looks->source;
}

static void audit_looks_close(struct audit_looks *looks) {
    disassembly_close(looks->disassembly);
    source_line_close(looks->source);
}

char *audit_mutant_text(const struct audit *audit, const struct mutant *mutant,
                        struct disassembly *disassembly, char *text, size_t size) {
    uint64_t address = audit->code[mutant->at].address;
    unsigned nops = 0;
    size_t used = 0;

    text[0] = '\0';
    for (unsigned at = 0; at < mutant->size && used < size;) {
        struct disassembly_instruction instruction;

        disassembly_decode(disassembly, mutant->bytes + at, mutant->size - at, address + at,
                           &instruction);
        at += instruction.size;
        if (strcmp(instruction.text, "nop") == 0) {
            nops++;
            continue;
        }
        used +=
            (size_t)snprintf(text + used, size - used, "%s%s", used ? "; " : "", instruction.text);
    }
    if (nops > 0 && used < size)
        snprintf(text + used, size - used, "%s%u nop", used ? "; " : "", nops);
    return text;
}

static void audit_place_text(const struct audit *audit, const struct mutant *mutant,
                             struct audit_looks *looks, char *text, size_t size) {
    uint64_t address = audit->code[mutant->at].address;
    const struct image_symbol *symbol = image_symbol_at(audit->probe->image, address);
    const char *file = NULL;
    unsigned line = 0;

    if (!source_line_find(looks->source, address, &file, &line))
        file = NULL;
    snprintf(text, size, "%.60s+0x%" PRIx64 "%s%.80s", symbol ? symbol->name : "code",
             symbol ? address - symbol->address : address, file ? " " : "", file ? file : "");
    if (file)
        snprintf(text + strlen(text), size - strlen(text), ":%u", line);
}

static size_t audit_total(const struct audit *audits, size_t count, size_t kind,
                          enum audit_fate fate) {
    size_t total = 0;

    for (size_t i = 0; i < count; i++)
        total += audit_count(&audits[i], kind, fate);
    return total;
}

/* Mutants of a kind that turn a rule red. */
static size_t audit_reds(const struct audit *audits, size_t count, size_t kind, unsigned rule) {
    size_t total = 0;

    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < audits[i].mutants.count; j++)
            total += audits[i].mutants.mutants[j].kind == kind && audits[i].results[j].red[rule];
    }
    return total;
}

/* --- For people at a terminal. --- */

static void print_mutant(struct page *page, const struct audit *audit, size_t index,
                         struct audit_looks *looks) {
    const struct mutant *mutant = &audit->mutants.mutants[index];
    const struct audit_result *result = &audit->results[index];
    char place[192], text[160];

    audit_place_text(audit, mutant, looks, place, sizeof place);
    page_put(page, result->fate == AUDIT_SURVIVED ? PAGE_RED : PAGE_DIM, fate_names[result->fate]);
    page_tab(page, 12);
    page_put(page, PAGE_BOLD, mutations[mutant->kind].name);
    page_put(page, PAGE_PLAIN, " at ");
    page_put(page, PAGE_PLAIN, place);
    page_end_line(page);
    page_tab(page, 12);
    page_put(page, PAGE_PLAIN, audit->code[mutant->at].text);
    page_put(page, PAGE_DIM, "  ->  ");
    page_put(page, PAGE_PLAIN,
             audit_mutant_text(audit, mutant, looks->disassembly, text, sizeof text));
    page_end_line(page);
    page_tab(page, 12);
    if (result->fate == AUDIT_SURVIVED)
        page_wrap(page, PAGE_PLAIN,
                  result->differs ? "it differs, and no case turns a rule red; it differs at:"
                                  : "the search found no difference, and nothing says why");
    if (result->reason)
        page_wrap(page, PAGE_PLAIN, result->reason);
    if (result->text[0]) {
        page_put(page, PAGE_PLAIN, " ");
        page_wrap(page, PAGE_PLAIN, result->text);
    }
    page_end_line(page);
}

static bool print_mutants(struct page *page, const struct audit *audit, int verbosity) {
    struct audit_looks looks;
    bool open = audit_looks_open(audit, &looks);

    for (size_t i = 0; open && i < audit->mutants.count; i++) {
        enum audit_fate fate = audit->results[i].fate;

        if (fate == AUDIT_SURVIVED || (verbosity > 0 && fate == AUDIT_EQUIVALENT) ||
            (verbosity > 0 && fate == AUDIT_INVALID))
            print_mutant(page, audit, i, &looks);
    }
    audit_looks_close(&looks);
    return open;
}

static void print_fates(struct page *page, const struct audit *audits, size_t count, size_t kind) {
    unsigned column = 34;

    for (enum audit_fate fate = AUDIT_KILLED; fate < AUDIT_FATES; fate++) {
        page_right(page, PAGE_PLAIN, audit_total(audits, count, kind, fate), column);
        column += 12;
    }
    page_end_line(page);
}

static void print_kinds(struct page *page, const struct audit *audits, size_t count) {
    page_put(page, PAGE_DIM, "change");
    for (enum audit_fate fate = AUDIT_KILLED; fate < AUDIT_FATES; fate++) {
        page_tab(page, 34 + 12 * (fate - AUDIT_KILLED) - (unsigned)strlen(fate_names[fate]));
        page_put(page, PAGE_DIM, fate_names[fate]);
    }
    page_end_line(page);
    for (size_t kind = 0; kind < mutations_count; kind++) {
        page_put(page, PAGE_PLAIN, mutations[kind].name);
        print_fates(page, audits, count, kind);
    }
}

static void print_rules(struct page *page, const struct audit *audits, size_t count) {
    page_end_line(page);
    page_put(page, PAGE_DIM,
             audits->sample_step > 1 ? "rules that turned red, on a sample of cases"
                                     : "rules that turned red");
    page_end_line(page);
    for (size_t kind = 0; kind < mutations_count; kind++) {
        bool any = false;

        for (unsigned rule = 0; rule < RULES; rule++) {
            size_t reds = audit_reds(audits, count, kind, rule);

            if (reds == 0)
                continue;
            if (!any)
                page_put(page, PAGE_PLAIN, mutations[kind].name);
            any = true;
            page_tab(page, 24);
            page_put(page, PAGE_PLAIN, rules[rule].id);
            page_right(page, PAGE_PLAIN, reds, 64);
            page_end_line(page);
        }
    }
}

static void print_verdict(struct page *page, const struct audit *audit) {
    size_t survived = audit_count(audit, mutations_count, AUDIT_SURVIVED);
    size_t undone = audit_count(audit, mutations_count, AUDIT_UNDONE);

    page_put(page, survived ? PAGE_RED : PAGE_GREEN, survived ? "survivors: " : "no survivor: ");
    page_put(page, PAGE_BOLD, audit->probe->name);
    page_put(page, PAGE_PLAIN, ": ");
    page_count(page, PAGE_PLAIN, audit->mutants.count, "mutant");
    for (enum audit_fate fate = AUDIT_KILLED; fate < AUDIT_FATES; fate++) {
        page_format(page, PAGE_PLAIN, ", %zu ", audit_count(audit, mutations_count, fate));
        page_put(page, PAGE_PLAIN, fate_names[fate]);
    }
    if (undone > 0)
        page_format(page, PAGE_YELLOW, "; interrupted, %zu not run", undone);
    page_end_line(page);
}

bool audit_print(const struct audit *audits, size_t count, const struct report_style *style,
                 FILE *stream) {
    struct page page = page_open(stream, style);
    char search[AUDIT_TEXT_SIZE * 4];
    bool printed = true;

    for (size_t i = 0; printed && style->verbosity >= 0 && i < count; i++)
        printed = print_mutants(&page, &audits[i], style->verbosity);
    if (style->verbosity >= 0) {
        print_kinds(&page, audits, count);
        print_rules(&page, audits, count);
        search_describe(&audits->space, search, sizeof search);
        page_end_line(&page);
        page_put(&page, PAGE_DIM, "search      ");
        page_wrap(&page, PAGE_PLAIN, search);
        page_end_line(&page);
    }
    for (size_t i = 0; i < count; i++)
        print_verdict(&page, &audits[i]);
    return printed && !ferror(stream);
}

/* --- Markdown. --- */

static void markdown_probes(const struct audit *audits, size_t count, FILE *stream) {
    fputs("| probe | mutants | killed | survived | equivalent | invalid |\n"
          "|---|--:|--:|--:|--:|--:|\n",
          stream);
    for (size_t i = 0; i < count; i++) {
        fprintf(stream, "| `%s` | %zu", audits[i].probe->name, audits[i].mutants.count);
        for (enum audit_fate fate = AUDIT_KILLED; fate < AUDIT_FATES; fate++)
            fprintf(stream, " | %zu", audit_count(&audits[i], mutations_count, fate));
        fputs(" |\n", stream);
    }
}

static void markdown_kinds(const struct audit *audits, size_t count, FILE *stream) {
    fputs("\n| change | what | killed | survived | equivalent | invalid |\n"
          "|---|---|--:|--:|--:|--:|\n",
          stream);
    for (size_t kind = 0; kind < mutations_count; kind++) {
        fprintf(stream, "| %s | %s", mutations[kind].name, mutations[kind].what);
        for (enum audit_fate fate = AUDIT_KILLED; fate < AUDIT_FATES; fate++)
            fprintf(stream, " | %zu", audit_total(audits, count, kind, fate));
        fputs(" |\n", stream);
    }
}

static void markdown_rules(const struct audit *audits, size_t count, FILE *stream) {
    fputs("\n| change | rules that it turns red, and in how many mutants |\n|---|---|\n", stream);
    for (size_t kind = 0; kind < mutations_count; kind++) {
        const char *before = "";

        fprintf(stream, "| %s | ", mutations[kind].name);
        for (unsigned rule = 0; rule < RULES; rule++) {
            size_t reds = audit_reds(audits, count, kind, rule);

            if (reds == 0)
                continue;
            fprintf(stream, "%s`%s` %zu", before, rules[rule].id, reds);
            before = ", ";
        }
        fputs(" |\n", stream);
    }
}

static void markdown_reasons(const struct audit *audits, size_t count, FILE *stream) {
    const char *seen[16];
    size_t seen_count = 0;

    fputs("\n| equivalent because | mutants |\n|---|--:|\n", stream);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < audits[i].mutants.count; j++) {
            const char *reason = audits[i].results[j].reason;
            size_t at = 0, total = 0;

            while (at < seen_count && seen[at] != reason)
                at++;
            if (!reason || at < seen_count || seen_count == sizeof seen / sizeof seen[0])
                continue;
            seen[seen_count++] = reason;
            for (size_t k = 0; k < count; k++) {
                for (size_t m = 0; m < audits[k].mutants.count; m++)
                    total += audits[k].results[m].reason == reason;
            }
            fprintf(stream, "| %s | %zu |\n", reason, total);
        }
    }
}

static bool markdown_survivors(const struct audit *audit, FILE *stream) {
    struct audit_looks looks;
    bool open = audit_looks_open(audit, &looks);

    for (size_t i = 0; open && i < audit->mutants.count; i++) {
        const struct mutant *mutant = &audit->mutants.mutants[i];
        const struct audit_result *result = &audit->results[i];
        char place[192], text[160];

        if (result->fate != AUDIT_SURVIVED)
            continue;
        audit_place_text(audit, mutant, &looks, place, sizeof place);
        fprintf(stream, "- `%s`, %s at `%s`: `%s` became `%s`; %s %s\n", audit->probe->name,
                mutations[mutant->kind].name, place, audit->code[mutant->at].text,
                audit_mutant_text(audit, mutant, looks.disassembly, text, sizeof text),
                result->differs ? "it differs at" : "no difference found, nothing says why",
                result->text);
    }
    audit_looks_close(&looks);
    return open;
}

bool audit_print_markdown(const struct audit *audits, size_t count, FILE *stream) {
    char search[AUDIT_TEXT_SIZE * 4];
    bool printed = true;

    search_describe(&audits->space, search, sizeof search);
    markdown_probes(audits, count, stream);
    markdown_kinds(audits, count, stream);
    markdown_rules(audits, count, stream);
    markdown_reasons(audits, count, stream);
    fprintf(stream,
            "\nEvery mutant is first searched for a difference from the original (for the first "
            "probe: %s). One that differs is judged on %s, and when no rule turns red, on all %zu "
            "cases. Equivalent is what one of the reasons above covers and in what the search "
            "finds no difference, or none in outcomes and leaves.\n\n",
            search, audits->sample_step > 1 ? "a sample of cases" : "all cases",
            audits->cases_count);
    fputs("Survivors:\n\n", stream);
    if (audit_total(audits, count, mutations_count, AUDIT_SURVIVED) == 0)
        fputs("none.\n", stream);
    for (size_t i = 0; printed && i < count; i++)
        printed = markdown_survivors(&audits[i], stream);
    return printed && !ferror(stream);
}
