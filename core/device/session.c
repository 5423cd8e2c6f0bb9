/* SPDX-License-Identifier: Apache-2.0 */
/* The transport session of an account: secured as its Security object instance says. */
#include "base/std.h"

#include "device/device_impl.h"

enum { SECURITY_MODE = 2 }; /* of object 0 */

static bool is_secured(const struct model *model, unsigned instance)
{
    const struct value *mode = model_value(model, path_resource(0, instance, SECURITY_MODE));
    return mode != NULL && mode->integer != CREDENTIALS_NONE;
}

static enum status open_secured(const struct account *account, unsigned instance,
                                const struct remote *remote, struct peer **out, struct error *error)
{
    static const enum security_mode modes[] = {
        [CREDENTIALS_PSK] = SECURITY_PSK,
        [CREDENTIALS_RPK] = SECURITY_RPK,
        [CREDENTIALS_X509] = SECURITY_X509,
    };
    const struct device *device = account->device;
    struct credentials credentials;
    enum status status = credentials_of_account(device->model, instance, &credentials, error);
    if (status != ST_OK)
        return status;
    const struct security security = {
        .mode = modes[credentials.mode],
        .identity = buf_bytes(&credentials.identity),
        .key = buf_bytes(&credentials.key),
        .certificate = buf_bytes(&credentials.certificate),
        .trust = buf_bytes(&credentials.trust),
        .public_key = buf_bytes(&credentials.public_key),
        .peer_public_key = buf_bytes(&credentials.peer_public_key),
        .server_name = credentials.server_name,
        .handshake_ms = device->config.profile->handshake_ms,
    };
    struct remote secured = *remote;
    secured.security = &security;
    status = endpoint_open(device->config.endpoint, &secured, out, error);
    credentials_release(&credentials);
    return status;
}

enum status session_open(const struct account *account, struct peer **out, struct error *error)
{
    const struct device *device = account->device;
    struct remote remote = {.uri = account->uri, .address = account->address};
    uint16_t instance = 0;
    if (account_security(account, &instance) && is_secured(device->model, instance))
        return open_secured(account, instance, &remote, out, error);
    return endpoint_open(device->config.endpoint, &remote, out, error);
}

/* Why the session failed, or NULL when it does not tell; a handshake that failed is told to the
 * trace. */
static const char *session_problem(const struct device *device, const struct peer *peer)
{
    const char *problem = endpoint_problem(peer);
    if (problem == NULL || peer->security == NULL || !peer->security->is_refused)
        return problem;
    struct error sentence;
    error_clear(&sentence);
    error_set(&sentence, "no secured session with %s: %s", peer->name, problem);
    struct event event = event_of(EVENT_UNSECURED, "device");
    event.peer = peer->name;
    event.text = sentence.text;
    trace_emit(device->config.trace, &event);
    return problem;
}

const char *session_silence(const struct device *device, const struct peer *peer,
                            enum status status)
{
    static const char *const reasons[] = {
        [ST_TIMEOUT] = "no answer",
        [ST_UNREACHABLE] = "nobody listens there",
        [ST_REFUSED] = "it answers with a Reset; is it an LwM2M server?",
        [ST_INVALID] = "its answer makes no sense",
        [ST_LIMIT] = "its answer is too long",
    };
    const char *reason = peer != NULL ? session_problem(device, peer) : NULL;
    if (reason == NULL && (size_t)status < COUNT_OF(reasons))
        reason = reasons[status];
    return reason != NULL ? reason : status_text(status);
}
