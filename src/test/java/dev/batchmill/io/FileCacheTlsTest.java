package dev.batchmill.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.batchmill.error.DownloadException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Fetches over https, from a server whose certificate is made for the test. */
@Timeout(60)
class FileCacheTlsTest {
  private static final char[] PASSWORD = "changeit".toCharArray();
  private static final byte[] DATA = CacheFiles.data(200_000);

  @TempDir Path temp;
  private HttpsServer server;
  private SSLContext context;

  @BeforeEach
  void start() throws Exception {
    context = context(keys());
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    server.createContext(
        "/a",
        exchange -> {
          try (exchange) {
            exchange.sendResponseHeaders(200, DATA.length);
            exchange.getResponseBody().write(DATA);
          }
        });
    server.createContext(
        "/downgrade",
        exchange -> {
          try (exchange) {
            exchange.getResponseHeaders().set("Location", "http://127.0.0.1:1/a");
            exchange.sendResponseHeaders(302, -1);
          }
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private KeyStore keys() throws Exception {
    Path file = temp.resolve("keys.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-dname",
                "CN=127.0.0.1",
                "-ext",
                "san=ip:127.0.0.1,dns:files.invalid",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                new String(PASSWORD))
            .redirectErrorStream(true)
            .redirectOutput(temp.resolve("keytool.log").toFile())
            .start();
    assertEquals(0, keytool.waitFor(), () -> "see " + temp.resolve("keytool.log"));
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, PASSWORD);
    }
    return keys;
  }

  private static SSLContext context(KeyStore keys) throws Exception {
    KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(keys, PASSWORD);
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("server", keys.getCertificate("mykey"));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(own.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private String url(String path) {
    return "https://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  private FileRequest.Builder request(String path) {
    return FileRequest.builder(url(path))
        .cacheDirectory(temp.resolve("cache"))
        .retryDelay(Duration.ofMillis(1));
  }

  @Test
  void fetchesOverHttps() throws Exception {
    FileRequest request = request("/a").sslContext(context).hash(CacheFiles.sha256(DATA)).build();
    assertArrayEquals(DATA, Files.readAllBytes(FileCache.fetch(request)));
  }

  @Test
  void goesThroughTheProxyOfTheEnvironment() throws Exception {
    try (TunnelProxy proxy = new TunnelProxy(server.getAddress().getPort())) {
      FileRequest request =
          FileRequest.builder("https://files.invalid/a")
              .cacheDirectory(temp.resolve("cache"))
              .environment(Map.of("HTTPS_PROXY", "http://127.0.0.1:" + proxy.port()))
              .sslContext(context)
              .build();
      assertArrayEquals(DATA, Files.readAllBytes(FileCache.fetch(request)));
      assertEquals(List.of("CONNECT files.invalid:443 HTTP/1.1"), proxy.requests());
    }
  }

  @Test
  void refusesARedirectToHttp() {
    DownloadException e =
        assertThrows(
            DownloadException.class,
            () -> FileCache.fetch(request("/downgrade").sslContext(context).build()));
    assertEquals(
        "redirect leaves https for http: url="
            + url("/downgrade")
            + " status=302 location=http://127.0.0.1:1/a",
        e.getMessage());
  }

  @Test
  void refusesACertificateThatNobodyTrusts() throws Exception {
    DownloadException e =
        assertThrows(DownloadException.class, () -> FileCache.fetch(request("/a").build()));
    String message = String.valueOf(e.getMessage());
    assertTrue(message.startsWith("cannot download: url=" + url("/a") + " reason="), message);
    assertTrue(!message.contains("attempts="), message);
    assertEquals(List.of(), new CacheFiles(Files.createDirectories(temp.resolve("cache"))).names());
  }
}
