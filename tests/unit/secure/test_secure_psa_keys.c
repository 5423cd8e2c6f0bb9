/* SPDX-License-Identifier: Apache-2.0 */
/* The PSA engine and its keys: what is refused, where they stand, how they are made. */
#include "base/std.h"

#include <fcntl.h>
#include <unistd.h>

#include "secure/secure.h"
#include "tests/unit/unit.h"
#include "tests/unit/secure/samples.h"

static void assert_signs(struct secure *secure, const struct secure_request *request)
{
    struct buf out;
    buf_init(&out, AUTH_DATA_MOST);
    ck_assert_int_eq(secure_compute(secure, request, &out), SECURE_OK);
    ck_assert_int_eq(secure_verify(secure, request, buf_bytes(&out)), SECURE_OK);
    buf_release(&out);
}

static void assert_key_refused(struct bytes octets, bool is_public)
{
    struct provision provision;
    provision_init(&provision);
    struct provision_service *service = service_of(&provision, 1, SERVICE_AUTHENTICATION);
    service->suite = SUITE_SHA256_ECDSA_P256;
    struct provision_key *key = provision_add_key(service, 2, octets);
    key->is_public = is_public;
    key->line = 7;
    struct chance chance;
    chance_init_seed(&chance, 1);
    struct error error = {0};
    ck_assert_ptr_null(secure_psa_new(&provision, &chance, &error));
    ck_assert_str_eq(error.text,
                     "key 2 is not one of suite \"sha256+ecdsa-p256\": generate another");
    ck_assert_uint_eq(error.line, 7);
    ck_assert_ptr_null(secure_psa_new(&provision, &chance, NULL));
    provision_release(&provision);
}

START_TEST(refuses_p256_keys_that_are_none)
{
    static const uint8_t zeros[65];
    assert_key_refused((struct bytes){zeros, 32}, false);
    /* the order of the curve */
    assert_key_refused(hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"),
                       false);
    assert_key_refused((struct bytes){zeros, 65}, true);
    /* the base point with one bit of Y changed */
    assert_key_refused(hex("046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
                           "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f4"),
                       true);
}
END_TEST

START_TEST(refuses_a_provision_that_no_engine_takes)
{
    struct provision provision;
    provision_init(&provision);
    struct provision_service *service = service_of(&provision, 1, SERVICE_AUTHENTICATION);
    service->suite = SUITE_SHA256_AES128_CMAC;
    provision_add_key(service, 0, hex("2b7e15"));
    struct chance chance;
    chance_init_seed(&chance, 1);
    struct error error = {0};
    ck_assert_ptr_null(secure_psa_new(&provision, &chance, &error));
    ck_assert_str_eq(error.text, "key 0 for authentication on \"/16/1\" has 3 octets: "
                                 "suite \"sha256+aes128-cmac\" takes 16");
    provision_release(&provision);
}
END_TEST

/* PSA of Mbed TLS 2.28 has 32 places for keys. */
START_TEST(holds_more_keys_than_psa_has_places_for)
{
    struct provision provision;
    provision_init(&provision);
    struct chance chance;
    chance_init_seed(&chance, 5);
    for (unsigned instance = 0; instance < 3; instance++) {
        struct provision_service *service =
            service_of(&provision, instance, SERVICE_AUTHENTICATION);
        service->suite = SUITE_SHA256_AES128_CMAC;
        add_hash_of(service, 3, "1.4.2");
        for (unsigned index = 0; index < KEYS_MOST; index++) {
            uint8_t octets[16];
            chance_bytes(&chance, octets, sizeof octets);
            ck_assert_ptr_nonnull(
                provision_add_key(service, index, (struct bytes){octets, sizeof octets}));
        }
    }
    struct secure *secure = engine_of(&provision, &chance);
    struct secure_request request = example();
    for (unsigned i = 0; i < 3 * KEYS_MOST; i++) {
        request.instance = (uint16_t)(i / KEYS_MOST);
        request.key_index = (uint16_t)(i % KEYS_MOST);
        assert_signs(secure, &request);
    }
    secure_free(secure);
}
END_TEST

/* How often the octets whose complement is given stand in the pieces of writable memory from FROM
 * to TO, read through the kernel, so that no checker minds. */
static size_t count_in_piece(int memory, uintptr_t from, uintptr_t to, const uint8_t complement[16])
{
    static uint8_t window[1 << 16];
    size_t found = 0;
    while (from < to) {
        ssize_t got = pread(memory, window, sizeof window, (off_t)from);
        for (ssize_t at = 0; at + 16 <= got; at++) {
            size_t same = 0;
            while (same < 16 && (window[at + (ssize_t)same] ^ complement[same]) == 0xff)
                same++;
            found += same == 16;
        }
        from += sizeof window - 16;
    }
    memset(window, 0, sizeof window);
    return found;
}

/* The stack is left out: what one call leaves there is overwritten by the next. So are pieces
 * above 64 MiB, which are a checker's own. */
static size_t count_in_memory(const uint8_t complement[16])
{
    FILE *maps = fopen("/proc/self/maps", "r");
    int memory = open("/proc/self/mem", O_RDONLY);
    ck_assert(maps != NULL && memory >= 0);
    size_t found = 0;
    char line[512];
    while (fgets(line, sizeof line, maps) != NULL) {
        uintptr_t from = 0;
        uintptr_t to = 0;
        int scanned = sscanf(line, "%" SCNxPTR "-%" SCNxPTR, &from, &to);
        bool heap = strstr(line, " rw") != NULL && strstr(line, "[stack]") == NULL;
        if (scanned == 2 && heap && to - from <= (64u << 20))
            found += count_in_piece(memory, from, to, complement);
    }
    fclose(maps);
    close(memory);
    return found;
}

/* rule: PF-SC-6 */
START_TEST(key_octets_stand_nowhere_in_memory_between_operations)
{
    struct provision provision;
    provision_init(&provision);
    struct chance chance;
    chance_init_system(&chance);
    uint8_t octets[16];
    chance_bytes(&chance, octets, sizeof octets);
    struct provision_service *service = service_of(&provision, 1, SERVICE_AUTHENTICATION);
    service->suite = SUITE_SHA256_AES128_CMAC;
    add_hash_of(service, 3, "1.4.2");
    provision_add_key(service, 0, (struct bytes){octets, sizeof octets});
    for (size_t i = 0; i < sizeof octets; i++)
        octets[i] = (uint8_t)~octets[i];
    ck_assert_uint_ge(count_in_memory(octets), 1);
    struct secure *secure = engine_of(&provision, &chance);
    ck_assert_uint_eq(count_in_memory(octets), 0);
    struct secure_request request = example();
    assert_signs(secure, &request);
    ck_assert_uint_eq(count_in_memory(octets), 0);
    secure_free(secure);
    ck_assert_uint_eq(count_in_memory(octets), 0);
}
END_TEST

/* A generated pair signs on the device and verifies on the server, or seals and opens. */
static void assert_pair_works(const struct suite_info *info, struct bytes device_key,
                              struct bytes server_key)
{
    struct provision provision;
    struct secure *secure[2];
    struct chance chance;
    chance_init_seed(&chance, 1);
    for (int i = 0; i < 2; i++) {
        provision_init(&provision);
        struct provision_service *service = service_of(&provision, 1, info->service);
        service->suite = info->suite;
        provision_add_key(service, 0, i == 0 ? device_key : server_key)->is_public =
            i == 1 && info->public_len > 0;
        if (info->service == SERVICE_AUTHENTICATION)
            add_hash_of(service, 3, "1.4.2");
        secure[i] = engine_of(&provision, &chance);
    }
    struct secure_request request = example();
    request.service = info->service;
    struct buf sealed;
    struct buf opened;
    buf_init(&sealed, AUTH_DATA_MOST);
    buf_init(&opened, AUTH_DATA_MOST);
    ck_assert_int_eq(secure_compute(secure[0], &request, &sealed), SECURE_OK);
    ck_assert_int_eq(info->service == SERVICE_AUTHENTICATION
                         ? secure_verify(secure[1], &request, buf_bytes(&sealed))
                         : secure_open(secure[1], &request, buf_bytes(&sealed), &opened),
                     SECURE_OK);
    buf_release(&sealed);
    buf_release(&opened);
    secure_free(secure[0]);
    secure_free(secure[1]);
}

START_TEST(generates_keys_that_work_for_every_suite)
{
    struct chance chance;
    chance_init_system(&chance);
    for (size_t i = 0; suite_at(i) != NULL; i++) {
        const struct suite_info *info = suite_at(i);
        struct buf device;
        struct buf server;
        buf_init_secret(&device, KEY_MOST);
        buf_init_secret(&server, KEY_MOST);
        ck_assert_int_eq(secure_generate_key(info->suite, &chance, &device, &server), ST_OK);
        ck_assert_uint_eq(device.len, info->key_len);
        ck_assert_uint_eq(server.len, info->public_len > 0 ? info->public_len : info->key_len);
        assert_pair_works(info, buf_bytes(&device), buf_bytes(&server));
        buf_release(&device);
        buf_release(&server);
    }
}
END_TEST

START_TEST(generates_other_keys_each_time_and_the_same_from_the_same_seed)
{
    struct buf keys[3];
    struct buf server;
    struct chance chance;
    buf_init_secret(&server, 4 * KEY_MOST);
    chance_init_seed(&chance, 7);
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        buf_init_secret(&keys[i], KEY_MOST);
        if (i == 2)
            chance_init_seed(&chance, 7);
        ck_assert_int_eq(secure_generate_key(SUITE_SHA256_ECDSA_P256, &chance, &keys[i], &server),
                         ST_OK);
    }
    ck_assert(!bytes_equal(buf_bytes(&keys[0]), buf_bytes(&keys[1])));
    ck_assert(bytes_equal(buf_bytes(&keys[0]), buf_bytes(&keys[2])));
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        buf_release(&keys[i]);
    buf_release(&server);
}
END_TEST

START_TEST(generates_nothing_without_a_suite_or_room)
{
    struct chance chance;
    chance_init_seed(&chance, 7);
    struct buf device;
    struct buf server;
    buf_init_secret(&device, 31);
    buf_init_secret(&server, KEY_MOST);
    ck_assert_int_eq(secure_generate_key(SUITE_NONE, &chance, &device, &server), ST_UNSUPPORTED);
    ck_assert_int_eq(secure_generate_key(SUITE_SHA256_ECDSA_P256, &chance, &device, &server),
                     ST_LIMIT);
    ck_assert_int_eq(secure_generate_key(SUITE_AES256_GCM, &chance, &server, &device), ST_LIMIT);
    buf_release(&device);
    buf_release(&server);
}
END_TEST

START_TEST(derives_the_public_key_of_rfc_6979)
{
    struct buf out;
    buf_init(&out, KEY_MOST);
    ck_assert_int_eq(secure_public_key(SUITE_SHA256_ECDSA_P256, hex(PRIVATE_P256), &out), ST_OK);
    assert_octets(buf_bytes(&out), hex(PUBLIC_P256));
    buf_clear(&out);
    ck_assert_int_eq(secure_public_key(SUITE_SHA256_ECDSA_P256, hex(KEY_128), &out), ST_INVALID);
    ck_assert_int_eq(secure_public_key(SUITE_SHA256_ECDSA_P256, (struct bytes){NULL, 0}, &out),
                     ST_INVALID);
    ck_assert_int_eq(secure_public_key(SUITE_AES128_CCM, hex(KEY_128), &out), ST_UNSUPPORTED);
    ck_assert_int_eq(secure_public_key(SUITE_NONE, hex(KEY_128), &out), ST_UNSUPPORTED);
    ck_assert_uint_eq(out.len, 0);
    buf_release(&out);
    buf_init(&out, 64);
    ck_assert_int_eq(secure_public_key(SUITE_SHA256_ECDSA_P256, hex(PRIVATE_P256), &out), ST_LIMIT);
    buf_release(&out);
}
END_TEST

START_TEST(hashes_an_identity_as_its_suite_says)
{
    uint8_t hash[32];
    struct buf out;
    ck_assert_int_eq(secure_sha256(bytes_of("1.4.2"), hash), ST_OK);
    assert_octets((struct bytes){hash, sizeof hash}, hex(HASH_1_4_2));
    ck_assert_int_eq(secure_sha256((struct bytes){NULL, 0}, hash), ST_OK);
    assert_octets((struct bytes){hash, sizeof hash},
                  hex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
    buf_init(&out, HASH_MOST);
    ck_assert_int_eq(secure_hash_identity(SUITE_SHA256_ECDSA_P256, bytes_of("1.4.2"), &out), ST_OK);
    assert_octets(buf_bytes(&out), hex(HASH_1_4_2));
    buf_clear(&out);
    ck_assert_int_eq(secure_hash_identity(SUITE_SHA384_HMAC_SHA384, bytes_of("1.4.2"), &out),
                     ST_OK);
    assert_octets(buf_bytes(&out),
                  hex("6c9234e28574755da03c6372acd4c47c2aaa146e0451ac56d0c6c92a9e11240f"
                      "40d41119e7d2279f95cdd3a2d21d8053"));
    ck_assert_int_eq(secure_hash_identity(SUITE_AES128_CCM, bytes_of("x"), &out), ST_UNSUPPORTED);
    ck_assert_int_eq(secure_hash_identity(SUITE_NONE, bytes_of("x"), &out), ST_UNSUPPORTED);
    ck_assert_int_eq(secure_hash_identity(SUITE_SHA256_ECDSA_P256, bytes_of("x"), &out), ST_LIMIT);
    buf_release(&out);
}
END_TEST

UNIT_MAIN("secure_psa_keys", refuses_p256_keys_that_are_none,
          refuses_a_provision_that_no_engine_takes, holds_more_keys_than_psa_has_places_for,
          key_octets_stand_nowhere_in_memory_between_operations,
          generates_keys_that_work_for_every_suite,
          generates_other_keys_each_time_and_the_same_from_the_same_seed,
          generates_nothing_without_a_suite_or_room, derives_the_public_key_of_rfc_6979,
          hashes_an_identity_as_its_suite_says)
