/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/open_file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

FILE *open_file(const char *path) {
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), flags, reason;
    FILE *stream = NULL;

    if (descriptor < 0)
        return NULL;
    flags = fcntl(descriptor, F_GETFL);
    if (flags >= 0 && fcntl(descriptor, F_SETFL, flags & ~O_NONBLOCK) >= 0)
        stream = fdopen(descriptor, "rb");
    if (!stream) {
        reason = errno;
        close(descriptor);
        errno = reason;
    }
    return stream;
}
