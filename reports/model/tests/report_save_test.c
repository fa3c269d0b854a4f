/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/errors.h"
#include "base/tests/unit.h"
#include "reports/tests/sample_report.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* Every test runs in an empty folder of its own, which is the working directory. */
static char folder[] = HVSPEC_TEST_BINARY "/report_save_XXXXXX";

#define MUCH 200000u /* bytes, more than any buffer of a stream or pipe holds */

static bool write_hello(const struct report *report, const struct report_style *style,
                        FILE *stream) {
    (void)report;
    (void)style;
    return fputs("hello\n", stream) != EOF;
}

static bool write_much(const struct report *report, const struct report_style *style,
                       FILE *stream) {
    (void)report;
    (void)style;
    for (unsigned i = 0; i < MUCH; i++)
        fputc('x', stream);
    return !ferror(stream);
}

static bool write_some_and_fail(const struct report *report, const struct report_style *style,
                                FILE *stream) {
    (void)report;
    (void)style;
    fputs("hel", stream);
    return false;
}

static const struct report_format hello = {"hello", "", write_hello, NULL, NULL};
static const struct report_format much = {"much", "", write_much, NULL, NULL};
static const struct report_format failing = {"failing", "", write_some_and_fail, NULL, NULL};

/* Saves an empty report; the message goes to `message`, "" without one. */
static bool save(const struct report_format *format, const char *path, char message[256]) {
    struct report report = sample_empty();
    const struct report_any any = {.kind = REPORT_OF_RUN, .of.run = &report};
    const struct report_style style = {0};
    struct errors errors = {0};
    bool saved = report_save(&any, format, &style, path, &errors);

    CU_ASSERT_EQUAL(saved, errors_none(&errors));
    CU_ASSERT_TRUE(errors.count <= 1);
    snprintf(message, 256, "%s", errors.count ? errors.entries[0].message : "");
    if (errors.count && errors.entries[0].file)
        CU_ASSERT_STRING_EQUAL(errors.entries[0].file, path);
    errors_clear(&errors);
    return saved;
}

static void create(const char *path, const char *text) {
    FILE *stream = fopen(path, "w");

    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    fputs(text, stream);
    fclose(stream);
}

static void check_content(const char *path, const char *expected) {
    char text[64] = "";
    FILE *stream = fopen(path, "r");
    size_t size;

    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    size = fread(text, 1, sizeof text - 1, stream);
    text[size] = '\0';
    fclose(stream);
    CU_ASSERT_STRING_EQUAL(text, expected);
}

/* How many entries `path` has; with `remove_them`, afterwards none. */
static unsigned entries(const char *path, bool remove_them) {
    DIR *directory = opendir(path);
    unsigned count = 0;
    struct dirent *entry;

    CU_ASSERT_PTR_NOT_NULL_FATAL(directory);
    while ((entry = readdir(directory))) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        count++;
        if (remove_them)
            unlinkat(dirfd(directory), entry->d_name, 0);
    }
    closedir(directory);
    return count;
}

static void test_a_new_file(void) {
    char message[256];
    struct stat status;
    mode_t mask = umask(027);

    CU_ASSERT_TRUE(save(&hello, "new.txt", message));
    umask(mask);
    check_content("new.txt", "hello\n");
    CU_ASSERT_EQUAL(entries(".", false), 1);
    CU_ASSERT_EQUAL_FATAL(stat("new.txt", &status), 0);
    CU_ASSERT_EQUAL(status.st_mode & 0777, 0640);
    CU_ASSERT_EQUAL(entries(".", true), 1);
}

static void test_an_old_file_is_replaced(void) {
    char message[256];

    create("old.txt", "what was there before, and longer\n");
    CU_ASSERT_TRUE(save(&hello, "./old.txt", message));
    check_content("old.txt", "hello\n");
    CU_ASSERT_EQUAL(entries(".", true), 1);
}

static void test_a_symbolic_link_stays_one(void) {
    char message[256];
    struct stat status;

    create("real.txt", "old\n");
    CU_ASSERT_EQUAL_FATAL(symlink("real.txt", "link.txt"), 0);
    CU_ASSERT_TRUE(save(&hello, "link.txt", message));
    check_content("real.txt", "hello\n");
    CU_ASSERT_EQUAL_FATAL(lstat("link.txt", &status), 0);
    CU_ASSERT_TRUE(S_ISLNK(status.st_mode));
    CU_ASSERT_EQUAL(entries(".", true), 2);
}

static void test_a_failing_writer_leaves_the_old_file(void) {
    char message[256];

    create("kept.txt", "kept\n");
    CU_ASSERT_FALSE(save(&failing, "kept.txt", message));
    CU_ASSERT_STRING_EQUAL(message, "cannot write the report: out of memory");
    check_content("kept.txt", "kept\n");
    CU_ASSERT_EQUAL(entries(".", true), 1);
}

/* The signal's default would end the test program. */
static void check_limited(const struct report_format *format, rlim_t limit, bool expected) {
    struct rlimit before, limited;
    struct sigaction action;
    char message[256];
    bool saved;

    create("kept.txt", "kept\n");
    CU_ASSERT_EQUAL_FATAL(getrlimit(RLIMIT_FSIZE, &before), 0);
    limited = before;
    limited.rlim_cur = limit;
    CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_FSIZE, &limited), 0);
    saved = save(format, "kept.txt", message);
    CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_FSIZE, &before), 0);
    CU_ASSERT_EQUAL(saved, expected);
    CU_ASSERT_STRING_EQUAL(message, expected ? "" : "cannot write the report: File too large");
    check_content("kept.txt", expected ? "hello\n" : "kept\n");
    CU_ASSERT_EQUAL(entries(".", true), 1);
    CU_ASSERT_EQUAL_FATAL(sigaction(SIGXFSZ, NULL, &action), 0);
    CU_ASSERT_TRUE(action.sa_handler == SIG_DFL);
}

static void test_a_file_size_limit_is_an_error(void) {
    check_limited(&much, 4096, false);
    check_limited(&much, MUCH - 1, false);
    check_limited(&hello, 5, false); /* fits the stream's buffer: shows in the flush alone */
    check_limited(&hello, 6, true);
}

/* A pipe is written to, and still there afterwards. */
static void check_pipe(void) {
    char message[256], text[16] = "";
    struct stat status;
    int reader;

    CU_ASSERT_EQUAL_FATAL(mkfifo("pipe", 0600), 0);
    reader = open("pipe", O_RDONLY | O_NONBLOCK);
    CU_ASSERT_TRUE_FATAL(reader >= 0);
    CU_ASSERT_TRUE(save(&hello, "pipe", message));
    CU_ASSERT_EQUAL(read(reader, text, sizeof text - 1), 6);
    CU_ASSERT_STRING_EQUAL(text, "hello\n");
    close(reader);
    CU_ASSERT_EQUAL_FATAL(lstat("pipe", &status), 0);
    CU_ASSERT_EQUAL(entries(".", true), 1);
    CU_ASSERT_TRUE_FATAL(S_ISFIFO(status.st_mode));
}

static void test_a_pipe_is_written_to(void) {
    check_pipe();
}

/* The pipe goes first: a report_save that replaces what it should write to would, run by root,
 * replace the machine's device. */
static void test_a_full_device_is_an_error(void) {
    char message[256];

    check_pipe();
    CU_ASSERT_FALSE(save(&hello, "/dev/full", message));
    CU_ASSERT_STRING_EQUAL(message, "cannot write the report: No space left on device");
    CU_ASSERT_FALSE(save(&much, "/dev/full", message));
    CU_ASSERT_STRING_EQUAL(message, "cannot write the report: No space left on device");
    CU_ASSERT_EQUAL(entries(".", true), 0);
}

/* What `path` as standard output makes of "-". */
static bool save_to_standard_output(const struct report_format *format, const char *path,
                                    char message[256]) {
    static char buffer[BUFSIZ];
    int kept, redirected;
    bool saved;

    fflush(stdout);
    kept = dup(STDOUT_FILENO);
    redirected = open(path, O_WRONLY | O_CREAT, 0600);
    CU_ASSERT_TRUE_FATAL(kept >= 0 && redirected >= 0);
    dup2(redirected, STDOUT_FILENO);
    setvbuf(stdout, buffer, _IOFBF,
            sizeof buffer); /* CUnit makes it unbuffered; in hvspec it is not */
    saved = save(format, "-", message);
    __fpurge(stdout); /* what could not be written must not reach the log */
    clearerr(stdout);
    setvbuf(stdout, NULL, _IONBF, 0);
    dup2(kept, STDOUT_FILENO);
    close(redirected);
    close(kept);
    return saved;
}

static void test_a_dash_is_standard_output(void) {
    char message[256];

    CU_ASSERT_TRUE(save_to_standard_output(&hello, "out.txt", message));
    check_content("out.txt", "hello\n");
    CU_ASSERT_EQUAL(entries(".", true), 1);
    CU_ASSERT_FALSE(save_to_standard_output(&much, "/dev/full", message));
    CU_ASSERT_STRING_EQUAL(message, "cannot write the report: No space left on device");
    CU_ASSERT_FALSE(save_to_standard_output(&hello, "/dev/full", message));
    CU_ASSERT_STRING_EQUAL(message, "cannot write the report: No space left on device");
}

static void test_places_that_cannot_be_written(void) {
    char message[256];

    CU_ASSERT_FALSE(save(&hello, "missing/report.txt", message));
    CU_ASSERT_STRING_EQUAL(message, "cannot create a file in this folder: "
                                    "No such file or directory");
    CU_ASSERT_FALSE(save(&hello, ".", message));
    CU_ASSERT_STRING_EQUAL(message, "cannot write the report: Is a directory");
    CU_ASSERT_FALSE(save(&hello, "", message));
    create("file.txt", "kept\n");
    CU_ASSERT_FALSE(save(&hello, "file.txt/report.txt", message));
    CU_ASSERT_STRING_EQUAL(message, "cannot write the report: Not a directory");
    check_content("file.txt", "kept\n");
    CU_ASSERT_EQUAL(entries(".", true), 1);
}

static const struct unit_test tests[] = {
    {"a new file, with the umask's permissions", test_a_new_file},
    {"an old file is replaced", test_an_old_file_is_replaced},
    {"a symbolic link stays one", test_a_symbolic_link_stays_one},
    {"a failing writer leaves the old file", test_a_failing_writer_leaves_the_old_file},
    {"a file-size limit is an error", test_a_file_size_limit_is_an_error},
    {"a pipe is written to", test_a_pipe_is_written_to},
    {"a full device is an error", test_a_full_device_is_an_error},
    {"a dash is standard output", test_a_dash_is_standard_output},
    {"places that cannot be written", test_places_that_cannot_be_written},
};

int main(void) {
    int result;

    if (!mkdtemp(folder) || chdir(folder) != 0)
        return 3;
    result = UNIT_RUN(tests);
    return chdir("/") == 0 && rmdir(folder) == 0 ? result : 3;
}
