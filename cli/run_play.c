/* SPDX-License-Identifier: Apache-2.0 */
/* Plays scenarios: one after the other, or several at a time in processes of our own. */
#include "base/std.h"

#include <signal.h>
#include <unistd.h>

#include "cli/attempts.h"
#include "cli/output.h"
#include "cli/packed.h"
#include "cli/redact.h"
#include "cli/run_impl.h"
#include "cli/signals.h"
#include "drivers/stages.h"
#include "secure/secure.h"

enum { JOBS = 8, LEAVE_MOST_MS = 20000 /* a scenario's cleanup, and more */ };

bool run_open_world(struct session *session)
{
    const struct events_config events = {
        .out = stderr,
        .problems = stderr,
        .detail = session->given->common.verbose > 1 ? EVENTS_ALL : EVENTS_NONE,
        .redact = session->given->common.redact,
        .colour = output_has_colour(stderr),
        .file = session->given->common.trace,
    };
    bool started = session->given->virtual_time ? world_start_virtual(&session->world, &events)
                                                : world_start(&session->world, &events);
    if (!started)
        return false;
    session->world.sim.seed = &session->seed_now;
    const struct house_config house = {.world = session->world.sim,
                                       .load = profiles_load,
                                       .load_security = profiles_load_security,
                                       .arg = &session->profiles,
                                       .redact = session->given->common.redact,
                                       .device_defect = session->device_defect,
                                       .server_defect = session->server_defect};
    if (run_is_foreign(session->given))
        session->stage = run_foreign_stage(session, &house);
    else if (run_is_external(session->given))
        session->stage = run_external_stage(session, &house);
    else
        session->stage = sim_stage_new(&house);
    if (session->stage == NULL)
        world_end(&session->world, EXIT_FILE);
    return session->stage != NULL;
}

/* --- playing -------------------------------------------------------------------------------- */

static int status_of_error(enum status status)
{
    if (status == ST_UNREACHABLE || status == ST_TIMEOUT)
        return EXIT_PEER;
    return status == ST_INVALID ? EXIT_FILE : EXIT_FAILED;
}

static void note(struct session *session, const struct result *result, enum status status)
{
    enum verdict verdict = result->verdict;
    session->summary.count[verdict]++;
    session->summary.flaky += result->is_flaky ? 1 : 0;
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

/* A round of the session that is being played. */
struct playing {
    struct session *session;   /* (borrowed) */
    const struct round *round; /* (borrowed) */
};

/* Chance begins anew, so that a scenario meets the same whatever was played before it. */
static void seed_chance(struct session *session, const struct round *round,
                        const uint8_t sha256[32], unsigned attempt)
{
    session->seed_now = round->seed;
    if (round->seed >= 0)
        chance_init_seed(&session->world.chance, round_chance(round, sha256, attempt));
}

static void play_once(void *arg, unsigned attempt, struct result *out, enum status *out_status)
{
    const struct playing *playing = arg;
    const struct round *round = playing->round;
    struct session *session = playing->session;
    const struct run_command *given = session->given;
    const struct run_options run_options = {
        .strict = given->strict,
        .third_party_device = run_is_external(given),
        .third_party_server = run_is_foreign(given),
        .allow_writes = given->allow_writes,
        .profile_is_chosen = given->profile != NULL || run_is_external(given),
        .patience = given->patience,
        .timeout_ms = given->timeout_ms,
        .bindings = session->bindings.items,
        .binding_count = session->bindings.count,
        .stop = session->world.sim.stop,
        .progress = &session->operator.progress,
    };
    int64_t started = clock_utc(session->world.clock);
    uint8_t sha256[32] = {0};
    if (secure_sha256(buf_bytes(&round->file->text), sha256) != ST_OK)
        memset(sha256, 0, sizeof sha256);
    seed_chance(session, round, sha256, attempt);
    scenario_run(round->file->scenario, session->stage, &run_options, out, out_status);
    out->started_utc = started;
    memcpy(out->scenario_sha256, sha256, sizeof sha256);
    if (given->common.redact)
        redact_result(out);
}

static bool is_stopped(void *arg)
{
    const struct playing *playing = arg;
    return world_is_stopped(&playing->session->world);
}

static void perform(struct session *session, const struct round *round, struct result *out,
                    enum status *out_status)
{
    struct playing playing = {session, round};
    const struct attempts attempts = {
        .retries = (unsigned)session->given->retry,
        .strict = session->given->strict,
        .play = play_once,
        .is_stopped = is_stopped,
        .arg = &playing,
    };
    round_prepare(round); /* once: what comes of an attempt points to what is set there */
    attempts_play(&attempts, out, out_status);
}

/* `--fail-fast`: what comes after a failure is not looked at. */
static bool is_last(const struct session *session, const struct result *result)
{
    bool is_bad = result->verdict == VERDICT_FAIL || result->verdict == VERDICT_ERROR;
    return is_bad && session->given->fail_fast;
}

/* Shows what came of ROUND; false when no other is to be begun. */
static bool tell(struct session *session, const struct round *round, const struct result *result,
                 enum status status)
{
    struct result shown = *result;
    char *title = round_title(round, result->title);
    shown.title = title;
    shown.format = round->format;
    shown.seed = round->seed;
    sinks_result(&session->sinks, &shown);
    free(title);
    output_check();
    note(session, result, status);
    session->played_ms += result->duration_ms;
    return !is_last(session, result) && !world_is_stopped(&session->world);
}

/* One after the other; how many. */
static size_t play_in_turn(struct session *session)
{
    bool goes_on = !world_is_stopped(&session->world);
    size_t played = 0;
    while (goes_on && played < session->rounds.count) {
        struct result result;
        enum status status = ST_OK;
        const struct round *round = &session->rounds.items[played++];
        perform(session, round, &result, &status);
        goes_on = tell(session, round, &result, status);
        result_release(&result);
    }
    return played;
}

/* --- the workers' side ---------------------------------------------------------------------- */

/* Nothing comes while a scenario is played but the end of who asked for it. */
static void leave_too(void *arg, int fd)
{
    struct session *session = arg;
    if (world_is_stopped(&session->world))
        _exit(EXIT_FAILED); /* who asked was in a hurry */
    loop_unwatch(session->world.loop, fd);
    signals_raise(SIGHUP);
}

static void answer(struct session *session, struct bytes request, struct buf *out)
{
    struct packed_round asked;
    bool good = round_unpack(request, &asked);
    assert(good && asked.file < session->files.count);
    UNUSED(good);
    const struct round round = {.file = &session->files.items[asked.file],
                                .format = asked.format,
                                .profile = asked.profile,
                                .seed = asked.seed};
    struct result result;
    enum status status = ST_OK;
    perform(session, &round, &result, &status);
    result_pack(&result, status, out);
    result_release(&result);
    packed_round_release(&asked);
}

static void work(void *arg, int in, int out)
{
    struct session *session = arg;
    struct buf request;
    struct buf reply;
    buf_init(&request, PACKED_MOST);
    buf_init(&reply, PACKED_MOST);
    if (!run_open_world(session))
        return;
    bool goes_on = true;
    while (goes_on && !world_is_stopped(&session->world) && piece_await(in, &request)) {
        enum status watched = loop_watch(session->world.loop, in, leave_too, session);
        buf_clear(&reply);
        answer(session, buf_bytes(&request), &reply);
        goes_on = piece_write(out, buf_bytes(&reply));
        if (watched == ST_OK)
            loop_unwatch(session->world.loop, in);
    }
    session->stage->ops->free(session->stage);
    world_end(&session->world, EXIT_PASSED);
    buf_release(&request);
    buf_release(&reply);
}

/* What is told while it happens is told of one scenario at a time. */
void run_hire(struct session *session)
{
    const struct run_command *given = session->given;
    size_t jobs = given->jobs > 0 ? (size_t)given->jobs : JOBS;
    bool alone = given->common.trace != NULL || given->common.verbose > 1;
    if (jobs > 1 && !alone && !run_is_external(given) && !run_is_foreign(given))
        workers_start(&session->workers, jobs, work, session);
}

/* --- several at a time ---------------------------------------------------------------------- */

/* A round that was given to a worker. */
struct pending {
    bool is_done;
    struct packed_result packed; /* (owned) */
};

struct fleet {
    struct session *session; /* (borrowed) */
    struct pending *pending; /* (owned) one for each round */
    size_t given, shown;     /* rounds, in their order */
    bool goes_on;            /* others may be begun */
    bool is_over;            /* a failure was the last to be shown */
    struct clock *real;      /* (owned) */
    int64_t kill_at;         /* who was told to end and has not yet is killed then; 0: nobody was */
};

static void put_round(const struct session *session, const struct round *round, struct buf *out)
{
    char *format = round->format == NULL ? NULL : xstrdup(round->format);
    const struct packed_round packed = {.file = (size_t)(round->file - session->files.items),
                                        .format = format,
                                        .profile = round->profile,
                                        .seed = round->seed};
    round_pack(&packed, out);
    free(format);
}

static void give_rounds(struct fleet *fleet)
{
    struct session *session = fleet->session;
    for (bool taken = true; taken && fleet->goes_on && fleet->given < session->rounds.count;) {
        const struct round *round = &session->rounds.items[fleet->given];
        struct buf request;
        buf_init(&request, PACKED_MOST);
        put_round(session, round, &request);
        taken = workers_give(&session->workers, fleet->given, buf_bytes(&request));
        fleet->given += taken ? 1 : 0;
        buf_release(&request);
    }
}

/* A worker that was killed, or ran into a bug, takes its scenario along. */
static void report_loss(struct packed_result *out, const struct round *round)
{
    *out = (struct packed_result){
        .status = ST_CANCELLED,
        .texts = {xstrdup(scenario_title(round->file->scenario)), xstrdup(round->profile)}};
    out->result.title = out->texts[0];
    out->result.profile = out->texts[1];
    out->result.verdict = VERDICT_ERROR;
    out->result.attempts = 1;
    buf_init(&out->result.reason, 200);
    buf_puts(&out->result.reason, "the process that played it ended before it did");
}

static void take_result(struct fleet *fleet)
{
    struct session *session = fleet->session;
    struct buf answer;
    size_t task = 0;
    buf_init(&answer, PACKED_MOST);
    enum status status = workers_wait(&session->workers, &task, &answer);
    if (status == ST_OK || status == ST_UNREACHABLE) {
        struct pending *pending = &fleet->pending[task];
        const struct round *round = &session->rounds.items[task];
        pending->is_done = true;
        if (status != ST_OK || !result_unpack(buf_bytes(&answer), &pending->packed)) {
            packed_result_release(&pending->packed);
            report_loss(&pending->packed, round);
        }
        pending->packed.result.file = round->file->name;
        pending->packed.result.tags = scenario_tags(round->file->scenario);
        fleet->goes_on = fleet->goes_on && !is_last(session, &pending->packed.result);
    }
    buf_release(&answer);
}

static void show_results(struct fleet *fleet)
{
    while (!fleet->is_over && fleet->shown < fleet->given && fleet->pending[fleet->shown].is_done) {
        const struct round *round = &fleet->session->rounds.items[fleet->shown];
        struct packed_result *packed = &fleet->pending[fleet->shown++].packed;
        fleet->is_over = is_last(fleet->session, &packed->result);
        fleet->goes_on =
            tell(fleet->session, round, &packed->result, packed->status) && fleet->goes_on;
        packed_result_release(packed);
    }
}

static void heed_stop(struct fleet *fleet)
{
    const struct world *world = &fleet->session->world;
    bool is_due = fleet->is_over || world_is_stopped(world);
    bool is_told = fleet->kill_at > 0;
    if (is_told && clock_now(fleet->real) >= fleet->kill_at)
        workers_signal(&fleet->session->workers, SIGKILL);
    if (!is_due || is_told)
        return;
    workers_signal(&fleet->session->workers, SIGTERM);
    fleet->kill_at = clock_now(fleet->real) + LEAVE_MOST_MS;
    fleet->goes_on = false;
}

/* As many at a time as there are workers, shown in their order; how many. */
static size_t play_side_by_side(struct session *session)
{
    struct fleet fleet = {.session = session, .goes_on = true, .real = clock_new_real()};
    fleet.pending = xarray(session->rounds.count + 1, sizeof *fleet.pending);
    give_rounds(&fleet);
    while (workers_are_busy(&session->workers)) {
        heed_stop(&fleet);
        take_result(&fleet);
        show_results(&fleet);
        give_rounds(&fleet);
    }
    for (size_t i = 0; i < fleet.given; i++)
        packed_result_release(&fleet.pending[i].packed);
    free(fleet.pending);
    clock_free(fleet.real);
    return fleet.shown;
}

/* --- all of them ---------------------------------------------------------------------------- */

void run_play(struct session *session)
{
    int64_t started = clock_now(session->world.clock);
    size_t played = session->workers.count > 0 ? play_side_by_side(session) : play_in_turn(session);
    size_t count = session->rounds.count;
    /* Workers have clocks of their own, which agree on real time only. */
    session->summary.duration_ms = session->given->virtual_time
                                       ? session->played_ms
                                       : clock_now(session->world.clock) - started;
    if (played < count)
        complain("%zu of %zu scenarios were not run", count - played, count);
}
