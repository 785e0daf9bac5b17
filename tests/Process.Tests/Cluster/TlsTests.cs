using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace DqnAkka.Process.Tests;

/// <summary>Training over mutual TLS, and who is kept out of it.</summary>
[Collection(OneClusterAtATime.Name)]
public sealed class TlsTests : IDisposable
{
    private static readonly string[] ShortTraining =
    [
        .. ClusterTraining.Endless,
        "--set", "dqn.stop.minutes=0.4",
        "--set", "dqn.evaluation.episodes=5",
    ];

    private readonly TemporaryFolder _folder = new();
    private readonly Certificates _own;
    private readonly Certificates _foreign;

    public TlsTests()
    {
        _own = new Certificates(_folder.Root, "own");
        _foreign = new Certificates(_folder.Root, "foreign");
    }

    public void Dispose()
    {
        _own.Dispose();
        _foreign.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Two_processes_train_over_mutual_TLS_and_strangers_stay_out()
    {
        using TestCluster cluster = new(ShortTraining);
        TestNode learner = cluster.Seed("seed,learner,replay") with { Environment = _own.Issue("learner", 30, _own) };
        TestNode runner = TestCluster.Node("runner") with { Environment = _own.Issue("runner", 30, _own) };
        HostProcess first = cluster.Start(learner);
        HostProcess second = cluster.Start(runner);
        await first.WaitForOutputAsync("progress step=");

        Dictionary<string, string> foreign = _foreign.Issue("stranger", 30, _own);
        Assert.NotNull(await HandshakeAsync(cluster.SeedPort, null));
        Assert.NotNull(await HandshakeAsync(cluster.SeedPort, Load(_own.Issue("expired", -1, _own))));
        Assert.NotNull(await HandshakeAsync(cluster.SeedPort, Load(foreign)));
        Assert.Null(await HandshakeAsync(cluster.SeedPort, Load(_own.Issue("guest", 30, _own))));
        TestNode intruder = TestCluster.Node("runner") with { Environment = foreign };
        HostResult refused = await cluster.Start(intruder).WaitAsync();
        Assert.NotEqual(0, refused.ExitCode);

        HostResult learned = await first.WaitAsync();
        Assert.True(learned.ExitCode == 0, learned.Error);
        Assert.Contains("ended: the time limit was reached", learned.Output, StringComparison.Ordinal);
        HostResult stepped = await second.WaitAsync();
        Assert.True(stepped.ExitCode == 0, stepped.Error);
    }

    private static X509Certificate2 Load(Dictionary<string, string> files)
    {
        using X509Certificate2 pem = X509Certificate2.CreateFromPemFile(files["DQN_TLS_CERTIFICATE"], files["DQN_TLS_PRIVATE_KEY"]);
        return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
    }

    /// <summary>Speaks TLS to a node with a certificate, or none.</summary>
    /// <returns>How the node ended the conversation, or null where it went on.</returns>
    private static async Task<Exception?> HandshakeAsync(int port, X509Certificate2? certificate)
    {
        using TcpClient client = new();
        await client.ConnectAsync("127.0.0.1", port);
        await using SslStream stream = new(client.GetStream());
        try
        {
            await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "127.0.0.1",
                ClientCertificates = certificate is null ? null : [certificate],
#pragma warning disable CA5359 // It is the node that must refuse.
                RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
            });
            // With TLS 1.3 a client hears of its refusal at its first read. A node that accepts it waits for the client to speak.
            using CancellationTokenSource patience = new(TimeSpan.FromSeconds(3));
            int read = await stream.ReadAsync(new byte[1], patience.Token);
            return read == 0 ? new IOException("the node closed the connection") : null;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        catch (Exception exception) when (exception is IOException or AuthenticationException)
        {
            return exception;
        }
    }
}
