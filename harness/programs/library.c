/* SPDX-License-Identifier: GPL-2.0-or-later */

/* A library as they are: it reads the maximum once, keeps a text on the heap and a count for each
 * thread, and leans on its C library for all of that. With WRONG it compares signed numbers;
 * with LACKS it needs a function that is nowhere, in the question of that number. CLOBBERS adds one
 * for i386 that keeps neither ESI nor the second word of its caller's frame; its argument is its
 * own. */
#include <cpuid.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int library_has_feature(uint32_t target);
void library_is_missing(void);

#ifdef WRONG
typedef int32_t number;
#else
typedef uint32_t number;
#endif

static pthread_once_t once = PTHREAD_ONCE_INIT;
static _Thread_local unsigned asked;
static uint32_t maximum;
static char *signature;

static void find_hypervisor(void) {
    uint32_t ebx, ecx, edx;

    __cpuid_count(0x40000000, 0, maximum, ebx, ecx, edx);
    signature = malloc(32);
    if (signature)
        snprintf(signature, 32, "%08x%08x%08x", ebx, ecx, edx);
}

int library_has_feature(uint32_t target) {
    uint32_t eax, ebx, ecx, edx;

    pthread_once(&once, find_hypervisor);
#ifdef LACKS
    if (asked == LACKS)
        library_is_missing();
#endif
    if (asked++ == UINT32_MAX || (number)maximum < (number)target)
        return 0;
    __cpuid_count(target, 0, eax, ebx, ecx, edx);
    return eax != 0;
}

#ifdef CLOBBERS
__attribute__((used)) static int has_feature(uint32_t target) {
    return library_has_feature(target);
}

__asm__(".globl library_clobbers\n"
        ".type library_clobbers, @function\n"
        "library_clobbers:\n"
        "    pushl 4(%esp)\n"
        "    call has_feature\n"
        "    addl $4, %esp\n"
        "    movl $6, %esi\n"
        "    movl $7, 4(%esp)\n"
        "    movl $8, 12(%esp)\n"
        "    ret\n");
#endif
