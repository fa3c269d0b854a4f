/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/sweep/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * One process at a time works with a checkpoint. What is locked is an empty file beside it, since
 * the checkpoint itself is replaced by each write. The lock is a record lock (fcntl): it goes with
 * the process, however that ends, is not inherited by workers, and holds across the machines of a
 * network file system. A file that a killed process left behind is not locked, and is used again.
 */
#define LOCK_ENDING ".hvspec-lock"

/* Whether the path still leads to the open file: whoever had the lock may have removed it. */
static bool lock_is_current(int file, const char *path) {
    struct stat opened, found;

    return fstat(file, &opened) == 0 && stat(path, &found) == 0 && opened.st_dev == found.st_dev &&
           opened.st_ino == found.st_ino;
}

static bool lock_refuse(int file, const char *checkpoint, struct errors *errors) {
    struct flock holder = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    char who[48] = "";

    if (fcntl(file, F_GETLK, &holder) == 0 && holder.l_type != F_UNLCK && holder.l_pid > 0)
        snprintf(who, sizeof who, " (process %ld)", (long)holder.l_pid);
    return errors_add(
        errors, checkpoint, 0, 0,
        "another sweep%s works with this checkpoint: wait for its end, or name another "
        "file",
        who);
}

/* Where nothing can be made beside the checkpoint it cannot be written either, which is said when
 * it is tried; one that is complete need not be. */
static bool lock_cannot_open(const char *path, struct errors *errors) {
    int reason = errno;
    struct stat found;

    return stat(path, &found) != 0 ||
           errors_add(errors, path, 0, 0, "cannot lock the checkpoint: %s", strerror(reason));
}

/* False with an error noted: somebody else has it. True with lock->file < 0: there are no locks. */
static bool lock_try(struct sweep_lock *lock, const char *checkpoint, struct errors *errors) {
    struct flock wanted = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    bool good = true;

    for (;;) {
        int result;

        lock->file = open(lock->path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        if (lock->file < 0)
            return lock_cannot_open(lock->path, errors);
        do
            result = fcntl(lock->file, F_SETLK, &wanted);
        while (result != 0 && errno == EINTR);
        if (result == 0 && lock_is_current(lock->file, lock->path))
            return true;
        if (result != 0)
            break;
        close(lock->file);
    }
    if (errno == EACCES || errno == EAGAIN)
        good = lock_refuse(lock->file, checkpoint, errors);
    else
        fprintf(
            stderr,
            "hvspec: %s cannot be locked here (%s): see to it that no other sweep works with it\n",
            checkpoint, strerror(errno));
    close(lock->file);
    lock->file = -1;
    return good;
}

bool sweep_lock_take(struct sweep_lock *lock, const char *checkpoint, struct errors *errors) {
    *lock = (struct sweep_lock){.file = -1};
    if (!checkpoint)
        return true;
    if (asprintf(&lock->path, "%s" LOCK_ENDING, checkpoint) < 0) {
        lock->path = NULL;
        return errors_add(errors, NULL, 0, 0, "out of memory");
    }
    return lock_try(lock, checkpoint, errors);
}

/* Removed while it is still locked: whoever has it open sees that it is not the one any more. */
void sweep_lock_free(struct sweep_lock *lock) {
    if (lock->file >= 0) {
        unlink(lock->path);
        close(lock->file);
    }
    free(lock->path);
    *lock = (struct sweep_lock){.file = -1};
}
