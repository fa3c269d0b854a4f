/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_YAML_FOLDER_H
#define HVSPEC_HARNESS_YAML_FOLDER_H

#include "base/errors.h"

#include <fts.h>

#define YAML_ENDING ".yaml"

/* Calls `visit` for each folder (the first is `folder` itself) and *.yaml file below `folder`,
 * sorted, hidden ones left out; stops at false. False with an error noted when the folder cannot be
 * read. */
bool yaml_folder_walk(const char *folder, struct errors *errors,
                      bool (*visit)(void *context, const FTSENT *entry), void *context);

#endif
