/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/sha256.h"
#include "base/tests/unit.h"

#include <stdlib.h>
#include <string.h>

/* NIST's example values for FIPS 180-4, and the empty message of its validation suite (CAVP). */
static const struct {
    const char *message, *digest;
} vectors[] = {
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqr"
     "lmnopqrsmnopqrstnopqrstu",
     "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
};

static void test_published_vectors(void) {
    char text[SHA256_TEXT_SIZE];

    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        sha256_text(vectors[i].message, strlen(vectors[i].message), text);
        CU_ASSERT_STRING_EQUAL(text, vectors[i].digest);
    }
}

static void test_a_million_bytes(void) {
    size_t size = 1000000;
    char *message = malloc(size);
    char text[SHA256_TEXT_SIZE];

    CU_ASSERT_PTR_NOT_NULL_FATAL(message);
    memset(message, 'a', size);
    sha256_text(message, size, text);
    CU_ASSERT_STRING_EQUAL(text,
                           "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    free(message);
}

/* The padding goes from one block to two between 55 and 56 bytes. Digests from NIST's example
 * messages of zero bytes, SHA-256 (55, 56, 57 and 64 bytes). */
static void test_padding_borders(void) {
    static const struct {
        size_t size;
        const char *digest;
    } borders[] = {
        {55, "02779466cdec163811d078815c633f21901413081449002f24aa3e80f0b88ef7"},
        {56, "d4817aa5497628e7c77e6b606107042bbba3130888c5f47a375e6179be789fbb"},
        {57, "65a16cb7861335d5ace3c60718b5052e44660726da4cd13bb745381b235a1785"},
        {64, "f5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a92759fb4b"},
    };
    const char zeros[64] = {0};
    char text[SHA256_TEXT_SIZE];

    for (size_t i = 0; i < sizeof borders / sizeof borders[0]; i++) {
        sha256_text(zeros, borders[i].size, text);
        CU_ASSERT_STRING_EQUAL(text, borders[i].digest);
    }
}

static const struct unit_test tests[] = {
    {"published vectors", test_published_vectors},
    {"a million bytes", test_a_million_bytes},
    {"padding at its borders", test_padding_borders},
};

int main(void) {
    return UNIT_RUN(tests);
}
