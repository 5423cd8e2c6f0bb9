/* SPDX-License-Identifier: Apache-2.0 */
/* rule: I-22. The order of what a device tells of one result: AuthStatus 1, AuthData, and then the
 * 0 that the leaving of AuthData has made. Whatever else may have made it 0 excuses the device. */
#include "base/std.h"

#include "scenario/umpire_impl.h"

enum { IDLE = 0, DATA_AVAIL = 1, ONE_BLOCK = 64 };

static struct umpire_pulse *pulse_of(struct umpire *umpire, uint16_t instance)
{
    for (size_t i = 0; i < umpire->pulse_count; i++)
        if (umpire->pulses[i].instance == instance)
            return &umpire->pulses[i];
    if (umpire->pulse_count == UMPIRE_PULSES_MOST)
        return NULL;
    struct umpire_pulse *added = &umpire->pulses[umpire->pulse_count++];
    *added = (struct umpire_pulse){.instance = instance};
    return added;
}

static bool is_data(const struct record *record)
{
    return path_is_portfolio(record->path, AUTH_DATA) && record->value.type == VALUE_OPAQUE &&
           value_bytes(&record->value).len > 0;
}

static bool is_status(const struct record *record)
{
    return record->path.depth == 3 && path_is_portfolio(record->path, AUTH_STATUS) &&
           record->value.type == VALUE_INTEGER;
}

static void take_status(struct umpire_pulse *pulse, int64_t status)
{
    pulse->was_reset = pulse->has_begun && status == IDLE;
    pulse->has_begun = status == DATA_AVAIL;
}

static void judge_data(struct umpire *umpire, const struct umpire_pulse *pulse,
                       const struct record *data)
{
    char path[PATH_TEXT];
    if (pulse->was_reset)
        umpire_find(
            umpire, "PF-STATE-11",
            "the device tells AuthStatus 0 before AuthData \"%s\", whose leaving makes it 0",
            path_text(data->path, path));
}

/* In blocks it is there when the last of them was fetched, which the device does not wait for. */
static bool is_telling(const struct umpire *umpire, const struct outcome *outcome)
{
    bool is_blind = umpire_is_service(umpire) || outcome->payload.len > ONE_BLOCK;
    return !umpire->has_link && umpire->registration_count < 2 && (umpire->sees || !is_blind);
}

void umpire_order_told(struct umpire *umpire, const struct outcome *outcome)
{
    const struct records *values = &outcome->values;
    for (size_t i = 0; i < values->count; i++) {
        const struct record *record = &values->items[i];
        struct umpire_pulse *pulse =
            is_status(record) || is_data(record) ? pulse_of(umpire, record->path.id[1]) : NULL;
        if (pulse == NULL)
            continue;
        if (is_status(record))
            take_status(pulse, record->value.integer);
        else if (is_telling(umpire, outcome))
            judge_data(umpire, pulse, record);
    }
}

void umpire_order_left(struct umpire *umpire, const struct records *values)
{
    for (size_t i = 0; i < values->count; i++) {
        struct umpire_pulse *pulse =
            is_data(&values->items[i]) ? pulse_of(umpire, values->items[i].path.id[1]) : NULL;
        if (pulse != NULL)
            *pulse = (struct umpire_pulse){.instance = pulse->instance};
    }
}

void umpire_order_forget(struct umpire *umpire)
{
    umpire->pulse_count = 0;
}
