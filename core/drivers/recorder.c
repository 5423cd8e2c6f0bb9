/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of servers, observations and processes, the steps, and the scenario that they make.
 */
#include "base/std.h"

#include "base/portfolio.h"
#include "drivers/recorder_impl.h"

enum {
    WAIT_LEAST_MS = 200,   /* what goes on at once needs no line */
    WAIT_MOST_MS = 2000,   /* a person's pauses are not what is to be played again */
    EVENT_MOST_MS = 20000, /* what comes after a longer silence is not waited for */
    WITHIN_MS = 2000,
    MARGIN_MS = 100,
    LONG_MS = 40000, /* a replay has a minute unless it says otherwise */
    SPARE_S = 60
};

/* --- what is known ---------------------------------------------------------------------------- */

int64_t recorder_now(const struct recorder *recorder)
{
    return clock_now(recorder->config.clock);
}

struct session *recorder_session(struct recorder *recorder, const struct peer *peer)
{
    for (size_t i = 0; i < recorder->session_count; i++)
        if (recorder->sessions[i].peer == peer)
            return &recorder->sessions[i];
    return NULL;
}

struct known_server *recorder_server(struct recorder *recorder, unsigned id)
{
    for (size_t i = 0; i < recorder->server_count; i++)
        if (recorder->servers[i].id == id)
            return &recorder->servers[i];
    if (recorder->server_count == COUNT_OF(recorder->servers)) {
        recorder_pass(recorder, LIMIT_SERVERS);
        return NULL;
    }
    struct known_server *server = &recorder->servers[recorder->server_count++];
    *server = (struct known_server){.id = id};
    return server;
}

void recorder_due(struct recorder *recorder, unsigned server)
{
    for (size_t i = 0; i < recorder->server_count; i++)
        if (server == ID_NONE || recorder->servers[i].id == server)
            recorder->servers[i].is_due = true;
}

struct followed *recorder_watch(struct recorder *recorder, unsigned server, const uint8_t *token,
                                size_t len)
{
    for (size_t i = 0; i < recorder->watch_count; i++) {
        struct followed *watch = &recorder->watches[i];
        if (watch->server == server && watch->token_len == len &&
            memcmp(watch->token, token, len) == 0)
            return watch;
    }
    return NULL;
}

struct followed *recorder_watch_of(struct recorder *recorder, unsigned server, struct path path,
                                   const struct records *paths)
{
    static const struct records none = {0};
    for (size_t i = 0; i < recorder->watch_count; i++) {
        struct followed *watch = &recorder->watches[i];
        if (watch->server == server && path_equal(watch->path, path) &&
            records_equal(&watch->paths, paths == NULL ? &none : paths))
            return watch;
    }
    return NULL;
}

void recorder_watch_end(struct recorder *recorder, struct followed *watch)
{
    if (watch == NULL)
        return;
    records_release(&watch->paths);
    *watch = recorder->watches[--recorder->watch_count];
}

void recorder_watch_add(struct recorder *recorder, unsigned server, const struct message *request,
                        struct path path, const struct records *paths)
{
    recorder_watch_end(recorder, recorder_watch_of(recorder, server, path, paths));
    recorder_watch_end(recorder,
                       recorder_watch(recorder, server, request->token, request->token_len));
    if (recorder->watch_count == WATCHES_MOST) {
        recorder_pass(recorder, LIMIT_OBSERVATIONS);
        return;
    }
    recorder->watches =
        xgrow(recorder->watches, recorder->watch_count + 1, sizeof *recorder->watches);
    struct followed *watch = &recorder->watches[recorder->watch_count++];
    *watch = (struct followed){
        .server = server, .token_len = request->token_len, .path = path, .message_id = -1};
    memcpy(watch->token, request->token, sizeof watch->token);
    records_copy(paths, &watch->paths);
}

struct process *recorder_process(struct recorder *recorder, unsigned instance)
{
    for (size_t i = 0; i < recorder->process_count; i++)
        if (recorder->processes[i].instance == instance)
            return &recorder->processes[i];
    return NULL;
}

/* Whether its end will be seen: it is not when it was one at once, or nothing shows it. */
static bool runs(struct recorder *recorder, unsigned instance)
{
    struct path path = path_resource(PORTFOLIO, instance, AUTH_STATUS);
    const struct value *status = model_value(device_model(recorder->device), path);
    if (status == NULL)
        recorder->settle_ms = recorder->config.profile->latency_ms + 1;
    return status != NULL && status->integer == 0;
}

struct process *recorder_process_begin(struct recorder *recorder, unsigned instance)
{
    struct process *process = recorder_process(recorder, instance);
    if (process == NULL && recorder->process_count == PROCESSES_MOST) {
        recorder_pass(recorder, LIMIT_PROCESSES);
        return NULL;
    }
    if (process == NULL) {
        recorder->processes =
            xgrow(recorder->processes, recorder->process_count + 1, sizeof *recorder->processes);
        process = &recorder->processes[recorder->process_count++];
        *process = (struct process){.instance = (uint16_t)instance, .data = value_none()};
    }
    process->started_at = recorder_now(recorder);
    process->is_running = runs(recorder, instance);
    return process;
}

void recorder_processes_end(struct recorder *recorder, unsigned instance)
{
    for (size_t i = 0; i < recorder->process_count; i++)
        if (instance == ID_NONE || recorder->processes[i].instance == instance)
            recorder->processes[i].is_running = recorder->processes[i].is_known = false;
}

static bool is_any_running(const struct recorder *recorder)
{
    for (size_t i = 0; i < recorder->process_count; i++)
        if (recorder->processes[i].is_running)
            return true;
    return false;
}

/* --- steps ------------------------------------------------------------------------------------ */

bool recorder_is_open(const struct recorder *recorder)
{
    return recorder->device != NULL && !recorder->is_stopped && !recorder->is_full;
}

/* Takes LINE over and puts it at PLACE. */
static void insert(struct recorder *recorder, size_t place, const char *line)
{
    size_t size = recorder->size + strlen(line) + 1;
    if (!recorder_is_open(recorder))
        return;
    if (size > RECORD_MOST - STEP_MOST || recorder->step_count == RECORDED_STEPS_MOST) {
        recorder->is_full = true;
        trace_say(recorder->config.trace, EVENT_WARNING, "device",
                  "the record is full after %zu steps: what comes now is left out",
                  recorder->step_count);
        return;
    }
    recorder->steps = xgrow(recorder->steps, recorder->step_count + 1, sizeof *recorder->steps);
    memmove(recorder->steps + place + 1, recorder->steps + place,
            (recorder->step_count - place) * sizeof *recorder->steps);
    recorder->steps[place] = xstrdup(line);
    recorder->step_count++;
    recorder->size = size;
}

void recorder_remark(struct recorder *recorder, const char *text)
{
    insert(recorder, recorder->step_count, text);
}

void recorder_pass(struct recorder *recorder, enum recorder_limit limit)
{
    static const struct {
        unsigned most;
        const char *what, *consequence;
    } rows[RECORDER_LIMITS] = {
        [LIMIT_OBSERVATIONS] = {WATCHES_MOST, "observations", "what is told of others is left out"},
        [LIMIT_PROCESSES] = {PROCESSES_MOST, "Portfolio instances with a result",
                             "that of others is expected as any"},
        [LIMIT_SERVERS] = {SERVERS_MOST, "servers", "registrations with others are left out"},
    };
    char text[200];
    if (recorder->has_passed[limit])
        return;
    recorder->has_passed[limit] = true;
    snprintf(text, sizeof text, "# More than %u %s: %s.", rows[limit].most, rows[limit].what,
             rows[limit].consequence);
    recorder_remark(recorder, text);
    trace_say(recorder->config.trace, EVENT_WARNING, "device",
              "the record has no room for more than %u %s: %s", rows[limit].most, rows[limit].what,
              rows[limit].consequence);
}

/* Whom a step is for: nothing for the first account's server. */
static void put_server(const struct recorder *recorder, unsigned server, struct buf *out)
{
    const struct profile *profile = recorder->config.profile;
    bool is_first = profile->server_count > 0 && profile->servers[0].ssid == server;
    if (server == BOOTSTRAP_SERVER)
        buf_puts(out, "at bootstrap ");
    else if (server != ID_NONE && !is_first)
        buf_printf(out, "at %u ", server);
}

/* How long a replay waits before it goes on after GAP_MS: enough for a process that was over by
 * then, and not too much for one that was not. */
static int64_t wait_of(struct recorder *recorder, int64_t gap_ms)
{
    int64_t wait = gap_ms < WAIT_MOST_MS ? gap_ms : WAIT_MOST_MS;
    bool must_settle = recorder->settle_ms > 0;
    if (must_settle) {
        int64_t settled = recorder->settle_ms * 3 / 2 + MARGIN_MS;
        wait = wait > settled ? wait : settled;
    } else if (is_any_running(recorder)) {
        wait /= 2;
    }
    recorder->settle_ms = 0;
    return wait < WAIT_LEAST_MS && !must_settle ? 0 : (wait + 9) / 10 * 10;
}

static void add_wait(struct recorder *recorder, size_t place, int64_t gap_ms)
{
    char line[64];
    int64_t wait = wait_of(recorder, gap_ms);
    if (wait == 0 || recorder->step_count == 0)
        return;
    snprintf(line, sizeof line, "wait %" PRId64 "ms", wait);
    insert(recorder, place, line);
    recorder->plays_ms += wait;
}

static void put_within(struct recorder *recorder, int64_t gap_ms, struct buf *out)
{
    int64_t within = gap_ms * 2 + WITHIN_MS / 2;
    if (within > WITHIN_MS)
        buf_printf(out, " within %" PRId64 "s", (within + 999) / 1000);
    recorder->plays_ms += gap_ms;
}

static void put_rules(struct recorder *recorder, struct buf *out)
{
    if (recorder->says_signature || recorder->says_ciphertext)
        buf_printf(out, " [%s%s%s]", recorder->says_signature ? "PF-AUTH-1" : "",
                   recorder->says_signature && recorder->says_ciphertext ? " " : "",
                   recorder->says_ciphertext ? "PF-ENC-1" : "");
    recorder->has_signature = recorder->has_signature || recorder->says_signature;
    recorder->has_ciphertext = recorder->has_ciphertext || recorder->says_ciphertext;
    recorder->says_signature = false;
    recorder->says_ciphertext = false;
}

void recorder_add(struct recorder *recorder, const struct step_text *step)
{
    int64_t gap = recorder_now(recorder) - recorder->last_at;
    struct buf line;
    buf_init_secret(&line, STEP_MOST + 256);
    bool is_late = step->is_event && gap > EVENT_MOST_MS;
    if (is_late)
        buf_printf(&line, "# Left out, for it came after %" PRId64 " s: ", gap / 1000);
    put_server(recorder, step->server, &line);
    buf_put(&line, step->text);
    if (step->is_event && !is_late)
        put_within(recorder, gap, &line);
    else if (!is_late)
        add_wait(recorder, recorder->step_count, gap);
    put_rules(recorder, &line);
    insert(recorder, recorder->step_count, buf_text(&line));
    recorder->last_at = recorder_now(recorder);
    buf_release(&line);
}

size_t recorder_place(const struct recorder *recorder)
{
    return recorder == NULL ? 0 : recorder->step_count;
}

/* The device registers by itself when a scenario begins. */
static bool is_beginning(const struct recorder *recorder, const struct stimulus *stimulus)
{
    return stimulus->kind == STIMULUS_REGISTER && recorder->step_count == 0 &&
           recorder->server_count == 0;
}

void recorder_stimulated(struct recorder *recorder, size_t place, const struct stimulus *stimulus)
{
    struct buf line;
    if (recorder == NULL || is_beginning(recorder, stimulus))
        return;
    if (stimulus->kind == STIMULUS_REGISTER || stimulus->kind == STIMULUS_RESTART)
        recorder_due(recorder, ID_NONE);
    if (stimulus->kind == STIMULUS_RESTART)
        recorder_processes_end(recorder, ID_NONE);
    buf_init_secret(&line, STEP_MOST);
    record_stimulus(stimulus, &line);
    if (line.len > 0 && !line.bad) {
        size_t before = recorder->step_count;
        if (place == before)
            add_wait(recorder, place, recorder_now(recorder) - recorder->last_at);
        insert(recorder, place + (recorder->step_count - before), buf_text(&line));
        recorder->last_at = recorder_now(recorder);
    }
    buf_release(&line);
}

/* --- the scenario ------------------------------------------------------------------------------
 */

static void put_covers(const struct recorder *recorder, struct buf *out)
{
    if (recorder->has_signature || recorder->has_ciphertext)
        buf_printf(out, "covers   %s%s%s\n", recorder->has_signature ? "PF-AUTH-1" : "",
                   recorder->has_signature && recorder->has_ciphertext ? " " : "",
                   recorder->has_ciphertext ? "PF-ENC-1" : "");
}

static void put_servers(const struct recorder *recorder, struct buf *out)
{
    for (size_t i = 0; i < recorder->brought_count; i++)
        buf_printf(out, "%s%u=%s", i == 0 ? "servers  " : " ", (unsigned)recorder->brought[i].id,
                   recorder->brought[i].scheme);
    if (recorder->brought_count > 0)
        buf_puts(out, "\n");
}

static void put_remarks(const struct recorder *recorder, struct buf *out)
{
    if (recorder->config.has_state)
        buf_puts(out,
                 "# The device began with what it had kept, and a replay does with its profile "
                 "alone.\n");
    if (recorder->secrets > 0)
        buf_printf(out,
                   "# Keys are left out. Give each with --set, as in --set secret_1=hex:0a0b, and\n"
                   "# let `security` name a file in which the server has the same.\n");
    if (recorder->config.defect != NULL)
        buf_printf(out, "# The device had a defect: give --device-defect=%s.\n",
                   recorder->config.defect);
    if (recorder->is_full)
        buf_puts(out, "# It is not whole: there was more than a scenario can hold.\n");
}

void recorder_put(const struct recorder *recorder, struct buf *out)
{
    const char *name = recorder->config.name;
    struct buf title;
    buf_puts(out,
             "# What servers did to a device, written down by lwm2m-portfolio device --record.\n");
    put_remarks(recorder, out);
    buf_puts(out, "title    ");
    buf_init(&title, STEP_MOST);
    buf_printf(&title, "Recorded from %s", name);
    record_quoted(buf_bytes(&title), out);
    buf_release(&title);
    buf_puts(out, "\nprofile  ");
    if (record_is_word(bytes_of(name)))
        buf_puts(out, name);
    else
        record_quoted(bytes_of(name), out);
    buf_puts(out, "\ntags     recorded\n");
    put_covers(recorder, out);
    put_servers(recorder, out);
    if (recorder->plays_ms > LONG_MS)
        buf_printf(out, "timeout  %" PRId64 "s\n", 2 * recorder->plays_ms / 1000 + SPARE_S);
    buf_puts(out, "\n");
    for (size_t i = 0; i < recorder->step_count; i++)
        buf_printf(out, "%s\n", recorder->steps[i]);
}

/* --- life --------------------------------------------------------------------------------------
 */

struct recorder *recorder_new(const struct recorder_config *config)
{
    struct recorder *recorder = xalloc(sizeof *recorder);
    recorder->config = *config;
    recorder->last_at = recorder_now(recorder);
    return recorder;
}

void recorder_free(struct recorder *recorder)
{
    if (recorder == NULL)
        return;
    assert(recorder->device == NULL);
    recorder_sessions_end(recorder);
    for (size_t i = 0; i < recorder->step_count; i++)
        free(recorder->steps[i]);
    for (size_t i = 0; i < recorder->process_count; i++)
        value_release(&recorder->processes[i].data);
    while (recorder->watch_count > 0)
        recorder_watch_end(recorder, &recorder->watches[0]);
    free(recorder->steps);
    free(recorder->processes);
    free(recorder->watches);
    free(recorder);
}

void recorder_stop(struct recorder *recorder)
{
    if (recorder != NULL)
        recorder->is_stopped = true;
}

size_t recorder_count(const struct recorder *recorder)
{
    return recorder->requests;
}
