/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/sha256.h"

#include <nettle/base16.h>
#include <nettle/sha2.h>
#include <nettle/version.h>

#include <stdint.h>
#include <stdio.h>

/* nettle, which uses the processor's own instructions where it has them. */

void sha256_text(const void *bytes, size_t size, char text[SHA256_TEXT_SIZE]) {
    struct sha256_ctx context;
    uint8_t digest[SHA256_DIGEST_SIZE];

    sha256_init(&context);
    sha256_update(&context, size, bytes);
    sha256_digest(&context, sizeof digest, digest);
    base16_encode_update(text, sizeof digest, digest);
    text[SHA256_TEXT_SIZE - 1] = '\0';
}

const char *sha256_library_version(void) {
    static char text[24];

    snprintf(text, sizeof text, "%d.%d", nettle_version_major(), nettle_version_minor());
    return text;
}
