/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_BASE_WRITE_ALL_H
#define HVSPEC_BASE_WRITE_ALL_H

#include <stdbool.h>
#include <stddef.h>

/* Writes all of it, however many pieces that takes. False: errno says why. */
bool write_all(int descriptor, const void *bytes, size_t size);

#endif
