// SPDX-License-Identifier: Apache-2.0
// Leshan's LwM2M server behind the REST interface of its demo server, on loopback ports that are free.
// usage: ServerPeer OBJECT_DEFINITION.xml; prints the ports when ready, ends with its input.

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.FileInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.leshan.core.endpoint.Protocol;
import org.eclipse.leshan.core.link.lwm2m.attributes.DefaultLwM2mAttributeParser;
import org.eclipse.leshan.core.link.lwm2m.attributes.LwM2mAttributeSet;
import org.eclipse.leshan.core.model.ObjectLoader;
import org.eclipse.leshan.core.model.ObjectModel;
import org.eclipse.leshan.core.node.LwM2mNode;
import org.eclipse.leshan.core.node.LwM2mObjectInstance;
import org.eclipse.leshan.core.node.LwM2mPath;
import org.eclipse.leshan.core.node.codec.CodecException;
import org.eclipse.leshan.core.observation.CompositeObservation;
import org.eclipse.leshan.core.observation.Observation;
import org.eclipse.leshan.core.observation.SingleObservation;
import org.eclipse.leshan.core.request.CancelCompositeObservationRequest;
import org.eclipse.leshan.core.request.CancelObservationRequest;
import org.eclipse.leshan.core.request.ContentFormat;
import org.eclipse.leshan.core.request.CreateRequest;
import org.eclipse.leshan.core.request.DeleteRequest;
import org.eclipse.leshan.core.request.DiscoverRequest;
import org.eclipse.leshan.core.request.DownlinkRequest;
import org.eclipse.leshan.core.request.ExecuteRequest;
import org.eclipse.leshan.core.request.ObserveCompositeRequest;
import org.eclipse.leshan.core.request.ObserveRequest;
import org.eclipse.leshan.core.request.ReadCompositeRequest;
import org.eclipse.leshan.core.request.ReadRequest;
import org.eclipse.leshan.core.request.WriteAttributesRequest;
import org.eclipse.leshan.core.request.WriteCompositeRequest;
import org.eclipse.leshan.core.request.WriteRequest;
import org.eclipse.leshan.core.request.exception.ClientSleepingException;
import org.eclipse.leshan.core.request.exception.InvalidRequestException;
import org.eclipse.leshan.core.request.exception.RequestCanceledException;
import org.eclipse.leshan.core.response.CreateResponse;
import org.eclipse.leshan.core.response.DiscoverResponse;
import org.eclipse.leshan.core.response.LwM2mResponse;
import org.eclipse.leshan.core.response.ReadCompositeResponse;
import org.eclipse.leshan.core.response.ReadResponse;
import org.eclipse.leshan.server.LeshanServer;
import org.eclipse.leshan.server.LeshanServerBuilder;
import org.eclipse.leshan.server.californium.endpoint.CaliforniumServerEndpointsProvider;
import org.eclipse.leshan.server.californium.endpoint.coap.CoapServerProtocolProvider;
import org.eclipse.leshan.server.californium.endpoint.coaps.CoapsServerProtocolProvider;
import org.eclipse.leshan.server.endpoint.LwM2mServerEndpoint;
import org.eclipse.leshan.server.model.VersionedModelProvider;
import org.eclipse.leshan.server.registration.Registration;
import org.eclipse.leshan.server.security.InMemorySecurityStore;
import org.eclipse.leshan.server.security.SecurityInfo;

public final class ServerPeer {
    private static final long TIMEOUT_MS = 5000;
    private static final long POLL_MS = 5;
    private final LeshanServer server;
    private final InMemorySecurityStore keys = new InMemorySecurityStore();
    private final Events events;
    private final ExecutorService sleepers = Executors.newCachedThreadPool();

    /** Something that the user of the REST interface did wrong. */
    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;
        private final int status;

        Refused(int status, String text) {
            super(text);
            this.status = status;
        }
    }

    /** One request of the REST interface, taken apart. */
    private record Call(String method, List<String> steps, Map<String, String> query, String rawQuery, String body) {
        ContentFormat format(String name) {
            return query.containsKey(name) ? ContentFormat.fromName(query.get(name).toUpperCase()) : null;
        }

        boolean endsWith(String word) {
            return steps.get(steps.size() - 1).equals(word);
        }

        String target(int dropped) {
            return "/" + String.join("/", steps.subList(1, steps.size() - dropped));
        }

        String[] paths() {
            return query.get("paths").split(",");
        }

        JsonNode json() throws IOException {
            return Nodes.JSON.readTree(body);
        }
    }

    private ServerPeer(List<ObjectModel> models) {
        CaliforniumServerEndpointsProvider.Builder endpoints = new CaliforniumServerEndpointsProvider.Builder(
                new CoapServerProtocolProvider(), new CoapsServerProtocolProvider());
        Configuration configuration = endpoints.createDefaultConfiguration();
        configuration.set(DtlsConfig.DTLS_RECOMMENDED_CIPHER_SUITES_ONLY, false);
        endpoints.setConfiguration(configuration);
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        endpoints.addEndpoint(any, Protocol.COAP);
        endpoints.addEndpoint(any, Protocol.COAPS);
        LeshanServerBuilder builder = new LeshanServerBuilder();
        builder.setObjectModelProvider(new VersionedModelProvider(models));
        builder.setSecurityStore(keys);
        builder.setEndpointsProviders(endpoints.build());
        server = builder.build();
        events = new Events(server);
    }

    private DownlinkRequest<?> composite(Call call, Registration registration) throws Exception {
        ContentFormat paths = call.format("pathformat");
        ContentFormat nodes = call.format("nodeformat");
        if (call.method().equals("GET")) {
            return new ReadCompositeRequest(paths, nodes, call.paths());
        }
        if (call.method().equals("POST")) {
            return new ObserveCompositeRequest(paths, nodes, call.paths());
        }
        if (call.method().equals("PUT")) {
            Map<LwM2mPath, LwM2mNode> values = new TreeMap<>();
            call.json().fields().forEachRemaining(
                    field -> values.put(new LwM2mPath(field.getKey()), Nodes.read(field.getValue())));
            return new WriteCompositeRequest(nodes, values, null);
        }
        List<LwM2mPath> wanted = LwM2mPath.getLwM2mPathList(Arrays.asList(call.paths()));
        for (Observation one : server.getObservationService().getObservations(registration)) {
            if (one instanceof CompositeObservation composite && composite.getPaths().equals(wanted)) {
                return new CancelCompositeObservationRequest(composite);
            }
        }
        throw new Refused(404, "no composite observation for paths " + call.query().get("paths"));
    }

    private DownlinkRequest<?> cancel(Call call, Registration registration) throws Refused {
        LwM2mPath target = new LwM2mPath(call.target(1));
        Set<Observation> all = server.getObservationService().getObservations(registration);
        for (Observation one : all) {
            if (one instanceof SingleObservation single && single.getPath().equals(target)) {
                return new CancelObservationRequest(single);
            }
        }
        throw new Refused(404, "no observation for path " + target);
    }

    /** Forgotten here only, so that the next notification is refused by a Reset. */
    private String drop(Call call, Registration registration) {
        if (call.steps().get(1).equals("composite")) {
            server.getObservationService().cancelCompositeObservations(registration, call.paths());
        } else {
            server.getObservationService().cancelObservations(registration, call.target(1));
        }
        return "";
    }

    private static DownlinkRequest<?> create(Call call) throws IOException {
        LwM2mObjectInstance instance = (LwM2mObjectInstance) Nodes.read(call.json());
        ContentFormat format = call.format("format");
        return instance.getId() == LwM2mObjectInstance.UNDEFINED
                ? new CreateRequest(format, call.target(0), instance.getResources().values())
                : new CreateRequest(format, call.target(0), instance);
    }

    private static DownlinkRequest<?> write(Call call) throws Exception {
        if (call.endsWith("attributes")) {
            return new WriteAttributesRequest(call.target(1),
                    new LwM2mAttributeSet(new DefaultLwM2mAttributeParser().parseUriQuery(call.rawQuery())));
        }
        boolean replace = Boolean.parseBoolean(call.query().getOrDefault("replace", "true"));
        return new WriteRequest(replace ? WriteRequest.Mode.REPLACE : WriteRequest.Mode.UPDATE,
                call.format("format"), call.target(0), Nodes.read(call.json()));
    }

    private DownlinkRequest<?> request(Call call, Registration registration) throws Exception {
        if (call.steps().size() > 1 && call.steps().get(1).equals("composite")) {
            return composite(call, registration);
        }
        switch (call.method()) {
        case "GET":
            return call.endsWith("discover") ? new DiscoverRequest(call.target(1))
                    : new ReadRequest(call.format("format"), call.target(0));
        case "PUT":
            return write(call);
        case "POST":
            if (call.endsWith("observe")) {
                return new ObserveRequest(call.format("format"), call.target(1));
            }
            return call.steps().size() == 4
                    ? new ExecuteRequest(call.target(0), call.body().isEmpty() ? null : call.body())
                    : create(call);
        case "DELETE":
            return call.endsWith("observe") ? cancel(call, registration) : new DeleteRequest(call.target(0));
        default:
            throw new Refused(405, "Invalid method");
        }
    }

    /** A cancelled observation is forgotten here once the device has agreed. */
    private void forget(DownlinkRequest<?> request, LwM2mResponse response) {
        if (!response.isSuccess()) {
            return;
        }
        if (request instanceof CancelObservationRequest cancel) {
            server.getObservationService().cancelObservation(cancel.getObservation());
        } else if (request instanceof CancelCompositeObservationRequest cancel) {
            server.getObservationService().cancelObservation(cancel.getObservation());
        }
    }

    private static ObjectNode answer(LwM2mResponse response) {
        ObjectNode out = Nodes.object().put("status", response.getCode().toString())
                .put("valid", response.isValid()).put("success", response.isSuccess())
                .put("failure", response.isFailure());
        if (response instanceof ReadResponse read && read.getContent() != null) {
            out.set("content", Nodes.write(read.getContent()));
        } else if (response instanceof ReadCompositeResponse read && read.getContent() != null) {
            out.set("content", Nodes.write(read.getContent()));
        } else if (response instanceof DiscoverResponse discover && discover.getObjectLinks() != null) {
            out.set("objectLinks", Nodes.write(discover.getObjectLinks()));
        } else if (response instanceof CreateResponse create && create.getLocation() != null) {
            out.put("location", create.getLocation());
        }
        if (response.isFailure() && response.getErrorMessage() != null) {
            out.put("errormessage", response.getErrorMessage());
        }
        return out;
    }

    private String clients(Call call) throws Exception {
        if (call.steps().isEmpty()) {
            var all = Nodes.JSON.createArrayNode();
            server.getRegistrationService().getAllRegistrations().forEachRemaining(one -> all.add(Nodes.write(one)));
            return all.toString();
        }
        Registration registration = server.getRegistrationService().getByEndpoint(call.steps().get(0));
        if (registration == null) {
            throw new Refused(400, "No registered client with id '" + call.steps().get(0) + "'");
        }
        if (call.steps().size() == 1) {
            return Nodes.write(registration).toString();
        }
        if (call.method().equals("DELETE") && call.endsWith("observe") && !call.query().containsKey("active")) {
            return drop(call, registration);
        }
        DownlinkRequest<?> request = request(call, registration);
        String seconds = call.query().get("timeout");
        long timeout = seconds == null ? TIMEOUT_MS : Long.parseLong(seconds) * 1000;
        LwM2mResponse response;
        try {
            response = server.send(registration, request, timeout);
        } catch (ClientSleepingException e) {
            return later(registration, request, timeout);
        }
        if (response == null) {
            throw new Refused(504, "Request timeout");
        }
        forget(request, response);
        return answer(response).toString();
    }

    /** The answer is a ticket; what comes of the request once the client is awake is an event. */
    private String later(Registration registration, DownlinkRequest<?> request, long timeout) {
        ObjectNode ticket = Nodes.object().put("ep", registration.getEndpoint())
                .put("requestId", UUID.randomUUID().toString()).put("delayed", true);
        sleepers.submit(() -> {
            try {
                while (!server.getPresenceService().isClientAwake(registration)) {
                    if (server.getRegistrationService().getById(registration.getId()) == null) {
                        return;
                    }
                    Thread.sleep(POLL_MS);
                }
                LwM2mResponse response = server.send(registration, request, timeout);
                if (response != null) {
                    forget(request, response);
                    ObjectNode data = ticket.deepCopy();
                    data.set("response", answer(response));
                    events.send("REQUEST_RESPONSE", registration.getEndpoint(), data);
                }
            } catch (Exception e) {
                System.err.println("a request that was kept back failed: " + e);
            }
        });
        return ticket.toString();
    }

    private String security(Call call) throws Exception {
        if (!call.method().equals("PUT")) {
            throw new Refused(405, "Invalid method");
        }
        JsonNode psk = call.json().path("tls").path("psk").isMissingNode() ? call.json().path("psk")
                : call.json().path("tls").path("psk");
        keys.add(SecurityInfo.newPreSharedKeyInfo(call.json().path("endpoint").asText(),
                psk.path("identity").asText(), HexFormat.of().parseHex(psk.path("key").asText())));
        return "";
    }

    private static Call call(HttpExchange exchange, String prefix) throws IOException {
        Map<String, String> query = new HashMap<>();
        String raw = exchange.getRequestURI().getRawQuery();
        if (raw != null) {
            for (String pair : raw.split("&")) {
                String[] halves = pair.split("=", 2);
                query.put(halves[0],
                        halves.length == 2 ? URLDecoder.decode(halves[1], StandardCharsets.UTF_8) : "");
            }
        }
        String path = exchange.getRequestURI().getPath().substring(prefix.length());
        List<String> steps = Arrays.stream(path.split("/")).filter(step -> !step.isEmpty()).toList();
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        return new Call(exchange.getRequestMethod(), steps, query, raw, body);
    }

    private void serve(HttpExchange exchange, String prefix) throws IOException {
        int status = 200;
        String text;
        try {
            Call call = call(exchange, prefix);
            text = prefix.equals("/api/clients") ? clients(call) : security(call);
        } catch (Refused e) {
            status = e.status;
            text = e.getMessage();
        } catch (Exception e) {
            boolean invalid = e instanceof InvalidRequestException || e instanceof CodecException;
            boolean cancelled = e instanceof RequestCanceledException;
            status = invalid ? 400 : 500;
            text = (invalid ? "Invalid request: " : cancelled ? "Request cancelled: " : "Unexpected exception: ")
                    + e.getMessage();
        }
        byte[] octets = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", status == 200 ? "application/json" : "text/plain");
        exchange.sendResponseHeaders(status, octets.length == 0 ? -1 : octets.length);
        exchange.getResponseBody().write(octets);
        exchange.close();
    }

    private int web() throws IOException {
        HttpServer web = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        web.setExecutor(Executors.newCachedThreadPool());
        web.createContext("/api/clients", exchange -> serve(exchange, "/api/clients"));
        web.createContext("/api/security/clients", exchange -> serve(exchange, "/api/security/clients"));
        web.createContext("/api/event",
                exchange -> events.listen(exchange, call(exchange, "/api/event").query().get("ep")));
        web.start();
        return web.getAddress().getPort();
    }

    public static void main(String[] args) throws Exception {
        List<ObjectModel> models = ObjectLoader.loadAllDefault();
        models.addAll(ObjectLoader.loadDdfFile(new FileInputStream(args[0]), args[0]));
        ServerPeer peer = new ServerPeer(models);
        peer.server.start();
        StringBuilder ready = new StringBuilder("ready http=" + peer.web());
        for (LwM2mServerEndpoint endpoint : peer.server.getEndpoints()) {
            ready.append(" ").append(endpoint.getProtocol().getUriScheme()).append("=")
                    .append(endpoint.getURI().getPort());
        }
        System.out.println(ready);
        while (System.in.read() >= 0) {
            continue;
        }
        System.exit(0);
    }
}
