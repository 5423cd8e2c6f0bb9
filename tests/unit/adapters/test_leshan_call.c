/* SPDX-License-Identifier: Apache-2.0 */
/* Operations as calls of Leshan's REST interface. */
#include "base/std.h"

#include "adapters/leshan.h"
#include "tests/unit/unit.h"

static struct adapter_request request;
static struct leshan_call call;
static struct error error;

/* MEMBERS are those of the request besides id, deadline and endpoint. */
static enum status build(const char *members)
{
    char line[1000];
    snprintf(line, sizeof line, "{\"id\":1,\"deadline\":5999,\"endpoint\":\"urn:dev:a b\",%s}",
             members);
    error_clear(&error);
    ck_assert_int_eq(adapter_request_read(bytes_of(line), &request, &error), ST_OK);
    leshan_call_init(&call);
    return leshan_call_build(&request, &call, &error);
}

static void release(void)
{
    leshan_call_release(&call);
    adapter_request_release(&request);
}

static void expect_call(const char *members, const char *method, const char *target,
                        const char *body)
{
    ck_assert_msg(build(members) == ST_OK, "%s", error.text);
    ck_assert_str_eq(call.method, method);
    ck_assert_str_eq(buf_text(&call.target), target);
    ck_assert_str_eq(buf_text(&call.body), body);
    ck_assert_int_eq(call.content != NULL, body[0] != '\0');
    release();
}

#define AT    "/api/clients/urn:dev:a%20b"
#define VALUE "{\"id\":0,\"kind\":\"resourceInstance\",\"type\":\"STRING\",\"value\":\"v\"}"
#define TOLD  "\"values\":[{\"path\":\"/16/0/0/0\",\"type\":\"string\",\"value\":\"v\"}]"

START_TEST(addresses_each_operation)
{
    expect_call("\"do\":\"read\",\"path\":\"/16/0\"", "GET", AT "/16/0?timeout=5", "");
    expect_call("\"do\":\"read\",\"path\":\"/16/0\",\"format\":\"senml-json\"", "GET",
                AT "/16/0?timeout=5&format=SENML_JSON", "");
    expect_call("\"do\":\"write\",\"path\":\"/16/0/0/0\"," TOLD, "PUT", AT "/16/0/0/0?timeout=5",
                VALUE);
    expect_call("\"do\":\"update\",\"path\":\"/16/0/0/0\"," TOLD, "PUT",
                AT "/16/0/0/0?timeout=5&replace=false", VALUE);
    expect_call("\"do\":\"execute\",\"path\":\"/16/0/1\",\"arguments\":\"0='0'\"", "POST",
                AT "/16/0/1?timeout=5", "0='0'");
    expect_call("\"do\":\"execute\",\"path\":\"/16/0/1\"", "POST", AT "/16/0/1?timeout=5", "");
    expect_call("\"do\":\"delete\",\"path\":\"/16/1\"", "DELETE", AT "/16/1?timeout=5", "");
    expect_call("\"do\":\"discover\",\"path\":\"/16\"", "GET", AT "/16/discover?timeout=5", "");
    expect_call("\"do\":\"observe\",\"path\":\"/16/0/3\",\"format\":\"text\"", "POST",
                AT "/16/0/3/observe?timeout=5&format=TEXT", "");
    expect_call("\"do\":\"cancel\",\"path\":\"/16/0/3\"", "DELETE",
                AT "/16/0/3/observe?timeout=5&active=true", "");
    expect_call("\"do\":\"cancel\",\"path\":\"/16/0/3\",\"by\":\"reset\"", "DELETE",
                AT "/16/0/3/observe?timeout=5", "");
    expect_call("\"do\":\"attributes\",\"path\":\"/16/0/3\",\"attributes\":\"pmin=1&gt=2 \"", "PUT",
                AT "/16/0/3/attributes?pmin=1&gt=2%20", "");
}
END_TEST

START_TEST(creates_at_the_object)
{
    const char *one = "{\"kind\":\"instance\",\"id\":0,\"resources\":[{\"id\":0,\"kind\":"
                      "\"multiResource\",\"type\":\"STRING\",\"values\":{\"0\":\"v\"}}]}";
    expect_call("\"do\":\"create\",\"path\":\"/16/0\"," TOLD, "POST", AT "/16?timeout=5", one);
    expect_call(
        "\"do\":\"create\",\"path\":\"/16\",\"values\":[{\"path\":\"/16/*/0/0\",\"type\":"
        "\"string\",\"value\":\"v\"}]",
        "POST", AT "/16?timeout=5",
        "{\"kind\":\"instance\",\"resources\":[{\"id\":0,\"kind\":\"multiResource\",\"type\":"
        "\"STRING\",\"values\":{\"0\":\"v\"}}]}");
    expect_call("\"do\":\"create\",\"path\":\"/16/*\"", "POST", AT "/16?timeout=5",
                "{\"kind\":\"instance\",\"resources\":[]}");
    expect_call("\"do\":\"create\",\"path\":\"/16/3\"", "POST", AT "/16?timeout=5",
                "{\"kind\":\"instance\",\"id\":3,\"resources\":[]}");
}
END_TEST

START_TEST(names_the_paths_of_composites)
{
    const char *paths = "\"paths\":[\"/16/0/0\",\"/3\"]";
    char members[200];
    snprintf(members, sizeof members, "\"do\":\"read-composite\",%s", paths);
    expect_call(members, "GET",
                AT "/composite?timeout=5&pathformat=SENML_CBOR&nodeformat=SENML_CBOR"
                   "&paths=/3,/16/0/0",
                "");
    snprintf(members, sizeof members, "\"do\":\"observe-composite\",\"format\":\"senml-json\",%s",
             paths);
    expect_call(members, "POST",
                AT "/composite/observe?timeout=5&pathformat=SENML_JSON&nodeformat=SENML_JSON"
                   "&paths=/3,/16/0/0",
                "");
    snprintf(members, sizeof members, "\"do\":\"cancel-composite\",%s", paths);
    expect_call(members, "DELETE", AT "/composite/observe?timeout=5&active=true&paths=/3,/16/0/0",
                "");
    expect_call("\"do\":\"write-composite\"," TOLD, "PUT",
                AT "/composite?timeout=5&nodeformat=SENML_CBOR", "{\"/16/0/0/0\":" VALUE "}");
}
END_TEST

static void expect_refused(const char *members, enum status status, const char *text)
{
    ck_assert_int_eq(build(members), status);
    ck_assert_msg(strstr(error.text, text) != NULL, "%s", error.text);
    release();
}

START_TEST(refuses_what_the_interface_cannot_say)
{
    expect_refused("\"do\":\"read\",\"path\":\"/\"", ST_UNSUPPORTED, "root");
    expect_refused("\"do\":\"execute\",\"path\":\"/16/0\"", ST_UNSUPPORTED, "resources only");
    expect_refused("\"do\":\"read\",\"path\":\"/3\",\"format\":\"a&b\"", ST_UNSUPPORTED, "format");
    expect_refused("\"do\":\"read\",\"path\":\"/3\",\"format\":1543", ST_UNSUPPORTED, "format");
    expect_refused("\"do\":\"write\",\"path\":\"/3/0/14\"," TOLD, ST_INVALID, "do not fit");
    expect_refused("\"do\":\"write-composite\",\"values\":[{\"path\":\"/16/0/0\"}]", ST_INVALID,
                   "do not fit");
    ck_assert_int_eq(adapter_request_read(bytes_of("{\"id\":1,\"do\":\"read\",\"path\":\"/3\","
                                                   "\"endpoint\":\"a/b\"}"),
                                          &request, &error),
                     ST_OK);
    leshan_call_init(&call);
    ck_assert_int_eq(leshan_call_build(&request, &call, &error), ST_UNSUPPORTED);
    release();
}
END_TEST

START_TEST(waits_at_least_a_second)
{
    const char *line =
        "{\"id\":1,\"deadline\":20,\"endpoint\":\"e\",\"do\":\"read\",\"path\":\"/3\"}";
    ck_assert_int_eq(adapter_request_read(bytes_of(line), &request, &error), ST_OK);
    leshan_call_init(&call);
    ck_assert_int_eq(leshan_call_build(&request, &call, &error), ST_OK);
    ck_assert_str_eq(buf_text(&call.target), "/api/clients/e/3?timeout=1");
    release();
}
END_TEST

UNIT_MAIN("leshan_call", addresses_each_operation, creates_at_the_object,
          names_the_paths_of_composites, refuses_what_the_interface_cannot_say,
          waits_at_least_a_second)
