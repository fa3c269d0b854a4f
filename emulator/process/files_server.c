/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/process/files_internal.h"

#include "base/write_all.h"
#include "emulator/process/process.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * A process that reads files for one that cannot any more (base/sandbox.h). It was forked from it
 * ahead of that, so it knows the same processes to be started, takes no other's word for what they
 * may read, and runs no guest's code. It ends with its client.
 */
struct files_request {
    uint32_t start;  /* index */
    uint32_t length; /* of the path that follows; 0: the file with the code, only where it lies */
};

struct files_reply {
    uint64_t size; /* of what follows */
    int32_t error;
    bool is_executable, is_directory;
};

static struct {
    int socket;
    pid_t pid;
    const struct process_start *const *starts;
    size_t count;
} server = {.socket = -1};

static bool read_all(int descriptor, void *bytes, size_t size) {
    for (size_t done = 0; done < size;) {
        ssize_t got = read(descriptor, (char *)bytes + done, size - done);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        done += (size_t)got;
    }
    return true;
}

/* --- Its own side. --- */

static bool server_answer(int stream, struct files *all, const struct files_request *request) {
    struct files *files = &all[request->start];
    char path[FILES_PATH_MAX];
    struct file file = {.path = path};
    struct files_reply reply = {.error = EINVAL};
    bool done;

    if (request->length >= sizeof path || !read_all(stream, path, request->length))
        return false;
    path[request->length] = '\0';
    if (!files->code && !files_open(files, server.starts[request->start]))
        file.error = EINVAL;
    else if (request->length > 0)
        file.error = files_fill(files, &file);
    else if ((file.bytes = (uint8_t *)strdup(files->code)) != NULL)
        file.size = strlen(files->code) + 1;
    reply = (struct files_reply){file.error ? 0 : file.size, file.error, file.is_executable,
                                 file.is_directory};
    done = write_all(stream, &reply, sizeof reply) && write_all(stream, file.bytes, reply.size);
    free(file.bytes);
    return done;
}

static _Noreturn void server_work(int stream) {
    struct files *all = calloc(server.count, sizeof *all);
    struct files_request request;

    while (all && read_all(stream, &request, sizeof request) && request.start < server.count &&
           server_answer(stream, all, &request))
        ;
    _exit(0);
}

bool files_serve(const struct process_start *const *starts, size_t count) {
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return false;
    server.starts = starts;
    server.count = count;
    server.pid = fork();
    if (server.pid == 0) {
        /* A copy of another descriptor would keep alive what waits for its end. */
        if (dup2(ends[1], 0) == 0 && close_range(1, ~0u, 0) == 0)
            server_work(0);
        _exit(1);
    }
    close(ends[1]);
    server.socket = server.pid > 0 ? ends[0] : -1;
    if (server.pid < 0)
        close(ends[0]);
    return server.pid > 0;
}

/* --- Its client's. --- */

bool files_are_served(void) {
    return server.socket >= 0;
}

/* An errno; 0: the file is filled in. */
static int client_ask(const struct process_start *start, const char *path, struct file *file) {
    struct files_request request = {.length = (uint32_t)strlen(path)};
    struct files_reply reply;

    while (request.start < server.count && server.starts[request.start] != start)
        request.start++;
    if (request.start == server.count || !write_all(server.socket, &request, sizeof request) ||
        !write_all(server.socket, path, request.length) ||
        !read_all(server.socket, &reply, sizeof reply))
        return EIO;
    if (reply.error)
        return reply.error;
    file->bytes = malloc(reply.size + 1);
    if (!file->bytes || !read_all(server.socket, file->bytes, reply.size))
        return EIO;
    file->size = reply.size;
    file->is_executable = reply.is_executable;
    file->is_directory = reply.is_directory;
    return 0;
}

int files_ask(const struct files *files, struct file *file) {
    return client_ask(files->start, file->path, file);
}

char *files_ask_code(const struct process_start *start) {
    struct file file = {.path = NULL};

    return client_ask(start, "", &file) == 0 ? (char *)file.bytes : NULL;
}
