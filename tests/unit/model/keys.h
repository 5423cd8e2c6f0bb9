/* SPDX-License-Identifier: Apache-2.0 */
/* A key pair that openssl made for tests, in the forms that openssl writes. */
#ifndef TESTS_UNIT_MODEL_KEYS_H
#define TESTS_UNIT_MODEL_KEYS_H

#define EC_PARAMETERS                                                                              \
    "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
#define EC_KEY                                                                                     \
    "-----BEGIN EC PRIVATE KEY-----\n"                                                             \
    "MHcCAQEEII4FV2WyTT/YedF9GwFzq150JGPD00Q4x+tlPV06TWp2oAoGCCqGSM49\n"                           \
    "AwEHoUQDQgAEuQ0VxUDx+F8mgcOhMxcftWdSzcCUlhzGBmuyKkA0r1mxDndO9/XM\n"                           \
    "ahxCVci3imimaHalOdgnfVbYYD/5THf5xQ==\n"                                                       \
    "-----END EC PRIVATE KEY-----\n"
#define EC_KEY_HEX                                                                                 \
    "307702010104208e055765b24d3fd879d17d1b0173ab5e742463c3d34438c7eb653d5d3a4d6a76a00a06082a8648" \
    "ce3d030107a14403420004b90d15c540f1f85f2681c3a133171fb56752cdc094961cc6066bb22a4034af59b10e77" \
    "4ef7f5cc6a1c4255c8b78a68a66876a539d8277d56d8603ff94c77f9c5"
#define PKCS8_KEY                                                                                  \
    "-----BEGIN PRIVATE KEY-----\n"                                                                \
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgjgVXZbJNP9h50X0b\n"                           \
    "AXOrXnQkY8PTRDjH62U9XTpNanahRANCAAS5DRXFQPH4XyaBw6EzFx+1Z1LNwJSW\n"                           \
    "HMYGa7IqQDSvWbEOd0739cxqHEJVyLeKaKZodqU52Cd9VthgP/lMd/nF\n"                                   \
    "-----END PRIVATE KEY-----\n"
#define PUBLIC_KEY                                                                                 \
    "-----BEGIN PUBLIC KEY-----\n"                                                                 \
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEuQ0VxUDx+F8mgcOhMxcftWdSzcCU\n"                           \
    "lhzGBmuyKkA0r1mxDndO9/XMahxCVci3imimaHalOdgnfVbYYD/5THf5xQ==\n"                               \
    "-----END PUBLIC KEY-----\n"
#define PUBLIC_KEY_HEX                                                                             \
    "3059301306072a8648ce3d020106082a8648ce3d03010703420004b90d15c540f1f85f2681c3a133171fb56752cd" \
    "c094961cc6066bb22a4034af59b10e774ef7f5cc6a1c4255c8b78a68a66876a539d8277d56d8603ff94c77f9c5"

#endif
