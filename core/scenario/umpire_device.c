/* SPDX-License-Identifier: Apache-2.0 */
/* What must hold of the device side in whatever it sends: the type and range of AuthStatus, data
 * and status beside each other, versions, what single resources show of themselves, the form of
 * notifications and silence after the end of an observation, keys. */
#include "base/std.h"

#include "scenario/umpire_impl.h"

enum { STATUS_MOST = 2, DATA_AVAIL = 1 };
enum { FORMAT_SENML_JSON = 110, BASE64_SHOWN = 60 };
enum { NUMBER_MASK = 0xffffff, NUMBER_HALF = 1 << 23, NUMBER_LIFE_MS = 128000 };

static bool has_value(const struct record *record)
{
    return record->value.type != VALUE_NONE;
}

/* rule: I-11. A device may show no octets where ours shows nothing. */
static bool has_octets(const struct record *record)
{
    return record->value.type != VALUE_OPAQUE || value_bytes(&record->value).len > 0;
}

/* rule: PF-OBJ-5 */
static void judge_status(struct umpire *umpire, const struct record *record)
{
    char path[PATH_TEXT];
    const struct value *value = &record->value;
    bool is_good = value->type == VALUE_INTEGER && value->integer >= 0 &&
                   value->integer <= STATUS_MOST && record->path.depth == 3;
    if (is_good)
        return;
    struct buf text;
    buf_init(&text, 200);
    value_format(value, &text);
    umpire_find(umpire, "PF-OBJ-5", "the device shows %.60s for AuthStatus \"%s\", not 0, 1 or 2",
                buf_text(&text), path_text(record->path, path));
    buf_release(&text);
}

/* rule: PF-STATE-2. A content is a snapshot, taken before what it carries resets the state (I-10).
 */
static void judge_snapshot(struct umpire *umpire, const struct records *records,
                           const struct record *data)
{
    struct path path = path_resource(PORTFOLIO, data->path.id[1], AUTH_STATUS);
    const struct record *status = records_find(records, path);
    if (status == NULL || status->value.type != VALUE_INTEGER ||
        status->value.integer == DATA_AVAIL)
        return;
    umpire_find(umpire, "PF-STATE-2",
                "the device shows AuthData of \"/16/%u\" beside AuthStatus %" PRId64,
                (unsigned)data->path.id[1], status->value.integer);
}

/* The next octet string of a SenML JSON content, without its quotation marks. No name or value
 * holds the mark, since a quotation mark has a backslash in front there. */
static bool next_octets(struct bytes *rest, struct bytes *out)
{
    static const char mark[] = "\"vd\"";
    size_t at = 0;
    while (at + sizeof mark - 1 <= rest->len && memcmp(rest->data + at, mark, sizeof mark - 1) != 0)
        at++;
    if (at + sizeof mark - 1 > rest->len)
        return false;
    at += sizeof mark - 1;
    while (at < rest->len && rest->data[at] != '"')
        at++;
    size_t begin = at < rest->len ? at + 1 : at;
    size_t end = begin;
    while (end < rest->len && rest->data[end] != '"')
        end++;
    *out = (struct bytes){rest->data + begin, end - begin};
    *rest = (struct bytes){rest->data + end, rest->len - end};
    return true;
}

static bool is_of_urls(struct bytes base64)
{
    for (size_t i = 0; i < base64.len; i++)
        if (base64.data[i] == '+' || base64.data[i] == '/' || base64.data[i] == '=')
            return false;
    return true;
}

/* RFC 8428 section 4.3. Our decoder takes the usual alphabet, too; another need not. */
static void judge_base64(struct umpire *umpire, const struct outcome *outcome)
{
    struct bytes rest = buf_bytes(&outcome->payload);
    struct bytes octets;
    if (!outcome->decoded || outcome->format != FORMAT_SENML_JSON)
        return;
    while (next_octets(&rest, &octets))
        if (!is_of_urls(octets))
            umpire_find(umpire, "PF-DM-4",
                        "the device writes octets in SenML JSON as \"%.*s\": they are base64url "
                        "without padding there",
                        (int)(octets.len < BASE64_SHOWN ? octets.len : BASE64_SHOWN),
                        (const char *)octets.data);
}

void umpire_device_values(struct umpire *umpire, const struct outcome *outcome)
{
    char path[PATH_TEXT];
    judge_base64(umpire, outcome);
    const struct records *records = &outcome->values;
    for (size_t i = 0; i < records->count; i++) {
        const struct record *record = &records->items[i];
        if (!has_value(record))
            continue;
        if (path_is_portfolio(record->path, AUTH_STATUS))
            judge_status(umpire, record);
        if (path_is_portfolio(record->path, AUTH_DATA) && has_octets(record))
            judge_snapshot(umpire, records, record);
        if (path_is_portfolio(record->path, GET_AUTH_DATA))
            umpire_find(umpire, "PF-OBJ-3", "the device shows a value of \"%s\", which has none",
                        path_text(record->path, path));
    }
    umpire_order_left(umpire, records);
}

/* The text behind `;NAME=` of a link, to the next attribute; NULL: it has none. */
static const char *attribute_of(const char *link, const char *end, const char *name)
{
    size_t len = strlen(name);
    for (const char *at = link; at + len <= end; at++)
        if (strncmp(at, name, len) == 0)
            return at + len;
    return NULL;
}

static bool is_1_0(const char *version)
{
    return strncmp(version, "1.0", 3) == 0 || strncmp(version, "\"1.0\"", 5) == 0;
}

/* rule: PF-OBJ-1. No attribute of these links holds a comma in any version of the standard. */
void umpire_device_links(struct umpire *umpire, const char *links)
{
    const char *link = links;
    while (link != NULL && *link != '\0') {
        const char *end = link + strcspn(link, ",");
        bool is_portfolio = strncmp(link, "</16>", 5) == 0 || strncmp(link, "</16/", 5) == 0;
        const char *version = is_portfolio ? attribute_of(link, end, ";ver=") : NULL;
        if (version != NULL && !is_1_0(version))
            umpire_find(umpire, "PF-OBJ-1",
                        "the device registers \"%.*s\": object 16 is version 1.0",
                        (int)(end - link), link);
        link = *end == ',' ? end + 1 : end;
    }
}

/* --- Discover ------------------------------------------------------------------------------ */

/* Of LINK "</16/0/3>": the resource, or -1. */
static int portfolio_resource(const char *link)
{
    unsigned instance = 0;
    unsigned resource = 0;
    char end = '\0';
    bool is_one = sscanf(link, "</16/%5u/%5u%c", &instance, &resource, &end) == 3 && end == '>';
    return is_one ? (int)resource : -1;
}

/* rule: PF-DM-9. What cannot be multiple has no number of instances. */
static void judge_discovery(struct umpire *umpire, const char *links)
{
    const char *link = links;
    while (link != NULL && *link != '\0') {
        const char *end = link + strcspn(link, ",");
        int resource = portfolio_resource(link);
        bool is_single = resource == GET_AUTH_DATA || resource == AUTH_STATUS;
        if (is_single && attribute_of(link, end, ";dim=") != NULL)
            umpire_find(umpire, "PF-DM-9", "the device shows a dim for a single resource: \"%.*s\"",
                        (int)(end - link), link);
        link = *end == ',' ? end + 1 : end;
    }
}

/* --- notifications ------------------------------------------------------------------------- */

static struct umpire_observation *find_observation(struct umpire *umpire, unsigned server,
                                                   struct path path, const struct records *paths)
{
    for (size_t i = 0; i < umpire->observation_count; i++) {
        struct umpire_observation *at = &umpire->observations[i];
        if (at->server == server && path_equal(at->path, path) && records_equal(&at->paths, paths))
            return at;
    }
    return NULL;
}

static void drop_observation(struct umpire *umpire, struct umpire_observation *observation)
{
    size_t index = (size_t)(observation - umpire->observations);
    records_release(&observation->paths);
    umpire->observation_count--;
    memmove(observation, observation + 1,
            (umpire->observation_count - index) * sizeof *observation);
}

static bool is_content(const struct outcome *outcome)
{
    return outcome->code == CODE_CONTENT;
}

static void note_number(struct umpire *umpire, struct umpire_observation *at, int number)
{
    at->before = at->newest;
    at->newest = number;
    at->newest_at = umpire->stage->ops->now(umpire->stage);
}

/* One that was there already is doubled now, unless it IS_RENEWED. */
static struct umpire_observation *add_observation(struct umpire *umpire, struct path path,
                                                  const struct records *paths, bool is_renewed)
{
    unsigned server = umpire->step->server;
    struct umpire_observation *at = find_observation(umpire, server, path, paths);
    if (at != NULL) {
        at->is_doubled = at->is_doubled || !is_renewed;
        return at;
    }
    if (umpire->observation_count == UMPIRE_OBSERVATIONS_MOST)
        drop_observation(umpire, &umpire->observations[0]);
    at = &umpire->observations[umpire->observation_count++];
    *at = (struct umpire_observation){.server = server, .path = path};
    records_copy(paths, &at->paths);
    return at;
}

static void note_observation(struct umpire *umpire, const struct outcome *outcome)
{
    const struct operation *operation = umpire->operation;
    struct records none;
    records_init(&none);
    bool is_composite = operation->kind == OPERATION_OBSERVE_COMPOSITE;
    struct umpire_observation *at = add_observation(
        umpire, operation->path, is_composite ? &operation->values : &none, operation->again);
    at->format = outcome->format;
    note_number(umpire, at, outcome->observe);
    at->before = -1;
}

void umpire_device_shared(struct umpire *umpire, const struct actor_event *event)
{
    const struct records *paths = event->request->values;
    struct records none;
    records_init(&none);
    bool is_list = event->method == CODE_FETCH && paths != NULL;
    if (!umpire->trusts || umpire->step == NULL || umpire->step->server != event->server ||
        event->request->observe != 0 || event->outcome->observe < 0)
        return;
    add_observation(umpire, event->path, is_list ? paths : &none, false)->is_doubled = true;
}

static void end_observation(struct umpire *umpire)
{
    const struct operation *operation = umpire->operation;
    struct umpire_observation *at =
        find_observation(umpire, umpire->step->server, operation->path, &operation->values);
    if (at != NULL)
        drop_observation(umpire, at);
}

void umpire_device_done(struct umpire *umpire, const struct outcome *outcome)
{
    enum operation_kind kind = umpire->operation->kind;
    bool begins = kind == OPERATION_OBSERVE || kind == OPERATION_OBSERVE_COMPOSITE;
    bool ends = kind == OPERATION_CANCEL || kind == OPERATION_CANCEL_COMPOSITE;
    struct bytes content = buf_bytes(&outcome->payload);
    if (begins && is_content(outcome) && outcome->observe >= 0)
        note_observation(umpire, outcome);
    if (ends)
        end_observation(umpire);
    if (kind == OPERATION_DISCOVER && is_content(outcome) && utf8_plain(content)) {
        struct buf links;
        buf_init(&links, content.len + 1);
        buf_put(&links, content);
        judge_discovery(umpire, buf_text(&links));
        buf_release(&links);
    }
}

/* rule: I-22. What resets the state by its leaving is not to be lost on the way. */
static void judge_delivery(struct umpire *umpire, const struct outcome *outcome)
{
    char path[PATH_TEXT];
    for (size_t i = 0; outcome->unconfirmed && i < outcome->values.count; i++) {
        const struct record *record = &outcome->values.items[i];
        if (path_is_portfolio(record->path, AUTH_DATA) && has_value(record) && has_octets(record))
            umpire_find(umpire, "PF-STATE-11",
                        "the device notifies of AuthData \"%s\" without asking for an "
                        "acknowledgement: when that is lost, so is the data",
                        path_text(record->path, path));
    }
}

/* RFC 7641 section 3.4: it is among the next 2^23 of 24 bits. */
static bool is_higher(int number, int than)
{
    int ahead = (number - than) & NUMBER_MASK;
    return ahead > 0 && ahead < NUMBER_HALF;
}

/* RFC 7641 sections 3.4 and 4.4. What came by a network may have overtaken the one before it, and
 * then is between the last two; on streams (RFC 8323 section 7) no number matters. */
static void judge_number(struct umpire *umpire, struct umpire_observation *at, struct path what,
                         const struct outcome *outcome)
{
    char path[PATH_TEXT];
    int number = outcome->observe;
    if (outcome->ordered || number < 0)
        return;
    bool is_late = umpire->stage->ops->now(umpire->stage) - at->newest_at > NUMBER_LIFE_MS;
    bool is_overtaken = !umpire->sees && at->before >= 0 && is_higher(number, at->before) &&
                        is_higher(at->newest, number);
    if (at->newest < 0 || is_late || is_higher(number, at->newest)) {
        note_number(umpire, at, number);
        return;
    }
    if (is_overtaken)
        return;
    if (number == at->newest)
        umpire_find(umpire, "LWM2M-NOTIFY",
                    "the device notifies of \"%s\" with Observe %d again: whoever gets that "
                    "takes it for old",
                    path_text(what, path), number);
    else
        umpire_find(umpire, "LWM2M-NOTIFY",
                    "the device notifies of \"%s\" with Observe %d after %d: whoever gets that "
                    "takes it for old, since the number must rise",
                    path_text(what, path), number, at->newest);
    note_number(umpire, at, number);
}

/* RFC 7641 section 4.2. */
void umpire_device_notified(struct umpire *umpire, const struct actor_event *event)
{
    char path[PATH_TEXT];
    struct records none;
    records_init(&none);
    const struct outcome *outcome = event->outcome;
    struct umpire_observation *at = find_observation(umpire, event->server, event->path,
                                                     event->paths == NULL ? &none : event->paths);
    judge_delivery(umpire, outcome);
    umpire_order_told(umpire, outcome);
    if (at == NULL || at->is_doubled || umpire->has_link || !is_content(outcome))
        return;
    if (outcome->format >= 0 && at->format >= 0 && outcome->format != at->format)
        umpire_find(umpire, "LWM2M-NOTIFY",
                    "the device notifies of \"%s\" in format %d, and was observed in %d",
                    path_text(event->path, path), outcome->format, at->format);
    judge_number(umpire, at, event->path, outcome);
}

void umpire_device_forget(struct umpire *umpire, unsigned server)
{
    umpire_order_forget(umpire);
    for (size_t i = umpire->observation_count; i > 0; i--)
        if (umpire->observations[i - 1].server == server)
            drop_observation(umpire, &umpire->observations[i - 1]);
}

void umpire_device_release(struct umpire *umpire)
{
    while (umpire->observation_count > 0)
        drop_observation(umpire, &umpire->observations[umpire->observation_count - 1]);
}

/* What the end of an observation excuses: the notification that a Reset is the answer to; whatever
 * a server does not know any more that forgot its clients; answers that came too late. */
void umpire_device_step(struct umpire *umpire, const struct step *step)
{
    if (step->verb->kind == STEP_LINK || step->verb->kind == STEP_CONTROL)
        umpire->excuses_strays = true;
    if (step->verb->kind != STEP_EXPECT && step->verb->kind != STEP_WAIT)
        umpire_order_forget(umpire);
    if (step->verb->kind == STEP_OPERATION && step->operation.kind != OPERATION_REPEAT &&
        step->operation.by_reset)
        umpire->strays_due++;
}

void umpire_device_stray(struct umpire *umpire, const struct actor_event *event)
{
    /* The step that is under way is told of it as what it is answered. */
    bool is_told = event->never_given && event->is_answer && umpire->operation != NULL;
    if (umpire->excuses_strays || is_told)
        return;
    if (event->never_given && event->is_answer)
        umpire_find(umpire, "COAP-REQUEST", "the device answers with a token that no request had");
    else if (event->never_given)
        umpire_find(umpire, "LWM2M-NOTIFY",
                    "the device sends a token that no request had: a notification has that of the "
                    "Observe that it belongs to");
    else if (event->again)
        umpire_find(umpire, "LWM2M-CANCEL", "the device goes on to notify after a Reset");
    else if (umpire->strays_due > 0)
        umpire->strays_due--;
    else
        umpire_find(umpire, "LWM2M-CANCEL",
                    "the device notifies of something that is not observed any more");
}

void umpire_device_leak(struct umpire *umpire, const char *where)
{
    umpire_find(umpire, "PF-SC-6", "octets of a key are in %s", where);
}
