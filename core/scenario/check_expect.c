/* SPDX-License-Identifier: Apache-2.0 */
/* What stands behind `=>`, and what an event must bring: text into typed expectations. */
#include "base/std.h"

#include "scenario/scenario_impl.h"

/* What ends an item: the next alternative, the next pair, the end of the set. */
#define ITEM_STOPS ",|})"

struct reader {
    struct checker *checker;
    struct step *step;
    struct expectation *out;
    struct scan *scan;
};

/* --- codes ----------------------------------------------------------------------------- */
static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static bool read_code(struct reader *reader)
{
    struct scan *scan = reader->scan;
    struct code_range code;
    scan_blanks(scan);
    struct bytes rest = {scan->text.data + scan->at, scan->text.len - scan->at};
    size_t len = scan->failed ? 0 : code_length(rest, &code);
    bool ends =
        len > 0 && (len == rest.len || rest.data[len] == '|' || lex_is_blank(rest.data[len]));
    if (!ends)
        return false;
    if (reader->out->code_count == CODES_MOST)
        scan_error(scan, scan->at, "more than %d codes; write a class such as 4.xx", CODES_MOST);
    else
        reader->out->codes[reader->out->code_count++] = code;
    scan->at += len;
    return true;
}

/* What looks like a code is never taken for a number. */
static void refuse_code(struct scan *scan)
{
    size_t start = scan->at;
    struct bytes token = scan_token(scan, "|");
    if (token.len == 4 && is_digit(token.data[0]) && token.data[1] == '.' &&
        is_digit(token.data[2]) && is_digit(token.data[3]))
        scan_error(scan, start, "\"%.4s\" is no response code; write one such as 2.05 or 4.xx",
                   (const char *)token.data);
    scan->at = start;
}

static void read_codes(struct reader *reader)
{
    struct scan *scan = reader->scan;
    scan_blanks(scan);
    reader->out->code_at = scan_place(scan);
    if (!read_code(reader)) {
        refuse_code(scan);
        return;
    }
    while (scan_symbol(scan, "|"))
        if (!read_code(reader))
            scan_error(scan, scan->at, "here should be another code such as 4.04");
}

/* --- computed values ------------------------------------------------------------------- */
static bool read_instance(struct scan *scan, uint16_t *out)
{
    struct path path;
    scan_symbol(scan, "/");
    size_t start = scan->at;
    if (!scan_ids(scan, path_root(), &path))
        return false;
    if (path.depth != 2 || path.id[0] != 16)
        scan_error(scan, start, "here should be a Portfolio instance such as 16/1");
    *out = path.id[1];
    return !scan->failed;
}

static void read_challenge(struct scan *scan, struct match *out)
{
    int64_t decimal = 0;
    uint64_t bits = 0;
    size_t start = scan->at;
    struct bytes token = scan_token(scan, ",)");
    if (!parse_decimal(token, &decimal) && !parse_hex_integer(token, &bits))
        scan_error(scan, start, "a challenge is a whole number, or 0x and up to 16 hex digits");
    free(out->challenge);
    out->challenge = bytes_text(token);
}

static bool read_data(struct scan *scan, struct match *out)
{
    value_release(&out->value);
    free(out->name);
    out->name = NULL;
    if (scan_peek(scan) == '$')
        out->name = scan_saved(scan, ITEM_STOPS);
    else
        scan_literal(scan, VALUE_STRING, false, ",)", &out->value);
    return !scan->failed;
}

static bool read_parameter(struct scan *scan, struct match *out)
{
    unsigned id = 0;
    if (scan_symbol(scan, "identity=") && scan_id(scan, &id))
        out->claim.identity = (uint16_t)id;
    else if (scan_symbol(scan, "key=") && scan_id(scan, &id))
        out->claim.key_index = (uint16_t)id;
    else if (scan_symbol(scan, "challenge="))
        read_challenge(scan, out);
    else if (scan_symbol(scan, "instance="))
        return read_instance(scan, &out->claim.instance);
    else if (scan_symbol(scan, out->claim.service == SERVICE_ENCRYPTION ? "data=" : "text="))
        return read_data(scan, out);
    else
        return false;
    return !scan->failed;
}

static void read_claim(struct reader *reader, enum service service, enum match_kind kind,
                       struct match *out)
{
    struct scan *scan = reader->scan;
    struct path path = reader->step->path;
    *out = (struct match){.kind = kind, .claim = {.service = service, .identity = ID_NONE}};
    if (path.depth >= 2 && path.id[0] == 16)
        out->claim.instance = path.id[1];
    size_t start = scan->at;
    bool opened = scan_symbol(scan, "(");
    while (opened && read_parameter(scan, out) && scan_symbol(scan, ","))
        continue;
    if (!opened || !scan_symbol(scan, ")"))
        scan_error(scan, scan->at,
                   "write (identity=N, challenge=C [, key=N] [, instance=16/N] [, %s=\"TEXT\"])",
                   service == SERVICE_ENCRYPTION ? "data" : "text");
    if (out->challenge == NULL || out->claim.identity == ID_NONE)
        scan_error(scan, start, "the %s is missing; write (identity=N, challenge=C, key=N)",
                   out->challenge == NULL ? "challenge" : "identity");
    out->claim.challenge = bytes_of(out->challenge);
}

/* --- items ----------------------------------------------------------------------------- */
static void read_length(struct scan *scan, struct match *out)
{
    unsigned length = 0;
    bool ok = scan_symbol(scan, "(") && scan_id(scan, &length) && scan_symbol(scan, ")");
    if (!ok)
        scan_error(scan, scan->at, "write length(N) with a number of octets");
    *out = (struct match){.kind = MATCH_LENGTH, .length = length};
}

static size_t find_dots(struct bytes token)
{
    for (size_t i = 0; i + 1 < token.len; i++)
        if (token.data[i] == '.' && token.data[i + 1] == '.')
            return i;
    return token.len;
}

static void read_range(struct scan *scan, size_t start, struct bytes token, enum value_type type,
                       struct match *out)
{
    size_t dots = find_dots(token);
    struct value low = value_none();
    struct value high = value_none();
    if (type != VALUE_NONE && type != VALUE_INTEGER && type != VALUE_FLOAT && type != VALUE_TIME) {
        scan_error(scan, start, "a range is for numbers, but the value is of type %s",
                   value_type_name(type));
        return;
    }
    if (literal_of(scan, start, (struct bytes){token.data, dots}, type, &low) &&
        literal_of(scan, start + dots + 2,
                   (struct bytes){token.data + dots + 2, token.len - dots - 2}, type, &high) &&
        (low.type != high.type || value_compare(&low, &high) > 0))
        scan_error(scan, start, "this range is empty; write the lower number first");
    *out = (struct match){.kind = MATCH_RANGE, .value = low, .high = high};
}

static void read_literal(struct reader *reader, enum value_type type, struct match *out)
{
    struct scan *scan = reader->scan;
    *out = (struct match){.kind = MATCH_VALUE};
    scan_blanks(scan);
    size_t start = scan->at;
    if (scan_peek(scan) == '"') {
        scan_literal(scan, type, false, ITEM_STOPS, &out->value);
        return;
    }
    struct bytes token = scan_token(scan, ITEM_STOPS);
    if (find_dots(token) < token.len)
        read_range(scan, start, token, type, out);
    else if (!scan->failed)
        literal_of(scan, start, token, type, &out->value);
}

/* $service */
static enum service claimed_service(const struct claims *claims)
{
    bool seals = claims != NULL && claims->encryption && !claims->authentication;
    return seals ? SERVICE_ENCRYPTION : SERVICE_AUTHENTICATION;
}

static void read_item(struct reader *reader, enum value_type type, struct match *out)
{
    struct scan *scan = reader->scan;
    scan_blanks(scan);
    if (scan_peek(scan) == '$')
        *out = (struct match){.kind = MATCH_SAVED, .name = scan_saved(scan, ITEM_STOPS)};
    else if (scan_keyword(scan, "any"))
        *out = (struct match){.kind = MATCH_ANY};
    else if (scan_keyword(scan, "empty"))
        *out = (struct match){.kind = MATCH_EMPTY};
    else if (scan_keyword(scan, "alphanumeric"))
        *out = (struct match){.kind = MATCH_ALPHANUMERIC};
    else if (scan_keyword(scan, "length"))
        read_length(scan, out);
    else if (scan_keyword(scan, "signature"))
        read_claim(reader, SERVICE_AUTHENTICATION, MATCH_GENUINE, out);
    else if (scan_keyword(scan, "ciphertext"))
        read_claim(reader, SERVICE_ENCRYPTION, MATCH_GENUINE, out);
    else if (scan_keyword(scan, "genuine"))
        read_claim(reader, claimed_service(reader->checker->claims), MATCH_GENUINE, out);
    else if (scan_keyword(scan, "mismatch"))
        read_claim(reader, SERVICE_AUTHENTICATION, MATCH_MISMATCH, out);
    else
        read_literal(reader, type, out);
}

/* `[not] ITEM {| ITEM}` for what PATH holds. */
static void read_condition(struct reader *reader, struct path path)
{
    struct expectation *out = reader->out;
    bool multiple = false;
    enum value_type type = checker_type(reader->checker, path, &multiple);
    if (out->wanted_count == WANTED_MOST) {
        scan_error(reader->scan, reader->scan->at, "more than %d values in one step", WANTED_MOST);
        return;
    }
    out->wanted = xgrow(out->wanted, out->wanted_count + 1, sizeof *out->wanted);
    struct wanted *wanted = &out->wanted[out->wanted_count++];
    *wanted = (struct wanted){.path = path, .negated = scan_keyword(reader->scan, "not")};
    do {
        if (wanted->count == MATCHES_MOST) {
            scan_error(reader->scan, reader->scan->at, "more than %d alternatives", MATCHES_MOST);
            return;
        }
        wanted->matches = xgrow(wanted->matches, wanted->count + 1, sizeof *wanted->matches);
        wanted->matches[wanted->count] = (struct match){.kind = MATCH_ANY};
        read_item(reader, type, &wanted->matches[wanted->count++]);
    } while (scan_symbol(reader->scan, "|"));
    out->has_values = true;
}

static bool at_keyword(struct scan *scan, const char *word)
{
    size_t before = scan->at;
    bool is_there = scan_keyword(scan, word);
    scan->at = before;
    return is_there;
}

/* One condition, and others that begin with `not`: all of them must hold. */
static void read_items(struct reader *reader, struct path path)
{
    do
        read_condition(reader, path);
    while (at_keyword(reader->scan, "not"));
}

/* --- sets ------------------------------------------------------------------------------ */
static void read_set_pair(struct reader *reader)
{
    struct scan *scan = reader->scan;
    struct path path;
    bool multiple = false;
    scan_blanks(scan);
    size_t start = scan->at;
    if (!scan_ids(scan, reader->step->path, &path))
        return;
    if (!scan_symbol(scan, "=")) {
        scan_error(scan, scan->at, "here should be '=' and a value");
        return;
    }
    if (checker_type(reader->checker, path, &multiple) == VALUE_NONE)
        scan_error(scan, start, "this is no resource with a value; look at the ids");
    read_items(reader, path);
}

static void read_set(struct reader *reader)
{
    struct scan *scan = reader->scan;
    reader->out->has_values = true;
    if (scan_symbol(scan, "}"))
        return;
    do
        read_set_pair(reader);
    while (scan_symbol(scan, ","));
    if (!scan_symbol(scan, "}"))
        scan_error(scan, scan->at, "here should be ',' or '}'");
}

static void read_absent(struct reader *reader)
{
    struct expectation *out = reader->out;
    struct scan *scan = reader->scan;
    reader->out->has_values = true;
    do {
        scan_blanks(scan);
        if (out->absent_count == ABSENT_MOST) {
            scan_error(scan, scan->at, "more than %d ids behind 'without'", ABSENT_MOST);
            return;
        }
        if (!scan_ids(scan, reader->step->path, &out->absent[out->absent_count]))
            return;
        out->absent_count++;
    } while (scan_symbol(scan, ",") || (scan_more(scan) && is_digit(scan_peek(scan))));
}

static void read_subset(struct reader *reader, bool has)
{
    struct scan *scan = reader->scan;
    if (has && scan_symbol(scan, "{"))
        read_set(reader);
    else if (has)
        scan_error(scan, scan->at, "here should be '{'; write: has {ID=VALUE,...}");
    if (!has || scan_keyword(scan, "without"))
        read_absent(reader);
}

/* --- links ----------------------------------------------------------------------------- */
/* A text that is not in the given links itself does not parse. */
static void check_links(struct reader *reader, size_t at)
{
    const struct oracle *oracle = reader->checker->oracle;
    struct bytes text = bytes_of(reader->out->link_text);
    struct error problem;
    error_clear(&problem);
    if (!reader->scan->failed && !oracle->ops->links(oracle, text, text, false, &problem))
        scan_error(reader->scan, at, "%s; write links(</16/0>,</16/1>)", problem.text);
}

static bool read_links(struct reader *reader)
{
    struct scan *scan = reader->scan;
    struct expectation *out = reader->out;
    scan_blanks(scan);
    size_t start = scan->at;
    if (!scan_keyword(scan, "links"))
        return false;
    out->links = scan_keyword(scan, "exactly") ? LINKS_EXACT : LINKS_AMONG;
    free(out->link_text);
    out->link_text = bytes_text(scan_group(scan));
    check_links(reader, start);
    return true;
}

/* --- judgements ------------------------------------------------------------------------ */
static void read_judgement(struct reader *reader)
{
    static const struct {
        const char *word;
        enum judgement judgement;
    } words[] = {{"genuine", JUDGEMENT_GENUINE},
                 {"mismatch", JUDGEMENT_MISMATCH},
                 {"unknown", JUDGEMENT_UNKNOWN},
                 {"error", JUDGEMENT_NONE}};
    struct scan *scan = reader->scan;
    struct expectation *out = reader->out;
    out->judgement_negated = scan_keyword(scan, "not");
    for (size_t i = 0; i < COUNT_OF(words) && !out->has_judgement; i++) {
        out->has_judgement = scan_keyword(scan, words[i].word);
        out->judgement = words[i].judgement;
    }
    if (!out->has_judgement) {
        scan_error(scan, scan->at, "here should be a code, genuine, mismatch, unknown or error");
        return;
    }
    if (!scan_more(scan) || (scan_peek(scan) != '"' && scan_peek(scan) != '$'))
        return;
    if (reader->step->operation.kind != OPERATION_DECRYPT || out->judgement != JUDGEMENT_GENUINE)
        scan_error(scan, scan->at, "only 'decrypt' and 'genuine' have data behind them");
    out->has_data = true;
    if (scan_peek(scan) == '$')
        out->data_name = scan_saved(scan, "");
    else
        scan_literal(scan, VALUE_STRING, false, "", &out->data);
}

/* --- the whole ------------------------------------------------------------------------- */
static bool is_service(const struct step *step)
{
    return step->verb->kind == STEP_OPERATION && (step->operation.kind == OPERATION_AUTHENTICATE ||
                                                  step->operation.kind == OPERATION_DECRYPT);
}

static void read_location(struct reader *reader)
{
    struct scan *scan = reader->scan;
    size_t start = scan->at;
    if (reader->step->operation.kind != OPERATION_CREATE)
        scan_error(scan, start, "only 'create' brings a path");
    reader->out->has_location = path_parse(scan_token(scan, ""), &reader->out->location);
    if (!reader->out->has_location)
        scan_error(scan, start, "this is no path; write /16/1");
}

static bool can_be_single(const struct step *step)
{
    return step->path.depth >= 3 || step->operation.kind == OPERATION_RAW ||
           step->operation.kind == OPERATION_REPEAT;
}

static void read_value(struct reader *reader)
{
    struct scan *scan = reader->scan;
    struct step *step = reader->step;
    size_t start = scan->at;
    reader->out->value_at = scan_place(scan);
    if (is_service(step)) {
        read_judgement(reader);
    } else if (read_links(reader)) {
        return;
    } else if (scan_keyword(scan, "same")) {
        reader->out->same = true;
        if (step->operation.kind != OPERATION_REPEAT)
            scan_error(scan, start, "'same' is for the answer to 'repeat'");
    } else if (scan_keyword(scan, "has")) {
        read_subset(reader, true);
    } else if (scan_keyword(scan, "without")) {
        read_subset(reader, false);
    } else if (scan_symbol(scan, "{")) {
        reader->out->exact = true;
        read_set(reader);
    } else if (scan_keyword(scan, "empty")) {
        reader->out->exact = true;
        reader->out->has_values = true;
    } else if (can_be_single(step) || scan_keyword(scan, "any")) {
        scan->at = start;
        read_items(reader, step->path);
    } else {
        scan_error(scan, start,
                   "the target holds several values; write {ID=VALUE,...}, "
                   "has {...}, any or empty");
    }
}

static bool accepts_success(const struct expectation *expectation)
{
    for (size_t i = 0; i < expectation->code_count; i++)
        if (expectation->codes[i].low >= 0x40 && expectation->codes[i].low < 0x60)
            return true;
    return expectation->code_count == 0;
}

/* `CODES [/PATH] [VALUE] [format F|...]` up to the end. */
static void read_expected(struct reader *reader)
{
    struct scan *scan = reader->scan;
    struct expectation *out = reader->out;
    read_codes(reader);
    if (scan_more(scan) && scan_peek(scan) == '/')
        read_location(reader);
    size_t start = scan->at;
    if (scan_more(scan) && !at_keyword(scan, "format"))
        read_value(reader);
    if (scan_keyword(scan, "format"))
        checker_formats(reader->checker, scan, out);
    scan_end(scan, "[CODE|...] [VALUE] [format FORMAT|...]");
    if ((out->has_values || out->links != LINKS_NONE) && !accepts_success(out))
        scan_error(scan, start, "an answer that is an error has no value; leave it out");
    bool says_all = out->code_count > 0 || out->same || out->has_judgement;
    if (!says_all)
        expectation_imply(out, reader->step);
}

void checker_expected(struct checker *checker, struct step *step)
{
    struct scan scan;
    struct expectation *out = &step->expectation;
    if (!step->has_expected) {
        if (step->verb->kind == STEP_OPERATION)
            expectation_imply(out, step);
        return;
    }
    scan_init(&scan, checker->source, &checker->names, step->expected);
    struct reader reader = {checker, step, out, &scan};
    free(out->text);
    out->text = xstrdup(buf_text(&scan.text));
    read_expected(&reader);
    scan_release(&scan);
}

/* --- events ---------------------------------------------------------------------------- */
static void read_term(struct scan *scan, char **out)
{
    free(*out);
    *out = bytes_text(scan_token(scan, ""));
}

static bool read_with_item(struct reader *reader)
{
    struct scan *scan = reader->scan;
    struct expectation *out = reader->out;
    bool no = scan_keyword(scan, "no");
    if (scan_keyword(scan, "list")) {
        out->list = no ? PRESENCE_NO : PRESENCE_YES;
    } else if (scan_keyword(scan, "queue")) {
        out->queue = no ? PRESENCE_NO : PRESENCE_YES;
    } else if (!no && scan_symbol(scan, "b=")) {
        read_term(scan, &out->binding);
    } else if (no && scan_keyword(scan, "b")) {
        out->binds = PRESENCE_NO;
    } else if (!no && scan_symbol(scan, "lwm2m=")) {
        read_term(scan, &out->version);
    } else if (no && scan_keyword(scan, "lt")) {
        out->lifetime = PRESENCE_NO;
    } else if (!no && scan_symbol(scan, "lt=")) {
        out->lifetime = PRESENCE_YES;
        read_term(scan, &out->lifetime_text);
    } else {
        return !no && read_links(reader);
    }
    return true;
}

static void read_with(struct reader *reader)
{
    struct scan *scan = reader->scan;
    if (!scan_keyword(scan, "with"))
        return;
    scan_blanks(scan);
    reader->out->value_at = scan_place(scan);
    do {
        if (!read_with_item(reader))
            scan_error(scan, scan->at,
                       "here should be list, no list, lt=N, no lt, b=U, no b, lwm2m=1.1, queue, "
                       "no queue or links(</16/0>)");
    } while (scan_more(scan));
}

void checker_event(struct checker *checker, struct step *step, struct scan *scan)
{
    struct reader reader = {checker, step, &step->expectation, scan};
    enum expect_kind kind = (enum expect_kind)step->verb->what;
    step->expectation.text = xstrdup(buf_text(&scan->text));
    if (kind == EXPECT_REGISTER || kind == EXPECT_FRESH_REGISTER || kind == EXPECT_UPDATE)
        read_with(&reader);
    bool brings_values =
        kind == EXPECT_NOTIFY || kind == EXPECT_NOTIFY_COMPOSITE || kind == EXPECT_SEND;
    if (!brings_values || (step->verb->flags & VERB_ABSENT) != 0)
        return;
    expectation_imply(&step->expectation, step);
    if (scan_more(scan)) {
        if (step->has_expected)
            scan_error(scan, scan->at, "a value stands here and behind '=>'; leave one out");
        read_value(&reader);
    }
    if (step->has_expected)
        step->expectation.code_count = 0;
}
