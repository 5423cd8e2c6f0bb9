/* SPDX-License-Identifier: Apache-2.0 */
/* The rules that a check can belong to, as data. */
#include "base/std.h"

#include "scenario/rules.h"

static const struct rule rules[] = {
    {"PF-OBJ-1", "6", RULE_TABLE, SIDE_DEVICE,
     "The object is id 16, many instances, optional, version 1.0, URN urn:oma:lwm2m:oma:16; the "
     "registration lists each instance as </16/x>, or </16> when it is supported and has none; no "
     "ver is needed.",
     NULL},
    {"PF-OBJ-2", "6", RULE_TABLE, SIDE_DEVICE,
     "Identity (0): R and W, many instances, mandatory, String.", NULL},
    {"PF-OBJ-3", "6", RULE_TABLE, SIDE_DEVICE,
     "GetAuthData (1): E only, single. Read, write or observe on it: 4.05.", NULL},
    {"PF-OBJ-4", "5.2.1, 6", RULE_MUST, SIDE_DEVICE,
     "AuthData (2): R only, many instances, Opaque. A write: 4.05, nothing changes.", NULL},
    {"PF-OBJ-5", "6", RULE_TABLE, SIDE_DEVICE,
     "AuthStatus (3): R only, single, Integer, always 0, 1 or 2. A write: 4.05.", NULL},
    {"PF-OBJ-6", "6", RULE_TABLE, SIDE_DEVICE,
     "Resources 1, 2, 3 are each optional; Discover lists exactly those that exist.", NULL},
    {"PF-OBJ-7", "5.1", RULE_MUST, SIDE_DEVICE,
     "An instance is dedicated to one Object Instance: no Objlinks from two different object "
     "instances to the same 16:x (on a third party: warn, since a link is not always an "
     "attachment).",
     NULL},
    {"PF-OBJ-8", "5.1", RULE_TABLE, SIDE_DEVICE, "Identity can hold several resource instances.",
     NULL},
    {"PF-OBJ-9", "", RULE_INTERPRETATION, SIDE_DEVICE,
     "A device that offers a service has all of 1, 2 and 3 (I-16).", NULL},
    {"PF-STATE-1", "5.2.1", RULE_MUST, SIDE_DEVICE,
     "An accepted GetAuthData sets AuthStatus to IDLE, whatever it was.", NULL},
    {"PF-STATE-2", "5.2.1", RULE_MUST, SIDE_DEVICE,
     "When AuthData holds valid data, AuthStatus is DATA_AVAIL, and never otherwise.", NULL},
    {"PF-STATE-3", "5.2.1", RULE_MUST, SIDE_DEVICE,
     "When the process meets an error, AuthStatus becomes ERROR.", NULL},
    {"PF-STATE-4", "5.2.1, 6", RULE_MUST, SIDE_DEVICE,
     "A READ that returns AuthData resets AuthStatus to IDLE (I-10 says which reads).", NULL},
    {"PF-STATE-5", "5.2.1, 6", RULE_MUST, SIDE_DEVICE,
     "A NOTIFY that carries AuthData resets AuthStatus to IDLE.", NULL},
    {"PF-STATE-6", "5.2.1", RULE_MUST, SIDE_DEVICE,
     "In IDLE the buffer holds no valid data: what can be read after a reset is not the old result "
     "(nothing at all on our device, I-11).",
     NULL},
    {"PF-STATE-7", "B.2", RULE_APPENDIX, SIDE_DEVICE,
     "Observers of AuthStatus are told of each change, subject to their attributes.", NULL},
    {"PF-STATE-8", "", RULE_INTERPRETATION, SIDE_DEVICE,
     "A refused Execute (4.xx) changes neither AuthStatus nor AuthData (I-9).", NULL},
    {"PF-STATE-9", "CoAP 4.5", RULE_LWM2M, SIDE_DEVICE,
     "A repeated confirmable request (same message id and endpoint, within EXCHANGE_LIFETIME) is "
     "processed once and answered with the same octets: a repeated Execute starts one process; a "
     "repeated READ of AuthData consumes once and still carries the data.",
     NULL},
    {"PF-STATE-10", "", RULE_INTERPRETATION, SIDE_DEVICE,
     "A second GetAuthData while one runs wins: the first one's result never appears (I-14).",
     NULL},
    {"PF-STATE-11", "", RULE_INTERPRETATION, SIDE_DEVICE,
     "Data and status change in one step; every observer that is due gets the same snapshot; the "
     "instance being observed leads to no endless chain of notifications (I-22).",
     NULL},
    {"PF-STATE-12", "", RULE_INTERPRETATION, SIDE_DEVICE,
     "After ERROR or a reset, nothing of AuthData is left to read; ERROR is left as I-11 says.",
     NULL},
    {"PF-ARG-1", "5.2.1, table 2", RULE_TABLE, SIDE_DEVICE | SIDE_SERVER,
     "Argument 0, Service: Integer 0..1; 0 authenticates, 1 encrypts.", NULL},
    {"PF-ARG-2", "5.2.1, table 2", RULE_TABLE, SIDE_DEVICE | SIDE_SERVER,
     "Argument 1, Identity Instance Id: Integer; selects the Identity resource instance of this "
     "Portfolio instance.",
     NULL},
    {"PF-ARG-3", "5.2.1, table 2", RULE_TABLE, SIDE_DEVICE | SIDE_SERVER,
     "Argument 2, Challenge: Integer, given by the server.", NULL},
    {"PF-ARG-4", "5.2.1, table 2", RULE_TABLE, SIDE_DEVICE | SIDE_SERVER,
     "Argument 3, Key Index: Integer; selects the key within the key set of that service of this "
     "instance.",
     NULL},
    {"PF-ARG-5", "table 2", RULE_INTERPRETATION, SIDE_DEVICE,
     "Arguments 4..9 are strings for the application; one that the device does not know is "
     "ignored.",
     NULL},
    {"PF-ARG-6", "LwM2M", RULE_LWM2M, SIDE_DEVICE | SIDE_SERVER,
     "The argument list follows the Execute grammar of the LwM2M core. A malformed list: 4.00. A "
     "device that also accepts the specification's printed form of B.2: warn.",
     NULL},
    {"PF-ARG-7", "", RULE_INTERPRETATION, SIDE_DEVICE,
     "Missing, duplicated or out-of-range arguments are refused with 4.00 (I-8, I-9); a third "
     "party may answer 2.04 and show ERROR instead.",
     NULL},
    {"PF-ARG-8", "", RULE_INTERPRETATION, SIDE_DEVICE,
     "The challenge is accepted in the forms and range of I-3.", NULL},
    {"PF-SC-1", "5.2.1", RULE_MUST, SIDE_COMPONENT, "The services are bound to a secure component.",
     NULL},
    {"PF-SC-2", "5.2.1", RULE_MUST, SIDE_COMPONENT,
     "Each instance has, for each service it offers, its own provisioned key set.", NULL},
    {"PF-SC-3", "5.2.1", RULE_MUST, SIDE_COMPONENT,
     "Key sets are dedicated: the same key octets in two sets (another instance or another "
     "service) are refused when a profile is loaded. On a third party a result that does not fit "
     "the claimed key is tried with every other claimed key; a fit is this rule.",
     NULL},
    {"PF-SC-4", "5.2.2.1", RULE_MUST, SIDE_COMPONENT,
     "Authentication: the hash of the identity and at least one key are provisioned.", NULL},
    {"PF-SC-5", "5.2.2.2", RULE_MUST, SIDE_COMPONENT,
     "Encryption: at least one key is provisioned.", NULL},
    {"PF-SC-6", "", RULE_INTERPRETATION, SIDE_COMPONENT,
     "Key octets never leave: not by any LwM2M operation, log, trace, report, record or error "
     "text.",
     "no step asks for it: every scenario looks for key octets in all that is said and logged, and "
     "the end-to-end test of secrets in the files, too"},
    {"PF-SC-7", "", RULE_INTERPRETATION, SIDE_COMPONENT,
     "A component that fails, hangs past its limit or is not there leads to ERROR, never to a "
     "stuck or invented result.",
     NULL},
    {"PF-AUTH-1", "5.2.2.1", RULE_MUST, SIDE_DEVICE | SIDE_COMPONENT,
     "AuthData = SIG_Kn(Hash(Identity) + Challenge), with the suite and octet rule that both ends "
     "agreed on.",
     NULL},
    {"PF-AUTH-2", "5.2.2.1", RULE_MUST, SIDE_COMPONENT,
     "The hash is the provisioned one: writing Identity afterwards does not change what is signed, "
     "so the server finds an altered or cloned identity out.",
     NULL},
    {"PF-AUTH-3", "5.2.2.1", RULE_MUST, SIDE_DEVICE | SIDE_COMPONENT,
     "Kn is the key that argument 3 selects, the hash is the one that argument 1 selects, the "
     "challenge is argument 2: changing any one of them changes the signature.",
     NULL},
    {"PF-ENC-1", "5.2.2.2", RULE_MUST, SIDE_DEVICE | SIDE_COMPONENT,
     "AuthData = ENCRYPT_Kn(data + Challenge), data being the content of the selected Identity "
     "instance when the request was accepted.",
     NULL},
    {"PF-ENC-2", "5.2.2.2", RULE_MUST, SIDE_DEVICE | SIDE_COMPONENT,
     "Kn comes from the encryption key set (I-12); the server opens it and finds exactly data and "
     "challenge.",
     NULL},
    {"PF-GSMA-1", "B.1", RULE_APPENDIX, SIDE_DEVICE,
     "An instance that claims GSMA has at least Identity instances 1 manufacturer, 2 model, 3 "
     "software version, and 0 host device id when it is claimed; each a String with the claimed "
     "value.",
     NULL},
    {"PF-GSMA-2", "B.1", RULE_APPENDIX, SIDE_DEVICE, "The host device id is alphanumeric.", NULL},
    {"PF-GSMA-3", "B.1", RULE_APPENDIX, SIDE_DEVICE,
     "Device /3/0/22 (ExtDevInfo, multiple Objlink) points to the instance.", NULL},
    {"PF-GSMA-4", "B.1", RULE_APPENDIX, SIDE_DEVICE,
     "A software update on the host shows in Identity 3 (and the component is provisioned anew for "
     "it).",
     NULL},
    {"PF-DM-1", "LwM2M", RULE_LWM2M, SIDE_DEVICE,
     "Create, with and without an instance id, works as ETS 1630 says and is followed by a "
     "registration update; an instance id in use: 4.00.",
     NULL},
    {"PF-DM-2", "LwM2M", RULE_LWM2M, SIDE_DEVICE,
     "Delete works as ETS 1635 says (2.02), is followed by a registration update, ends "
     "observations and a running process; nothing of the instance can be read afterwards.",
     NULL},
    {"PF-DM-3", "LwM2M", RULE_LWM2M, SIDE_DEVICE,
     "Write replace on Identity replaces the whole set of resource instances; partial update adds "
     "and overwrites.",
     NULL},
    {"PF-DM-4", "LwM2M", RULE_LWM2M, SIDE_DEVICE,
     "What is asked for in Accept is what comes; unknown Accept 4.06; unknown Content-Format 4.15; "
     "malformed payload 4.00 with nothing changed.",
     NULL},
    {"PF-DM-5", "LwM2M", RULE_LWM2M, SIDE_DEVICE,
     "Missing object, instance, resource or resource instance: 4.04.", NULL},
    {"PF-DM-6", "LwM2M", RULE_LWM2M, SIDE_DEVICE,
     "Observe, Write-Attributes (pmin, pmax …), cancel by Reset and by Observe=1 work on Identity, "
     "AuthData, AuthStatus, the instance and the object.",
     NULL},
    {"PF-DM-7", "LwM2M 1.1", RULE_LWM2M, SIDE_DEVICE,
     "Read-, Write- and Observe-Composite and Send treat object 16 by the same rules.", NULL},
    {"PF-DM-8", "LwM2M 1.1", RULE_LWM2M, SIDE_DEVICE,
     "/16/x/0/y and /16/x/2/y are addressed one by one; a write touches only y. (Our device does "
     "so for 1.0 servers too. PUT to a missing y: 4.04 on ours; creation is accepted on others.)",
     NULL},
    {"PF-DM-9", "", RULE_INTERPRETATION, SIDE_DEVICE,
     "Discover shows dim on 0 and 2. Missing in an object-level Discover up to 1.1, resource 2 "
     "absent or dim=0 while empty: accepted.",
     NULL},
    {"PF-SRV-1", "B.2", RULE_APPENDIX, SIDE_SERVER,
     "Before the server takes AuthData it has learnt that data is there: by polling or observing "
     "AuthStatus, or by observing AuthData or an enclosing path.",
     NULL},
    {"PF-SRV-2", "5.2.1", RULE_INTERPRETATION, SIDE_SERVER,
     "Within one registration, a challenge that the server chose is not used twice, nor counted: "
     "the standard wants a random value.",
     NULL},
    {"PF-SRV-3", "B.2", RULE_APPENDIX, SIDE_SERVER,
     "On ERROR the server does not take AuthData for valid, and can start again.", NULL},
    {"PF-SRV-4", "LwM2M", RULE_LWM2M, SIDE_SERVER,
     "The server accepts the registration (2.01 with a location), keeps it over updates, and "
     "addresses the instance ids that were registered.",
     NULL},
    {"PF-SRV-5", "LwM2M", RULE_LWM2M, SIDE_SERVER,
     "The server reads multiple-instance AuthData and Identity in the format that it asked for, "
     "whatever the number of instances.",
     NULL},
    {"PF-SRV-6", "5.2.2", RULE_INTERPRETATION, SIDE_SERVER,
     "Where the server's verdict can be seen, it accepts the right signature and refuses a wrong "
     "one; opens the right ciphertext.",
     NULL},
    {"LWM2M-READ", "LwM2M", RULE_LWM2M, SIDE_DEVICE | SIDE_SERVER,
     "Read answers 2.05 with the content, in the format asked for.", NULL},
    {"LWM2M-WRITE", "LwM2M", RULE_LWM2M, SIDE_DEVICE | SIDE_SERVER,
     "Write (replace) answers 2.04 and the target is what was sent.", NULL},
    {"LWM2M-UPDATE-VALUES", "LwM2M", RULE_LWM2M, SIDE_DEVICE | SIDE_SERVER,
     "Write (partial update) answers 2.04 and only what was sent changes.", NULL},
    {"LWM2M-EXECUTE", "LwM2M", RULE_LWM2M, SIDE_DEVICE | SIDE_SERVER,
     "Execute answers 2.04 when it was accepted.", NULL},
    {"LWM2M-CREATE", "LwM2M", RULE_LWM2M, SIDE_DEVICE | SIDE_SERVER,
     "Create answers 2.01 and the instance is there.", NULL},
    {"LWM2M-DELETE", "LwM2M", RULE_LWM2M, SIDE_DEVICE | SIDE_SERVER,
     "Delete answers 2.02 and the instance is gone.", NULL},
    {"LWM2M-DISCOVER", "LwM2M", RULE_LWM2M, SIDE_DEVICE | SIDE_SERVER,
     "Discover answers 2.05 with links of what is there.", NULL},
    {"LWM2M-OBSERVE", "LwM2M", RULE_LWM2M, SIDE_DEVICE | SIDE_SERVER,
     "Observe answers 2.05 with the current value and the Observe option.", NULL},
    {"LWM2M-CANCEL", "LwM2M", RULE_LWM2M, SIDE_DEVICE | SIDE_SERVER,
     "A cancelled observation sends no more notifications.", NULL},
    {"LWM2M-ATTRIBUTES", "LwM2M", RULE_LWM2M, SIDE_DEVICE | SIDE_SERVER,
     "Write-Attributes answers 2.04 and the attributes are in force.", NULL},
    {"LWM2M-READ-COMPOSITE", "LwM2M 1.1", RULE_LWM2M, SIDE_DEVICE | SIDE_SERVER,
     "Read-Composite answers 2.05 with what there is of the paths asked for.", NULL},
    {"LWM2M-WRITE-COMPOSITE", "LwM2M 1.1", RULE_LWM2M, SIDE_DEVICE | SIDE_SERVER,
     "Write-Composite answers 2.04 and writes all values, or none of them.", NULL},
    {"LWM2M-OBSERVE-COMPOSITE", "LwM2M 1.1", RULE_LWM2M, SIDE_DEVICE | SIDE_SERVER,
     "Observe-Composite answers 2.05, and a change of one of its paths notifies all of them.",
     NULL},
    {"LWM2M-REGISTER", "LwM2M", RULE_LWM2M, SIDE_DEVICE | SIDE_SERVER,
     "The device registers with its endpoint name, lifetime and object list, and is answered 2.01 "
     "with a location.",
     NULL},
    {"LWM2M-UPDATE", "LwM2M", RULE_LWM2M, SIDE_DEVICE | SIDE_SERVER,
     "The device updates its registration when lifetime, binding or object list change, and before "
     "it expires.",
     NULL},
    {"LWM2M-DEREGISTER", "LwM2M", RULE_LWM2M, SIDE_DEVICE | SIDE_SERVER,
     "A device that leaves says so with De-register.", NULL},
    {"LWM2M-NOTIFY", "LwM2M", RULE_LWM2M, SIDE_DEVICE | SIDE_SERVER,
     "An observed value that changes is notified, subject to the attributes.", NULL},
    {"LWM2M-SEND", "LwM2M 1.1", RULE_LWM2M, SIDE_DEVICE | SIDE_SERVER,
     "A device that sends values by itself sends those of instances that it registered, and is "
     "answered 2.04.",
     NULL},
    {"LWM2M-BOOTSTRAP", "LwM2M 1.1, 6.1", RULE_LWM2M, SIDE_DEVICE | SIDE_SERVER,
     "A device without a server asks its bootstrap server, obeys its operations and no other's, "
     "and "
     "uses what it was given when Bootstrap-Finish comes and all is there.",
     NULL},
    {"LWM2M-SECURE", "LwM2M 1.1, Transport 5", RULE_LWM2M, SIDE_DEVICE | SIDE_SERVER,
     "A link with security mode 0, 1 or 2 carries nothing before its handshake is over, and "
     "nothing "
     "at all when that fails.",
     NULL},
    {"COAP-REQUEST", "CoAP 4.2", RULE_LWM2M, SIDE_DEVICE | SIDE_SERVER,
     "Every confirmable request is answered; what cannot be processed gets the response code that "
     "says why.",
     NULL},
    {"COAP-DUPLICATE", "CoAP 4.5", RULE_LWM2M, SIDE_DEVICE | SIDE_SERVER,
     "A repeated confirmable request is answered with the same octets and processed once.", NULL},
};

char rule_strength_letter(enum rule_strength strength)
{
    return "MTALI"[strength];
}

const struct rule *rule_at(size_t index)
{
    return index < COUNT_OF(rules) ? &rules[index] : NULL;
}

const struct rule *rule_find(struct bytes id)
{
    for (size_t i = 0; i < COUNT_OF(rules); i++)
        if (bytes_is(id, rules[i].id))
            return &rules[i];
    return NULL;
}

const struct rule *rule_implied(enum operation_kind kind)
{
    static const char *const ids[] = {
        [OPERATION_READ] = "LWM2M-READ",
        [OPERATION_WRITE] = "LWM2M-WRITE",
        [OPERATION_UPDATE] = "LWM2M-UPDATE-VALUES",
        [OPERATION_EXECUTE] = "LWM2M-EXECUTE",
        [OPERATION_CREATE] = "LWM2M-CREATE",
        [OPERATION_DELETE] = "LWM2M-DELETE",
        [OPERATION_DISCOVER] = "LWM2M-DISCOVER",
        [OPERATION_OBSERVE] = "LWM2M-OBSERVE",
        [OPERATION_CANCEL] = "LWM2M-CANCEL",
        [OPERATION_ATTRIBUTES] = "LWM2M-ATTRIBUTES",
        [OPERATION_READ_COMPOSITE] = "LWM2M-READ-COMPOSITE",
        [OPERATION_WRITE_COMPOSITE] = "LWM2M-WRITE-COMPOSITE",
        [OPERATION_OBSERVE_COMPOSITE] = "LWM2M-OBSERVE-COMPOSITE",
        [OPERATION_CANCEL_COMPOSITE] = "LWM2M-CANCEL",
        [OPERATION_RAW] = "COAP-REQUEST",
        [OPERATION_REPEAT] = "COAP-DUPLICATE",
        [OPERATION_AUTHENTICATE] = "PF-AUTH-1",
        [OPERATION_DECRYPT] = "PF-ENC-1",
        [OPERATION_FINISH] = "LWM2M-BOOTSTRAP",
    };
    FOR_EACH_OPERATION(ids);
    return rule_find(bytes_of(ids[kind]));
}

const struct rule *rule_implied_event(enum expect_kind kind)
{
    static const char *const ids[] = {
        [EXPECT_REGISTER] = "LWM2M-REGISTER", [EXPECT_FRESH_REGISTER] = "LWM2M-REGISTER",
        [EXPECT_UPDATE] = "LWM2M-UPDATE",     [EXPECT_DEREGISTER] = "LWM2M-DEREGISTER",
        [EXPECT_NOTIFY] = "LWM2M-NOTIFY",     [EXPECT_NOTIFY_COMPOSITE] = "LWM2M-OBSERVE-COMPOSITE",
        [EXPECT_EXPIRY] = "LWM2M-REGISTER",   [EXPECT_SEND] = "LWM2M-SEND",
        [EXPECT_REQUEST] = "COAP-REQUEST",    [EXPECT_SECURED] = "LWM2M-SECURE",
        [EXPECT_FAILURE] = "LWM2M-SECURE",
    };
    return rule_find(bytes_of(ids[kind]));
}
