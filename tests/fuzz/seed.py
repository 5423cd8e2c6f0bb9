#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the first inputs of the codec corpora: octets by hand, from the standards' own examples
and from their rules. Run it in tests/fuzz after a change; what a fuzzer finds is added beside it."""
import os

# LwM2M 1.0 TS, examples of section 6.4.3; ETS case 1630.
DEVICE = ("C80014" + b"Open Mobile Alliance".hex() + "C80116" + b"Lightweight M2M Client".hex()
          + "C80209" + b"345000123".hex() + "C303" + b"1.0".hex() + "8606410001410105"
          "88070842000ED842011388" "870841007D42010384" "C10964" "C10A0F" "830B410000"
          "C40D5182428F" "C60E" + b"+02:00".hex() + "C11055")
ACCESS = "08000EC10001C101008302417F07C1037F080212C10003C1010087" "02417F0761013601C1037F"
PORTFOLIO = "08012E88002B480011" + b"Host Device ID #2".hex() + "480114" + b"Host Device Model #2".hex()

# depth of the base, its resource, content. The type of a resource is its id & 7 (string 1, integer 2,
# float 3, boolean 4, opaque 5, time 6, link 7), & 8 means multiple, from 64 on it is unknown.
TLV = {
    "device": (2, 0, DEVICE), "device_object": (1, 0, "080079" + DEVICE), "access": (1, 0, ACCESS),
    "portfolio": (1, 0, PORTFOLIO), "empty_object": (1, 0, ""), "empty_instance": (1, 0, "0003"),
    "create_unnamed": (1, 0, "C10141"), "all_single": (2, 0, "C10141C20201F4C4033F800000C10401"
    "C30500FF01C40600015180C40700100001"), "double": (2, 0, "C803083FF8000000000000"),
    "nan": (2, 0, "C4037FC00000"), "integer8": (2, 0, "C802088000000000000000"),
    "multiple": (2, 0, "870942000D42010061"), "links": (2, 0, "8C0F0C" "4400001000004401FFFFFFFF"),
    "no_instances": (2, 0, "8009"), "wide_ids": (2, 0, "E1012C41A30140610001FF"),
    "len8": (2, 0, "C8010141"), "len16": (2, 0, "D001000141"),
    "len24": (2, 0, "D80100000141"), "bare_instances": (3, 9, "410041410142"),
    "wrapped_instance": (4, 9, "8309410142"), "bare_instance": (4, 9, "410142"),
    "empty_multiple": (3, 9, ""), "unknown": (2, 0, "C24101028342410303"),
    "cut": (2, 0, "C8010541"), "reserved_id": (2, 0, "E1FFFF41"), "twice": (2, 0, "C10141C10142"),
    "wrong_level": (2, 0, "410041"), "other_resource": (3, 1, "C10241"),
}
TEXT = {
    "string": (1, "Grüße"), "integer": (2, "-9223372036854775808"), "float": (3, "-0.125"),
    "float_exponent": (3, "1.5e300"), "boolean": (4, "1"), "opaque": (5, "Zm9vYg=="), "time": (6, "86400"),
    "link": (7, "16:1"), "null_link": (7, "65535:65535"), "instance": (9, "HOST4711"), "unknown": (0, "?"),
    "octets": (0x15, "\0\x01"), "not_opaque": (0x11, "x"), "empty": (1, ""), "bad_base64": (5, "Zm9vYg"),
    "link_no_colon": (7, "16"), "link_no_instance": (7, "16:"), "float_smallest": (3, "5e-324"),
}
# Type and depth as in TEXT; the examples of RFC 8949 appendix A and what the decoder treats apart.
CBOR = {
    "string": (1, "6449455446"), "pieces": (1, "7f657374726561646d696e67ff"), "integer": (2, "3903e7"),
    "longest": (2, "3b7fffffffffffffff"), "too_long": (2, "1bffffffffffffffff"), "whole_float": (2, "fa47c35000"),
    "half": (3, "f93e00"), "double": (3, "fb3ff199999999999a"), "nan": (3, "f97e00"), "decimal": (3, "c48221196ab3"),
    "boolean": (4, "f5"), "octets": (5, "5f42010243030405ff"), "seconds": (6, "c11a514b67b0"),
    "date": (6, "c074323031332d30332d32315432303a30343a30305a"), "link": (7, "6431363a31"), "instance": (10, "1864"),
    "unknown": (0, "f5"), "array": (1, "9f018202039f0405ffff"), "map": (1, "bf61610161629f0203ffff"),
    "bignum": (2, "c249010000000000000000"), "tag": (2, "d9d9f700"), "cut": (1, "6461"), "trailing": (2, "0000"),
    "not_utf8": (1, "62c328"), "most": (2, "9bffffffffffffffff"), "undefined": (1, "f7"), "break": (1, "ff"),
}
# Format, depth of the base, its resource, content; types as in TLV.
JSON, CBOR_RECORDS, JSON_1_0 = 0, 1, 2
RECORDS_JSON = ('[{"bn":"/100/0/","bt":1.27e9,"n":"1","vs":"a\\u00fc"},{"n":"2","v":-9007199254740993},{"n":"3","v":1.1,"t":-5},'
                '{"n":"4","vb":true},{"n":"5","vd":"-_-_AQ"},{"n":"6","v":1363896240},{"n":"7","vlo":"16:1"}]')
SENML = {
    "json": (JSON, 2, 0, RECORDS_JSON.encode()), "json_object": (JSON, 1, 0, RECORDS_JSON.encode()),
    "json_root": (JSON, 0, 0, b'[{"n":"/100/0/2","v":5.0},{"bn":"/16/0/0/","n":"1","vs":"bb"},{"bn":"","n":"/3/0/9","v":1}]'),
    "json_value": (JSON, 3, 3, b'[{"bn":"/100/0/3","v":1.5e-300}]'), "json_empty": (JSON, 3, 9, b"[]"),
    "json_instances": (JSON, 3, 9, b'[{"bn":"/100/0/9/","n":"0","vs":"a"},{"n":"1","vs":""}]'),
    "json_unknown": (JSON, 2, 0, b'[{"n":"/100/0/99","v":5.0,"x":{"y":[1,{}]},"u":"A","ut":1,"bver":5}]'),
    "json_must": (JSON, 2, 0, b'[{"n":"/100/0/2","v":5,"x_":1}]'), "json_sum": (JSON, 2, 0, b'[{"n":"/100/0/2","s":5}]'),
    "json_twice": (JSON, 2, 0, b'[{"n":"/100/0/2","v":5},{"n":"/100/0/2","v":5}]'),
    "json_paths": (JSON, 0, 0, b'[{"n":"/3/0/0"},{"bn":"/1/0/","n":"1"},{"bn":"","n":"/"}]'),
    "cbor": (CBOR_RECORDS, 2, 0, bytes.fromhex(
        "87a321672f3130302f302f006131036161a2006132023b0020000000000000a200613302fb3ff199999999999aa200613404f5"
        "a2006135084300ff3ea2006136021a514b67b0a200613763766c6f6431363a31")),
    "cbor_endless": (CBOR_RECORDS, 2, 0, bytes.fromhex("9fbf217f642f313030632f302fff0061320207ffff")),
    "cbor_decimal": (CBOR_RECORDS, 3, 3, bytes.fromhex("81a200682f3130302f302f3302c48221196ab3")),
    "cbor_unknown": (CBOR_RECORDS, 2, 0, bytes.fromhex("81a621672f3130302f302f006132020161788201a10281031864f66179a1617a4131")),
    "cbor_paths": (CBOR_RECORDS, 0, 0, bytes.fromhex("84a100662f332f302f30a100662f312f302f31a100632f3136a100612f")),
    "cbor_empty": (CBOR_RECORDS, 1, 0, b"\x80"), "cbor_tag": (CBOR_RECORDS, 2, 0, bytes.fromhex("81a200682f3130302f302f3602c105")),
    "1_0": (JSON_1_0, 2, 0, b'{"e":[{"n":"1","sv":"a"},{"n":"5","sv":"+/+/AQ=="},{"n":"4","bv":false},{"n":"7","ov":"1:2"},'
            b'{"n":"9/0","sv":""}],"bn":"/100/0/","bt":5}'),
    "1_0_relative": (JSON_1_0, 3, 2, b'{"e":[{"v":61}]}'), "1_0_empty": (JSON_1_0, 2, 0, b'{"bn":"/100/0/","e":[]}'),
    "1_0_twice": (JSON_1_0, 2, 0, b'{"e":[],"e":[]}'),
}
ARGUMENTS = {
    "empty": "", "strict": "0='0',1='3',2='36983160',3='0'", "printed": "0=SRV_AUTHENT, 1=3,2=0x2345178,3=0",
    "no_value": "0,1=''", "comma_inside": "4='a,b=c'", "blank": "0 = 'a' , 1", "open": "0='a",
    "quote": "0='a\"b'", "missing": "0=", "trailing": "0='1',", "twice": "0='1',0='2'",
    "most": ",".join("9" for _ in range(32)), "too_many": ",".join("9" for _ in range(33)),
}
CORELINK = {
    "empty": "", "registration": '</>;rt="oma.lwm2m";ct=11542,</1/0>,</3/0>,</16>;ver=1.0',
    "discover": "</3/0>;pmin=10;pmax=200,</3/0/1>,</3/0/7>;dim=2;gt=6;lt=1;st=1,</3/0/11>;dim=1",
    "ets": "</16/0/0/>;dim=4, </16/1/0/>;dim=2", "prefix": '</lwm2m>;rt="oma.lwm2m",</lwm2m/16/0>',
    "flag": "</rd>;obs", "escaped": r'</a>;title="say \"hi\" \\ now"', "uri": "<coap://[::1]:5683/x?y=z>;rel=a",
    "many_formats": '</>;ct="0 42 11542"', "open_target": "</1/0", "open_quote": '</1>;a="b', "no_comma": "</1></2>",
    "no_value": "</1>;a=", "trailing": "</1>,",
}

# Requests to a device, as fuzz_request.c reads them: method, URI, Content-Format, Accept, content.
GET, POST, PUT, DELETE, FETCH, IPATCH = 0, 1, 2, 3, 5, 6
OBSERVE, CANCEL, SOON, LATER, LONG = 8, 24, 32, 64, 96  # added to the method
FORMATS = {None: 0, "text": 2, "link": 3, "opaque": 4, "tlv": 5, "cbor": 11, "senml-json": 12,
           "senml-cbor": 13}
AUTHENTICATE = (POST + SOON, "/16/0/1", None, None, b"0='0',1='3',2='36983160',3='0'")
ENCRYPT = (POST + SOON, "/16/0/1", "text", None, b"0='1',1='1',2='5'")
REQUEST = {
    "reads": [(GET, "/16", None, "tlv", b""), (GET, "/16/0/0/1", None, "text", b""), (GET, "/3/0", None, None, b"")],
    "use_case_1": [(GET + OBSERVE, "/16/0/3", None, "text", b""), AUTHENTICATE, (GET, "/16/0/2", None, "tlv", b""),
                   (GET + CANCEL, "/16/0/3", None, "text", b"")],
    "use_case_2": [ENCRYPT, (GET, "/16/0/2/0", None, "opaque", b""), (GET, "/16/0/2", None, None, b"")],
    "notified_data": [(GET + OBSERVE, "/16/0", None, "tlv", b""), AUTHENTICATE, (GET + LATER, "/16/0/3", None, None, b"")],
    "create": [(POST, "/16", "tlv", None, bytes.fromhex("0805088300410579C10302")), (GET, "/16", None, "link", b""),
               (DELETE, "/16/5", None, None, b""), (POST, "/16", None, None, b"")],
    "delete_running": [AUTHENTICATE, (GET + OBSERVE, "/16/0/2", None, "tlv", b""), (DELETE + SOON, "/16/0", None, None, b"")],
    "writes": [(PUT, "/16/0/0/1", "text", None, b"x"), (PUT, "/16/0/0", "tlv", None, bytes.fromhex("8300410579")),
               (POST, "/1/0", "tlv", None, bytes.fromhex("C1013DC10601")), (PUT, "/16/0", "tlv", None, bytes.fromhex("8000"))],
    "refused": [(PUT, "/16/0/3", "text", None, b"1"), (PUT, "/16/0", "cbor", None, b"x"), (GET, "/0", None, None, b""),
                (GET, "/16/0/1", None, None, b""), (FETCH, "/", "tlv", None, b""), (DELETE, "/3/0", None, None, b"")],
    "attributes": [(PUT, "/16/0?pmin=1&pmax=5", None, None, b""), (PUT, "/3/0/9?gt=5&lt=1&st=2", None, None, b""),
                   (GET + OBSERVE + LATER, "/3/0/9", None, None, b""), (PUT, "/16/0?pmin", None, None, b"")],
    "lifetime": [(PUT + LATER, "/1/0/1", "text", None, b"20"), (POST + LATER, "/1/0/8", None, None, b"")],
    "disable": [(PUT, "/1/0/5", "text", None, b"3"), (POST + LATER, "/1/0/4", None, None, b""), (GET, "/3/0", None, None, b"")],
    "reboot": [AUTHENTICATE, (POST + LATER, "/3/0/4", None, None, b"0"), (GET, "/16/0", None, None, b"")],
    "errors": [(POST, "/3/0/12", None, None, b""), (POST, "/3/0/5", None, None, b""), (POST, "/7/0/6", None, None, b"")],
    "paths": [(GET, "/3//0", None, None, b""), (GET, "/3/0/", None, None, b""), (GET, "/16/65535", None, None, b""),
              (GET, "/a", None, None, b""), (GET, "/0/0/0/0/0", None, None, b""), (GET, "", None, "link", b"")],
    "observe_all": [(GET + OBSERVE, "/16", None, "tlv", b""), (GET + OBSERVE, "/3/0/22", None, None, b""),
                    (DELETE + LONG, "/16/0", None, None, b""), (DELETE + LONG, "/16/1", None, None, b"")],
    "composite_read": [(FETCH, "/", "senml-json", "senml-json", b'[{"n":"/"}]'),
                       (FETCH, "/", "senml-json", "senml-cbor", b'[{"bn":"/16/0/","n":"0"},{"n":"3"},{"n":"0/1"}]'),
                       (FETCH, "/", "senml-cbor", None, bytes.fromhex("81a100632f3136")), AUTHENTICATE,
                       (FETCH, "/", "senml-json", "senml-cbor", b'[{"n":"/16/0"},{"n":"/77"}]')],
    "composite_observe": [(FETCH + OBSERVE, "/", "senml-json", "senml-json", b'[{"n":"/16/0/2"},{"n":"/16/7"}]'), AUTHENTICATE,
                          (POST + SOON, "/16", "senml-json", None, b'[{"bn":"/16/7/0/0","vs":"a"}]'),
                          (PUT + LATER, "/16/7?epmin=1&pmin=2", None, None, b""), (DELETE + LATER, "/16/7", None, None, b""),
                          (FETCH + CANCEL, "/", "senml-json", "senml-json", b'[{"n":"/16/0/2"},{"n":"/16/7"}]')],
    "composite_write": [(IPATCH, "/", "senml-json", None, b'[{"n":"/1/0/1","v":61},{"n":"/16/0/0/5","vs":"x"}]'),
                        (IPATCH, "/", "senml-json", None, b'[{"n":"/16/0/0/5","vs":"y"},{"n":"/16/0/3","v":1}]'),
                        (IPATCH, "/", "senml-cbor", None, bytes.fromhex("81a200672f332f302f3133021903e8")),
                        (IPATCH, "/", "senml-json", None, b'[{"n":"/0/0/0","vs":"coap://x"}]')],
}

# Requests of a bootstrap server, as fuzz_bootstrap.c reads them.
LOSE = 128  # added to the method
SECURITY = (PUT, "/0", "senml-json", None, b'[{"bn":"/0/0/","n":"0","vs":"coap://server"},{"n":"1","vb":false},'
            b'{"n":"2","v":3},{"n":"10","v":1}]')
SERVER = (PUT, "/1", "senml-json", None, b'[{"bn":"/1/0/","n":"0","v":1},{"n":"1","v":300},{"n":"6","vb":false},'
          b'{"n":"7","vs":"U"}]')
FINISH = (POST, "/bs", None, None, b"")
BOOTSTRAP = {
    "full": [(GET, "/", None, "link", b""), (DELETE, "/", None, None, b""), SECURITY, SERVER, (GET, "/1", None, None, b""),
             FINISH, FINISH],
    "tlv": [(PUT, "/0", "tlv", None, bytes.fromhex("0800 19 C8000D636F61703A2F2F736572766572 C10100 C10203 C10A01")),
            (PUT, "/1/0", "tlv", None, bytes.fromhex("C10001 C1013C C10600 C10755")), FINISH],
    "inconsistent": [(PUT, "/1/0/5", "text", None, b"86400"), FINISH, SECURITY, FINISH, SERVER, FINISH],
    "lost": [SECURITY, (PUT + LOSE, "/1/0/1", "text", None, b"60"), (GET, "/", None, "link", b""), SERVER],
    "late": [SECURITY, (SERVER[0] + LONG,) + SERVER[1:], FINISH, (GET, "/1", None, "senml-json", b"")],
    "portfolio": [(DELETE, "/16/0", None, None, b""), (PUT, "/16/0", "senml-json", None, b'[{"bn":"/16/0/0/0","vs":"a"}]'),
                  (PUT, "/16/4/0/3", "text", None, b"b"), (PUT, "/16/0/3", "text", None, b"1"), SECURITY, SERVER, FINISH],
    "access": [(PUT, "/2", "senml-json", None, b'[{"bn":"/2/0/","n":"0","v":3},{"n":"1","v":0},{"n":"2/1","v":31},'
                b'{"n":"3","v":1}]'), (GET, "/2", None, "senml-json", b""), SECURITY, SERVER, FINISH],
    "account_of_the_server": [(PUT, "/0/1/12", "text", None, b"2"), (PUT, "/0/1/0", "text", None, b"coap://else"), SECURITY,
                              (SERVER[0] + LATER,) + SERVER[1:], FINISH, (DELETE, "/0/1", None, None, b"")],
    "refused": [(PUT, "/", "tlv", None, b""), (PUT, "/9/0", "tlv", None, b""), (POST, "/1", "tlv", None, b""),
                (GET, "/3", None, None, b""), (DELETE, "/3/0", None, None, b""), (FETCH, "/", "senml-json", None, b"[]"),
                (PUT, "/1/0/1", None, None, b"60"), (PUT, "/3/1", "tlv", None, b"")],
}

# Packets of block transfers, as fuzz_blocks.c reads them: choice, options, Block1, Block2, length, length
# of the answer halved.
REQUESTS, ANSWERS, BOTH = 0, 1, 2
BLOCKS = {
    "write": (REQUESTS, 0x06, [(1, 1, 0x08, 0, 16, 0), (1, 1, 0x18, 0, 16, 0), (1, 1, 0x20, 0, 3, 20)]),
    "read": (REQUESTS, 0x00, [(0, 4, 0, 0, 0, 20), (0, 2, 0, 0x10, 0, 0), (0, 2, 0, 0x20, 0, 0)]),
    "forgotten": (REQUESTS, 0x06, [(0x24, 4, 0, 0, 0, 1000), (4, 2, 0, 0x16, 0, 0)]),
    "left": (REQUESTS, 0x06, [(0x50, 0, 0, 0, 0, 1000), (0x50, 2, 0, 0x16, 0, 0)]),
    "acknowledged": (ANSWERS, 0x00, [(0, 0, 0, 0, 0, 20), (2, 1, 0x08, 0, 0, 0), (2, 1, 0x18, 0, 0, 0), (3, 1, 0x20, 0, 0, 0)]),
    "too_large": (ANSWERS, 0x02, [(0, 0, 0, 0, 0, 30), (5, 1, 0x01, 0, 0, 0), (4, 1, 0x09, 0, 0, 0)]),
    "fetched": (ANSWERS, 0x00, [(0x30, 0, 0, 0, 0, 0), (0x80, 0x12, 0, 0x08, 16, 0), (0, 0x12, 0, 0x10, 3, 0)]),
    "changed": (ANSWERS, 0x00, [(0x10, 0, 0, 0, 0, 0), (0, 0x12, 0, 0x08, 16, 0), (0, 0x22, 0, 0x18, 16, 0)]),
    "small_and_large": (BOTH, 0x60, [(0, 0, 0, 0, 9, 300)]),
    "large_and_small": (BOTH, 0x26, [(0x10, 0, 0, 0, 100, 2000)]),
}
# Messages in a stream (RFC 8323): examples of the standard, every form of a length, what is malformed.
FRAME = {
    "example": "01437f", "ping": "01e24200e4", "csm": "40e12204802000e150e12301000020",
    "get": "9201aabb605133013061706105", "post": "d00402b272641128366c743d333030ff3c2f333e",
    "long": "d0ff02ff" + 267 * "7a", "longer": "e0000002ff" + 268 * "7a" + "0000",
    "blocks": "4045d10a0e" "60025b7264d1030eff" "5001d10a16a0", "abort": "30e5ff6e6f",
    "no_payload": "1001ff", "cut_option": "3001b36162", "delta_15": "1001f0", "length_15": "10010f",
    "huge": "f0ffffffff01", "token_9": "09010203", "numbers": "6001e0ffff00e0",
    "unknown": "4001e1fdfc00" "4001e1fdfb00", "twice": "5001d104280128" "400161010102",
}


def write(target, name, octets):
    os.makedirs("corpus/" + target, exist_ok=True)
    with open("corpus/%s/%s" % (target, name), "wb") as file:
        file.write(octets)


for name, (depth, resource, content) in TLV.items():
    write("tlv", name, bytes([depth, resource]) + bytes.fromhex(content))
for name, (choice, content) in TEXT.items():
    write("text", name, bytes([choice]) + content.encode())
for name, (choice, content) in CBOR.items():
    write("cbor", name, bytes([choice]) + bytes.fromhex(content))
for name, (choice, depth, resource, content) in SENML.items():
    write("senml", name, bytes([choice, depth, resource]) + content)
for name, content in ARGUMENTS.items():
    write("arguments", name, content.encode())
for name, content in CORELINK.items():
    write("corelink", name, content.encode())
for target, inputs in (("request", REQUEST), ("bootstrap", BOOTSTRAP)):
    for name, requests in inputs.items():
        write(target, name, b"".join(
            bytes([method, FORMATS[content] + 16 * FORMATS[accept], len(uri)]) + uri.encode()
            + len(payload).to_bytes(2, "big") + payload for method, uri, content, accept, payload in requests))
for name, content in FRAME.items():
    write("frame", name, bytes.fromhex(content))
for name, (who, sizes, packets) in BLOCKS.items():
    write("blocks", name, bytes([who, sizes]) + b"".join(
        bytes([choice, options]) + b"".join(n.to_bytes(2, "big") for n in numbers)
        for choice, options, *numbers in packets))
