/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/audit/audit.h"

#include "emulator/source/demangle.h"
#include "emulator/source/source_line.h"
#include "harness/suite/internal.h"

#include <stdlib.h>
#include <string.h>

#define FILL_TEXT_SIZE 160u

/* What an audit found, as a report's plain values. */
struct fill {
    const struct audit *audit;
    struct disassembly *disassembly;
    struct source_line *source;
    bool ok; /* memory has not run out */
};

static char *fill_text(struct fill *fill, const char *text) {
    char *copy = text && text[0] ? strdup(text) : NULL;

    fill->ok &= copy != NULL || !text || !text[0];
    return copy;
}

/* The mutant's code, "jb 0x10aa" or several joined with "; ". */
static char *fill_after(struct fill *fill, const struct mutant *mutant) {
    uint64_t address = fill->audit->code[mutant->at].address;
    char text[FILL_TEXT_SIZE] = "";
    unsigned nops = 0;
    size_t used = 0;

    for (unsigned at = 0; at < mutant->size && used < sizeof text;) {
        struct disassembly_instruction instruction;

        disassembly_decode(fill->disassembly, mutant->bytes + at, mutant->size - at, address + at,
                           &instruction);
        at += instruction.size;
        if (strcmp(instruction.text, "nop") == 0) {
            nops++;
            continue;
        }
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", used ? "; " : "",
                                 instruction.text);
    }
    if (nops > 0 && used < sizeof text)
        snprintf(text + used, sizeof text - used, "%s%u nop", used ? "; " : "", nops);
    return fill_text(fill, text);
}

static void fill_place(struct fill *fill, uint64_t address, struct audit_mutant *out) {
    const struct image_symbol *symbol = image_symbol_at(fill->audit->probe->image, address);
    const char *file;

    out->address = address;
    out->symbol = symbol ? demangle(symbol->name) : NULL;
    fill->ok &= out->symbol || !symbol;
    out->symbol_offset = symbol ? address - symbol->address : address;
    if (source_line_find(fill->source, address, &file, &out->line))
        out->file = fill_text(fill, file);
}

static void fill_mutant(struct fill *fill, size_t index, struct audit_mutant *out) {
    const struct mutant *mutant = &fill->audit->mutants.mutants[index];
    const struct audit_result *result = &fill->audit->results[index];
    const struct disassembly_parts *parts = &fill->audit->code[mutant->at];

    *out = (struct audit_mutant){.fate = result->fate,
                                 .instruction = mutant->at,
                                 .change = mutant->kind,
                                 .all_cases = result->on_all_cases,
                                 .differs = result->differs,
                                 .conforms = result->conforms,
                                 .difference = fill_text(fill, result->text),
                                 .proven = result->fate == AUDIT_EQUIVALENT && result->proven,
                                 .reason = fill_text(fill, audit_reason_text(result->reason)),
                                 .before = fill_text(fill, parts->text),
                                 .after = fill_after(fill, mutant),
                                 .runs = result->runs};
    for (unsigned rule = 0; rule < RULES; rule++)
        out->red |= (uint64_t)result->red[rule] << rule;
    fill_place(fill, parts->address, out);
}

static void fill_probe(struct fill *fill, struct audit_probe *out) {
    const struct audit *audit = fill->audit;
    char search[SEARCH_TEXT_SIZE], call[SHA256_TEXT_SIZE] = "";

    fill->ok &= probe_hash_call(audit->probe, call);
    search_describe(&audit->space, search, sizeof search);
    *out = (struct audit_probe){.name = fill_text(fill, audit->probe->name),
                                .file = fill_text(fill, audit->probe->path),
                                .entry = fill_text(fill, audit->probe->entry),
                                .sha256 = fill_text(fill, audit->probe->image->sha256),
                                .call_sha256 = fill_text(fill, call),
                                .budget = probe_budget(audit->probe),
                                .search = fill_text(fill, search),
                                .instructions = audit->source.count,
                                .cases = audit->cases_count,
                                .sample_step = audit->sample_step};
    fill->ok &= suite_copy_statements(audit->probe, &out->statements, &out->statements_count);
    out->mutants = calloc(audit->mine + 1, sizeof *out->mutants);
    fill->ok &= out->mutants != NULL;
    for (size_t i = 0; i < audit->places_count; i++) {
        const struct audit_place *place = &audit->places[i];

        for (size_t k = 0; fill->ok && k < place->count; k++)
            fill_mutant(fill, place->first + k, &out->mutants[out->mutants_count++]);
    }
}

bool audit_fill(const struct audit *audit, struct audit_report *report) {
    struct audit_probe *grown =
        realloc(report->probes, (report->probes_count + 1) * sizeof *report->probes);
    struct fill fill = {.audit = audit};

    if (!grown)
        return false;
    report->probes = grown;
    fill.disassembly = disassembly_open(audit->probe->image->mode);
    fill.source = source_line_open(audit->probe->image);
    fill.ok = fill.disassembly && fill.source;
    if (fill.ok)
        fill_probe(&fill, &report->probes[report->probes_count++]);
    disassembly_close(fill.disassembly);
    source_line_close(fill.source);
    return fill.ok;
}

void audit_report_describe(struct audit_report *report) {
    static struct audit_change changes[MUTATIONS_MAX];

    _Static_assert(RULES <= AUDIT_RULES_MAX, "a bit for each rule");
    for (size_t i = 0; i < mutations_count; i++)
        changes[i] = (struct audit_change){mutations[i].name, mutations[i].what};
    report->version = HVSPEC_VERSION;
    report->changes = changes;
    report->changes_count = mutations_count;
    report->rules_count = RULES;
    for (unsigned rule = 0; rule < RULES; rule++) {
        report->rules[rule].id = rules[rule].id;
        report->rules[rule].level = rule_level_text(rules[rule].level);
    }
}

bool audit_report_open(const struct audit_options *options, const struct scenario_set *set,
                       struct audit_report *report) {
    *report = (struct audit_report){.seed = options->seed,
                                    .thorough = options->thorough,
                                    .profile = options->profile,
                                    .shard = options->shard,
                                    .shards = options->shards};
    audit_report_describe(report);
    for (unsigned rule = 0; rule < RULES; rule++)
        report->rules[rule].selected = options->selected[rule];
    return suite_hash_scenarios(set, report->scenarios_sha256);
}
