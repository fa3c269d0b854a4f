/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/probe/internal.h"

#include "base/nearest.h"
#include "emulator/process/process.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    const char *in, *value; /* value NULL: none is reported */
} kinds[] = {
    {"int", "eax", NULL},
    {"bool", "al", NULL},
    {"value", "eax", "eax"},
};

bool probe_set_answer_kind(struct probe *probe, const char *kind, struct errors *errors) {
    const char *names[sizeof kinds / sizeof *kinds], *nearest;
    struct probe_place at = {.file = probe->path};

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        names[i] = kinds[i].name;
        if (strcmp(kind, kinds[i].name) == 0)
            return probe_parse_place(probe, kinds[i].in, at, &probe->setup.answer, errors) &&
                   (!kinds[i].value ||
                    probe_parse_place(probe, kinds[i].value, at, &probe->setup.value, errors));
    }
    nearest = nearest_word(kind, names, sizeof kinds / sizeof *kinds);
    return errors_add(
        errors, NULL, 0, 0, "an answer is int, bool or value (more in a manifest), not '%s'%s%s%s",
        kind, nearest ? ": did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
}

bool probe_set_answer_default(struct probe *probe, struct errors *errors) {
    struct probe_place at = {.file = probe->path};
    const char *place = probe_return_place(probe);
    char *text = NULL;

    if (!place)
        return probe_set_answer_kind(probe, "int", errors);
    if (asprintf(&text, "answer: {in: %s}, as the debug information says", place) < 0 ||
        !probe_tell(probe, text, NULL, false))
        return errors_add(errors, probe->path, 0, 0, "out of memory");
    return probe_parse_place(probe, place, at, &probe->setup.answer, errors);
}

bool probe_lists(const uint64_t *values, size_t count, uint64_t number) {
    for (size_t i = 0; i < count; i++) {
        if (values[i] == number)
            return true;
    }
    return false;
}

static bool is_available(const struct probe_answer *answer, uint64_t number) {
    switch (answer->available) {
    case PROBE_NONZERO:
        return number != 0;
    case PROBE_ZERO:
        return number == 0;
    case PROBE_LISTED:
        break;
    }
    return probe_lists(answer->available_values, answer->available_count, number);
}

/* What it means that nothing was written. A probe that does not name its outcomes has one absence.
 */
static enum outcome unwritten_outcome(const struct probe *probe) {
    enum outcome outcome = probe->answer.unwritten;

    return outcome == OUTCOME_AVAILABLE || probe_names_outcome(probe) ? outcome : OUTCOME_ABSENT;
}

/* A number on a list means what the list says; the word for "available" covers the others. */
enum outcome probe_outcome(const struct probe *probe, const struct observation *observation) {
    const struct probe_answer *answer = &probe->answer;
    bool named = probe_names_outcome(probe);
    uint64_t number = observation->answer;

    if (observation->end != OBSERVATION_RETURNED)
        return OUTCOME_NONE;
    if (observation->state & OBSERVATION_ANSWER_MISSING)
        return probe->setup.may_be_unwritten ? unwritten_outcome(probe) : OUTCOME_NONE;
    if (probe->setup.answer.width < 8)
        number &= ((uint64_t)1 << (probe->setup.answer.width * 8)) - 1;
    if (answer->mask != 0)
        number &= answer->mask;
    if (probe_lists(answer->not_available, answer->not_available_count, number))
        return named ? OUTCOME_NOT_AVAILABLE : OUTCOME_ABSENT;
    if (probe_lists(answer->not_implemented, answer->not_implemented_count, number))
        return named ? OUTCOME_NOT_IMPLEMENTED : OUTCOME_ABSENT;
    if (is_available(answer, number))
        return OUTCOME_AVAILABLE;
    return answer->not_available_count + answer->not_implemented_count > 0 ? OUTCOME_NONE
                                                                           : OUTCOME_ABSENT;
}

/* By a list, or by leaving the place as it was. */
static bool names(const struct probe *probe, size_t listed_count, enum outcome outcome) {
    return listed_count > 0 ||
           (probe->setup.may_be_unwritten && probe->answer.unwritten == outcome);
}

bool probe_names_outcome(const struct probe *probe) {
    const struct probe_answer *answer = &probe->answer;

    /* Of a place that is only left as it was, one absence is all that there is. */
    return answer->not_available_count + answer->not_implemented_count > 0 &&
           names(probe, answer->not_available_count, OUTCOME_NOT_AVAILABLE) &&
           names(probe, answer->not_implemented_count, OUTCOME_NOT_IMPLEMENTED);
}

bool probe_reports_value(const struct probe *probe) {
    return probe->setup.value.kind != GUEST_NOWHERE ||
           (probe->process && probe->process->output &&
            strstr(probe->process->output, PROCESS_VALUE));
}
