/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/bench/bench.h"

#include <math.h>

/* Small panels side by side: the quantity on a logarithmic axis, the cost on one from zero. */
#define PANEL_WIDTH 220.0
#define PANEL_HEIGHT 200.0
#define PANEL_LEFT 46.0
#define PANEL_RIGHT 12.0
#define PANEL_TOP 28.0
#define PANEL_BOTTOM 40.0

struct panel {
    double left, x_first, x_last, y_last;
};

static double panel_x(const struct panel *panel, double x) {
    double range = log(panel->x_last) - log(panel->x_first);
    double share = range > 0 ? (log(x) - log(panel->x_first)) / range : 0.5;

    return panel->left + PANEL_LEFT + share * (PANEL_WIDTH - PANEL_LEFT - PANEL_RIGHT);
}

static double panel_y(const struct panel *panel, double y) {
    return PANEL_HEIGHT - PANEL_BOTTOM -
           y / panel->y_last * (PANEL_HEIGHT - PANEL_TOP - PANEL_BOTTOM);
}

static void panel_text(FILE *stream, double x, double y, const char *anchor, const char *text) {
    fprintf(stream, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n", x, y, anchor,
            text);
}

static void panel_number(FILE *stream, double x, double y, const char *anchor, double number) {
    char text[32];

    snprintf(text, sizeof text, number >= 10000 ? "%.1e" : "%.3g", number);
    panel_text(stream, x, y, anchor, text);
}

static void panel_draw(const struct panel *panel, const struct bench_series *series, FILE *stream) {
    double x = panel->left + PANEL_LEFT, bottom = PANEL_HEIGHT - PANEL_BOTTOM;

    panel_text(stream, x, PANEL_TOP - 10, "start", series->title);
    panel_text(stream, panel->left + PANEL_WIDTH - PANEL_RIGHT, bottom + 30, "end", series->x);
    panel_text(stream, x + 4, PANEL_TOP + 10, "start", series->y);
    fprintf(stream, "<path class=\"axis\" d=\"M%.1f %.1fV%.1fH%.1f\"/>\n", x, PANEL_TOP, bottom,
            panel->left + PANEL_WIDTH - PANEL_RIGHT);
    panel_number(stream, x - 4, PANEL_TOP + 4, "end", panel->y_last);
    panel_text(stream, x - 4, bottom, "end", "0");
    panel_number(stream, panel_x(panel, panel->x_first), bottom + 14, "middle", panel->x_first);
    panel_number(stream, panel_x(panel, panel->x_last), bottom + 14, "end", panel->x_last);
    fputs("<polyline points=\"", stream);
    for (size_t i = 0; i < series->count; i++)
        fprintf(stream, "%.1f,%.1f ", panel_x(panel, series->points[i].x),
                panel_y(panel, series->points[i].y));
    fputs("\"/>\n", stream);
    for (size_t i = 0; i < series->count; i++)
        fprintf(stream, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.5\"/>\n",
                panel_x(panel, series->points[i].x), panel_y(panel, series->points[i].y));
}

bool bench_plot(const struct bench_series *series, size_t count, FILE *stream) {
    fprintf(stream,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" "
            "font-family=\"sans-serif\" font-size=\"10\">\n"
            "<style>rect{fill:#fff}text{fill:#222}.axis{fill:none;stroke:#888}"
            "polyline{fill:none;stroke:#06c;stroke-width:1.5}circle{fill:#06c}</style>\n"
            "<rect width=\"100%%\" height=\"100%%\"/>\n",
            PANEL_WIDTH * (double)count, PANEL_HEIGHT);
    for (size_t i = 0; i < count; i++) {
        struct panel panel = {.left = PANEL_WIDTH * (double)i};

        if (series[i].count == 0)
            continue;
        panel.x_first = series[i].points[0].x;
        panel.x_last = series[i].points[series[i].count - 1].x;
        for (size_t j = 0; j < series[i].count; j++)
            panel.y_last = fmax(panel.y_last, series[i].points[j].y);
        panel_draw(&panel, &series[i], stream);
    }
    fputs("</svg>\n", stream);
    return fflush(stream) == 0 && !ferror(stream);
}
