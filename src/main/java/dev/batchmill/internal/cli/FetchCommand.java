package dev.batchmill.internal.cli;

import dev.batchmill.io.ArchiveFormat;
import dev.batchmill.io.FileCache;
import dev.batchmill.io.FileRequest;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code batchmill fetch}. */
@CommandLine.Command(
    name = "fetch",
    customSynopsis = {
      "@|bold batchmill fetch|@ URL [--name F] [--hash H] [--hash-algorithm auto|md5|sha256|sha512]",
      "                [--extract] [--archive-format auto|tar|zip|none|…]",
      "                [--cache-dir D] [--cache-subdir S] [--force] [--offline] [--mirror URL]...",
      "                [--retries N] [--timeout SECONDS] [--max-bytes B] [--bearer-token-file F]"
    },
    description = {
      "Fetches a file into the cache, unless it is there, and prints its path.",
      "",
      "A file appears in the cache only when it is complete and has the hash that was asked for.",
      "What a failed or killed fetch has left is continued, if the server tells the file's version."
    },
    footer = {
      "Example: a verified archive, extracted; the path printed is the directory's:",
      "  batchmill fetch https://example.org/flowers.tar.gz --hash sha256:9f86... --extract"
    })
final class FetchCommand extends Command {
  @Parameters(paramLabel = "URL", description = "Where it comes from: http, https, file or jar.")
  @SuppressWarnings("NullAway.Init")
  private String origin;

  @Option(
      names = "--name",
      paramLabel = "F",
      description = "Its name in the cache. Default: the last part of the URL.")
  private @Nullable String name;

  @Option(
      names = "--hash",
      paramLabel = "H",
      description = "The hash it must have, in hexadecimal. Default: it is not verified.")
  private @Nullable String hash;

  @Option(
      names = "--hash-algorithm",
      paramLabel = "A",
      description =
          "auto, md5, sha1, sha256, sha384 or sha512. Default: auto, by the hash's length.")
  private @Nullable String hashAlgorithm;

  @Option(names = "--extract", description = "Extract the archive; print the directory's path.")
  private boolean extract;

  @Option(
      names = "--archive-format",
      paramLabel = "X",
      defaultValue = "auto",
      converter = Converters.OfArchiveFormats.class,
      description = "As for extract, or none. Default: ${DEFAULT-VALUE}, tar or zip.")
  @SuppressWarnings("NullAway.Init")
  private ArchiveFormats archiveFormats;

  @Option(
      names = "--cache-dir",
      paramLabel = "D",
      description = "The cache. Default: $$KERAS_HOME, or .keras in the home directory.")
  private @Nullable Path cacheDirectory;

  @Option(
      names = "--cache-subdir",
      paramLabel = "S",
      defaultValue = "datasets",
      description = "The directory in the cache. Default: ${DEFAULT-VALUE}.")
  @SuppressWarnings("NullAway.Init")
  private String cacheSubdirectory;

  @Option(names = "--force", description = "Fetch it again even if the cache has it.")
  private boolean force;

  @Option(
      names = "--offline",
      description =
          "Send no request: print what the cache has, or fail. Default: BATCHMILL_OFFLINE=1 says"
              + " so.")
  private boolean offline;

  @Option(
      names = "--mirror",
      paramLabel = "URL",
      description = "Where to fetch it from if that fails. May be given several times.")
  private List<URI> mirrors = List.of();

  @Option(
      names = "--retries",
      paramLabel = "N",
      defaultValue = "4",
      description = "How often to try again at each URL. Default: ${DEFAULT-VALUE}.")
  private int retries;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "How long to wait for the next bytes. Default: ${DEFAULT-VALUE}.")
  private int timeout;

  @Option(
      names = "--max-bytes",
      paramLabel = "B",
      description = "The size above which the file is refused. Default: any.")
  private @Nullable Long maxBytes;

  @Option(
      names = "--bearer-token-file",
      paramLabel = "F",
      description = {
        "A file that holds the token to send to the URL's server.",
        "Default: the login in .netrc, if there is one."
      })
  private @Nullable Path bearerTokenFile;

  @Override
  void run() throws IOException {
    try (TransferBar bar = new TransferBar(main.err())) {
      Path path = FileCache.fetch(request(bar));
      bar.finish();
      main.out().println(path);
    }
  }

  private FileRequest request(TransferBar bar) throws IOException {
    String token = bearerTokenFile == null ? null : Files.readString(bearerTokenFile).strip();
    try {
      FileRequest.Builder builder =
          FileRequest.builder(origin)
              .cacheSubdirectory(cacheSubdirectory)
              .archiveFormat(archiveFormats.list().toArray(ArchiveFormat[]::new))
              .extract(extract)
              .force(force)
              .mirrors(mirrors)
              .retries(retries)
              .idleTimeout(Duration.ofSeconds(timeout))
              .progress(bar);
      if (name != null) {
        builder.name(name);
      }
      if (hash != null) {
        builder.hash(hash);
      }
      if (hashAlgorithm != null) {
        builder.hashAlgorithm(hashAlgorithm);
      }
      if (cacheDirectory != null) {
        builder.cacheDirectory(cacheDirectory);
      }
      if (offline) {
        builder.offline(true);
      }
      if (maxBytes != null) {
        builder.maxBytes(maxBytes);
      }
      if (token != null) {
        builder.bearerToken(token);
      }
      return builder.build();
    } catch (IllegalArgumentException e) {
      throw wrongUsage(e);
    }
  }
}
