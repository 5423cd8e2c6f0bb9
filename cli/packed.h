/* SPDX-License-Identifier: Apache-2.0 */
/* What came of a round, as octets from one of our processes to another. */
#ifndef CLI_PACKED_H
#define CLI_PACKED_H

#include "base/status.h"
#include "scenario/sink.h"

enum { PACKED_MOST = 64 << 20 };

/* Appends RESULT and STATUS, but for its file, tags, format and seed, which the reader knows. */
void result_pack(const struct result *result, enum status status, struct buf *out);

struct packed_result {
    struct result result; /* title and profile are in TEXTS */
    enum status status;
    char *texts[2]; /* (owned) */
};
/* False when PACKED is not whole. Release OUT whatever comes back. */
MUST_USE bool result_unpack(struct bytes packed, struct packed_result *out);
void packed_result_release(struct packed_result *packed);

/* Which round is to be played: its file's place in the list, and how. */
struct packed_round {
    size_t file;
    char *format;  /* (owned) NULL: the two ends choose */
    char *profile; /* (owned) */
    int64_t seed;
};
/* Appends ROUND. */
void round_pack(const struct packed_round *round, struct buf *out);
/* False when PACKED is not whole. Release OUT whatever comes back. */
MUST_USE bool round_unpack(struct bytes packed, struct packed_round *out);
void packed_round_release(struct packed_round *round);

#endif
