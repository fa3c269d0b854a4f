/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/model/audit_report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void mutant_clear(struct audit_mutant *mutant) {
    free(mutant->symbol);
    free(mutant->file);
    free(mutant->before);
    free(mutant->after);
    free(mutant->difference);
    free(mutant->reason);
}

static void probe_clear(struct audit_probe *probe) {
    for (size_t i = 0; i < probe->mutants_count; i++)
        mutant_clear(&probe->mutants[i]);
    free(probe->mutants);
    free(probe->name);
    free(probe->file);
    free(probe->entry);
    free(probe->sha256);
    free(probe->call_sha256);
    free(probe->search);
    report_clear_statements(probe->statements, probe->statements_count);
}

void audit_report_clear(struct audit_report *report) {
    for (size_t i = 0; i < report->probes_count; i++)
        probe_clear(&report->probes[i]);
    free(report->probes);
    *report = (struct audit_report){0};
}

const char *audit_fate_text(enum audit_fate fate) {
    static const char *const texts[AUDIT_FATES] = {
        [AUDIT_UNDONE] = "undone",     [AUDIT_KILLED] = "killed",
        [AUDIT_SURVIVED] = "survived", [AUDIT_EQUIVALENT] = "equivalent",
        [AUDIT_INVALID] = "invalid",   [AUDIT_LOST] = "lost",
    };

    return texts[fate];
}

bool audit_only_should(const struct audit_report *report, const struct audit_mutant *mutant) {
    for (size_t i = 0; i < report->rules_count; i++) {
        if (mutant->red >> i & 1 && strcmp(report->rules[i].level, "must") == 0)
            return false;
    }
    return mutant->red != 0;
}

size_t audit_probe_count(const struct audit_report *report, const struct audit_probe *probe,
                         size_t change, enum audit_fate fate) {
    size_t count = 0;

    for (size_t i = 0; i < probe->mutants_count; i++)
        count += (change == report->changes_count || probe->mutants[i].change == change) &&
                 probe->mutants[i].fate == fate;
    return count;
}

size_t audit_report_count(const struct audit_report *report, size_t change, enum audit_fate fate) {
    size_t count = 0;

    for (size_t i = 0; i < report->probes_count; i++)
        count += audit_probe_count(report, &report->probes[i], change, fate);
    return count;
}

static const struct audit_mutant *audit_first_lost(const struct audit_probe *probe) {
    for (size_t i = 0; i < probe->mutants_count; i++) {
        if (probe->mutants[i].fate == AUDIT_LOST)
            return &probe->mutants[i];
    }
    return NULL;
}

char *audit_report_lack(const struct audit_report *report, bool *failed) {
    size_t all = report->changes_count;

    *failed = false;
    for (size_t i = 0; i < report->probes_count; i++) {
        const struct audit_probe *probe = &report->probes[i];
        const struct audit_mutant *lost = audit_first_lost(probe);
        size_t judged = audit_probe_count(report, probe, all, AUDIT_KILLED) +
                        audit_probe_count(report, probe, all, AUDIT_SURVIVED) +
                        audit_probe_count(report, probe, all, AUDIT_EQUIVALENT);
        char *text = NULL;

        if (lost)
            *failed =
                asprintf(&text, "%s: %zu of %zu mutants were lost: %s", probe->name,
                         audit_probe_count(report, probe, all, AUDIT_LOST), probe->mutants_count,
                         lost->difference ? lost->difference : "the harness failed") < 0;
        else if (judged == 0)
            *failed = asprintf(&text, "%s: none of %zu mutants could be judged", probe->name,
                               probe->mutants_count) < 0;
        if (*failed)
            return NULL;
        if (text)
            return text;
    }
    return NULL;
}

size_t audit_report_reds(const struct audit_report *report, size_t change, size_t rule) {
    size_t count = 0;

    for (size_t i = 0; i < report->probes_count; i++) {
        for (size_t j = 0; j < report->probes[i].mutants_count; j++) {
            const struct audit_mutant *mutant = &report->probes[i].mutants[j];

            count += mutant->change == change && mutant->red >> rule & 1;
        }
    }
    return count;
}

const char *audit_way_text(const struct audit_mutant *mutant) {
    return mutant->proven ? "proven" : "searched";
}

char *audit_place_text(const struct audit_mutant *mutant, char text[AUDIT_PLACE_SIZE]) {
    size_t used = (size_t)snprintf(text, AUDIT_PLACE_SIZE, "%.100s+0x%" PRIx64,
                                   mutant->symbol ? mutant->symbol : "code", mutant->symbol_offset);

    if (mutant->file)
        snprintf(text + used, AUDIT_PLACE_SIZE - used, " %.150s:%u", mutant->file, mutant->line);
    return text;
}

size_t audit_report_reasons(const struct audit_report *report, struct audit_reason_count *out,
                     size_t limit) {
    size_t count = 0;

    for (size_t i = 0; i < report->probes_count; i++) {
        for (size_t j = 0; j < report->probes[i].mutants_count; j++) {
            const char *reason = report->probes[i].mutants[j].reason;
            size_t at = 0;

            while (reason && at < count && strcmp(out[at].reason, reason) != 0)
                at++;
            if (!reason || at == limit)
                continue;
            if (at == count)
                out[count++] = (struct audit_reason_count){.reason = reason};
            out[at].mutants++;
            out[at].proven += report->probes[i].mutants[j].proven;
        }
    }
    return count;
}
