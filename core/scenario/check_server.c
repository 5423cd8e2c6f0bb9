/* SPDX-License-Identifier: Apache-2.0 */
/* Whom a step is for: a server by its short id, the bootstrap server, or the first of all. */
#include "base/std.h"

#include "scenario/scenario_impl.h"

/* What somebody else than a server sees, or nobody, is not at a server. */
static bool may_be_at(const struct step *step, bool bootstrap)
{
    static const bool seen_by_servers[] = {
        [EXPECT_REGISTER] = true, [EXPECT_FRESH_REGISTER] = true,
        [EXPECT_UPDATE] = true,   [EXPECT_DEREGISTER] = true,
        [EXPECT_NOTIFY] = true,   [EXPECT_NOTIFY_COMPOSITE] = true,
        [EXPECT_SEND] = true,     [EXPECT_REQUEST] = false,
        [EXPECT_EXPIRY] = true,   [EXPECT_SECURED] = true,
        [EXPECT_FAILURE] = false,
    };
    switch (step->verb->kind) {
    case STEP_OPERATION:
    case STEP_CONTROL:
    case STEP_LINK:
        return true;
    case STEP_EXPECT:
        if (bootstrap)
            return step->verb->what == EXPECT_REQUEST || step->verb->what == EXPECT_SECURED;
        return seen_by_servers[step->verb->what];
    case STEP_STIMULUS:
    case STEP_WAIT:
        return false;
    }
    return false;
}

/* The operations of the bootstrap interface (LwM2M TS 1.1, 6.1.7). */
static bool operation_fits(const struct step *step, bool bootstrap)
{
    if (step->verb->kind != STEP_OPERATION)
        return true;
    switch ((enum operation_kind)step->verb->what) {
    case OPERATION_READ:
    case OPERATION_WRITE:
    case OPERATION_DELETE:
    case OPERATION_DISCOVER:
    case OPERATION_RAW:
        return true;
    case OPERATION_FINISH:
        return bootstrap;
    case OPERATION_UPDATE:
    case OPERATION_EXECUTE:
    case OPERATION_CREATE:
    case OPERATION_OBSERVE:
    case OPERATION_CANCEL:
    case OPERATION_ATTRIBUTES:
    case OPERATION_READ_COMPOSITE:
    case OPERATION_WRITE_COMPOSITE:
    case OPERATION_OBSERVE_COMPOSITE:
    case OPERATION_CANCEL_COMPOSITE:
    case OPERATION_REPEAT:
    case OPERATION_AUTHENTICATE:
    case OPERATION_DECRYPT:
        return !bootstrap;
    }
    return false;
}

static bool is_known(const struct claims *claims, unsigned server)
{
    if (server == BOOTSTRAP_SERVER)
        return claims->has_bootstrap;
    for (size_t i = 0; i < claims->server_count; i++)
        if (claims->servers[i] == server)
            return true;
    return false;
}

static void report_unknown(struct scan *scan, const struct claims *claims, unsigned server)
{
    struct buf known;
    buf_init(&known, 300);
    for (size_t i = 0; i < claims->server_count; i++)
        buf_printf(&known, "%s%u", i == 0 ? "" : ", ", (unsigned)claims->servers[i]);
    if (server == BOOTSTRAP_SERVER)
        scan_error(scan, 0, "profile \"%s\" has no bootstrap server", claims->profile);
    else
        scan_error(scan, 0, "server %u is not known; there is %s", server,
                   known.len == 0 ? "none: name it behind 'servers'" : buf_text(&known));
    buf_release(&known);
}

static void read_server(const struct checker *checker, struct step *step)
{
    struct scan scan;
    unsigned id = 0;
    scan_init(&scan, checker->source, &checker->names, step->at);
    if (!scan_keyword(&scan, "bootstrap") && scan_id(&scan, &id) && id == BOOTSTRAP_SERVER)
        scan_error(&scan, 0, "short server ids begin at 1; write bootstrap for that server");
    scan_end(&scan, "at ID ... or at bootstrap ...");
    step->server = id;
    if (!scan.failed && !is_known(checker->claims, id))
        report_unknown(&scan, checker->claims, id);
    scan_release(&scan);
}

bool checker_server(const struct checker *checker, struct step *step)
{
    const struct claims *claims = checker->claims;
    size_t errors = checker->source->errors->errors;
    bool is_named = step->at.len > 0;
    step->server = claims != NULL && claims->server_count > 0 ? claims->servers[0] : ID_NONE;
    if (is_named)
        read_server(checker, step);
    bool bootstrap = step->server == BOOTSTRAP_SERVER;
    if (is_named && !may_be_at(step, bootstrap))
        source_error(checker->source, step->at.data,
                     "this is nothing that %s sees or does; leave 'at' out",
                     bootstrap ? "a bootstrap server" : "a server");
    else if (!operation_fits(step, bootstrap))
        source_error(checker->source, step->line.data,
                     bootstrap ? "'%s' is no operation of a bootstrap server"
                               : "'%s' is for the bootstrap server; write: at bootstrap %s",
                     step->verb->words, step->verb->words);
    else if (!is_named && claims != NULL && claims->has_bootstrap && claims->server_count == 0 &&
             may_be_at(step, false))
        source_error(checker->source, step->line.data,
                     "profile \"%s\" has no server; write: at bootstrap ..., or name one behind "
                     "'servers'",
                     claims->profile);
    return checker->source->errors->errors == errors;
}
