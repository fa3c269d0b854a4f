/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/memstream.h"
#include "harness/suite/internal.h"

#include <stdio.h>
#include <stdlib.h>

static void hash_values(FILE *stream, struct cpuid_values values) {
    fprintf(stream, " %x %x %x %x", values.eax, values.ebx, values.ecx, values.edx);
}

static void hash_case(FILE *stream, const struct scenario_case *test) {
    const struct cpuid_table *table = &test->table;

    fprintf(stream, "%s %d %d %d %llx", test->id, table->present, (int)table->unlisted.fill,
            (int)table->beyond.fill, (unsigned long long)table->junk_seed);
    hash_values(stream, table->base);
    hash_values(stream, table->unlisted.values);
    hash_values(stream, table->beyond.values);
    for (size_t i = 0; i < test->asks_count; i++)
        fprintf(stream, " %x", test->asks[i]);
    for (size_t i = 0; i < table->count; i++) {
        fprintf(stream, "\n%x %x %d", table->leaves[i].leaf, table->leaves[i].subleaf,
                table->leaves[i].every_subleaf);
        hash_values(stream, table->leaves[i].values);
    }
    fputc('\n', stream);
}

static void hash_scenario(FILE *stream, const struct scenario *scenario) {
    fprintf(stream, "%s\n%s\n", scenario->id, scenario->title);
    for (size_t i = 0; i < scenario->cases_count; i++)
        hash_case(stream, &scenario->cases[i]);
}

static bool hash_all(const struct scenario *scenarios, size_t count, char text[SHA256_TEXT_SIZE]) {
    char *bytes = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&bytes, &size);
    bool written;

    if (!stream)
        return false;
    for (size_t i = 0; i < count; i++)
        hash_scenario(stream, &scenarios[i]);
    written = !ferror(stream);
    if (!memstream_close(stream, &bytes) || !written) {
        free(bytes);
        return false;
    }
    sha256_text(bytes, size, text);
    free(bytes);
    return true;
}

bool suite_hash_scenario(const struct scenario *scenario, char text[SHA256_TEXT_SIZE]) {
    return hash_all(scenario, 1, text);
}

bool suite_hash_scenarios(const struct scenario_set *set, char text[SHA256_TEXT_SIZE]) {
    return hash_all(set->scenarios, set->count, text);
}
