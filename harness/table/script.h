/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_TABLE_SCRIPT_H
#define HVSPEC_HARNESS_TABLE_SCRIPT_H

#include "emulator/cpuid/table.h"
#include "harness/table/table.h"

/* How a scripted CPUID fares under one rule about hypervisors. */
struct script_verdict {
    enum table_outcome outcome;
    uint32_t leaf;                  /* the first that shows it; TABLE_HOLDS: unused */
    char observed[TABLE_TEXT_SIZE]; /* there */
};

/* Judges what the script answers as a dump of it is judged: the whole block, with all subleaves
 * that it lists, and the basic leaves that rules go by. False: out of memory. */
bool table_judge_script(const struct cpuid_table *script, struct script_verdict verdicts[RULES]);

#endif
