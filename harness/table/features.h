/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_TABLE_FEATURES_H
#define HVSPEC_HARNESS_TABLE_FEATURES_H

#include "harness/table/view.h"
#include "reports/model/report.h"

/* How a leaf's registers are told beside its meaning. */
enum feature_value {
    FEATURE_PLAIN,   /* EAX as a number */
    FEATURE_KHZ,     /* EAX: the TSC's frequency, EBX: the bus's */
    FEATURE_TEXT,    /* EAX: four characters */
    FEATURE_VERSION, /* EAX: major and minor, 16 bits each */
    FEATURE_BUILD    /* EBX: major and minor, 16 bits each; EAX: the build */
};

/* What is known of one leaf. */
struct feature_row {
    const char *vendor; /* twelve bytes of signature; NULL: whoever the vendor is */
    uint32_t leaf;
    enum feature_value value;
    const char *meaning;
    const char *source; /* where that is defined */
};

extern const struct feature_row feature_rows[];
extern const size_t feature_rows_count;

/* What the bits of one register mean, where they are known. */
struct feature_bits {
    const char *vendor; /* as above */
    uint32_t leaf;
    enum cpuid_register in;
    uint32_t numbers;      /* bits that are no features each */
    const char *names[32]; /* NULL: not known */
};

extern const struct feature_bits feature_bits[];
extern const size_t feature_bits_count;

/* The row for a leaf of this table: the vendor's own ahead of everybody's. NULL: nothing is known.
 */
const struct feature_row *feature_find(const struct table_view *view, uint32_t leaf);

/* Whose range the leaf lies in, as the mail gives them out: "VMware's"; static. */
const char *feature_range(uint32_t leaf);

/* Leaf 0x40000000's signature as text, that the caller frees: what does not print is a full stop,
 * and zero bytes at the end are left out. NULL: out of memory. */
char *feature_vendor(const struct cpuid_values *base);

/* What the leaf holds, by the row (NULL: none), as text that the caller frees. NULL: out of memory.
 */
char *feature_text(const struct feature_row *row, const struct dump_row *leaf);

/* The bits that are set in registers whose bits have known meanings, into the feature. False: out
 * of memory. */
bool feature_take_bits(const struct table_view *view, const struct dump_row *leaf,
                       struct report_feature *feature);

#endif
