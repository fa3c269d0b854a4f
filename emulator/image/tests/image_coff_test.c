/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/image/tests/image_fixture.h"

/*
 * COFF objects and PE images, written by hand after Microsoft's document: no compiler is needed,
 * and each field can be wrong. What real compilers make is tried in harness/tests/windows_test.py.
 */
#define COFF_PATH HVSPEC_TEST_BINARY "/hand.obj"
#define TEXT_SIZE 64u
#define SPACE 4096u

struct hand {
    uint8_t bytes[SPACE];
    size_t size;
};

static void put(struct hand *hand, size_t at, unsigned width, uint64_t value) {
    for (unsigned i = 0; i < width; i++)
        hand->bytes[at + i] = (uint8_t)(value >> 8 * i);
    if (at + width > hand->size)
        hand->size = at + width;
}

static void put_text(struct hand *hand, size_t at, const char *text, size_t size) {
    memcpy(hand->bytes + at, text, size);
    if (at + size > hand->size)
        hand->size = at + size;
}

static void put_section(struct hand *hand, size_t at, const char *name, uint32_t address,
                        uint32_t size, uint32_t offset, uint32_t flags) {
    put_text(hand, at, name, strlen(name));
    put(hand, at + 8, 4, size);
    put(hand, at + 12, 4, address);
    put(hand, at + 16, 4, size);
    put(hand, at + 20, 4, offset);
    put(hand, at + 36, 4, flags);
}

static struct image *load(const struct hand *hand, struct errors *errors) {
    FILE *stream;

    remove(COFF_PATH);
    stream = fopen(COFF_PATH, "wb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    CU_ASSERT_EQUAL(fwrite(hand->bytes, 1, hand->size, stream), hand->size);
    CU_ASSERT_EQUAL(fclose(stream), 0);
    return image_load_elf(COFF_PATH, errors);
}

/* Loads it: an image and no error, or one error and no image. */
static struct image *load_or_fail(const struct hand *hand) {
    struct errors errors = {0};
    struct image *image = load(hand, &errors);

    if (image ? !errors_none(&errors) : errors.count != 1) {
        errors_print(&errors, "\n    ", stdout);
        CU_FAIL("an image and no error, or one error and no image");
    }
    errors_clear(&errors);
    return image;
}

static void check_message(const struct hand *hand, const char *message) {
    struct errors errors = {0};
    struct image *image = load(hand, &errors);

    CU_ASSERT_PTR_NULL(image);
    CU_ASSERT_EQUAL(errors.count, 1);
    if (errors.count == 1 && !strstr(errors.entries[0].message, message)) {
        errors_print(&errors, "\n    instead: ", stdout);
        CU_FAIL("the message does not say what is wrong");
    }
    image_free(image);
    errors_clear(&errors);
}

/* --- Objects. --- */

enum {
    TEXT = 0x64, /* offsets in the file: behind a header and two sections' */
    DATA = TEXT + TEXT_SIZE,
    RELOCATIONS = 0x100,
    SYMBOLS = 0x200,
    SYMBOL = 18,
    AMD64 = 0x8664,
    I386 = 0x14c,
    SYMBOL_COUNT = 7
};
#define FLAGS_TEXT 0x60500020u /* code, read, execute, aligned to 16 */
#define FLAGS_DATA 0xc0500040u /* data, read, write */

static void put_symbol(struct hand *hand, size_t index, const char *name, uint32_t value,
                       unsigned section, unsigned type, unsigned storage, unsigned auxiliaries) {
    size_t at = SYMBOLS + index * SYMBOL;

    memset(hand->bytes + at, 0, SYMBOL);
    put_text(hand, at, name, strlen(name));
    put(hand, at + 8, 4, value);
    put(hand, at + 12, 2, section);
    put(hand, at + 14, 2, type);
    put(hand, at + 16, 1, storage);
    put(hand, at + 17, 1, auxiliaries);
}

/* A function at 0x10 of .text, a variable at 8 of .data, an imported function, one that is called,
 * and a weak one that is the function where nothing else is. */
static void make_object(struct hand *hand, unsigned machine) {
    bool narrow = machine == I386;

    memset(hand, 0, sizeof *hand);
    put(hand, 0, 2, machine);
    put(hand, 2, 2, 2);
    put(hand, 8, 4, SYMBOLS);
    put(hand, 12, 4, SYMBOL_COUNT);
    put_section(hand, 20, ".text", 0, TEXT_SIZE, TEXT, FLAGS_TEXT);
    put_section(hand, 60, ".data", 0, 32, DATA, FLAGS_DATA);
    put(hand, 20 + 24, 4, RELOCATIONS);
    put_symbol(hand, 0, narrow ? "_f" : "f", 0x10, 1, 0x20, 2, 0);
    put_symbol(hand, 1, narrow ? "_v@4" : "v", 8, 2, 0, 2, 0);
    put_symbol(hand, 2, narrow ? "_called" : "called", 0, 0, 0x20, 2, 0);
    put_symbol(hand, 3, narrow ? "_w" : "w", 0, 0, 0, 105, 1);
    put(hand, SYMBOLS + 4 * SYMBOL, 4, 0); /* stands for symbol 0 */
    put(hand, SYMBOLS + 4 * SYMBOL + 4, 4, 3);
    put_symbol(hand, 5, "", 0, 0, 0x20, 2, 0);
    put(hand, SYMBOLS + 5 * SYMBOL + 4, 4, 4); /* a long name */
    put_symbol(hand, 6, "c", 24, 0, 0, 2, 0);  /* COMMON */
    put(hand, SYMBOLS + 7 * SYMBOL, 4, 64);
    put_text(hand, SYMBOLS + 7 * SYMBOL + 4, narrow ? "__imp__away@4" : "__imp_away",
             narrow ? 14 : 11);
    put(hand, SYMBOLS + 7 * SYMBOL + 60, 4, 0);
}

static void put_relocation(struct hand *hand, uint32_t place, unsigned symbol, unsigned type) {
    size_t count = hand->bytes[20 + 32];
    size_t at = RELOCATIONS + count * 10;

    put(hand, at, 4, place);
    put(hand, at + 4, 4, symbol);
    put(hand, at + 8, 2, type);
    put(hand, 20 + 32, 2, count + 1);
}

static void test_object(void) {
    struct hand hand;
    struct image *image;
    uint64_t text, f, v;

    make_object(&hand, AMD64);
    put(&hand, TEXT, 8, 5); /* the addend */
    put_relocation(&hand, 0, 1, 1);
    put(&hand, TEXT + 8, 4, 7);
    put_relocation(&hand, 8, 1, 2);
    put_relocation(&hand, 12, 1, 3);
    for (unsigned i = 0; i <= 5; i++)
        put_relocation(&hand, 16 + 4 * i, 0, 4 + i);
    put_relocation(&hand, 40, 5, 4); /* the word that an imported function is called through */
    put_relocation(&hand, 44, 3, 2);
    put_relocation(&hand, 48, 6, 2);
    put_relocation(&hand, 52, 2, 0);
    image = load_or_fail(&hand);
    CU_ASSERT_PTR_NOT_NULL_FATAL(image);
    CU_ASSERT_TRUE(image->is_windows && image->mode == IMAGE_64 && image->start == 0);
    f = fixture_symbol(image, "f");
    v = fixture_symbol(image, "v");
    text = f - 0x10;
    CU_ASSERT_EQUAL(fixture_word(image, text, 8), v + 5);
    CU_ASSERT_EQUAL(fixture_word(image, text + 8, 4), v + 7);
    CU_ASSERT_EQUAL(fixture_word(image, text + 12, 4), v - 0x10000000); /* from the image's start */
    for (unsigned i = 0; i <= 5; i++)
        CU_ASSERT_EQUAL((uint32_t)fixture_word(image, text + 16 + 4 * i, 4),
                        (uint32_t)(f - (text + 16 + 4 * i + 4 + i)));
    CU_ASSERT_EQUAL(fixture_word(image, text + 44, 4), f); /* nothing else is `w` */
    CU_ASSERT_EQUAL(fixture_word(image, text + 48, 4), fixture_symbol(image, "c"));
    /* The word holds where the imported function is to be. */
    uint64_t word = text + 44 + fixture_word(image, text + 40, 4);
    const struct image_import *away = image_find_undefined(image, "away");
    CU_ASSERT_PTR_NOT_NULL_FATAL(away);
    CU_ASSERT_EQUAL(fixture_word(image, word, 8), away->address);
    image_free(image);
}

static void test_object_32(void) {
    struct hand hand;
    struct image *image;
    uint64_t text, f, v;

    make_object(&hand, I386);
    put(&hand, TEXT, 4, 5);
    put_relocation(&hand, 0, 1, 6);
    put_relocation(&hand, 4, 1, 7);
    put_relocation(&hand, 8, 0, 0x14);
    put_relocation(&hand, 12, 5, 6);
    image = load_or_fail(&hand);
    CU_ASSERT_PTR_NOT_NULL_FATAL(image);
    CU_ASSERT_TRUE(image->is_windows && image->mode == IMAGE_32);
    f = fixture_symbol(image, "f"); /* without what the compiler puts around names */
    v = fixture_symbol(image, "v");
    text = f - 0x10;
    CU_ASSERT_EQUAL(fixture_word(image, text, 4), v + 5);
    CU_ASSERT_EQUAL(fixture_word(image, text + 4, 4), v - 0x10000000);
    CU_ASSERT_EQUAL((uint32_t)fixture_word(image, text + 8, 4), (uint32_t)(f - (text + 12)));
    CU_ASSERT_EQUAL(fixture_word(image, fixture_word(image, text + 12, 4), 4),
                    image_find_undefined(image, "away")->address);
    image_free(image);
}

/* --- Images. --- */

enum {
    PE = 0x80,
    OPTIONAL = PE + 24,
    OPTIONAL_SIZE = 112 + 16 * 8,
    SECTIONS = OPTIONAL + OPTIONAL_SIZE
};
#define BASE UINT64_C(0x180000000)

/* .text at 0x1000, which holds a function at 0x20; .data at 0x2000: a word to be relocated,
 * exports, imports and relocations. */
static void make_program(struct hand *hand, unsigned machine) {
    bool narrow = machine == I386;
    size_t directories = OPTIONAL + (narrow ? 96 : 112), data = 0x600;

    memset(hand, 0, sizeof *hand);
    put_text(hand, 0, "MZ", 2);
    put(hand, 0x3c, 4, PE);
    put_text(hand, PE, "PE\0\0", 4);
    put(hand, PE + 4, 2, machine);
    put(hand, PE + 6, 2, 2);
    put(hand, PE + 20, 2, OPTIONAL_SIZE);
    put(hand, OPTIONAL, 2, narrow ? 0x10b : 0x20b);
    put(hand, OPTIONAL + 16, 4, 0x1004); /* entry point */
    put(hand, OPTIONAL + (narrow ? 28 : 24), narrow ? 4 : 8, narrow ? 0x400000 : BASE);
    put(hand, OPTIONAL + 60, 4, 0x400); /* headers */
    put(hand, directories - 4, 4, 16);
    put_section(hand, SECTIONS, ".text", 0x1000, 0x200, 0x400, FLAGS_TEXT);
    put_section(hand, SECTIONS + 40, ".data", 0x2000, 0x400, data, FLAGS_DATA);
    put(hand, SECTIONS + 40 + 8, 4, 0x1800); /* zeros behind what the file has */
    put(hand, data, narrow ? 4 : 8, (narrow ? 0x400000 : BASE) + 0x1020);
    /* Exports: one name, f. */
    put(hand, directories, 4, 0x2100);
    put(hand, directories + 4, 4, 0x60);
    put(hand, data + 0x100 + 20, 4, 1);
    put(hand, data + 0x100 + 24, 4, 1);
    put(hand, data + 0x100 + 28, 4, 0x2130);
    put(hand, data + 0x100 + 32, 4, 0x2134);
    put(hand, data + 0x100 + 36, 4, 0x2138);
    put(hand, data + 0x130, 4, 0x1020);
    put(hand, data + 0x134, 4, 0x2140);
    put_text(hand, data + 0x140, "f", 2);
    /* Imports: one library, a function by name and one by number. */
    put(hand, directories + 8, 4, 0x2200);
    put(hand, directories + 12, 4, 40);
    put(hand, data + 0x200, 4, 0x2240);
    put(hand, data + 0x210, 4, 0x2280);
    put(hand, data + 0x240, narrow ? 4 : 8, 0x22c0);
    put(hand, data + (narrow ? 0x244 : 0x248), narrow ? 4 : 8,
        (narrow ? 0x80000000u : UINT64_C(1) << 63) | 7);
    put_text(hand, data + 0x2c2, "away", 5);
    /* Relocations: one block of two, of which the second pads it. */
    put(hand, directories + 40, 4, 0x2300);
    put(hand, directories + 44, 4, 12);
    put(hand, data + 0x300, 4, 0x2000);
    put(hand, data + 0x304, 4, 12);
    put(hand, data + 0x308, 2, narrow ? 0x3000 : 0xa000);
    put(hand, 0x9ff, 1, 0);
}

static void test_program(unsigned machine) {
    unsigned word = machine == AMD64 ? 8 : 4;
    uint64_t base = machine == AMD64 ? BASE : 0x400000;
    struct hand hand;
    struct image *image;
    uint64_t start;

    make_program(&hand, machine);
    image = load_or_fail(&hand);
    CU_ASSERT_PTR_NOT_NULL_FATAL(image);
    CU_ASSERT_TRUE(image->is_windows);
    start = image->start;
    CU_ASSERT_EQUAL(start, image->bias + base);
    CU_ASSERT_NOT_EQUAL(image->bias, 0);
    CU_ASSERT_EQUAL(fixture_symbol(image, "f"), start + 0x1020);
    CU_ASSERT_EQUAL(fixture_symbol(image, "AddressOfEntryPoint"), start + 0x1004);
    CU_ASSERT_EQUAL(fixture_word(image, start, 2), 0x5a4d); /* the headers are there too */
    CU_ASSERT_EQUAL(fixture_word(image, start + 0x2000, word), start + 0x1020);
    CU_ASSERT_EQUAL(fixture_word(image, start + 0x3000, word), 0);
    CU_ASSERT_EQUAL(fixture_word(image, start + 0x2280, word),
                    image_find_undefined(image, "away")->address);
    CU_ASSERT_EQUAL(fixture_word(image, start + 0x2280 + word, word),
                    image_find_undefined(image, "ordinal_7")->address);
    CU_ASSERT_EQUAL(image_written_address(image, 0x1020), start + 0x1020);
    CU_ASSERT_EQUAL(image_written_address(image, base + 0x1020), start + 0x1020);
    image_free(image);

    /* Nothing says where its addresses are: it stays where it was linked for. */
    put(&hand, PE + 22, 2, 1);
    put(&hand, OPTIONAL + (word == 8 ? 112 : 96) + 40, 8, 0);
    image = load_or_fail(&hand);
    CU_ASSERT_PTR_NOT_NULL_FATAL(image);
    CU_ASSERT_EQUAL(image->start, base);
    CU_ASSERT_EQUAL(fixture_symbol(image, "f"), base + 0x1020);
    image_free(image);
}

static void test_program_64(void) {
    test_program(AMD64);
}

static void test_program_32(void) {
    test_program(I386);
}

/* --- Broken ones. --- */

struct mistake {
    size_t at;
    unsigned width;
    uint64_t value;
    const char *message;
};

static void test_broken_objects(void) {
    static const struct mistake mistakes[] = {
        {0, 2, 0xaa64, "for AArch64"},
        {8, 4, 0x7fffffff, "the symbols lie beyond the end"},
        {12, 4, 0x7fffffff, "the symbols lie beyond the end"},
        {20 + 16, 4, 0x10000, "section .text lies beyond the end"},
        {20 + 20, 4, 0xfffffff0, "section .text lies beyond the end"},
        {20 + 24, 4, 0xfffffff0, "the relocations of section .text"},
        {20 + 32, 2, 0xfffe, "the relocations of section .text"},
        {20, 8, 0x3030303030302f, "outside of the string table"}, /* "/000000": the table's size */
        {RELOCATIONS, 4, TEXT_SIZE - 3, "outside of its section"},
        {RELOCATIONS + 4, 4, 7, "names symbol 7, but there are only 7"},
        {RELOCATIONS + 8, 2, 0x40, "unknown relocation type 0x40"},
        {RELOCATIONS + 8, 2, 0xb, "thread-local variables"},
        {SYMBOLS + 12, 2, 3, "a symbol lies in section 3, but there are only 2"},
        {SYMBOLS + 4 * SYMBOL, 4, 99, "symbol 99 is named"},
        {SYMBOLS + 5 * SYMBOL + 4, 4, 4000, "outside of the string table"},
        {SYMBOLS + 7 * SYMBOL, 4, 4000, "the names of symbols lie beyond the end"},
    };

    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        struct hand hand;

        make_object(&hand, AMD64);
        put_relocation(&hand, 0, 1, 1);
        put(&hand, mistakes[i].at, mistakes[i].width, mistakes[i].value);
        if (i == 7) /* an offset that is there, and no end */
            put(&hand, 20, 8, 0x3030303939392f);
        check_message(&hand, mistakes[i].message);
    }
}

static void test_broken_programs(void) {
    static const struct mistake mistakes[] = {
        {PE + 20, 2, 8, "the optional header is missing"},
        {OPTIONAL, 2, 0x10b, "the optional header is missing"},
        {OPTIONAL + 60, 4, 0x100000, "the headers lie beyond the end"},
        {OPTIONAL + 112 + 14 * 8, 8, UINT64_C(0x4800002000), "managed code"},
        {SECTIONS + 12, 4, 0x2400, "overlap"},
        {SECTIONS + 20, 4, 0xfffff000, "section .text lies beyond the end"},
        {SECTIONS + 8, 4, 0xffffff00, "MiB"},
        {0x600 + 0x118, 4, 0x1000, "the exported names reach beyond"},
        {0x600 + 0x134, 4, 0x9000, "the name of export 0"},
        {0x600 + 0x240, 8, 0x9000, "the name of an imported function"},
        {0x600 + 0x304, 4, 4, "a block of base relocations has 4 bytes"},
        {0x600 + 0x304, 4, 400, "a block of base relocations has 400 bytes"},
        {0x600 + 0x308, 2, 0x3000, "a base relocation of 32 bits"},
        {0x600 + 0x308, 2, 0x5000, "unknown type 5 of base relocation"},
        {0x600 + 0x300, 4, 0x9000, "outside of the segments"},
    };
    struct hand hand;

    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        make_program(&hand, AMD64);
        put(&hand, mistakes[i].at, mistakes[i].width, mistakes[i].value);
        check_message(&hand, mistakes[i].message);
    }
    memset(&hand, 0, sizeof hand);
    put_text(&hand, 0, "MZ", 2);
    hand.size = 0x100;
    check_message(&hand, "a program for DOS");
    put_text(&hand, 0, "VZ\x64\x86", 4);
    check_message(&hand, "a terse executable");
    memset(&hand, 0, sizeof hand);
    put(&hand, 0, 4, 0xffff0000);
    put(&hand, 6, 2, AMD64);
    hand.size = 0x40;
    check_message(&hand, "a member of an import library");
    put(&hand, 4, 2, 1);
    check_message(&hand, "intermediate code");
}

/* Cut off anywhere, and any byte changed: one error, or an image (the sanitize preset watches). */
static void damage(const struct hand *good) {
    for (size_t size = 0; size < good->size; size += 1 + size / 64) {
        struct hand cut = *good;

        cut.size = size;
        image_free(load_or_fail(&cut));
    }
    for (size_t at = 0; at < good->size; at++) {
        static const uint8_t values[] = {0x00, 0x01, 0x7f, 0xff};

        for (size_t i = 0; good->bytes[at] != 0 && i < sizeof values; i++) {
            struct hand changed = *good;

            changed.bytes[at] = values[i];
            image_free(load_or_fail(&changed));
        }
    }
}

static void test_damaged(void) {
    static const unsigned machines[] = {AMD64, I386};

    for (size_t i = 0; i < 2; i++) {
        struct hand hand;

        make_object(&hand, machines[i]);
        put_relocation(&hand, 0, 1, machines[i] == AMD64 ? 1 : 6);
        put_relocation(&hand, 16, 5, machines[i] == AMD64 ? 4 : 0x14);
        damage(&hand);
        make_program(&hand, machines[i]);
        damage(&hand);
    }
}

static const struct unit_test tests[] = {
    {"an object for x86-64", test_object},    {"an object for i386", test_object_32},
    {"an image for x86-64", test_program_64}, {"an image for i386", test_program_32},
    {"broken objects", test_broken_objects},  {"broken images", test_broken_programs},
    {"damaged files", test_damaged},
};

int main(void) {
    return UNIT_RUN(tests);
}
