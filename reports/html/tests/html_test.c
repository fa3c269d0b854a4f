/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tests/unit.h"
#include "reports/html/html.h"
#include "reports/html/assets.h"
#include "reports/tests/sample_report.h"

#include <stdlib.h>
#include <string.h>

static char *written(struct report report) {
    const struct report_style style = {.colour = true, .width = 40};
    char *text = sample_written(&report, report_format_find("html"), &style);

    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    report_clear(&report);
    return text;
}

static void check_has(const char *text, const char *part) {
    CU_ASSERT_PTR_NOT_NULL(strstr(text, part));
    if (!strstr(text, part))
        printf("\n    no %s ", part);
}

static size_t count(const char *text, const char *part) {
    size_t found = 0;

    for (; (text = strstr(text, part)); text += strlen(part))
        found++;
    return found;
}

/* --- A reader of the markup that the writer uses: far stricter than a browser. --- */

#define DEPTH 64
#define NAME 32

struct reader {
    char open[DEPTH][NAME]; /* the elements around what is read */
    size_t depth;
    bool good;
};

static bool is_void(const char *name) {
    return strcmp(name, "meta") == 0 || strcmp(name, "input") == 0;
}

static void read_end(struct reader *reader, const char *name) {
    reader->good &= reader->depth > 0 && strcmp(reader->open[reader->depth - 1], name) == 0;
    reader->depth -= reader->depth > 0;
}

/* Attributes: a name, and a value in double quotes or none. Returns the tag's end. */
static const char *read_attributes(struct reader *reader, const char *at) {
    while (*at == ' ') {
        size_t name = strcspn(++at, "=> /");

        reader->good &= name > 0;
        at += name;
        if (*at == '=') {
            size_t value = strcspn(at + 2, "\"<");

            reader->good &= at[1] == '"' && at[2 + value] == '"';
            at += 3 + value;
        }
        if (!reader->good)
            return at;
    }
    return at;
}

/* A tag, from its "<". Returns what follows it; text in style and script is passed over. */
static const char *read_tag(struct reader *reader, const char *at) {
    bool end = at[1] == '/';
    size_t length = strspn(at + 1 + end, "abcdefghijklmnopqrstuvwxyz0123456789");
    char name[NAME] = "";

    reader->good &= length > 0 && length < NAME && reader->depth < DEPTH;
    if (!reader->good)
        return at;
    memcpy(name, at + 1 + end, length);
    at = read_attributes(reader, at + 1 + end + length);
    if (end)
        read_end(reader, name);
    else if (*at != '/' && !is_void(name))
        strcpy(reader->open[reader->depth++], name);
    at += *at == '/';
    reader->good &= *at == '>';
    if (!end && (strcmp(name, "style") == 0 || strcmp(name, "script") == 0))
        return strstr(at, "</");
    return at + 1;
}

static const char *read_entity(struct reader *reader, const char *at) {
    static const char *const entities[] = {"&lt;", "&gt;", "&amp;", "&quot;", "&#39;"};

    for (size_t i = 0; i < sizeof entities / sizeof entities[0]; i++) {
        if (strncmp(at, entities[i], strlen(entities[i])) == 0)
            return at + strlen(entities[i]);
    }
    reader->good = false;
    return at;
}

/* True when every element is closed in order, and no character stands unescaped. */
static bool is_well_formed(const char *page) {
    static const char doctype[] = "<!doctype html>\n";
    struct reader reader = {.good = strncmp(page, doctype, sizeof doctype - 1) == 0};
    const char *at = reader.good ? page + sizeof doctype - 1 : page;

    while (*at && reader.good) {
        if (*at == '<')
            at = read_tag(&reader, at);
        else if (*at == '&')
            at = read_entity(&reader, at);
        else
            reader.good &= *at != '>' && ((unsigned char)*at >= 0x20 || *at == '\n') && at++;
    }
    if (!reader.good)
        printf("\n    not well-formed before: %.60s ", at);
    return reader.good && reader.depth == 0;
}

static void test_the_reader_refuses(void) {
    static const char *const rows[] = {
        "<html></html>",
        "<!doctype html>\n<p>a",
        "<!doctype html>\n<p><b></p></b>",
        "<!doctype html>\n</p>",
        "<!doctype html>\n<p>a & b</p>",
        "<!doctype html>\n<p>a > b</p>",
        "<!doctype html>\n<p a=b></p>",
        "<!doctype html>\n<p a=\"<\"></p>",
        "<!doctype html>\n<p>\x1b</p>",
    };

    CU_ASSERT_TRUE(is_well_formed("<!doctype html>\n<p class=\"a\" hidden>&lt;<input></p>"));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        CU_ASSERT_FALSE(is_well_formed(rows[i]));
}

/* Every link within the page leads somewhere, and no name is given twice. */
static void check_links(const char *page) {
    char wanted[256];

    for (const char *at = page; (at = strstr(at, " href=\"#")); at++) {
        snprintf(wanted, sizeof wanted, " id=\"%.*s\"", (int)strcspn(at + 8, "\""), at + 8);
        CU_ASSERT_EQUAL(count(page, wanted), 1);
    }
    for (const char *at = page; (at = strstr(at, " id=\"")); at++) {
        snprintf(wanted, sizeof wanted, "%.*s\"", (int)(5 + strcspn(at + 5, "\"")), at);
        CU_ASSERT_EQUAL(count(page, wanted), 1);
    }
}

static void test_all_samples_are_well_formed(void) {
    for (size_t i = 0; i < samples_count; i++) {
        char *first = written(samples[i].make()), *second = written(samples[i].make());

        CU_ASSERT_TRUE(is_well_formed(first));
        check_links(first);
        CU_ASSERT_STRING_EQUAL(first, second);
        free(first);
        free(second);
    }
}

/* No address of a host anywhere, so that there is nothing to fetch. */
static void test_the_page_is_self_contained(void) {
    char *page = written(sample_hostile());

    CU_ASSERT_EQUAL(count(page, "http:"), 0);
    CU_ASSERT_EQUAL(count(page, "https:"), 0);
    CU_ASSERT_EQUAL(count(page, " src="), 0);
    CU_ASSERT_EQUAL(count(page, "<link"), 0);
    CU_ASSERT_EQUAL(count(page, " style="), 0);
    CU_ASSERT_EQUAL(count(page, " href=\""), count(page, " href=\"#"));
    CU_ASSERT_EQUAL(count(page, "<script>"), 1);
    check_has(page, html_page_css);
    check_has(page, html_page_js);
    check_has(page, "content=\"default-src 'none'; style-src 'sha256-");
    free(page);
}

static void test_names_stay_text(void) {
    char *page = written(sample_hostile());

    check_has(page, "\\x1b[31m\\x07\\x01&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;amp;]]&gt;--"
                    "\\x0d\\x0a\\x09\\x7f\\u{9b}2J \\x80 \\xc0\\xaf \\xed\\xa0\\x80 \\u{202e}");
    CU_ASSERT_EQUAL(count(page, "<b a="), 0);
    free(page);
}

static void test_a_failure_is_spelled_out(void) {
    char *page = written(sample_small());

    check_has(page, "<title>hvspec: hvdetect does not conform</title>");
    check_has(page, "<article id=\"p1-max-reaches-target\" class=\"fail\" data-v=\"fail\">");
    check_has(page, "broken in 3 of 812 cases");
    check_has(page, "<dt>Requirement</dt><dd>A maximum at or above the target never turns the "
                    "feature away.</dd>");
    check_has(page, "<dt>Locator</dt><dd>detection step 1, second sentence</dd>");
    check_has(page, "<dt>Expected</dt><dd>available</dd>");
    check_has(page, "<dt>Observed</dt><dd>not available</dd>");
    check_has(page, "<dt>Called by</dt><dd>hv_available+0x12 hv.c:40</dd>");
    check_has(page, "<dt>Changed</dt><dd>EBX of 0x40000000 = 0</dd>");
    check_has(page, "hvspec trace hv.so max/unsigned:max=0x80000000</code>");
    check_has(page, "<tr class=\"deciding\"><td>2<b aria-hidden=\"true\"> &lt;</b>"
                    "<span class=\"spoken\"> deciding</span></td><td>40000000</td><td>ab</td>"
                    "<td>80000000</td>");
    check_has(page, "<td>zero bytes hv.c:31 <i>0x1040</i> hv_max+0x10</td>");
    check_has(page, "<i>earlier in this boot</i>");
    check_has(page, "<p>And 4 more.</p>");
    check_has(page, "<mark>&gt; 0x1042  cmp eax, edi</mark>\n  0x1044  jl 0x1060\n</pre>");
    check_has(page, "<dt>Reason</dt><dd>the probe reports no value</dd>");
    check_has(page, "<dt>Note</dt><dd>max/below-is-absent is excluded: on purpose</dd>");
    free(page);
}

static void test_one_probe_has_scenarios_by_rules(void) {
    char *page = written(sample_small());

    check_has(page, "<summary><b>max</b> <span class=\"extent\">2 scenarios, 812 cases</span> 1 "
                    "<span class=\"verdict fail\">");
    check_has(page, "<tr data-v=\"pass fail not-exercised not-applicable\">"
                    "<th scope=\"row\">max/unsigned <small>The maximum is compared as an unsigned "
                    "number; 807 cases</small></th>");
    check_has(page, "<td class=\"fail\"><a href=\"#p1-max-reaches-target-1\">");
    free(page);
}

/* Every cell that was judged leads somewhere: to the example that the rule has of the scenario, or
 * to the cell's own place, which has the case in full when it is broken. */
static void test_every_cell_has_a_place(void) {
    char *page = written(sample_cells());
    const char *cell = strstr(page, "<div class=\"cell fail\" id=\"s1-2\">");

    check_has(page, "<a href=\"#scenarios\">Scenarios</a>");
    check_has(page, "<td class=\"fail\"><a href=\"#s1-2\">");
    check_has(page, "<td class=\"fail\"><a href=\"#p1-max-reaches-target-1\">");
    check_has(page, "<td class=\"pass\"><a href=\"#s1-1\">");
    check_has(page, "<td class=\"pass\"><a href=\"#s2-1\">");
    CU_ASSERT_PTR_NOT_NULL_FATAL(cell);
    check_has(cell,
              "1 of 5 cases</span></h4>\n<dl>\n<dt>Requirement</dt><dd>A maximum at or above");
    check_has(cell, "<dt>Case</dt><dd><code>max/equal:max=0x40000010</code></dd>");
    check_has(cell, "<dt>Expected</dt><dd>available</dd>");
    check_has(cell, "<table class=\"trace\">");
    check_has(cell, "<pre class=\"listing\"");
    check_has(cell, "<figure class=\"leafmap\">");
    check_has(page, "in 5 cases: <a id=\"s1-1\" href=\"#p1-max-read-first\">max/read-first</a>");
    check_has(page, "A case that breaks no rule <code>max/equal:max=0x40000020</code>");
    check_has(page, "<a href=\"#p1-max-reaches-target-1\">Shown with the rule</a>");
    free(page);
    page = written(sample_small()); /* a report that was read back has no cells */
    CU_ASSERT_EQUAL(count(page, "scenarios\""), 0);
    free(page);
}

/* Where the code works today: the plain answers, which a rule broken in a twin leaves right. */
static void test_real_hypervisors(void) {
    struct report report = sample_cells();
    struct report_scenario *scenarios = report.probes[0].scenarios;
    char *page;

    scenarios[0].id = "hypervisors/a";
    scenarios[0].title = "A <b>";
    scenarios[0].plain = (struct report_plain){.questions = 4};
    scenarios[1].id = "hypervisors/b";
    scenarios[1].title = "B";
    scenarios[1].plain = (struct report_plain){20, 1, 2, 3, 4, 5};
    scenarios[2].id = "hypervisors/c";
    scenarios[2].title = "C";
    CU_ASSERT_EQUAL(scenarios[0].verdicts[1], REPORT_FAIL);
    page = written(report);
    check_has(page, "<a href=\"#hypervisors\">On real hypervisors</a>");
    check_has(page, "<tr><th scope=\"row\">A &lt;b&gt; <small>hypervisors/a</small></th><td>"
                    "<span class=\"verdict pass\">right</span> 4 of 4</td></tr>");
    check_has(page,
              "<tr><th scope=\"row\">B <small>hypervisors/b</small></th><td>"
              "<span class=\"verdict fail\">10 of 20 wrong</span> 1 available, though absent, "
              "2 absent, though available, 3 with another value or kind of absence, "
              "4 without an answer, 5 could not be judged</td></tr>");
    check_has(page, "<tr><th scope=\"row\">C <small>hypervisors/c</small></th><td>"
                    "<span class=\"verdict not-exercised\">not asked</span></td></tr>");
    free(page);
    page = written(sample_cells());
    CU_ASSERT_EQUAL(count(page, "On real hypervisors"), 0);
    free(page);
}

static void test_without_scenarios(void) {
    char *page = written(sample_conforming());

    check_has(page, "<tr data-v=\"pass\"><th scope=\"row\">max/read-first</th>");
    free(page);
}

static void test_a_probe_in_error_is_told(void) {
    struct report report = sample_conforming();
    char *page;

    report.probes[0].verdict = REPORT_ERROR;
    page = written(report);
    check_has(page, "<a href=\"#p1\">reference</a> could not be judged</li>");
    CU_ASSERT_EQUAL(count(page, "<p>None.</p>"), 0);
    free(page);
    page = written(sample_conforming());
    CU_ASSERT_EQUAL(count(page, "could not be judged"), 0);
    CU_ASSERT_EQUAL(count(page, "<p>None.</p>"), 1);
    free(page);
}

/* Sections are folders, whose names may be in any script. */
static void test_names_of_sections(void) {
    struct report report = sample_small();
    char *page;

    report.probes[0].scenarios[0].id = "\xc3\xa9/equal";
    report.probes[0].scenarios[1].id = "alone";
    page = written(report);
    check_has(page, "<summary><b>\xc3\xa9</b> <span class=\"extent\">1 scenario, 5 cases");
    check_has(page, "<summary><b>alone</b> <span class=\"extent\">1 scenario, 807 cases");
    free(page);
}

static void test_two_probes_have_rules_by_probes(void) {
    char *page = written(sample_hostile());

    check_has(page, "<tr data-v=\"pass error\"><th scope=\"row\">max/read-first</th>"
                    "<td class=\"pass\"><a href=\"#p1-max-read-first\">");
    check_has(page, "<td class=\"error\"><a href=\"#p2-max-read-first\">");
    CU_ASSERT_EQUAL(count(page, "<table class=\"matrix\""), 1);
    CU_ASSERT_EQUAL(count(page, "<th scope=\"row\">"), 6);
    free(page);
}

/* A rule that one of the probes leaves out still has its row, and an empty cell. */
static void test_probes_with_other_rules(void) {
    struct report report = sample_hostile();
    char *page;

    report.probes[0].rules[0].id = "target/is-read";
    page = written(report);
    CU_ASSERT_EQUAL(count(page, "<th scope=\"row\">"), 7);
    CU_ASSERT_EQUAL(count(page, "<td><span class=\"spoken\">not selected</span></td>"), 2);
    free(page);
}

static void test_the_sites(void) {
    char *page = written(sample_small());

    check_has(page, "1 of 2 CPUID instructions reached by some case.");
    check_has(page, "<tr class=\"reached\"><td><code>0x1040</code></td><td><code>hv_max+0x10</code>"
                    "</td><td><code>hv.c:31</code></td>");
    check_has(page, "<tr class=\"missed\"><td><code>0x1080</code></td>");
    free(page);
}

static char *leafmap(const struct report_example *example) {
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);

    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    html_leafmap(stream, example);
    CU_ASSERT_EQUAL_FATAL(fclose(stream), 0);
    return text;
}

static void test_the_leaf_map(void) {
    struct report_leaf leaves[] = {
        {.first = 0x40000000, .last = 0x40000000, .eax = 0x40000010},
        {.first = 0x40000001, .last = 0x4000000f},
        {.first = 0x40000010, .last = 0x40000010, .eax = 1, .target = true},
        {.first = 0x40000011, .last = 0x400000fe, .beyond = true},
        {.first = 0x400000ff, .last = 0xffffffff, .eax = 7, .beyond = true},
    };
    struct report_step trace[] = {
        {.leaf = 1}, {.leaf = 0x40000000}, {.leaf = 0x40000010}, {.leaf = 0x40000000}};
    struct report_example example = {.target = 0x40000010,
                                     .maximum = 0x40000010,
                                     .leaves = leaves,
                                     .leaves_count = 5,
                                     .trace = trace,
                                     .trace_count = 4};
    char *text = leafmap(&example);

    /* 84 and 20 is the first square; one row is 24 lower, one column 24 further. */
    check_has(text, "<path class=\"map-value\" d=\"M84 20h24v24h-24zM84 44h24v24h-24z\"/>");
    check_has(text, "<path class=\"map-zero\" d=\"M108 20h");
    check_has(text, "<path class=\"map-junk\" d=\"M444 380h24v24h-24z\"/>");
    check_has(text, "<rect class=\"target\" x=\"82\" y=\"42\"");
    check_has(text, "x=\"94\" y=\"34\">2+</text>");
    check_has(text, "x=\"94\" y=\"58\">3</text>");
    CU_ASSERT_EQUAL(count(text, "class=\"order\""), 2);
    check_has(text, "Read in this order: 1. <code>0x00000001</code>, 2. <code>0x40000000</code>, "
                    "3. <code>0x40000010</code>, 4. <code>0x40000000</code>.");
    free(text);
}

static void test_a_leaf_map_outside_the_block(void) {
    struct report_leaf leaves[] = {{.first = 0, .last = 0xffffffff, .eax = 1}};
    struct report_example example = {
        .target = 0x80000000, .maximum = 0, .leaves = leaves, .leaves_count = 1};
    char *text = leafmap(&example);

    check_has(text, "<path class=\"map-value\" d=\"M84 20h384v384h-384z\"/>"); /* all in one */
    CU_ASSERT_EQUAL(count(text, "class=\"target\""), 0);
    check_has(text, "No leaf was read.");
    free(text);
    example.leaves_count = 0;
    text = leafmap(&example);
    CU_ASSERT_STRING_EQUAL(text, "");
    free(text);
}

static const struct unit_test tests[] = {
    {"the reader refuses what is not well-formed", test_the_reader_refuses},
    {"all samples are well-formed, the same on two runs", test_all_samples_are_well_formed},
    {"the page is self-contained", test_the_page_is_self_contained},
    {"names stay text", test_names_stay_text},
    {"a failure is spelled out", test_a_failure_is_spelled_out},
    {"one probe has scenarios by rules", test_one_probe_has_scenarios_by_rules},
    {"every cell has a place", test_every_cell_has_a_place},
    {"real hypervisors", test_real_hypervisors},
    {"without scenarios", test_without_scenarios},
    {"a probe in error is told", test_a_probe_in_error_is_told},
    {"names of sections", test_names_of_sections},
    {"two probes have rules by probes", test_two_probes_have_rules_by_probes},
    {"probes with other rules", test_probes_with_other_rules},
    {"the CPUID sites", test_the_sites},
    {"the leaf map", test_the_leaf_map},
    {"a leaf map outside the block", test_a_leaf_map_outside_the_block},
};

int main(void) {
    return UNIT_RUN(tests);
}
