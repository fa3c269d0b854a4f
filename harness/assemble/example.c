/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/assemble/example.h"
#include "base/memstream.h"

#include "base/data_path.h"
#include "base/shell_quote.h"
#include "harness/probe/assume.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where a PC has its video memory. */
#define VIDEO_FIRST 0xa0000u
#define VIDEO_LAST 0xbffffu

#define EXAMPLE_BEFORE 3u /* instructions shown around the deciding one */
#define EXAMPLE_AFTER 5u
#define EXAMPLE_QUOTE 2u /* source lines shown ahead of the one and behind it */
#define EXAMPLE_ROW 4u   /* equal questions in a row that are listed */

/* --- Sentences. --- */

static const struct {
    enum observation_state state;
    const char *text;
} example_states[] = {
    {OBSERVATION_BX_CHANGED, "(R/E)BX was not put back"},
    {OBSERVATION_BP_CHANGED, "(R/E)BP was not put back"},
    {OBSERVATION_SI_CHANGED, "(R/E)SI was not put back"},
    {OBSERVATION_DI_CHANGED, "(R/E)DI was not put back"},
    {OBSERVATION_R12_CHANGED, "R12 was not put back"},
    {OBSERVATION_R13_CHANGED, "R13 was not put back"},
    {OBSERVATION_R14_CHANGED, "R14 was not put back"},
    {OBSERVATION_R15_CHANGED, "R15 was not put back"},
    {OBSERVATION_DIRECTION_SET, "the direction flag came back set"},
    {OBSERVATION_XMM_CHANGED, "one of XMM6 to XMM15 was not put back"},
    {OBSERVATION_MXCSR_CHANGED, "the control bits of MXCSR came back changed"},
    {OBSERVATION_X87_CHANGED, "the x87 came back with another control word or registers in use"},
    {OBSERVATION_SEGMENTS_CHANGED,
     "a segment register, or where FS or GS begins, was not put back"},
    {OBSERVATION_FLAGS_CHANGED, "AC, NT or IF among the flags was not put back"},
    {OBSERVATION_CONTROL_CHANGED, "a control or debug register was not put back"},
    {OBSERVATION_STACK_MOVED, "the stack pointer came back elsewhere"},
    {OBSERVATION_FRAME_CHANGED, "the caller's stack above the frame was written"},
    {OBSERVATION_WROTE_FOREIGN, "memory outside the probe's own was written"},
    {OBSERVATION_CLOCK_READ, "a clock or random source was read"},
    {OBSERVATION_ANSWER_MISSING, "the answer was never written"},
};

/* Whether the value reported is what is wrong, or what differs. */
static bool example_is_about_value(const struct violation *violation) {
    const struct facts *facts = &violation->facts, *base = &violation->base;

    return violation->rule == RULE_TARGET_VALUE_INTACT ||
           ((violation->rule == RULE_GAPS_ORDER_INDEPENDENT ||
             violation->rule == RULE_PLATFORM_DETERMINISTIC) &&
            facts->answer == OUTCOME_AVAILABLE && base->answer == OUTCOME_AVAILABLE &&
            facts->value_right != base->value_right);
}

static void example_print_expected(FILE *stream, const struct probe *probe,
                                   const struct violation *violation) {
    const struct facts *facts = &violation->facts;

    (void)probe;
    if (rules[violation->rule].demands)
        fprintf(stream, "%s; here: ", rules[violation->rule].demands);
    fprintf(stream, "%s", outcome_text(facts->expected));
    if (violation->rule == RULE_PRESENCE_CHECKED_FIRST)
        return;
    if (facts->expected == OUTCOME_NOT_AVAILABLE)
        fprintf(stream, ", because the maximum 0x%" PRIx32 " is below the target",
                violation->maximum);
    else if (facts->skips_target)
        fprintf(stream, ", because the maximum 0x%" PRIx32 " reaches the target",
                violation->maximum);
    else
        fprintf(stream,
                ", because the maximum 0x%" PRIx32 " reaches the target and its EAX is 0x%" PRIx32,
                violation->maximum, violation->target_eax);
    if (example_is_about_value(violation))
        fprintf(stream, ", reported as it is");
}

/* The key of a manifest that makes right what only the harness forbids: kernels and boot code may
 * do more than a program. */
static void example_print_remedy(FILE *stream, const struct violation *violation) {
    const char *word, *advice = guest_permit_advice(violation->end_name, &word);

    if (violation->facts.end == OBSERVATION_FORBIDDEN && advice)
        fprintf(stream, "; a manifest permits it by instructions: {%s: %s}", word, advice);
    if (violation->facts.end == OBSERVATION_FOREIGN_WRITE &&
        violation->fault_address >= VIDEO_FIRST && violation->fault_address <= VIDEO_LAST)
        fprintf(stream, "; a manifest gives video memory by data: {0xb8000: 32768}");
}

static void example_print_end(FILE *stream, const struct violation *violation) {
    const struct facts *facts = &violation->facts;

    fprintf(stream, "no answer: %s", observation_end_text(facts->end));
    if (violation->end_name[0])
        fprintf(stream, " (%s)", violation->end_name);
    if (violation->fault_address || facts->end == OBSERVATION_READ_FAULT ||
        facts->end == OBSERVATION_FETCH_FAULT || facts->end == OBSERVATION_FOREIGN_WRITE)
        fprintf(stream, ", address 0x%" PRIx64, violation->fault_address);
    if (violation->end_address)
        fprintf(stream, ", at 0x%" PRIx64, violation->end_address);
    example_print_remedy(stream, violation);
}

static void example_print_leaves_read(FILE *stream, const struct violation *violation) {
    const struct facts *facts = &violation->facts;

    if (!facts->read_hypervisor)
        fprintf(stream, "; no hypervisor leaf was read");
    else if (!facts->read_base)
        fprintf(stream, "; the maximum was not read");
    else if (facts->expected != OUTCOME_NOT_AVAILABLE && !facts->read_target &&
             !facts->skips_target)
        fprintf(stream, "; the target was not read");
    else if (facts->expected == OUTCOME_NOT_AVAILABLE && facts->read_target)
        fprintf(stream, "; the target was read although it lies beyond the maximum");
}

void example_print_states(FILE *stream, unsigned state) {
    for (size_t i = 0; i < sizeof example_states / sizeof example_states[0]; i++) {
        if (state & example_states[i].state)
            fprintf(stream, "; %s", example_states[i].text);
    }
}

/* What tells the run shown from the case's own. */
static void example_print_difference(FILE *stream, const struct violation *violation) {
    const struct facts *facts = &violation->facts, *base = &violation->base;
    const char *otherwise = violation->base_has_twin ? "asked alone under the same change"
                            : violation->has_twin    ? "without the change"
                                                     : "asked alone";

    if (facts->answer != base->answer)
        fprintf(stream, "; %s the answer is %s", otherwise, outcome_text(base->answer));
    else if (facts->read_target != base->read_target)
        fprintf(stream, "; %s the target is %s", otherwise,
                base->read_target ? "read" : "not read");
    else if (facts->leaves != base->leaves && violation->has_twin) /* a boot's are all questions' */
        fprintf(stream, "; %s other leaves are read", otherwise);
}

/* Many of the same in a row are counted. */
static void example_print_sequence(FILE *stream, const uint32_t *sequence, size_t count) {
    fprintf(stream, "; asked in one boot:");
    for (size_t i = 0, row; i < count; i += row) {
        for (row = 1; i + row < count && sequence[i + row] == sequence[i];)
            row++;
        if (row > EXAMPLE_ROW)
            fprintf(stream, " 0x%" PRIx32 " (%zu times)", sequence[i], row);
        else
            for (size_t j = 0; j < row; j++)
                fprintf(stream, " 0x%" PRIx32, sequence[i]);
    }
}

static void example_print_observed(FILE *stream, const struct probe *probe,
                                   const struct violation *violation) {
    const struct facts *facts = &violation->facts;
    char answer[PROBE_ANSWER_SIZE];

    if (facts->end != OBSERVATION_RETURNED) {
        example_print_end(stream, violation);
    } else {
        fprintf(stream, "%s (%s)", outcome_text(facts->answer),
                probe_answer_text(probe, violation->answer, answer));
        if (example_is_about_value(violation))
            fprintf(stream, ", value 0x%" PRIx64, violation->value);
        example_print_leaves_read(stream, violation);
        if (violation->end_name[0])
            fprintf(stream, "; %s", violation->end_name);
    }
    example_print_states(stream, facts->state);
    if (violation->sequence_text[0]) {
        fprintf(stream, "; %s", violation->sequence_text);
    } else if (violation->sequence_count > 1) {
        example_print_sequence(stream, violation->sequence, violation->sequence_count);
    }
    if (violation->has_twin || violation->sequence_count > 1)
        example_print_difference(stream, violation);
}

static char *example_sentence(const struct probe *probe, const struct violation *violation,
                              void (*print)(FILE *, const struct probe *,
                                            const struct violation *)) {
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);

    if (!stream)
        return NULL;
    print(stream, probe, violation);
    if (!memstream_close(stream, &text)) {
        free(text);
        return NULL;
    }
    return text;
}

/* --- Trace, disassembly, source. --- */

bool example_step(const struct cpuid_execution *execution, const struct place *place,
                  const struct image *image, struct source_line *source, struct report_step *step) {
    *step = (struct report_step){.address = execution->address,
                                 .leaf = execution->leaf,
                                 .subleaf = execution->subleaf,
                                 .eax = execution->values.eax,
                                 .ebx = execution->values.ebx,
                                 .ecx = execution->values.ecx,
                                 .edx = execution->values.edx};
    return place_symbol(image, execution->address, &step->symbol) &&
           place_source(place, source, &step->source);
}

static bool example_fill_trace(const struct violation *violation, const struct image *image,
                               struct source_line *source, struct report_example *out) {
    out->trace = calloc(violation->trace_count + 1, sizeof *out->trace);
    if (!out->trace)
        return false;
    out->trace_omitted = violation->trace_omitted;
    for (size_t i = 0; i < violation->trace_count; i++) {
        const struct place place = place_of(
            &violation->callers, place_chain(&violation->callers, i), violation->trace[i].address);

        out->trace_count++;
        if (!example_step(&violation->trace[i], &place, image, source, &out->trace[i]))
            return false;
        out->trace[i].in_boot = i < violation->trace_boot;
        out->trace[i].deciding = (ptrdiff_t)i == violation->deciding;
    }
    return true;
}

/* Where the verdict hangs: the deciding CPUID, else where the run ended. */
static struct place example_place(const struct violation *violation) {
    const struct guest_callers *callers = &violation->callers;

    if (violation->facts.end != OBSERVATION_RETURNED && violation->end_address)
        return place_of(callers, callers->last, violation->end_address);
    if (violation->rule == RULE_PLATFORM_DETERMINISTIC && violation->clock_address)
        return place_of(NULL, 0, violation->clock_address);
    if (violation->deciding < 0)
        return (struct place){.count = 0};
    return place_of(callers, place_chain(callers, (size_t)violation->deciding),
                    violation->trace[violation->deciding].address);
}

/* The file, and its lines around the one that is known. */
static bool example_fill_source(const struct source_line *source, const char *file,
                                struct report_example *out) {
    unsigned before = out->source_line > EXAMPLE_QUOTE ? EXAMPLE_QUOTE : out->source_line - 1;
    char *lines[2 * EXAMPLE_QUOTE + 1];
    size_t count = source_line_quote(source, file, out->source_line - before,
                                     before + 1 + EXAMPLE_QUOTE, lines);

    out->source_file = strdup(file);
    out->quote = calloc(count + 1, sizeof *out->quote);
    for (size_t i = 0; i < count; i++) {
        if (out->quote && count > before) /* the line itself is there */
            out->quote[out->quote_count++] =
                (struct report_quote){out->source_line - before + (unsigned)i, lines[i]};
        else
            free(lines[i]);
    }
    return out->source_file && out->quote;
}

static bool example_fill_listing(const struct image *image, uint64_t address,
                                 struct disassembly *disassembly, struct report_example *out) {
    struct disassembly_instruction lines[EXAMPLE_BEFORE + 1 + EXAMPLE_AFTER];
    size_t available, count;

    if (!image_bytes(image, address, &available)) /* a library's that a program loaded */
        return true;
    count = disassembly_around(disassembly, image, address, EXAMPLE_BEFORE, EXAMPLE_AFTER, lines);
    out->listing = calloc(count + 1, sizeof *out->listing);
    if (!out->listing)
        return false;
    for (size_t i = 0; i < count; i++) {
        struct report_instruction *line = &out->listing[out->listing_count++];

        line->address = lines[i].address;
        line->deciding = lines[i].address == address;
        line->text = strdup(lines[i].text);
        if (!line->text)
            return false;
    }
    return true;
}

static bool example_fill_place(const struct violation *violation, const struct probe *probe,
                               struct disassembly *disassembly, struct source_line *source,
                               struct report_example *out) {
    const struct place place = example_place(violation);
    const char *file;
    size_t at;

    if (place.count == 0)
        return true;
    if (!example_fill_listing(probe->image, place.addresses[0], disassembly, out) ||
        !place_callers(&place, probe->image, source, &out->callers))
        return false;
    if (source_line_find_first(source, place.addresses, place.count, &file, &out->source_line,
                               &at) ||
        source_line_find(source, probe->setup.entry, &file, &out->source_line))
        return example_fill_source(source, file, out);
    return true;
}

/* --- The leaf map. --- */

static bool example_same_values(const struct cpuid_values *a, const struct cpuid_values *b) {
    return a->eax == b->eax && a->ebx == b->ebx && a->ecx == b->ecx && a->edx == b->edx;
}

bool example_leaves(const struct cpuid_view *view, const uint32_t *targets, size_t targets_count,
                    struct report_leaf **leaves, size_t *count) {
    struct cpuid_values last = {0, 0, 0, 0};

    *count = 0;
    *leaves = calloc(CPUID_BLOCK_LAST - CPUID_BASE + 1, sizeof **leaves);
    if (!*leaves)
        return false;
    for (uint32_t leaf = CPUID_BASE; leaf <= CPUID_BLOCK_LAST; leaf++) {
        struct cpuid_values values = cpuid_lookup(view, leaf, 0);
        struct report_leaf *previous = *count > 0 ? &(*leaves)[*count - 1] : NULL;
        bool target = false, beyond = leaf > view->maximum && leaf != CPUID_BASE;

        for (size_t i = 0; i < targets_count; i++)
            target |= targets[i] == leaf;
        if (previous && !previous->target && !target && previous->first != CPUID_BASE &&
            previous->beyond == beyond && example_same_values(&last, &values)) {
            previous->last = leaf;
            continue;
        }
        (*leaves)[(*count)++] =
            (struct report_leaf){leaf,       leaf,   values.eax, values.ebx, values.ecx,
                                 values.edx, beyond, target,     true,       false};
        last = values;
    }
    return true;
}

static bool example_fill_leaves(const struct violation *violation, const struct probe *probe,
                                const struct cpuid_table *table, struct report_example *out) {
    struct assumed_table assumed;
    struct cpuid_view view;
    bool done;

    if (!assumed_make(probe, table, &assumed))
        return false;
    view = cpuid_view(&assumed.table, violation->twin.changes,
                      violation->has_twin ? violation->twin.changes_count : 0);
    done = example_leaves(&view, &violation->target, 1, &out->leaves, &out->leaves_count);
    assumed_clear(&assumed);
    return done;
}

static char *example_twin(const struct violation *violation) {
    char text[512];

    return strdup(twin_describe(&violation->twin, text, sizeof text));
}

/* --- The command that runs just this case again. --- */

/* True when the id alone leads to the scenario's file. */
static bool example_is_installed(const struct scenario *scenario) {
    char *folder = data_path("scenarios"), *path = NULL, *there = NULL, *real = NULL;
    bool same;

    if (folder && asprintf(&path, "%s/%s.yaml", folder, scenario->id) >= 0) {
        there = realpath(path, NULL);
        real = realpath(scenario->path, NULL);
    }
    same = there && real && strcmp(there, real) == 0;
    free(folder);
    free(path);
    free(there);
    free(real);
    return same;
}

/* What `trace` finds the case by: its id, or "FILE:CASE". NULL: out of memory. */
static char *example_case_argument(const struct example_case *from) {
    const char *values = from->test->id + strlen(from->scenario->id);
    char *text;

    if (example_is_installed(from->scenario))
        return strdup(from->test->id);
    return asprintf(&text, "%s%s", from->scenario->path, values) < 0 ? NULL : text;
}

static char *example_rerun(const struct example_case *from) {
    const struct probe *probe = from->probe;
    char *path = shell_quote_path(probe->manifest ? probe->manifest : probe->path);
    char *argument = example_case_argument(from);
    char *quoted = argument ? shell_quote_path(argument) : NULL;
    char seed[32] = "", *text = NULL;

    if (from->seed != SCENARIO_SEED_DEFAULT)
        snprintf(seed, sizeof seed, " --seed %" PRIu64, from->seed);
    if (path && quoted &&
        asprintf(&text, "hvspec trace%s%s%s %s %s", probe->options ? probe->options : "",
                 from->options ? from->options : "", seed, path, quoted) < 0)
        text = NULL;
    free(path);
    free(argument);
    free(quoted);
    return text;
}

bool example_fill(const struct example_case *from, const struct violation *violation,
                  struct disassembly *disassembly, struct source_line *source,
                  struct report_example *out) {
    const struct image *image = from->probe->image;

    out->case_id = strdup(from->test->id);
    out->scenario_id = strdup(from->scenario->id);
    out->expected = example_sentence(from->probe, violation, example_print_expected);
    out->observed = example_sentence(from->probe, violation, example_print_observed);
    out->rerun = example_rerun(from);
    out->target = violation->target;
    out->maximum = violation->maximum;
    if (violation->has_twin)
        out->twin = example_twin(violation);
    return out->case_id && out->scenario_id && out->expected && out->observed && out->rerun &&
           (!violation->has_twin || out->twin) &&
           example_fill_trace(violation, image, source, out) &&
           example_fill_place(violation, from->probe, disassembly, source, out) &&
           example_fill_leaves(violation, from->probe, &from->test->table, out);
}
