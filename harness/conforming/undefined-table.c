/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* A kernel whose privileged operations go through a table that is defined elsewhere, and whose early
 * settings are as its boot loader left them. */
extern struct operations {
    uint32_t reserved[6];
    uint32_t (*save)(void);
    void (*restore)(uint32_t flags);
} kernel_operations;
extern struct settings {
    uint32_t version;
    uint32_t is_wanted;
} boot_settings;
extern uint8_t boot_marks[2];

int hv_feature_available(uint32_t target) {
    uint32_t flags = kernel_operations.save();
    int available = flags == 0 && boot_settings.version == 3 && boot_settings.is_wanted &&
                    boot_marks[1] == 0x5a && detect(target);

    kernel_operations.restore(flags);
    return available;
}
