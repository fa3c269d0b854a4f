/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz/fuzz.h"

#include "harness/scenario/scenario.h"

#include <stdlib.h>

/* Scenario files, up to their cases. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    struct scenario_set set = {0};
    struct errors errors = {0};

    if (scenario_load(&set, fuzz_file(bytes, size, ".yaml"), NULL, 1, &errors) !=
        errors_none(&errors))
        abort();
    scenario_set_clear(&set);
    errors_clear(&errors);
    return 0;
}
