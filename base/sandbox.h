/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_BASE_SANDBOX_H
#define HVSPEC_BASE_SANDBOX_H

#include <stdbool.h>

/*
 * A worker's wall, behind the emulator's: once it has what it needs, it can compute, use the
 * descriptors that it has, and end. Whoever broke out of the emulator finds no file to open, no
 * process to start and no network. The kernel holds it (seccomp; the filter is made by libseccomp,
 * where that was there to build with).
 */
/* From now on, for good, and for every thread that is still to come. What is not permitted fails
 * with EPERM, or ends the process by SIGSYS where no honest code would try it. False: there is no
 * wall, and all goes on without it. */
bool sandbox_enter(void);

/* Whether sandbox_enter can do it, in words: "on", or "off: " and why. */
const char *sandbox_state(void);

/* "2.5.4"; "none": built without. */
const char *sandbox_library_version(void);

#endif
