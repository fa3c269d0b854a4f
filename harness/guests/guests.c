/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/guests/guests.h"

#include "harness/examine/examine.h"
#include "harness/guests/gallery.h"
#include "harness/guests/questions.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

_Static_assert(GUESTS_ASKS_MAX <= SCENARIO_ASKS_MAX, "what guests are asked is a case");

/* What a guest says first that is wrong. */
struct guests_finding {
    bool wrong;
    bool everywhere; /* it misreads the plainest tables, too */
    uint32_t target;
    enum outcome expected, observed;
};

static bool guests_can_be_asked(const struct probe *probe, uint32_t target) {
    for (size_t i = 0; i < probe->targets_count; i++) {
        if (probe->targets[i] == target)
            return true;
    }
    return probe->targets_count == 0;
}

/* A guest that only says "no" does not say which kind. */
static bool guests_agree(const struct probe *probe, enum outcome expected, enum outcome observed) {
    if (observed == expected)
        return true;
    return expected != OUTCOME_AVAILABLE && observed != OUTCOME_AVAILABLE &&
           observed != OUTCOME_NONE && (observed == OUTCOME_ABSENT || !probe_names_outcome(probe));
}

/* Asks `count` questions in one boot, from the first on. */
static void guests_ask(struct examiner *examiner, const struct probe *probe,
                       const struct guests_questions *questions, size_t first, size_t count,
                       struct guests_finding *finding) {
    const struct observation *answers;
    uint32_t asks[GUESTS_ASKS_MAX];
    size_t numbers[GUESTS_ASKS_MAX], asked = 0, answered;

    for (size_t i = first; i < first + count; i++) {
        if (!guests_can_be_asked(probe, questions->asks[i]))
            continue;
        numbers[asked] = i;
        asks[asked++] = questions->asks[i];
    }
    if (asked == 0)
        return;
    answered = examiner_run(examiner, &questions->table, NULL, asks, asked, &answers);
    for (size_t i = 0; i < asked && !finding->wrong; i++) {
        enum outcome expected = questions->expected[numbers[i]];
        enum outcome observed = i < answered ? probe_outcome(probe, &answers[i]) : OUTCOME_NONE;

        if (!guests_agree(probe, expected, observed))
            *finding = (struct guests_finding){true, false, asks[i], expected, observed};
    }
}

/* Each question alone, then all of them in one boot, where caches go wrong. */
static bool guests_try(const struct probe *probe, const struct guests_questions *questions,
                       uint64_t seed, struct guests_finding *finding, struct errors *errors) {
    struct examiner *examiner = examiner_new(probe, seed, errors);

    if (!examiner)
        return false;
    for (size_t i = 0; i < questions->count && !finding->wrong; i++)
        guests_ask(examiner, probe, questions, i, 1, finding);
    if (!finding->wrong)
        guests_ask(examiner, probe, questions, 0, questions->count, finding);
    examiner_free(examiner);
    return true;
}

/* A guest that goes wrong on every table says nothing about this one. */
static bool guests_compare(const struct probe *probe, uint64_t seed, struct guests_finding *finding,
                           struct errors *errors) {
    struct guests_questions plain;
    bool good = true;

    finding->everywhere = finding->wrong;
    for (size_t i = 0; good && finding->everywhere && guests_yardstick(i, &plain); i++) {
        struct guests_finding other = {0};

        good = guests_try(probe, &plain, seed, &other, errors);
        finding->everywhere = other.wrong;
        guests_questions_clear(&plain);
    }
    return good;
}

static bool guests_note(struct report_probe *out, const char *format, ...) {
    char **notes = realloc(out->notes, (out->notes_count + 1) * sizeof *notes);
    va_list arguments;
    int length;

    if (!notes)
        return false;
    out->notes = notes;
    va_start(arguments, format);
    length = vasprintf(&notes[out->notes_count], format, arguments);
    va_end(arguments);
    out->notes_count += length >= 0;
    return length >= 0;
}

static bool guests_note_all(const struct gallery *gallery, const struct guests_finding *findings,
                            struct report_probe *out) {
    size_t wrong = 0, everywhere = 0;
    bool noted;

    for (size_t i = 0; i < gallery->count; i++)
        wrong += findings[i].wrong && !findings[i].everywhere;
    for (size_t i = 0; i < gallery->count; i++)
        everywhere += findings[i].everywhere;
    noted = guests_note(out,
                        "%zu of %zu guests with a known mistake misread this table; a further %zu "
                        "misread any",
                        wrong, gallery->count, everywhere);
    for (size_t i = 0; noted && i < gallery->count; i++) {
        const struct guests_finding *finding = &findings[i];

        noted = !finding->wrong || finding->everywhere ||
                guests_note(out, "guest %s: %s; 0x%08" PRIx32 " is %s, and it says %s",
                            gallery->guests[i].name, gallery->guests[i].mistake, finding->target,
                            outcome_text(finding->expected), outcome_text(finding->observed));
    }
    return noted;
}

static bool guests_report_table(const struct gallery *gallery, const struct table_subject *subject,
                                uint64_t seed, struct report_probe *out, struct errors *errors) {
    struct guests_questions questions;
    struct guests_finding *findings = calloc(gallery->count + 1, sizeof *findings);
    bool good = guests_questions_make(subject->table, &questions) && findings;

    if (!good)
        errors_add(errors, NULL, 0, 0, "out of memory");
    for (size_t i = 0; good && i < gallery->count; i++)
        good = guests_try(gallery->guests[i].probe, &questions, seed, &findings[i], errors) &&
               guests_compare(gallery->guests[i].probe, seed, &findings[i], errors);
    if (good && !guests_note_all(gallery, findings, out))
        good = errors_add(errors, NULL, 0, 0, "out of memory");
    guests_questions_clear(&questions);
    free(findings);
    return good;
}

bool guests_report(const struct table_set *set, uint64_t seed, struct report *report,
                   struct errors *errors) {
    struct gallery gallery = {0};
    size_t first = report->probes_count - set->count;
    bool good = gallery_load(&gallery, errors);

    for (size_t i = 0; good && i < set->count; i++)
        good = guests_report_table(&gallery, &set->subjects[i], seed, &report->probes[first + i],
                                   errors);
    gallery_clear(&gallery);
    return good;
}
