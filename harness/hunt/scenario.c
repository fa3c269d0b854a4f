/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/hunt/scenario.h"
#include "base/memstream.h"

#include "base/hash.h"
#include "harness/scenario/spelled.h"
#include "harness/spec/signatures.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define HUNT_COLUMNS 96 /* of comments and wrapped text */

void hunt_find_clear(struct hunt_find *find) {
    report_example_clear(&find->example);
    free(find->name);
    free(find->file);
    *find = (struct hunt_find){0};
}

/* --- The table. --- */

static void hunt_print_number(FILE *stream, uint32_t number) {
    fprintf(stream, number < 10 ? "%" PRIu32 : "0x%" PRIx32, number);
}

/* "eax: 1, ebx: 0x10": registers that are 0 are left out. */
static void hunt_print_registers(FILE *stream, struct cpuid_values values, const char *separator) {
    static const char *const names[] = {"eax", "ebx", "ecx", "edx"};

    for (unsigned i = 0; i < 4; i++) {
        uint32_t value = *hunt_register(&values, i);

        if (value == 0)
            continue;
        fprintf(stream, "%s%s: ", separator, names[i]);
        hunt_print_number(stream, value);
        separator = ", ";
    }
}

static bool hunt_is_zero(const struct cpuid_values *values) {
    return (values->eax | values->ebx | values->ecx | values->edx) == 0;
}

/* Of the processor's own leaves only numbers can be said. */
static void hunt_print_values(FILE *stream, const struct cpuid_values *values, bool numbers) {
    if (hunt_is_zero(values)) {
        fputs(numbers ? "{eax: 0}\n" : "zero\n", stream);
        return;
    }
    fputc('{', stream);
    hunt_print_registers(stream, *values, "");
    fputs("}\n", stream);
}

static void hunt_print_signature(FILE *stream, struct cpuid_values base) {
    struct cpuid_values signature = {0, base.ebx, base.ecx, base.edx};

    if (hunt_is_zero(&signature))
        return;
    fputs("  signature: ", stream);
    for (size_t i = 0; i < signatures_count; i++) {
        struct cpuid_values known = signature_values(signatures[i].bytes);

        if (memcmp(&known, &signature, sizeof known) == 0) {
            fprintf(stream, "\"%.*s\"\n", (int)SIGNATURE_SIZE, signatures[i].bytes);
            return;
        }
    }
    hunt_print_values(stream, &signature, false);
}

/* The row at `index` and, where it answers by subleaf, those of the same leaf; how many. */
static size_t hunt_print_leaf(FILE *stream, const struct hunt_candidate *candidate, size_t index) {
    const struct cpuid_leaf *row = &candidate->leaves[index];
    size_t count = 0;

    fprintf(stream, "    0x%" PRIx32 ": ", row->leaf);
    if (row->every_subleaf) {
        hunt_print_values(stream, &row->values, !cpuid_is_hypervisor_leaf(row->leaf));
        return 1;
    }
    while (index + count < candidate->leaves_count && row[count].leaf == row->leaf) {
        fprintf(stream, "%s{subleaf: ", count == 0 ? "[" : ", ");
        hunt_print_number(stream, row[count].subleaf);
        hunt_print_registers(stream, row[count].values, ", ");
        fputc('}', stream);
        count++;
    }
    fputs("]\n", stream);
    return count;
}

static void hunt_print_fill(FILE *stream, const char *key, const struct cpuid_default *fill) {
    static const char *const words[] = {
        [CPUID_FILL_HIGHEST_BASIC] = "highest-basic", [CPUID_FILL_BASE] = "base"};

    if (fill->fill == CPUID_FILL_ZERO ||
        (fill->fill == CPUID_FILL_VALUES && hunt_is_zero(&fill->values)))
        return;
    fprintf(stream, "  %s: ", key);
    if (fill->fill == CPUID_FILL_VALUES)
        hunt_print_values(stream, &fill->values, false);
    else
        fprintf(stream, "%s\n", words[fill->fill]);
}

/* What decides: everything from `hypervisor` on. */
static void hunt_print_case(FILE *stream, const struct hunt_candidate *candidate) {
    fputs("hypervisor:\n", stream);
    if (candidate->absent)
        fputs("  present: false\n", stream);
    hunt_print_signature(stream, candidate->base);
    fputs("  max: ", stream);
    hunt_print_number(stream, candidate->base.eax);
    fputc('\n', stream);
    if (candidate->leaves_count > 0)
        fputs("  leaves:\n", stream);
    for (size_t i = 0; i < candidate->leaves_count;)
        i += hunt_print_leaf(stream, candidate, i);
    hunt_print_fill(stream, "unlisted", &candidate->unlisted);
    hunt_print_fill(stream, "beyond", &candidate->beyond);
    for (size_t i = 0; i < candidate->asks_count; i++)
        fprintf(stream, "%s0x%" PRIx32, i == 0 ? "ask: [" : ", ", candidate->asks[i]);
    for (size_t i = 0; i < candidate->asks_count; i++) {
        static const char *const words[] = {[OUTCOME_AVAILABLE] = "available",
                                            [OUTCOME_NOT_AVAILABLE] = "not-available",
                                            [OUTCOME_NOT_IMPLEMENTED] = "not-implemented"};

        fprintf(stream, "%s%s", i == 0 ? "]\nexpect: [" : ", ",
                words[hunt_candidate_outcome(candidate, candidate->asks[i])]);
    }
    fputs("]\n", stream);
}

/* --- The text about it. --- */

/* Words up to HUNT_COLUMNS, each line behind `indent`; what is not printable becomes '?', so that
 * no name of a probe can break the file. */
static void hunt_print_wrapped(FILE *stream, const char *indent, const char *text) {
    size_t column = 0;

    while (*text) {
        size_t length = strcspn(text, " \n"), blanks = strspn(text + length, " \n");

        if (column > 0 && column + 1 + length > HUNT_COLUMNS) {
            fputc('\n', stream);
            column = 0;
        }
        column += (size_t)fprintf(stream, "%s", column == 0 ? indent : " ");
        for (size_t i = 0; i < length; i++)
            fputc(isprint((unsigned char)text[i]) && !(text[i] & 0x80) ? text[i] : '?', stream);
        column += length;
        text += length + blanks;
    }
    fputc('\n', stream);
}

static void hunt_print_rules(FILE *stream, const struct hunt_find *find) {
    fprintf(stream, "rules: [%s", rules[find->rule].id);
    for (unsigned rule = 0; rule < RULES; rule++) {
        if (rule != find->rule && (find->broken & HUNT_RULE(rule)))
            fprintf(stream, ", %s", rules[rule].id);
    }
    fputs("]\n", stream);
}

static void hunt_print_story(FILE *stream, const struct hunt_find *find) {
    const struct {
        const char *label, *text;
    } lines[] = {
        {"changed: ", find->example.twin}, {"expected: ", find->example.expected}, {"observed: ", find->example.observed}};

    if (find->candidate.absent)
        fputs("# Needs --profile presence: no hypervisor is announced.\n", stream);
    fputs("# Found by a search and made as small as it goes. What the probe did:\n", stream);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        char *line = NULL;

        if (!lines[i].text || asprintf(&line, "%s%s", lines[i].label, lines[i].text) < 0)
            continue;
        hunt_print_wrapped(stream, "#   ", line);
        free(line);
    }
}

/* What this find shows: the rule's own reason tells of other code's mistakes. False: out of memory.
 */
static bool hunt_print_why(FILE *stream, const struct hunt_find *find) {
    char *text;

    if (asprintf(&text, "%s%s%sThe rule asks for: %s. The probe gave: %s.",
                 find->example.twin ? "Changed: " : "", find->example.twin ? find->example.twin : "",
                 find->example.twin ? ". " : "", find->example.expected, find->example.observed) < 0)
        return false;
    fputs("why: >\n", stream);
    hunt_print_wrapped(stream, "  ", text);
    free(text);
    return true;
}

char *hunt_find_text(const struct hunt_find *find, const char *probe, uint64_t seed,
                     const char *profile) {
    char *text = NULL, *source = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    bool complete;

    if (!stream)
        return NULL;
    hunt_print_story(stream, find);
    fprintf(stream, "title: \"Found by hunt: %s is broken at 0x%" PRIx32 "\"\n",
            rules[find->rule].id, find->candidate.asks[find->candidate.asks_count - 1]);
    hunt_print_rules(stream, find);
    complete = hunt_print_why(stream, find);
    if (asprintf(&source, "hvspec hunt --seed %" PRIu64 "%s%s on %s", seed,
                 profile ? " --profile " : "", profile ? profile : "", probe) >= 0) {
        fputs("source: >\n", stream);
        hunt_print_wrapped(stream, "  ", source);
        free(source);
    }
    hunt_print_case(stream, &find->candidate);
    if (!memstream_close(stream, &text) || !complete) {
        free(text);
        return NULL;
    }
    return text;
}

/* --- The name. --- */

/* Of the lines that decide, so that it can be told from the file alone. */
static bool hunt_hash(const struct hunt_candidate *candidate, uint32_t *hash) {
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    uint64_t sum;
    bool done;

    if (!stream)
        return false;
    hunt_print_case(stream, candidate);
    done = memstream_close(stream, &text);
    sum = hash_bytes(HASH_START, text, done ? size : 0);
    free(text);
    *hash = (uint32_t)(sum ^ sum >> 32);
    return done;
}

bool hunt_find_name(struct hunt_find *find, const char *folder) {
    uint32_t hash;

    free(find->name);
    free(find->file);
    find->name = find->file = NULL;
    if (!folder) {
        const struct scenario_case test = hunt_candidate_case(&find->candidate, NULL);

        find->name = scenario_spell(&test);
        return find->name != NULL;
    }
    if (!hunt_hash(&find->candidate, &hash))
        return false;
    if (asprintf(&find->name, "%s-%08" PRIx32, rules[find->rule].id, hash) < 0) {
        find->name = NULL;
        return false;
    }
    for (char *slash = strchr(find->name, '/'); slash; slash = strchr(slash, '/'))
        *slash = '-';
    if (asprintf(&find->file, "%s/%s.yaml", folder, find->name) < 0)
        find->file = NULL;
    return find->file != NULL;
}
