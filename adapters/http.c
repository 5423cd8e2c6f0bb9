/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP by libcurl's multi interface. */
#include <curl/curl.h>

#include "base/std.h"

#include "adapters/http.h"

enum { BODY_MOST = 1 << 20, URL_MOST = 10000, HEADER_MOST = 200, HTTP_OK = 200 };
enum { CONNECT_MS = 5000 };

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
    CURLM *multi;               /* (owned) */
    char *base;                 /* (owned) */
    struct exchange *exchanges; /* (owned) */
};

struct http *http_new(const char *base)
{
    if ((strncmp(base, "http://", 7) != 0 && strncmp(base, "https://", 8) != 0) ||
        curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return NULL;
    struct http *http = xalloc(sizeof *http);
    http->multi = curl_multi_init();
    http->base = xstrdup(base);
    size_t len = strlen(http->base);
    if (http->base[len - 1] == '/')
        http->base[len - 1] = '\0';
    if (http->multi != NULL)
        return http;
    free(http->base);
    free(http);
    return NULL;
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

static void open_stream(struct exchange *exchange)
{
    long status = 0;
    curl_easy_getinfo(exchange->easy, CURLINFO_RESPONSE_CODE, &status);
    exchange->open = status == HTTP_OK;
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

static struct exchange *exchange_new(struct http *http, const char *target)
{
    char url[URL_MOST];
    struct exchange *exchange = xalloc(sizeof *exchange);
    exchange->http = http;
    exchange->easy = curl_easy_init();
    buf_init_secret(&exchange->body, BODY_MOST);
    snprintf(url, sizeof url, "%s%s", http->base, target);
    curl_easy_setopt(exchange->easy, CURLOPT_URL, url);
    curl_easy_setopt(exchange->easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(exchange->easy, CURLOPT_PRIVATE, exchange);
    curl_easy_setopt(exchange->easy, CURLOPT_ERRORBUFFER, exchange->problem);
    curl_easy_setopt(exchange->easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(exchange->easy, CURLOPT_WRITEDATA, exchange);
    curl_easy_setopt(exchange->easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(exchange->easy, CURLOPT_HEADERDATA, exchange);
    curl_easy_setopt(exchange->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    curl_easy_setopt(exchange->easy, CURLOPT_NOSIGNAL, 1L);
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
    curl_multi_add_handle(http->multi, exchange->easy);
}

static enum status result_of(CURLcode code)
{
    if (code == CURLE_OK)
        return ST_OK;
    if (code == CURLE_WRITE_ERROR)
        return ST_LIMIT;
    return code == CURLE_OPERATION_TIMEDOUT ? ST_TIMEOUT : ST_UNREACHABLE;
}

static void unlink_exchange(struct exchange *exchange)
{
    struct exchange **at = &exchange->http->exchanges;
    while (*at != exchange)
        at = &(*at)->next;
    *at = exchange->next;
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
    curl_multi_poll(http->multi, &wait, 1, most_ms, NULL);
    curl_multi_perform(http->multi, &running);
    announce(http);
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(http->multi, &left)) != NULL)
        if (message->msg == CURLMSG_DONE)
            finish(message->easy_handle, message->data.result);
    return wait.revents != 0;
}
