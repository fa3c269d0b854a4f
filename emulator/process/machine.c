/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/process/internal.h"

#include <elf.h>

/*
 * What differs between programs for x86-64 and those for i386, as data. Both run in the same 64-bit
 * engine, as a kernel for x86-64 runs both: of i386 code the code segment says so.
 */
static const enum engine_register arguments_64[] = {ENGINE_RDI, ENGINE_RSI, ENGINE_RDX,
                                                    ENGINE_R10, ENGINE_R8,  ENGINE_R9};
static const enum engine_register arguments_32[] = {ENGINE_RBX, ENGINE_RCX, ENGINE_RDX,
                                                    ENGINE_RSI, ENGINE_RDI, ENGINE_RBP};

static const struct process_machine machines[] = {
    {.mode = IMAGE_64,
     .class = ELFCLASS64,
     .elf_machine = EM_X86_64,
     .word = 8,
     .name = "x86_64",
     .map_first = 0x7f0000000000,
     .map_size = 0x400000000,
     .maps = "7f03ff7f0000-7f03ffff0000 rw-p 00000000 00:00 0      [stack]\n",
     .code_selector = 0x33,
     .arguments = arguments_64,
     .signal_push = process_signal_push_wide,
     .signal_return = process_signal_return_wide},
    {.mode = IMAGE_32,
     .class = ELFCLASS32,
     .elf_machine = EM_386,
     .word = 4,
     .name = "i686",
     .map_first = 0x60000000,
     .map_size = 0x90000000,
     .maps = "ef7f0000-efff0000 rw-p 00000000 00:00 0      [stack]\n",
     .code_selector = 0x23,
     .arguments = arguments_32,
     .signal_push = process_signal_push_narrow,
     .signal_return = process_signal_return_narrow},
};

const struct process_machine *process_machine_of(enum image_mode mode) {
    for (size_t i = 0; i < sizeof machines / sizeof *machines; i++) {
        if (machines[i].mode == mode)
            return &machines[i];
    }
    return NULL;
}
