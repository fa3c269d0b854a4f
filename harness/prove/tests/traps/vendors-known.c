/* SPDX-License-Identifier: GPL-2.0-or-later */
/* open: it knows each vendor of processors that there is, and turns away what is none */
#include "harness/conforming/probe.h"

int hv_feature_available(uint32_t target) {
    switch (cpuid(0).ebx) {
    case 0x20414956:
    case 0x20434d55:
    case 0x20536953:
    case 0x4778654e:
    case 0x646f6547:
    case 0x65736952:
    case 0x68532020:
    case 0x68747541:
    case 0x69444d41:
    case 0x69727943:
    case 0x6e617254:
    case 0x6f677948:
    case 0x746e6543:
    case 0x74726f56:
    case 0x756e6547:
        return detect(target);
    default:
        return 0;
    }
}
