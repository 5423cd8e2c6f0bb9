/* SPDX-License-Identifier: Apache-2.0 */
/* The PSA engine: encryption, and opening what others sealed, spoilt or cut. */
#include "base/std.h"

#include "secure/secure.h"
#include "tests/unit/unit.h"
#include "tests/unit/secure/samples.h"

/* "HOST4711" ‖ 02 34 51 78, sealed with a known nonce or IV by python3-cryptography. */
static const struct sample {
    enum suite suite;
    const char *key, *golden;
} samples[] = {
    {SUITE_AES128_CCM, KEY_128,
     "101112131415161718191a1b"
     "554e1fd1e1952cad461d5f98033826e543e6dc33ec1c435bf679b294"},
    {SUITE_AES128_GCM, KEY_128,
     "101112131415161718191a1b"
     "409bbba873de099ea9f33aeba5b9e450cdf4807d966b3c57c311e635"},
    {SUITE_AES256_GCM, KEY_256,
     "101112131415161718191a1b"
     "c3715afb761fe8abbe588355e020ae936e5d663fe73789e77be2d009"},
    {SUITE_AES256_CCM, KEY_256,
     "101112131415161718191a1b"
     "904caa29ce704d88942dad894cd70f6faeb21724ab57d117e6c02ef8"},
    {SUITE_AES128_CBC, KEY_128,
     "202122232425262728292a2b2c2d2e2f"
     "e86096ac3a2421393325204cb0c85673"},
    {SUITE_AES256_CBC, KEY_256,
     "202122232425262728292a2b2c2d2e2f"
     "7c2ec9b266334d203fb1acecb31582dd"},
};

struct fixture {
    struct chance chance;
    struct secure *secure;
    struct buf sealed, opened;
};

/* Instance 1 has the sample's key as key 0 and another as key 1. */
static void fixture_init(struct fixture *fixture, enum suite suite, struct bytes key)
{
    struct provision provision;
    provision_init(&provision);
    struct provision_service *service = service_of(&provision, 1, SERVICE_ENCRYPTION);
    service->suite = suite;
    provision_add_key(service, 0, key);
    provision_add_key(service, 1,
                      (struct bytes){(const uint8_t *)"ThirtyTwoOctetsOfSomeOtherKey...", key.len});
    chance_init_seed(&fixture->chance, 1);
    fixture->secure = engine_of(&provision, &fixture->chance);
    buf_init(&fixture->sealed, AUTH_DATA_MOST);
    buf_init(&fixture->opened, AUTH_DATA_MOST);
}

static void fixture_release(struct fixture *fixture)
{
    secure_free(fixture->secure);
    buf_release(&fixture->sealed);
    buf_release(&fixture->opened);
}

static struct secure_request encryption(struct bytes data)
{
    struct secure_request request = example();
    request.service = SERVICE_ENCRYPTION;
    request.data = data;
    return request;
}

/* Opens and expects DATA. */
static void assert_opens(struct fixture *fixture, const struct secure_request *request,
                         struct bytes auth_data, struct bytes data)
{
    buf_clear(&fixture->opened);
    ck_assert_int_eq(secure_open(fixture->secure, request, auth_data, &fixture->opened), SECURE_OK);
    assert_octets(buf_bytes(&fixture->opened), data);
}

static void assert_rejected(struct fixture *fixture, const struct secure_request *request,
                            struct bytes auth_data)
{
    buf_clear(&fixture->opened);
    ck_assert_int_eq(secure_open(fixture->secure, request, auth_data, &fixture->opened),
                     SECURE_REJECTED);
    ck_assert_uint_eq(fixture->opened.len, 0);
}

/* rule: PF-ENC-2, I-7 */
START_TEST(opens_what_another_implementation_sealed)
{
    for (size_t i = 0; i < COUNT_OF(samples); i++) {
        struct fixture fixture;
        fixture_init(&fixture, samples[i].suite, hex(samples[i].key));
        struct secure_request request = encryption(bytes_of("is not looked at"));
        assert_opens(&fixture, &request, hex(samples[i].golden), bytes_of("HOST4711"));
        fixture_release(&fixture);
    }
}
END_TEST

/* McGrew and Viega, "The Galois/Counter Mode of Operation", test cases 3 and 15; the last 8 octets
 * of the plain text serve as the challenge. */
START_TEST(opens_the_gcm_vectors)
{
    static const struct {
        enum suite suite;
        const char *key, *sealed;
    } vectors[] = {
        {SUITE_AES128_GCM, "feffe9928665731c6d6a8f9467308308",
         "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
         "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091473f5985"
         "4d5c2af327cd64a62cf35abd2ba6fab4"},
        {SUITE_AES256_GCM, "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
         "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
         "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad"
         "b094dac5d93471bdec1a502270e3cc6c"},
    };
    for (size_t i = 0; i < COUNT_OF(vectors); i++) {
        struct fixture fixture;
        fixture_init(&fixture, vectors[i].suite, hex(vectors[i].key));
        struct secure_request request = encryption((struct bytes){NULL, 0});
        request.challenge = hex("ba637b391aafd255");
        buf_put(&fixture.sealed, hex("cafebabefacedbaddecaf888"));
        buf_put(&fixture.sealed, hex(vectors[i].sealed));
        assert_opens(&fixture, &request, buf_bytes(&fixture.sealed),
                     hex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                         "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657"));
        fixture_release(&fixture);
    }
}
END_TEST

/* rule: PF-ENC-1. Every place of the last octet in a block, and the longest of all. */
START_TEST(opens_what_it_sealed_whatever_the_length)
{
    static uint8_t data[IDENTITY_LEN_MOST];
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i * 7);
    for (size_t i = 0; i < COUNT_OF(samples); i++) {
        struct fixture fixture;
        fixture_init(&fixture, samples[i].suite, hex(samples[i].key));
        size_t overhead = suite_info(samples[i].suite)->result_len;
        for (size_t len = 0; len <= sizeof data; len = len < 40 ? len + 1 : len + 676) {
            struct secure_request request = encryption((struct bytes){data, len});
            request.challenge = (struct bytes){data + 40, len < 40 ? 4 : CHALLENGE_LEN_MOST};
            buf_clear(&fixture.sealed);
            ck_assert_int_eq(secure_compute(fixture.secure, &request, &fixture.sealed), SECURE_OK);
            ck_assert_uint_le(fixture.sealed.len, len + request.challenge.len + overhead);
            assert_opens(&fixture, &request, buf_bytes(&fixture.sealed), (struct bytes){data, len});
        }
        fixture_release(&fixture);
    }
}
END_TEST

START_TEST(seals_with_a_fresh_nonce_each_time_and_repeats_with_the_seed)
{
    for (size_t i = 0; i < COUNT_OF(samples); i++) {
        struct fixture fixture;
        fixture_init(&fixture, samples[i].suite, hex(samples[i].key));
        struct secure_request request = encryption(bytes_of("HOST4711"));
        struct buf again;
        buf_init(&again, AUTH_DATA_MOST);
        ck_assert_int_eq(secure_compute(fixture.secure, &request, &fixture.sealed), SECURE_OK);
        ck_assert_int_eq(secure_compute(fixture.secure, &request, &again), SECURE_OK);
        ck_assert(
            !bytes_equal((struct bytes){fixture.sealed.data, 12}, (struct bytes){again.data, 12}));
        buf_clear(&again);
        chance_init_seed(&fixture.chance, 1);
        ck_assert_int_eq(secure_compute(fixture.secure, &request, &again), SECURE_OK);
        assert_octets(buf_bytes(&again), buf_bytes(&fixture.sealed));
        buf_release(&again);
        fixture_release(&fixture);
    }
}
END_TEST

START_TEST(rejects_another_key_or_challenge)
{
    for (size_t i = 0; i < COUNT_OF(samples); i++) {
        struct fixture fixture;
        fixture_init(&fixture, samples[i].suite, hex(samples[i].key));
        struct secure_request request = encryption((struct bytes){NULL, 0});
        request.challenge = hex("02345179");
        assert_rejected(&fixture, &request, hex(samples[i].golden));
        request.challenge = hex("0002345178");
        assert_rejected(&fixture, &request, hex(samples[i].golden));
        /* longer than all that was sealed */
        request.challenge = hex("00484f5354343731310234517800");
        assert_rejected(&fixture, &request, hex(samples[i].golden));
        /* all that was sealed, and an octet that a cleared buffer would have behind it */
        request.challenge = hex("484f5354343731310234517800");
        assert_rejected(&fixture, &request, hex(samples[i].golden));
        request = encryption((struct bytes){NULL, 0});
        request.key_index = 1;
        assert_rejected(&fixture, &request, hex(samples[i].golden));
        fixture_release(&fixture);
    }
}
END_TEST

/* I-7 says it: a challenge that is the tail of the right one fits. */
START_TEST(takes_the_tail_of_a_challenge_for_a_challenge)
{
    struct fixture fixture;
    fixture_init(&fixture, SUITE_AES128_CCM, hex(KEY_128));
    struct secure_request request = encryption((struct bytes){NULL, 0});
    request.challenge = hex("78");
    assert_opens(&fixture, &request, hex(samples[0].golden), hex("484f535434373131023451"));
    request.challenge = hex("484f53543437313102345178");
    assert_opens(&fixture, &request, hex(samples[0].golden), (struct bytes){NULL, 0});
    fixture_release(&fixture);
}
END_TEST

START_TEST(rejects_any_changed_octet_where_the_suite_has_integrity)
{
    for (size_t i = 0; i < COUNT_OF(samples); i++) {
        if (!suite_info(samples[i].suite)->integrity)
            continue;
        struct fixture fixture;
        fixture_init(&fixture, samples[i].suite, hex(samples[i].key));
        struct secure_request request = encryption((struct bytes){NULL, 0});
        buf_put(&fixture.sealed, hex(samples[i].golden));
        for (size_t at = 0; at < fixture.sealed.len; at++) {
            fixture.sealed.data[at] ^= 0x01;
            assert_rejected(&fixture, &request, buf_bytes(&fixture.sealed));
            fixture.sealed.data[at] ^= 0x01;
        }
        fixture_release(&fixture);
    }
}
END_TEST

/* I-7: a bit flipped in the IV flips that of the data; in the challenge or padding it is seen. */
START_TEST(cbc_notices_a_flipped_bit_in_the_tail_only)
{
    struct fixture fixture;
    fixture_init(&fixture, SUITE_AES128_CBC, hex(KEY_128));
    struct secure_request request = encryption((struct bytes){NULL, 0});
    buf_put(&fixture.sealed, hex(samples[4].golden));
    for (size_t at = 0; at < fixture.sealed.len; at++) {
        fixture.sealed.data[at] ^= 0x01;
        if (at >= strlen("HOST4711")) {
            assert_rejected(&fixture, &request, buf_bytes(&fixture.sealed));
        } else {
            char data[] = "HOST4711";
            data[at] ^= 0x01;
            assert_opens(&fixture, &request, buf_bytes(&fixture.sealed), bytes_of(data));
        }
        fixture.sealed.data[at] ^= 0x01;
    }
    fixture_release(&fixture);
}
END_TEST

START_TEST(rejects_what_is_cut_or_has_octets_added)
{
    static uint8_t octets[2 * AUTH_DATA_MOST];
    for (size_t i = 0; i < COUNT_OF(samples); i++) {
        struct fixture fixture;
        fixture_init(&fixture, samples[i].suite, hex(samples[i].key));
        struct secure_request request = encryption((struct bytes){NULL, 0});
        struct bytes golden = hex(samples[i].golden);
        memset(octets, 0, sizeof octets);
        memcpy(octets, golden.data, golden.len);
        for (size_t len = 0; len <= sizeof octets; len += len < 100 ? 1 : 99)
            if (len != golden.len)
                assert_rejected(&fixture, &request, (struct bytes){octets, len});
        assert_rejected(&fixture, &request, (struct bytes){octets, sizeof octets});
        assert_rejected(&fixture, &request, (struct bytes){NULL, 0});
        fixture_release(&fixture);
    }
}
END_TEST

/* "HOST4711" ‖ challenge and a padding that PKCS#7 does not make: ending in 0, in 17, with an
 * octet that differs; and a block of nothing but padding. The answer is that of a wrong tail. */
START_TEST(rejects_bad_padding_as_it_does_a_wrong_tail)
{
    static const char *const spoilt[] = {
        "aaa1118e1043df448f404338f3a09344",
        "21b4737eeae8f3b0cddc776a860314e3",
        "d6f316be0d209b3850bed82b4067c1a1",
        "5ce99ca02f4e9733f193bf28000bd44c",
    };
    struct fixture fixture;
    fixture_init(&fixture, SUITE_AES128_CBC, hex(KEY_128));
    struct secure_request request = encryption((struct bytes){NULL, 0});
    for (size_t i = 0; i < COUNT_OF(spoilt); i++) {
        buf_clear(&fixture.sealed);
        buf_put(&fixture.sealed, hex("202122232425262728292a2b2c2d2e2f"));
        buf_put(&fixture.sealed, hex(spoilt[i]));
        assert_rejected(&fixture, &request, buf_bytes(&fixture.sealed));
    }
    fixture_release(&fixture);
}
END_TEST

START_TEST(leaves_an_output_alone_that_has_no_room)
{
    struct fixture fixture;
    fixture_init(&fixture, SUITE_AES128_CCM, hex(KEY_128));
    struct secure_request request = encryption(bytes_of("HOST4711"));
    struct buf tight;
    buf_init(&tight, 7);
    ck_assert_int_eq(secure_open(fixture.secure, &request, hex(samples[0].golden), &tight),
                     SECURE_FAILED);
    ck_assert_uint_eq(tight.len, 0);
    buf_release(&tight);
    buf_init(&tight, 8 + 4 + 27);
    ck_assert_int_eq(secure_compute(fixture.secure, &request, &tight), SECURE_FAILED);
    ck_assert_uint_eq(tight.len, 0);
    buf_release(&tight);
    fixture_release(&fixture);
}
END_TEST

START_TEST(says_what_is_missing)
{
    struct fixture fixture;
    fixture_init(&fixture, SUITE_AES128_CCM, hex(KEY_128));
    struct secure_request request = encryption(bytes_of("x"));
    request.key_index = 9;
    ck_assert_int_eq(secure_compute(fixture.secure, &request, &fixture.sealed), SECURE_NO_KEY);
    ck_assert_int_eq(secure_open(fixture.secure, &request, hex(samples[0].golden), &fixture.opened),
                     SECURE_NO_KEY);
    request.service = SERVICE_AUTHENTICATION;
    ck_assert_int_eq(secure_compute(fixture.secure, &request, &fixture.sealed), SECURE_NO_SERVICE);
    ck_assert_int_eq(secure_provision(fixture.secure, 1, 3, bytes_of("x")), SECURE_NO_SERVICE);
    fixture_release(&fixture);
}
END_TEST

UNIT_MAIN("secure_psa_cipher", opens_what_another_implementation_sealed, opens_the_gcm_vectors,
          opens_what_it_sealed_whatever_the_length,
          seals_with_a_fresh_nonce_each_time_and_repeats_with_the_seed,
          rejects_another_key_or_challenge, takes_the_tail_of_a_challenge_for_a_challenge,
          rejects_any_changed_octet_where_the_suite_has_integrity,
          cbc_notices_a_flipped_bit_in_the_tail_only, rejects_what_is_cut_or_has_octets_added,
          rejects_bad_padding_as_it_does_a_wrong_tail, leaves_an_output_alone_that_has_no_room,
          says_what_is_missing)
