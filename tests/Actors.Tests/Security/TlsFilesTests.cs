using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DqnAkka.Actors.Tests;

public sealed class TlsFilesTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("dqn-tls-");
    private readonly TestAuthority _authority = new();
    private readonly FixedTime _time = new(TestAuthority.Now);

    private string Key => Path.Combine(_directory.FullName, "node.key");

    private string Certificate => Path.Combine(_directory.FullName, "node.pem");

    private string Authority => Path.Combine(_directory.FullName, "authority.pem");

    public void Dispose()
    {
        _directory.Delete(recursive: true);
        _authority.Dispose();
    }

    [Fact]
    public void Three_files_that_fit_give_a_certificate_that_can_sign()
    {
        Write(_authority.Issue());
        (X509Certificate2 certificate, CertificateAuthority authority) = Read();
        Assert.True(certificate.HasPrivateKey);
        Assert.NotNull(certificate.GetECDsaPrivateKey());
        Assert.Null(authority.Problem(certificate, []));
    }

    [Fact]
    public void An_rsa_key_is_as_good()
    {
        using RSA rsa = RSA.Create(2048);
        CertificateRequest request = new("CN=node", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using X509Certificate2 certificate = request.CreateSelfSigned(TestAuthority.Now.AddDays(-1), TestAuthority.Now.AddDays(1));
        File.WriteAllText(Certificate, certificate.ExportCertificatePem());
        File.WriteAllText(Authority, certificate.ExportCertificatePem());
        File.WriteAllText(Key, rsa.ExportRSAPrivateKeyPem());
        Assert.NotNull(Read().Certificate.GetRSAPrivateKey());
    }

    [Fact]
    public void A_certificates_file_may_hold_the_chain_to_the_authority()
    {
        using TestAuthority intermediate = new("intermediate", signer: _authority);
        Write(intermediate.Issue());
        File.AppendAllText(Certificate, "\n" + intermediate.Certificate.ExportCertificatePem());
        Assert.Equal("CN=node", Read().Certificate.Subject);
    }

    [Theory]
    [InlineData("node.pem", "dqn.remote.tls.certificate = {0} does not exist: name the file, or take out all three of dqn.remote.tls")]
    [InlineData("node.key", "dqn.remote.tls.private-key = {0} does not exist: name the file, or take out all three of dqn.remote.tls")]
    [InlineData("authority.pem", "dqn.remote.tls.authority = {0} does not exist: name the file, or take out all three of dqn.remote.tls")]
    public void A_file_that_is_missing_is_named(string file, string line)
    {
        Write(_authority.Issue());
        string path = Path.Combine(_directory.FullName, file);
        File.Delete(path);
        Assert.Equal(string.Format(null, line, path), Problem());
    }

    [Theory]
    [InlineData("node.pem", "dqn.remote.tls.certificate")]
    [InlineData("node.key", "dqn.remote.tls.private-key")]
    [InlineData("authority.pem", "dqn.remote.tls.authority")]
    public void A_file_that_holds_something_else_is_named(string file, string key)
    {
        Write(_authority.Issue());
        string path = Path.Combine(_directory.FullName, file);
        File.WriteAllText(path, "something else");
        string problem = Problem();
        Assert.StartsWith($"{key} = {path} holds no ", problem, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', problem);
    }

    [Theory]
    [InlineData("node.pem", "CERTIFICATE")]
    [InlineData("node.key", "PRIVATE KEY")]
    [InlineData("authority.pem", "CERTIFICATE")]
    public void A_file_that_is_damaged_is_named(string file, string label)
    {
        Write(_authority.Issue());
        string path = Path.Combine(_directory.FullName, file);
        File.WriteAllText(path, $"-----BEGIN {label}-----\nAAAA\n-----END {label}-----\n");
        string problem = Problem();
        Assert.Contains(path, problem, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', problem);
    }

    [Fact]
    public void A_folder_in_a_files_place_is_named()
    {
        Write(_authority.Issue());
        File.Delete(Key);
        Directory.CreateDirectory(Key);
        Assert.StartsWith($"dqn.remote.tls.private-key = {Key} cannot be read: ", Problem(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_of_another_certificate_is_named_with_it()
    {
        Write(_authority.Issue());
        using X509Certificate2 other = _authority.Issue();
        File.WriteAllText(Key, other.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        Assert.Equal(
            $"dqn.remote.tls.private-key = {Key} does not belong to dqn.remote.tls.certificate = {Certificate}: give the key that the certificate was made for",
            Problem());
    }

    [Fact]
    public void A_key_with_a_pass_phrase_is_named()
    {
        using X509Certificate2 certificate = _authority.Issue();
        Write(certificate);
        PbeParameters encryption = new(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 1000);
        File.WriteAllText(Key, certificate.GetECDsaPrivateKey()!.ExportEncryptedPkcs8PrivateKeyPem("secret", encryption));
        Assert.StartsWith($"dqn.remote.tls.private-key = {Key} is protected by a pass phrase", Problem(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_expired_certificate_is_named_with_its_date()
    {
        Write(_authority.Issue(fromDay: -10, toDay: -1));
        Assert.Equal(
            $"dqn.remote.tls.certificate = {Certificate} expired on 2030-06-14 12:00 UTC (dqn.remote.tls.authority = {Authority}): make a new one as docs/deploy.md says",
            Problem());
    }

    [Fact]
    public void A_certificate_of_tomorrow_is_named_with_both_clocks()
    {
        Write(_authority.Issue(fromDay: 1));
        Assert.StartsWith(
            $"dqn.remote.tls.certificate = {Certificate} is valid from 2030-06-16 12:00 UTC on, and it is 2030-06-15 12:00 UTC here",
            Problem(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_of_another_authority_is_named()
    {
        using TestAuthority foreign = new("foreign");
        Write(foreign.Issue());
        Assert.StartsWith($"dqn.remote.tls.certificate = {Certificate} is not signed by the authority", Problem(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_expired_authority_is_named()
    {
        Write(_authority.Issue());
        _time.Advance(TimeSpan.FromDays(4000));
        Assert.StartsWith($"dqn.remote.tls.authority = {Authority} expired on 2040-06-12 12:00 UTC", Problem(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_authority_that_does_not_sign_itself_is_named()
    {
        using TestAuthority intermediate = new("intermediate", signer: _authority);
        Write(intermediate.Issue());
        File.WriteAllText(Authority, intermediate.Certificate.ExportCertificatePem());
        Assert.StartsWith($"dqn.remote.tls.authority = {Authority} holds no certificate that signs itself", Problem(), StringComparison.Ordinal);
    }

    private void Write(X509Certificate2 certificate)
    {
        File.WriteAllText(Certificate, certificate.ExportCertificatePem());
        File.WriteAllText(Key, certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(Authority, _authority.Certificate.ExportCertificatePem());
    }

    private (X509Certificate2 Certificate, CertificateAuthority Authority) Read() => TlsFiles.Read(new TlsOptions(Certificate, Key, Authority), _time);

    private string Problem() => Assert.Throws<TlsFileException>(() => Read()).Message;
}
