/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_TESTS_GATE_GATE_H
#define HVSPEC_HARNESS_TESTS_GATE_GATE_H

#include "harness/probe/probe.h"

/* Puts a gate in front of a probe that is for one vendor on purpose: the code of FOLDER/64.bin or
 * 32.bin (gate.S), in memory of its own behind all else. False with an error noted. */
bool gate_put(struct probe *probe, const char *folder, struct errors *errors);

#endif
