/* SPDX-License-Identifier: Apache-2.0 */
/* What each observation of a peer was asked for: a notification has a token only, its later blocks
 * are asked for by path, query and Accept, and none may be larger than the request said (RFC 7959
 * 2.6). */
#ifndef NET_OBSERVERS_H
#define NET_OBSERVERS_H

#include "net/packet.h"

enum { OBSERVERS_MOST = 256 }; /* of one peer; the oldest gives way */

/* Embedded in a peer; zero-initialised means empty. */
struct observers {
    struct observer *first; /* (owned) the oldest */
    size_t count;
};

void observers_release(struct observers *observers);
/* REQUEST was answered: with ACCEPTED and Observe 0 its token observes from now on, in blocks of at
 * most SZX, with Observe 1 no longer. */
void observers_note(struct observers *observers, const struct message *request, unsigned szx,
                    bool accepted);
/* Whether the token of NOTIFICATION observes. */
bool observers_have(const struct observers *observers, const struct message *notification);
/* Gives NOTIFICATION the path, query and Accept of the request with its token, if there is one, and
 * returns the largest block that it allows. */
unsigned observers_complete(const struct observers *observers, struct message *notification);

#endif
