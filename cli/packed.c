/* SPDX-License-Identifier: Apache-2.0 */
/* Rounds and their results as octets: numbers of eight octets, texts with their length before them.
 */
#include "base/std.h"

#include "cli/packed.h"

enum { NUMBER = 8, TEXT_MOST = 1 << 20, NO_TEXT = TEXT_MOST + 1 };

static void put_number(struct buf *out, int64_t number)
{
    buf_put_be(out, (uint64_t)number, NUMBER);
}

static void put_octets(struct buf *out, struct bytes octets)
{
    put_number(out, (int64_t)octets.len);
    buf_put(out, octets);
}

static void put_text(struct buf *out, const char *text)
{
    if (text == NULL)
        put_number(out, NO_TEXT);
    else
        put_octets(out, bytes_of(text));
}

static int64_t take_number(struct rd *rd)
{
    return (int64_t)rd_be(rd, NUMBER);
}

static struct bytes take_octets(struct rd *rd)
{
    return rd_take(rd, (size_t)take_number(rd));
}

static char *take_text(struct rd *rd)
{
    size_t len = (size_t)take_number(rd);
    if (len == NO_TEXT)
        return NULL;
    struct bytes octets = rd_take(rd, len);
    char *text = xalloc(octets.len + 1);
    if (octets.len > 0)
        memcpy(text, octets.data, octets.len);
    return text;
}

static void take_into(struct rd *rd, struct buf *out)
{
    buf_init(out, PACKED_MOST);
    buf_put(out, take_octets(rd));
}

static void take_digest(struct rd *rd, uint8_t digest[32])
{
    struct bytes octets = rd_take(rd, 32);
    if (octets.len == 32)
        memcpy(digest, octets.data, 32);
}

/* --- results -------------------------------------------------------------------------------- */

static void pack_check(const struct check *check, struct buf *out)
{
    put_text(out, check->rule == NULL ? NULL : check->rule->id);
    put_number(out, check->verdict);
    put_number(out, check->line);
    put_octets(out, buf_bytes(&check->text));
}

void result_pack(const struct result *result, enum status status, struct buf *out)
{
    put_number(out, status);
    put_text(out, result->title);
    put_text(out, result->profile);
    put_number(out, result->verdict);
    put_octets(out, buf_bytes(&result->reason));
    put_number(out, result->started_utc);
    put_number(out, result->duration_ms);
    buf_put(out, (struct bytes){result->scenario_sha256, 32});
    buf_put(out, (struct bytes){result->profile_sha256, 32});
    put_number(out, result->attempts);
    put_number(out, result->is_flaky);
    put_octets(out, buf_bytes(&result->earlier));
    put_number(out, (int64_t)result->check_count);
    for (size_t i = 0; i < result->check_count; i++)
        pack_check(&result->checks[i], out);
}

static void unpack_check(struct rd *rd, struct check *out)
{
    char *rule = take_text(rd);
    out->rule = rule == NULL ? NULL : rule_find(bytes_of(rule));
    free(rule);
    out->verdict = (enum verdict)take_number(rd);
    out->line = (unsigned)take_number(rd);
    take_into(rd, &out->text);
}

bool result_unpack(struct bytes packed, struct packed_result *out)
{
    struct rd rd;
    struct result *result = &out->result;
    *out = (struct packed_result){.result = {.title = NULL}};
    rd_init(&rd, packed);
    out->status = (enum status)take_number(&rd);
    result->title = out->texts[0] = take_text(&rd);
    result->profile = out->texts[1] = take_text(&rd);
    result->verdict = (enum verdict)take_number(&rd);
    take_into(&rd, &result->reason);
    result->started_utc = take_number(&rd);
    result->duration_ms = take_number(&rd);
    take_digest(&rd, result->scenario_sha256);
    take_digest(&rd, result->profile_sha256);
    result->attempts = (unsigned)take_number(&rd);
    result->is_flaky = take_number(&rd) != 0;
    take_into(&rd, &result->earlier);
    for (int64_t left = take_number(&rd); left > 0 && !rd.bad; left--) {
        result->checks = xgrow(result->checks, result->check_count + 1, sizeof *result->checks);
        unpack_check(&rd, &result->checks[result->check_count++]);
    }
    return !rd.bad && rd_left(&rd) == 0;
}

void packed_result_release(struct packed_result *packed)
{
    for (size_t i = 0; i < packed->result.check_count; i++)
        buf_release(&packed->result.checks[i].text);
    free(packed->result.checks);
    buf_release(&packed->result.reason);
    buf_release(&packed->result.earlier);
    for (size_t i = 0; i < COUNT_OF(packed->texts); i++)
        free(packed->texts[i]);
    *packed = (struct packed_result){.result = {.title = NULL}};
}

/* --- rounds --------------------------------------------------------------------------------- */

void round_pack(const struct packed_round *round, struct buf *out)
{
    put_number(out, (int64_t)round->file);
    put_text(out, round->format);
    put_text(out, round->profile);
    put_number(out, round->seed);
}

bool round_unpack(struct bytes packed, struct packed_round *out)
{
    struct rd rd;
    rd_init(&rd, packed);
    out->file = (size_t)take_number(&rd);
    out->format = take_text(&rd);
    out->profile = take_text(&rd);
    out->seed = take_number(&rd);
    return !rd.bad && rd_left(&rd) == 0;
}

void packed_round_release(struct packed_round *round)
{
    free(round->format);
    free(round->profile);
    *round = (struct packed_round){.file = 0};
}
