/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/image/internal.h"

/* Formats other than ELF, a row each, tried in this order. */
static const struct image_loader image_loaders[] = {
    {"PE and COFF", image_is_coff, image_rewrite_coff, .is_windows = true},
};

const struct image_loader *image_loader_of(const struct image_file *file) {
    for (size_t i = 0; i < sizeof image_loaders / sizeof *image_loaders; i++) {
        if (image_loaders[i].recognises(file->bytes, file->size))
            return &image_loaders[i];
    }
    return NULL;
}
