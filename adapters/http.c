/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP by libcurl's multi interface. */
#include <curl/curl.h>

#include "base/std.h"

#include "adapters/http.h"

enum { BODY_MOST = 1 << 20, BASE_MOST = 1000, URL_MOST = 10000, HEADER_MOST = 200, HTTP_OK = 200 };
enum { CONNECT_MS = 5000, KEEPALIVE_S = 10 };

struct exchange {
    struct http *http;          /* (borrowed) */
    struct exchange *next;      /* (owned) */
    CURL *easy;                 /* (owned) */
    struct curl_slist *headers; /* (owned) */
    char problem[CURL_ERROR_SIZE];
    struct buf body; /* (owned) */
    void (*done)(void *arg, const struct http_answer *answer);
    void *arg; /* (borrowed) */
    bool is_stream;
    bool open;
    bool announced;
    struct http_listener listener;
};

struct http {
    CURLM *multi; /* (owned) */
    char *base;   /* (owned) without a slash at its end */
    bool is_loopback;
    struct exchange *exchanges; /* (owned) */
};

/* What URL has of PART, in OUT; false when it has none or it is too long. */
static bool part_of(CURLU *url, CURLUPart part, char *out, size_t size)
{
    char *text = NULL;
    bool has_one = curl_url_get(url, part, &text, 0) == CURLUE_OK && strlen(text) < size;
    if (has_one)
        snprintf(out, size, "%s", text);
    curl_free(text);
    return has_one;
}

/* Hosts of this machine, by any of the names that they are known to have. */
static bool is_loopback(const char *host)
{
    return curl_strequal(host, "localhost") || strcmp(host, "[::1]") == 0 ||
           (strncmp(host, "127.", 4) == 0 && strspn(host, "0123456789.") == strlen(host));
}

static bool is_address(const char *base, bool *out_is_loopback, struct error *error)
{
    static const CURLUPart strangers[] = {CURLUPART_QUERY, CURLUPART_FRAGMENT};
    char text[BASE_MOST];
    CURLU *url = curl_url();
    bool is_http = url != NULL && strlen(base) < BASE_MOST &&
                   curl_url_set(url, CURLUPART_URL, base, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK &&
                   part_of(url, CURLUPART_SCHEME, text, sizeof text) &&
                   (strcmp(text, "http") == 0 || strcmp(text, "https") == 0);
    for (size_t i = 0; i < COUNT_OF(strangers); i++)
        is_http = is_http && !part_of(url, strangers[i], text, sizeof text);
    bool has_user = is_http && (part_of(url, CURLUPART_USER, text, sizeof text) ||
                                part_of(url, CURLUPART_PASSWORD, text, sizeof text));
    is_http = is_http && part_of(url, CURLUPART_HOST, text, sizeof text);
    *out_is_loopback = is_http && is_loopback(text);
    curl_url_cleanup(url);
    if (has_user)
        error_set(error, "the address holds a user or password, which everybody sees on a command "
                         "line; put them into ~/.netrc");
    else if (!is_http)
        error_set(error, "\"%.200s\" is not an address such as http://127.0.0.1:8080", base);
    return is_http && !has_user;
}

struct http *http_new(const char *base, struct error *error)
{
    bool is_loopback;
    if (!is_address(base, &is_loopback, error))
        return NULL;
    CURLM *multi = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? curl_multi_init() : NULL;
    if (multi == NULL) {
        error_set(error, "libcurl does not start");
        return NULL;
    }
    struct http *http = xalloc(sizeof *http);
    http->multi = multi;
    http->is_loopback = is_loopback;
    http->base = xstrdup(base);
    for (size_t len = strlen(base); http->base[len - 1] == '/'; len--)
        http->base[len - 1] = '\0';
    return http;
}

static void exchange_free(struct exchange *exchange)
{
    curl_multi_remove_handle(exchange->http->multi, exchange->easy);
    curl_easy_cleanup(exchange->easy);
    curl_slist_free_all(exchange->headers);
    buf_release(&exchange->body);
    free(exchange);
}

void http_free(struct http *http)
{
    if (http == NULL)
        return;
    while (http->exchanges != NULL) {
        struct exchange *first = http->exchanges;
        const struct http_answer answer = {.result = ST_CANCELLED, .problem = "cancelled"};
        http->exchanges = first->next;
        if (!first->is_stream)
            first->done(first->arg, &answer);
        exchange_free(first);
    }
    curl_multi_cleanup(http->multi);
    curl_global_cleanup();
    free(http->base);
    free(http);
}

/* A web page is no event stream. */
static void open_stream(struct exchange *exchange)
{
    static const char stream[] = "text/event-stream";
    long status = 0;
    const char *type = NULL;
    curl_easy_getinfo(exchange->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(exchange->easy, CURLINFO_CONTENT_TYPE, &type);
    exchange->open =
        status == HTTP_OK && type != NULL && curl_strnequal(type, stream, strlen(stream));
}

/* Not out of libcurl's own callback, in which no other call may begin. */
static void announce(struct http *http)
{
    for (struct exchange *one = http->exchanges; one != NULL; one = one->next)
        if (one->open && !one->announced) {
            one->announced = true;
            one->listener.opened(one->listener.arg);
            return; /* the list may be another now; there is one stream at a time */
        }
}

/* The blank line behind the headers comes here too. */
static size_t on_header(char *data, size_t size, size_t count, void *arg)
{
    struct exchange *exchange = arg;
    size_t len = size * count;
    if (exchange->is_stream && len > 0 && (data[0] == '\r' || data[0] == '\n'))
        open_stream(exchange);
    return len;
}

static size_t on_body(char *data, size_t size, size_t count, void *arg)
{
    struct exchange *exchange = arg;
    struct bytes octets = {(const uint8_t *)data, size * count};
    if (exchange->open)
        exchange->listener.heard(exchange->listener.arg, octets);
    else
        buf_put(&exchange->body, octets);
    return exchange->body.bad ? 0 : octets.len;
}

static void set_ways(const struct http *http, CURL *easy)
{
    const char *authorities = getenv("CURL_CA_BUNDLE");
    if (http->is_loopback)
        curl_easy_setopt(easy, CURLOPT_PROXY, "");
    if (authorities != NULL && authorities[0] != '\0')
        curl_easy_setopt(easy, CURLOPT_CAINFO, authorities);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_OPTIONAL);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    /* A stream that is silent may be one whose other end has gone. */
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, (long)KEEPALIVE_S);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPINTVL, (long)KEEPALIVE_S);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
}

static struct exchange *exchange_new(struct http *http, const char *target)
{
    char url[URL_MOST];
    struct exchange *exchange = xalloc(sizeof *exchange);
    exchange->http = http;
    exchange->easy = curl_easy_init();
    buf_init_secret(&exchange->body, BODY_MOST);
    snprintf(url, sizeof url, "%s%s", http->base, target);
    curl_easy_setopt(exchange->easy, CURLOPT_URL, url);
    set_ways(http, exchange->easy);
    curl_easy_setopt(exchange->easy, CURLOPT_PRIVATE, exchange);
    curl_easy_setopt(exchange->easy, CURLOPT_ERRORBUFFER, exchange->problem);
    curl_easy_setopt(exchange->easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(exchange->easy, CURLOPT_WRITEDATA, exchange);
    curl_easy_setopt(exchange->easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(exchange->easy, CURLOPT_HEADERDATA, exchange);
    exchange->next = http->exchanges;
    http->exchanges = exchange;
    return exchange;
}

void http_call(struct http *http, const struct http_request *request,
               void (*done)(void *arg, const struct http_answer *answer), void *arg)
{
    char *target = xalloc(request->target.len + 1);
    if (request->target.len > 0)
        memcpy(target, request->target.data, request->target.len);
    struct exchange *exchange = exchange_new(http, target);
    free(target);
    exchange->done = done;
    exchange->arg = arg;
    if (request->content != NULL) {
        char header[HEADER_MOST];
        snprintf(header, sizeof header, "Content-Type: %s", request->content);
        exchange->headers = curl_slist_append(NULL, header);
        curl_easy_setopt(exchange->easy, CURLOPT_HTTPHEADER, exchange->headers);
        curl_easy_setopt(exchange->easy, CURLOPT_POSTFIELDSIZE, (long)request->body.len);
        curl_easy_setopt(exchange->easy, CURLOPT_COPYPOSTFIELDS, request->body.data);
    } else if (strcmp(request->method, "POST") == 0) {
        curl_easy_setopt(exchange->easy, CURLOPT_POSTFIELDSIZE, 0L);
        curl_easy_setopt(exchange->easy, CURLOPT_COPYPOSTFIELDS, "");
    }
    curl_easy_setopt(exchange->easy, CURLOPT_CUSTOMREQUEST, request->method);
    curl_easy_setopt(exchange->easy, CURLOPT_TIMEOUT_MS, (long)request->timeout_ms);
    curl_multi_add_handle(http->multi, exchange->easy);
}

void http_listen(struct http *http, const char *target, const struct http_listener *listener)
{
    struct exchange *exchange = exchange_new(http, target);
    exchange->is_stream = true;
    exchange->listener = *listener;
    exchange->headers = curl_slist_append(NULL, "Accept: text/event-stream"); /* Jetty wants it */
    curl_easy_setopt(exchange->easy, CURLOPT_HTTPHEADER, exchange->headers);
    curl_multi_add_handle(http->multi, exchange->easy);
}

static void unlink_exchange(struct exchange *exchange)
{
    struct exchange **at = &exchange->http->exchanges;
    while (*at != exchange)
        at = &(*at)->next;
    *at = exchange->next;
}

void http_hush(struct http *http)
{
    struct exchange *stream = http->exchanges;
    while (stream != NULL && !stream->is_stream)
        stream = stream->next;
    if (stream == NULL)
        return;
    unlink_exchange(stream);
    exchange_free(stream);
}

bool http_is_busy(const struct http *http)
{
    const struct exchange *one = http->exchanges;
    while (one != NULL && one->is_stream)
        one = one->next;
    return one != NULL;
}

static enum status result_of(CURLcode code)
{
    if (code == CURLE_OK)
        return ST_OK;
    if (code == CURLE_WRITE_ERROR)
        return ST_LIMIT;
    return code == CURLE_OPERATION_TIMEDOUT ? ST_TIMEOUT : ST_UNREACHABLE;
}

static void finish(CURL *easy, CURLcode code)
{
    char *found = NULL;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &found);
    struct exchange *exchange = (struct exchange *)(void *)found;
    struct http_answer answer = {.result = result_of(code), .body = buf_bytes(&exchange->body)};
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &answer.status);
    answer.problem = exchange->problem[0] != '\0' ? exchange->problem : curl_easy_strerror(code);
    if (answer.result == ST_LIMIT)
        answer.problem = "the answer has more than 1 MiB";
    unlink_exchange(exchange);
    if (exchange->is_stream)
        exchange->listener.ended(exchange->listener.arg, &answer);
    else
        exchange->done(exchange->arg, &answer);
    exchange_free(exchange);
}

bool http_turn(struct http *http, int fd, int most_ms)
{
    struct curl_waitfd wait = {.fd = fd, .events = CURL_WAIT_POLLIN};
    int running;
    curl_multi_poll(http->multi, &wait, fd >= 0 ? 1 : 0, most_ms, NULL);
    curl_multi_perform(http->multi, &running);
    announce(http);
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(http->multi, &left)) != NULL)
        if (message->msg == CURLMSG_DONE)
            finish(message->easy_handle, message->data.result);
    return wait.revents != 0;
}
