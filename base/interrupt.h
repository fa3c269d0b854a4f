/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_BASE_INTERRUPT_H
#define HVSPEC_BASE_INTERRUPT_H

#include <signal.h>

/* From now on the first SIGINT, SIGTERM and SIGHUP each only make the flag that is returned not 0,
 * so that the command can end in order; a second one ends the program at once. */
const volatile sig_atomic_t *interrupt_catch(void);

/* From now on SIGINT, SIGTERM and SIGHUP write the line to standard error and end the program with
 * this exit code, for commands that cannot end in order; processes that it starts end without a
 * word. */
void interrupt_end(const char *line, int code);

#endif
