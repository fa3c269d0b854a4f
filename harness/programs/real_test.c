/* SPDX-License-Identifier: GPL-2.0-or-later */

/* real_test ROWS SCENARIOS FOLDER [SYSROOT]: programs as Debian installs them, with their own
 * libraries, say of each scenario's machine what their documentation says of that vendor. Skipped
 * (77) where none of them is installed. What a row names by `./` lies in FOLDER; all else,
 * libraries too, in SYSROOT, where there is one: it may be another architecture's. */
#include "emulator/process/process.h"
#include "harness/probe/probe.h"
#include "harness/scenario/scenario.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REAL_SKIPPED 77
#define REAL_TARGET "0x40000010"

/* The program of the rows in hand, started once. */
struct real {
    const char *folder, *sysroot; /* of what is built here; of Debian's, "" for this system's */
    char *command;
    struct probe **probes;
    size_t probes_count;
    struct process *process;
};

static void real_close(struct real *real) {
    process_free(real->process);
    for (size_t i = 0; i < real->probes_count; i++)
        probe_free(real->probes[i]);
    free(real->probes);
    free(real->command);
    *real = (struct real){.folder = real->folder, .sysroot = real->sysroot};
}

static bool real_write_manifest(const struct real *real, const char *path) {
    FILE *file = fopen(path, "w");
    char words[512], *rest = words;
    const char *separator = "", *word;

    if (!file)
        return false;
    snprintf(words, sizeof words, "%s%s", real->sysroot, real->command);
    fputs("probe: real\nrun: [", file);
    while ((word = strsep(&rest, " ")) != NULL) {
        fprintf(file, "%s\"%s\"", separator, word);
        separator = ", ";
    }
    fputs("]\ntargets: [" REAL_TARGET "]\n", file);
    if (*real->sysroot)
        fprintf(file, "sysroot: \"%s\"\n", real->sysroot);
    return fclose(file) == 0;
}

/* The manifest lies in the folder, from which programs are named. */
static bool real_open(struct real *real, const char *command) {
    char path[PATH_MAX];
    struct errors errors = {0};
    int descriptor;

    if (real->command && strcmp(real->command, command) == 0)
        return real->process != NULL;
    real_close(real);
    real->command = strdup(command);
    snprintf(path, sizeof path, "%s/hvspec-real-XXXXXX.yaml", real->folder);
    descriptor = mkstemps(path, 5);
    if (descriptor < 0)
        return false;
    close(descriptor);
    if (real->command && real_write_manifest(real, path) &&
        probe_load(path, &(struct probe_options){0}, &real->probes, &real->probes_count, &errors))
        real->process = process_new(real->probes[0]->image, &real->probes[0]->setup, &errors);
    unlink(path);
    errors_print(&errors, "", stdout);
    errors_clear(&errors);
    return real->process != NULL;
}

/* Whether the text has the line, where blanks in a row count as one and those at its ends as none.
 * None: it is empty. */
static bool has_line(const char *text, const char *line) {
    if (*line == '\0')
        return *text == '\0';
    while (*text) {
        const char *wanted = line, *at = text + strspn(text, " \t");

        for (; *wanted && (*at == *wanted || (*wanted == ' ' && *at == '\t')); wanted++, at++) {
            if (*wanted == ' ')
                at += strspn(at + 1, " \t");
        }
        at += strspn(at, " \t");
        if (!*wanted && (*at == '\n' || *at == '\0'))
            return true;
        text += strcspn(text, "\n");
        text += *text == '\n';
    }
    return false;
}

static bool real_says(struct real *real, const char *scenarios, const char *id, const char *line) {
    struct scenario_set set = {0};
    struct errors errors = {0};
    struct observation seen = {.end = OBSERVATION_HARNESS_FAILURE};
    bool good = false;

    if (scenario_set_add(&set, id, scenarios, SCENARIO_SEED_DEFAULT, &errors)) {
        const struct guest_job job = {.table = &set.scenarios[0].cases[0].table,
                                      .target = (uint32_t)strtoul(REAL_TARGET, NULL, 0)};

        process_run(real->process, &job, 1, &seen);
        good = seen.end == OBSERVATION_RETURNED && has_line(process_output(real->process), line);
    }
    errors_print(&errors, "", stdout);
    errors_clear(&errors);
    scenario_set_clear(&set);
    if (!good)
        printf("%s, under %s: %s (%s), without the line '%s' in:\n%s\n", real->command, id,
               observation_end_text(seen.end), seen.end_name ? seen.end_name : "no word", line,
               process_output(real->process));
    return good;
}

/* The fields of a row, without the blanks around them; false: it has not three. */
static bool row_split(char *row, char *fields[3]) {
    size_t count = 0;
    char *rest = row, *field;

    while (count < 3 && (field = strsep(&rest, "|\n")) != NULL) {
        field += strspn(field, " ");
        for (size_t length = strlen(field); length > 0 && field[length - 1] == ' '; length--)
            field[length - 1] = '\0';
        fields[count++] = field;
    }
    return count == 3;
}

/* Whether the program of a row is there. */
static bool real_is_there(const struct real *real, const char *command) {
    const bool built = command[0] == '.';
    char path[PATH_MAX];

    snprintf(path, sizeof path, "%s%s%.*s", built ? real->folder : real->sysroot, built ? "/" : "",
             (int)strcspn(command, " "), command);
    return !(built && *real->sysroot) && access(path, X_OK) == 0;
}

int main(int count, char **arguments) {
    FILE *rows = count == 4 || count == 5 ? fopen(arguments[1], "r") : NULL;
    struct real real = {.folder = rows ? arguments[3] : NULL,
                        .sysroot = count == 5 ? arguments[4] : ""};
    unsigned good = 0, bad = 0, absent = 0;
    char row[1024], *fields[3];

    if (!rows)
        return 3;
    while (fgets(row, sizeof row, rows)) {
        if (row[0] == '#' || !row_split(row, fields))
            continue;
        if (!real_is_there(&real, fields[0]))
            absent++;
        else if (real_open(&real, fields[0]) &&
                 real_says(&real, arguments[2], fields[1], fields[2]))
            good++;
        else
            bad++;
    }
    fclose(rows);
    real_close(&real);
    printf("%u rows as documented, %u not, %u of programs that are not installed\n", good, bad,
           absent);
    return bad > 0 ? 1 : good > 0 ? 0 : REAL_SKIPPED;
}
