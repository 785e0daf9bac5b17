using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DqnAkka.Actors;

/// <summary>Decides whether a certificate is a node's: whether an authority of ours has signed it, and whether it is in date. Nothing that the machine trusts counts.</summary>
internal sealed class CertificateAuthority
{
    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");
    private static readonly Oid ClientAuthentication = new("1.3.6.1.5.5.7.3.2");
    private readonly X509Certificate2Collection _roots = [];
    private readonly X509Certificate2Collection _intermediates = [];
    private readonly TimeProvider _time;

    /// <summary>Makes the judge.</summary>
    /// <param name="certificates">The authority's certificate: one that signs itself, those that it has handed its right on to, and during a change the next one.</param>
    /// <param name="time">The clock.</param>
    public CertificateAuthority(IEnumerable<X509Certificate2> certificates, TimeProvider time)
    {
        foreach (X509Certificate2 certificate in certificates)
        {
            (IsRoot(certificate) ? _roots : _intermediates).Add(certificate);
        }

        _time = time;
    }

    /// <summary>Whether a certificate is one that a chain can end with.</summary>
    public static bool IsRoot(X509Certificate2 certificate) =>
        certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);

    /// <summary>What is wrong with a certificate; null where it is a node's.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="sent">What came with it: certificates between it and the authority.</param>
    public string? Problem(X509Certificate2 certificate, X509Certificate2Collection sent)
    {
        DateTime now = _time.GetUtcNow().UtcDateTime;
        using X509Chain chain = new() { ChainPolicy = Policy(now, sent) };
        try
        {
            if (chain.Build(certificate))
            {
                return null;
            }

            return Describe(certificate, now, chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, status) => all | status.Status));
        }
        finally
        {
            foreach (X509ChainElement element in chain.ChainElements)
            {
                element.Certificate.Dispose();
            }
        }
    }

    private static string Describe(X509Certificate2 certificate, DateTime now, X509ChainStatusFlags flags)
    {
        const X509ChainStatusFlags Unknown = X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.NotSignatureValid;
        if ((flags & Unknown) != 0)
        {
            return "is not signed by the authority";
        }

        if (certificate.NotAfter.ToUniversalTime() < now)
        {
            return $"expired on {Format(certificate.NotAfter)}";
        }

        if (certificate.NotBefore.ToUniversalTime() > now)
        {
            return $"is valid from {Format(certificate.NotBefore)} on, and it is {Format(now)} here";
        }

        return flags switch
        {
            _ when flags.HasFlag(X509ChainStatusFlags.NotTimeValid) => "is signed by an authority whose own certificate is out of date",
            _ when flags.HasFlag(X509ChainStatusFlags.NotValidForUsage) => "is not made for both ends of a connection (extendedKeyUsage = serverAuth, clientAuth)",
            _ => $"does not hold ({flags})",
        };
    }

    private static string Format(DateTime date) => date.ToUniversalTime().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private X509ChainPolicy Policy(DateTime now, X509Certificate2Collection sent)
    {
        X509ChainPolicy policy = new()
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            // The authority of a cluster publishes no lists; who must go is kept out by a new authority.
            RevocationMode = X509RevocationMode.NoCheck,
            // A stranger's certificate must not make this process fetch what it names.
            DisableCertificateDownloads = true,
            VerificationTime = now,
        };
        policy.CustomTrustStore.AddRange(_roots);
        policy.ExtraStore.AddRange(_intermediates);
        policy.ExtraStore.AddRange(sent);
        policy.ApplicationPolicy.Add(ServerAuthentication);
        policy.ApplicationPolicy.Add(ClientAuthentication);
        return policy;
    }
}
