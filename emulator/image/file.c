/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/sha256.h"
#include "emulator/image/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define IMAGE_FILE_MAX (1024u * 1024 * 1024) /* bytes: debug information can dwarf the code */

static bool image_read_all(int descriptor, uint8_t *bytes, size_t size) {
    size_t done = 0;

    while (done < size) {
        ssize_t count = read(descriptor, bytes + done, size - done);

        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return false;
        if (count == 0) {
            errno = EIO;
            return false;
        }
        done += (size_t)count;
    }
    return true;
}

uint8_t *image_read_file(const char *path, size_t *size, struct errors *errors) {
    /* Not blocking, so that a named pipe is refused instead of waited for. */
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat status;
    uint8_t *bytes = NULL;

    if (descriptor < 0) {
        errors_add_system(errors, path, "cannot be opened", errno);
        return NULL;
    }
    if (fstat(descriptor, &status) != 0) {
        errors_add_system(errors, path, "cannot be read", errno);
    } else if (!S_ISREG(status.st_mode)) {
        errors_add(errors, path, 0, 0, "%s",
                   S_ISDIR(status.st_mode) ? "this is a folder: name the files in it"
                                           : "not a regular file");
    } else if (status.st_size > (off_t)IMAGE_FILE_MAX) {
        errors_add(errors, path, 0, 0, "the file has %lld bytes; at most %u are read",
                   (long long)status.st_size, IMAGE_FILE_MAX);
    } else if (!(bytes = malloc((size_t)status.st_size + 1))) {
        errors_add(errors, path, 0, 0, "out of memory");
    } else if (!image_read_all(descriptor, bytes, (size_t)status.st_size)) {
        errors_add_system(errors, path, "cannot be read", errno);
        free(bytes);
        bytes = NULL;
    } else {
        *size = (size_t)status.st_size;
    }
    close(descriptor);
    return bytes;
}

const uint8_t *image_file_bytes(const struct image_file *file, uint64_t offset, uint64_t size) {
    if (offset > file->size || size > file->size - offset)
        return NULL;
    return file->bytes + offset;
}

Elf_Data *image_file_table(const struct image_file *file, uint64_t offset, uint64_t size,
                           Elf_Type type, const char *what) {
    size_t entry = gelf_fsize(file->elf, type, 1, EV_CURRENT);
    Elf_Data *data;

    if (!image_file_bytes(file, offset, size)) {
        image_fail(file, "%s lies beyond the end of the file; it may be truncated", what);
        return NULL;
    }
    if (size == 0 || entry == 0 || size % entry != 0) {
        image_fail(file, "%s has %llu bytes, which is no whole number of entries", what,
                   (unsigned long long)size);
        return NULL;
    }
    data = elf_getdata_rawchunk(file->elf, (int64_t)offset, (size_t)size, type);
    if (!data)
        image_fail(file, "%s cannot be read: %s", what, elf_errmsg(-1));
    return data;
}

bool image_file_section(const struct image_file *file, size_t index, GElf_Shdr *section) {
    Elf_Scn *scn = index && index < file->sections_count ? elf_getscn(file->elf, index) : NULL;

    if (!scn || !gelf_getshdr(scn, section))
        return image_fail(file, "section %zu is named, but there are only %zu sections", index,
                          file->sections_count);
    return true;
}

const char *image_section_name(const struct image_file *file, const GElf_Shdr *section) {
    size_t names = 0;
    const char *name = NULL;

    if (elf_getshdrstrndx(file->elf, &names) == 0)
        name = elf_strptr(file->elf, names, section->sh_name);
    return name ? name : "";
}

/* Machines that people build for, so that a mistake in the build is named. */
static const struct {
    unsigned machine;
    const char *name;
} image_machines[] = {
    {EM_AARCH64, "AArch64"},     {EM_ARM, "ARM"},    {EM_RISCV, "RISC-V"}, {EM_PPC64, "PowerPC64"},
    {EM_PPC, "PowerPC"},         {EM_MIPS, "MIPS"},  {EM_S390, "S/390"},   {EM_SPARCV9, "SPARC V9"},
    {EM_LOONGARCH, "LoongArch"}, {EM_68K, "M68000"}, {EM_BPF, "BPF"},      {EM_IA_64, "Itanium"},
};

static bool image_check_machine(const struct image_file *file, unsigned machine, unsigned class) {
    if ((machine == EM_X86_64 && class == ELFCLASS64) || (machine == EM_386 && class == ELFCLASS32))
        return true;
    if (machine == EM_X86_64)
        return image_fail(file, "a 32-bit ELF file for x86-64 (the x32 ABI) is not supported; "
                                "build for x86-64 or i386");
    if (machine == EM_386)
        return image_fail(file, "a 64-bit ELF file for i386 is no known format");
    for (size_t i = 0; i < sizeof image_machines / sizeof image_machines[0]; i++) {
        if (image_machines[i].machine == machine)
            return image_fail(file, "the file is for %s; build it for x86-64 or i386",
                              image_machines[i].name);
    }
    return image_fail(file, "the file is for machine number %u; build it for x86-64 or i386",
                      machine);
}

/* Looks at the identification before libelf does, to name what is wrong. */
static bool image_check_identification(const struct image_file *file) {
    const uint8_t *bytes = file->bytes;

    if (file->size < SELFMAG || memcmp(bytes, ELFMAG, SELFMAG) != 0)
        return image_fail_kind(file);
    if (file->size < sizeof(Elf32_Ehdr))
        return image_fail(file, "the ELF header is truncated");
    if (bytes[EI_CLASS] != ELFCLASS32 && bytes[EI_CLASS] != ELFCLASS64)
        return image_fail(file, "unknown ELF class %u", bytes[EI_CLASS]);
    if (bytes[EI_DATA] == ELFDATA2MSB)
        return image_fail(file, "the file is big-endian; build it for x86-64 or i386");
    if (bytes[EI_DATA] != ELFDATA2LSB)
        return image_fail(file, "unknown ELF byte order %u", bytes[EI_DATA]);
    if (bytes[EI_CLASS] == ELFCLASS64 && file->size < sizeof(Elf64_Ehdr))
        return image_fail(file, "the ELF header is truncated");
    /* e_machine is at the same place in both classes. */
    return image_check_machine(file,
                               bytes[offsetof(Elf32_Ehdr, e_machine)] |
                                   (unsigned)bytes[offsetof(Elf32_Ehdr, e_machine) + 1] << 8,
                               bytes[EI_CLASS]);
}

/* A header table must lie in the file; libelf cuts short or ignores one that does not. */
static bool image_check_table(const struct image_file *file, const char *what, uint64_t offset,
                              uint64_t count, unsigned entry, Elf_Type type) {
    if (count == 0)
        return true;
    if (entry != gelf_fsize(file->elf, type, 1, EV_CURRENT))
        return image_fail(file, "the %s headers have %u bytes each, which is no known format", what,
                          entry);
    if (!image_file_bytes(file, offset, count * entry))
        return image_fail(
            file, "the %s headers lie beyond the end of the file; it may be truncated", what);
    return true;
}

static bool image_check_header(struct image_file *file) {
    const GElf_Ehdr *header = &file->header;
    size_t sections = 0;

    if (!gelf_getehdr(file->elf, &file->header))
        return image_fail(file, "the ELF header is broken: %s", elf_errmsg(-1));
    if (header->e_phnum == PN_XNUM)
        return image_fail(file, "the program headers are far too many");
    /* Counts of 65280 and more are written in the first section header, which libelf reads. It says
     * 0 of a table that does not lie in the file, so smaller ones are taken from the header. */
    if (elf_getshdrnum(file->elf, &sections) != 0)
        return image_fail(file, "the section headers are broken: %s", elf_errmsg(-1));
    if (header->e_shoff && !header->e_shnum && sections < SHN_LORESERVE)
        return image_fail(file, "the section headers are missing or far too many");
    file->sections_count = !header->e_shoff ? 0 : header->e_shnum ? header->e_shnum : sections;
    file->programs_count = header->e_phoff ? header->e_phnum : 0;
    file->word = gelf_getclass(file->elf) == ELFCLASS64 ? 8 : 4;
    file->image->mode = file->word == 8 ? IMAGE_64 : IMAGE_32;
    return image_check_table(file, "section", header->e_shoff, file->sections_count,
                             header->e_shentsize, ELF_T_SHDR) &&
           image_check_table(file, "program", header->e_phoff, file->programs_count,
                             header->e_phentsize, ELF_T_PHDR);
}

/* Sections don't overlap in the file, so that those whose entries are gone through are no larger
 * than it together; else a small file could ask for any amount of work. */
static bool image_check_sections(const struct image_file *file) {
    uint64_t left = file->size;

    for (size_t i = 1; i < file->sections_count; i++) {
        GElf_Shdr section;

        if (!image_file_section(file, i, &section))
            return false;
        if (section.sh_type != SHT_RELA && section.sh_type != SHT_REL &&
            section.sh_type != SHT_INIT_ARRAY && section.sh_type != SHT_PREINIT_ARRAY)
            continue;
        if (section.sh_size > left)
            return image_fail(file,
                              "section %zu lies beyond the end of the file or overlaps others; the "
                              "file may be truncated",
                              i);
        left -= section.sh_size;
    }
    return true;
}

void image_file_replace(struct image_file *file, uint8_t *bytes, size_t size) {
    file->rewritten = bytes;
    file->bytes = bytes;
    file->size = size;
}

bool image_file_open(struct image_file *file) {
    file->loader = image_kind(file) ? NULL : image_loader_of(file);
    if (file->loader && !file->loader->rewrite(file))
        return false;
    if (!image_check_identification(file))
        return false;
    elf_version(EV_CURRENT);
    file->elf = elf_memory((char *)file->bytes, file->size);
    if (!file->elf)
        return image_fail(file, "not a readable ELF file: %s", elf_errmsg(-1));
    return image_check_header(file) && image_check_sections(file) && image_check_contents(file);
}
