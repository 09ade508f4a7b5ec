package dev.batchmill.io;

import dev.batchmill.internal.archive.ExtractionLimits;
import dev.batchmill.internal.download.HttpAccess;
import dev.batchmill.internal.download.RetryPolicy;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * What to fetch, how to verify it and where to keep it. Immutable. {@link Builder#build} refuses
 * settings that cannot work, before anything is sent; a null argument ends in a {@link
 * NullPointerException}.
 *
 * <p>The names in the cache are those of Keras. For a file that is not extracted it is the given
 * name, or else the last part of the origin's path as it stands there (percent signs are not
 * decoded). For an archive that is extracted:
 *
 * <table>
 * <caption>Names of an archive and of its directory</caption>
 * <tr><th>name</th><th>archive</th><th>directory</th></tr>
 * <tr><td>none, origin {@code …/a.tar.gz}</td><td>{@code a.tar.gz_archive}</td><td>{@code
 *     a.tar.gz}</td></tr>
 * <tr><td>{@code x}</td><td>{@code x_archive}</td><td>{@code x}</td></tr>
 * <tr><td>{@code x.tar.gz}</td><td>{@code x.tar.gz}</td><td>{@code x_extracted} (cut at the first
 *     dot)</td></tr>
 * </table>
 *
 * @see FileCache#fetch(FileRequest)
 * @see <a href="https://keras.io/api/utils/python_utils/#getfile-function">keras.utils.get_file</a>
 */
public final class FileRequest {
  private static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration DEFAULT_IDLE_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration LONGEST_TIMEOUT = Duration.ofDays(1);
  private static final Duration DEFAULT_RETRY_DELAY = Duration.ofMillis(500);
  private static final int DEFAULT_RETRIES = 4;
  private static final Pattern BEARER_TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]+=*");
  private static final String OFFLINE = "BATCHMILL_OFFLINE";
  private static final String DEFAULT_SUBDIRECTORY = "datasets";

  private final URI origin;
  private final CacheEntry entry;
  private final @Nullable FileHash hash;
  private final List<ArchiveFormat> archiveFormats;
  private final boolean extract;
  private final boolean force;
  private final long maxBytes;
  private final Duration connectTimeout;
  private final Duration idleTimeout;
  private final List<URI> mirrors;
  private final RetryPolicy retry;
  private final HttpAccess access;
  private final boolean offline;
  private final ProgressListener progress;
  private final ExtractionLimits extractionLimits;

  private FileRequest(Builder builder, CacheEntry entry, @Nullable FileHash hash) {
    this.origin = builder.origin;
    this.entry = entry;
    this.hash = hash;
    this.archiveFormats = builder.archiveFormats;
    this.extract = builder.extract;
    this.force = builder.force;
    this.maxBytes = builder.maxBytes;
    this.connectTimeout = builder.connectTimeout;
    this.idleTimeout = builder.idleTimeout;
    this.mirrors = List.copyOf(builder.mirrors);
    this.retry = new RetryPolicy(builder.retries, builder.retryDelay);
    this.access = builder.access();
    this.offline = builder.isOffline();
    this.progress = builder.progress;
    this.extractionLimits = builder.extractionLimits;
  }

  /**
   * Starts a request.
   *
   * @param origin where the file comes from: an {@code http}, {@code https} or {@code file} URI, or
   *     {@code jar:file:…!/…} (a resource on the class path has such a URI)
   * @return a builder
   * @throws IllegalArgumentException if the URI cannot be fetched from
   */
  public static Builder builder(URI origin) {
    return new Builder(OriginUri.checked(origin));
  }

  /**
   * Starts a request.
   *
   * @param origin as in {@link #builder(URI)}
   * @return a builder
   * @throws IllegalArgumentException if it is not a URI or cannot be fetched from
   */
  public static Builder builder(String origin) {
    try {
      return builder(new URI(origin));
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(
          "origin is not a URI: origin=" + origin + " (" + e.getReason() + "); percent-encode it",
          e);
    }
  }

  URI origin() {
    return origin;
  }

  CacheEntry entry() {
    return entry;
  }

  @Nullable FileHash hash() {
    return hash;
  }

  List<ArchiveFormat> archiveFormats() {
    return archiveFormats;
  }

  boolean extract() {
    return extract;
  }

  boolean force() {
    return force;
  }

  long maxBytes() {
    return maxBytes;
  }

  Duration connectTimeout() {
    return connectTimeout;
  }

  Duration idleTimeout() {
    return idleTimeout;
  }

  List<URI> mirrors() {
    return mirrors;
  }

  RetryPolicy retry() {
    return retry;
  }

  HttpAccess access() {
    return access;
  }

  boolean offline() {
    return offline;
  }

  ProgressListener progress() {
    return progress;
  }

  ExtractionLimits extractionLimits() {
    return extractionLimits;
  }

  /** Builds a request. Not thread-safe; every setting has a default but the origin. */
  public static final class Builder {
    private final URI origin;
    private @Nullable String name;
    private @Nullable String hash;
    private @Nullable String hashAlgorithm;
    private @Nullable FileHash md5Hash;
    private @Nullable Path cacheDirectory;
    private String cacheSubdirectory = DEFAULT_SUBDIRECTORY;
    private List<ArchiveFormat> archiveFormats = ArchiveFormat.auto();
    private boolean extract;
    private boolean force;
    private long maxBytes = Long.MAX_VALUE;
    private ExtractionLimits extractionLimits = ExtractionLimits.DEFAULTS;
    private Duration connectTimeout = DEFAULT_CONNECT_TIMEOUT;
    private Duration idleTimeout = DEFAULT_IDLE_TIMEOUT;
    private final List<URI> mirrors = new ArrayList<>();
    private int retries = DEFAULT_RETRIES;
    private Duration retryDelay = DEFAULT_RETRY_DELAY;
    private @Nullable String bearerToken;
    private boolean plainHttpCredentials;
    private @Nullable SSLContext sslContext;
    private @Nullable Boolean offline;
    private Map<String, String> environment = System.getenv();
    private ProgressListener progress = (bytes, total) -> {};

    private Builder(URI origin) {
      this.origin = origin;
    }

    /**
     * Names the file in the cache (fname in Keras). By default the origin names it.
     *
     * @param name a file name: no separators, not {@code .} or {@code ..}
     * @return this builder
     * @throws IllegalArgumentException if it is not a plain file name
     */
    public Builder name(String name) {
      this.name = CacheEntry.checkedName(name);
      return this;
    }

    /**
     * Sets the hash that the file must have (Keras: {@code file_hash}). By default the file is not
     * verified.
     *
     * @param hash the hash in hexadecimal, or the algorithm, a colon and the hash
     * @return this builder
     * @see FileHash#of(String)
     */
    public Builder hash(String hash) {
      this.hash = Objects.requireNonNull(hash, "hash");
      return this;
    }

    /**
     * Sets the hash that the file must have.
     *
     * @param hash the hash
     * @return this builder
     */
    public Builder hash(FileHash hash) {
      return hash(hash.toString());
    }

    /**
     * Names the hash's algorithm (Keras: {@code hash_algorithm}). By default it follows from the
     * hash.
     *
     * @param algorithm {@code auto}, {@code md5}, {@code sha1}, {@code sha256}, {@code sha384} or
     *     {@code sha512}
     * @return this builder
     */
    public Builder hashAlgorithm(String algorithm) {
      this.hashAlgorithm = Objects.requireNonNull(algorithm, "algorithm");
      return this;
    }

    /**
     * Sets the cache's directory (Keras: {@code cache_dir}). By default it is the one that the
     * environment variable {@code KERAS_HOME} names, or else {@code .keras} in the home directory.
     *
     * @param directory the directory; it is created when it is missing
     * @return this builder
     */
    public Builder cacheDirectory(Path directory) {
      this.cacheDirectory = Objects.requireNonNull(directory, "directory");
      return this;
    }

    /**
     * Sets the directory inside the cache (Keras: {@code cache_subdir}). By default {@code
     * datasets}.
     *
     * @param subdirectory a path relative to the cache's directory; an absolute one takes its place
     * @return this builder
     */
    public Builder cacheSubdirectory(String subdirectory) {
      this.cacheSubdirectory = Objects.requireNonNull(subdirectory, "subdirectory");
      return this;
    }

    /**
     * Says whether the file is an archive to be extracted. By default it is not.
     *
     * @param extract whether to extract
     * @return this builder
     */
    public Builder extract(boolean extract) {
      this.extract = extract;
      return this;
    }

    /**
     * Sets the formats that the archive may have. By default {@link ArchiveFormat#auto()}.
     *
     * @param formats the formats
     * @return this builder
     */
    public Builder archiveFormat(ArchiveFormat... formats) {
      this.archiveFormats = List.of(formats);
      return this;
    }

    /**
     * Says whether to fetch and extract again what the cache has (Keras: {@code force_download}).
     * By default not.
     *
     * @param force whether to do it again
     * @return this builder
     */
    public Builder force(boolean force) {
      this.force = force;
      return this;
    }

    /**
     * Sets the size above which a file is refused. By default there is none.
     *
     * @param maxBytes the largest size in bytes, at least 0
     * @return this builder
     * @throws IllegalArgumentException if it is negative
     */
    public Builder maxBytes(long maxBytes) {
      if (maxBytes < 0) {
        throw new IllegalArgumentException("maxBytes must not be negative: maxBytes=" + maxBytes);
      }
      this.maxBytes = maxBytes;
      return this;
    }

    /**
     * Sets whether to extract a tar archive: {@code extract(true)} with {@link ArchiveFormat#TAR}.
     *
     * @param untar whether to; false changes nothing
     * @return this builder
     * @deprecated as Keras' {@code untar} is; use {@link #extract} and {@link #archiveFormat}
     */
    @Deprecated(since = "0.1.0")
    public Builder untar(boolean untar) {
      return untar ? extract(true).archiveFormat(ArchiveFormat.TAR) : this;
    }

    /**
     * Sets the MD5 hash that the file must have, unless {@link #hash(String)} sets another.
     *
     * @param hash the hash in hexadecimal
     * @return this builder
     * @throws IllegalArgumentException if it is no MD5 hash
     * @deprecated as Keras' {@code md5_hash} is; use {@link #hash(String)}
     */
    @Deprecated(since = "0.1.0")
    public Builder md5Hash(String hash) {
      this.md5Hash = FileHash.of(FileHash.Algorithm.MD5.label(), hash);
      return this;
    }

    /**
     * Sets the bytes of all files together above which an archive is refused. By default 256 GiB.
     *
     * @param maxBytes the most bytes, at least 1
     * @return this builder
     * @throws IllegalArgumentException if it is less
     */
    public Builder maxExtractedBytes(long maxBytes) {
      this.extractionLimits = extractionLimits.withMaxBytes(maxBytes);
      return this;
    }

    /**
     * Sets the number of files, links and directories above which an archive is refused. By default
     * a million.
     *
     * @param maxEntries the most entries, at least 1
     * @return this builder
     * @throws IllegalArgumentException if it is less
     */
    public Builder maxExtractedEntries(long maxEntries) {
      this.extractionLimits = extractionLimits.withMaxEntries(maxEntries);
      return this;
    }

    /**
     * Sets how many bytes of files an archive may hold for each of its own; beyond, it is refused
     * as a bomb. By default 250. Up to 256 MiB of files any ratio will do.
     *
     * @param maxRatio the highest ratio, at least 1
     * @return this builder
     * @throws IllegalArgumentException if it is less
     */
    public Builder maxExtractionRatio(long maxRatio) {
      this.extractionLimits =
          extractionLimits.withMaxRatio(maxRatio, extractionLimits.ratioFreeBytes());
      return this;
    }

    /**
     * Sets how long and how deep the names in an archive may be. By default 4000 bytes of UTF-8 and
     * 256 levels; one part of a name has at most 255 bytes.
     *
     * @param maxBytes the most bytes of a name, at least 1
     * @param maxLevels the most parts of a name, at least 1
     * @return this builder
     * @throws IllegalArgumentException if one is less
     */
    public Builder maxExtractedName(int maxBytes, int maxLevels) {
      this.extractionLimits = extractionLimits.withMaxNameBytes(maxBytes).withMaxDepth(maxLevels);
      return this;
    }

    /**
     * Sets the memory that reading an archive may take, the dictionaries of its compression
     * included. By default 1 GiB: xz archives of the highest level take 65 MiB, 7z archives of the
     * largest dictionaries more than 1 GiB.
     *
     * @param maxBytes the most bytes, at least 1
     * @return this builder
     * @throws IllegalArgumentException if it is less
     */
    public Builder maxExtractionMemory(long maxBytes) {
      this.extractionLimits = extractionLimits.withMaxMemoryBytes(maxBytes);
      return this;
    }

    /**
     * Sets how long to wait for a connection. By default 30 s.
     *
     * @param timeout the time, more than zero and at most a day
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder connectTimeout(Duration timeout) {
      this.connectTimeout = checkedTimeout("connectTimeout", timeout);
      return this;
    }

    /**
     * Sets how long to wait for the next bytes of an answer. By default 60 s. It bounds every
     * single wait, not the whole transfer.
     *
     * @param timeout the time, more than zero and at most a day
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder idleTimeout(Duration timeout) {
      this.idleTimeout = checkedTimeout("idleTimeout", timeout);
      return this;
    }

    /**
     * Adds other places to fetch the file from, for when the origin fails for good. They are tried
     * in the order in which they were added. The file keeps the name that the origin gives it.
     * Without a hash nothing says that a mirror's file is the origin's.
     *
     * @param mirrors URIs as in {@link FileRequest#builder(URI)}
     * @return this builder
     * @throws IllegalArgumentException if one of them cannot be fetched from
     */
    public Builder mirror(URI... mirrors) {
      return mirrors(List.of(mirrors));
    }

    /**
     * Adds other places to fetch the file from.
     *
     * @param mirrors URIs as in {@link FileRequest#builder(URI)}
     * @return this builder
     * @throws IllegalArgumentException if one of them cannot be fetched from
     * @see #mirror(URI...)
     */
    public Builder mirrors(List<URI> mirrors) {
      mirrors.stream().map(OriginUri::checked).forEach(this.mirrors::add);
      return this;
    }

    /**
     * Sets how often to try again at the origin and at each mirror. By default 4 times. Tried again
     * is what may pass: no connection, a body that broke off, stalled or has another length than
     * announced, and the statuses 408, 429, 500, 502, 503 and 504. Where the server tells the
     * file's version (a strong ETag or Last-Modified), the next attempt, or the next fetch, goes on
     * where the last one ended.
     *
     * @param retries the number of further attempts, at least 0
     * @return this builder
     * @throws IllegalArgumentException if it is negative
     */
    public Builder retries(int retries) {
      if (retries < 0) {
        throw new IllegalArgumentException("retries must not be negative: retries=" + retries);
      }
      this.retries = retries;
      return this;
    }

    /**
     * Sets the delay before the second attempt. By default half a second. It doubles with each
     * further one, up to half a minute, and up to half of it is taken off at random. A {@code
     * Retry-After} of up to two minutes is waited for; a longer one ends the attempts.
     *
     * @param delay the time, more than zero and at most a day
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder retryDelay(Duration delay) {
      this.retryDelay = checkedTimeout("retryDelay", delay);
      return this;
    }

    /**
     * Sets the token that is sent to the origin's server ({@code Authorization: Bearer …}), and to
     * no other: not to a mirror elsewhere, nor where a redirect leads to another scheme, host or
     * port. By default there is none. Without a token, servers get the login that the file which
     * the environment variable {@code NETRC} names, or else {@code .netrc} in the home directory,
     * holds for them.
     *
     * @param token the token
     * @return this builder
     * @throws IllegalArgumentException if it has characters that a token cannot have
     */
    public Builder bearerToken(String token) {
      if (!BEARER_TOKEN.matcher(token).matches()) {
        // The message leaves the token out.
        throw new IllegalArgumentException(
            "bearer token has characters that a token cannot have: length=" + token.length());
      }
      this.bearerToken = token;
      return this;
    }

    /**
     * Says whether tokens and passwords may be sent over plain http, where everybody on the way can
     * read them. By default only to this machine.
     *
     * @param allowed whether they may
     * @return this builder
     */
    public Builder plainHttpCredentials(boolean allowed) {
      this.plainHttpCredentials = allowed;
      return this;
    }

    /**
     * Sets which certificates to trust and to show. By default those of the JDK.
     *
     * @param context the context of every https connection
     * @return this builder
     */
    public Builder sslContext(SSLContext context) {
      this.sslContext = Objects.requireNonNull(context, "context");
      return this;
    }

    /**
     * Says whether to do without the network: what the cache has complete is used, anything else on
     * the web ends in a {@link dev.batchmill.error.DownloadException}. By default the environment
     * variable {@code BATCHMILL_OFFLINE} says so: {@code 1} or {@code true}.
     *
     * @param offline whether to send no request
     * @return this builder
     */
    public Builder offline(boolean offline) {
      this.offline = offline;
      return this;
    }

    /** Sets what stands for the process' environment. */
    Builder environment(Map<String, String> environment) {
      this.environment = Map.copyOf(environment);
      return this;
    }

    /**
     * Sets who is told of the progress. By default nobody is.
     *
     * @param listener the listener
     * @return this builder
     */
    public Builder progress(ProgressListener listener) {
      this.progress = Objects.requireNonNull(listener, "listener");
      return this;
    }

    /**
     * Builds the request.
     *
     * @return the request
     * @throws IllegalArgumentException if the hash is not one, if an algorithm is named without a
     *     hash or against the hash, if the origin gives no usable name and none is set, if there is
     *     no format to extract with, or if a bearer token would be sent over plain http
     */
    public FileRequest build() {
      if (extract && archiveFormats.isEmpty()) {
        throw new IllegalArgumentException(
            "no archive format to extract with: archiveFormat=[]; name one or leave it out");
      }
      if (bearerToken != null && !access().allowsCredentials(origin)) {
        throw new IllegalArgumentException(
            "bearer token would be sent over plain http: origin="
                + origin
                + "; use https, or allow plainHttpCredentials");
      }
      CacheEntry entry = CacheEntry.of(directory(), name, origin, extract);
      return new FileRequest(this, entry, expectedHash());
    }

    private HttpAccess access() {
      return new HttpAccess(bearerToken, plainHttpCredentials, sslContext, environment);
    }

    private boolean isOffline() {
      if (offline != null) {
        return offline;
      }
      String set = environment.getOrDefault(OFFLINE, "");
      return set.equals("1") || set.equalsIgnoreCase("true");
    }

    private Path directory() {
      Path base = cacheDirectory != null ? cacheDirectory : CacheEntry.defaultDirectory();
      return base.resolve(cacheSubdirectory).toAbsolutePath().normalize();
    }

    private @Nullable FileHash expectedHash() {
      if (hash != null) {
        return hashAlgorithm == null ? FileHash.of(hash) : FileHash.of(hashAlgorithm, hash);
      }
      if (hashAlgorithm != null) {
        throw new IllegalArgumentException(
            "hash algorithm without a hash: hashAlgorithm=" + hashAlgorithm + "; set the hash");
      }
      return md5Hash;
    }

    private static Duration checkedTimeout(String what, Duration timeout) {
      if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(LONGEST_TIMEOUT) > 0) {
        throw new IllegalArgumentException(
            what + " must be more than zero and at most a day: " + what + "=" + timeout);
      }
      return timeout;
    }
  }
}
