/* SPDX-License-Identifier: Apache-2.0 */
/* Plays a checked scenario on a stage and judges each check. */
#include "base/std.h"

#include "scenario/run_impl.h"
#include "scenario/theirs_impl.h"

enum {
    WITHIN_MS = 2000,
    ANSWER_MS = 30000,
    CLEANUP_MS = 15000,
    TURN_MOST_MS = 1000,
    LAST_TURNS = 8
};

static int64_t now(const struct run *run)
{
    return run->stage->ops->now(run->stage);
}

static bool is_stopped(const struct run *run)
{
    return !run->in_cleanup && run->options->stop != NULL && *run->options->stop != 0;
}

/* --- the result ------------------------------------------------------------------------ */
static void set_reason(struct run *run, const char *format, ...) PRINTF_LIKE(2, 3);
static void set_reason(struct run *run, const char *format, ...)
{
    char text[600];
    va_list values;
    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    buf_clear(&run->result->reason);
    buf_puts(&run->result->reason, text);
}

/* Ends the scenario as a whole with VERDICT; the first reason of the worst verdict stays. */
static void give_verdict(struct run *run, enum verdict verdict, const char *reason)
{
    enum verdict worse = verdict_worse(run->result->verdict, verdict);
    if (worse == run->result->verdict && run->result->reason.len > 0)
        return;
    run->result->verdict = worse;
    set_reason(run, "%.580s", reason);
}

static void add_check(struct run *run, const struct step *step, const struct rule *rule,
                      enum verdict verdict, struct performed *performed)
{
    struct result *result = run->result;
    unsigned column = 0;
    result->checks = xgrow(result->checks, result->check_count + 1, sizeof *result->checks);
    struct check *check = &result->checks[result->check_count++];
    *check = (struct check){.rule = rule, .verdict = verdict};
    buf_init(&check->text, EXPLANATION_MOST);
    source_locate(&run->scenario->source, step->line.data, &check->line, &column);
    if (verdict == VERDICT_PASS && performed->finding.accepted == NULL)
        return;
    struct buf messages;
    buf_init(&messages, EXPLANATION_MOST / 2);
    run->stage->ops->messages(run->stage, &messages);
    buf_put(&messages, buf_bytes(&run->datagrams));
    struct explanation explanation = {.source = &run->scenario->source,
                                      .step = step,
                                      .finding = &performed->finding,
                                      .rule = rule,
                                      .is_seen = performed->is_seen,
                                      .verdict = verdict,
                                      .actual = buf_bytes(&performed->actual),
                                      .messages = buf_bytes(&messages)};
    if (verdict == VERDICT_PASS) {
        buf_printf(&check->text, "%s: ", run->scenario->file);
        summarize(&explanation, check->line, &check->text);
        performed->finding.accepted = NULL; /* once, however many rules the step names */
    } else {
        explain(&explanation, &check->text);
        buf_clear(&messages);
        summarize(&explanation, check->line, &messages);
        give_verdict(run, verdict, buf_text(&messages));
    }
    buf_release(&messages);
}

/* What the step came to, for RULE; IS_SERVERS: somebody else's server has broken it. */
static enum comparison compare_rule(const struct run *run, const struct rule *rule,
                                    enum comparison result, bool is_servers)
{
    if (!is_servers || (rule->sides & SIDE_SERVER) != 0)
        return umpire_compared(run->umpire, rule, result);
    return umpire_has_arrived(run->umpire) ? COMPARISON_MET : COMPARISON_UNKNOWN;
}

/* Adds a check for each rule of STEP; true when the scenario goes on. */
static bool judge(struct run *run, const struct step *step, struct performed *performed)
{
    enum comparison result = performed->finding.result;
    bool stops = result == COMPARISON_ERROR || result == COMPARISON_ELSE;
    if (!step_is_check(step)) {
        if (result == COMPARISON_MET)
            return true;
        add_check(run, step, NULL, verdict_of_finding(NULL, result, run->options, run->claims),
                  performed);
        return step->should;
    }
    bool is_blamed = result != COMPARISON_BROKEN;
    bool is_servers = !is_blamed && umpire_is_servers(run->umpire, performed->fits);
    if (is_servers && !umpire_has_arrived(run->umpire) && performed->finding.reason[0] == '\0')
        snprintf(performed->finding.reason, sizeof performed->finding.reason,
                 "the device was not asked for this");
    for (size_t i = 0; i < step->rule_count || !is_blamed; i++) {
        /* Where the server is not to blame for what it decided, its device is for the rest, if the
         * server is not somebody else's. */
        bool is_rest = i >= step->rule_count;
        const struct rule *rule = is_rest ? umpire_blamed(run->umpire, is_servers) : step->rules[i];
        if (rule == NULL)
            break;
        enum comparison found =
            is_rest && is_servers ? result : compare_rule(run, rule, result, is_servers);
        enum verdict verdict = verdict_of_finding(rule, found, run->options, run->claims);
        add_check(run, step, rule, verdict, performed);
        bool is_open = is_servers && found == COMPARISON_UNKNOWN;
        is_blamed = is_blamed || (found != COMPARISON_MET && !is_open) || is_rest;
        stops = stops || (verdict == VERDICT_FAIL && rule_stops(rule));
    }
    if (result == COMPARISON_BROKEN && performed->finding.also != NULL) {
        const struct rule *rule = rule_find(bytes_of(performed->finding.also));
        add_check(run, step, rule, verdict_of_break(rule, run->options, run->claims), performed);
    }
    return !stops || (step->should && result != COMPARISON_ERROR);
}

/* --- operations ------------------------------------------------------------------------ */
/* Whom STEP is for; NULL, and said in FINDING, when this cast has nobody for that. */
const struct cast_server *run_server_of(const struct run *run, const struct step *step,
                                        struct finding *finding)
{
    for (size_t i = 0; i < run->cast.server_count; i++)
        if (run->cast.servers[i].id == step->server)
            return &run->cast.servers[i];
    if (step->server == BOOTSTRAP_SERVER)
        *finding = finding_of(COMPARISON_UNKNOWN, "there is no bootstrap server");
    else
        *finding = finding_of(COMPARISON_UNKNOWN, "there is no server %u", step->server);
    return NULL;
}

static void perform_filled(struct run *run, const struct step *step,
                           const struct operation *operation, struct performed *performed)
{
    struct outcome outcome;
    struct error error;
    const struct cast_server *server = run_server_of(run, step, &performed->finding);
    if (server == NULL)
        return;
    outcome_init(&outcome);
    error_clear(&error);
    umpire_ask(run->umpire, operation);
    enum status status = server->actor->ops->perform(server->actor, run->claims->endpoint,
                                                     operation, &outcome, &error);
    umpire_done(run->umpire, status, &outcome);
    const char *why = error.text[0] != '\0' ? error.text : outcome.problem;
    performed->is_heard = status == ST_OK || outcome.misanswered;
    if (status == ST_OK) {
        performed->finding = compare_outcome(&run->comparer, step, &outcome);
        outcome_explain(&outcome, step->path, &performed->actual);
        saved_keep(&run->saved, step->save, &outcome, step->path, step_takes_whole(step));
        run_accept(run, step, &outcome, &performed->finding);
        if (performed->finding.result == COMPARISON_MET && umpire_is_baseless(run->umpire))
            performed->finding =
                finding_of(COMPARISON_UNKNOWN, "the server has not started GetAuthData");
    } else if (status_is_absence(status, run->options, step)) {
        performed->finding = finding_of_absence(why);
    } else if (outcome.misanswered) {
        performed->finding = finding_of_misanswer(step, why);
        buf_puts(&performed->actual, "no answer that fits");
    } else if (status_is_silence(status)) {
        performed->finding =
            finding_of_silence(step, run->options->third_party_device, run->is_piggybacked, why);
        performed->is_silent = run->options->third_party_server;
        buf_puts(&performed->actual, "no answer");
    } else {
        performed->finding = finding_of_status(status, why);
    }
    if (operation->kind != OPERATION_REPEAT)
        run->is_piggybacked = outcome.code != 0 && !outcome.is_separate && operation->confirmable;
    const struct outcome *answer = umpire_answer(run->umpire);
    performed->fits = performed->finding.result == COMPARISON_BROKEN && answer != NULL &&
                      compare_outcome(&run->comparer, step, answer).result == COMPARISON_MET;
    outcome_release(&outcome);
}

static void perform_operation(struct run *run, const struct step *step, struct performed *performed)
{
    struct operation operation;
    int64_t left = run->deadline - now(run);
    if (operation_fill(step, &run->saved, &operation)) {
        operation.limit_ms = run_with_patience(run, step->has_within ? step->within_ms : ANSWER_MS);
        if (operation.limit_ms > left)
            operation.limit_ms = left;
        operation.tidies = run->in_cleanup;
        perform_filled(run, step, &operation, performed);
    } else {
        /* What ended before it was saved has not changed it. */
        bool is_untouched = run->in_cleanup && run->result->verdict == VERDICT_NOT_APPLICABLE;
        performed->finding = finding_of(is_untouched ? COMPARISON_ELSE : COMPARISON_UNKNOWN,
                                        "nothing was saved as \"$%.100s\"", step->sends);
    }
    records_release(&operation.values);
}

/* --- time and events ------------------------------------------------------------------- */
static bool turn(struct run *run, int64_t until)
{
    int64_t left = (until < run->deadline ? until : run->deadline) - now(run);
    if (left <= 0 || is_stopped(run) || run_lost_pace(run) != NULL)
        return false;
    run->stage->ops->turn(run->stage, left < TURN_MOST_MS ? left : TURN_MOST_MS);
    return true;
}

/* Waits for what LOOK finds: within the step's time, and a last look for what came in time. */
const void *run_await(struct run *run, const struct step *step,
                      const void *(*look)(struct run *run, const struct step *step))
{
    /* Patience is for what is to come: a longer silence would be another demand. */
    bool absent = (step->verb->flags & VERB_ABSENT) != 0;
    int64_t within = step->has_within ? step->within_ms : WITHIN_MS;
    int64_t until = now(run) + (absent ? within : run_awaited_time(run, within));
    const void *found = look(run, step);
    while (found == NULL && turn(run, until))
        found = look(run, step);
    /* A machine that was busy elsewhere may not have had time to look at what is there. */
    for (int i = 0; found == NULL && !absent && i < LAST_TURNS; i++) {
        run->stage->ops->turn(run->stage, 0);
        found = look(run, step);
    }
    return found;
}

static const void *look_for_event(struct run *run, const struct step *step)
{
    return events_take(&run->events, step);
}

static const void *look_for_registration(struct run *run, const struct step *step)
{
    const struct registered *known = events_registration(&run->events, step->server);
    return known != NULL && known->alive ? known : NULL;
}

static void expect_registration(struct run *run, const struct step *step,
                                struct performed *performed)
{
    const struct registered *known = run_await(run, step, look_for_registration);
    run_skip_registrations(run, (int)step->server);
    if (known == NULL) {
        buf_puts(&performed->actual, "no registration is alive");
        run_put_failure("; what failed first: ", events_first_failure(&run->events),
                        &performed->actual);
        performed->finding = finding_of(COMPARISON_BROKEN, "%s", "");
    } else {
        struct registration_seen seen = {known->links != NULL, known->links, known->lifetime,
                                         known->terms};
        performed->finding = compare_registration(&run->comparer, &step->expectation, &seen);
        buf_printf(&performed->actual, "register links(%s)", seen.links == NULL ? "" : seen.links);
    }
    run_look_at_device(run, step, NULL, performed);
}

struct finding run_compare_heard(const struct run *run, const struct step *step,
                                 const struct heard *heard)
{
    struct registration_seen seen = {heard->has_list, heard->links, heard->lifetime, heard->terms};
    switch ((enum expect_kind)step->verb->what) {
    case EXPECT_REGISTER:
    case EXPECT_FRESH_REGISTER:
    case EXPECT_UPDATE:
        return compare_registration(&run->comparer, &step->expectation, &seen);
    case EXPECT_NOTIFY:
    case EXPECT_NOTIFY_COMPOSITE:
    case EXPECT_SEND:
        return compare_outcome(&run->comparer, step, &heard->outcome);
    case EXPECT_DEREGISTER:
    case EXPECT_EXPIRY:
    case EXPECT_REQUEST:
    case EXPECT_SECURED:
    case EXPECT_FAILURE:
        break;
    }
    return (struct finding){.result = COMPARISON_MET};
}

static void take_heard(struct run *run, const struct step *step, const struct heard *heard,
                       struct performed *performed)
{
    unsigned what = step->verb->what;
    if (what == EXPECT_NOTIFY || what == EXPECT_NOTIFY_COMPOSITE || what == EXPECT_SEND)
        saved_keep(&run->saved, step->save, &heard->outcome, step->path, false);
    performed->finding = run_compare_heard(run, step, heard);
}

static void perform_expect(struct run *run, const struct step *step, struct performed *performed)
{
    bool absent = (step->verb->flags & VERB_ABSENT) != 0;
    const char *blind = cast_blindness(&run->cast, step);
    if (blind != NULL) {
        performed->finding = finding_of(COMPARISON_UNKNOWN, "%s", blind);
        return;
    }
    if (step->verb->what == EXPECT_REGISTER) {
        expect_registration(run, step, performed);
        return;
    }
    const struct heard *heard = run_await(run, step, look_for_event);
    if (heard != NULL)
        heard_explain(heard, &performed->actual);
    else if (!absent)
        buf_puts(&performed->actual, "nothing of that kind came in time");
    performed->is_silent = heard == NULL && !absent;
    performed->is_heard = heard != NULL;
    if (absent == (heard != NULL))
        performed->finding = finding_of(COMPARISON_BROKEN, "%s", "");
    else if (heard != NULL)
        take_heard(run, step, heard, performed);
    run_look_at_device(run, step, heard, performed);
    if (heard != NULL && !absent && step->verb->what == EXPECT_NOTIFY)
        run_accept(run, step, &heard->outcome, &performed->finding);
}

static void perform_wait(struct run *run, const struct step *step)
{
    bool is_exact = step->verb->what == WAIT_EXACTLY;
    int64_t until =
        now(run) + (is_exact ? step->within_ms : run_waiting_time(run, step->within_ms));
    while (turn(run, until))
        continue;
}

/* --- the walk -------------------------------------------------------------------------- */
static void perform(struct run *run, const struct step *step, struct performed *performed)
{
    switch (step->verb->kind) {
    case STEP_OPERATION:
        perform_operation(run, step, performed);
        break;
    case STEP_CONTROL:
        run_control(run, step, performed);
        break;
    case STEP_STIMULUS:
        run_stimulus(run, step, performed);
        break;
    case STEP_LINK:
        run_link(run, step, performed);
        break;
    case STEP_EXPECT:
        perform_expect(run, step, performed);
        break;
    case STEP_WAIT:
        perform_wait(run, step);
        break;
    }
}

static void give_up(struct run *run, const struct step *step, enum status status, const char *why)
{
    unsigned line = 0;
    unsigned column = 0;
    struct buf reason;
    buf_init(&reason, EXPLANATION_MOST);
    source_locate(&run->scenario->source, step->line.data, &line, &column);
    buf_printf(&reason, "line %u: ", line);
    step_name(step, &reason);
    buf_printf(&reason, ": %s", why);
    run->status = status;
    give_verdict(run, VERDICT_ERROR, buf_text(&reason));
    buf_release(&reason);
}

/* The run was ended from outside while STEP was under way: it proves nothing. */
static bool was_cut(struct run *run, const struct step *step)
{
    bool stopped = is_stopped(run);
    bool late = now(run) >= run->deadline;
    const char *lost = run_lost_pace(run);
    if (stopped)
        give_up(run, step, ST_CANCELLED, "stopped before its end");
    else if (lost != NULL)
        give_up(run, step, ST_TIMEOUT, lost);
    else if (late)
        give_up(run, step, ST_TIMEOUT, "the time limit passed before its end");
    return stopped || late || lost != NULL;
}

/* What the umpire has seen meanwhile. It never stops a scenario: the steps themselves do. */
static void add_findings(struct run *run, const struct step *step)
{
    struct umpire_finding seen;
    while (umpire_take(run->umpire, &seen)) {
        struct performed performed = {.finding = finding_of(COMPARISON_BROKEN, "%s", seen.reason),
                                      .is_seen = true};
        buf_init(&performed.actual, EXPLANATION_MOST);
        add_check(run, step, seen.rule, verdict_of_break(seen.rule, run->options, run->claims),
                  &performed);
        buf_release(&performed.actual);
    }
}

static bool play_step(struct run *run, const struct step *step)
{
    struct performed performed = {.finding = {.result = COMPARISON_MET}};
    run_tell_step(run, step);
    buf_clear(&run->datagrams);
    buf_init(&performed.actual, EXPLANATION_MOST / 2);
    umpire_step(run->umpire, step);
    int64_t started_at = now(run);
    perform(run, step, &performed);
    run_look_for_haste(run, step, started_at, &performed);
    finding_follow(&performed.finding, step, &run->is_undone);
    run_look_for_absence(run, &performed);
    run_excuse_device(run, &performed);
    run_note_silence(run, step, &performed);
    run->status = performed.finding.is_lost ? ST_UNREACHABLE : run->status;
    bool goes_on = false;
    bool is_open = performed.finding.result != COMPARISON_MET && !performed.finding.is_lost;
    bool proves_nothing = is_open && was_cut(run, step);
    if (!proves_nothing)
        add_findings(run, step);
    if (!proves_nothing)
        goes_on = judge(run, step, &performed) && !was_cut(run, step);
    buf_release(&performed.actual);
    return goes_on;
}

/* Silence that an end of others met by having died has proved nothing. */
static void look_at_end(struct run *run)
{
    struct performed performed = {.finding = {.result = COMPARISON_MET}};
    enum verdict verdict = run->result->verdict;
    if ((verdict != VERDICT_PASS && verdict != VERDICT_WARN) ||
        !run_ends_in_absence(run, &performed))
        return;
    buf_init(&performed.actual, EXPLANATION_MOST / 2);
    run->status = ST_UNREACHABLE;
    judge(run, run->unheard, &performed);
    buf_release(&performed.actual);
}

static void play(struct run *run)
{
    const struct scenario *scenario = run->scenario;
    run_tell_begin(run);
    run_limit(run, run_usual_limit(run));
    for (size_t i = 0; i < scenario->cleanup_at; i++)
        if (!play_step(run, &scenario->steps[i]))
            break;
    look_at_end(run);
    run->in_cleanup = true;
    run_limit(run, CLEANUP_MS);
    for (size_t i = scenario->cleanup_at; i < scenario->step_count; i++)
        play_step(run, &scenario->steps[i]);
    if (run->events.dropped > 0)
        give_verdict(run, VERDICT_ERROR,
                     "more events came than can be kept: is it an endless loop?");
    run_tell_end(run);
}

static void hear(void *arg, const struct actor_event *event)
{
    struct run *run = arg;
    umpire_hear(run->umpire, event);
    run_see(run, event);
    events_add(&run->events, event);
}

static void set_up_and_play(struct run *run)
{
    struct error error;
    error_clear(&error);
    struct actor_listener listener = {hear, run};
    int64_t started = now(run);
    struct setting setting = scenario_setting(run->scenario);
    run_limit(run, run_usual_limit(run)); /* what is set up may be in an endless loop */
    run->umpire = umpire_new(run->claims, run->comparer.oracle, run->stage);
    if (run->options->third_party_server)
        umpire_trust(run->umpire);
    run->status = run->stage->ops->set_up(run->stage, &setting, listener, &run->cast, &error);
    bool is_for_it = run->status != ST_UNSUPPORTED;
    if (run->status == ST_OK)
        play(run);
    else
        give_verdict(run, is_for_it ? VERDICT_ERROR : VERDICT_NOT_APPLICABLE,
                     error.text[0] != '\0' ? error.text : status_text(run->status));
    run->status = is_for_it ? run->status : ST_OK;
    run->stage->ops->strike(run->stage);
    run_tell_left(run);
    umpire_free(run->umpire);
    run->result->duration_ms = now(run) - started;
}

/* The first error that was found, as the reason of the whole. */
static void refuse(struct run *run, enum status status, const struct error_list *errors)
{
    struct buf text;
    buf_init(&text, 1000);
    if (errors->count > 0)
        error_format(&errors->items[0], &text);
    else
        buf_puts(&text, status_text(status));
    run->status = status;
    give_verdict(run, VERDICT_ERROR, buf_text(&text));
    buf_release(&text);
}

static void start(struct run *run, struct error_list *errors)
{
    const struct run_options *options = run->options;
    struct setting setting = scenario_setting(run->scenario);
    enum status status =
        run->stage->ops->look_up(run->stage, &setting, &run->claims, &run->comparer.oracle, errors);
    if (status != ST_OK) {
        refuse(run, status, errors);
        return;
    }
    memcpy(run->result->profile_sha256, run->claims->profile_sha256,
           sizeof run->result->profile_sha256);
    struct error reason;
    if (!scenario_suits(run->scenario, run->claims, &reason)) {
        give_verdict(run, VERDICT_NOT_APPLICABLE, reason.text);
        return;
    }
    status = scenario_check(run->scenario, run->claims, run->comparer.oracle, options->bindings,
                            options->binding_count, errors);
    if (status != ST_OK && scenario_is_for_another(run->scenario, options, errors, &reason))
        give_verdict(run, VERDICT_NOT_APPLICABLE, reason.text);
    else if (status != ST_OK)
        refuse(run, status, errors);
    else if (scenario_is_out_of_reach(run->scenario, options, run->claims, run->comparer.oracle,
                                      &reason))
        give_verdict(run, VERDICT_NOT_APPLICABLE, reason.text);
    else
        set_up_and_play(run);
}

void scenario_run(struct scenario *scenario, struct stage *stage, const struct run_options *options,
                  struct result *result, enum status *out_status)
{
    struct error_list errors;
    struct run run = {.scenario = scenario, .stage = stage, .options = options, .result = result};
    *result =
        (struct result){.file = scenario->file,
                        .title = scenario->played != NULL ? scenario->played : scenario->title,
                        .profile = scenario->profile,
                        .tags = scenario_tags(scenario),
                        .verdict = VERDICT_PASS,
                        .format = scenario->format,
                        .seed = -1};
    buf_init(&result->reason, 1000);
    run.comparer.saved = &run.saved;
    buf_init_secret(&run.datagrams, EXPLANATION_MOST / 2);
    error_list_init(&errors);
    start(&run, &errors);
    error_list_release(&errors);
    saved_release(&run.saved);
    buf_release(&run.datagrams);
    events_release(&run.events);
    events_release(&run.seen);
    *out_status = run.status;
}
