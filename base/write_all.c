/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/write_all.h"

#include <errno.h>
#include <unistd.h>

bool write_all(int descriptor, const void *bytes, size_t size) {
    const char *at = bytes;

    while (size > 0) {
        ssize_t written = write(descriptor, at, size);

        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        at += written;
        size -= (size_t)written;
    }
    return true;
}
