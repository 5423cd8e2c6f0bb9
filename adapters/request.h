/* SPDX-License-Identifier: Apache-2.0 */
/* The adapter's side of the adapter protocol, version 1: lines of JSON that ask, answer and report.
 * lwm2m-portfolio-adapter(7) describes them. */
#ifndef ADAPTERS_REQUEST_H
#define ADAPTERS_REQUEST_H

#include "base/json.h"
#include "base/operation.h"

enum { ADAPTER_PROTOCOL = 1, ADAPTER_LINE_MOST = 1 << 20 };

/* What the tool asks, taken apart. */
struct adapter_request {
    struct json_doc *doc; /* (owned) what the views below point into */
    int64_t id;
    int64_t deadline_ms; /* how long the tool waits; 0: it does not say */
    char verb[24];
    bool is_operation;
    struct bytes endpoint;
    struct bytes format; /* len 0: the adapter's choice */
    struct operation operation;
};

/* Reads LINE. ST_INVALID with a sentence otherwise; then `id` is that of the line, or -1 when it
 * has none. OUT is to be released in any case. */
MUST_USE enum status adapter_request_read(struct bytes line, struct adapter_request *out,
                                          struct error *error);
void adapter_request_release(struct adapter_request *request);

/* Appends `[{"path":…,"type":…,"value":…},…]`; what is there and empty has neither type nor value.
 */
void adapter_put_values(struct buf *out, const struct records *values);
/* Appends `"NAME":"TEXT"`. */
void adapter_put_member(struct buf *out, const char *name, struct bytes text);
/* Appends a whole line that tells why the request of ID failed; WHY is a word of the protocol. */
void adapter_put_error(struct buf *out, int64_t id, const char *why, struct bytes text);

#endif
