/* SPDX-License-Identifier: Apache-2.0 */
/* Opens the sinks that options ask for, and tells each result to all of them. */
#include "base/std.h"

#include <sys/stat.h>
#include <unistd.h>

#include "cli/output.h"
#include "cli/sinks.h"
#include "report/report.h"

enum { FOLDER_MOST = 4096 };

static bool add(struct sinks *sinks, struct sink *sink, const struct error *error)
{
    if (sink == NULL)
        complain("%s", error->text);
    else
        sinks->items[sinks->count++] = sink;
    return sink != NULL;
}

static struct sink *make_human(const struct common *common)
{
    struct human_options look = {
        .out = stdout,
        .colour = output_has_colour(stdout),
        .detail = common->quiet         ? HUMAN_QUIET
                  : common->verbose > 0 ? HUMAN_VERBOSE
                                        : HUMAN_NORMAL,
    };
    return human_sink_new(&look);
}

/* GitHub shows an annotation beside a file when its path begins at the top of the repository. */
static struct sink *make_github(void)
{
    char here[FOLDER_MOST];
    const struct github_options options = {
        .out = stdout,
        .root = getenv("GITHUB_WORKSPACE"),
        .here = getcwd(here, sizeof here),
    };
    return github_sink_new(&options);
}

/* Whether both are the same regular file, or will be. What is no regular file, as /dev/null, takes
 * more than one report. */
static bool is_one_file(const char *a, const char *b)
{
    struct stat of_a;
    struct stat of_b;
    bool has_a = stat(a, &of_a) == 0;
    if (has_a != (stat(b, &of_b) == 0))
        return false;
    if (has_a)
        return S_ISREG(of_a.st_mode) && of_a.st_dev == of_b.st_dev && of_a.st_ino == of_b.st_ino;
    a += strncmp(a, "./", 2) == 0 ? 2 : 0;
    b += strncmp(b, "./", 2) == 0 ? 2 : 0;
    return strcmp(a, b) == 0;
}

const char *sinks_clash(const struct sinks_options *given, const struct common *common)
{
    /* The trace is last: standard output is a trace's, too. */
    const char *const paths[] = {given->junit, given->tap, given->json, common->trace};
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        if (i + 1 < COUNT_OF(paths) && paths[i] != NULL && strcmp(paths[i], "-") == 0)
            return "a report goes to a file, not to \"-\"; --json prints it";
        for (size_t j = i + 1; j < COUNT_OF(paths); j++)
            if (paths[i] != NULL && paths[j] != NULL && is_one_file(paths[i], paths[j]))
                return "two reports, or a report and the trace, would be one file: give each its "
                       "own name";
    }
    bool mixes = given->annotations && common->json;
    return mixes ? "--annotations and --json would both write to standard output" : NULL;
}

bool sinks_open(struct sinks *out, const struct sinks_options *given, const struct common *common)
{
    const struct {
        const char *path;
        struct sink *(*make)(const char *path, struct error *error);
    } reports[] = {
        {given->junit, junit_sink_new},
        {given->tap, tap_sink_new},
        {given->json, json_sink_new},
    };
    struct error error;
    error_clear(&error);
    *out = (struct sinks){.count = 0};
    struct sink *first = common->json ? json_sink_new("/dev/stdout", &error) : make_human(common);
    bool good = add(out, first, &error);
    for (size_t i = 0; good && i < COUNT_OF(reports); i++)
        if (reports[i].path != NULL)
            good = add(out, reports[i].make(reports[i].path, &error), &error);
    if (good && given->annotations)
        good = add(out, make_github(), &error);
    return good;
}

void sinks_begin(const struct sinks *sinks, const struct run_info *info)
{
    for (size_t i = 0; i < sinks->count; i++)
        sinks->items[i]->ops->begin(sinks->items[i], info);
}

void sinks_result(const struct sinks *sinks, const struct result *result)
{
    for (size_t i = 0; i < sinks->count; i++)
        sinks->items[i]->ops->result(sinks->items[i], result);
}

bool sinks_end(const struct sinks *sinks, const struct run_summary *summary, bool is_hurried)
{
    bool good = true;
    for (size_t i = 0; i < sinks->count; i++) {
        struct error error;
        error_clear(&error);
        if (sinks->items[i]->ops->end(sinks->items[i], summary, &error) == ST_OK)
            continue;
        good = false;
        if (!is_hurried)
            complain("%s", error.text);
    }
    return good;
}

void sinks_free(struct sinks *sinks)
{
    for (size_t i = 0; i < sinks->count; i++)
        sinks->items[i]->ops->free(sinks->items[i]);
    sinks->count = 0;
}
