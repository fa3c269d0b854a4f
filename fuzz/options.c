/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz/fuzz.h"

#include "harness/cli/command.h"

#include <stdlib.h>
#include <string.h>

/* Command lines: the first byte chooses the command, zero bytes end arguments. */
#define OPTIONS_ARGUMENTS 64

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    char *text = calloc(size + 1, 1), *arguments[OPTIONS_ARGUMENTS + 1] = {NULL};
    struct command_line line = {0};
    struct errors errors = {0};
    int count = 0;

    if (!text)
        abort();
    if (size > 0) {
        memcpy(text, bytes, size);
        for (size_t at = 1; at < size && count < OPTIONS_ARGUMENTS; at += strlen(text + at) + 1)
            arguments[count++] = text + at;
        if (command_line_parse(commands[bytes[0] % commands_count], count, arguments, &line,
                               &errors) != errors_none(&errors))
            abort();
        command_line_clear(&line);
    }
    free(text);
    errors_clear(&errors);
    return 0;
}
