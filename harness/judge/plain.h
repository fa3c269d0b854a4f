/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_JUDGE_PLAIN_H
#define HVSPEC_HARNESS_JUDGE_PLAIN_H

#include "harness/judge/judge.h"

/*
 * What the code answers today: a case's own questions, each asked alone from a fresh start under
 * the very table of the case. No twin, order or long boot counts, nor which rules do: a right
 * answer here may break a rule, and says nothing of other tables.
 */
struct plain_answers {
    unsigned questions;         /* asked; each is counted below, or was answered rightly */
    unsigned wrongly_available; /* what is absent is called available */
    unsigned wrongly_absent;    /* what is available is called absent */
    unsigned inexact;           /* right so far, with another value or another kind of absence */
    unsigned unanswered;        /* the call did not return, or with what means nothing */
    unsigned unjudged;          /* the harness failed */
};

/* Counts one question by the facts of its run. */
void plain_note(struct plain_answers *answers, const struct judge_probe *probe,
                const struct facts *facts);

#endif
