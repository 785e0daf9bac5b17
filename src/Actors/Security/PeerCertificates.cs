using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace DqnAkka.Actors;

/// <summary>Accepts or refuses who connects, and says whom it refuses: once a minute for each peer, since who is refused tries again at once.</summary>
internal sealed class PeerCertificates(CertificateAuthority authority, Action<string> line, TimeProvider time)
{
    private const int MaxName = 120;
    private readonly RepeatLimit _limit = new(TimeSpan.FromMinutes(1), time);

    /// <summary>Whether the peer may talk to this node.</summary>
    /// <param name="certificate">What it shows, if anything.</param>
    /// <param name="chain">What came with the certificate.</param>
    /// <param name="peer">Its address: the one that was dialled, or the one that it comes from.</param>
    public bool Accept(X509Certificate2? certificate, X509Chain? chain, string peer)
    {
        string? problem = certificate is null
            ? "shows no certificate"
            : authority.Problem(certificate, Sent(chain)) is { } fault ? $"shows a certificate that {fault}: {Subject(certificate)}" : null;
        if (problem is null)
        {
            return true;
        }

        string host = Host(peer);
        if (_limit.Admit(host))
        {
            line($"refused {host}: it {problem}");
        }

        return false;
    }

    private static X509Certificate2Collection Sent(X509Chain? chain)
    {
        X509Certificate2Collection sent = [];
        if (chain is not null)
        {
            sent.AddRange(chain.ChainPolicy.ExtraStore);
        }

        return sent;
    }

    /// <summary>A stranger chooses the text: it must not write lines of its own into a log.</summary>
    private static string Subject(X509Certificate2 certificate)
    {
        string name = new([.. certificate.Subject.Take(MaxName).Select(c => char.IsControl(c) ? ' ' : c)]);
        return name.Length > 0 ? name : "a certificate without a name";
    }

    /// <summary>An address that was dialled is <c>ssl.tcp://dqn@host:port</c>; one that connects comes from a port that changes each time.</summary>
    private static string Host(string peer)
    {
        int system = peer.LastIndexOf('@');
        if (system >= 0)
        {
            return peer[(system + 1)..];
        }

        return IPEndPoint.TryParse(peer, out IPEndPoint? connected)
            ? (connected.Address.IsIPv4MappedToIPv6 ? connected.Address.MapToIPv4() : connected.Address).ToString()
            : peer;
    }
}
