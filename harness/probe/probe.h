/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_PROBE_PROBE_H
#define HVSPEC_HARNESS_PROBE_PROBE_H

#include "base/sha256.h"
#include "emulator/guest/guest.h"
#include "emulator/image/image.h"
#include "harness/spec/rules.h"
#include "harness/spec/spec.h"

/*
 * A probe: the code, how to call it and how to read its answer; from an ELF file or flat bytes with
 * options, or from a manifest (YAML). The format is described in harness/MANIFEST.md.
 */
#define PROBE_ENTRY_DEFAULT "hv_feature_available"
#define PROBE_VALUES_MAX 16u

enum probe_available { PROBE_NONZERO, PROBE_ZERO, PROBE_LISTED };

/* What an answer's number means. Numbers are compared at the answer's width. */
struct probe_answer {
    enum probe_available available;
    uint64_t available_values[PROBE_VALUES_MAX];
    size_t available_count;
    uint64_t mask; /* of the place, only these bits are the answer; 0: all */
    enum outcome unwritten; /* what it means that the place was left as it was, where
                               setup.may_be_unwritten */
    uint64_t not_available[PROBE_VALUES_MAX], not_implemented[PROBE_VALUES_MAX];
    size_t not_available_count, not_implemented_count; /* both > 0: three outcomes are told apart */
};

struct probe_exclusion {
    enum rule_id rule;
    char *reason;
};

/* What the caller guarantees of every machine that the code runs on (probe/assume.h). */
struct probe_guarantee {
    bool has_signature;
    struct cpuid_values signature; /* EBX, ECX and EDX of leaf 0x40000000 */
    struct cpuid_pins pins;        /* what else holds in every table */
};

/* Something that the caller says of the code, for reports. */
struct probe_statement {
    char *text;  /* "assume: {signature: KVMKVMKVM}" */
    char *limit; /* the same, maybe shorter, for the verdict: it holds for this alone. NULL: it is
                    nothing that limits it */
};

struct probe {
    char *name;               /* in reports */
    char *path;               /* the code's file */
    char *manifest;           /* the manifest's file; NULL: none */
    char *entry;              /* the symbol, or "0x..." for flat code */
    struct image *image;      /* owned */
    struct guest_setup setup; /* complete; what it points to is owned by the probe */
    struct probe_answer answer;
    uint32_t *targets; /* a probe for fixed features: the only leaves it can be asked for */
    size_t targets_count;
    struct spec_form form; /* what it decides */
    struct probe_guarantee guarantee;
    struct probe_statement *statements;
    size_t statements_count;
    struct probe_exclusion *exclusions;
    size_t exclusions_count;
    char
        *assumed[RULES]; /* by rule: what the caller guarantees, in words, so that the rule is not
                            judged and nothing is varied that it says must not matter; NULL: nothing
                          */
    char *options; /* what trace needs to load just this probe again: " -e f -a bool", quoted for a
                      shell; NULL: nothing */
    bool has_abi;  /* false: registers only, or a program, so nothing is callee-saved */
    bool is_program;               /* a whole program, started for each question */
    struct process_start *process; /* owned; NULL: the function is called alone */
};

/* What the command line says of probes. */
struct probe_options {
    /* Of those that are no manifests; beside a manifest they are an error. */
    const char *entry;  /* NULL: PROBE_ENTRY_DEFAULT ("start" for flat code) */
    const char *answer; /* "int", "bool", "value"; NULL: int */
    const char *flat;   /* "16@0x7c00"; NULL: not flat */
    /* Of all. */
    const char *sysroot;            /* where a process's loader and libraries are; NULL: this
                                       system */
    bool constructors;              /* run them first in each boot, whatever a manifest says */
    uint64_t budget;                /* 0: default */
    uint64_t seed;                  /* of what is nobody's: see guest_setup */
    const uint32_t *targets;        /* the only features that they are asked about... */
    size_t targets_count;           /* ...0: whatever they can be asked about */
    const char *const *assumptions; /* "signature=KVMKVMKVM" */
    size_t assumptions_count;
};

/* Loads a probe; a file that ends in .yaml or .yml is a manifest, which may hold several probes (a
 * YAML list). Appends to *probes (realloc'd; *count updated). False with errors noted. */
bool probe_load(const char *path, const struct probe_options *options, struct probe ***probes,
                size_t *count, struct errors *errors);

void probe_free(struct probe *probe);

/* The outcome that an observation's answer stands for. OUTCOME_NONE unless it returned one. */
enum outcome probe_outcome(const struct probe *probe, const struct observation *observation);

/* True when the probe tells "not available" from "not implemented". */
bool probe_names_outcome(const struct probe *probe);

/* True when it reports the leaf's value. */
bool probe_reports_value(const struct probe *probe);

/* Names the way the probe is called and its answer is read, whether options or a manifest say so,
 * but not the budget: runs of the same code that differ in it cannot be joined. False: out of
 * memory. */
bool probe_hash_call(const struct probe *probe, char text[SHA256_TEXT_SIZE]);

/* How the process of a probe that has one is made, for reports. The caller frees; NULL: out of
 * memory. */
char *probe_process_text(const struct probe *probe);

/* An answer as its reader knows it: a number, or of a program "exit status 1". */
#define PROBE_ANSWER_SIZE 40u
const char *probe_answer_text(const struct probe *probe, uint64_t answer,
                              char text[PROBE_ANSWER_SIZE]);

/* Instructions that one call may execute. */
uint64_t probe_budget(const struct probe *probe);

#endif
