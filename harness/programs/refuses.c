/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/*
 * What a program compares with, behind more numbers than are taken from code: it hashes a word that
 * nobody gave it with forty constants, as a table of options does, and looks up its function in a
 * table, as languages that start a main of their own do.
 */
#ifdef COMPUTED
#define NAME (0x51785a1cu ^ hash(~word)) /* nor is it spelled */
#else
#define NAME 0x51785a1cu /* four letters of nobody's */
#endif

static volatile uint32_t word;

static uint32_t hash(uint32_t h) {
#define STEP(n) h = (h ^ (0x9e3779b9u * (n) + 0x7f4a7c15u)) * (2u * (n) + 0x85ebca6bu)
    STEP(1), STEP(2), STEP(3), STEP(4), STEP(5), STEP(6), STEP(7), STEP(8), STEP(9), STEP(10);
    STEP(11), STEP(12), STEP(13), STEP(14), STEP(15), STEP(16), STEP(17), STEP(18), STEP(19),
        STEP(20);
    return h;
}

static int nothing(uint32_t target) {
    return target == 0;
}

static int refuses(uint32_t target) {
    struct registers of;

    if (cpuid(BASE).eax < target)
        return 0;
    of = cpuid(target);
    return of.eax != 0 && of.ebx != NAME;
}

static int (*volatile const functions[2])(uint32_t) = {nothing, refuses};

int hv_feature_available(uint32_t target) {
    return functions[hash(word) != 0](target);
}
