/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_BASE_SHA256_H
#define HVSPEC_BASE_SHA256_H

#include <stddef.h>

#define SHA256_TEXT_SIZE 65 /* 64 hexadecimal digits and the final zero */

/* SHA-256 (FIPS 180-4) of `size` bytes as lower-case hexadecimal. */
void sha256_text(const void *bytes, size_t size, char text[SHA256_TEXT_SIZE]);

/* nettle's version, "3.8". */
const char *sha256_library_version(void);

#endif
