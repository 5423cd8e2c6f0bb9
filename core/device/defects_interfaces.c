/* SPDX-License-Identifier: Apache-2.0 */
/* Defects of the LwM2M interfaces that object 16 stands on: registration, reporting, the operations
 * on other objects, bootstrap, and messages. */
#include "base/std.h"

#include "base/portfolio.h"
#include "device/defects_impl.h"

static bool is_status(struct path path)
{
    return path.depth >= 3 && path.id[0] == PORTFOLIO && path.id[2] == AUTH_STATUS;
}

static bool is_other_object(const struct message *request)
{
    struct path path;
    return seeded_path(request, &path) && path.depth > 0 && path.id[0] != PORTFOLIO;
}

/* --- reporting ---------------------------------------------------------------------------------
 */

static bool keep_status_back(struct seeded *seeded, struct path target)
{
    UNUSED(seeded);
    return !is_status(target);
}

static bool keep_every_second_status_back(struct seeded *seeded, struct path target)
{
    return !is_status(target) || seeded->times++ % 2 == 0;
}

static bool keep_wide_back(struct seeded *seeded, struct path target)
{
    UNUSED(seeded);
    return target.depth != 1 && target.depth != 2;
}

static bool keep_later_back(struct seeded *seeded, struct path target)
{
    UNUSED(target);
    return seeded->times++ == 0;
}

static bool keep_others_back(struct seeded *seeded, struct path target)
{
    UNUSED(seeded);
    return target.depth == 0 || target.id[0] == PORTFOLIO;
}

static bool keep_composites_back(struct seeded *seeded, struct path target)
{
    UNUSED(seeded);
    return target.depth > 0;
}

static bool ignore_cancel(const struct passing *passing)
{
    if (passing->request->observe == 1)
        passing->request->observe = -1;
    return false;
}

static bool ignore_cancel_of_missing(const struct passing *passing)
{
    struct path path;
    if (passing->request->observe == 1 && seeded_path(passing->request, &path) &&
        !model_has(device_model(passing->seeded->device), path))
        passing->request->observe = -1;
    return false;
}

static bool refuse_cancel(const struct passing *passing)
{
    return passing->request->observe == 1 && seeded_answer(passing, CODE_METHOD_NOT_ALLOWED);
}

static bool observe_nothing(const struct passing *passing)
{
    if (passing->request->observe == 0 && is_other_object(passing->request))
        passing->request->observe = -1;
    return false;
}

static void number_all_alike(struct message *notification)
{
    if (notification->observe >= 0)
        notification->observe = 7;
}

static void number_downwards(struct message *notification)
{
    if (notification->observe >= 0)
        notification->observe = 0xffffff - notification->observe;
}

static void ask_for_no_acknowledgement(struct message *notification)
{
    notification->confirmable = false;
}

static enum notify_outcome ignore_reset(struct seeded *seeded, enum notify_outcome outcome)
{
    UNUSED(seeded);
    return outcome == NOTIFY_RESET ? NOTIFY_ACKNOWLEDGED : outcome;
}

/* Without the items of the query that begin with NAME. */
static void drop_query(struct message *request, const char *name)
{
    struct segments kept;
    segments_init(&kept);
    for (size_t i = 0; i < request->query.count; i++) {
        struct bytes item = segments_at(&request->query, i);
        size_t len = strlen(name);
        bool drops = item.len > len && memcmp(item.data, name, len) == 0 && item.data[len] == '=';
        if (!drops && !segments_add(&kept, item))
            break;
    }
    segments_release(&request->query);
    request->query = kept;
}

/* Takes note of attribute NAME, and does not let it take effect. */
static bool note_attribute(const struct passing *passing, const char *name)
{
    struct seeded *seeded = passing->seeded;
    struct message *request = passing->request;
    struct bytes value;
    int64_t seconds = 0;
    if (request->code != CODE_PUT || !segments_query(&request->query, name, &value) ||
        !seeded_path(request, &seeded->noted) || !parse_decimal(value, &seconds) || seconds < 0 ||
        !model_has(device_model(seeded->device), seeded->noted))
        return false;
    snprintf(seeded->note, sizeof seeded->note, "%.*s", (int)value.len, (const char *)value.data);
    drop_query(request, name);
    return request->query.count == 0 && seeded_answer(passing, CODE_CHANGED);
}

static bool note_pmin(const struct passing *passing)
{
    return note_attribute(passing, "pmin");
}

static bool note_pmax(const struct passing *passing)
{
    return note_attribute(passing, "pmax");
}

/* Discover tells of it all the same. */
static void show_noted(const struct seeded *seeded, const char *name, struct links *links)
{
    for (size_t i = 0; i < links->count && seeded->note[0] != '\0'; i++)
        if (links->items[i].has_path && path_equal(links->items[i].path, seeded->noted) &&
            !link_add_attribute(&links->items[i], name, seeded->note, false))
            return;
}

static void show_pmin(struct seeded *seeded, struct path of, struct links *links)
{
    UNUSED(of);
    show_noted(seeded, "pmin", links);
}

static void show_pmax(struct seeded *seeded, struct path of, struct links *links)
{
    UNUSED(of);
    show_noted(seeded, "pmax", links);
}

static bool forget_attributes(const struct passing *passing)
{
    return passing->request->code == CODE_PUT && passing->request->query.count > 0 &&
           is_other_object(passing->request) && seeded_answer(passing, CODE_CHANGED);
}

/* Of an object or an instance. */
static bool lose_attributes_above(const struct passing *passing)
{
    struct path path;
    const struct message *request = passing->request;
    return request->code == CODE_PUT && request->query.count > 0 && seeded_path(request, &path) &&
           path.depth <= 2 && model_has(device_model(passing->seeded->device), path) &&
           seeded_answer(passing, CODE_CHANGED);
}

static void accept_attributes(const struct passing *passing)
{
    if (passing->request->code == CODE_PUT && passing->request->query.count > 0 &&
        passing->response->code == CODE_BAD_REQUEST)
        passing->response->code = CODE_CHANGED;
}

/* A name without a value, which takes the attribute away. */
static bool keep_attributes(const struct passing *passing)
{
    struct path path;
    const struct message *request = passing->request;
    bool takes_away = false;
    for (size_t i = 0; i < request->query.count; i++) {
        struct bytes item = segments_at(&request->query, i);
        takes_away = takes_away || memchr(item.data, '=', item.len) == NULL;
    }
    return takes_away && request->code == CODE_PUT && seeded_path(request, &path) &&
           model_has(device_model(passing->seeded->device), path) &&
           seeded_answer(passing, CODE_CHANGED);
}

/* The status of before the reset goes with the data, and this device shows that of after it. */
static void reset_before_sending(const struct carried *carried)
{
    bool carries = portfolio_carried(carried->records);
    for (size_t i = 0; i < carried->records->count && carries; i++)
        if (is_status(carried->records->items[i].path))
            carried->records->items[i].value.integer = IDLE;
}

static bool is_no_auth_data(const struct record *record)
{
    return !path_is_portfolio(record->path, AUTH_DATA);
}

/* Those who observe more than AuthData do not get it. */
static void notify_without_data(const struct carried *carried)
{
    if (carried->notified && carried->base.depth < 3)
        seeded_sift(carried->records, is_no_auth_data);
}

/* --- registration ------------------------------------------------------------------------------
 */

static bool is_to(const struct message *request, const char *place)
{
    return request->path.count > 0 && bytes_is(segments_at(&request->path, 0), place);
}

static bool has_lifetime(const struct message *request)
{
    struct bytes value;
    return segments_query(&request->query, "lt", &value);
}

static void register_for_longer(struct seeded *seeded, struct message *request)
{
    UNUSED(seeded);
    if (!is_to(request, "rd") || request->path.count > 1 || !has_lifetime(request))
        return;
    drop_query(request, "lt");
    if (!segments_add_query(&request->query, "lt", bytes_of("31536000")))
        return;
}

static void keep_lifetime_back(struct seeded *seeded, struct message *request)
{
    UNUSED(seeded);
    if (is_to(request, "rd") && request->path.count > 1)
        drop_query(request, "lt");
}

/* `b=UQ` becomes `b=U`. */
static void keep_queue_mode_back(struct seeded *seeded, struct message *request)
{
    struct bytes binding;
    UNUSED(seeded);
    if (!is_to(request, "rd") || !segments_query(&request->query, "b", &binding) ||
        !bytes_is(binding, "UQ"))
        return;
    drop_query(request, "b");
    if (!segments_add_query(&request->query, "b", bytes_of("U")))
        return;
}

static void update_instead(struct seeded *seeded, struct message *request)
{
    UNUSED(seeded);
    if (request->code == CODE_DELETE && is_to(request, "rd"))
        request->code = CODE_POST;
}

static void send_nothing(struct seeded *seeded, struct message *request)
{
    UNUSED(seeded);
    if (!is_to(request, "dp"))
        return;
    buf_clear(&request->payload);
    if (request->format == FORMAT_SENML_JSON)
        buf_puts(&request->payload, "[]");
    else
        buf_put_u8(&request->payload, 0x80);
}

static void speak_in_plain_text(struct seeded *seeded, struct remote *remote)
{
    const char *place = strstr(remote->uri, "://");
    if (remote->security == NULL || place == NULL)
        return;
    snprintf(seeded->uri, sizeof seeded->uri, "%s%s",
             strstr(remote->uri, "+tcp") != NULL ? "coap+tcp" : "coap", place);
    remote->uri = seeded->uri;
    remote->security = NULL;
}

/* --- operations on other objects ----------------------------------------------------------------
 */

static bool do_nothing(const struct passing *passing, unsigned method, uint8_t code)
{
    const struct message *request = passing->request;
    return request->code == method && request->query.count == 0 && is_other_object(request) &&
           seeded_answer(passing, code);
}

static bool write_nothing(const struct passing *passing)
{
    return do_nothing(passing, CODE_PUT, CODE_CHANGED);
}

static bool update_nothing(const struct passing *passing)
{
    return passing->request->format != FORMAT_NONE && do_nothing(passing, CODE_POST, CODE_CHANGED);
}

static bool refuse_execute(const struct passing *passing)
{
    struct path path;
    return seeded_path(passing->request, &path) && path.depth == 3 &&
           passing->request->format == FORMAT_NONE &&
           do_nothing(passing, CODE_POST, CODE_METHOD_NOT_ALLOWED);
}

static bool delete_nothing(const struct passing *passing)
{
    return do_nothing(passing, CODE_DELETE, CODE_METHOD_NOT_ALLOWED);
}

static bool refuse_create(const struct passing *passing)
{
    struct path path;
    return passing->request->code == CODE_POST && seeded_path(passing->request, &path) &&
           path.depth == 1 && seeded_answer(passing, CODE_METHOD_NOT_ALLOWED);
}

static bool write_several_not(const struct passing *passing)
{
    return passing->request->code == CODE_IPATCH && seeded_answer(passing, CODE_CHANGED);
}

static bool is_no_first_value(const struct record *record)
{
    return record->path.depth < 3 || record->path.id[2] != 0;
}

static void lose_first_values(const struct carried *carried)
{
    if (carried->base.depth == 2 && carried->base.id[0] != PORTFOLIO)
        seeded_sift(carried->records, is_no_first_value);
}

static void lose_one_of_several(const struct carried *carried)
{
    if (carried->base.depth == 0 && carried->records->count > 0)
        value_release(&carried->records->items[--carried->records->count].value);
}

static bool is_elsewhere(struct path path)
{
    return path.depth > 2 && path.id[0] != PORTFOLIO;
}

static void discover_no_resources(struct seeded *seeded, struct path of, struct links *links)
{
    UNUSED(seeded);
    if (of.depth == 2)
        seeded_hide_links(links, is_elsewhere);
}

/* --- bootstrap and messages --------------------------------------------------------------------
 */

static bool finish_nothing(const struct passing *passing)
{
    return passing->request->code == CODE_POST && is_to(passing->request, "bs") &&
           seeded_answer(passing, CODE_CHANGED);
}

static void refuse_wrongly(const struct passing *passing)
{
    if (passing->response->code == CODE_METHOD_NOT_ALLOWED)
        passing->response->code = CODE_INTERNAL_ERROR;
}

static bool refuse_repeated(const struct passing *passing)
{
    struct seeded *seeded = passing->seeded;
    bool repeated = seeded->told && seeded->last_id == passing->request->message_id;
    seeded->last_id = passing->request->message_id;
    seeded->told = true;
    return repeated && seeded_answer(passing, CODE_UNAVAILABLE);
}

/* clang-format off */
const struct device_defect defects_interfaces[] = {
    {{"status-not-notified", "PF-STATE-7", "does not notify observers of AuthStatus"},
     .notifying = keep_status_back},
    {{"every-second-status-lost", "PF-STATE-7", "loses every second change of AuthStatus for its observers"},
     .notifying = keep_every_second_status_back},
    {{"reset-before-sending", "PF-STATE-11", "shows the status of after the reset beside the data"},
     .content = reset_before_sending},
    {{"wide-notify-lacks-data", "PF-STATE-11", "leaves AuthData out for observers of the object instance"},
     .content = notify_without_data},
    {{"wide-not-notified", "PF-DM-6", "does not notify observers of the object or its instances"},
     .notifying = keep_wide_back},
    {{"notifies-once", "PF-DM-6", "notifies once, and never again"},
     .notifying = keep_later_back},
    {{"observed-again-told-twice", "PF-DM-6", "takes another Observe with the same token for another observation"},
     .doubles = true},
    {{"cancel-ignored", "LWM2M-CANCEL", "goes on after Observe=1"},
     .request = ignore_cancel},
    {{"cancel-of-missing-ignored", "LWM2M-CANCEL", "goes on after Observe=1 when what is observed was not there just then"},
     .request = ignore_cancel_of_missing},
    {{"reset-ignored", "LWM2M-CANCEL", "goes on after a notification was answered with Reset"},
     .notified = ignore_reset},
    {{"pmin-ignored", "PF-DM-6", "shows pmin, and does not keep it"},
     .request = note_pmin, .links = show_pmin},
    {{"pmax-ignored", "PF-DM-6", "shows pmax, and does not keep it"},
     .request = note_pmax, .links = show_pmax},
    {{"any-attribute-accepted", "PF-DM-6", "answers 2.04 to attributes that it cannot have"},
     .response = accept_attributes},
    {{"read-lacks-value", "LWM2M-READ", "leaves resource 0 out when an instance is read"},
     .content = lose_first_values},
    {{"write-does-nothing", "LWM2M-WRITE", "answers 2.04 to a write, and keeps the old value"},
     .request = write_nothing},
    {{"update-does-nothing", "LWM2M-UPDATE-VALUES", "answers 2.04 to a partial update, and keeps the old values"},
     .request = update_nothing},
    {{"execute-refused", "LWM2M-EXECUTE", "refuses to execute anything but GetAuthData"},
     .request = refuse_execute},
    {{"create-refused", "LWM2M-CREATE", "refuses every Create"},
     .request = refuse_create},
    {{"delete-refused", "LWM2M-DELETE", "refuses every Delete but that of object 16"},
     .request = delete_nothing},
    {{"discover-lists-nothing", "LWM2M-DISCOVER", "lists no resources of an instance"},
     .links = discover_no_resources},
    {{"observe-is-read", "LWM2M-OBSERVE", "takes Observe for a read"},
     .request = observe_nothing},
    {{"cancel-refused", "PF-DM-6", "answers 4.05 to Observe=1"},
     .request = refuse_cancel},
    {{"attributes-stay", "LWM2M-ATTRIBUTES", "answers 2.04 when attributes are to be taken away, and keeps them"},
     .request = keep_attributes},
    {{"attributes-forgotten", "LWM2M-ATTRIBUTES", "answers 2.04 to Write-Attributes, and forgets them"},
     .request = forget_attributes},
    {{"attributes-not-inherited", "PF-DM-6", "minds attributes of resources alone, not those of instance and object"},
     .request = lose_attributes_above},
    {{"composite-lacks-one", "LWM2M-READ-COMPOSITE", "leaves the last value out when several paths are read"},
     .content = lose_one_of_several},
    {{"composite-writes-nothing", "LWM2M-WRITE-COMPOSITE", "answers 2.04 to a write to several paths, and writes nothing"},
     .request = write_several_not},
    {{"composite-not-notified", "LWM2M-OBSERVE-COMPOSITE", "does not notify observers of several paths"},
     .notifying = keep_composites_back},
    {{"registers-for-a-year", "LWM2M-REGISTER", "registers with another lifetime than it has"},
     .asking = register_for_longer},
    {{"lifetime-not-told", "LWM2M-UPDATE", "does not tell the server a new lifetime"},
     .asking = keep_lifetime_back},
    {{"queue-mode-not-told", "LWM2M-UPDATE", "tells binding U when it is UQ"},
     .asking = keep_queue_mode_back},
    {{"leaves-by-update", "LWM2M-DEREGISTER", "updates its registration instead of ending it"},
     .asking = update_instead},
    {{"notifies-by-one-number", "LWM2M-NOTIFY", "numbers all notifications alike"},
     .notice = number_all_alike},
    {{"notification-numbers-fall", "LWM2M-NOTIFY", "numbers its notifications downwards"},
     .notice = number_downwards},
    {{"notifies-unconfirmed", "PF-STATE-11", "notifies without asking for an acknowledgement, AuthData too"},
     .notice = ask_for_no_acknowledgement},
    {{"others-not-notified", "LWM2M-NOTIFY", "notifies changes of object 16 only"},
     .notifying = keep_others_back},
    {{"sends-nothing", "LWM2M-SEND", "sends without the values"},
     .asking = send_nothing},
    {{"finish-ignored", "LWM2M-BOOTSTRAP", "answers 2.04 to Bootstrap-Finish, and does not use what was written"},
     .request = finish_nothing},
    {{"plain-text", "LWM2M-SECURE", "speaks in plain text with a server that is to be secured"},
     .opening = speak_in_plain_text},
    {{"refusals-are-5-00", "COAP-REQUEST", "answers 5.00 instead of 4.05"},
     .response = refuse_wrongly},
    {{"repeated-message-refused", "COAP-DUPLICATE", "answers a repeated message otherwise than the first one"},
     .forgets = true, .request = refuse_repeated},
    {.info = {.name = NULL}},
};
/* clang-format on */
