/* SPDX-License-Identifier: Apache-2.0 */
/* The object definitions that are built in: 0 to 7 as of LwM2M 1.0 and of 1.1, and 16 (the
 * Portfolio object). */
#include "base/std.h"

#include "model/model.h"

enum { R = OP_READ, W = OP_WRITE, RW = OP_READ | OP_WRITE, E = OP_EXECUTE, BOOTSTRAP = 0 };
enum { SINGLE = false, MULTIPLE = true };
enum { OPTIONAL = false, MANDATORY = true };

/* The two columns of the range, for those that have none. */
#define ANY 1, 0

/* The standard names no range for times; a lifetime that no server would accept again could not be
 * mended by a server any more. */
#define SECONDS_MOST UINT32_MAX

/* LwM2M 1.1 only adds to the objects of 1.0, behind all that they have: where a version ends is a
 * count of rows. */
enum { SECURITY_1_0 = 13, SERVER_1_0 = 9, CONNECTIVITY_1_0 = 11 };

static const struct resource_def security[] = {
    {0, "LWM2M Server URI", BOOTSTRAP, SINGLE, MANDATORY, VALUE_STRING, 0, 255},
    {1, "Bootstrap Server", BOOTSTRAP, SINGLE, MANDATORY, VALUE_BOOLEAN, ANY},
    {2, "Security Mode", BOOTSTRAP, SINGLE, MANDATORY, VALUE_INTEGER, 0, 4},
    {3, "Public Key or Identity", BOOTSTRAP, SINGLE, MANDATORY, VALUE_OPAQUE, ANY},
    {4, "Server Public Key", BOOTSTRAP, SINGLE, MANDATORY, VALUE_OPAQUE, ANY},
    {5, "Secret Key", BOOTSTRAP, SINGLE, MANDATORY, VALUE_OPAQUE, ANY},
    {6, "SMS Security Mode", BOOTSTRAP, SINGLE, OPTIONAL, VALUE_INTEGER, 0, 255},
    /* 6 octets, and 16 to 48; Leshan's bootstrap server writes them empty where there are none. */
    {7, "SMS Binding Key Parameters", BOOTSTRAP, SINGLE, OPTIONAL, VALUE_OPAQUE, 0, 6},
    {8, "SMS Binding Secret Key(s)", BOOTSTRAP, SINGLE, OPTIONAL, VALUE_OPAQUE, 0, 48},
    {9, "LWM2M Server SMS Number", BOOTSTRAP, SINGLE, OPTIONAL, VALUE_STRING, ANY},
    {10, "Short Server ID", BOOTSTRAP, SINGLE, OPTIONAL, VALUE_INTEGER, 1, 65534},
    {11, "Client Hold Off Time", BOOTSTRAP, SINGLE, OPTIONAL, VALUE_INTEGER, ANY},
    {12, "Bootstrap Server Account Timeout", BOOTSTRAP, SINGLE, OPTIONAL, VALUE_INTEGER, ANY},
    {13, "Matching Type", BOOTSTRAP, SINGLE, OPTIONAL, VALUE_INTEGER, 0, 3},
    {14, "SNI", BOOTSTRAP, SINGLE, OPTIONAL, VALUE_STRING, ANY},
    {15, "Certificate Usage", BOOTSTRAP, SINGLE, OPTIONAL, VALUE_INTEGER, 0, 3},
    {16, "DTLS/TLS Ciphersuite", BOOTSTRAP, MULTIPLE, OPTIONAL, VALUE_INTEGER, 0, UINT32_MAX},
    {17, "OSCORE Security Mode", BOOTSTRAP, SINGLE, OPTIONAL, VALUE_OBJLINK, ANY},
};

static const struct resource_def server[] = {
    {0, "Short Server ID", R, SINGLE, MANDATORY, VALUE_INTEGER, 1, 65535},
    {1, "Lifetime", RW, SINGLE, MANDATORY, VALUE_INTEGER, 1, SECONDS_MOST},
    {2, "Default Minimum Period", RW, SINGLE, OPTIONAL, VALUE_INTEGER, 0, SECONDS_MOST},
    {3, "Default Maximum Period", RW, SINGLE, OPTIONAL, VALUE_INTEGER, 0, SECONDS_MOST},
    {4, "Disable", E, SINGLE, OPTIONAL, VALUE_NONE, ANY},
    {5, "Disable Timeout", RW, SINGLE, OPTIONAL, VALUE_INTEGER, 0, SECONDS_MOST},
    {6, "Notification Storing When Disabled or Offline", RW, SINGLE, MANDATORY, VALUE_BOOLEAN, ANY},
    {7, "Binding", RW, SINGLE, MANDATORY, VALUE_STRING, ANY},
    {8, "Registration Update Trigger", E, SINGLE, MANDATORY, VALUE_NONE, ANY},
    {9, "Bootstrap-Request Trigger", E, SINGLE, OPTIONAL, VALUE_NONE, ANY},
    {10, "APN Link", RW, SINGLE, OPTIONAL, VALUE_OBJLINK, ANY},
    {11, "TLS-DTLS Alert Code", R, SINGLE, OPTIONAL, VALUE_INTEGER, 0, 255},
    {12, "Last Bootstrapped", R, SINGLE, OPTIONAL, VALUE_TIME, ANY},
    {13, "Registration Priority Order", BOOTSTRAP, SINGLE, OPTIONAL, VALUE_INTEGER, 0, INT64_MAX},
    {14, "Initial Registration Delay Timer", BOOTSTRAP, SINGLE, OPTIONAL, VALUE_INTEGER, 0,
     SECONDS_MOST},
    {15, "Registration Failure Block", BOOTSTRAP, SINGLE, OPTIONAL, VALUE_BOOLEAN, ANY},
    {16, "Bootstrap on Registration Failure", BOOTSTRAP, SINGLE, OPTIONAL, VALUE_BOOLEAN, ANY},
    {17, "Communication Retry Count", BOOTSTRAP, SINGLE, OPTIONAL, VALUE_INTEGER, 0, UINT32_MAX},
    {18, "Communication Retry Timer", BOOTSTRAP, SINGLE, OPTIONAL, VALUE_INTEGER, 0, SECONDS_MOST},
    /* Its greatest value means "never again", and how wide it is nobody says. */
    {19, "Communication Sequence Delay Timer", BOOTSTRAP, SINGLE, OPTIONAL, VALUE_INTEGER, 0,
     INT64_MAX},
    {20, "Communication Sequence Retry Count", BOOTSTRAP, SINGLE, OPTIONAL, VALUE_INTEGER, 0,
     UINT32_MAX},
    {21, "Trigger", RW, SINGLE, OPTIONAL, VALUE_BOOLEAN, ANY},
    {22, "Preferred Transport", RW, SINGLE, OPTIONAL, VALUE_STRING, 1, 1},
    {23, "Mute Send", RW, SINGLE, OPTIONAL, VALUE_BOOLEAN, ANY},
};

static const struct resource_def access_control[] = {
    {0, "Object ID", R, SINGLE, MANDATORY, VALUE_INTEGER, 1, 65534},
    {1, "Object Instance ID", R, SINGLE, MANDATORY, VALUE_INTEGER, 0, 65535},
    {2, "ACL", RW, MULTIPLE, OPTIONAL, VALUE_INTEGER, 0, 31},
    {3, "Access Control Owner", RW, SINGLE, MANDATORY, VALUE_INTEGER, 0, 65535},
};

static const struct resource_def device[] = {
    {0, "Manufacturer", R, SINGLE, OPTIONAL, VALUE_STRING, ANY},
    {1, "Model Number", R, SINGLE, OPTIONAL, VALUE_STRING, ANY},
    {2, "Serial Number", R, SINGLE, OPTIONAL, VALUE_STRING, ANY},
    {3, "Firmware Version", R, SINGLE, OPTIONAL, VALUE_STRING, ANY},
    {4, "Reboot", E, SINGLE, MANDATORY, VALUE_NONE, ANY},
    {5, "Factory Reset", E, SINGLE, OPTIONAL, VALUE_NONE, ANY},
    {6, "Available Power Sources", R, MULTIPLE, OPTIONAL, VALUE_INTEGER, 0, 7},
    {7, "Power Source Voltage", R, MULTIPLE, OPTIONAL, VALUE_INTEGER, ANY},
    {8, "Power Source Current", R, MULTIPLE, OPTIONAL, VALUE_INTEGER, ANY},
    {9, "Battery Level", R, SINGLE, OPTIONAL, VALUE_INTEGER, 0, 100},
    {10, "Memory Free", R, SINGLE, OPTIONAL, VALUE_INTEGER, ANY},
    {11, "Error Code", R, MULTIPLE, MANDATORY, VALUE_INTEGER, 0, 8},
    {12, "Reset Error Code", E, SINGLE, OPTIONAL, VALUE_NONE, ANY},
    {13, "Current Time", RW, SINGLE, OPTIONAL, VALUE_TIME, ANY},
    {14, "UTC Offset", RW, SINGLE, OPTIONAL, VALUE_STRING, ANY},
    {15, "Timezone", RW, SINGLE, OPTIONAL, VALUE_STRING, ANY},
    {16, "Supported Binding and Modes", R, SINGLE, MANDATORY, VALUE_STRING, ANY},
    {17, "Device Type", R, SINGLE, OPTIONAL, VALUE_STRING, ANY},
    {18, "Hardware Version", R, SINGLE, OPTIONAL, VALUE_STRING, ANY},
    {19, "Software Version", R, SINGLE, OPTIONAL, VALUE_STRING, ANY},
    {20, "Battery Status", R, SINGLE, OPTIONAL, VALUE_INTEGER, 0, 6},
    {21, "Memory Total", R, SINGLE, OPTIONAL, VALUE_INTEGER, ANY},
    {22, "ExtDevInfo", R, MULTIPLE, OPTIONAL, VALUE_OBJLINK, ANY},
};

static const struct resource_def connectivity_monitoring[] = {
    {0, "Network Bearer", R, SINGLE, MANDATORY, VALUE_INTEGER, ANY},
    {1, "Available Network Bearer", R, MULTIPLE, MANDATORY, VALUE_INTEGER, ANY},
    {2, "Radio Signal Strength", R, SINGLE, MANDATORY, VALUE_INTEGER, ANY},
    {3, "Link Quality", R, SINGLE, OPTIONAL, VALUE_INTEGER, ANY},
    {4, "IP Addresses", R, MULTIPLE, MANDATORY, VALUE_STRING, ANY},
    {5, "Router IP Addresses", R, MULTIPLE, OPTIONAL, VALUE_STRING, ANY},
    {6, "Link Utilization", R, SINGLE, OPTIONAL, VALUE_INTEGER, 0, 100},
    {7, "APN", R, MULTIPLE, OPTIONAL, VALUE_STRING, ANY},
    {8, "Cell ID", R, SINGLE, OPTIONAL, VALUE_INTEGER, ANY},
    {9, "SMNC", R, SINGLE, OPTIONAL, VALUE_INTEGER, 0, 999},
    {10, "SMCC", R, SINGLE, OPTIONAL, VALUE_INTEGER, 0, 999},
    {11, "SignalSNR", R, SINGLE, OPTIONAL, VALUE_INTEGER, ANY},
    {12, "LAC", R, SINGLE, OPTIONAL, VALUE_INTEGER, ANY},
};

static const struct resource_def firmware_update[] = {
    {0, "Package", W, SINGLE, MANDATORY, VALUE_OPAQUE, ANY},
    {1, "Package URI", RW, SINGLE, MANDATORY, VALUE_STRING, 0, 255},
    {2, "Update", E, SINGLE, MANDATORY, VALUE_NONE, ANY},
    {3, "State", R, SINGLE, MANDATORY, VALUE_INTEGER, 0, 3},
    {5, "Update Result", R, SINGLE, MANDATORY, VALUE_INTEGER, 0, 9},
    {6, "PkgName", R, SINGLE, OPTIONAL, VALUE_STRING, 0, 255},
    {7, "PkgVersion", R, SINGLE, OPTIONAL, VALUE_STRING, 0, 255},
    {8, "Firmware Update Protocol Support", R, MULTIPLE, OPTIONAL, VALUE_INTEGER, 0, 5},
    {9, "Firmware Update Delivery Method", R, SINGLE, MANDATORY, VALUE_INTEGER, 0, 2},
};

static const struct resource_def location[] = {
    {0, "Latitude", R, SINGLE, MANDATORY, VALUE_FLOAT, ANY},
    {1, "Longitude", R, SINGLE, MANDATORY, VALUE_FLOAT, ANY},
    {2, "Altitude", R, SINGLE, OPTIONAL, VALUE_FLOAT, ANY},
    {3, "Radius", R, SINGLE, OPTIONAL, VALUE_FLOAT, ANY},
    {4, "Velocity", R, SINGLE, OPTIONAL, VALUE_OPAQUE, ANY},
    {5, "Timestamp", R, SINGLE, MANDATORY, VALUE_TIME, ANY},
    {6, "Speed", R, SINGLE, OPTIONAL, VALUE_FLOAT, ANY},
};

static const struct resource_def connectivity_statistics[] = {
    {0, "SMS Tx Counter", R, SINGLE, OPTIONAL, VALUE_INTEGER, ANY},
    {1, "SMS Rx Counter", R, SINGLE, OPTIONAL, VALUE_INTEGER, ANY},
    {2, "Tx Data", R, SINGLE, OPTIONAL, VALUE_INTEGER, ANY},
    {3, "Rx Data", R, SINGLE, OPTIONAL, VALUE_INTEGER, ANY},
    {4, "Max Message Size", R, SINGLE, OPTIONAL, VALUE_INTEGER, ANY},
    {5, "Average Message Size", R, SINGLE, OPTIONAL, VALUE_INTEGER, ANY},
    {6, "Start", E, SINGLE, MANDATORY, VALUE_NONE, ANY},
    {7, "Stop", E, SINGLE, OPTIONAL, VALUE_NONE, ANY},
    {8, "Collection Period", RW, SINGLE, OPTIONAL, VALUE_INTEGER, ANY},
};

/* rule: PF-OBJ-2, PF-OBJ-3, PF-OBJ-4, PF-OBJ-5 (table 1 of the specification) */
static const struct resource_def portfolio[] = {
    {0, "Identity", RW, MULTIPLE, MANDATORY, VALUE_STRING, ANY},
    {1, "GetAuthData", E, SINGLE, OPTIONAL, VALUE_NONE, ANY},
    {2, "AuthData", R, MULTIPLE, OPTIONAL, VALUE_OPAQUE, ANY},
    {3, "AuthStatus", R, SINGLE, OPTIONAL, VALUE_INTEGER, 0, 2},
};

#define OBJECT(ID, URN_VERSION, NAME, VERSION, INSTANCES, NEED, RESOURCES, COUNT)                  \
    {                                                                                              \
        ID, NAME, "urn:oma:lwm2m:oma:" #ID URN_VERSION, VERSION, INSTANCES, NEED, RESOURCES, COUNT \
    }
#define OBJECT_1_0(ID, NAME, INSTANCES, NEED, RESOURCES, COUNT)                                    \
    OBJECT(ID, "", NAME, "1.0", INSTANCES, NEED, RESOURCES, COUNT)
#define OBJECT_LATER(ID, NAME, VERSION, INSTANCES, NEED, RESOURCES)                                \
    OBJECT(ID, ":" VERSION, NAME, VERSION, INSTANCES, NEED, RESOURCES, COUNT_OF(RESOURCES))

static const struct object_def first[] = {
    OBJECT_1_0(0, "LWM2M Security", MULTIPLE, MANDATORY, security, SECURITY_1_0),
    OBJECT_1_0(1, "LWM2M Server", MULTIPLE, MANDATORY, server, SERVER_1_0),
    OBJECT_1_0(2, "LWM2M Access Control", MULTIPLE, OPTIONAL, access_control,
               COUNT_OF(access_control)),
    OBJECT_1_0(3, "Device", SINGLE, MANDATORY, device, COUNT_OF(device)),
    OBJECT_1_0(4, "Connectivity Monitoring", SINGLE, OPTIONAL, connectivity_monitoring,
               CONNECTIVITY_1_0),
    OBJECT_1_0(5, "Firmware Update", SINGLE, OPTIONAL, firmware_update, COUNT_OF(firmware_update)),
    OBJECT_1_0(6, "Location", SINGLE, OPTIONAL, location, COUNT_OF(location)),
    OBJECT_1_0(7, "Connectivity Statistics", SINGLE, OPTIONAL, connectivity_statistics,
               COUNT_OF(connectivity_statistics)),
    OBJECT_1_0(16, "Portfolio", MULTIPLE, OPTIONAL, portfolio, COUNT_OF(portfolio)),
};

/* The objects of which LwM2M 1.1 has a newer version. */
static const struct object_def newer[] = {
    OBJECT_LATER(0, "LWM2M Security", "1.1", MULTIPLE, MANDATORY, security),
    OBJECT_LATER(1, "LWM2M Server", "1.1", MULTIPLE, MANDATORY, server),
    OBJECT_LATER(3, "Device", "1.1", SINGLE, MANDATORY, device),
    OBJECT_LATER(4, "Connectivity Monitoring", "1.2", SINGLE, OPTIONAL, connectivity_monitoring),
};

static const struct object_def *const objects_1_0[] = {
    &first[0], &first[1], &first[2], &first[3], &first[4],
    &first[5], &first[6], &first[7], &first[8],
};

static const struct object_def *const objects_1_1[] = {
    &newer[0], &newer[1], &first[2], &newer[2], &newer[3],
    &first[5], &first[6], &first[7], &first[8],
};

const char *lwm2m_version_name(enum lwm2m_version version)
{
    return version == LWM2M_1_0 ? "1.0" : "1.1";
}

const struct catalogue *catalogue_of(enum lwm2m_version version)
{
    static const struct catalogue catalogues[] = {
        [LWM2M_1_0] = {objects_1_0, COUNT_OF(objects_1_0)},
        [LWM2M_1_1] = {objects_1_1, COUNT_OF(objects_1_1)},
    };
    return &catalogues[version];
}

const struct catalogue *catalogue_builtin(void)
{
    return catalogue_of(LWM2M_1_1);
}

/* Both tables are short and sorted; a search by halves pays only for what profiles declare. */
const struct object_def *catalogue_object(const struct catalogue *catalogue, unsigned object)
{
    size_t low = 0;
    size_t high = catalogue->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (catalogue->objects[middle]->id < object)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < catalogue->count && catalogue->objects[low]->id == object;
    return found ? catalogue->objects[low] : NULL;
}

const struct resource_def *object_def_resource(const struct object_def *def, unsigned resource)
{
    for (size_t i = 0; i < def->count && def->resources[i].id <= resource; i++)
        if (def->resources[i].id == resource)
            return &def->resources[i];
    return NULL;
}

const struct resource_def *catalogue_resource(const struct catalogue *catalogue, struct path path)
{
    if (path.depth < 3)
        return NULL;
    const struct object_def *def = catalogue_object(catalogue, path.id[0]);
    return def == NULL ? NULL : object_def_resource(def, path.id[2]);
}
