/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_TABLE_IMPORT_H
#define HVSPEC_HARNESS_TABLE_IMPORT_H

#include "harness/table/set.h"

/* Writes the table's first processor as a scenario file that lints, with questions and what the
 * spec function says of them. False: the stream failed, or no processor shows leaf 0x40000000. */
bool table_import(const struct table_subject *subject, FILE *stream);

#endif
