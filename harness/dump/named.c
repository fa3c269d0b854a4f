/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/dump/build.h"
#include "harness/dump/scan.h"
#include "harness/dump/words.h"

#include <stdlib.h>
#include <string.h>

/*
 * Whatever names its numbers: "leaf 0x40000000: eax=...", the debug prints of Rust and Go, sources
 * in C, TOML, YAML, drivers' logs. A leaf is named, or stands behind "cpuid"; then its four
 * registers follow by name, on that line or on the next ones, or on that line as four numbers
 * alone.
 */
#define NAMED_NUMBERS 6u
#define NAMED_BITS "01-xXhHtTrR" /* what a bit of a mask can be */
#define NAMED_WHOLE 8u           /* digits that a number has when all of them are there */
#define NAMED_SUBLEAVES 0x100u   /* what a subleaf without a name may be */
#define NAMED_TYPE "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_:."
#define NAMED_AHEAD 2u /* lines between a leaf and its EAX */

struct named {
    struct dump_builder *builder; /* NULL: the first reading, which looks for the base */
    enum word_base base;          /* of numbers that do not say theirs */
    struct dump_row row;
    bool has_leaf;
    unsigned seen;                   /* registers, enum cpuid_register */
    enum word_name name;             /* of what comes next; WORD_OTHER: nothing is named */
    bool input;                      /* "cpuid" was the word before: EAX and ECX are inputs */
    unsigned inputs;                 /* behind "input": 1, and 2 once EAX was one */
    uint32_t numbers[NAMED_NUMBERS]; /* without names, on this line, behind its leaf */
    size_t count;
    uint32_t candidate[2]; /* a leaf and a subleaf that nothing names */
    size_t candidates;
    bool fresh;      /* the word before was the leaf, */
    bool has_behind; /* and a number alone stood behind it: the subleaf, if EAX follows */
    uint32_t behind;
    bool here; /* the leaf stands on this line */
    unsigned depth;
    bool list_is_due; /* a bracket ended its line: what follows says whether it holds entries */
    bool in_list;     /* the leaf's registers stand in a list, maybe over lines */
    bool cpu_is_due;  /* the word before was "cpu" */
    bool has_cpu;     /* the line says whose it is, ahead of the leaf */
    uint32_t cpu;
    bool trailing;  /* leaves stand behind their registers, as where keys are sorted */
    unsigned loose; /* registers ahead of any leaf, */
    bool any, open; /* a leaf was there; and registers behind the last one */
    size_t lost;    /* leaves of the block without registers that could be read */
    unsigned lost_line;
};

/* --- Rows. --- */

static bool named_is_of_block(uint32_t leaf) {
    return leaf >= CPUID_BASE && leaf <= CPUID_BLOCK_LAST;
}

static void named_emit(struct named *named) {
    if (named->has_leaf && (named->seen & CPUID_EAX) && named->builder) {
        named->row.known = named->seen;
        dump_add(named->builder, &named->row);
    } else if (named->has_leaf && named_is_of_block(named->row.leaf)) {
        named->lost_line = named->lost++ ? named->lost_line : named->row.line;
    }
    named->has_leaf = false;
    named->seen = 0;
}

/* The row before belongs to the table before. */
static void named_begin_table(struct named *named) {
    named_emit(named);
    if (named->builder)
        dump_begin_table(named->builder);
}

static void named_begin(struct named *named, uint32_t leaf, unsigned line) {
    if (named->has_leaf && named->row.leaf == leaf && named->seen != CPUID_ALL)
        return; /* each register with its leaf */
    if (!named->trailing || named->has_leaf)
        named_emit(named);
    if (named->has_cpu && named->builder)
        dump_at_processor(named->builder, named->cpu);
    if (!named->trailing)
        named->row = (struct dump_row){.line = 0};
    named->row.leaf = leaf;
    named->row.line = line;
    named->any = true;
    named->open = false;
    named->inputs = 0;
    named->in_list = false;
    named->has_leaf = named->here = named->fresh = true;
    named->has_behind = false;
    named->candidates = 0;
    named->count = 0;
}

static void named_register(struct named *named, enum word_name name, uint32_t value) {
    uint32_t *const words[] = {&named->row.values.eax, &named->row.values.ebx,
                               &named->row.values.ecx, &named->row.values.edx};

    named->open = true;
    if (!named->any)
        named->loose |= 1u << (name - WORD_EAX);
    if (named->trailing && named->has_leaf) {
        named_emit(named);
        named->row = (struct dump_row){.line = 0};
    } else if (!named->trailing && !named->has_leaf) {
        return;
    }
    *words[name - WORD_EAX] = value;
    named->seen |= 1u << (name - WORD_EAX); /* as enum cpuid_register counts */
    if (named->seen == CPUID_ALL && !named->trailing)
        named_emit(named);
}

/* Four numbers alone behind a leaf, or a subleaf and four. */
static void named_end_numbers(struct named *named) {
    size_t first = named->count == 5 ? 1 : 0;

    if (named->here && named->has_leaf && named->seen == 0 && named->count == first + 4) {
        if (first)
            named->row.subleaf = named->numbers[0];
        for (size_t i = 0; i < 4; i++)
            named_register(named, WORD_EAX + i, named->numbers[first + i]);
    }
    named->here = named->in_list = false;
    named->count = 0;
}

static void named_end_line(struct named *named) {
    if (!named->in_list)
        named_end_numbers(named);
    named->name = WORD_OTHER;
    named->input = named->has_cpu = named->cpu_is_due = false;
}

/* --- Words. --- */

static void named_number(struct named *named, uint32_t value, unsigned line) {
    enum word_name name = named->name;
    bool input = named->input || named->inputs == 1, fresh = named->fresh;
    bool further = named->inputs == 2;

    named->name = WORD_OTHER;
    named->fresh = false;
    named->input &= name == WORD_EAX;
    if (name == WORD_LEAF || name == WORD_CPUID || (name == WORD_EAX && input)) {
        bool listed = named->inputs == 1;

        named_begin(named, value, line);
        named->inputs = listed ? 2 : 0;
    } else if (name == WORD_SUBLEAF || (name == WORD_ECX && (input || further))) {
        named->row.subleaf = value;
        named->inputs = 0;
    } else if (name >= WORD_EAX) {
        named->inputs = 0;
        named_register(named, name, value);
    } else if (named->here && named->count < NAMED_NUMBERS) {
        named->numbers[named->count++] = value;
        if (fresh && value < NAMED_SUBLEAVES) {
            named->has_behind = true;
            named->behind = value;
        }
    }
}

/* True when the word is a key: "0: {", "'1': [", "22 => (", "[1] => Array", "1=Registers(", and
 * what a tuple begins with: "(1, 0, Registers {". */
static bool named_is_key(const char *line, const struct word *word) {
    const char *start = word->end - word->length, *at = word->end;
    bool arrow;

    while (start > line && strchr(" \t\"'", start[-1]))
        start--;
    if (start > line && strchr("({[", start[-1]) && *at == ',')
        return true;
    at += strspn(at, "\"'] \t");
    arrow = strncmp(at, "=>", 2) == 0;
    if (*at != ':' && *at != '=' && strncmp(at, "->", 2) != 0)
        return false;
    at += strspn(at, ":=-> \t");
    at += strspn(at, NAMED_TYPE);
    at += strspn(at, " \t");
    return *at == '\0' ? arrow : strchr("{[(", *at) != NULL;
}

/* A number that nothing names, as in {"0x40000000": {"eax": ...}}: the leaf, if EAX follows. */
static void named_candidate(struct named *named, const struct word_digits *digits, uint32_t value,
                            bool is_key) {
    bool leaf = digits->prefixed || strlen(digits->text) >= NAMED_WHOLE || is_key;

    if (named->candidates == 1 && value < NAMED_SUBLEAVES) {
        named->candidate[named->candidates++] = value;
    } else if (leaf) {
        named->candidate[0] = value;
        named->candidates = 1;
    } else {
        named->candidates = 0;
    }
}

static void named_begin_candidate(struct named *named, unsigned line) {
    bool has_subleaf = named->candidates == 2;

    named_begin(named, named->candidate[0], line);
    if (has_subleaf)
        named->row.subleaf = named->candidate[1];
}

/* "CPUID.(EAX=40000000H, ECX=0): EAX=...": up to the bracket or the colon registers are inputs. */
static void named_word(struct named *named, enum word_name name, const char *before,
                       unsigned line) {
    if (name == WORD_CPUID)
        named->input = true;
    else if (strcmp(before, "sub") == 0 && name == WORD_LEAF)
        name = WORD_SUBLEAF;
    else if (name >= WORD_EAX && !named->has_leaf && !named->input && named->candidates > 0)
        named_begin_candidate(named, line);
    if (name == WORD_EAX && named->has_behind)
        named->row.subleaf = named->behind;
    named->has_behind = named->fresh = false;
    named->name = name;
    named->candidates = 0;
}

/* Numbers that do not say their base are all of one: what shows that of one holds for all. */
static void named_guess(struct named *named, const struct word_digits *digits) {
    size_t length = strlen(digits->text);
    uint32_t value;

    if (named->base != WORD_EITHER || digits->prefixed)
        return;
    if (length > NAMED_WHOLE && word_value(digits, WORD_DECIMAL, &value) &&
        named_is_of_block(value))
        named->base = WORD_DECIMAL; /* whatever it is called */
    if (named->name == WORD_OTHER && !named->here)
        return;
    if (digits->base == WORD_HEXADECIMAL ||
        (length == 8 && strncmp(digits->text, "400000", 6) == 0)) /* no leaf in decimal */
        named->base = WORD_HEXADECIMAL;
    else if (length > 8)
        named->base = WORD_DECIMAL;
}

/* True when a list of entries opens here: what logs put into brackets ends ahead of any brace. */
static bool named_opens_list(const char *at) {
    size_t length = strcspn(at + 1, "{]");

    return at[1 + length] != ']';
}

/* What stands between two words. A list behind a number is that leaf's registers. */
static void named_between(struct named *named, const char *at, const char *end, unsigned line) {
    for (; at < end; at++) {
        if ((*at == ']' || *at == '|') && named->count >= 4)
            named_end_numbers(named); /* behind a bar stands the same as characters */
        if (*at == '[' && named->candidates > 0 && !named->has_leaf)
            named_begin_candidate(named, line);
        if (*at == '[')
            named->in_list = named->has_leaf && named->here && named->seen == 0;
        else if (*at == ']')
            named->in_list = false;
        if (*at == '[' && named->depth++ == 0 && !named->in_list && named->builder &&
            named_opens_list(at)) {
            named->list_is_due = at[1 + strspn(at + 1, " \t\r")] == '\0';
            if (!named->list_is_due)
                named_begin_table(named);
        } else if (*at == ']' && named->depth > 0)
            named->depth--;
        else if (*at == ')' || *at == ':')
            named->input = false;
    }
}

/* Letters alone may be a word: they count where a number is due, or as all eight digits. */
static bool named_counts(const struct named *named, const struct word_digits *digits) {
    return digits->prefixed || strlen(digits->text) == NAMED_WHOLE ||
           (named->name != WORD_OTHER && named->name != WORD_CPUID) ||
           strpbrk(digits->text, "0123456789");
}

/* "cpuid.d.eax", as VMware writes it. */
static bool named_is_dotted(const struct named *named, const struct word *word) {
    return named->name == WORD_CPUID && word->text[1] == '\0' && *word->end == '.';
}

static bool named_is_wrapper(const char *text) {
    static const char *const texts[] = {"some", "id", "no", "number"};

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (strcmp(text, texts[i]) == 0)
            return true;
    }
    return false;
}

/* "input eax=0x40000000 ecx=0 -> output eax=...", "in: eax=...". */
static bool named_is_input(const struct word *word) {
    return strcmp(word->text, "input") == 0 || strcmp(word->text, "inputs") == 0 ||
           (strcmp(word->text, "in") == 0 && (*word->end == ':' || *word->end == '"'));
}

static bool named_takes_side(struct named *named, const struct word *word) {
    bool output = strcmp(word->text, "output") == 0 || strcmp(word->text, "outputs") == 0 ||
                  strcmp(word->text, "out") == 0;

    if (named_is_input(word))
        named->inputs = 1;
    else if (output)
        named->inputs = 0;
    else
        return false;
    named->name = WORD_OTHER;
    return true;
}

/* "[CPU3] leaf ...", "vcpu 3: cpuid ...": whose row it is. A number that follows is no register. */
static bool named_takes_processor(struct named *named, const char *text) {
    bool due = named->cpu_is_due, joined;

    named->cpu_is_due = false;
    if (named->has_leaf && named->here)
        return false;
    if (due && strlen(text) < NAMED_WHOLE && strspn(text, "0123456789") == strlen(text)) {
        named->cpu = (uint32_t)strtoul(text, NULL, 10);
        return named->has_cpu = true;
    }
    if (!word_is_processor(text, &joined, &named->cpu))
        return false;
    named->has_cpu |= joined;
    named->cpu_is_due = !joined;
    return true;
}

/* VMware's masks, "0100:0000:...:----", 32 digits of a bit each: the register is known when all of
 * them are 0 or 1. True: the line held one, known or not. */
static bool named_bits(struct named *named, const char *at) {
    uint32_t value = 0;
    unsigned bits = 0;
    bool known = true;

    at += strspn(at, " =:\"");
    if (strspn(at, NAMED_BITS) != 4 || at[4] != ':')
        return false;
    for (; *at == ':' || strspn(at, NAMED_BITS) > 0; at++) {
        if (*at == ':')
            continue;
        value = value << 1 | (*at == '1');
        known &= *at == '0' || *at == '1';
        bits++;
    }
    if (known && bits == 32)
        named_register(named, named->name, value);
    return true;
}

/* Numbers alone, as the padding of a row that a language's debug print spreads over lines, are
 * none. */
static void named_open_due(struct named *named, const char *text) {
    const char first = text[strspn(text, " \t\r")];

    if (!named->list_is_due || first == '\0')
        return;
    named->list_is_due = false;
    if (!strchr("0123456789]", first))
        named_begin_table(named);
}

static void named_line(struct named *named, const struct dump_line *line) {
    const char *at = line->text;
    struct word word = {.text = ""}, last = word;
    struct word_digits digits;
    uint32_t value;

    named_open_due(named, at);
    for (; word_next(at, &word); at = word.end, last = word) {
        const char *start = word.end - word.length;
        enum word_name name = word_name(word.text);

        named_between(named, at, start > at ? start : at, line->number);
        if (named_takes_processor(named, word.text) || named_takes_side(named, &word))
            continue;
        if (name != WORD_OTHER) {
            named_word(named, name, last.text, line->number);
            if (name >= WORD_EAX && named_bits(named, word.end))
                break;
        } else if (named_is_wrapper(word.text)) {
            continue;
        } else if (line->cut && !*word.end && strlen(word.text) < NAMED_WHOLE) {
            break; /* maybe half a number */
        } else if (word_digits(&word, &digits) &&
                   (named_counts(named, &digits) || named_is_dotted(named, &word))) {
            if (!named->builder)
                named_guess(named, &digits);
            if (word_value(&digits, named->base, &value)) {
                if (named->name == WORD_OTHER && !named->in_list)
                    named_candidate(named, &digits, value, named_is_key(line->text, &word));
                named_number(named, value, line->number);
            } else if (named->builder && named->name != WORD_OTHER) {
                dump_refuse_wide(named->builder, line->number);
                return;
            }
        } else {
            named->name = WORD_OTHER;
        }
    }
    named_between(named, at, at + strlen(at), line->number);
    named_end_line(named);
}

static void named_read(struct dump_builder *builder, const struct dump_text *text) {
    struct named first = {0}, named = {.builder = builder};
    uint32_t number;

    for (size_t i = 0; i < text->count; i++)
        named_line(&first, &text->lines[i]);
    named.base = first.base == WORD_EITHER ? WORD_HEXADECIMAL : first.base;
    named.trailing = first.loose == CPUID_ALL && first.any && !first.open;
    for (size_t i = 0; i < text->count && !builder->failed; i++) {
        if (scan_processor(text->lines[i].text, &number) ||
            word_processor(text->lines[i].text, &number)) {
            named_emit(&named);
            dump_begin_processor(builder, number);
        } else {
            named_line(&named, &text->lines[i]);
        }
    }
    named_emit(&named);
    if (named.lost > 0)
        dump_note_lost(builder, named.lost, named.lost_line);
}

/* What begins with a leaf, "0x40000000/0:" or "[0x40000000]", and names a register ahead of any
 * further number. */
static bool named_is_heading(const struct dump_line *line) {
    for (size_t i = 0; i < NAMED_AHEAD && (++line)->text; i++) {
        struct word word = {.end = line->text};

        while (word_next(word.end, &word)) {
            struct word_digits digits;

            if (word_name(word.text) >= WORD_EAX)
                return true;
            if (word_digits(&word, &digits) && strpbrk(digits.text, "0123456789"))
                return false;
        }
    }
    return false;
}

/* A line that has a leaf of the block: named as one, in quotes, or ahead of a register. */
static bool named_recognises(const struct dump_line *line) {
    enum word_name name = WORD_OTHER, before = WORD_OTHER;
    struct word word = {.end = line->text};
    struct word_digits digits;
    uint32_t value;
    bool found = false, input = false;

    while (word_next(word.end, &word)) {
        enum word_name next = word_name(word.text);
        const char *start = word.end - word.length;
        bool leaf = false;

        if (found && next >= WORD_EAX)
            return true;
        if (next == WORD_OTHER && word_digits(&word, &digits))
            leaf = (word_value(&digits, WORD_HEXADECIMAL, &value) && named_is_of_block(value)) ||
                   (word_value(&digits, WORD_DECIMAL, &value) && named_is_of_block(value));
        if (leaf && (name == WORD_LEAF || name == WORD_CPUID ||
                     (name == WORD_EAX && (input || before == WORD_CPUID)) ||
                     (start > line->text && strchr("\"'", start[-1]))))
            return true;
        found |= leaf && name == WORD_OTHER;
        input |= named_is_input(&word);
        before = name;
        name = named_is_wrapper(word.text) ? name : next;
    }
    return found && named_is_heading(line);
}

const struct dump_format dump_format_named = {
    .name = "registers by name", .recognises = named_recognises, .read = named_read};
