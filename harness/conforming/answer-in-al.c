/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Returns a bool in AL, with the leaf's number above it, as the ABI allows. */
uint32_t hv_feature(uint32_t target);

uint32_t hv_feature(uint32_t target) {
    return (target & ~0xffu) | detect(target);
}
