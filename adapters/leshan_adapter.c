/* SPDX-License-Identifier: Apache-2.0 */
/* lwm2m-portfolio-leshan: drives Leshan's demo server for lwm2m-portfolio, by its REST interface
 * and event stream. A process of its own, so that only it links libcurl. */
#include "base/std.h"

#include <unistd.h>

#include "adapters/http.h"
#include "adapters/leshan.h"
#include "base/clock.h"

enum { TURN_MS = 500, AGAIN_MS = 1000, WAIT_MS = 10000, USAGE = 2, PIECE = 65536 };
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
    struct buf early;   /* (owned) the last such answer whose ticket was not known yet */
    struct timer again; /* for the stream */
    int64_t hello;      /* id of the hello that waits for the stream; -1: none */
    bool ended;
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

static const char *why_of(enum status status)
{
    if (status == ST_TIMEOUT)
        return "timeout";
    return status == ST_LIMIT ? "failed" : "unreachable";
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
    buf_puts(&adapter->output,
             "\"registered\",\"updated\",\"deregistered\",\"notify\",\"send\"]}\n");
}

/* PROBLEM tells why nobody can be reached; NULL: somebody else was. */
static void refuse_hello(struct adapter *adapter, const char *why, const char *problem)
{
    if (adapter->hello < 0)
        return;
    struct buf text;
    buf_init(&text, PIECE);
    buf_puts(&text, problem != NULL ? "Leshan cannot be reached: "
                                    : "what answers is not the REST interface of Leshan");
    buf_put_plain(&text, bytes_of(problem != NULL ? problem : ""));
    adapter_put_error(&adapter->output, adapter->hello, why, buf_bytes(&text));
    adapter->hello = -1;
    buf_release(&text);
}

/* Who is registered already is told before the answer, so that nobody is missed. */
static void on_registrations(void *arg, const struct http_answer *answer)
{
    struct adapter *adapter = arg;
    if (answer->result != ST_OK)
        refuse_hello(adapter, why_of(answer->result), answer->problem);
    else if (answer->status != 200 || !leshan_registrations(answer->body, &adapter->output))
        refuse_hello(adapter, "failed", NULL);
    if (adapter->hello >= 0)
        put_hello(adapter);
    adapter->hello = -1;
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
    leshan_stream_take(&adapter->stream, octets);
}

static void listen_again(void *arg);
static void on_event(void *arg, struct bytes name, struct bytes data);

static void on_ended(void *arg, const struct http_answer *end)
{
    struct adapter *adapter = arg;
    if (adapter->hello >= 0) {
        bool other = end->result == ST_OK;
        refuse_hello(adapter, other ? "failed" : why_of(end->result), other ? NULL : end->problem);
        return;
    }
    say(adapter, "Leshan's event stream has ended");
    leshan_stream_release(&adapter->stream);
    leshan_stream_init(&adapter->stream, on_event, adapter);
    timer_start(&adapter->again, adapter->clock, AGAIN_MS, listen_again, adapter);
}

static void listen_again(void *arg)
{
    struct adapter *adapter = arg;
    struct http_listener listener = {
        .opened = on_opened, .heard = on_heard, .ended = on_ended, .arg = adapter};
    http_listen(adapter->http, "/api/event", &listener);
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
    adapter->hello = request->id;
    listen_again(adapter);
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

static void on_done(void *arg, const struct http_answer *answer)
{
    struct errand *errand = arg;
    struct buf *out = &errand->adapter->output;
    if (answer->result == ST_OK && is_late(errand, answer->body))
        return;
    if (answer->result == ST_OK)
        leshan_reply(&errand->request, answer->status, answer->body, out);
    else
        adapter_put_error(out, errand->request.id, why_of(answer->result),
                          bytes_of(answer->problem));
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
                                    .timeout_ms = limit_ms};
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
    adapter->ended = len <= 0 && !(len < 0 && errno == EINTR);
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
    if (adapter->output.bad ||
        fwrite(adapter->output.data, 1, adapter->output.len, stdout) != adapter->output.len ||
        fflush(stdout) != 0)
        adapter->ended = true;
    buf_clear(&adapter->output);
}

static void run(struct adapter *adapter)
{
    while (!adapter->ended) {
        int64_t next = clock_next(adapter->clock);
        if (http_turn(adapter->http, STDIN_FILENO,
                      next >= 0 && next < TURN_MS ? (int)next : TURN_MS))
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
    struct adapter adapter = {.hello = -1, .http = http_new(argv[1])};
    if (adapter.http == NULL) {
        fprintf(stderr,
                "lwm2m-portfolio-leshan: \"%s\" is not an address such as "
                "http://127.0.0.1:8080\n",
                argv[1]);
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
    timer_stop(&adapter.again);
    clock_free(adapter.clock);
    leshan_stream_release(&adapter.stream);
    buf_release(&adapter.input);
    buf_release(&adapter.early);
    buf_release(&adapter.output);
    return 0;
}
