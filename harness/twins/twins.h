/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_TWINS_TWINS_H
#define HVSPEC_HARNESS_TWINS_TWINS_H

#include "emulator/cpuid/observation.h"
#include "emulator/cpuid/table.h"

/*
 * A twin is a run that differs from a case in one thing that a rule says must not matter, or that
 * tells causes apart. Twins are made for every case, none is written by hand.
 */
enum twin_kind {
    TWIN_AGAIN,       /* nothing differs */
    TWIN_GARBAGE,     /* what the ABI leaves undefined: registers, dead stack */
    TWIN_INTERRUPTED, /* the stack below its pointer is used by something else at each CPUID */
    TWIN_SIGNATURE,   /* EBX, ECX, EDX of BASE */
    TWIN_REGISTERS,   /* EBX, ECX, EDX of the target */
    TWIN_LEAVES,      /* other leaves of the block */
    TWIN_PROCESSOR,   /* leaves outside the block that the case's own run read */
    TWIN_MAXIMUM,     /* a plain maximum that gives the same outcome: tells step 1's faults apart */
    TWIN_RANGE, /* the target's row of sixteen leaves swapped with another's, and asked there */
    TWIN_RANGE_FILLED, /* the same with all other leaves zero, or all set: clears a row */
    TWIN_COLUMN,       /* the next leaf of the same row, with the target's values */
    TWIN_RANGE_SIGNED, /* the same with another signature too; only when the case is wrong */
    TWIN_LEAVES_WIDE,  /* the last leaf of the block as maximum, other leaves all zero, or all set:
                          leaves that the case's own maximum hides; only when wrong */
    TWIN_NONZERO,      /* a plain value in the target's EAX, as EAX was not zero; only when wrong */
    TWIN_ELSEWHERE,    /* EAX of a leaf outside the block that was read; only when wrong */
    TWIN_FURTHER,      /* leaves of further bases that were read: one, or all; only when wrong */
    TWIN_VALUE,        /* a number found in the probe's code as maximum or as the target's EAX: the
                          expected outcome may differ */
    TWIN_KINDS
};

#define TWIN_CHANGES_MAX 10u

struct twin {
    enum twin_kind kind;
    struct cpuid_change changes[TWIN_CHANGES_MAX];
    size_t changes_count;
    uint32_t target;  /* the leaf asked for */
    unsigned garbage; /* see struct guest_job; so is the next */
    bool interrupted;
    uint64_t litter; /* likewise; the numbers are the source's constants */
    bool announces;  /* instructions that the emulator lacks: a call that runs one shows nothing */
    unsigned group;  /* the kinds of range: the row swapped with; runs of a group differ in what is
                        plain */
};

struct twin_list {
    struct twin *twins; /* owned */
    size_t count, capacity;
};

/* What the twins of one question are made from. */
struct twin_source {
    const struct cpuid_view *view; /* the case as it is run; at most five changes, which every twin
                                      then has too */
    uint32_t target;
    bool unanswered; /* the case's own run gave no answer */
    bool is_wrong;   /* the case's own run is: causes are looked for in pairs too */
    bool any_target; /* false: the probe only knows its own targets, so no range twins */
    const struct observation
        *base;                 /* the case's own run: leaves read there get twins of their own */
    const uint32_t *constants; /* numbers found in the probe's code */
    size_t constants_count;
    bool litters;           /* the dead stack can be filled: not in processes */
    const uint32_t *values; /* of the target's EAX: what the probe's answer turns on */
    size_t values_count;
    uint64_t seed;  /* of the draws: the run's seed mixed with the case's */
    unsigned share; /* of single bits and of other rows, every share-th is tried, starting where the
                       seed says; 0, 1: all of them */
    unsigned without; /* kinds that are left out, 1 << kind or-ed: what they vary is guaranteed */
    size_t limit; /* at most so many twins, taken evenly: for probes whose calls are expensive */
};

/* Fills the list (emptied first). False: out of memory. */
bool twins_make(struct twin_list *list, const struct twin_source *source);

/* As many as there are known signatures, or more. */
#define TWIN_PATTERNS 24u

/* The twin of a long boot: the block's leaves that a pattern (emulator/cpuid/pattern.h) has return
 * `eax`, the others zero; pattern 0 has all, the others some. The vendor is a known signature's
 * number; left out unless `signs` says so. Both numbers start again where there are no more. */
void twins_make_pattern(struct twin *twin, unsigned pattern, uint32_t eax, unsigned vendor,
                        bool signs);

/* In which of the patterns from 1 to TWIN_PATTERNS_APART - 1 a leaf of the block is, 1 << pattern
 * or-ed: of every two leaves each is in some without the other. */
#define TWIN_PATTERNS_APART 12u
uint32_t twins_patterns(uint32_t leaf);

void twins_clear(struct twin_list *list);

/* Whether it runs on another processor that there is, rather than on one with other values here and
 * there. */
bool twin_is_other_processor(const struct twin *twin);

/* What the twin changed, in words: "EBX of 0x40000000 = 0x4b4d564b". Returns `text`. */
char *twin_describe(const struct twin *twin, char *text, size_t size);

#endif
