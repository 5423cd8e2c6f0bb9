/* SPDX-License-Identifier: Apache-2.0 */
/* Who may speak for a client: its name by its link, and links that are not its own. */
#include "base/std.h"

#include "server/server_impl.h"
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

/* From now on the client speaks by another session: secured as IDENTITY, NULL: in plain text. */
static void come_as(struct fake_client *client, const char *identity)
{
    const struct security security = {.mode = SECURITY_PSK,
                                      .identity = bytes_of(identity == NULL ? "" : identity)};
    const struct remote remote = {.uri = "coap://server",
                                  .security = identity == NULL ? NULL : &security};
    ck_assert_int_eq(endpoint_open(client->device_end, &remote, &client->to_server, NULL), ST_OK);
}

/* LwM2M TS 1.1, 6.2.1: the name is optional when the link tells it. */
START_TEST(takes_the_name_of_the_link_from_1_1_on)
{
    struct fake_client *client = fake_client_new();
    ck_assert_int_eq(fake_client_ask(client, CODE_POST, "/rd?lwm2m=1.1", "</3/0>"),
                     CODE_BAD_REQUEST);
    come_as(client, "known");
    ck_assert_int_eq(fake_client_ask(client, CODE_POST, "/rd?lwm2m=1.0", "</3/0>"),
                     CODE_BAD_REQUEST);
    ck_assert_int_eq(fake_client_ask(client, CODE_POST, "/rd?lwm2m=1.1&ep=", "</3/0>"),
                     CODE_BAD_REQUEST);
    ck_assert_int_eq(fake_client_ask(client, CODE_POST, "/rd?lwm2m=1.1", "</3/0>"), CODE_CREATED);
    ck_assert_ptr_nonnull(server_client(client->server, "known"));
    fake_client_free(client);
}
END_TEST

START_TEST(lets_nobody_take_over_a_client_by_another_kind_of_link)
{
    static const struct {
        const char *owner, *other;
        bool taken;
    } cases[] = {
        {"id", NULL, false}, {NULL, "id", false}, {"id", "else", false},
        {"id", "id", true},  {NULL, NULL, true},  {"", NULL, false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct fake_client *client = fake_client_new();
        char path[64];
        bool taken = cases[i].taken;
        come_as(client, cases[i].owner);
        fake_client_register(client);
        location(client, path);
        const struct peer *owner = server_client(client->server, "dev")->peer;
        come_as(client, cases[i].other);
        ck_assert_int_eq(fake_client_ask(client, CODE_POST, path, NULL),
                         taken ? CODE_CHANGED : CODE_FORBIDDEN);
        ck_assert_int_eq(fake_client_ask(client, CODE_POST, "/rd?ep=dev", "</3/0>"),
                         taken ? CODE_CREATED : CODE_FORBIDDEN);
        ck_assert_int_eq(fake_client_ask(client, CODE_DELETE, path, NULL),
                         taken ? CODE_NOT_FOUND : CODE_FORBIDDEN);
        ck_assert_int_eq(server_client(client->server, "dev")->peer == owner, !taken);
        ck_assert_int_eq(fake_client_ask(client, CODE_POST, "/rd?ep=new", "</3/0>"), CODE_CREATED);
        fake_client_free(client);
    }
}
END_TEST

START_TEST(remembers_the_link_of_a_client_whose_session_is_gone)
{
    struct fake_client *client = fake_client_new();
    char path[64];
    come_as(client, "id");
    fake_client_register(client);
    location(client, path);
    fake_endpoint_lose(client->server_end, server_client(client->server, "dev")->peer);
    come_as(client, NULL);
    ck_assert_int_eq(fake_client_ask(client, CODE_POST, path, NULL), CODE_FORBIDDEN);
    come_as(client, "id");
    ck_assert_int_eq(fake_client_ask(client, CODE_POST, path, NULL), CODE_CHANGED);
    fake_client_free(client);
}
END_TEST

static void hear(void *arg, const struct event *event)
{
    buf_printf(arg, "%s\n", event->text);
}

START_TEST(says_whom_it_refused_and_why)
{
    static const struct peer_security known = {.identity = "known"};
    struct buf text;
    buf_init(&text, 2000);
    struct clock *clock = clock_new_virtual(0);
    struct trace trace;
    struct trace_listener listener = {.hear = hear, .arg = &text};
    trace_init(&trace, clock);
    trace_listen(&trace, &listener);
    struct peer peer = {.name = "127.0.0.1:9"};
    caller_refuse(&trace, &peer, "dev", "known");
    ck_assert_str_eq(
        buf_text(&text),
        "refused 127.0.0.1:9, which claims to be client \"dev\": its link is secured as "
        "\"known\", this one is in plain text; if it may be, end the former first "
        "(`server forget`)\n");
    buf_clear(&text);
    peer.security = &known;
    caller_refuse(&trace, &peer, "dev", NULL);
    ck_assert_ptr_nonnull(strstr(buf_text(&text), "its link is in plain text, this one is secured "
                                                  "as \"known\";"));
    buf_release(&text);
    clock_free(clock);
}
END_TEST

UNIT_MAIN("caller", says_whom_it_refused_and_why, takes_the_name_of_the_link_from_1_1_on,
          lets_nobody_take_over_a_client_by_another_kind_of_link,
          remembers_the_link_of_a_client_whose_session_is_gone)
