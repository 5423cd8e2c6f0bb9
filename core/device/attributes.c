/* SPDX-License-Identifier: Apache-2.0 */
/* The attribute table of a device: reading, checking, inheriting (LwM2M TS 1.0, 5.1.2). */
#include "base/std.h"

#include "device/attributes_impl.h"

static const char *const names[ATTRIBUTE_COUNT] = {
    [ATTRIBUTE_PMIN] = "pmin",   [ATTRIBUTE_PMAX] = "pmax", [ATTRIBUTE_EPMIN] = "epmin",
    [ATTRIBUTE_EPMAX] = "epmax", [ATTRIBUTE_GT] = "gt",     [ATTRIBUTE_LT] = "lt",
    [ATTRIBUTE_ST] = "st",
};

const char *attribute_name(enum attribute attribute)
{
    return names[attribute];
}

void attributes_init(struct attributes *attributes, bool evaluates)
{
    *attributes = (struct attributes){.evaluates = evaluates};
}

void attributes_release(struct attributes *attributes)
{
    free(attributes->entries);
    attributes_init(attributes, attributes->evaluates);
}

/* --- one item of the query --------------------------------------------------------------- */

/* `pmin=10`, or a name alone. */
struct item {
    struct bytes name;
    bool has_value;
    struct bytes value;
};

static struct item split(struct bytes text)
{
    struct item item = {.name = text};
    const uint8_t *equals = text.len == 0 ? NULL : memchr(text.data, '=', text.len);
    if (equals != NULL) {
        item.name.len = (size_t)(equals - text.data);
        item.has_value = true;
        item.value = (struct bytes){equals + 1, text.len - item.name.len - 1};
    }
    return item;
}

/* Whole seconds for the periods; for the others a decimal fraction, as the grammar has it without
 * an exponent, with the minus that it forgot. */
static bool read_number(enum attribute attribute, struct bytes text, double *out)
{
    int64_t seconds = 0;
    if (attribute < ATTRIBUTE_GT) {
        if (!parse_decimal(text, &seconds) || seconds < 0 || seconds > PERIOD_MOST)
            return false;
        *out = (double)seconds;
        return true;
    }
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] == 'e' || text.data[i] == 'E')
            return false;
    return parse_number(text, out) && (attribute != ATTRIBUTE_ST || *out >= 0);
}

static bool read_value(enum attribute attribute, struct bytes text, struct attribute_set *set)
{
    if (text.len >= ATTRIBUTE_TEXT || !read_number(attribute, text, &set->number[attribute]))
        return false;
    set->has[attribute] = true;
    memcpy(set->text[attribute], text.data, text.len);
    set->text[attribute][text.len] = '\0';
    return true;
}

static bool is_possible(const struct attributes *attributes, size_t attribute, bool numeric)
{
    if (attribute == ATTRIBUTE_EPMIN || attribute == ATTRIBUTE_EPMAX)
        return attributes->evaluates;
    return attribute < ATTRIBUTE_GT || numeric;
}

/* POSSIBLE says which attributes the query may still name. */
static bool read_item(struct bytes text, bool possible[ATTRIBUTE_COUNT], struct attribute_set *set)
{
    struct item item = split(text);
    size_t attribute = 0;
    while (attribute < ATTRIBUTE_COUNT && !bytes_is(item.name, names[attribute]))
        attribute++;
    if (attribute == ATTRIBUTE_COUNT || !possible[attribute])
        return false;
    possible[attribute] = false;
    set->has[attribute] = false;
    return !item.has_value || read_value((enum attribute)attribute, item.value, set);
}

/* --- the table --------------------------------------------------------------------------- */

static struct attribute_entry *find(const struct attributes *attributes, struct path path)
{
    for (size_t i = 0; i < attributes->count; i++)
        if (path_equal(attributes->entries[i].path, path))
            return &attributes->entries[i];
    return NULL;
}

struct attribute_set attributes_attached(const struct attributes *attributes, struct path path)
{
    static const struct attribute_set nothing;
    const struct attribute_entry *entry = find(attributes, path);
    return entry == NULL ? nothing : entry->set;
}

static void overlay(struct attribute_set *under, const struct attribute_set *over)
{
    for (size_t i = 0; i < ATTRIBUTE_COUNT; i++) {
        if (!over->has[i])
            continue;
        under->has[i] = true;
        under->number[i] = over->number[i];
        memcpy(under->text[i], over->text[i], ATTRIBUTE_TEXT);
    }
}

struct attribute_set attributes_effective(const struct attributes *attributes, struct path path)
{
    struct attribute_set merged = {0};
    for (unsigned depth = 1; depth <= path.depth; depth++) {
        const struct attribute_entry *entry = find(attributes, path_cut(path, depth));
        if (entry != NULL)
            overlay(&merged, &entry->set);
    }
    return merged;
}

/* lt < gt, and lt + 2 st < gt. */
static bool agree(const struct attribute_set *set)
{
    if (!set->has[ATTRIBUTE_GT] || !set->has[ATTRIBUTE_LT])
        return true;
    double step = set->has[ATTRIBUTE_ST] ? set->number[ATTRIBUTE_ST] : 0;
    return set->number[ATTRIBUTE_LT] + 2 * step < set->number[ATTRIBUTE_GT];
}

static bool is_empty(const struct attribute_set *set)
{
    for (size_t i = 0; i < ATTRIBUTE_COUNT; i++)
        if (set->has[i])
            return false;
    return true;
}

static enum status attach(struct attributes *attributes, struct path path,
                          const struct attribute_set *set)
{
    struct attribute_entry *entry = find(attributes, path);
    if (is_empty(set)) {
        if (entry != NULL)
            *entry = attributes->entries[--attributes->count];
        return ST_OK;
    }
    if (entry == NULL && attributes->count == ATTRIBUTE_PATHS_MOST)
        return ST_LIMIT;
    if (entry == NULL) {
        size_t count = attributes->count + 1;
        attributes->entries = xgrow(attributes->entries, count, sizeof *attributes->entries);
        entry = &attributes->entries[attributes->count++];
    }
    *entry = (struct attribute_entry){path, *set};
    return ST_OK;
}

enum status attributes_write(struct attributes *attributes, struct path path, bool numeric,
                             const struct segments *query)
{
    struct attribute_set set = attributes_attached(attributes, path);
    bool possible[ATTRIBUTE_COUNT];
    for (size_t i = 0; i < ATTRIBUTE_COUNT; i++)
        possible[i] = is_possible(attributes, i, numeric);
    for (size_t i = 0; i < query->count; i++)
        if (!read_item(segments_at(query, i), possible, &set))
            return ST_INVALID;
    struct attribute_set effective = attributes_effective(attributes, path_parent(path));
    overlay(&effective, &set);
    return agree(&effective) ? attach(attributes, path, &set) : ST_INVALID;
}

/* A state has room for all texts of a device. */
void attributes_keep(const struct attributes *attributes, unsigned ssid, struct state *state)
{
    struct buf text;
    buf_init(&text, STATE_TEXT_MOST);
    for (size_t i = 0; i < attributes->count; i++) {
        const struct attribute_entry *entry = &attributes->entries[i];
        buf_clear(&text);
        for (size_t k = 0; k < ATTRIBUTE_COUNT; k++)
            if (entry->set.has[k])
                buf_printf(&text, "%s%s=%s", text.len > 0 ? "&" : "", names[k], entry->set.text[k]);
        if (text.bad || !state_add_attribute(state, ssid, entry->path, buf_bytes(&text)))
            break;
    }
    buf_release(&text);
}

void attributes_forget(struct attributes *attributes, struct path path)
{
    size_t kept = 0;
    for (size_t i = 0; i < attributes->count; i++)
        if (!path_covers(path, attributes->entries[i].path))
            attributes->entries[kept++] = attributes->entries[i];
    attributes->count = kept;
}

/* --- conditions on numbers --------------------------------------------------------------- */

static double number_of(const struct value *value)
{
    return value->type == VALUE_FLOAT ? value->number : (double)value->integer;
}

static bool crosses(const struct attribute_set *set, enum attribute attribute, double a, double b)
{
    double border = set->number[attribute];
    return set->has[attribute] && (attribute == ATTRIBUTE_GT ? (a > border) != (b > border)
                                                             : (a < border) != (b < border));
}

static bool moved(const struct attribute_set *set, double before, double now)
{
    double step = before > now ? before - now : now - before;
    return crosses(set, ATTRIBUTE_GT, before, now) || crosses(set, ATTRIBUTE_LT, before, now) ||
           (set->has[ATTRIBUTE_ST] && step >= set->number[ATTRIBUTE_ST]);
}

bool attribute_set_tells(const struct attribute_set *set, const struct records *before,
                         const struct records *now)
{
    bool conditional = set->has[ATTRIBUTE_GT] || set->has[ATTRIBUTE_LT] || set->has[ATTRIBUTE_ST];
    if (!conditional || before->count != now->count)
        return true;
    for (size_t i = 0; i < now->count; i++) {
        const struct value *value = &now->items[i].value;
        const struct record *former = records_find(before, now->items[i].path);
        if (former == NULL || former->value.type != value->type)
            return true;
        if (value->type != VALUE_NONE && moved(set, number_of(&former->value), number_of(value)))
            return true;
    }
    return false;
}
