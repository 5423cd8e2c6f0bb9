/* SPDX-License-Identifier: Apache-2.0 */
/* lwm2m-portfolio-leshan: drives Leshan's demo server for lwm2m-portfolio, by its REST interface
 * and event stream. A process of its own, so that only it links libcurl. */
#include "base/std.h"

#include <unistd.h>

#include "adapters/http.h"
#include "adapters/leshan.h"
#include "base/clock.h"
#include "base/file.h"

enum { TURN_MS = 500, WAIT_MS = 10000, PIECE = 65536 };
/* Leshan counts by whole seconds; its word that the client is silent may come this much late. */
enum { LATER_MS = 800 };
/* What is under way when the input ends may still be answered; the tool waits for 2 s. */
enum { LEAVE_MS = 1000 };
enum { FAILURE = 1, USAGE = 2 };
enum { HTTP_OK = 200, UNAUTHORIZED = 401, FORBIDDEN = 403 };
enum { TICKET_MOST = 100, LATE_MOST = 1000 };

struct errand;

struct adapter {
    struct http *http;           /* (owned) */
    struct clock *clock;         /* (owned) */
    struct leshan_stream stream; /* (owned) */
    struct buf input;            /* (owned) of a line that is not over */
    struct buf output;           /* (owned) */
    struct errand *late;         /* (owned) those whose client sleeps */
    size_t late_count;
    struct buf early; /* (owned) the last such answer whose ticket was not known yet */
    int64_t hello;    /* id of the hello that waits for the stream; -1: none */
    struct timer hello_limit;
    int64_t leaves_at; /* the input is over; -1: it is not */
    bool has_failed;
};

/* One request under way. */
struct errand {
    struct adapter *adapter; /* (borrowed) */
    struct errand *next;     /* (owned) */
    struct adapter_request request;
    int64_t give_up_at;
    struct buf ticket; /* (owned) */
    struct timer limit;
};

static void say(struct adapter *adapter, const char *text)
{
    buf_puts(&adapter->output, "{\"event\":\"log\",");
    adapter_put_member(&adapter->output, "text", bytes_of(text));
    buf_puts(&adapter->output, "}\n");
}

/* The tool is told by the end of the adapter: what was missed cannot be made up for. */
static void give_up(struct adapter *self, const char *what, const char *problem)
{
    struct buf text;
    buf_init(&text, PIECE);
    buf_printf(&text, "%s%s%s", what, problem[0] != '\0' ? ": " : "", problem);
    say(self, buf_text(&text));
    fprintf(stderr, "lwm2m-portfolio-leshan: %s\n", buf_text(&text));
    buf_release(&text);
    self->has_failed = true;
}

/* --- hello -------------------------------------------------------------------------------------
 */

static void put_hello(struct adapter *adapter)
{
    buf_printf(&adapter->output,
               "{\"id\":%" PRId64 ",\"protocol\":%d,\"name\":\"Leshan\",\"version\":\"(not told)\","
               "\"can\":[",
               adapter->hello, ADAPTER_PROTOCOL);
    for (enum operation_kind kind = OPERATION_READ; kind <= OPERATION_CANCEL_COMPOSITE; kind++)
        buf_printf(&adapter->output, "\"%s\",", operation_name(kind));
    buf_puts(&adapter->output, "\"registered\",\"updated\",\"deregistered\",\"notify\",\"send\"],"
                               "\"tells\":[\"values\",\"links\"]}\n");
}

static void refuse_hello(struct adapter *adapter, const char *why, const char *what,
                         const char *problem)
{
    struct buf text;
    if (adapter->hello < 0)
        return;
    buf_init(&text, PIECE);
    buf_puts(&text, what);
    buf_put_plain(&text, bytes_of(problem));
    adapter_put_error(&adapter->output, adapter->hello, why, buf_bytes(&text));
    adapter->hello = -1;
    timer_stop(&adapter->hello_limit);
    buf_release(&text);
}

/* There is an answer, and it is of no use. */
static void refuse_other(struct adapter *adapter, long status)
{
    char what[120] = "what answers is not the REST interface of Leshan";
    if (status == UNAUTHORIZED || status == FORBIDDEN)
        snprintf(what, sizeof what,
                 "Leshan wants a user and a password; put them into ~/.netrc (HTTP status %ld)",
                 status);
    else if (status != HTTP_OK)
        snprintf(what, sizeof what,
                 "what answers is not the REST interface of Leshan: HTTP status %ld", status);
    refuse_hello(adapter, "failed", what, "");
}

static void refuse_silence(struct adapter *adapter, const struct http_answer *answer)
{
    refuse_hello(adapter, answer->result == ST_LIMIT ? "failed" : "unreachable",
                 "Leshan cannot be reached: ", answer->problem);
}

static void on_hello_limit(void *arg)
{
    struct adapter *adapter = arg;
    refuse_hello(adapter, "timeout",
                 "Leshan cannot be reached: ", "it accepts connections and does not answer");
    http_hush(adapter->http);
}

/* Who is registered already is told before the answer, so that nobody is missed. */
static void on_registrations(void *arg, const struct http_answer *answer)
{
    struct adapter *adapter = arg;
    if (adapter->hello < 0)
        return;
    if (answer->result != ST_OK)
        refuse_silence(adapter, answer);
    else if (answer->status != HTTP_OK || !leshan_registrations(answer->body, &adapter->output))
        refuse_other(adapter, answer->status);
    if (adapter->hello >= 0)
        put_hello(adapter);
    else
        http_hush(adapter->http);
    adapter->hello = -1;
    timer_stop(&adapter->hello_limit);
}

static void on_opened(void *arg)
{
    struct adapter *adapter = arg;
    struct http_request request = {
        .method = "GET", .target = bytes_of("/api/clients"), .timeout_ms = WAIT_MS};
    http_call(adapter->http, &request, on_registrations, adapter);
}

static void on_heard(void *arg, struct bytes octets)
{
    struct adapter *adapter = arg;
    if (!adapter->has_failed && !leshan_stream_take(&adapter->stream, octets))
        give_up(adapter, "Leshan's event stream has an event of more than 1 MiB", "");
}

/* Whoever was answered to by now relies on the events. */
static void on_ended(void *arg, const struct http_answer *end)
{
    struct adapter *adapter = arg;
    if (adapter->hello < 0)
        give_up(adapter, "Leshan's event stream has ended",
                end->result == ST_OK ? "" : end->problem);
    else if (end->result == ST_OK)
        refuse_other(adapter, end->status);
    else
        refuse_silence(adapter, end);
}

static void hello(struct adapter *adapter, const struct adapter_request *request)
{
    const struct json *root = json_root(request->doc);
    const struct json *protocol = json_member(root, "protocol");
    const struct json *role = json_member(root, "role");
    const char *why = NULL;
    if (protocol == NULL || protocol->kind != JSON_INTEGER || protocol->integer != ADAPTER_PROTOCOL)
        why = "this adapter speaks version 1 of the protocol";
    else if (role != NULL && (role->kind != JSON_STRING || !bytes_is(role->text, "server")))
        why = "Leshan's demo server is a server, nothing else";
    else if (adapter->hello >= 0)
        why = "the hello before this one has not been answered yet";
    if (why != NULL) {
        adapter_put_error(&adapter->output, request->id, "unsupported", bytes_of(why));
        return;
    }
    struct http_listener listener = {
        .opened = on_opened, .heard = on_heard, .ended = on_ended, .arg = adapter};
    adapter->hello = request->id;
    timer_start(&adapter->hello_limit, adapter->clock,
                request->deadline_ms > 0 ? request->deadline_ms : WAIT_MS, on_hello_limit, adapter);
    http_hush(adapter->http);
    http_listen(adapter->http, "/api/event", &listener);
}

/* --- operations --------------------------------------------------------------------------------
 */

static void errand_free(struct errand *errand)
{
    timer_stop(&errand->limit);
    buf_release(&errand->ticket);
    adapter_request_release(&errand->request);
    free(errand);
}

/* Not waited for any more. */
static void drop_late(struct errand *errand)
{
    struct errand **at = &errand->adapter->late;
    while (*at != errand)
        at = &(*at)->next;
    *at = errand->next;
    errand->adapter->late_count--;
    errand_free(errand);
}

static void on_limit(void *arg)
{
    struct errand *errand = arg;
    adapter_put_error(&errand->adapter->output, errand->request.id, "timeout",
                      bytes_of("Leshan keeps the request until the client is awake"));
    drop_late(errand);
}

/* Stream and answers come by two ways, so that what is told later can be here first. */
static bool is_early(struct errand *errand)
{
    struct buf ticket;
    struct buf *early = &errand->adapter->early;
    buf_init(&ticket, TICKET_MOST);
    bool is_it = early->len > 0 && leshan_ticket(buf_bytes(early), &ticket) &&
                 bytes_equal(buf_bytes(&errand->ticket), buf_bytes(&ticket));
    buf_release(&ticket);
    if (!is_it)
        return false;
    leshan_late_reply(&errand->request, buf_bytes(early), &errand->adapter->output);
    buf_clear(early);
    errand_free(errand);
    return true;
}

/* Whether the answer is that the client sleeps; the rest then comes by the stream. */
static bool is_late(struct errand *errand, struct bytes body)
{
    struct adapter *adapter = errand->adapter;
    if (adapter->late_count == LATE_MOST || !leshan_ticket(body, &errand->ticket))
        return false;
    if (is_early(errand))
        return true;
    errand->next = adapter->late;
    adapter->late = errand;
    adapter->late_count++;
    timer_start(&errand->limit, adapter->clock, errand->give_up_at - clock_now(adapter->clock),
                on_limit, errand);
    return true;
}

static void take_late(struct adapter *adapter, struct bytes data)
{
    struct buf ticket;
    buf_init(&ticket, TICKET_MOST);
    bool has_one = leshan_ticket(data, &ticket);
    struct errand *errand = has_one ? adapter->late : NULL;
    while (errand != NULL && !bytes_equal(buf_bytes(&errand->ticket), buf_bytes(&ticket)))
        errand = errand->next;
    buf_release(&ticket);
    if (errand != NULL) {
        leshan_late_reply(&errand->request, data, &adapter->output);
        drop_late(errand);
        return;
    }
    buf_clear(&adapter->early);
    buf_put(&adapter->early, data);
}

static void on_event(void *arg, struct bytes name, struct bytes data)
{
    struct adapter *adapter = arg;
    if (bytes_is(name, LESHAN_DELAYED))
        take_late(adapter, data);
    else
        leshan_event(name, data, &adapter->output);
}

/* That Leshan is away or silent is not the client's fault, so nothing here is "unreachable" or
 * "timeout". */
static void tell_absence(const struct errand *errand, const struct http_answer *answer)
{
    const char *text =
        answer->result == ST_TIMEOUT ? "Leshan does not answer in time" : answer->problem;
    if (answer->result == ST_UNREACHABLE)
        give_up(errand->adapter, "Leshan cannot be reached", answer->problem);
    else
        adapter_put_error(&errand->adapter->output, errand->request.id, "failed", bytes_of(text));
}

static void on_done(void *arg, const struct http_answer *answer)
{
    struct errand *errand = arg;
    struct buf *out = &errand->adapter->output;
    if (answer->result == ST_OK && is_late(errand, answer->body))
        return;
    if (answer->result == ST_OK)
        leshan_reply(&errand->request, answer->status, answer->body, out);
    else
        tell_absence(errand, answer);
    errand_free(errand);
}

static void operate(struct adapter *adapter, struct errand *errand)
{
    const struct adapter_request *request = &errand->request;
    struct error error = {.text = ""};
    struct leshan_call call;
    leshan_call_init(&call);
    enum status status = leshan_call_build(request, &call, &error);
    int64_t limit_ms = request->deadline_ms > 0 ? request->deadline_ms : WAIT_MS;
    errand->give_up_at = clock_now(adapter->clock) + limit_ms;
    if (status == ST_OK) {
        struct http_request http = {.method = call.method,
                                    .target = buf_bytes(&call.target),
                                    .content = call.content,
                                    .body = buf_bytes(&call.body),
                                    .timeout_ms = limit_ms + LATER_MS};
        http_call(adapter->http, &http, on_done, errand);
    } else {
        adapter_put_error(&adapter->output, request->id,
                          status == ST_UNSUPPORTED ? "unsupported" : "invalid",
                          bytes_of(error.text));
        errand_free(errand);
    }
    leshan_call_release(&call);
}

static void take_line(struct adapter *adapter, struct bytes line)
{
    struct errand *errand = xalloc(sizeof *errand);
    struct error error = {.text = ""};
    errand->adapter = adapter;
    buf_init(&errand->ticket, TICKET_MOST);
    enum status status = adapter_request_read(line, &errand->request, &error);
    const struct adapter_request *request = &errand->request;
    if (status == ST_OK && request->is_operation) {
        operate(adapter, errand);
        return;
    }
    if (status != ST_OK && request->id < 0)
        say(adapter, error.text);
    else if (status != ST_OK)
        adapter_put_error(&adapter->output, request->id, "invalid", bytes_of(error.text));
    else if (strcmp(request->verb, "hello") == 0)
        hello(adapter, request);
    else
        adapter_put_error(&adapter->output, request->id, "unsupported",
                          bytes_of("Leshan's REST interface has nothing for this"));
    errand_free(errand);
}

/* --- the pipes ---------------------------------------------------------------------------------
 */

static void take_input(struct adapter *adapter)
{
    uint8_t piece[PIECE];
    ssize_t len = read(STDIN_FILENO, piece, sizeof piece);
    if (len <= 0 && !(len < 0 && errno == EINTR))
        adapter->leaves_at = clock_now(adapter->clock) + LEAVE_MS;
    for (ssize_t i = 0; i < len; i++) {
        if (piece[i] != '\n') {
            buf_put_u8(&adapter->input, piece[i]);
            continue;
        }
        if (adapter->input.bad)
            say(adapter, "a line of more than 1 MiB was left out");
        else if (adapter->input.len > 0)
            take_line(adapter, buf_bytes(&adapter->input));
        buf_clear(&adapter->input);
    }
}

static void put_output(struct adapter *adapter)
{
    if (adapter->output.bad)
        fputs("lwm2m-portfolio-leshan: Leshan tells more than can be passed on\n", stderr);
    if (adapter->output.bad || !write_octets(STDOUT_FILENO, buf_bytes(&adapter->output)))
        adapter->has_failed = true;
    buf_clear(&adapter->output);
}

static bool may_leave(const struct adapter *adapter)
{
    bool is_busy = adapter->hello >= 0 || adapter->late != NULL || http_is_busy(adapter->http);
    return adapter->leaves_at >= 0 && (!is_busy || clock_now(adapter->clock) >= adapter->leaves_at);
}

static void run(struct adapter *adapter)
{
    while (!adapter->has_failed && !may_leave(adapter)) {
        int64_t next = clock_next(adapter->clock);
        bool listens = adapter->leaves_at < 0;
        int most_ms = listens ? TURN_MS : LEAVE_MS / 20;
        if (http_turn(adapter->http, listens ? STDIN_FILENO : -1,
                      next >= 0 && next < most_ms ? (int)next : most_ms))
            take_input(adapter);
        clock_run_due(adapter->clock);
        if (adapter->output.len > 0)
            put_output(adapter);
    }
}

int main(int argc, char **argv)
{
    if (argc != 2 || argv[1][0] == '-') {
        fputs(
            "usage: lwm2m-portfolio-leshan URL\n"
            "Drives Leshan's demo server, whose web page is at URL, for lwm2m-portfolio: it speaks "
            "the\nadapter protocol, lwm2m-portfolio-adapter(7), on standard input and output.\n",
            argc == 2 && strcmp(argv[1], "--help") == 0 ? stdout : stderr);
        return argc == 2 && strcmp(argv[1], "--help") == 0 ? 0 : USAGE;
    }
    struct error error = {.text = ""};
    struct adapter adapter = {.hello = -1, .leaves_at = -1, .http = http_new(argv[1], &error)};
    if (adapter.http == NULL) {
        fprintf(stderr, "lwm2m-portfolio-leshan: %s\n", error.text);
        return USAGE;
    }
    adapter.clock = clock_new_real();
    leshan_stream_init(&adapter.stream, on_event, &adapter);
    buf_init_secret(&adapter.input, ADAPTER_LINE_MOST);
    buf_init_secret(&adapter.early, ADAPTER_LINE_MOST);
    buf_init_secret(&adapter.output, 16 * (size_t)ADAPTER_LINE_MOST);
    run(&adapter);
    http_free(adapter.http);
    while (adapter.late != NULL)
        drop_late(adapter.late);
    timer_stop(&adapter.hello_limit);
    clock_free(adapter.clock);
    leshan_stream_release(&adapter.stream);
    buf_release(&adapter.input);
    buf_release(&adapter.early);
    buf_release(&adapter.output);
    return adapter.has_failed ? FAILURE : 0;
}
