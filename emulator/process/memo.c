/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/process/internal.h"

#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

/*
 * How runs ended that went on from a kept state, by what CPUID answered from there on: nothing else
 * can make two such runs differ. A tree: a place says which leaf is asked there, and the answer
 * leads to the next place; where the run is over, its ending hangs. So of the many runs of a check
 * that differ in leaves which the code does not look at, one is made.
 *
 * All the edges of the tree lie in one hash table. It is emptied when it is full. Every so often a
 * run is made although it is known, and has to end as it did.
 */
#define MEMO_NODES 65536u
#define MEMO_SLOTS (2u * MEMO_NODES)
#define MEMO_BYTES_MAX 0x2000000u /* of endings: traces and output */
#define MEMO_DEPTH_MAX 512u       /* CPUIDs of one run */
#define MEMO_CHECKED 128u         /* of so many runs that are known, one is made */
#define MEMO_NOWHERE 0u

struct process_ending {
    struct observation observation;
    char name[PROCESS_NAME_MAX];
    char *output;
    size_t output_size;
    struct cpuid_execution *trace; /* boot_count + count */
    struct guest_callers callers;
};

struct memo_node {
    uint32_t from; /* place that an answer leads here from; MEMO_NOWHERE: a kept state */
    struct cpuid_values values;
    bool asks; /* for the leaf below; else the run is over or was never made to its end */
    uint32_t leaf, subleaf;
    struct process_ending *ending;
};

struct process_memo {
    struct memo_node nodes[MEMO_NODES]; /* the first is no place */
    uint32_t slots[MEMO_SLOTS];         /* indices of nodes; MEMO_NOWHERE: free */
    size_t count, bytes;
    /* The run in hand. */
    uint32_t at; /* MEMO_NOWHERE: its end is not kept */
    unsigned depth;
    bool differs; /* from an earlier one, in what must be the same */
    const struct process_ending *checked;
    uint64_t known; /* runs that need not be made */
};

/* --- Endings. --- */

void process_ending_free(struct process_ending *ending) {
    if (!ending)
        return;
    free(ending->trace);
    free(ending->output);
    free(ending);
}

struct process_ending *process_ending_make(const struct process *process,
                                           const struct observation *observation) {
    struct process_ending *ending = calloc(1, sizeof *ending);
    size_t count = observation->boot_count + observation->count;

    if (!ending)
        return NULL;
    ending->observation = *observation;
    if (observation->end_name)
        strcpy(ending->name, observation->end_name);
    ending->callers = process->state.nested.callers;
    ending->output_size = process->state.output_size;
    ending->trace = malloc((count + 1) * sizeof *ending->trace);
    ending->output = malloc(ending->output_size + 1);
    if (!ending->trace || !ending->output) {
        process_ending_free(ending);
        return NULL;
    }
    memcpy(ending->trace, observation->boot_trace, count * sizeof *ending->trace);
    memcpy(ending->output, process->output, ending->output_size);
    return ending;
}

void process_ending_show(struct process *process, const struct process_ending *ending,
                         struct observation *observation) {
    struct cpuid_execution *trace = process->trace + process->trace_first;
    size_t count = ending->observation.boot_count + ending->observation.count;

    *observation = ending->observation;
    observation->end_name = ending->name[0] ? ending->name : NULL;
    memcpy(trace, ending->trace, count * sizeof *trace);
    observation->boot_trace = trace;
    observation->trace = trace + ending->observation.boot_count;
    process_callers_show(process, &ending->callers);
    memcpy(process->output, ending->output, ending->output_size);
    process->state.output_size = ending->output_size;
    process->trace_used = process->trace_first + count;
}

static bool ending_is(const struct process_ending *ending, const struct process *process,
                      const struct observation *seen) {
    const struct observation *kept = &ending->observation;

    return kept->end == seen->end && kept->state == seen->state && kept->answer == seen->answer &&
           kept->value == seen->value && kept->end_address == seen->end_address &&
           kept->fault_address == seen->fault_address && kept->cost == seen->cost &&
           kept->boot_count == seen->boot_count && kept->count == seen->count &&
           strcmp(ending->name, seen->end_name ? seen->end_name : "") == 0 &&
           memcmp(ending->trace, seen->boot_trace,
                  (seen->boot_count + seen->count) * sizeof *ending->trace) == 0 &&
           ending->output_size == process->state.output_size &&
           memcmp(ending->output, process->output, ending->output_size) == 0;
}

/* --- The tree. --- */

static size_t memo_slot(const struct process_memo *memo, uint32_t from,
                        const struct cpuid_values *values) {
    uint64_t hash = hash_word(HASH_START, from);
    size_t slot;

    hash = hash_word(hash, (uint64_t)values->eax << 32 | values->ebx);
    hash = hash_word(hash, (uint64_t)values->ecx << 32 | values->edx);
    hash *= 0x9e3779b97f4a7c15u;
    for (slot = (size_t)(hash >> 32) % MEMO_SLOTS; memo->slots[slot] != MEMO_NOWHERE;
         slot = (slot + 1) % MEMO_SLOTS) {
        const struct memo_node *node = &memo->nodes[memo->slots[slot]];

        if (node->from == from && memcmp(&node->values, values, sizeof *values) == 0)
            break;
    }
    return slot;
}

static void memo_empty(struct process_memo *memo) {
    for (size_t i = 1; i < memo->count; i++)
        process_ending_free(memo->nodes[i].ending);
    memset(memo->slots, 0, sizeof memo->slots);
    memo->count = 1;
    memo->bytes = 0;
    memo->at = MEMO_NOWHERE;
    memo->checked = NULL;
}

/* The place that an answer leads to, a new one where it was never given. MEMO_NOWHERE: there is no
 * room, and nothing is kept any more. */
static uint32_t memo_next(struct process_memo *memo, uint32_t from, struct cpuid_values values) {
    size_t slot = memo_slot(memo, from, &values);

    if (memo->slots[slot] == MEMO_NOWHERE && memo->count == MEMO_NODES) {
        memo_empty(memo);
        return MEMO_NOWHERE;
    }
    if (memo->slots[slot] == MEMO_NOWHERE) {
        memo->nodes[memo->count] = (struct memo_node){.from = from, .values = values};
        memo->slots[slot] = (uint32_t)memo->count++;
    }
    return memo->slots[slot];
}

/* Where runs from a kept state begin. */
static struct cpuid_values memo_start(const struct process *process, uint32_t state) {
    return (struct cpuid_values){state, process->target, process->garbage, 0};
}

/* --- Runs. --- */

bool process_memo_open(struct process *process) {
    process->memo = calloc(1, sizeof *process->memo);
    if (process->memo)
        process->memo->count = 1;
    return process->memo != NULL;
}

void process_memo_close(struct process *process) {
    if (!process->memo)
        return;
    memo_empty(process->memo);
    free(process->memo);
}

uint64_t process_known(const struct process *process) {
    return process->memo->known;
}

const struct process_ending *process_memo_find(struct process *process, uint32_t state) {
    struct process_memo *memo = process->memo;
    struct cpuid_values values = memo_start(process, state);
    uint32_t at = MEMO_NOWHERE;

    for (;;) {
        const struct memo_node *node;

        at = memo->slots[memo_slot(memo, at, &values)];
        node = &memo->nodes[at];
        if (at == MEMO_NOWHERE || (!node->asks && !node->ending))
            return NULL;
        if (!node->asks) {
            memo->checked = ++memo->known % MEMO_CHECKED == 0 ? node->ending : NULL;
            return memo->checked ? NULL : node->ending;
        }
        values = cpuid_lookup(&process->view, node->leaf, node->subleaf);
    }
}

void process_memo_leave(struct process *process) {
    process->memo->at = MEMO_NOWHERE;
    process->memo->checked = NULL;
    process->memo->differs = false;
}

void process_memo_begin(struct process *process, uint32_t state) {
    struct process_memo *memo = process->memo;

    memo->depth = 0;
    memo->at = memo_next(memo, MEMO_NOWHERE, memo_start(process, state));
}

void process_memo_answer(struct process *process, const struct cpuid_execution *execution) {
    struct process_memo *memo = process->memo;
    struct memo_node *node = &memo->nodes[memo->at];

    if (memo->at == MEMO_NOWHERE)
        return;
    if (node->ending ||
        (node->asks && (node->leaf != execution->leaf || node->subleaf != execution->subleaf)))
        memo->differs = true;
    if (memo->differs || memo->depth++ == MEMO_DEPTH_MAX) {
        memo->at = MEMO_NOWHERE;
        return;
    }
    node->asks = true;
    node->leaf = execution->leaf;
    node->subleaf = execution->subleaf;
    memo->at = memo_next(memo, memo->at, execution->values);
}

/* Whether what was seen is what the same run showed before; where it was never made to its end, it
 * is kept. */
static bool memo_keep(struct process *process, const struct observation *observation) {
    struct process_memo *memo = process->memo;
    struct memo_node *node = &memo->nodes[memo->at];
    struct process_ending *ending;

    if (memo->differs || (memo->checked && !ending_is(memo->checked, process, observation)))
        return false;
    if (memo->at == MEMO_NOWHERE || node->ending)
        return true;
    if (node->asks)
        return false;
    ending = process_ending_make(process, observation);
    if (!ending)
        return true;
    memo->bytes += sizeof *ending + ending->output_size +
                   (observation->boot_count + observation->count) * sizeof *ending->trace;
    node->ending = ending;
    if (memo->bytes > MEMO_BYTES_MAX)
        memo_empty(memo);
    return true;
}

void process_memo_end(struct process *process, char name[PROCESS_NAME_MAX],
                      struct observation *observation) {
    if (observation->end == OBSERVATION_HARNESS_FAILURE || memo_keep(process, observation)) {
        process_memo_leave(process);
        return;
    }
    process_memo_leave(process);
    observation->end = OBSERVATION_HARNESS_FAILURE;
    observation->end_name = strcpy(name, "the same answers of CPUID led elsewhere than before");
}
