/* SPDX-License-Identifier: Apache-2.0 */
/* The adapter's end of the protocol: what it answers, and what it asks its server actor for. */
#include "base/std.h"

#include "drivers/adapter.h"
#include "model/model.h"
#include "tests/unit/unit.h"

/* A server actor that does as the test says. */
static struct server_actor server;
static struct operation last;
static char last_text[100];
static char last_endpoint[40];
static enum status ends_with;
static uint8_t code;
static enum server_control controlled;

static struct adapter_host *host;
static char said[4096];

static enum status perform(struct server_actor *actor, const char *endpoint,
                           const struct operation *operation, struct outcome *out,
                           struct error *error)
{
    UNUSED(actor);
    last = *operation;
    snprintf(last_text, sizeof last_text, "%s", operation->text == NULL ? "-" : operation->text);
    snprintf(last_endpoint, sizeof last_endpoint, "%s", endpoint == NULL ? "-" : endpoint);
    out->code = code;
    if (operation->kind == OPERATION_DECRYPT) {
        out->judgement = JUDGEMENT_GENUINE;
        out->decoded = records_add(&out->values, path_child(path_resource(16, 0, 0), 1),
                                   value_octets(VALUE_STRING, bytes_of("A\xff")));
    }
    if (ends_with != ST_OK)
        error_set(error, "it is asleep");
    return ends_with;
}

static enum status control(struct server_actor *actor, enum server_control what,
                           struct error *error)
{
    UNUSED(actor);
    UNUSED(error);
    controlled = what;
    return ST_OK;
}

static void say(void *arg, struct bytes line)
{
    UNUSED(arg);
    size_t at = strlen(said);
    snprintf(said + at, sizeof said - at, "%.*s\n", (int)line.len, (const char *)line.data);
}

static void open_host(void)
{
    static const struct server_actor_ops ops = {.perform = perform, .control = control};
    server = (struct server_actor){.ops = &ops};
    ends_with = ST_OK;
    code = 0x45;
    said[0] = '\0';
    host = adapter_host_new(&(struct adapter_host_config){.server = &server,
                                                          .catalogue = catalogue_builtin(),
                                                          .name = "ours",
                                                          .version = "1",
                                                          .say = say});
}

static void answers(const char *line, const char *wanted)
{
    said[0] = '\0';
    adapter_host_line(host, bytes_of(line));
    ck_assert_str_eq(said, wanted);
}

START_TEST(says_hello)
{
    open_host();
    adapter_host_line(host, bytes_of("{\"id\":1,\"do\":\"hello\",\"protocol\":1,\"role\":"
                                     "\"server\"}"));
    ck_assert_ptr_nonnull(strstr(said, "{\"id\":1,\"protocol\":1,\"name\":\"ours\",\"version\":"
                                       "\"1\",\"can\":[\"read\",\"write\","));
    ck_assert_ptr_nonnull(strstr(said, "\"decrypt\",\"forget\",\"restart\",\"silence\","
                                       "\"registered\""));
    ck_assert_ptr_null(strstr(said, "raw"));
    answers("{\"id\":2,\"do\":\"hello\",\"protocol\":2,\"role\":\"server\"}",
            "{\"id\":2,\"error\":\"invalid\",\"text\":\"version 2 of the protocol is not known; "
            "this is version 1\"}\n");
    answers("{\"id\":3,\"do\":\"hello\",\"protocol\":1,\"role\":\"device\"}",
            "{\"id\":3,\"error\":\"unsupported\",\"text\":\"this is an adapter of a server, not of "
            "a \\\"device\\\"\"}\n");
    adapter_host_free(host);
}
END_TEST

START_TEST(performs_operations)
{
    open_host();
    answers("{\"id\":5,\"deadline\":700,\"endpoint\":\"car\",\"do\":\"execute\",\"path\":"
            "\"/16/0/1\",\"arguments\":\"0='0'\"}",
            "{\"id\":5,\"code\":\"2.05\"}\n");
    ck_assert_int_eq(last.kind, OPERATION_EXECUTE);
    ck_assert_int_eq(last.limit_ms, 700);
    ck_assert(path_equal(last.path, path_resource(16, 0, 1)));
    ck_assert_str_eq(last_text, "0='0'");
    ck_assert_str_eq(last_endpoint, "car");
    code = 0;
    answers("{\"id\":6,\"do\":\"cancel\",\"path\":\"/16/0/3\",\"by\":\"reset\"}",
            "{\"id\":6,\"ok\":true}\n");
    ck_assert_str_eq(last_endpoint, "-");
    adapter_host_free(host);
}
END_TEST

START_TEST(what_was_opened_is_octets)
{
    open_host();
    answers("{\"id\":5,\"do\":\"decrypt\",\"path\":\"/16/0\",\"identity\":1}",
            "{\"id\":5,\"data\":\"41ff\",\"code\":\"2.05\",\"judgement\":\"genuine\"}\n");
    ck_assert_uint_eq(last.identity, 1);
    adapter_host_free(host);
}
END_TEST

START_TEST(obeys_controls)
{
    open_host();
    answers("{\"id\":5,\"do\":\"control\",\"what\":\"silence\"}", "{\"id\":5,\"ok\":true}\n");
    ck_assert_int_eq(controlled, SERVER_SILENCE);
    answers("{\"id\":6,\"do\":\"control\",\"what\":\"dance\"}",
            "{\"id\":6,\"error\":\"unsupported\",\"text\":\"there is no such control\"}\n");
    adapter_host_free(host);
}
END_TEST

START_TEST(says_what_did_not_work)
{
    static const struct {
        enum status status;
        const char *word;
    } rows[] = {{ST_TIMEOUT, "timeout"},         {ST_UNREACHABLE, "unreachable"},
                {ST_NOT_FOUND, "unreachable"},   {ST_INVALID, "invalid"},
                {ST_UNSUPPORTED, "unsupported"}, {ST_CANCELLED, "failed"}};
    open_host();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char wanted[100];
        ends_with = rows[i].status;
        snprintf(wanted, sizeof wanted, "{\"id\":1,\"error\":\"%s\",\"text\":\"it is asleep\"}\n",
                 rows[i].word);
        answers("{\"id\":1,\"do\":\"read\",\"path\":\"/16\"}", wanted);
    }
    adapter_host_free(host);
}
END_TEST

START_TEST(refuses_what_makes_no_sense)
{
    open_host();
    answers("so what", "{\"id\":0,\"error\":\"invalid\",\"text\":\"a request is a JSON object in "
                       "one line\"}\n");
    answers("[1]", "{\"id\":0,\"error\":\"invalid\",\"text\":\"a request is a JSON object in one "
                   "line\"}\n");
    answers("{\"id\":3,\"do\":\"raw\"}",
            "{\"id\":3,\"error\":\"unsupported\",\"text\":\"there is no such verb\"}\n");
    answers("{\"id\":4}", "{\"id\":4,\"error\":\"unsupported\",\"text\":\"there is no such "
                          "verb\"}\n");
    answers("{\"id\":5,\"do\":3}",
            "{\"id\":5,\"error\":\"invalid\",\"text\":\"its \\\"do\\\" is not a string\"}\n");
    answers("{\"id\":6,\"do\":\"read\"}",
            "{\"id\":6,\"error\":\"invalid\",\"text\":\"its \\\"path\\\" is not there\"}\n");
    answers("{\"id\":7,\"do\":\"read\",\"path\":\"/16\",\"deadline\":-1}",
            "{\"id\":7,\"error\":\"invalid\",\"text\":\"its \\\"deadline\\\" is not a whole number "
            "that fits\"}\n");
    adapter_host_free(host);
}
END_TEST

START_TEST(tells_events)
{
    open_host();
    struct actor_event event = {.kind = ACTOR_DEREGISTERED, .endpoint = "car"};
    server.listener.hear(server.listener.arg, &event);
    ck_assert_str_eq(said, "{\"event\":\"deregistered\",\"endpoint\":\"car\"}\n");
    said[0] = '\0';
    event.kind = ACTOR_FAILED;
    server.listener.hear(server.listener.arg, &event);
    ck_assert_str_eq(said, "");
    adapter_host_free(host);
    ck_assert(server.listener.hear == NULL);
    adapter_host_free(NULL);
}
END_TEST

UNIT_MAIN("adapter_host", says_hello, performs_operations, what_was_opened_is_octets,
          obeys_controls, says_what_did_not_work, refuses_what_makes_no_sense, tells_events)
