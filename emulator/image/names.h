/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_IMAGE_NAMES_H
#define HVSPEC_EMULATOR_IMAGE_NAMES_H

#include <stdbool.h>

/* Whether a symbol of C++ or Rust is the function that somebody writes as "has", "hvx::has" or
 * "hvx::has(unsigned)": its path ends so. What it takes is not looked at. */
bool image_name_is(const char *symbol, const char *written);

/* Whether a compiler made the symbol for a part of a function, which nobody can call. */
bool image_name_is_fragment(const char *symbol);

#endif
