/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/probe/internal.h"

#include "base/shell_quote.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* What the command line says of a probe: told in reports, and needed to load it once more. */

bool probe_tell(struct probe *probe, char *text, char *limit, bool limits) {
    struct probe_statement *grown =
        reallocarray(probe->statements, probe->statements_count + 1, sizeof *grown);

    if (grown)
        probe->statements = grown;
    if (!grown || !text || (limits && !limit)) {
        free(text);
        free(limit);
        return false;
    }
    grown[probe->statements_count++] = (struct probe_statement){text, limit};
    return true;
}

/* Appends " NAME VALUE" when there is a value. False: out of memory. */
static bool add_option(struct probe *probe, const char *name, const char *value) {
    char *quoted = value ? shell_quote(value) : NULL, *longer = NULL;

    if (!value)
        return true;
    if (quoted &&
        asprintf(&longer, "%s %s %s", probe->options ? probe->options : "", name, quoted) < 0)
        longer = NULL;
    free(quoted);
    free(probe->options);
    probe->options = longer;
    return longer != NULL;
}

/* The same, told with the verdict. */
static bool say_option(struct probe *probe, const char *name, const char *value, bool limits) {
    char *text = NULL;

    if (!value)
        return true;
    return add_option(probe, name, value) && asprintf(&text, "%s %s", name, value) >= 0 &&
           probe_tell(probe, text, limits ? strdup(text) : NULL, limits);
}

static bool can_be_asked(const struct probe *probe, uint32_t target) {
    bool can = probe->targets_count == 0;

    for (size_t i = 0; i < probe->targets_count; i++)
        can |= probe->targets[i] == target;
    return can;
}

static bool check_targets(const struct probe *probe, const struct probe_options *options,
                          struct errors *errors) {
    for (size_t i = 0; i < options->targets_count; i++) {
        if (!can_be_asked(probe, options->targets[i]))
            return errors_add(errors, probe->manifest ? probe->manifest : probe->path, 0, 0,
                              "%s cannot be asked about 0x%" PRIx32 ": its targets are others",
                              probe->name, options->targets[i]);
    }
    return true;
}

/* Narrows what the probe is asked about. False: out of memory. */
static bool limit_targets(struct probe *probe, const struct probe_options *options) {
    uint32_t *targets = calloc(options->targets_count + 1, sizeof *targets);

    if (!targets)
        return false;
    free(probe->targets);
    probe->targets = targets;
    for (size_t i = 0; i < options->targets_count; i++) {
        char leaf[16];

        snprintf(leaf, sizeof leaf, "0x%" PRIx32, options->targets[i]);
        targets[i] = options->targets[i];
        if (!say_option(probe, "--target", leaf, true))
            return false;
    }
    probe->targets_count = options->targets_count;
    return true;
}

/* A switch, which has no value. False: out of memory. */
static bool take_constructors(struct probe *probe) {
    char *longer = NULL, *text = strdup("--constructors");

    probe->setup.constructors = true;
    if (asprintf(&longer, "%s --constructors", probe->options ? probe->options : "") < 0)
        longer = NULL;
    free(probe->options);
    probe->options = longer;
    return probe_tell(probe, text, NULL, false) && longer;
}

bool probe_take_options(struct probe *probe, const struct probe_options *options, const char *name,
                        struct errors *errors) {
    char budget[24];
    bool done;

    snprintf(budget, sizeof budget, "%" PRIu64, options->budget);
    if (!check_targets(probe, options, errors))
        return false;
    if (options->constructors && probe->is_program)
        return errors_add(errors, probe->manifest, 0, 0,
                          "%s is a whole program, whose loader runs its constructors: leave "
                          "--constructors out",
                          probe->name);
    done = (probe->manifest || (add_option(probe, "-e", options->entry) &&
                                say_option(probe, "-a", options->answer, false) &&
                                say_option(probe, "--flat", options->flat, false))) &&
           say_option(probe, "--budget", options->budget ? budget : NULL, false) &&
           say_option(probe, "--sysroot", options->sysroot, false) &&
           (!options->constructors || take_constructors(probe)) &&
           add_option(probe, "--probe", name) &&
           (options->targets_count == 0 || limit_targets(probe, options));
    for (size_t i = 0; done && i < options->assumptions_count; i++) {
        if (!probe_assume(probe, options->assumptions[i], errors))
            return false;
        done = say_option(probe, "--assume", options->assumptions[i], true);
    }
    if (!done)
        return errors_add(errors, probe->path, 0, 0, "out of memory");
    return probe_assume_fits(probe, errors) &&
           probe_choose_process(probe, options->sysroot, errors);
}
