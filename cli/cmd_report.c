/* SPDX-License-Identifier: Apache-2.0 */
/* Command `report`: makes one report of several. */
#include "base/std.h"

#include "cli/command.h"
#include "cli/output.h"
#include "cli/reports.h"
#include "cli/sinks.h"

struct report_command {
    struct common common;
    struct sinks_options reports;
    bool allow_inconclusive;
};

static const struct option options[] = {
    OPTIONS_REPORTS(struct report_command),
    {"allow-inconclusive", '\0', OPTION_FLAG, offsetof(struct report_command, allow_inconclusive),
     NULL, "what could not be judged does not change the exit status", COMPLETE_NOTHING},
    OPTION_JSON("print the JSON report instead of lines"),
    OPTIONS_COMMON,
    OPTIONS_END,
};

enum { MISSING_MOST = 1000 };

struct merging {
    struct reports reports; /* (owned) */
    struct joined joined;   /* (owned) */
    struct sinks sinks;     /* (owned) */
    struct run_summary summary;
};

static void tell(struct merging *merging, const struct report *report)
{
    for (size_t i = 0; i < report->count; i++) {
        const struct result *result = &report->results[i];
        merging->summary.count[result->verdict]++;
        merging->summary.flaky += result->is_flaky ? 1 : 0;
        merging->summary.duration_ms += result->duration_ms;
        sinks_result(&merging->sinks, result);
    }
}

static void tell_all(struct merging *merging)
{
    const struct reports *reports = &merging->reports;
    reports_join(reports->items, reports->count, &merging->joined);
    sinks_begin(&merging->sinks, &merging->joined.info);
    for (size_t i = 0; i < reports->count; i++)
        tell(merging, &reports->items[i]);
}

/* Complains of what the reports lack; false when they do. */
static bool are_whole(const struct reports *reports)
{
    struct buf missing;
    bool whole = true;
    for (size_t i = 0; i < reports->count; i++) {
        size_t planned = reports->items[i].info.scenario_count;
        size_t count = reports->items[i].count;
        if (count < planned)
            complain("\"%s\" is not whole: %zu of %zu scenarios were not run", reports->names[i],
                     planned - count, planned);
        whole = whole && count >= planned;
    }
    buf_init(&missing, MISSING_MOST);
    size_t lacks = reports_put_missing(reports->items, reports->count, &missing);
    if (lacks > 0)
        complain("the report%s of shard%s %s %s missing", lacks == 1 ? "" : "s",
                 lacks == 1 ? "" : "s", buf_text(&missing), lacks == 1 ? "is" : "are");
    buf_release(&missing);
    return whole && lacks == 0;
}

static int exit_of(const struct merging *merging, bool is_whole, bool allows_inconclusive)
{
    const size_t *count = merging->summary.count;
    if (count[VERDICT_FAIL] + count[VERDICT_ERROR] > 0)
        return EXIT_FAILED;
    if (!is_whole)
        return EXIT_FILE;
    return count[VERDICT_INCONCLUSIVE] > 0 && !allows_inconclusive ? EXIT_INCONCLUSIVE
                                                                   : EXIT_PASSED;
}

static bool fit(const struct reports *reports)
{
    struct error error;
    error_clear(&error);
    if (reports_fit(reports->items, reports->names, reports->count, &error) == ST_OK)
        return true;
    complain("%s", error.text);
    return false;
}

static int merge(const struct report_command *given, const struct texts *names)
{
    struct merging merging = {.summary = {.flaky = 0}};
    int status = EXIT_FILE;
    bool good = reports_load(names, &merging.reports);
    good = good && fit(&merging.reports);
    good = good && sinks_open(&merging.sinks, &given->reports, &given->common);
    if (good) {
        tell_all(&merging);
        bool is_whole = are_whole(&merging.reports);
        is_whole = sinks_end(&merging.sinks, &merging.summary, false) && is_whole;
        status = exit_of(&merging, is_whole, given->allow_inconclusive);
    }
    sinks_free(&merging.sinks);
    joined_release(&merging.joined);
    reports_release(&merging.reports);
    return status;
}

static int run(const struct invocation *invocation)
{
    const struct texts *operands = &invocation->operands;
    const struct report_command *given = invocation->options;
    const char *clash = sinks_clash(&given->reports, &given->common);
    if (clash != NULL)
        return usage_error(invocation->command, "%s", clash);
    if (operands->count == 0 || strcmp(operands->items[0], "merge") != 0)
        return usage_error(invocation->command, "what to do is \"merge\"%s%s%s",
                           operands->count == 0 ? "" : ", not \"",
                           operands->count == 0 ? "" : operands->items[0],
                           operands->count == 0 ? "" : "\"");
    if (operands->count == 1)
        return usage_error(invocation->command, "no report is named");
    const struct texts names = {operands->items + 1, operands->count - 1};
    return merge(given, &names);
}

const struct command command_report = {
    .name = "report",
    .summary = "make one report of several",
    .operands = "merge REPORT...",
    .operand = COMPLETE_REPORTS,
    .examples = {"lwm2m-portfolio report merge shard-*.json --report-junit report.xml",
                 "lwm2m-portfolio report merge -q first.json second.json"},
    .details =
        "A REPORT is what \"run --report-json\" wrote. The exit status is 0 when all passed,\n"
        "1 when something failed or could not be run, 3 when a report is not whole, a shard\n"
        "is missing or shards are of different runs, 6 when something is inconclusive.\n",
    .options = options,
    .size = sizeof(struct report_command),
    .run = run,
};
