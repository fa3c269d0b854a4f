/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/json/example.h"

#include "reports/console/failure.h"
#include "reports/json/fields.h"
#include "reports/json/table.h"

#include <stdlib.h>

static const struct field step_fields[] = {
    FIELD(struct report_step, "leaf", FIELD_WORD, leaf),
    FIELD(struct report_step, "subleaf", FIELD_WORD, subleaf),
    FIELD(struct report_step, "eax", FIELD_WORD, eax),
    FIELD(struct report_step, "ebx", FIELD_WORD, ebx),
    FIELD(struct report_step, "ecx", FIELD_WORD, ecx),
    FIELD(struct report_step, "edx", FIELD_WORD, edx),
    FIELD(struct report_step, "symbol", FIELD_TEXT, symbol),
    FIELD(struct report_step, "source", FIELD_TEXT, source),
    FIELD(struct report_step, "in_boot", FIELD_BOOL, in_boot),
    FIELD(struct report_step, "deciding", FIELD_BOOL, deciding),
};
static const struct field instruction_fields[] = {
    FIELD(struct report_instruction, "address", FIELD_ADDRESS, address),
    FIELD(struct report_instruction, "text", FIELD_REQUIRED, text),
    FIELD(struct report_instruction, "deciding", FIELD_BOOL, deciding),
};
static const struct field quote_fields[] = {
    FIELD(struct report_quote, "line", FIELD_NUMBER, line),
    FIELD(struct report_quote, "text", FIELD_REQUIRED, text),
};
static const struct field source_fields[] = {
    FIELD(struct report_example, "file", FIELD_REQUIRED, source_file),
    FIELD(struct report_example, "line", FIELD_NUMBER, source_line),
};

/* In the order in which they are written, with lists between them. */
static const struct field case_fields[] = {
    FIELD(struct report_example, "case", FIELD_REQUIRED, case_id),
    FIELD(struct report_example, "expected", FIELD_REQUIRED, expected),
    FIELD(struct report_example, "observed", FIELD_REQUIRED, observed),
};
static const struct field rerun_fields[] = {
    FIELD(struct report_example, "rerun", FIELD_REQUIRED, rerun),
    FIELD(struct report_example, "scenario", FIELD_REQUIRED, scenario_id),
    FIELD(struct report_example, "twin", FIELD_TEXT, twin),
    FIELD(struct report_example, "target", FIELD_WORD, target),
    FIELD(struct report_example, "maximum", FIELD_WORD, maximum),
};
static const struct field processor_field[] = {
    FIELD(struct report_example, "processor", FIELD_NUMBER, processor),
};
static const struct field omitted_field[] = {
    FIELD(struct report_example, "steps_omitted", FIELD_SIZE, trace_omitted),
    FIELD(struct report_example, "callers", FIELD_TEXT, callers),
};
static const struct field shard_field[] = {
    FIELD(struct report_example, "complexity", FIELD_NUMBER, complexity),
};

/* --- Writing. --- */

/* A step as one line, for readers of the file; json_step has the same as fields. */
static json_t *json_step_line(const struct report_step *step) {
    char *line = failure_step_text(step);
    json_t *value = line ? json_text(line) : NULL;

    free(line);
    return value;
}

/* A row of a dump has no address. */
static json_t *json_step(const struct report_step *step) {
    json_t *object = json_object();
    bool ok = object;

    json_put(object, &ok, "address",
             step->address == REPORT_NO_ADDRESS ? json_null() : json_hex(step->address, 1));
    fields_put(object, &ok, FIELDS(step_fields), step);
    return json_finish(object, ok);
}

static json_t *json_source(const struct report_example *example) {
    json_t *object, *quote;
    bool ok;

    if (!example->source_file)
        return json_null();
    object = json_object();
    quote = json_array();
    ok = object;
    for (size_t i = 0; i < example->quote_count; i++)
        json_add(quote, &ok, fields_object(FIELDS(quote_fields), &example->quote[i]));
    fields_put(object, &ok, FIELDS(source_fields), example);
    json_put(object, &ok, "quote", quote);
    return json_finish(object, ok);
}

json_t *json_example(const struct report_example *example, bool of_shard) {
    json_t *object = json_object(), *trace = json_array(), *steps = json_array();
    json_t *listing = json_array(), *leaves = json_array();
    bool ok = object;

    for (size_t i = 0; i < example->trace_count; i++) {
        json_add(trace, &ok, json_step_line(&example->trace[i]));
        json_add(steps, &ok, json_step(&example->trace[i]));
    }
    for (size_t i = 0; i < example->listing_count; i++)
        json_add(listing, &ok, fields_object(FIELDS(instruction_fields), &example->listing[i]));
    for (size_t i = 0; i < example->leaves_count; i++)
        json_add(leaves, &ok, json_leaf(&example->leaves[i]));
    fields_put(object, &ok, FIELDS(case_fields), example);
    json_put(object, &ok, "trace", trace);
    fields_put(object, &ok, FIELDS(rerun_fields), example);
    if (example->of_table)
        fields_put(object, &ok, FIELDS(processor_field), example);
    json_put(object, &ok, "source", json_source(example));
    json_put(object, &ok, "steps", steps);
    fields_put(object, &ok, FIELDS(omitted_field), example);
    json_put(object, &ok, "listing", listing);
    json_put(object, &ok, "leaves", leaves);
    if (example->line)
        json_put(object, &ok, "listed", json_integer(example->line->number));
    if (of_shard)
        fields_put(object, &ok, FIELDS(shard_field), example);
    return json_finish(object, ok);
}

/* --- Reading. --- */

static void read_steps(struct reader *reader, json_t *object, struct report_example *example) {
    json_t *array = read_field(reader, object, "steps", JSON_ARRAY);

    example->trace =
        read_room(reader, array, sizeof *example->trace, "steps", &example->trace_count);
    for (size_t i = 0; i < example->trace_count; i++) {
        json_t *value = json_array_get(array, i);

        fields_read(reader, value, FIELDS(step_fields), &example->trace[i]);
        example->trace[i].address = json_is_null(json_object_get(value, "address"))
                                        ? REPORT_NO_ADDRESS
                                        : read_hex(reader, value, "address", UINT64_MAX);
    }
}

static void read_listing(struct reader *reader, json_t *object, struct report_example *example) {
    json_t *array = read_field(reader, object, "listing", JSON_ARRAY);

    example->listing =
        read_room(reader, array, sizeof *example->listing, "listing", &example->listing_count);
    for (size_t i = 0; i < example->listing_count; i++)
        fields_read(reader, json_array_get(array, i), FIELDS(instruction_fields),
                    &example->listing[i]);
}

static void read_source(struct reader *reader, json_t *object, struct report_example *example) {
    json_t *array = read_field(reader, object, "quote", JSON_ARRAY);

    fields_read(reader, object, FIELDS(source_fields), example);
    example->quote =
        read_room(reader, array, sizeof *example->quote, "quote", &example->quote_count);
    for (size_t i = 0; i < example->quote_count; i++)
        fields_read(reader, json_array_get(array, i), FIELDS(quote_fields), &example->quote[i]);
}

void read_example(struct reader *reader, json_t *object, bool of_shard,
                  struct report_example *example) {
    json_t *source = json_object_get(object, "source");

    fields_read(reader, object, FIELDS(case_fields), example);
    fields_read(reader, object, FIELDS(rerun_fields), example);
    example->of_table = json_object_get(object, "processor") != NULL;
    if (example->of_table)
        fields_read(reader, object, FIELDS(processor_field), example);
    fields_read(reader, object, FIELDS(omitted_field), example);
    if (json_is_object(source))
        read_source(reader, source, example);
    else if (!json_is_null(source))
        reader_fail(reader, "source");
    if (of_shard)
        fields_read(reader, object, FIELDS(shard_field), example);
    read_steps(reader, object, example);
    read_listing(reader, object, example);
    read_leaves(reader, object, &example->leaves, &example->leaves_count);
}
