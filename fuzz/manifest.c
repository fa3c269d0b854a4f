/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz/fuzz.h"

#include "harness/probe/probe.h"

#include <stdlib.h>

/* Manifests; the files that they name are as a rule not there. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    const struct probe_options options = {0};
    struct probe **probes = NULL;
    struct errors errors = {0};
    size_t count = 0;

    if (probe_load(fuzz_file(bytes, size, ".yaml"), &options, &probes, &count, &errors) !=
        errors_none(&errors))
        abort();
    for (size_t i = 0; i < count; i++)
        probe_free(probes[i]);
    free(probes);
    errors_clear(&errors);
    return 0;
}
