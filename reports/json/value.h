/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_REPORTS_JSON_VALUE_H
#define HVSPEC_REPORTS_JSON_VALUE_H

#include "reports/model/report.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * JSON values for the writers whose format is JSON. Building goes on after memory ran out: the
 * value under construction is failed, which `ok` remembers, and json_finish drops it.
 */

/* Adds a field. Takes the value, whose making may have failed. */
void json_put(json_t *object, bool *ok, const char *key, json_t *value);

/* The same at the end of an array. */
void json_add(json_t *array, bool *ok, json_t *value);

/* The value when all of it was made, else NULL. */
json_t *json_finish(json_t *value, bool ok);

/* Any text as a string of valid UTF-8; NULL becomes null. NULL: out of memory. */
json_t *json_text(const char *text);

/* A number as text, "0x0040", of at least that many digits: how leaves, registers and addresses are
 * read, and 64 bits are more than many readers keep exact. NULL: out of memory. */
json_t *json_hex(uint64_t value, int digits);

/* 32 bits as text, "0x40000000": how they are read. NULL: out of memory. */
json_t *json_word(uint32_t word);

/* statement.c: what the caller said of a probe. NULL: out of memory. */
json_t *json_statements(const struct report_statement *statements, size_t count);

/* A seed: an integer as long as every reader keeps it exact, else a string of digits. */
json_t *json_seed(uint64_t seed);

#endif
