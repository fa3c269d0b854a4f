/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/guest/tests/guest_fixture.h"

/*
 * Random bytes as code, in every mode: no piece crashes or hangs the guest, what one does is never
 * seen by the next, and the order they run in changes nothing.
 */
#define FUZZ_SLOT 32u /* bytes of each piece */
#define FUZZ_PAGES 4u
#define FUZZ_PIECES (FUZZ_PAGES * IMAGE_PAGE / FUZZ_SLOT)
#define FUZZ_CODE (HAND_CODE + IMAGE_PAGE)
#define FUZZ_BUDGET 2000u
#define FUZZ_ROUNDS 6u /* images for each mode and kind of segment */

static uint64_t fuzz_state;

/* Code that writes itself makes the engine lose a few hundred bytes, which is not ours to mend. */
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) {
    return "leak:libunicorn";
}

/* xorshift64*, by Vigna */
static uint64_t fuzz_draw(void) {
    fuzz_state ^= fuzz_state >> 12;
    fuzz_state ^= fuzz_state << 25;
    fuzz_state ^= fuzz_state >> 27;
    return fuzz_state * 0x2545f4914f6cdd1d;
}

/* Two encodings that no processor executes make the engine's translator abort: far calls and jumps
 * of a register, and a locked comparison (measured with Unicorn 2.0.1). It costs a worker process a
 * case, and this test its life: so they are made into something else. */
static void fuzz_spare_engine(uint8_t *bytes, size_t size) {
    for (size_t i = 0; i + 1 < size; i++) {
        if (bytes[i] == 0xff && ((bytes[i + 1] & 0xf8) == 0xd8 || (bytes[i + 1] & 0xf8) == 0xe8))
            bytes[i] = 0x90;
        if (bytes[i] == 0xf0)
            bytes[i] = 0x90;
    }
}

/* Bytes that random ones rarely are: the two-byte opcodes, CPUID, prefixes, returns, stores. */
static void fuzz_fill(uint8_t *bytes, size_t size) {
    static const uint8_t spice[] = {0x0f, 0xa2, 0x66, 0xf3, 0xf2, 0x48, 0xc3, 0xcb, 0xe8, 0xeb,
                                    0x31, 0x89, 0x8b, 0xff, 0xf4, 0xc7, 0x9d, 0xcf, 0xaa, 0xf8};

    for (size_t i = 0; i < size; i++) {
        uint64_t draw = fuzz_draw();

        bytes[i] = draw & 0x700 ? (uint8_t)draw : spice[(draw >> 16) % sizeof spice];
        if (i + 1 < size && (draw >> 24) % 64 == 0) { /* cpuid */
            bytes[i++] = 0x0f;
            bytes[i] = 0xa2;
        }
    }
    fuzz_spare_engine(bytes, size);
}

/* All that an observation says, as one number. */
static uint64_t fuzz_hash(const struct observation *seen) {
    const uint64_t words[] = {seen->end,           seen->state,         seen->answer,
                              seen->end_address,   seen->fault_address, seen->cost,
                              seen->clock_address, seen->count,         seen->boot_count};
    uint64_t hash = 0xcbf29ce484222325u;

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        hash = (hash ^ words[i]) * 0x100000001b3u;
    for (const char *at = seen->end_name; at && *at; at++)
        hash = (hash ^ (unsigned char)*at) * 0x100000001b3u;
    for (size_t i = 0; i < seen->count; i++) {
        hash =
            (hash ^ seen->trace[i].leaf ^ (uint64_t)seen->trace[i].subleaf << 32) * 0x100000001b3u;
        hash = (hash ^ seen->trace[i].values.eax ^ seen->trace[i].address << 20) * 0x100000001b3u;
    }
    return hash;
}

static void fuzz_ask(struct machine *machine, size_t piece, uint64_t *hash, const char *pass) {
    struct observation seen = machine_ask_with(
        machine, (uint32_t)(FUZZ_CODE + piece * FUZZ_SLOT), (unsigned)(piece % GUEST_GARBAGES));
    uint64_t now = fuzz_hash(&seen);
    bool as_new;

    if (*hash == 0)
        *hash = now;
    if (seen.end == OBSERVATION_HARNESS_FAILURE || now != *hash)
        printf("\n    piece %zu, %s: %s (%s), state %#x, answer %#llx, at %#llx, fault %#llx, "
               "cost %llu, %zu",
               piece, pass, observation_end_text(seen.end), seen.end_name ? seen.end_name : "-",
               seen.state, (unsigned long long)seen.answer, (unsigned long long)seen.end_address,
               (unsigned long long)seen.fault_address, (unsigned long long)seen.cost, seen.count);
    CU_ASSERT_NOT_EQUAL(seen.end, OBSERVATION_HARNESS_FAILURE);
    CU_ASSERT_EQUAL(now, *hash);
    as_new = machine_is_as_new(machine);
    if (!as_new)
        printf("\n    piece %zu, %s: not as new", piece, pass);
    CU_ASSERT_TRUE(as_new);
}

/* Forwards, forwards again after a reset, and on another guest backwards. */
static void fuzz_round(struct machine *machine) {
    static uint64_t hashes[FUZZ_PIECES];

    memset(hashes, 0, sizeof hashes);
    if (!machine_start(machine))
        return;
    for (size_t i = 0; i < FUZZ_PIECES; i++)
        fuzz_ask(machine, i, &hashes[i], "first");
    guest_reset(machine->guest);
    for (size_t i = 0; i < FUZZ_PIECES; i++)
        fuzz_ask(machine, i, &hashes[i], "after a reset");
    guest_free(machine->guest);
    if (!machine_start(machine))
        return;
    for (size_t i = FUZZ_PIECES; i-- > 0;)
        fuzz_ask(machine, i, &hashes[i], "backwards");
}

static void fuzz_mode(enum image_mode mode) {
    static uint8_t code[IMAGE_PAGE + FUZZ_PAGES * IMAGE_PAGE];

    fuzz_state = 0x9e3779b97f4a7c15u + (unsigned)mode;
    for (unsigned round = 0; round < 2 * FUZZ_ROUNDS; round++) {
        struct machine machine;

        machine_make(&machine, mode, "c3");
        memcpy(code, machine.hand.code, IMAGE_PAGE);
        fuzz_fill(code + IMAGE_PAGE, sizeof code - IMAGE_PAGE);
        machine.hand.segments[0].bytes = code;
        machine.hand.segments[0].size = sizeof code;
        machine.hand.segments[0].own_last = HAND_CODE + sizeof code - 1;
        if (round % 2 == 1)
            machine.hand.segments[0].permissions |= IMAGE_WRITE;
        machine.hand.segments[1].address = HAND_CODE + sizeof code;
        machine.hand.segments[1].own_first = machine.hand.segments[1].address + 16;
        machine.hand.segments[1].own_last = machine.hand.segments[1].address + 2047;
        machine.setup.budget = FUZZ_BUDGET;
        fuzz_round(&machine);
        machine_stop(&machine);
    }
}

static void test_64(void) {
    fuzz_mode(IMAGE_64);
}

static void test_32(void) {
    fuzz_mode(IMAGE_32);
}

static void test_16(void) {
    fuzz_mode(IMAGE_16);
}

static const struct unit_test tests[] = {
    {"Random 64-bit code", test_64},
    {"Random 32-bit code", test_32},
    {"Random 16-bit code", test_16},
};

int main(void) {
    return UNIT_RUN(tests);
}
