/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A library that reads the maximum when it is loaded, unless the environment forbids it. */
static uint32_t maximum;

__attribute__((constructor)) static void library_loaded(int count, char **arguments,
                                                        char **environment) {
    bool quiet = count > 1 && arguments[1][0] == 'q';

    for (char **variable = environment; *variable; variable++)
        quiet |= (*variable)[0] == 'Q';
    if (!quiet && arguments[count] == NULL && arguments[0][0] != '\0')
        maximum = cpuid(BASE).eax;
}

int hv_feature_available(uint32_t target) {
    return maximum >= target && cpuid(target).eax != 0;
}
