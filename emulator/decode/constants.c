/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/decode/engine.h"
#include "emulator/decode/parts.h"

#include <stdlib.h>

#define DISASSEMBLY_WALK_MAX 20000u  /* instructions; more than any detection code has */
#define DISASSEMBLY_SEEN_SIZE 65536u /* slots for them: a power of two, mostly empty */
#define DISASSEMBLY_STACK_SLOT 65536 /* bytes from the stack or frame pointer; else a constant */

/* A walk over the code, breadth first: straight on to the end, then where branches and calls went,
 * in their order. Straight on after a comparison is where the two were equal, jump or no
 * jump, so that a signature compared in pieces comes out in one piece. */
struct disassembly_walk {
    struct disassembly *disassembly;
    const struct image *image;
    uint64_t *queue; /* DISASSEMBLY_WALK_MAX addresses to start at */
    size_t queue_first, queue_end;
    uint64_t *seen; /* a hash set of addresses + 1; 0: empty */
    size_t visited;
    uint64_t got; /* i386: the address that position-independent code counts from; 0: unknown */
    uint64_t returned; /* where the call ahead returns to, POPs aside; 0: there is none */
    bool compared;     /* the flags come from a comparison: JE is the way of equality */
    unsigned named;    /* dwords of data behind an address */
    uint32_t *out;
    size_t count, limit;
    bool *imports; /* which undefined symbols were reached; NULL: nobody asks */
};

static void disassembly_add_constant(struct disassembly_walk *walk, uint32_t constant) {
    if (constant == 0 || constant == 1 || constant == 0xffffffff || walk->count == walk->limit)
        return;
    for (size_t i = 0; i < walk->count; i++) {
        if (walk->out[i] == constant)
            return;
    }
    walk->out[walk->count++] = constant;
}

/* More starts than instructions can be visited are dropped. */
static void disassembly_enqueue(struct disassembly_walk *walk, uint64_t address) {
    if (walk->queue_end < DISASSEMBLY_WALK_MAX)
        walk->queue[walk->queue_end++] = address;
}

/* False: seen already, or the walk is long enough. */
static bool disassembly_visit(struct disassembly_walk *walk, uint64_t address) {
    size_t slot = (size_t)(address * 0x9e3779b97f4a7c15u >> 48) % DISASSEMBLY_SEEN_SIZE;

    while (walk->seen[slot] != 0 && walk->seen[slot] != address + 1)
        slot = (slot + 1) % DISASSEMBLY_SEEN_SIZE;
    if (walk->seen[slot] != 0 || walk->visited == DISASSEMBLY_WALK_MAX)
        return false;
    walk->seen[slot] = address + 1;
    walk->visited++;
    return true;
}

/* The bytes of code at the address; NULL: it is not executable. */
static const uint8_t *disassembly_code_at(const struct image *image, uint64_t address,
                                          size_t *available) {
    for (size_t i = 0; i < image->segments_count; i++) {
        const struct image_segment *segment = &image->segments[i];

        if ((segment->permissions & IMAGE_EXECUTE) && address >= segment->address &&
            address - segment->address < segment->size) {
            *available = segment->size - (size_t)(address - segment->address);
            return segment->bytes + (address - segment->address);
        }
    }
    return NULL;
}

/* The first symbol at an address or behind it: in halves, since a large program has many, and code
 * names many addresses. */
static size_t disassembly_symbol(const struct image *image, uint64_t address) {
    size_t first = 0, count = image->symbols_count;

    while (count > 0) {
        size_t half = count / 2;

        if (image->symbols[first + half].address < address) {
            first += half + 1;
            count -= half + 1;
        } else {
            count = half;
        }
    }
    return first;
}

static bool disassembly_is_function(const struct image *image, uint64_t address) {
    size_t available;

    for (size_t i = disassembly_symbol(image, address);
         i < image->symbols_count && image->symbols[i].address == address; i++) {
        if (image->symbols[i].is_function)
            return disassembly_code_at(image, address, &available) != NULL;
    }
    return false;
}

/* How many dwords to take behind an address: no more than its symbol says there are, where it does,
 * but as many as a signature has. */
static unsigned disassembly_dwords(const struct disassembly_walk *walk, uint64_t address) {
    const struct image *image = walk->image;
    uint64_t dwords = walk->named;

    for (size_t i = disassembly_symbol(image, address);
         i < image->symbols_count && image->symbols[i].address == address; i++) {
        if (image->symbols[i].size > 0)
            dwords = (image->symbols[i].size + 3) / 4;
    }
    if (dwords < DISASSEMBLY_NAMED)
        dwords = DISASSEMBLY_NAMED;
    return dwords < walk->named ? (unsigned)dwords : walk->named;
}

/* The little-endian value of `size` bytes at the address; false: not in the image. */
static bool disassembly_read(const struct image *image, uint64_t address, unsigned size,
                             uint64_t *value) {
    size_t available;
    const uint8_t *bytes = image_bytes(image, address, &available);

    if (!bytes || available < size)
        return false;
    *value = 0;
    for (unsigned i = 0; i < size; i++)
        *value |= (uint64_t)bytes[i] << 8 * i;
    return true;
}

/* An address in the code's operands: a function to walk, or `dwords` of data. */
static void disassembly_name_address(struct disassembly_walk *walk, uint64_t address,
                                     unsigned dwords) {
    uint64_t value;

    if (disassembly_is_function(walk->image, address)) {
        disassembly_enqueue(walk, address);
        return;
    }
    if (dwords > DISASSEMBLY_NAMED)
        dwords = disassembly_dwords(walk, address);
    for (unsigned i = 0; i < dwords; i++) {
        if (!disassembly_read(walk->image, address + 4 * i, 4, &value))
            return;
        disassembly_add_constant(walk, (uint32_t)value);
    }
}

static void disassembly_take_immediate(struct disassembly_walk *walk, const cs_insn *insn,
                                       const cs_x86_op *operand) {
    uint64_t value = (uint64_t)operand->imm;
    bool is_move =
        insn->id == X86_INS_MOV || insn->id == X86_INS_MOVABS || insn->id == X86_INS_PUSH;

    if (operand->size == 1)
        value &= 0xff;
    else if (operand->size == 2)
        value &= 0xffff;
    else if (operand->size == 4)
        value &= 0xffffffff;
    disassembly_add_constant(walk, (uint32_t)value);
    if (insn->detail->x86.encoding.imm_size == 8)
        disassembly_add_constant(walk, (uint32_t)(value >> 32));
    if (is_move && operand->size >= 4)
        disassembly_name_address(walk, value, walk->named);
}

static bool disassembly_is_stack_slot(const x86_op_mem *memory) {
    switch (memory->base) {
    case X86_REG_SP:
    case X86_REG_ESP:
    case X86_REG_RSP:
    case X86_REG_BP:
    case X86_REG_EBP:
    case X86_REG_RBP:
        return memory->disp > -DISASSEMBLY_STACK_SLOT && memory->disp < DISASSEMBLY_STACK_SLOT;
    default:
        return false;
    }
}

/* Position-independent i386 code asks a function for its return address, or calls the next
 * instruction and pops it, and adds the distance to the global offset table: call; add ebx, imm
 * (ESP is added to behind calls with arguments). Data is then at a distance from that register,
 * which is the same all over the image. */
static void disassembly_note_got(struct disassembly_walk *walk, const cs_insn *insn) {
    const cs_x86 *x86 = &insn->detail->x86;
    uint32_t got = (uint32_t)walk->returned + (uint32_t)x86->operands[1].imm;
    size_t available;

    if (walk->disassembly->mode == IMAGE_32 && walk->returned != 0 && insn->id == X86_INS_ADD &&
        x86->operands[0].type == X86_OP_REG && x86->operands[0].reg != X86_REG_ESP &&
        x86->operands[1].type == X86_OP_IMM && image_bytes(walk->image, got, &available))
        walk->got = got;
}

/* True: *address is what the operand names without any register's help but the instruction
 * pointer's and the global offset table's. An index may still be added. */
static bool disassembly_fixed_address(const struct disassembly_walk *walk, const x86_op_mem *memory,
                                      uint64_t next, uint64_t *address) {
    if (memory->segment == X86_REG_FS || memory->segment == X86_REG_GS)
        return false;
    if (memory->base == X86_REG_RIP || memory->base == X86_REG_EIP)
        *address = next + (uint64_t)memory->disp;
    else if (memory->base == X86_REG_INVALID)
        *address = (uint64_t)memory->disp;
    else if (walk->got != 0 && !disassembly_is_stack_slot(memory))
        *address = walk->got + (uint64_t)memory->disp;
    else
        return false;
    if (walk->disassembly->mode != IMAGE_64)
        *address &= 0xffffffff;
    return true;
}

/* A function's address that is loaded from memory, as from the global offset table. */
static void disassembly_follow_pointer(struct disassembly_walk *walk, const cs_insn *insn,
                                       const cs_x86_op *operand, uint64_t address) {
    uint64_t function;

    if (insn->id == X86_INS_MOV && operand->size == walk->disassembly->mode / 8u &&
        disassembly_read(walk->image, address, operand->size, &function) &&
        disassembly_is_function(walk->image, function))
        disassembly_enqueue(walk, function);
}

static void disassembly_take_memory(struct disassembly_walk *walk, const cs_insn *insn,
                                    const cs_x86_op *operand, uint64_t next) {
    const x86_op_mem *memory = &operand->mem;
    bool indexed = memory->index != X86_REG_INVALID && memory->index != X86_REG_EIZ &&
                   memory->index != X86_REG_RIZ;
    unsigned dwords = (operand->size + 3u) / 4u;
    size_t available;
    uint64_t address;

    if (insn->id == X86_INS_LEA || indexed || dwords > walk->named)
        dwords = walk->named;
    if (disassembly_fixed_address(walk, memory, next, &address) &&
        image_bytes(walk->image, address, &available)) {
        disassembly_name_address(walk, address, dwords);
        if (!indexed)
            disassembly_follow_pointer(walk, insn, operand, address);
    } else if (!disassembly_is_stack_slot(memory) && memory->base != X86_REG_RIP &&
               memory->base != X86_REG_EIP)
        disassembly_add_constant(walk, (uint32_t)memory->disp);
}

static void disassembly_take_operands(struct disassembly_walk *walk, const cs_insn *insn,
                                      uint64_t next) {
    const cs_x86 *x86 = &insn->detail->x86;

    if (insn->id == X86_INS_NOP) /* its operand is padding */
        return;
    for (unsigned i = 0; i < x86->op_count; i++) {
        if (x86->operands[i].type == X86_OP_IMM)
            disassembly_take_immediate(walk, insn, &x86->operands[i]);
        else if (x86->operands[i].type == X86_OP_MEM)
            disassembly_take_memory(walk, insn, &x86->operands[i], next);
    }
}

/* Where a jump or call goes: an immediate, or what a fixed memory slot holds (as the linker's jump
 * table for calls between functions of a shared object does). */
static bool disassembly_target(const struct disassembly_walk *walk, const cs_insn *insn,
                               uint64_t next, uint64_t *target) {
    const cs_x86_op *operand = &insn->detail->x86.operands[0];
    enum image_mode mode = walk->disassembly->mode;
    uint64_t slot;

    if (insn->detail->x86.op_count != 1)
        return false;
    if (operand->type == X86_OP_IMM) {
        *target = (uint64_t)operand->imm;
        if (mode == IMAGE_16) /* Capstone drops what lies above the 64 KiB of the segment */
            *target = (insn->address & ~(uint64_t)0xffff) | (*target & 0xffff);
        return true;
    }
    return operand->type == X86_OP_MEM && mode != IMAGE_16 &&
           operand->mem.index == X86_REG_INVALID &&
           disassembly_fixed_address(walk, &operand->mem, next, &slot) &&
           disassembly_read(walk->image, slot, mode == IMAGE_64 ? 8 : 4, target);
}

static bool disassembly_ends_flow(const cs_insn *insn) {
    switch (insn->id) {
    case X86_INS_RET:
    case X86_INS_RETF:
    case X86_INS_RETFQ:
    case X86_INS_IRET:
    case X86_INS_IRETD:
    case X86_INS_IRETQ:
    case X86_INS_LJMP:
    case X86_INS_HLT:
    case X86_INS_INT3:
    case X86_INS_UD0:
    case X86_INS_UD1:
    case X86_INS_UD2:
        return true;
    default:
        return false;
    }
}

/* CMP, and what compilers join several comparisons with, leave the zero flag set when all is equal;
 * TEST and AND leave it set when nothing is. Other instructions stand between flags and jump. */
static void disassembly_note_comparison(struct disassembly_walk *walk, const cs_insn *insn) {
    switch (insn->id) {
    case X86_INS_CMP:
    case X86_INS_SUB:
    case X86_INS_XOR:
    case X86_INS_OR:
        walk->compared = true;
        break;
    case X86_INS_TEST:
    case X86_INS_AND:
        walk->compared = false;
        break;
    default:
        break;
    }
}

/* Goes where a jump or call leads first; the other way waits in the queue. False: nowhere known. */
static bool disassembly_branch(struct disassembly_walk *walk, const cs_insn *insn,
                               uint64_t *address, uint64_t next) {
    uint64_t target;
    bool known = disassembly_target(walk, insn, next, &target);
    bool jumps = insn->id == X86_INS_JMP || insn->id == X86_INS_LJMP;
    bool equal = insn->id == X86_INS_JE && walk->compared;

    walk->returned = insn->id == X86_INS_CALL ? next : 0;
    *address = known && (jumps || equal) ? target : next;
    if (known && !jumps)
        disassembly_enqueue(walk, equal ? next : target);
    return known || !jumps;
}

/* Takes the constants of one instruction and moves *address on. False: the flow ends. */
static bool disassembly_step(struct disassembly_walk *walk, const cs_insn *insn, unsigned size,
                             uint64_t *address) {
    csh handle = walk->disassembly->handle;
    uint64_t next = *address + size;

    if (cs_insn_group(handle, insn, X86_GRP_JUMP) || cs_insn_group(handle, insn, X86_GRP_CALL) ||
        cs_insn_group(handle, insn, X86_GRP_BRANCH_RELATIVE))
        return disassembly_branch(walk, insn, address, next);
    disassembly_note_got(walk, insn);
    disassembly_note_comparison(walk, insn);
    disassembly_take_operands(walk, insn, next);
    if (insn->id != X86_INS_POP)
        walk->returned = 0;
    *address = next;
    return !disassembly_ends_flow(insn);
}

static void disassembly_note_import(const struct disassembly_walk *walk, uint64_t address) {
    uint64_t offset = address - walk->image->import_area;

    if (walk->imports && offset / IMAGE_IMPORT_SIZE < walk->image->imports_count)
        walk->imports[offset / IMAGE_IMPORT_SIZE] = true;
}

static void disassembly_walk_from(struct disassembly_walk *walk, uint64_t address) {
    size_t available;
    const uint8_t *bytes;

    while ((bytes = disassembly_code_at(walk->image, address, &available)) &&
           disassembly_visit(walk, address)) {
        struct disassembly_fetched fetched =
            disassembly_fetch(walk->disassembly, bytes, available, address);

        if (!fetched.insn && fetched.size == 1) /* not known: nor where the next one begins */
            return;
        if (!fetched.insn)
            address += fetched.size;
        else if (!disassembly_step(walk, fetched.insn, fetched.size, &address))
            return;
    }
    disassembly_note_import(walk, address);
}

/* Walks from the entries. False: out of memory. Free with disassembly_walk_end. */
static bool disassembly_walk_all(struct disassembly_walk *walk, const uint64_t *entries,
                                 size_t count) {
    walk->queue = calloc(DISASSEMBLY_WALK_MAX, sizeof *walk->queue);
    walk->seen = calloc(DISASSEMBLY_SEEN_SIZE, sizeof *walk->seen);
    if (!walk->queue || !walk->seen)
        return false;
    for (size_t i = 0; i < count; i++)
        disassembly_enqueue(walk, entries[i]);
    while (walk->queue_first < walk->queue_end)
        disassembly_walk_from(walk, walk->queue[walk->queue_first++]);
    return true;
}

static void disassembly_walk_end(struct disassembly_walk *walk) {
    free(walk->queue);
    free(walk->seen);
}

size_t disassembly_constants(struct disassembly *disassembly, const struct image *image,
                             const uint64_t *entries, size_t entries_count, unsigned named,
                             uint32_t *out, size_t limit) {
    struct disassembly_walk walk = {
        .disassembly = disassembly, .image = image, .named = named, .out = out, .limit = limit};

    disassembly_walk_all(&walk, entries, entries_count);
    disassembly_walk_end(&walk);
    return walk.count;
}

void disassembly_imports(struct disassembly *disassembly, const struct image *image,
                         const uint64_t *entries, size_t entries_count, bool *reached) {
    struct disassembly_walk walk = {.disassembly = disassembly, .image = image, .imports = reached};

    disassembly_walk_all(&walk, entries, entries_count);
    disassembly_walk_end(&walk);
}

static int disassembly_compare_addresses(const void *a, const void *b) {
    uint64_t first = *(const uint64_t *)a, second = *(const uint64_t *)b;

    return (first > second) - (first < second);
}

bool disassembly_reached(struct disassembly *disassembly, const struct image *image,
                         const uint64_t *entries, size_t entries_count, uint64_t **addresses,
                         size_t *count) {
    struct disassembly_walk walk = {.disassembly = disassembly, .image = image};
    bool walked = disassembly_walk_all(&walk, entries, entries_count);

    *count = 0;
    *addresses = walked ? calloc(walk.visited + 1, sizeof **addresses) : NULL;
    for (size_t slot = 0; *addresses && slot < DISASSEMBLY_SEEN_SIZE; slot++) {
        if (walk.seen[slot] != 0)
            (*addresses)[(*count)++] = walk.seen[slot] - 1;
    }
    if (*addresses)
        qsort(*addresses, *count, sizeof **addresses, disassembly_compare_addresses);
    disassembly_walk_end(&walk);
    return *addresses != NULL;
}
