/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tests/unit.h"
#include "reports/json/fields.h"

#include <stdlib.h>
#include <string.h>

/* A struct with a field of each kind. */
struct all {
    char *text, *required;
    const char *kept, *known;
    size_t size, limit;
    uint64_t count, address, hash;
    unsigned number;
    bool flag;
    uint32_t word;
};

static const struct field all_fields[] = {
    FIELD(struct all, "text", FIELD_TEXT, text),
    FIELD(struct all, "required", FIELD_REQUIRED, required),
    FIELD(struct all, "kept", FIELD_KEPT, kept),
    FIELD(struct all, "known", FIELD_KNOWN, known),
    FIELD(struct all, "size", FIELD_SIZE, size),
    FIELD(struct all, "limit", FIELD_LIMIT, limit),
    FIELD(struct all, "count", FIELD_COUNT, count),
    FIELD(struct all, "number", FIELD_NUMBER, number),
    FIELD(struct all, "flag", FIELD_BOOL, flag),
    FIELD(struct all, "word", FIELD_WORD, word),
    FIELD(struct all, "address", FIELD_ADDRESS, address),
    FIELD(struct all, "hash", FIELD_HASH, hash),
};

/* Written by hand: the order of the rows, and each kind's form. */
#define ALL                                                                                        \
    "{\"text\": null, \"required\": \"r\", \"kept\": \"k\", \"known\": null, \"size\": 7, "        \
    "\"limit\": null, \"count\": 4294967296, \"number\": 9, \"flag\": true, "                      \
    "\"word\": \"0x40000000\", \"address\": \"0x1040\", \"hash\": \"0x00000000000000ff\"}"

static struct all some(void) {
    static char required[] = "r";

    return (struct all){.required = required,
                        .kept = "k",
                        .size = 7,
                        .count = 0x100000000,
                        .number = 9,
                        .flag = true,
                        .word = 0x40000000,
                        .address = 0x1040,
                        .hash = 0xff};
}

static void test_written_in_order(void) {
    struct all all = some();
    json_t *object = fields_object(FIELDS(all_fields), &all);
    char *text = json_dumps(object, 0);

    CU_ASSERT_STRING_EQUAL(text, ALL);
    free(text);
    json_decref(object);
}

/* Reads `text`. False: the reader failed. */
static bool read_all(const char *text, struct all *all, struct report *report) {
    struct errors errors = {0};
    struct reader reader = {"x.json", report, &errors, false};
    json_t *object = json_loads(text, 0, NULL);

    CU_ASSERT_PTR_NOT_NULL_FATAL(object);
    fields_read(&reader, object, FIELDS(all_fields), all);
    CU_ASSERT_EQUAL(errors.count, reader.failed ? 1 : 0);
    json_decref(object);
    errors_clear(&errors);
    return !reader.failed;
}

static void test_read_back(void) {
    struct all all = {0};
    struct report report = {0};

    CU_ASSERT_TRUE(read_all(ALL, &all, &report));
    CU_ASSERT_PTR_NULL(all.text);
    CU_ASSERT_STRING_EQUAL(all.required, "r");
    CU_ASSERT_STRING_EQUAL(all.kept, "k");
    CU_ASSERT_PTR_NULL(all.known);
    CU_ASSERT_EQUAL(all.size, 7);
    CU_ASSERT_EQUAL(all.limit, 0);
    CU_ASSERT_EQUAL(all.count, 0x100000000);
    CU_ASSERT_EQUAL(all.number, 9);
    CU_ASSERT_TRUE(all.flag);
    CU_ASSERT_EQUAL(all.word, 0x40000000);
    CU_ASSERT_EQUAL(all.address, 0x1040);
    CU_ASSERT_EQUAL(all.hash, 0xff);
    free(all.required);
    report_clear(&report);
}

/* One field at a time is not as it should be. */
static void test_wrong_fields_are_refused(void) {
    static const struct {
        const char *from, *to;
    } rows[] = {
        {"\"required\": \"r\"", "\"required\": null"},
        {"\"kept\": \"k\"", "\"kept\": null"},
        {"\"known\": null", "\"known\": 1"},
        {"\"size\": 7", "\"size\": -7"},
        {"\"limit\": null", "\"limit\": \"none\""},
        {"\"number\": 9", "\"number\": 4294967296"},
        {"\"flag\": true", "\"flag\": 1"},
        {"0x40000000", "0x140000000"},
        {"0x1040", "1040"},
        {"\"text\": null, ", ""},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *at = strstr(ALL, rows[i].from);
        struct all all = {0};
        struct report report = {0};
        char *text = NULL;

        CU_ASSERT_PTR_NOT_NULL_FATAL(at);
        CU_ASSERT_TRUE_FATAL(asprintf(&text, "%.*s%s%s", (int)(at - ALL), ALL, rows[i].to,
                                      at + strlen(rows[i].from)) >= 0);
        CU_ASSERT_FALSE(read_all(text, &all, &report));
        free(text);
        free(all.text);
        free(all.required);
        report_clear(&report);
    }
}

static const struct unit_test tests[] = {
    {"fields are written in the order of the rows", test_written_in_order},
    {"and read back", test_read_back},
    {"wrong fields are refused", test_wrong_fields_are_refused},
};

int main(void) {
    return UNIT_RUN(tests);
}
