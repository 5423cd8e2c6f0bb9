/* SPDX-License-Identifier: Apache-2.0 */
/* Defects of what object 16 is: its resources, their operations, types and values, and what GSMA
 * devices hold. */
#include "base/std.h"

#include "base/portfolio.h"
#include "device/defects_impl.h"

static bool is_identity(struct path path, unsigned identity)
{
    return path_is_portfolio(path, IDENTITY) && path.depth == 4 && path.id[3] == identity;
}

/* Takes TEXT for the value of RECORD. */
static void put_text(struct record *record, enum value_type type, struct bytes text)
{
    struct value value = value_octets(type, text);
    value_release(&record->value);
    record->value = value;
}

/* --- types and values ------------------------------------------------------------------------- */

static void show_3_for_error(const struct carried *carried)
{
    for (size_t i = 0; i < carried->records->count; i++) {
        struct record *record = &carried->records->items[i];
        if (path_is_portfolio(record->path, AUTH_STATUS) && record->value.integer == ERROR)
            record->value.integer = 3;
    }
}

/* As text, where the format is one that tells integers and strings apart. */
static void put_status_as_text(const struct carried *carried, int format)
{
    for (size_t i = 0; i < carried->records->count && carried->format == format; i++) {
        struct record *record = &carried->records->items[i];
        char text[8];
        if (!path_is_portfolio(record->path, AUTH_STATUS) || record->value.type != VALUE_INTEGER)
            continue;
        snprintf(text, sizeof text, "%d", (int)record->value.integer);
        put_text(record, VALUE_STRING, bytes_of(text));
    }
}

static void status_as_text_tlv(const struct carried *carried)
{
    put_status_as_text(carried, FORMAT_TLV);
}

static void status_as_text_json(const struct carried *carried)
{
    put_status_as_text(carried, FORMAT_JSON);
}

static void status_as_text_senml_json(const struct carried *carried)
{
    put_status_as_text(carried, FORMAT_SENML_JSON);
}

static void status_as_text_senml_cbor(const struct carried *carried)
{
    put_status_as_text(carried, FORMAT_SENML_CBOR);
}

static void status_as_text_cbor(const struct carried *carried)
{
    put_status_as_text(carried, FORMAT_CBOR);
}

static void auth_data_as_hex(const struct carried *carried)
{
    for (size_t i = 0; i < carried->records->count; i++) {
        struct record *record = &carried->records->items[i];
        struct buf text;
        if (!path_is_portfolio(record->path, AUTH_DATA) || record->value.type != VALUE_OPAQUE)
            continue;
        buf_init_secret(&text, PAYLOAD_MOST);
        buf_put_hex(&text, value_bytes(&record->value));
        put_text(record, VALUE_STRING, buf_bytes(&text));
        buf_release(&text);
    }
}

/* What stands in TEXT, to the next quotation mark. */
static size_t quoted_length(struct bytes text)
{
    const uint8_t *end = text.len == 0 ? NULL : memchr(text.data, '"', text.len);
    return end == NULL ? text.len : (size_t)(end - text.data);
}

static void put_usual_base64(struct bytes url, struct buf *out)
{
    for (size_t i = 0; i < url.len; i++)
        buf_put_u8(out, url.data[i] == '-' ? '+' : url.data[i] == '_' ? '/' : url.data[i]);
    for (size_t i = url.len; i % 4 != 0; i++)
        buf_put_u8(out, '=');
}

static void octets_as_usual_base64(const struct passing *passing)
{
    static const char mark[] = "\"vd\":\"";
    const size_t skip = sizeof mark - 1;
    struct message *response = passing->response;
    struct bytes rest = buf_bytes(&response->payload);
    struct buf changed;
    if (response->format != FORMAT_SENML_JSON)
        return;
    buf_init_secret(&changed, response->payload.limit);
    while (rest.len > 0) {
        bool is_octets = rest.len > skip && memcmp(rest.data, mark, skip) == 0;
        size_t len = is_octets ? skip : 1;
        buf_put(&changed, (struct bytes){rest.data, len});
        rest = (struct bytes){rest.data + len, rest.len - len};
        len = is_octets ? quoted_length(rest) : 0;
        put_usual_base64((struct bytes){rest.data, len}, &changed);
        rest = (struct bytes){rest.data + len, rest.len - len};
    }
    buf_clear(&response->payload);
    buf_put(&response->payload, buf_bytes(&changed));
    buf_release(&changed);
}

static void identity_as_opaque(const struct carried *carried)
{
    for (size_t i = 0; i < carried->records->count; i++)
        if (path_is_portfolio(carried->records->items[i].path, IDENTITY) &&
            carried->records->items[i].value.type == VALUE_STRING)
            carried->records->items[i].value.type = VALUE_OPAQUE;
}

static bool is_no_later_identity(const struct record *record)
{
    return !path_is_portfolio(record->path, IDENTITY) || record->path.depth < 4 ||
           record->path.id[3] == 0;
}

static void one_identity(const struct carried *carried)
{
    seeded_sift(carried->records, is_no_later_identity);
}

/* --- operations ------------------------------------------------------------------------------ */

static bool refuse_identity_writes(const struct passing *passing)
{
    const struct message *request = passing->request;
    bool is_write =
        seeded_is(request, CODE_PUT, IDENTITY) || seeded_is(request, CODE_POST, IDENTITY);
    return is_write && request->query.count == 0 && seeded_answer(passing, CODE_METHOD_NOT_ALLOWED);
}

static bool read_get_auth_data(const struct passing *passing)
{
    passing->response->format = FORMAT_TEXT;
    return seeded_is(passing->request, CODE_GET, GET_AUTH_DATA) &&
           passing->request->accept != FORMAT_LINK && seeded_answer(passing, CODE_CONTENT);
}

static bool accept_write(const struct passing *passing, unsigned resource)
{
    return seeded_is(passing->request, CODE_PUT, resource) && passing->request->query.count == 0 &&
           seeded_answer(passing, CODE_CHANGED);
}

static bool write_get_auth_data(const struct passing *passing)
{
    return accept_write(passing, GET_AUTH_DATA);
}

static bool write_auth_data(const struct passing *passing)
{
    return accept_write(passing, AUTH_DATA);
}

static bool write_auth_status(const struct passing *passing)
{
    return accept_write(passing, AUTH_STATUS);
}

/* --- what there is --------------------------------------------------------------------------- */

static bool is_status(struct path path)
{
    return path_is_portfolio(path, AUTH_STATUS);
}

static bool is_no_status(const struct record *record)
{
    return !is_status(record->path);
}

static bool has_no_status(const struct passing *passing)
{
    struct path path;
    return seeded_path(passing->request, &path) && is_status(path) &&
           seeded_answer(passing, CODE_NOT_FOUND);
}

static void lose_status(const struct carried *carried)
{
    seeded_sift(carried->records, is_no_status);
}

static void hide_status(struct seeded *seeded, struct path of, struct links *links)
{
    UNUSED(seeded);
    UNUSED(of);
    seeded_hide_links(links, is_status);
}

static bool is_below_portfolio(struct path path)
{
    return path.depth == 2 && path.id[0] == PORTFOLIO;
}

static void register_object_only(struct seeded *seeded, struct path of, struct links *links)
{
    size_t before = links->count;
    UNUSED(seeded);
    if (of.depth > 0)
        return;
    seeded_hide_links(links, is_below_portfolio);
    if (links->count < before && links_add(links, path_object(PORTFOLIO)) == NULL)
        return;
}

static void register_version(struct seeded *seeded, struct path of, struct links *links)
{
    UNUSED(seeded);
    for (size_t i = 0; i < links->count && of.depth == 0; i++)
        if (is_below_portfolio(links->items[i].path) &&
            !link_add_attribute(&links->items[i], "ver", "2.0", false))
            return;
}

static void discover_more(struct seeded *seeded, struct path of, struct links *links)
{
    enum { NEW_RESOURCE = 4 };
    UNUSED(seeded);
    if (is_below_portfolio(of) && links_add(links, path_child(of, NEW_RESOURCE)) == NULL)
        return;
}

static void forget_attributes(struct link *link)
{
    while (link->attribute_count > 0) {
        struct link_attribute *last = &link->attributes[--link->attribute_count];
        free(last->name);
        free(last->value);
    }
}

static void discover_without_dim(struct seeded *seeded, struct path of, struct links *links)
{
    UNUSED(seeded);
    UNUSED(of);
    for (size_t i = 0; i < links->count; i++)
        if (path_is_portfolio(links->items[i].path, IDENTITY) ||
            path_is_portfolio(links->items[i].path, AUTH_DATA))
            forget_attributes(&links->items[i]);
}

static void discover_dim_of_status(struct seeded *seeded, struct path of, struct links *links)
{
    UNUSED(seeded);
    UNUSED(of);
    for (size_t i = 0; i < links->count; i++)
        if (path_is_portfolio(links->items[i].path, AUTH_STATUS) &&
            !link_add_attribute(&links->items[i], "dim", "1", false))
            return;
}

/* --- links from other objects, and GSMA ------------------------------------------------------ */

static bool is_list_of_links(struct path path)
{
    return path.depth >= 3 && path.id[0] == 3 && path.id[2] == 22;
}

/* Another instance of the Device object has the same Portfolio. */
static void link_twice(const struct carried *carried)
{
    struct path path = path_child(path_resource(3, 0, 22), 1);
    if (path_equal(carried->base, path_parent(path)) && carried->records->count > 0 &&
        !records_add(carried->records, path, value_copy(&carried->records->items[0].value)))
        return;
}

static bool is_no_list_of_links(const struct record *record)
{
    return !is_list_of_links(record->path);
}

static void lose_links(const struct carried *carried)
{
    seeded_sift(carried->records, is_no_list_of_links);
}

static bool has_no_links(const struct passing *passing)
{
    struct path path;
    return seeded_path(passing->request, &path) && is_list_of_links(path) &&
           seeded_answer(passing, CODE_NOT_FOUND);
}

static bool is_no_model(const struct record *record)
{
    return !is_identity(record->path, 2);
}

static void lose_model(const struct carried *carried)
{
    seeded_sift(carried->records, is_no_model);
}

static bool has_no_model(const struct passing *passing)
{
    struct path path;
    return seeded_path(passing->request, &path) && is_identity(path, 2) &&
           seeded_answer(passing, CODE_NOT_FOUND);
}

static void add_dashes(const struct carried *carried)
{
    for (size_t i = 0; i < carried->records->count; i++) {
        struct record *record = &carried->records->items[i];
        struct buf text;
        if (!is_identity(record->path, 0) || record->value.type != VALUE_STRING)
            continue;
        buf_init_secret(&text, IDENTITY_LEN_MOST + 1);
        buf_puts(&text, "-");
        buf_put(&text, value_bytes(&record->value));
        put_text(record, VALUE_STRING, buf_bytes(&text));
        buf_release(&text);
    }
}

/* Shows the software version that the device had when it was made. */
static void show_old_software(const struct carried *carried)
{
    for (size_t i = 0; i < carried->records->count; i++) {
        struct record *record = &carried->records->items[i];
        const struct record *old = records_find(&carried->seeded->profile->content, record->path);
        if (is_identity(record->path, 3) && old != NULL)
            put_text(record, VALUE_STRING, value_bytes(&old->value));
    }
}

/* clang-format off */
const struct device_defect defects_object[] = {
    {{"registers-object-only", "PF-OBJ-1", "registers </16> instead of its instances"},
     .links = register_object_only},
    {{"registers-other-version", "PF-OBJ-1", "registers its instances as those of version 2.0"},
     .links = register_version},
    {{"identity-not-writable", "PF-OBJ-2", "refuses all writes to Identity"},
     .request = refuse_identity_writes},
    {{"identity-as-opaque", "PF-OBJ-2", "sends Identity as octets instead of a string"},
     .content = identity_as_opaque},
    {{"get-auth-data-readable", "PF-OBJ-3", "answers a read of GetAuthData with 2.05"},
     .request = read_get_auth_data},
    {{"get-auth-data-writable", "PF-OBJ-3", "answers a write to GetAuthData with 2.04"},
     .request = write_get_auth_data},
    {{"auth-data-writable", "PF-OBJ-4", "answers a write to AuthData with 2.04"},
     .request = write_auth_data},
    {{"auth-data-as-hex", "PF-OBJ-4", "sends hex digits instead of the octets of AuthData"},
     .content = auth_data_as_hex},
    {{"octets-as-usual-base64", "PF-DM-4", "sends octets in SenML JSON by the alphabet of MIME, and padded"},
     .response = octets_as_usual_base64},
    {{"status-writable", "PF-OBJ-5", "answers a write to AuthStatus with 2.04"},
     .request = write_auth_status},
    {{"status-out-of-range", "PF-OBJ-5", "shows 3 instead of 2 for ERROR"},
     .content = show_3_for_error},
    {{"status-as-text-tlv", "PF-OBJ-5", "sends AuthStatus as text in TLV"},
     .content = status_as_text_tlv},
    {{"status-as-text-json", "PF-OBJ-5", "sends AuthStatus as text in JSON of LwM2M 1.0"},
     .content = status_as_text_json},
    {{"status-as-text-senml-json", "PF-OBJ-5", "sends AuthStatus as text in SenML JSON"},
     .content = status_as_text_senml_json},
    {{"status-as-text-senml-cbor", "PF-OBJ-5", "sends AuthStatus as text in SenML CBOR"},
     .content = status_as_text_senml_cbor},
    {{"status-as-text-cbor", "PF-DM-4", "sends AuthStatus as text in CBOR"},
     .content = status_as_text_cbor},
    {{"discover-lacks-status", "PF-OBJ-6", "leaves AuthStatus out of Discover"},
     .links = hide_status},
    {{"discover-has-more", "PF-OBJ-6", "lists a resource in Discover that it does not have"},
     .links = discover_more},
    {{"portfolio-linked-twice", "PF-OBJ-7", "links one Portfolio instance from two places"},
     .content = link_twice},
    {{"one-identity-only", "PF-OBJ-8", "shows the first Identity only"},
     .content = one_identity},
    {{"no-auth-status", "PF-OBJ-9", "offers services without AuthStatus"},
     .request = has_no_status, .content = lose_status, .links = hide_status},
    {{"discover-without-dim", "PF-DM-9", "does not tell how many instances Identity and AuthData have"},
     .links = discover_without_dim},
    {{"discover-dim-of-status", "PF-DM-9", "tells how many instances AuthStatus has"},
     .links = discover_dim_of_status},
    {{"gsma-model-missing", "PF-GSMA-1", "has no model (Identity 2)"},
     .request = has_no_model, .content = lose_model},
    {{"host-id-with-dash", "PF-GSMA-2", "has a host device id that is not alphanumeric"},
     .content = add_dashes},
    {{"no-link-to-portfolio", "PF-GSMA-3", "has no ExtDevInfo"},
     .request = has_no_links, .content = lose_links},
    {{"old-software-version", "PF-GSMA-4", "shows the software version of before its update"},
     .content = show_old_software},
    {.info = {.name = NULL}},
};
/* clang-format on */
