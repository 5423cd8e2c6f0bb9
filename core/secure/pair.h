/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a private key and what is shown with it belong together, and still can be used. */
#ifndef SECURE_PAIR_H
#define SECURE_PAIR_H

#include "base/buf.h"

enum pair_verdict {
    PAIR_FITS,
    PAIR_DIFFERS,
    PAIR_UNKNOWN /* one of the two is of a kind that the library cannot read: the link will tell */
};

/* PRIVATE_KEY is DER (PKCS #8 or SEC 1). SHOWN is a SubjectPublicKeyInfo or a certificate in DER,
 * or several certificates in PEM, of which the first counts. */
enum pair_verdict pair_check(struct bytes private_key, struct bytes shown);

/* The time of the certificate, DER or the first one in PEM, is over by the clock of the system;
 * false for what the library cannot read. */
bool certificate_is_expired(struct bytes shown);

#endif
