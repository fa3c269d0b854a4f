/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/model/hunt_report.h"

#include <stdlib.h>

struct hunt_search hunt_report_totals(const struct hunt_report *report) {
    struct hunt_search totals = {.finds = report->finds_count};

    for (size_t i = 0; i < report->searches_count; i++) {
        const struct hunt_search *search = &report->searches[i];

        totals.runs += search->runs;
        totals.kept += search->kept;
        if (search->blocks > totals.blocks)
            totals.blocks = search->blocks;
        if (search->edges > totals.edges)
            totals.edges = search->edges;
        if (totals.unjudged == 0) {
            totals.unjudged_reason = search->unjudged_reason;
            totals.unjudged_case = search->unjudged_case;
        }
        totals.unjudged += search->unjudged;
    }
    return totals;
}

void hunt_search_clear(struct hunt_search *search) {
    free(search->unjudged_reason);
    free(search->unjudged_case);
    *search = (struct hunt_search){0};
}

void hunt_found_clear(struct hunt_found *found) {
    free(found->file);
    report_example_clear(&found->example);
    *found = (struct hunt_found){0};
}

void hunt_report_clear(struct hunt_report *report) {
    for (size_t i = 0; i < report->searches_count; i++)
        hunt_search_clear(&report->searches[i]);
    for (size_t i = 0; i < report->finds_count; i++)
        hunt_found_clear(&report->finds[i]);
    free(report->searches);
    free(report->finds);
    free(report->version);
    free(report->probe);
    free(report->file);
    free(report->sha256);
    free(report->arch);
    free(report->entry);
    report_clear_statements(report->statements, report->statements_count);
    *report = (struct hunt_report){0};
}
