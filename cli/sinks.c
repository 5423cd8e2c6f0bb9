/* SPDX-License-Identifier: Apache-2.0 */
/* Opens the sinks that options ask for, and tells each result to all of them. */
#include "base/std.h"

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

bool sinks_clash(const struct sinks_options *given, const struct common *common)
{
    return given->annotations && common->json;
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
