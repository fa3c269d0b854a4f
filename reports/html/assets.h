/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVSPEC_REPORTS_HTML_ASSETS_H
#define HVSPEC_REPORTS_HTML_ASSETS_H

/* page.css and page.js, embedded when the program is built (cmake/Embed.cmake). */
extern const char html_page_css[];
extern const char html_page_js[];

#endif
