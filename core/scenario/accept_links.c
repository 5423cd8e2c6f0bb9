/* SPDX-License-Identifier: Apache-2.0 */
/* What somebody else's device may leave out of the list that Discover shows. */
#include "base/std.h"

#include "base/coap.h"
#include "base/portfolio.h"
#include "scenario/accept_impl.h"

static bool is_discover(const struct deviation *deviation)
{
    return deviation->step->verb->kind == STEP_OPERATION &&
           deviation->step->operation.kind == OPERATION_DISCOVER;
}

/* --- PF-DM-9: what Discover shows --------------------------------------------------------- */

/* `</16/0/2>` of LINK, whatever attributes follow. */
static bool is_auth_data_link(struct bytes link)
{
    static const char begin[] = "</16/";
    static const char end[] = "/2>";
    size_t at = sizeof begin - 1;
    if (link.len < at || memcmp(link.data, begin, at) != 0)
        return false;
    while (at < link.len && link.data[at] >= '0' && link.data[at] <= '9')
        at++;
    return at + sizeof end - 1 <= link.len && memcmp(link.data + at, end, sizeof end - 1) == 0;
}

static void put_without_dim(struct bytes link, struct buf *out)
{
    static const char mark[] = ";dim=";
    for (size_t i = 0; i < link.len; i++) {
        size_t left = link.len - i;
        if (left >= sizeof mark - 1 && memcmp(link.data + i, mark, sizeof mark - 1) == 0)
            for (i += sizeof mark - 1; i < link.len && link.data[i] != ';';)
                i++;
        if (i < link.len)
            buf_put(out, (struct bytes){link.data + i, 1});
    }
}

/* The next of LINKS, which no attribute with a comma in it is among. */
static struct bytes next_link(struct bytes *links)
{
    while (links->len > 0 && (lex_is_blank(links->data[0]) || links->data[0] == ','))
        *links = (struct bytes){links->data + 1, links->len - 1};
    size_t len = 0;
    while (len < links->len && links->data[len] != ',')
        len++;
    const struct bytes link = {links->data, len};
    *links = (struct bytes){links->data + len, links->len - len};
    return link;
}

/* What is asked for, but for the links of AuthData and, of an object, `dim`. */
static void relax_links(const struct deviation *deviation, struct buf *out)
{
    struct bytes rest = bytes_of(deviation->step->expectation.link_text);
    bool is_object = deviation->step->path.depth == 1;
    for (struct bytes link = next_link(&rest); link.len > 0; link = next_link(&rest)) {
        if (is_auth_data_link(link))
            continue;
        buf_puts(out, out->len == 0 ? "" : ",");
        if (is_object)
            put_without_dim(link, out);
        else
            buf_put(out, link);
    }
}

bool accept_fewer_links(const struct deviation *deviation)
{
    const struct expectation *expectation = &deviation->step->expectation;
    const struct oracle *oracle = deviation->acceptance->comparer->oracle;
    struct error problem;
    struct buf links;
    if (!is_discover(deviation) || expectation->links == LINKS_NONE ||
        deviation->step->path.id[0] != PORTFOLIO || deviation->outcome->code != CODE_CONTENT)
        return false;
    error_clear(&problem);
    buf_init(&links, EXPLANATION_MOST);
    relax_links(deviation, &links);
    bool fits = !links.bad && oracle->ops->links(oracle, buf_bytes(&links),
                                                 buf_bytes(&deviation->outcome->payload),
                                                 expectation->links == LINKS_EXACT, &problem);
    buf_release(&links);
    return fits;
}

/* --- I-16: a service without one of its resources ------------------------------------------ */

static bool holds(struct bytes answer, struct bytes text)
{
    for (size_t i = 0; text.len > 0 && i + text.len <= answer.len; i++)
        if (memcmp(answer.data + i, text.data, text.len) == 0)
            return true;
    return false;
}

/* The link of AuthData or AuthStatus, which ANSWER does not have. */
static bool is_left_out(struct bytes link, struct bytes answer)
{
    char text[PATH_TEXT];
    static const char digits[] = "0123456789";
    snprintf(text, sizeof text, "%.*s", (int)link.len, (const char *)link.data);
    size_t at = strncmp(text, "</16/", 5) == 0 ? 5 + strspn(text + 5, digits) : 0;
    bool is_resource = at > 5 && (strcmp(text + at, "/2>") == 0 || strcmp(text + at, "/3>") == 0);
    return is_resource && !holds(answer, bytes_of(text));
}

bool accept_omitted_links(const struct deviation *deviation)
{
    const struct expectation *expectation = &deviation->step->expectation;
    const struct oracle *oracle = deviation->acceptance->comparer->oracle;
    struct bytes answer = buf_bytes(&deviation->outcome->payload);
    struct error problem;
    struct buf links;
    if (!deviation->acceptance->is_partial || !is_discover(deviation) ||
        expectation->links != LINKS_EXACT || deviation->step->path.id[0] != PORTFOLIO ||
        deviation->outcome->code != CODE_CONTENT)
        return false;
    error_clear(&problem);
    buf_init(&links, EXPLANATION_MOST);
    struct bytes rest = bytes_of(expectation->link_text);
    for (struct bytes link = next_link(&rest); link.len > 0; link = next_link(&rest)) {
        if (is_left_out(link, answer))
            continue;
        buf_puts(&links, links.len == 0 ? "" : ",");
        buf_put(&links, link);
    }
    bool fits = !links.bad && oracle->ops->links(oracle, buf_bytes(&links), answer, true, &problem);
    buf_release(&links);
    return fits;
}
