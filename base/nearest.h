/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_BASE_NEAREST_H
#define HVSPEC_BASE_NEAREST_H

#include "base/errors.h"

#include <stddef.h>

/* The word of the list that is nearest to `word` by edits (insert, delete, replace, swap), for "did
 * you mean"; when none is within a third of its length, the first that begins with it, or else
 * holds it, as a name that was cut off. NULL: none does, or it has less than three letters. Case
 * is ignored. */
const char *nearest_word(const char *word, const char *const *words, size_t count);

/* Notes that `given` is none of the words, with the nearest: "there is no WHAT 'given', did you
 * mean ...?; see SEE". Always false. */
bool nearest_unknown(const char *what, const char *given, const char *const *words, size_t count,
                     const char *see, struct errors *errors);

#endif
