/* SPDX-License-Identifier: GPL-2.0-or-later */
/* refuted: an instruction that is answered in its low half leaves the rest of the register as it
 * was */
#include "harness/conforming/probe.h"

int hv_feature_available(uint32_t target) {
    uint32_t value = cpuid(BASE).eax, word = value;

    __asm__ volatile("inw $0x64, %w0" : "+a"(word));
    return (word & 0xffff) == 7 && word >> 16 != 0x5357 && value >= target &&
           cpuid(target).eax != 0;
}
