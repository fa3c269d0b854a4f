/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/memstream.h"
#include "harness/suite/internal.h"

#include <stdio.h>
#include <stdlib.h>

#define ASSUMED_TOLD 12u /* places of undefined data; more are counted */

/* "boot_cpu_data+0x24, pv_ops+0": where undefined data was read, in order. False: out of memory. */
static bool suite_write_assumed(FILE *stream, const struct image *image, const uint64_t *addresses,
                                size_t count) {
    size_t told = 0;

    for (size_t i = 0; i < count; i++) {
        const struct image_import *import = image_undefined_at(image, addresses[i]);

        if (!import)
            continue;
        if (told < ASSUMED_TOLD)
            fprintf(stream, "%s%s+%#llx", told > 0 ? ", " : "", import->name,
                    (unsigned long long)(addresses[i] - import->data));
        told++;
    }
    if (told > ASSUMED_TOLD)
        fprintf(stream, " and %zu more", told - ASSUMED_TOLD);
    return told > 0;
}

/* What was taken for granted of undefined data, so that nobody takes the verdict for more. */
bool suite_fill_assumed(const struct suite *suite, size_t probe, struct report_probe *out) {
    const struct image *image = suite->probes[probe]->image;
    char *text = NULL;
    size_t size = 0;
    FILE *stream;
    bool any;

    if (image->undefined_last == 0 || suite->sites_counts[probe] == 0)
        return true;
    stream = open_memstream(&text, &size);
    if (!stream)
        return false;
    fputs("assumed: undefined data reads as zero: ", stream);
    any = suite_write_assumed(stream, image, suite->sites[probe], suite->sites_counts[probe]);
    if (!memstream_close(stream, &text)) {
        free(text);
        return false;
    }
    if (any)
        return suite_add_note(out, text);
    free(text);
    return true;
}
