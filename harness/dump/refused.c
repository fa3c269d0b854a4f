/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/dump/build.h"
#include "harness/dump/words.h"

#include <string.h>

/* What people post instead of a dump. It holds no raw leaves, so nothing can be judged in it. */

static bool refused_holds(const struct dump_line *line, const char *const *marks) {
    for (; *marks; marks++) {
        if (strstr(line->text, *marks))
            return true;
    }
    return false;
}

static bool pretty_recognises(const struct dump_line *line) {
    static const char *const marks[] = {"/eax)", "hypervisor_id = \"", "hypervisor_id (0x4",
                                        "   vendor_id = \"", NULL};

    return refused_holds(line, marks);
}

const struct dump_format dump_format_pretty = {
    .name = "cpuid's explained print",
    .refusal = "this is what cpuid prints for people, which holds no raw leaves, so there is "
               "nothing to judge: cpuid -r writes them",
    .recognises = pretty_recognises};

static bool names_recognises(const struct dump_line *line) {
    static const char *const marks[] = {"Hypervisor: Origin = \"",
                                        "Hypervisor detected: ", "Hypervisor vendor:", NULL};

    return refused_holds(line, marks);
}

const struct dump_format dump_format_names_only = {
    .name = "a kernel's messages",
    .refusal =
        "this names a hypervisor and shows no leaf, not even 0x40000000, so there is nothing "
        "to judge: cpuid -r or hvspec capture, in the guest, writes them",
    .recognises = names_recognises};

/* So many words of so many hexadecimal digits behind a place. */
static bool bytes_follow(const char *at, size_t words, size_t digits) {
    struct word word = {.end = at};

    for (; words > 0; words--) {
        if (!word_next(word.end, &word) || word.length != digits ||
            strspn(word.text, "0123456789abcdef") != digits)
            return false;
    }
    return true;
}

/* "40000000: 0100 0040 4b4d ...", or the command that wrote it. */
static bool bytes_recognises(const struct dump_line *line) {
    struct word word;
    struct word_digits digits;
    uint32_t address;

    if (strstr(line->text, "/dev/cpu/"))
        return true;
    return word_next(line->text, &word) && word_digits(&word, &digits) &&
           strlen(digits.text) == 8 && word_value(&digits, WORD_HEXADECIMAL, &address) &&
           address >= CPUID_BASE && address <= CPUID_BLOCK_LAST &&
           (bytes_follow(word.end, 8, 4) || bytes_follow(word.end, 16, 2));
}

const struct dump_format dump_format_bytes = {
    .name = "bytes of /dev/cpu/N/cpuid",
    .refusal = "bytes as a hex dump shows them do not say which leaf they answer, not even those "
               "of /dev/cpu/N/cpuid, whose next 16 bytes are the next leaf's: cpuid -r or hvspec "
               "capture reads the same and writes leaves",
    .recognises = bytes_recognises};
