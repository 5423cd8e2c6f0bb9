/* SPDX-License-Identifier: Apache-2.0 */
/* The operations that a file has for a client, one after the other, and Bootstrap-Finish. */
#include "base/std.h"

#include "server/bsserver_impl.h"

/* The operation that is due; FINISH (initialised) is the last one. NULL: there is none. */
static const struct operation *due(const struct bs_entry *entry, const struct operation *finish)
{
    const struct bootstrap_client *plan = entry->plan;
    if (entry->step < plan->count)
        return &plan->operations[entry->step];
    return entry->step == plan->count && plan->finish ? finish : NULL;
}

static void tell(struct bs_entry *entry, enum status status, const struct outcome *outcome)
{
    const struct bsserver_config *config = &entry->bsserver->config;
    struct operation finish;
    operation_init(&finish, OPERATION_FINISH);
    if (config->on_step != NULL)
        config->on_step(config->arg, &entry->session, due(entry, &finish), status, outcome);
    operation_release(&finish);
}

/* Whether the file goes on after OUTCOME. */
static bool is_good_enough(const struct bs_entry *entry, const struct outcome *outcome)
{
    return code_is_success(outcome->code) || entry->plan->goes_on;
}

/* How the bootstrap ends, when it ends with this; false: it goes on, or ends by itself. */
static bool ends(const struct bs_entry *entry, enum status status, const struct outcome *outcome,
                 enum bs_end *out)
{
    bool was_last = entry->step > entry->plan->count;
    *out = was_last && outcome->code != 0 ? BS_REFUSED : BS_CLOSED;
    if (status != ST_OK)
        *out = BS_LOST;
    if (status != ST_OK)
        return status != ST_CANCELLED;
    return was_last ? !code_is_success(outcome->code) : !is_good_enough(entry, outcome);
}

/* Whether the next operation is due now. */
static bool take(struct bs_entry *entry, enum status status, const struct outcome *outcome)
{
    enum bs_end end;
    tell(entry, status, outcome);
    entry->step++;
    if (ends(entry, status, outcome, &end)) {
        bs_conclude(entry, end);
        return false;
    }
    return status == ST_OK && entry->step <= entry->plan->count;
}

static void done(void *arg, enum status status, const struct outcome *outcome)
{
    if (take(arg, status, outcome))
        bs_go_on(arg);
}

/* What cannot even be sent counts as an answer that is an error: the values do not fit the format,
 * or the request is too long. */
static bool take_unsent(struct bs_entry *entry, const struct error *error)
{
    struct outcome outcome;
    outcome_init(&outcome);
    snprintf(outcome.problem, sizeof outcome.problem, "%.199s", error->text);
    bool goes_on = take(entry, ST_OK, &outcome);
    outcome_release(&outcome);
    return goes_on;
}

/* True when the operation could not be sent, and the next one is due. */
static bool step_fails(struct bs_entry *entry)
{
    struct operation finish;
    struct error error;
    error_clear(&error);
    operation_init(&finish, OPERATION_FINISH);
    const struct operation *operation = due(entry, &finish);
    enum status status = ST_OK;
    if (operation == NULL)
        bs_conclude(entry, BS_CLOSED);
    else
        status = bs_perform(entry, operation, (struct delivery){done, entry}, &error);
    operation_release(&finish);
    return status != ST_OK && take_unsent(entry, &error);
}

void bs_go_on(struct bs_entry *entry)
{
    while (step_fails(entry))
        continue;
}
