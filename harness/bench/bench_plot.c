/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/bench/bench.h"

#include <stdlib.h>
#include <string.h>

/*
 * Panels side by side, drawn by gnuplot: what grows and what it costs, both on logarithmic axes, so
 * that work that is done once for each thing is a straight line of slope one.
 */
#define PLOT_COLUMNS 4u
#define PLOT_WIDTH 300u /* of a panel */
#define PLOT_HEIGHT 240u

/* gnuplot writes text and axes in black on nothing; a page may be dark. */
static const char plot_style[] = "<style>svg{background:#fff}"
                                 "@media(prefers-color-scheme:dark){svg{background:#14171a}"
                                 "text{fill:#dde1e6}g[color=\"black\"]{color:#9aa4ae}path[stroke="
                                 "\"black\"]{stroke:#9aa4ae}g[color=\"gray\"]{color:#4a525a}}"
                                 "</style>\n";

/* "16000 3.5 16k": with the label of its place. */
static void plot_point(FILE *script, double x, double y) {
    static const char *const units[] = {"", "k", "M", "G"};
    double shown = x;
    size_t unit = 0;

    for (; shown >= 1000 && unit + 1 < sizeof units / sizeof units[0]; unit++)
        shown /= 1000;
    fprintf(script, "%.9g %.9g %.3g%s\n", x, y, shown, units[unit]);
}

static void plot_panel(FILE *script, const struct bench_series *series, size_t index) {
    if (series->count == 0)
        return;
    fprintf(script, "$series%zu << END\n", index);
    for (size_t i = 0; i < series->count; i++)
        plot_point(script, series->points[i].x, series->points[i].y);
    fprintf(script,
            "END\nset title '%s'\nset xlabel '%s'\nset ylabel '%s'\n"
            "plot $series%zu using 1:2:xtic(3) with linespoints pointtype 7 pointsize 0.4 "
            "linecolor rgb '#3f8fdf'\n",
            series->title, series->x, series->y, index);
}

static void plot_script(FILE *script, const struct bench_series *series, size_t count,
                        const char *path) {
    size_t rows = (count + PLOT_COLUMNS - 1) / PLOT_COLUMNS;

    fprintf(script, "set terminal svg size %zu,%zu dynamic font 'sans-serif,11'\nset output '",
            (size_t)PLOT_COLUMNS * PLOT_WIDTH, rows * PLOT_HEIGHT + 40);
    for (; *path; path++)
        fprintf(script, *path == '\'' ? "''" : "%c", *path);
    fprintf(script,
            "'\nset multiplot layout %zu,%u title 'hvspec: what work costs as it grows'\n"
            "set grid linecolor rgb 'gray'\nset logscale xy\nset autoscale xfix\nunset key\n"
            "set format y '%%g'\n",
            rows, PLOT_COLUMNS);
    for (size_t i = 0; i < count; i++)
        plot_panel(script, &series[i], i);
    fputs("unset multiplot\n", script);
}

/* Puts the style behind the picture's title. */
static bool plot_add_style(const char *path) {
    FILE *file = fopen(path, "r");
    char *text = NULL, *at;
    size_t room = 0;
    bool done = false;

    if (file && getdelim(&text, &room, '\0', file) > 0 && (at = strstr(text, "</title>"))) {
        at += strlen("</title>");
        file = freopen(path, "w", file);
        done = file && fprintf(file, "%.*s\n%s%s", (int)(at - text), text, plot_style, at) > 0;
    }
    if (file && fclose(file) != 0)
        done = false;
    free(text);
    return done;
}

bool bench_plot(const struct bench_series *series, size_t count, const char *path) {
    FILE *script;

    if (system("command -v gnuplot >/dev/null") != 0)
        return false;
    script = popen("gnuplot", "w");
    if (!script)
        return false;
    plot_script(script, series, count, path);
    return pclose(script) == 0 && plot_add_style(path);
}
