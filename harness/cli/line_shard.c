/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness/cli/line_run.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * Which part of how many this run is. CI systems that start a job several times say so in the
 * environment, so that with `auto` the same command line does for all of them. Nothing else looks
 * there: they set the same variables for jobs that are no parts of a whole.
 */
struct shard_source {
    const char *name;
    const char *index, *total; /* variables */
    const char *first;         /* variable with the first index; NULL: `lowest` */
    const char *step;          /* variable with what lies between two; NULL: 1 */
    uint64_t lowest;
    const char *touched; /* variable with a file to be made, which says that shards are known */
};

/* Sources: GitLab's predefined variables, Bazel's test encyclopedia, Slurm's sbatch manual. */
static const struct shard_source shard_sources[] = {
    {"GitLab", "CI_NODE_INDEX", "CI_NODE_TOTAL", NULL, NULL, 1, NULL},
    {"Bazel", "TEST_SHARD_INDEX", "TEST_TOTAL_SHARDS", NULL, NULL, 0, "TEST_SHARD_STATUS_FILE"},
    {"Slurm", "SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT", "SLURM_ARRAY_TASK_MIN",
     "SLURM_ARRAY_TASK_STEP", 0, NULL},
};

static bool shard_number(const char *name, uint64_t highest, uint64_t *number) {
    const char *text = getenv(name);

    return text && command_number(text, text + strlen(text), 0, highest, number);
}

static bool shard_touch(const char *variable, struct errors *errors) {
    const char *path = variable ? getenv(variable) : NULL;
    int file;

    if (!path || !*path)
        return true;
    file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (file < 0)
        return errors_add(errors, path, 0, 0, "the file that %s names cannot be made", variable);
    close(file);
    return true;
}

/* False with an error noted when the variables are there and make no sense: a part that nobody runs
 * would go unnoticed. */
static bool shard_from(const struct shard_source *source, unsigned *shard, unsigned *shards,
                       struct errors *errors) {
    uint64_t index, total, first = source->lowest, step = 1;

    if (!getenv(source->index) || !getenv(source->total))
        return true;
    if (!shard_number(source->total, RUN_SHARDS_MAX, &total) || total == 0 ||
        !shard_number(source->index, UINT32_MAX, &index) ||
        (source->first && getenv(source->first) &&
         !shard_number(source->first, UINT32_MAX, &first)) ||
        (source->step && getenv(source->step) && !shard_number(source->step, UINT32_MAX, &step)) ||
        step == 0 || index < first || (index - first) % step != 0 ||
        (index - first) / step >= total)
        return errors_add(
            errors, NULL, 0, 0, "%s=%s and %s=%s name no part of a whole: use --shard I/N, or none",
            source->index, getenv(source->index), source->total, getenv(source->total));
    *shard = (unsigned)((index - first) / step) + 1;
    *shards = (unsigned)total;
    return shard_touch(source->touched, errors);
}

static bool shard_from_environment(unsigned *shard, unsigned *shards, struct errors *errors) {
    for (size_t i = 0; i < sizeof shard_sources / sizeof shard_sources[0]; i++) {
        if (!shard_from(&shard_sources[i], shard, shards, errors))
            return false;
        if (*shards == 0)
            continue;
        fprintf(stderr, "hvspec: part %u of %u, as %s says (%s, %s)\n", *shard, *shards,
                shard_sources[i].name, shard_sources[i].index, shard_sources[i].total);
        return true;
    }
    fputs("hvspec: --shard auto: no CI system says which part this is, so it is the whole\n",
          stderr);
    return true;
}

bool line_run_read_shard(const struct command_line *line, unsigned *shard, unsigned *shards,
                         struct errors *errors) {
    const char *text = command_line_last(line, OPTION_SHARD);
    const char *slash = text ? strchr(text, '/') : NULL;
    uint64_t part, parts;

    *shard = *shards = 0;
    if (!text)
        return true;
    if (strcmp(text, "auto") == 0)
        return shard_from_environment(shard, shards, errors);
    if (!slash || !command_number(slash + 1, slash + strlen(slash), 1, RUN_SHARDS_MAX, &parts) ||
        !command_number(text, slash, 1, parts, &part))
        return errors_add(errors, NULL, 0, 0,
                          "--shard takes I/N with I from 1 to N and N up to %u, such as 2/8, or "
                          "auto, not '%s'",
                          RUN_SHARDS_MAX, text);
    *shard = (unsigned)part;
    *shards = (unsigned)parts;
    return true;
}
