/* SPDX-License-Identifier: Apache-2.0 */
/* One observation: what it is about, its periods, and whether a change is worth telling
 * (LwM2M TS 1.0, 5.5; TS 1.1, 6.4). */
#include "base/std.h"

#include "base/portfolio.h"
#include "device/reporting_impl.h"

/* Of the Server object: the periods that hold where no attribute says otherwise. */
enum { SECURITY = 0, DEFAULT_PMIN = 2, DEFAULT_PMAX = 3 };

static const struct account *account_of(const struct observation *observation)
{
    return registration_account(observation->registration);
}

static const struct model *model_of(const struct observation *observation)
{
    return account_of(observation)->device->model;
}

static int64_t now_of(const struct observation *observation)
{
    return clock_now(account_of(observation)->device->config.clock);
}

static struct path path_at(const struct observation *observation, size_t index)
{
    return observation->paths.items[index].path;
}

/* --- life -------------------------------------------------------------------------------- */

struct observation *observation_new(struct registration *asker, struct audience *audience,
                                    const struct message *request, const struct records *paths)
{
    struct observation *observation = xalloc(sizeof *observation);
    observation->registration = asker;
    observation->audience = audience;
    observation->peer = registration_peer(asker);
    memcpy(observation->token, request->token, sizeof observation->token);
    observation->token_len = request->token_len;
    observation->composite = request->code == CODE_FETCH;
    records_copy(paths, &observation->paths);
    observation->targets = xarray(paths->count + 1, sizeof *observation->targets);
    for (size_t i = 0; i < paths->count; i++)
        records_init(&observation->targets[i].told);
    observation_told(observation);
    observation->evaluated_ms = observation->told_ms;
    observation->confirmed_ms = observation->told_ms;
    return observation;
}

void observation_free(struct observation *observation)
{
    for (size_t i = 0; i < observation->paths.count; i++)
        records_release(&observation->targets[i].told);
    free(observation->targets);
    records_release(&observation->paths);
    free(observation);
}

struct path observation_target(const struct observation *observation)
{
    return observation->composite ? path_root() : path_at(observation, 0);
}

const char *observation_name(const struct observation *observation, char name[PATH_TEXT])
{
    bool any = observation->paths.count > 0;
    return path_text(any ? path_at(observation, 0) : path_root(), name);
}

void observation_content(const struct observation *observation, struct records *records,
                         struct message *message)
{
    if (observation->composite)
        composite_content(account_of(observation), &observation->paths, observation->format,
                          records, message);
    else
        device_content(account_of(observation), path_at(observation, 0), observation->format,
                       records, message);
}

void observation_leave(struct observation *observation)
{
    observation->under_way++;
    observation->audience->under_way++;
}

void observation_settle(struct observation *observation)
{
    observation->under_way--;
    observation->audience->under_way--;
}

bool observation_stores(const struct observation *observation)
{
    return account_boolean(account_of(observation), ACCOUNT_STORING, true);
}

/* --- periods ------------------------------------------------------------------------------ */

static int64_t milliseconds(int64_t seconds)
{
    if (seconds < 0)
        return 0;
    return 1000 * (seconds < PERIOD_MOST ? seconds : PERIOD_MOST);
}

static int64_t period(const struct observation *observation, const struct attribute_set *set,
                      enum attribute attribute, unsigned otherwise)
{
    return milliseconds(set->has[attribute]
                            ? (int64_t)set->number[attribute]
                            : account_integer(account_of(observation), otherwise, 0));
}

/* A pmax of 0, or below pmin, is ignored. */
static struct periods periods_at(const struct observation *observation, struct path path)
{
    struct attribute_set set = attributes_effective(&observation->audience->attributes, path);
    struct periods periods = {period(observation, &set, ATTRIBUTE_PMIN, DEFAULT_PMIN),
                              period(observation, &set, ATTRIBUTE_PMAX, DEFAULT_PMAX), 0};
    if (periods.pmax < periods.pmin)
        periods.pmax = 0;
    if (set.has[ATTRIBUTE_EPMIN])
        periods.epmin = milliseconds((int64_t)set.number[ATTRIBUTE_EPMIN]);
    return periods;
}

struct periods observation_periods(const struct observation *observation)
{
    struct periods all = {0};
    for (size_t i = 0; i < observation->paths.count; i++) {
        struct periods one = periods_at(observation, path_at(observation, i));
        if (one.pmin > all.pmin)
            all.pmin = one.pmin;
        if (one.epmin > all.epmin)
            all.epmin = one.epmin;
        if (all.pmax == 0 || (one.pmax > 0 && one.pmax < all.pmax))
            all.pmax = one.pmax;
    }
    if (all.pmax > 0 && all.pmax < all.pmin)
        all.pmax = all.pmin;
    return all;
}

/* --- what is there ------------------------------------------------------------------------ */

bool is_gone(const struct model *model, struct path path)
{
    return !model_has(model, path_is_portfolio(path, AUTH_DATA) ? path_cut(path, 3) : path);
}

bool observation_is_gone(const struct observation *observation)
{
    return !observation->composite && is_gone(model_of(observation), path_at(observation, 0));
}

bool observation_is_auth_data(const struct observation *observation)
{
    for (size_t i = 0; i < observation->paths.count; i++)
        if (!path_is_portfolio(path_at(observation, i), AUTH_DATA))
            return false;
    return true;
}

bool is_numeric(const struct resource_def *def)
{
    return def != NULL &&
           (def->type == VALUE_INTEGER || def->type == VALUE_FLOAT || def->type == VALUE_TIME);
}

/* The values at PATH, when gt, lt and st can apply to them. */
static void read_numbers(const struct model *model, struct path path, struct records *out)
{
    records_clear(out);
    if (is_numeric(catalogue_resource(model_catalogue(model), path)) &&
        model_read(model, path, out) != MODEL_OK)
        records_clear(out);
}

void observation_told(struct observation *observation)
{
    observation->told_ms = now_of(observation);
    observation->owed = false;
    for (size_t i = 0; i < observation->paths.count; i++) {
        struct target *target = &observation->targets[i];
        target->touched = false;
        read_numbers(model_of(observation), path_at(observation, i), &target->told);
    }
}

/* --- changes ------------------------------------------------------------------------------ */

/* No server hears of the Security object, not even by the root of a composite. */
static bool concerns(struct path observed, struct path path)
{
    return path.id[0] != SECURITY && (path_covers(observed, path) || path_covers(path, observed));
}

bool observation_concerns(const struct observation *observation, struct path path)
{
    for (size_t i = 0; i < observation->paths.count; i++)
        if (concerns(path_at(observation, i), path))
            return true;
    return false;
}

void observation_touch(struct observation *observation, struct path path)
{
    for (size_t i = 0; i < observation->paths.count; i++)
        if (concerns(path_at(observation, i), path))
            observation->targets[i].touched = true;
}

bool observation_is_touched(const struct observation *observation)
{
    for (size_t i = 0; i < observation->paths.count; i++)
        if (observation->targets[i].touched)
            return true;
    return false;
}

static bool is_worth_telling(const struct observation *observation, size_t index)
{
    struct path path = path_at(observation, index);
    struct attribute_set set = attributes_effective(&observation->audience->attributes, path);
    struct records now;
    records_init(&now);
    read_numbers(model_of(observation), path, &now);
    bool worth = attribute_set_tells(&set, &observation->targets[index].told, &now);
    records_release(&now);
    return worth;
}

void observation_evaluate(struct observation *observation)
{
    int64_t now = now_of(observation);
    bool touched = observation_is_touched(observation);
    if (observation->over || !touched)
        return;
    observation->owed = observation->owed || observation_is_gone(observation);
    if (now < observation->evaluated_ms + observation_periods(observation).epmin)
        return;
    observation->evaluated_ms = now;
    for (size_t i = 0; i < observation->paths.count; i++) {
        struct target *target = &observation->targets[i];
        observation->owed =
            observation->owed || (target->touched && is_worth_telling(observation, i));
        target->touched = false;
    }
}
