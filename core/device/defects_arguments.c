/* SPDX-License-Identifier: Apache-2.0 */
/* Defects of GetAuthData itself: its arguments, and when it is run. */
#include "base/std.h"

#include "base/portfolio.h"
#include "codec/arguments.h"
#include "device/defects_impl.h"

static bool is_execute(const struct message *request)
{
    return seeded_is(request, CODE_POST, GET_AUTH_DATA) &&
           (request->format == FORMAT_NONE || request->format == FORMAT_TEXT);
}

static void replace(struct message *request, struct bytes text)
{
    buf_clear(&request->payload);
    buf_put(&request->payload, text);
}

/* Lets EDIT change the arguments of an Execute, when they are well-formed. */
static void edit(struct message *request, enum argument_form form,
                 void (*change)(struct arguments *arguments))
{
    struct arguments arguments;
    struct buf text;
    if (!is_execute(request))
        return;
    buf_init(&text, BODY_MOST);
    if (arguments_decode(buf_bytes(&request->payload), form, &arguments, NULL) == ST_OK) {
        change(&arguments);
        arguments_encode(&arguments, &text);
        if (!text.bad)
            replace(request, buf_bytes(&text));
    }
    buf_release(&text);
}

static void add(struct arguments *arguments, unsigned digit, const char *value)
{
    if (arguments->count < ARGUMENTS_MOST)
        arguments->items[arguments->count++] =
            (struct argument){(uint8_t)digit, true, bytes_of(value)};
}

/* --- what is accepted though it should not be ------------------------------------------------ */

static bool accept_malformed(const struct passing *passing)
{
    struct arguments arguments;
    if (is_execute(passing->request) &&
        arguments_decode(buf_bytes(&passing->request->payload), ARGUMENTS_STRICT, &arguments,
                         NULL) != ST_OK)
        replace(passing->request, bytes_of("0='0',1='0',2='1'"));
    return false;
}

static void keep(struct arguments *arguments)
{
    UNUSED(arguments);
}

static bool accept_unquoted(const struct passing *passing)
{
    edit(passing->request, ARGUMENTS_READABLE, keep);
    return false;
}

static void add_challenge(struct arguments *arguments)
{
    size_t count = 0;
    if (arguments_find(arguments, 2, &count) == NULL && count == 0)
        add(arguments, 2, "1");
}

static bool accept_without_challenge(const struct passing *passing)
{
    edit(passing->request, ARGUMENTS_STRICT, add_challenge);
    return false;
}

static void drop_later(struct arguments *arguments)
{
    bool seen[10] = {false};
    size_t kept = 0;
    for (size_t i = 0; i < arguments->count; i++) {
        struct argument argument = arguments->items[i];
        if (!seen[argument.digit])
            arguments->items[kept++] = argument;
        seen[argument.digit] = true;
    }
    arguments->count = kept;
}

static bool accept_repeated(const struct passing *passing)
{
    edit(passing->request, ARGUMENTS_STRICT, drop_later);
    return false;
}

static void limit_service(struct arguments *arguments)
{
    for (size_t i = 0; i < arguments->count; i++)
        if (arguments->items[i].digit == 0 && bytes_is(arguments->items[i].value, "2"))
            arguments->items[i].value = bytes_of("0");
}

static bool accept_any_service(const struct passing *passing)
{
    edit(passing->request, ARGUMENTS_STRICT, limit_service);
    return false;
}

static bool has_text(const struct argument *argument)
{
    return argument->has_value && argument->value.len > 0;
}

static void drop_empty_key(struct arguments *arguments)
{
    size_t kept = 0;
    for (size_t i = 0; i < arguments->count; i++)
        if (arguments->items[i].digit != 3 || has_text(&arguments->items[i]))
            arguments->items[kept++] = arguments->items[i];
    arguments->count = kept;
}

static bool accept_empty_key(const struct passing *passing)
{
    edit(passing->request, ARGUMENTS_STRICT, drop_empty_key);
    return false;
}

static void fill_challenge(struct arguments *arguments)
{
    for (size_t i = 0; i < arguments->count; i++)
        if (arguments->items[i].digit == 2 && arguments->items[i].has_value &&
            arguments->items[i].value.len == 0)
            arguments->items[i].value = bytes_of("0");
}

static bool accept_empty_challenge(const struct passing *passing)
{
    edit(passing->request, ARGUMENTS_STRICT, fill_challenge);
    return false;
}

static void cut_identity(struct arguments *arguments)
{
    for (size_t i = 0; i < arguments->count; i++)
        if (arguments->items[i].digit == 1 && bytes_is(arguments->items[i].value, "256"))
            arguments->items[i].value = bytes_of("0");
}

static bool read_identity_as_octet(const struct passing *passing)
{
    edit(passing->request, ARGUMENTS_STRICT, cut_identity);
    return false;
}

static void by_position(struct arguments *arguments)
{
    for (size_t i = 0; i < arguments->count && i < 4; i++)
        arguments->items[i].digit = (uint8_t)i;
}

static bool read_by_position(const struct passing *passing)
{
    edit(passing->request, ARGUMENTS_STRICT, by_position);
    return false;
}

/* --- what is refused though it should not be ------------------------------------------------- */

static bool refuse(struct message *response, uint8_t code)
{
    response->code = code;
    return true;
}

/* Tells whether an Execute has an argument that OBJECTS to. */
static bool any_argument(const struct message *request,
                         bool (*objects)(const struct argument *argument))
{
    struct arguments arguments;
    if (!is_execute(request) ||
        arguments_decode(buf_bytes(&request->payload), ARGUMENTS_STRICT, &arguments, NULL) != ST_OK)
        return false;
    for (size_t i = 0; i < arguments.count; i++)
        if (objects(&arguments.items[i]))
            return true;
    return false;
}

static bool is_extra(const struct argument *argument)
{
    return argument->digit > 3;
}

static bool is_hex(const struct argument *argument)
{
    return argument->digit == 2 && argument->value.len > 1 && argument->value.data[1] == 'x';
}

/* How many octets of zero the digits in front of a challenge would be. */
static bool note_zeros(const struct passing *passing)
{
    struct arguments arguments;
    size_t count = 0;
    passing->seeded->times = 0;
    if (!is_execute(passing->request) ||
        arguments_decode(buf_bytes(&passing->request->payload), ARGUMENTS_STRICT, &arguments,
                         NULL) != ST_OK)
        return false;
    const struct argument *challenge = arguments_find(&arguments, 2, &count);
    if (challenge == NULL || !is_hex(challenge))
        return false;
    size_t zeros = 2;
    while (zeros < challenge->value.len && challenge->value.data[zeros] == '0')
        zeros++;
    passing->seeded->times = (zeros - 2) / 2;
    return false;
}

static void keep_zeros(const struct inquiry *inquiry)
{
    for (size_t i = 0; i < inquiry->seeded->times; i++)
        buf_put_u8(inquiry->data, 0);
    buf_put(inquiry->data, inquiry->request->challenge);
    inquiry->request->challenge = buf_bytes(inquiry->data);
}

static bool is_negative(const struct argument *argument)
{
    return argument->digit == 2 && argument->value.len > 0 && argument->value.data[0] == '-';
}

static bool refuse_extra(const struct passing *passing)
{
    return any_argument(passing->request, is_extra) && refuse(passing->response, CODE_BAD_REQUEST);
}

static bool refuse_hex(const struct passing *passing)
{
    return any_argument(passing->request, is_hex) && refuse(passing->response, CODE_BAD_REQUEST);
}

static bool refuse_negative(const struct passing *passing)
{
    return any_argument(passing->request, is_negative) &&
           refuse(passing->response, CODE_BAD_REQUEST);
}

/* --- when it is run --------------------------------------------------------------------------- */

static bool ignore_while_busy(const struct passing *passing)
{
    return is_execute(passing->request) && passing->seeded->running &&
           refuse(passing->response, CODE_CHANGED);
}

static bool refuse_while_busy(const struct passing *passing)
{
    return is_execute(passing->request) && passing->seeded->running &&
           refuse(passing->response, CODE_UNAVAILABLE);
}

static bool is_while_there_is_data(const struct passing *passing)
{
    struct path path;
    if (!is_execute(passing->request) || !seeded_path(passing->request, &path))
        return false;
    path = path_resource(path.id[0], path.id[1], 3);
    const struct value *status = model_value(device_model(passing->seeded->device), path);
    return status != NULL && status->integer == DATA_AVAIL;
}

static bool refuse_while_there_is_data(const struct passing *passing)
{
    return is_while_there_is_data(passing) && refuse(passing->response, CODE_BAD_REQUEST);
}

/* What tells requests apart (FNV-1a): instance and arguments. */
static size_t fingerprint(const struct message *request)
{
    struct path path;
    struct bytes text = buf_bytes(&request->payload);
    size_t print = 2166136261u;
    if (seeded_path(request, &path))
        print ^= path.id[1];
    for (size_t i = 0; i < text.len; i++)
        print = (print * 16777619u) ^ text.data[i];
    return print;
}

static bool ignore_same(const struct passing *passing)
{
    struct seeded *seeded = passing->seeded;
    if (!is_execute(passing->request))
        return false;
    size_t last = seeded->times;
    seeded->times = fingerprint(passing->request);
    return last == seeded->times && is_while_there_is_data(passing) &&
           refuse(passing->response, CODE_CHANGED);
}

/* clang-format off */
const struct device_defect defects_arguments[] = {
    {{"malformed-arguments-accepted", "PF-ARG-6", "starts a process whatever the arguments look like"},
     .request = accept_malformed},
    {{"unquoted-arguments-accepted", "PF-ARG-6", "takes arguments without quotes, and with blanks"},
     .request = accept_unquoted},
    {{"arguments-by-position", "PF-ARG-6", "takes the first argument for the service, and so on"},
     .request = read_by_position},
    {{"challenge-not-needed", "PF-ARG-7", "takes 1 for a challenge that is missing"},
     .request = accept_without_challenge},
    {{"repeated-argument-accepted", "PF-ARG-7", "takes the first of several arguments of one number"},
     .request = accept_repeated},
    {{"empty-key-index-accepted", "PF-ARG-7", "takes key 0 when argument 3 has no value or an empty one"},
     .request = accept_empty_key},
    {{"identity-of-8-bits", "PF-ARG-2", "takes 256 of argument 1 for 0"},
     .request = read_identity_as_octet},
    {{"empty-challenge-accepted", "PF-ARG-8", "takes 0 for an empty challenge"},
     .request = accept_empty_challenge},
    {{"any-service-accepted", "PF-ARG-7", "takes service 2 for 0"},
     .request = accept_any_service},
    {{"extra-arguments-refused", "PF-ARG-5", "refuses arguments that it does not know"},
     .request = refuse_extra},
    {{"hex-challenge-refused", "PF-ARG-8", "refuses a challenge in hex digits"},
     .request = refuse_hex},
    {{"hex-challenge-padded", "PF-ARG-8", "keeps leading zeros of a challenge in hex digits"},
     .request = note_zeros, .ask = keep_zeros},
    {{"negative-challenge-refused", "PF-ARG-8", "refuses a negative challenge"},
     .request = refuse_negative},
    {{"second-request-ignored", "PF-STATE-10", "accepts a request while a process runs, and does nothing"},
     .request = ignore_while_busy},
    {{"second-request-refused", "PF-STATE-10", "refuses a request while a process runs"},
     .request = refuse_while_busy},
    {{"request-refused-with-data", "PF-STATE-1", "refuses a request as long as nobody fetched AuthData"},
     .request = refuse_while_there_is_data},
    {{"same-request-ignored", "PF-STATE-1", "does nothing when it is asked for what it has already"},
     .request = ignore_same},
    {{"repeated-message-runs-again", "PF-STATE-9", "serves a request again that only came twice"},
     .forgets = true},
    {.info = {.name = NULL}},
};
/* clang-format on */
