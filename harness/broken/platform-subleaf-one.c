/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Reads the signature under subleaf 1, and keeps it for a log. The answer does not hang on it. */
static uint32_t signature[3];

static void note_signature(void) {
    uint32_t eax = BASE, ecx = 1;

    __asm__ volatile(SAVE_BX : "+a"(eax), "=&r"(signature[0]), "+c"(ecx), "=d"(signature[2]));
    signature[1] = ecx;
}

int hv_feature_available(uint32_t target) {
    const bool found = detect(target);

    note_signature();
    return found;
}
