/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/disassembly_parts.h"

#include "emulator/disassembly_engine.h"

#include <string.h>

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
    disassembly_decode(disassembly, bytes, size, address, &text);
    memcpy(parts->text, text.text, sizeof parts->text);
    return true;
}
