/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/internal.h"

#include <math.h>
#include <string.h>

/*
 * The vector and floating-point registers. Few probes use them, so they are only looked at when the
 * boot executed an instruction of theirs (guest->changed_system), and what they hold at a boot's
 * start comes from a context that was saved once.
 */
#define GUEST_XMM_MAX 16u
#define GUEST_X87_MAX 8u
_Static_assert(GUEST_XMM_MAX <= ENGINE_BATCH, "read and written at once");

/* As floating-point numbers, of either width, the first kind of garbage is above 2, the second
 * below -2, and the others are 0 and none at all: whatever an argument that nobody passed is
 * compared with, it shows. */
static uint64_t guest_xmm_value(const struct guest *guest, unsigned garbage, unsigned half) {
    const uint64_t large = 0x4000000040000000u, signs = 0x8000000080000000u;
    uint64_t value = guest_garbage(guest, garbage, 0x200 + half);

    if (garbage == 0)
        return (value | large) & ~signs;
    return garbage == 1 ? value | large | signs : value;
}

/* The registers from `first` on. Each has two halves in `values`. */
static void guest_xmm_list(unsigned first, unsigned count, uint64_t (*values)[2],
                           enum engine_register *ids, void **pointers) {
    for (unsigned i = 0; i < count; i++) {
        ids[i] = ENGINE_XMM0 + first + i;
        pointers[i] = values[i];
    }
}

static void guest_xmm_fill(struct guest *guest, unsigned garbage) {
    unsigned count = guest->word == 8 ? GUEST_XMM_MAX : 8;
    uint64_t values[GUEST_XMM_MAX][2];
    enum engine_register ids[GUEST_XMM_MAX];
    void *pointers[GUEST_XMM_MAX];

    for (unsigned i = 0; i < 2 * count; i++)
        values[i / 2][i % 2] = guest_xmm_value(guest, garbage, i);
    if (guest_convention(guest->setup->abi)->is_go)
        memset(values[GUEST_XMM_MAX - 1], 0, sizeof values[0]);
    guest_xmm_list(0, count, values, ids, pointers);
    engine_write_all(guest->engine, ids, pointers, count);
}

/* Empty registers of the x87 hold something too, and MMX code reads it. */
static void guest_x87_fill(struct guest *guest, unsigned garbage) {
    for (unsigned i = 0; i < GUEST_X87_MAX; i++) {
        uint64_t value[2] = {guest_garbage(guest, garbage, 0x240 + i), 0xffff};

        engine_write(guest->engine, ENGINE_FP0 + i, value);
    }
}

void guest_vectors_fill(struct guest *guest, unsigned garbage) {
    guest_xmm_fill(guest, garbage);
    guest_x87_fill(guest, garbage);
}

/* The engine starts with all of the x87's registers in use and both control words 0: to the x87,
 * single precision, which code that changes its rounding for a moment would be the first to set. */
bool guest_control_set(struct guest *guest) {
    const struct guest_control entry = {
        .mxcsr = GUEST_MXCSR_AT_ENTRY, .x87 = GUEST_X87_AT_ENTRY, .tags = 0xffff};
    const struct {
        enum engine_register id;
        const void *value;
    } rows[] = {
        {ENGINE_MXCSR, &entry.mxcsr}, {ENGINE_FPCW, &entry.x87}, {ENGINE_FPTAG, &entry.tags}};
    bool accepts = true;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0] && accepts; i++)
        accepts = engine_write(guest->engine, rows[i].id, rows[i].value);
    return accepts;
}

void guest_control_read(struct guest *guest, struct guest_control *control) {
    static const enum engine_register ids[] = {ENGINE_MXCSR, ENGINE_FPCW, ENGINE_FPTAG};
    void *pointers[] = {&control->mxcsr, &control->x87, &control->tags};

    engine_read_all(guest->engine, ids, pointers, 3);
}

/* Microsoft's ABI keeps XMM6 to XMM15. */
#define GUEST_XMM_KEPT 6u

static bool guest_xmm_changed(struct guest *guest) {
    uint64_t values[GUEST_XMM_MAX - GUEST_XMM_KEPT][2] = {{0}};
    enum engine_register ids[GUEST_XMM_MAX - GUEST_XMM_KEPT];
    void *pointers[GUEST_XMM_MAX - GUEST_XMM_KEPT];
    unsigned count = GUEST_XMM_MAX - GUEST_XMM_KEPT;
    bool changed = false;

    guest_xmm_list(GUEST_XMM_KEPT, count, values, ids, pointers);
    engine_read_all(guest->engine, ids, pointers, count);
    for (unsigned i = 0; i < 2 * count; i++)
        changed |=
            values[i / 2][i % 2] != guest_xmm_value(guest, guest->context, 2 * GUEST_XMM_KEPT + i);
    if (changed) /* or the boot's next question would be blamed */
        guest_xmm_fill(guest, guest->context);
    return changed;
}

/* Which of the x87's registers st(0) is. */
static unsigned guest_x87_top(struct guest *guest) {
    uint16_t status = 0;

    engine_read(guest->engine, ENGINE_FPSW, &status);
    return status >> 11 & 7;
}

/* Whether the call that came back leaves its result in st(0). */
static bool guest_returns_x87(const struct guest *guest) {
    return guest->batch.call == guest->calls_count &&
           (guest->setup->answer.kind == GUEST_FLOAT_X87 ||
            guest->setup->value.kind == GUEST_FLOAT_X87);
}

/* Without its fraction; a number that is none is not 0. */
static uint64_t guest_float_integer(long double number) {
    if (number != number || number >= 0x1p64L || number <= -0x1p63L)
        return UINT64_MAX;
    if (number > 0 && number < 1)
        return 1;
    return number < 0 ? (uint64_t)(int64_t)number : (uint64_t)number;
}

/* The x87's registers have 80 bits: a significand of 64, and its exponent and sign. */
static long double guest_x87_number(const uint64_t bits[2]) {
    int exponent = (int)(bits[1] & 0x7fff);
    long double number = ldexpl((long double)bits[0], exponent - 16383 - 63);

    if (exponent == 0x7fff)
        return NAN;
    return bits[1] & 0x8000 ? -number : number;
}

bool guest_vectors_x87(struct guest *guest, uint64_t *number) {
    const uint16_t empty = 0;
    uint16_t tags = 0xffff;
    uint64_t bits[2] = {0, 0};

    engine_read(guest->engine, ENGINE_FPTAG, &tags);
    if (tags == 0xffff)
        return false;
    tags = 0xffff;
    engine_read(guest->engine, ENGINE_FP0 + guest_x87_top(guest), bits);
    engine_write(guest->engine, ENGINE_FPSW, &empty);
    engine_write(guest->engine, ENGINE_FPTAG, &tags);
    *number = guest_float_integer(guest_x87_number(bits));
    return true;
}

uint64_t guest_float_take(const uint64_t bits[2], unsigned width) {
    float narrow;
    double wide;

    memcpy(&narrow, bits, sizeof narrow);
    memcpy(&wide, bits, sizeof wide);
    return guest_float_integer(width == 4 ? narrow : wide);
}

uint64_t guest_vectors_xmm(struct guest *guest, unsigned width) {
    uint64_t bits[2] = {0, 0};

    engine_read(guest->engine, ENGINE_XMM0, bits);
    return guest_float_take(bits, width);
}

/* The ABIs make the callee keep the control bits of MXCSR and the x87 control word, and leave the
 * x87's registers empty (System V psABI for AMD64, 3.2.1; Microsoft's x64 convention). */
unsigned guest_vectors_state(struct guest *guest) {
    struct guest_control now;
    unsigned state = 0;

    if (!guest_abi_is_c(guest->setup->abi))
        return 0;
    guest_control_read(guest, &now);
    if (guest_returns_x87(guest))
        now.tags |= (uint16_t)(3u << 2 * guest_x87_top(guest));
    if ((now.mxcsr ^ guest->control.mxcsr) & GUEST_MXCSR_KEPT)
        state |= OBSERVATION_MXCSR_CHANGED;
    if (((now.x87 ^ guest->control.x87) & GUEST_X87_KEPT) != 0 || now.tags != guest->control.tags)
        state |= OBSERVATION_X87_CHANGED;
    if (guest->setup->abi == GUEST_MS64 && guest_xmm_changed(guest))
        state |= OBSERVATION_XMM_CHANGED;
    return state;
}
