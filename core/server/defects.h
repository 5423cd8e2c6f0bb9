/* SPDX-License-Identifier: Apache-2.0 */
/* The seeded defects of a server. Each is a row, and works from outside: around the endpoint (what
 * is asked and understood), in place of what the server decides (service_ops.h). The server itself
 * knows nothing of it. */
#ifndef SERVER_DEFECTS_H
#define SERVER_DEFECTS_H

#include "base/defect.h"
#include "server/server.h"

struct server_defect;                                       /* a row; opaque */
const struct server_defect *server_defect_at(size_t index); /* NULL past the end */
const struct server_defect *server_defect_named(struct bytes name);
const struct defect *server_defect_info(const struct server_defect *defect);

struct seeded_server; /* a defect at work in one server */
/* CATALOGUE tells the types of contents; all borrowed. */
struct seeded_server *seeded_server_new(const struct server_defect *defect,
                                        const struct catalogue *catalogue, struct clock *clock);
void seeded_server_free(struct seeded_server *seeded); /* after the server; NULL is legal */

/* Stands in for ENDPOINT, and owns it; NULL stays NULL. Again after a restart. */
struct endpoint *seeded_server_endpoint(struct seeded_server *seeded, struct endpoint *endpoint);
/* For server_config. */
const struct service_ops *seeded_server_service(const struct seeded_server *seeded);

#endif
