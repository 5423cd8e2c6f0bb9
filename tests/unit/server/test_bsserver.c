/* SPDX-License-Identifier: Apache-2.0 */
/* A bootstrap as the server leads it: who may ask, what goes out, and each end of it. */
#include "base/std.h"

#include "codec/codec.h"
#include "tests/unit/server/bs_scene.h"

static void ready(struct bs_scene *scene, const char *query)
{
    bs_scene_init(scene, NULL, false);
    ck_assert_int_eq(bs_ask(scene, query), CODE_CHANGED);
    buf_clear(&scene->told);
}

static struct operation write_of(const char *path, const char *resource, struct value value)
{
    struct operation operation = fake_operation(OPERATION_WRITE, path);
    struct path at;
    ck_assert(path_parse(bytes_of(resource), &at));
    ck_assert(records_add(&operation.values, at, value));
    return operation;
}

START_TEST(takes_who_asks_and_refuses_what_is_wrong)
{
    static const struct {
        const char *query;
        uint8_t code;
        const char *told;
    } cases[] = {
        {"ep=dev", CODE_CHANGED, "request dev -1\n"},
        {"ep=b&pct=112", CODE_CHANGED, "end dev: the client asked again\nrequest b 112\n"},
        {"ep=c&pct=11542", CODE_CHANGED, "end b: the client asked again\nrequest c 11542\n"},
        {"pct=112", CODE_BAD_REQUEST, ""},
        {"ep=", CODE_BAD_REQUEST, ""},
        {"ep", CODE_BAD_REQUEST, ""},
        {"ep=d&pct=x", CODE_BAD_REQUEST, ""},
        {"ep=d&pct", CODE_BAD_REQUEST, ""},
        {"ep=d&pct=0", CODE_UNSUPPORTED_FORMAT, ""},
        {"ep=d&pct=11544", CODE_UNSUPPORTED_FORMAT, ""},
        {"ep=d&pct=99999999999", CODE_UNSUPPORTED_FORMAT, ""},
    };
    struct bs_scene scene;
    bs_scene_init(&scene, NULL, false);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        ck_assert_msg(bs_ask(&scene, cases[i].query) == cases[i].code, "%s", cases[i].query);
        BS_TOLD(&scene, cases[i].told);
    }
    ck_assert_str_eq(bsserver_sessions(scene.bsserver)->endpoint, "c");
    bs_scene_release(&scene);
}
END_TEST

START_TEST(takes_the_name_of_the_link_when_none_is_said)
{
    static const struct peer_security security = {.identity = "known"};
    struct bs_scene scene;
    bs_scene_init(&scene, NULL, false);
    ck_assert_int_eq(bs_ask(&scene, ""), CODE_BAD_REQUEST);
    fake_endpoint_peer(scene.client->server_end, 0)->security = &security;
    ck_assert_int_eq(bs_ask(&scene, ""), CODE_CHANGED);
    BS_TOLD(&scene, "request known -1\n");
    bs_scene_release(&scene);
}
END_TEST

START_TEST(knows_no_other_requests)
{
    struct bs_scene scene;
    bs_scene_init(&scene, NULL, false);
    ck_assert_int_eq(fake_client_ask(scene.client, CODE_GET, "/bs?ep=a", NULL),
                     CODE_METHOD_NOT_ALLOWED);
    ck_assert_int_eq(fake_client_ask(scene.client, CODE_GET, "/bspack?ep=a", NULL),
                     CODE_NOT_IMPLEMENTED);
    ck_assert_int_eq(fake_client_ask(scene.client, CODE_POST, "/bs/1?ep=a", NULL), CODE_NOT_FOUND);
    ck_assert_int_eq(fake_client_ask(scene.client, CODE_POST, "/rd?ep=a", NULL), CODE_NOT_FOUND);
    ck_assert_ptr_null(bsserver_sessions(scene.bsserver));
    bs_scene_release(&scene);
}
END_TEST

/* Golden octets by the TLV table of LwM2M TS 1.0, 6.4.3. */
START_TEST(sends_each_operation)
{
    struct bs_scene scene;
    ready(&scene, "ep=dev");
    scene.codes[0] = CODE_DELETED;
    bs_do(&scene, fake_operation(OPERATION_DELETE, "/"));
    ck_assert_int_eq(scene.client->outcome.code, CODE_DELETED);
    bs_do(&scene, write_of("/1/0", "/1/0/1", value_integer(60)));
    bs_do(&scene, write_of("/1", "/1/0/1", value_integer(60)));
    bs_do(&scene, write_of("/1/0/1", "/1/0/1", value_integer(60)));
    bs_do(&scene, write_of("/0/0/5", "/0/0/5", value_octets(VALUE_OPAQUE, bytes_of("key"))));
    bs_do(&scene, fake_operation(OPERATION_DISCOVER, "/"));
    ck_assert_int_eq(scene.client->outcome.format, FORMAT_LINK);
    bs_do(&scene, fake_operation(OPERATION_READ, "/1/0/1"));
    ck_assert(scene.client->outcome.decoded);
    bs_do(&scene, fake_operation(OPERATION_FINISH, "/"));
    ck_assert_str_eq(buf_text(&scene.wire), "DELETE /\n"
                                            "PUT /1/0 11542 c1013c\n"
                                            "PUT /1 11542 0300c1013c\n"
                                            "PUT /1/0/1 0 3630\n"
                                            "PUT /0/0/5 42 6b6579\n"
                                            "GET /\n"
                                            "GET /1/0/1\n"
                                            "POST /bs\n");
    BS_TOLD(&scene, "end dev: finished\n");
    ck_assert_ptr_null(bsserver_sessions(scene.bsserver));
    bs_scene_release(&scene);
}
END_TEST

START_TEST(speaks_the_format_that_the_client_prefers)
{
    struct bs_scene scene;
    ready(&scene, "ep=dev&pct=110");
    bs_do(&scene, write_of("/1/0/1", "/1/0/1", value_integer(60)));
    struct operation operation = write_of("/1/0", "/1/0/1", value_integer(60));
    operation.format = FORMAT_TLV;
    bs_do(&scene, operation);
    ck_assert(strstr(buf_text(&scene.wire), "PUT /1/0/1 110 5b7b") != NULL);
    ck_assert(strstr(buf_text(&scene.wire), "PUT /1/0 11542 c1013c") != NULL);
    bs_scene_release(&scene);
}
END_TEST

START_TEST(goes_on_after_a_finish_that_is_refused)
{
    struct bs_scene scene;
    ready(&scene, "ep=dev");
    scene.codes[0] = CODE_NOT_ACCEPTABLE;
    bs_do(&scene, fake_operation(OPERATION_FINISH, "/"));
    ck_assert_int_eq(scene.client->outcome.code, CODE_NOT_ACCEPTABLE);
    BS_TOLD(&scene, "");
    bs_do(&scene, fake_operation(OPERATION_FINISH, "/"));
    BS_TOLD(&scene, "end dev: finished\n");
    bs_scene_release(&scene);
}
END_TEST

static struct operation raw(uint8_t method, const char *uri)
{
    struct operation operation = fake_operation(OPERATION_RAW, "/");
    operation.method = method;
    operation.uri = xstrdup(uri);
    return operation;
}

START_TEST(sends_what_is_dictated)
{
    struct bs_scene scene;
    ready(&scene, "ep=dev");
    struct operation operation = raw(CODE_GET, "/1/0/1");
    operation.observe = 0;
    bs_do(&scene, operation);
    ck_assert(scene.client->outcome.decoded);
    ck_assert_int_eq(scene.client->outcome.observe, 1);
    bs_do(&scene, raw(CODE_POST, "/bs"));
    BS_TOLD(&scene, "end dev: finished\n");
    bs_scene_release(&scene);
}
END_TEST

START_TEST(refuses_what_makes_no_sense)
{
    struct bs_scene scene;
    struct error error;
    error_clear(&error);
    struct operation read = fake_operation(OPERATION_READ, "/1");
    struct operation execute = fake_operation(OPERATION_EXECUTE, "/3/0/4");
    ready(&scene, "ep=dev");
    ck_assert_int_eq(bsserver_perform(scene.bsserver, "dev", &execute, NULL, NULL, &error),
                     ST_INVALID);
    ck_assert_str_eq(error.text, "\"execute\" is no operation of a bootstrap; there are write, "
                                 "delete, discover, read and finish");
    ck_assert_int_eq(bsserver_perform(scene.bsserver, "other", &read, NULL, NULL, &error),
                     ST_NOT_FOUND);
    ck_assert_str_eq(error.text, "client \"other\" has not asked for a bootstrap, or it is over");
    ck_assert_int_eq(bsserver_end(scene.bsserver, "other"), ST_NOT_FOUND);
    ck_assert_int_eq(bsserver_end(scene.bsserver, "dev"), ST_OK);
    BS_TOLD(&scene, "end dev: ended without Bootstrap-Finish\n");
    ck_assert_int_eq(bsserver_perform(scene.bsserver, NULL, &read, NULL, NULL, &error),
                     ST_NOT_FOUND);
    operation_release(&read);
    operation_release(&execute);
    bs_scene_release(&scene);
}
END_TEST

START_TEST(may_be_ended_as_soon_as_it_begins)
{
    struct bs_scene scene;
    bs_scene_init(&scene, NULL, false);
    scene.ends = true;
    ck_assert_int_eq(bs_ask(&scene, "ep=dev"), CODE_CHANGED);
    BS_TOLD(&scene, "request dev -1\nend dev: ended without Bootstrap-Finish\n");
    bs_scene_release(&scene);
}
END_TEST

START_TEST(ends_what_runs_with_the_session)
{
    struct bs_scene scene;
    ready(&scene, "ep=dev");
    struct operation read = fake_operation(OPERATION_READ, "/1");
    ck_assert_int_eq(
        bsserver_perform(scene.bsserver, NULL, &read, fake_client_done, scene.client, NULL), ST_OK);
    fake_endpoint_lose(scene.client->server_end, bsserver_sessions(scene.bsserver)->peer);
    ck_assert_int_eq(scene.client->status, ST_CANCELLED);
    BS_TOLD(&scene, "end dev: the client is gone\n");
    operation_release(&read);
    bs_scene_release(&scene);
}
END_TEST

START_TEST(tells_that_no_answer_came)
{
    struct bs_scene scene;
    ready(&scene, "ep=dev");
    fake_endpoint_silence(scene.client->device_end, true);
    bs_do(&scene, fake_operation(OPERATION_READ, "/1"));
    ck_assert_int_eq(scene.client->status, ST_TIMEOUT);
    ck_assert_str_eq(scene.client->outcome.problem, "no answer: timed out");
    BS_TOLD(&scene, "");
    bs_scene_release(&scene);
}
END_TEST

START_TEST(gives_up_after_a_silence)
{
    struct bs_scene scene;
    ready(&scene, "ep=dev");
    fake_client_run(scene.client, 240000);
    bs_do(&scene, fake_operation(OPERATION_READ, "/1"));
    fake_client_run(scene.client, 240000);
    BS_TOLD(&scene, "");
    fake_client_run(scene.client, 10000);
    BS_TOLD(&scene, "end dev: nothing happened for 247 s\n");
    ck_assert_uint_eq(fake_endpoint_peers(scene.client->server_end), 0);
    bs_scene_release(&scene);
}
END_TEST

START_TEST(shares_an_endpoint_and_its_peers_with_a_server)
{
    struct bs_scene scene;
    bs_scene_init(&scene, NULL, true);
    fake_client_register(scene.client);
    ck_assert_int_eq(bs_ask(&scene, "ep=dev"), CODE_CHANGED);
    /* Whoever ends first leaves the transport session to the other. */
    ck_assert_int_eq(server_forget(scene.client->server, "dev"), ST_OK);
    bs_do(&scene, fake_operation(OPERATION_READ, "/1/0/1"));
    ck_assert_int_eq(scene.client->outcome.code, CODE_CONTENT);
    fake_client_register(scene.client);
    bs_do(&scene, fake_operation(OPERATION_FINISH, "/"));
    struct operation read = fake_operation(OPERATION_READ, "/1/0/1");
    fake_client_perform(scene.client, &read);
    ck_assert_int_eq(scene.client->outcome.code, CODE_CONTENT);
    bs_scene_release(&scene);
}
END_TEST

START_TEST(tells_a_server_on_its_endpoint_of_lost_sessions)
{
    struct bs_scene scene;
    bs_scene_init(&scene, NULL, true);
    fake_client_register(scene.client);
    ck_assert_int_eq(bs_ask(&scene, "ep=dev"), CODE_CHANGED);
    buf_clear(&scene.told);
    fake_endpoint_lose(scene.client->server_end, bsserver_sessions(scene.bsserver)->peer);
    BS_TOLD(&scene, "end dev: the client is gone\n");
    ck_assert_ptr_null(server_client(scene.client->server, "dev")->peer);
    bs_scene_release(&scene);
}
END_TEST

START_TEST(leaves_nothing_behind_in_the_middle)
{
    struct bs_scene scene;
    ready(&scene, "ep=dev");
    struct operation read = fake_operation(OPERATION_READ, "/1");
    ck_assert_int_eq(
        bsserver_perform(scene.bsserver, NULL, &read, fake_client_done, scene.client, NULL), ST_OK);
    operation_release(&read);
    unsigned before = scene.client->done;
    bsserver_free(scene.bsserver);
    scene.bsserver = NULL;
    ck_assert_uint_eq(scene.client->done, before);
    bs_scene_release(&scene);
}
END_TEST

UNIT_MAIN("bsserver", takes_who_asks_and_refuses_what_is_wrong,
          takes_the_name_of_the_link_when_none_is_said, knows_no_other_requests,
          sends_each_operation, speaks_the_format_that_the_client_prefers,
          goes_on_after_a_finish_that_is_refused, sends_what_is_dictated,
          refuses_what_makes_no_sense, may_be_ended_as_soon_as_it_begins,
          ends_what_runs_with_the_session, tells_that_no_answer_came, gives_up_after_a_silence,
          shares_an_endpoint_and_its_peers_with_a_server,
          tells_a_server_on_its_endpoint_of_lost_sessions, leaves_nothing_behind_in_the_middle)
