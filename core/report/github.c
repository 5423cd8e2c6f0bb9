/* SPDX-License-Identifier: Apache-2.0 */
/* Annotations of GitHub Actions: workflow commands, a line each, that put what is wrong beside the
 * line of the scenario. */
#include "base/std.h"

#include "report/report_impl.h"

enum { LINE_MOST = 1 << 20 };

struct github_sink {
    struct sink sink; /* first: what users see */
    FILE *out;        /* (borrowed) */
    char *root;       /* (owned) with a slash at its end, or NULL */
    char *here;       /* (owned) the same */
};

/* In messages a percent sign and ends of lines are escaped, in properties what divides them, too.
 */
static void put_escaped(struct bytes text, bool is_property, struct buf *out)
{
    struct buf clean;
    buf_init(&clean, LINE_MOST);
    text_clean(text, &clean);
    for (size_t i = 0; i < clean.len; i++) {
        uint8_t octet = clean.data[i];
        bool divides = octet == ':' || octet == ',';
        if (octet == '%' || octet == '\r' || octet == '\n' || (is_property && divides))
            buf_printf(out, "%%%02X", octet);
        else
            buf_put_u8(out, octet);
    }
    buf_release(&clean);
}

static bool begins_with(const char *text, const char *start)
{
    return start != NULL && strncmp(text, start, strlen(start)) == 0;
}

/* FILE as seen from the top of the repository, where that can be told. */
static void put_path(const struct github_sink *self, const char *file, struct buf *out)
{
    struct buf path;
    buf_init(&path, LINE_MOST);
    file += begins_with(file, "./") ? 2 : 0;
    buf_puts(&path, file[0] != '/' && self->here != NULL ? self->here : "");
    buf_puts(&path, file);
    const char *shown =
        begins_with(buf_text(&path), self->root) ? buf_text(&path) + strlen(self->root) : file;
    put_escaped(bytes_of(shown), true, out);
    buf_release(&path);
}

static const char *command_of(enum verdict verdict)
{
    static const char *const commands[VERDICTS] = {
        [VERDICT_WARN] = "warning",
        [VERDICT_FAIL] = "error",
        [VERDICT_INCONCLUSIVE] = "notice",
        [VERDICT_ERROR] = "error",
    };
    return commands[verdict];
}

/* Where it happened: the place of CHECK, or the one that a reason begins with, `line 7: `. */
static unsigned line_of(const struct result *result, const struct check *check)
{
    static const char start[] = "line ";
    int64_t line = check == NULL ? 0 : (int64_t)check->line;
    struct bytes reason = buf_bytes(&result->reason);
    size_t len = strlen(start);
    if (check == NULL && reason.len > len && memcmp(reason.data, start, len) == 0) {
        const uint8_t *colon = memchr(reason.data, ':', reason.len);
        size_t end = colon == NULL ? len : (size_t)(colon - reason.data);
        if (!parse_decimal((struct bytes){reason.data + len, end - len}, &line))
            line = 0;
    }
    return line > 0 && line <= INT_MAX ? (unsigned)line : 1;
}

/* What CHECK says of RESULT, or RESULT itself when it is NULL. */
static void annotate(const struct github_sink *self, const struct result *result,
                     const struct check *check, struct bytes text)
{
    struct buf line;
    struct buf title;
    enum verdict verdict = check == NULL ? result->verdict : check->verdict;
    buf_init(&line, LINE_MOST);
    buf_init(&title, LINE_MOST);
    buf_printf(&title, "%s: %s", result->is_flaky ? "flaky" : verdict_name(verdict), result->title);
    if (check != NULL && check->rule != NULL)
        buf_printf(&title, " [%s]", check->rule->id);
    buf_printf(&line, "::%s file=", command_of(verdict));
    put_path(self, result->file, &line);
    buf_printf(&line, ",line=%u,title=", line_of(result, check));
    put_escaped(buf_bytes(&title), true, &line);
    buf_puts(&line, "::");
    while (text.len > 0 && text.data[text.len - 1] == '\n')
        text.len--;
    put_escaped(text, false, &line);
    fprintf(self->out, "%s\n", buf_text(&line));
    buf_release(&line);
    buf_release(&title);
}

static void begin(struct sink *sink, const struct run_info *info)
{
    UNUSED(sink);
    UNUSED(info);
}

static void put_result(struct sink *sink, const struct result *result)
{
    const struct github_sink *self = (struct github_sink *)sink;
    size_t told = 0;
    for (size_t i = 0; i < result->check_count && !result->is_flaky; i++) {
        const struct check *check = &result->checks[i];
        if (command_of(check->verdict) == NULL || check->text.len == 0)
            continue;
        annotate(self, result, check, buf_bytes(&check->text));
        told++;
    }
    if (told == 0 && command_of(result->verdict) != NULL) {
        struct buf text;
        buf_init(&text, LINE_MOST);
        result_explain(result, &text);
        annotate(self, result, NULL, buf_bytes(text.len > 0 ? &text : &result->reason));
        buf_release(&text);
    }
    fflush(self->out);
}

static enum status end(struct sink *sink, const struct run_summary *summary, struct error *error)
{
    const struct github_sink *self = (struct github_sink *)sink;
    UNUSED(summary);
    if (fflush(self->out) == 0 && ferror(self->out) == 0)
        return ST_OK;
    error_set(error, "cannot write annotations: %s", strerror(errno));
    return ST_IO;
}

static void sink_free(struct sink *sink)
{
    struct github_sink *self = (struct github_sink *)sink;
    free(self->root);
    free(self->here);
    free(self);
}

/* A folder with a slash at its end, or NULL. */
static char *folder_with_slash(const char *folder)
{
    if (folder == NULL || folder[0] != '/')
        return NULL;
    size_t len = strlen(folder);
    char *out = xarray(len + 2, 1);
    snprintf(out, len + 2, "%s%s", folder, folder[len - 1] == '/' ? "" : "/");
    return out;
}

struct sink *github_sink_new(const struct github_options *options)
{
    static const struct sink_ops ops = {begin, put_result, end, sink_free};
    struct github_sink *self = xalloc(sizeof *self);
    self->sink.ops = &ops;
    self->out = options->out;
    self->root = folder_with_slash(options->root);
    self->here = folder_with_slash(options->here);
    return &self->sink;
}
