/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/conforming/probe.h"

/* Probes for examine_test.c: right ones, some of which call what nobody defines, and one that
 * hangs.
 */
void missing(void);
unsigned read_cpuid_leaf(unsigned leaf);
void print_line(void);
void missing_by_a_name_that_is_longer_than_what_a_manifest_is_given_of_it(void);
int plain(uint32_t target);
int insists_on_the_vendor(uint32_t target);
int insists_at_length(uint32_t target);
int never(uint32_t target);
int calls_for_one_vendor(uint32_t target);
int calls_the_second_time(uint32_t target);
int calls_a_long_name(uint32_t target);
int reads_elsewhere(uint32_t target);
int reads_elsewhere_and_tells(uint32_t target);
int reads_elsewhere_and_more(uint32_t target);
int hangs(uint32_t target);
int gives_up(uint32_t target);
int faults_late(uint32_t target);
int reads_first_of_all(uint32_t target);
int breaks_at_the_end(uint32_t target);
int claims_later(uint32_t target);
int claims_very_late(uint32_t target);

int plain(uint32_t target) {
    return cpuid(BASE).eax >= target && cpuid(target).eax != 0;
}

/* Right under the case's own table, whose EBX is 1, and nowhere else. */
int insists_on_the_vendor(uint32_t target) {
    return cpuid(BASE).ebx == 1 && plain(target);
}

/* The same where a call costs too much for a look at its twins. */
int insists_at_length(uint32_t target) {
    for (volatile unsigned i = 0; i < 15000; i++)
        ;
    return insists_on_the_vendor(target);
}

int never(uint32_t target) {
    return target == 0;
}

int calls_for_one_vendor(uint32_t target) {
    if (cpuid(BASE).ebx == 0x61774d56) /* "VMwa" */
        missing();
    return plain(target);
}

int calls_the_second_time(uint32_t target) {
    static int calls;

    if (calls++ > 0)
        missing();
    return plain(target);
}

int calls_a_long_name(uint32_t target) {
    missing_by_a_name_that_is_longer_than_what_a_manifest_is_given_of_it();
    return plain(target);
}

int reads_elsewhere(uint32_t target) {
    return read_cpuid_leaf(BASE) >= target && read_cpuid_leaf(target) != 0;
}

int reads_elsewhere_and_tells(uint32_t target) {
    print_line();
    return reads_elsewhere(target);
}

int reads_elsewhere_and_more(uint32_t target) {
    missing();
    return reads_elsewhere_and_tells(target);
}

int hangs(uint32_t target) {
    while (target)
        __asm__ volatile("");
    return 0;
}

int gives_up(uint32_t target) {
    static unsigned calls;

    return ++calls <= 300 && plain(target);
}

int faults_late(uint32_t target) {
    static uintptr_t calls;

    if (++calls >= 100)
        return *(volatile int *)calls;
    return plain(target);
}

/* Right: reads the maximum once a boot, and each target once. */
int reads_first_of_all(uint32_t target) {
    static uint32_t maximum;
    static signed char answers[256];
    signed char *answer = &answers[target & 0xff];

    if (maximum == 0)
        maximum = cpuid(BASE).eax;
    if (*answer == 0)
        *answer = maximum >= target && cpuid(target).eax != 0 ? 1 : -1;
    return *answer > 0;
}

/* Wrong only behind 250 different leaves. */
int breaks_at_the_end(uint32_t target) {
    static unsigned char seen[256];
    static unsigned count;

    if (!seen[target & 0xff]) {
        seen[target & 0xff] = 1;
        count++;
    }
    return count < 250 && plain(target);
}

/* Reads the leaf ahead of the maximum, which is only wrong from the second question on. */
int claims_later(uint32_t target) {
    static int calls;
    const uint32_t value = cpuid(target).eax;

    return (cpuid(BASE).eax >= target && value != 0) || calls++ > 0;
}

/* The same, wrong from the hundredth question on. */
int claims_very_late(uint32_t target) {
    static int calls;
    const uint32_t value = cpuid(target).eax;

    return (cpuid(BASE).eax >= target && value != 0) || calls++ >= 99;
}
