/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/source/source_line.h"

#include "base/write_all.h"
#include "emulator/source/internal.h"

#include <dwarf.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* What the debug information of strangers may come to. */
#define SOURCE_UNPACKED_MAX (256u * 1024 * 1024) /* bytes of compressed sections, unpacked */
#define SOURCE_LINES_MAX                                                                           \
    (8u * 1024 * 1024)       /* bytes of line programs, each of which makes a row                  \
                              */
#define SOURCE_CALLS_MAX 64u /* inlined calls within each other */

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

/* libdw would end the program with exit code 1, which says that a probe does not conform. */
__attribute__((noreturn)) static void source_line_no_memory(void) {
    static const char text[] = "hvspec: out of memory for debug information\n";

    _exit(write(STDERR_FILENO, text, sizeof text - 1) < 0 ? 3 : 3);
}

/* The size that a compressed section says it has; 0: it is not compressed. */
static uint64_t source_line_unpacked(Elf_Scn *scn, const GElf_Shdr *header, const char *name) {
    GElf_Chdr compressed;
    Elf_Data *data;
    uint64_t size = 0;

    if (header->sh_flags & SHF_COMPRESSED)
        return gelf_getchdr(scn, &compressed) ? compressed.ch_size : 0;
    if (strncmp(name, ".zdebug", 7) != 0 || !(data = elf_rawdata(scn, NULL)) || data->d_size < 12)
        return 0;
    for (unsigned i = 4; i < 12; i++) /* "ZLIB", then the size, the highest byte first */
        size = size << 8 | ((const uint8_t *)data->d_buf)[i];
    return size;
}

/* Whether what is compressed is no bomb. */
static bool source_line_is_bounded(Elf *elf) {
    uint64_t left = SOURCE_UNPACKED_MAX;
    size_t names;

    if (elf_getshdrstrndx(elf, &names) != 0)
        return false;
    for (Elf_Scn *scn = NULL; (scn = elf_nextscn(elf, scn));) {
        GElf_Shdr header;
        const char *name = gelf_getshdr(scn, &header) ? elf_strptr(elf, names, header.sh_name) : "";
        uint64_t size = source_line_unpacked(scn, &header, name ? name : "");

        if (size > left)
            return false;
        left -= size;
    }
    return true;
}

/* Nothing outside the file is opened: an alternative file that it names would be, whatever it is,
 * unless there is one already. */
static bool source_line_open_debug(struct source_line *source) {
    Dwarf *debug;

    source->elf = dwfl_module_getelf(source->module, &source->bias);
    if (!source->elf || !source_line_is_bounded(source->elf))
        return true;
    debug = dwfl_module_getdwarf(source->module, &source->debug_bias);
    if (!debug)
        return true;
    dwarf_new_oom_handler(debug, (Dwarf_OOM)source_line_no_memory);
    dwarf_setalt(debug, debug);
    source->scopes = source_scopes_new(source->module, debug);
    return source->scopes != NULL;
}

/* Of an archive each member is a module of its own, called "(NAME)". */
static int source_line_is_member(Dwfl_Module *module, void **data, const char *name,
                                 Dwarf_Addr base, void *argument) {
    struct source_line *source = argument;
    size_t length = strlen(source->image->member);

    (void)data, (void)base;
    if (name[0] != '(' || strncmp(name + 1, source->image->member, length) != 0 ||
        strcmp(name + 1 + length, ")") != 0)
        return DWARF_CB_OK;
    source->module = module;
    return DWARF_CB_ABORT;
}

/* NULL: there is none of that name. */
static Dwfl_Module *source_line_member(struct source_line *source) {
    source->module = NULL;
    dwfl_getmodules(source->session, source_line_is_member, source, 0);
    return source->module;
}

/* A descriptor of the file as it was written anew, which libdwfl closes; -1: there is none, and
 * what it finds in the original then is nothing. */
static int source_line_rewritten(const struct image *image) {
    int descriptor = memfd_create("hvspec", MFD_CLOEXEC);

    if (descriptor >= 0 && !write_all(descriptor, image->rewritten, image->rewritten_size)) {
        close(descriptor);
        descriptor = -1;
    }
    return descriptor;
}

struct source_line *source_line_open(const struct image *image) {
    struct source_line *source = calloc(1, sizeof *source);

    if (!source)
        return NULL;
    source->image = image;
    source->lines_left = SOURCE_LINES_MAX;
    if (!source_line_set_root(source, NULL)) {
        free(source);
        return NULL;
    }
    source->session = dwfl_begin(&source_line_callbacks);
    if (!source->session)
        return source;
    dwfl_report_begin(source->session);
    source->module = dwfl_report_offline(source->session, "", image->path,
                                         image->rewritten ? source_line_rewritten(image) : -1);
    dwfl_report_end(source->session, NULL, NULL);
    if (image->member && !image->rewritten)
        source->module = source_line_member(source);
    if (source->module && !source_line_open_debug(source)) {
        source_line_close(source);
        return NULL;
    }
    return source;
}

void source_line_close(struct source_line *source) {
    if (!source)
        return;
    source_scopes_free(source->scopes);
    dwfl_end(source->session);
    source_names_clear(&source->names);
    free(source);
}

bool source_line_set_root(struct source_line *source, const char *folder) {
    return source_names_set_root(&source->names, folder);
}

/* The folder that a unit's relative names start from; NULL: not known. */
static const char *source_line_folder(Dwarf_Die *unit) {
    Dwarf_Attribute attribute;
    const char *folder = dwarf_formstring(dwarf_attr(unit, DW_AT_comp_dir, &attribute));

    return folder && folder[0] == '/' ? folder : NULL;
}

static const struct source_name *source_line_name(struct source_line *source, Dwarf_Die *unit,
                                                  const char *written) {
    return source_names_find(&source->names, source_line_folder(unit), written);
}

size_t source_line_quote(const struct source_line *source, const char *file, unsigned first,
                         size_t count, char **lines) {
    return source_names_quote(&source->names, file, first, count, lines);
}

/* --- Addresses. --- */

bool source_line_translate(const struct source_line *source, uint64_t address,
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

/* Whether a file lies beside what the unit was compiled from. */
static bool source_line_is_beside(Dwarf_Die *unit, const char *full) {
    const char *compiled = dwarf_diename(unit);
    char *path = compiled ? source_names_full(source_line_folder(unit), compiled) : NULL;
    char *slash = path ? strrchr(path, '/') : NULL;
    bool beside = slash && slash > path;

    if (beside) {
        *slash = '\0';
        beside = source_names_below(path, full) != NULL;
    }
    free(path);
    return beside;
}

/* Whether a file is the project's own, where a reader can do something about it, and no header of
 * the compiler's or the system's: below the root, or beside what the unit was compiled from. */
static bool source_line_is_own(struct source_line *source, Dwarf_Die *unit, const char *written) {
    const struct source_name *name = source_line_name(source, unit, written);

    return name && (name->is_below || source_line_is_beside(unit, name->full));
}

/* Where an inlined call stands. */
static bool source_line_call(Dwarf_Die *unit, Dwarf_Die *inlined, const char **name,
                             Dwarf_Word *line) {
    Dwarf_Attribute attribute;
    Dwarf_Files *files;
    Dwarf_Word file;
    size_t files_count;

    *name = NULL;
    if (dwarf_formudata(dwarf_attr(inlined, DW_AT_call_file, &attribute), &file) == 0 &&
        dwarf_formudata(dwarf_attr(inlined, DW_AT_call_line, &attribute), line) == 0 &&
        dwarf_getsrcfiles(unit, &files, &files_count) == 0 && file < files_count)
        *name = dwarf_filesrc(files, file, NULL, NULL);
    return *name && *line > 0 && *line <= INT_MAX;
}

/* Where the function that the address is part of calls what was inlined there: the innermost such
 * call in a file of the project's own. CPUID mostly stands in a small inline function that
 * everybody shares; its caller is what decides. */
static bool source_line_caller(struct source_line *source, Dwarf_Die *unit, Dwarf_Addr address,
                               const char **name, Dwarf_Word *line) {
    Dwarf_Die inlined, outer;
    bool more = source_scopes_inlined(source->scopes, address, &inlined);

    for (unsigned depth = 0; more && depth < SOURCE_CALLS_MAX; depth++) {
        if (source_line_call(unit, &inlined, name, line) && source_line_is_own(source, unit, *name))
            return true;
        more = source_scopes_outer(source->scopes, address, &inlined, &outer);
        inlined = outer;
    }
    return false;
}

static bool source_line_own(Dwarf_Die *unit, Dwarf_Addr address, const char **name,
                            Dwarf_Word *line) {
    Dwarf_Line *found = dwarf_getsrc_die(unit, address);
    int number = 0;

    *name = found ? dwarf_linesrc(found, NULL, NULL) : NULL;
    if (!*name || dwarf_lineno(found, &number) != 0 || number < 1)
        return false;
    *line = (Dwarf_Word)number;
    return true;
}

/* The unit that an address belongs to, with its line program in bounds; *within is the address as
 * the unit's own information has it. NULL: none. */
static Dwarf_Die *source_line_unit(struct source_line *source, Dwarf_Addr address,
                                   Dwarf_Addr *within) {
    if (!source->scopes)
        return NULL;
    *within = address - source->debug_bias;
    return source_scopes_unit(source->scopes, *within);
}

/* As source_line_find; *below: the file is below the root, or nobody knows where it is. */
static bool source_line_place(struct source_line *source, uint64_t address, const char **file,
                              unsigned *line, bool *below) {
    Dwarf_Addr translated, within;
    const struct source_name *known;
    Dwarf_Die *unit;
    const char *name;
    Dwarf_Word number = 0;

    if (!source->elf || !source_line_translate(source, address, &translated))
        return false;
    unit = source_line_unit(source, translated, &within);
    if (!unit || !source_scopes_lines(source->scopes, within, &source->lines_left) ||
        (!source_line_caller(source, unit, within, &name, &number) &&
         !(source_line_own(unit, within, &name, &number) &&
           source_line_is_own(source, unit, name))))
        return false;
    known = source_line_name(source, unit, name);
    *file = known ? known->shown : NULL;
    *line = (unsigned)number;
    *below = known && known->is_below;
    return known != NULL;
}

bool source_line_find(struct source_line *source, uint64_t address, const char **file,
                      unsigned *line) {
    bool below;

    return source_line_place(source, address, file, line, &below);
}

bool source_line_find_first(struct source_line *source, const uint64_t *addresses, size_t count,
                            const char **file, unsigned *line, size_t *at) {
    bool found = false;

    for (size_t i = 0; i < count; i++) {
        const char *name;
        unsigned number;
        bool below;

        if (!source_line_place(source, addresses[i], &name, &number, &below) || (found && !below))
            continue;
        *file = name;
        *line = number;
        *at = i;
        found = true;
        if (below)
            break;
    }
    return found;
}

const char *source_line_library_version(void) {
    return dwfl_version(NULL);
}
