/* SPDX-License-Identifier: Apache-2.0 */
/* Takes a JSON report apart, member by member, and believes none of it. */
#include <cjson/cJSON.h>

#include "base/std.h"

#include "report/read.h"
#include "report/report_impl.h"
#include "scenario/scenario.h"

static const double NUMBER_MOST = 9007199254740991.0; /* exact as a double */

/* One object of the document; the first thing that is wrong is told. */
struct reading {
    struct error *error; /* (borrowed) */
    bool bad;
    const char *where; /* (borrowed) "scenario", for messages */
    size_t index;      /* from 0: which of them */
};

static void refuse(struct reading *reading, const char *what, const char *name)
{
    if (!reading->bad)
        error_set(reading->error, "it is no report of \"run --report-json\": %s %zu has %s \"%s\"",
                  reading->where, reading->index + 1, what, name);
    reading->bad = true;
}

/* The member called NAME when it is of that kind, else NULL. */
static const char *text_if(const cJSON *object, const char *name)
{
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsString(member) ? member->valuestring : NULL;
}

static const char *text_of(struct reading *reading, const cJSON *object, const char *name)
{
    const char *text = text_if(object, name);
    if (text == NULL)
        refuse(reading, "no text", name);
    return text == NULL ? "" : text;
}

static bool is_count(const cJSON *member, double most)
{
    if (!cJSON_IsNumber(member))
        return false;
    double value = member->valuedouble;
    return value >= 0 && value <= most && value == (double)(int64_t)value;
}

static int64_t number_of(struct reading *reading, const cJSON *object, const char *name,
                         double most)
{
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(object, name);
    if (is_count(member, most))
        return (int64_t)member->valuedouble;
    refuse(reading, "no number", name);
    return 0;
}

/* The same, or OTHER when it is not there. */
static int64_t number_or(struct reading *reading, const cJSON *object, const char *name,
                         int64_t other)
{
    bool is_there = cJSON_GetObjectItemCaseSensitive(object, name) != NULL;
    return is_there ? number_of(reading, object, name, UINT32_MAX) : other;
}

static int64_t time_or_0(struct reading *reading, const cJSON *object, const char *name)
{
    bool is_there = cJSON_GetObjectItemCaseSensitive(object, name) != NULL;
    return is_there ? number_of(reading, object, name, NUMBER_MOST) : 0;
}

static const cJSON *array_of(struct reading *reading, const cJSON *object, const char *name)
{
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(object, name);
    if (cJSON_IsArray(member))
        return member;
    refuse(reading, "no array", name);
    return NULL;
}

static const cJSON *first_of(const cJSON *array)
{
    return array == NULL ? NULL : array->child;
}

static enum verdict verdict_of(struct reading *reading, const cJSON *object)
{
    const char *word = text_of(reading, object, "verdict");
    for (size_t i = 0; i < VERDICTS; i++)
        if (strcmp(word, verdict_name((enum verdict)i)) == 0)
            return (enum verdict)i;
    refuse(reading, "an unknown", "verdict");
    return VERDICT_ERROR;
}

static void read_sha256(struct reading *reading, const cJSON *object, const char *name,
                        uint8_t out[32])
{
    struct buf octets;
    buf_init(&octets, 32);
    if (parse_hex(bytes_of(text_of(reading, object, name)), &octets) && octets.len == 32)
        memcpy(out, octets.data, 32);
    else
        refuse(reading, "a wrong", name);
    buf_release(&octets);
}

static void read_text(const char *text, struct buf *out)
{
    buf_init(out, REPORT_MOST);
    buf_puts(out, text == NULL ? "" : text);
}

/* --- checks and results --------------------------------------------------------------------- */

static void read_check(struct reading *reading, const cJSON *object, struct check *out)
{
    const char *rule = text_if(object, "rule");
    out->verdict = verdict_of(reading, object);
    out->line = (unsigned)number_of(reading, object, "line", UINT32_MAX);
    read_text(text_if(object, "text"), &out->text);
    out->rule = rule == NULL ? NULL : rule_find(bytes_of(rule));
    if (rule != NULL && out->rule == NULL)
        refuse(reading, "a check with the unknown rule", rule);
}

static void read_checks(struct reading *reading, const cJSON *object, struct result *out)
{
    const cJSON *array = array_of(reading, object, "checks");
    out->checks = xarray((size_t)cJSON_GetArraySize(array) + 1, sizeof *out->checks);
    for (const cJSON *check = first_of(array); check != NULL; check = check->next)
        read_check(reading, check, &out->checks[out->check_count++]);
}

static void read_tags(struct reading *reading, const cJSON *object, struct result *out)
{
    const cJSON *array = array_of(reading, object, "tags");
    const char **tags = xarray((size_t)cJSON_GetArraySize(array) + 1, sizeof *tags);
    size_t count = 0;
    out->tags = tags;
    for (const cJSON *tag = first_of(array); tag != NULL; tag = tag->next) {
        if (cJSON_IsString(tag))
            tags[count++] = tag->valuestring;
        else
            refuse(reading, "a wrong word in", "tags");
    }
}

static void read_result(struct reading *reading, const cJSON *object, struct result *out)
{
    out->file = text_of(reading, object, "file");
    out->title = text_of(reading, object, "title");
    out->profile = text_of(reading, object, "profile");
    out->verdict = verdict_of(reading, object);
    read_text(text_of(reading, object, "reason"), &out->reason);
    out->started_utc = number_of(reading, object, "started_utc_ms", NUMBER_MOST);
    out->duration_ms = number_of(reading, object, "duration_ms", UINT32_MAX); /* they are added */
    read_sha256(reading, object, "scenario_sha256", out->scenario_sha256);
    read_sha256(reading, object, "profile_sha256", out->profile_sha256);
    out->format = text_if(object, "format");
    out->seed = number_or(reading, object, "seed", -1);
    out->attempts = (unsigned)number_or(reading, object, "attempts", 1);
    out->is_flaky = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(object, "flaky"));
    read_text(text_if(object, "earlier"), &out->earlier);
    read_tags(reading, object, out);
    read_checks(reading, object, out);
}

/* --- how it was played ---------------------------------------------------------------------- */

static double factor_or_0(struct reading *reading, const cJSON *object, const char *name)
{
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(object, name);
    if (member == NULL)
        return 0;
    if (!cJSON_IsNumber(member) || !(member->valuedouble > 0))
        refuse(reading, "a wrong", name);
    return member->valuedouble;
}

static bool is_true(const cJSON *object, const char *name)
{
    return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(object, name));
}

static void read_manner(struct reading *reading, const cJSON *object, struct run_manner *out)
{
    *out = (struct run_manner){.is_known = cJSON_IsObject(object)};
    if (!out->is_known)
        return;
    out->is_external = text_if(object, "device") != NULL;
    out->is_foreign = text_if(object, "server") != NULL;
    out->strict = is_true(object, "strict");
    out->virtual_time = is_true(object, "virtual_time");
    out->allow_writes = is_true(object, "allow_writes");
    out->patience = factor_or_0(reading, object, "patience");
    out->retries = (unsigned)number_or(reading, object, "retry", 0);
    out->timeout_ms = time_or_0(reading, object, "timeout_ms");
    out->security = text_if(object, "security");
    out->device_defect = text_if(object, "device_defect");
    out->server_defect = text_if(object, "server_defect");
    out->set = text_if(object, "set");
}

/* --- the document --------------------------------------------------------------------------- */

static void read_info(struct reading *reading, const cJSON *document, struct run_info *out)
{
    out->tool = text_of(reading, document, "tool");
    out->device = text_of(reading, document, "device");
    out->server = text_of(reading, document, "server");
    out->options = text_of(reading, document, "options");
    out->started_utc = number_of(reading, document, "started_utc_ms", NUMBER_MOST);
    out->scenario_count = (size_t)number_of(reading, document, "planned", UINT32_MAX);
    out->shard = (unsigned)number_or(reading, document, "shard", 0);
    out->shards = (unsigned)number_or(reading, document, "shards", 0);
    out->selection = text_if(document, "selection");
    read_manner(reading, cJSON_GetObjectItemCaseSensitive(document, "played_with"), &out->manner);
    if (out->shard > out->shards || out->shards > SHARDS_MOST ||
        (out->shard == 0) != (out->shards == 0))
        refuse(reading, "a wrong", "shard");
}

static void read_results(struct reading *reading, const cJSON *array, struct report *out)
{
    out->results = xarray((size_t)cJSON_GetArraySize(array) + 1, sizeof *out->results);
    reading->where = "scenario";
    for (const cJSON *object = first_of(array); object != NULL && !reading->bad;
         object = object->next) {
        reading->index = out->count;
        read_result(reading, object, &out->results[out->count++]);
    }
}

enum status report_read(struct bytes text, struct report *out, struct error *error)
{
    struct reading reading = {.error = error, .where = "document"};
    *out = (struct report){.document = NULL};
    out->document = cJSON_ParseWithLength((const char *)text.data, text.len);
    const cJSON *document = out->document;
    const cJSON *version = cJSON_GetObjectItemCaseSensitive(document, "version");
    if (!cJSON_IsObject(document) || !cJSON_IsNumber(version)) {
        error_set(error, "it is no report of \"run --report-json\"");
        return ST_INVALID;
    }
    if (version->valuedouble != REPORT_VERSION) {
        error_set(error, "it is a report of version %g; this program reads version %d",
                  version->valuedouble, REPORT_VERSION);
        return ST_INVALID;
    }
    read_info(&reading, document, &out->info);
    read_results(&reading, array_of(&reading, document, "scenarios"), out);
    return reading.bad ? ST_INVALID : ST_OK;
}

void report_release(struct report *report)
{
    for (size_t i = 0; i < report->count; i++) {
        const char *const *tags = report->results[i].tags;
        free((void *)(uintptr_t)tags);
        result_release(&report->results[i]);
    }
    free(report->results);
    cJSON_Delete(report->document);
    *report = (struct report){.document = NULL};
}
