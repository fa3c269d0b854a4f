/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/decode/engine.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* What is not named here is normal. Undefined instructions on purpose (UD0, UD1, UD2) and BOUND are
 * normal too: they end in a processor exception, which the emulator reports by itself. */
static const uint8_t disassembly_classes[X86_INS_ENDING] = {
    [X86_INS_CPUID] = DISASSEMBLY_CPUID,

    /* Clocks and random sources; XSTORE is VIA's. */
    [X86_INS_RDTSC] = DISASSEMBLY_CLOCK,
    [X86_INS_RDTSCP] = DISASSEMBLY_CLOCK,
    [X86_INS_RDRAND] = DISASSEMBLY_CLOCK,
    [X86_INS_RDSEED] = DISASSEMBLY_CLOCK,
    [X86_INS_XSTORE] = DISASSEMBLY_CLOCK,

    /* Where the system keeps its tables, and its machine status word */
    [X86_INS_SIDT] = DISASSEMBLY_MACHINE,
    [X86_INS_SGDT] = DISASSEMBLY_MACHINE,
    [X86_INS_SLDT] = DISASSEMBLY_MACHINE,
    [X86_INS_STR] = DISASSEMBLY_MACHINE,
    [X86_INS_SMSW] = DISASSEMBLY_MACHINE,

    /* Input and output */
    [X86_INS_IN] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_INSB] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_INSW] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_INSD] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_OUT] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_OUTSB] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_OUTSW] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_OUTSD] = DISASSEMBLY_FORBIDDEN,

    /* System calls and interrupts */
    [X86_INS_SYSCALL] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_SYSENTER] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_SYSEXIT] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_SYSRET] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_INT] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_INT1] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_INT3] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_INTO] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_IRET] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_IRETD] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_IRETQ] = DISASSEMBLY_FORBIDDEN,

    /* Hypercalls and virtual machines: Intel's, then AMD's */
    [X86_INS_VMCALL] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_VMFUNC] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_VMLAUNCH] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_VMRESUME] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_VMXON] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_VMXOFF] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_VMCLEAR] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_VMPTRLD] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_VMPTRST] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_VMREAD] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_VMWRITE] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_INVEPT] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_INVVPID] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_VMMCALL] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_VMRUN] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_VMLOAD] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_VMSAVE] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_STGI] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_CLGI] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_SKINIT] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_INVLPGA] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_ENCLS] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_ENCLU] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_GETSEC] = DISASSEMBLY_FORBIDDEN,

    /* Privileged */
    [X86_INS_HLT] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_CLI] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_STI] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_CLAC] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_STAC] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_CLTS] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_LGDT] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_LIDT] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_LLDT] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_LTR] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_LMSW] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_RDMSR] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_WRMSR] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_RDPMC] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_INVD] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_WBINVD] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_INVLPG] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_INVPCID] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_MONITOR] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_MWAIT] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_SWAPGS] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_XSETBV] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_XSAVES] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_XSAVES64] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_XRSTORS] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_XRSTORS64] = DISASSEMBLY_FORBIDDEN,
    [X86_INS_RSM] = DISASSEMBLY_FORBIDDEN,

    /* Segment registers, by way of far pointers; MOV and POP go by their operands */
    [X86_INS_LDS] = DISASSEMBLY_SYSTEM,
    [X86_INS_LES] = DISASSEMBLY_SYSTEM,
    [X86_INS_LFS] = DISASSEMBLY_SYSTEM,
    [X86_INS_LGS] = DISASSEMBLY_SYSTEM,
    [X86_INS_LSS] = DISASSEMBLY_SYSTEM,
    [X86_INS_LCALL] = DISASSEMBLY_SYSTEM,
    [X86_INS_LJMP] = DISASSEMBLY_SYSTEM,
    [X86_INS_RETF] = DISASSEMBLY_SYSTEM,
    [X86_INS_RETFQ] = DISASSEMBLY_SYSTEM,
    [X86_INS_WRFSBASE] = DISASSEMBLY_SYSTEM,
    [X86_INS_WRGSBASE] = DISASSEMBLY_SYSTEM,

    /* Vector and x87 state; every instruction of the x87 goes by its opcode */
    [X86_INS_LDMXCSR] = DISASSEMBLY_SYSTEM,
    [X86_INS_EMMS] = DISASSEMBLY_SYSTEM,
    [X86_INS_FXRSTOR] = DISASSEMBLY_SYSTEM,
    [X86_INS_FXRSTOR64] = DISASSEMBLY_SYSTEM,
    [X86_INS_XRSTOR] = DISASSEMBLY_SYSTEM,
    [X86_INS_XRSTOR64] = DISASSEMBLY_SYSTEM,

    /* The emulator's results are wrong: for lengths that are not small and positive, or at all */
    [X86_INS_PCMPESTRI] = DISASSEMBLY_MISTAKEN,
    [X86_INS_PCMPESTRM] = DISASSEMBLY_MISTAKEN,
    [X86_INS_EXTRQ] = DISASSEMBLY_MISTAKEN,
    [X86_INS_INSERTQ] = DISASSEMBLY_MISTAKEN,
};

/* Opcodes from Intel's Software Developer's Manual, volume 2, and AMD's Architecture Programmer's
 * Manual, volume 3. A row without a prefix stands behind those with one for the same bits. */
static const struct disassembly_lacking disassembly_lacking[] = {
    {0x07, 0x00, 0x00, 0x00, DISASSEMBLY_FORBIDDEN, "sysret"}, /* with REX.W SYSRETQ, from 5 on */
    {0x09, 0x00, 0x00, 0xf3, DISASSEMBLY_FORBIDDEN, "wbnoinvd"},
    {0x35, 0x00, 0x00, 0x00, DISASSEMBLY_FORBIDDEN, "sysexit"}, /* SYSEXITQ, likewise */
    {0x01, 0xff, 0xc0, 0x00, DISASSEMBLY_FORBIDDEN, "enclv"},
    {0x01, 0xff, 0xc5, 0x00, DISASSEMBLY_FORBIDDEN, "pconfig"},
    {0x01, 0xff, 0xc6, 0x00, DISASSEMBLY_FORBIDDEN, "wrmsrns"},
    {0x01, 0xff, 0xca, 0xf2, DISASSEMBLY_FORBIDDEN, "erets"},
    {0x01, 0xff, 0xca, 0xf3, DISASSEMBLY_FORBIDDEN, "eretu"},
    {0x01, 0xff, 0xcc, 0x66, DISASSEMBLY_FORBIDDEN, "tdcall"},
    {0x01, 0xff, 0xcd, 0x66, DISASSEMBLY_FORBIDDEN, "seamret"},
    {0x01, 0xff, 0xce, 0x66, DISASSEMBLY_FORBIDDEN, "seamops"},
    {0x01, 0xff, 0xcf, 0x66, DISASSEMBLY_FORBIDDEN, "seamcall"},
    {0x01, 0xff, 0xd9, 0xf2, DISASSEMBLY_FORBIDDEN, "vmgexit"},
    {0x01, 0xff, 0xd9, 0xf3, DISASSEMBLY_FORBIDDEN, "vmgexit"},
    {0x01, 0xff, 0xe8, 0xf2, DISASSEMBLY_NORMAL, "xsusldtrk"},
    {0x01, 0xff, 0xe8, 0xf3, DISASSEMBLY_FORBIDDEN, "setssbsy"},
    {0x01, 0xff, 0xe8, 0x00, DISASSEMBLY_NORMAL, "serialize"},
    {0x01, 0xff, 0xe9, 0xf2, DISASSEMBLY_NORMAL, "xresldtrk"},
    {0x01, 0xff, 0xea, 0xf3, DISASSEMBLY_NORMAL, "saveprevssp"},
    {0x01, 0xff, 0xee, 0xf3, DISASSEMBLY_FORBIDDEN, "clui"},
    {0x01, 0xff, 0xee, 0x00, DISASSEMBLY_NORMAL, "rdpkru"},
    {0x01, 0xff, 0xef, 0xf3, DISASSEMBLY_FORBIDDEN, "stui"},
    {0x01, 0xff, 0xef, 0x00, DISASSEMBLY_SYSTEM, "wrpkru"},
    {0x01, 0xff, 0xfa, 0xf3, DISASSEMBLY_NORMAL, "mcommit"},
    {0x01, 0xff, 0xfa, 0x00, DISASSEMBLY_FORBIDDEN, "monitorx"},
    {0x01, 0xff, 0xfb, 0x00, DISASSEMBLY_FORBIDDEN, "mwaitx"},
    {0x01, 0xff, 0xfc, 0x00, DISASSEMBLY_NORMAL, "clzero"},
    {0x01, 0xff, 0xfd, 0x00, DISASSEMBLY_CLOCK, "rdpru"},
    {0x01, 0xff, 0xfe, 0xf2, DISASSEMBLY_FORBIDDEN, "rmpupdate"},
    {0x01, 0xff, 0xfe, 0xf3, DISASSEMBLY_FORBIDDEN, "rmpadjust"},
    {0x01, 0xff, 0xfe, 0x00, DISASSEMBLY_FORBIDDEN, "invlpgb"},
    {0x01, 0xff, 0xff, 0xf2, DISASSEMBLY_FORBIDDEN, "pvalidate"},
    {0x01, 0xff, 0xff, 0xf3, DISASSEMBLY_FORBIDDEN, "psmash"},
    {0x01, 0xff, 0xff, 0x00, DISASSEMBLY_FORBIDDEN, "tlbsync"},
    {0x1e, 0xff, 0xfa, 0xf3, DISASSEMBLY_NORMAL, "endbr64"},
    {0x1e, 0xff, 0xfb, 0xf3, DISASSEMBLY_NORMAL, "endbr32"},
    {0x1e, 0xf8, 0xc8, 0xf3, DISASSEMBLY_NORMAL, "rdssp"},
    {0x1e, 0xc0, 0xc0, 0x00, DISASSEMBLY_NORMAL, "nop"},
    {0xae, 0xf8, 0xe8, 0xf3, DISASSEMBLY_UNDEFINED, "incssp"}, /* without a shadow stack */
    {0xae, 0xf8, 0xf0, 0x66, DISASSEMBLY_FORBIDDEN, "tpause"}, /* Unicorn: MFENCE */
    {0xae, 0xf8, 0xf0, 0xf2, DISASSEMBLY_FORBIDDEN, "umwait"},
    {0xae, 0xf8, 0xf0, 0xf3, DISASSEMBLY_FORBIDDEN, "umonitor"},
    {0xc7, 0xf8, 0xf8, 0xf3, DISASSEMBLY_NORMAL, "rdpid"},
};

unsigned disassembly_lacking_size(const struct disassembly_lacking *lacking) {
    return lacking->mask == 0 ? 2 : 3;
}

static bool disassembly_has_prefix(const struct disassembly_prefixes *prefixes, uint8_t prefix) {
    switch (prefix) {
    case 0:
        return true;
    case 0x66:
        return prefixes->operand;
    default:
        return prefixes->repeat == prefix;
    }
}

const struct disassembly_lacking *
disassembly_find_lacking(const struct disassembly_prefixes *prefixes, const uint8_t *bytes,
                         size_t size) {
    const uint8_t *behind = bytes + prefixes->count;

    if (size < prefixes->count + 2u || behind[0] != 0x0f)
        return NULL;
    for (size_t i = 0; i < LENGTH(disassembly_lacking); i++) {
        const struct disassembly_lacking *row = &disassembly_lacking[i];

        unsigned length = prefixes->count + disassembly_lacking_size(row);

        if (behind[1] == row->opcode && length <= size && length <= DISASSEMBLY_INSTRUCTION_MAX &&
            (row->mask == 0 || (behind[2] & row->mask) == row->bits) &&
            disassembly_has_prefix(prefixes, row->prefix))
            return row;
    }
    return NULL;
}

static bool disassembly_is_segment(x86_reg reg) {
    return reg == X86_REG_CS || reg == X86_REG_DS || reg == X86_REG_ES || reg == X86_REG_FS ||
           reg == X86_REG_GS || reg == X86_REG_SS;
}

/* By the registers named: control and debug registers are privileged, MMX registers are the x87's,
 * vector registers keep what an earlier boot left in them,
 * and a segment register that is written (it then comes first) changes the segment. */
static enum disassembly_class disassembly_class_by_operands(const cs_x86 *x86) {
    for (unsigned i = 0; i < x86->op_count; i++) {
        x86_reg reg = x86->operands[i].reg;

        if (x86->operands[i].type != X86_OP_REG)
            continue;
        if ((reg >= X86_REG_CR0 && reg <= X86_REG_CR15) ||
            (reg >= X86_REG_DR0 && reg <= X86_REG_DR15))
            return DISASSEMBLY_FORBIDDEN;
        if ((reg >= X86_REG_MM0 && reg <= X86_REG_MM7) ||
            (reg >= X86_REG_XMM0 && reg <= X86_REG_ZMM31))
            return DISASSEMBLY_SYSTEM;
    }
    return DISASSEMBLY_NORMAL;
}

static bool disassembly_loads_segment(const cs_insn *insn) {
    const cs_x86 *x86 = &insn->detail->x86;

    return (insn->id == X86_INS_MOV || insn->id == X86_INS_POP) && x86->op_count > 0 &&
           x86->operands[0].type == X86_OP_REG && disassembly_is_segment(x86->operands[0].reg);
}

bool disassembly_is_far(const cs_insn *insn) {
    const cs_x86 *x86 = &insn->detail->x86;
    unsigned extension = x86->modrm >> 3 & 7;

    return x86->opcode[0] == 0xff && (extension == 3 || extension == 5);
}

enum disassembly_class disassembly_class_of(const cs_insn *insn) {
    const cs_x86 *x86 = &insn->detail->x86;

    if (insn->id < X86_INS_ENDING && disassembly_classes[insn->id] != DISASSEMBLY_NORMAL)
        return disassembly_classes[insn->id];
    if (disassembly_loads_segment(insn) || disassembly_is_far(insn) ||
        (x86->opcode[0] >= 0xd8 && x86->opcode[0] <= 0xdf))
        return DISASSEMBLY_SYSTEM;
    return disassembly_class_by_operands(x86);
}
