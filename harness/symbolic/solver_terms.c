/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/symbolic/solver_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Terms as the solver's. */
static Z3_ast solver_number(struct solver *solver, term_id id);

static Z3_ast solver_bits(struct solver *solver, unsigned width, uint64_t number) {
    return Z3_mk_unsigned_int64(solver->z3, number, Z3_mk_bv_sort(solver->z3, width));
}

static bool solver_is_truth(const struct term *term) {
    return term->width == 1 && ((term->op >= TERM_AND && term->op <= TERM_NOT) ||
                                (term->op >= TERM_EQ && term->op <= TERM_CHOOSE));
}

static Z3_ast solver_make_truth(struct solver *solver, const struct term *term) {
    Z3_context z3 = solver->z3;
    bool of_truths = term_width(solver->terms, term->a) == 1 && term->op <= TERM_NOT;
    Z3_ast a = of_truths || term->op == TERM_CHOOSE ? solver_truth(solver, term->a)
                                                    : solver_number(solver, term->a);
    Z3_ast b = !term->b                               ? NULL
               : of_truths || term->op == TERM_CHOOSE ? solver_truth(solver, term->b)
                                                      : solver_number(solver, term->b);

    switch (term->op) {
    case TERM_AND:
        return Z3_mk_and(z3, 2, (Z3_ast[]){a, b});
    case TERM_OR:
        return Z3_mk_or(z3, 2, (Z3_ast[]){a, b});
    case TERM_XOR:
        return Z3_mk_xor(z3, a, b);
    case TERM_NOT:
        return Z3_mk_not(z3, a);
    case TERM_EQ:
        return Z3_mk_eq(z3, a, b);
    case TERM_LT_UNSIGNED:
        return Z3_mk_bvult(z3, a, b);
    case TERM_LE_UNSIGNED:
        return Z3_mk_bvule(z3, a, b);
    case TERM_LT_SIGNED:
        return Z3_mk_bvslt(z3, a, b);
    case TERM_LE_SIGNED:
        return Z3_mk_bvsle(z3, a, b);
    default:
        return Z3_mk_ite(z3, a, b, solver_truth(solver, term->c));
    }
}

Z3_ast solver_truth(struct solver *solver, term_id id) {
    const struct term term = *term_get(solver->terms, id);

    if (!solver->truths[id]) {
        if (term.op == TERM_NUMBER)
            solver->truths[id] = term.number ? Z3_mk_true(solver->z3) : Z3_mk_false(solver->z3);
        else if (solver_is_truth(&term))
            solver->truths[id] = solver_make_truth(solver, &term);
        else
            solver->truths[id] =
                Z3_mk_eq(solver->z3, solver_number(solver, id), solver_bits(solver, 1, 1));
    }
    return solver->truths[id];
}

/* The upper half of a product of twice the width. */
static Z3_ast solver_high(struct solver *solver, Z3_ast a, Z3_ast b, unsigned width,
                          bool is_signed) {
    Z3_context z3 = solver->z3;
    Z3_ast (*extend)(Z3_context, unsigned, Z3_ast) = is_signed ? Z3_mk_sign_ext : Z3_mk_zero_ext;

    return Z3_mk_extract(z3, 2 * width - 1, width,
                         Z3_mk_bvmul(z3, extend(z3, width, a), extend(z3, width, b)));
}

static void solver_note_unknown(struct solver *solver, term_id id) {
    if (solver->unknowns_count == solver->unknowns_capacity) {
        size_t capacity = solver->unknowns_capacity ? 2 * solver->unknowns_capacity : 256;
        term_id *unknowns = realloc(solver->unknowns, capacity * sizeof *unknowns);

        solver->failed |= !unknowns;
        if (!unknowns)
            return;
        solver->unknowns = unknowns;
        solver->unknowns_capacity = capacity;
    }
    solver->unknowns[solver->unknowns_count++] = id;
}

static Z3_ast solver_make_number(struct solver *solver, const struct term *term) {
    Z3_context z3 = solver->z3;
    Z3_ast a, b, c;
    char name[24];

    if (term->op == TERM_UNKNOWN) {
        snprintf(name, sizeof name, "u%llu", (unsigned long long)term->number);
        return Z3_mk_const(z3, Z3_mk_string_symbol(z3, name), Z3_mk_bv_sort(z3, term->width));
    }
    if (term->op == TERM_CHOOSE) {
        a = solver_truth(solver, term->a);
        b = solver_number(solver, term->b);
        c = solver_number(solver, term->c);
        return Z3_mk_ite(z3, a, b, c);
    }
    a = solver_number(solver, term->a);
    b = term->b ? solver_number(solver, term->b) : NULL;
    switch (term->op) {
    case TERM_ADD:
        return Z3_mk_bvadd(z3, a, b);
    case TERM_SUB:
        return Z3_mk_bvsub(z3, a, b);
    case TERM_MUL:
        return Z3_mk_bvmul(z3, a, b);
    case TERM_HIGH_UNSIGNED:
        return solver_high(solver, a, b, term->width, false);
    case TERM_HIGH_SIGNED:
        return solver_high(solver, a, b, term->width, true);
    case TERM_DIV_UNSIGNED:
        return Z3_mk_bvudiv(z3, a, b);
    case TERM_REM_UNSIGNED:
        return Z3_mk_bvurem(z3, a, b);
    case TERM_DIV_SIGNED:
        return Z3_mk_bvsdiv(z3, a, b);
    case TERM_REM_SIGNED:
        return Z3_mk_bvsrem(z3, a, b);
    case TERM_AND:
        return Z3_mk_bvand(z3, a, b);
    case TERM_OR:
        return Z3_mk_bvor(z3, a, b);
    case TERM_XOR:
        return Z3_mk_bvxor(z3, a, b);
    case TERM_NOT:
        return Z3_mk_bvnot(z3, a);
    case TERM_SHL:
        return Z3_mk_bvshl(z3, a, b);
    case TERM_SHR:
        return Z3_mk_bvlshr(z3, a, b);
    case TERM_SAR:
        return Z3_mk_bvashr(z3, a, b);
    case TERM_JOIN:
        return Z3_mk_concat(z3, a, b);
    case TERM_EXTRACT:
        return Z3_mk_extract(z3, (unsigned)term->number + term->width - 1, (unsigned)term->number,
                             a);
    case TERM_SIGN:
        return Z3_mk_sign_ext(z3, term->width - term_width(solver->terms, term->a), a);
    default:
        solver->failed = true;
        return a;
    }
}

static Z3_ast solver_number(struct solver *solver, term_id id) {
    const struct term term = *term_get(solver->terms, id);

    if (!solver->numbers[id]) {
        if (term.op == TERM_NUMBER)
            solver->numbers[id] = solver_bits(solver, term.width, term.number);
        else if (solver_is_truth(&term))
            solver->numbers[id] = Z3_mk_ite(solver->z3, solver_truth(solver, id),
                                            solver_bits(solver, 1, 1), solver_bits(solver, 1, 0));
        else
            solver->numbers[id] = solver_make_number(solver, &term);
        if (term.op == TERM_UNKNOWN)
            solver_note_unknown(solver, id);
    }
    return solver->numbers[id];
}

bool solver_reserve(struct solver *solver, term_id id) {
    size_t capacity = solver->capacity ? solver->capacity : 4096;
    Z3_ast *numbers, *truths;

    if (id < solver->capacity)
        return true;
    while (capacity <= id)
        capacity *= 2;
    numbers = realloc(solver->numbers, capacity * sizeof *numbers);
    if (numbers)
        solver->numbers = numbers;
    truths = realloc(solver->truths, capacity * sizeof *truths);
    if (truths)
        solver->truths = truths;
    if (!numbers || !truths)
        return false;
    memset(numbers + solver->capacity, 0, (capacity - solver->capacity) * sizeof *numbers);
    memset(truths + solver->capacity, 0, (capacity - solver->capacity) * sizeof *truths);
    solver->capacity = capacity;
    return true;
}
