/* SPDX-License-Identifier: Apache-2.0 */
/* Builds and prints what the program says to machines. */
#include <cjson/cJSON.h>

#include "base/std.h"

#include "cli/json_print.h"

void json_start(void)
{
    cJSON_Hooks hooks = {.malloc_fn = xalloc, .free_fn = free};
    cJSON_InitHooks(&hooks);
}

cJSON *json_new(void)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddNumberToObject(object, "version", JSON_SCHEMA_VERSION);
    return object;
}

void json_text(cJSON *object, const char *name, struct bytes text)
{
    if (text.data == NULL)
        return;
    struct buf clean;
    buf_init(&clean, 3 * text.len);
    for (size_t at = 0; at < text.len;) {
        size_t len = utf8_first((struct bytes){text.data + at, text.len - at});
        if (len == 0 || text.data[at] == '\0')
            buf_puts(&clean, "\xEF\xBF\xBD");
        else
            buf_put(&clean, (struct bytes){text.data + at, len});
        at += len == 0 ? 1 : len;
    }
    cJSON_AddStringToObject(object, name, buf_text(&clean));
    buf_release(&clean);
}

void json_hex(cJSON *object, const char *name, struct bytes octets)
{
    struct buf hex;
    buf_init(&hex, 2 * octets.len);
    buf_put_hex(&hex, octets);
    cJSON_AddStringToObject(object, name, buf_text(&hex));
    buf_release(&hex);
}

void json_put(cJSON *document, struct buf *out)
{
    char *text = cJSON_PrintUnformatted(document);
    buf_printf(out, "%s\n", text);
    cJSON_free(text);
    cJSON_Delete(document);
}

void json_print(cJSON *document)
{
    char *text = cJSON_PrintUnformatted(document);
    printf("%s\n", text);
    cJSON_free(text);
    cJSON_Delete(document);
}
