/* SPDX-License-Identifier: Apache-2.0 */
/* Asks a device whether it is there, and brings it to IDLE. */
#include "base/std.h"

#include "base/portfolio.h"
#include "drivers/probe.h"
#include "server/service_ops.h"

enum { PROBE_MS = 15000, CALM_MS = 5000, POLL_MS = 50, ARGUMENTS = 200 };

/* OPERATION is released, OUT initialised here. */
static enum status ask(const struct probe *probe, struct operation *operation, struct outcome *out)
{
    struct error error;
    operation->limit_ms = PROBE_MS;
    outcome_init(out);
    error_clear(&error);
    enum status status = probe->server->ops->perform(probe->server, probe->house->claims.endpoint,
                                                     operation, out, &error);
    operation_release(operation);
    return status;
}

enum status probe_read(const struct probe *probe, struct path path, bool tidies,
                       struct outcome *out)
{
    struct operation operation;
    operation_init(&operation, OPERATION_READ);
    operation.path = path;
    operation.tidies = tidies;
    return ask(probe, &operation, out);
}

static bool has_services(const struct probe *probe)
{
    const struct claims *claims = &probe->house->claims;
    return claims->has_portfolio && (claims->authentication || claims->encryption);
}

enum status probe_empty(const struct probe *probe, bool tidies)
{
    const struct claims *claims = &probe->house->claims;
    struct path path = path_resource(3, 0, 0);
    struct outcome outcome;
    if (claims->has_portfolio)
        path = path_child(claims->portfolio, has_services(probe) ? AUTH_DATA : IDENTITY);
    enum status status = probe_read(probe, path, tidies, &outcome);
    outcome_release(&outcome);
    return status;
}

bool probe_is_silent(const struct probe *probe)
{
    struct outcome outcome;
    enum status status = probe_read(probe, path_resource(3, 0, 0), false, &outcome);
    outcome_release(&outcome);
    return status == ST_TIMEOUT || status == ST_UNREACHABLE;
}

/* AuthStatus of $pf, or -1. */
static int64_t read_auth_status(const struct probe *probe)
{
    struct outcome outcome;
    int64_t value = -1;
    enum status status =
        probe_read(probe, path_child(probe->house->claims.portfolio, AUTH_STATUS), false, &outcome);
    if (status == ST_OK && outcome.values.count == 1 &&
        outcome.values.items[0].value.type == VALUE_INTEGER)
        value = outcome.values.items[0].value.integer;
    outcome_release(&outcome);
    return value;
}

static enum status request_auth_data(const struct probe *probe)
{
    const struct claims *claims = &probe->house->claims;
    char arguments[ARGUMENTS];
    struct operation operation;
    struct outcome outcome;
    snprintf(arguments, sizeof arguments, "0='%d',1='%u',2='%" PRId64 "',3='%u'%s%.120s",
             claims->authentication ? 0 : 1, (unsigned)claims->identity, house_now(probe->house),
             (unsigned)claims->key, claims->extra_arguments != NULL ? "," : "",
             claims->extra_arguments != NULL ? claims->extra_arguments : "");
    operation_init(&operation, OPERATION_EXECUTE);
    operation.path = path_child(claims->portfolio, GET_AUTH_DATA);
    operation.text = xstrdup(arguments);
    operation.verbatim = true;
    enum status status = ask(probe, &operation, &outcome);
    outcome_release(&outcome);
    return status;
}

void probe_leave_error(const struct probe *probe)
{
    if (!has_services(probe) || read_auth_status(probe) != STATUS_ERROR ||
        request_auth_data(probe) != ST_OK)
        return;
    int64_t until = house_now(probe->house) + CALM_MS;
    while (read_auth_status(probe) == 0 && house_now(probe->house) < until &&
           !sim_world_is_stopped(&probe->house->config.world))
        house_turn(probe->house, POLL_MS);
    if (probe_empty(probe, false) != ST_OK)
        return; /* whoever asks next sees it */
}
