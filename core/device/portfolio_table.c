/* SPDX-License-Identifier: Apache-2.0 */
/* Object 16: the state table of one instance as data, and which of its rows a message is. */
#include "base/std.h"

#include "base/portfolio.h"
#include "device/device_impl.h"
#include "device/portfolio_impl.h"

const char *portfolio_status_name(enum portfolio_status status)
{
    static const char *const names[] = {
        [IDLE] = "IDLE", [DATA_AVAIL] = "DATA_AVAIL", [ERROR] = "ERROR"};
    return names[status];
}

/* clang-format off */
#define UNCHANGED {{NOTHING, IDLE}, {NOTHING, DATA_AVAIL}, {NOTHING, ERROR}}
#define IMPOSSIBLE(STATUS) {NEVER, STATUS}

/* rule: PF-STATE-1..6, PF-STATE-12 */
static const struct {
    const char *name;
    struct portfolio_cell from[STATUS_VALUES];
} table[PORTFOLIO_EVENTS] = {
    [ACCEPTED] = {"GetAuthData accepted",
        {{START, IDLE}, {START, IDLE}, {START, IDLE}}},
    [REFUSED] = {"GetAuthData refused (4.xx)", UNCHANGED},
    [DELIVERED] = {"process delivers",
        {{FILL, DATA_AVAIL}, IMPOSSIBLE(DATA_AVAIL), IMPOSSIBLE(ERROR)}},
    [FAILED] = {"process fails, or its limit passes",
        {{EMPTY, ERROR}, IMPOSSIBLE(DATA_AVAIL), IMPOSSIBLE(ERROR)}},
    [READ_DATA] = {"READ that carries AuthData values",
        {IMPOSSIBLE(IDLE), {EMPTY, IDLE}, IMPOSSIBLE(ERROR)}},
    [NOTIFIED_DATA] = {"NOTIFY that carries AuthData values",
        {IMPOSSIBLE(IDLE), {EMPTY, IDLE}, IMPOSSIBLE(ERROR)}},
    [READ_EMPTY] = {"READ of AuthData itself, nothing in it",
        {{NOTHING, IDLE}, IMPOSSIBLE(DATA_AVAIL), {EMPTY, IDLE}}},
    [PASSED_BY] = {"other READ or NOTIFY without a value of it", UNCHANGED},
    [IDENTITY_WRITTEN] = {"Identity written", UNCHANGED},
    [DELETED] = {"instance deleted",
        {{DROP, IDLE}, {DROP, IDLE}, {DROP, IDLE}}},
    [RESTARTED] = {"device restart",
        {{DROP, IDLE}, {DROP, IDLE}, {DROP, IDLE}}},
};
/* clang-format on */

static const char *const action_names[PORTFOLIO_ACTIONS] = {
    [NEVER] = "-",   [NOTHING] = "no change", [START] = "start",
    [FILL] = "fill", [EMPTY] = "empty",       [DROP] = "drop",
};

static void put_cell(const struct portfolio_cell *cell, int width, struct buf *out)
{
    char text[32];
    bool acts = cell->action > NOTHING;
    snprintf(text, sizeof text, "%s%s%s", action_names[cell->action], acts ? ": " : "",
             acts ? portfolio_status_name(cell->next) : "");
    buf_printf(out, "  %-*s", width, text);
}

void portfolio_print(struct buf *out)
{
    buf_printf(out, "%-42s  %-16s  %-16s  %s\n", "object 16, one instance", "from IDLE",
               "from DATA_AVAIL", "from ERROR");
    for (size_t event = 0; event < PORTFOLIO_EVENTS; event++) {
        buf_printf(out, "%-42s", table[event].name);
        for (size_t from = 0; from < STATUS_VALUES; from++)
            put_cell(&table[event].from[from], from + 1 < STATUS_VALUES ? 16 : 0, out);
        buf_puts(out, "\n");
    }
    buf_puts(out,
             "start: drop AuthData and a running process, start another; fill, empty: AuthData;\n"
             "drop: AuthData and process; -: cannot happen; other events change nothing\n");
}

static struct portfolio_cell standard_cell(const struct portfolio_ops *ops,
                                           enum portfolio_event event, enum portfolio_status from)
{
    UNUSED(ops);
    return table[event].from[from];
}

/* rule: I-10, I-11 */
static enum portfolio_event standard_leaving(const struct portfolio_ops *ops,
                                             enum portfolio_way way, struct path target,
                                             bool carries)
{
    UNUSED(ops);
    if (carries)
        return way == PORTFOLIO_READ ? READ_DATA : NOTIFIED_DATA;
    return way == PORTFOLIO_READ && path_is_portfolio(target, AUTH_DATA) ? READ_EMPTY : PASSED_BY;
}

const struct portfolio_ops portfolio_standard = {.cell = standard_cell,
                                                 .leaving = standard_leaving};
