/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/yaml/tree.h"

#include "base/number.h"

#include <string.h>

bool yaml_tree_number(const struct yaml_tree *node, uint64_t *number, bool *negative) {
    const char *text = node->text;
    bool minus = text && text[0] == '-';
    uint64_t magnitude;

    if (node->kind != YAML_TREE_SCALAR || node->quoted || (minus && !negative))
        return false;
    text = number_read(text + minus, &magnitude, NULL);
    if (!text || *text || (minus && magnitude > (uint64_t)1 << 63))
        return false;
    *number = minus ? 0 - magnitude : magnitude;
    if (negative)
        *negative = minus && magnitude != 0;
    return true;
}

bool yaml_tree_bool(const struct yaml_tree *node, bool *value) {
    if (node->kind != YAML_TREE_SCALAR || node->quoted)
        return false;
    *value = strcmp(node->text, "true") == 0;
    return *value || strcmp(node->text, "false") == 0;
}
