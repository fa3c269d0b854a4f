/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/tests/broken_given.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GIVEN_ROWS_MAX 400u

static char *trimmed(char *text) {
    char *end = text + strlen(text);

    while (*text == ' ')
        text++;
    while (end > text && end[-1] == ' ')
        *--end = '\0';
    return text;
}

/* Cuts "condition | file | fail | nonstrict | why"; false: there are fewer fields. */
static bool cut(char *line, char *fields[5]) {
    for (unsigned i = 0; i < 5; i++) {
        char *bar = i < 4 ? strchr(line, '|') : NULL;

        if (i < 4 && !bar)
            return false;
        if (bar)
            *bar = '\0';
        fields[i] = trimmed(line);
        line = bar ? bar + 1 : line;
    }
    return true;
}

/* A row is about "signature", "target", one target, or "forgone", which is "exclude" and "list".
 * What the gate hides it hides under these, too. */
static bool is_about(const struct broken_given *given, const char *condition) {
    size_t kind = strcspn(given->condition, "=");

    return strcmp(condition, given->condition) == 0 ||
           (given->forgone &&
            (strcmp(condition, "signature") == 0 || strcmp(condition, "forgone") == 0)) ||
           (strlen(condition) == kind && strncmp(condition, given->condition, kind) == 0);
}

static bool take_line(struct broken_given *given, char *line) {
    char *fields[5];

    if (line[0] == '#' || line[0] == '\0')
        return true;
    if (!cut(line, fields) || fields[4][0] == '\0' || given->rows_count == GIVEN_ROWS_MAX) {
        printf("not a row that says why: %s\n", line);
        return false;
    }
    if (is_about(given, fields[0]))
        given->rows[given->rows_count++] =
            (struct broken_given_row){fields[1], fields[2], fields[3], false};
    return true;
}

static bool read_text(struct broken_given *given, const char *path) {
    FILE *file = fopen(path, "r");
    size_t size = 0;
    bool whole = file && getdelim(&given->text, &size, '\0', file) > 0;

    if (file)
        fclose(file);
    if (!whole)
        printf("%s cannot be read\n", path);
    return whole;
}

bool broken_given_open(struct broken_given *given, const char *condition, const char *path) {
    bool good;

    given->condition = condition;
    if (strncmp(condition, "signature=", 10) == 0)
        given->assumption = condition;
    else if (strncmp(condition, "exclude=", 8) == 0)
        given->forgone = condition + 8;
    else if ((given->is_listed = strncmp(condition, "list=", 5) == 0))
        given->forgone = condition + 5;
    else if (sscanf(condition, "target=%" SCNx32, &given->target) != 1) {
        printf("neither signature=TEXT, target=LEAF, exclude=RULE nor list=RULE: %s\n", condition);
        return false;
    }
    given->rows = calloc(GIVEN_ROWS_MAX, sizeof *given->rows);
    good = given->rows && read_text(given, path);
    for (char *line = given->text, *next; good && line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        good = take_line(given, line);
    }
    return good;
}

bool broken_given_is_gated(const struct broken_given *given) {
    return given->assumption || given->forgone;
}

void broken_given_options(const struct broken_given *given, struct probe_options *options) {
    if (given->target) {
        options->targets = &given->target;
        options->targets_count = 1;
    }
    if (given->assumption) {
        options->assumptions = &given->assumption;
        options->assumptions_count = 1;
    }
}

/* A list without one of its rules. */
static const char *without(const char *list, const char *rule, char room[512]) {
    size_t length = strlen(rule), used = 0;

    room[0] = '\0';
    for (const char *word = list; *word; word += *word == ',') {
        size_t size = strcspn(word, ",");

        if (size != length || strncmp(word, rule, length) != 0)
            used += (size_t)snprintf(room + used, 512 - used, "%s%.*s", used ? "," : "", (int)size,
                                     word);
        word += size;
    }
    return used ? room : "-";
}

void broken_given_expect(struct broken_given *given, const char *file, const char **fail,
                         const char **nonstrict, char room[512]) {
    for (size_t i = 0; i < given->rows_count; i++) {
        struct broken_given_row *row = &given->rows[i];

        if (strcmp(row->file, file) != 0)
            continue;
        row->used = true;
        *fail = row->fail;
        *nonstrict = row->nonstrict;
        return;
    }
    if (given->forgone) {
        *fail = without(*fail, given->forgone, room);
        *nonstrict = "-";
    }
    if (given->assumption) {
        *fail = without(*fail, "generic/signature-ignored", room);
        if (strcmp(*nonstrict, "generic/signature-ignored") == 0)
            *nonstrict = "-";
    }
}

bool broken_given_all_used(const struct broken_given *given) {
    bool all = true;

    for (size_t i = 0; i < given->rows_count; i++) {
        if (!given->rows[i].used)
            printf("no broken probe is called %s\n", given->rows[i].file);
        all &= given->rows[i].used;
    }
    return all;
}

void broken_given_close(struct broken_given *given) {
    free(given->text);
    free(given->rows);
    *given = (struct broken_given){0};
}
