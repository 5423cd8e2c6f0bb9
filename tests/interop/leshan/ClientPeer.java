// SPDX-License-Identifier: Apache-2.0
// Leshan's LwM2M client as its demo has it: objects 0, 1 and 3, and a dummy of any other object when its
// console is told "create ID"; "start" lets it register.
// usage: ClientPeer SERVER_URI ENDPOINT OBJECT_DEFINITION.xml [PSK_IDENTITY PSK_HEX]; prints "registered",
// deregisters and ends with its input.

import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.leshan.client.LeshanClient;
import org.eclipse.leshan.client.LeshanClientBuilder;
import org.eclipse.leshan.client.californium.endpoint.CaliforniumClientEndpointsProvider;
import org.eclipse.leshan.client.californium.endpoint.coap.CoapClientProtocolProvider;
import org.eclipse.leshan.client.californium.endpoint.coaps.CoapsClientProtocolProvider;
import org.eclipse.leshan.client.object.Device;
import org.eclipse.leshan.client.object.Security;
import org.eclipse.leshan.client.object.Server;
import org.eclipse.leshan.client.observer.LwM2mClientObserverAdapter;
import org.eclipse.leshan.client.resource.LwM2mObjectEnabler;
import org.eclipse.leshan.client.resource.ObjectsInitializer;
import org.eclipse.leshan.client.servers.LwM2mServer;
import org.eclipse.leshan.core.LwM2mId;
import org.eclipse.leshan.core.model.LwM2mModel;
import org.eclipse.leshan.core.model.ObjectLoader;
import org.eclipse.leshan.core.model.ObjectModel;
import org.eclipse.leshan.core.model.StaticModel;
import org.eclipse.leshan.core.node.LwM2mSingleResource;
import org.eclipse.leshan.core.request.ReadRequest;
import org.eclipse.leshan.core.request.RegisterRequest;

public final class ClientPeer {
    private static final int SERVER = 101;
    private static final long LIFETIME = 300;
    private static final int PORTFOLIO = 16;
    private static final int AUTH_STATUS = 3;

    private ClientPeer() {
    }

    private static Security account(String[] args) {
        return args.length < 5 ? Security.noSec(args[0], SERVER)
                : Security.psk(args[0], SERVER, args[3].getBytes(StandardCharsets.UTF_8),
                        HexFormat.of().parseHex(args[4]));
    }

    private static CaliforniumClientEndpointsProvider endpoints() {
        CaliforniumClientEndpointsProvider.Builder builder = new CaliforniumClientEndpointsProvider.Builder(
                new CoapClientProtocolProvider(), new CoapsClientProtocolProvider());
        Configuration configuration = builder.createDefaultConfiguration();
        configuration.set(DtlsConfig.DTLS_RECOMMENDED_CIPHER_SUITES_ONLY, false);
        builder.setConfiguration(configuration);
        builder.setClientAddress(InetAddress.getLoopbackAddress());
        return builder.build();
    }

    private static LeshanClient client(String[] args, LwM2mModel model) {
        ObjectsInitializer objects = new ObjectsInitializer(model);
        objects.setInstancesForObject(LwM2mId.SECURITY, account(args));
        objects.setInstancesForObject(LwM2mId.SERVER, new Server(SERVER, LIFETIME));
        objects.setInstancesForObject(LwM2mId.DEVICE, new Device("Eclipse Leshan", "dummy", "1"));
        LeshanClientBuilder builder = new LeshanClientBuilder(args[1]);
        builder.setObjects(objects.createAll());
        builder.setEndpointsProviders(endpoints());
        return builder.build();
    }

    private static LwM2mObjectEnabler dummy(LwM2mModel model, int object) {
        ObjectsInitializer objects = new ObjectsInitializer(model);
        objects.setDummyInstancesForObject(object);
        return objects.create(object);
    }

    /** AuthStatus is a number that the dummy rolls once; by chance it is one that a true device could show. */
    private static boolean mayPass(LwM2mObjectEnabler dummy) {
        return dummy.read(LwM2mServer.SYSTEM, new ReadRequest(PORTFOLIO, 0, AUTH_STATUS))
                .getContent() instanceof LwM2mSingleResource status && (Long) status.getValue() <= 2;
    }

    private static void create(LeshanClient client, LwM2mModel model, int object) {
        LwM2mObjectEnabler enabler = dummy(model, object);
        while (object == PORTFOLIO && mayPass(enabler)) {
            enabler = dummy(model, object);
        }
        client.getObjectTree().addObjectEnabler(enabler);
    }

    public static void main(String[] args) throws Exception {
        List<ObjectModel> models = ObjectLoader.loadDefault();
        models.addAll(ObjectLoader.loadDdfFile(new FileInputStream(args[2]), args[2]));
        LwM2mModel model = new StaticModel(models);
        LeshanClient client = client(args, model);
        client.addObserver(new LwM2mClientObserverAdapter() {
            @Override
            public void onRegistrationSuccess(LwM2mServer server, RegisterRequest request, String id) {
                System.out.println("registered");
            }
        });
        BufferedReader console = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = console.readLine(); line != null; line = console.readLine()) {
            if (line.startsWith("create ")) {
                create(client, model, Integer.parseInt(line.substring("create ".length()).trim()));
            } else if (line.equals("start")) {
                client.start();
            }
        }
        client.destroy(true);
        System.exit(0);
    }
}
