/* SPDX-License-Identifier: Apache-2.0 */
/* Operations as CoAP requests, and answers as outcomes (lwm2m core, device management). */
#include "base/std.h"

#include "codec/arguments.h"
#include "server/server_impl.h"

static bool describe(const void *arg, struct path path, struct codec_type *out)
{
    const struct resource_def *def = catalogue_resource(arg, path);
    if (def == NULL)
        return false;
    *out = (struct codec_type){.type = def->type, .multiple = def->multiple};
    return true;
}

/* What nobody has defined is what it looks like. */
static bool describe_text(const void *arg, struct path path, struct codec_type *out)
{
    if (!describe(arg, path, out))
        *out = (struct codec_type){.type = VALUE_STRING};
    return true;
}

/* The method of each kind, and whether it goes to the object of a deeper path (Create). */
static uint8_t method_of(const struct operation *operation)
{
    static const uint8_t methods[] = {
        [OPERATION_READ] = CODE_GET,
        [OPERATION_WRITE] = CODE_PUT,
        [OPERATION_UPDATE] = CODE_POST,
        [OPERATION_EXECUTE] = CODE_POST,
        [OPERATION_CREATE] = CODE_POST,
        [OPERATION_DELETE] = CODE_DELETE,
        [OPERATION_DISCOVER] = CODE_GET,
        [OPERATION_OBSERVE] = CODE_GET,
        [OPERATION_CANCEL] = CODE_GET,
        [OPERATION_ATTRIBUTES] = CODE_PUT,
        [OPERATION_READ_COMPOSITE] = CODE_FETCH,
        [OPERATION_WRITE_COMPOSITE] = CODE_IPATCH,
        [OPERATION_OBSERVE_COMPOSITE] = CODE_FETCH,
        [OPERATION_CANCEL_COMPOSITE] = CODE_FETCH,
        [OPERATION_RAW] = CODE_EMPTY,
        [OPERATION_REPEAT] = CODE_EMPTY,
        [OPERATION_AUTHENTICATE] = CODE_EMPTY,
        [OPERATION_DECRYPT] = CODE_EMPTY,
        [OPERATION_FINISH] = CODE_POST,
    };
    FOR_EACH_OPERATION(methods);
    return operation->kind == OPERATION_RAW ? operation->method : methods[operation->kind];
}

/* Whether OPERATION creates what no SenML can say: an instance whose id the client chooses, or an
 * empty one. */
static bool is_beyond_senml(const struct operation *operation)
{
    const struct records *values = &operation->values;
    bool is_empty = values->count == 0 || values->items[0].value.type == VALUE_NONE;
    return operation->kind == OPERATION_CREATE && (operation->path.depth == 1 || is_empty);
}

/* Whether OPERATION carries a list of paths. */
static bool has_paths(const struct operation *operation)
{
    return operation->kind == OPERATION_READ_COMPOSITE ||
           operation->kind == OPERATION_OBSERVE_COMPOSITE ||
           operation->kind == OPERATION_CANCEL_COMPOSITE;
}

/* The format that carries VALUES to PATH when the step does not say. */
static int format_for(const struct dialect *dialect, const struct operation *operation)
{
    if (operation->format != FORMAT_NONE)
        return operation->format;
    if (operation->kind == OPERATION_WRITE_COMPOSITE || has_paths(operation))
        return FORMAT_SENML_CBOR;
    struct codec_type type = {.multiple = true};
    bool known = operation->path.depth >= 3 && describe(dialect->catalogue, operation->path, &type);
    bool is_single = known && (operation->path.depth == 4 || !type.multiple);
    if (operation->kind == OPERATION_CREATE || !is_single)
        return is_beyond_senml(operation) ? FORMAT_TLV : dialect->several;
    if (dialect->single != FORMAT_NONE)
        return dialect->single;
    return type.type == VALUE_OPAQUE ? FORMAT_OPAQUE : FORMAT_TEXT;
}

/* The codec of what MESSAGE is to carry, its format set; NULL with a sentence. */
static const struct codec *content_codec(const struct dialect *dialect,
                                         const struct operation *operation, struct message *message,
                                         struct error *error)
{
    message->format = format_for(dialect, operation);
    const struct codec *codec = codec_find(message->format);
    if (codec == NULL)
        error_set(error, "content format %d is not known; use `as tlv`, `as text` or `raw`",
                  message->format);
    return codec;
}

static enum status put_values(const struct dialect *dialect, const struct operation *operation,
                              struct message *message, struct error *error)
{
    const struct codec *codec = content_codec(dialect, operation, message, error);
    if (codec == NULL)
        return ST_INVALID;
    struct path base =
        operation->kind == OPERATION_CREATE ? path_cut(operation->path, 1) : operation->path;
    if (codec->encode(&operation->values, base, &message->payload) == ST_OK)
        return ST_OK;
    bool is_composite = operation->kind == OPERATION_WRITE_COMPOSITE;
    error_set(error, "these values cannot be sent as \"%s\"; use `as %s`", codec->name,
              is_composite ? "senml-cbor" : "tlv");
    return ST_INVALID;
}

/* The list of paths of a composite operation (LwM2M TS 1.1, 6.3). */
static enum status put_paths(const struct dialect *dialect, const struct operation *operation,
                             struct message *message, struct error *error)
{
    const struct codec *codec = content_codec(dialect, operation, message, error);
    if (codec == NULL)
        return ST_INVALID;
    if (codec->encode_paths != NULL &&
        codec->encode_paths(&operation->values, &message->payload) == ST_OK)
        return ST_OK;
    error_set(error, "these paths cannot be sent as \"%s\"; use `as senml-cbor`", codec->name);
    return ST_INVALID;
}

enum { NUMBER_TEXT = 24 };

/* A service is named by its number on the wire (I-13). A challenge in hex goes out in decimal
 * (I-3), negative when its 64 bits are so, unless its characters are what is signed. TEXT is for
 * the value that takes the place of another. */
static void rewrite(struct argument *argument, bool keep_hex, char text[NUMBER_TEXT])
{
    uint64_t bits = 0;
    enum service service;
    if (argument->digit == 0 && service_symbol_named(argument->value, &service))
        snprintf(text, NUMBER_TEXT, "%d", (int)service);
    else if (!keep_hex && argument->digit == 2 && parse_hex_integer(argument->value, &bits))
        snprintf(text, NUMBER_TEXT, "%" PRId64, (int64_t)bits);
    else
        return;
    argument->value = bytes_of(text);
}

static bool signs_characters(const struct verifier *verifier, unsigned instance)
{
    const struct provision_instance *provision =
        verifier == NULL ? NULL : provision_find(verifier->provision, instance);
    return provision != NULL && provision->challenge_rule == CHALLENGE_TEXT;
}

enum status server_arguments(struct bytes readable, bool keep_hex, struct buf *out,
                             struct error *error)
{
    struct arguments arguments;
    enum status status = arguments_decode(readable, ARGUMENTS_READABLE, &arguments, error);
    if (status != ST_OK)
        return status;
    char texts[ARGUMENTS_MOST][NUMBER_TEXT];
    for (size_t i = 0; i < arguments.count; i++)
        rewrite(&arguments.items[i], keep_hex, texts[i]);
    arguments_encode(&arguments, out);
    return ST_OK;
}

static enum status put_arguments(const struct dialect *dialect, const struct operation *operation,
                                 struct message *message, struct error *error)
{
    if (operation->text == NULL)
        return ST_OK;
    message->format = FORMAT_TEXT;
    struct bytes text = bytes_of(operation->text);
    if (operation->verbatim) {
        buf_put(&message->payload, text);
        return ST_OK;
    }
    bool keep_hex = signs_characters(dialect->verifier, operation->path.id[1]);
    return server_arguments(text, keep_hex, &message->payload, error);
}

static bool put_path(const struct operation *operation, struct message *message)
{
    char text[PATH_TEXT];
    struct path path =
        operation->kind == OPERATION_CREATE ? path_cut(operation->path, 1) : operation->path;
    if (operation->kind == OPERATION_FINISH)
        return segments_add(&message->path, bytes_of("bs"));
    return segments_split(&message->path, '/', bytes_of(path_text(path, text)));
}

/* `/16/0/1?a=b&c` */
static enum status put_raw(const struct operation *operation, struct message *message,
                           struct error *error)
{
    struct bytes uri = bytes_of(operation->uri);
    const uint8_t *mark = memchr(uri.data, '?', uri.len);
    struct bytes path = {uri.data, mark == NULL ? uri.len : (size_t)(mark - uri.data)};
    bool fits = segments_split(&message->path, '/', path);
    if (mark != NULL)
        fits = fits && segments_split(&message->query, '&',
                                      (struct bytes){mark + 1, uri.len - path.len - 1});
    if (!fits) {
        error_set(error, "uri \"%s\" has too many or too long parts", operation->uri);
        return ST_INVALID;
    }
    message->confirmable = operation->confirmable;
    message->format = operation->format;
    message->accept = operation->accept;
    message->observe = operation->observe;
    buf_put(&message->payload, buf_bytes(&operation->payload));
    return ST_OK;
}

/* What an operation asks for beside its target. */
static bool put_options(const struct operation *operation, struct message *message)
{
    enum operation_kind kind = operation->kind;
    if (kind == OPERATION_DISCOVER)
        message->accept = FORMAT_LINK;
    if (kind == OPERATION_READ || kind == OPERATION_OBSERVE || kind == OPERATION_CANCEL ||
        has_paths(operation))
        message->accept = operation->format;
    if (kind == OPERATION_OBSERVE || kind == OPERATION_OBSERVE_COMPOSITE)
        message->observe = 0;
    if (kind == OPERATION_CANCEL || kind == OPERATION_CANCEL_COMPOSITE)
        message->observe = 1;
    return operation->kind != OPERATION_ATTRIBUTES || operation->text == NULL ||
           segments_split(&message->query, '&', bytes_of(operation->text));
}

enum status request_build(const struct dialect *dialect, const struct operation *operation,
                          struct message *message, struct error *error)
{
    message->code = method_of(operation);
    if (operation->kind == OPERATION_RAW)
        return put_raw(operation, message, error);
    if (!put_path(operation, message) || !put_options(operation, message)) {
        error_set(error, "the request has too many or too long options");
        return ST_INVALID;
    }
    if (operation->kind == OPERATION_WRITE || operation->kind == OPERATION_UPDATE ||
        operation->kind == OPERATION_CREATE || operation->kind == OPERATION_WRITE_COMPOSITE)
        return put_values(dialect, operation, message, error);
    if (has_paths(operation))
        return put_paths(dialect, operation, message, error);
    if (operation->kind == OPERATION_EXECUTE)
        return put_arguments(dialect, operation, message, error);
    return ST_OK;
}

struct path request_raw_path(const struct message *message)
{
    struct path path = path_root();
    struct buf text;
    buf_init(&text, 64);
    segments_join(&message->path, '/', &text);
    if (text.bad || !path_parse(buf_bytes(&text), &path))
        path = path_root();
    buf_release(&text);
    return path;
}

static bool read_location(const struct message *answer, struct path *out)
{
    struct buf text;
    buf_init(&text, 64);
    segments_join(&answer->location, '/', &text);
    bool ok = answer->location.count > 0 && !text.bad && path_parse(buf_bytes(&text), out);
    buf_release(&text);
    return ok;
}

static void decode_values(const struct catalogue *catalogue, struct path path,
                          const struct message *answer, struct outcome *out)
{
    const struct codec *codec = codec_find(answer->format);
    if (codec == NULL) {
        snprintf(out->problem, sizeof out->problem, "content format %d is not known",
                 answer->format);
        return;
    }
    struct codec_types types = {.describe = codec->format == FORMAT_TEXT ? describe_text : describe,
                                .arg = catalogue};
    struct error error;
    error_clear(&error);
    out->decoded =
        codec->decode(buf_bytes(&answer->payload), path, &types, &out->values, &error) == ST_OK;
    if (!out->decoded) {
        records_clear(&out->values);
        snprintf(out->problem, sizeof out->problem, "the content does not decode: %.150s",
                 error.text);
    }
}

void request_outcome(const struct catalogue *catalogue, struct path path,
                     const struct message *answer, struct outcome *out)
{
    out->code = answer->code;
    out->format = answer->format;
    out->observe = answer->observe;
    out->is_separate = answer->is_separate;
    out->unconfirmed = !answer->confirmable;
    buf_put(&out->payload, buf_bytes(&answer->payload));
    out->has_location = read_location(answer, &out->location);
    if (answer->format != FORMAT_LINK && answer->code == CODE_CONTENT)
        decode_values(catalogue, path, answer, out);
}

void request_content(const struct catalogue *catalogue, const struct message *request,
                     struct outcome *out)
{
    out->code = CODE_CONTENT;
    out->format = request->format;
    buf_put(&out->payload, buf_bytes(&request->payload));
    decode_values(catalogue, path_root(), request, out);
}
