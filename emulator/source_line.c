/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/source_line.h"

#include <elfutils/libdwfl.h>
#include <stdlib.h>
#include <string.h>

struct source_line {
    const struct image *image; /* borrowed */
    Dwfl *session;             /* NULL: nothing is known */
    Dwfl_Module *module;
    Elf *elf;       /* the module's; owned by it */
    GElf_Addr bias; /* what libdwfl adds to the file's addresses */
};

/* Only what the file itself holds: no search for separate files, on disk or over the network. */
static int source_line_no_debuginfo(Dwfl_Module *module, void **data, const char *name,
                                    Dwarf_Addr base, const char *file, const char *link,
                                    GElf_Word checksum, char **found) {
    (void)module, (void)data, (void)name, (void)base;
    (void)file, (void)link, (void)checksum, (void)found;
    return -1;
}

static const Dwfl_Callbacks source_line_callbacks = {
    .find_elf = dwfl_build_id_find_elf,
    .find_debuginfo = source_line_no_debuginfo,
    .section_address = dwfl_offline_section_address,
};

struct source_line *source_line_open(const struct image *image) {
    struct source_line *source = calloc(1, sizeof *source);

    if (!source)
        return NULL;
    source->image = image;
    source->session = dwfl_begin(&source_line_callbacks);
    if (!source->session)
        return source;
    dwfl_report_begin(source->session);
    source->module = dwfl_report_offline(source->session, "", image->path, -1);
    dwfl_report_end(source->session, NULL, NULL);
    if (source->module)
        source->elf = dwfl_module_getelf(source->module, &source->bias);
    return source;
}

void source_line_close(struct source_line *source) {
    if (!source)
        return;
    dwfl_end(source->session);
    free(source);
}

/* The address as libdwfl knows it. It lays out the sections of relocatable objects by itself, so
 * there the section and the offset in it are what both have in common. */
static bool source_line_translate(const struct source_line *source, uint64_t address,
                                  Dwarf_Addr *translated) {
    const struct image *image = source->image;

    if (image->sections_count == 0) {
        *translated = address - image->bias + source->bias;
        return true;
    }
    for (size_t i = 0; i < image->sections_count; i++) {
        const struct image_section *section = &image->sections[i];
        Elf_Scn *scn = elf_getscn(source->elf, section->index);
        GElf_Shdr header;

        if (address < section->address || address - section->address >= section->size)
            continue;
        if (!scn || !gelf_getshdr(scn, &header))
            return false;
        *translated = address - section->address + header.sh_addr + source->bias;
        return true;
    }
    return false;
}

/* The line by asking each compilation unit, as Clang writes no index of their addresses. */
static Dwarf_Line *source_line_search(const struct source_line *source, Dwarf_Addr address) {
    Dwarf_Die *unit = NULL;
    Dwarf_Addr bias = 0;

    while ((unit = dwfl_module_nextcu(source->module, unit, &bias))) {
        if (dwarf_haspc(unit, address - bias) == 1)
            return dwarf_getsrc_die(unit, address - bias);
    }
    return NULL;
}

bool source_line_find(struct source_line *source, uint64_t address, const char **file,
                      unsigned *line) {
    Dwarf_Addr translated;
    Dwarf_Line *found;
    const char *name, *slash;
    int number = 0;

    if (!source->elf || !source_line_translate(source, address, &translated))
        return false;
    found = source_line_search(source, translated);
    name = found ? dwarf_linesrc(found, NULL, NULL) : NULL;
    if (!name || dwarf_lineno(found, &number) != 0 || number < 1)
        return false;
    slash = name[0] == '/' ? strrchr(name, '/') : NULL;
    *file = slash ? slash + 1 : name;
    *line = (unsigned)number;
    return true;
}

const char *source_line_library_version(void) {
    return dwfl_version(NULL);
}
