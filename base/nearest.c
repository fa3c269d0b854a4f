/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/nearest.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#define NEAREST_PART_MIN 3u     /* letters: fewer are in too many words */
#define NEAREST_LENGTH_MAX 127u /* longer words are compared with nothing: no typo of a name */

static size_t nearest_minimum(size_t a, size_t b) {
    return a < b ? a : b;
}

static int nearest_same(char a, char b) {
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* Edits that turn a into b, each place touched once (optimal string alignment). Three rows of the
 * usual matrix suffice: a swap looks two rows back. */
static size_t nearest_edits(const char *a, size_t a_length, const char *b, size_t b_length) {
    size_t rows[3][NEAREST_LENGTH_MAX + 1];

    for (size_t j = 0; j <= b_length; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        size_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];

        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            size_t replaced = above[j - 1] + !nearest_same(a[i - 1], b[j - 1]);

            row[j] = nearest_minimum(replaced, nearest_minimum(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && nearest_same(a[i - 1], b[j - 2]) &&
                nearest_same(a[i - 2], b[j - 1]))
                row[j] = nearest_minimum(row[j], two_above[j - 2] + 1);
        }
    }
    return rows[a_length % 3][b_length];
}

/* The first word that has `part` at its start, or with `anywhere` in it. */
static const char *nearest_whole(const char *part, size_t length, bool anywhere,
                                 const char *const *words, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (strlen(words[i]) > NEAREST_LENGTH_MAX)
            continue;
        if (anywhere ? strcasestr(words[i], part) != NULL
                     : strncasecmp(words[i], part, length) == 0)
            return words[i];
    }
    return NULL;
}

const char *nearest_word(const char *word, const char *const *words, size_t count) {
    size_t length = strlen(word), best = length / 3 + 1;
    const char *nearest = NULL;

    if (length > NEAREST_LENGTH_MAX)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        size_t candidate = strlen(words[i]), edits;

        if (candidate > NEAREST_LENGTH_MAX)
            continue;
        edits = nearest_edits(word, length, words[i], candidate);
        if (edits < best) {
            best = edits;
            nearest = words[i];
        }
    }
    if (!nearest && length >= NEAREST_PART_MIN)
        nearest = nearest_whole(word, length, false, words, count);
    if (!nearest && length >= NEAREST_PART_MIN)
        nearest = nearest_whole(word, length, true, words, count);
    return nearest;
}

bool nearest_unknown(const char *what, const char *given, const char *const *words, size_t count,
                     const char *see, struct errors *errors) {
    const char *near = nearest_word(given, words, count);

    return errors_add(errors, NULL, 0, 0, "there is no %s '%s'%s%s%s; see %s", what, given,
                      near ? ", did you mean " : "", near ? near : "", near ? "?" : "", see);
}
