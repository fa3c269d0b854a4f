/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/suite/internal.h"

static struct report_plain plain_of(const struct plain_answers *answers) {
    return (struct report_plain){.questions = answers->questions,
                                 .wrongly_available = answers->wrongly_available,
                                 .wrongly_absent = answers->wrongly_absent,
                                 .inexact = answers->inexact,
                                 .unanswered = answers->unanswered,
                                 .unjudged = answers->unjudged};
}

void suite_fill_plain(const struct suite *suite, size_t first, size_t last,
                      struct report_plain *out) {
    for (size_t i = first; i < last; i++) {
        const struct report_plain answers = plain_of(&suite->tasks[i].plain);

        report_add_plain(out, &answers);
    }
}
