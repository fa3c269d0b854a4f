/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/source/demangle.h"

#include <string.h>

/* Without libiberty names are shown as they are in the file. */
char *demangle(const char *name) {
    return strdup(name);
}
