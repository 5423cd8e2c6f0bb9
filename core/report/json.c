/* SPDX-License-Identifier: Apache-2.0 */
/* The run as one JSON document; its member "version" counts changes that break readers. */
#include <cjson/cJSON.h>

#include "base/std.h"

#include "report/report_impl.h"

struct json_sink {
    struct sink sink; /* first: what users see */
    struct destination file;
    cJSON *document;  /* (owned) */
    cJSON *scenarios; /* (borrowed) member of it */
};

static void add_text(cJSON *object, const char *name, struct bytes text)
{
    struct buf clean;
    buf_init(&clean, REPORT_MOST);
    text_clean(text, &clean);
    cJSON_AddStringToObject(object, name, buf_text(&clean));
    buf_release(&clean);
}

static void add_sha256(cJSON *object, const char *name, const uint8_t sha256[32])
{
    struct buf digits;
    buf_init(&digits, 64);
    buf_put_hex(&digits, (struct bytes){sha256, 32});
    cJSON_AddStringToObject(object, name, buf_text(&digits));
    buf_release(&digits);
}

static void add_text_if(cJSON *object, const char *name, const char *text)
{
    if (text != NULL)
        add_text(object, name, bytes_of(text));
}

static void add_true(cJSON *object, const char *name, bool is_true)
{
    if (is_true)
        cJSON_AddTrueToObject(object, name);
}

static void add_number_if(cJSON *object, const char *name, double number)
{
    if (number > 0)
        cJSON_AddNumberToObject(object, name, number);
}

/* What was given: the rest is as usual. */
static void add_manner(cJSON *document, const struct run_manner *manner)
{
    if (!manner->is_known)
        return;
    cJSON *object = cJSON_AddObjectToObject(document, "played_with");
    add_text_if(object, "device", manner->is_external ? "external" : NULL);
    add_text_if(object, "server", manner->is_foreign ? "external" : NULL);
    add_true(object, "strict", manner->strict);
    add_true(object, "virtual_time", manner->virtual_time);
    add_true(object, "allow_writes", manner->allow_writes);
    add_number_if(object, "patience", manner->patience);
    add_number_if(object, "retry", manner->retries);
    add_number_if(object, "timeout_ms", (double)manner->timeout_ms);
    add_text_if(object, "security", manner->security);
    add_text_if(object, "device_defect", manner->device_defect);
    add_text_if(object, "server_defect", manner->server_defect);
    add_text_if(object, "set", manner->set);
}

static void begin(struct sink *sink, const struct run_info *info)
{
    struct json_sink *self = (struct json_sink *)sink;
    cJSON_AddNumberToObject(self->document, "version", REPORT_VERSION);
    add_text(self->document, "tool", bytes_of(info->tool));
    add_text(self->document, "device", bytes_of(info->device));
    add_text(self->document, "server", bytes_of(info->server));
    add_text(self->document, "options", bytes_of(info->options));
    cJSON_AddNumberToObject(self->document, "started_utc_ms", (double)info->started_utc);
    cJSON_AddNumberToObject(self->document, "planned", (double)info->scenario_count);
    if (info->shards > 0) {
        cJSON_AddNumberToObject(self->document, "shard", info->shard);
        cJSON_AddNumberToObject(self->document, "shards", info->shards);
    }
    add_text_if(self->document, "selection", info->selection);
    add_manner(self->document, &info->manner);
    self->scenarios = cJSON_AddArrayToObject(self->document, "scenarios");
}

static cJSON *check_object(const struct check *check)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "verdict", verdict_name(check->verdict));
    cJSON_AddNumberToObject(object, "line", check->line);
    if (check->rule != NULL) {
        char strength[2] = {rule_strength_letter(check->rule->strength), '\0'};
        cJSON_AddStringToObject(object, "rule", check->rule->id);
        cJSON_AddStringToObject(object, "section", check->rule->section);
        cJSON_AddStringToObject(object, "strength", strength);
    }
    if (check->text.len > 0)
        add_text(object, "text", buf_bytes(&check->text));
    return object;
}

static void add_lists(cJSON *object, const struct result *result)
{
    cJSON *tags = cJSON_AddArrayToObject(object, "tags");
    for (size_t i = 0; result->tags != NULL && result->tags[i] != NULL; i++)
        cJSON_AddItemToArray(tags, cJSON_CreateString(result->tags[i]));
    cJSON *checks = cJSON_AddArrayToObject(object, "checks");
    for (size_t i = 0; i < result->check_count; i++)
        cJSON_AddItemToArray(checks, check_object(&result->checks[i]));
}

/* With what it was played, and how often. */
static void add_playing(cJSON *object, const struct result *result)
{
    if (result->format != NULL)
        add_text(object, "format", bytes_of(result->format));
    if (result->seed >= 0)
        cJSON_AddNumberToObject(object, "seed", (double)result->seed);
    cJSON_AddNumberToObject(object, "attempts", result->attempts > 0 ? result->attempts : 1);
    cJSON_AddBoolToObject(object, "flaky", result->is_flaky);
    if (result->earlier.len > 0)
        add_text(object, "earlier", buf_bytes(&result->earlier));
}

static void put_result(struct sink *sink, const struct result *result)
{
    struct json_sink *self = (struct json_sink *)sink;
    cJSON *object = cJSON_CreateObject();
    struct buf text;
    buf_init(&text, REPORT_MOST);
    result_explain(result, &text);
    add_text(object, "file", bytes_of(result->file));
    add_text(object, "title", bytes_of(result->title));
    add_text(object, "profile", bytes_of(result->profile));
    cJSON_AddStringToObject(object, "verdict", verdict_name(result->verdict));
    add_text(object, "reason", buf_bytes(&result->reason));
    add_text(object, "text", buf_bytes(&text));
    cJSON_AddNumberToObject(object, "started_utc_ms", (double)result->started_utc);
    cJSON_AddNumberToObject(object, "duration_ms", (double)result->duration_ms);
    add_sha256(object, "scenario_sha256", result->scenario_sha256);
    add_sha256(object, "profile_sha256", result->profile_sha256);
    add_playing(object, result);
    add_lists(object, result);
    cJSON_AddItemToArray(self->scenarios, object);
    buf_release(&text);
}

static void add_summary(cJSON *document, const struct run_summary *summary)
{
    cJSON *object = cJSON_AddObjectToObject(document, "summary");
    for (size_t i = 0; i < VERDICTS; i++)
        cJSON_AddNumberToObject(object, verdict_name((enum verdict)i), (double)summary->count[i]);
    cJSON_AddNumberToObject(object, "flaky", (double)summary->flaky);
    cJSON_AddNumberToObject(object, "duration_ms", (double)summary->duration_ms);
}

static enum status end(struct sink *sink, const struct run_summary *summary, struct error *error)
{
    struct json_sink *self = (struct json_sink *)sink;
    add_summary(self->document, summary);
    char *printed = cJSON_Print(self->document);
    struct buf text;
    buf_init(&text, REPORT_MOST);
    buf_puts(&text, printed == NULL ? "" : printed);
    buf_puts(&text, "\n");
    text.bad = text.bad || printed == NULL; /* no memory for it */
    enum status status = report_file_finish(&self->file, &text, error);
    buf_release(&text);
    cJSON_free(printed);
    return status;
}

static void sink_free(struct sink *sink)
{
    struct json_sink *self = (struct json_sink *)sink;
    destination_release(&self->file);
    cJSON_Delete(self->document);
    free(self);
}

struct sink *json_sink_new(const char *path, struct error *error)
{
    static const struct sink_ops ops = {begin, put_result, end, sink_free};
    struct destination file;
    if (report_file_open(&file, path, error) != ST_OK)
        return NULL;
    struct json_sink *self = xalloc(sizeof *self);
    self->sink.ops = &ops;
    self->file = file;
    self->document = cJSON_CreateObject();
    return &self->sink;
}
