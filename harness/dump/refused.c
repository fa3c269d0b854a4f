/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/dump/build.h"

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
