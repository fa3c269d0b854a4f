/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/lift/internal.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#define LIFT_SLOTS 4096u /* a power of two */

/* Instructions, by address. */
struct lift_entry {
    struct lift_instruction instruction;
    struct lift_entry *next;
};

struct lift {
    bool is_64;
    struct lift_layout layout;
    VexTranslateArgs arguments;
    VexGuestExtents extents;
    struct lift_entry *entries[LIFT_SLOTS];
};

/* libVEX ends a program that it cannot go on with: here only the instruction in hand. */
static jmp_buf lift_way_out;
static bool lift_started;

static __attribute__((noreturn)) void lift_give_up(void) {
    longjmp(lift_way_out, 1);
}

static void lift_say_nothing(const HChar *text, SizeT size) {
    (void)text;
    (void)size;
}

static Bool lift_never_chase(void *context, Addr address) {
    (void)context;
    (void)address;
    return False;
}

static UInt lift_no_checks(void *context, VexRegisterUpdates *updates,
                           const VexGuestExtents *extents) {
    (void)context;
    (void)updates;
    (void)extents;
    return 0;
}

static void lift_start(void) {
    VexControl control;

    if (lift_started)
        return;
    LibVEX_default_VexControl(&control);
    control.iropt_level = 0;
    control.iropt_unroll_thresh = 0;
    control.iropt_register_updates_default = VexRegUpdAllregsAtEachInsn;
    control.guest_max_insns = 1;
    control.guest_chase = False;
    LibVEX_Init(lift_give_up, lift_say_nothing, 0, &control);
    lift_started = true;
}

static void lift_prepare(struct lift *lift) {
    VexTranslateArgs *arguments = &lift->arguments;

    LibVEX_default_VexArchInfo(&arguments->archinfo_guest);
    LibVEX_default_VexArchInfo(&arguments->archinfo_host);
    LibVEX_default_VexAbiInfo(&arguments->abiinfo_both);
    arguments->arch_guest = lift->is_64 ? VexArchAMD64 : VexArchX86;
    arguments->arch_host = VexArchAMD64;
    arguments->archinfo_guest.endness = arguments->archinfo_host.endness = VexEndnessLE;
    arguments->archinfo_guest.hwcaps =
        lift->is_64 ? VEX_HWCAPS_AMD64_SSE3 | VEX_HWCAPS_AMD64_CX16
                    : VEX_HWCAPS_X86_MMXEXT | VEX_HWCAPS_X86_SSE1 | VEX_HWCAPS_X86_SSE2;
    arguments->archinfo_host.hwcaps = VEX_HWCAPS_AMD64_SSE3 | VEX_HWCAPS_AMD64_CX16;
    arguments->abiinfo_both.guest_stack_redzone_size = 128;
    arguments->abiinfo_both.guest_amd64_assume_fs_is_const = True;
    arguments->abiinfo_both.guest_amd64_assume_gs_is_const = True;
    arguments->chase_into_ok = lift_never_chase;
    arguments->needs_self_check = lift_no_checks;
    arguments->guest_extents = &lift->extents;
    /* Never called, and never to be null. */
    arguments->disp_cp_chain_me_to_slowEP = lift_say_nothing;
    arguments->disp_cp_chain_me_to_fastEP = lift_say_nothing;
    arguments->disp_cp_xindir = lift_say_nothing;
    arguments->disp_cp_xassisted = lift_say_nothing;
}

/* LibVEX_FrontEnd refuses i386 code on a host of 64 bits, though the part of it that does the work
 * does not. These are that part's: declared in none of libVEX's installed headers, the same in
 * 3.16 to 3.24, and tried by lift_open before they are relied on. */
struct lift_disassembled {
    UInt length, what_next, hint, jump;
};
struct lift_disassembled disInstr_X86(IRSB *block, const UChar *code, Long delta, Addr address,
                                      VexArch arch, const VexArchInfo *info, const VexAbiInfo *abi,
                                      VexEndness endness, Bool verbose);
void vexSetAllocModeTEMP_and_clear(void);
#define LIFT_STOP_HERE 0x10u

static const IRSB *lift_block_32(struct lift *lift, uint64_t address, const uint8_t *bytes,
                                 unsigned *size) {
    struct lift_disassembled shape;
    IRSB *block;

    vexSetAllocModeTEMP_and_clear();
    block = emptyIRSB();
    shape = disInstr_X86(block, bytes, 0, address, VexArchX86, &lift->arguments.archinfo_guest,
                         &lift->arguments.abiinfo_both, VexEndnessLE, False);
    *size = shape.length;
    if (shape.what_next == LIFT_STOP_HERE) { /* its last step says where it goes on */
        block->next = IRExpr_Get((Int)lift->layout.pointer, Ity_I32);
        block->jumpkind = (IRJumpKind)shape.jump;
    } else {
        block->next = IRExpr_Const(IRConst_U32((UInt)(address + shape.length)));
        block->jumpkind = Ijk_Boring;
    }
    return block;
}

static const IRSB *lift_block_64(struct lift *lift, uint64_t address, const uint8_t *bytes,
                                 unsigned *size) {
    VexRegisterUpdates updates;
    VexTranslateResult result;
    const IRSB *block;

    lift->arguments.guest_bytes = bytes;
    lift->arguments.guest_bytes_addr = address;
    block = LibVEX_FrontEnd(&lift->arguments, &result, &updates);
    *size = lift->extents.n_used > 0 ? lift->extents.len[0] : 0;
    return block;
}

/* False: out of memory. */
static bool lift_fill(struct lift *lift, struct lift_instruction *instruction, const uint8_t *bytes,
                      size_t size) {
    /* libVEX is told of no end: what follows the last byte is no instruction either. */
    static uint8_t code[LIFT_BYTES_MAX + 32];
    struct lift_doubt doubt;
    const IRSB *block;

    memset(code, 0xf4, sizeof code);
    memcpy(code, bytes, size < LIFT_BYTES_MAX ? size : LIFT_BYTES_MAX);
    doubt = lift_doubt_of(code, sizeof code, lift->is_64);
    if (setjmp(lift_way_out) != 0) {
        instruction->refused = "the lifter fails on it";
        return true;
    }
    block = (lift->is_64 ? lift_block_64 : lift_block_32)(lift, instruction->address, code,
                                                          &instruction->size);
    if (!block || instruction->size > size) {
        instruction->refused = "it runs past the end of the code";
        return true;
    }
    if (!lift_convert(block, &lift->layout, &doubt, instruction))
        return false;
    if (instruction->size == 0 && instruction->end == LIFT_UNKNOWN)
        instruction->refused = "it is not modelled";
    else
        instruction->refused = doubt.refused;
    return true;
}

const struct lift_instruction *lift_at(struct lift *lift, uint64_t address, const uint8_t *bytes,
                                       size_t size) {
    struct lift_entry **slot = &lift->entries[(address ^ address >> 12) % LIFT_SLOTS], *entry;

    for (entry = *slot; entry; entry = entry->next) {
        if (entry->instruction.address == address)
            return &entry->instruction;
    }
    entry = calloc(1, sizeof *entry);
    if (!entry)
        return NULL;
    entry->instruction.address = address;
    if (!lift_fill(lift, &entry->instruction, bytes, size)) {
        free(entry->instruction.steps);
        free(entry);
        return NULL;
    }
    entry->next = *slot;
    *slot = entry;
    return &entry->instruction;
}

const struct lift_layout *lift_layout(const struct lift *lift) {
    return &lift->layout;
}

/* --- Flags. --- */

/* The order of operations in a thunk's first word, each with all widths. */
static const enum lift_operation lift_operations[] = {
    LIFT_OF_ADD, LIFT_OF_SUB, LIFT_OF_ADC, LIFT_OF_SBB, LIFT_OF_LOGIC, LIFT_OF_INC,  LIFT_OF_DEC,
    LIFT_OF_SHL, LIFT_OF_SHR, LIFT_OF_ROL, LIFT_OF_ROR, LIFT_OF_UMUL,  LIFT_OF_SMUL,
};

enum lift_operation lift_operation_kind(const struct lift *lift, uint64_t number, unsigned *width) {
    unsigned widths = lift->is_64 ? 4 : 3;

    *width = lift->is_64 ? 64 : 32;
    if (number == 0)
        return LIFT_OF_COPY;
    if ((number - 1) / widths >= sizeof lift_operations / sizeof lift_operations[0])
        return LIFT_OF_UNKNOWN;
    *width = 8u << (number - 1) % widths;
    return lift_operations[(number - 1) / widths];
}

/* Declared in no installed header either, but called by name from what is lifted. */
ULong amd64g_calculate_rflags_all(ULong operation, ULong first, ULong second, ULong third);
UInt x86g_calculate_eflags_all(UInt operation, UInt first, UInt second, UInt third);

uint64_t lift_flags_of(const struct lift *lift, const uint64_t thunk[4]) {
    return lift->is_64 ? amd64g_calculate_rflags_all(thunk[0], thunk[1], thunk[2], thunk[3])
                       : x86g_calculate_eflags_all((UInt)thunk[0], (UInt)thunk[1], (UInt)thunk[2],
                                                   (UInt)thunk[3]);
}

/* --- Opening. --- */

/* An addition to a register, a conditional jump and a CPUID have to come out as they should. */
static bool lift_works(struct lift *lift) {
    static const uint8_t add[] = {0x83, 0xc0, 0x07}, jump[] = {0x74, 0x10}, cpuid[] = {0x0f, 0xa2};
    const struct lift_instruction *one = lift_at(lift, 0x1000, add, sizeof add);
    const struct lift_instruction *two = lift_at(lift, 0x2000, jump, sizeof jump);
    const struct lift_instruction *three = lift_at(lift, 0x3000, cpuid, sizeof cpuid);
    bool adds = false, exits = false, asks = false;

    if (!one || !two || !three || one->size != 3 || two->size != 2 || three->size != 2)
        return false;
    for (size_t i = 0; i < one->count; i++)
        adds |= one->steps[i].kind == LIFT_PUT && one->steps[i].offset == lift->layout.general[0];
    for (size_t i = 0; i < two->count; i++)
        exits |= two->steps[i].kind == LIFT_EXIT && two->steps[i].address == 0x2012;
    for (size_t i = 0; i < three->count; i++)
        asks |= three->steps[i].kind == LIFT_CPUID;
    return adds && exits && asks && two->next.width == 8 * lift->layout.word;
}

static void lift_clear(struct lift *lift) {
    for (size_t i = 0; i < LIFT_SLOTS; i++) {
        while (lift->entries[i]) {
            struct lift_entry *next = lift->entries[i]->next;

            free(lift->entries[i]->instruction.steps);
            free(lift->entries[i]);
            lift->entries[i] = next;
        }
    }
}

struct lift *lift_open(unsigned mode, const char **why) {
    struct lift *lift;

    if (mode != 32 && mode != 64) {
        *why = "16-bit code is not lifted";
        return NULL;
    }
    lift = calloc(1, sizeof *lift);
    *why = "out of memory";
    if (!lift)
        return NULL;
    lift->is_64 = mode == 64;
    (lift->is_64 ? lift_layout_64 : lift_layout_32)(&lift->layout);
    lift_start();
    lift_prepare(lift);
    *why = "this version of libVEX works in a way that is not known";
    if (!lift_works(lift)) {
        lift_close(lift);
        return NULL;
    }
    lift_clear(lift);
    return lift;
}

void lift_close(struct lift *lift) {
    if (!lift)
        return;
    lift_clear(lift);
    free(lift);
}

bool lift_is_there(void) {
    return true;
}
