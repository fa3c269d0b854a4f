/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/sarif/sarif.h"

#include "base/text.h"
#include "reports/formats.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/*
 * The report as SARIF 2.1.0, for pages that show findings beside the code: the catalogue as the
 * tool's rules, a result for each broken rule at the line that decided, and what the harness could
 * not judge as notifications. Passed rules are left out, because those pages would list them.
 */
#define SARIF_SCHEMA                                                                               \
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

/* Puts `mark` before each of `special`, or the character itself when `mark` is 0. To be freed. */
static char *sarif_escape(const char *text, const char *special, char mark) {
    char *escaped = malloc(2 * strlen(text) + 1), *end = escaped;

    if (!escaped)
        return NULL;
    for (; *text; text++) {
        if (strchr(special, *text))
            *end++ = mark ? mark : *text;
        *end++ = *text;
    }
    *end = '\0';
    return escaped;
}

/* Text as 3.11.5 and 3.11.6 want it: "{" and "}" doubled, "[", "]" and "\" behind a "\". */
static json_t *sarif_text(const char *text) {
    char *doubled = sarif_escape(text, "{}", 0);
    char *escaped = doubled ? sarif_escape(doubled, "[]\\", '\\') : NULL;
    json_t *value = escaped ? json_string(escaped) : NULL;

    free(doubled);
    free(escaped);
    return value;
}

json_t *sarif_message(const char *format, ...) {
    json_t *object = json_object();
    char *text = NULL, *harmless;
    bool ok = object;
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length < 0)
        return json_finish(object, false);
    harmless = text_harmless(text, TEXT_TERMINAL);
    json_put(object, &ok, "text", harmless ? sarif_text(harmless) : NULL);
    free(harmless);
    free(text);
    return json_finish(object, ok);
}

void sarif_put_rule(json_t *object, bool *ok, const struct sarif_rules *rules, const char *id,
                    const char *id_key, const char *index_key) {
    for (size_t i = 0; i < rules->count; i++) {
        if (strcmp(rules->rules[i]->id, id) == 0) {
            json_put(object, ok, id_key, json_string(id));
            json_put(object, ok, index_key, json_integer((json_int_t)i));
            return;
        }
    }
}

/* "MaxReadFirst" for max/read-first: the form that 3.49.7 recommends for names. */
static json_t *sarif_rule_name(const char *id) {
    char *name = malloc(strlen(id) + 1), *end = name;
    bool start = true;
    json_t *value;

    if (!name)
        return NULL;
    for (; *id; id++) {
        if (isalnum((unsigned char)*id))
            *end++ = (char)(start ? toupper((unsigned char)*id) : *id);
        start = !isalnum((unsigned char)*id);
    }
    *end = '\0';
    value = json_string(name);
    free(name);
    return value;
}

/* The help as Markdown. The catalogue's sentences are text, so what Markdown would read as markup
 * is escaped. */
static json_t *sarif_markdown(const struct report_rule *rule) {
    static const char special[] = "\\`*_<>[]#|&~";
    char *text = sarif_escape(rule->text, special, '\\');
    char *why = sarif_escape(rule->why, special, '\\');
    char *locator = sarif_escape(rule->locator, special, '\\');
    bool ours = strncmp(rule->id, "baseline/", strlen("baseline/")) == 0; /* not of the catalogue */
    const char *shows =
        ours ? "tells what a baseline is" : "shows code that breaks it, and the fix";
    char *topic = NULL;
    json_t *value = NULL;

    if (asprintf(&topic, "%s%s", ours ? "help check" : "explain ", ours ? "" : rule->id) < 0)
        topic = NULL;
    if (text && why && locator && topic)
        value = json_sprintf("**Requirement (%s).** %s\n\n**Why.** %s\n\n**Locator.** %s\n\n"
                             "`hvspec %s` %s.",
                             rule->level, text, why, locator, topic, shows);
    free(text);
    free(why);
    free(locator);
    free(topic);
    return value;
}

static json_t *sarif_help(const struct report_rule *rule) {
    json_t *object = sarif_message("%s Why: %s Locator: %s.", rule->text, rule->why, rule->locator);
    bool ok = object;

    json_put(object, &ok, "markdown", sarif_markdown(rule));
    return json_finish(object, ok);
}

static const char *sarif_default_level(const char *level) {
    if (strcmp(level, "must") == 0)
        return "error";
    return strcmp(level, "should") == 0 ? "warning" : "note";
}

/* The level, and the section: "max" of max/read-first. */
static json_t *sarif_tags(const struct report_rule *rule) {
    json_t *object = json_object(), *tags = json_array();
    bool ok = object;

    json_add(tags, &ok, json_text(rule->level));
    json_add(tags, &ok, json_sprintf("%.*s", (int)strcspn(rule->id, "/"), rule->id));
    json_put(object, &ok, "tags", tags);
    return json_finish(object, ok);
}

static json_t *sarif_rule(const struct report_rule *rule) {
    json_t *object = json_object(), *configuration = json_object();
    const char *stop = strstr(rule->text, ". "); /* a full stop in "CPUID.1" ends no sentence */
    int sentence = (int)(stop ? (size_t)(stop - rule->text) + 1 : strlen(rule->text));
    bool ok = object;

    json_put(object, &ok, "id", json_text(rule->id));
    json_put(object, &ok, "name", sarif_rule_name(rule->id));
    json_put(object, &ok, "shortDescription", sarif_message("%.*s", sentence, rule->text));
    json_put(object, &ok, "fullDescription", sarif_message("%s", rule->text));
    json_put(object, &ok, "help", sarif_help(rule));
    json_put(configuration, &ok, "level", json_string(sarif_default_level(rule->level)));
    json_put(object, &ok, "defaultConfiguration", configuration);
    json_put(object, &ok, "properties", sarif_tags(rule));
    return json_finish(object, ok);
}

static bool sarif_knows(const struct sarif_rules *rules, const char *id) {
    for (size_t i = 0; i < rules->count; i++) {
        if (strcmp(rules->rules[i]->id, id) == 0)
            return true;
    }
    return false;
}

/* False: out of memory. */
static bool sarif_collect(const struct report *report, struct sarif_rules *rules) {
    size_t most = 2; /* the baseline's */

    for (size_t i = 0; i < report->probes_count; i++)
        most += report->probes[i].rules_count;
    rules->rules = calloc(most, sizeof *rules->rules);
    if (!rules->rules)
        return false;
    for (size_t i = 0; i < report->probes_count; i++) {
        for (size_t k = 0; k < report->probes[i].rules_count; k++) {
            if (!sarif_knows(rules, report->probes[i].rules[k].id))
                rules->rules[rules->count++] = &report->probes[i].rules[k];
        }
    }
    sarif_collect_line_rules(report, rules);
    return true;
}

static json_t *sarif_tool(const struct report *report, const struct sarif_rules *rules) {
    json_t *tool = json_object(), *driver = json_object(), *array = json_array();
    bool ok = tool;

    for (size_t i = 0; i < rules->count; i++)
        json_add(array, &ok, sarif_rule(rules->rules[i]));
    json_put(driver, &ok, "name", json_string("hvspec"));
    json_put(driver, &ok, "version", json_text(report->version));
    json_put(driver, &ok, "rules", array);
    json_put(tool, &ok, "driver", driver);
    return json_finish(tool, ok);
}

/* Takes the message. `rule` NULL: it belongs to none. */
static void sarif_notify(json_t *notifications, bool *ok, const char *level, json_t *message,
                         const struct sarif_rules *rules, const struct report_rule *rule) {
    json_t *object = json_object(), *reference;

    json_put(object, ok, "level", json_string(level));
    json_put(object, ok, "message", message);
    if (rule) {
        reference = json_object();
        sarif_put_rule(reference, ok, rules, rule->id, "id", "index");
        json_put(object, ok, "associatedRule", reference);
    }
    json_add(notifications, ok, object);
}

static void sarif_notify_probe(json_t *notifications, bool *ok, const struct report_probe *probe,
                               const struct sarif_rules *rules) {
    if (probe->verdict == REPORT_ERROR)
        sarif_notify(notifications, ok, "error",
                     sarif_message("%s could not be judged.", probe->name), rules, NULL);
    for (size_t i = 0; i < probe->statements_count; i++)
        sarif_notify(notifications, ok, "note",
                     sarif_message("%s: stated: %s", probe->name, probe->statements[i].text),
                     rules, NULL);
    for (size_t i = 0; i < probe->failures_count; i++)
        sarif_notify(notifications, ok, "error",
                     sarif_message("%s: %zu cases could not be judged: %s (first %s)", probe->name,
                                   probe->failures[i].cases, probe->failures[i].cause,
                                   probe->failures[i].case_id),
                     rules, NULL);
    for (size_t i = 0; i < probe->notes_count; i++)
        sarif_notify(notifications, ok, "note",
                     sarif_message("%s: %s", probe->name, probe->notes[i]), rules, NULL);
    for (size_t i = 0; i < probe->rules_count; i++) {
        const struct report_rule *rule = &probe->rules[i];

        if (rule->verdict == REPORT_ERROR)
            sarif_notify(notifications, ok, "error",
                         sarif_message("%s: %s could not be judged in %" PRIu64 " cases.", probe->name,
                                       rule->id, rule->errors),
                         rules, rule);
    }
}

/* 3.20. The exit code says that the probe conforms (0) or does not (1); more than that, and the run
 * itself has failed. */
static json_t *sarif_invocation(const struct report *report, const struct sarif_rules *rules) {
    json_t *object = json_object(), *notifications = json_array();
    int result = report_exit_code(report);
    bool ok = object;

    if (result == 2)
        sarif_notify(notifications, &ok, "error", sarif_message("No rule was exercised."), rules,
                     NULL);
    if (report->errors > 0)
        sarif_notify(notifications, &ok, "error",
                     sarif_message("%" PRIu64 " cases could not be judged.", report->errors), rules, NULL);
    for (size_t i = 0; i < report->probes_count; i++)
        sarif_notify_probe(notifications, &ok, &report->probes[i], rules);
    json_put(object, &ok, "executionSuccessful", json_boolean(result < 2));
    json_put(object, &ok, "exitCode", json_integer(result));
    json_put(object, &ok, "toolExecutionNotifications", notifications);
    return json_finish(object, ok);
}

json_t *sarif_root(void) {
    json_t *object = json_object(), *root = json_object();
    bool ok = object;

    json_put(root, &ok, "description", sarif_message("The top of the probe's source repository."));
    json_put(object, &ok, SARIF_ROOT, root);
    return json_finish(object, ok);
}

static json_t *sarif_run_properties(const struct report *report) {
    json_t *object = json_object();
    char result[REPORT_RESULT_SIZE];
    bool ok = object;

    json_put(object, &ok, "seed", json_sprintf("%" PRIu64, report->seed));
    json_put(object, &ok, "strict", json_boolean(report->strict));
    json_put(object, &ok, "profile", json_text(report->profile));
    json_put(object, &ok, "cases", json_integer((json_int_t)report->cases));
    json_put(object, &ok, "runs", json_integer((json_int_t)report->runs));
    json_put(object, &ok, "result", json_string(report_result_text(report, result)));
    return json_finish(object, ok);
}

static json_t *sarif_run(const struct report *report, const struct sarif_rules *rules) {
    json_t *object = json_object(), *results = json_array(), *invocations = json_array();
    bool ok = object;

    for (size_t i = 0; i < report->probes_count; i++) {
        const struct report_probe *probe = &report->probes[i];

        for (size_t k = 0; k < probe->rules_count; k++)
            sarif_add_results(results, &ok, report, probe, &probe->rules[k], rules);
    }
    sarif_add_lines(results, &ok, report, rules);
    json_add(invocations, &ok, sarif_invocation(report, rules));
    json_put(object, &ok, "tool", sarif_tool(report, rules));
    json_put(object, &ok, "invocations", invocations);
    json_put(object, &ok, "originalUriBaseIds", sarif_root());
    json_put(object, &ok, "columnKind", json_string("unicodeCodePoints"));
    json_put(object, &ok, "results", results);
    json_put(object, &ok, "properties", sarif_run_properties(report));
    return json_finish(object, ok);
}

bool sarif_write_run(json_t *run, FILE *stream) {
    json_t *document = json_object(), *runs = json_array();
    bool ok = document, written;

    json_put(document, &ok, "$schema", json_string(SARIF_SCHEMA));
    json_put(document, &ok, "version", json_string("2.1.0"));
    json_add(runs, &ok, run);
    json_put(document, &ok, "runs", runs);
    written = ok && json_dumpf(document, stream, JSON_INDENT(2)) == 0;
    json_decref(document);
    return written && fputc('\n', stream) != EOF && !ferror(stream);
}

bool sarif_write(const struct report *report, const struct report_style *style, FILE *stream) {
    struct sarif_rules rules = {0};
    bool written = sarif_collect(report, &rules) &&
                   sarif_write_run(sarif_run(report, &rules), stream);

    (void)style;
    free(rules.rules);
    return written;
}
