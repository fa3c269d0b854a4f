/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/memstream.h"
#include "harness/baseline/baseline.h"

#include "base/glob.h"
#include "base/open_file.h"
#include "harness/baseline/lookup.h"
#include "harness/spec/rules.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const baseline_fields[] = {"probe", "rule", "case", "outcome"};
enum { BASELINE_FIELDS = 4, BASELINE_REASON_FIELDS = 2 };

static const char baseline_header[] =
    "# Violations that hvspec's gate lets pass: PROBE RULE CASE OUTCOME  # reason, link\n";

struct baseline_reader {
    const char *path;
    struct baseline *baseline;
    struct errors *errors;
    char *comments; /* since the last line; NULL: none */
    unsigned number;
};

static bool baseline_complain(const struct baseline_reader *reader, size_t column, const char *what,
                              const char *text, const char *advice) {
    return errors_add(reader->errors, reader->path, reader->number, (unsigned)column + 1,
                      "%s%s%s%s%s", what, text ? " '" : "", text ? text : "", text ? "'" : "",
                      advice);
}

static bool baseline_is_blank(char byte) {
    return byte == ' ' || byte == '\t';
}

static size_t baseline_skip(const char *line, size_t at) {
    while (baseline_is_blank(line[at]))
        at++;
    return at;
}

/* The end of the field that starts at `at`: an unescaped blank. */
static size_t baseline_field_end(const char *line, size_t at) {
    while (line[at] && !baseline_is_blank(line[at]))
        at += line[at] == '\\' && line[at + 1] ? 2 : 1;
    return at;
}

static bool baseline_read_outcome(const struct baseline_reader *reader, const char *word,
                                  size_t column, struct baseline_line *line) {
    if (strcmp(word, "fail") == 0)
        line->outcome = REPORT_FAIL;
    else if (strcmp(word, "nonstrict") == 0)
        line->outcome = REPORT_NONSTRICT;
    else
        return baseline_complain(reader, column, "no outcome", word,
                                 ": write fail or, for a \"should\" rule, nonstrict");
    return true;
}

static bool baseline_read_rule(const struct baseline_reader *reader, const char *glob,
                               size_t column) {
    const char *near;
    char advice[160];

    for (size_t i = 0; i < RULES; i++) {
        if (glob_match(glob, rules[i].id))
            return true;
    }
    near = rules_nearest_glob(glob);
    snprintf(advice, sizeof advice, "%s%s%s; see hvspec list rules", near ? ", did you mean " : "",
             near ? near : "", near ? "?" : "");
    return baseline_complain(reader, column, "no rule matches", glob, advice);
}

/* Frees the strings. */
static void baseline_line_clear(struct baseline_line *line) {
    free(line->probe);
    free(line->rule);
    free(line->test);
    free(line->reason);
    free(line->above);
}

/* Takes a line's words over: four, or the two of a rule's reason. */
static bool baseline_take_words(struct baseline_reader *reader, char *words[BASELINE_FIELDS],
                                const size_t columns[BASELINE_FIELDS], const char *reason) {
    bool whole_rule = words[BASELINE_REASON_FIELDS] == NULL;
    struct baseline_line line = {.probe = words[0],
                                 .rule = words[1],
                                 .test = whole_rule ? (char *)"" : words[2],
                                 .reason = (char *)reason,
                                 .above = reader->comments ? reader->comments : (char *)"",
                                 .number = reader->number};
    bool good = baseline_read_rule(reader, words[1], columns[1]);

    good = (whole_rule || baseline_read_outcome(reader, words[3], columns[3], &line)) && good;
    if (good && !(whole_rule ? baseline_add_reason(reader->baseline, &line)
                             : baseline_add(reader->baseline, &line)))
        good = errors_add(reader->errors, NULL, 0, 0, "out of memory");
    free(reader->comments);
    reader->comments = NULL;
    return good;
}

/* The reason, whose blanks at the end are cut off in place. */
static const char *baseline_read_reason(char *line, size_t at) {
    size_t length;

    if (line[at] == '#')
        at = baseline_skip(line, at + 1);
    length = strlen(line + at);
    while (length > 0 && baseline_is_blank(line[at + length - 1]))
        line[at + --length] = '\0';
    return line + at;
}

/* Whether what follows two words is the reason for all lines of a rule. */
static bool baseline_gives_reason(const char *rest, size_t words) {
    return words == BASELINE_REASON_FIELDS && rest[0] == '#' &&
           rest[baseline_skip(rest, 1)] != '\0';
}

static bool baseline_read_fields(struct baseline_reader *reader, char *line) {
    char *words[BASELINE_FIELDS] = {NULL};
    size_t columns[BASELINE_FIELDS], count = 0, at = baseline_skip(line, 0);
    bool good = true;

    while (count < BASELINE_FIELDS && line[at] && line[at] != '#') {
        size_t end = baseline_field_end(line, at);

        words[count] = strndup(line + at, end - at);
        columns[count] = at;
        if (!words[count++])
            good = errors_add(reader->errors, NULL, 0, 0, "out of memory");
        at = baseline_skip(line, end);
    }
    if (good && count < BASELINE_FIELDS && !baseline_gives_reason(line + at, count))
        good = baseline_complain(reader, at, "the", baseline_fields[count],
                                 " is missing: a line is PROBE RULE CASE OUTCOME  # reason, link");
    else if (good && line[at] && line[at] != '#')
        good = baseline_complain(reader, at, "unexpected", line + at,
                                 ": a reason starts with '#', a blank in a name is written '\\ '");
    if (good)
        good = baseline_take_words(reader, words, columns, baseline_read_reason(line, at));
    for (size_t i = 0; i < count; i++)
        free(words[i]);
    return good;
}

/* Appends a line to a text. */
static bool baseline_append(char **text, const char *line) {
    char *longer;

    if (asprintf(&longer, "%s%s\n", *text ? *text : "", line) < 0)
        return false;
    free(*text);
    *text = longer;
    return true;
}

/* Comments ahead of the first line are the header. */
static bool baseline_read_comment(struct baseline_reader *reader, const char *line) {
    bool first = reader->baseline->count + reader->baseline->reasons_count == 0;
    char **text = first ? &reader->baseline->header : &reader->comments;

    return baseline_append(text, line) || errors_add(reader->errors, NULL, 0, 0, "out of memory");
}

static bool baseline_read_line(struct baseline_reader *reader, char *line, size_t length) {
    size_t start;

    if (memchr(line, '\0', length))
        return baseline_complain(reader, strlen(line), "a zero byte", NULL,
                                 ": a baseline is a text file");
    while (length > 0 && line[length - 1] == '\r') /* two, where CRLF was made of CRLF */
        line[--length] = '\0';
    start = baseline_skip(line, 0);
    if (line[start] == '\0')
        return true;
    return line[start] == '#' ? baseline_read_comment(reader, line + start)
                              : baseline_read_fields(reader, line);
}

/* --- Lines that say the same. --- */

/* By what they say, then by where they stand. */
static int baseline_order_stable(const void *a, const void *b) {
    const struct baseline_line *left = a, *right = b;
    int order = baseline_order(left, right);

    return order != 0 ? order : (left->number > right->number) - (left->number < right->number);
}

static bool baseline_line_is_wild(const struct baseline_line *line) {
    return baseline_is_wild(line->probe) || baseline_is_wild(line->rule) ||
           baseline_is_wild(line->test);
}

/* What lookups need, once the lines are sorted. */
static bool baseline_note_wild(struct baseline *baseline, struct errors *errors) {
    baseline->wild = calloc(baseline->count + 1, sizeof *baseline->wild);
    if (!baseline->wild)
        return errors_add(errors, NULL, 0, 0, "out of memory");
    for (size_t i = 0; i < baseline->count; i++) {
        if (baseline_line_is_wild(&baseline->lines[i]))
            baseline->wild[baseline->wild_count++] = i;
    }
    return true;
}

static bool baseline_sort(struct baseline_line *lines, size_t count, const char *path,
                          struct errors *errors) {
    bool good = true;

    if (count > 0)
        qsort(lines, count, sizeof *lines, baseline_order_stable);
    for (size_t i = 1; i < count; i++) {
        if (baseline_order(&lines[i - 1], &lines[i]) == 0)
            good = errors_add(errors, path, lines[i].number, 1,
                              "the same as line %u: leave one of them", lines[i - 1].number);
    }
    return good;
}

/* --- Reasons of whole rules. --- */

bool baseline_explains(const struct baseline_line *reason, const struct baseline_line *line) {
    return (strcmp(reason->probe, line->probe) == 0 || glob_match(reason->probe, line->probe)) &&
           glob_match(reason->rule, line->rule);
}

const char *baseline_reason(const struct baseline *baseline, const struct baseline_line *line) {
    for (size_t i = 0; !line->reason[0] && i < baseline->reasons_count; i++) {
        if (baseline_explains(&baseline->reasons[i], line))
            return baseline->reasons[i].reason;
    }
    return line->reason;
}

/* A reason for what is not there is as stale as a line that lists nothing. */
static bool baseline_check_reasons(const struct baseline *baseline, const char *path,
                                   struct errors *errors) {
    bool good = true;

    for (size_t i = 0; i < baseline->reasons_count; i++) {
        bool used = false;

        for (size_t k = 0; !used && k < baseline->count; k++)
            used = baseline_explains(&baseline->reasons[i], &baseline->lines[k]);
        if (!used)
            good = errors_add(errors, path, baseline->reasons[i].number, 1,
                              "a reason for no line: nothing else is said of this probe and rule, "
                              "so remove it");
    }
    return good;
}

bool baseline_parse(const char *path, const char *text, size_t size, struct baseline *baseline,
                    struct errors *errors) {
    struct baseline_reader reader = {.path = path, .baseline = baseline, .errors = errors};
    bool good = true;

    for (size_t at = 0; at < size;) {
        const char *newline = memchr(text + at, '\n', size - at);
        size_t length = newline ? (size_t)(newline - text) - at : size - at;
        char *line = calloc(length + 1, 1);

        reader.number++;
        if (!line)
            return errors_add(errors, NULL, 0, 0, "out of memory");
        memcpy(line, text + at, length);
        good = baseline_read_line(&reader, line, length) && good;
        free(line);
        at += length + 1;
    }
    baseline->tail = reader.comments;
    return good && baseline_sort(baseline->lines, baseline->count, path, errors) &&
           baseline_sort(baseline->reasons, baseline->reasons_count, path, errors) &&
           baseline_check_reasons(baseline, path, errors) && baseline_note_wild(baseline, errors);
}

bool baseline_load(const char *path, struct baseline *baseline, struct errors *errors) {
    FILE *file = open_file(path);
    char *text = malloc(BASELINE_SIZE_MAX + 1);
    size_t size = 0;
    bool good;

    errno = file ? 0 : errno;
    if (file && text)
        size = fread(text, 1, BASELINE_SIZE_MAX + 1, file);
    if (!text)
        good = errors_add(errors, NULL, 0, 0, "out of memory");
    else if (!file || ferror(file))
        good = errno == ENOENT
                   ? errors_add(errors, path, 0, 0,
                                "cannot read the baseline: %s; --update-baseline writes it",
                                strerror(errno))
                   : errors_add_system(errors, path, "cannot read the baseline", errno);
    else if (size > BASELINE_SIZE_MAX)
        good = errors_add(errors, path, 0, 0, "larger than %u MiB: this is no baseline",
                          BASELINE_SIZE_MAX / 1024 / 1024);
    else
        good = baseline_parse(path, text, size, baseline, errors);
    if (file)
        fclose(file);
    free(text);
    return good;
}

/* --- Writing. --- */

static void baseline_print_line(FILE *stream, const struct baseline_line *line) {
    fprintf(stream, "%s%s %s", line->above, line->probe, line->rule);
    if (line->test[0])
        fprintf(stream, " %s %s", line->test, report_verdict_text(line->outcome));
    fprintf(stream, "%s%s\n", line->reason[0] ? "  # " : "", line->reason);
}

char *baseline_text(const struct baseline *baseline) {
    size_t count = baseline->count + baseline->reasons_count, size = 0;
    struct baseline_line *sorted = calloc(count + 1, sizeof *sorted);
    char *text = NULL;
    FILE *stream = sorted ? open_memstream(&text, &size) : NULL;
    bool written = stream != NULL;

    if (stream) {
        if (baseline->count > 0)
            memcpy(sorted, baseline->lines, baseline->count * sizeof *sorted);
        if (baseline->reasons_count > 0)
            memcpy(sorted + baseline->count, baseline->reasons,
                   baseline->reasons_count * sizeof *sorted);
        qsort(sorted, count, sizeof *sorted, baseline_order_stable);
        fputs(baseline->header ? baseline->header : baseline_header, stream);
        for (size_t i = 0; i < count; i++)
            baseline_print_line(stream, &sorted[i]);
        if (baseline->tail)
            fputs(baseline->tail, stream);
        written = !ferror(stream);
        written = memstream_close(stream, &text) && written;
    }
    free(sorted);
    if (!written) {
        free(text);
        return NULL;
    }
    return text;
}

static bool baseline_append_line(struct baseline_line **lines, size_t *count,
                                 const struct baseline_line *line) {
    struct baseline_line *grown = realloc(*lines, (*count + 1) * sizeof *grown);
    struct baseline_line *added;

    if (!grown)
        return false;
    *lines = grown;
    added = &grown[(*count)++];
    *added = (struct baseline_line){strdup(line->probe), strdup(line->rule),   strdup(line->test),
                                    line->outcome,       strdup(line->reason), strdup(line->above),
                                    line->number};
    if (added->probe && added->rule && added->test && added->reason && added->above)
        return true;
    baseline_line_clear(&grown[--*count]);
    return false;
}

bool baseline_add(struct baseline *baseline, const struct baseline_line *line) {
    return baseline_append_line(&baseline->lines, &baseline->count, line);
}

bool baseline_add_reason(struct baseline *baseline, const struct baseline_line *reason) {
    return baseline_append_line(&baseline->reasons, &baseline->reasons_count, reason);
}

void baseline_clear(struct baseline *baseline) {
    for (size_t i = 0; i < baseline->count; i++)
        baseline_line_clear(&baseline->lines[i]);
    for (size_t i = 0; i < baseline->reasons_count; i++)
        baseline_line_clear(&baseline->reasons[i]);
    free(baseline->lines);
    free(baseline->reasons);
    free(baseline->header);
    free(baseline->tail);
    free(baseline->wild);
    *baseline = (struct baseline){0};
}
