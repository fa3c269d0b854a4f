/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/decode/parts.h"

#include "emulator/decode/engine.h"

#include <string.h>

/* Errs on the side of writing: Capstone's notes on which operands are written are incomplete. */
static bool disassembly_stores(csh handle, const cs_insn *insn) {
    static const char *const readers[] = {"cmp", "test", "bt", "lea", "nop"};
    static const char *const writers[] = {"push", "xchg", "xadd", "cmpxchg", "enter"};
    const cs_x86 *x86 = &insn->detail->x86;
    bool memory = false;

    for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++) {
        if (strcmp(insn->mnemonic, readers[i]) == 0)
            return false;
    }
    for (size_t i = 0; i < sizeof writers / sizeof writers[0]; i++) {
        if (strncmp(insn->mnemonic, writers[i], strlen(writers[i])) == 0)
            return true;
    }
    for (unsigned i = 0; i < x86->op_count; i++)
        memory |= x86->operands[i].type == X86_OP_MEM;
    return cs_insn_group(handle, insn, X86_GRP_CALL) ||
           (memory && x86->operands[0].type != X86_OP_REG);
}

bool disassembly_take_apart(struct disassembly *disassembly, const uint8_t *bytes, size_t size,
                            uint64_t address, struct disassembly_parts *parts) {
    struct disassembly_fetched fetched = disassembly_fetch(disassembly, bytes, size, address);
    struct disassembly_prefixes prefixes =
        disassembly_scan_prefixes(disassembly->mode, bytes, size);
    struct disassembly_instruction text;
    const cs_x86 *x86;
    csh handle = disassembly->handle;

    if (!fetched.insn || fetched.size > sizeof parts->bytes || prefixes.count >= fetched.size)
        return false;
    x86 = &fetched.insn->detail->x86;
    memset(parts, 0, sizeof *parts);
    parts->address = address;
    parts->size = fetched.size;
    memcpy(parts->bytes, bytes, fetched.size);
    parts->class = fetched.class;
    parts->opcode_at = prefixes.count;
    parts->modrm_at = x86->encoding.modrm_offset;
    parts->is_cpuid = fetched.class == DISASSEMBLY_CPUID;
    parts->is_branch = cs_insn_group(handle, fetched.insn, X86_GRP_JUMP) ||
                       cs_insn_group(handle, fetched.insn, X86_GRP_CALL) ||
                       cs_insn_group(handle, fetched.insn, X86_GRP_RET) ||
                       cs_insn_group(handle, fetched.insn, X86_GRP_BRANCH_RELATIVE);
    if (!parts->is_branch && x86->encoding.imm_offset > 0 &&
        x86->encoding.imm_offset + x86->encoding.imm_size <= fetched.size) {
        parts->immediate_at = x86->encoding.imm_offset;
        parts->immediate_size = x86->encoding.imm_size;
    }
    parts->writes_memory = disassembly_stores(handle, fetched.insn);
    disassembly_decode(disassembly, bytes, size, address, &text);
    memcpy(parts->text, text.text, sizeof parts->text);
    return true;
}
