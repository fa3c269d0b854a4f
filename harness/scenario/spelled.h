/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_SCENARIO_SPELLED_H
#define HVSPEC_HARNESS_SCENARIO_SPELLED_H

#include "harness/scenario/scenario.h"

/*
 * A case that no file holds: its id says all of it, so that whoever has the id can run it again.
 *
 *     hunt/found:max=0x400000ff,0x40000010=1/0/5,ask=0x40000010+0x40000020
 *
 * `max` is EAX of 0x40000000, `signature` its EBX/ECX/EDX; LEAF or LEAF.SUBLEAF lists
 * EAX/EBX/ECX/EDX; `unlisted` and `beyond` hold zero, highest-basic, base or registers;
 * `hypervisor=absent` clears CPUID.1:ECX[31]. Registers at the end that are 0 and keys that say
 * zero are left out; `ask` is a must.
 */
/* The id of a case without junk, whatever it was called. The caller frees; NULL: out of memory. */
char *scenario_spell(const struct scenario_case *test);

/* Whether it is an id of such a case, be it a wrong one. */
bool scenario_is_spelled(const char *id);

/* Adds the case, under the id that scenario_spell gives it; one that is in the set stays once. What
 * is expected comes from the spec function. False with errors noted. */
bool scenario_set_add_spelled(struct scenario_set *set, const char *id, struct errors *errors);

#endif
