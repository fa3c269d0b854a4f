/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/hash.h"
#include "emulator/process/internal.h"

#include <stdlib.h>
#include <string.h>

/*
 * What is kept of earlier runs, so that no job starts a process anew that need not. A run up to its
 * first hypervisor leaf hangs on nothing but CPUID's answers before, and on the target once it was
 * read. So its state there (LEAF) serves every job with the same answers; its state ahead of the
 * first look at the target (PREFIX) serves every target; and a run that ended without asking
 * (ENDED) need not be run again.
 */
enum kept_kind { KEPT_ROOT, KEPT_PREFIX, KEPT_LEAF, KEPT_ENDED };

#define KEPT_MAX 192u     /* at a time; of each kind as the table says */
#define KEPT_SEEN_MAX 64u /* beginnings that were met once */
#define KEPT_CHEAP 1024u  /* pages that are copied without a second thought */
#define GARBAGE_SIZE 2048u
#define RED_ZONE 128u

struct process_snapshot {
    enum kept_kind kind;
    struct process_queries queries;
    bool uses_target;
    uint32_t target;
    uint64_t used; /* when; the oldest of a kind makes room */
    struct memory_snapshot *memory;
    struct process_state state;
    uint64_t pc;
    struct engine_state *contexts[PROCESS_THREADS]; /* of live threads; NULL: none */
    uint32_t serial;                                /* no other has or had it */
    struct cpuid_execution *trace;                  /* state.trace_count */
    char *output;
    struct process_ending *ending; /* ENDED: it, and nothing else from `memory` on */
};

struct process_snapshots {
    struct process_snapshot *root;
    struct process_snapshot *kept[KEPT_MAX];
    size_t count;
    uint64_t uses;
    uint32_t serials;
    uint64_t seen[KEPT_SEEN_MAX];
    size_t seen_next;
    unsigned target_event; /* events ahead of which the target is not read; 0: unknown, or none */
    bool noted;            /* in the run in hand: the target was read */
    bool at_leaf;          /* the run in hand starts where LEAF was taken */
    enum kept_kind from;   /* where the run in hand started */
};

static const size_t kept_limits[] = {
    [KEPT_ROOT] = 1, [KEPT_PREFIX] = 4, [KEPT_LEAF] = 128, [KEPT_ENDED] = 59};

static void kept_free(struct process *process, struct process_snapshot *kept) {
    if (!kept)
        return;
    memory_drop(&process->memory, kept->memory);
    for (size_t i = 0; i < PROCESS_THREADS; i++) {
        if (kept->contexts[i])
            engine_state_free(kept->contexts[i]);
    }
    free(kept->trace);
    free(kept->output);
    process_ending_free(kept->ending);
    free(kept);
}

/* Whether another one's memory hangs on this one's. */
static bool kept_is_parent(const struct process_snapshots *all,
                           const struct process_snapshot *kept) {
    for (size_t i = 0; kept->memory && i < all->count; i++) {
        if (all->kept[i]->memory && all->kept[i]->memory->parent == kept->memory)
            return true;
    }
    return false;
}

/* Makes room for one more of a kind. False: there is none. */
static bool kept_make_room(struct process *process, enum kept_kind kind) {
    struct process_snapshots *all = process->snapshots;
    size_t count = 0, oldest = all->count;

    for (size_t i = 0; i < all->count; i++) {
        if (all->kept[i]->kind != kind)
            continue;
        count++;
        if (!kept_is_parent(all, all->kept[i]) &&
            all->kept[i]->memory != process->memory.snapshot &&
            (oldest == all->count || all->kept[i]->used < all->kept[oldest]->used))
            oldest = i;
    }
    if (count < kept_limits[kind] && all->count < KEPT_MAX)
        return true;
    if (oldest == all->count)
        return false;
    kept_free(process, all->kept[oldest]);
    all->kept[oldest] = all->kept[--all->count];
    return true;
}

static uint64_t queries_hash(const struct process *process, enum kept_kind kind) {
    const struct process_queries *queries = &process->queries;
    uint64_t hash = HASH_START ^ kind;

    for (size_t i = 0; i < queries->count; i++) {
        const struct process_query *query = &queries->queries[i];
        const uint32_t words[] = {query->leaf,       query->subleaf,    query->values.eax,
                                  query->values.ebx, query->values.ecx, query->values.edx};

        for (size_t j = 0; j < sizeof words / sizeof *words; j++)
            hash = hash_word(hash, words[j]);
    }
    return hash;
}

/* Whether keeping the state is worth its cost: little was written, or the like was met before. */
static bool kept_is_worth(struct process *process, enum kept_kind kind) {
    struct process_snapshots *all = process->snapshots;
    uint64_t hash = queries_hash(process, kind);

    if (process->fresh || process->queries.overflow)
        return false;
    if (process->memory.hot_count < KEPT_CHEAP)
        return true;
    for (size_t i = 0; i < KEPT_SEEN_MAX; i++) {
        if (all->seen[i] == hash)
            return true;
    }
    all->seen[all->seen_next++ % KEPT_SEEN_MAX] = hash;
    return false;
}

/* --- Registers. --- */

static bool kept_save_threads(struct process *process, struct process_snapshot *kept) {
    engine_state_save(process->engine, process->scratch);
    for (unsigned i = 0; i < PROCESS_THREADS; i++) {
        if (process->state.threads[i].state == THREAD_NONE)
            continue;
        kept->contexts[i] = engine_state_new(process->engine);
        if (!kept->contexts[i])
            return false;
        if (i != process->state.current)
            engine_state_restore(process->engine, process->contexts[i]);
        else
            engine_state_restore(process->engine, process->scratch);
        engine_state_save(process->engine, kept->contexts[i]);
    }
    engine_state_restore(process->engine, process->scratch);
    return true;
}

static void kept_load_threads(struct process *process, const struct process_snapshot *kept) {
    for (unsigned i = 0; i < PROCESS_THREADS; i++) {
        if (!kept->contexts[i] || i == kept->state.current)
            continue;
        engine_state_restore(process->engine, kept->contexts[i]);
        engine_state_save(process->engine, process->contexts[i]);
    }
    engine_state_restore(process->engine, kept->contexts[kept->state.current]);
}

static bool kept_take(struct process *process, enum kept_kind kind, uint64_t pc) {
    struct process_snapshots *all = process->snapshots;
    struct process_snapshot *kept;
    bool done;

    if (kind != KEPT_ROOT && !kept_make_room(process, kind))
        return false;
    kept = calloc(1, sizeof *kept);
    if (!kept)
        return false;
    kept->kind = kind;
    kept->queries = process->queries;
    kept->uses_target = process->memory.watch_hit;
    kept->target = process->target;
    kept->used = ++all->uses;
    kept->serial = ++all->serials;
    kept->state = process->state;
    kept->pc = pc;
    kept->trace = malloc((kept->state.trace_count + 1) * sizeof *kept->trace);
    kept->output = malloc(kept->state.output_size + 1);
    done = kept->trace && kept->output && kept_save_threads(process, kept);
    if (done) {
        memcpy(kept->trace, process->trace + process->trace_first,
               kept->state.trace_count * sizeof *kept->trace);
        memcpy(kept->output, process->output, kept->state.output_size);
        kept->memory = memory_take(&process->memory);
        done = kept->memory != NULL;
    }
    if (!done) {
        kept_free(process, kept);
        return false;
    }
    if (kind == KEPT_ROOT)
        all->root = kept;
    else
        all->kept[all->count++] = kept;
    return true;
}

/* --- Starting. --- */

static bool kept_matches(const struct process *process, const struct process_snapshot *kept) {
    if (kept->uses_target && kept->target != process->target)
        return false;
    for (size_t i = 0; i < kept->queries.count; i++) {
        const struct process_query *query = &kept->queries.queries[i];
        struct cpuid_values values = cpuid_lookup(&process->view, query->leaf, query->subleaf);

        if (memcmp(&values, &query->values, sizeof values) != 0)
            return false;
    }
    return true;
}

static struct process_snapshot *kept_find(struct process *process) {
    struct process_snapshots *all = process->snapshots;
    struct process_snapshot *best = all->root;

    for (size_t i = 0; !process->fresh && i < all->count && best->kind < KEPT_LEAF; i++) {
        struct process_snapshot *kept = all->kept[i];

        if (kept->kind <= best->kind || !kept_matches(process, kept))
            continue;
        best = kept;
        all->kept[i] = all->kept[0]; /* the next run is likely to look for the same */
        all->kept[0] = kept;
    }
    best->used = ++all->uses;
    return best;
}

/* What is known of the end of a run that would start there; NULL: it has to be made. */
static const struct process_ending *kept_ending(struct process *process,
                                                const struct process_snapshot *kept) {
    if (kept->kind == KEPT_ENDED)
        return kept->ending;
    if (kept->kind != KEPT_LEAF || process->fresh || process->coverage || !process->job_ends)
        return NULL;
    return process_memo_find(process, kept->serial);
}

bool process_begin(struct process *process, struct observation *observation) {
    struct process_snapshots *all = process->snapshots;
    const struct process_snapshot *kept = kept_find(process);
    const struct process_ending *ending;
    process_memo_leave(process);
    ending = kept_ending(process, kept);
    if (ending) {
        process_ending_show(process, ending, observation);
        return false;
    }
    memory_restore(&process->memory, kept->memory);
    kept_load_threads(process, kept);
    process->state = kept->state;
    process_segments_show(process);
    process->queries = kept->queries;
    process->pc = kept->pc;
    memcpy(process->trace + process->trace_first, kept->trace,
           kept->state.trace_count * sizeof *kept->trace);
    memcpy(process->output, kept->output, kept->state.output_size);
    process->resumes_at = kept->kind == KEPT_ROOT ? 0 : kept->pc;
    all->at_leaf = kept->kind == KEPT_LEAF;
    if (all->at_leaf)
        process_memo_begin(process, kept->serial);
    all->from = kept->kind;
    all->noted = kept->uses_target;
    process->memory.watch_hit = kept->uses_target;
    if (process->target_page && !kept->uses_target) {
        process_set_target(process, process->target);
        if (!all->at_leaf) /* behind it nothing is kept that would hang on it */
            memory_watch(&process->memory, process->target_page);
    }
    return true;
}

/* --- In a run. --- */

/* Dead stack holds anything: so it does, for the code that follows. Only on the first stack, as
 * others may be small. */
static void fill_garbage(struct process *process) {
    uint64_t stack = process_register(process, ENGINE_RSP) - RED_ZONE;
    uint8_t *at;

    process->state.clock += process->garbage * 7919000ull;
    if (process->garbage == 0 || stack > process->stack_top ||
        stack - GARBAGE_SIZE < process->stack_top - PROCESS_STACK_SIZE)
        return;
    at = memory_writable(&process->memory, (stack - GARBAGE_SIZE) & ~7ull, GARBAGE_SIZE);
    for (size_t i = 0; at && i < GARBAGE_SIZE; i++)
        at[i] = (uint8_t)(process->garbage * 0x55 + i * (process->garbage + 1) + 1);
}

void process_event(struct process *process, uint64_t address, bool asks) {
    struct process_snapshots *all = process->snapshots;
    struct process_state *state = &process->state;

    if (process->memory.watch_hit && !all->noted) {
        all->noted = true;
        if (all->target_event == 0 && state->events > 1)
            all->target_event = state->events - 1;
    }
    if (asks && !state->asked) {
        if (!all->at_leaf && kept_is_worth(process, KEPT_LEAF) &&
            kept_take(process, KEPT_LEAF, address))
            process_memo_begin(process, all->serials);
        all->at_leaf = false;
        state->asked = true;
        state->cost_before = state->instructions;
        process->budget = (int64_t)process_question_budget(process);
        fill_garbage(process);
    } else if (all->from == KEPT_ROOT && !state->asked && !process->memory.watch_hit &&
               process->target_page && all->target_event > 0 &&
               state->events == all->target_event && kept_is_worth(process, KEPT_PREFIX)) {
        kept_take(process, KEPT_PREFIX, address);
        if (process->target_page)
            memory_watch(&process->memory, process->target_page);
    }
    state->events++;
}

void process_query(struct process *process, const struct cpuid_execution *execution) {
    struct process_queries *queries = &process->queries;

    if (process->state.asked) {
        process_memo_answer(process, execution);
        return;
    }
    for (size_t i = 0; i < queries->count; i++) {
        if (queries->queries[i].leaf == execution->leaf &&
            queries->queries[i].subleaf == execution->subleaf)
            return;
    }
    if (queries->count == PROCESS_QUERIES_MAX) {
        queries->overflow = true;
        return;
    }
    queries->queries[queries->count++] =
        (struct process_query){execution->leaf, execution->subleaf, execution->values};
}

void process_keep(struct process *process, const struct observation *observation) {
    struct process_snapshots *all = process->snapshots;
    struct process_snapshot *kept;

    if (process->state.asked || process->fresh || process->queries.overflow ||
        observation->end == OBSERVATION_HARNESS_FAILURE || !kept_make_room(process, KEPT_ENDED))
        return;
    kept = calloc(1, sizeof *kept);
    if (!kept)
        return;
    kept->kind = KEPT_ENDED;
    kept->queries = process->queries;
    kept->uses_target = process->memory.watch_hit;
    kept->target = process->target;
    kept->used = ++all->uses;
    kept->ending = process_ending_make(process, observation);
    if (kept->ending)
        all->kept[all->count++] = kept;
    else
        kept_free(process, kept);
}

/* --- All of them. --- */

bool process_snapshots_open(struct process *process) {
    process->snapshots = calloc(1, sizeof *process->snapshots);
    return process->snapshots && process_memo_open(process) &&
           kept_take(process, KEPT_ROOT, process->pc);
}

static void kept_free_all(struct process *process) {
    struct process_snapshots *all = process->snapshots;

    while (all->count > 0)
        kept_free(process, all->kept[--all->count]);
}

void process_amend(struct process *process, uint64_t address, const void *bytes, size_t size) {
    kept_free_all(process);
    for (size_t i = 0; i < size; i++)
        memory_amend(&process->memory, process->snapshots->root->memory, address + i,
                     ((const uint8_t *)bytes)[i]);
}

void process_snapshots_close(struct process *process) {
    struct process_snapshots *all = process->snapshots;

    process_memo_close(process);
    if (!all)
        return;
    kept_free_all(process);
    kept_free(process, all->root);
    free(all);
}
