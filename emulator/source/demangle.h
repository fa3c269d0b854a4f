/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_EMULATOR_SOURCE_DEMANGLE_H
#define HVSPEC_EMULATOR_SOURCE_DEMANGLE_H

/*
 * Names of C++ and Rust as they are written in the source: "hv::has" of "_ZN2hv3hasEj", without
 * parameters, as debuggers show them in a list of calls. The only module that knows libiberty.
 */
#define DEMANGLE_SIZE 512u    /* bytes: a name that would be longer stays as it is */
#define DEMANGLE_LENGTH 1024u /* and so does one of more bytes than these */

/* A copy of a symbol's name as people write it, or as it is when it is no such name or the program
 * was built without libiberty; for the caller to free. NULL: out of memory. */
char *demangle(const char *name);

#endif
