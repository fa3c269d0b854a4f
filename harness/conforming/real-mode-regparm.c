/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdint.h>

/* The same with its first arguments in registers, as Linux builds its boot code. */
int hv_feature(uint32_t leaf);

int hv_feature(uint32_t leaf) {
    uint32_t eax = 0x40000000, ebx, ecx = 0, edx;

    __asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
    if (eax < leaf)
        return 0;
    eax = leaf;
    ecx = 0;
    __asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
    return eax != 0;
}
