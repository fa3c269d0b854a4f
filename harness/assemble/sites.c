/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/suite/internal.h"

#include "emulator/decode/disassembly.h"
#include "harness/assemble/place.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The CPUIDs of the code in the report, and which of them were reached. */

static int suite_compare_addresses(const void *a, const void *b) {
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

    return (left > right) - (left < right);
}

void suite_sort_sites(const struct suite *suite, size_t probe) {
    if (suite->sites_counts[probe] > 1)
        qsort(suite->sites[probe], suite->sites_counts[probe], sizeof *suite->sites[probe],
              suite_compare_addresses);
}

/* Whether both are the same code at the same addresses. */
static bool suite_shares_code(const struct image *a, const struct image *b) {
    return strcmp(a->sha256, b->sha256) == 0 && a->mode == b->mode && a->bias == b->bias &&
           a->segments_count > 0 && b->segments_count > 0 &&
           a->segments[0].address == b->segments[0].address;
}

/* By any probe of that code: a file that has several is each one's in turn. */
static bool suite_was_reached(const struct suite *suite, size_t probe, uint64_t address) {
    for (size_t other = 0; other < suite->probes_count; other++) {
        if (!suite_shares_code(suite->probes[probe]->image, suite->probes[other]->image))
            continue;
        for (size_t i = 0; i < suite->sites_counts[other]; i++) {
            if (suite->sites[other][i] == address)
                return true;
        }
    }
    return false;
}

static bool suite_fill_site(const struct suite *suite, size_t probe, uint64_t address,
                            struct source_line *source, struct report_site *site) {
    const struct place place = place_of(NULL, 0, address);

    site->address = address;
    site->reached = suite_was_reached(suite, probe, address);
    return place_symbol(suite->probes[probe]->image, address, &site->symbol) &&
           place_source(&place, source, &site->source);
}

/* Sites found in the file, and those that were executed all the same (code that was made at run
 * time, or that no symbol leads to). */
bool suite_fill_sites(const struct suite *suite, size_t probe, struct disassembly *disassembly,
                      struct source_line *source, struct report_probe *out) {
    uint64_t *found = NULL;
    size_t count = 0;
    bool done = disassembly_cpuid_sites(disassembly, suite->probes[probe]->image, &found, &count);

    out->sites = done ? calloc(count + 1, sizeof *out->sites) : NULL;
    done = out->sites != NULL;
    for (size_t i = 0; done && i < count; i++)
        done = suite_fill_site(suite, probe, found[i], source, &out->sites[out->sites_count++]);
    free(found);
    return done;
}
