/* SPDX-License-Identifier: Apache-2.0 */
/* The form of profiles and keyrings as data: what man page, validator and schema agree on. */
#include "base/std.h"

#include "model/profile_impl.h"
#include "model/state.h"

#define FIELDS(ROWS) .fields = (ROWS), .count = COUNT_OF(ROWS)

static const struct shape boolean = {.kind = SHAPE_BOOLEAN};
static const struct shape duration = {.kind = SHAPE_DURATION};
static const struct shape note = {.kind = SHAPE_TEXT, .min = 0, .max = 2000};
static const struct shape name = {.kind = SHAPE_TEXT, .min = 1, .max = 255};
static const struct shape seconds = {.kind = SHAPE_INTEGER, .min = 1, .max = 4294967295};
static const struct shape whole = {.kind = SHAPE_INTEGER, .min = INT64_MIN, .max = INT64_MAX};
static const struct shape secret = {.kind = SHAPE_SECRET};
static const struct shape scalar = {.kind = SHAPE_SCALAR};
static const struct shape instance = {.kind = SHAPE_INSTANCE};

/* --- servers ----------------------------------------------------------------------------- */

static const char *const mode_choices[] = {"none", "psk", "rpk", "x509", NULL};
static const struct shape mode = {.kind = SHAPE_CHOICE, .choices = mode_choices};
static const struct shape psk_identity = {.kind = SHAPE_TEXT, .min = 1, .max = PSK_IDENTITY_MOST};
static const struct field security_fields[] = {
    {"mode", true, &mode, "\"none\", or with a \"coaps\" uri \"psk\", \"rpk\" or \"x509\""},
    {"identity", false, &psk_identity, "psk: the name that the server knows the key by"},
    {"key", false, &secret, "psk: the shared key; rpk, x509: the own private key, PEM or DER"},
    {"public_key", false, &secret, "rpk: the own public key, PEM or DER"},
    {"server_public_key", false, &secret, "rpk: that of the server, PEM or DER"},
    {"certificate", false, &secret, "x509: the own certificate, PEM or DER"},
    {"trust", false, &secret, "x509: whose certificates are believed, PEM or DER"},
    {"server_name", false, &name, "x509: in the server's certificate, if not the host of the uri"},
};
static const struct shape security = {.kind = SHAPE_OBJECT, FIELDS(security_fields)};

static const struct shape ssid = {.kind = SHAPE_INTEGER, .min = 1, .max = ID_MOST};
static const struct shape rights = {.kind = SHAPE_TEXT, .min = 0, .max = 5};
static const struct field server_fields[] = {
    {"ssid", true, &ssid, "Short Server ID, resource 0 of the Server object"},
    {"uri", true, &name, "coap://host:port; or coaps://, coap+tcp://, coaps+tcp://"},
    {"connect", false, &name, "address to use instead of the URI's host"},
    {"lifetime", false, &seconds, "of the registration there, in seconds"},
    {"access", false, &rights, "with several servers: what it may do, \"RWEDC\" when left out"},
    {"security", false, &security, "how the link is protected"},
};
static const struct shape server = {.kind = SHAPE_OBJECT, FIELDS(server_fields)};
static const struct shape servers = {.kind = SHAPE_LIST, .max = 16, .item = &server};

static const struct shape hold_off = {.kind = SHAPE_INTEGER, .min = 0, .max = 4294967295};
static const struct field bootstrap_fields[] = {
    {"uri", true, &name, "of the bootstrap server, as that of a server"},
    {"connect", false, &name, "address to use instead of the URI's host"},
    {"hold_off", false, &hold_off, "seconds to wait before the device asks for a bootstrap"},
    {"security", false, &security, "how the link is protected"},
};
static const struct shape auth_data_instances = {.kind = SHAPE_INTEGER, .min = 1, .max = 16};
static const struct shape bootstrap = {.kind = SHAPE_OBJECT, FIELDS(bootstrap_fields)};

static const struct field queue_fields[] = {
    {"awake", true, &duration, "how long the device is awake after its last message"},
};
static const struct shape queue_times = {.kind = SHAPE_OBJECT, FIELDS(queue_fields)};
static const struct shape queue_mode = {
    .kind = SHAPE_EITHER, .item = &queue_times, .other = &boolean};
static const char *const notify_choices[] = {"confirmable", "non-confirmable", NULL};
static const struct shape notify = {.kind = SHAPE_CHOICE, .choices = notify_choices};

/* --- objects ------------------------------------------------------------------------------ */

static const struct shape values = {.kind = SHAPE_MAP, .keys = KEYS_ID, .item = &scalar};
static const struct shape resource = {.kind = SHAPE_EITHER, .item = &values, .other = &scalar};
static const struct shape resources = {.kind = SHAPE_MAP, .keys = KEYS_ID, .item = &resource};
static const struct shape instances = {.kind = SHAPE_MAP, .keys = KEYS_ID, .item = &resources};
static const struct shape objects = {.kind = SHAPE_MAP, .keys = KEYS_ID, .item = &instances};

static const char *const operations_choices[] = {"R", "W", "RW", "E", "", NULL};
static const char *const type_choices[] = {"string", "integer", "float",   "boolean",
                                           "opaque", "time",    "objlink", NULL};
static const struct shape operations = {.kind = SHAPE_CHOICE, .choices = operations_choices};
static const struct shape type = {.kind = SHAPE_CHOICE, .choices = type_choices};
static const struct field resource_def_fields[] = {
    {"name", true, &name, "name of the resource"},
    {"ops", true, &operations, "R, W, RW or E; empty for the bootstrap interface only"},
    {"multiple", false, &boolean, "true when it has resource instances"},
    {"mandatory", false, &boolean, "true when every instance of the object has it"},
    {"type", false, &type, "type of its values; an executable resource has none"},
    {"min", false, &whole, "smallest value, or length of a string or opaque in octets"},
    {"max", false, &whole, "greatest value, or length of a string or opaque in octets"},
};
static const struct shape resource_def = {.kind = SHAPE_OBJECT, FIELDS(resource_def_fields)};
static const struct shape resource_defs = {
    .kind = SHAPE_MAP, .keys = KEYS_ID, .item = &resource_def};
static const struct field object_def_fields[] = {
    {"name", true, &name, "name of the object"},
    {"urn", false, &name, "urn:oma:lwm2m:…"},
    {"version", false, &name, "version of the object, \"1.0\" when it is left out"},
    {"multiple", false, &boolean, "true when it can have several instances"},
    {"mandatory", false, &boolean, "true when every device has it"},
    {"resources", true, &resource_defs, "definitions of its resources by id"},
};
static const struct shape object_def = {.kind = SHAPE_OBJECT, FIELDS(object_def_fields)};
const struct shape definitions_shape = {.kind = SHAPE_MAP, .keys = KEYS_ID, .item = &object_def};

/* --- the secure component ------------------------------------------------------------------- */

static const char *const octets_choices[] = {"minimal", "int64", "text", NULL};
static const char *const from_identity_choices[] = {"from-identity", NULL};
static const struct shape octet_rule = {.kind = SHAPE_CHOICE, .choices = octets_choices};
static const struct shape octets_by_id = {.kind = SHAPE_MAP, .keys = KEYS_ID, .item = &secret};
static const struct shape from_identity = {.kind = SHAPE_CHOICE, .choices = from_identity_choices};
static const struct shape hashes = {
    .kind = SHAPE_EITHER, .item = &octets_by_id, .other = &from_identity};

static const struct field authentication_fields[] = {
    {"suite", false, &name, "hash and signature, \"sha256+aes128-cmac\" when it is left out"},
    {"hashes", true, &hashes, "\"from-identity\", or hashes by Identity instance"},
    {"keys", true, &octets_by_id, "keys by index"},
};
static const struct shape authentication = {.kind = SHAPE_OBJECT, FIELDS(authentication_fields)};
static const struct field encryption_fields[] = {
    {"suite", false, &name, "cipher, \"aes128-ccm\" when it is left out"},
    {"keys", true, &octets_by_id, "keys by index"},
};
static const struct shape encryption = {.kind = SHAPE_OBJECT, FIELDS(encryption_fields)};

static const struct shape omitted = {.kind = SHAPE_INTEGER, .min = 1, .max = 3};
static const struct shape omit = {.kind = SHAPE_LIST, .max = 3, .item = &omitted};
static const struct field portfolio_fields[] = {
    {"dedicated_to", false, &instance, "the object instance that this one extends"},
    {"gsma", false, &boolean, "true when the instance claims the GSMA layout of appendix B.1"},
    {"challenge_octets", false, &octet_rule, "how a challenge becomes octets"},
    {"omit", false, &omit, "resources of 1, 2 and 3 that the instance does not have"},
    {"authentication", false, &authentication, "the authentication service"},
    {"encryption", false, &encryption, "the encryption service"},
};
static const struct shape portfolio = {.kind = SHAPE_OBJECT, FIELDS(portfolio_fields)};
static const struct shape portfolios = {
    .kind = SHAPE_MAP, .keys = KEYS_INSTANCE, .item = &portfolio};
static const struct field component_fields[] = {
    {"latency", false, &duration, "how long a request takes, \"0ms\" when it is left out"},
    {"limit", false, &duration, "after which a request has failed, \"5s\" when it is left out"},
    {"instances", true, &portfolios, "key sets and hashes by Portfolio instance"},
};
static const struct shape component = {.kind = SHAPE_OBJECT, FIELDS(component_fields)};

/* --- the profile ----------------------------------------------------------------------------- */

static const char *const version_choices[] = {"1.0", "1.1", NULL};
static const struct shape version = {.kind = SHAPE_CHOICE, .choices = version_choices};
static const struct shape identity_path = {.kind = SHAPE_PATH, .min = 3, .max = 4};
static const struct shape read_only = {.kind = SHAPE_LIST, .max = 256, .item = &identity_path};
static const struct shape formats = {.kind = SHAPE_LIST, .max = 8, .item = &name};
static const struct field profile_fields[] = {
    {"$schema", false, &note, "address of this schema, for editors"},
    {"description", false, &note, "a remark for readers"},
    {"endpoint", true, &name, "endpoint client name"},
    {"lwm2m", false, &version, "version of LwM2M, \"1.0\" when it is left out"},
    {"lifetime", false, &seconds, "of a registration in seconds, 86400 when it is left out"},
    {"servers", false, &servers, "accounts; they make objects 0 and 1; left out: our own server's"},
    {"bootstrap", false, &bootstrap, "account of a bootstrap server"},
    {"queue_mode", false, &queue_mode, "true: asleep 93 s after the last message"},
    {"handshake", false, &duration, "the most that one may take, \"10s\" when it is left out"},
    {"notify", false, &notify, "how notifications are sent, \"confirmable\" when it is left out"},
    {"objects", false, &objects, "initial values by object, instance and resource"},
    {"definitions", false, &definitions_shape, "objects that are not built in"},
    {"secure_component", false, &component, "what is provisioned in it"},
    {"challenge_octets", false, &octet_rule, "for instances that do not say it"},
    {"lenient_arguments", false, &boolean, "true: Execute takes the readable form too"},
    {"strict_create", false, &boolean, "true: Create needs at least one Identity instance"},
    {"auth_data_instances", false, &auth_data_instances,
     "in how many AuthData comes, 1 when it is left out"},
    {"read_only", false, &read_only, "Identity instances that servers cannot write"},
    {"extra_arguments", false, &name, "sent along by our server, such as \"4='a',5\""},
    {"formats", false, &formats,
     "answers without Accept, the best first: \"text\", \"tlv\", \"senml-json\" …"},
    {"state", false, &name, "file for what outlives a restart"},
};
const struct shape profile_shape = {.kind = SHAPE_OBJECT, FIELDS(profile_fields)};

/* --- the server's half ------------------------------------------------------------------------ */

static const struct field verifying_fields[] = {
    {"suite", false, &name, "hash and signature, \"sha256+aes128-cmac\" when it is left out"},
    {"hashes", false, &octets_by_id, "hashes by Identity instance"},
    {"keys", true, &octets_by_id, "verifying keys by index"},
};
static const struct shape verifying = {.kind = SHAPE_OBJECT, FIELDS(verifying_fields)};
static const struct field entry_fields[] = {
    {"challenge_octets", false, &octet_rule, "how a challenge becomes octets"},
    {"authentication", false, &verifying, "the authentication service"},
    {"encryption", false, &encryption, "the encryption service"},
};
static const struct shape entry = {.kind = SHAPE_OBJECT, FIELDS(entry_fields)};
static const struct shape entries = {.kind = SHAPE_MAP, .keys = KEYS_INSTANCE, .item = &entry};
static const struct shape endpoints = {.kind = SHAPE_MAP, .keys = KEYS_ENDPOINT, .item = &entries};
static const struct shape one = {.kind = SHAPE_INTEGER, .min = 1, .max = 1};
static const struct field keyring_fields[] = {
    {"keyring", true, &one, "version of this form"},
    {"description", false, &note, "a remark for readers"},
    {"endpoints", true, &endpoints, "by endpoint client name and Portfolio instance"},
};
const struct shape keyring_shape = {.kind = SHAPE_OBJECT, FIELDS(keyring_fields)};

/* --- a server's half of security ---------------------------------------------------------------
 */

static const struct shape psk_clients = {.kind = SHAPE_MAP, .keys = KEYS_ENDPOINT, .item = &secret};
static const struct shape public_keys = {.kind = SHAPE_LIST, .max = 1024, .item = &secret};
static const struct field server_security_fields[] = {
    {"security", true, &one, "version of this form"},
    {"description", false, &note, "a remark for readers"},
    {"psk", false, &psk_clients, "pre-shared keys by identity"},
    {"key", false, &secret, "the server's private key, PEM or DER"},
    {"public_key", false, &secret, "raw public key: that of the server, PEM or DER"},
    {"client_public_keys", false, &public_keys, "raw public key: the clients that are known"},
    {"certificate", false, &secret, "the server's certificate, PEM or DER"},
    {"trust", false, &secret, "whose certificates of clients are believed, PEM or DER"},
};
const struct shape server_security_shape = {.kind = SHAPE_OBJECT, FIELDS(server_security_fields)};

/* --- what a bootstrap server has for its clients ------------------------------------------------
 */

static const char *const on_error_choices[] = {"stop", "go-on", NULL};
static const struct shape on_error = {.kind = SHAPE_CHOICE, .choices = on_error_choices};
static const struct shape to_delete = {.kind = SHAPE_PATH, .min = 0, .max = 2};
static const struct shape to_write = {.kind = SHAPE_PATH, .min = 1, .max = 3};
static const struct shape to_discover = {.kind = SHAPE_PATH, .min = 0, .max = 1};
static const struct shape to_read = {.kind = SHAPE_PATH, .min = 1, .max = 2};
static const struct field bootstrap_operation_fields[] = {
    {"delete", false, &to_delete, "\"/\", or an object or instance"},
    {"write", false, &to_write, "an object, instance or resource"},
    {"discover", false, &to_discover, "\"/\", or an object"},
    {"read", false, &to_read, "object 1 or 2, or an instance of it"},
    {"instances", false, &instances, "write of an object: its instances with their resources"},
    {"resources", false, &resources, "write of an instance: its resources"},
    {"value", false, &resource, "write of a resource: its value, or its values by id"},
    {"format", false, &name, "of this write or read: \"tlv\", \"senml-json\" …"},
};
static const struct shape bootstrap_operation = {.kind = SHAPE_OBJECT,
                                                 FIELDS(bootstrap_operation_fields)};
static const struct shape bootstrap_operations = {
    .kind = SHAPE_LIST, .max = 256, .item = &bootstrap_operation};
static const struct field bootstrap_client_fields[] = {
    {"description", false, &note, "a remark for readers"},
    {"operations", true, &bootstrap_operations, "what the client gets, in order"},
    {"format", false, &name, "of all writes, if not that which the client prefers, else \"tlv\""},
    {"on_error", false, &on_error, "\"go-on\", or \"stop\" when it is left out"},
    {"finish", false, &boolean, "false: Bootstrap-Finish is left out"},
};
static const struct shape bootstrap_client = {.kind = SHAPE_OBJECT,
                                              FIELDS(bootstrap_client_fields)};
static const struct shape bootstrap_clients = {
    .kind = SHAPE_MAP, .keys = KEYS_ENDPOINT, .item = &bootstrap_client};
static const struct field bootstrap_file_fields[] = {
    {"bootstrap", true, &one, "version of this form"},
    {"description", false, &note, "a remark for readers"},
    {"definitions", false, &definitions_shape, "objects that are not built in"},
    {"clients", true, &bootstrap_clients, "by endpoint client name; \"*\" is for all others"},
};
const struct shape bootstrap_file_shape = {.kind = SHAPE_OBJECT, FIELDS(bootstrap_file_fields)};

/* --- what outlives a restart -------------------------------------------------------------------
 */

static const struct shape nothing = {.kind = SHAPE_OBJECT};
static const struct shape kept = {.kind = SHAPE_EITHER, .item = &nothing, .other = &scalar};
static const struct shape kept_values = {.kind = SHAPE_MAP, .keys = KEYS_PATH, .item = &kept};
static const struct shape gone_path = {.kind = SHAPE_PATH, .min = 2, .max = 4};
static const struct shape gone = {.kind = SHAPE_LIST, .max = RECORDS_MOST, .item = &gone_path};
static const struct shape instance_path = {.kind = SHAPE_PATH, .min = 2, .max = 2};
static const struct shape unprovisioned = {
    .kind = SHAPE_LIST, .max = RECORDS_MOST, .item = &instance_path};
static const struct shape any_path = {.kind = SHAPE_PATH, .min = 1, .max = 4};
static const struct field attribute_fields[] = {
    {"server", true, &ssid, "Short Server ID"},
    {"path", true, &any_path, "what they are attached to"},
    {"text", true, &name, "as in the query of Write-Attributes"},
};
static const struct shape attribute = {.kind = SHAPE_OBJECT, FIELDS(attribute_fields)};
static const struct shape attributes = {
    .kind = SHAPE_LIST, .max = STATE_ATTRIBUTES_MOST, .item = &attribute};
static const struct shape sum = {.kind = SHAPE_TEXT, .min = 16, .max = 16};
static const struct field state_fields[] = {
    {"state", true, &one, "version of this form"},
    {"endpoint", true, &name, "endpoint client name of the profile"},
    {"profile", true, &sum, "digest of the content of the profile"},
    {"gone", true, &gone, "what the profile has and is no more"},
    {"unprovisioned", false, &unprovisioned, "instances that the profile's keys are not for"},
    {"values", true, &kept_values, "what is there and was not, or is another"},
    {"attributes", true, &attributes, "attributes that servers gave"},
    {"check", true, &sum, "digest of all that stands before it"},
};
const struct shape state_shape = {.kind = SHAPE_OBJECT, FIELDS(state_fields)};

const struct format_name *format_named(struct bytes text)
{
    static const struct format_name names[] = {
        {"text", 0, LWM2M_1_0, LWM2M_1_1},         {"opaque", 42, LWM2M_1_0, LWM2M_1_1},
        {"tlv", 11542, LWM2M_1_0, LWM2M_1_1},      {"json", 11543, LWM2M_1_0, LWM2M_1_0},
        {"cbor", 60, LWM2M_1_1, LWM2M_1_1},        {"senml-json", 110, LWM2M_1_1, LWM2M_1_1},
        {"senml-cbor", 112, LWM2M_1_1, LWM2M_1_1},
    };
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (bytes_is(text, names[i].name))
            return &names[i];
    return NULL;
}

bool file_schema(const char *kind, struct buf *out)
{
    static const struct {
        const char *kind, *title;
        const struct shape *shape;
    } files[] = {
        {"profile", "lwm2m-portfolio profile", &profile_shape},
        {"keyring", "lwm2m-portfolio keyring", &keyring_shape},
        {"security", "lwm2m-portfolio security file", &server_security_shape},
        {"bootstrap", "lwm2m-portfolio bootstrap file", &bootstrap_file_shape},
    };
    size_t i = 0;
    while (i < COUNT_OF(files) && strcmp(files[i].kind, kind) != 0)
        i++;
    if (i < COUNT_OF(files))
        shape_schema(files[i].shape, files[i].title, out);
    return i < COUNT_OF(files);
}
