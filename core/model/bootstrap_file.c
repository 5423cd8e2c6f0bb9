/* SPDX-License-Identifier: Apache-2.0 */
/* Reads what a bootstrap server has for its clients. */
#include "base/std.h"

#include "model/bootstrap.h"
#include "model/bootstrap_file.h"
#include "model/credentials.h"
#include "model/pem.h"
#include "model/profile_impl.h"

enum { SECURITY_OBJECT = 0, SERVER_OBJECT = 1, ACCESS_OBJECT = 2, FORMAT_NONE = -1 };
enum {
    SECURITY_BOOTSTRAP = 1,
    SECURITY_MODE = 2,
    SECURITY_KEY = 5,
    SECURITY_SSID = 10,
    SERVER_SSID = 0
};

/* An operation while it is being read. */
struct reading {
    const struct source *source;       /* (borrowed) */
    const struct catalogue *catalogue; /* (borrowed) */
    struct operation *out;             /* (borrowed) */
};

#define COMPLAIN_OF(READING, VALUE, AT_NAME, ...)                                                  \
    json_error((READING)->source->errors, (READING)->source->subject, VALUE, AT_NAME, __VA_ARGS__)

/* --- values ----------------------------------------------------------------------------------- */

static void put(const struct reading *reading, const struct json *json, struct path path,
                struct value value)
{
    if (!records_add(&reading->out->values, path, value))
        COMPLAIN_OF(reading, json, false, "more than %d values; leave some out", RECORDS_MOST);
}

static enum pem_kind pem_kind_of(struct bytes text)
{
    static const char *const marks[] = {
        [PEM_PRIVATE_KEY] = "PRIVATE KEY-----",
        [PEM_PUBLIC_KEY] = "PUBLIC KEY-----",
        [PEM_CERTIFICATE] = "CERTIFICATE-----",
    };
    for (enum pem_kind kind = PEM_PUBLIC_KEY; kind <= PEM_CERTIFICATE; kind++)
        for (size_t at = 0; at + strlen(marks[kind]) <= text.len; at++)
            if (memcmp(text.data + at, marks[kind], strlen(marks[kind])) == 0)
                return kind;
    return PEM_PRIVATE_KEY;
}

/* Credentials are DER on the wire (LwM2M TS 1.1, E.1), and PEM in most files. */
static void take_pem(const struct reading *reading, const struct json *json, struct value *value)
{
    static const char mark[] = "-----BEGIN ";
    struct bytes text = {NULL, 0};
    struct buf der;
    struct error error;
    if (value->type == VALUE_OPAQUE)
        text = value_bytes(value);
    if (text.len < strlen(mark) || memcmp(text.data, mark, strlen(mark)) != 0)
        return;
    error_clear(&error);
    buf_init_secret(&der, CREDENTIAL_MOST);
    if (pem_read(pem_kind_of(text), text, &der, &error) == ST_OK) {
        value_release(value);
        *value = value_octets(VALUE_OPAQUE, buf_bytes(&der));
    } else {
        COMPLAIN_OF(reading, json, false, "%s", error.text);
    }
    buf_release(&der);
}

static void read_value(const struct reading *reading, const struct resource_def *def,
                       struct path path, const struct json *json)
{
    struct value value;
    if (!value_load(reading->source, def, path, json, &value))
        return;
    if (path.id[0] == SECURITY_OBJECT)
        take_pem(reading, json, &value);
    put(reading, json, path, value);
}

static void read_multiple(const struct reading *reading, const struct resource_def *def,
                          struct path path, const struct json *json)
{
    if (json->kind != JSON_OBJECT) {
        COMPLAIN_OF(reading, json, false,
                    "resource %u (%s) is a multiple one; give its values by id: { \"0\": ... }",
                    (unsigned)def->id, def->name);
        return;
    }
    if (json->count == 0)
        put(reading, json, path, value_none());
    for (const struct json *member = json->first; member != NULL; member = member->next) {
        uint16_t id = 0;
        if (parse_id(member->name, &id))
            read_value(reading, def, path_child(path, id), member);
    }
}

static void read_resource(const struct reading *reading, struct path path, const struct json *json)
{
    const struct object_def *object = catalogue_object(reading->catalogue, path.id[0]);
    const struct resource_def *def = object_def_resource(object, path.id[2]);
    if (def == NULL)
        COMPLAIN_OF(reading, json, true, "object %u (%s) has no resource %u", (unsigned)object->id,
                    object->name, (unsigned)path.id[2]);
    else if ((def->ops & OP_EXECUTE) != 0)
        COMPLAIN_OF(reading, json, true, "resource %u (%s) is executable; leave it out",
                    (unsigned)def->id, def->name);
    else if (def->multiple)
        read_multiple(reading, def, path, json);
    else if (json->kind == JSON_OBJECT)
        COMPLAIN_OF(reading, json, false,
                    "resource %u (%s) is a single one; give its value instead of an object",
                    (unsigned)def->id, def->name);
    else
        read_value(reading, def, path, json);
}

typedef void member_reader(const struct reading *reading, struct path path,
                           const struct json *json);

/* The members of an object or an instance, each by its id. */
static void read_members(const struct reading *reading, struct path path, const struct json *json,
                         member_reader *read)
{
    const struct json *member = get_first(json, JSON_OBJECT);
    if (json->kind == JSON_OBJECT && json->count == 0)
        put(reading, json, path, value_none());
    for (; member != NULL; member = member->next) {
        uint16_t id = 0;
        if (parse_id(member->name, &id))
            read(reading, path_child(path, id), member);
    }
}

static void read_instance(const struct reading *reading, struct path path, const struct json *json)
{
    read_members(reading, path, json, read_resource);
}

static void read_object(const struct reading *reading, struct path path, const struct json *json)
{
    read_members(reading, path, json, read_instance);
}

/* --- operations ------------------------------------------------------------------------------- */

/* What the content of a write is called, by the depth of its path. */
static const struct content {
    const char *member, *target;
    member_reader *read;
} contents[] = {
    {"", "", NULL},
    {"instances", "an object", read_object},
    {"resources", "an instance", read_instance},
    {"value", "a resource", read_resource},
};

static void read_content(const struct reading *reading, const struct json *json,
                         const struct json *target)
{
    char name[PATH_TEXT];
    struct path path = reading->out->path;
    const struct content *wanted = &contents[path.depth];
    for (const struct content *at = &contents[1]; at < contents + COUNT_OF(contents); at++)
        if (at != wanted && get_member(json, at->member) != NULL)
            COMPLAIN_OF(reading, get_member(json, at->member), true,
                        "\"%s\" is for %s, but \"%s\" is %s; use \"%s\"", at->member, at->target,
                        path_text(path, name), wanted->target, wanted->member);
    const struct json *content = get_member(json, wanted->member);
    const struct object_def *object = catalogue_object(reading->catalogue, path.id[0]);
    if (object == NULL)
        COMPLAIN_OF(reading, target, false, "object %u is unknown; declare it in \"definitions\"",
                    (unsigned)path.id[0]);
    else if (content == NULL)
        COMPLAIN_OF(reading, json, false, "\"write\" of %s needs \"%s\"", wanted->target,
                    wanted->member);
    else
        wanted->read(reading, path, content);
}

/* Nothing but a write has content. */
static void check_plain(const struct reading *reading, const struct json *json)
{
    for (const struct content *at = &contents[1]; at < contents + COUNT_OF(contents); at++)
        if (get_member(json, at->member) != NULL)
            COMPLAIN_OF(reading, get_member(json, at->member), true,
                        "\"%s\" belongs to \"write\"; leave it out", at->member);
}

static bool is_hierarchical(int format)
{
    enum { FIRST = 110 }; /* the others carry a single value */
    return format >= FIRST;
}

/* The Content-Format that member "format" names, FORMAT_NONE when there is none. */
static int read_format(const struct source *source, const struct json *json)
{
    char label[LABEL];
    const struct json *member = get_member(json, "format");
    if (member == NULL || member->kind != JSON_STRING)
        return FORMAT_NONE;
    const struct format_name *found = format_named(member->text);
    if (found != NULL)
        return found->format;
    json_error(
        source->errors, source->subject, member, false,
        "format \"%s\" is unknown; there are \"text\", \"opaque\", \"tlv\", \"json\", \"cbor\", "
        "\"senml-json\" and \"senml-cbor\"",
        label_of(member->text, label));
    return FORMAT_NONE;
}

static void check_format(const struct source *source, const struct json *json, int format)
{
    if (format != FORMAT_NONE && !is_hierarchical(format))
        json_error(source->errors, source->subject, get_member(json, "format"), false,
                   "this format carries a single value; use \"tlv\", \"json\", "
                   "\"senml-json\" or \"senml-cbor\"");
}

static const struct verb {
    const char *member;
    enum operation_kind kind;
} verbs[] = {
    {"delete", OPERATION_DELETE},
    {"write", OPERATION_WRITE},
    {"discover", OPERATION_DISCOVER},
    {"read", OPERATION_READ},
};

static void check_read(const struct reading *reading, const struct json *target)
{
    unsigned object = reading->out->path.id[0];
    bool is_read = reading->out->kind == OPERATION_READ && reading->out->path.depth > 0;
    if (is_read && object != SERVER_OBJECT && object != ACCESS_OBJECT)
        source_warn(reading->source, target,
                    "clients let nothing but objects 1 and 2 be read during a bootstrap");
}

/* The target is good, as far as shapes tell. */
static void read_target(const struct reading *reading, const struct json *json,
                        const struct verb *verb)
{
    struct operation *out = reading->out;
    const struct json *target = get_member(json, verb->member);
    operation_release(out);
    operation_init(out, verb->kind);
    if (target->kind != JSON_STRING || !path_parse(target->text, &out->path))
        return;
    out->format = read_format(reading->source, json);
    if (verb->kind != OPERATION_WRITE) {
        check_plain(reading, json);
        check_read(reading, target);
    } else if (out->path.depth > 0 && out->path.depth < COUNT_OF(contents)) {
        read_content(reading, json, target);
    }
    bool is_single = verb->kind == OPERATION_WRITE && out->path.depth == 3;
    if (!is_single)
        check_format(reading->source, json, out->format);
}

static void read_operation(const struct reading *reading, const struct json *json)
{
    const struct verb *found = NULL;
    bool is_clear = true;
    if (json->kind != JSON_OBJECT)
        return;
    for (size_t i = 0; i < COUNT_OF(verbs); i++) {
        const struct json *member = get_member(json, verbs[i].member);
        if (member != NULL && found != NULL) {
            is_clear = false;
            COMPLAIN_OF(reading, member, true,
                        "there is \"%s\" already; give each operation an object of its own",
                        found->member);
        } else if (member != NULL) {
            found = &verbs[i];
        }
    }
    if (found == NULL)
        COMPLAIN_OF(reading, json, false,
                    "there is no operation; add \"delete\", \"write\", \"discover\" or \"read\"");
    else if (is_clear)
        read_target(reading, json, found);
}

/* --- accounts ----------------------------------------------------------------------------------
 */

/* A Security or Server object instance that operations write. */
struct written {
    unsigned object, instance;
    int64_t ssid;
    bool is_bootstrap; /* an account of a bootstrap server, which has no Server object */
};

struct written_list {
    struct written items[2 * ACCOUNTS_MOST];
    size_t count;
};

/* The entry that PATH lies in; NULL when there is no more room. */
static struct written *entry_at(struct written_list *list, const struct path *path)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].object == path->id[0] && list->items[i].instance == path->id[1])
            return &list->items[i];
    if (list->count == COUNT_OF(list->items))
        return NULL;
    list->items[list->count] = (struct written){.object = path->id[0], .instance = path->id[1]};
    return &list->items[list->count++];
}

static void note(struct written_list *list, const struct record *record)
{
    const struct path *path = &record->path;
    if (path->depth < 2 || path->id[0] > SERVER_OBJECT)
        return;
    struct written *entry = entry_at(list, path);
    if (entry == NULL || path->depth != 3)
        return;
    bool is_security = path->id[0] == SECURITY_OBJECT;
    if (path->id[2] == (is_security ? SECURITY_SSID : SERVER_SSID) &&
        record->value.type == VALUE_INTEGER)
        entry->ssid = record->value.integer;
    if (is_security && path->id[2] == SECURITY_BOOTSTRAP && record->value.type == VALUE_BOOLEAN)
        entry->is_bootstrap = record->value.boolean;
}

/* False when CLIENT does not begin with nothing, or deletes something later: what it leaves depends
 * on what was there. */
static bool collect(const struct bootstrap_client *client, struct written_list *out)
{
    for (size_t i = 0; i < client->count; i++) {
        const struct operation *operation = &client->operations[i];
        bool is_delete = operation->kind == OPERATION_DELETE;
        if (is_delete != (i == 0) || (i == 0 && operation->path.depth > 0))
            return false;
        for (size_t k = 0; k < operation->values.count; k++)
            note(out, &operation->values.items[k]);
    }
    return true;
}

static bool has_other_half(const struct written_list *list, const struct written *half)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].object != half->object && list->items[i].ssid == half->ssid &&
            !list->items[i].is_bootstrap)
            return true;
    return half->is_bootstrap;
}

/* A client answers Bootstrap-Finish with 4.06 when an account is not whole (TS 1.1, 6.1.7.6). */
static void check_accounts(const struct source *source, const struct json *json,
                           const struct bootstrap_client *client)
{
    struct written_list list = {.count = 0};
    if (!client->finish || !collect(client, &list))
        return;
    for (size_t i = 0; i < list.count; i++) {
        const struct written *half = &list.items[i];
        bool is_security = half->object == SECURITY_OBJECT;
        if (!has_other_half(&list, half))
            source_warn(source, json,
                        "\"/%u/%u\" has no %s object instance with its short server id %" PRId64
                        ", so that clients refuse Bootstrap-Finish; write one",
                        half->object, half->instance, is_security ? "Server" : "Security",
                        half->ssid);
    }
}

/* --- clients ---------------------------------------------------------------------------------- */

static void read_client(const struct source *source, const struct catalogue *catalogue,
                        const struct json *json, struct bootstrap_client *out)
{
    const struct json *list = get_member(json, "operations");
    const struct json *operation = get_first(list, JSON_ARRAY);
    int format = read_format(source, json);
    check_format(source, json, format);
    out->endpoint = text_copy(json->name);
    out->goes_on = bytes_is(get_text(json, "on_error", "stop"), "go-on");
    out->finish = get_flag(json, "finish", true);
    out->operations = xarray(get_count(list) + 1, sizeof *out->operations);
    for (; operation != NULL; operation = operation->next) {
        struct operation *into = &out->operations[out->count++];
        const struct reading reading = {source, catalogue, into};
        operation_init(into, OPERATION_DISCOVER);
        read_operation(&reading, operation);
        if (into->kind == OPERATION_WRITE && into->format == FORMAT_NONE)
            into->format = format;
    }
    check_accounts(source, list, out);
}

static void read_clients(const struct source *source, const struct json *root,
                         struct bootstrap_file *out)
{
    const struct json *list = get_member(root, "clients");
    const struct json *client = get_first(list, JSON_OBJECT);
    out->clients = xarray(get_count(list) + 1, sizeof *out->clients);
    if (list != NULL && list->kind == JSON_OBJECT && list->count == 0)
        json_error(source->errors, source->subject, list, false,
                   "there is no client; add one by its endpoint name, or \"*\" for all");
    for (; client != NULL; client = client->next)
        read_client(source, out->catalogue, client, &out->clients[out->count++]);
}

struct bootstrap_file *bootstrap_file_parse(struct bytes text, const char *subject,
                                            const char *folder, struct error_list *errors)
{
    struct document document;
    if (!document_open(&document, text, &(struct source){subject, folder, errors}))
        return NULL;
    struct bootstrap_file *file = xalloc(sizeof *file);
    const struct source *source = &document.source;
    shape_check(source, &bootstrap_file_shape, document.root);
    file->catalogue =
        definitions_load(source, catalogue_builtin(), get_member(document.root, "definitions"));
    read_clients(source, document.root, file);
    if (document_close(&document))
        return file;
    bootstrap_file_free(file);
    return NULL;
}

struct bootstrap_file *bootstrap_file_load(const char *path, struct error_list *errors)
{
    struct bootstrap_file *out = NULL;
    struct document_file file;
    if (document_file_read(&file, path, errors))
        out = bootstrap_file_parse(buf_bytes(&file.text), path, file.folder, errors);
    document_file_release(&file);
    return out;
}

void bootstrap_file_free(struct bootstrap_file *file)
{
    if (file == NULL)
        return;
    for (size_t i = 0; i < file->count; i++) {
        struct bootstrap_client *client = &file->clients[i];
        for (size_t k = 0; k < client->count; k++)
            operation_release(&client->operations[k]);
        free(client->operations);
        free(client->endpoint);
    }
    free(file->clients);
    catalogue_free(file->catalogue);
    free(file);
}

const struct bootstrap_client *bootstrap_file_find(const struct bootstrap_file *file,
                                                   const char *endpoint)
{
    const struct bootstrap_client *any = NULL;
    for (size_t i = 0; i < file->count; i++) {
        const struct bootstrap_client *client = &file->clients[i];
        if (strcmp(client->endpoint, endpoint) == 0)
            return client;
        if (strcmp(client->endpoint, "*") == 0)
            any = client;
    }
    return any;
}

/* What CLIENT's account INSTANCE is secured by: the last that is written, -1: nothing says it. */
static int64_t mode_of(const struct bootstrap_client *client, unsigned instance)
{
    int64_t mode = -1;
    struct path path = path_resource(SECURITY_OBJECT, instance, SECURITY_MODE);
    for (size_t i = 0; i < client->count; i++) {
        const struct record *record = records_find(&client->operations[i].values, path);
        if (record != NULL && record->value.type == VALUE_INTEGER)
            mode = record->value.integer;
    }
    return mode;
}

static bool is_key(const struct record *record)
{
    const struct path *path = &record->path;
    return path->depth == 3 && path->id[0] == SECURITY_OBJECT && path->id[2] == SECURITY_KEY &&
           record->value.type == VALUE_OPAQUE && value_bytes(&record->value).len > 0;
}

bool bootstrap_client_has_keys(const struct bootstrap_client *client)
{
    for (size_t i = 0; i < client->count; i++) {
        const struct records *values = &client->operations[i].values;
        for (size_t k = 0; k < values->count; k++)
            if (is_key(&values->items[k]) &&
                mode_of(client, values->items[k].path.id[1]) != CREDENTIALS_NONE)
                return true;
    }
    return false;
}
