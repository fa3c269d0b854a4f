/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_BASE_TEXT_H
#define HVSPEC_BASE_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/*
 * Names of files, symbols and probes come from whoever wrote the probe: they may hold escape
 * sequences, half a UTF-8 character, or text that runs backwards. Every writer passes text through
 * here, so that a report can neither steer a terminal nor become a malformed document.
 */
enum text_use {
    TEXT_TERMINAL, /* control, invisible and direction-changing characters as \x1b or \u{202e} */
    TEXT_UNICODE,  /* valid UTF-8; what is not becomes U+FFFD. JSON's own escapes come on top */
    TEXT_XML       /* and only characters that XML 1.0 allows. Escaping < & " comes on top */
};

#define TEXT_PIECE_SIZE 16 /* bytes that one character's harmless form needs, with its NUL */

/* Takes one character off *text, which is not at its end: its harmless form is written to `piece`.
 * Returns how many columns it takes; a wide character counts as one. */
size_t text_next(const char **text, enum text_use use, char piece[TEXT_PIECE_SIZE]);

/* Columns of the bytes from `text` up to `end` (NULL: the NUL) on a terminal. */
size_t text_columns(const char *text, const char *end);

/* Prints them. The stream's error flag says whether that worked. */
void text_print(FILE *stream, const char *text, const char *end);

/* What EBX, ECX and EDX of leaf 0x40000000 spell: "KVMKVMKVM" with its quotes and without the zero
 * bytes at its end; bytes that no reader knows as \x1b; or that there are only zero bytes. Returns
 * `text`. */
#define TEXT_SIGNATURE_SIZE 51u /* twelve bytes, each as \x1b, the quotes and the NUL */
char *text_signature(uint32_t ebx, uint32_t ecx, uint32_t edx, char text[TEXT_SIGNATURE_SIZE]);

/* The whole text in its harmless form, to be freed. NULL: out of memory. */
char *text_harmless(const char *text, enum text_use use);

#endif
