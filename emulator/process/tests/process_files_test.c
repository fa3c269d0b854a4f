/* SPDX-License-Identifier: GPL-2.0-or-later */

/* What a process may read: nothing outside its root or the list, whatever `..`, symbolic links and
 * files that are none say. */
#include "base/tests/unit.h"
#include "emulator/process/files.h"
#include "emulator/process/process.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BASE HVSPEC_TEST_BINARY "/process-files"
#define INSIDE "inside"

static void put(const char *path, const char *text) {
    FILE *stream = fopen(path, "w");

    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    fputs(text, stream);
    fclose(stream);
}

static void link_to(const char *target, const char *path) {
    unlink(path);
    CU_ASSERT_EQUAL(symlink(target, path), 0);
}

/* BASE/secret lies outside of BASE/tree, and all that is asked for within it. */
static void make_tree(void) {
    mkdir(BASE, 0777);
    mkdir(BASE "/tree", 0777);
    mkdir(BASE "/tree/folder", 0777);
    put(BASE "/secret", "secret");
    put(BASE "/tree/file", INSIDE);
    put(BASE "/tree/program", "");
    put(BASE "/tree/beside.so", INSIDE);
    link_to("file", BASE "/tree/link");
    link_to("/file", BASE "/tree/absolute");
    link_to("..", BASE "/tree/folder/up");
    link_to("../secret", BASE "/tree/out");
    link_to("../../../../../../../../../etc/passwd", BASE "/tree/far");
    link_to(BASE "/secret", BASE "/tree/host");
    link_to("/etc/passwd", BASE "/tree/passwd.so");
    link_to("../secret", BASE "/tree/secret.so");
    link_to("/proc/self/fd/0", BASE "/tree/magic");
    link_to("loop", BASE "/tree/loop");
    unlink(BASE "/tree/pipe");
    CU_ASSERT_EQUAL(mkfifo(BASE "/tree/pipe", 0666), 0);
}

struct files_row {
    const char *path; /* "@": BASE, as it is without links */
    int error;        /* 0: it is INSIDE */
};

static void check_rows(const char *root, const struct files_row *rows, size_t count) {
    const struct process_start start = {.path = BASE "/tree/program", .sysroot = root};
    static struct files files;

    char base[FILES_PATH_MAX], path[2 * FILES_PATH_MAX];

    make_tree();
    CU_ASSERT_PTR_NOT_NULL_FATAL(realpath(BASE, base));
    CU_ASSERT_TRUE_FATAL(files_open(&files, &start));
    for (size_t i = 0; i < count; i++) {
        bool is_base = rows[i].path[0] == '@';
        int found;

        snprintf(path, sizeof path, "%s%s", is_base ? base : "", rows[i].path + is_base);
        found = files_find(&files, path);

        if (rows[i].error ? found != -rows[i].error : found < 0)
            printf("\n%s: %d\n", rows[i].path, found);
        if (rows[i].error) {
            CU_ASSERT_EQUAL(found, -rows[i].error);
            continue;
        }
        CU_ASSERT_TRUE_FATAL(found >= 0);
        CU_ASSERT_EQUAL(files.files[found].size, strlen(INSIDE));
        CU_ASSERT_EQUAL(memcmp(files.files[found].bytes, INSIDE, strlen(INSIDE)), 0);
    }
    files_close(&files);
}

static void test_root(void) {
    static const struct files_row rows[] = {
        {"/file", 0},
        {"//folder/./../file", 0},
        {"/link", 0},
        {"/absolute", 0},
        {"/folder/up/file", 0},
        {"/folder/up/up/../../../../file", 0},
        {"/../../../../../../../../../../file", 0},
        {"/secret", ENOENT},
        {"/../secret", ENOENT},
        {"/folder/up/../secret", ENOENT},
        {"/out", ENOENT},
        {"/far", ENOENT},
        {"/host", ENOENT},
        {"/passwd.so", ENOENT},
        {"/magic", ENOENT},
        {"/loop", ELOOP},
        {"/pipe", EACCES},
        {"@/secret", ENOENT},
    };

    check_rows(BASE "/tree", rows, sizeof rows / sizeof *rows);
}

/* Where the root is this system's: libraries beside the program, and the system's own, and no more.
 */
static void test_system(void) {
    static const struct files_row rows[] = {
        {"@/tree/beside.so", 0},
        {"@/tree/folder/../beside.so", 0},
        {"@/tree/file", ENOENT},
        {"@/secret", ENOENT},
        {"@/tree/passwd.so", EACCES},
        {"@/tree/secret.so", EACCES},
        {"@/tree/../secret.so", ENOENT},
        {"/etc/passwd", ENOENT},
        {"/etc/shadow", ENOENT},
        {"/usr/lib/../../etc/passwd", ENOENT},
        {"/usr/library", ENOENT},
        {"/proc/self/environ", ENOENT},
        {"/proc/1/root/etc/passwd", ENOENT},
        {"/dev/mem", ENOENT},
    };

    check_rows(NULL, rows, sizeof rows / sizeof *rows);
}

static void test_clean(void) {
    static const char *const rows[][2] = {{"", "/"},
                                          {"/", "/"},
                                          {"a", "/a"},
                                          {"/a//b/./c", "/a/b/c"},
                                          {"/a/b/../c", "/a/c"},
                                          {"/../..", "/"},
                                          {"/a/../../b", "/b"},
                                          {"/...", "/..."},
                                          {"/a/..b", "/a/..b"}};
    char clean[FILES_PATH_MAX], lengthy[FILES_PATH_MAX + 8];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CU_ASSERT_TRUE(files_clean(rows[i][0], clean));
        CU_ASSERT_STRING_EQUAL(clean, rows[i][1]);
    }
    memset(lengthy, 'a', sizeof lengthy - 1);
    lengthy[sizeof lengthy - 1] = '\0';
    CU_ASSERT_FALSE(files_clean(lengthy, clean));
}

static const struct unit_test tests[] = {
    {"Beneath a root", test_root},
    {"On this system", test_system},
    {"Paths without . and ..", test_clean},
};

int main(void) {
    return UNIT_RUN(tests);
}
