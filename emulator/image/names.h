/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_IMAGE_NAMES_H
#define HVSPEC_EMULATOR_IMAGE_NAMES_H

#include <stdbool.h>

/* Whether a symbol of C++ or Rust is the function that somebody writes as "has", "hvx::has" or
 * "hvx::has(unsigned)", or the variable "hvx::known" or, of a function, "hvx::has()::known": its path
 * ends so. What functions take is not looked at. */
bool image_name_is(const char *symbol, const char *written);

/* Whether a compiler made the symbol for a part of a function, which nobody can call. */
bool image_name_is_fragment(const char *symbol);

#endif
