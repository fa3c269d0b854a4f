/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/hunt/searches.h"

#include "base/clock.h"
#include "base/pool.h"
#include "harness/hunt/random.h"
#include "harness/scenario/spelled.h"
#include "reports/json/hunt_json.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define SEARCHES_STEP_MILLISECONDS 100

/* What the searches' processes share with their parent. */
struct searches_shared {
    struct {
        volatile sig_atomic_t stop;
        volatile size_t runs, blocks, finds;
    } search[HUNT_SEARCHES_MAX];
};

struct searches {
    const struct probe *probe;
    const struct scenario_set *seeds;
    const struct hunt_searches_options *options;
    struct hunt_report *report;
    struct errors *errors;
    bool good;
};

static struct searches_shared *volatile searches_shared;
static volatile sig_atomic_t searches_stopped;

unsigned hunt_searches_default(size_t runs) {
    size_t count = runs / HUNT_SEARCH_RUNS;

    if (runs == 0 || count > HUNT_SEARCHES_DEFAULT)
        return HUNT_SEARCHES_DEFAULT;
    return count > 0 ? (unsigned)count : 1;
}

void hunt_searches_stop(void) {
    searches_stopped = 1;
    for (size_t i = 0; searches_shared && i < HUNT_SEARCHES_MAX; i++)
        searches_shared->search[i].stop = 1;
}

/* --- In the search's process. --- */

/* The first one's stream is the seed itself. */
static uint64_t searches_stream(uint64_t seed, unsigned number) {
    struct hunt_random random = {seed};

    if (number == 1)
        return seed;
    random.state = hunt_random_next(&random) + number;
    return hunt_random_next(&random);
}

/* The calls that are over go to the first searches. */
static size_t searches_runs(const struct hunt_report *report, unsigned number) {
    return report->runs_wanted / report->searches_all +
           (number <= report->runs_wanted % report->searches_all);
}

/* Searches that have to wait for others share the time with them. */
static double searches_seconds(const struct searches *searches) {
    double count = (double)searches->report->searches_count;
    double workers = (double)searches->options->workers;

    return (double)searches->report->seconds_wanted * (workers < count ? workers / count : 1);
}

static void searches_note_progress(void *context, const struct hunt_progress *progress) {
    size_t index = *(const unsigned *)context - 1;

    searches_shared->search[index].runs = progress->runs;
    searches_shared->search[index].blocks = progress->blocks;
    searches_shared->search[index].finds = progress->finds;
}

static void searches_send_text(struct pool_message *message, const char *text) {
    size_t size = text ? strlen(text) + 1 : 0;

    pool_message_add(message, &size, sizeof size);
    pool_message_add(message, text ? text : "", size);
}

static void searches_send_found(const struct hunt_find *find, struct pool_message *message) {
    const struct hunt_found found = {.rule = find->rule,
                                     .broken = find->broken,
                                     .run = find->run,
                                     .path = find->path,
                                     .was_there = find->was_there};
    char *example = find->file ? hunt_example_dump(&find->example) : NULL;

    pool_message_add(message, &found, sizeof found);
    searches_send_text(message, find->name);
    searches_send_text(message, find->file);
    searches_send_text(message, example);
    free(example);
}

static void searches_send(const struct hunt_result *result, const struct errors *errors,
                          struct pool_message *message) {
    const struct hunt_search search = {.runs = result->runs,
                                       .kept = result->kept,
                                       .blocks = result->blocks,
                                       .edges = result->edges,
                                       .finds = result->finds_count,
                                       .unjudged = result->failures};
    const struct scenario_case test = hunt_candidate_case(&result->unjudged, NULL);
    char *unjudged = result->failures > 0 ? scenario_spell(&test) : NULL;

    pool_message_add(message, &search, sizeof search);
    searches_send_text(message, result->failures > 0 ? result->failure : NULL);
    searches_send_text(message, unjudged);
    searches_send_text(message, errors->count > 0 ? errors->entries[0].message : NULL);
    for (size_t i = 0; i < result->finds_count; i++)
        searches_send_found(&result->finds[i], message);
    free(unjudged);
}

static void searches_work(void *context, void *state, size_t task, struct pool_message *message) {
    struct searches *searches = context;
    unsigned number = searches->report->searches[task].number;
    struct hunt_options options = searches->options->hunt;
    struct hunt_result result = {0};
    struct errors errors = {0};

    (void)state;
    options.stream = searches_stream(options.seed, number);
    options.seconds = searches_seconds(searches);
    options.runs = searches_runs(searches->report, number);
    options.cost = options.cost / searches->report->searches_all;
    options.stop = &searches_shared->search[number - 1].stop;
    options.progress = searches_note_progress;
    options.progress_context = &number;
    if (searches->report->runs_wanted == 0 || options.runs > 0)
        hunt_run(searches->probe, searches->seeds, &options, &result, &errors);
    searches_send(&result, &errors, message);
    hunt_result_clear(&result);
    errors_clear(&errors);
}

static void *searches_begin(void *context) {
    const struct searches *searches = context;

    if (!searches->options->hunt.folder) /* else it writes there what it finds */
        examine_confine(&searches->probe, 1);
    return NULL;
}

static void searches_end(void *context, void *state) {
    (void)context;
    (void)state;
}

/* --- In the parent. --- */

/* What is left of a message. */
struct searches_reader {
    const char *at;
    size_t left;
    bool good;
};

static void searches_take(struct searches_reader *reader, void *bytes, size_t size) {
    if (size > reader->left)
        reader->good = false;
    if (!reader->good)
        return;
    memcpy(bytes, reader->at, size);
    reader->at += size;
    reader->left -= size;
}

static char *searches_take_text(struct searches_reader *reader) {
    size_t size = 0;
    char *text;

    searches_take(reader, &size, sizeof size);
    if (!reader->good || size == 0)
        return NULL;
    text = size <= reader->left ? malloc(size) : NULL;
    reader->good = text != NULL;
    searches_take(reader, text, size);
    return text;
}

/* A find that is not written has its case for an example, and no more. */
static void searches_take_example(struct searches_reader *reader, struct hunt_found *found) {
    char *name = searches_take_text(reader), *example;

    found->file = searches_take_text(reader);
    example = searches_take_text(reader);
    if (!found->file) {
        found->example.case_id = name;
    } else {
        reader->good &= example && hunt_example_load(example, &found->example);
        free(name);
    }
    free(example);
}

static void searches_take_found(struct searches *searches, struct searches_reader *reader,
                                unsigned number) {
    struct hunt_report *report = searches->report;
    struct hunt_found *finds =
        realloc(report->finds, (report->finds_count + 1) * sizeof *report->finds);
    struct hunt_found found = {0};

    searches_take(reader, &found, sizeof found);
    found.search = number;
    searches_take_example(reader, &found);
    if (finds)
        report->finds = finds;
    if (!finds || !reader->good) {
        reader->good = false;
        hunt_found_clear(&found);
        return;
    }
    finds[report->finds_count++] = found;
}

static void searches_fail(struct searches *searches, const char *what) {
    if (searches->good)
        errors_add(searches->errors, NULL, 0, 0, "%s", what);
    searches->good = false;
}

static void searches_done(void *context, size_t task, const char *bytes, size_t size) {
    struct searches *searches = context;
    struct hunt_search *search = &searches->report->searches[task];
    struct searches_reader reader = {bytes, size, true};
    unsigned number = search->number;
    char *error;

    searches_take(&reader, search, sizeof *search);
    search->number = number;
    search->unjudged_reason = searches_take_text(&reader);
    search->unjudged_case = searches_take_text(&reader);
    error = searches_take_text(&reader);
    for (size_t i = 0; reader.good && i < search->finds; i++)
        searches_take_found(searches, &reader, number);
    if (error)
        searches_fail(searches, error);
    else if (!reader.good)
        searches_fail(searches, "out of memory");
    free(error);
    for (size_t i = number; searches->options->hunt.first_only && search->finds > 0 &&
                            i < searches->report->searches_all;
         i++)
        searches_shared->search[i].stop = 1;
}

/* Its files are in the folder; what it would have come to is not known. Only a check's short hunt
 * has none, and is of no use without one of its searches. */
static void searches_lost(void *context, size_t task, const char *why) {
    struct searches *searches = context;

    const char *folder = searches->options->hunt.folder;

    if (searches->good)
        errors_add(searches->errors, NULL, 0, 0, "search %u of a hunt was lost: %s%s%s",
                   searches->report->searches[task].number, why,
                   folder ? "; what it found before is in " : "; --hunt-runs 0 leaves the hunt out",
                   folder ? folder : "");
    searches->good = false;
    for (size_t i = 0; !folder && i < HUNT_SEARCHES_MAX; i++)
        searches_shared->search[i].stop = 1;
}

static void searches_show(const struct searches *searches) {
    const struct hunt_report *report = searches->report;
    struct hunt_progress progress = {.seconds = report->seconds};

    if (!searches->options->progress)
        return;
    for (size_t i = 0; i < report->searches_count; i++) {
        size_t index = report->searches[i].number - 1;

        progress.runs += searches_shared->search[index].runs;
        progress.finds += searches_shared->search[index].finds;
        if (searches_shared->search[index].blocks > progress.blocks)
            progress.blocks = searches_shared->search[index].blocks;
    }
    searches->options->progress(searches->options->progress_context, &progress);
}

static int searches_compare(const void *a, const void *b) {
    const struct hunt_found *x = a, *y = b;

    return x->search != y->search ? (x->search > y->search) - (x->search < y->search)
                                  : (x->run > y->run) - (x->run < y->run);
}

/* Files that were there before the hunt are nobody's to remove; those that another search of this
 * hunt wrote were not. */
static void searches_settle_files(struct hunt_report *report) {
    for (size_t i = 0; i < report->finds_count; i++) {
        for (size_t k = 0; k < report->finds_count; k++) {
            if (report->finds[i].file && !report->finds[k].was_there &&
                strcmp(report->finds[i].file, report->finds[k].file) == 0)
                report->finds[i].was_there = false;
        }
    }
}

static const struct hunt_report *searches_uniting;

static void searches_remove(const struct hunt_found *found) {
    if (!found->file)
        return;
    for (size_t i = 0; i < searches_uniting->finds_count; i++) {
        if (&searches_uniting->finds[i] != found && searches_uniting->finds[i].file &&
            strcmp(searches_uniting->finds[i].file, found->file) == 0)
            return; /* the same file shows another find, which may count */
    }
    if (!found->was_there)
        unlink(found->file);
}

static bool searches_list(struct hunt_report *report) {
    unsigned step = report->shards > 0 ? report->shards : 1;

    report->searches = calloc(report->searches_all, sizeof *report->searches);
    for (unsigned number = report->shards > 0 ? report->shard : 1;
         report->searches && number <= report->searches_all; number += step)
        report->searches[report->searches_count++].number = number;
    return report->searches != NULL;
}

static bool searches_attend(struct searches *searches) {
    const struct pool_work work = {.context = searches,
                                   .count = searches->report->searches_count,
                                   .workers = searches->options->workers,
                                   .start = searches_begin,
                                   .run = searches_work,
                                   .stop = searches_end,
                                   .done = searches_done,
                                   .lost = searches_lost};
    struct pool *pool = pool_start(&work, searches->errors);
    double started = clock_seconds();

    while (pool && pool_step(pool, SEARCHES_STEP_MILLISECONDS)) {
        if (searches->options->stop && *searches->options->stop)
            hunt_searches_stop();
        searches->report->seconds = clock_seconds() - started;
        searches_show(searches);
    }
    searches->report->seconds = clock_seconds() - started;
    pool_free(pool);
    return pool != NULL;
}

bool hunt_searches_run(const struct probe *probe, const struct scenario_set *seeds,
                       const struct hunt_searches_options *options, struct hunt_report *report,
                       struct errors *errors) {
    struct searches searches = {.probe = probe,
                                .seeds = seeds,
                                .options = options,
                                .report = report,
                                .errors = errors,
                                .good = true};
    struct searches_shared *shared =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (shared == MAP_FAILED)
        return errors_add(errors, NULL, 0, 0, "out of memory");
    searches_shared = shared;
    if (searches_stopped) /* between the signal's handler and this */
        hunt_searches_stop();
    if (!searches_list(report))
        searches_fail(&searches, "out of memory");
    else if (!searches_attend(&searches))
        searches.good = false;
    report->interrupted = searches_stopped;
    if (report->finds_count > 0)
        qsort(report->finds, report->finds_count, sizeof *report->finds, searches_compare);
    searches_settle_files(report);
    searches_uniting = report;
    hunt_unite(report, searches_remove);
    searches_shared = NULL; /* a signal may come any time */
    munmap(shared, sizeof *shared);
    return searches.good;
}
