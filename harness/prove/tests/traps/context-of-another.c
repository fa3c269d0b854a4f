/* SPDX-License-Identifier: GPL-2.0-or-later */
/* refuted: the answer of one target, kept in the caller's context, for another */
#include "harness/conforming/probe.h"

struct monitor {
    uint8_t low;
    int8_t answer;
};

int hv_feature(uint32_t target, struct monitor *monitor);

int hv_feature(uint32_t target, struct monitor *monitor) {
    if (monitor->answer == 0 || monitor->low != (target & 0x7f)) {
        monitor->answer = detect(target) ? 1 : -1;
        monitor->low = target & 0x7f;
    }
    return monitor->answer > 0;
}
