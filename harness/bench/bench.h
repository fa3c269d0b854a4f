/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_HARNESS_BENCH_BENCH_H
#define HVSPEC_HARNESS_BENCH_BENCH_H

#include "harness/probe/probe.h"
#include "harness/scenario/scenario.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/*
 * What a probe's call costs, by method. Every method asks the same probe the same questions: the
 * target below, under a maximum that runs through a fixed series.
 */
#define BENCH_TARGET 0x40000010u
#define BENCH_TARGET_EAX 1u

/* What a method calls, and how it did. */
struct bench_subject {
    const struct probe *probe;      /* x86-64, System V ABI */
    const struct probe *plain;      /* the same function without vector instructions; NULL: none */
    const struct probe *narrow;     /* the same function for i386; NULL: none */
    const struct scenario_set *set; /* for the whole suite */
    bool quick;                     /* a look at whether it works; its figures mean nothing */
};

struct bench_count {
    size_t calls; /* of the probe */
    size_t wrong; /* answers; more than 0 and the figures mean nothing */
};

struct bench_method {
    const char *name;
    const char *what;
    size_t calls; /* asked for in a round */
    /* NULL: not here, and `why` (of `size` bytes) says why. */
    void *(*open)(const struct bench_subject *subject, char *why, size_t size);
    struct bench_count (*run)(void *state, size_t calls);
    void (*close)(void *state);
};

extern const struct bench_method bench_bare, bench_batched, bench_check, bench_sweep, bench_kvm,
    bench_native;

/* The maximum of the n-th call: all 32 bits vary, a quarter lies below the target. */
static inline uint32_t bench_maximum(size_t n) {
    return (uint32_t)n * 0x9e3779b9u;
}

static inline bool bench_expects(size_t n) {
    return bench_maximum(n) >= BENCH_TARGET;
}

/* Seconds of processor time of this process, and of real time. */
double bench_processor_time(void);
double bench_real_time(void);

double bench_median(double *values, size_t count);

/* A growing quantity and what it costs. */
#define BENCH_POINTS_MAX 8u
struct bench_series {
    const char *title, *x, *y; /* what grows; the unit of the cost */
    struct {
        double x, y;
    } points[BENCH_POINTS_MAX];
    size_t count;
};
#define BENCH_SERIES 7u

/* Sweeps of one build by the number of workers. */
struct bench_sweeps {
    unsigned bits;
    unsigned workers[BENCH_POINTS_MAX];
    double rates[BENCH_POINTS_MAX]; /* runs a second of real time, all workers together */
    double costs[BENCH_POINTS_MAX]; /* seconds of processor time a run */
    size_t count;
    size_t memory_first, memory_last; /* bytes, of all processes, with the most workers */
};

/* Measures `probe`, and `narrow` where there is one: *count are filled. False with errors noted. */
bool bench_sweeps_measure(const struct bench_subject *subject, struct bench_sweeps sweeps[2],
                          size_t *count, struct errors *errors);

/* Rates and memory; and what proofs cost at these rates, as a table in Markdown. */
void bench_sweeps_print(const struct bench_sweeps *sweeps, size_t count);
void bench_sweeps_print_costs(const struct bench_sweeps *sweeps, size_t count);

/* Measures all series; one is that of the sweep measured before. False with errors noted.
 */
bool bench_scale(const struct bench_subject *subject, const struct bench_sweeps *sweep,
                 struct bench_series series[BENCH_SERIES], struct errors *errors);

/* Measures what tables cost, and prints it. False: a right one is accused. */
bool bench_tables(const struct bench_subject *subject);

/* Has gnuplot draw them as SVG. False: it is not there, or the file cannot be written. */
bool bench_plot(const struct bench_series *series, size_t count, const char *path);

#endif
