using System.Buffers.Binary;
using Akka.Actor;
using Akka.Actor.Setup;
using DqnAkka.Environments;

namespace DqnAkka.Actors.Tests;

/// <summary>Frames that nobody has sent: mutilated, extended, with lying lengths, or noise.</summary>
public sealed class WireFuzzTests
{
    private static readonly int[] Extremes = [int.MaxValue, int.MinValue, -1, 0, 1, 65_535, 1 << 24, 1 << 30, 0x3FFF_FFFF, 64_001];
    private static readonly string[] Manifests = [.. Examples.All.Select(WireCodec.Manifest)];
    private static readonly byte[][] Encoded = [.. Examples.All.Select(WireCodec.Encode)];

    [Fact]
    public async Task A_million_bad_frames_are_a_million_counts_at_most_and_no_other_exception_and_no_memory()
    {
        const int Frames = 1_000_000;
        // One frame: an exception with its message and trace, and what the runtime sets aside at a time. All of them: the exceptions.
        const long MostBytes = 32_768;
        const long MeanBytes = 4_096;
        using ActorSystem system = ActorSystem.Create("fuzz", ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(TestSettings.Local)));
        WireSerializer serializer = new((ExtendedActorSystem)system);
        RandomSource random = new(20_250_101);
        long refused = 0;
        long total = 0;
        for (int i = 0; i < Frames; i++)
        {
            (string manifest, byte[] frame) = Mutate(random);
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                Assert.IsAssignableFrom<IWireMessage>(serializer.FromBinary(frame, manifest));
            }
            catch (WireException)
            {
                refused++;
            }

            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            total += allocated;
            Assert.True(allocated <= MostBytes + (16L * frame.Length), $"frame {i} of {frame.Length} bytes as \"{manifest}\" cost {allocated} bytes");
        }

        Assert.InRange(total / Frames, 0, MeanBytes);
        WireCounters counters = WireCounters.Get(system);
        Assert.Equal(refused, counters.Rejected + counters.Skipped);
        Assert.InRange(refused, Frames / 4, Frames - 1);
        Assert.True(counters.Skipped > 0);
        await system.Terminate();
    }

    [Fact]
    public void What_can_be_read_is_what_would_have_been_written()
    {
        RandomSource random = new(2);
        int read = 0;
        for (int i = 0; i < 100_000; i++)
        {
            (string manifest, byte[] frame) = Mutate(random);
            // The keys of a join may come in any order, and what a newer version added to it is ignored.
            if (manifest.StartsWith('J'))
            {
                continue;
            }

            try
            {
                byte[] written = WireCodec.EncodeWhole(WireCodec.Decode(manifest, frame));
                Assert.Equal(Convert.ToHexString(frame.AsSpan(2)), Convert.ToHexString(written.AsSpan(2)));
                read++;
            }
            catch (WireException)
            {
            }
        }

        Assert.InRange(read, 1_000, 90_000);
    }

    private static (string Manifest, byte[] Frame) Mutate(RandomSource random)
    {
        int chosen = random.NextInt(Encoded.Length);
        byte[] frame = [.. Encoded[chosen]];
        string manifest = Manifests[random.NextInt(20) == 0 ? random.NextInt(Manifests.Length) : chosen];
        switch (random.NextInt(7))
        {
            case 0:
                for (int flips = 1 + random.NextInt(4); flips > 0; flips--)
                {
                    frame[random.NextInt(frame.Length)] ^= (byte)(1 << random.NextInt(8));
                }

                break;
            case 1:
                frame = frame[..random.NextInt(frame.Length)];
                break;
            case 2:
                frame = [.. frame, .. Noise(random, 1 + random.NextInt(64))];
                break;
            case 3 when frame.Length >= sizeof(int):
                BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(random.NextInt(frame.Length - sizeof(int) + 1)), Extremes[random.NextInt(Extremes.Length)]);
                break;
            case 4:
                frame = [WireFormat.Major, WireFormat.Minor, .. Noise(random, random.NextInt(256))];
                break;
            case 5:
                frame = Noise(random, random.NextInt(64));
                break;
            default:
                int from = random.NextInt(frame.Length);
                frame = [.. frame.AsSpan(0, from), .. frame.AsSpan(Math.Min(frame.Length, from + 1 + random.NextInt(8)))];
                break;
        }

        return (manifest, frame);
    }

    private static byte[] Noise(RandomSource random, int length)
    {
        byte[] noise = new byte[length];
        for (int i = 0; i < length; i++)
        {
            noise[i] = (byte)random.NextInt(256);
        }

        return noise;
    }
}
