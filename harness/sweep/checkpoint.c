/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/memstream.h"
#include "harness/sweep/internal.h"

#include "base/open_file.h"
#include "base/sha256.h"
#include "base/write_all.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * What is known after the tasks up to `next`, for the same program on the same machine: the numbers
 * as they lie in memory, behind a key that names the sweep and a hash of all of it. Written beside
 * the file and renamed, so that whatever happens there is either the old one or the new one.
 */
#define CHECKPOINT_MAGIC "hvspec sweep 1"
#define CHECKPOINT_HASH SHA256_TEXT_SIZE

struct checkpoint_head {
    char magic[16], version[16];
    char key[CHECKPOINT_HASH]; /* of the probe and the options that decide the result */
    char body[CHECKPOINT_HASH];
    uint64_t next, axes, axis_size;
};

struct checkpoint {
    struct checkpoint_head head;
    size_t size; /* bytes of the body */
};

/* Everything that the result hangs on; not the workers, and nothing of how it is shown. */
static void checkpoint_key(const struct sweep *sweep, char key[CHECKPOINT_HASH]) {
    const struct sweep_options *options = sweep->options;
    const struct probe *probe = sweep->probe;
    char *text = NULL, values[SHA256_TEXT_SIZE], call[SHA256_TEXT_SIZE];
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);

    key[0] = '\0';
    if (!stream)
        return;
    if (probe_hash_call(probe, call))
        fprintf(stream, "%s %s %s %llu %d ", probe->image->sha256, probe->entry, call,
                (unsigned long long)probe_budget(probe), options->strict);
    if (sweep_hash(options, options->from, options->to, values))
        fputs(values, stream);
    if (memstream_close(stream, &text))
        sha256_text(text, size, key);
    free(text);
}

static struct checkpoint checkpoint_make(const struct sweep *sweep) {
    struct checkpoint checkpoint = {
        .head = {.magic = CHECKPOINT_MAGIC,
                 .version = HVSPEC_VERSION,
                 .next = sweep->result->next,
                 .axes = sweep->options->axes_count,
                 .axis_size = sizeof *sweep->result->axes},
        .size = sweep->options->axes_count * sizeof *sweep->result->axes,
    };

    checkpoint_key(sweep, checkpoint.head.key);
    return checkpoint;
}

static bool checkpoint_refuse(const char *path, const char *why, struct errors *errors) {
    return errors_add(errors, path, 0, 0,
                      "this checkpoint %s: name another file, or remove this one to start over",
                      why);
}

/* False: it is damaged, or another sweep's. */
static bool checkpoint_check(const struct checkpoint *wanted, const struct checkpoint_head *found,
                             const struct sweep_axis_result *axes, const char *path, size_t tasks,
                             struct errors *errors) {
    char hash[CHECKPOINT_HASH];

    sha256_text(axes, wanted->size, hash);
    if (memcmp(found->magic, wanted->head.magic, sizeof found->magic) != 0 ||
        memcmp(found->version, wanted->head.version, sizeof found->version) != 0 ||
        found->axis_size != wanted->head.axis_size)
        return checkpoint_refuse(path, "was not written by this version of hvspec", errors);
    if (memcmp(found->key, wanted->head.key, sizeof found->key) != 0 ||
        found->axes != wanted->head.axes || found->next > tasks)
        return checkpoint_refuse(path, "belongs to a sweep of another probe or other values",
                                 errors);
    if (memcmp(found->body, hash, sizeof hash) != 0)
        return checkpoint_refuse(path, "is damaged", errors);
    return true;
}

bool sweep_checkpoint_read(struct sweep *sweep, struct errors *errors) {
    const char *path = sweep->options->checkpoint;
    struct checkpoint wanted = checkpoint_make(sweep);
    struct checkpoint_head found = {.next = 0};
    FILE *stream = path ? open_file(path) : NULL;
    bool good;

    if (!stream)
        return !path || errno == ENOENT ||
               errors_add_system(errors, path, "cannot read the checkpoint", errno);
    if (fread(&found, sizeof found, 1, stream) != 1)
        good = checkpoint_refuse(path, "is damaged", errors);
    else if (fread(sweep->result->axes, 1, wanted.size, stream) != wanted.size)
        good = checkpoint_check(&wanted, &found, sweep->result->axes, path, sweep->tasks, errors) &&
               checkpoint_refuse(path, "is damaged", errors);
    else
        good = checkpoint_check(&wanted, &found, sweep->result->axes, path, sweep->tasks, errors);
    fclose(stream);
    if (good)
        sweep->result->next = (size_t)found.next;
    else
        memset(sweep->result->axes, 0, wanted.size);
    return good;
}

/* To a file beside it, which then takes its place. */
static bool checkpoint_put(const struct checkpoint *checkpoint, const void *axes, const char *path,
                           const char *beside) {
    /* What is left of a run that was killed goes; a link that somebody put there is not followed.
     */
    int file = unlink(beside) == 0 || errno == ENOENT
                   ? open(beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666)
                   : -1;
    bool good = file >= 0 && write_all(file, &checkpoint->head, sizeof checkpoint->head) &&
                write_all(file, axes, checkpoint->size) && fsync(file) == 0;
    int reason = errno;

    if (file >= 0 && close(file) != 0 && good) {
        good = false;
        reason = errno;
    }
    if (good && rename(beside, path) != 0) {
        good = false;
        reason = errno;
    }
    if (!good && file >= 0)
        unlink(beside);
    errno = reason;
    return good;
}

/* A limit on the size of files is an error like a full disk, not the end of the process. */
bool sweep_checkpoint_write(const struct sweep *sweep, struct errors *errors) {
    const char *path = sweep->options->checkpoint;
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
    struct checkpoint checkpoint;
    char *beside;
    bool good;

    if (!path)
        return true;
    checkpoint = checkpoint_make(sweep);
    sha256_text(sweep->result->axes, checkpoint.size, checkpoint.head.body);
    if (asprintf(&beside, "%s.new", path) < 0)
        return errors_add(errors, NULL, 0, 0, "out of memory");
    sigaction(SIGXFSZ, &ignore, &before);
    good = checkpoint_put(&checkpoint, sweep->result->axes, path, beside) ||
           errors_add_system(errors, path, "cannot write the checkpoint", errno);
    sigaction(SIGXFSZ, &before, NULL);
    free(beside);
    return good;
}
