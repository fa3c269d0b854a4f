/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/decode/disassembly.h"
#include "harness/examine/signs.h"

#include <inttypes.h>
#include <stdlib.h>

/* Signs that what counts is elsewhere: CPUID in another file, the answer in another place, the code
 * in another mode. */

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

/* Whether the entry of an ELF file, which says nothing of 16 bits, is code for real mode. */
static bool is_for_real_mode(const struct probe *probe) {
    struct disassembly *disassembly;
    bool is_real_mode;

    if (probe->image->mode != IMAGE_32 || probe->image->symbols_count == 0)
        return false;
    disassembly = disassembly_open(IMAGE_16);
    is_real_mode =
        disassembly && disassembly_is_real_mode(disassembly, probe->image, probe->setup.entry);
    disassembly_close(disassembly);
    return is_real_mode;
}

bool signs_say_real_mode(const struct signs *signs, const struct probe *probe, FILE *stream) {
    if (!signs->fails || probe->is_program || !is_for_real_mode(probe))
        return false;
    fputs("hint: this looks like 16-bit code (gcc -m16), and was run as 32-bit code: make a flat "
          "binary of it (ld -m elf_i386 -Ttext 0x1000 --oformat binary), and say flat: 16@0x1000 "
          "and abi: cdecl16 in a manifest",
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

bool signs_say_unwritten(const struct signs *signs, const struct probe *probe, FILE *stream) {
    if (signs->owed == 0 || signs->unwritten < signs->returned || signs->hypervisor == 0 ||
        probe->is_program)
        return false;
    fputs("hint: no call wrote the place of the answer: is the answer in another one? A small "
          "structure comes back in registers (answer: {in: eax, value: edx}, or al and xmm0), a "
          "larger one where $result points, first of the arguments",
          stream);
    return true;
}
