/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/image/internal.h"
#include "emulator/image/tests/image_fixture.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Archives, made here around a fixture's object, and files that are none of ours. */
static char path[] = HVSPEC_TEST_BINARY "/archive-XXXXXX";

static void write_file(const void *bytes, size_t size) {
    FILE *stream = fopen(path, "wb");

    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    CU_ASSERT_EQUAL(fwrite(bytes, 1, size, stream), size);
    CU_ASSERT_EQUAL(fclose(stream), 0);
}

/* Loads the file; NULL with `message` in what was noted, unless that is NULL. */
static struct image *load(const struct image_request *request, const char *message) {
    struct errors errors = {0};
    struct image *image = image_load(path, request, &errors);

    CU_ASSERT_EQUAL(image == NULL, message != NULL);
    if (message) {
        CU_ASSERT_EQUAL(errors.count, 1);
        if (errors.count > 0 && !strstr(errors.entries[0].message, message)) {
            printf("\n    '%s', not '%s'", errors.entries[0].message, message);
            CU_FAIL("another message");
        }
    } else if (errors.count > 0) {
        printf("\n    %s", errors.entries[0].message);
    }
    errors_clear(&errors);
    return image;
}

/* Appends a member with a name as the header holds it. */
static size_t append(uint8_t *archive, size_t at, const char *name, const void *bytes,
                     size_t size) {
    at += (size_t)sprintf((char *)archive + at, "%-16s%-12d%-6d%-6d%-8d%-10zu`\n", name, 0, 0, 0,
                          644, size);
    memcpy(archive + at, bytes, size);
    at += size;
    if (size & 1)
        archive[at++] = '\n';
    return at;
}

static void test_archive(void) {
    static const char names[] = "a-name-that-is-too-long-for-the-header.o/\n";
    static const struct {
        const char *name;   /* in the header */
        const char *member; /* that it stands for */
    } rows[] = {
        {"short.o/", "short.o"},
        {"bsd.o", "bsd.o"},
        {"/0", "a-name-that-is-too-long-for-the-header.o"},
    };
    struct errors errors = {0};
    size_t size;
    uint8_t *object = image_read_file(FIXTURE("relocations64.o"), &size, &errors);
    uint8_t *archive = malloc(size + 4096);

    CU_ASSERT_PTR_NOT_NULL_FATAL(object);
    CU_ASSERT_PTR_NOT_NULL_FATAL(archive);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct image_request request = {.entry = "calls"};
        struct image *image;
        size_t at = (size_t)sprintf((char *)archive, "!<arch>\n");

        at = append(archive, at, "/", "\0\0\0\0", 4);
        at = append(archive, at, "//", names, sizeof names - 1);
        at = append(archive, at, "text.txt/", "no object", 9);
        at = append(archive, at, rows[i].name, object, size);
        write_file(archive, at);
        image = load(&request, NULL);
        if (image) {
            CU_ASSERT_STRING_EQUAL(image->member, rows[i].member);
            CU_ASSERT_PTR_NOT_NULL(image_find_symbol(image, "calls"));
            CU_ASSERT_EQUAL(image->imports_count, 1);
        }
        image_free(image);
        request = (struct image_request){.entry = "nothing", .member = rows[i].member};
        image_free(load(&request, NULL));
        request = (struct image_request){.entry = "nothing"};
        load(&request, "no member of the archive defines a function 'nothing'");
        request = (struct image_request){.member = "other.o"};
        load(&request, "the archive has no member 'other.o'");
        request = (struct image_request){.member = "text.txt"};
        load(&request, "this is text");
        request = (struct image_request){.entry = NULL};
        load(&request, "name the function to call");
        write_file(archive, at - 100);
        load(&request, "the archive is broken");
    }
    free(object);
    free(archive);
}

static void test_kinds(void) {
    static const struct {
        const char *bytes;
        size_t size;
        const char *message;
    } rows[] = {
#define KIND(bytes, message) {bytes, sizeof(bytes) - 1, message}
        KIND("\x1f\x8b\x08", "gunzip"),
        KIND("\xfd"
             "7zXZ\0",
             "unxz"),
        KIND("\x28\xb5\x2f\xfd", "unzstd"),
        KIND("BC\xc0\xde", "LLVM's intermediate code"),
        KIND("\xcf\xfa\xed\xfe", "a Mach-O file"),
        KIND("# libx.la - a libtool library file\n", "libtool's description"),
        KIND("# a comment\n", "this is text"),
        KIND("#!/bin/sh\n", "a script"),
        KIND("/* GNU ld script */", "a linker's script"),
        KIND("\0asm\1\0\0\0", "WebAssembly"),
        KIND("", "the file is empty"),
#undef KIND
    };
    static const struct image_request request = {.entry = "calls"};
    uint8_t kernel[0x210] = {0};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        write_file(rows[i].bytes, rows[i].size);
        load(&request, rows[i].message);
    }
    memcpy(kernel, "MZ", 2);
    memcpy(kernel + 0x202, "HdrS", 4);
    write_file(kernel, sizeof kernel);
    load(&request, "bzImage");
}

static const struct unit_test tests[] = {
    {"Archives", test_archive},
    {"Files of other kinds", test_kinds},
};

int main(void) {
    int descriptor = mkstemp(path), result;

    if (descriptor < 0)
        return 1;
    close(descriptor);
    result = UNIT_RUN(tests);
    unlink(path);
    return result;
}
