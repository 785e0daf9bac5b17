using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DqnAkka.Actors;

/// <summary>Reads the files of mutual TLS, and refuses what would fail later and less clearly.</summary>
internal static class TlsFiles
{
    private const string CertificateKey = "dqn.remote.tls.certificate";
    private const string PrivateKeyKey = "dqn.remote.tls.private-key";
    private const string AuthorityKey = "dqn.remote.tls.authority";

    /// <summary>Reads and checks all three.</summary>
    /// <param name="tls">Where they are.</param>
    /// <param name="time">The clock.</param>
    /// <returns>The node's certificate with its private key, and who decides on those of others.</returns>
    /// <exception cref="TlsFileException">A file is missing, cannot be read, or does not fit.</exception>
    public static (X509Certificate2 Certificate, CertificateAuthority Authority) Read(TlsOptions tls, TimeProvider time)
    {
        X509Certificate2Collection roots = ReadCertificates(AuthorityKey, tls.Authority);
        RequireAuthority(tls.Authority, roots, time);
        CertificateAuthority authority = new(roots, time);

        X509Certificate2Collection chain = ReadCertificates(CertificateKey, tls.Certificate);
        X509Certificate2 certificate = WithPrivateKey(tls, chain[0]);
        return authority.Problem(certificate, chain) is { } problem
            ? throw new TlsFileException(
                $"{Name(CertificateKey, tls.Certificate)} {problem} ({Name(AuthorityKey, tls.Authority)}): make a new one as docs/deploy.md says")
            : (certificate, authority);
    }

    private static void RequireAuthority(string path, X509Certificate2Collection certificates, TimeProvider time)
    {
        X509Certificate2[] roots = [.. certificates.Where(CertificateAuthority.IsRoot)];
        if (roots.Length == 0)
        {
            throw new TlsFileException(
                $"{Name(AuthorityKey, path)} holds no certificate that signs itself, so no chain could end there: add the authority's own");
        }

        DateTime now = time.GetUtcNow().UtcDateTime;
        if (roots.All(root => root.NotAfter.ToUniversalTime() < now))
        {
            throw new TlsFileException($"{Name(AuthorityKey, path)} expired on {roots[0].NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm} UTC: make a new authority as docs/deploy.md says");
        }
    }

    private static X509Certificate2 WithPrivateKey(TlsOptions tls, X509Certificate2 certificate)
    {
        string key = ReadText(PrivateKeyKey, tls.PrivateKey);
        if (key.Contains("-----BEGIN ENCRYPTED PRIVATE KEY-----", StringComparison.Ordinal) || key.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal))
        {
            throw new TlsFileException(
                $"{Name(PrivateKeyKey, tls.PrivateKey)} is protected by a pass phrase, which nobody enters where a node runs: give it without one, readable by the node's user only");
        }

        if (!key.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
        {
            throw new TlsFileException($"{Name(PrivateKeyKey, tls.PrivateKey)} holds no private key in PEM form: give the key's own file");
        }

        try
        {
            using X509Certificate2 withKey = X509Certificate2.CreateFromPem(certificate.ExportCertificatePem(), key);
            // A key that came as PEM lives in memory only, where some platforms' TLS does not find it.
            return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw new TlsFileException(
                $"{Name(PrivateKeyKey, tls.PrivateKey)} does not belong to {Name(CertificateKey, tls.Certificate)}: give the key that the certificate was made for", exception);
        }
    }

    private static X509Certificate2Collection ReadCertificates(string key, string path)
    {
        X509Certificate2Collection certificates = [];
        try
        {
            certificates.ImportFromPem(ReadText(key, path));
        }
        catch (CryptographicException exception)
        {
            throw new TlsFileException($"{Name(key, path)} holds a certificate that cannot be read: {exception.Message.ReplaceLineEndings(" ")}", exception);
        }

        return certificates.Count > 0
            ? certificates
            : throw new TlsFileException($"{Name(key, path)} holds no certificate in PEM form (-----BEGIN CERTIFICATE-----): convert it with openssl x509");
    }

    private static string ReadText(string key, string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new TlsFileException($"{Name(key, path)} does not exist: name the file, or take out all three of dqn.remote.tls", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TlsFileException($"{Name(key, path)} cannot be read: {exception.Message.ReplaceLineEndings(" ")}", exception);
        }
    }

    private static string Name(string key, string path) => $"{key} = {path}";
}
