/* SPDX-License-Identifier: Apache-2.0 */
/* Command `run`: plays scenarios, gives verdicts, writes reports. */
#include "base/std.h"

#include "cli/check.h"
#include "cli/command.h"
#include "cli/output.h"
#include "cli/redact.h"
#include "cli/rounds.h"
#include "cli/selection.h"
#include "cli/version.h"
#include "cli/world.h"
#include "codec/codec.h"
#include "report/report.h"
#include "secure/secure.h"

struct run_command {
    struct common common;
    const char *profile;              /* (borrowed) */
    const char *security;             /* (borrowed) */
    const char *tags, *filter;        /* (borrowed) */
    const char *format;               /* (borrowed) */
    const char *junit, *tap, *report; /* (borrowed) */
    struct texts set;
    int64_t timeout_ms;
    double patience;
    bool list, strict, fail_fast, allow_inconclusive;
};

static const struct option options[] = {
    {"profile", 'p', OPTION_TEXT, offsetof(struct run_command, profile), "PROFILE",
     "the device to be, instead of the one that each scenario names", COMPLETE_PROFILES},
    {"security", '\0', OPTION_TEXT, offsetof(struct run_command, security), "FILE",
     "what the server has and knows, where a scenario does not say it", COMPLETE_FILES},
    {"tags", 't', OPTION_TEXT, offsetof(struct run_command, tags), "TAGS",
     "run what has one of these tags, and none behind \"!\": smoke,!slow", COMPLETE_NOTHING},
    {"filter", 'f', OPTION_TEXT, offsetof(struct run_command, filter), "REGEX",
     "run what has this in its name or title", COMPLETE_NOTHING},
    {"format", '\0', OPTION_TEXT, offsetof(struct run_command, format), "FORMAT",
     "the content format where a scenario leaves it open: tlv, senml-cbor, ...", COMPLETE_NOTHING},
    {"list", 'l', OPTION_FLAG, offsetof(struct run_command, list), NULL, "show what would be run",
     COMPLETE_NOTHING},
    {"set", '\0', OPTION_TEXTS, offsetof(struct run_command, set), "NAME=VALUE",
     "what $NAME stands for in the scenarios", COMPLETE_NOTHING},
    {"report-junit", '\0', OPTION_TEXT, offsetof(struct run_command, junit), "FILE",
     "write a JUnit report", COMPLETE_FILES},
    {"report-tap", '\0', OPTION_TEXT, offsetof(struct run_command, tap), "FILE",
     "write a TAP 14 report", COMPLETE_FILES},
    {"report-json", '\0', OPTION_TEXT, offsetof(struct run_command, report), "FILE",
     "write a JSON report", COMPLETE_FILES},
    {"strict", '\0', OPTION_FLAG, offsetof(struct run_command, strict), NULL,
     "a warning is a failure", COMPLETE_NOTHING},
    {"allow-inconclusive", '\0', OPTION_FLAG, offsetof(struct run_command, allow_inconclusive),
     NULL, "what could not be judged does not change the exit status", COMPLETE_NOTHING},
    {"fail-fast", '\0', OPTION_FLAG, offsetof(struct run_command, fail_fast), NULL,
     "stop after the first failure", COMPLETE_NOTHING},
    {"timeout", '\0', OPTION_DURATION, offsetof(struct run_command, timeout_ms), "TIME",
     "the most that one scenario may take (default: 60s)", COMPLETE_NOTHING},
    {"patience", '\0', OPTION_FACTOR, offsetof(struct run_command, patience), "FACTOR",
     "multiply each \"within\" by this, for a slow peer", COMPLETE_NOTHING},
    OPTION_JSON("print the JSON report instead of lines"),
    OPTION_TRACE,
    OPTION_REDACT,
    OPTIONS_COMMON,
    OPTIONS_END,
};

enum { SINKS_MOST = 4 };

struct session {
    const struct run_command *given; /* (borrowed) */
    struct scenario_files files;     /* (owned) */
    struct bindings bindings;        /* (owned) */
    struct profiles profiles;        /* (owned) */
    struct rounds rounds;            /* (owned) */
    struct world world;
    struct stage *stage;            /* (owned) */
    struct sink *sinks[SINKS_MOST]; /* (owned) */
    size_t sink_count;
    struct run_summary summary;
    bool failed;
    int error_status; /* what the first scenario that could not be played to its end asks for */
};

/* --- sinks ---------------------------------------------------------------------------------- */

static bool add_sink(struct session *session, struct sink *sink, const struct error *error)
{
    if (sink == NULL)
        complain("%s", error->text);
    else
        session->sinks[session->sink_count++] = sink;
    return sink != NULL;
}

static struct sink *make_human_sink(const struct common *common)
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

static bool open_sinks(struct session *session)
{
    const struct run_command *given = session->given;
    const struct {
        const char *path;
        struct sink *(*make)(const char *path, struct error *error);
    } reports[] = {
        {given->junit, junit_sink_new},
        {given->tap, tap_sink_new},
        {given->report, json_sink_new},
    };
    struct error error;
    error_clear(&error);
    struct sink *first =
        given->common.json ? json_sink_new("/dev/stdout", &error) : make_human_sink(&given->common);
    bool good = add_sink(session, first, &error);
    for (size_t i = 0; good && i < COUNT_OF(reports); i++)
        if (reports[i].path != NULL)
            good = add_sink(session, reports[i].make(reports[i].path, &error), &error);
    return good;
}

static void begin_sinks(const struct session *session)
{
    const struct run_info info = {
        .tool = "lwm2m-portfolio " LWM2M_PORTFOLIO_VERSION,
        .device = "built-in",
        .server = "built-in",
        .options =
            session->profiles.options.len == 0 ? "" : (const char *)session->profiles.options.data,
        .scenario_count = session->rounds.count,
        .started_utc = clock_utc(session->world.clock),
    };
    for (size_t i = 0; i < session->sink_count; i++)
        session->sinks[i]->ops->begin(session->sinks[i], &info);
}

/* False, and said, when a report could not be written. */
static bool end_sinks(const struct session *session)
{
    bool good = true;
    for (size_t i = 0; i < session->sink_count; i++) {
        struct error error;
        error_clear(&error);
        if (session->sinks[i]->ops->end(session->sinks[i], &session->summary, &error) == ST_OK)
            continue;
        good = false;
        if (!world_is_stopped(&session->world))
            complain("%s", error.text);
    }
    return good;
}

/* --- playing -------------------------------------------------------------------------------- */

static int status_of_error(enum status status)
{
    if (status == ST_UNREACHABLE || status == ST_TIMEOUT)
        return EXIT_PEER;
    return status == ST_INVALID ? EXIT_FILE : EXIT_FAILED;
}

static void note(struct session *session, enum verdict verdict, enum status status)
{
    session->summary.count[verdict]++;
    if (verdict == VERDICT_FAIL)
        session->failed = true;
    if (verdict == VERDICT_ERROR && session->error_status == EXIT_PASSED)
        session->error_status = status_of_error(status);
}

static void redact_result(struct result *result)
{
    redact_text(&result->reason);
    for (size_t i = 0; i < result->check_count; i++)
        redact_text(&result->checks[i].text);
}

static enum verdict play(struct session *session, const struct scenario_file *file)
{
    const struct run_command *given = session->given;
    const struct run_options run_options = {
        .strict = given->strict,
        .patience = given->patience,
        .timeout_ms = given->timeout_ms,
        .bindings = session->bindings.items,
        .binding_count = session->bindings.count,
        .stop = session->world.sim.stop,
    };
    struct result result;
    enum status status = ST_OK;
    int64_t started = clock_utc(session->world.clock);
    scenario_run(file->scenario, session->stage, &run_options, &result, &status);
    result.started_utc = started;
    if (secure_sha256(buf_bytes(&file->text), result.scenario_sha256) != ST_OK)
        memset(result.scenario_sha256, 0, sizeof result.scenario_sha256);
    if (given->common.redact)
        redact_result(&result);
    for (size_t i = 0; i < session->sink_count; i++)
        session->sinks[i]->ops->result(session->sinks[i], &result);
    output_check();
    enum verdict verdict = result.verdict;
    note(session, verdict, status);
    result_release(&result);
    return verdict;
}

static void play_all(struct session *session)
{
    const struct rounds *rounds = &session->rounds;
    int64_t started = clock_now(session->world.clock);
    bool goes_on = true;
    size_t played = 0;
    while (goes_on && played < rounds->count && !world_is_stopped(&session->world)) {
        round_prepare(&rounds->items[played]);
        enum verdict verdict = play(session, rounds->items[played++].file);
        bool is_bad = verdict == VERDICT_FAIL || verdict == VERDICT_ERROR;
        goes_on = !is_bad || !session->given->fail_fast;
    }
    session->summary.duration_ms = clock_now(session->world.clock) - started;
    if (played < rounds->count)
        complain("%zu of %zu scenarios were not run", rounds->count - played, rounds->count);
}

static int exit_of(const struct session *session, bool reports_written)
{
    if (session->failed)
        return EXIT_FAILED;
    if (session->error_status != EXIT_PASSED)
        return session->error_status;
    if (!reports_written)
        return EXIT_FILE;
    bool is_open = session->summary.count[VERDICT_INCONCLUSIVE] > 0;
    return is_open && !session->given->allow_inconclusive ? EXIT_INCONCLUSIVE : EXIT_PASSED;
}

static int check_and_play(struct session *session)
{
    if (!scenarios_fit(&session->files, session->stage, &session->profiles, &session->bindings))
        return EXIT_FILE;
    if (!open_sinks(session))
        return EXIT_FILE;
    rounds_make(&session->rounds, &session->files, session->given->format,
                session->given->profile != NULL, session->stage);
    begin_sinks(session);
    play_all(session);
    rounds_release(&session->rounds);
    return exit_of(session, end_sinks(session));
}

static int play_in_world(struct session *session)
{
    const struct events_config events = {
        .out = stderr,
        .problems = stderr,
        .detail = session->given->common.verbose > 1 ? EVENTS_ALL : EVENTS_NONE,
        .redact = session->given->common.redact,
        .colour = output_has_colour(stderr),
        .file = session->given->common.trace,
    };
    if (!world_start(&session->world, &events))
        return EXIT_FILE;
    const struct sim_stage_config config = {.world = session->world.sim,
                                            .load = profiles_load,
                                            .load_security = profiles_load_security,
                                            .arg = &session->profiles,
                                            .redact = session->given->common.redact};
    session->stage = sim_stage_new(&config);
    int status = check_and_play(session);
    session->stage->ops->free(session->stage);
    for (size_t i = 0; i < session->sink_count; i++)
        session->sinks[i]->ops->free(session->sinks[i]);
    return world_end(&session->world, status);
}

/* --- choosing ------------------------------------------------------------------------------- */

static bool add_files(struct session *session, const struct texts *operands)
{
    bool good = true;
    if (operands->count == 0)
        return scenario_files_add_shipped(&session->files);
    for (size_t i = 0; i < operands->count; i++)
        good = scenario_files_add(&session->files, operands->items[i]) && good;
    return good;
}

static int list_files(const struct scenario_files *files)
{
    for (size_t i = 0; i < files->count; i++)
        printf("%s  %s\n", files->items[i].name, scenario_title(files->items[i].scenario));
    return EXIT_PASSED;
}

/* What the options say goes into the scenarios. */
static void dress(const struct session *session)
{
    const struct run_command *given = session->given;
    for (size_t i = 0; i < session->files.count; i++) {
        struct scenario *scenario = session->files.items[i].scenario;
        if (given->profile != NULL)
            scenario_set_profile(scenario, given->profile);
        if (given->security != NULL && scenario_security(scenario) == NULL)
            scenario_set_security(scenario, given->security);
    }
}

static int choose_and_play(struct session *session, const struct invocation *invocation)
{
    const struct run_command *given = session->given;
    struct error error;
    error_clear(&error);
    if (!add_files(session, &invocation->operands) || !scenario_files_parse(&session->files))
        return EXIT_FILE;
    if (selection_apply(&session->files, given->tags, given->filter, &error) != ST_OK)
        return usage_error(invocation->command, "%s", error.text);
    if (session->files.count == 0) {
        complain("no scenario is selected; \"lwm2m-portfolio list scenarios --tags\" shows those "
                 "that are shipped");
        return EXIT_NOTHING;
    }
    if (given->format != NULL && codec_named(bytes_of(given->format)) == NULL)
        return usage_error(invocation->command, "--format takes a name such as tlv, not \"%s\"",
                           given->format);
    dress(session);
    return given->list ? list_files(&session->files) : play_in_world(session);
}

static int run(const struct invocation *invocation)
{
    struct session session = {.given = invocation->options};
    size_t wrong = 0;
    int status;
    profiles_init(&session.profiles);
    if (bindings_read(&session.given->set, &session.bindings, &wrong))
        status = choose_and_play(&session, invocation);
    else
        status = usage_error(invocation->command, "--set takes NAME=VALUE, not \"%s\"",
                             session.given->set.items[wrong]);
    bindings_release(&session.bindings);
    profiles_release(&session.profiles);
    scenario_files_release(&session.files);
    return status;
}

const struct command command_run = {
    .name = "run",
    .summary = "run scenarios, print verdicts, write reports",
    .operands = "[FILE|FOLDER|-]...",
    .operand = COMPLETE_SCENARIOS,
    .examples = {"lwm2m-portfolio run --tags smoke",
                 "lwm2m-portfolio run my.scenario -p my-device.json --report-junit report.xml"},
    .details =
        "Without operands all shipped scenarios are run. An operand can also be the name of a\n"
        "shipped scenario, or - for standard input. The exit status is 0 when all passed\n"
        "(warnings and \"not applicable\" included), 1 when a check failed, 3 when a file is\n"
        "not valid, 4 when the peer could not be reached or time ran out, 5 when nothing was\n"
        "selected, 6 when something is inconclusive.\n",
    .options = options,
    .size = sizeof(struct run_command),
    .run = run,
};
