/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/image/internal.h"

#include <string.h>

/*
 * Files that are neither ELF nor PE nor COFF files, and that people hand in all the same: what each
 * is, and what to hand in instead. A row is told by its bytes at an offset.
 */
static const struct {
    size_t offset;
    const char *bytes;
    size_t size;
    const char *what;
} image_kinds[] = {
#define AT(offset, bytes) offset, bytes, sizeof(bytes) - 1
    {AT(0x202, "HdrS"), "a compressed Linux kernel (bzImage): give vmlinux, which the kernel's "
                        "scripts/extract-vmlinux takes out of it"},
    {AT(0, "\x1f\x8b"), "compressed with gzip: unpack it first (gunzip)"},
    {AT(0, "\xfd"
           "7zXZ\0"),
     "compressed with xz: unpack it first (unxz)"},
    {AT(0, "\x28\xb5\x2f\xfd"), "compressed with zstd: unpack it first (unzstd)"},
    {AT(0, "BZh"), "compressed with bzip2: unpack it first (bunzip2)"},
    {AT(0, "PK\x03\x04"), "a ZIP archive: unpack it first (unzip)"},
    {AT(0, "BC\xc0\xde"),
     "LLVM's intermediate code: build without -flto and -emit-llvm, or run llc -filetype=obj"},
    {AT(0, "\xde\xc0\x17\x0b"),
     "LLVM's intermediate code: build without -flto and -emit-llvm, or run llc -filetype=obj"},
    {AT(0, "\xfe\xed\xfa\xce"), "a Mach-O file: build for ELF (clang -target x86_64-unknown-elf)"},
    {AT(0, "\xce\xfa\xed\xfe"), "a Mach-O file: build for ELF (clang -target i386-unknown-elf)"},
    {AT(0, "\xfe\xed\xfa\xcf"), "a Mach-O file: build for ELF (clang -target x86_64-unknown-elf)"},
    {AT(0, "\xcf\xfa\xed\xfe"), "a Mach-O file: build for ELF (clang -target x86_64-unknown-elf)"},
    {AT(0, "\xca\xfe\xba\xbe"),
     "a universal Mach-O file or Java code: build for ELF (clang -target x86_64-unknown-elf)"},
    {AT(0, "\0asm"), "WebAssembly: build for x86-64 or i386"},
    {AT(0, "/* GNU ld script"), "a linker's script: give the library that it names"},
    {AT(0, "VZ\x64\x86"),
     "a terse executable (TE) of UEFI: give the .efi file that it was made from"},
    {AT(0, "VZ\x4c\x01"),
     "a terse executable (TE) of UEFI: give the .efi file that it was made from"},
    {AT(0, "#!"), "a script: give the code that it runs"},
#undef AT
};

/* libtool's files are text whose first line names libtool. */
static bool image_is_libtool(const struct image_file *file) {
    const uint8_t *end = memchr(file->bytes, '\n', file->size);

    return file->size > 0 && file->bytes[0] == '#' && end &&
           memmem(file->bytes, (size_t)(end - file->bytes), "libtool", 7);
}

/* No code: every byte prints, as far as one looks. */
#define IMAGE_TEXT_LOOKED 4096u
static bool image_is_text(const struct image_file *file) {
    size_t size = file->size < IMAGE_TEXT_LOOKED ? file->size : IMAGE_TEXT_LOOKED;

    for (size_t i = 0; i < size; i++) {
        uint8_t byte = file->bytes[i];

        if (byte == 0x7f || (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r'))
            return false;
    }
    return size > 0;
}

/* By its name: what compilers take. */
static bool image_is_source(const struct image_file *file) {
    static const char *const ends[] = {"c",   "cc", "cpp", "cxx", "h",   "hh", "hpp",
                                       "asm", "s",  "S",   "rs",  "zig", "go", "d"};
    const char *dot = strrchr(file->path, '.');

    for (size_t i = 0; dot && i < sizeof ends / sizeof *ends; i++) {
        if (strcmp(dot + 1, ends[i]) == 0)
            return true;
    }
    return false;
}

const char *image_kind(const struct image_file *file) {
    for (size_t i = 0; i < sizeof image_kinds / sizeof *image_kinds; i++) {
        const uint8_t *at = image_file_bytes(file, image_kinds[i].offset, image_kinds[i].size);

        if (at && memcmp(at, image_kinds[i].bytes, image_kinds[i].size) == 0)
            return image_kinds[i].what;
    }
    return NULL;
}

bool image_fail_kind(const struct image_file *file) {
    const char *kind = image_kind(file);

    if (kind)
        return image_fail(file, "this is %s", kind);
    if (file->size >= 2 && memcmp(file->bytes, "MZ", 2) == 0)
        return image_fail(file, "this is a program for DOS or 16-bit Windows: give its code by "
                                "--flat 16@ADDRESS");
    if (image_is_libtool(file))
        return image_fail(file,
                          "this is libtool's description of a library: give the library itself, "
                          "which lies in .libs/ beside it");
    if (image_is_text(file) && image_is_source(file))
        return image_fail(file,
                          "this is source code, and machine code is run: compile it (cc -g -O2 -c, "
                          "or with -fPIC -shared), and give what comes of it");
    if (image_is_text(file))
        return image_fail(
            file,
            "this is text, and neither a manifest (probe: or table:) nor a CPUID dump in a known "
            "format (cpuid -r, AIDA64, JSON of KVM, QEMU and Firecracker, logs of VMMs, ...): "
            "cpuid -r and hvspec capture write dumps");
    if (file->size == 0)
        return image_fail(file, "the file is empty");
    return image_fail(file, "not an ELF file, and no PE or COFF file; for flat binaries give "
                            "their address (--flat)");
}

/* Code of one width in a file of the other, as boot loaders want it, decodes as something else. An
 * instruction in 64-bit code often begins with 48, and a MOV, LEA, SUB or TEST behind it; in 32-bit
 * code that is a decrement of EAX, which next to nothing uses ahead of one of those. */
static bool image_is_wide_code(const uint8_t *bytes, uint64_t size) {
    static const uint8_t behind[] = {0x89, 0x8b, 0x8d, 0x83, 0x85, 0xc7};
    uint64_t found = 0;

    for (uint64_t i = 0; i + 1 < size; i++)
        found += bytes[i] == 0x48 && memchr(behind, bytes[i + 1], sizeof behind) != NULL;
    return found >= 4 && found * 40 > size;
}

/* Sections that say what a file is not. */
bool image_check_contents(const struct image_file *file) {
    bool has_code = false, is_intermediate = false, is_stripped_off = false;

    for (size_t i = 1; i < file->sections_count; i++) {
        const uint8_t *bytes;
        const char *name;
        GElf_Shdr section;

        if (!image_file_section(file, i, &section))
            return false;
        name = image_section_name(file, &section);
        is_intermediate |= strncmp(name, ".gnu.lto_", 9) == 0 || strcmp(name, ".llvm.lto") == 0;
        if (!(section.sh_flags & SHF_EXECINSTR) || section.sh_size == 0)
            continue;
        is_stripped_off |= section.sh_type == SHT_NOBITS;
        bytes = section.sh_type == SHT_NOBITS
                    ? NULL
                    : image_file_bytes(file, section.sh_offset, section.sh_size);
        has_code |= bytes != NULL;
        if (file->word == 4 && bytes && image_is_wide_code(bytes, section.sh_size))
            return image_fail(file,
                              "64-bit code in a 32-bit ELF file: give the 64-bit file that it "
                              "was made from, or its bytes by --flat 64@ADDRESS");
    }
    if (!has_code && is_intermediate)
        return image_fail(file, "GCC's intermediate code alone (slim LTO): build without -flto, or "
                                "with -ffat-lto-objects");
    if (!has_code && is_stripped_off)
        return image_fail(file, "debug information alone: give the file that it was taken out of");
    return true;
}
