// SPDX-License-Identifier: Apache-2.0
// The event stream of Leshan's demo server (server-sent events): registrations, notifications, Sends.

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eclipse.leshan.core.node.LwM2mPath;
import org.eclipse.leshan.core.node.TimestampedLwM2mNodes;
import org.eclipse.leshan.core.observation.CompositeObservation;
import org.eclipse.leshan.core.observation.Observation;
import org.eclipse.leshan.core.observation.SingleObservation;
import org.eclipse.leshan.core.request.SendRequest;
import org.eclipse.leshan.core.response.ObserveCompositeResponse;
import org.eclipse.leshan.core.response.ObserveResponse;
import org.eclipse.leshan.server.LeshanServer;
import org.eclipse.leshan.server.observation.ObservationListener;
import org.eclipse.leshan.server.registration.Registration;
import org.eclipse.leshan.server.registration.RegistrationListener;
import org.eclipse.leshan.server.registration.RegistrationUpdate;
import org.eclipse.leshan.server.send.SendListener;

final class Events implements RegistrationListener, ObservationListener, SendListener {
    private record Listener(String endpoint, OutputStream out) {
    }

    private final List<Listener> listeners = new CopyOnWriteArrayList<>();

    Events(LeshanServer server) {
        server.getRegistrationService().addListener(this);
        server.getObservationService().addListener(this);
        server.getSendService().addListener(this);
    }

    /** A browser, or the adapter, wants to listen; the answer never ends. */
    void listen(HttpExchange exchange, String endpoint) throws IOException {
        List<String> accept = exchange.getRequestHeaders().get("Accept");
        if (accept == null || !accept.contains("text/event-stream")) { // as Jetty wants it
            exchange.sendResponseHeaders(405, -1);
            exchange.close();
            return;
        }
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream;charset=utf-8");
        exchange.sendResponseHeaders(200, 0);
        exchange.getResponseBody().flush();
        listeners.add(new Listener(endpoint, exchange.getResponseBody()));
    }

    synchronized void send(String event, String endpoint, ObjectNode data) {
        byte[] frame = ("event: " + event + "\r\ndata: " + data + "\r\n\r\n").getBytes(StandardCharsets.UTF_8);
        for (Listener listener : listeners) {
            if (listener.endpoint() != null && !listener.endpoint().equals(endpoint)) {
                continue;
            }
            try {
                listener.out().write(frame);
                listener.out().flush();
            } catch (IOException e) {
                listeners.remove(listener);
            }
        }
    }

    @Override
    public void registered(Registration now, Registration before, Collection<Observation> observations) {
        send("REGISTRATION", now.getEndpoint(), Nodes.write(now));
    }

    @Override
    public void updated(RegistrationUpdate update, Registration now, Registration before) {
        ObjectNode data = Nodes.object();
        data.set("registration", Nodes.write(now));
        ObjectNode told = data.putObject("update").put("registrationId", update.getRegistrationId());
        if (update.getLifeTimeInSec() != null) {
            told.put("lifetime", update.getLifeTimeInSec());
        }
        if (update.getObjectLinks() != null) {
            told.set("objectLinks", Nodes.write(update.getObjectLinks()));
        }
        send("UPDATED", now.getEndpoint(), data);
    }

    @Override
    public void unregistered(Registration before, Collection<Observation> observations, boolean expired,
            Registration now) {
        send("DEREGISTRATION", before.getEndpoint(), Nodes.write(before));
    }

    @Override
    public void onResponse(SingleObservation observation, Registration registration, ObserveResponse response) {
        ObjectNode data = Nodes.object().put("ep", registration.getEndpoint()).put("kind", "single")
                .put("res", observation.getPath().toString());
        data.set("val", response.getContent() == null ? null : Nodes.write(response.getContent()));
        send("NOTIFICATION", registration.getEndpoint(), data);
    }

    @Override
    public void onResponse(CompositeObservation observation, Registration registration,
            ObserveCompositeResponse response) {
        ObjectNode data = Nodes.object().put("ep", registration.getEndpoint()).put("kind", "composite");
        data.set("val", response.getContent() == null ? null : Nodes.write(response.getContent()));
        ArrayNode paths = data.putArray("paths");
        for (LwM2mPath path : observation.getPaths()) {
            paths.add(path.toString());
        }
        send("NOTIFICATION", registration.getEndpoint(), data);
    }

    @Override
    public void dataReceived(Registration registration, TimestampedLwM2mNodes nodes, SendRequest request) {
        ObjectNode data = Nodes.object().put("ep", registration.getEndpoint());
        data.set("val", Nodes.write(nodes.getNodes()));
        send("SEND", registration.getEndpoint(), data);
    }

    @Override
    public void newObservation(Observation observation, Registration registration) {
    }

    @Override
    public void cancelled(Observation observation) {
    }

    @Override
    public void onError(Observation observation, Registration registration, Exception error) {
        System.err.println("notification refused: " + error);
    }

    @Override
    public void onError(Registration registration, String text, Exception error) {
        System.err.println("Send refused: " + text + ": " + error);
    }
}
