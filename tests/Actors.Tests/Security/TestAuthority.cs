using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DqnAkka.Actors.Tests;

/// <summary>An authority that signs what a test asks for.</summary>
internal sealed class TestAuthority : IDisposable
{
    public static readonly DateTimeOffset Now = new(2030, 6, 15, 12, 0, 0, TimeSpan.Zero);
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private int _serial;

    public TestAuthority(string name = "authority", DateTimeOffset? now = null, int daysLeft = 3650, TestAuthority? signer = null)
    {
        Time = now ?? Now;
        CertificateRequest request = new($"CN={name}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        Certificate = signer is null
            ? request.CreateSelfSigned(Time.AddDays(-20), Time.AddDays(daysLeft))
            : signer.Sign(request, -10, 300).CopyWithPrivateKey(_key);
    }

    public X509Certificate2 Certificate { get; }

    private DateTimeOffset Time { get; }

    /// <summary>A node's certificate with its key, valid for some days around now.</summary>
    public X509Certificate2 Issue(int fromDay = -1, int toDay = 100, string name = "node", string[]? usages = null)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = NodeRequest(name, key, usages ?? [ServerAuthentication, ClientAuthentication]);
        using X509Certificate2 certificate = Sign(request, fromDay, toDay);
        using X509Certificate2 withKey = certificate.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }

    /// <summary>One that nobody has signed but itself.</summary>
    public static X509Certificate2 SelfSigned(DateTimeOffset? now = null)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = NodeRequest("node", key, [ServerAuthentication, ClientAuthentication]);
        using X509Certificate2 certificate = request.CreateSelfSigned((now ?? Now).AddDays(-1), (now ?? Now).AddDays(100));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }

    public void Dispose()
    {
        Certificate.Dispose();
        _key.Dispose();
    }

    private static CertificateRequest NodeRequest(string name, ECDsa key, string[] usages)
    {
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        if (usages.Length > 0)
        {
            OidCollection collection = [];
            foreach (string usage in usages)
            {
                collection.Add(new Oid(usage));
            }

            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(collection, critical: false));
        }

        return request;
    }

    private X509Certificate2 Sign(CertificateRequest request, int fromDay, int toDay)
    {
        using ECDsa key = ECDsa.Create(_key.ExportParameters(includePrivateParameters: true));
        return request.Create(
            Certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(key), Time.AddDays(fromDay), Time.AddDays(toDay), [1, (byte)++_serial]);
    }
}
