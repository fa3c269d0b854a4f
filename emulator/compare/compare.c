/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/compare/compare.h"
#include "base/number.h"
#include "emulator/guest/guest.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Compares them, and writes a line for each instruction and way to differ, with the first example.
 */
#define LINES_MAX 1000u

/* What is known and is left so: it is no instruction's result that a compiler's code goes by. */
static const struct {
    const char *name, *what, *why;
} accepted[] = {
    {"bsf", "an upper half", "of zero, which leaves the destination undefined"},
    {"bsf [m]", "an upper half", "likewise"},
    {"bsr", "an upper half", "likewise"},
    {"bsr [m]", "an upper half", "likewise"},
    {"cmpxchg", "an upper half", "of EAX, when it succeeds"},
    {"cmpxchg [m]", "an upper half", "likewise"},
    {"bts [m]", "faults, and is run here", "a bit far away, where this process has memory"},
    {"btr [m]", "faults, and is run here", "likewise"},
    {"btc [m]", "faults, and is run here", "likewise"},
    {"fnstenv [m]", "memory", "reserved bits"},
    {"fnsave [m]", "memory", "likewise"},
    {"fstp [m]", "memory", "of an empty register, with exceptions masked"},
    {"fbstp [m]", "memory", "likewise"},
    {"fcomi", "OF", "which nobody reads behind it: it says less than CF, ZF and PF"},
    {"fcomi", "SF", "likewise"},
    {"fcomip", "OF", "likewise"},
    {"fcomip", "SF", "likewise"},
    {"fcompi", "OF", "likewise; other versions of the disassembler call it so"},
    {"fcompi", "SF", "likewise"},
    {"fucomi", "OF", "likewise"},
    {"fucomi", "SF", "likewise"},
    {"fucomip", "OF", "likewise"},
    {"fucomip", "SF", "likewise"},
    {"fucompi", "OF", "likewise"},
    {"fucompi", "SF", "likewise"},
    {"ldmxcsr [m]", "is run, and faults here", "reserved bits are not refused"},
    {"clflush [m]", "is run, and faults here", "memory that is not there is not missed"},
};

/* What KVM's own emulation gets wrong, where that stands in for the processor. That the guest is
 * right about the decimal ones guest_decimal_test.c shows, about LZCNT and TZCNT the comparison in
 * 64-bit mode. */
static const struct {
    const char *name, *why;
} emulated[] = {
    {"aam", "its flags go by all of EAX"},
    {"aad", "likewise"},
    {"tzcnt", "it executes BSF"},
    {"tzcnt [m]", "likewise"},
    {"lzcnt", "it executes BSR"},
    {"lzcnt [m]", "likewise"},
    {"movbe [m]", "it refuses it, where its processor is said not to have it"},
    {"nop [m]", "it takes 0F 19 for an instruction without operands"},
};

struct line {
    char name[24];
    char what[48];
    char example[160];
    uint64_t count;
};

static struct line lines[LINES_MAX];
static size_t lines_count;
static uint64_t random_state;
static uint64_t silent; /* forms that the host cannot run */
static bool stands_in;  /* the host is an emulation, too */

static uint64_t random_next(void) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state * 0x2545f4914f6cdd1dull;
}

/* Bit patterns that arithmetic goes wrong on are more frequent than chance makes them. */
static uint64_t random_word(void) {
    static const uint64_t edges[] = {0,         1,          UINT64_MAX, 1ull << 63,
                                     INT64_MAX, 0x80000000, 0x7fffffff, 0xffffffff,
                                     0x8000,    0x80,       0xffff,     0xff};
    uint64_t word = random_next();

    switch (random_next() % 8) {
    case 0:
        return edges[word % (sizeof edges / sizeof edges[0])];
    case 1:
        return word & 0xff;
    case 2:
        return 1ull << word % 64;
    case 3:
        return (uint32_t)word;
    default:
        return word;
    }
}

/* Nothing points to the code, which is not the same in both behind an instruction. */
static uint64_t random_register(void) {
    uint64_t word;

    do
        word = random_word();
    while (word >> 24 == COMPARE_CODE >> 24);
    return word;
}

static void make_states(struct compare_state *states) {
    for (size_t i = 0; i < COMPARE_STATES; i++) {
        struct compare_state *state = &states[i];

        for (size_t k = 0; k < COMPARE_REGISTERS; k++)
            state->registers[k] = random_register();
        state->registers[COMPARE_SP] = COMPARE_STACK;
        state->registers[COMPARE_BP] = COMPARE_DATA + 0x100;
        state->registers[COMPARE_SI] = COMPARE_DATA;
        state->registers[COMPARE_DI] = COMPARE_DATA + 16;
        state->registers[1] &= 0xff; /* RCX: how often string instructions repeat */
        state->flags = random_next() & (COMPARE_FLAGS | COMPARE_AF);
        for (size_t k = 0; compare_mode() == IMAGE_32 && k < COMPARE_REGISTERS; k++)
            state->registers[k] = k < COMPARE_REGISTERS_32 ? (uint32_t)state->registers[k] : 0;
        for (size_t k = 0; k < COMPARE_VECTORS; k++) {
            state->vectors[k][0] = random_word();
            state->vectors[k][1] = random_word();
        }
        for (size_t k = 0; k < COMPARE_WORDS; k++)
            state->data[k] = random_word();
    }
}

static void note(const struct compare_instruction *instruction, const char *what,
                 const char *example) {
    char name[24];
    struct line *line = lines;

    snprintf(name, sizeof name, "%s%s", compare_name(instruction),
             strchr(compare_text(instruction), '[') ? " [m]" : "");

    while (line < lines + lines_count &&
           (strcmp(line->name, name) != 0 || strcmp(line->what, what) != 0))
        line++;
    if (line == lines + LINES_MAX)
        return;
    if (line == lines + lines_count) {
        size_t length = 0;

        lines_count++;
        snprintf(line->name, sizeof line->name, "%s", name);
        snprintf(line->what, sizeof line->what, "%s", what);
        for (unsigned i = 0; i < instruction->size; i++)
            length += (size_t)snprintf(line->example + length, sizeof line->example - length,
                                       "%02x ", instruction->bytes[i]);
        snprintf(line->example + length, sizeof line->example - length, "(%s)%s",
                 compare_text(instruction), example);
    }
    line->count++;
}

static void note_word(const struct compare_instruction *instruction, const char *what,
                      uint64_t host, uint64_t guest) {
    char example[64];

    if (host == guest)
        return;
    snprintf(example, sizeof example, ": %#" PRIx64 " for %#" PRIx64, guest, host);
    note(instruction, what, example);
}

static bool is_nan(uint64_t bits, unsigned fraction, unsigned width) {
    uint64_t infinite = ((1ull << (width - 1)) - 1) & ~((1ull << fraction) - 1);

    return (bits & ((1ull << (width - 1)) - 1)) > infinite;
}

/* The same but for the signs of floats or doubles that are no numbers. */
static bool is_same_number(uint64_t a, uint64_t b) {
    const uint64_t sign = 1ull << 63, signs = sign | 1ull << 31;

    return a == b || ((a ^ b) == sign && is_nan(a, 52, 64)) ||
           (((a ^ b) & ~signs) == 0 && (!((a ^ b) & sign) || is_nan(a >> 32, 23, 32)) &&
            (!((a ^ b) & ~sign) || is_nan(a & 0xffffffff, 23, 32)));
}

static void compare_states(const struct compare_instruction *instruction,
                           const struct compare_state *before, const struct compare_state *host,
                           const struct compare_state *guest) {
    static const struct {
        const char *what;
        uint64_t flag;
    } flags[] = {{"CF", COMPARE_CF}, {"PF", COMPARE_PF}, {"ZF", COMPARE_ZF},
                 {"SF", COMPARE_SF}, {"OF", COMPARE_OF}, {"DF", 0x400}};
    uint64_t defined = ~compare_undefined(instruction, before);

    if (defined == 0)
        return;
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
        note_word(instruction, flags[i].what, host->flags & flags[i].flag & defined,
                  guest->flags & flags[i].flag & defined);
    for (size_t i = 0; i < COMPARE_REGISTERS; i++) {
        bool is_upper = (uint32_t)host->registers[i] == (uint32_t)guest->registers[i];

        note_word(instruction, is_upper ? "an upper half" : "a register", host->registers[i],
                  guest->registers[i]);
    }
    for (size_t i = 0; i < 2 * COMPARE_VECTORS; i++) {
        uint64_t ours = guest->vectors[i / 2][i % 2], right = host->vectors[i / 2][i % 2];

        if (!is_same_number(right, ours))
            note_word(instruction, "a vector", right, ours);
    }
    for (size_t i = 0; i < COMPARE_WORDS; i++)
        note_word(instruction, "memory", host->data[i], guest->data[i]);
}

static void compare_results(const struct compare_instruction *instruction,
                            const struct compare_state *before, const struct compare_result *host,
                            const struct compare_result *guest) {
    static const char *const ends[] = {[COMPARE_DONE] = "is run", [COMPARE_FAULTED] = "faults"};
    char what[48];

    if (host->end == COMPARE_DONE && guest->end == COMPARE_DONE) {
        compare_states(instruction, before, &host->state, &guest->state);
    } else if (host->end != guest->end && host->end != COMPARE_UNSUPPORTED &&
               guest->end != COMPARE_UNSUPPORTED) {
        snprintf(what, sizeof what, "%s, and %s here", ends[guest->end], ends[host->end]);
        note(instruction, what, "");
    }
}

static bool compare_go(const struct compare_instruction *instructions, size_t count) {
    static struct compare_result host[COMPARE_SLOTS * COMPARE_STATES];
    static struct compare_result guest[COMPARE_SLOTS * COMPARE_STATES];
    struct compare_state states[COMPARE_STATES];

    make_states(states);
    if (!(compare_mode() == IMAGE_64 ? compare_host : compare_kvm)(instructions, count, states,
                                                                   host) ||
        !compare_guest(instructions, count, states, guest))
        return false;
    for (size_t i = 0; i < count; i++)
        silent += host[i * COMPARE_STATES].end == COMPARE_UNSUPPORTED;
    for (size_t i = 0; i < count * COMPARE_STATES; i++)
        compare_results(&instructions[i / COMPARE_STATES], &states[i % COMPARE_STATES], &host[i],
                        &guest[i]);
    return true;
}

static const char *accepted_why(const struct line *line) {
    for (size_t i = 0; i < sizeof accepted / sizeof accepted[0]; i++) {
        if (strcmp(accepted[i].name, line->name) == 0 && strcmp(accepted[i].what, line->what) == 0)
            return accepted[i].why;
    }
    for (size_t i = 0; stands_in && i < sizeof emulated / sizeof emulated[0]; i++) {
        if (strcmp(emulated[i].name, line->name) == 0)
            return emulated[i].why;
    }
    return NULL;
}

/* Returns how many differences are new. */
static size_t write_lines(void) {
    size_t known = 0;

    for (size_t i = 0; i < lines_count; i++) {
        const char *why = accepted_why(&lines[i]);

        known += why != NULL;
        printf("%-8s %-12s %-28s %6" PRIu64 "  %s%s%s\n", why ? "known" : "DIFFERS", lines[i].name,
               lines[i].what, lines[i].count, lines[i].example, why ? "; " : "", why ? why : "");
    }
    return lines_count - known;
}

static bool read_seed(const char *text, uint64_t *seed) {
    const char *behind = number_read(text, seed, NULL);

    return behind && *behind == '\0';
}

/* "--32" ahead of the seed asks for 32-bit mode, which KVM runs. */
static bool read_arguments(int argc, char **argv, uint64_t *seed) {
    int next = 1;

    if (next < argc && strcmp(argv[next], "--32") == 0) {
        compare_set_mode(IMAGE_32);
        next++;
    }
    return next == argc || (next + 1 == argc && read_seed(argv[next], seed));
}

int main(int argc, char **argv) {
    static struct compare_instruction instructions[COMPARE_SLOTS];
    uint64_t position = 0, total = 0, seed = 0;
    size_t count;

    if (!read_arguments(argc, argv, &seed)) {
        fprintf(stderr, "usage: hvspec_compare [--32] [SEED], a number\n");
        return 2;
    }
    random_state = seed * 2 + 1;
    stands_in = compare_mode() == IMAGE_32 && compare_kvm_emulates();
    while ((count = compare_encodings(&position, instructions)) > 0) {
        if (!compare_go(instructions, count))
            return 3;
        total += count;
    }
    if (total == 0) {
        fprintf(stderr, "nothing could be decoded\n");
        return 3;
    }
    printf("%" PRIu64 " forms, %u states each, on Unicorn %s\n", total, COMPARE_STATES,
           guest_engine_version());
    if (stands_in)
        printf("KVM emulates 32-bit code here: of %" PRIu64 " forms it says nothing\n", silent);
    return write_lines() > 0;
}
