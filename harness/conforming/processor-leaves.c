/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Reads all that a CPU-detection library does of the processor, by the rules that its leaves set,
 * and minds none of it. */
static struct {
    uint32_t vendor[3], brand[12], features[6], caches, threads, components, descriptors, megahertz;
} processor;

static struct registers cpuid_sub(uint32_t leaf, uint32_t subleaf) {
    struct registers out;

    __asm__ volatile(SAVE_BX
                     : "=a"(out.eax), "=&r"(out.ebx), "=c"(out.ecx), "=d"(out.edx)
                     : "0"(leaf), "2"(subleaf));
    return out;
}

static void read_counted(uint32_t last) {
    if (last >= 2) {
        for (uint32_t count = cpuid(2).eax & 0xff; count > 0; count--)
            processor.descriptors += cpuid(2).edx;
    }
    if (last >= 4) {
        while (cpuid_sub(4, processor.caches).eax & 0x1f)
            processor.caches++;
    }
    if (last >= 0xb) {
        while (cpuid_sub(0xb, processor.threads).ebx != 0)
            processor.threads++;
    }
    if (last >= 0x15) {
        const struct registers ratio = cpuid(0x15);

        if (ratio.eax != 0 && ratio.ebx != 0)
            processor.megahertz = ratio.ecx / ratio.eax * (ratio.ebx & 0xffff) / 1000000;
    }
}

static void read_processor(void) {
    const struct registers first = cpuid(0);
    const uint32_t extended = cpuid(0x80000000u).eax;

    processor.vendor[0] = first.ebx;
    processor.vendor[1] = first.edx;
    processor.vendor[2] = first.ecx;
    processor.features[0] = cpuid(1).ecx;
    processor.features[1] = cpuid(1).edx;
    if (first.eax >= 7)
        processor.features[2] = cpuid(7).ebx;
    read_counted(first.eax);
    for (uint32_t leaf = 0x80000000u; leaf <= extended; leaf++)
        processor.components += cpuid(leaf).edx;
    for (uint32_t i = 0; i < 3 && extended >= 0x80000004u; i++)
        processor.brand[i * 4] = cpuid(0x80000002u + i).eax;
}

int hv_feature_available(uint32_t target) {
    if (processor.vendor[0] == 0)
        read_processor();
    return detect(target);
}
