/* SPDX-License-Identifier: Apache-2.0 */
/* Reads octets from where a text says they are, and keeps them out of every message. */
#include "base/std.h"

#include <sys/stat.h>

#include "model/secret.h"

enum { PLACE_MOST = 4096 }; /* octets of a file name or of a variable's name */

enum status file_read(const char *path, struct buf *out, bool *out_exposed, struct error *error)
{
    FILE *file = fopen(path, "rbe");
    if (file == NULL) {
        bool absent = errno == ENOENT;
        error_set(error, "cannot open \"%s\": %s", path, strerror(errno));
        return absent ? ST_NOT_FOUND : ST_IO;
    }
    /* No stdio buffer, because nobody would zero it. */
    setvbuf(file, NULL, _IONBF, 0);
    struct stat info;
    bool known = fstat(fileno(file), &info) == 0;
    if (out_exposed != NULL)
        *out_exposed = known && S_ISREG(info.st_mode) && (info.st_mode & S_IROTH) != 0;
    uint8_t part[1024];
    size_t len;
    while (!out->bad && (len = fread(part, 1, sizeof part, file)) > 0)
        buf_put(out, (struct bytes){part, len});
    wipe(part, sizeof part);
    bool failed = ferror(file) != 0;
    int reason = errno;
    fclose(file);
    if (failed) {
        error_set(error, "cannot read \"%s\": %s", path, strerror(reason));
        return ST_IO;
    }
    if (out->bad) {
        error_set(error, "file \"%s\" is too large: at most %zu octets are read", path, out->limit);
        return ST_LIMIT;
    }
    return ST_OK;
}

static bool take_prefix(struct bytes *text, const char *prefix)
{
    struct bytes head = {text->data, strlen(prefix)};
    if (text->len < head.len || !bytes_is(head, prefix))
        return false;
    *text = (struct bytes){text->data + head.len, text->len - head.len};
    return true;
}

static enum status append(struct bytes octets, struct buf *out, struct error *error)
{
    buf_put(out, octets);
    if (!out->bad)
        return ST_OK;
    error_set(error, "more than %zu octets; make it shorter", out->limit);
    return ST_LIMIT;
}

static enum status decode_hex(struct bytes digits, struct buf *out, struct error *error)
{
    if (parse_hex(digits, out))
        return ST_OK;
    error_set(error, "what follows \"hex:\" is not an even number of hex digits");
    return ST_INVALID;
}

static enum status decode_base64(struct bytes digits, struct buf *out, struct error *error)
{
    if (parse_base64(digits, out))
        return ST_OK;
    error_set(error, "what follows \"base64:\" is not base64 with padding");
    return ST_INVALID;
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct bytes trim(struct bytes text)
{
    while (text.len > 0 && is_blank(text.data[0]))
        text = (struct bytes){text.data + 1, text.len - 1};
    while (text.len > 0 && is_blank(text.data[text.len - 1]))
        text.len--;
    return text;
}

/* What a file or variable holds: text that says so, else raw octets. */
static enum status decode_content(struct bytes content, struct buf *out, struct error *error)
{
    struct bytes text = trim(content);
    if (take_prefix(&text, "hex:"))
        return decode_hex(text, out, error);
    if (take_prefix(&text, "base64:"))
        return decode_base64(text, out, error);
    return append(content, out, error);
}

static enum status read_file(const char *name, const char *folder, struct buf *out,
                             bool *out_exposed, struct error *error)
{
    struct buf path;
    struct buf content;
    buf_init(&path, 2 * PLACE_MOST);
    buf_init_secret(&content, SECRET_MOST);
    if (folder != NULL && name[0] != '/')
        buf_printf(&path, "%s/", folder);
    buf_puts(&path, name);
    enum status status = file_read(buf_text(&path), &content, out_exposed, error);
    if (status == ST_OK)
        status = decode_content(buf_bytes(&content), out, error);
    buf_release(&content);
    buf_release(&path);
    return status;
}

static enum status read_variable(const char *name, struct buf *out, struct error *error)
{
    const char *content = getenv(name);
    if (content != NULL)
        return decode_content(bytes_of(content), out, error);
    error_set(error, "environment variable \"%s\" is not set", name);
    return ST_NOT_FOUND;
}

static enum status check_place(struct bytes place, struct error *error)
{
    if (place.len > 0 && place.len < PLACE_MOST && memchr(place.data, '\0', place.len) == NULL)
        return ST_OK;
    error_set(error, "\"file:\" and \"env:\" need a name after the colon");
    return ST_INVALID;
}

enum status secret_read(struct bytes text, const char *folder, struct buf *out, bool *out_exposed,
                        struct error *error)
{
    if (out_exposed != NULL)
        *out_exposed = false;
    if (take_prefix(&text, "hex:"))
        return decode_hex(text, out, error);
    if (take_prefix(&text, "base64:"))
        return decode_base64(text, out, error);
    if (take_prefix(&text, "text:"))
        return append(text, out, error);
    bool in_file = take_prefix(&text, "file:");
    if (!in_file && !take_prefix(&text, "env:")) {
        error_set(error, "octets must begin with \"hex:\", \"base64:\", \"text:\", \"file:\" or "
                         "\"env:\"");
        return ST_INVALID;
    }
    enum status status = check_place(text, error);
    if (status != ST_OK)
        return status;
    char *name = xalloc(text.len + 1);
    memcpy(name, text.data, text.len);
    status = in_file ? read_file(name, folder, out, out_exposed, error)
                     : read_variable(name, out, error);
    free(name);
    return status;
}
