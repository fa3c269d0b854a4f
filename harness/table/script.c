/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/table/script.h"

#include <stdio.h>
#include <stdlib.h>

/* A scripted CPUID as the dump that it would give, and that judged. */

static bool script_is_in_block(uint32_t leaf) {
    return leaf >= CPUID_BASE && leaf <= CPUID_BLOCK_LAST;
}

static void script_ask(const struct cpuid_view *view, uint32_t leaf, uint32_t subleaf,
                       struct dump_processor *processor) {
    processor->rows[processor->count++] =
        (struct dump_row){.leaf = leaf,
                          .subleaf = subleaf,
                          .values = cpuid_lookup(view, leaf, subleaf),
                          .known = CPUID_ALL};
}

/* Asks in the order that dumps are sorted in; the script's own leaves are sorted, too. */
static void script_ask_all(const struct cpuid_table *script, struct dump_processor *processor) {
    const struct cpuid_view view = cpuid_view(script, NULL, 0);
    uint32_t highest = cpuid_lookup(&view, 0, 0).eax;
    size_t next = 0;

    script_ask(&view, 0, 0, processor);
    if (highest > 0)
        script_ask(&view, 1, 0, processor);
    if (highest > 1 && highest < CPUID_BASE)
        script_ask(&view, highest, 0, processor);
    for (uint32_t leaf = CPUID_BASE; leaf <= CPUID_BLOCK_LAST; leaf++) {
        script_ask(&view, leaf, 0, processor);
        for (; next < script->count && script->leaves[next].leaf <= leaf; next++) {
            const struct cpuid_leaf *listed = &script->leaves[next];

            if (script_is_in_block(listed->leaf) && !listed->every_subleaf && listed->subleaf > 0)
                script_ask(&view, leaf, listed->subleaf, processor);
        }
    }
}

static void script_reduce(const struct table_verdict *from, struct script_verdict *verdict) {
    *verdict = (struct script_verdict){.outcome = TABLE_HOLDS};
    for (size_t i = 0; i < TABLE_LEAVES; i++) {
        const struct table_case *at = &from->cases[i];

        if (at->outcome <= verdict->outcome)
            continue;
        verdict->outcome = at->outcome;
        verdict->leaf = at->leaf;
        snprintf(verdict->observed, sizeof verdict->observed, "%s", at->observed);
    }
}

bool table_judge_script(const struct cpuid_table *script, struct script_verdict verdicts[RULES]) {
    const struct table_claims claims = {0};
    struct dump_processor processor = {0};
    const struct dump_table table = {.processors = &processor, .count = 1};
    struct table_findings findings = {0};
    bool done;

    processor.room = 3 + TABLE_LEAVES + script->count;
    processor.rows = calloc(processor.room, sizeof *processor.rows);
    if (!processor.rows)
        return false;
    script_ask_all(script, &processor);
    done = table_judge(&table, &claims, &findings);
    for (unsigned rule = 0; done && rule < RULES; rule++)
        script_reduce(&findings.verdicts[rule], &verdicts[rule]);
    table_findings_clear(&findings);
    free(processor.rows);
    return done;
}
