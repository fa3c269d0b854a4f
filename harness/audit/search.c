/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/audit/search.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEARCH_BATCH 64u
#define SEARCH_GARBAGE_TURN 1021u /* questions; not in step with any other turn */
#define SEARCH_WORDS 65536u
#define SEARCH_STEP 7u         /* words from one to the next, unless the search is thorough */
#define SEARCH_SIDE_TARGETS 3u /* targets that every pair of numbers is tried with */
#define SEARCH_EDGES 6u        /* maxima around each target */

/* --- The space. --- */

static void search_add_around(struct search_space *space, uint32_t number) {
    for (uint32_t near = number - 2; near != number + 3; near++) {
        bool known = false;

        for (size_t i = 0; i < space->numbers_count; i++)
            known |= space->numbers[i] == near;
        if (!known && space->numbers_count < SEARCH_NUMBERS_MAX)
            space->numbers[space->numbers_count++] = near;
    }
}

static void search_add_targets(struct search_space *space, const struct probe *probe) {
    for (size_t i = 0; i < probe->targets_count && space->targets_count < 256; i++)
        space->targets[space->targets_count++] = probe->targets[i];
    /* Vendors' first leaves come first: those are the targets that most questions ask for. */
    for (uint32_t row = 1; probe->targets_count == 0 && row <= 3; row++)
        space->targets[space->targets_count++] = CPUID_BASE + row * CPUID_ROW;
    for (uint32_t leaf = CPUID_BLOCK_LAST; probe->targets_count == 0 && leaf > CPUID_BASE; leaf--) {
        if (leaf % CPUID_ROW != 0 || leaf > CPUID_BASE + 3 * CPUID_ROW)
            space->targets[space->targets_count++] = leaf;
    }
}

/* Questions of a part of the search; parts follow each other. */
enum search_part { SEARCH_PAIRS, SEARCH_TARGETS, SEARCH_MAXIMA, SEARCH_VALUES, SEARCH_PARTS };

static size_t search_side_targets(const struct search_space *space) {
    return space->targets_count < SEARCH_SIDE_TARGETS ? space->targets_count : SEARCH_SIDE_TARGETS;
}

static size_t search_part_size(const struct search_space *space, enum search_part part) {
    switch (part) {
    case SEARCH_PAIRS:
        return space->numbers_count * space->numbers_count * search_side_targets(space);
    case SEARCH_TARGETS:
        return space->targets_count * SEARCH_EDGES * 4;
    case SEARCH_MAXIMA: /* low words, then high words */
    case SEARCH_VALUES:
        return 2 * SEARCH_WORDS / space->words_step;
    default:
        return 0;
    }
}

void search_space_make(struct search_space *space, const struct probe *probe,
                       const uint32_t *constants, size_t constants_count, bool thorough) {
    static const uint32_t edges[] = {
        0,          CPUID_BASE, CPUID_BASE + 0x10, CPUID_BASE + 0x20, 0x40000030, 0x400000ff,
        0x40000100, 0x4fffffff, 0x7fffffff,        0xffffffff,        0x80,       0x100,
        0x8000,     0x10000,    0x1000000};

    space->numbers_count = space->targets_count = space->questions = 0;
    space->words_step = thorough ? 1 : SEARCH_STEP;
    for (size_t i = 0; i < sizeof edges / sizeof edges[0]; i++)
        search_add_around(space, edges[i]);
    for (size_t i = 0; i < constants_count; i++)
        search_add_around(space, constants[i]);
    search_add_targets(space, probe);
    for (unsigned part = 0; part < SEARCH_PARTS; part++)
        space->questions += search_part_size(space, part);
}

void search_describe(const struct search_space *space, char *text, size_t size) {
    snprintf(text, size,
             "%zu questions: %zu maxima with %zu values of the target's EAX for each of %zu "
             "targets; each of %zu targets at and around its maximum; %s low and high word of the "
             "maximum and of EAX (2^16 each); with signatures, other registers "
             "and undefined state in turn; and the questions of %zu cases in one boot each",
             space->questions, space->numbers_count, space->numbers_count,
             search_side_targets(space), space->targets_count,
             space->words_step == 1 ? "every" : "every seventh", space->cases_count);
}

/* --- Questions. --- */

struct search_question {
    uint32_t maximum, target, eax;
};

static struct search_question search_pair(const struct search_space *space, size_t index) {
    size_t numbers = space->numbers_count;

    return (struct search_question){space->numbers[index % numbers],
                                    space->targets[index / numbers / numbers],
                                    space->numbers[index / numbers % numbers]};
}

static struct search_question search_target(const struct search_space *space, size_t index) {
    static const uint32_t values[4] = {0, 1, 0x80000000, 0xffffffff};
    uint32_t target = space->targets[index / 4 / SEARCH_EDGES];
    uint32_t maxima[SEARCH_EDGES] = {target - 2, target - 1, target,
                                     target + 1, target + 2, target ^ 0x80000000};

    return (struct search_question){maxima[index / 4 % SEARCH_EDGES], target, values[index % 4]};
}

/* The index-th number that is any in one half and `high` or `low` in the other. */
static uint32_t search_word(size_t index, uint32_t high, uint32_t low) {
    uint32_t word = (uint32_t)(index % SEARCH_WORDS);

    return index / SEARCH_WORDS % 2 == 0 ? high << 16 | word : word << 16 | low;
}

static struct search_question search_question(const struct search_space *space, size_t index) {
    unsigned part = 0;
    uint32_t target;

    while (part + 1 < SEARCH_PARTS && index >= search_part_size(space, part))
        index -= search_part_size(space, part++);
    if (part == SEARCH_PAIRS)
        return search_pair(space, index);
    if (part == SEARCH_TARGETS)
        return search_target(space, index);
    target = space->targets[0];
    index *= space->words_step;
    if (part == SEARCH_MAXIMA)
        return (struct search_question){search_word(index, target >> 16, target & 0xffff), target,
                                        0x12345678};
    return (struct search_question){0xffffffff, target, search_word(index, 0, 0)};
}

/* Undefined state stays for a while, because changing it is what costs most. */
static unsigned search_garbage(size_t index) {
    return (unsigned)(index / SEARCH_GARBAGE_TURN % GUEST_GARBAGES);
}

/* A question with all that must not matter beside it. */
struct search_call {
    struct search_question question;
    struct cpuid_change changes[4];
};

static void search_call_make(const struct search_space *space, size_t index,
                             struct search_call *call, struct guest_job *job) {
    static const struct cpuid_values signatures[] = {
        {0, 0, 0, 0},
        {0, 0x4b4d564b, 0x564b4d56, 0x0000004d}, /* KVMKVMKVM */
        {0, 0x61774d56, 0x4d566572, 0x65726177}, /* VMwareVMware */
        {0, 0xffffffff, 0xffffffff, 0xffffffff},
        {0, 0x12345678, 0x9abcdef0, 0x00000001}};
    static const struct cpuid_values others[] = {
        {0, 0, 0, 0}, {0, 0x80000001, 0xffffffff, 0x00010000}, {0, 1, 0, 0x12345678}};
    struct search_question question = search_question(space, index);
    struct cpuid_values base = signatures[index % 5], feature = others[index % 3];

    base.eax = question.maximum;
    feature.eax = question.eax;
    call->question = question;
    call->changes[0] =
        (struct cpuid_change){.kind = CPUID_CHANGE_FILL,
                              .registers = CPUID_ALL,
                              .first = CPUID_BASE + 1,
                              .last = CPUID_BLOCK_LAST,
                              .fill = index % 7 < 4 ? CPUID_FILL_ZERO : CPUID_FILL_JUNK,
                              .seed = index % 7};
    call->changes[1] = (struct cpuid_change){.kind = CPUID_CHANGE_SET,
                                             .registers = CPUID_ALL,
                                             .first = CPUID_BASE,
                                             .last = CPUID_BASE,
                                             .values = base};
    call->changes[2] = (struct cpuid_change){.kind = CPUID_CHANGE_SET,
                                             .registers = CPUID_ALL,
                                             .first = question.target,
                                             .last = question.target,
                                             .values = feature};
    *job = (struct guest_job){.changes = call->changes,
                              .changes_count = 3,
                              .target = question.target,
                              .garbage = search_garbage(index)};
}

/* --- Asking. --- */

/* What a question showed, as two hashes. */
struct search_shown {
    uint64_t all;     /* everything */
    uint64_t outcome; /* the outcome, and which leaves were read, in the order of the first time */
};

struct search {
    const struct search_space *space;
    struct search_shown *shown; /* by the original, by question, then by case */
};

static uint64_t search_mix(uint64_t hash, uint64_t value) {
    return (hash ^ value ^ hash >> 29) * 0x9e3779b97f4a7c15u;
}

/* Everything of an observation but where in the code things happened and what it cost. */
static uint64_t search_hash(const struct observation *observation) {
    uint64_t hash = search_mix(observation->end, observation->state);

    hash = search_mix(hash, observation->answer);
    hash = search_mix(hash, observation->value);
    for (size_t i = 0; i < observation->count; i++) {
        const struct cpuid_execution *execution = &observation->trace[i];

        hash = search_mix(hash, (uint64_t)execution->leaf << 32 | execution->subleaf);
        hash = search_mix(hash, (uint64_t)execution->values.eax << 32 | execution->values.ebx);
        hash = search_mix(hash, (uint64_t)execution->values.ecx << 32 | execution->values.edx);
    }
    return search_mix(hash, observation->count);
}

static bool search_is_repeated(const struct observation *observation, size_t at) {
    for (size_t i = 0; i < at; i++) {
        if (observation->trace[i].leaf == observation->trace[at].leaf &&
            observation->trace[i].subleaf == observation->trace[at].subleaf)
            return true;
    }
    return false;
}

static struct search_shown search_look(const struct probe *probe,
                                       const struct observation *observation) {
    uint64_t hash = search_mix(observation->end, observation->state);

    hash = search_mix(hash, (uint64_t)probe_outcome(probe, observation));
    if (probe_reports_value(probe))
        hash = search_mix(hash, observation->value);
    for (size_t i = 0; i < observation->count; i++) {
        const struct cpuid_execution *execution = &observation->trace[i];

        if (!search_is_repeated(observation, i))
            hash = search_mix(hash, (uint64_t)execution->leaf << 32 | execution->subleaf);
    }
    return (struct search_shown){search_hash(observation), hash};
}

/* Told what each question showed; false: enough. */
typedef bool (*search_taker)(void *context, size_t index, struct search_shown shown);

static bool search_ask_questions(const struct search_space *space, const struct probe *probe,
                                 struct runner *runner, search_taker take, void *context) {
    static const struct cpuid_table table = {.present = true};
    struct search_call calls[SEARCH_BATCH];
    struct guest_job jobs[SEARCH_BATCH];
    struct observation observations[SEARCH_BATCH];

    for (size_t index = 0; index < space->questions;) {
        size_t count = space->questions - index, done;

        if (count > SEARCH_BATCH)
            count = SEARCH_BATCH;
        for (size_t i = 0; i < count; i++) {
            search_call_make(space, index + i, &calls[i], &jobs[i]);
            jobs[i].table = &table;
        }
        done = runner_run(runner, jobs, count, observations);
        for (size_t i = 0; i < done; i++) {
            if (!take(context, index + i, search_look(probe, &observations[i])))
                return false;
        }
        index += done;
    }
    return true;
}

/* A case's questions in one boot, as far as the probe can be asked them. */
static struct search_shown search_ask_case(const struct scenario_case *test,
                                           const struct search_space *space,
                                           const struct probe *probe, struct runner *runner) {
    struct guest_job jobs[SCENARIO_ASKS_MAX];
    struct observation observations[SCENARIO_ASKS_MAX];
    struct search_shown shown = {0, 0};
    size_t count = 0, done = 0;

    for (size_t i = 0; i < test->asks_count; i++) {
        bool can = false;

        for (size_t j = 0; j < space->targets_count; j++)
            can |= space->targets[j] == test->asks[i];
        if (!can)
            continue;
        jobs[count] = (struct guest_job){
            .table = &test->table, .target = test->asks[i], .continues = count > 0};
        count++;
    }
    while (done < count)
        done += runner_run(runner, jobs + done, count - done, observations + done);
    for (size_t i = 0; i < count; i++) {
        struct search_shown one = search_look(probe, &observations[i]);

        shown.all = search_mix(shown.all, one.all);
        shown.outcome = search_mix(shown.outcome, one.outcome);
    }
    return shown;
}

static bool search_ask(const struct search_space *space, const struct probe *probe,
                       const struct guest_watch *watch, search_taker take, void *context,
                       struct errors *errors) {
    struct runner *runner = runner_new(probe->image, &probe->setup, errors);
    bool on = runner && (!watch || runner_watch(runner, watch));

    for (size_t i = 0; on && i < space->cases_count; i++) {
        runner_reset(runner);
        on = take(context, space->questions + i,
                  search_ask_case(space->cases[i], space, probe, runner));
    }
    if (on) {
        runner_reset(runner);
        search_ask_questions(space, probe, runner, take, context);
    }
    if (runner)
        runner_free(runner);
    return errors_none(errors);
}

static bool search_keep(void *context, size_t index, struct search_shown shown) {
    struct search *search = context;

    search->shown[index] = shown;
    return true;
}

struct search *search_new(const struct search_space *space, const struct probe *probe,
                          struct errors *errors) {
    struct search *search = calloc(1, sizeof *search);

    if (search)
        search->shown = calloc(space->questions + space->cases_count + 1, sizeof *search->shown);
    if (!search || !search->shown) {
        errors_add(errors, NULL, 0, 0, "out of memory");
        search_free(search);
        return NULL;
    }
    search->space = space;
    if (!search_ask(space, probe, NULL, search_keep, search, errors)) {
        search_free(search);
        return NULL;
    }
    return search;
}

void search_free(struct search *search) {
    if (search)
        free(search->shown);
    free(search);
}

struct search_comparison {
    const struct search *search;
    size_t runs, index; /* index: the first question that showed a difference, unless same */
    enum search_verdict verdict;
};

static bool search_compare(void *context, size_t index, struct search_shown shown) {
    struct search_comparison *comparison = context;
    const struct search_shown *original = &comparison->search->shown[index];

    comparison->runs++;
    if (shown.all == original->all)
        return true;
    if (comparison->verdict == SEARCH_SAME || shown.outcome != original->outcome)
        comparison->index = index;
    comparison->verdict =
        shown.outcome == original->outcome ? SEARCH_SAME_OUTCOMES : SEARCH_DIFFERS;
    return comparison->verdict != SEARCH_DIFFERS;
}

enum search_verdict search_run(const struct search *search, const struct probe *probe, size_t *runs,
                               char *text, size_t size) {
    const struct search_space *space = search->space;
    struct search_comparison comparison = {.search = search, .verdict = SEARCH_SAME};
    struct errors errors = {0};
    bool asked = search_ask(space, probe, NULL, search_compare, &comparison, &errors);

    *runs += comparison.runs;
    if (!asked) {
        snprintf(text, size, "%.150s",
                 errors.count > 0 ? errors.entries[0].message : "out of memory");
        errors_clear(&errors);
        return SEARCH_FAILED;
    }
    if (comparison.verdict == SEARCH_SAME)
        return SEARCH_SAME;
    if (comparison.index < space->questions) {
        struct search_question question = search_question(space, comparison.index);

        snprintf(text, size, "maximum 0x%08x, target 0x%08x with EAX 0x%08x, undefined state %u",
                 question.maximum, question.target, question.eax, search_garbage(comparison.index));
    } else {
        snprintf(text, size, "case %s", space->cases[comparison.index - space->questions]->id);
    }
    return comparison.verdict;
}

bool search_watch(const struct search *search, const struct probe *probe,
                  const struct guest_watch *watch, size_t *runs) {
    struct search_comparison comparison = {.search = search, .verdict = SEARCH_SAME};
    struct errors errors = {0};
    bool asked = search_ask(search->space, probe, watch, search_compare, &comparison, &errors);

    *runs += comparison.runs;
    errors_clear(&errors);
    return asked && comparison.verdict == SEARCH_SAME &&
           comparison.runs == search->space->questions + search->space->cases_count;
}
