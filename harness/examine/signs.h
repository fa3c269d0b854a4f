/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_EXAMINE_SIGNS_H
#define HVSPEC_HARNESS_EXAMINE_SIGNS_H

#include "harness/judge/judge.h"
#include "harness/probe/probe.h"

#include <stdio.h>

/*
 * What the cases' own runs show beside the rules: that a manifest, or a command line, may be wrong
 * rather than the code (hints), and what the mail leaves open (info). Counts that add up over
 * cases, and texts made of their sums, which never change a verdict. Nothing of a probe that is
 * right, and called as it wants to be, is a hint.
 */
struct signs {
    size_t runs;      /* questions asked alone */
    size_t answers;   /* with an answer, and the mail says which is right... */
    size_t wrong;     /* ...wrong... */
    size_t available; /* ...and where available is right */
    size_t varied, varied_wrong, varied_available; /* the same three, of twins */
    size_t returned, unwritten; /* calls that came back, and left the answer's place as it was... */
    size_t owed;                /* ...and where available was the right answer */
    size_t cpuids;              /* runs that executed CPUID */
    size_t hypervisor;          /* runs that read a hypervisor leaf... */
    size_t maximum;             /* ...and the maximum */
    size_t basic;               /* runs that read leaf 0, which was not 0 */
    size_t too_many;            /* wrong answers that say available... */
    size_t low_mends;           /* ...of which the low byte alone, which is 0, makes right... */
    size_t low_harms;           /* ...and right ones that it makes wrong */
    uint64_t first;             /* the first answer's number... */
    bool varies;                /* ...and whether any is another */
    size_t took_zero;           /* answers that are right if a maximum of 0 means 0x40000001 */
    size_t further;             /* runs that read a leaf of a further base */
    size_t arguments[GUEST_ARGUMENTS_MAX]; /* runs that took such an argument for an address */
    bool fails;                            /* a rule fails: set by whoever knows the verdicts */
};

/* Counts one run. */
void signs_note(struct signs *signs, const struct probe *probe,
                const struct observation *observation, const struct facts *facts);

/* Counts the answers of one question's twins. */
void signs_note_twins(struct signs *signs, const struct evidence *twins, size_t count);

void signs_add(struct signs *sum, const struct signs *signs);

/* The `index`-th hint or info, to be freed; NULL: there are no more of them, or no memory: then
 * *lost. */
char *signs_text(const struct signs *signs, const struct probe *probe, size_t index, bool *lost);

/* signs_elsewhere.c: whether the file has no CPUID at all, and whether the answer's place holds the
 * same whatever was asked; true: it is said. */
bool signs_say_no_cpuid(const struct signs *signs, const struct probe *probe, FILE *stream);
bool signs_say_constant(const struct signs *signs, const struct probe *probe, FILE *stream);

/* signs_elsewhere.c: whether no call wrote the answer's place; true: it is said. */
bool signs_say_unwritten(const struct signs *signs, const struct probe *probe, FILE *stream);

/* signs_elsewhere.c: whether the code is for another mode; true: it is said. */
bool signs_say_real_mode(const struct signs *signs, const struct probe *probe, FILE *stream);

/* signs_convention.c: whether the code wants to be called in another way; true: it is said. */
bool signs_say_convention(const struct signs *signs, const struct probe *probe, FILE *stream);

#endif
