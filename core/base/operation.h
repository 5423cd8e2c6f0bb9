/* SPDX-License-Identifier: Apache-2.0 */
/* What a server asks of a device and what comes of it, in the standard's own terms: the vocabulary
 * that scenarios, the built-in server and the drivers of other servers share. */
#ifndef BASE_OPERATION_H
#define BASE_OPERATION_H

#include "base/provision.h"
#include "base/value.h"

enum operation_kind {
    OPERATION_READ,
    OPERATION_WRITE,  /* replace: PUT */
    OPERATION_UPDATE, /* partial update: POST */
    OPERATION_EXECUTE,
    OPERATION_CREATE,
    OPERATION_DELETE,
    OPERATION_DISCOVER,
    OPERATION_OBSERVE,
    OPERATION_CANCEL,     /* of an observation */
    OPERATION_ATTRIBUTES, /* Write-Attributes */
    OPERATION_READ_COMPOSITE,
    OPERATION_WRITE_COMPOSITE,
    OPERATION_OBSERVE_COMPOSITE,
    OPERATION_CANCEL_COMPOSITE,
    OPERATION_RAW,          /* a CoAP request as the step dictates it */
    OPERATION_REPEAT,       /* the last request again, same message id and token */
    OPERATION_AUTHENTICATE, /* the server chooses the challenge, executes, waits, fetches, judges */
    OPERATION_DECRYPT,
    OPERATION_FINISH /* Bootstrap-Finish: nothing more will come */
};
enum { OPERATION_KINDS = OPERATION_FINISH + 1 };
/* TABLE has a row for each of them, as far as its length tells. */
#define FOR_EACH_OPERATION(TABLE)                                                                  \
    static_assert(COUNT_OF(TABLE) == OPERATION_KINDS, "a row for each operation")
const char *operation_name(enum operation_kind kind); /* "read", "write", … as in scenarios */

/* On several paths at once: its path is the root. */
bool operation_is_composite(enum operation_kind kind);

struct operation {
    enum operation_kind kind;
    struct path
        path;   /* target; of authenticate and decrypt a Portfolio instance; composite: root */
    int format; /* Accept of a read (those of authenticate and decrypt too), Content-Format of
                 * a write; -1: the server's choice */
    struct records values; /* write, update, create: what to write, typed; composite: also paths to
                              read or observe, as records of VALUE_NONE */
    char *text;    /* (owned) execute: argument list; attributes: `pmin=1&pmax=10`; NULL: none */
    bool verbatim; /* execute: TEXT are the octets for the wire; else the readable form (I-13) */
    bool by_reset; /* cancel: by Reset of the next notification instead of Observe=1 */
    bool again;    /* observe: with the token of the observation that is alive, which it renews */
    int64_t limit_ms; /* how long to wait for the end; 0: the server's own */
    bool tidies;      /* part of a cleanup: goes on although the user wants to leave */
    /* raw */
    uint8_t method; /* CoAP method code */
    char *uri;      /* (owned) "/16/0/1?a=b" */
    bool confirmable;
    bool at_once;       /* goes out although the client is taken to sleep (queue mode) */
    int accept;         /* -1: none */
    int observe;        /* -1: none */
    struct buf payload; /* (owned) exact octets, Content-Format in FORMAT */
    /* authenticate, decrypt */
    uint16_t identity;
    uint16_t key_index;
};
void operation_init(struct operation *operation, enum operation_kind kind);
void operation_release(struct operation *operation);

enum judgement {
    JUDGEMENT_NONE,     /* nothing was to be judged, or it did not come so far */
    JUDGEMENT_GENUINE,  /* the signature fits; the ciphertext opens */
    JUDGEMENT_MISMATCH, /* it does not */
    JUDGEMENT_UNKNOWN   /* no key, hash or suite to judge with */
};
const char *judgement_name(enum judgement judgement);

/* What those who drive a server may never tell; that it does not come proves nothing then. */
enum { UNTOLD_VALUES = 1, UNTOLD_LINKS = 2, UNTOLD_LOCATION = 4, UNTOLD_DATA = 8 };

/* What came of an operation: data, whatever it is. */
struct outcome {
    uint8_t code;          /* CoAP response code; 0: no answer came */
    int format;            /* Content-Format of the answer, -1: none */
    struct buf payload;    /* (owned) its octets */
    struct records values; /* decoded, when DECODED */
    bool decoded;
    bool has_location;
    struct path location; /* of a Create */
    int observe;          /* Observe option of the answer, -1: none */
    bool unconfirmed;     /* notification: whoever sent it does not ask for an acknowledgement */
    bool ordered;         /* notification: it came by a stream, which keeps the order */
    bool unobserved; /* observe: the answer is a success, and yet nothing is observed from now on */
    bool is_separate; /* the answer came by itself, after the acknowledgement */
    bool misanswered; /* something came that is no answer to it, as PROBLEM says; CODE is 0 then */
    bool same;        /* repeat: the answer has the same octets as the first one */
    enum judgement judgement; /* authenticate, decrypt */
    char challenge[32];       /* likewise: that the server chose, as on the wire; else empty */
    unsigned untold;          /* UNTOLD_VALUES and so on: not left out, but never told */
    char problem[200]; /* why the answer could not be decoded, or why nothing came; else empty */
};
void outcome_init(struct outcome *outcome);
void outcome_release(struct outcome *outcome);                      /* zeroes payload and values */
void outcome_copy(const struct outcome *from, struct outcome *out); /* OUT is initialised here */

#endif
