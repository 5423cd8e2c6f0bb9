/* SPDX-License-Identifier: Apache-2.0 */
/* Command `run`: plays scenarios, gives verdicts, writes reports. */
#include "base/std.h"

#include "cli/command.h"
#include "cli/list.h"
#include "cli/output.h"
#include "cli/run_impl.h"
#include "cli/selection.h"
#include "cli/version.h"
#include "codec/codec.h"

enum { REPEAT_MOST = 10000, OPTIONS_TEXT_MOST = 1 << 17 };

static const struct option options[] = {
    {"profile", 'p', OPTION_TEXT, offsetof(struct run_command, profile), "PROFILE",
     "the device to be, instead of the one that each scenario names", COMPLETE_PROFILES},
    {"security", '\0', OPTION_TEXT, offsetof(struct run_command, security), "FILE",
     "what the server has and knows, where a scenario does not say it", COMPLETE_FILES},
    {"device-defect", '\0', OPTION_TEXT, offsetof(struct run_command, device_defect), "NAME",
     "the device has this defect: see \"list defects\"", COMPLETE_DEFECTS},
    {"server-defect", '\0', OPTION_TEXT, offsetof(struct run_command, server_defect), "NAME",
     "the server has this defect: see \"list defects\"", COMPLETE_DEFECTS},
    {"server", '\0', OPTION_TEXT, offsetof(struct run_command, server), "URI",
     "somebody else's server, where the device registers; needs --driver", COMPLETE_NOTHING},
    {"driver", '\0', OPTION_TEXT, offsetof(struct run_command, driver), "DRIVER",
     "who makes it act: adapter=COMMAND, leshan=URL or manual", COMPLETE_NOTHING},
    {"tags", 't', OPTION_TEXT, offsetof(struct run_command, tags), "TAGS",
     "run what has one of these tags, and none behind \"!\": smoke,!slow", COMPLETE_NOTHING},
    {"filter", 'f', OPTION_TEXT, offsetof(struct run_command, filter), "REGEX",
     "run what has this in its name or title", COMPLETE_NOTHING},
    {"rerun-failed", '\0', OPTION_TEXT, offsetof(struct run_command, rerun_failed), "REPORT",
     "play what failed in this JSON report, as it was", COMPLETE_FILES},
    {"shard", '\0', OPTION_TEXT, offsetof(struct run_command, shard), "I/N",
     "run only part I of N of what is selected", COMPLETE_NOTHING},
    {"format", '\0', OPTION_TEXT, offsetof(struct run_command, format), "FORMAT",
     "the content format where a scenario leaves it open: tlv, senml-cbor, ...", COMPLETE_NOTHING},
    {"list", 'l', OPTION_FLAG, offsetof(struct run_command, list), NULL, "show what would be run",
     COMPLETE_NOTHING},
    {"device", 'd', OPTION_TEXT, offsetof(struct run_command, device), "external",
     "somebody else's device: it registers with the built-in server", COMPLETE_NOTHING},
    {"expect", '\0', OPTION_TEXT, offsetof(struct run_command, expect), "PROFILE",
     "what is claimed of the external device", COMPLETE_PROFILES},
    {"keys", 'k', OPTION_TEXT, offsetof(struct run_command, keys), "KEYRING",
     "the server's half of its keys, instead of those of that profile", COMPLETE_FILES},
    {"endpoint", 'e', OPTION_TEXT, offsetof(struct run_command, endpoint), "NAME",
     "its endpoint name, instead of that of the profile", COMPLETE_NOTHING},
    {"listen", '\0', OPTION_TEXTS, offsetof(struct run_command, listen), "URI",
     "where to wait for it (default: coap://127.0.0.1:5683); may come again", COMPLETE_NOTHING},
    {"wait-device", '\0', OPTION_DURATION, offsetof(struct run_command, wait_device_ms), "TIME",
     "how long it may take to register (default: 60s)", COMPLETE_NOTHING},
    {"device-adapter", '\0', OPTION_TEXT, offsetof(struct run_command, device_adapter), "COMMAND",
     "an adapter that does to it what a scenario asks for, or manual: you do", COMPLETE_NOTHING},
    {"allow-writes", '\0', OPTION_FLAG, offsetof(struct run_command, allow_writes), NULL,
     "play scenarios that change something on it, too", COMPLETE_NOTHING},
    {"ready-fd", '\0', OPTION_DESCRIPTOR, offsetof(struct run_command, ready_fd), "N",
     "write the address to file descriptor N once listening, and close it", COMPLETE_NOTHING},
    {"set", '\0', OPTION_TEXTS, offsetof(struct run_command, set), "NAME=VALUE",
     "what $NAME stands for in the scenarios", COMPLETE_NOTHING},
    OPTIONS_REPORTS(struct run_command),
    {"strict", '\0', OPTION_FLAG, offsetof(struct run_command, strict), NULL,
     "a warning is a failure", COMPLETE_NOTHING},
    {"allow-inconclusive", '\0', OPTION_FLAG, offsetof(struct run_command, allow_inconclusive),
     NULL, "what could not be judged does not change the exit status", COMPLETE_NOTHING},
    {"fail-fast", '\0', OPTION_FLAG, offsetof(struct run_command, fail_fast), NULL,
     "stop after the first failure", COMPLETE_NOTHING},
    {"repeat", '\0', OPTION_NUMBER, offsetof(struct run_command, repeat), "N",
     "play each scenario N times", COMPLETE_NOTHING},
    {"retry", '\0', OPTION_TEXT, offsetof(struct run_command, retry_text), "N",
     "play what fails up to N times more; a pass is \"flaky\" then", COMPLETE_NOTHING},
    {"seed", '\0', OPTION_TEXT, offsetof(struct run_command, seed), "N|random",
     "what chance begins with (default: 16)", COMPLETE_NOTHING},
    {"timeout", '\0', OPTION_DURATION, offsetof(struct run_command, timeout_ms), "TIME",
     "the most that one scenario may take (default: its own, or 60s)", COMPLETE_NOTHING},
    {"patience", '\0', OPTION_FACTOR, offsetof(struct run_command, patience), "FACTOR",
     "multiply each \"within\" by this, for a slow peer", COMPLETE_NOTHING},
    {"jobs", 'j', OPTION_NUMBER, offsetof(struct run_command, jobs), "N",
     "how many run at once (default: 8)", COMPLETE_NOTHING},
    {"virtual-time", '\0', OPTION_FLAG, offsetof(struct run_command, virtual_time), NULL,
     "do not wait: the clock goes on to what comes next", COMPLETE_NOTHING},
    OPTION_JSON("print the JSON report instead of lines"),
    OPTION_TRACE,
    OPTION_REDACT,
    OPTIONS_COMMON,
    OPTIONS_END,
};

/* --- reports -------------------------------------------------------------------------------- */

/* What changes verdicts: how it is played, then what the profiles set of the open questions. */
static void put_options(const struct session *session, struct buf *out)
{
    const struct run_command *given = session->given;
    const struct buf *profiles = &session->profiles.options;
    buf_puts(out, given->strict ? "strict; " : "");
    buf_puts(out, given->virtual_time ? "virtual time; " : "");
    if (given->patience > 0)
        buf_printf(out, "patience %g; ", given->patience);
    if (given->retry > 0)
        buf_printf(out, "retry %d; ", given->retry);
    buf_put(out, buf_bytes(profiles));
}

/* Who plays the device: of somebody else's what is known before it comes. */
static void put_device(const struct session *session, struct buf *out)
{
    const struct setting setting = {.profile = session->given->expect};
    const struct claims *claims = NULL;
    const struct oracle *oracle = NULL;
    struct error_list errors;
    bool is_external = run_is_external(session->given);
    error_list_init(&errors);
    buf_puts(out, is_external ? "external" : "built-in");
    if (is_external &&
        session->stage->ops->look_up(session->stage, &setting, &claims, &oracle, &errors) == ST_OK)
        buf_printf(out, ", %s", claims->endpoint);
    error_list_release(&errors);
}

static void begin_reports(const struct session *session)
{
    struct buf in_force;
    struct buf device;
    struct buf defects;
    struct buf set;
    buf_init(&set, OPTIONS_TEXT_MOST);
    buf_init(&in_force, OPTIONS_TEXT_MOST);
    buf_init(&device, OPTIONS_TEXT_MOST);
    buf_init(&defects, OPTIONS_TEXT_MOST);
    put_options(session, &in_force);
    put_device(session, &device);
    defects_put("device", session->given->device_defect, &defects);
    defects_put("server", session->given->server_defect, &defects);
    if (defects.len > 0)
        buf_printf(&in_force, "%s%s", in_force.len == 0 ? "" : "; ", buf_text(&defects));
    struct run_info info = {
        .tool = "lwm2m-portfolio " LWM2M_PORTFOLIO_VERSION,
        .device = buf_text(&device),
        .server = session->peer[0] == '\0' ? "built-in" : session->peer,
        .options = buf_text(&in_force),
        .defects = defects.len == 0 ? NULL : buf_text(&defects),
        .scenario_count = session->rounds.count,
        .shard = session->share.number,
        .shards = session->share.count,
        .selection = session->selection[0] == '\0' ? NULL : session->selection,
        .started_utc = clock_utc(session->world.clock),
    };
    run_put_manner(session, &set, &info.manner);
    sinks_begin(&session->sinks, &info);
    buf_release(&in_force);
    buf_release(&device);
    buf_release(&defects);
    buf_release(&set);
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
    bool is_external = run_is_external(session->given);
    bool waits = is_external && session->files.count > 0; /* an empty share needs nobody */
    int link = run_is_foreign(session->given) ? run_check_link(session) : EXIT_PASSED;
    if (link != EXIT_PASSED)
        return link;
    int listening = waits ? run_listen(session) : EXIT_PASSED;
    if (listening != EXIT_PASSED)
        return listening;
    if (!sinks_open(&session->sinks, &session->given->reports, &session->given->common))
        return EXIT_FILE;
    const struct rounds_plan plan = {
        .format = session->given->format,
        .is_fixed = session->given->profile != NULL || is_external,
        .repeat = (unsigned)session->given->repeat,
        .seed = session->seed,
    };
    if (session->again.count > 0)
        reports_make_rounds(&session->again.items[0], &session->files, &plan, &session->rounds);
    else
        rounds_make(&session->rounds, &session->files, &plan, session->stage);
    begin_reports(session);
    run_play(session);
    rounds_release(&session->rounds);
    bool is_hurried = world_is_stopped(&session->world);
    return exit_of(session, sinks_end(&session->sinks, &session->summary, is_hurried));
}

static int play_in_world(struct session *session)
{
    if (!run_open_world(session))
        return EXIT_FILE;
    int status = check_and_play(session);
    session->stage->ops->free(session->stage);
    operator_release(&session->operator);
    sinks_free(&session->sinks);
    return world_end(&session->world, status);
}

/* --- choosing ------------------------------------------------------------------------------- */

static bool add_files(struct session *session, const struct texts *operands)
{
    bool good = true;
    if (operands->count == 0 && session->again.count > 0)
        return reports_add_failed(&session->again.items[0], &session->files);
    if (operands->count == 0)
        return scenario_files_add_shipped(&session->files);
    for (size_t i = 0; i < operands->count; i++)
        good = scenario_files_add(&session->files, operands->items[i]) && good;
    return good;
}

static int list_files(const struct scenario_files *files, const struct common *common)
{
    const struct list_options lines = {.common = *common};
    struct list_output output = list_begin(&lines, "scenarios");
    for (size_t i = 0; i < files->count; i++) {
        cJSON *object = list_item(&output, files->items[i].name);
        if (object != NULL)
            list_put_scenario(object, &files->items[i]);
        else if (!common->quiet)
            printf("%s  %s\n", files->items[i].name, scenario_title(files->items[i].scenario));
    }
    return list_end(&output);
}

/* What the options say goes into the scenarios. */
static void dress(const struct session *session)
{
    const struct run_command *given = session->given;
    for (size_t i = 0; i < session->files.count; i++) {
        struct scenario *scenario = session->files.items[i].scenario;
        const char *profile = run_is_external(given) ? given->expect : given->profile;
        if (profile != NULL)
            scenario_set_profile(scenario, profile);
        bool is_open = given->security != NULL && !run_is_external(given);
        if (is_open && scenario_security(scenario) == NULL)
            scenario_set_security(scenario, given->security);
    }
}

/* Reads the report whose failures are to be played. */
static int read_report(struct session *session)
{
    const char *name = session->given->rerun_failed;
    const struct texts names = {&name, 1};
    if (name == NULL)
        return EXIT_PASSED;
    if (!reports_load(&names, &session->again))
        return EXIT_FILE;
    if (reports_have_failed(&session->again.items[0]))
        return EXIT_PASSED;
    complain("nothing failed in \"%s\"", name);
    return EXIT_NOTHING;
}

/* Reads the files and leaves those that are selected; EXIT_PASSED: there are some, though maybe
 * none in this share, whose report is as good as any then. */
static int choose(struct session *session, const struct invocation *invocation)
{
    const struct run_command *given = session->given;
    struct error error;
    error_clear(&error);
    if (!add_files(session, &invocation->operands))
        return EXIT_FILE;
    if (session->files.count == 0)
        return EXIT_NOTHING; /* said already */
    if (!scenario_files_parse(&session->files))
        return EXIT_FILE;
    if (session->again.count > 0)
        reports_keep_failed(&session->again.items[0], &session->files);
    bool none_failed = session->files.count == 0;
    if (selection_apply(&session->files, given->tags, given->filter, &error) != ST_OK)
        return usage_error(invocation->command, "%s", error.text);
    if (none_failed) {
        complain("nothing of what is named failed in \"%s\"", given->rerun_failed);
        return EXIT_NOTHING;
    }
    if (session->files.count == 0) {
        complain("no scenario is selected; \"lwm2m-portfolio list scenarios --tags\" shows those "
                 "that are shipped");
        return EXIT_NOTHING;
    }
    run_digest(session);
    share_apply(&session->share, &session->files);
    if (session->files.count == 0 && !given->common.quiet)
        fprintf(stderr,
                "lwm2m-portfolio: nothing is left for shard %s: fewer scenarios are "
                "selected\n",
                given->shard);
    return EXIT_PASSED;
}

static int choose_and_play(struct session *session, const struct invocation *invocation)
{
    struct error error;
    error_clear(&error);
    int status = read_report(session);
    if (status == EXIT_PASSED && session->again.count > 0)
        status = run_restore(invocation->command, session);
    if (status != EXIT_PASSED)
        return status;
    if (!defects_device(session->given->device_defect, &session->device_defect, &error) ||
        !defects_server(session->given->server_defect, &session->server_defect, &error))
        return usage_error(invocation->command, "%s", error.text);
    status = choose(session, invocation);
    if (status != EXIT_PASSED)
        return status;
    dress(session);
    if (session->given->list)
        return list_files(&session->files, &session->given->common);
    run_hire(session);
    status = play_in_world(session);
    bool all_well = workers_end(&session->workers);
    return status == EXIT_PASSED && !all_well ? EXIT_FAILED : status;
}

static bool read_retry(const char *text, uint16_t *out)
{
    int64_t number = 0;
    bool good = parse_decimal(bytes_of(text), &number) && number >= 0 && number <= RETRY_MOST;
    *out = good ? (uint16_t)number : 0;
    return good;
}

/* What an option takes that is more than one number or text; EXIT_PASSED: all is well. */
static int read_values(struct session *session, const struct invocation *invocation)
{
    const struct run_command *given = session->given;
    const struct command *command = invocation->command;
    struct chance chance;
    size_t wrong = 0;
    chance_init_system(&chance);
    /* What was played before is played as in the report; another's device or server is not to
     * be given challenges and nonces that it was given before. */
    bool is_ours = !run_is_external(given) && given->server == NULL;
    session->seed = given->rerun_failed == NULL && is_ours ? LINK_SEED : -1;
    if (!bindings_read(&given->set, &session->bindings, &wrong))
        return usage_error(command, "--set takes NAME=VALUE, not \"%s\"", given->set.items[wrong]);
    const char *clash = sinks_clash(&given->reports, &given->common);
    if (clash != NULL)
        return usage_error(command, "%s", clash);
    if (given->format != NULL && codec_named(bytes_of(given->format)) == NULL)
        return usage_error(command, "--format takes a name such as tlv, not \"%s\"", given->format);
    if (given->shard != NULL && !share_parse(given->shard, &session->share))
        return usage_error(command,
                           "--shard takes a part and how many there are, such as 1/4, not "
                           "\"%s\"",
                           given->shard);
    if (given->seed != NULL && !seed_parse(given->seed, &chance, &session->seed))
        return usage_error(command,
                           "--seed takes a number from 0 to %" PRId64 " or \"random\", not \"%s\"",
                           SEED_MOST, given->seed);
    if (given->repeat > REPEAT_MOST)
        return usage_error(command, "--repeat takes at most %d", REPEAT_MOST);
    if (given->retry_text != NULL && !read_retry(given->retry_text, &session->own.retry))
        return usage_error(command, "--retry takes a number from 0 to %d, not \"%s\"", RETRY_MOST,
                           given->retry_text);
    return EXIT_PASSED;
}

static int run(const struct invocation *invocation)
{
    const struct run_command *given = invocation->options;
    struct session session = {.own = *given};
    session.given = &session.own;
    profiles_init(&session.profiles);
    int status = run_check_device(invocation->command, session.given);
    if (status == EXIT_PASSED)
        status = read_values(&session, invocation);
    if (status == EXIT_PASSED && !run_load_keys(&session))
        status = EXIT_FILE;
    if (status == EXIT_PASSED)
        status = run_check_server(invocation->command, session.given);
    if (status == EXIT_PASSED)
        status = choose_and_play(&session, invocation);
    keyring_free(session.keyring);
    bindings_release(&session.bindings);
    profiles_release(&session.profiles);
    scenario_files_release(&session.files);
    reports_release(&session.again);
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
        "Both ends are built in, unless somebody else's device is awaited (--device external\n"
        "--expect PROFILE) or somebody else's server is tried (--server URI --driver DRIVER).\n"
        "Without operands all shipped scenarios are run. An operand can also be the name of a\n"
        "shipped scenario, or - for standard input. The exit status is 0 when all passed\n"
        "(warnings and \"not applicable\" included), 1 when a check failed, 3 when a file is\n"
        "not valid, 4 when the peer could not be reached or time ran out, 5 when nothing was\n"
        "selected, 6 when something is inconclusive.\n",
    .options = options,
    .size = sizeof(struct run_command),
    .run = run,
};
