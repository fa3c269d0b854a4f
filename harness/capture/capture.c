/* SPDX-License-Identifier: 0BSD */
/*
 * This machine's CPUID on every processor, as `cpuid -r` writes it, for `hvspec check`.
 *
 *     cc -O2 -static -o capture capture.c && ./capture >dump.txt
 *
 * One file that needs nothing but a C compiler for x86 and Linux. With CAPTURE_NO_MAIN it is the
 * part that asks, for programs and kernels with a main of their own (capture.h); that part needs no
 * C library.
 */
#ifdef CAPTURE_NO_MAIN
#include "harness/capture/capture.h"
#define CAPTURE_API
#else
typedef void capture_put(void *context, const char *text);
#define CAPTURE_API static
#endif

#if !defined(__x86_64__) && !defined(__i386__)
#error "CPUID is an instruction of x86"
#endif

enum {
    CAPTURE_LEAVES = 0x100, /* at most in one block: more is no maximum, but junk */
    CAPTURE_SUBLEAVES = 64, /* asked of each leaf; XSAVE's leaf has one for each of 63 states */
    CAPTURE_FEW = 8,        /* asked of a hypervisor's leaf */
    CAPTURE_LINE = 80       /* bytes of a row */
};
#define CAPTURE_HYPERVISOR 0x40000000u
#define CAPTURE_BASES_LAST 0x4000ff00u /* further interfaces, every 0x100 */

struct capture_values {
    unsigned eax, ebx, ecx, edx;
};

struct capture {
    capture_put *put;
    void *context;
    struct capture_values highest, base; /* what leaves out of range may repeat */
};

static struct capture_values capture_ask(unsigned leaf, unsigned subleaf) {
    struct capture_values values;

    __asm__ volatile("cpuid"
                     : "=a"(values.eax), "=b"(values.ebx), "=c"(values.ecx), "=d"(values.edx)
                     : "0"(leaf), "2"(subleaf));
    return values;
}

static int capture_same(struct capture_values a, struct capture_values b) {
    return a.eax == b.eax && a.ebx == b.ebx && a.ecx == b.ecx && a.edx == b.edx;
}

static int capture_is_zero(struct capture_values values) {
    return (values.eax | values.ebx | values.ecx | values.edx) == 0;
}

/* --- Text. --- */

static char *capture_text(char *end, const char *text) {
    while (*text)
        *end++ = *text++;
    return end;
}

/* "0x" and at least so many digits. */
static char *capture_hex(char *end, unsigned number, int digits) {
    end = capture_text(end, "0x");
    while (digits < 8 && number >> (4 * digits))
        digits++;
    while (digits-- > 0)
        *end++ = "0123456789abcdef"[number >> (4 * digits) & 15];
    return end;
}

static void capture_row(const struct capture *capture, unsigned leaf, unsigned subleaf,
                        struct capture_values values) {
    char line[CAPTURE_LINE], *end = capture_text(line, "   ");

    end = capture_hex(end, leaf, 8);
    end = capture_hex(capture_text(end, " "), subleaf, 2);
    end = capture_hex(capture_text(end, ": eax="), values.eax, 8);
    end = capture_hex(capture_text(end, " ebx="), values.ebx, 8);
    end = capture_hex(capture_text(end, " ecx="), values.ecx, 8);
    end = capture_hex(capture_text(end, " edx="), values.edx, 8);
    *capture_text(end, "\n") = '\0';
    capture->put(capture->context, line);
}

static void capture_header(const struct capture *capture, unsigned number) {
    char line[CAPTURE_LINE], digits[10], *end = capture_text(line, "CPU ");
    int count = 0;

    do {
        digits[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    while (count > 0)
        *end++ = digits[--count];
    *capture_text(end, ":\n") = '\0';
    capture->put(capture->context, line);
}

/* --- Leaves. --- */

/* Caches and topology: a level of type 0 is the last, whatever else its registers hold. */
static int capture_is_last(unsigned leaf, struct capture_values values) {
    if (leaf == 4 || leaf == 0x8000001d)
        return (values.eax & 0x1f) == 0;
    return (leaf == 0xb || leaf == 0x1f) && (values.ecx & 0xff00) == 0;
}

/* The subleaf up to which this leaf has anything to say; 0: the subleaf does not matter. */
static unsigned capture_last(unsigned leaf, unsigned count) {
    struct capture_values zero = capture_ask(leaf, 0);
    unsigned last = 0, differs = 0;

    for (unsigned subleaf = 1; subleaf < count; subleaf++) {
        struct capture_values values = capture_ask(leaf, subleaf);

        differs |= !capture_same(values, zero);
        if (!capture_is_zero(values))
            last = subleaf;
        if (capture_is_last(leaf, values)) {
            last = subleaf;
            break;
        }
    }
    return !differs ? 0 : last > 0 ? last : 1;
}

static void capture_leaf(const struct capture *capture, unsigned leaf, unsigned count,
                         unsigned least) {
    unsigned last = capture_last(leaf, count);

    if (last < least)
        last = least;
    for (unsigned subleaf = 0; subleaf <= last; subleaf++)
        capture_row(capture, leaf, subleaf, capture_ask(leaf, subleaf));
}

/* From `first`, whose EAX is the highest. */
static void capture_block(const struct capture *capture, unsigned first) {
    unsigned last = capture_ask(first, 0).eax;

    if (last < first || last - first >= CAPTURE_LEAVES)
        last = first;
    for (unsigned leaf = first; leaf <= last; leaf++)
        capture_leaf(capture, leaf, CAPTURE_SUBLEAVES, 0);
}

/* All of the block at 0x40000000, above the maximum too: that is what some rules are about. Up to
 * the maximum a second subleaf shows whether it matters. */
static void capture_hypervisor(const struct capture *capture) {
    unsigned maximum = capture->base.eax;

    for (unsigned leaf = CAPTURE_HYPERVISOR; leaf < CAPTURE_HYPERVISOR + CAPTURE_LEAVES; leaf++)
        capture_leaf(capture, leaf, CAPTURE_FEW, leaf > CAPTURE_HYPERVISOR && leaf <= maximum);
}

/* An interface beside the first: Xen's or KVM's beside Hyper-V's. */
static void capture_further(const struct capture *capture) {
    for (unsigned base = CAPTURE_HYPERVISOR + CAPTURE_LEAVES; base <= CAPTURE_BASES_LAST;
         base += CAPTURE_LEAVES) {
        struct capture_values values = capture_ask(base, 0);

        if (values.eax < base || values.eax - base >= CAPTURE_LEAVES ||
            capture_same(values, capture->base) || capture_same(values, capture->highest))
            continue;
        for (unsigned leaf = base; leaf <= values.eax; leaf++)
            capture_leaf(capture, leaf, CAPTURE_FEW, 0);
    }
}

CAPTURE_API void capture_processor(unsigned number, capture_put *put, void *context) {
    struct capture capture = {put, context, capture_ask(capture_ask(0, 0).eax, 0),
                              capture_ask(CAPTURE_HYPERVISOR, 0)};

    capture_header(&capture, number);
    capture_block(&capture, 0);
    capture_hypervisor(&capture);
    capture_further(&capture);
    capture_block(&capture, 0x80000000u);
}

#ifndef CAPTURE_NO_MAIN

#include <sched.h>
#include <stdio.h>

#define CAPTURE_PROCESSORS 4096

static void capture_print(void *context, const char *text) {
    fputs(text, context);
}

/* One thread moves from processor to processor. Where it may not, it tells of the one that it is
 * on. */
int main(void) {
    static unsigned long set[CAPTURE_PROCESSORS / (8 * sizeof(unsigned long))];
    const unsigned bits = 8 * sizeof set[0];
    unsigned seen = 0;

    if (sched_getaffinity(0, sizeof set, (cpu_set_t *)set) != 0)
        set[0] = 0;
    for (unsigned i = 0; i < CAPTURE_PROCESSORS; i++) {
        unsigned long one[sizeof set / sizeof set[0]] = {0};

        if (!(set[i / bits] >> i % bits & 1))
            continue;
        one[i / bits] = 1ul << i % bits;
        if (sched_setaffinity(0, sizeof one, (cpu_set_t *)one) != 0)
            continue;
        capture_processor(i, capture_print, stdout);
        seen++;
    }
    if (seen == 0)
        capture_processor(0, capture_print, stdout);
    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}

#endif
