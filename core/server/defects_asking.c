/* SPDX-License-Identifier: Apache-2.0 */
/* Defects of what a server asks: another operation, format, or content than it was told to. */
#include "base/std.h"

#include "base/portfolio.h"
#include "server/defects_impl.h"

enum { UNREGISTERED = 4711 };

/* --- what it asks for ----------------------------------------------------------------------- */

static void ignore_answer(void *arg, enum status status, const struct message *response)
{
    UNUSED(arg);
    UNUSED(status);
    UNUSED(response);
}

/* Beside each GetAuthData, under an id that the server's own requests do not come near. */
static void ask_for_unregistered(struct seeded_server *seeded, struct peer *peer,
                                 struct message *request)
{
    struct path path = request_raw_path(request);
    struct message other;
    char text[PATH_TEXT];
    if (request->code != CODE_POST || path.depth != 3 || path.id[0] != PORTFOLIO)
        return;
    message_init(&other);
    other.code = CODE_GET;
    other.message_id = (request->message_id + 0x4000) & UINT16_MAX;
    bool fits = segments_split(&other.path, '/',
                               bytes_of(path_text(path_instance(PORTFOLIO, UNREGISTERED), text)));
    enum status status =
        fits ? endpoint_request(seeded->endpoint, peer, &other, ignore_answer, NULL, NULL)
             : ST_LIMIT;
    UNUSED(status);
    message_release(&other);
}

/* Under an id of its own: no repetition, but a second process. */
static void execute_twice(struct seeded_server *seeded, struct peer *peer, struct message *request)
{
    struct path path = request_raw_path(request);
    struct message again;
    if (seeded->is_again || request->code != CODE_POST || path.depth != 3 ||
        path.id[0] != PORTFOLIO)
        return;
    message_copy(request, &again);
    again.message_id = (request->message_id + 0x4000) & UINT16_MAX;
    again.token_len = 0;
    seeded->is_again = true;
    enum status status =
        endpoint_request(seeded->endpoint, peer, &again, ignore_answer, NULL, NULL);
    seeded->is_again = false;
    UNUSED(status);
    message_release(&again);
}

static void ask_for_other_format(struct seeded_server *seeded, struct peer *peer,
                                 struct message *request)
{
    UNUSED(seeded);
    UNUSED(peer);
    if (request->code == CODE_GET && request->accept >= 0 && request->accept != FORMAT_LINK)
        request->accept = request->accept == FORMAT_TLV ? FORMAT_SENML_JSON : FORMAT_TLV;
}

static void leave_accept_out(struct seeded_server *seeded, struct peer *peer,
                             struct message *request)
{
    UNUSED(seeded);
    UNUSED(peer);
    if (request->accept == FORMAT_LINK)
        request->accept = FORMAT_NONE;
}

/* --- another operation ---------------------------------------------------------------------- */

static void write_partially(struct seeded_server *seeded, struct peer *peer,
                            struct message *request)
{
    UNUSED(seeded);
    UNUSED(peer);
    if (request->code == CODE_PUT && request->format >= 0)
        request->code = CODE_POST;
}

static void replace(struct seeded_server *seeded, struct peer *peer, struct message *request)
{
    struct path path = request_raw_path(request);
    UNUSED(seeded);
    UNUSED(peer);
    if (request->code == CODE_POST && path.depth >= 2 && request->format > FORMAT_TEXT)
        request->code = CODE_PUT;
}

static void observe_not(struct seeded_server *seeded, struct peer *peer, struct message *request)
{
    UNUSED(seeded);
    UNUSED(peer);
    if (request->observe == 0 && request->code == CODE_GET)
        request->observe = -1;
}

static void cancel_not(struct seeded_server *seeded, struct peer *peer, struct message *request)
{
    UNUSED(seeded);
    UNUSED(peer);
    if (request->observe == 1)
        request->observe = -1;
}

static void cancel_by_new_token(struct seeded_server *seeded, struct peer *peer,
                                struct message *request)
{
    UNUSED(seeded);
    UNUSED(peer);
    if (request->observe == 1)
        request->token_len = 0;
}

/* `pmin=1&pmax=5` becomes `pmin=1`. */
static void keep_first_attribute(struct seeded_server *seeded, struct peer *peer,
                                 struct message *request)
{
    UNUSED(seeded);
    UNUSED(peer);
    if (request->code == CODE_PUT && request->query.count > 1)
        request->query.count = 1;
}

static void execute_octets(struct seeded_server *seeded, struct peer *peer, struct message *request)
{
    UNUSED(seeded);
    UNUSED(peer);
    if (request->code == CODE_POST && request->format == FORMAT_TEXT &&
        request_raw_path(request).depth == 3)
        request->format = FORMAT_OPAQUE;
}

/* `0='0',1='3',4='x'` becomes `0='0',1='3'`. */
static void drop_further_arguments(struct seeded_server *seeded, struct peer *peer,
                                   struct message *request)
{
    struct buf *payload = &request->payload;
    bool is_quoted = false;
    UNUSED(seeded);
    UNUSED(peer);
    if (request->code != CODE_POST || request->format != FORMAT_TEXT ||
        request_raw_path(request).depth != 3)
        return;
    for (size_t i = 0; i + 1 < payload->len; i++) {
        is_quoted = is_quoted != (payload->data[i] == '\'');
        if (!is_quoted && payload->data[i] == ',' && payload->data[i + 1] >= '4' &&
            payload->data[i + 1] <= '9')
            payload->len = i;
    }
}

/* A repeated request has the id of the one before. */
static void repeat_as_new(struct seeded_server *seeded, struct peer *peer, struct message *request)
{
    UNUSED(peer);
    if (request->message_id >= 0 && request->message_id == seeded->message_id)
        request->message_id = (request->message_id + 0x2000) & UINT16_MAX;
}

/* --- other content -------------------------------------------------------------------------- */

static void drop_last(struct records *records)
{
    if (records->count > 1)
        value_release(&records->items[--records->count].value);
}

static void lose_read_path(const struct message *request, struct path path, struct records *records)
{
    UNUSED(path);
    if (request->code == CODE_FETCH && request->observe < 0)
        drop_last(records);
}

static void lose_observed_path(const struct message *request, struct path path,
                               struct records *records)
{
    UNUSED(path);
    if (request->code == CODE_FETCH && request->observe == 0)
        drop_last(records);
}

static void lose_written_value(const struct message *request, struct path path,
                               struct records *records)
{
    UNUSED(path);
    if (request->code == CODE_IPATCH)
        drop_last(records);
}

static void alter_written_values(const struct message *request, struct path path,
                                 struct records *records)
{
    UNUSED(path);
    for (size_t i = 0; request->code == CODE_PUT && i < records->count; i++) {
        struct value *value = &records->items[i].value;
        if (value->type == VALUE_INTEGER)
            value->integer++;
        else if (value->type == VALUE_STRING && value->octets.len > 0)
            value->octets.data[0] ^= 0x20;
    }
}

static void lose_created_value(const struct message *request, struct path path,
                               struct records *records)
{
    if (request->code == CODE_POST && path.depth == 1)
        drop_last(records);
}

/* --- the rows ------------------------------------------------------------------------------- */

/* clang-format off */
const struct server_defect defects_asking[] = {
    {.info = {"unregistered-asked-for", "PF-SRV-4", "asks for an instance that was not registered"},
     .asking = ask_for_unregistered},
    {.info = {"execute-sent-twice", "PF-SRV-2", "executes GetAuthData twice with one challenge"},
     .asking = execute_twice},
    {.info = {"format-not-as-told", "PF-SRV-5", "asks for values in another format than it was told to"},
     .asking = ask_for_other_format},
    {.info = {"discover-as-read", "LWM2M-DISCOVER", "sends Discover as a Read"},
     .asking = leave_accept_out},
    {.info = {"write-is-partial", "LWM2M-WRITE", "updates where it should replace"},
     .asking = write_partially},
    {.info = {"written-value-altered", "LWM2M-WRITE", "writes other values than it was told to"},
     .values = alter_written_values},
    {.info = {"update-is-replace", "LWM2M-UPDATE-VALUES", "replaces where it should update"},
     .asking = replace},
    {.info = {"observe-as-read", "LWM2M-OBSERVE", "reads what it should observe"},
     .asking = observe_not},
    {.info = {"cancel-as-read", "LWM2M-CANCEL", "reads where it should cancel an observation"},
     .asking = cancel_not},
    {.info = {"cancel-by-new-token", "LWM2M-CANCEL", "cancels observations with another token than it observed with"},
     .asking = cancel_by_new_token},
    {.info = {"attributes-lost", "LWM2M-ATTRIBUTES", "writes the first of several attributes only"},
     .asking = keep_first_attribute},
    {.info = {"execute-as-octets", "LWM2M-EXECUTE", "sends arguments as octets and not as text"},
     .asking = execute_octets},
    {.info = {"further-arguments-lost", "PF-ARG-6", "sends no more arguments than 0 to 3"},
     .asking = drop_further_arguments},
    {.info = {"repetition-is-new", "COAP-DUPLICATE", "repeats a request under a new message id"},
     .asking = repeat_as_new},
    {.info = {"composite-path-lost", "LWM2M-READ-COMPOSITE", "leaves out the last path of a Read-Composite"},
     .values = lose_read_path},
    {.info = {"observed-path-lost", "LWM2M-OBSERVE-COMPOSITE", "leaves out the last path of an Observe-Composite"},
     .values = lose_observed_path},
    {.info = {"composite-value-lost", "LWM2M-WRITE-COMPOSITE", "leaves out the last value of a Write-Composite"},
     .values = lose_written_value},
    {.info = {"created-value-lost", "LWM2M-CREATE", "leaves out the last value of an instance that it creates"},
     .values = lose_created_value},
    {.info = {NULL, NULL, NULL}},
};
