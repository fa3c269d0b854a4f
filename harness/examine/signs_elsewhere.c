/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/decode/disassembly.h"
#include "harness/examine/signs.h"

#include <inttypes.h>
#include <stdlib.h>

/* Signs that what counts is elsewhere: CPUID in another file, or the answer in another place. */

/* Whether the file is known to have no CPUID. */
static bool is_without_cpuid(const struct image *image) {
    struct disassembly *disassembly = disassembly_open(image->mode);
    uint64_t *sites = NULL;
    size_t count = 0;
    bool known = disassembly && disassembly_cpuid_sites(disassembly, image, &sites, &count);

    free(sites);
    disassembly_close(disassembly);
    return known && count == 0;
}

bool signs_say_no_cpuid(const struct signs *signs, const struct probe *probe, FILE *stream) {
    if (signs->answers == 0 || signs->cpuids > 0 || probe->is_program || probe->process ||
        !is_without_cpuid(probe->image))
        return false;
    fputs("hint: the file has no CPUID instruction, so the code cannot know of any hypervisor: is "
          "CPUID executed by another object, which files: [NAME.o] in a manifest links, or is this "
          "another build's file?",
          stream);
    return true;
}

bool signs_say_constant(const struct signs *signs, const struct probe *probe, FILE *stream) {
    bool both = signs->available > 0 && signs->available < signs->answers;

    if (!both || signs->varies || signs->hypervisor == 0 || probe->is_program)
        return false;
    fprintf(stream,
            "hint: every answer is the same number, 0x%" PRIx64
            ": is the answer in another place, a register, a variable or a buffer? Say answer: "
            "{in: PLACE} in a manifest",
            signs->first);
    return true;
}
