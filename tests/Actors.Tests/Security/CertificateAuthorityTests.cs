using System.Security.Cryptography.X509Certificates;

namespace DqnAkka.Actors.Tests;

public sealed class CertificateAuthorityTests : IDisposable
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private readonly TestAuthority _authority = new();
    private readonly FixedTime _time = new(TestAuthority.Now);

    public void Dispose() => _authority.Dispose();

    [Fact]
    public void A_certificate_that_the_authority_has_signed_and_that_is_in_date_is_a_nodes()
    {
        using X509Certificate2 certificate = _authority.Issue();
        Assert.Null(Judge().Problem(certificate, []));
    }

    [Fact]
    public void A_certificate_that_names_no_usage_is_good_for_both_ends()
    {
        using X509Certificate2 certificate = _authority.Issue(usages: []);
        Assert.Null(Judge().Problem(certificate, []));
    }

    [Fact]
    public void A_certificate_for_one_end_only_is_refused()
    {
        using X509Certificate2 certificate = _authority.Issue(usages: [ClientAuthentication]);
        Assert.Equal(
            "is not made for both ends of a connection (extendedKeyUsage = serverAuth, clientAuth)", Judge().Problem(certificate, []));
    }

    [Fact]
    public void An_expired_certificate_is_refused_with_its_date()
    {
        using X509Certificate2 certificate = _authority.Issue(fromDay: -10, toDay: -1);
        Assert.Equal("expired on 2030-06-14 12:00 UTC", Judge().Problem(certificate, []));
    }

    [Fact]
    public void A_certificate_expires_while_the_node_runs()
    {
        using X509Certificate2 certificate = _authority.Issue(toDay: 2);
        CertificateAuthority judge = Judge();
        Assert.Null(judge.Problem(certificate, []));
        _time.Advance(TimeSpan.FromDays(3));
        Assert.Equal("expired on 2030-06-17 12:00 UTC", judge.Problem(certificate, []));
    }

    [Fact]
    public void A_certificate_of_tomorrow_is_refused_with_both_clocks()
    {
        using X509Certificate2 certificate = _authority.Issue(fromDay: 1);
        Assert.Equal(
            "is valid from 2030-06-16 12:00 UTC on, and it is 2030-06-15 12:00 UTC here", Judge().Problem(certificate, []));
    }

    [Fact]
    public void An_authority_that_is_out_of_date_signs_for_nobody()
    {
        using TestAuthority old = new(daysLeft: 10);
        using X509Certificate2 certificate = old.Issue(toDay: 100);
        _time.Advance(TimeSpan.FromDays(11));
        Assert.Equal(
            "is signed by an authority whose own certificate is out of date",
            new CertificateAuthority([old.Certificate], _time).Problem(certificate, []));
    }

    [Fact]
    public void Another_authority_of_the_same_name_counts_for_nothing()
    {
        using TestAuthority foreign = new();
        using X509Certificate2 certificate = foreign.Issue();
        Assert.Equal("is not signed by the authority", Judge().Problem(certificate, []));
        Assert.Equal("is not signed by the authority", Judge().Problem(certificate, [foreign.Certificate]));
    }

    [Fact]
    public void A_certificate_that_signs_itself_is_refused()
    {
        using X509Certificate2 certificate = TestAuthority.SelfSigned();
        Assert.Equal("is not signed by the authority", Judge().Problem(certificate, []));
    }

    [Fact]
    public void A_node_cannot_sign_for_others()
    {
        using X509Certificate2 node = _authority.Issue();
        System.Security.Cryptography.ECDsa key = node.GetECDsaPrivateKey()!;
        CertificateRequest request = new("CN=intruder", key, System.Security.Cryptography.HashAlgorithmName.SHA256);
        using X509Certificate2 forged = request.Create(
            node.SubjectName, X509SignatureGenerator.CreateForECDsa(key), TestAuthority.Now.AddDays(-1), TestAuthority.Now.AddDays(1), [7]);
        Assert.NotNull(Judge().Problem(forged, [node]));
    }

    [Fact]
    public void A_chain_over_an_intermediate_holds_whether_it_is_sent_or_kept()
    {
        using TestAuthority intermediate = new("intermediate", signer: _authority);
        using X509Certificate2 certificate = intermediate.Issue();
        Assert.Equal("is not signed by the authority", Judge().Problem(certificate, []));
        Assert.Null(Judge().Problem(certificate, [intermediate.Certificate]));
        Assert.Null(new CertificateAuthority([_authority.Certificate, intermediate.Certificate], _time).Problem(certificate, []));
    }

    [Fact]
    public void During_a_change_both_authorities_count()
    {
        using TestAuthority next = new("next");
        using X509Certificate2 first = _authority.Issue();
        using X509Certificate2 second = next.Issue();
        CertificateAuthority judge = new([_authority.Certificate, next.Certificate], _time);
        Assert.Null(judge.Problem(first, []));
        Assert.Null(judge.Problem(second, []));
    }

    private CertificateAuthority Judge() => new([_authority.Certificate], _time);
}
