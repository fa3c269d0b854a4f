/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/model/report.h"

/* By exit code. A part of a run can break the whole, but never shows that the whole conforms. */
struct report_words {
    const char *whole, *part;
};
static const struct report_words report_results[] = {
    {"conforms", "holds"},
    {"does not conform", "does not conform"},
    {"nothing exercised", "exercised nothing"},
    {"error", "is in error"},
};
static const struct report_words report_hunted[] = {
    {"nothing found", "found nothing"},
    {"found violations", "found violations"},
    {"nothing exercised", "exercised nothing"},
    {"error", "is in error"},
};
static const struct report_words report_proofs[] = {
    {"proven", "proven"},
    {"refuted", "refuted"},
    {"nothing exercised", "exercised nothing"},
    {"open", "open"},
};

/* The only part of one is all there is. */
static bool report_is_part(const struct report *report) {
    return report->shards > 1;
}

const char *report_part_text(const struct report *report, char text[REPORT_RESULT_SIZE]) {
    if (!report_is_part(report))
        return NULL;
    snprintf(text, REPORT_RESULT_SIZE, "part %u of %u", report->shard, report->shards);
    return text;
}

const char *report_conformance_text(const struct report *report, char text[REPORT_RESULT_SIZE]) {
    int code = report_conformance(report);
    const struct report_words *words = report->proves   ? report_proofs
                                       : report->hunted ? report_hunted
                                                        : report_results;
    bool partial = code == 3 && report_is_partial(report);
    size_t unexercised = code == 2 ? report_unexercised(report) : 0;

    if (unexercised < report->probes_count && unexercised > 0) {
        snprintf(text, REPORT_RESULT_SIZE, "%s on %zu of %zu subjects", words[code].whole,
                 unexercised, report->probes_count);
        return text;
    }
    if (!report_is_part(report))
        return partial ? "partial" : words[code].whole;
    snprintf(text, REPORT_RESULT_SIZE, "part %u of %u %s", report->shard, report->shards,
             partial ? "is partial" : words[code].part);
    return text;
}

const char *report_result_text(const struct report *report, char text[REPORT_RESULT_SIZE]) {
    const char *gate = report->gate.holds ? "gate holds" : "gate fails";

    if (!report->gate.path || report_conformance(report) > 1)
        return report_conformance_text(report, text);
    if (!report_is_part(report))
        return gate;
    snprintf(text, REPORT_RESULT_SIZE, "%s for part %u of %u", gate, report->shard, report->shards);
    return text;
}
