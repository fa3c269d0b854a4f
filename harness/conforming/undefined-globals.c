/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A library whose settings and hooks are those of the program that loads it. Its own cache is in the
 * program's memory too: written ahead of being read, so that nothing is taken for granted of it. */
extern int library_is_quiet;
extern struct settings {
    int level;
    const char *name;
} library_settings;
extern uint32_t library_cache[2];
size_t strlen(const char *text);
static size_t (*const volatile measure)(const char *) = strlen;

int hv_feature_available(uint32_t target) {
    if (library_settings.name && !library_is_quiet)
        return 0;
    library_cache[0] = cpuid(BASE).eax;
    library_cache[1] = library_cache[0] >= target ? cpuid(target).eax : 0;
    return library_cache[1] != 0 && measure("hypervisor") == 10;
}
