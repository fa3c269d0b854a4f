/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_BASE_PATH_BELOW_H
#define HVSPEC_BASE_PATH_BELOW_H

/* What is left of a path below a folder (NULL: the current one); as it is when it lies elsewhere or
 * does not exist yet. The caller frees it. NULL: out of memory. */
char *path_below(const char *path, const char *root);

#endif
