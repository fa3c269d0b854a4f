/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* What boot code does around its questions: control registers, user memory opened and closed, the
 * BIOS, a port that is waited for, the caches, and other guests' ways to their hypervisor. */
int hv_feature_available(uint32_t target) {
    unsigned long control;
    uint16_t word;
    int available;

    __asm__ volatile("mov %%cr0, %0" : "=r"(control));
    __asm__ volatile("stac");
    __asm__ volatile("int $0x10" : : "a"(0x0e41), "b"(7) : "memory");
    __asm__ volatile("inw $0x64, %w0" : "=a"(word));
    available = (control & 1) != 0 && word == 0xfffe && detect(target);
    __asm__ volatile("clac; wbinvd");
    __asm__ volatile("invlpg %0" : : "m"(word));
    __asm__ volatile(".byte 0x66, 0x0f, 0xae, 0xf0" : : "a"(0), "d"(0)); /* tpause eax */
    return available;
}
