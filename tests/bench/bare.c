/* SPDX-License-Identifier: Apache-2.0 */
/* Both ends in bare libcoap, written as its examples are. */
#include <coap3/coap.h>

#include "base/std.h"

#include <arpa/inet.h>

#include "tests/bench/bare.h"

enum { FORMAT_OF_CONTENT = 11542, LOOPBACK = INADDR_LOOPBACK, ANSWER_LIMIT_MS = 5000 };

/* What both ends have. */
struct end {
    struct loop *loop;       /* (borrowed) */
    coap_context_t *context; /* (owned) */
};

struct asker {
    struct end end;
    char uri[64];
    uint16_t port;
    coap_session_t *newest; /* (borrowed) registered, and not yet returned */
    uint32_t token;
    bool is_answered;
    struct answer answer;
};

struct bare_device {
    struct end end;
    struct buf content;
};

/* ---- both ends ---- */

static void on_readable(void *arg, int fd)
{
    UNUSED(fd);
    coap_io_process(arg, COAP_IO_NO_WAIT);
}

static bool end_start(struct end *end, struct loop *loop)
{
    coap_startup();
    coap_set_log_level((coap_log_t)0);
    end->loop = loop;
    end->context = coap_new_context(NULL);
    return end->context != NULL && loop_watch(loop, coap_context_get_coap_fd(end->context),
                                              on_readable, end->context) == ST_OK;
}

static void end_stop(struct end *end)
{
    if (end->context == NULL)
        return;
    loop_unwatch(end->loop, coap_context_get_coap_fd(end->context));
    coap_free_context(end->context);
}

static coap_address_t loopback(uint16_t port)
{
    coap_address_t address;
    coap_address_init(&address);
    address.size = sizeof address.addr.sin;
    address.addr.sin.sin_family = AF_INET;
    address.addr.sin.sin_addr.s_addr = htonl(LOOPBACK);
    address.addr.sin.sin_port = htons(port);
    return address;
}

static void add_number(coap_pdu_t *pdu, coap_option_num_t option, int value)
{
    uint8_t octets[4];
    if (value >= 0)
        coap_add_option(pdu, option, coap_encode_var_safe(octets, sizeof octets, (unsigned)value),
                        octets);
}

static void add_text(coap_pdu_t *pdu, coap_option_num_t option, const char *text)
{
    coap_add_option(pdu, option, strlen(text), (const uint8_t *)text);
}

/* ---- the server ---- */

/* The session is not held: libcoap keeps one for five minutes of silence. */
static void take_register(coap_resource_t *resource, coap_session_t *session,
                          const coap_pdu_t *request, const coap_string_t *query,
                          coap_pdu_t *response)
{
    UNUSED(resource);
    UNUSED(request);
    UNUSED(query);
    struct asker *asker = coap_get_app_data(coap_session_get_context(session));
    coap_pdu_set_code(response, COAP_RESPONSE_CODE_CREATED);
    add_text(response, COAP_OPTION_LOCATION_PATH, "rd");
    add_text(response, COAP_OPTION_LOCATION_PATH, "1");
    asker->newest = session;
}

static void take_deregister(coap_resource_t *resource, coap_session_t *session,
                            const coap_pdu_t *request, const coap_string_t *query,
                            coap_pdu_t *response)
{
    UNUSED(resource);
    UNUSED(session);
    UNUSED(query);
    bool is_over = coap_pdu_get_code(request) == COAP_REQUEST_CODE_DELETE;
    coap_pdu_set_code(response, is_over ? COAP_RESPONSE_CODE_DELETED : COAP_RESPONSE_CODE_CHANGED);
}

static coap_response_t take_answer(coap_session_t *session, const coap_pdu_t *sent,
                                   const coap_pdu_t *received, const coap_mid_t message_id)
{
    UNUSED(sent);
    UNUSED(message_id);
    struct asker *asker = coap_get_app_data(coap_session_get_context(session));
    struct answer *answer = &asker->answer;
    const uint8_t *data = NULL;
    size_t len = 0;
    coap_get_data(received, &len, &data);
    answer->code = coap_pdu_get_code(received);
    answer->len = len < ANSWER_MOST ? len : ANSWER_MOST;
    if (len > 0)
        memcpy(answer->octets, data, answer->len);
    asker->is_answered = true;
    return COAP_RESPONSE_OK;
}

static void serve(struct asker *asker)
{
    coap_context_t *context = asker->end.context;
    coap_resource_t *registration = coap_resource_init(coap_make_str_const("rd"), 0);
    coap_register_request_handler(registration, COAP_REQUEST_POST, take_register);
    coap_add_resource(context, registration);
    coap_resource_t *location = coap_resource_init(coap_make_str_const("rd/1"), 0);
    coap_register_request_handler(location, COAP_REQUEST_POST, take_deregister);
    coap_register_request_handler(location, COAP_REQUEST_DELETE, take_deregister);
    coap_add_resource(context, location);
    coap_register_response_handler(context, take_answer);
    coap_set_app_data(context, asker);
}

static bool listen_somewhere(struct asker *asker)
{
    coap_address_t any = loopback(0);
    coap_endpoint_t *endpoint = coap_new_endpoint(asker->end.context, &any, COAP_PROTO_UDP);
    if (endpoint == NULL)
        return false;
    const char *name = coap_endpoint_str(endpoint);
    snprintf(asker->uri, sizeof asker->uri, "coap://%.*s", (int)strcspn(name, " "), name);
    asker->port = (uint16_t)strtoul(strrchr(asker->uri, ':') + 1, NULL, 10);
    return true;
}

struct asker *asker_new(struct loop *loop)
{
    struct asker *asker = xalloc(sizeof *asker);
    if (!end_start(&asker->end, loop) || !listen_somewhere(asker)) {
        asker_free(asker);
        return NULL;
    }
    serve(asker);
    return asker;
}

void asker_free(struct asker *asker)
{
    if (asker == NULL)
        return;
    end_stop(&asker->end);
    free(asker);
}

const char *asker_uri(const struct asker *asker)
{
    return asker->uri;
}

uint16_t asker_port(const struct asker *asker)
{
    return asker->port;
}

coap_session_t *asker_await(struct asker *asker, int64_t limit_ms)
{
    struct loop *loop = asker->end.loop;
    int64_t give_up_at = clock_now(loop_clock(loop)) + limit_ms;
    while (asker->newest == NULL && clock_now(loop_clock(loop)) < give_up_at)
        loop_turn(loop, limit_ms);
    coap_session_t *session = asker->newest;
    asker->newest = NULL;
    return session;
}

static coap_pdu_t *make_request(struct asker *asker, coap_session_t *session,
                                const struct question *question)
{
    coap_pdu_t *pdu =
        coap_pdu_init(COAP_MESSAGE_CON, (coap_pdu_code_t)question->method,
                      coap_new_message_id(session), coap_session_max_pdu_size(session));
    if (pdu == NULL)
        return NULL;
    asker->token++;
    coap_add_token(pdu, sizeof asker->token, (const uint8_t *)&asker->token);
    for (size_t i = 0; i < QUESTION_DEPTH_MOST && question->path[i] != NULL; i++)
        add_text(pdu, COAP_OPTION_URI_PATH, question->path[i]);
    add_number(pdu, COAP_OPTION_CONTENT_FORMAT, question->format);
    add_number(pdu, COAP_OPTION_ACCEPT, question->accept);
    if (question->payload.len > 0)
        coap_add_data(pdu, question->payload.len, question->payload.data);
    return pdu;
}

const struct answer *asker_ask(struct asker *asker, coap_session_t *session,
                               const struct question *question)
{
    struct loop *loop = asker->end.loop;
    coap_pdu_t *pdu = make_request(asker, session, question);
    asker->is_answered = false;
    if (pdu == NULL || coap_send(session, pdu) == COAP_INVALID_MID)
        return NULL;
    int64_t give_up_at = clock_now(loop_clock(loop)) + ANSWER_LIMIT_MS;
    while (!asker->is_answered && clock_now(loop_clock(loop)) < give_up_at)
        loop_turn(loop, ANSWER_LIMIT_MS);
    return asker->is_answered ? &asker->answer : NULL;
}

/* ---- the device ---- */

static void answer_read(coap_resource_t *resource, coap_session_t *session,
                        const coap_pdu_t *request, const coap_string_t *query, coap_pdu_t *response)
{
    UNUSED(session);
    UNUSED(request);
    UNUSED(query);
    const struct bare_device *device = coap_resource_get_userdata(resource);
    coap_pdu_set_code(response, COAP_RESPONSE_CODE_CONTENT);
    add_number(response, COAP_OPTION_CONTENT_FORMAT, FORMAT_OF_CONTENT);
    coap_add_data(response, device->content.len, device->content.data);
}

static bool register_at(struct bare_device *device, uint16_t port)
{
    coap_address_t server = loopback(port);
    coap_session_t *session =
        coap_new_client_session(device->end.context, NULL, &server, COAP_PROTO_UDP);
    if (session == NULL)
        return false;
    coap_pdu_t *pdu =
        coap_pdu_init(COAP_MESSAGE_CON, COAP_REQUEST_CODE_POST, coap_new_message_id(session),
                      coap_session_max_pdu_size(session));
    if (pdu == NULL)
        return false;
    add_text(pdu, COAP_OPTION_URI_PATH, "rd");
    add_text(pdu, COAP_OPTION_URI_QUERY, "ep=bare");
    return coap_send(session, pdu) != COAP_INVALID_MID;
}

struct bare_device *bare_device_new(struct loop *loop, uint16_t port, struct bytes content)
{
    struct bare_device *device = xalloc(sizeof *device);
    buf_init(&device->content, ANSWER_MOST);
    buf_put(&device->content, content);
    if (!end_start(&device->end, loop) || !register_at(device, port)) {
        bare_device_free(device);
        return NULL;
    }
    coap_resource_t *resource = coap_resource_init(coap_make_str_const("16/0/0"), 0);
    coap_register_request_handler(resource, COAP_REQUEST_GET, answer_read);
    coap_resource_set_userdata(resource, device);
    coap_add_resource(device->end.context, resource);
    return device;
}

void bare_device_free(struct bare_device *device)
{
    if (device == NULL)
        return;
    end_stop(&device->end);
    buf_release(&device->content);
    free(device);
}
