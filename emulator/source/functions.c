/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What functions take and return, and how they were compiled, by debug information. */
#include "emulator/source/internal.h"

#include <dwarf.h>
#include <string.h>

#define SOURCE_TYPES_MAX 64u        /* types that are made of each other */
#define SOURCE_PARAMETERS_MAX 1024u /* and what else a function has */

/* The function that starts at an address, which may have several symbols. False: none is known. */
static bool source_line_function(struct source_line *source, uint64_t address,
                                 Dwarf_Die *function) {
    const struct image *image = source->image;
    Dwarf_Addr within;

    if (!source->scopes || !source_line_translate(source, address, &within))
        return false;
    within -= source->debug_bias;
    if (source_scopes_function(source->scopes, within, function))
        return true;
    for (size_t i = 0; i < image->symbols_count; i++) {
        if (image->symbols[i].address == address &&
            source_scopes_named(source->scopes, within, image->symbols[i].name, function))
            return true;
    }
    return false;
}

/* A copy of a function that the compiler made refers to the original, which has all parameters. */
static void source_line_original(Dwarf_Die *function) {
    Dwarf_Attribute origin;
    Dwarf_Die original;

    if (dwarf_formref_die(dwarf_attr(function, DW_AT_abstract_origin, &origin), &original))
        *function = original;
}

/* Bytes of a type that a register can hold; 0: not known. Types may be made of each other in a
 * circle. */
static unsigned source_line_type_size(const struct source_line *source, Dwarf_Die type) {
    for (unsigned i = 0; i < SOURCE_TYPES_MAX; i++) {
        int size = dwarf_bytesize(&type);
        Dwarf_Attribute attribute;

        if (size > 0)
            return (unsigned)size;
        switch (dwarf_tag(&type)) {
        case DW_TAG_pointer_type:
        case DW_TAG_reference_type:
        case DW_TAG_rvalue_reference_type:
            return gelf_getclass(source->elf) == ELFCLASS64 ? 8 : 4;
        default:
            break;
        }
        if (!dwarf_formref_die(dwarf_attr(&type, DW_AT_type, &attribute), &type))
            return 0;
    }
    return 0;
}

unsigned source_line_parameter_size(struct source_line *source, uint64_t function, unsigned index) {
    Dwarf_Attribute attribute;
    Dwarf_Die die, parameter, type;
    unsigned left = SOURCE_PARAMETERS_MAX;
    int more;

    if (!source_line_function(source, function, &die))
        return 0;
    source_line_original(&die);
    for (more = dwarf_child(&die, &parameter); more == 0 && left-- > 0;
         more = dwarf_siblingof(&parameter, &parameter)) {
        if (dwarf_tag(&parameter) == DW_TAG_formal_parameter && index-- == 0)
            break;
    }
    if (more != 0 || left > SOURCE_PARAMETERS_MAX ||
        !dwarf_formref_die(dwarf_attr_integrate(&parameter, DW_AT_type, &attribute), &type))
        return 0;
    return source_line_type_size(source, type);
}

bool source_line_is_built_with(struct source_line *source, uint64_t function, const char *option) {
    Dwarf_Attribute attribute;
    Dwarf_Die die, unit;
    const char *producer;

    if (!source_line_function(source, function, &die) || !dwarf_diecu(&die, &unit, NULL, NULL))
        return false;
    producer = dwarf_formstring(dwarf_attr(&unit, DW_AT_producer, &attribute));
    return producer && strstr(producer, option);
}

/* The base type or enumeration that a function returns; false: not known, or nothing of the kind.
 */
static bool source_line_returned(struct source_line *source, uint64_t function, Dwarf_Die *type) {
    Dwarf_Attribute attribute;
    Dwarf_Die die;

    if (!source_line_function(source, function, &die))
        return false;
    source_line_original(&die);
    if (!dwarf_formref_die(dwarf_attr_integrate(&die, DW_AT_type, &attribute), type))
        return false;
    for (unsigned i = 0; i < SOURCE_TYPES_MAX; i++) { /* what names and qualifiers stand for */
        int tag = dwarf_tag(type);

        if (tag == DW_TAG_base_type || tag == DW_TAG_enumeration_type)
            return true;
        if ((tag != DW_TAG_typedef && tag != DW_TAG_const_type && tag != DW_TAG_volatile_type) ||
            !dwarf_formref_die(dwarf_attr(type, DW_AT_type, &attribute), type))
            return false;
    }
    return false;
}

static bool source_line_is_float(Dwarf_Die *type) {
    Dwarf_Attribute attribute;
    Dwarf_Word encoding;

    return dwarf_formudata(dwarf_attr(type, DW_AT_encoding, &attribute), &encoding) == 0 &&
           encoding == DW_ATE_float;
}

/* Bytes of the number, if it is of the kind that is asked for. */
static unsigned source_line_returned_size(struct source_line *source, uint64_t function,
                                          bool is_float) {
    Dwarf_Die type;
    int size;

    if (!source_line_returned(source, function, &type) || source_line_is_float(&type) != is_float)
        return 0;
    size = dwarf_bytesize(&type);
    return size > 0 ? (unsigned)size : 0;
}

unsigned source_line_return_size(struct source_line *source, uint64_t function) {
    return source_line_returned_size(source, function, false);
}

unsigned source_line_return_float(struct source_line *source, uint64_t function) {
    return source_line_returned_size(source, function, true);
}

/* Whether an address of the debug information lies in a symbol's code. */
static bool source_line_is_within(const struct source_line *source,
                                  const struct image_symbol *symbol, Dwarf_Addr address) {
    Dwarf_Addr first;

    return symbol->is_function && symbol->size > 0 &&
           source_line_translate(source, symbol->address, &first) &&
           address + source->debug_bias >= first &&
           address + source->debug_bias - first < symbol->size;
}

const struct image_symbol *source_line_inlined_into(struct source_line *source, const char *name) {
    const struct image *image = source->image;
    Dwarf_Addr address;

    if (!source->scopes || !source_scopes_inlined_named(source->scopes, name, &address))
        return NULL;
    for (size_t i = 0; i < image->symbols_count; i++) {
        if (source_line_is_within(source, &image->symbols[i], address))
            return &image->symbols[i];
    }
    return NULL;
}
