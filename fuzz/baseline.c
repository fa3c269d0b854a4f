/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz/fuzz.h"

#include "harness/baseline/baseline.h"

#include <stdlib.h>
#include <string.h>

/* Baselines; what is read is written, and reads the same again. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    struct baseline baseline = {0}, again = {0};
    struct errors errors = {0};
    bool good = baseline_parse("input", (const char *)bytes, size, &baseline, &errors);

    if (good != errors_none(&errors))
        abort();
    if (good) {
        char *text = baseline_text(&baseline), *twice;

        if (!text || !baseline_parse("again", text, strlen(text), &again, &errors))
            abort();
        twice = baseline_text(&again);
        if (!twice || strcmp(text, twice) != 0)
            abort();
        free(text);
        free(twice);
    }
    baseline_clear(&baseline);
    baseline_clear(&again);
    errors_clear(&errors);
    return 0;
}
