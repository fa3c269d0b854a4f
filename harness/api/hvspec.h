/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_H
#define HVSPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * libhvspec: a conformance check from within another program, such as a project's own test suite.
 * Nothing here prints, exits or touches CUnit. A check forks worker processes and waits for them,
 * and is for one thread at a time.
 */
enum hvspec_verdict {
    HVSPEC_PASS,
    HVSPEC_FAIL,      /* a "must" rule is broken */
    HVSPEC_NONSTRICT, /* a "should" rule is not followed, with the same answers */
    HVSPEC_INFO,
    HVSPEC_NOT_EXERCISED, /* no case reached the rule: never a pass */
    HVSPEC_NOT_APPLICABLE,
    HVSPEC_ERROR /* the harness failed */
};

/* What a check ends with: the exit codes of the program. */
enum hvspec_outcome {
    HVSPEC_CONFORMS = 0, /* or the gate holds */
    HVSPEC_VIOLATES = 1, /* or the gate fails */
    HVSPEC_INVALID = 2,  /* unreadable or invalid input, or nothing to run */
    HVSPEC_FAILED = 3    /* the harness or the emulator */
};

/* All zero is a check with the program's defaults. Lists end with NULL; NULL: not given. Each is
 * the option of `hvspec check` of that name. */
struct hvspec_options {
    const char *const *entries;   /* functions to call, each a probe of its own */
    const char *answer;           /* "int", "bool" or "value" */
    const char *const *scenarios; /* files, folders or ids (default: all installed) */
    const char *const *rules;     /* globs: only these */
    const char *const *exclude;   /* globs: not these */
    const char *profile;          /* "presence" */
    const char *baseline;         /* a file of known violations: the gate */
    const char *source_root;      /* source files are named relative to it */
    const uint32_t *targets; /* leaves 0x40000001 to 0x400000ff: the only features asked about */
    size_t targets_count;
    const char *const *assumptions; /* what the caller guarantees: "signature=KVMKVMKVM" */
    uint64_t seed;                  /* for everything drawn at random; 0: the program's default */
    uint64_t budget;                /* instructions that one call may execute; 0: the default */
    int64_t hunt_runs;              /* calls of the short hunt; 0: the default, below 0: none */
    unsigned jobs;                  /* worker processes, up to 256; 0: one a processor */
    bool strict;                    /* "should" rules fail too */
    bool constructors;              /* run the file's constructors first in each boot */
    bool no_solver;                 /* the short hunt is by draws alone */
    bool all;                       /* every case of code whose calls cost much too */
};

/* One rule's verdict. The texts of a case are those of the simplest violation, of those that the
 * baseline does not list if there are any; NULL: there is none. */
struct hvspec_rule {
    const char *id;    /* "max/read-first" */
    const char *level; /* "must", "should" or "info" */
    const char *text;  /* the requirement */
    enum hvspec_verdict verdict;
    const char *reason; /* why there is no verdict; NULL: none */
    size_t cases;       /* that exercised it */
    size_t violations;
    size_t listed; /* violations that the baseline lists; they do not fail the gate */
    const char *case_id, *expected, *observed;
    const char *rerun; /* the command that shows this case step by step */
};

struct hvspec_probe {
    const char *name;
    enum hvspec_verdict verdict;
    const struct hvspec_rule *rules; /* in catalogue order */
    size_t rules_count;
};

/* A result owns everything that it hands out. */
struct hvspec_result;

/* Runs the suite on a file: ELF, a manifest, or a CPUID dump, each of whose tables is a probe of
 * the result's (entries and answer have to be NULL then). `options` may be NULL. Returns NULL only
 * when memory runs out; the caller frees with hvspec_free. */
struct hvspec_result *hvspec_check(const char *file, const struct hvspec_options *options);

enum hvspec_outcome hvspec_outcome(const struct hvspec_result *result);

/* What was wrong with the input or the run, a line each; "": nothing. */
const char *hvspec_errors(const struct hvspec_result *result);

/* The probes of the file; none when it could not be checked. */
size_t hvspec_probes_count(const struct hvspec_result *result);
const struct hvspec_probe *hvspec_probe(const struct hvspec_result *result, size_t index);

/* With a baseline: violations that it does not list, and its lines that do not hold any more. */
size_t hvspec_gate_new(const struct hvspec_result *result);
size_t hvspec_gate_stale(const struct hvspec_result *result);

/* Writes a report in a format ("junit", "html", ...) to a file, or to standard output for "-".
 * False: no such format, or it could not be written; hvspec_errors says why. */
bool hvspec_write(struct hvspec_result *result, const char *format, const char *path);

void hvspec_free(struct hvspec_result *result);

/* "not-exercised" and so on. */
const char *hvspec_verdict_text(enum hvspec_verdict verdict);

/* "1.0.0". */
const char *hvspec_version(void);

#ifdef __cplusplus
}
#endif

#endif
