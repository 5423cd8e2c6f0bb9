/* SPDX-License-Identifier: Apache-2.0 */
/* A scenario file: header, steps, cleanup, and the rules that its checks belong to. */
#include "base/std.h"

#include "scenario/scenario_impl.h"

struct parser {
    struct scenario *scenario;
    const struct source *source;
    struct step pending; /* holds the rules of `rule` lines for the next check */
    const uint8_t *pending_at;
    bool in_cleanup;
};

static void list_add(struct text_list *list, struct bytes text)
{
    list->items = xgrow(list->items, list->count + 2, sizeof *list->items);
    list->items[list->count++] = bytes_text(text);
    list->items[list->count] = NULL;
}

static void list_release(struct text_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i]);
    free(list->items);
}

/* The quoted text that is all of WORD; NULL (reported) when it is none. */
static char *quoted_text(const struct source *source, struct bytes word, const char *usage)
{
    struct names none = {0};
    struct scan scan;
    struct buf text;
    char *copy = NULL;
    buf_init(&text, 1000);
    scan_init(&scan, source, &none, word);
    if (scan_quoted(&scan, &text))
        copy = bytes_text(buf_bytes(&text));
    scan_end(&scan, usage);
    scan_release(&scan);
    buf_release(&text);
    return copy;
}

/* --- the header ------------------------------------------------------------------------ */
static void read_title(struct parser *parser, const struct words *words)
{
    struct scenario *scenario = parser->scenario;
    if (scenario->title != NULL)
        source_error(parser->source, words->items[0].data,
                     "this is the second title; leave one of them out");
    else if (words->count != 2)
        source_error(parser->source, words->items[0].data,
                     "the title should be one text; write: title \"TEXT\"");
    else
        scenario->title = quoted_text(parser->source, words->items[1], "title \"TEXT\"");
}

static void read_profile(struct parser *parser, const struct words *words)
{
    struct scenario *scenario = parser->scenario;
    if (scenario->profile != NULL)
        source_error(parser->source, words->items[0].data,
                     "this is the second profile; a scenario has one device");
    else if (words->count != 2)
        source_error(parser->source, words->items[0].data,
                     "the profile should be one word; write: profile NAME");
    else
        scenario->profile = bytes_text(words->items[1]);
}

static void read_security(struct parser *parser, const struct words *words)
{
    static const char usage[] = "security \"FILE\"";
    struct scenario *scenario = parser->scenario;
    if (scenario->security != NULL)
        source_error(parser->source, words->items[0].data,
                     "this is the second 'security'; leave one of them out");
    else if (words->count != 2)
        source_error(parser->source, words->items[0].data,
                     "the file of the server should be one text; write: %s", usage);
    else
        scenario->security = quoted_text(parser->source, words->items[1], usage);
}

/* `102` or `102=coaps`. */
static bool read_server(struct bytes word, struct setting_server *out)
{
    static const char *const schemes[] = {"coap", "coaps", "coap+tcp", "coaps+tcp"};
    const uint8_t *equals = memchr(word.data, '=', word.len);
    struct bytes id = {word.data, equals == NULL ? word.len : (size_t)(equals - word.data)};
    struct bytes scheme = bytes_of(schemes[0]);
    int64_t number = 0;
    if (equals != NULL)
        scheme = (struct bytes){equals + 1, word.len - id.len - 1};
    if (!parse_decimal(id, &number) || number < 1 || number > ID_MOST)
        return false;
    *out = (struct setting_server){.id = (uint16_t)number};
    for (size_t i = 0; i < COUNT_OF(schemes); i++)
        if (bytes_is(scheme, schemes[i]))
            out->scheme = schemes[i];
    return out->scheme != NULL;
}

static void read_servers(struct parser *parser, const struct words *words)
{
    struct scenario *scenario = parser->scenario;
    for (size_t i = 1; i < words->count; i++) {
        struct bytes word = words->items[i];
        struct setting_server server;
        if (!read_server(word, &server)) {
            source_error(parser->source, word.data,
                         "\"%.*s\" is no server; write a short server id such as 101, and perhaps "
                         "how it is reached: 101=coaps",
                         lex_shown(word), (const char *)word.data);
        } else if (scenario->server_count == SETTING_SERVERS_MOST) {
            source_error(parser->source, word.data, "more than %d servers", SETTING_SERVERS_MOST);
        } else {
            scenario->servers =
                xgrow(scenario->servers, scenario->server_count + 1, sizeof *scenario->servers);
            scenario->servers[scenario->server_count++] = server;
        }
    }
}

static void read_timeout(struct parser *parser, const struct words *words)
{
    struct scenario *scenario = parser->scenario;
    if (scenario->timeout_ms != 0)
        source_error(parser->source, words->items[0].data,
                     "this is the second 'timeout'; leave one of them out");
    else if (words->count != 2 || !parse_duration(words->items[1], &scenario->timeout_ms) ||
             scenario->timeout_ms <= 0)
        source_error(parser->source, words->items[0].data,
                     "a time limit is a number with a unit; write: timeout 90s");
}

static void read_list(const struct words *words, struct text_list *out)
{
    for (size_t i = 1; i < words->count; i++)
        list_add(out, words->items[i]);
}

static void read_tags(struct parser *parser, const struct words *words)
{
    read_list(words, &parser->scenario->tags);
}

static void read_needs(struct parser *parser, const struct words *words)
{
    read_list(words, &parser->scenario->needs);
    for (size_t i = 1; i < words->count; i++)
        if (!need_known(words->items[i]))
            source_error(parser->source, words->items[i].data,
                         "need \"%.*s\" is not known; see lwm2m-portfolio-scenario(5)",
                         lex_shown(words->items[i]), (const char *)words->items[i].data);
}

static void read_formats(struct parser *parser, const struct words *words)
{
    parser->scenario->formats_at = words->items[0].data;
    read_list(words, &parser->scenario->formats);
}

static void read_covers(struct parser *parser, const struct words *words)
{
    struct scenario *scenario = parser->scenario;
    scenario->covers_at = words->items[0].data;
    for (size_t i = 1; i < words->count; i++) {
        struct bytes id = words->items[i];
        const struct rule *rule = rule_find(id);
        if (rule == NULL) {
            source_error(parser->source, id.data, "rule \"%.*s\" is not known; see 'list rules'",
                         lex_shown(id), (const char *)id.data);
            continue;
        }
        for (size_t k = 0; k < scenario->cover_count; k++)
            if (scenario->covers[k] == rule)
                source_error(parser->source, id.data, "rule \"%s\" is named twice; leave one out",
                             rule->id);
        scenario->covers =
            xgrow(scenario->covers, scenario->cover_count + 1, sizeof(const struct rule *));
        scenario->covers[scenario->cover_count++] = rule;
    }
}

static void read_let(struct parser *parser, const struct words *words)
{
    struct scenario *scenario = parser->scenario;
    struct let let;
    if (!let_parse(parser->source, words, &let))
        return;
    if (scenario->let_count == LETS_MOST) {
        source_error(parser->source, words->items[0].data, "more than %d names; split the scenario",
                     LETS_MOST);
        return;
    }
    scenario->lets = xgrow(scenario->lets, scenario->let_count + 1, sizeof *scenario->lets);
    scenario->lets[scenario->let_count++] = let;
}

bool let_parse(const struct source *source, const struct words *words, struct let *out)
{
    if (words->count < 4 || !bytes_is(words->items[2], "=") || !lex_is_name(words->items[1])) {
        source_error(source, words->items[0].data,
                     "a name and its text are wanted; write: let NAME = TEXT");
        return false;
    }
    *out = (struct let){words->items[1], words_span(words, 3, words->count)};
    return true;
}

static const struct directive {
    const char *word;
    void (*read)(struct parser *parser, const struct words *words);
    bool is_list;
} directives[] = {
    {"title", read_title, false},       {"profile", read_profile, false},
    {"covers", read_covers, true},      {"tags", read_tags, true},
    {"needs", read_needs, true},        {"formats", read_formats, true},
    {"security", read_security, false}, {"servers", read_servers, true},
    {"let", read_let, false},           {"timeout", read_timeout, false},
};

static const struct directive *find_directive(struct bytes word)
{
    for (size_t i = 0; i < COUNT_OF(directives); i++)
        if (bytes_is(word, directives[i].word))
            return &directives[i];
    return NULL;
}

static void read_directive(struct parser *parser, const struct directive *directive,
                           const struct words *words)
{
    if (parser->scenario->step_count > 0 || parser->in_cleanup)
        source_error(parser->source, words->items[0].data,
                     "'%s' belongs to the header; move it above the first step", directive->word);
    else if (directive->is_list && words->count < 2)
        source_error(parser->source, words->items[0].data,
                     "nothing stands behind '%s'; name something or leave the line out",
                     directive->word);
    else
        directive->read(parser, words);
}

/* --- steps ----------------------------------------------------------------------------- */
static void read_rules(struct parser *parser, const struct words *words)
{
    if (words->count < 2)
        source_error(parser->source, words->items[0].data,
                     "nothing stands behind 'rule'; write: rule ID");
    parser->pending_at = words->items[0].data;
    step_add_rules(parser->source, words, 1, &parser->pending);
}

static void adopt_pending(struct parser *parser, struct step *step)
{
    if (!step_is_check(step))
        return;
    for (size_t i = 0; i < parser->pending.rule_count; i++) {
        if (step->rule_count < STEP_RULES_MOST)
            step->rules[step->rule_count++] = parser->pending.rules[i];
    }
    parser->pending.rule_count = 0;
    parser->pending_at = NULL;
    step_imply_rule(step);
}

static void read_step(struct parser *parser, const struct words *words)
{
    struct scenario *scenario = parser->scenario;
    struct step step = {0};
    if (scenario->step_count == STEPS_MOST) {
        source_error(parser->source, words->items[0].data, "more than %d steps; split the scenario",
                     STEPS_MOST);
        return;
    }
    if (!step_parse(parser->source, words, NULL, &step)) {
        parser->pending.rule_count = 0;
        parser->pending_at = NULL;
        return;
    }
    if ((step.verb->flags & VERB_CONSOLE) != 0)
        source_error(parser->source, step.line.data,
                     "'%s' is for a person at the console; a scenario can use 'read'",
                     step.verb->words);
    adopt_pending(parser, &step);
    scenario->steps = xgrow(scenario->steps, scenario->step_count + 1, sizeof *scenario->steps);
    scenario->steps[scenario->step_count++] = step;
}

static void begin_cleanup(struct parser *parser, const struct words *words)
{
    if (words->count > 1)
        source_error(parser->source, words->items[1].data,
                     "'cleanup' stands alone; write the step on the next line");
    else if (parser->in_cleanup)
        source_error(parser->source, words->items[0].data,
                     "this is the second 'cleanup'; leave one of them out");
    if (!parser->in_cleanup)
        parser->scenario->cleanup_at = parser->scenario->step_count;
    parser->in_cleanup = true;
}

static void report_pending(const struct parser *parser)
{
    if (parser->pending_at != NULL)
        source_error(parser->source, parser->pending_at,
                     "no check follows this rule; move it above the check that it belongs to");
}

static void read_line(struct parser *parser, struct bytes line)
{
    struct words words;
    if (!lex_words(parser->source, line, &words) || words.count == 0)
        return;
    const struct directive *directive = find_directive(words.items[0]);
    if (directive != NULL)
        read_directive(parser, directive, &words);
    else if (bytes_is(words.items[0], "rule"))
        read_rules(parser, &words);
    else if (bytes_is(words.items[0], "cleanup"))
        begin_cleanup(parser, &words);
    else
        read_step(parser, &words);
}

/* --- the rules ------------------------------------------------------------------------- */
static bool has_rule(const struct rule *const *rules, size_t count, const struct rule *rule)
{
    for (size_t i = 0; i < count; i++)
        if (rules[i] == rule)
            return true;
    return false;
}

static void collect_rules(struct scenario *scenario)
{
    scenario->rules = xarray(1, sizeof(const struct rule *));
    for (size_t i = 0; i < scenario->step_count; i++) {
        const struct step *step = &scenario->steps[i];
        for (size_t k = 0; k < step->rule_count; k++) {
            if (has_rule(scenario->rules, scenario->rule_count, step->rules[k]))
                continue;
            scenario->rules =
                xgrow(scenario->rules, scenario->rule_count + 2, sizeof(const struct rule *));
            scenario->rules[scenario->rule_count++] = step->rules[k];
            scenario->rules[scenario->rule_count] = NULL;
        }
    }
}

static bool is_portfolio_rule(const struct rule *rule)
{
    return strncmp(rule->id, "PF-", 3) == 0;
}

/* `covers` is what the coverage matrix is believed for, so it has to be true both ways. */
static void check_covers(const struct scenario *scenario)
{
    const struct source *source = &scenario->source;
    const uint8_t *at = scenario->covers_at;
    for (size_t i = 0; i < scenario->cover_count; i++)
        if (!has_rule(scenario->rules, scenario->rule_count, scenario->covers[i]))
            source_error(source, at,
                         "'covers' names \"%s\", but no check belongs to it; leave it "
                         "out or add a check",
                         scenario->covers[i]->id);
    for (size_t i = 0; i < scenario->rule_count; i++) {
        const struct rule *rule = scenario->rules[i];
        if (is_portfolio_rule(rule) && !has_rule(scenario->covers, scenario->cover_count, rule))
            source_error(source, at != NULL ? at : source->text.data,
                         "a check belongs to \"%s\", but 'covers' does not name it; add it",
                         rule->id);
    }
}

static void check_header(const struct scenario *scenario)
{
    const struct source *source = &scenario->source;
    if (scenario->title == NULL)
        source_error(source, source->text.data, "the scenario has no title; add: title \"TEXT\"");
    if (scenario->profile == NULL)
        source_error(source, source->text.data, "the scenario has no profile; add: profile NAME");
    if (scenario->step_count == 0)
        source_error(source, source->text.data, "the scenario has no step; add one");
}

/* --- the whole ------------------------------------------------------------------------- */
static bool is_text(const struct source *source)
{
    if (source->text.len > SCENARIO_MOST) {
        source_error(source, NULL, "the file has more than %d octets; split it", SCENARIO_MOST);
        return false;
    }
    const uint8_t *nul = memchr(source->text.data, '\0', source->text.len);
    if (nul != NULL || !utf8_valid(source->text)) {
        source_error(source, nul, "the file is not UTF-8 text; convert it");
        return false;
    }
    return true;
}

static void read_file(struct scenario *scenario)
{
    struct parser parser = {.scenario = scenario, .source = &scenario->source};
    size_t before = parser.source->errors->errors;
    struct bytes rest = scenario->source.text;
    struct bytes line;
    while (lex_line(&rest, &line))
        read_line(&parser, line);
    report_pending(&parser);
    if (!parser.in_cleanup)
        scenario->cleanup_at = scenario->step_count;
    collect_rules(scenario);
    if (parser.source->errors->errors > before)
        return; /* what was not understood may be what is missing */
    check_header(scenario);
    check_covers(scenario);
}

struct scenario *scenario_read(struct bytes text, const char *file, struct error_list *errors)
{
    struct scenario *scenario = xalloc(sizeof *scenario);
    scenario->file = xstrdup(file);
    scenario->text = bytes_text(text);
    scenario->tags.items = xarray(1, sizeof *scenario->tags.items);
    scenario->formats.items = xarray(1, sizeof *scenario->formats.items);
    scenario->source = (struct source){.file = scenario->file,
                                       .text = {(const uint8_t *)scenario->text, text.len},
                                       .first_line = 1,
                                       .errors = errors};
    if (is_text(&scenario->source))
        read_file(scenario);
    scenario->source.errors = NULL;
    if (scenario->profile != NULL)
        return scenario;
    scenario_free(scenario);
    return NULL;
}

struct scenario *scenario_parse(struct bytes text, const char *file, struct error_list *errors)
{
    size_t before = errors->errors;
    struct scenario *scenario = scenario_read(text, file, errors);
    if (errors->errors == before)
        return scenario;
    scenario_free(scenario);
    return NULL;
}

void scenario_free(struct scenario *scenario)
{
    if (scenario == NULL)
        return;
    for (size_t i = 0; i < scenario->step_count; i++)
        step_uncheck(&scenario->steps[i]);
    list_release(&scenario->tags);
    list_release(&scenario->needs);
    list_release(&scenario->formats);
    free(scenario->steps);
    free(scenario->lets);
    free(scenario->covers);
    free(scenario->rules);
    free(scenario->title);
    free(scenario->format);
    free(scenario->played);
    free(scenario->profile);
    free(scenario->written);
    free(scenario->security);
    free(scenario->servers);
    free(scenario->text);
    free(scenario->file);
    free(scenario);
}

void step_uncheck(struct step *step)
{
    if (!step->checked)
        return;
    operation_release(&step->operation);
    free(step->sends);
    free(step->text);
    step->sends = NULL;
    step->text = NULL;
    value_release(&step->stimulus.value);
    value_release(&step->impairment.octets);
    records_release(&step->stimulus.paths);
    expectation_release(&step->expectation);
    step->checked = false;
}

const char *scenario_title(const struct scenario *scenario)
{
    return scenario->title;
}

const char *scenario_profile(const struct scenario *scenario)
{
    return scenario->profile;
}

const char *scenario_own_profile(const struct scenario *scenario)
{
    return scenario->written != NULL ? scenario->written : scenario->profile;
}

void scenario_set_profile(struct scenario *scenario, const char *profile)
{
    char *copy = xstrdup(profile);
    if (scenario->written == NULL)
        scenario->written = scenario->profile;
    else
        free(scenario->profile);
    scenario->profile = copy;
}

const char *scenario_security(const struct scenario *scenario)
{
    return scenario->security;
}

void scenario_set_security(struct scenario *scenario, const char *path)
{
    free(scenario->security);
    scenario->security = xstrdup(path);
}

struct setting scenario_setting(const struct scenario *scenario)
{
    bool has_link = false;
    for (size_t i = 0; i < scenario->step_count && !has_link; i++)
        has_link = scenario->steps[i].verb->kind == STEP_LINK;
    return (struct setting){.profile = scenario->profile,
                            .security = scenario->security,
                            .servers = scenario->servers,
                            .server_count = scenario->server_count,
                            .has_link = has_link};
}

const char *const *scenario_formats(const struct scenario *scenario)
{
    return (const char *const *)scenario->formats.items;
}

void scenario_set_format(struct scenario *scenario, const char *format)
{
    free(scenario->format);
    free(scenario->played);
    scenario->format = xstrdup(format);
    scenario->played = NULL;
    if (format == NULL)
        return;
    struct buf title;
    buf_init(&title, SCENARIO_MOST);
    buf_printf(&title, "%s (%s)", scenario->title, format);
    scenario->played = xstrdup(buf_text(&title));
    buf_release(&title);
}

const char *const *scenario_tags(const struct scenario *scenario)
{
    return (const char *const *)scenario->tags.items;
}

const struct rule *const *scenario_rules(const struct scenario *scenario)
{
    return scenario->rules;
}
