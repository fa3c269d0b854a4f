/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/write_all.h"
#include "harness/hunt/scenario.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A disk that is full, or too small a limit on a file's size, shows here. */
static bool hunt_write(int descriptor, const char *text) {
    return write_all(descriptor, text, strlen(text)) &&
           (fsync(descriptor) == 0 || errno == EINVAL || errno == ENOSYS);
}

/* Puts the file in place unless one is there (errno EEXIST). Not every file system knows a rename
 * that refuses to replace, nor every one a second name; most know either. */
static bool hunt_put_in_place(const char *temporary, const char *file) {
    if (renameat2(AT_FDCWD, temporary, AT_FDCWD, file, RENAME_NOREPLACE) == 0)
        return true;
    if (errno == EEXIST || (errno != EINVAL && errno != ENOSYS))
        return false;
    return link(temporary, file) == 0 && unlink(temporary) == 0;
}

static bool hunt_save_as(struct hunt_find *find, const char *temporary, const char *text) {
    int descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
    int reason;
    bool saved;

    if (descriptor < 0)
        return false;
    saved = hunt_write(descriptor, text);
    reason = errno;
    if (close(descriptor) != 0 && saved) {
        saved = false;
        reason = errno;
    }
    if (saved && !hunt_put_in_place(temporary, find->file)) {
        reason = errno;
        find->was_there = reason == EEXIST;
        saved = false;
    }
    if (!saved)
        unlink(temporary);
    errno = reason;
    return saved || find->was_there;
}

bool hunt_find_save(struct hunt_find *find, const char *text, struct errors *errors) {
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
    char *temporary = NULL;
    bool saved;

    if (asprintf(&temporary, "%.*s.hvspec-%ld.tmp",
                 (int)(strrchr(find->file, '/') - find->file + 1), find->file, (long)getpid()) < 0)
        return errors_add(errors, NULL, 0, 0, "out of memory");
    sigaction(SIGXFSZ, &ignore, &before);
    saved = hunt_save_as(find, temporary, text);
    sigaction(SIGXFSZ, &before, NULL);
    if (!saved)
        errors_add_system(errors, find->file, "the find cannot be written", errno);
    free(temporary);
    return saved;
}
