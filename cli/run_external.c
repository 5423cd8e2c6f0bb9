/* SPDX-License-Identifier: Apache-2.0 */
/* `run --device external`: the options for somebody else's device, and the stage for it. */
#include "base/std.h"

#include <fcntl.h>
#include <unistd.h>

#include "cli/keys.h"
#include "cli/listen.h"
#include "cli/output.h"
#include "cli/run_impl.h"
#include "cli/version.h"
#include "drivers/stages.h"

enum { WAIT_MS = 60000 };

static const char *const usual[] = {"coap://127.0.0.1:5683"};

bool run_is_external(const struct run_command *given)
{
    return given->device != NULL && strcmp(given->device, "external") == 0;
}

/* An option that says something of a device that is not there; NULL: there is none. */
static const char *stray_option(const struct run_command *given)
{
    const struct {
        const char *name;
        bool is_given;
    } options[] = {
        {"expect", given->expect != NULL},     {"keys", given->keys != NULL},
        {"endpoint", given->endpoint != NULL}, {"listen", given->listen.count > 0},
        {"allow-writes", given->allow_writes}, {"wait-device", given->wait_device_ms != 0},
        {"ready-fd", given->ready_fd > 0},     {"device-adapter", given->device_adapter != NULL},
    };
    for (size_t i = 0; i < COUNT_OF(options); i++)
        if (options[i].is_given)
            return options[i].name;
    return NULL;
}

static int check_external(const struct command *command, const struct run_command *given)
{
    if (given->expect == NULL)
        return usage_error(command,
                           "--device external needs --expect PROFILE: what is claimed of it");
    if (given->profile != NULL)
        return usage_error(command, "--profile is for a device that is built in; the external one "
                                    "is described by --expect");
    if (given->virtual_time)
        return usage_error(command, "--virtual-time would run away from an external device");
    if (given->device_defect != NULL)
        return usage_error(command, "--device-defect is for the device that is built in");
    if (given->jobs > 1)
        return usage_error(command,
                           "--jobs: there is one external device, so scenarios take turns");
    if (given->ready_fd > 0 && fcntl(given->ready_fd, F_GETFD) < 0)
        return usage_error(command, "file descriptor %d is not open", given->ready_fd);
    return listen_check(command, &given->listen, true);
}

int run_check_device(const struct command *command, const struct run_command *given)
{
    const char *stray = stray_option(given);
    if (run_is_external(given))
        return check_external(command, given);
    if (given->device != NULL)
        return usage_error(command,
                           "--device is external, not \"%s\"; leave it out for the one that "
                           "is built in",
                           given->device);
    if (stray != NULL)
        return usage_error(command, "--%s is of use with --device external only", stray);
    return EXIT_PASSED;
}

bool run_load_keys(struct session *session)
{
    const char *path = session->given->keys;
    if (path != NULL)
        session->keyring = keys_load(path);
    return path == NULL || session->keyring != NULL;
}

static bool has_link(const struct scenario_files *files)
{
    for (size_t i = 0; i < files->count; i++)
        if (files->items[i].scenario != NULL && scenario_setting(files->items[i].scenario).has_link)
            return true;
    return false;
}

static void add_person(struct session *session, struct external_stage_config *config)
{
    operator_init(&session->operator, session->world.loop);
    const struct manual_config manual = {.world = session->world.sim,
                                         .person = &session->operator.person,
                                         .progress = &session->operator.progress };
    config->device = manual_device_new(&manual);
    config->waited_ms = manual_device_waited_ms;
}

/* Who does to the device what a scenario asks for. */
static void add_adapter(struct session *session, struct external_stage_config *config)
{
    const struct adapter_config adapter = {
        .world = session->world.sim,
        .command = session->given->device_adapter,
        .tool = "lwm2m-portfolio " LWM2M_PORTFOLIO_VERSION,
        .role = ADAPTER_DEVICE,
    };
    if (adapter.command == NULL)
        return;
    if (strcmp(adapter.command, "manual") == 0) {
        add_person(session, config);
        return;
    }
    config->adapter = adapter_new(&adapter);
    config->device = adapter_device_new(config->adapter);
}

struct stage *run_external_stage(struct session *session, const struct house_config *house)
{
    const struct run_command *given = session->given;
    struct external_stage_config config = {
        .house = *house,
        .profile = given->expect,
        .security = given->security,
        .listen = given->listen.count > 0 ? given->listen.items : usual,
        .listen_count = given->listen.count > 0 ? given->listen.count : COUNT_OF(usual),
        .has_link = has_link(&session->files),
        .wait_ms = given->wait_device_ms > 0 ? given->wait_device_ms : WAIT_MS,
    };
    config.house.endpoint = given->endpoint;
    config.house.keyring = session->keyring;
    add_adapter(session, &config);
    return external_stage_new(&config);
}

static void tell_ready(const struct session *session)
{
    const char *uri;
    int fd = session->given->ready_fd;
    for (size_t i = 0; (uri = external_stage_uri(session->stage, i)) != NULL; i++) {
        if (!session->given->common.quiet)
            fprintf(stderr, "listening on %s\n", uri);
        if (fd > 0 && dprintf(fd, "%s\n", uri) < 0)
            complain("nobody reads file descriptor %d: %s", fd, strerror(errno));
    }
    if (fd > 0)
        close(fd);
}

int run_listen(const struct session *session)
{
    struct error error;
    error_clear(&error);
    enum status status = external_stage_listen(session->stage, &error);
    if (status == ST_OK) {
        tell_ready(session);
        return EXIT_PASSED;
    }
    complain("%s", error.text);
    return status == ST_UNREACHABLE ? EXIT_PEER : EXIT_FILE;
}
