/* SPDX-License-Identifier: Apache-2.0 */
/* Errors of files with the line that they are in, and without a key in it. */
#include "base/std.h"

#include "base/excerpt.h"
#include "cli/output.h"
#include "model/secret.h"

enum { FILE_MOST = 4 << 20, KEY_LEAST = 16, NAME_LEAST = 24 };

/* --- keys become stars ---------------------------------------------------------------------- */

struct masking {
    struct bytes text;
    char *out;       /* (borrowed) */
    unsigned depth;  /* of brackets */
    unsigned key_at; /* depth at which "keys" stands; 0: not inside */
    bool after_keys; /* the value of "keys" comes next */
};

static bool begins_with(struct bytes text, const char *prefix)
{
    size_t len = strlen(prefix);
    return text.len >= len && memcmp(text.data, prefix, len) == 0;
}

static bool is_digit(uint8_t c)
{
    return isalnum(c) || (c != '\0' && strchr("+/=-_", c) != NULL);
}

/* How many octets from AT on are digits of hex or base64. */
static size_t digits_at(struct bytes text, size_t at)
{
    size_t len = 0;
    while (at + len < text.len && is_digit(text.data[at + len]))
        len++;
    return len;
}

static bool could_be_key(struct bytes text)
{
    static const char *const prefixes[] = {"hex:", "base64:", "text:"};
    for (size_t i = 0; i < COUNT_OF(prefixes); i++)
        if (begins_with(text, prefixes[i]))
            return true;
    return text.len >= KEY_LEAST && digits_at(text, 0) == text.len;
}

/* The offset of the closing quote of the string that begins at START, or of what ends it else. */
static size_t string_end(struct bytes text, size_t start)
{
    size_t at = start + 1;
    while (at < text.len && text.data[at] != '"' && text.data[at] != '\n')
        at += text.data[at] == '\\' && at + 1 < text.len && text.data[at + 1] != '\n' ? 2 : 1;
    return at;
}

static bool is_name(struct bytes text, size_t end)
{
    size_t at = end + 1;
    while (at < text.len && strchr(" \t\r\n", text.data[at]) != NULL && text.data[at] != '\0')
        at++;
    return at < text.len && text.data[at] == ':';
}

/* Stars for what stands behind `hex:` or `base64:`, and for runs of hex digits that are too long to
 * be a name: a key where a name should be. */
static void mask_names(char *text, size_t len)
{
    struct bytes all = {(const uint8_t *)text, len};
    for (size_t at = 0; at < len; at++) {
        struct bytes rest = {all.data + at, len - at};
        size_t prefix = begins_with(rest, "hex:") ? 4 : begins_with(rest, "base64:") ? 7 : 0;
        size_t run = prefix > 0 ? digits_at(all, at + prefix) : 0;
        while (prefix == 0 && at + run < len && isxdigit(all.data[at + run]))
            run++;
        if (prefix > 0 || run >= NAME_LEAST)
            memset(text + at + prefix, '*', run);
        at += prefix + (run > 0 ? run - 1 : 0);
    }
}

static size_t mask_string(struct masking *masking, size_t start)
{
    size_t end = string_end(masking->text, start);
    struct bytes content = {masking->text.data + start + 1, end - start - 1};
    if (is_name(masking->text, end)) {
        masking->after_keys = bytes_is(content, "keys");
        mask_names(masking->out + start + 1, content.len);
        return end;
    }
    if (masking->key_at > 0 || masking->after_keys || could_be_key(content))
        memset(masking->out + start + 1, '*', content.len);
    masking->after_keys = false;
    return end;
}

/* Outside of strings: half of a key whose quotes are not where they should be. */
static size_t mask_digits(struct masking *masking, size_t start)
{
    size_t len = digits_at(masking->text, start);
    if (len >= KEY_LEAST)
        memset(masking->out + start, '*', len);
    return start + len - 1;
}

static void mask_bracket(struct masking *masking, uint8_t c)
{
    if (c == '{' || c == '[') {
        masking->depth++;
        if (masking->after_keys && masking->key_at == 0)
            masking->key_at = masking->depth;
        masking->after_keys = false;
    } else if (c == '}' || c == ']') {
        if (masking->depth <= masking->key_at)
            masking->key_at = 0;
        masking->depth -= masking->depth > 0 ? 1 : 0;
    }
}

char *mask_secrets(struct bytes text)
{
    struct masking masking = {.text = text, .out = xalloc(text.len + 1)};
    if (text.len > 0)
        memcpy(masking.out, text.data, text.len);
    for (size_t at = 0; at < text.len; at++) {
        if (text.data[at] == '"')
            at = mask_string(&masking, at);
        else if (is_digit(text.data[at]))
            at = mask_digits(&masking, at);
        else
            mask_bracket(&masking, text.data[at]);
    }
    return masking.out;
}

struct error mask_error(const struct error *error)
{
    struct error masked = *error;
    mask_names(masked.text, strlen(masked.text));
    mask_names(masked.pointer, strlen(masked.pointer));
    return masked;
}

/* --- lists ---------------------------------------------------------------------------------- */

/* The text that the excerpts come from, and whose it is. */
struct listing {
    char *subject; /* (owned) NULL: none yet */
    char *text;    /* (owned) NULL: there is none */
    size_t len;
};

/* A scenario begins with a word or a comment. */
static bool text_is_json(struct bytes text)
{
    size_t at = 0;
    while (at < text.len && isspace(text.data[at]))
        at++;
    return at < text.len && !islower(text.data[at]) && text.data[at] != '#';
}

static char *text_copy(struct bytes text)
{
    char *copy = xalloc(text.len + 1);
    memcpy(copy, text.data, text.len);
    return copy;
}

/* Scenarios hold no keys; everything else could. */
static void listing_take(struct listing *listing, const char *subject, struct bytes text)
{
    listing->subject = xstrdup(subject);
    listing->text = text_is_json(text) ? mask_secrets(text) : text_copy(text);
    listing->len = text.len;
}

static void listing_release(struct listing *listing)
{
    free(listing->subject);
    free(listing->text);
    *listing = (struct listing){.subject = NULL};
}

static void listing_read(struct listing *listing, const char *path)
{
    struct buf text;
    buf_init_secret(&text, FILE_MOST);
    listing_release(listing);
    if (file_read(path, &text, NULL, NULL) == ST_OK && text.len > 0)
        listing_take(listing, path, buf_bytes(&text));
    else
        listing->subject = xstrdup(path);
    buf_release(&text);
}

static void print_error(struct listing *listing, const struct error *error)
{
    struct error masked = mask_error(error);
    struct buf line;
    buf_init(&line, 4096);
    if (error->subject[0] == '\0')
        buf_puts(&line, "lwm2m-portfolio: ");
    error_format(&masked, &line);
    buf_puts(&line, "\n");
    if (error->line > 0) {
        if (listing->subject == NULL || strcmp(listing->subject, error->subject) != 0)
            listing_read(listing, error->subject);
        excerpt_put((struct bytes){(const uint8_t *)listing->text, listing->len}, error->line,
                    error->column, &line);
    }
    fputs(buf_text(&line), stderr);
    buf_release(&line);
}

void errors_print(const struct error_list *errors, const char *subject, struct bytes text)
{
    struct listing listing = {.subject = NULL};
    if (subject != NULL && text.len > 0)
        listing_take(&listing, subject, text);
    for (size_t i = 0; i < errors->count; i++)
        print_error(&listing, &errors->items[i]);
    if (errors->dropped > 0)
        fprintf(stderr, "lwm2m-portfolio: and %zu more\n", errors->dropped);
    listing_release(&listing);
}
