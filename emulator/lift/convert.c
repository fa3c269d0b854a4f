/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/lift/internal.h"

#include <stdlib.h>
#include <string.h>

struct lift_work {
    const IRSB *block;
    const struct lift_layout *layout;
    const struct lift_doubt *doubt;
    struct lift_instruction *out;
    size_t capacity;
    bool failed; /* out of memory */
};

static unsigned lift_width(IRType type) {
    switch (type) {
    case Ity_I1:
        return 1;
    case Ity_I8:
        return 8;
    case Ity_I16:
        return 16;
    case Ity_I32:
        return 32;
    case Ity_I64:
        return 64;
    case Ity_I128:
    case Ity_V128:
        return 128;
    default:
        return 0; /* floats and longer vectors: not modelled */
    }
}

static struct lift_step *lift_step(struct lift_work *work, enum lift_kind kind) {
    static struct lift_step nowhere;
    struct lift_instruction *out = work->out;

    if (out->count == work->capacity) {
        size_t capacity = work->capacity ? 2 * work->capacity : 16;
        struct lift_step *steps = realloc(out->steps, capacity * sizeof *steps);

        if (!steps) {
            work->failed = true;
            return &nowhere;
        }
        out->steps = steps;
        work->capacity = capacity;
    }
    out->steps[out->count] = (struct lift_step){.kind = kind};
    return &out->steps[out->count++];
}

static void lift_alien(struct lift_work *work, const char *name) {
    lift_step(work, LIFT_ALIEN)->name = name;
}

static struct lift_operand lift_number(unsigned width, uint64_t number) {
    return (struct lift_operand){.is_number = true, .width = width, .number = {number, 0}};
}

/* Vectors are given with a bit for each byte. */
static uint64_t lift_spread(unsigned bits) {
    uint64_t number = 0;

    for (unsigned i = 0; i < 8; i++) {
        if (bits >> i & 1)
            number |= 0xffull << 8 * i;
    }
    return number;
}

static struct lift_operand lift_constant(struct lift_work *work, const IRConst *constant) {
    switch (constant->tag) {
    case Ico_U1:
        return lift_number(1, constant->Ico.U1);
    case Ico_U8:
        return lift_number(8, constant->Ico.U8);
    case Ico_U16:
        return lift_number(16, constant->Ico.U16);
    case Ico_U32:
        return lift_number(32, constant->Ico.U32);
    case Ico_U64:
        return lift_number(64, constant->Ico.U64);
    case Ico_V128:
        return (struct lift_operand){.is_number = true,
                                     .width = 128,
                                     .number = {lift_spread(constant->Ico.V128 & 0xff),
                                                lift_spread(constant->Ico.V128 >> 8)}};
    default:
        lift_alien(work, "a floating-point number");
        return lift_number(64, 0);
    }
}

static struct lift_operand lift_expression(struct lift_work *work, const IRExpr *expression,
                                           unsigned result);

static struct lift_operand lift_temporary(unsigned index, unsigned width) {
    return (struct lift_operand){.index = index, .width = width};
}

static void lift_operation(struct lift_work *work, IROp op, const IRExpr *const *arguments,
                           unsigned count, unsigned result, unsigned width) {
    const struct lift_row *row = lift_row_find(op);
    struct lift_operand operands[5] = {{0}};
    struct lift_step *step;

    for (unsigned i = 0; i < count; i++)
        operands[i] = lift_expression(work, arguments[i], UINT32_MAX);
    if (!row)
        lift_alien(work, "an operation that is not modelled");
    step = lift_step(work, row ? LIFT_OPERATE : LIFT_UNDEFINED);
    step->op = row ? row->op : LIFT_LOW;
    step->lane = row ? row->lane : 0;
    step->result = result;
    step->width = width;
    memcpy(step->operands, operands, sizeof operands);
}

static bool lift_starts(const char *text, const char *start) {
    return strncmp(text, start, strlen(start)) == 0;
}

/* Helpers that libVEX calls: those of the flags, and of segments. */
static void lift_helper(struct lift_work *work, const IRCallee *callee, IRExpr **arguments,
                        unsigned result, unsigned width) {
    const char *name = strchr(callee->name, '_');
    struct lift_operand operands[5] = {{0}};
    struct lift_step *step;
    unsigned count = 0;

    while (arguments[count] && count < 5) {
        operands[count] = lift_expression(work, arguments[count], UINT32_MAX);
        count++;
    }
    name = name ? name + 1 : "";
    if (strcmp(name, "calculate_condition") == 0) {
        step = lift_step(work, LIFT_FLAGS);
        step->flags = LIFT_FLAGS_CONDITION;
    } else if (strcmp(name, "use_seg_selector") == 0) {
        step = lift_step(work, LIFT_SEGMENT);
        memmove(operands, operands + 2, 2 * sizeof *operands);
    } else if (lift_starts(name, "calculate_") && strstr(name, "flags_")) {
        step = lift_step(work, LIFT_FLAGS);
        step->flags = strstr(name, "_c") == strrchr(name, '_') ? LIFT_FLAGS_CARRY : LIFT_FLAGS_ALL;
        memmove(operands + 1, operands, 4 * sizeof *operands);
    } else {
        lift_alien(work, "an instruction that is not modelled");
        step = lift_step(work, LIFT_UNDEFINED);
    }
    step->result = result;
    step->width = width;
    memcpy(step->operands, operands, sizeof operands);
}

static void lift_choose(struct lift_work *work, const IRExpr *expression, unsigned result,
                        unsigned width) {
    struct lift_operand operands[3];
    struct lift_step *step;

    operands[0] = lift_expression(work, expression->Iex.ITE.cond, UINT32_MAX);
    operands[1] = lift_expression(work, expression->Iex.ITE.iftrue, UINT32_MAX);
    operands[2] = lift_expression(work, expression->Iex.ITE.iffalse, UINT32_MAX);
    if (work->doubt->undefined_zero && !operands[2].is_number) {
        /* What bsf and bsr leave in their destination when the source is 0. */
        step = lift_step(work, LIFT_UNDEFINED);
        step->result = work->out->temporaries++;
        step->width = width;
        operands[2] = lift_temporary(step->result, width);
    }
    step = lift_step(work, LIFT_CHOOSE);
    step->result = result;
    step->width = width;
    memcpy(step->operands, operands, sizeof operands);
}

/* Says an expression's steps; `result` is the temporary to use, UINT32_MAX for any. */
static struct lift_operand lift_expression(struct lift_work *work, const IRExpr *expression,
                                           unsigned result) {
    unsigned width = lift_width(typeOfIRExpr(work->block->tyenv, expression));
    struct lift_operand address;
    struct lift_step *step;

    if (expression->tag == Iex_Const && result == UINT32_MAX)
        return lift_constant(work, expression->Iex.Const.con);
    if (expression->tag == Iex_RdTmp && result == UINT32_MAX)
        return lift_temporary(expression->Iex.RdTmp.tmp, width);
    if (result == UINT32_MAX)
        result = work->out->temporaries++;
    if (width == 0) {
        lift_alien(work, "floating-point or a longer vector");
        width = 64;
    }
    switch (expression->tag) {
    case Iex_Const:
        address = lift_constant(work, expression->Iex.Const.con);
        step = lift_step(work, LIFT_COPY);
        step->operands[0] = address;
        break;
    case Iex_RdTmp:
        step = lift_step(work, LIFT_COPY);
        step->operands[0] = lift_temporary(expression->Iex.RdTmp.tmp, width);
        break;
    case Iex_Get:
        step = lift_step(work, LIFT_GET);
        step->offset = (unsigned)expression->Iex.Get.offset;
        break;
    case Iex_Load:
        address = lift_expression(work, expression->Iex.Load.addr, UINT32_MAX);
        step = lift_step(work, LIFT_LOAD);
        step->operands[0] = address;
        break;
    case Iex_Unop:
        lift_operation(work, expression->Iex.Unop.op,
                       (const IRExpr *const[]){expression->Iex.Unop.arg}, 1, result, width);
        return lift_temporary(result, width);
    case Iex_Binop:
        lift_operation(
            work, expression->Iex.Binop.op,
            (const IRExpr *const[]){expression->Iex.Binop.arg1, expression->Iex.Binop.arg2}, 2,
            result, width);
        return lift_temporary(result, width);
    case Iex_ITE:
        lift_choose(work, expression, result, width);
        return lift_temporary(result, width);
    case Iex_CCall:
        lift_helper(work, expression->Iex.CCall.cee, expression->Iex.CCall.args, result, width);
        return lift_temporary(result, width);
    default:
        lift_alien(work, "floating-point registers or an operation that is not modelled");
        step = lift_step(work, LIFT_UNDEFINED);
        break;
    }
    step->result = result;
    step->width = width;
    return lift_temporary(result, width);
}

static enum lift_end lift_end_of(IRJumpKind kind) {
    switch (kind) {
    case Ijk_Boring:
        return LIFT_GOES_ON;
    case Ijk_Call:
        return LIFT_CALL;
    case Ijk_Ret:
        return LIFT_RETURN;
    case Ijk_SigSEGV:
    case Ijk_SigBUS:
    case Ijk_SigTRAP:
    case Ijk_SigILL:
    case Ijk_SigFPE_IntDiv:
        return LIFT_FAULTS;
    default:
        return LIFT_UNKNOWN;
    }
}

static uint64_t lift_constant_number(const IRConst *constant) {
    return constant->tag == Ico_U64 ? constant->Ico.U64 : constant->Ico.U32;
}

static void lift_dirty(struct lift_work *work, const IRDirty *dirty) {
    if (strstr(dirty->cee->name, "CPUID")) {
        lift_step(work, LIFT_CPUID);
        return;
    }
    lift_alien(work, strstr(dirty->cee->name, "RDTSC") ? "the time-stamp counter"
                                                       : "an instruction that is not modelled");
    if (dirty->tmp != IRTemp_INVALID) {
        struct lift_step *step = lift_step(work, LIFT_UNDEFINED);

        step->result = dirty->tmp;
        step->width = lift_width(typeOfIRTemp(work->block->tyenv, dirty->tmp));
    }
}

static void lift_swap(struct lift_work *work, const IRCAS *cas) {
    struct lift_operand operands[3];
    struct lift_step *step;

    if (cas->expdHi) {
        lift_alien(work, "cmpxchg16b or cmpxchg8b");
        return;
    }
    operands[0] = lift_expression(work, cas->addr, UINT32_MAX);
    operands[1] = lift_expression(work, cas->expdLo, UINT32_MAX);
    operands[2] = lift_expression(work, cas->dataLo, UINT32_MAX);
    step = lift_step(work, LIFT_SWAP);
    step->result = cas->oldLo;
    step->width = operands[2].width;
    memcpy(step->operands, operands, sizeof operands);
}

static void lift_statement(struct lift_work *work, const IRStmt *statement) {
    struct lift_operand operands[2];
    struct lift_step *step;

    switch (statement->tag) {
    case Ist_NoOp:
    case Ist_IMark:
    case Ist_AbiHint:
    case Ist_MBE:
        return;
    case Ist_Put:
        operands[0] = lift_expression(work, statement->Ist.Put.data, UINT32_MAX);
        step = lift_step(work, LIFT_PUT);
        step->offset = (unsigned)statement->Ist.Put.offset;
        step->operands[0] = operands[0];
        return;
    case Ist_WrTmp:
        lift_expression(work, statement->Ist.WrTmp.data, statement->Ist.WrTmp.tmp);
        return;
    case Ist_Store:
        operands[0] = lift_expression(work, statement->Ist.Store.addr, UINT32_MAX);
        operands[1] = lift_expression(work, statement->Ist.Store.data, UINT32_MAX);
        step = lift_step(work, LIFT_STORE);
        memcpy(step->operands, operands, sizeof operands);
        return;
    case Ist_CAS:
        lift_swap(work, statement->Ist.CAS.details);
        return;
    case Ist_Dirty:
        lift_dirty(work, statement->Ist.Dirty.details);
        return;
    case Ist_Exit:
        operands[0] = lift_expression(work, statement->Ist.Exit.guard, UINT32_MAX);
        step = lift_step(work, LIFT_EXIT);
        step->operands[0] = operands[0];
        step->address = lift_constant_number(statement->Ist.Exit.dst);
        step->end = lift_end_of(statement->Ist.Exit.jk);
        return;
    default:
        lift_alien(work, "an instruction that is not modelled");
    }
}

bool lift_convert(const IRSB *block, const struct lift_layout *layout,
                  const struct lift_doubt *doubt, struct lift_instruction *instruction) {
    struct lift_work work = {block, layout, doubt, instruction, 0, false};

    instruction->temporaries = (unsigned)block->tyenv->types_used;
    instruction->undefined = doubt->flags;
    for (int i = 0; i < block->stmts_used; i++)
        lift_statement(&work, block->stmts[i]);
    if (block->next) {
        instruction->next = lift_expression(&work, block->next, UINT32_MAX);
        instruction->end = lift_end_of(block->jumpkind);
    }
    return !work.failed;
}
