/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/sarif/sarif.h"

#include "reports/console/failure.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* RFC 3986, 2.3. A colon is not among them, so that no first segment reads as a scheme. */
static const char sarif_unreserved[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

/* Writes one segment with a slash before it. Returns the end. */
static char *sarif_segment(char *end, const char *segment, size_t length) {
    static const char digits[] = "0123456789ABCDEF";

    *end++ = '/';
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)segment[i];

        if (strchr(sarif_unreserved, byte)) {
            *end++ = (char)byte;
        } else {
            *end++ = '%';
            *end++ = digits[byte >> 4];
            *end++ = digits[byte & 0xf];
        }
    }
    return end;
}

/* Segments "." and ".." are resolved, as 3.10.2 demands. A ".." at the start is dropped: a name
 * like "../probe.c" comes from a compiler that ran in a build folder just below the root. */
static void sarif_path(char *path, const char *file) {
    char *end = path;

    while (*file) {
        size_t length = strcspn(file, "/");

        if (length == 2 && strncmp(file, "..", 2) == 0) {
            while (end > path && *--end != '/') {
            }
        } else if (length > 0 && !(length == 1 && *file == '.')) {
            end = sarif_segment(end, file, length);
        }
        file += length;
        file += *file == '/';
    }
    if (end == path)
        *end++ = '/';
    *end = '\0';
}

char *sarif_uri(const char *file) {
    static const char scheme[] = "file://";
    char *uri = malloc(sizeof scheme + 3 * strlen(file) + 2); /* each byte as %XX, two slashes */

    if (!uri)
        return NULL;
    strcpy(uri, scheme);
    sarif_path(uri + strlen(scheme), file);
    if (*file != '/') /* relative: without the scheme and the first slash */
        memmove(uri, uri + sizeof scheme, strlen(uri + sizeof scheme) + 1);
    if (!*uri)
        strcpy(uri, ".");
    return uri;
}

static json_t *sarif_physical(const char *file, unsigned line) {
    json_t *object = json_object(), *artifact = json_object(), *region;
    char *uri = sarif_uri(file);
    bool ok = object;

    json_put(artifact, &ok, "uri", uri ? json_string(uri) : NULL);
    if (*file != '/')
        json_put(artifact, &ok, "uriBaseId", json_string(SARIF_ROOT));
    json_put(object, &ok, "artifactLocation", artifact);
    if (line > 0) {
        region = json_object();
        json_put(region, &ok, "startLine", json_integer(line));
        json_put(object, &ok, "region", region);
    }
    free(uri);
    return json_finish(object, ok);
}

/* The function, by its name, and the place in it. */
static json_t *sarif_logical(const char *symbol) {
    json_t *array = json_array(), *object = json_object();
    char *function = strndup(symbol, strcspn(symbol, "+"));
    bool ok = function;

    json_put(object, &ok, "name", json_text(function));
    json_put(object, &ok, "fullyQualifiedName", json_text(symbol));
    json_put(object, &ok, "kind", json_string("function"));
    json_add(array, &ok, object);
    free(function);
    return json_finish(array, ok);
}

json_t *sarif_location(const struct report_probe *probe, const char *file, unsigned line,
                       const char *symbol, json_t *message) {
    json_t *object = json_object();
    bool known = file && line > 0 && line <= INT_MAX, ok = object;

    json_put(object, &ok, "physicalLocation",
             sarif_physical(known ? file : probe->file, known ? line : 0));
    if (symbol || !known)
        json_put(object, &ok, "logicalLocations", sarif_logical(symbol ? symbol : probe->entry));
    if (message)
        json_put(object, &ok, "message", message);
    return json_finish(object, ok);
}

json_t *sarif_line_location(const struct report_line *line) {
    json_t *object = json_object();
    bool ok = object;

    json_put(object, &ok, "physicalLocation", sarif_physical(line->file, line->number));
    return json_finish(object, ok);
}

/* "hv.c:31" taken apart: the line, with the file's name as far as *length; 0: it is not so. */
static unsigned sarif_split(const char *source, size_t *length) {
    const char *colon = strrchr(source, ':');
    unsigned long line;
    char *end;

    if (!colon || colon == source || colon[1] < '1' || colon[1] > '9')
        return 0;
    errno = 0;
    line = strtoul(colon + 1, &end, 10);
    *length = (size_t)(colon - source);
    return *end || errno || line > INT_MAX ? 0 : (unsigned)line;
}

json_t *sarif_step(const struct report_probe *probe, const struct report_step *step) {
    char *text = failure_step_text(step), *file;
    json_t *message = text ? sarif_message("%s", text) : NULL, *location = NULL;
    size_t length = 0;
    unsigned line = step->source ? sarif_split(step->source, &length) : 0;

    file = strndup(step->source ? step->source : "", length);
    if (message && file)
        location = sarif_location(probe, file, line, step->symbol, json_incref(message));
    json_decref(message);
    free(text);
    free(file);
    return location;
}
