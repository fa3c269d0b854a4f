/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/memstream.h"
#include "harness/bench/bench.h"

#include "harness/guests/guests.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * What a table costs: reading and judging a dump, by its processors, each with all of the block as
 * hvspec capture writes it; and showing it to the bundled wrong guests.
 */
#define TABLES_ROUNDS 5u
#define TABLES_LEAVES 0x100u
#define TABLES_BASIC 30u
#define TABLES_FEW 100u
#define TABLES_MANY 400u

static void tables_row(FILE *stream, uint32_t leaf, uint32_t eax) {
    fprintf(stream, "   0x%08x 0x00: eax=0x%08x ebx=0x%08x ecx=0x%08x edx=0x%08x\n", (unsigned)leaf,
            (unsigned)eax, 1u, CPUID_PRESENT, 3u);
}

/* Free it. NULL: out of memory. */
static char *tables_dump(unsigned processors, size_t *size) {
    char *text = NULL;
    FILE *stream = open_memstream(&text, size);

    for (unsigned cpu = 0; stream && cpu < processors; cpu++) {
        fprintf(stream, "CPU %u:\n", cpu);
        for (uint32_t leaf = 0; leaf < TABLES_BASIC; leaf++)
            tables_row(stream, leaf, leaf == 0 ? TABLES_BASIC - 1 : leaf);
        for (uint32_t leaf = 0; leaf < TABLES_LEAVES; leaf++)
            tables_row(stream, CPUID_BASE + leaf, leaf == 0 ? BENCH_TARGET : leaf == 0x10);
    }
    if (stream && !memstream_close(stream, &text)) {
        free(text);
        return NULL;
    }
    return text;
}

/* Seconds of processor time; negative: it could not be read, or does not conform as it should. */
static double tables_judge(const char *text, size_t size) {
    double start = bench_processor_time(), cost;
    struct errors errors = {0};
    struct dump dump;
    bool right = dump_parse("dump", text, size, &dump, &errors) && dump.count == 1;
    const struct table_claims claims = {0};
    struct table_findings findings = {0};

    right = right && table_judge(&dump.tables[0], &claims, &findings);
    for (unsigned rule = 0; right && rule < RULES; rule++) {
        size_t judged, broken, deviating;

        right =
            table_outcome_of(&findings.verdicts[rule], &judged, &broken, &deviating) == TABLE_HOLDS;
    }
    cost = bench_processor_time() - start;
    table_findings_clear(&findings);
    dump_clear(&dump);
    errors_clear(&errors);
    return right ? cost : -1;
}

static double tables_measure(unsigned processors, unsigned rounds, size_t *size) {
    char *text = tables_dump(processors, size);
    double costs[TABLES_ROUNDS];
    bool right = text != NULL;

    for (unsigned i = 0; i < rounds; i++) {
        costs[i] = text ? tables_judge(text, *size) : -1;
        right &= costs[i] >= 0;
    }
    free(text);
    return right ? bench_median(costs, rounds) : -1;
}

/* Seconds of real time; negative with `errors`. */
static double tables_guests(struct errors *errors) {
    char path[] = "/tmp/hvspec-bench-XXXXXX";
    int file = mkstemp(path);
    FILE *stream = file >= 0 ? fdopen(file, "w") : NULL;
    const bool selected[RULES] = {[RULE_HYPERVISOR_GAP_RETURNS_ZERO] = true};
    struct table_set set = {0};
    struct report report = {0};
    size_t size = 0;
    char *text = tables_dump(1, &size);
    double start = 0, cost = -1;
    bool written = stream && text && fwrite(text, 1, size, stream) == size;

    if (stream && fclose(stream) != 0)
        written = false;
    if (written && table_set_add(&set, path, errors) &&
        table_set_report(&set, selected, NULL, &report)) {
        start = bench_real_time();
        if (guests_report(&set, 1, &report, errors))
            cost = bench_real_time() - start;
    }
    if (file >= 0)
        unlink(path);
    report_clear(&report);
    table_set_clear(&set);
    free(text);
    return cost;
}

bool bench_tables(const struct bench_subject *subject) {
    unsigned rounds = subject->quick ? 1 : TABLES_ROUNDS;
    struct errors errors = {0};
    size_t few_size, many_size;
    double few = tables_measure(TABLES_FEW, rounds, &few_size);
    double many = tables_measure(TABLES_MANY, rounds, &many_size), guests;

    if (few < 0 || many < 0) {
        printf("\ntables: a dump that conforms is not read, or accused\n");
        return false;
    }
    printf("\nA dump of %u processors, read and judged: %.0f ms of processor time, %.1f MB, %.1f "
           "times %u processors (aim: at most 5)\n",
           TABLES_MANY, many * 1e3, (double)many_size / 1e6, many / few, TABLES_FEW);
    guests = tables_guests(&errors);
    if (guests < 0)
        printf("--guests is not measured: %s\n",
               errors.count > 0 ? errors.entries[0].message : "no table");
    else
        printf("--guests, on one table: %.2f s of real time\n", guests);
    errors_clear(&errors);
    return true;
}
