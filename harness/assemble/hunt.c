/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/memstream.h"
#include "harness/suite/internal.h"

#include "harness/spec/found.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "300024", or "12345 of 300000" where fewer were made. */
static void hunt_print_runs(FILE *stream, const struct suite_hunt *hunt) {
    fprintf(stream, "%" PRIu64, hunt->runs);
    if (hunt->runs < hunt->wanted)
        fprintf(stream, " of %" PRIu64, hunt->wanted);
}

static void hunt_print(FILE *stream, const struct suite_hunt *hunt, uint64_t seed) {
    if (hunt->runs == 0) {
        fputs("no short hunt was made: no rule that is judged can fail the run", stream);
        return;
    }
    fputs("a short hunt beside the cases (", stream);
    hunt_print_runs(stream, hunt);
    fprintf(stream, " runs%s, seed %" PRIu64 ")%s found ",
            hunt->runs < hunt->wanted && hunt->finds == 0 ? ", which cost much" : "", seed,
            hunt->solver ? " and a solver" : "");
    if (hunt->finds == 0)
        fputs("nothing", stream);
    else
        fprintf(stream, "%" PRIu64 " table%s that break%s a rule: %s", hunt->finds,
                hunt->finds == 1 ? "" : "s", hunt->finds == 1 ? "s" : "", SPEC_FOUND);
    if (hunt->unjudged > 0)
        fprintf(stream,
                "; %" PRIu64 " table%s could not be judged (--hunt-runs 0 leaves the hunt out)",
                hunt->unjudged, hunt->unjudged == 1 ? "" : "s");
}

bool suite_fill_hunt(const struct suite *suite, size_t probe, struct report_probe *out) {
    const bool made = suite->options->hunts && !suite_is_unstarted(suite, probe);
    const struct suite_hunt *hunt = made ? &suite->options->hunts[probe] : NULL;
    char *text = NULL;
    size_t size = 0;
    FILE *stream;

    if (!hunt)
        return true;
    out->hunt = (struct report_hunt){hunt->wanted, hunt->runs, hunt->finds, hunt->solver};
    stream = open_memstream(&text, &size);
    if (!stream)
        return false;
    hunt_print(stream, hunt, suite->options->seed);
    if (memstream_close(stream, &text))
        return suite_add_note(out, text);
    free(text);
    return false;
}
