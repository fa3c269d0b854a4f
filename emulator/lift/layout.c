/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/lift/internal.h"

#include <valgrind/libvex_guest_amd64.h>
#include <valgrind/libvex_guest_x86.h>

#define AT_64(field) ((unsigned)offsetof(VexGuestAMD64State, guest_##field))
#define AT_32(field) ((unsigned)offsetof(VexGuestX86State, guest_##field))

void lift_layout_64(struct lift_layout *layout) {
    *layout = (struct lift_layout){
        .word = 8,
        .size = sizeof(VexGuestAMD64State),
        .general = {AT_64(RAX), AT_64(RCX), AT_64(RDX), AT_64(RBX), AT_64(RSP), AT_64(RBP),
                    AT_64(RSI), AT_64(RDI), AT_64(R8), AT_64(R9), AT_64(R10), AT_64(R11),
                    AT_64(R12), AT_64(R13), AT_64(R14), AT_64(R15)},
        .general_count = 16,
        .pointer = AT_64(RIP),
        .thunk = {AT_64(CC_OP), AT_64(CC_DEP1), AT_64(CC_DEP2), AT_64(CC_NDEP)},
        .direction = AT_64(DFLAG),
        .identity = AT_64(IDFLAG),
        .alignment = AT_64(ACFLAG),
        .vectors = AT_64(YMM0),
        .vectors_count = 16,
        .vector_size = AT_64(YMM1) - AT_64(YMM0),
        .thread = AT_64(FS_CONST),
        .processor = AT_64(GS_CONST),
        .rounding = AT_64(SSEROUND),
        .x87 = AT_64(FTOP),
        .x87_size = AT_64(FC3210) + 4 - AT_64(FTOP),
    };
}

void lift_layout_32(struct lift_layout *layout) {
    *layout = (struct lift_layout){
        .word = 4,
        .size = sizeof(VexGuestX86State),
        .general = {AT_32(EAX), AT_32(ECX), AT_32(EDX), AT_32(EBX), AT_32(ESP), AT_32(EBP),
                    AT_32(ESI), AT_32(EDI)},
        .general_count = 8,
        .pointer = AT_32(EIP),
        .thunk = {AT_32(CC_OP), AT_32(CC_DEP1), AT_32(CC_DEP2), AT_32(CC_NDEP)},
        .direction = AT_32(DFLAG),
        .identity = AT_32(IDFLAG),
        .alignment = AT_32(ACFLAG),
        .vectors = AT_32(XMM0),
        .vectors_count = 8,
        .vector_size = 16,
        .thread = AT_32(GS),
        .rounding = AT_32(SSEROUND),
        .x87 = AT_32(FPREG),
        .x87_size = AT_32(FTOP) + 4 - AT_32(FPREG),
    };
}
