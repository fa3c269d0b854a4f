/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz/fuzz.h"

#include "emulator/decode/disassembly.h"
#include "emulator/source/source_line.h"

#include <stdlib.h>

/* ELF files with their debug information: loaded, decoded, and lines and parameters looked up. */
#define ELF_SYMBOLS 32u
#define ELF_CONSTANTS 24u

static void elf_look_up(const struct image *image) {
    struct source_line *source = source_line_open(image);

    for (size_t i = 0; source && i < image->symbols_count && i < ELF_SYMBOLS; i++) {
        const char *file;
        unsigned line;

        source_line_find(source, image->symbols[i].address, &file, &line);
        source_line_parameter_size(source, image->symbols[i].address, 0);
    }
    source_line_close(source);
}

static void elf_decode(const struct image *image) {
    struct disassembly *disassembly = disassembly_open(image->mode);
    uint32_t constants[ELF_CONSTANTS];
    uint64_t *sites, entry;
    size_t count;

    if (!disassembly)
        abort();
    if (disassembly_cpuid_sites(disassembly, image, &sites, &count))
        free(sites);
    for (size_t i = 0; i < image->symbols_count && i < ELF_SYMBOLS; i++) {
        entry = image->symbols[i].address;
        disassembly_constants(disassembly, image, &entry, 1, DISASSEMBLY_NAMED, constants,
                              ELF_CONSTANTS);
    }
    disassembly_close(disassembly);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    struct errors errors = {0};
    struct image *image = image_load_elf(fuzz_file(bytes, size, ""), &errors);

    if (!image == errors_none(&errors)) /* an image, or an error that says why there is none */
        abort();
    if (image) {
        elf_look_up(image);
        elf_decode(image);
    }
    image_free(image);
    errors_clear(&errors);
    return 0;
}
