/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/model/report.h"

#include "base/errors.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define REPORT_TEMPORARIES 100 /* names tried beside the target before giving up */

/* What is being written, and where the reason goes when it fails. */
struct report_saving {
    bool (*write)(const void *context, FILE *stream);
    const void *context;
    const char *noun; /* "report" */
    const char *path; /* as the user named it */
    struct errors *errors;
};

static bool report_save_failed(const struct report_saving *saving, const char *what, int number) {
    return number ? errors_add_system(saving->errors, saving->path, what, number)
                  : errors_add(saving->errors, saving->path, 0, 0, "%s: write error", what);
}

static bool report_save_unwritten(const struct report_saving *saving, int number) {
    return errors_add(saving->errors, saving->path, 0, 0, "cannot write the %s: %s", saving->noun,
                      number ? strerror(number) : "write error");
}

/* All of it, flushed: a full disk may show only here. */
static bool report_save_stream(const struct report_saving *saving, FILE *stream) {
    bool complete;

    errno = 0;
    complete = saving->write(saving->context, stream);
    if (fflush(stream) != 0 || ferror(stream))
        return report_save_unwritten(saving, errno);
    if (!complete)
        return errors_add(saving->errors, saving->path, 0, 0, "cannot write the %s: out of memory",
                          saving->noun);
    return true;
}

/* Takes the descriptor. A pipe or a device has nothing to sync, which fsync says with EINVAL; some
 * network file systems do not offer it (ENOSYS). */
static bool report_save_descriptor(const struct report_saving *saving, int descriptor) {
    FILE *stream = fdopen(descriptor, "w");
    bool saved;

    if (!stream) {
        report_save_unwritten(saving, errno);
        close(descriptor);
        return false;
    }
    saved = report_save_stream(saving, stream);
    if (saved && fsync(descriptor) != 0 && errno != EINVAL && errno != ENOSYS)
        saved = report_save_unwritten(saving, errno);
    if (fclose(stream) != 0 && saved)
        saved = report_save_unwritten(saving, errno);
    return saved;
}

/* A file of its own beside `target`, so that the rename stays within one file system. Created with
 * open rather than mkstemp: the report gets the permissions that the user's umask asks for. Returns
 * the descriptor and the owned name, or -1 with errno set. */
static int report_save_temporary(const char *target, char **name) {
    const char *slash = strrchr(target, '/');
    int folder = slash ? (int)(slash - target) + 1 : 0;

    for (unsigned i = 0; i < REPORT_TEMPORARIES; i++) {
        int descriptor;

        if (asprintf(name, "%.*s.hvspec-%ld-%u.tmp", folder, target, (long)getpid(), i) < 0) {
            *name = NULL;
            errno = ENOMEM;
            return -1;
        }
        descriptor = open(*name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (descriptor >= 0)
            return descriptor;
        free(*name);
        *name = NULL;
        if (errno != EEXIST)
            return -1;
    }
    return -1;
}

static bool report_save_beside(const struct report_saving *saving, const char *target) {
    char *temporary = NULL;
    int descriptor = report_save_temporary(target, &temporary);
    bool saved;

    if (descriptor < 0)
        return report_save_failed(saving, "cannot create a file in this folder", errno);
    saved = report_save_descriptor(saving, descriptor);
    if (saved && rename(temporary, target) != 0)
        saved = report_save_failed(saving, "cannot put the new file in place", errno);
    if (!saved)
        unlink(temporary);
    free(temporary);
    return saved;
}

/* What is written in place may wait for its reader, so that signals that a run defers end the
 * process: there is no temporary file that could be left behind. */
static bool report_save_open_ended(const struct report_saving *saving,
                                   bool (*save)(const struct report_saving *saving)) {
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    enum { COUNT = sizeof numbers / sizeof numbers[0] };
    struct sigaction ending = {.sa_handler = SIG_DFL}, before[COUNT];
    bool saved;

    for (size_t i = 0; i < COUNT; i++) {
        if (sigaction(numbers[i], NULL, &before[i]) == 0 && before[i].sa_handler != SIG_IGN)
            sigaction(numbers[i], &ending, NULL);
    }
    saved = save(saving);
    for (size_t i = 0; i < COUNT; i++)
        sigaction(numbers[i], &before[i], NULL);
    return saved;
}

static bool report_save_output(const struct report_saving *saving) {
    return report_save_stream(saving, stdout);
}

/* A device, a pipe or a terminal cannot be replaced by a file: it is written to. */
static bool report_save_directly(const struct report_saving *saving) {
    int descriptor = open(saving->path, O_WRONLY | O_CLOEXEC | O_NOCTTY);

    if (descriptor < 0)
        return report_save_failed(saving, "cannot open", errno);
    return report_save_descriptor(saving, descriptor);
}

static bool report_save_path(const struct report_saving *saving) {
    struct stat status;
    char *target;
    bool saved;

    if (stat(saving->path, &status) != 0)
        return errno == ENOENT ? report_save_beside(saving, saving->path)
                               : report_save_unwritten(saving, errno);
    if (S_ISDIR(status.st_mode))
        return report_save_unwritten(saving, EISDIR);
    if (!S_ISREG(status.st_mode))
        return report_save_open_ended(saving, report_save_directly);
    target = realpath(saving->path, NULL); /* through a symbolic link, so that the link stays */
    if (!target)
        return report_save_unwritten(saving, errno);
    saved = report_save_beside(saving, target);
    free(target);
    return saved;
}

/* While writing, a file-size limit is an error like a full disk rather than the signal that ends
 * the process and leaves the temporary file behind. */
static bool report_save_any(struct report_saving *saving) {
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
    bool saved;

    sigaction(SIGXFSZ, &ignore, &before);
    if (strcmp(saving->path, "-") == 0) {
        saving->path = NULL;
        saved = report_save_open_ended(saving, report_save_output);
    } else {
        saved = report_save_path(saving);
    }
    sigaction(SIGXFSZ, &before, NULL);
    return saved;
}

/* A report and what it is written with. */
struct report_written {
    const struct report_any *report;
    const struct report_format *format;
    const struct report_style *style;
};

static bool report_write_report(const void *context, FILE *stream) {
    const struct report_written *written = context;

    switch (written->report->kind) {
    case REPORT_OF_RUN:
        return written->format->write(written->report->of.run, written->style, stream);
    case REPORT_OF_AUDIT:
        return written->format->write_audit(written->report->of.audit, written->style, stream);
    case REPORT_OF_HUNT:
        return written->format->write_hunt(written->report->of.hunt, written->style, stream);
    default:
        return false;
    }
}

bool report_save_written(bool (*write)(const void *context, FILE *stream), const void *context,
                         const char *noun, const char *path, struct errors *errors) {
    struct report_saving saving = {write, context, noun, path, errors};

    return report_save_any(&saving);
}

static bool report_write_text(const void *context, FILE *stream) {
    fputs(context, stream);
    return true; /* the stream says whether that worked */
}

bool report_save_text(const char *text, const char *noun, const char *path, struct errors *errors) {
    return report_save_written(report_write_text, text, noun, path, errors);
}

bool report_save(const struct report_any *report, const struct report_format *format,
                 const struct report_style *style, const char *path, struct errors *errors) {
    const struct report_written written = {report, format, style};

    return report_save_written(report_write_report, &written, "report", path, errors);
}
