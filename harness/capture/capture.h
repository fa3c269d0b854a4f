/* SPDX-License-Identifier: 0BSD */
#ifndef HVSPEC_HARNESS_CAPTURE_CAPTURE_H
#define HVSPEC_HARNESS_CAPTURE_CAPTURE_H

/* What capture.c offers to programs that have a main of their own. */

/* Gets a piece of text, one row or header at most. */
typedef void capture_put(void *context, const char *text);

/* Asks the processor that this runs on for its CPUID and hands it on as `cpuid -r` writes it, below
 * "CPU number:". The caller keeps the thread on one processor. Asks a few thousand leaves. */
void capture_processor(unsigned number, capture_put *put, void *context);

#endif
