/* SPDX-License-Identifier: Apache-2.0 */
/* How each ambiguity of the specification was settled, as data. */
#include "base/std.h"

#include "scenario/rules.h"

static const struct interpretation interpretations[] = {
    {"I-1", "AuthData is \"String\" in 5.2.1, Opaque in table 1 and the registry", "Opaque.", NULL},
    {"I-2", "AuthData is Multiple, but only \"the buffer\" is described",
     "One resource instance, id 0. A checker joins all instances in ascending id.",
     "auth_data_instances"},
    {"I-3", "Challenge is an Integer, the example writes 0x2345178",
     "Decimal −2^63 … 2^63−1, or 0x and up to 16 hex digits; anything else 4.00. Our server sends "
     "decimal, 1 … 2^63−1. Arguments 1 and 3: decimal, 0 … 65534; otherwise 4.00.",
     NULL},
    {"I-4", "how a challenge becomes octets",
     "challenge_octets: minimal (default; big-endian without leading zero octets, at least one "
     "octet: 02 34 51 78 for the example; negatives as 8 octets, two's complement), int64 (always "
     "8 octets), text (the characters on the wire; --challenge is then taken verbatim).",
     "challenge_octets"},
    {"I-5", "\"+\" in both formulas",
     "Concatenation in the written order: Hash ‖ Challenge, data ‖ Challenge. (Unambiguous for "
     "signatures: the hash has a fixed length.)",
     NULL},
    {"I-6", "hash and signature functions are left open",
     "suite of authentication: sha256+aes128-cmac (default, the specification's own example), "
     "sha256+aes256-cmac, sha256+hmac-sha256 (key 32 octets), sha384+hmac-sha384 (48), "
     "sha256+ecdsa-p256 (verified, not recomputed; r ‖ s). The hash covers the UTF-8 octets of the "
     "value without a terminator. The port has verify beside sign. A suite that is claimed but "
     "unknown: inconclusive.",
     "authentication.suite"},
    {"I-7", "the cipher's mode, padding and IV are left open",
     "suite of encryption: aes128-ccm (default: 12-octet random nonce, 16-octet tag; nonce ‖ "
     "ciphertext ‖ tag), aes128-gcm, aes256-gcm, aes256-ccm (same layout), aes128-cbc, aes256-cbc "
     "(PKCS#7, random IV; IV ‖ ciphertext). To open: decrypt, the tail must equal the challenge "
     "octets, the rest is the data. CBC has no integrity: a flipped IV bit goes unnoticed; open "
     "and the report say so, and bad padding and wrong tail give the same answer. With minimal a "
     "short challenge can be the tail of a longer one: challenges that our server chooses are 8 "
     "octets with a non-zero first one, and open warns below 4.",
     "encryption.suite"},
    {"I-8", "are all arguments required",
     "0, 1 and 2 are; 3 defaults to key 0; an argument given twice: 4.00. A real device may demand "
     "some of 4..9: extra_arguments of the profile is sent along.",
     "extra_arguments"},
    {"I-9", "where an error shows: CoAP code or ERROR state",
     "What the argument list alone tells (grammar, range, missing, duplicate): 4.00, no state "
     "change. What only the component or the data can tell (no such Identity instance, key, hash "
     "or service; component failed or timed out): 2.04, then ERROR.",
     NULL},
    {"I-10", "what counts as \"accessed through READ or NOTIFY\"",
     "Any successful response or notification whose payload carries at least one AuthData value of "
     "that instance: resource, resource instance, object instance, object, composite, first "
     "Observe response, cancelling Observe. Send does not count. The payload is a snapshot taken "
     "before the reset (it still shows status 1). With Block2 the reset happens when the first "
     "block leaves; the rest comes from the snapshot, which is dropped and zeroed with the last "
     "block, a new GetAuthData, Delete, restart, or after a time limit.",
     NULL},
    {"I-11", "AuthData while there is none; leaving ERROR",
     "A read of /16/x/2: 2.05 with zero instances in multi-value formats; /16/x/2/y: 4.04; omitted "
     "from wider reads. (Others may answer 4.04 for /16/x/2.) A direct read of /16/x/2 in ERROR "
     "resets to IDLE; wider reads and notifications without a value do not, so that a poll cannot "
     "wipe an error before it is seen.",
     NULL},
    {"I-12",
     "use case 2 names the \"Authentication key set\" for encryption, and 5.2.2 calls the "
     "challenge argument 3",
     "Slips: the encryption key set, argument 2.", NULL},
    {"I-13", "symbolic and unquoted arguments in the examples (0=SRV_AUTHENT, 1=3)",
     "On the wire strict by default (0='0',1='3',2='36983160',3='0'), 4.00 otherwise. "
     "lenient_arguments accepts names, blanks and missing quotes. In scenario files the readable "
     "form is always allowed and is translated.",
     "lenient_arguments"},
    {"I-14", "a second GetAuthData while one runs", "Restart: the latest wins.", NULL},
    {"I-15", "which server may fetch the result",
     "Whoever has R on the instance (Access Control object); the result is shared, as written.",
     NULL},
    {"I-16", "resources 1, 2, 3 are each Optional (figure 2 even shows 1 and 2 without 3)",
     "Ours: all or none by default; a profile may leave some out. Checkers: PF-OBJ-9, warn.", NULL},
    {"I-17", "Identity mandatory, Multiple, but Create may bring none",
     "Accepted (2.01): the resource is there with zero instances. strict_create answers 4.00. A "
     "checker accepts both.",
     "strict_create"},
    {"I-18", "deleting an instance leaves Objlinks dangling",
     "The link instance in /3/0/22 is removed and observers are told.", NULL},
    {"I-19", "instances created by a server have no keys",
     "GetAuthData on them: 2.04, then ERROR, until provisioned.", NULL},
    {"I-20", "Identity is RW in table 1, \"Access: READ\" in B.1",
     "RW. read_only of the profile names Identity instances that refuse writes (4.05); a checker "
     "accepts both.",
     "read_only"},
    {"I-21", "restart",
     "AuthStatus IDLE, AuthData empty, nothing of a running process survives; Identity values do "
     "when the profile has a state file.",
     NULL},
    {"I-22", "notifications and the pulse 0→1→0",
     "Data and status change as one step. Observers of the status get 1, then AuthData goes out to "
     "whoever observes it, then the status gives 0 (pmin may hide the pulse). All observers due at "
     "that moment get the same snapshot; one held back by pmin gets what is there later. Emptying "
     "alone is not notified to observers of AuthData. Notifications that carry AuthData are "
     "confirmable.",
     NULL},
    {"I-23", "provisioning",
     "\"hashes\": \"from-identity\" hashes the profile's text, never a state file's or a written "
     "value. component provision /16/x/0/y (a device stimulus: the trusted out-of-band act) hashes "
     "the current value anew; such hashes are stored apart.",
     NULL},
};

const struct interpretation *interpretation_at(size_t index)
{
    return index < COUNT_OF(interpretations) ? &interpretations[index] : NULL;
}
