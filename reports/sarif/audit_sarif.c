/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports/sarif/sarif.h"

#include "base/sha256.h"
#include "reports/formats.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/*
 * An audit as SARIF: a rule for each kind of change, and a result for each mutant that survived, at
 * the line that was changed: what no case of the suite watches.
 */
#define AUDIT_NAME_SIZE 64u

/* "audit/condition-inverted" for the change "condition inverted". */
static char *audit_rule_id(const struct audit_change *change, char id[AUDIT_NAME_SIZE]) {
    snprintf(id, AUDIT_NAME_SIZE, "audit/%s", change->name);
    for (char *c = id; *c; c++) {
        if (*c == ' ')
            *c = '-';
    }
    return id;
}

static json_t *audit_rule(const struct audit_change *change) {
    json_t *object = json_object(), *configuration = json_object();
    char id[AUDIT_NAME_SIZE];
    bool ok = object;

    json_put(object, &ok, "id", json_string(audit_rule_id(change, id)));
    json_put(object, &ok, "shortDescription", sarif_message("%s", change->what));
    json_put(configuration, &ok, "level", json_string("warning"));
    json_put(object, &ok, "defaultConfiguration", configuration);
    return json_finish(object, ok);
}

/* Neither lines nor addresses, which move when code is edited. */
static json_t *audit_fingerprints(const struct audit_report *report,
                                  const struct audit_probe *probe,
                                  const struct audit_mutant *mutant) {
    json_t *object = json_object();
    char *text = NULL, digest[SHA256_TEXT_SIZE];
    bool ok = object;

    if (asprintf(&text, "%s\n%s\n%s\n%s\n%s\n%s", probe->name, probe->entry,
                 report->changes[mutant->change].name, mutant->symbol ? mutant->symbol : "",
                 mutant->before, mutant->after) < 0)
        return json_finish(object, false);
    sha256_text(text, strlen(text), digest);
    json_put(object, &ok, "hvspecMutant/v1", json_string(digest));
    free(text);
    return json_finish(object, ok);
}

static json_t *audit_location(const struct audit_probe *probe, const struct audit_mutant *mutant) {
    const struct report_probe where = {.file = probe->file, .entry = probe->entry};
    char *symbol = NULL;
    json_t *location;

    if (mutant->symbol &&
        asprintf(&symbol, "%s+0x%" PRIx64, mutant->symbol, mutant->symbol_offset) < 0)
        return NULL;
    location = sarif_location(&where, mutant->file, mutant->line, symbol, NULL);
    free(symbol);
    return location;
}

static json_t *audit_result(const struct audit_report *report, const struct audit_probe *probe,
                            const struct audit_mutant *mutant) {
    const struct audit_change *change = &report->changes[mutant->change];
    json_t *object = json_object(), *locations = json_array();
    char id[AUDIT_NAME_SIZE];
    bool ok = object;

    json_put(object, &ok, "ruleId", json_string(audit_rule_id(change, id)));
    json_put(object, &ok, "ruleIndex", json_integer((json_int_t)mutant->change));
    json_put(object, &ok, "kind", json_string("fail"));
    json_put(object, &ok, "level", json_string("warning"));
    json_put(object, &ok, "message",
             sarif_message("%s: no case notices when this is changed (%s): %s becomes %s. %s%s",
                           probe->name, change->name, mutant->before, mutant->after,
                           mutant->differs ? "It differs at: "
                                           : "The search found no difference, and nothing says why",
                           mutant->difference ? mutant->difference : "."));
    json_add(locations, &ok, audit_location(probe, mutant));
    json_put(object, &ok, "locations", locations);
    json_put(object, &ok, "partialFingerprints", audit_fingerprints(report, probe, mutant));
    return json_finish(object, ok);
}

static json_t *audit_tool(const struct audit_report *report) {
    json_t *tool = json_object(), *driver = json_object(), *array = json_array();
    bool ok = tool;

    for (size_t i = 0; i < report->changes_count; i++)
        json_add(array, &ok, audit_rule(&report->changes[i]));
    json_put(driver, &ok, "name", json_string("hvspec audit"));
    json_put(driver, &ok, "version", json_text(report->version));
    json_put(driver, &ok, "rules", array);
    json_put(tool, &ok, "driver", driver);
    return json_finish(tool, ok);
}

static json_t *audit_notification(const char *level, json_t *message) {
    json_t *object = json_object();
    bool ok = object;

    json_put(object, &ok, "level", json_string(level));
    json_put(object, &ok, "message", message);
    return json_finish(object, ok);
}

/* 3.20: what is missing in the report makes the run one that failed. */
static json_t *audit_invocation(const struct audit_report *report) {
    json_t *object = json_object(), *notifications = json_array();
    bool failed, ok = object;
    char *lack = audit_report_lack(report, &failed);

    ok &= !failed;
    if (lack)
        json_add(notifications, &ok, audit_notification("error", sarif_message("%s", lack)));
    if (report->interrupted)
        json_add(notifications, &ok,
                 audit_notification("error", sarif_message("Interrupted ahead of its end.")));
    for (size_t i = 0; i < report->probes_count; i++) {
        const struct audit_probe *probe = &report->probes[i];

        for (size_t k = 0; k < probe->statements_count; k++)
            json_add(notifications, &ok,
                     audit_notification("note", sarif_message("%s: stated: %s", probe->name,
                                                              probe->statements[k].text)));
    }
    json_put(object, &ok, "executionSuccessful", json_boolean(!lack && !report->interrupted));
    json_put(object, &ok, "toolExecutionNotifications", notifications);
    free(lack);
    return json_finish(object, ok);
}

static json_t *audit_run(const struct audit_report *report) {
    json_t *object = json_object(), *results = json_array(), *invocations = json_array();
    bool ok = object;

    for (size_t i = 0; i < report->probes_count; i++) {
        const struct audit_probe *probe = &report->probes[i];

        for (size_t k = 0; k < probe->mutants_count; k++) {
            if (probe->mutants[k].fate == AUDIT_SURVIVED)
                json_add(results, &ok, audit_result(report, probe, &probe->mutants[k]));
        }
    }
    json_add(invocations, &ok, audit_invocation(report));
    json_put(object, &ok, "tool", audit_tool(report));
    json_put(object, &ok, "invocations", invocations);
    json_put(object, &ok, "originalUriBaseIds", sarif_root());
    json_put(object, &ok, "columnKind", json_string("unicodeCodePoints"));
    json_put(object, &ok, "results", results);
    return json_finish(object, ok);
}

bool audit_sarif_write(const struct audit_report *report, const struct report_style *style,
                       FILE *stream) {
    (void)style;
    return sarif_write_run(audit_run(report), stream);
}
