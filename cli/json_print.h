/* SPDX-License-Identifier: Apache-2.0 */
/* JSON for machines: each document in one line. */
#ifndef CLI_JSON_PRINT_H
#define CLI_JSON_PRINT_H

#include <cjson/cJSON.h>

#include "base/buf.h"

/* One schema for all that the program prints as JSON: each document begins with its version. */
enum { JSON_SCHEMA_VERSION = 1 };
/* Lets cJSON end the program as xalloc does when memory is out; call it first. */
void json_start(void);
/* {"version": 1}; the caller owns it until json_print. */
cJSON *json_new(void);
/* Adds a string member; what is no UTF-8 becomes U+FFFD. NULL data adds nothing. */
void json_text(cJSON *object, const char *name, struct bytes text);
void json_hex(cJSON *object, const char *name, struct bytes octets);
/* Appends DOCUMENT in one line, newline included, and frees it. */
void json_put(cJSON *document, struct buf *out);
/* Writes DOCUMENT in one line to stdout and frees it. */
void json_print(cJSON *document);

#endif
