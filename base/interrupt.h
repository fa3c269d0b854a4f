/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_BASE_INTERRUPT_H
#define HVSPEC_BASE_INTERRUPT_H

#include <signal.h>

/* From now on the first SIGINT, SIGTERM and SIGHUP each only make the flag that is returned not 0,
 * so that the command can end in order; a second one ends the program at once. */
const volatile sig_atomic_t *interrupt_catch(void);

#endif
