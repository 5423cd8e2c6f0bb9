/* SPDX-License-Identifier: Apache-2.0 */
/* Command `device`: one device against a server, until it is stopped. */
#include "base/std.h"

#include <fcntl.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/data.h"
#include "cli/defects.h"
#include "cli/dialog.h"
#include "cli/output.h"
#include "cli/record.h"

enum { LEAVE_MS = 2000, TURN_MS = 1000 };

struct device_options {
    struct common common;
    const char *profile; /* (borrowed) */
    const char *server;  /* (borrowed) */
    const char *defect;  /* (borrowed) */
    const char *record;  /* (borrowed) */
    int ready_fd;
};

static const struct option options[] = {
    {"profile", 'p', OPTION_TEXT, offsetof(struct device_options, profile), "PROFILE",
     "the device to be: a file, or a shipped profile (default: minimal)", COMPLETE_PROFILES},
    {"server", 's', OPTION_TEXT, offsetof(struct device_options, server), "URI",
     "the server to register with (default: the profile's)", COMPLETE_NOTHING},
    {"defect", '\0', OPTION_TEXT, offsetof(struct device_options, defect), "NAME",
     "have this defect: see \"list defects\"", COMPLETE_DEFECTS},
    {"record", '\0', OPTION_TEXT, offsetof(struct device_options, record), "FILE",
     "write what servers do as a scenario, for `run FILE` to play again", COMPLETE_FILES},
    {"ready-fd", '\0', OPTION_DESCRIPTOR, offsetof(struct device_options, ready_fd), "N",
     "write a line to file descriptor N once registered, and close it", COMPLETE_NOTHING},
    OPTION_JSON("print one JSON object for each event"),
    OPTION_TRACE,
    OPTION_REDACT,
    OPTIONS_COMMON,
    OPTIONS_END,
};

static const char console_help[] =
    "set PATH VALUE                  changes a value as the device's owner: set /16/0/0/3 \"2.0\"\n"
    "show [PATH]                     what the device holds\n"
    "send PATH...                    sends it to a server of LwM2M 1.1, unasked\n"
    "register, update, deregister    what the registration is to do\n"
    "restart                         power off and on\n"
    "hold response [TIME]            acknowledges requests, and answers later, or when released\n"
    "release                         lets held answers go, and answers at once\n"
    "component delay TIME            how long the secure component takes\n"
    "component fail next             its next process fails\n"
    "component fail | hang | ok      what becomes of all the next ones\n"
    "component provision PATH        hashes the identity at PATH anew\n";

/* --- what becomes of the link ----------------------------------------------------------------- */

struct contact {
    const struct device_actor *device; /* (borrowed) */
    struct trace_listener ear;
    int ready_fd;       /* 0: nobody waits, or it was told */
    bool falls_back;    /* to a bootstrap, when a server cannot be reached */
    bool was_made;      /* a link was secured, or a registration is in force */
    bool was_unsecured; /* a handshake failed */
};

static void tell_ready(struct contact *contact)
{
    static const char line[] = "registered\n";
    if (contact->ready_fd == 0)
        return;
    if (write(contact->ready_fd, line, sizeof line - 1) < 0)
        complain("nobody reads file descriptor %d: %s", contact->ready_fd, strerror(errno));
    close(contact->ready_fd);
    contact->ready_fd = 0;
}

static void hear(void *arg, const struct event *event)
{
    struct contact *contact = arg;
    if (event->kind == EVENT_REGISTERED)
        tell_ready(contact);
    if (event->kind == EVENT_REGISTERED || event->kind == EVENT_SECURED)
        contact->was_made = true;
    if (event->kind == EVENT_UNSECURED)
        contact->was_unsecured = true;
}

/* Keys that do not fit do not come to fit by trying again. */
static bool is_hopeless(const struct contact *contact)
{
    enum registration_state state = sim_device_registration(contact->device);
    bool is_idle = state == REGISTRATION_WAITING || state == REGISTRATION_OFF;
    return contact->was_unsecured && !contact->was_made && !contact->falls_back && is_idle;
}

static bool falls_back(const struct profile *profile)
{
    return profile->bootstrap != NULL && profile->server_count > 0;
}

/* Whether the program ends when the only server refuses the keys. */
static bool gives_up(const struct profile *profile)
{
    return profile->bootstrap == NULL && profile->server_count == 1;
}

/* --- the life of the device ----------------------------------------------------------------- */

static const char *profile_name(const struct device_options *given)
{
    return given->profile == NULL ? "minimal" : given->profile;
}

static struct profile *load_profile(const struct device_options *given)
{
    struct error_list errors;
    error_list_init(&errors);
    struct profile *profile = data_profile(profile_name(given), NULL, &errors);
    errors_print(&errors, NULL, (struct bytes){NULL, 0});
    error_list_release(&errors);
    return profile;
}

/* What the device was when it ran last; false, and said so, when its file is no good. */
static bool load_state(const struct profile *profile, struct state *state)
{
    struct error_list errors;
    if (profile->state == NULL)
        return true;
    error_list_init(&errors);
    enum status status = state_load(state, profile, profile->state, &errors);
    errors_print(&errors, NULL, (struct bytes){NULL, 0});
    error_list_release(&errors);
    return status == ST_OK || status == ST_NOT_FOUND;
}

static void converse(struct world *world, const struct device_options *given,
                     const struct profile *profile, struct device_actor *device,
                     const struct contact *contact)
{
    static const struct dialog_word words[] = {{NULL, NULL, NULL}};
    const struct dialog_config config = {
        .world = world,
        .words = words,
        .help = console_help,
        .json = given->common.json,
        .redact = given->common.redact,
        .quiet = given->common.quiet,
    };
    struct oracle *oracle = oracle_new(profile->catalogue, NULL, profile->endpoint);
    struct console *console = console_new(NULL, oracle, NULL, device, "wait, help, quit");
    struct dialog dialog;
    dialog_start(&dialog, &config, console);
    while (!is_hopeless(contact) && dialog_turn(&dialog))
        continue;
    while (!is_hopeless(contact) && !dialog_is_left(&dialog))
        loop_turn(world->loop, TURN_MS);
    dialog_end(&dialog);
    console_free(console);
    oracle_free(oracle);
}

static int live(struct world *world, const struct device_options *given,
                const struct profile *profile, struct device_actor *device,
                const struct record_file *record)
{
    struct contact contact = {
        .device = device, .ready_fd = given->ready_fd, .falls_back = falls_back(profile)};
    contact.ear = (struct trace_listener){.hear = hear, .arg = &contact};
    trace_listen(&world->trace, &contact.ear);
    sim_device_wake(device);
    converse(world, given, profile, device, &contact);
    int status = is_hopeless(&contact) ? EXIT_PEER : EXIT_PASSED;
    if (status == EXIT_PEER)
        complain("the link could not be secured, so nothing was said: see above");
    recorder_stop(record->recorder);
    if (sim_device_leave(device, LEAVE_MS) != ST_OK)
        complain("the server did not confirm the deregistration within %g s",
                 (double)LEAVE_MS / 1000);
    trace_unlisten(&world->trace, &contact.ear);
    return status;
}

static enum events_detail detail_of(const struct common *common)
{
    if (common->quiet)
        return EVENTS_PROBLEMS;
    return common->verbose > 0 || common->json ? EVENTS_ALL : EVENTS_MESSAGES;
}

/* Whether the device begins as more than its profile says. */
static bool state_is_kept(const struct state *state)
{
    return state->values.count > 0 || state->gone_count > 0 || state->attribute_count > 0;
}

static int play(const struct device_options *given, const struct profile *profile,
                struct state *state, const struct device_defect *defect)
{
    const struct events_config config = {
        .out = stdout,
        .problems = stderr,
        .detail = detail_of(&given->common),
        .json = given->common.json,
        .redact = given->common.redact,
        .colour = output_has_colour(stdout) && output_has_colour(stderr),
        .file = given->common.trace,
    };
    struct world world;
    struct record_file record;
    struct error error;
    error_clear(&error);
    if (!world_start(&world, &config))
        return EXIT_FILE;
    const struct recorder_config recorder_config = {.profile = profile,
                                                    .name = profile_name(given),
                                                    .clock = world.clock,
                                                    .trace = &world.trace,
                                                    .has_state = state_is_kept(state),
                                                    .defect = given->defect};
    if (!record_open(&record, given->record, &recorder_config))
        return world_end(&world, EXIT_FILE);
    struct sim_device_config device_config = {.world = world.sim,
                                              .recorder = record.recorder,
                                              .profile = profile,
                                              .uri = given->server,
                                              .gives_up = gives_up(profile),
                                              .state = state,
                                              .state_file = profile->state,
                                              .defect = defect};
    struct device_actor *device = sim_device_new(&device_config, &error);
    if (device == NULL) {
        complain("%s", error.text);
        return world_end(&world, record_close(&record, EXIT_FILE));
    }
    int status = live(&world, given, profile, device, &record);
    device->ops->free(device);
    return world_end(&world, record_close(&record, status));
}

/* Whether --server has an account to take the place of, and suits it: trying would not help. */
static int check_server(const struct command *command, const struct profile *profile,
                        const char *uri)
{
    struct account_uri parts;
    if (uri == NULL)
        return EXIT_PASSED;
    if (!account_uri_parse(bytes_of(uri), &parts))
        return usage_error(command,
                           "\"%s\" is no address of a server; write coap://host[:port], or "
                           "coaps://, coap+tcp://, coaps+tcp://",
                           uri);
    if (profile == NULL)
        return EXIT_PASSED;
    if (profile->bootstrap != NULL && profile->server_count == 0)
        return usage_error(command, "--server has nothing to replace: the device of the profile "
                                    "learns its servers by a bootstrap; leave it out");
    bool has_keys =
        profile->server_count > 0 && profile->servers[0].security.mode != CREDENTIALS_NONE;
    if (profile->server_count > 0 && parts.secure != has_keys)
        return usage_error(command,
                           "\"%s\" does not fit the account of the profile: coaps:// is for one "
                           "with security, coap:// for one without; so it is with +tcp",
                           uri);
    if (parts.tcp && profile->version == LWM2M_1_0)
        return usage_error(command, "\"%s\" is over TCP, which needs a device of LwM2M 1.1", uri);
    return EXIT_PASSED;
}

static int run(const struct invocation *invocation)
{
    const struct device_options *given = invocation->options;
    const struct device_defect *defect = NULL;
    struct error error;
    error_clear(&error);
    int wrong = check_server(invocation->command, NULL, given->server);
    if (wrong != EXIT_PASSED)
        return wrong;
    if (given->record != NULL && given->common.redact)
        return usage_error(invocation->command,
                           "--record writes down what --redact leaves out; leave one of them out");
    if (given->ready_fd > 0 && fcntl(given->ready_fd, F_GETFD) < 0)
        return usage_error(invocation->command, "file descriptor %d is not open", given->ready_fd);
    if (!defects_device(given->defect, &defect, &error))
        return usage_error(invocation->command, "%s", error.text);
    struct profile *profile = load_profile(given);
    if (profile == NULL)
        return EXIT_FILE;
    wrong = check_server(invocation->command, profile, given->server);
    if (wrong != EXIT_PASSED) {
        profile_free(profile);
        return wrong;
    }
    struct state state;
    state_init(&state);
    int status = load_state(profile, &state) ? play(given, profile, &state, defect) : EXIT_FILE;
    state_release(&state);
    profile_free(profile);
    return status;
}

const struct command command_device = {
    .name = "device",
    .summary = "emulate one device against a server until stopped",
    .operands = "",
    .examples = {"lwm2m-portfolio device -p vehicle",
                 "lwm2m-portfolio device -p my-device.json -s coap://192.0.2.7:5683 --json"},
    .details = "While it runs it takes lines on standard input, such as: set /16/0/0/3 \"2.0\"\n"
               "or: component fail next. The line \"help\" lists them. The end of standard input\n"
               "does not stop the device; Ctrl-C deregisters it and ends the program.\n",
    .options = options,
    .size = sizeof(struct device_options),
    .run = run,
};
