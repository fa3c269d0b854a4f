/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdint.h>

/* What -m16 makes of C: 16-bit code that calls and returns with 32 bits. */
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
