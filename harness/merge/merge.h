/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_MERGE_MERGE_H
#define HVSPEC_HARNESS_MERGE_MERGE_H

#include "base/errors.h"
#include "harness/spec/rules.h"
#include "reports/model/report.h"

/*
 * Reports of shards as the report of the whole run, the same in every byte. A shard of check takes
 * cases in turn, so the k-th case of part i of n is the whole run's (i - 1 + k * n)-th, whatever it
 * is, but for tables, which every part judges whole; one of audit takes instructions in turn, one
 * of hunt searches, and one of sweep values in one piece.
 */

/* What a file is, by its first look: the report of a run, an audit or a hunt. False with errors
 * noted: it is no JSON. What is none of them is taken for a run's, whose reader says so. */
bool merge_recognise(const char *path, enum report_kind *kind, struct errors *errors);

/* Reads and joins all parts of an audit or a hunt into `whole`, zeroed by the caller and to be
 * cleared either way. False with errors noted. */
struct audit_report;
bool merge_audits(const char *const *paths, size_t count, struct audit_report *whole,
                  struct errors *errors);
struct hunt_report;
bool merge_hunts(const char *const *paths, size_t count, struct hunt_report *whole,
                 struct errors *errors);

/* Fills `whole`, zeroed by the caller, from `count` reports, one for each part in any order. It
 * borrows from them and takes over what they own: they are to be cleared after it, and not used
 * otherwise. False with errors noted: parts are missing or there twice, or they are not of one run.
 */
bool merge_reports(struct report *parts, const char *const *paths, size_t count,
                   struct report *whole, struct errors *errors);

/* Leaves only the selected rules in the report of a whole run, and judges its probes by these.
 * False with an error noted: it has none of them. */
bool merge_leave_rules(struct report *whole, const bool selected[RULES], struct errors *errors);

#endif
