/* SPDX-License-Identifier: Apache-2.0 */
/* JUnit XML as Jenkins (its strict schema too), GitLab and GitHub accept it: for each scenario a
 * testsuite with its properties and one testcase. */
#include "base/std.h"

#include "report/report_impl.h"

struct junit_sink {
    struct sink sink; /* first: what users see */
    struct destination file;
    struct buf properties; /* those of the run, which stand in every testsuite */
    struct buf suites;
    uint64_t *names; /* (owned) hashes of all testcases so far, without what makes them differ */
    size_t name_count;
};

/* For attributes and for content alike: a newline in the former is read as a blank. */
static void put_xml(struct bytes text, struct buf *out)
{
    static const char *const escapes[256] = {
        ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;"};
    struct buf clean;
    buf_init(&clean, out->limit);
    text_clean(text, &clean);
    for (size_t i = 0; i < clean.len; i++) {
        uint8_t octet = clean.data[i];
        if (escapes[octet] != NULL)
            buf_puts(out, escapes[octet]);
        else
            buf_put_u8(out, octet);
    }
    buf_release(&clean);
}

static void put_attribute(const char *name, struct bytes value, struct buf *out)
{
    buf_printf(out, " %s=\"", name);
    put_xml(value, out);
    buf_puts(out, "\"");
}

static void put_time(int64_t ms, struct buf *out)
{
    buf_puts(out, " time=\"");
    text_seconds(ms, out);
    buf_puts(out, "\"");
}

static void put_property(const char *name, const char *value, struct buf *out)
{
    buf_puts(out, "      <property");
    put_attribute("name", bytes_of(name), out);
    put_attribute("value", bytes_of(value), out);
    buf_puts(out, "/>\n");
}

static void put_sha256(const char *name, const uint8_t sha256[32], struct buf *out)
{
    struct buf digits;
    buf_init(&digits, 64);
    buf_put_hex(&digits, (struct bytes){sha256, 32});
    put_property(name, buf_text(&digits), out);
    buf_release(&digits);
}

static void put_tags(const char *const *tags, struct buf *out)
{
    struct buf words;
    buf_init(&words, out->limit);
    for (size_t i = 0; tags != NULL && tags[i] != NULL; i++)
        buf_printf(&words, "%s%s", i > 0 ? " " : "", tags[i]);
    put_property("tags", buf_text(&words), out);
    buf_release(&words);
}

static void put_count(const char *name, int64_t count, struct buf *out)
{
    buf_printf(out, "      <property name=\"%s\" value=\"%" PRId64 "\"/>\n", name, count);
}

/* With what it was played, and how often. */
static void put_playing(const struct result *result, struct buf *out)
{
    if (result->format != NULL)
        put_property("format", result->format, out);
    if (result->seed >= 0)
        put_count("seed", result->seed, out);
    if (result->attempts > 1)
        put_count("attempts", result->attempts, out);
}

static void begin(struct sink *sink, const struct run_info *info)
{
    struct junit_sink *self = (struct junit_sink *)sink;
    put_property("tool", info->tool, &self->properties);
    put_property("device", info->device, &self->properties);
    put_property("server", info->server, &self->properties);
    put_property("options", info->options, &self->properties);
}

/* `folder.stem` of a file, which does not depend on where the files lie. */
static void put_class_name(const char *path, struct buf *out)
{
    const char *stem = strrchr(path, '/');
    const char *folder = stem;
    while (folder != NULL && folder > path && folder[-1] != '/')
        folder--;
    if (folder != NULL && folder < stem && !(stem - folder == 1 && folder[0] == '.')) {
        buf_put(out, (struct bytes){(const uint8_t *)folder, (size_t)(stem - folder)});
        buf_puts(out, ".");
    }
    stem = stem == NULL ? path : stem + 1;
    const char *dot = strrchr(stem, '.');
    size_t len = dot == NULL || dot == stem ? strlen(stem) : (size_t)(dot - stem);
    buf_put(out, (struct bytes){(const uint8_t *)stem, len});
}

/* FNV-1a with 64 bits: two names that are not the same have the same one in no report. */
static uint64_t hash_of(struct bytes text)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < text.len; i++)
        hash = (hash ^ text.data[i]) * UINT64_C(0x100000001b3);
    return hash;
}

/* How many testcases had this class and title before; GitLab drops all but the first. */
static size_t count_before(struct junit_sink *self, struct bytes class_name, const char *title)
{
    struct buf both;
    size_t before = 0;
    buf_init(&both, REPORT_MOST);
    buf_put(&both, class_name);
    buf_puts(&both, "\n");
    buf_puts(&both, title);
    uint64_t hash = hash_of(buf_bytes(&both));
    for (size_t i = 0; i < self->name_count; i++)
        before += self->names[i] == hash ? 1 : 0;
    self->names = xgrow(self->names, self->name_count + 1, sizeof *self->names);
    self->names[self->name_count++] = hash;
    buf_release(&both);
    return before;
}

/* Class and name of the testcase of RESULT, which no other has. */
static void put_names(struct junit_sink *self, const struct result *result, struct buf *out)
{
    struct buf class_name;
    struct buf title;
    buf_init(&class_name, out->limit);
    buf_init(&title, out->limit);
    put_class_name(result->file, &class_name);
    size_t before = count_before(self, buf_bytes(&class_name), result->title);
    buf_puts(&title, result->title);
    if (before > 0)
        buf_printf(&title, " [%zu]", before + 1);
    put_attribute("classname", buf_bytes(&class_name), out);
    put_attribute("name", buf_bytes(&title), out);
    buf_release(&class_name);
    buf_release(&title);
}

/* The rule that the first check of the worst verdict belongs to. */
static const char *decisive_rule(const struct result *result)
{
    for (size_t i = 0; i < result->check_count; i++)
        if (result->checks[i].verdict == result->verdict && result->checks[i].rule != NULL)
            return result->checks[i].rule->id;
    return verdict_name(result->verdict);
}

/* `<failure>` or `<error>` with the explanation in it. */
static void put_failure(const struct result *result, struct bytes text, struct buf *out)
{
    const char *element = result->verdict == VERDICT_ERROR ? "error" : "failure";
    buf_printf(out, "      <%s", element);
    put_attribute("message", buf_bytes(&result->reason), out);
    put_attribute("type", bytes_of(decisive_rule(result)), out);
    buf_puts(out, ">");
    put_xml(text, out);
    buf_printf(out, "</%s>\n", element);
}

static void put_skip(const struct result *result, struct buf *out)
{
    struct buf message;
    buf_init(&message, out->limit);
    buf_puts(&message, verdict_name(result->verdict));
    buf_puts(&message, result->reason.len > 0 ? ": " : "");
    buf_put(&message, buf_bytes(&result->reason));
    buf_puts(out, "      <skipped");
    put_attribute("message", buf_bytes(&message), out);
    buf_puts(out, "/>\n");
    buf_release(&message);
}

static void put_case(struct junit_sink *self, const struct result *result)
{
    struct buf *out = &self->suites;
    struct buf text;
    buf_init(&text, out->limit);
    result_explain(result, &text);
    buf_puts(out, "    <testcase");
    put_names(self, result, out);
    put_time(result->duration_ms, out);
    buf_puts(out, ">\n");
    if (verdict_is_failure(result->verdict))
        put_failure(result, buf_bytes(&text), out);
    if (verdict_is_skip(result->verdict))
        put_skip(result, out);
    if (!verdict_is_failure(result->verdict) && text.len > 0) {
        buf_puts(out, "      <system-out>");
        put_xml(buf_bytes(&text), out);
        buf_puts(out, "</system-out>\n");
    }
    buf_puts(out, "    </testcase>\n");
    buf_release(&text);
}

static void put_result(struct sink *sink, const struct result *result)
{
    struct junit_sink *self = (struct junit_sink *)sink;
    struct buf *out = &self->suites;
    buf_puts(out, "  <testsuite");
    put_attribute("name", bytes_of(result->title), out);
    buf_printf(out, " tests=\"1\" failures=\"%d\" errors=\"%d\" skipped=\"%d\"",
               result->verdict == VERDICT_FAIL, result->verdict == VERDICT_ERROR,
               verdict_is_skip(result->verdict));
    put_time(result->duration_ms, out);
    buf_puts(out, " timestamp=\"");
    text_utc(result->started_utc, out);
    buf_puts(out, "\"");
    put_attribute("file", bytes_of(result->file), out);
    buf_puts(out, ">\n    <properties>\n");
    buf_put(out, buf_bytes(&self->properties));
    put_property("profile", result->profile, out);
    put_tags(result->tags, out);
    put_sha256("scenario_sha256", result->scenario_sha256, out);
    put_sha256("profile_sha256", result->profile_sha256, out);
    put_playing(result, out);
    buf_puts(out, "    </properties>\n");
    put_case(self, result);
    buf_puts(out, "  </testsuite>\n");
}

static enum status end(struct sink *sink, const struct run_summary *summary, struct error *error)
{
    struct junit_sink *self = (struct junit_sink *)sink;
    struct buf document;
    size_t tests = 0;
    for (size_t i = 0; i < VERDICTS; i++)
        tests += summary->count[i];
    buf_init(&document, REPORT_MOST);
    buf_printf(&document,
               "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
               "<testsuites name=\"lwm2m-portfolio\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\"",
               tests, summary->count[VERDICT_FAIL], summary->count[VERDICT_ERROR]);
    put_time(summary->duration_ms, &document);
    buf_puts(&document, ">\n");
    buf_put(&document, buf_bytes(&self->suites));
    buf_puts(&document, "</testsuites>\n");
    document.bad = document.bad || self->suites.bad;
    enum status status = report_file_finish(&self->file, &document, error);
    buf_release(&document);
    return status;
}

static void sink_free(struct sink *sink)
{
    struct junit_sink *self = (struct junit_sink *)sink;
    destination_release(&self->file);
    buf_release(&self->properties);
    buf_release(&self->suites);
    free(self->names);
    free(self);
}

struct sink *junit_sink_new(const char *path, struct error *error)
{
    static const struct sink_ops ops = {begin, put_result, end, sink_free};
    struct destination file;
    if (report_file_open(&file, path, error) != ST_OK)
        return NULL;
    struct junit_sink *self = xalloc(sizeof *self);
    self->sink.ops = &ops;
    self->file = file;
    buf_init(&self->properties, REPORT_MOST);
    buf_init(&self->suites, REPORT_MOST);
    return &self->sink;
}
