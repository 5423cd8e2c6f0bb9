// SPDX-License-Identifier: Apache-2.0
// The JSON in which the REST interface of Leshan's demo server speaks of nodes, links and registrations.

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.leshan.core.link.Link;
import org.eclipse.leshan.core.link.attributes.Attribute;
import org.eclipse.leshan.core.model.ResourceModel.Type;
import org.eclipse.leshan.core.node.LwM2mNode;
import org.eclipse.leshan.core.node.LwM2mMultipleResource;
import org.eclipse.leshan.core.node.LwM2mObject;
import org.eclipse.leshan.core.node.LwM2mObjectInstance;
import org.eclipse.leshan.core.node.LwM2mPath;
import org.eclipse.leshan.core.node.LwM2mResource;
import org.eclipse.leshan.core.node.LwM2mResourceInstance;
import org.eclipse.leshan.core.node.LwM2mRoot;
import org.eclipse.leshan.core.node.LwM2mSingleResource;
import org.eclipse.leshan.core.node.ObjectLink;
import org.eclipse.leshan.core.request.BindingMode;
import org.eclipse.leshan.core.util.datatype.ULong;
import org.eclipse.leshan.server.registration.Registration;

final class Nodes {
    static final ObjectMapper JSON = new ObjectMapper();
    private static final HexFormat HEX = HexFormat.of();

    private Nodes() {
    }

    static ObjectNode object() {
        return JSON.createObjectNode();
    }

    /** What the device said, as the demo server prints it. */
    static ObjectNode write(LwM2mNode node) {
        ObjectNode out = object();
        if (node instanceof LwM2mRoot root) {
            return list(out.put("kind", "root"), "objects", root.getObjects().values());
        }
        if (node instanceof LwM2mObject object) {
            return list(out.put("kind", "obj").put("id", object.getId()), "instances",
                    object.getInstances().values());
        }
        if (node instanceof LwM2mObjectInstance instance) {
            return list(out.put("kind", "instance").put("id", instance.getId()), "resources",
                    instance.getResources().values());
        }
        if (node instanceof LwM2mResource resource) {
            out.put("id", resource.getId()).put("type", resource.getType().toString());
            if (!resource.isMultiInstances()) {
                out.put("kind", "singleResource");
                return value(out, "value", resource.getType(), resource.getValue());
            }
            ObjectNode values = out.put("kind", "multiResource").putObject("values");
            resource.getInstances().forEach((id, one) -> value(values, id.toString(), resource.getType(),
                    one.getValue()));
            return out;
        }
        LwM2mResourceInstance one = (LwM2mResourceInstance) node;
        out.put("id", one.getId()).put("kind", "resourceInstance").put("type", one.getType().toString());
        return value(out, "value", one.getType(), one.getValue());
    }

    static ObjectNode write(Map<LwM2mPath, LwM2mNode> nodes) {
        ObjectNode out = object();
        nodes.forEach((path, node) -> {
            if (node == null) {
                out.putNull(path.toString());
            } else {
                out.set(path.toString(), write(node));
            }
        });
        return out;
    }

    private static ObjectNode list(ObjectNode out, String name, Collection<? extends LwM2mNode> nodes) {
        ArrayNode array = out.putArray(name);
        nodes.forEach(node -> array.add(write(node)));
        return out;
    }

    /** Integers and floats are strings, times milliseconds, opaque is hex. */
    private static ObjectNode value(ObjectNode out, String name, Type type, Object value) {
        switch (type) {
        case OPAQUE -> out.put(name, HEX.formatHex((byte[]) value));
        case TIME -> out.put(name, ((Date) value).getTime());
        case BOOLEAN -> out.put(name, (Boolean) value);
        case OBJLNK -> out.putObject(name).put("objectId", ((ObjectLink) value).getObjectId())
                .put("objectInstanceId", ((ObjectLink) value).getObjectInstanceId());
        default -> out.put(name, value.toString());
        }
        return out;
    }

    /** What the user of the REST interface wants to write. */
    static LwM2mNode read(JsonNode json) {
        if (json.has("instances")) {
            List<LwM2mObjectInstance> instances = new ArrayList<>();
            json.get("instances").forEach(one -> instances.add((LwM2mObjectInstance) read(one)));
            return new LwM2mObject(id(json), instances);
        }
        if (json.has("resources")) {
            List<LwM2mResource> resources = new ArrayList<>();
            json.get("resources").forEach(one -> resources.add((LwM2mResource) read(one)));
            return json.has("id") ? new LwM2mObjectInstance(id(json), resources)
                    : new LwM2mObjectInstance(resources);
        }
        Type type = Type.valueOf(json.path("type").asText().toUpperCase());
        if (json.has("values")) {
            Map<Integer, Object> values = new TreeMap<>();
            for (Iterator<String> it = json.get("values").fieldNames(); it.hasNext();) {
                String name = it.next();
                values.put(Integer.valueOf(name), value(json.get("values").get(name), type));
            }
            return LwM2mMultipleResource.newResource(id(json), values, type);
        }
        if (!json.has("value")) {
            throw new IllegalArgumentException("Invalid node element");
        }
        Object value = value(json.get("value"), type);
        return json.path("kind").asText().equals("resourceInstance")
                ? LwM2mResourceInstance.newInstance(id(json), value, type)
                : LwM2mSingleResource.newResource(id(json), value, type);
    }

    private static int id(JsonNode json) {
        if (!json.has("id")) {
            throw new IllegalArgumentException("Missing id");
        }
        return json.get("id").asInt();
    }

    private static Object value(JsonNode json, Type type) {
        boolean fits = switch (type) {
        case BOOLEAN -> json.isBoolean();
        case TIME -> json.canConvertToLong() && json.canConvertToExactIntegral();
        case OBJLNK -> json.isObject();
        case INTEGER, UNSIGNED_INTEGER, FLOAT -> json.isTextual() || json.isNumber();
        default -> json.isTextual();
        };
        if (!fits) {
            throw new IllegalArgumentException("Unexpected JSON type of 'value' field for " + type);
        }
        return switch (type) {
        case BOOLEAN -> json.asBoolean();
        case TIME -> new Date(json.asLong());
        case OBJLNK -> new ObjectLink(json.path("objectId").asInt(), json.path("objectInstanceId").asInt());
        case INTEGER -> Long.valueOf(json.asText());
        case UNSIGNED_INTEGER -> ULong.valueOf(json.asText());
        case FLOAT -> Double.valueOf(json.asText());
        case OPAQUE -> HEX.parseHex(json.asText());
        case STRING -> json.asText();
        default -> throw new IllegalArgumentException("Type " + type + " is not supported for now");
        };
    }

    static ArrayNode write(Link[] links) {
        ArrayNode out = JSON.createArrayNode();
        for (Link link : links) {
            ObjectNode attributes = out.addObject().put("url", link.getUriReference()).putObject("attributes");
            for (Attribute attribute : link.getAttributes()) {
                attributes.put(attribute.getName(), attribute.getCoreLinkValue());
            }
        }
        return out;
    }

    static ObjectNode write(Registration registration) {
        ObjectNode out = object().put("endpoint", registration.getEndpoint())
                .put("registrationId", registration.getId())
                .put("address", registration.getAddress().getHostAddress() + ":" + registration.getPort())
                .put("lwM2mVersion", registration.getLwM2mVersion().toString())
                .put("lifetime", registration.getLifeTimeInSec())
                .put("bindingMode", BindingMode.toString(registration.getBindingMode()))
                .put("rootPath", registration.getRootPath());
        out.set("objectLinks", write(registration.getObjectLinks()));
        return out.put("secure", registration.getClientTransportData().getIdentity().isSecure())
                .put("queuemode", registration.usesQueueMode());
    }
}
