/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_FUZZ_FUZZ_H
#define HVSPEC_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* What every target is: takes bytes as one input, and returns 0. libFuzzer calls it, or replay.c.
 */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Writes the bytes to a file with this ending, for readers that open one; the same file each time.
 * Its path, static. Ends the process when that does not work. */
const char *fuzz_file(const uint8_t *bytes, size_t size, const char *ending);

#endif
