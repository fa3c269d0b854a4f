/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/decode/engine.h"

#define REAL_MODE_BYTES_MAX 65536u

static bool real_mode_is_prefixed(const uint8_t *bytes, unsigned size) {
    return size > 1 && (bytes[0] == 0x66 || bytes[0] == 0x67);
}

bool disassembly_is_real_mode(struct disassembly *disassembly, const struct image *image,
                              uint64_t function) {
    const struct image_symbol *symbol = image_symbol_at(image, function);
    size_t available = 0, at = 0, size;
    const uint8_t *bytes = image_bytes(image, function, &available);
    unsigned count = 0, prefixed = 0, returns = 0;

    if (!symbol || symbol->address != function || symbol->size > REAL_MODE_BYTES_MAX ||
        symbol->size > available)
        return false;
    for (size = (size_t)symbol->size; at < size; count++) {
        struct disassembly_fetched fetched =
            disassembly_fetch(disassembly, bytes + at, size - at, function + at);

        if (!fetched.insn)
            return false;
        prefixed += real_mode_is_prefixed(bytes + at, fetched.size);
        returns += fetched.insn->id == X86_INS_RET && bytes[at] == 0x66;
        at += fetched.size;
    }
    return returns > 0 && 2 * prefixed > count;
}
