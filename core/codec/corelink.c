/* SPDX-License-Identifier: Apache-2.0 */
/* CoRE link format (RFC 6690): lists of targets with attributes. */
#include "base/std.h"

#include "codec/codec_impl.h"
#include "codec/corelink.h"

void links_init(struct links *links)
{
    *links = (struct links){0};
}

static void release_link(struct link *link)
{
    free(link->target);
    for (size_t i = 0; i < link->attribute_count; i++) {
        free(link->attributes[i].name);
        free(link->attributes[i].value);
    }
}

void links_release(struct links *links)
{
    for (size_t i = 0; i < links->count; i++)
        release_link(&links->items[i]);
    free(links->items);
    links_init(links);
}

/* An empty link at the end; NULL when the list is full. */
static struct link *append(struct links *links)
{
    if (links->count == LINKS_MOST)
        return NULL;
    if (links->count == links->capacity) {
        links->capacity = links->capacity == 0 ? 4 : links->capacity * 2;
        links->items = xgrow(links->items, links->capacity, sizeof *links->items);
    }
    struct link *link = &links->items[links->count++];
    *link = (struct link){0};
    return link;
}

struct link *links_add(struct links *links, struct path path)
{
    char text[PATH_TEXT];
    struct link *link = append(links);
    if (link == NULL)
        return NULL;
    link->target = xstrdup(path_text(path, text));
    link->has_path = true;
    link->path = path;
    return link;
}

bool link_add_attribute(struct link *link, const char *name, const char *value, bool quoted)
{
    if (link->attribute_count == LINK_ATTRIBUTES_MOST || bytes_of(name).len > LINK_TEXT_MOST ||
        bytes_of(value).len > LINK_TEXT_MOST)
        return false;
    link->attributes[link->attribute_count++] =
        (struct link_attribute){xstrdup(name), xstrdup(value), quoted};
    return true;
}

const char *link_attribute(const struct link *link, const char *name)
{
    for (size_t i = 0; i < link->attribute_count; i++) {
        const struct link_attribute *attribute = &link->attributes[i];
        if (strcmp(attribute->name, name) == 0)
            return attribute->value == NULL ? "" : attribute->value;
    }
    return NULL;
}

const struct link *links_find(const struct links *links, struct path path)
{
    for (size_t i = 0; i < links->count; i++)
        if (links->items[i].has_path && path_equal(links->items[i].path, path))
            return &links->items[i];
    return NULL;
}

/* --- characters (RFC 6690 section 2, RFC 5987 section 3.2.1, RFC 3986) ------------------- */

/* Visible ASCII without those that EXCEPT lists. */
static bool is_visible(int c, const char *except)
{
    return c > ' ' && c <= '~' && strchr(except, c) == NULL;
}

static bool is_target(int c)
{
    return is_visible(c, "\"<>\\^`{|}");
}

static bool is_name(int c)
{
    return is_visible(c, "\"%'(),/:;<=>?@[\\]{}");
}

static bool is_token(int c)
{
    return is_visible(c, "\",;\\");
}

static bool is_quoted(int c)
{
    return c >= ' ' && c != 0x7F;
}

/* --- writing ---------------------------------------------------------------------------- */

static bool needs_quotes(const char *value)
{
    const char *at = value;
    while (is_token((unsigned char)*at))
        at++;
    return at == value || *at != '\0';
}

static void put_attribute(const struct link_attribute *attribute, struct buf *out)
{
    buf_printf(out, ";%s", attribute->name);
    if (attribute->value == NULL)
        return;
    bool quotes = attribute->quoted || needs_quotes(attribute->value);
    buf_puts(out, quotes ? "=\"" : "=");
    for (const char *at = attribute->value; *at != '\0'; at++) {
        if (*at == '"' || *at == '\\')
            buf_puts(out, "\\");
        buf_put_u8(out, (unsigned char)*at);
    }
    buf_puts(out, quotes ? "\"" : "");
}

void links_encode(const struct links *links, struct buf *out)
{
    for (size_t i = 0; i < links->count; i++) {
        const struct link *link = &links->items[i];
        buf_printf(out, "%s<%s>", i == 0 ? "" : ",", link->target);
        for (size_t k = 0; k < link->attribute_count; k++)
            put_attribute(&link->attributes[k], out);
    }
}

/* --- reading ---------------------------------------------------------------------------- */

struct scan {
    struct bytes text;
    struct rd rd;
    struct error *error; /* (borrowed) */
};

/* Characters of one target, name or value. */
struct word {
    char text[LINK_TEXT_MOST + 1];
    size_t len;
    bool bad; /* too long */
};

static void word_put(struct word *word, unsigned c)
{
    if (word->len == LINK_TEXT_MOST)
        word->bad = true;
    else
        word->text[word->len++] = (char)c;
    word->text[word->len] = '\0';
}

static enum status refuse(struct scan *scan, const char *sentence)
{
    error_set(scan->error, "link list %s", sentence);
    codec_place(scan->error, &scan->rd, scan->text);
    return ST_INVALID;
}

static enum status refuse_limit(struct scan *scan, const char *what, int most)
{
    error_set(scan->error, "link list has too many or too long %s; the limit is %d", what, most);
    codec_place(scan->error, &scan->rd, scan->text);
    return ST_LIMIT;
}

static enum status read_word(struct scan *scan, bool (*belongs)(int c), struct word *out)
{
    *out = (struct word){.len = 0};
    while (belongs(rd_peek(&scan->rd)) && !out->bad)
        word_put(out, rd_u8(&scan->rd));
    return out->bad ? refuse_limit(scan, "words", LINK_TEXT_MOST) : ST_OK;
}

/* The cursor stands behind the opening quote. */
static enum status read_quoted(struct scan *scan, struct word *out)
{
    *out = (struct word){.len = 0};
    while (rd_peek(&scan->rd) != '"' && !out->bad) {
        if (rd_peek(&scan->rd) == '\\')
            rd_u8(&scan->rd);
        if (!is_quoted(rd_peek(&scan->rd)))
            return refuse(scan, "has a quoted value that does not end, or a control character");
        word_put(out, rd_u8(&scan->rd));
    }
    if (out->bad)
        return refuse_limit(scan, "words", LINK_TEXT_MOST);
    rd_u8(&scan->rd);
    if (!utf8_valid(bytes_of(out->text)))
        return refuse(scan, "has a quoted value that is not UTF-8");
    return ST_OK;
}

static enum status read_attribute_value(struct scan *scan, struct word *out, bool *out_quoted)
{
    *out_quoted = rd_peek(&scan->rd) == '"';
    if (*out_quoted) {
        rd_u8(&scan->rd);
        return read_quoted(scan, out);
    }
    enum status status = read_word(scan, is_token, out);
    if (status == ST_OK && out->len == 0)
        return refuse(scan, "has an attribute without a value after its equals sign");
    return status;
}

/* The cursor stands behind the semicolon. */
static enum status read_attribute(struct scan *scan, struct link *link)
{
    struct word name;
    struct word value;
    enum status status = read_word(scan, is_name, &name);
    if (status != ST_OK)
        return status;
    if (name.len == 0)
        return refuse(scan, "has no attribute name after a semicolon");
    bool has_value = rd_peek(&scan->rd) == '=';
    bool quoted = false;
    if (has_value) {
        rd_u8(&scan->rd);
        status = read_attribute_value(scan, &value, &quoted);
    }
    if (status != ST_OK)
        return status;
    if (!link_add_attribute(link, name.text, has_value ? value.text : NULL, quoted))
        return refuse_limit(scan, "attributes of one link", LINK_ATTRIBUTES_MOST);
    return ST_OK;
}

/* A slash at the end is what the OMA test cases print, so it is no reason to refuse a path. */
static bool parse_target(struct bytes target, struct path *out)
{
    if (target.len > 2 && target.data[target.len - 1] == '/')
        target.len--;
    return path_parse(target, out);
}

static enum status read_link(struct scan *scan, struct links *out)
{
    struct word target;
    if (rd_peek(&scan->rd) != '<')
        return refuse(scan, "has no < where a link should begin");
    rd_u8(&scan->rd);
    enum status status = read_word(scan, is_target, &target);
    if (status != ST_OK)
        return status;
    if (rd_peek(&scan->rd) != '>')
        return refuse(scan, "has a target that no > ends");
    rd_u8(&scan->rd);
    struct link *link = append(out);
    if (link == NULL)
        return refuse_limit(scan, "links", LINKS_MOST);
    link->target = xstrdup(target.text);
    link->has_path = parse_target(bytes_of(target.text), &link->path);
    while (status == ST_OK && rd_peek(&scan->rd) == ';') {
        rd_u8(&scan->rd);
        status = read_attribute(scan, link);
    }
    return status;
}

enum status links_decode(struct bytes text, struct links *out, struct error *error)
{
    struct scan scan = {.text = text, .error = error};
    rd_init(&scan.rd, text);
    enum status status = codec_check_size(text, error);
    bool more = text.len > 0;
    while (status == ST_OK && more) {
        status = read_link(&scan, out);
        more = rd_peek(&scan.rd) == ',';
        if (more)
            rd_u8(&scan.rd);
        while (more && (rd_peek(&scan.rd) == ' ' || rd_peek(&scan.rd) == '\t'))
            rd_u8(&scan.rd);
    }
    if (status == ST_OK && rd_left(&scan.rd) > 0)
        return refuse(&scan, "has something else than a comma between two links");
    return status;
}
