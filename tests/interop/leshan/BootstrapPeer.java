// SPDX-License-Identifier: Apache-2.0
// Leshan's bootstrap server on a loopback port that is free; gives every client the same account.
// usage: BootstrapPeer ENDPOINT IDENTITY KEY SERVER_URI [IDENTITY KEY]; keys are hex, the first are for
// the way to itself. Prints its ports when ready, ends with its input.

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.leshan.core.SecurityMode;
import org.eclipse.leshan.core.endpoint.Protocol;
import org.eclipse.leshan.core.request.BindingMode;
import org.eclipse.leshan.server.bootstrap.BootstrapConfig;
import org.eclipse.leshan.server.bootstrap.InMemoryBootstrapConfigStore;
import org.eclipse.leshan.server.bootstrap.LeshanBootstrapServer;
import org.eclipse.leshan.server.bootstrap.LeshanBootstrapServerBuilder;
import org.eclipse.leshan.server.californium.bootstrap.endpoint.CaliforniumBootstrapServerEndpointsProvider;
import org.eclipse.leshan.server.californium.bootstrap.endpoint.coap.CoapBootstrapServerProtocolProvider;
import org.eclipse.leshan.server.californium.bootstrap.endpoint.coaps.CoapsBootstrapServerProtocolProvider;
import org.eclipse.leshan.server.security.BootstrapSecurityStoreAdapter;
import org.eclipse.leshan.server.security.InMemorySecurityStore;
import org.eclipse.leshan.server.security.SecurityInfo;

public final class BootstrapPeer {
    private static final int SERVER = 101;

    private BootstrapPeer() {
    }

    private static BootstrapConfig account(String[] args) {
        BootstrapConfig config = new BootstrapConfig();
        config.toDelete = List.of("/0", "/1");
        BootstrapConfig.ServerSecurity security = new BootstrapConfig.ServerSecurity();
        security.uri = args[3];
        security.bootstrapServer = false;
        security.serverId = SERVER;
        security.securityMode = args.length == 6 ? SecurityMode.PSK : SecurityMode.NO_SEC;
        if (args.length == 6) {
            security.publicKeyOrId = args[4].getBytes(StandardCharsets.UTF_8);
            security.secretKey = HexFormat.of().parseHex(args[5]);
        }
        config.security.put(1, security);
        BootstrapConfig.ServerConfig server = new BootstrapConfig.ServerConfig();
        server.shortId = SERVER;
        server.lifetime = 120;
        server.binding = EnumSet.of(BindingMode.U);
        config.servers.put(0, server);
        return config;
    }

    public static void main(String[] args) throws Exception {
        InMemoryBootstrapConfigStore store = new InMemoryBootstrapConfigStore();
        store.add(args[0], account(args));
        CaliforniumBootstrapServerEndpointsProvider.Builder endpoints = new CaliforniumBootstrapServerEndpointsProvider.Builder(
                new CoapBootstrapServerProtocolProvider(), new CoapsBootstrapServerProtocolProvider());
        Configuration configuration = endpoints.createDefaultConfiguration();
        configuration.set(DtlsConfig.DTLS_RECOMMENDED_CIPHER_SUITES_ONLY, false);
        endpoints.setConfiguration(configuration);
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        endpoints.addEndpoint(any, Protocol.COAP);
        endpoints.addEndpoint(any, Protocol.COAPS);
        InMemorySecurityStore keys = new InMemorySecurityStore();
        keys.add(SecurityInfo.newPreSharedKeyInfo(args[0], args[1], HexFormat.of().parseHex(args[2])));
        LeshanBootstrapServerBuilder builder = new LeshanBootstrapServerBuilder();
        builder.setConfigStore(store);
        builder.setSecurityStore(new BootstrapSecurityStoreAdapter(keys));
        builder.setEndpointsProviders(endpoints.build());
        LeshanBootstrapServer server = builder.build();
        server.start();
        System.out.println("ready coap=" + server.getEndpoint(Protocol.COAP).getURI().getPort() + " coaps="
                + server.getEndpoint(Protocol.COAPS).getURI().getPort());
        while (System.in.read() >= 0) {
            continue;
        }
        System.exit(0);
    }
}
