/* SPDX-License-Identifier: Apache-2.0 */
/* Secured sessions between two endpoints of ours, over real UDP and TCP. */
#include "base/std.h"

#include "tests/unit/net/coap_world.h"

enum { HANDSHAKE_MS = 600 };

static const char right_key[] = "sixteen octets!!";

static struct bytes find_psk(void *arg, struct bytes identity)
{
    UNUSED(arg);
    return bytes_is(identity, "device-1") ? bytes_of(right_key) : (struct bytes){NULL, 0};
}

/* The two ways: DTLS and TLS. */
static const char *const anywhere[] = {"coaps://127.0.0.1:0", "coaps+tcp://127.0.0.1:0"};
static const char *const protocols[] = {"DTLS1.2 TLS_", "TLS1.2 TLS_"};

static const struct server_keys keys = {.psk = find_psk};

/* What the device end is told of secured sessions. */
struct told {
    unsigned secured;
    unsigned refused; /* handshakes */
    char refusal[256];
    char suite[SUITE_TEXT];
    char identity[IDENTITY_TEXT];
    struct trace_listener listener;
};

static void hear_secured(void *arg, const struct event *event)
{
    struct told *told = arg;
    if (event->kind == EVENT_SECURED) {
        told->secured++;
        snprintf(told->suite, sizeof told->suite, "%s", event->suite);
        snprintf(told->identity, sizeof told->identity, "%s", event->identity);
    } else if (event->kind == EVENT_UNSECURED) {
        told->refused++;
        snprintf(told->refusal, sizeof told->refusal, "%s", event->text);
    }
}

static void told_start(struct told *told, struct side *side)
{
    *told = (struct told){.listener = {hear_secured, told, NULL}};
    trace_listen(&side->trace, &told->listener);
}

/* A handshake failed, and that is how the server tells of it. */
static void check_told(struct world *world, const struct told *server, const char *expected)
{
    wait_for(world, &server->refused, 1);
    ck_assert_int_eq(strncmp(server->refusal, "handshake with 127.0.0.1:", 25), 0);
    ck_assert_msg(strstr(server->refusal, expected) != NULL, "%s", server->refusal);
    ck_assert_uint_eq(server->secured, 0);
}

static void both_start(struct world *world, size_t way)
{
    world_start(world);
    side_init(world, &world->device, NULL, 0);
    side_start(world, &world->server, &(struct listening){&anywhere[way], 1, &keys}, 0);
}

static void connect_as(struct world *world, const char *identity, const char *key)
{
    char uri[80];
    snprintf(uri, sizeof uri, "%s", world->server.endpoint->local[0]);
    const struct security security = {
        .identity = bytes_of(identity), .key = bytes_of(key), .handshake_ms = HANDSHAKE_MS};
    const struct remote remote = {.uri = uri, .security = &security};
    struct error error = {0};
    ck_assert_int_eq(endpoint_open(world->device.endpoint, &remote, &world->device.peer, &error),
                     ST_OK);
}

static void secured_init(struct world *world, size_t way, const char *identity, const char *key)
{
    both_start(world, way);
    connect_as(world, identity, key);
}

static void check_registration(size_t way)
{
    struct world world;
    struct told device, server;
    secured_init(&world, way, "device-1", right_key);
    told_start(&device, &world.device);
    told_start(&server, &world.server);
    register_device(&world);
    ck_assert_uint_eq(device.secured, 1);
    ck_assert_uint_eq(server.secured, 1);
    ck_assert_int_eq(strncmp(device.suite, protocols[way], strlen(protocols[way])), 0);
    ck_assert_ptr_nonnull(strstr(device.suite, "PSK_WITH_"));
    ck_assert_str_eq(server.suite, device.suite);
    ck_assert_str_eq(server.identity, "device-1");
    ck_assert_str_eq(world.server.peer->security->identity, "device-1");
    ck_assert_ptr_null(endpoint_problem(world.device.peer));

    struct result result;
    struct message request = request_of(CODE_GET, "/16/0/2");
    world.device.body_len = 3000;
    send_request(&world.server, &request, &result);
    wait_for(&world, &result.calls, 1);
    check_body(&result.message, 3000, '2' + 1);
    message_release(&result.message);
    world_release(&world);
}

START_TEST(a_registration_and_a_read_on_its_session_are_secured)
{
    for (size_t way = 0; way < COUNT_OF(anywhere); way++)
        check_registration(way);
}
END_TEST

/* What either end tells; NULL: not soon. */
struct refusal {
    const char *problem, *server;
};

static void check_refused(size_t way, const char *identity, const char *key,
                          const struct refusal *expected)
{
    struct world world;
    struct result result;
    struct told server;
    secured_init(&world, way, identity, key);
    told_start(&server, &world.server);
    int64_t start = clock_now(world.clock);
    ask(&world, &world.device, CODE_GET, "/", &result);
    ck_assert_int_eq(result.status, ST_UNREACHABLE);
    ck_assert_str_eq(endpoint_problem(world.device.peer), expected->problem);
    ck_assert(world.device.peer->security->is_refused);
    ck_assert_int_lt(clock_now(world.clock) - start, 2 * HANDSHAKE_MS);
    if (expected->server != NULL)
        check_told(&world, &server, expected->server);

    /* The next one does not begin a new handshake. */
    ask(&world, &world.device, CODE_GET, "/", &result);
    ck_assert_int_eq(result.status, ST_UNREACHABLE);
    settle(&world, 100);
    ck_assert_uint_eq(server.refused, expected->server != NULL);
    ck_assert_uint_eq(world.server.asked, 0);
    ck_assert_uint_eq(world.device.gone, 0);
    world_release(&world);
}

START_TEST(a_wrong_key_ends_with_an_alert_or_at_the_limit_of_the_handshake)
{
    static const struct refusal rows[] = {
        /* A record that cannot be read is dropped: DTLS goes on waiting. */
        {"handshake not completed within 0.6 s: wrong key or no answer", NULL},
        {"alert 20 (Bad record MAC) from the other end",
         "(\"device-1\") failed: the keys of both ends differ; alert 20 (Bad record MAC) sent"},
    };
    for (size_t way = 0; way < COUNT_OF(anywhere); way++)
        check_refused(way, "device-1", "another 16 bytes", &rows[way]);
}
END_TEST

START_TEST(an_unknown_identity_is_refused_and_the_server_names_it)
{
    static const char server[] = "(\"device-2\") failed: nobody is known by the identity";
    static const struct refusal rows[] = {
        {"alert 40 (Handshake failed) from the other end", server},
        {"alert 115 (The SRP/PSK username is missing or not known) from the other end", server},
    };
    for (size_t way = 0; way < COUNT_OF(anywhere); way++)
        check_refused(way, "device-2", right_key, &rows[way]);
}
END_TEST

static enum status try(struct world *world, const struct remote *remote, struct error *error)
{
    error_clear(error);
    return endpoint_open(world->device.endpoint, remote, &world->device.peer, error);
}

static void check_nobody(size_t way)
{
    struct world world;
    struct result result;
    both_start(&world, way);
    struct endpoint gone = *world.server.endpoint;
    endpoint_free(world.server.endpoint);
    world.server.endpoint = &gone;
    connect_as(&world, "device-1", right_key);
    world.server.endpoint = NULL;
    ask(&world, &world.device, CODE_GET, "/", &result);
    ck_assert_int_eq(result.status, ST_UNREACHABLE);
    ck_assert_str_eq(endpoint_problem(world.device.peer), "nobody listens there");
    ck_assert(!world.device.peer->security->is_refused);
    world_release(&world);
}

START_TEST(without_anybody_there_it_fails_at_once)
{
    for (size_t way = 0; way < COUNT_OF(anywhere); way++)
        check_nobody(way);
}
END_TEST

START_TEST(a_server_that_leaves_is_noticed_by_its_clients)
{
    for (size_t way = 0; way < COUNT_OF(anywhere); way++) {
        struct world world;
        secured_init(&world, way, "device-1", right_key);
        register_device(&world);
        endpoint_free(world.server.endpoint);
        world.server.endpoint = NULL;
        wait_for(&world, &world.device.gone, 1);
        ck_assert_ptr_null(world.device.peer);
        world_release(&world);
    }
}
END_TEST

/* A socket that takes connections and says nothing. */
START_TEST(a_handshake_by_tcp_that_never_ends_ends)
{
    struct world world;
    struct result result;
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    ck_assert_int_eq(listen(fd, 1), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&at, &len), 0);
    both_start(&world, 1);
    snprintf(world.server.endpoint->local[0], LISTEN_TEXT, "coaps+tcp://127.0.0.1:%u",
             ntohs(at.sin_port));
    connect_as(&world, "device-1", right_key);
    ask(&world, &world.device, CODE_GET, "/", &result);
    ck_assert_int_eq(result.status, ST_UNREACHABLE);
    ck_assert_str_eq(endpoint_problem(world.device.peer),
                     "handshake not completed within 0.6 s: wrong key or no answer");
    close(fd);
    world_release(&world);
}
END_TEST

START_TEST(who_is_deaf_shakes_no_hands)
{
    for (size_t way = 0; way < COUNT_OF(anywhere); way++) {
        struct world world;
        struct result result;
        both_start(&world, way);
        world.server.endpoint->deaf = true;
        connect_as(&world, "device-1", right_key);
        ask(&world, &world.device, CODE_GET, "/", &result);
        ck_assert_int_eq(result.status, ST_UNREACHABLE);
        ck_assert_str_eq(endpoint_problem(world.device.peer),
                         "handshake not completed within 0.6 s: wrong key or no answer");
        world_release(&world);
    }
}
END_TEST

START_TEST(plain_text_and_keys_do_not_go_together)
{
    struct world world;
    struct error error;
    static const char *const plain[] = {"coap://127.0.0.1:9", "coap+tcp://127.0.0.1:9"};
    const struct security security = {.identity = bytes_of("device-1"), .key = bytes_of(right_key)};
    both_start(&world, 0);
    for (size_t way = 0; way < COUNT_OF(anywhere); way++) {
        const struct remote bare = {.uri = anywhere[way]};
        ck_assert_int_eq(try(&world, &bare, &error), ST_INVALID);
        ck_assert_ptr_nonnull(strstr(error.text, "there are no keys"));
        const struct remote open = {.uri = plain[way], .security = &security};
        ck_assert_int_eq(try(&world, &open, &error), ST_INVALID);
        ck_assert_ptr_nonnull(strstr(error.text, "is plain text"));
    }
    world_release(&world);
}
END_TEST

START_TEST(a_secured_address_needs_keys_to_listen_on)
{
    struct world world;
    struct error error;
    world_start(&world);
    for (size_t way = 0; way < COUNT_OF(anywhere); way++) {
        const struct coap_endpoint_config config = {.loop = world.loop,
                                                    .chance = &world.chance,
                                                    .listen = &anywhere[way],
                                                    .listen_count = 1};
        error_clear(&error);
        ck_assert_ptr_null(coap_endpoint_new(&config, &error));
        ck_assert_ptr_nonnull(strstr(error.text, "there are no keys for it"));
    }
    world_release(&world);
}
END_TEST

/* --- certificates: those of profiles/keys, as files have them ----------------------------------
 */

static struct buf file(const char *name)
{
    char path[96];
    struct buf text;
    int octet;
    snprintf(path, sizeof path, "profiles/keys/%s", name);
    FILE *in = fopen(path, "rb");
    ck_assert_msg(in != NULL, "%s", path);
    buf_init(&text, 65536);
    while ((octet = fgetc(in)) != EOF)
        buf_put_u8(&text, (unsigned)octet);
    fclose(in);
    return text;
}

/* What differs from case to case. */
struct certified {
    const char *server, *trust, *name, *server_trust;
    const char *problem; /* NULL: it works */
    const char *refusal; /* what the server tells */
};

static void check_certified(size_t way, const struct certified *row)
{
    struct buf key = file("server.key"), certificate = file(row->server),
               clients = file(row->server_trust), own_key = file("client.key"),
               own = file("client.pem"), trust = file(row->trust);
    const struct server_keys server = {.psk = find_psk,
                                       .key = buf_bytes(&key),
                                       .certificate = buf_bytes(&certificate),
                                       .trust = buf_bytes(&clients)};
    const struct security security = {.mode = SECURITY_X509,
                                      .key = buf_bytes(&own_key),
                                      .certificate = buf_bytes(&own),
                                      .trust = buf_bytes(&trust),
                                      .server_name = row->name,
                                      .handshake_ms = 3000};
    struct world world;
    struct result result;
    struct told told;
    char uri[80];
    world_start(&world);
    side_init(&world, &world.device, NULL, 0);
    side_start(&world, &world.server, &(struct listening){&anywhere[way], 1, &server}, 0);
    told_start(&told, &world.server);
    snprintf(uri, sizeof uri, "%s", world.server.endpoint->local[0]);
    const struct remote remote = {.uri = uri, .security = &security};
    ck_assert_int_eq(endpoint_open(world.device.endpoint, &remote, &world.device.peer, NULL),
                     ST_OK);
    ask(&world, &world.device, CODE_GET, "/", &result);
    const char *problem = endpoint_problem(world.device.peer);
    if (row->problem == NULL) {
        ck_assert_ptr_null(problem);
        ck_assert_int_eq(result.status, ST_OK);
        ck_assert_str_eq(world.server.peer->security->identity, "urn:dev:vehicle-0001");
    } else {
        ck_assert_int_eq(result.status, ST_UNREACHABLE);
        ck_assert_str_eq(problem, row->problem);
        ck_assert_uint_eq(world.server.asked, 0);
        check_told(&world, &told, row->refusal);
    }
    message_release(&result.message);
    world_release(&world);
    struct buf *const bufs[] = {&key, &certificate, &clients, &own_key, &own, &trust};
    for (size_t i = 0; i < COUNT_OF(bufs); i++)
        buf_release(bufs[i]);
}

START_TEST(certificates_are_checked_for_anchor_time_and_every_name)
{
    static const char alert[] = "failed: alert 42 (Certificate is bad) from the other end";
    static const struct certified rows[] = {
        {"server.pem", "ca.pem", "server.example.com", "ca.pem", NULL, NULL},
        {"other-name.pem", "ca.pem", "another.example.com", "ca.pem", NULL, NULL},
        {"other-name.pem", "ca.pem", "server.example.com", "ca.pem",
         "certificate is for \"other.example.com\", not for \"server.example.com\"", alert},
        {"server.pem", "ca.pem", "example.com", "ca.pem",
         "certificate is for \"server.example.com\", not for \"example.com\"", alert},
        {"server.pem", "ca.pem", "127.0.0.1", "ca.pem",
         "certificate is for \"server.example.com\", not for \"127.0.0.1\"", alert},
        {"expired.pem", "ca.pem", "server.example.com", "ca.pem", "certificate is expired",
         "alert 45 (Certificate is expired) from the other end"},
        {"server.pem", "other-ca.pem", "server.example.com", "ca.pem",
         "certificate does not lead to a trust anchor of the account",
         "alert 48 (CA is unknown) from the other end"},
        {"server.pem", "ca.pem", "server.example.com", "other-ca.pem",
         "alert 48 (CA is unknown) from the other end",
         "(\"urn:dev:vehicle-0001\") failed: its certificate does not lead to a trust anchor"},
    };
    for (size_t way = 0; way < COUNT_OF(anywhere); way++)
        for (size_t i = 0; i < COUNT_OF(rows); i++)
            check_certified(way, &rows[i]);
}
END_TEST

/* --- raw public keys ---------------------------------------------------------------------------
 */

static struct buf known; /* the client's key in DER */

static void der_of(const char *name, struct buf *out)
{
    struct buf pem = file(name);
    buf_init(out, 4096);
    struct bytes text = buf_bytes(&pem);
    const uint8_t *begin = memchr(text.data, '\n', text.len);
    struct buf base64;
    buf_init(&base64, 4096);
    for (const uint8_t *at = begin; at < text.data + text.len && *at != '-'; at++)
        if (*at != '\n')
            buf_put_u8(&base64, *at);
    ck_assert(parse_base64(buf_bytes(&base64), out));
    buf_release(&base64);
    buf_release(&pem);
}

static bool knows(void *arg, struct bytes der)
{
    UNUSED(arg);
    return bytes_equal(der, buf_bytes(&known));
}

static void check_raw(size_t way, const char *expected_server, const char *known_client,
                      const struct refusal *refusal)
{
    struct buf key = file("server.key"), own = file("server.pub"), client_key = file("client.key"),
               client = file("client.pub"), expected;
    der_of(known_client, &known);
    der_of(expected_server, &expected);
    const struct server_keys server = {
        .psk = find_psk, .knows = knows, .key = buf_bytes(&key), .public_key = buf_bytes(&own)};
    const struct security security = {.mode = SECURITY_RPK,
                                      .key = buf_bytes(&client_key),
                                      .public_key = buf_bytes(&client),
                                      .peer_public_key = buf_bytes(&expected),
                                      .handshake_ms = 3000};
    struct world world;
    struct result result;
    struct told told;
    world_start(&world);
    side_init(&world, &world.device, NULL, 0);
    side_start(&world, &world.server, &(struct listening){&anywhere[way], 1, &server}, 0);
    told_start(&told, &world.server);
    const struct remote remote = {.uri = world.server.endpoint->local[0], .security = &security};
    ck_assert_int_eq(endpoint_open(world.device.endpoint, &remote, &world.device.peer, NULL),
                     ST_OK);
    ask(&world, &world.device, CODE_GET, "/", &result);
    const char *found = endpoint_problem(world.device.peer);
    ck_assert_int_eq(result.status, refusal == NULL ? ST_OK : ST_UNREACHABLE);
    ck_assert_uint_eq(world.server.asked, refusal == NULL);
    if (refusal == NULL) {
        ck_assert_int_eq(strncmp(world.server.peer->security->identity, "sha256:", 7), 0);
    } else {
        ck_assert_msg(found != NULL && strstr(found, refusal->problem) != NULL, "%s", found);
        check_told(&world, &told, refusal->server);
    }
    message_release(&result.message);
    world_release(&world);
    struct buf *const bufs[] = {&key, &own, &client_key, &client, &expected, &known};
    for (size_t i = 0; i < COUNT_OF(bufs); i++)
        buf_release(bufs[i]);
}

START_TEST(raw_public_keys_are_known_at_both_ends)
{
    static const struct refusal of_server = {"public key of the server is not that of the account",
                                             "alert 42 (Certificate is bad) from the other end"};
    static const struct refusal of_client = {"alert 42 (Certificate is bad) from the other end",
                                             "failed: nobody is known by its raw public key"};
    for (size_t way = 0; way < COUNT_OF(anywhere); way++) {
        check_raw(way, "server.pub", "client.pub", NULL);
        check_raw(way, "client.pub", "client.pub", &of_server);
        check_raw(way, "server.pub", "server.pub", &of_client);
    }
}
END_TEST

/* Each client has what it can check: a certificate, a raw key, or neither. WHERE says at which of
 * the addresses. */
static void check_every_mode(const struct listening *listening, const size_t where[3])
{
    struct buf key = file("server.key"), own = file("server.pub"), certificate = file("server.pem"),
               ca = file("ca.pem"), client_key = file("client.key"), raw = file("client.pub"),
               client = file("client.pem"), expected;
    der_of("client.pub", &known);
    der_of("server.pub", &expected);
    const struct server_keys server = {.psk = find_psk,
                                       .knows = knows,
                                       .key = buf_bytes(&key),
                                       .public_key = buf_bytes(&own),
                                       .certificate = buf_bytes(&certificate),
                                       .trust = buf_bytes(&ca)};
    struct listening everything = *listening;
    everything.keys = &server;
    const struct security modes[] = {
        {.mode = SECURITY_PSK, .identity = bytes_of("device-1"), .key = bytes_of(right_key)},
        {.mode = SECURITY_RPK,
         .key = buf_bytes(&client_key),
         .public_key = buf_bytes(&raw),
         .peer_public_key = buf_bytes(&expected)},
        {.mode = SECURITY_X509,
         .key = buf_bytes(&client_key),
         .certificate = buf_bytes(&client),
         .trust = buf_bytes(&ca),
         .server_name = "server.example.com"},
    };
    struct world world;
    world_start(&world);
    side_init(&world, &world.device, NULL, 0);
    side_start(&world, &world.server, &everything, 0);
    for (size_t i = 0; i < COUNT_OF(modes); i++) {
        struct result result;
        const struct remote remote = {.uri = world.server.endpoint->local[where[i]],
                                      .security = &modes[i]};
        ck_assert_int_eq(endpoint_open(world.device.endpoint, &remote, &world.device.peer, NULL),
                         ST_OK);
        ask(&world, &world.device, CODE_GET, "/", &result);
        ck_assert_msg(result.status == ST_OK, "%s", endpoint_problem(world.device.peer));
        message_release(&result.message);
    }
    world_release(&world);
    struct buf *const bufs[] = {&key, &own,    &certificate, &ca,   &client_key,
                                &raw, &client, &expected,    &known};
    for (size_t i = 0; i < COUNT_OF(bufs); i++)
        buf_release(bufs[i]);
}

START_TEST(one_address_serves_every_mode_by_tls_and_two_by_dtls)
{
    const char *const twice[] = {anywhere[0], anywhere[0]};
    check_every_mode(&(struct listening){&anywhere[1], 1, NULL}, (const size_t[]){0, 0, 0});
    check_every_mode(&(struct listening){twice, 2, NULL}, (const size_t[]){0, 1, 0});
    check_every_mode(&(struct listening){twice, 2, NULL}, (const size_t[]){1, 1, 0});
}
END_TEST

UNIT_MAIN("coap_secure", a_registration_and_a_read_on_its_session_are_secured,
          a_wrong_key_ends_with_an_alert_or_at_the_limit_of_the_handshake,
          an_unknown_identity_is_refused_and_the_server_names_it,
          without_anybody_there_it_fails_at_once, a_handshake_by_tcp_that_never_ends_ends,
          who_is_deaf_shakes_no_hands, a_server_that_leaves_is_noticed_by_its_clients,
          plain_text_and_keys_do_not_go_together, a_secured_address_needs_keys_to_listen_on,
          certificates_are_checked_for_anchor_time_and_every_name,
          raw_public_keys_are_known_at_both_ends,
          one_address_serves_every_mode_by_tls_and_two_by_dtls)
