/* SPDX-License-Identifier: Apache-2.0 */
/* The registration interface of the server. */
#include "base/std.h"

#include "tests/fake/fake_client.h"
#include "tests/unit/unit.h"

static const char *location(struct fake_client *client, char text[64])
{
    struct buf buf;
    buf_init(&buf, 64);
    segments_join(&client->answer.location, '/', &buf);
    snprintf(text, 64, "%s", buf_text(&buf));
    buf_release(&buf);
    return text;
}

START_TEST(registers_a_client_with_its_object_list)
{
    struct fake_client *client = fake_client_new();
    fake_client_register(client);
    const struct client *dev = server_client(client->server, "dev");
    ck_assert_ptr_nonnull(dev);
    ck_assert_int_eq(dev->lifetime, 60);
    ck_assert_str_eq(dev->version, "1.0");
    ck_assert_str_eq(dev->binding, "U");
    ck_assert_uint_eq(dev->objects.count, 2);
    ck_assert_ptr_nonnull(links_find(&dev->objects, path_instance(16, 0)));
    ck_assert_str_eq(buf_text(&client->log), "registered dev +objects\n");
    ck_assert_uint_eq(client->answer.location.count, 2);
    fake_client_free(client);
}
END_TEST

START_TEST(refuses_a_register_that_lacks_or_garbles_something)
{
    static const struct {
        const char *uri, *payload;
        uint8_t code;
    } cases[] = {
        {"/rd", "</3/0>", CODE_BAD_REQUEST},
        {"/rd?ep=", "</3/0>", CODE_BAD_REQUEST},
        {"/rd?ep=\xff", "</3/0>", CODE_BAD_REQUEST},
        {"/rd?ep=a&lt=x", "</3/0>", CODE_BAD_REQUEST},
        {"/rd?ep=a&lt=0", "</3/0>", CODE_BAD_REQUEST},
        {"/rd?ep=a&lt=4294967296", "</3/0>", CODE_BAD_REQUEST},
        {"/rd?ep=a&lwm2m=9.9", "</3/0>", CODE_PRECONDITION_FAILED},
        {"/rd?ep=a", "</3/0", CODE_BAD_REQUEST},
        {"/rd/", "</3/0>", CODE_NOT_FOUND},
        {"/else", "</3/0>", CODE_NOT_FOUND},
        {"/", NULL, CODE_NOT_FOUND},
    };
    struct fake_client *client = fake_client_new();
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        ck_assert_msg(fake_client_ask(client, CODE_POST, cases[i].uri, cases[i].payload) ==
                          cases[i].code,
                      "case %zu", i);
    ck_assert_int_eq(fake_client_ask(client, CODE_GET, "/rd", NULL), CODE_METHOD_NOT_ALLOWED);
    ck_assert_ptr_null(server_clients(client->server));
    fake_client_free(client);
}
END_TEST

START_TEST(updates_lifetime_binding_and_objects)
{
    struct fake_client *client = fake_client_new();
    char path[64], uri[96];
    fake_client_register(client);
    snprintf(uri, sizeof uri, "%s?lt=120&b=UQ", location(client, path));
    ck_assert_int_eq(fake_client_ask(client, CODE_POST, uri, NULL), CODE_CHANGED);
    const struct client *dev = server_client(client->server, NULL);
    ck_assert_int_eq(dev->lifetime, 120);
    ck_assert_str_eq(dev->binding, "UQ");
    ck_assert_uint_eq(dev->objects.count, 2);
    ck_assert_int_eq(fake_client_ask(client, CODE_POST, path, "</3/0>"), CODE_CHANGED);
    ck_assert_uint_eq(dev->objects.count, 1);
    ck_assert_str_eq(buf_text(&client->log),
                     "registered dev +objects\nupdated dev\nupdated dev +objects\n");
    fake_client_free(client);
}
END_TEST

START_TEST(takes_clients_of_1_1_and_their_queue_mode)
{
    static const struct {
        const char *terms, *binding;
        bool is_1_1, queues;
    } cases[] = {
        {"lwm2m=1.1", "U", true, false},        {"lwm2m=1.1&Q", "U", true, true},
        {"lwm2m=1.1&b=UT&Q", "UT", true, true}, {"lwm2m=1.1&b=UQ", "UQ", true, false},
        {"lwm2m=1.0&b=UQ", "UQ", false, true},  {"lwm2m=1.0&b=UQS", "UQS", false, true},
        {"lwm2m=1.0&Q", "U", false, false},     {"b=S", "S", false, false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct fake_client *client = fake_client_new();
        fake_client_register_as(client, cases[i].terms);
        const struct client *dev = server_client(client->server, NULL);
        ck_assert_int_eq(dev->is_1_1, cases[i].is_1_1);
        ck_assert_int_eq(dev->queues, cases[i].queues);
        ck_assert_str_eq(dev->binding, cases[i].binding);
        fake_client_free(client);
    }
}
END_TEST

START_TEST(keeps_queue_mode_until_the_next_register)
{
    static const struct {
        const char *query;
        bool queues;
    } steps[] = {{"?lt=60", false}, {"?b=U", false}, {"?b=U&Q", true}, {"?b=UT", true}};
    struct fake_client *client = fake_client_new();
    char path[64], uri[96];
    fake_client_register_as(client, "lwm2m=1.1&Q");
    ck_assert(server_client(client->server, NULL)->queues);
    fake_client_register_as(client, "lwm2m=1.1");
    location(client, path);
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        snprintf(uri, sizeof uri, "%s%s", path, steps[i].query);
        ck_assert_int_eq(fake_client_ask(client, CODE_POST, uri, NULL), CODE_CHANGED);
        ck_assert_int_eq(server_client(client->server, NULL)->queues, steps[i].queues);
    }
    fake_client_free(client);
}
END_TEST

START_TEST(keeps_the_registration_when_an_update_is_malformed)
{
    struct fake_client *client = fake_client_new();
    char path[64], uri[96];
    fake_client_register(client);
    snprintf(uri, sizeof uri, "%s?lt=-5", location(client, path));
    ck_assert_int_eq(fake_client_ask(client, CODE_POST, uri, NULL), CODE_BAD_REQUEST);
    ck_assert_int_eq(fake_client_ask(client, CODE_POST, path, "<<"), CODE_BAD_REQUEST);
    ck_assert_int_eq(server_client(client->server, "dev")->lifetime, 60);
    ck_assert_uint_eq(server_client(client->server, "dev")->objects.count, 2);
    fake_client_free(client);
}
END_TEST

START_TEST(answers_404_once_the_client_is_gone)
{
    struct fake_client *client = fake_client_new();
    char path[64];
    fake_client_register(client);
    location(client, path);
    ck_assert_int_eq(fake_client_ask(client, CODE_DELETE, path, NULL), CODE_DELETED);
    ck_assert_ptr_null(server_clients(client->server));
    ck_assert_int_eq(fake_client_ask(client, CODE_DELETE, path, NULL), CODE_NOT_FOUND);
    ck_assert_int_eq(fake_client_ask(client, CODE_POST, path, NULL), CODE_NOT_FOUND);
    fake_client_free(client);
}
END_TEST

START_TEST(expires_a_client_when_its_lifetime_passes_without_an_update)
{
    struct fake_client *client = fake_client_new();
    char path[64];
    fake_client_register(client);
    location(client, path);
    fake_client_run(client, 59000);
    ck_assert_int_eq(fake_client_ask(client, CODE_POST, path, NULL), CODE_CHANGED);
    fake_client_run(client, 59000);
    ck_assert_ptr_nonnull(server_client(client->server, "dev"));
    fake_client_run(client, 2000);
    ck_assert_ptr_null(server_client(client->server, "dev"));
    ck_assert_str_eq(buf_text(&client->log), "registered dev +objects\nupdated dev\nexpired dev\n");
    fake_client_free(client);
}
END_TEST

START_TEST(replaces_a_registration_of_the_same_name)
{
    struct fake_client *client = fake_client_new();
    char first[64], second[64];
    fake_client_register(client);
    location(client, first);
    fake_client_register(client);
    location(client, second);
    ck_assert_str_ne(first, second);
    ck_assert_ptr_null(server_clients(client->server)->next);
    ck_assert_int_eq(fake_client_ask(client, CODE_POST, first, NULL), CODE_NOT_FOUND);
    fake_client_free(client);
}
END_TEST

/* A request with a list that does not say what it is. */
static uint8_t ask_without_format(struct fake_client *client, const char *path, const char *query)
{
    struct message request;
    struct message response;
    message_init(&request);
    message_init(&response);
    request.code = CODE_POST;
    ck_assert(segments_split(&request.path, '/', bytes_of(path)));
    ck_assert(segments_split(&request.query, '&', bytes_of(query)));
    buf_puts(&request.payload, "</5/0>");
    client->server_end->on_request(client->server, server_client(client->server, "dev")->peer,
                                   &request, &response);
    uint8_t code = response.code;
    message_release(&request);
    message_release(&response);
    return code;
}

START_TEST(takes_an_object_list_with_versions_in_link_format_only)
{
    struct fake_client *client = fake_client_new();
    char path[64];
    ck_assert_int_eq(fake_client_ask(client, CODE_POST, "/rd?ep=dev", "</3>;ver=\"1.1\",</3/0>"),
                     CODE_CREATED);
    const struct client *dev = server_client(client->server, "dev");
    const struct link *link = links_find(&dev->objects, path_object(3));
    ck_assert_str_eq(link_attribute(link, "ver"), "1.1");
    ck_assert_int_eq(ask_without_format(client, "/rd", "ep=other"), CODE_UNSUPPORTED_FORMAT);
    ck_assert_int_eq(ask_without_format(client, location(client, path), "lt=9"),
                     CODE_UNSUPPORTED_FORMAT);
    ck_assert_uint_eq(dev->objects.count, 2);
    ck_assert_int_eq(dev->lifetime, 86400);
    fake_client_free(client);
}
END_TEST

START_TEST(follows_a_client_to_another_session)
{
    struct fake_client *client = fake_client_new();
    char path[64];
    fake_client_register(client);
    location(client, path);
    ck_assert_int_eq(fake_client_ask(client, CODE_GET, path, NULL), CODE_METHOD_NOT_ALLOWED);
    struct peer *former = server_client(client->server, "dev")->peer;
    ck_assert_int_eq(
        endpoint_connect(client->device_end, "coap://server", NULL, &client->to_server, NULL),
        ST_OK);
    ck_assert_int_eq(fake_client_ask(client, CODE_POST, path, NULL), CODE_CHANGED);
    ck_assert_uint_eq(fake_endpoint_peers(client->server_end), 1);
    ck_assert_ptr_ne(server_client(client->server, "dev")->peer, former);
    fake_client_answer(client, CODE_CONTENT, FORMAT_TEXT, "1");
    struct operation operation = fake_operation(OPERATION_READ, "/16/0/3");
    fake_client_perform(client, &operation);
    ck_assert_int_eq(client->outcome.code, CODE_CONTENT);
    fake_client_free(client);
}
END_TEST

START_TEST(keeps_a_client_whose_session_is_gone_until_it_comes_back)
{
    struct fake_client *client = fake_client_new();
    char path[64];
    struct error error;
    fake_client_register(client);
    location(client, path);
    fake_endpoint_lose(client->server_end, server_client(client->server, "dev")->peer);
    ck_assert_ptr_null(server_client(client->server, "dev")->peer);
    static const enum operation_kind kinds[] = {OPERATION_READ, OPERATION_AUTHENTICATE};
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        struct operation operation = fake_operation(kinds[i], "/16/0");
        error_clear(&error);
        ck_assert_int_eq(server_perform(client->server, "dev", &operation, NULL, NULL, &error),
                         ST_UNREACHABLE);
        ck_assert_str_eq(error.text, "the session of client \"dev\" is gone; it must register or "
                                     "update first");
        operation_release(&operation);
    }
    ck_assert_int_eq(fake_client_ask(client, CODE_POST, path, NULL), CODE_CHANGED);
    ck_assert_ptr_nonnull(server_client(client->server, "dev")->peer);
    fake_client_free(client);
}
END_TEST

START_TEST(keeps_the_order_of_registration_whoever_leaves)
{
    static const char *const uris[] = {"/rd?ep=a", "/rd?ep=b", "/rd?ep=c", "/rd?ep=d"};
    struct fake_client *client = fake_client_new();
    char order[16] = "";
    for (size_t i = 0; i < COUNT_OF(uris); i++)
        ck_assert_int_eq(fake_client_ask(client, CODE_POST, uris[i], "</3/0>"), CODE_CREATED);
    ck_assert_int_eq(server_forget(client->server, "d"), ST_OK);
    ck_assert_int_eq(server_forget(client->server, "b"), ST_OK);
    ck_assert_int_eq(fake_client_ask(client, CODE_POST, uris[0], "</3/0>"), CODE_CREATED);
    ck_assert_int_eq(fake_client_ask(client, CODE_POST, uris[1], "</3/0>"), CODE_CREATED);
    for (const struct client *at = server_clients(client->server); at != NULL; at = at->next)
        strncat(order, at->endpoint, 1);
    ck_assert_str_eq(order, "cab");
    ck_assert_str_eq(server_client(client->server, NULL)->endpoint, "c");
    ck_assert_str_eq(server_client(client->server, "a")->endpoint, "a");
    ck_assert_ptr_null(server_client(client->server, "d"));
    fake_client_free(client);
}
END_TEST

START_TEST(forgets_on_request_and_after_a_restart)
{
    struct fake_client *client = fake_client_new();
    fake_client_register(client);
    ck_assert_int_eq(server_forget(client->server, "dev"), ST_OK);
    ck_assert_int_eq(server_forget(client->server, "dev"), ST_NOT_FOUND);
    fake_client_register(client);
    server_restart(client->server);
    ck_assert_ptr_null(server_clients(client->server));
    fake_client_free(client);
}
END_TEST

START_TEST(lets_the_session_go_with_its_client)
{
    struct fake_client *client = fake_client_new();
    char path[64];
    fake_client_register(client);
    ck_assert_uint_eq(fake_endpoint_peers(client->server_end), 1);
    fake_client_register(client); /* the same session goes on */
    ck_assert_uint_eq(fake_endpoint_peers(client->server_end), 1);
    ck_assert_int_eq(fake_client_ask(client, CODE_DELETE, location(client, path), NULL),
                     CODE_DELETED);
    ck_assert_uint_eq(fake_endpoint_peers(client->server_end), 0);
    fake_client_register(client);
    ck_assert_int_eq(server_forget(client->server, "dev"), ST_OK);
    ck_assert_uint_eq(fake_endpoint_peers(client->server_end), 0);
    fake_client_free(client);
}
END_TEST

UNIT_MAIN("registry", takes_an_object_list_with_versions_in_link_format_only,
          follows_a_client_to_another_session,
          keeps_a_client_whose_session_is_gone_until_it_comes_back,
          keeps_the_order_of_registration_whoever_leaves, lets_the_session_go_with_its_client,
          registers_a_client_with_its_object_list,
          refuses_a_register_that_lacks_or_garbles_something, updates_lifetime_binding_and_objects,
          takes_clients_of_1_1_and_their_queue_mode, keeps_queue_mode_until_the_next_register,
          keeps_the_registration_when_an_update_is_malformed, answers_404_once_the_client_is_gone,
          expires_a_client_when_its_lifetime_passes_without_an_update,
          replaces_a_registration_of_the_same_name, forgets_on_request_and_after_a_restart)
