/* SPDX-License-Identifier: Apache-2.0 */
/* Provisioning to test with: two instances whose keys are known test keys, and golden octets that
 * python3-cryptography computed (standards' vectors are named where they stand). */
#ifndef TESTS_UNIT_SECURE_SAMPLES_H
#define TESTS_UNIT_SECURE_SAMPLES_H

#include <check.h>

#include "secure/secure.h"

#define KEY_128 "2b7e151628aed2a6abf7158809cf4f3c"
#define KEY_256 "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4"
#define KEY_384                                                                                    \
    "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"                             \
    "2122232425262728292a2b2c2d2e2f30"
/* RFC 6979 A.2.5 */
#define PRIVATE_P256 "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721"
#define PUBLIC_P256                                                                                \
    "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"                           \
    "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"

/* SHA-256 of the software version in the example */
#define HASH_1_4_2 "8ec5a17af8275faf8adc4a9ef9a201cd68d26fe6216e78450e871070a46bbd50"

/* The octets of a hex literal; they stay to the end of the program. */
static inline struct bytes hex(const char *digits)
{
    static uint8_t pool[1 << 16];
    static size_t used;
    struct buf octets;
    buf_init(&octets, sizeof pool - used);
    bool parsed = parse_hex(bytes_of(digits), &octets);
    ck_assert_msg(parsed, "no hex, or the pool is full: %s", digits);
    struct bytes view = {pool + used, octets.len};
    if (octets.len > 0)
        memcpy(pool + used, octets.data, octets.len);
    used += octets.len;
    buf_release(&octets);
    return view;
}

static inline struct provision_service *service_of(struct provision *provision, unsigned instance,
                                                   enum service service)
{
    struct provision_instance *found = provision_find(provision, instance);
    if (found == NULL)
        found = provision_add(provision, instance);
    return &found->service[service];
}

static inline void add_hash_of(struct provision_service *service, unsigned identity,
                               const char *text)
{
    struct provision_hash *hash = provision_add_hash(service, identity);
    hash->text_len = strlen(text);
    hash->text = xmemdup(text, hash->text_len);
}

static inline void add_given_hash(struct provision_service *service, unsigned identity,
                                  struct bytes octets)
{
    struct provision_hash *hash = provision_add_hash(service, identity);
    hash->len = octets.len;
    memcpy(hash->octets, octets.data, octets.len);
}

/* The engine of one provision, which is released; it must be accepted. */
static inline struct secure *engine_of(struct provision *provision, struct chance *chance)
{
    struct error error = {0};
    struct secure *secure = secure_psa_new(provision, chance, &error);
    ck_assert_msg(secure != NULL, "%s", error.text);
    provision_release(provision);
    return secure;
}

static inline void assert_octets(struct bytes actual, struct bytes expected)
{
    ck_assert_uint_eq(actual.len, expected.len);
    if (expected.len > 0)
        ck_assert_mem_eq(actual.data, expected.data, expected.len);
}

/* The request of use case 1 as it is printed: argument 1 is 3, argument 2 is 0x2345178. */
static inline struct secure_request example(void)
{
    return (struct secure_request){.instance = 1,
                                   .service = SERVICE_AUTHENTICATION,
                                   .identity = 3,
                                   .key_index = 0,
                                   .challenge = hex("02345178")};
}

#endif
