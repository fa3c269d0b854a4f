/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/audit.h"

#include "emulator/source_line.h"
#include "reports/json_value.h"

#include <inttypes.h>
#include <stdio.h>

static const char *const fate_keys[AUDIT_FATES] = {
    [AUDIT_UNDONE] = "undone",         [AUDIT_KILLED] = "killed",   [AUDIT_SURVIVED] = "survived",
    [AUDIT_EQUIVALENT] = "equivalent", [AUDIT_INVALID] = "invalid",
};

static json_t *json_rules(const struct audit_result *result) {
    json_t *array = json_array();
    bool ok = array;

    for (unsigned rule = 0; rule < RULES; rule++) {
        if (result->red[rule])
            json_add(array, &ok, json_string(rules[rule].id));
    }
    return json_finish(array, ok);
}

static json_t *json_mutant(const struct audit *audit, size_t index, struct disassembly *disassembly,
                           struct source_line *source) {
    const struct mutant *mutant = &audit->mutants.mutants[index];
    const struct audit_result *result = &audit->results[index];
    const struct disassembly_parts *parts = &audit->code[mutant->at];
    const struct image_symbol *symbol = image_symbol_at(audit->probe->image, parts->address);
    json_t *object = json_object();
    bool ok = object;
    const char *file;
    unsigned line;
    char text[160];

    json_put(object, &ok, "fate", json_string(fate_keys[result->fate]));
    json_put(object, &ok, "change", json_string(mutations[mutant->kind].name));
    json_put(object, &ok, "address", json_sprintf("0x%" PRIx64, parts->address));
    json_put(object, &ok, "symbol", json_text(symbol ? symbol->name : NULL));
    if (source_line_find(source, parts->address, &file, &line)) {
        json_put(object, &ok, "file", json_text(file));
        json_put(object, &ok, "line", json_integer(line));
    } else {
        json_put(object, &ok, "file", json_null());
        json_put(object, &ok, "line", json_null());
    }
    json_put(object, &ok, "before", json_text(parts->text));
    json_put(object, &ok, "after",
             json_text(audit_mutant_text(audit, mutant, disassembly, text, sizeof text)));
    json_put(object, &ok, "rules", json_rules(result));
    json_put(object, &ok, "only_should", json_boolean(result->only_should));
    json_put(object, &ok, "all_cases", json_boolean(result->on_all_cases));
    json_put(object, &ok, "differs", json_boolean(result->differs));
    json_put(object, &ok, "reason", json_text(result->reason));
    json_put(object, &ok, "text", json_text(result->text));
    json_put(object, &ok, "runs", json_integer((json_int_t)result->runs));
    return json_finish(object, ok);
}

static json_t *json_mutants(const struct audit *audit) {
    struct disassembly *disassembly = disassembly_open(audit->probe->image->mode);
    struct source_line *source = source_line_open(audit->probe->image);
    json_t *array = json_array();
    bool ok = array && disassembly && source;

    for (size_t i = 0; ok && i < audit->mutants.count; i++)
        json_add(array, &ok, json_mutant(audit, i, disassembly, source));
    disassembly_close(disassembly);
    source_line_close(source);
    return json_finish(array, ok);
}

static json_t *json_audit(const struct audit *audit) {
    json_t *object = json_object(), *counts = json_object();
    bool ok = object && counts;
    char search[AUDIT_TEXT_SIZE * 4];

    search_describe(&audit->space, search, sizeof search);
    for (enum audit_fate fate = 0; fate < AUDIT_FATES; fate++)
        json_put(counts, &ok, fate_keys[fate],
                 json_integer((json_int_t)audit_count(audit, mutations_count, fate)));
    json_put(object, &ok, "probe", json_text(audit->probe->name));
    json_put(object, &ok, "file", json_text(audit->probe->path));
    json_put(object, &ok, "entry", json_text(audit->probe->entry));
    json_put(object, &ok, "sha256", json_text(audit->probe->image->sha256));
    json_put(object, &ok, "instructions", json_integer((json_int_t)audit->source.count));
    json_put(object, &ok, "cases", json_integer((json_int_t)audit->cases_count));
    json_put(object, &ok, "sample_step", json_integer((json_int_t)audit->sample_step));
    json_put(object, &ok, "search", json_text(search));
    json_put(object, &ok, "counts", counts);
    json_put(object, &ok, "mutants", json_mutants(audit));
    return json_finish(object, ok);
}

bool audit_print_json(const struct audit *audits, size_t count, FILE *stream) {
    json_t *object = json_object(), *array = json_array();
    bool ok = object && array;

    for (size_t i = 0; i < count; i++)
        json_add(array, &ok, json_audit(&audits[i]));
    json_put(object, &ok, "format", json_string("hvspec-audit/1"));
    json_put(object, &ok, "version", json_string(HVSPEC_VERSION));
    json_put(object, &ok, "probes", array);
    object = json_finish(object, ok);
    ok = object && json_dumpf(object, stream, JSON_INDENT(1)) == 0 && fputc('\n', stream) != EOF;
    json_decref(object);
    return ok;
}
