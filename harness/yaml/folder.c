/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/yaml/folder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int by_name(const FTSENT **a, const FTSENT **b) {
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

static bool has_ending(const char *name) {
    size_t length = strlen(name);

    return length > strlen(YAML_ENDING) &&
           strcmp(name + length - strlen(YAML_ENDING), YAML_ENDING) == 0;
}

bool yaml_folder_walk(const char *folder, struct errors *errors,
                      bool (*visit)(void *context, const FTSENT *entry), void *context) {
    char *copy = strdup(folder);
    char *const roots[] = {copy, NULL};
    FTS *tree = copy ? fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name) : NULL;
    FTSENT *entry;
    bool good = tree != NULL;

    while (good && (entry = fts_read(tree))) {
        if (entry->fts_level > 0 && entry->fts_name[0] == '.')
            fts_set(tree, entry, FTS_SKIP);
        else if (entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR)
            good = errors_add(errors, entry->fts_path, 0, 0, "%s", strerror(entry->fts_errno));
        else if (entry->fts_info == FTS_D ||
                 ((entry->fts_info == FTS_F || entry->fts_info == FTS_SL) &&
                  has_ending(entry->fts_name)))
            good = visit(context, entry);
    }
    if (!tree)
        errors_add_system(errors, folder, "", copy ? errno : ENOMEM);
    else
        fts_close(tree);
    free(copy);
    return good;
}
