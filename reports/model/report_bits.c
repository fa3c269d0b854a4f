/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/model/report.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static void bits_add(FILE *stream, const struct report_feature *feature, size_t index) {
    const struct report_bit *bit = &feature->bits[index];
    const struct report_bit *last = index > 0 ? bit - 1 : NULL;

    if (last && strcmp(last->in, bit->in) == 0) {
        fputs(", ", stream);
    } else {
        if (last)
            fputs("; ", stream);
        for (const char *c = bit->in; *c; c++)
            fputc(toupper((unsigned char)*c), stream);
        fputs(": ", stream);
    }
    if (bit->name)
        fputs(bit->name, stream);
    else
        fprintf(stream, "bit %u of no known meaning", bit->bit);
}

void report_write_bits(FILE *stream, const struct report_feature *feature) {
    for (size_t i = 0; i < feature->bits_count; i++)
        bits_add(stream, feature, i);
}
