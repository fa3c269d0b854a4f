/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_CLI_COMPLETE_H
#define HVSPEC_HARNESS_CLI_COMPLETE_H

#include "harness/cli/command.h"

/*
 * Completion scripts from the rows, one writer a shell. What the rows do not know, such as the ids
 * of scenarios, the scripts ask `hvspec list` for when they are used.
 */
void complete_bash(FILE *stream);
void complete_zsh(FILE *stream);
void complete_fish(FILE *stream);

/* The words of a kind that has a fixed list, separated by spaces: a row's words, all commands, all
 * formats for `reports`. */
void complete_words(FILE *stream, enum complete_kind kind, const char *const *words,
                    enum report_kind reports);

#endif
