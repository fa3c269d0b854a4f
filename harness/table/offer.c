/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/table/offer.h"

#include "harness/table/features.h"

#include <stdlib.h>
#include <string.h>

/* What a table offers: pure data for the writers. */
struct offer {
    struct table_view view;
    const struct table_findings *findings;
    struct report_probe *out;
};

static bool offer_is_accused(const struct offer *offer, uint32_t leaf) {
    const struct table_case *gap =
        &offer->findings->verdicts[RULE_HYPERVISOR_GAP_RETURNS_ZERO].cases[leaf % TABLE_LEAVES];

    return leaf != CPUID_BASE && gap->judged && gap->outcome != TABLE_HOLDS;
}

static bool offer_add_feature(const struct offer *offer, const struct dump_row *row) {
    const struct feature_row *known = feature_find(&offer->view, row->leaf);
    struct report_feature *feature = &offer->out->features[offer->out->features_count];

    *feature = (struct report_feature){.leaf = row->leaf,
                                       .range = feature_range(row->leaf),
                                       .meaning = known ? known->meaning : NULL,
                                       .source = known ? known->source : NULL,
                                       .value = feature_text(known, row)};
    offer->out->features_count++;
    return feature->value && feature_take_bits(&offer->view, row, feature);
}

/* Equal neighbours are joined, but for leaf 0x40000000. */
static void offer_add_leaf(const struct offer *offer, const struct dump_row *row) {
    struct report_probe *out = offer->out;
    struct report_leaf *last = out->leaves_count > 0 ? &out->leaves[out->leaves_count - 1] : NULL;
    const struct cpuid_values *values = &row->values;
    struct report_leaf leaf = {.first = row->leaf,
                               .last = row->leaf,
                               .eax = values->eax,
                               .ebx = values->ebx,
                               .ecx = values->ecx,
                               .edx = values->edx,
                               .beyond = row->leaf > offer->view.maximum && row->leaf != CPUID_BASE,
                               .accused = offer_is_accused(offer, row->leaf),
                               .same = true};

    if (last && last->first != CPUID_BASE && last->last + 1 == row->leaf &&
        last->beyond == leaf.beyond && last->accused == leaf.accused && last->eax == leaf.eax &&
        last->ebx == leaf.ebx && last->ecx == leaf.ecx && last->edx == leaf.edx)
        last->last = row->leaf;
    else
        out->leaves[out->leaves_count++] = leaf;
}

/* The first subleaf of each leaf stands for it. */
static bool offer_fill(const struct offer *offer) {
    const struct table_view *view = &offer->view;

    offer_add_leaf(offer, view->base);
    for (const struct dump_row *row = view->first; row < view->end; row++) {
        if (row->leaf == row[-1].leaf || !(row->known & CPUID_EAX))
            continue;
        offer_add_leaf(offer, row);
        if (row->leaf <= view->maximum && row->values.eax != 0 &&
            !offer_is_accused(offer, row->leaf) && !offer_add_feature(offer, row))
            return false;
    }
    return true;
}

bool table_offer(const struct dump_table *table, const struct table_findings *findings,
                 struct report_probe *out) {
    struct offer offer = {.findings = findings, .out = out};
    bool found = false;

    for (size_t i = 0; i < table->count && !found; i++)
        found = table_view_make(&table->processors[i], &offer.view);
    out->features = calloc(TABLE_LEAVES, sizeof *out->features);
    out->leaves = calloc(TABLE_LEAVES, sizeof *out->leaves);
    if (!out->features || !out->leaves)
        return false;
    if (!found)
        return true;
    out->maximum = offer.view.maximum;
    out->vendor = feature_vendor(&offer.view.base->values);
    return out->vendor && offer_fill(&offer);
}
