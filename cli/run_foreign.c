/* SPDX-License-Identifier: Apache-2.0 */
/* `run --server`: the options for somebody else's server, and the stage for it. */
#include "base/std.h"

#include "cli/data.h"
#include "cli/output.h"
#include "cli/run_impl.h"
#include "cli/version.h"
#include "drivers/stages.h"

enum { COMMAND_MOST = 1 << 16, PEER_MOST = 1000 };

static const char leshan_program[] = "lwm2m-portfolio-leshan";

bool run_is_foreign(const struct run_command *given)
{
    return given->server != NULL;
}

/* What stands behind `WORD=`; NULL: DRIVER is another one. */
static const char *driver_value(const char *driver, const char *word)
{
    size_t len = strlen(word);
    bool is_it = strncmp(driver, word, len) == 0 && driver[len] == '=' && driver[len + 1] != '\0';
    return is_it ? driver + len + 1 : NULL;
}

static int check_driver(const struct command *command, const char *driver)
{
    if (strcmp(driver, "manual") == 0 || driver_value(driver, "adapter") != NULL ||
        driver_value(driver, "leshan") != NULL)
        return EXIT_PASSED;
    return usage_error(command, "--driver takes adapter=COMMAND, leshan=URL or manual, not \"%s\"",
                       driver);
}

int run_check_server(const struct command *command, const struct run_command *given)
{
    struct account_uri parts;
    if (given->server == NULL && given->driver == NULL)
        return EXIT_PASSED;
    if (given->server == NULL)
        return usage_error(command, "--driver is for the server of --server URI");
    if (run_is_external(given))
        return usage_error(command, "--server and --device external leave no end to this program; "
                                    "give one of them");
    if (given->driver == NULL)
        return usage_error(command, "--server needs --driver: who makes that server act");
    if (!account_uri_parse(bytes_of(given->server), &parts))
        return usage_error(command,
                           "\"%s\" is no address of a server; write coap://host[:port], or "
                           "coaps://, coap+tcp://, coaps+tcp://",
                           given->server);
    if (given->security != NULL)
        return usage_error(command, "--security is for the built-in server; that of --server has "
                                    "keys of its own");
    if (given->server_defect != NULL)
        return usage_error(command, "--server-defect is for the built-in server; that of --server "
                                    "is as it is");
    if (given->virtual_time)
        return usage_error(command, "--virtual-time would run away from somebody else's server");
    if (given->jobs > 1)
        return usage_error(command, "--jobs: there is one server, so scenarios take turns");
    return check_driver(command, given->driver);
}

/* --- the driver ------------------------------------------------------------------------------- */

/* One word for the shell, whatever is in it. */
static void put_quoted(const char *text, struct buf *out)
{
    buf_puts(out, "'");
    for (; *text != '\0'; text++)
        if (*text == '\'')
            buf_puts(out, "'\\''");
        else
            buf_put_u8(out, (uint8_t)*text);
    buf_puts(out, "'");
}

static bool put_leshan(const char *url, struct buf *out)
{
    char *program = data_program(leshan_program);
    if (program == NULL) {
        complain("there is no %s beside this program; it is built where libcurl is",
                 leshan_program);
        return false;
    }
    put_quoted(program, out);
    buf_puts(out, " ");
    put_quoted(url, out);
    free(program);
    return true;
}

/* The command that starts the adapter; NULL, and said, when there is none. */
static char *adapter_command(const char *driver)
{
    const char *url = driver_value(driver, "leshan");
    if (url == NULL)
        return xstrdup(driver_value(driver, "adapter"));
    struct buf command;
    buf_init(&command, COMMAND_MOST);
    buf_puts(&command, "exec ");
    char *text = put_leshan(url, &command) ? xstrdup(buf_text(&command)) : NULL;
    buf_release(&command);
    return text;
}

/* The adapter of `--driver`; NULL, and said, when there is none. */
static struct adapter *make_adapter(const struct session *session)
{
    const char *driver = session->given->driver;
    char *command = adapter_command(driver);
    if (command == NULL)
        return NULL;
    const struct adapter_config config = {
        .world = session->world.sim,
        .command = command,
        .label = driver_value(driver, "leshan") != NULL ? driver : NULL,
        .tool = "lwm2m-portfolio " LWM2M_PORTFOLIO_VERSION,
        .role = ADAPTER_SERVER,
    };
    struct adapter *adapter = adapter_new(&config);
    free(command);
    return adapter;
}

struct stage *run_foreign_stage(struct session *session, const struct house_config *house)
{
    const struct run_command *given = session->given;
    struct foreign_stage_config config = {.house = *house, .uri = given->server};
    const char *driver = "a person";
    struct error error;
    error_clear(&error);
    if (strcmp(given->driver, "manual") == 0) {
        operator_init(&session->operator, session->world.loop);
        config.person = &session->operator.person;
        config.progress = &session->operator.progress;
    } else {
        config.adapter = make_adapter(session);
        if (config.adapter == NULL)
            return NULL;
        /* Its name is for the reports; what is wrong with it is said by each scenario. */
        if (adapter_start(config.adapter, &error) == ST_OK || error.text[0] != '\0')
            driver = adapter_name(config.adapter);
    }
    snprintf(session->peer, sizeof session->peer, "%s by %s", given->server, driver);
    return foreign_stage_new(&config);
}

static bool goes_with(const struct session *session, const struct scenario *scenario,
                      struct error *error)
{
    const struct setting setting = scenario_setting(scenario);
    error_clear(error);
    return foreign_stage_fits(session->stage, &setting, error) == ST_OK;
}

int run_check_link(const struct session *session)
{
    const char *uri = session->given->server;
    const struct scenario_files *files = &session->files;
    struct error error;
    error_clear(&error);
    for (size_t i = 0; i < files->count; i++)
        if (files->items[i].scenario == NULL ||
            goes_with(session, files->items[i].scenario, &error))
            return EXIT_PASSED;
    if (files->count == 0)
        return EXIT_PASSED;
    const char *hint = strncmp(uri, "coaps", strlen("coaps")) == 0
                           ? "give one that has keys for that server, such as -p vehicle-psk"
                           : "give another one with -p";
    complain("%s; %s", error.text, hint);
    return EXIT_USAGE;
}
