/* SPDX-License-Identifier: 0BSD */
#ifndef DETECT_H
#define DETECT_H

#include <stdint.h>

/* The value (EAX) of a hypervisor's feature leaf, 0x400000XY; 0: the feature is not there. */
uint32_t detect_feature(uint32_t leaf);

#endif
