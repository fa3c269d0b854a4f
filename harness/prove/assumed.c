/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/memstream.h"
#include "harness/prove/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a proof took for granted of undefined data, so that nobody takes it for more. */

#define ASSUMED_TOLD 12u /* places; more are counted */

static int assumed_compare(const void *a, const void *b) {
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

    return (left > right) - (left < right);
}

void prove_note_assumed(struct prover *prover) {
    const uint64_t *addresses;
    size_t count = machine_assumed(prover->machine, &addresses);

    for (size_t i = 0; i < count; i++) {
        bool known = false;

        for (size_t k = 0; k < prover->assumed_count && !known; k++)
            known = prover->assumed[k] == addresses[i];
        if (!known && prover->assumed_count < MACHINE_ASSUMED_MAX)
            prover->assumed[prover->assumed_count++] = addresses[i];
    }
}

/* "boot_cpu_data+0x24, pv_ops+0": the first of bytes that lie side by side. */
static void assumed_write(FILE *stream, const struct image *image, const uint64_t *addresses,
                          size_t count) {
    size_t told = 0;

    for (size_t i = 0; i < count; i++) {
        const struct image_import *import = image_undefined_at(image, addresses[i]);

        if (!import ||
            (i > 0 && addresses[i] == addresses[i - 1] + 1 && addresses[i] != import->data))
            continue;
        if (told < ASSUMED_TOLD)
            fprintf(stream, "%s%s+%#llx", told > 0 ? ", " : "", import->name,
                    (unsigned long long)(addresses[i] - import->data));
        told++;
    }
    if (told > ASSUMED_TOLD)
        fprintf(stream, " and %zu more", told - ASSUMED_TOLD);
}

bool prove_tell_assumed(struct prover *prover) {
    char *text = NULL;
    size_t size = 0;
    FILE *stream;

    if (prover->assumed_count == 0)
        return true;
    stream = open_memstream(&text, &size);
    if (!stream)
        return false;
    qsort(prover->assumed, prover->assumed_count, sizeof *prover->assumed, assumed_compare);
    fputs("undefined data reads as zero: ", stream);
    assumed_write(stream, prover->probe->image, prover->assumed, prover->assumed_count);
    if (!memstream_close(stream, &text)) {
        free(text);
        return false;
    }
    prover->result->assumed = text;
    return true;
}
