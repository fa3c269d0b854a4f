/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/spec/spec.h"

#include <string.h>

static const struct {
    const char *text; /* in sentences */
    const char *word; /* in files; NULL: not for files */
} outcomes[] = {
    [OUTCOME_AVAILABLE] = {"available", "available"},
    [OUTCOME_NOT_AVAILABLE] = {"not available", "not-available"},
    [OUTCOME_NOT_IMPLEMENTED] = {"not implemented", "not-implemented"},
    [OUTCOME_ABSENT] = {"absent", NULL},
    [OUTCOME_NONE] = {"no answer", NULL},
};

const char *outcome_text(enum outcome outcome) {
    return outcomes[outcome].text;
}

bool outcome_parse(const char *word, enum outcome *outcome) {
    for (size_t i = 0; i < sizeof outcomes / sizeof outcomes[0]; i++) {
        if (outcomes[i].word && strcmp(outcomes[i].word, word) == 0) {
            *outcome = (enum outcome)i;
            return true;
        }
    }
    return false;
}
