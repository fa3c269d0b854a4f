/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/probe/internal.h"

#include <string.h>

/*
 * Code that compilers have had look up each access in memory of a runtime's own, which maps it at
 * an address that is agreed on. Without that runtime such code faults at once, and it would be
 * blamed for it. A row is told by the beginning of a symbol that only such code leaves undefined;
 * the outlined forms, which only call functions, are provided.
 */
static const struct {
    const char *prefix, *what, *flag;
} instrumented_rows[] = {
    {"__asan_report_", "AddressSanitizer", "address"},
    {"__asan_option_detect_stack_use_after_return", "AddressSanitizer", "address"},
    {"__asan_shadow_memory_dynamic_address", "AddressSanitizer", "address"},
    {"__hwasan_", "HWAddressSanitizer", "hwaddress"},
    {"__msan_", "MemorySanitizer", "memory"},
    {"__dfsan_", "DataFlowSanitizer", "dataflow"},
};

bool probe_check_instrumented(const struct probe *probe, struct errors *errors) {
    const struct image *image = probe->image;

    for (size_t i = 0; i < image->imports_count; i++) {
        const char *name = image->imports[i].name;

        for (size_t k = 0; k < sizeof instrumented_rows / sizeof *instrumented_rows; k++) {
            if (strncmp(name, instrumented_rows[k].prefix, strlen(instrumented_rows[k].prefix)) ==
                0)
                return errors_add(errors, probe->path, 0, 0,
                                  "built with %s, whose runtime is not here ('%s' is undefined): "
                                  "build it without -fsanitize=%s",
                                  instrumented_rows[k].what, name, instrumented_rows[k].flag);
        }
    }
    return true;
}
