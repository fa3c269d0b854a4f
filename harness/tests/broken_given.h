/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_TESTS_BROKEN_GIVEN_H
#define HVSPEC_HARNESS_TESTS_BROKEN_GIVEN_H

#include "harness/probe/probe.h"
#include "harness/scenario/scenario.h"

/*
 * Broken probes of which their caller says more, "signature=KVMKVMKVM" or "target=0x40000003": each
 * has to be as red as without, but for what harness/broken/given.txt says and why. Or of which the
 * caller wants a rule left out, "exclude=generic/signature-ignored", behind the same gate, or lists
 * all that breaks it in a baseline, "list=generic/signature-ignored": each has to be at least as
 * red as without, since what the rule would have taken upon itself falls to others.
 */
struct broken_given {
    const char *condition; /* NULL: nothing is said */
    uint32_t target;       /* 0: not a target */
    const char *assumption;
    const char *forgone;           /* a rule that excuses nothing; NULL: none */
    bool is_listed;                /* it is judged, and its violations are in a baseline */
    char *text;                    /* the table's rows, cut into fields; owned */
    struct broken_given_row *rows; /* owned */
    size_t rows_count;
};

struct broken_given_row {
    const char *file, *fail, *nonstrict;
    bool used;
};

/* Reads the rows of a condition. False with a message on stdout. */
bool broken_given_open(struct broken_given *given, const char *condition, const char *path);

/* Whether each probe meets a gate for one signature first. */
bool broken_given_is_gated(const struct broken_given *given);

/* Tells probe_load of it. */
void broken_given_options(const struct broken_given *given, struct probe_options *options);

/* Sets both lists to what a row of expected.txt has to turn red; `room` takes what is made up. */
void broken_given_expect(struct broken_given *given, const char *file, const char **fail,
                         const char **nonstrict, char room[512]);

/* Prints rows that no probe had; false: there are such. */
bool broken_given_all_used(const struct broken_given *given);

void broken_given_close(struct broken_given *given);

#endif
