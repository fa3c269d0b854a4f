/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_BASE_DATA_PATH_H
#define HVSPEC_BASE_DATA_PATH_H

/* Where the project's data lies: "scenarios" below $HVSPEC_DATA; else below share/hvspec beside the
 * executable or the library (a build tree) or below ../share/hvspec (an installation); else where
 * the build was told to install it. NULL: nowhere, or out of memory. The caller frees. */
char *data_path(const char *name);

#endif
