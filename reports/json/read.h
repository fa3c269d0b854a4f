/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_REPORTS_JSON_READ_H
#define HVSPEC_REPORTS_JSON_READ_H

#include "base/errors.h"
#include "reports/model/report.h"

#include <jansson.h>

/*
 * Fields of a JSON file that may be anybody's: the first that is not as it should be is named, and
 * reading goes on, so that what was read can be cleared. Values asked of a NULL object fail too.
 */
struct reader {
    const char *path;
    struct report *report; /* what borrows; NULL: nothing may */
    struct errors *errors;
    bool failed;
};

/* The file's document, for the caller to release. NULL with an error noted. */
json_t *reader_load(struct reader *reader);

void reader_fail(struct reader *reader, const char *key);

/* NULL: it is not there, or of another type. */
json_t *read_field(struct reader *reader, json_t *object, const char *key, json_type type);

/* Owned by whoever asks. NULL for null, and after a failure. */
char *read_text(struct reader *reader, json_t *object, const char *key);

/* The same of text that is not null. */
char *read_required(struct reader *reader, json_t *object, const char *key);

/* Text that is not null, and that the report only borrows. */
const char *read_borrowed(struct reader *reader, const char *text, const char *key);

uint64_t read_size(struct reader *reader, json_t *object, const char *key);

bool read_bool(struct reader *reader, json_t *object, const char *key);

/* As json_seed writes it, under "seed". */
uint64_t read_seed(struct reader *reader, json_t *object);

/* "0x1040". */
uint64_t read_hex(struct reader *reader, json_t *object, const char *key, uint64_t highest);

/* "0x40000000". */
uint32_t read_word(struct reader *reader, json_t *object, const char *key);

/* Room for an array's elements, zeroed; *count is how many. Never NULL unless it failed. */
void *read_room(struct reader *reader, json_t *array, size_t element, const char *key,
                size_t *count);

/* read_table.c: leaves, and what a table has of its own. */
void read_leaves(struct reader *reader, json_t *object, struct report_leaf **leaves, size_t *count);
void read_table(struct reader *reader, json_t *object, struct report_probe *probe);

/* statement.c: under "stated", as json_statements writes it. */
void read_statements(struct reader *reader, json_t *object, struct report_statement **statements,
                     size_t *count);

/* json_read_sweep.c: a probe's sweeps, when it has any. */
void read_sweeps(struct reader *reader, json_t *object, struct report_probe *probe);

#endif
