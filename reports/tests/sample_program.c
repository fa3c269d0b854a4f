/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/tests/sample_report.h"

#include <string.h>

/* sample_report FORMAT NAME: writes the sample to standard output, for tests that other programs
 * judge. Without arguments: the samples' names, a line each. */
int main(int argc, char **argv) {
    const struct report_format *format = argc == 3 ? report_format_find(argv[1]) : NULL;
    const struct report_style style = {0};

    for (size_t i = 0; i < samples_count; i++) {
        if (argc == 1) {
            puts(samples[i].name);
        } else if (format && strcmp(samples[i].name, argv[2]) == 0) {
            struct report report = samples[i].make();
            bool written = format->write(&report, &style, stdout);

            report_clear(&report);
            return written ? 0 : 3;
        }
    }
    return argc == 1 ? 0 : 2;
}
