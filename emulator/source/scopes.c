/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emulator/source/scopes.h"

#include "emulator/source/borders.h"

#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

#define SCOPES_DEPTH_MAX 64u                  /* of entries within each other */
#define SCOPES_ENTRIES_MAX (4u * 1024 * 1024) /* that are looked at, in all units */

struct scope_function {
    Dwarf_Addr first;
    Dwarf_Off die;
};

/* A function that the unit says no address of, though it may have one: gcc leaves it out of those
 * that hold a class with functions of its own, and says ranges of those in several parts. */
struct scope_placeless {
    Dwarf_Off die;
    bool is_outermost; /* in no class, namespace or other function */
};

/* An inlined call within another one. */
struct scope_nested {
    Dwarf_Off die, outer;
};

/* A unit, gone through when an address in it is asked for. */
struct scope_unit {
    Dwarf_Die *die; /* owned by the module */
    bool is_read;
    bool is_counted, has_lines;  /* see source_scopes_lines */
    struct source_borders calls; /* of offsets of inlined calls; 0: the function's own code */
    struct scope_function *functions;
    size_t functions_count;
    struct scope_placeless *placeless; /* as they are come across */
    size_t placeless_count;
    struct scope_nested *nested; /* by offset, as they are come across */
    size_t nested_count;
};

struct source_scopes {
    Dwarf *debug;
    struct scope_unit *units;
    size_t units_count;
    struct source_borders borders; /* of units, by index + 1 */
    size_t entries;                /* looked at */
};

/* An entry on the way from its unit, and the inlined call that it is part of. */
struct scope_level {
    Dwarf_Die die;
    Dwarf_Off inlined;
};

static bool scopes_add_function(struct scope_unit *unit, Dwarf_Addr first, Dwarf_Off die) {
    struct scope_function *grown =
        source_borders_grow(unit->functions, unit->functions_count, sizeof *grown);

    if (!grown)
        return false;
    unit->functions = grown;
    grown[unit->functions_count++] = (struct scope_function){first, die};
    return true;
}

static bool scopes_add_placeless(struct scope_unit *unit, Dwarf_Off die, bool is_outermost) {
    struct scope_placeless *grown =
        source_borders_grow(unit->placeless, unit->placeless_count, sizeof *grown);

    if (!grown)
        return false;
    unit->placeless = grown;
    grown[unit->placeless_count++] = (struct scope_placeless){die, is_outermost};
    return true;
}

static bool scopes_add_nested(struct scope_unit *unit, Dwarf_Off die, Dwarf_Off outer) {
    struct scope_nested *grown;

    if (!outer)
        return true;
    grown = source_borders_grow(unit->nested, unit->nested_count, sizeof *grown);
    if (!grown)
        return false;
    unit->nested = grown;
    grown[unit->nested_count++] = (struct scope_nested){die, outer};
    return true;
}

static bool scopes_add_ranges(struct source_borders *borders, Dwarf_Die *die, uint64_t value) {
    Dwarf_Addr base, first, end;
    ptrdiff_t offset = 0;

    while (!source_borders_full(borders) &&
           (offset = dwarf_ranges(die, offset, &base, &first, &end)) > 0) {
        if (!source_borders_add(borders, first, end, value))
            return false;
    }
    return true;
}

/* Notes a function, at its address or for its name. */
static bool scopes_take_function(struct scope_unit *unit, Dwarf_Die *die, bool is_outermost) {
    Dwarf_Addr first;
    Dwarf_Off offset = dwarf_dieoffset(die);

    return (dwarf_lowpc(die, &first) == 0 ? scopes_add_function(unit, first, offset)
                                          : scopes_add_placeless(unit, offset, is_outermost)) &&
           scopes_add_ranges(&unit->calls, die, 0);
}

/* Notes what an entry says. *within: code may lie in it. */
static bool scopes_take(struct scope_unit *unit, struct scope_level *level, bool is_outermost,
                        bool *within) {
    Dwarf_Off outer = level->inlined;

    *within = true;
    switch (dwarf_tag(&level->die)) {
    case DW_TAG_subprogram:
        level->inlined = 0;
        return scopes_take_function(unit, &level->die, is_outermost);
    case DW_TAG_inlined_subroutine:
        level->inlined = dwarf_dieoffset(&level->die);
        return scopes_add_nested(unit, level->inlined, outer) &&
               scopes_add_ranges(&unit->calls, &level->die, level->inlined);
    case DW_TAG_lexical_block:
    case DW_TAG_namespace:
    case DW_TAG_module:
    case DW_TAG_class_type:
    case DW_TAG_structure_type:
        return true;
    default:
        *within = false;
        return true;
    }
}

/* Goes through a unit without recursion. */
static bool scopes_walk(struct source_scopes *scopes, struct scope_unit *unit) {
    struct scope_level levels[SCOPES_DEPTH_MAX] = {{.die = *unit->die}};
    unsigned depth = 0;
    bool within = true;

    while (scopes->entries++ < SCOPES_ENTRIES_MAX) {
        struct scope_level next = {0};

        if (within && depth + 1 < SCOPES_DEPTH_MAX &&
            dwarf_child(&levels[depth].die, &next.die) == 0) {
            depth++;
        } else {
            while (depth > 0 && dwarf_siblingof(&levels[depth].die, &next.die) != 0)
                depth--;
            if (depth == 0)
                break;
        }
        next.inlined = levels[depth - 1].inlined;
        levels[depth] = next;
        if (!scopes_take(unit, &levels[depth], depth == 1, &within))
            return false;
    }
    return true;
}

/* The first of several that start at the same address stays the first. */
static int scopes_order_functions(const void *a, const void *b) {
    const struct scope_function *left = a, *right = b;

    if (left->first != right->first)
        return left->first < right->first ? -1 : 1;
    return (left->die > right->die) - (left->die < right->die);
}

/* Out of memory is as if nothing were known. */
static void scopes_read_unit(struct source_scopes *scopes, struct scope_unit *unit) {
    unit->is_read = true;
    if (!scopes_walk(scopes, unit))
        return;
    if (unit->functions_count > 0)
        qsort(unit->functions, unit->functions_count, sizeof *unit->functions,
              scopes_order_functions);
    source_borders_draw(&unit->calls);
}

static bool scopes_list_units(struct source_scopes *scopes, Dwfl_Module *module) {
    Dwarf_Die *die = NULL;
    Dwarf_Addr bias;

    while ((die = dwfl_module_nextcu(module, die, &bias))) {
        struct scope_unit *grown =
            source_borders_grow(scopes->units, scopes->units_count, sizeof *grown);

        if (!grown)
            return false;
        scopes->units = grown;
        grown[scopes->units_count++] = (struct scope_unit){.die = die};
        if (!scopes_add_ranges(&scopes->borders, die, scopes->units_count))
            return false;
    }
    return source_borders_draw(&scopes->borders);
}

struct source_scopes *source_scopes_new(Dwfl_Module *module, Dwarf *debug) {
    struct source_scopes *scopes = calloc(1, sizeof *scopes);

    if (!scopes)
        return NULL;
    scopes->debug = debug;
    if (!scopes_list_units(scopes, module)) {
        source_scopes_free(scopes);
        return NULL;
    }
    return scopes;
}

void source_scopes_free(struct source_scopes *scopes) {
    if (!scopes)
        return;
    for (size_t i = 0; i < scopes->units_count; i++) {
        source_borders_clear(&scopes->units[i].calls);
        free(scopes->units[i].functions);
        free(scopes->units[i].placeless);
        free(scopes->units[i].nested);
    }
    free(scopes->units);
    source_borders_clear(&scopes->borders);
    free(scopes);
}

static struct scope_unit *scopes_unit_at(struct source_scopes *scopes, Dwarf_Addr address) {
    uint64_t index = source_borders_find(&scopes->borders, address);
    struct scope_unit *unit = index ? &scopes->units[index - 1] : NULL;

    if (unit && !unit->is_read)
        scopes_read_unit(scopes, unit);
    return unit;
}

Dwarf_Die *source_scopes_unit(struct source_scopes *scopes, Dwarf_Addr address) {
    uint64_t index = source_borders_find(&scopes->borders, address);

    return index ? scopes->units[index - 1].die : NULL;
}

bool source_scopes_inlined(struct source_scopes *scopes, Dwarf_Addr address, Dwarf_Die *call) {
    const struct scope_unit *unit = scopes_unit_at(scopes, address);
    uint64_t offset = unit ? source_borders_find(&unit->calls, address) : 0;

    return offset && dwarf_offdie(scopes->debug, offset, call);
}

static int scopes_order_nested(const void *a, const void *b) {
    const struct scope_nested *left = a, *right = b;

    return (left->die > right->die) - (left->die < right->die);
}

/* The inlined call that one lies within; 0: it lies in a function's own code. */
static Dwarf_Off scopes_outer(const struct scope_unit *unit, Dwarf_Off call) {
    struct scope_nested key = {.die = call};
    const struct scope_nested *found =
        unit->nested_count > 0
            ? bsearch(&key, unit->nested, unit->nested_count, sizeof key, scopes_order_nested)
            : NULL;

    return found ? found->outer : 0;
}

bool source_scopes_outer(struct source_scopes *scopes, Dwarf_Addr address, const Dwarf_Die *call,
                         Dwarf_Die *outer) {
    const struct scope_unit *unit = scopes_unit_at(scopes, address);
    Dwarf_Off offset = unit ? scopes_outer(unit, dwarf_dieoffset((Dwarf_Die *)call)) : 0;

    return offset && dwarf_offdie(scopes->debug, offset, outer);
}

/* Whether an inlined call, or one that it lies within, is of a function of that name. */
static bool scopes_is_of(struct source_scopes *scopes, const struct scope_unit *unit,
                         Dwarf_Off call, const char *name) {
    for (unsigned depth = 0; call && depth < SCOPES_DEPTH_MAX; depth++) {
        Dwarf_Die die;
        const char *called = dwarf_offdie(scopes->debug, call, &die) ? dwarf_diename(&die) : NULL;

        if (called && strcmp(called, name) == 0)
            return true;
        call = scopes_outer(unit, call);
    }
    return false;
}

bool source_scopes_inlined_named(struct source_scopes *scopes, const char *name,
                                 Dwarf_Addr *address) {
    for (size_t i = 0; i < scopes->units_count; i++) {
        struct scope_unit *unit = &scopes->units[i];

        if (!unit->is_read)
            scopes_read_unit(scopes, unit);
        for (size_t j = 0; j < unit->calls.count; j++) {
            *address = unit->calls.list[j].first;
            if (scopes_is_of(scopes, unit, unit->calls.list[j].value, name))
                return true;
        }
    }
    return false;
}

bool source_scopes_function(struct source_scopes *scopes, Dwarf_Addr address, Dwarf_Die *function) {
    const struct scope_unit *unit = scopes_unit_at(scopes, address);
    size_t low = 0, high = unit ? unit->functions_count : 0;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (unit->functions[middle].first < address)
            low = middle + 1;
        else
            high = middle;
    }
    return unit && low < unit->functions_count && unit->functions[low].first == address &&
           dwarf_offdie(scopes->debug, unit->functions[low].die, function);
}

/* Whether a function is the one with a symbol: by the name that the linker knows it by, where the
 * debug information says it, else by its own, where that is the same. */
static bool scopes_is_called(Dwarf_Die *function, bool is_outermost, const char *symbol) {
    Dwarf_Attribute attribute;
    const char *name =
        dwarf_formstring(dwarf_attr_integrate(function, DW_AT_linkage_name, &attribute));

    if (!name && (is_outermost || dwarf_hasattr_integrate(function, DW_AT_external)))
        name = dwarf_diename(function);
    return name && strcmp(name, symbol) == 0;
}

bool source_scopes_named(struct source_scopes *scopes, Dwarf_Addr address, const char *symbol,
                         Dwarf_Die *function) {
    const struct scope_unit *unit = scopes_unit_at(scopes, address);

    for (size_t i = 0; unit && i < unit->placeless_count; i++) {
        const struct scope_placeless *placeless = &unit->placeless[i];

        if (dwarf_offdie(scopes->debug, placeless->die, function) &&
            scopes_is_called(function, placeless->is_outermost, symbol))
            return true;
    }
    return false;
}

/* Bytes of the section with line programs at an offset; how many. */
static const uint8_t *scopes_lines_at(Dwarf *debug, uint64_t offset, uint64_t *size) {
    Elf *elf = dwarf_getelf(debug);
    size_t names;

    if (!elf || elf_getshdrstrndx(elf, &names) != 0)
        return NULL;
    for (Elf_Scn *scn = NULL; (scn = elf_nextscn(elf, scn));) {
        GElf_Shdr header;
        const char *name =
            gelf_getshdr(scn, &header) ? elf_strptr(elf, names, header.sh_name) : NULL;
        Elf_Data *data;

        if (!name || (strcmp(name, ".debug_line") != 0 && strcmp(name, ".zdebug_line") != 0))
            continue;
        data = elf_getdata(scn, NULL); /* which libdw has unpacked */
        if (!data || !data->d_buf || offset >= data->d_size)
            return NULL;
        *size = data->d_size - offset;
        return (const uint8_t *)data->d_buf + offset;
    }
    return NULL;
}

/* The size of a unit's line program, as it says; the most that there can be when it does not. */
static uint64_t scopes_lines_size(Dwarf *debug, Dwarf_Die *unit) {
    Dwarf_Attribute attribute;
    Dwarf_Word offset;
    uint64_t left = 0, length = 0;
    const uint8_t *bytes;

    if (dwarf_formudata(dwarf_attr(unit, DW_AT_stmt_list, &attribute), &offset) != 0 ||
        !(bytes = scopes_lines_at(debug, offset, &left)))
        return 0;
    if (left < 12)
        return left;
    memcpy(&length, bytes, 4);
    if (length == UINT32_MAX)
        memcpy(&length, bytes + 4, 8);
    return length < left ? length : left;
}

bool source_scopes_lines(struct source_scopes *scopes, Dwarf_Addr address, uint64_t *left) {
    uint64_t index = source_borders_find(&scopes->borders, address), size;
    struct scope_unit *unit = index ? &scopes->units[index - 1] : NULL;

    if (unit && !unit->is_counted) {
        unit->is_counted = true;
        size = scopes_lines_size(scopes->debug, unit->die);
        unit->has_lines = size <= *left;
        *left -= unit->has_lines ? size : 0;
    }
    return unit && unit->has_lines;
}
