/* SPDX-License-Identifier: Apache-2.0 */
/* The port for results: terminal, TAP, JUnit, JSON. Each verdict goes to every sink, with the same
 * text. */
#ifndef SCENARIO_SINK_H
#define SCENARIO_SINK_H

#include "base/buf.h"
#include "base/status.h"
#include "scenario/rules.h"

enum verdict {
    VERDICT_PASS,
    VERDICT_WARN,
    VERDICT_FAIL,
    VERDICT_INCONCLUSIVE,
    VERDICT_NOT_APPLICABLE,
    VERDICT_ERROR
};
enum { VERDICTS = 6 };
const char *verdict_name(enum verdict verdict); /* "pass", "warn", "fail", "inconclusive", … */

/* One check. TEXT is empty for a pass, unless it is one by an interpretation, which it names then;
 * else the whole explanation: file:line:col, source line with
 * a caret, expected and actual on aligned lines, rule with section, last messages. */
struct check {
    const struct rule *rule; /* (borrowed) NULL: a step that could not be performed */
    enum verdict verdict;
    unsigned line;
    struct buf text; /* (owned) */
};

struct result {
    const char *file;        /* (borrowed) as given */
    const char *title;       /* (borrowed) */
    const char *profile;     /* (borrowed) */
    const char *const *tags; /* (borrowed) NULL-terminated */
    enum verdict verdict;    /* the worst of its checks */
    struct buf reason;       /* (owned) one line: why it is not a pass */
    struct check *checks;    /* (owned) */
    size_t check_count;
    int64_t started_utc; /* milliseconds since 1970 */
    int64_t duration_ms;
    uint8_t scenario_sha256[32], profile_sha256[32];
    const char *format; /* (borrowed) of operations that name none; NULL: left to both ends */
    int64_t seed;       /* what chance began with; negative: the system's chance */
    unsigned attempts;  /* how often it was played until this came; 0: by who does not count */
    bool is_flaky;      /* it passed, but not at the first attempt */
    struct buf earlier; /* (owned) what was wrong at the first attempt, if this was another one */
};

/* How scenarios are played, as far as it changes verdicts and no result tells it. */
struct run_manner {
    bool is_known;                /* false: nobody told, and the rest is nothing */
    bool is_external, is_foreign; /* the device, the server is somebody else's */
    bool strict, virtual_time, allow_writes;
    double patience; /* 0: as usual */
    unsigned retries;
    int64_t timeout_ms;                        /* 0: as usual */
    const char *security;                      /* (borrowed) file, or NULL */
    const char *device_defect, *server_defect; /* (borrowed) or NULL */
    const char *set; /* (borrowed) what was given by --set, names with a blank between, or NULL;
                        values may be secrets */
};

enum { SHARDS_MOST = 10000 };
struct run_info {
    const char *tool;            /* (borrowed) "lwm2m-portfolio 0.1.0" */
    const char *device, *server; /* (borrowed) who plays: "built-in" */
    const char *options;         /* (borrowed) interpretation options in force, one line */
    const char *defects;         /* (borrowed) that were seeded, also among OPTIONS; NULL: none */
    size_t scenario_count;
    unsigned shard, shards; /* it is part SHARD of SHARDS; 0: of no larger whole */
    const char *selection;  /* (borrowed) digest of what is played and how; or NULL */
    struct run_manner manner;
    int64_t started_utc;
};
struct run_summary {
    size_t count[VERDICTS];
    size_t flaky; /* of those */
    int64_t duration_ms;
};

struct sink;
struct sink_ops {
    void (*begin)(struct sink *sink, const struct run_info *info);
    void (*result)(struct sink *sink, const struct result *result);
    /* Finishes the report; ST_IO with a sentence when it could not be written whole. */
    enum status (*end)(struct sink *sink, const struct run_summary *summary, struct error *error);
    void (*free)(struct sink *sink);
};
struct sink {
    const struct sink_ops *ops; /* (borrowed) */
};

#endif
