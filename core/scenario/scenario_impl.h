/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the scenario engine share; for core/scenario only.
 *
 * lex.c cuts a file into lines and words; parse.c and parse_step.c make the skeleton of a scenario
 * (what needs no profile); check*.c fill it with typed content for
 * one profile, reading through scan.c and value.c; run.c walks it and judges with compare.c.
 *
 * Grammar, a line a step (a backslash at the end continues a line, `#` begins a comment):
 *
 *   header   = title "TEXT" | profile NAME | covers RULE… | tags WORD… | needs WORD…
 *            | security FILE                        what the server has and knows; the place is
 *                                                   relative to the scenario
 *            | servers ID[=SCHEME]…                 that a bootstrap brings; coap when left out
 *            | formats FORMAT…                      played once in each: what a read or write has
 *                                                   without `as`
 *            | let NAME = TEXT                      title and profile must be there
 *   cleanup                                         the steps below always run
 *   rule RULE…                                      belongs to the next check
 *   step     = [must | should] [at SERVER] ACTION [=> EXPECTED] [save NAME] [within TIME] ["["
 * RULE… "]"] SERVER   = ID | bootstrap                       the first account's when left out
 *   ACTION   = read PATH [as FORMAT] | discover PATH
 *            | observe PATH [as FORMAT] [again]     again: by the token of what is observed
 *            | write PATH VALUES [as FORMAT] | update PATH VALUES [as FORMAT]
 *            | create PATH [VALUES] [as FORMAT] | delete PATH
 *            | execute PATH [ARGUMENTS | "OCTETS"] | attributes PATH QUERY
 *            | cancel PATH [as FORMAT | by reset]
 *            | read-composite PATH… [as FORMAT] | observe-composite PATH… [as FORMAT]
 *            | write-composite PATH=LITERAL {, …} [as FORMAT]
 *            | cancel-composite PATH… [as FORMAT | by reset]     the same paths, in any order
 *            | authenticate PATH identity=N [key=N] | decrypt PATH identity=N [key=N]
 *            | raw METHOD URI [format=F] [accept=F] [observe=N] [non] [at-once]
 *              [payload "TEXT" | hex:…]
 *            | raw octets from SENDER hex:…         a datagram that neither end has sent;
 *              SENDER = device | server | stranger
 *            | repeat                               the last request, same id and token
 *            | server forget | server restart | server silence
 *            | device register | device update | device deregister | device restart
 *            | device set PATH LITERAL | device show [PATH] | device send PATH…
 *            | component delay TIME | component fail next | component fail | component hang
 *            | component forge | component ok | component provision PATH
 *            | link loss N% [FROM] | link duplicate N% [FROM] | link reorder N% [FROM]
 *            | link corrupt N% [FROM] | link delay TIME [FROM] | link rebind | link ok
 *            | link drop NEXT | link duplicate NEXT | link reorder NEXT | link corrupt NEXT
 *            | wait TIME                            a TIME may be a name
 *            | wait exactly TIME                    whatever the patience
 *            | expect EVENT [within TIME]           2s when left out
 *            | expect no EVENT within TIME          without WITH or VALUE
 *   NEXT     = next [N] [request | response | ack] [FROM]
 *   FROM     = from device | from server         without: whoever sends
 *   EVENT    = register [with WITH…] | fresh register [with WITH…] | update [with WITH…]
 *            | deregister | expiry | notify PATH [VALUE | => EXPECTED]
 *            | notify composite PATH… [VALUE | => EXPECTED]
 *            | send PATH [VALUE | => EXPECTED]      the first that brings something of PATH
 *            | request METHOD PATH                  at bootstrap: request (for a bootstrap)
 *            | secured ["TEXT"]                     with a suite of which TEXT is a part;
 *                                             at SERVER: with that one
 *            | failure ["TEXT"]                     an end says a sentence of which it is one
 *   WITH     = list | no list | lt=N | no lt | b=TEXT | no b | lwm2m=TEXT | queue
 *            | no queue | LINKS
 *   EXPECTED = [CODE {"|" CODE}] [/PATH of create] [VALUE] [format FORMAT {"|" FORMAT}]
 *   CODE     = 2.05 | 4.xx | none                   none: no answer comes
 *            | reset                                of raw octets: a Reset
 *   VALUE    = ITEMS | empty | any | LINKS | same (as before repeat)
 *            | {[ID[/ID]=ITEMS {, …}]}              exactly these
 *            | has {…} [without ID[/ID]…] | without ID[/ID]…
 *            | JUDGED                               of authenticate and decrypt
 *   JUDGED   = [not] genuine ["DATA" | $SAVED] | mismatch | unknown | error
 *   ITEMS    = CHOICE {not CHOICE} | not CHOICE {not CHOICE}        all must hold
 *   CHOICE   = ITEM {"|" ITEM}
 *   ITEM     = LITERAL | LITERAL..LITERAL | any | empty | length(N) | alphanumeric | $SAVED
 *            | signature(CLAIM [, text="TEXT" | text=$SAVED]) | mismatch(CLAIM [, text=…])
 *                                             a signature that must, or must not, fit;
 *                                             with text=… of that identity, not of the
 *                                             provisioned one
 *            | ciphertext(CLAIM [, data="TEXT" | data=$SAVED])
 *   CLAIM    = identity=N, challenge=C [, key=N] [, instance=16/N]
 *   LINKS    = links(</16/0>;…) | links exactly(…)
 *   VALUES   = LITERAL | $SAVED | ID[/ID]=LITERAL {, …}     ids are relative to PATH; those of
 *                                                           a composite are whole paths
 *   LITERAL  = "text" with \" \\ \n \$ \xHH | 42 | 1.5 | true | false | hex:0a | base64:Cg==
 *            | 16:1
 *
 * `$name` stands for its text anywhere in an action or expectation: pf, key, ep, let, --set. A name
 * that `save` made can be compared with and written. A value is checked when the answer is a
 * success; a single value is the one that PATH holds, instances of an opaque resource joined in
 * ascending id. Events are kept in order: an `expect` takes the first of its kind (and path) that
 * no other took; `expect no` is broken by one that came earlier too. `expect register` is met by a
 * registration that is alive; a fresh one is later than the last `expect register`, stimulus or
 * control. Without `=>` the operation must succeed.
 */
#ifndef SCENARIO_SCENARIO_IMPL_H
#define SCENARIO_SCENARIO_IMPL_H

#include "scenario/finding_impl.h"
#include "scenario/scenario.h"

/* --- lex.c: lines, words, places ------------------------------------------------------- */
struct source {
    const char *file;          /* (borrowed) */
    struct bytes text;         /* all of it */
    unsigned first_line;       /* number of its first line */
    struct error_list *errors; /* (borrowed) */
};
/* Adds an error at the octet AT of the text (its end included; NULL: the file as a whole). */
void source_error(const struct source *source, const uint8_t *at, const char *format, ...)
    PRINTF_LIKE(3, 4);
void source_locate(const struct source *source, const uint8_t *at, unsigned *out_line,
                   unsigned *out_column);
/* The physical line that AT stands in and a line with a caret below it, both indented. */
void source_show(const struct source *source, const uint8_t *at, struct buf *out);

enum { WORDS_MOST = 256 };
struct words {
    struct bytes items[WORDS_MOST];
    size_t count;
};
/* Takes the next line, continuations included, off REST; false at the end. */
MUST_USE bool lex_line(struct bytes *rest, struct bytes *out);
/* Quotes and brackets keep a word together; false (reported) when one does not end. */
MUST_USE bool lex_words(const struct source *source, struct bytes line, struct words *out);
/* The octets from word FIRST (not 0) up to word PAST (not included), blanks between them too; when
 * there are none, the place behind the word before. */
struct bytes words_span(const struct words *words, size_t first, size_t past);
/* How many octets of TEXT a message shows: not too many, and no half characters. */
int lex_shown(struct bytes text);
bool lex_is_blank(int c);
bool lex_is_name(struct bytes text);

/* --- names.c: what `$name` stands for -------------------------------------------------- */
struct name {
    char *name;  /* (owned) */
    char *value; /* (owned) NULL: saved by a step, known in the run only */
    bool fixed;  /* given by --set: no other value replaces it */
};
struct names {
    struct name *items; /* (owned) */
    size_t count;
};
void names_release(struct names *names);
void names_set(struct names *names, struct bytes name, const char *value, bool fixed);
const struct name *names_find(const struct names *names, struct bytes name);
char *bytes_text(struct bytes bytes); /* a copy with a terminator; the caller frees it */

/* --- scan.c: reads an expanded piece of a line ----------------------------------------- */
struct scan {
    const struct source *source; /* (borrowed) */
    struct buf text;             /* with every `$name` replaced */
    size_t *from;                /* (owned) where each octet, and the end, stands in the source */
    size_t from_capacity;
    size_t at;
    bool failed; /* one error was reported; nothing more is read: callers need not look at each */
};
/* Expands PIECE, which lies in the source; unset names are reported. */
void scan_init(struct scan *scan, const struct source *source, const struct names *names,
               struct bytes piece);
void scan_release(struct scan *scan);
/* Reports at the octet AT of the expanded text, unless something was reported already. */
void scan_error(struct scan *scan, size_t at, const char *format, ...) PRINTF_LIKE(3, 4);
const uint8_t *scan_place(const struct scan *scan); /* the cursor, in the source */
int scan_peek(const struct scan *scan);             /* -1 at the end or after an error */
void scan_blanks(struct scan *scan);
/* Each of these skips blanks first. */
bool scan_more(struct scan *scan);
bool scan_symbol(struct scan *scan, const char *symbol);
bool scan_keyword(struct scan *scan, const char *word); /* followed by no letter, digit or dash */
/* Up to the next blank or one of STOPS. */
struct bytes scan_token(struct scan *scan, const char *stops);
/* Up to the last word; the cursor stands behind it. */
struct bytes scan_rest(struct scan *scan);
void scan_end(struct scan *scan, const char *usage);
/* A whole number 0..65534. */
bool scan_id(struct scan *scan, unsigned *out);
/* The saved name behind the `$` at the cursor, up to a blank or one of STOPS; the caller frees it.
 */
char *scan_saved(struct scan *scan, const char *stops);
/* What stands between the parentheses at the cursor, quotes respected. */
struct bytes scan_group(struct scan *scan);

/* --- value.c: literals ----------------------------------------------------------------- */
/* A literal of TYPE (VALUE_NONE: as it looks) at the cursor, up to a blank or one of STOPS.
 * LENIENT: one of another type is taken as it looks (the step expects an error). */
bool scan_literal(struct scan *scan, enum value_type type, bool lenient, const char *stops,
                  struct value *out);
/* Same for a token that was read already and began at START. */
bool literal_of(struct scan *scan, size_t start, struct bytes token, enum value_type type,
                struct value *out);
/* A quoted text at the cursor, appended to OUT. */
bool scan_quoted(struct scan *scan, struct buf *out);
/* `0/1` at the cursor: ids below BASE; from the root, a slash may stand before them. */
bool scan_ids(struct scan *scan, struct path base, struct path *out);

/* --- the scenario ---------------------------------------------------------------------- */
enum match_kind {
    MATCH_ANY,
    MATCH_EMPTY,
    MATCH_VALUE,
    MATCH_RANGE,
    MATCH_LENGTH,
    MATCH_ALPHANUMERIC,
    MATCH_SAVED,
    MATCH_GENUINE, /* a signature that fits, a ciphertext that opens */
    MATCH_MISMATCH /* a signature that does not fit */
};
/* One alternative of what a value may be. */
struct match {
    enum match_kind kind;
    struct value value; /* (owned) MATCH_VALUE; low end of a range; data of a ciphertext, text of a
                           signature */
    struct value high;  /* (owned) */
    size_t length;
    char *name; /* (owned) of a saved value: the value, or the data or text of a claim */
    struct oracle_claim claim;
    char *challenge; /* (owned) what CLAIM points to */
};
void match_release(struct match *match);

struct wanted {
    struct path path; /* what it says holds for the values here and below */
    bool negated;
    struct match *matches; /* (owned) one of them must fit */
    size_t count;
};

struct code_range {
    uint8_t low, high; /* CoAP codes; 0 and 0: no answer */
};
/* Stands for a Reset among response codes; no message has this code. */
enum { CODE_RESET = 0xFF };
enum links_kind { LINKS_NONE, LINKS_AMONG, LINKS_EXACT };
enum presence { PRESENCE_ANY, PRESENCE_YES, PRESENCE_NO };
enum { CODES_MOST = 8, FORMATS_MOST = 8, ABSENT_MOST = 32, WANTED_MOST = 256, MATCHES_MOST = 64 };

/* What must hold for an outcome or an event. */
struct expectation {
    struct code_range codes[CODES_MOST]; /* one of them; none: any */
    size_t code_count;
    bool has_location;
    struct path location;
    bool has_values;       /* WANTED, EXACT or ABSENT say something */
    struct wanted *wanted; /* (owned) */
    size_t wanted_count;
    bool exact; /* nothing but WANTED is there */
    struct path absent[ABSENT_MOST];
    size_t absent_count;
    enum links_kind links;
    char *link_text;           /* (owned) */
    int formats[FORMATS_MOST]; /* one of them; none: any */
    size_t format_count;
    bool same;
    bool has_judgement, judgement_negated;
    enum judgement judgement;
    bool has_data;
    struct value data; /* (owned) */
    char *data_name;   /* (owned) of a saved value that DATA is, or NULL */
    enum presence list, lifetime, binds, queue;
    char *lifetime_text;     /* (owned) */
    char *binding, *version; /* (owned) or NULL: any */
    char *text;              /* (owned) as it stands in the file, names replaced */
    const uint8_t *code_at;  /* (borrowed) places in the source */
    const uint8_t *value_at; /* (borrowed) */
};
void expectation_init(struct expectation *expectation, const uint8_t *at);
void expectation_release(struct expectation *expectation);

enum step_kind { STEP_OPERATION, STEP_CONTROL, STEP_STIMULUS, STEP_LINK, STEP_EXPECT, STEP_WAIT };
/* What a wait is for: it gives others time, and may be longer when they are slow; or it measures.
 */
enum wait_kind { WAIT_FOR_PEERS, WAIT_EXACTLY };
enum { SETTING_SERVERS_MOST = 8 };
enum { STEP_RULES_MOST = 8, STEPS_MOST = 2000, LETS_MOST = 200, SCENARIO_MOST = 1 << 20 };

/* A row of the table of actions. */
struct verb {
    const char *words; /* (borrowed) "component fail next" */
    enum step_kind kind;
    unsigned what; /* operation_kind, server_control, stimulus_kind, link_action, expect_kind or
                      wait_kind */
    unsigned flags;
    const char *usage; /* (borrowed) the whole line */
};
enum {
    VERB_ABSENT = 1,   /* expect no … */
    VERB_EXPECTS = 2,  /* may have => and save */
    VERB_WITHIN = 4,   /* may have within */
    VERB_NO_REST = 8,  /* nothing follows the verb */
    VERB_CONSOLE = 16, /* for a person only */
    VERB_NEXT = 32     /* the next ones, and not a share of all */
};

struct step {
    const struct verb *verb; /* (borrowed) */
    bool should;
    struct bytes line; /* in the source */
    struct bytes at;   /* whom it is for, as it stands there, or empty */
    struct bytes operands;
    bool has_expected;
    struct bytes expected; /* behind => */
    struct bytes save;     /* the name, or empty */
    bool has_within;
    struct bytes within_name; /* `$name` that stands for the time, or empty */
    int64_t within_ms;
    const struct rule *rules[STEP_RULES_MOST]; /* (borrowed) */
    size_t rule_count;
    /* What scenario_check made of it. */
    bool checked;
    unsigned server;            /* whose, or BOOTSTRAP_SERVER */
    struct operation operation; /* (owned) of an event: the paths that were observed as one */
    char *sends;                /* (owned) name of the saved value to write, or NULL */
    struct stimulus stimulus;   /* (owned) */
    struct impairment impairment;
    uint8_t method;                 /* expect request */
    char *text;                     /* (owned) expect secured, failure: a part of it; or NULL */
    struct path path;               /* of an operation or event */
    struct expectation expectation; /* (owned) */
};
/* Why nobody of CAST would tell of the event that STEP waits for; NULL: somebody does. */
const char *cast_blindness(const struct cast *cast, const struct step *step);
bool step_is_check(const struct step *step);
bool step_injects(const struct step *step); /* `raw octets` */
/* Octets that are no content stand for its value: raw, repeat. */
bool step_takes_whole(const struct step *step);
/* The success that a step without a code asks for. */
void expectation_imply(struct expectation *expectation, const struct step *step);
void step_uncheck(struct step *step); /* forgets what scenario_check made */

struct let {
    struct bytes name, value; /* in the source */
};
/* Reads `let NAME = TEXT`; false when something was reported. */
MUST_USE bool let_parse(const struct source *source, const struct words *words, struct let *out);

struct text_list {
    char **items; /* (owned) NULL-terminated */
    size_t count;
};

struct scenario {
    char *file; /* (owned) */
    char *text; /* (owned) */
    struct source source;
    char *title;    /* (owned) */
    char *profile;  /* (owned) it is played for */
    char *written;  /* (owned) for: its header's; NULL: that is PROFILE */
    char *security; /* (owned) or NULL */
    char *format;   /* (owned) of operations that name none, or NULL: the two ends choose */
    char *played;   /* (owned) the title with that format, or NULL */
    struct text_list tags, needs, formats;
    struct setting_server *servers; /* (owned) */
    size_t server_count;
    const uint8_t *formats_at;  /* (borrowed) */
    int64_t timeout_ms;         /* 0: it says none */
    const struct rule **covers; /* (owned) */
    size_t cover_count;
    const uint8_t *covers_at; /* (borrowed) NULL: there is no such line */
    struct let *lets;         /* (owned) */
    size_t let_count;
    struct step *steps; /* (owned) */
    size_t step_count;
    size_t cleanup_at; /* the first step of the cleanup section; STEP_COUNT when there is none */
    const struct rule **rules; /* (owned) NULL-terminated */
    size_t rule_count;
};

/* --- parse.c, parse_step.c ------------------------------------------------------------- */
/* Who says a step, when it is not a scenario. */
struct speaker {
    bool has_device;   /* at its console the word `device` may be left out */
    bool has_server;   /* both: as in a scenario */
    const char *words; /* (borrowed) what else may be said, for hints: "help, quit"; or NULL */
};
/* Reads a step; false when something was reported. SPEAKER: NULL for a scenario. */
MUST_USE bool step_parse(const struct source *source, const struct words *words,
                         const struct speaker *speaker, struct step *out);
/* Adds the rules that WORDS name from FIRST on to STEP; unknown ones are reported. */
void step_add_rules(const struct source *source, const struct words *words, size_t first,
                    struct step *step);
/* Gives a check without a rule the one that its action implies. */
void step_imply_rule(struct step *step);

/* --- check.c, check_step.c, check_link.c, check_raw.c, check_server.c, check_values.c,
 * check_expect.c
 * --------------------------------------------- */
struct checker {
    const struct source *source; /* (borrowed) */
    const struct claims *claims; /* (borrowed) NULL: nothing is claimed */
    const struct oracle *oracle; /* (borrowed) */
    struct names names;          /* (owned) */
    int format;                  /* of operations that name none; -1: the two ends choose */
    bool is_senml;               /* it is one that has lists of paths */
    struct path last;            /* target of the last request, for repeat */
    bool meets_strangers;        /* what nobody defined can be asked for, if not be written */
};
void checker_init(struct checker *checker, const struct source *source, const struct claims *claims,
                  const struct oracle *oracle);
void checker_let(struct checker *checker, const struct let *let);
/* What the readers of one step's operands share. */
struct operands {
    struct checker *checker; /* (borrowed) */
    struct step *step;       /* (borrowed) */
    struct scan scan;        /* over the operands */
    bool lenient;            /* the step expects an error: the model need not allow it */
};
/* Reads what STEP sends, up to `as` or the end. */
void read_values(struct operands *operands);
/* Fills in the time of `within $name`. */
void read_within(struct checker *checker, struct step *step);
/* The same as read_values when there must be pairs. */
void read_pairs(struct operands *operands);
/* Finds whom STEP is for; false, and reported, when that does not fit. */
bool checker_server(const struct checker *checker, struct step *step);
/* Reads all of a `raw`. */
void read_raw(struct operands *operands);
/* A step of SCENARIO wants messages that go over UDP in plain text. */
bool scenario_is_plain_only(const struct scenario *scenario);
/* A step of SCENARIO makes the path lose messages. */
bool scenario_loses(const struct scenario *scenario);
/* Reads what stands behind a `link` action. */
void read_link(struct operands *operands);
/* A method of CoAP by its name. */
void read_method(struct operands *operands, uint8_t *out);
/* Fills STEP for CHECKER's profile; errors go to the source's list. */
void checker_step(struct checker *checker, struct step *step);
/* Fills STEP->expectation from what stands behind `=>` or, for events, in SCAN. */
void checker_expected(struct checker *checker, struct step *step);
void checker_event(struct checker *checker, struct step *step, struct scan *scan);
/* The type of the resource at PATH, VALUE_NONE when nothing is known of it. */
enum value_type checker_type(const struct checker *checker, struct path path, bool *out_multiple);
const char *method_name(uint8_t method); /* of CoAP, by code */
/* A content format at the cursor, by name or number. */
void checker_format(const struct checker *checker, struct scan *scan, int *out);
/* Those that an answer may have, with '|' between them. */
void checker_formats(const struct checker *checker, struct scan *scan, struct expectation *out);
/* Appends to TEXT, the arguments of an Execute of PATH, those that the device demands (I-8). */
void checker_add_arguments(const struct checker *checker, struct path path, struct buf *text);
/* `2.05`, `4.xx`, `none` or `reset` at the beginning of TEXT; its length, 0 when it is none of
 * them.
 */
size_t code_length(struct bytes text, struct code_range *out);
/* True when every answer that the step accepts is an error. */
bool step_expects_error(const struct step *step);
/* Tells whether `needs` may name WORD at all. */
bool need_known(struct bytes word);
/* The first word of `needs` that CLAIMS does not meet, or NULL. */
const char *claims_unmet(const struct claims *claims, const struct text_list *needs);

/* --- saved.c ------------------------------------------------------------------------- */
struct saved_value {
    char *name;         /* (owned) */
    struct value value; /* (owned) NONE: there were several, or none */
    struct records set; /* (owned) what stood at PATH and below */
    struct path path;
};
struct saved {
    struct saved_value *items; /* (owned) */
    size_t count;
};
void saved_release(struct saved *saved);
/* Keeps what OUTCOME holds at PATH (as outcome_value has it) and all below it, so that it can be
 * compared with and written back as a whole. No NAME: nothing. */
void saved_keep(struct saved *saved, struct bytes name, const struct outcome *outcome,
                struct path path, bool whole);
/* A single one; NULL when there is none of that name. */
const struct value *saved_find(const struct saved *saved, const char *name);
/* Whatever was saved under NAME; borrowed until the next value is saved. */
const struct saved_value *saved_entry(const struct saved *saved, const char *name);
/* OUTCOME holds the same values in the same places, and COUNT is how many it holds there. */
bool saved_is(const struct saved_value *saved, const struct outcome *outcome, size_t count);
/* OPERATION as STEP dictates it, saved values filled in; release VALUES only. False when nothing
 * was saved under the name. */
MUST_USE bool operation_fill(const struct step *step, const struct saved *saved,
                             struct operation *out);

/* --- compare.c ------------------------------------------------------------------------- */
struct comparer {
    const struct oracle *oracle; /* (borrowed) */
    const struct saved *saved;   /* (borrowed) */
};
struct finding compare_outcome(const struct comparer *comparer, const struct step *step,
                               const struct outcome *outcome);
/* What a registration says beside its objects and its lifetime. */
struct terms {
    char *binding, *version; /* (owned) NULL: nobody knows */
    bool has_binding;        /* the last message said it */
    bool queues;
};
/* What a Register or Update brought. */
struct registration_seen {
    bool has_list;
    const char *links;    /* (borrowed) or NULL */
    const char *lifetime; /* (borrowed) or NULL */
    struct terms terms;   /* (borrowed) */
};
struct finding compare_registration(const struct comparer *comparer,
                                    const struct expectation *expectation,
                                    const struct registration_seen *seen);
bool expectation_accepts_silence(const struct expectation *expectation);
/* The value that PATH holds in OUTCOME, opaque instances joined; false when there is none or they
 * cannot be joined. WHOLE: octets that are no content stand for it (raw). */
MUST_USE bool outcome_value(const struct outcome *outcome, struct path path, bool whole,
                            struct value *out);

/* --- events.c: what the actors report, in order ---------------------------------------- */
struct heard {
    enum actor_event_kind kind;
    unsigned server;
    struct path path;
    struct records paths; /* (owned) of a composite observation */
    uint8_t method;
    bool has_list;
    char *links;            /* (owned) or NULL */
    char *lifetime;         /* (owned) or NULL */
    char *text;             /* (owned) or NULL */
    struct terms terms;     /* (owned) */
    struct outcome outcome; /* (owned) */
    bool taken;
};
enum { EVENTS_MOST = 4096, EVERY_SERVER = -1 };
/* What a server knows of the registration. */
struct registered {
    unsigned server;
    bool alive;         /* it is in force */
    bool has_expired;   /* it is not, since its lifetime passed */
    char *links;        /* (owned) the last object list, or NULL */
    char *lifetime;     /* (owned) the last lifetime, or NULL */
    struct terms terms; /* (owned) the last ones */
};
struct events {
    struct heard *items; /* (owned) */
    size_t count;
    size_t dropped;    /* heard after the queue was full */
    bool has_answered; /* some server has said something to the device */
    struct registered registrations[SERVERS_MOST];
    size_t registration_count;
};
void events_release(struct events *events);
/* The last failure that an end has told of, or NULL; borrowed until the next event comes. */
const char *events_failure(const struct events *events);
/* The first, which is told by the end that was not content; the other one is told of it then. */
const char *events_first_failure(const struct events *events);
/* Keeps a copy. */
void events_add(struct events *events, const struct actor_event *event);
/* Takes the first event that STEP waits for and none took; NULL when there is none. Borrowed until
 * the next event comes. */
const struct heard *events_take(struct events *events, const struct step *step);
/* Takes every registration that SERVER, or EVERY_SERVER, has seen so far: later ones are fresh. */
void events_skip_registrations(struct events *events, int server);
/* What SERVER knows, or NULL; borrowed until the next event comes. */
const struct registered *events_registration(const struct events *events, unsigned server);

enum { EXPLANATION_MOST = 65536 }; /* octets of a text for people */

/* --- verdict.c ------------------------------------------------------------------------- */
/* What it means that RULE does not hold. */
enum verdict verdict_of_break(const struct rule *rule, const struct run_options *options,
                              const struct claims *claims);
/* What RESULT of a check of RULE means; NULL: of a step that has none. */
enum verdict verdict_of_finding(const struct rule *rule, enum comparison result,
                                const struct run_options *options, const struct claims *claims);
enum verdict verdict_worse(enum verdict a, enum verdict b);
/* A broken rule of this strength ends a scenario. */
bool rule_stops(const struct rule *rule);

#endif
