/* SPDX-License-Identifier: Apache-2.0 */
/* Command `server`: the server end by hand or by pipe. */
#include <cjson/cJSON.h>

#include "base/std.h"

#include <fcntl.h>
#include <unistd.h>

#include "cli/adapt.h"
#include "cli/command.h"
#include "cli/defects.h"
#include "cli/dialog.h"
#include "cli/json_print.h"
#include "cli/keys.h"
#include "cli/listen.h"
#include "cli/output.h"
#include "cli/redact.h"

enum { WAIT_CLIENT_MS = 30000, TURN_MS = 1000, LINE_MOST = 1 << 20 };

struct server_options {
    struct common common;
    struct texts listen;
    const char *keys;        /* (borrowed) */
    const char *security;    /* (borrowed) */
    const char *bootstrap;   /* (borrowed) */
    const char *definitions; /* (borrowed) */
    const char *defect;      /* (borrowed) */
    int64_t wait_client_ms;
    int ready_fd;
    bool stay;
    bool adapter;
};

static const struct option options[] = {
    {"listen", 'l', OPTION_TEXTS, offsetof(struct server_options, listen), "URI",
     "where to listen, port 0 for a free one (default: coap://127.0.0.1:5683); may come again",
     COMPLETE_NOTHING},
    {"keys", 'k', OPTION_TEXT, offsetof(struct server_options, keys), "KEYRING",
     "the server's half of profiles, to judge signatures and ciphertexts with", COMPLETE_FILES},
    {"security", '\0', OPTION_TEXT, offsetof(struct server_options, security), "FILE",
     "the keys of secured links, for coaps:// and coaps+tcp://", COMPLETE_FILES},
    {"bootstrap", '\0', OPTION_TEXT, offsetof(struct server_options, bootstrap), "FILE",
     "be a bootstrap server, too: what it has for its clients", COMPLETE_FILES},
    {"defect", '\0', OPTION_TEXT, offsetof(struct server_options, defect), "NAME",
     "have this defect: see \"list defects\"", COMPLETE_DEFECTS},
    {"definitions", '\0', OPTION_TEXT, offsetof(struct server_options, definitions), "FILE",
     "objects that are not built in: \"definitions\" of a profile, or of a file of its own",
     COMPLETE_FILES},
    {"wait-client", 'w', OPTION_DURATION, offsetof(struct server_options, wait_client_ms), "TIME",
     "how long an operation waits for a device to register (default: 30s)", COMPLETE_NOTHING},
    {"stay", '\0', OPTION_FLAG, offsetof(struct server_options, stay), NULL,
     "go on after the end of standard input", COMPLETE_NOTHING},
    {"adapter", '\0', OPTION_FLAG, offsetof(struct server_options, adapter), NULL,
     "speak the adapter protocol on standard input and output", COMPLETE_NOTHING},
    {"ready-fd", '\0', OPTION_DESCRIPTOR, offsetof(struct server_options, ready_fd), "N",
     "write the address to file descriptor N once listening, and close it", COMPLETE_NOTHING},
    OPTION_JSON("print one JSON object for each event and answer"),
    OPTION_TRACE,
    OPTION_REDACT,
    OPTIONS_COMMON,
    OPTIONS_END,
};

static const char console_help[] =
    "read PATH [as FORMAT]           write PATH VALUES    update PATH VALUES\n"
    "execute PATH [ARGUMENTS]        create PATH [VALUES] delete PATH\n"
    "discover PATH                   attributes PATH NAME=VALUE&...\n"
    "observe PATH [as FORMAT] [again] cancel PATH [by reset]\n"
    "read-composite PATH...          write-composite PATH=VALUE,...\n"
    "observe-composite PATH...       cancel-composite PATH... [by reset]\n"
    "authenticate PATH identity=N [key=N]    is the identity of a Portfolio instance genuine?\n"
    "decrypt PATH identity=N [key=N]         fetches it encrypted and opens it\n"
    "... => EXPECTED                 what must come, else the line fails: read /16/0/3 => 2.05 0\n"
    "server forget, server restart   loses the registrations\n"
    "server silence                  hears and says nothing until its restart\n";

struct desk {
    const struct server_options *given; /* (borrowed) */
    struct world world;
    struct keyring *keyring;            /* (owned) or NULL */
    struct server_security *security;   /* (owned) or NULL */
    struct bootstrap_file *bootstrap;   /* (owned) or NULL */
    struct catalogue *definitions;      /* (owned) or NULL */
    const struct catalogue *catalogue;  /* (borrowed) the objects that are known */
    const struct server_defect *defect; /* (borrowed) or NULL */
    struct verifiers *verifiers;        /* (owned) */
    struct server_actor *server;        /* (owned) */
    char *endpoint;                     /* (owned) the client in use, NULL: the only one */
    struct claims claims;               /* of it */
    struct oracle *oracle;              /* (owned) for it */
    struct console *console;            /* (owned) same */
    bool gave_up;                       /* to wait for it */
};

/* --- what comes by itself ------------------------------------------------------------------- */

static const char *word_of(const struct actor_event *event)
{
    return event->kind == ACTOR_SENT ? "send" : "notify";
}

static void print_text(const struct desk *desk, const struct actor_event *event, const char *text)
{
    char path[PATH_TEXT];
    struct buf line;
    const struct client *clients = sim_server_clients(desk->server);
    buf_init(&line, LINE_MOST);
    if (clients != NULL && clients->next != NULL) {
        buf_put_plain(&line, bytes_of(event->endpoint));
        buf_puts(&line, ": ");
    }
    buf_printf(&line, "%s %s %s\n", word_of(event), path_text(event->path, path), text);
    fputs(buf_text(&line), stdout);
    buf_release(&line);
}

static void print_json(const struct desk *desk, const struct actor_event *event, const char *text)
{
    char path[PATH_TEXT];
    cJSON *object = json_new();
    cJSON_AddStringToObject(object, "event", word_of(event));
    cJSON_AddNumberToObject(object, "utc_ms", (double)clock_utc(desk->world.clock));
    json_text(object, "endpoint", bytes_of(event->endpoint));
    cJSON_AddStringToObject(object, "path", path_text(event->path, path));
    json_text(object, "text", bytes_of(text));
    json_print(object);
}

static void hear(void *arg, const struct actor_event *event)
{
    const struct desk *desk = arg;
    struct buf text;
    if (event->kind != ACTOR_NOTIFIED && event->kind != ACTOR_SENT)
        return;
    buf_init(&text, LINE_MOST);
    outcome_explain(event->outcome, event->path, &text);
    if (desk->given->common.redact)
        redact_text(&text);
    if (desk->given->common.json)
        print_json(desk, event, buf_text(&text));
    else
        print_text(desk, event, buf_text(&text));
    output_check();
    buf_release(&text);
}

/* --- words of this command ------------------------------------------------------------------ */

static bool has_client(const struct desk *desk)
{
    const struct client *client = sim_server_clients(desk->server);
    while (client != NULL && desk->endpoint != NULL &&
           strcmp(client->endpoint, desk->endpoint) != 0)
        client = client->next;
    return client != NULL;
}

/* Waits for the device that the lines are for, so that a pipe needs no sleep; once it did not come,
 * no other line waits for it again. */
static void wait_for_client(void *arg)
{
    struct desk *desk = arg;
    int64_t until = clock_now(desk->world.clock) + desk->given->wait_client_ms;
    while (!has_client(desk) && !desk->gave_up && !world_is_stopped(&desk->world)) {
        int64_t left = until - clock_now(desk->world.clock);
        desk->gave_up = left <= 0;
        loop_turn(desk->world.loop, left);
    }
    desk->gave_up = !has_client(desk);
}

/* What a client says of itself is not to be trusted with a terminal. */
static void put_client(const struct client *client, struct buf *out)
{
    struct buf line;
    buf_init(&line, LINE_MOST);
    buf_printf(&line, "%s  %s  LwM2M %s  lifetime %" PRId64 " s  ", client->endpoint,
               client->peer == NULL ? "-" : client->peer->name, client->version, client->lifetime);
    links_encode(&client->objects, &line);
    buf_put_plain(out, buf_bytes(&line));
    buf_puts(out, "\n");
    buf_release(&line);
}

/* A person looks at what is there now; a pipe would otherwise always be too early. */
static enum status do_clients(struct dialog *dialog, struct bytes rest, struct buf *answer,
                              struct error *error)
{
    struct desk *desk = dialog->config.arg;
    UNUSED(rest);
    if (!dialog->is_terminal)
        wait_for_client(desk);
    const struct client *client = sim_server_clients(desk->server);
    if (client == NULL && !dialog->is_terminal) {
        error_set(error, "no device registered within %g s",
                  (double)desk->given->wait_client_ms / 1000);
        return ST_TIMEOUT;
    }
    if (client == NULL)
        buf_puts(answer, "no device is registered\n");
    for (; client != NULL; client = client->next)
        put_client(client, answer);
    return ST_OK;
}

static void close_console(struct desk *desk)
{
    console_free(desk->console);
    oracle_free(desk->oracle);
    free(desk->endpoint);
}

/* Takes ENDPOINT over. With keys of it, $pf is the first instance that they are for. */
static void open_console(struct desk *desk, char *endpoint)
{
    const struct provision *provision = NULL;
    if (desk->keyring != NULL && endpoint != NULL)
        provision = keyring_find(desk->keyring, endpoint);
    desk->endpoint = endpoint;
    desk->gave_up = false;
    desk->claims = (struct claims){.endpoint = endpoint};
    if (provision != NULL && provision->count > 0) {
        desk->claims.has_portfolio = true;
        desk->claims.portfolio = path_instance(16, provision->instances[0].instance);
    }
    desk->oracle = oracle_new(desk->catalogue, desk->verifiers, endpoint == NULL ? "" : endpoint);
    desk->console = console_new(&desk->claims, desk->oracle, desk->server, NULL,
                                "clients, use, wait, help, quit");
}

static enum status do_use(struct dialog *dialog, struct bytes rest, struct buf *answer,
                          struct error *error)
{
    struct desk *desk = dialog->config.arg;
    if (rest.len == 0 || memchr(rest.data, '\0', rest.len) != NULL) {
        error_set(error, "name the device: use ENDPOINT");
        return ST_INVALID;
    }
    char *endpoint = xalloc(rest.len + 1);
    memcpy(endpoint, rest.data, rest.len);
    close_console(desk);
    open_console(desk, endpoint);
    dialog->console = desk->console;
    if (!has_client(desk)) {
        buf_puts(answer, "no device is registered by the name \"");
        buf_put_plain(answer, rest);
        buf_puts(answer, "\"; the next operation waits for it\n");
    }
    return ST_OK;
}

static const struct dialog_word words[] = {
    {"clients", "clients                         the devices that are registered", do_clients},
    {"use", "use ENDPOINT                    the device that the next lines are for", do_use},
    {NULL, NULL, NULL},
};

/* --- the life of the server ----------------------------------------------------------------- */

static void tell_ready(const struct desk *desk)
{
    const char *uri;
    int fd = desk->given->ready_fd;
    bool is_told = !desk->given->common.quiet && !desk->given->common.json;
    for (size_t i = 0; (uri = sim_server_uri_at(desk->server, i)) != NULL; i++) {
        if (is_told)
            fprintf(stderr, "listening on %s\n", uri);
        if (fd > 0 && dprintf(fd, "%s\n", uri) < 0)
            complain("nobody reads file descriptor %d: %s", fd, strerror(errno));
    }
    if (fd > 0)
        close(fd);
}

static int converse(struct desk *desk)
{
    const struct dialog_config config = {
        .world = &desk->world,
        .words = words,
        .help = console_help,
        .before = wait_for_client,
        .json = desk->given->common.json,
        .redact = desk->given->common.redact,
        .quiet = desk->given->common.quiet,
        .arg = desk,
    };
    struct dialog dialog;
    bool is_sole = desk->keyring != NULL && desk->keyring->count == 1;
    open_console(desk, is_sole ? xstrdup(desk->keyring->entries[0].endpoint) : NULL);
    dialog_start(&dialog, &config, desk->console);
    while (dialog_turn(&dialog))
        continue;
    while (desk->given->stay && !dialog_is_left(&dialog))
        loop_turn(desk->world.loop, TURN_MS);
    dialog_end(&dialog);
    close_console(desk);
    return dialog.exit_status;
}

static int serve(struct desk *desk)
{
    static const char *const usual[] = {"coap://127.0.0.1:5683"};
    const struct texts *listen = &desk->given->listen;
    struct error error;
    error_clear(&error);
    const struct sim_server_config config = {
        .world = desk->world.sim,
        .listen = listen->count > 0 ? listen->items : usual,
        .listen_count = listen->count > 0 ? listen->count : COUNT_OF(usual),
        .catalogue = desk->catalogue,
        .verifiers = desk->verifiers,
        .security = desk->security,
        .bootstrap = desk->bootstrap,
        .defect = desk->defect,
    };
    if (desk->keyring != NULL &&
        verifiers_add_keyring(desk->verifiers, desk->keyring, &error) != ST_OK) {
        complain("%s: %s", desk->given->keys, error.text);
        return EXIT_FILE;
    }
    desk->server = sim_server_new(&config, &error);
    if (desk->server == NULL) {
        complain("%s", error.text);
        return EXIT_PEER;
    }
    desk->server->listener = (struct actor_listener){hear, desk};
    tell_ready(desk);
    int status = desk->given->adapter ? adapt(&desk->world, desk->server, &error) : converse(desk);
    if (status == EXIT_FILE)
        complain("%s", error.text);
    desk->server->ops->free(desk->server);
    return status;
}

static enum events_detail detail_of(const struct common *common)
{
    if (common->json)
        return EVENTS_ALL;
    if (common->quiet)
        return EVENTS_PROBLEMS;
    return common->verbose > 0 ? EVENTS_ALL : EVENTS_NORMAL;
}

static int serve_in_world(struct desk *desk)
{
    const struct common *common = &desk->given->common;
    const struct events_config config = {
        .out = common->json ? stdout : stderr,
        .problems = stderr,
        .detail = detail_of(common),
        .json = common->json,
        .redact = common->redact,
        .colour = output_has_colour(stderr),
        .file = common->trace,
    };
    if (!world_start(&desk->world, &config))
        return EXIT_FILE;
    desk->verifiers = verifiers_new(&desk->world.chance);
    int status = serve(desk);
    verifiers_free(desk->verifiers);
    return world_end(&desk->world, status);
}

/* Each file that was given must be good, and all its errors are told. */
static bool load_files(struct desk *desk)
{
    const struct server_options *given = desk->given;
    desk->keyring = given->keys == NULL ? NULL : keys_load(given->keys);
    desk->security = given->security == NULL ? NULL : security_load(given->security);
    desk->bootstrap = given->bootstrap == NULL ? NULL : bootstrap_load(given->bootstrap);
    if (given->definitions != NULL)
        desk->definitions = definitions_open(given->definitions);
    desk->catalogue = desk->definitions == NULL ? catalogue_builtin() : desk->definitions;
    return (given->definitions == NULL || desk->definitions != NULL) &&
           (given->keys == NULL || desk->keyring != NULL) &&
           (given->security == NULL || desk->security != NULL) &&
           (given->bootstrap == NULL || desk->bootstrap != NULL);
}

static int run(const struct invocation *invocation)
{
    struct server_options *given = invocation->options;
    struct desk desk = {.given = given};
    struct error error;
    error_clear(&error);
    if (given->wait_client_ms == 0)
        given->wait_client_ms = WAIT_CLIENT_MS;
    int wrong = listen_check(invocation->command, &given->listen, given->security != NULL);
    if (wrong != EXIT_PASSED)
        return wrong;
    if (given->adapter && given->common.json)
        return usage_error(invocation->command, "--adapter and --json are two languages; give one");
    if (given->ready_fd > 0 && fcntl(given->ready_fd, F_GETFD) < 0)
        return usage_error(invocation->command, "file descriptor %d is not open", given->ready_fd);
    if (!defects_server(given->defect, &desk.defect, &error))
        return usage_error(invocation->command, "%s", error.text);
    int status = load_files(&desk) ? serve_in_world(&desk) : EXIT_FILE;
    catalogue_free(desk.definitions);
    bootstrap_file_free(desk.bootstrap);
    server_security_free(desk.security);
    keyring_free(desk.keyring);
    return status;
}

const struct command command_server = {
    .name = "server",
    .summary = "the built-in LwM2M server; operations come from standard input",
    .operands = "",
    .examples = {"echo \"read /16/0/0\" | lwm2m-portfolio server",
                 "lwm2m-portfolio server -l coap://0.0.0.0:5683 --keys keys.json"},
    .details =
        "Operations are written as in scenarios, a line each: read /16/0/3, or:\n"
        "authenticate /16/0 identity=0. Each waits for its answer and prints it; the line\n"
        "\"help\" lists them. The first one waits for a device to register, so a pipe needs no\n"
        "sleep. Notifications are printed as they come; \"wait 2s\" lets them. At the end of\n"
        "standard input the server ends; the exit status is 1 when an operation failed, 3\n"
        "when a line was wrong, 4 when a device did not answer.\n"
        "With --adapter another program drives it: see lwm2m-portfolio-adapter(7).\n",
    .options = options,
    .size = sizeof(struct server_options),
    .run = run,
};
