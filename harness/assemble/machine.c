/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/memstream.h"
#include "emulator/decode/disassembly.h"
#include "harness/assemble/place.h"
#include "harness/suite/internal.h"

#include <stdio.h>
#include <stdlib.h>

#define MACHINE_TOLD 4u /* instructions; more are counted */

/* "sidt [rsp - 0x10] at detect+0x12, ...": those of the sites that give what is the machine's. */
static bool machine_write(FILE *stream, const struct image *image, struct disassembly *disassembly,
                          const uint64_t *sites, size_t count, size_t *told) {
    for (size_t i = 0; i < count; i++) {
        struct disassembly_instruction instruction;
        size_t available = 0;
        const uint8_t *bytes = image_bytes(image, sites[i], &available);
        char *symbol;

        if (!bytes || available == 0)
            continue;
        disassembly_decode(disassembly, bytes, available, sites[i], &instruction);
        if (instruction.class != DISASSEMBLY_MACHINE || (*told)++ >= MACHINE_TOLD)
            continue;
        if (!place_symbol(image, sites[i], &symbol))
            return false;
        fprintf(stream, "%s%s at ", *told > 1 ? ", " : "", instruction.text);
        if (symbol)
            fputs(symbol, stream);
        else
            fprintf(stream, "%#llx", (unsigned long long)sites[i]);
        free(symbol);
    }
    if (*told > MACHINE_TOLD)
        fprintf(stream, " and %zu more", *told - MACHINE_TOLD);
    return true;
}

bool suite_fill_machine(const struct suite *suite, size_t probe, struct disassembly *disassembly,
                        struct report_probe *out) {
    size_t size = 0, told = 0;
    char *text = NULL;
    FILE *stream = open_memstream(&text, &size);
    bool good;

    if (!stream)
        return false;
    fputs("reads what this machine gives in every run alike, and what one with UMIP refuses to "
          "programs: ",
          stream);
    good = machine_write(stream, suite->probes[probe]->image, disassembly, suite->sites[probe],
                         suite->sites_counts[probe], &told);
    good &= memstream_close(stream, &text);
    if (good && told > 0)
        return suite_add_note(out, text);
    free(text);
    return good;
}
