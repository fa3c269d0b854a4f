/* SPDX-License-Identifier: GPL-2.0-or-later */

/* PE images and COFF objects: all that is done with an ELF file, from seeds of these formats. */
#include "fuzz/elf.c"
