/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_GUEST_TESTS_RUNTIME_CALLS_H
#define HVSPEC_EMULATOR_GUEST_TESTS_RUNTIME_CALLS_H

#include <stdint.h>

/* Calls functions of a C library in one of the ways of a table, and returns a hash of all that they
 * returned and wrote; pointers count as what they point into. 0: there is no such way. It is built
 * twice: into the test, where the host's own library answers, and as a guest's file. */
uint32_t runtime_calls(uint32_t way);

/* What a way is about; NULL: there is no such way. */
const char *runtime_calls_name(uint32_t way);

#endif
