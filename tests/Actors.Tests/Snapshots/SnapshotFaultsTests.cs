using CsCheck;

namespace DqnAkka.Actors.Tests;

/// <summary>
/// The real publishing and assembling classes over a network that loses, repeats and reorders, with a learner that lingers beside its
/// successor: no mirror ever holds what nobody published, none goes back, and all have the newest soon after the faults end.
/// </summary>
public sealed class SnapshotFaultsTests
{
    private const int Length = 23;
    private const int ChunkBytes = 8;
    private const int Window = 3;

    [Fact]
    public void Nothing_mixed_or_older_is_held_under_any_faults_and_every_mirror_has_the_newest_after_them() =>
        Gen.Select(Gen.Int, Gen.Int[1, 4], Gen.Int[0, 60], Gen.Int[0, 30], Gen.Int[0, 60]).Sample(
            (seed, mirrors, lossPercent, repeatPercent, reorderPercent) =>
            {
                Network network = new(seed, mirrors, lossPercent, repeatPercent, reorderPercent);
                for (int step = 0; step < 600; step++)
                {
                    network.Step();
                }

                network.Heal();
            },
            iter: 400,
            seed: "0000000000000");

    private sealed class Network
    {
        private readonly Random _random;
        private readonly int _lossPercent;
        private readonly int _repeatPercent;
        private readonly int _reorderPercent;
        private readonly List<(int Publisher, int Mirror, IWireMessage Message, bool IsAnswer)> _wire = [];
        private readonly Dictionary<(long, long), float[]> _published = [];
        private readonly Mirror[] _mirrors;
        private readonly Publisher[] _publishers;
        private bool _isFaulty = true;

        public Network(int seed, int mirrors, int lossPercent, int repeatPercent, int reorderPercent)
        {
            _random = new Random(seed);
            _lossPercent = lossPercent;
            _repeatPercent = repeatPercent;
            _reorderPercent = reorderPercent;
            _mirrors = [.. Enumerable.Range(0, mirrors).Select(_ => new Mirror())];
            _publishers = [new Publisher(this, 0, generation: 2), new Publisher(this, 1, generation: 1)];
        }

        public void Step()
        {
            switch (_random.Next(10))
            {
                case 0:
                    _publishers[_random.Next(2)].PublishIfFree(force: _random.Next(4) == 0);
                    break;
                case 1:
                    _publishers[_random.Next(2)].Broadcast.Tick();
                    break;
                case 2:
                    Tick(_random.Next(_mirrors.Length), _random.Next(2));
                    break;
                case 3:
                    _publishers[_random.Next(2)].Broadcast.Repeat();
                    break;
                default:
                    Deliver();
                    break;
            }
        }

        /// <summary>From here on one publisher is left, everything arrives in order, and a manifest is repeated every five seconds.</summary>
        public void Heal()
        {
            _isFaulty = false;
            Publisher last = _publishers.MaxBy(publisher => publisher.Generation)!;
            Flush();
            last.PublishIfFree(force: true);
            for (int tick = 1; tick <= 400 && !(IsHealed(last) && last.IsFree); tick++)
            {
                Flush();
                last.Broadcast.Tick();
                if (tick % 2 == 0)
                {
                    for (int mirror = 0; mirror < _mirrors.Length; mirror++)
                    {
                        Tick(mirror, last.Index);
                    }
                }

                if (tick % 50 == 0)
                {
                    last.Broadcast.Repeat();
                }

                // A learner that has heard of a newer generation goes on under one that is newer still.
                if (last.IsFree && last.IsOutdated)
                {
                    last.PublishIfFree(force: false);
                }
            }

            Assert.True(IsHealed(last), "a mirror lacks the newest snapshot 40 seconds after the faults");
            Assert.True(last.IsFree, "the learner may not publish 40 seconds after the faults");
        }

        private bool IsHealed(Publisher last) => !last.IsOutdated && _mirrors.All(mirror =>
            mirror.Assembly.Newest is { } newest && (newest.Generation, newest.Version) == (last.Generation, last.Version));

        private void Flush()
        {
            while (_wire.Count > 0)
            {
                Deliver();
            }
        }

        private void Tick(int mirror, int publisher)
        {
            SnapshotAssembly assembly = _mirrors[mirror].Assembly;
            if (_mirrors[mirror].Requests.Tick(assembly.Newest is null || assembly.Awaited is not null))
            {
                _wire.Add((publisher, mirror, SnapshotProtocol.SnapshotRequest.Instance, IsAnswer: true));
            }
        }

        private void Deliver()
        {
            if (_wire.Count == 0)
            {
                return;
            }

            int index = _isFaulty && _random.Next(100) < _reorderPercent ? _random.Next(_wire.Count) : 0;
            (int publisher, int mirror, IWireMessage message, bool isAnswer) = _wire[index];
            if (!_isFaulty || _random.Next(100) >= _repeatPercent)
            {
                _wire.RemoveAt(index);
            }

            if (_isFaulty && _random.Next(100) < _lossPercent)
            {
                return;
            }

            if (isAnswer)
            {
                _publishers[publisher].Hear(mirror, message);
            }
            else
            {
                Take(publisher, mirror, message);
            }
        }

        private void Take(int publisher, int index, IWireMessage message)
        {
            Mirror mirror = _mirrors[index];
            PolicySnapshot? before = mirror.Assembly.Newest;
            bool wasIdle = mirror.Assembly.Awaited is null;
            SnapshotProtocol.Received? answer = message is SnapshotProtocol.Manifest manifest
                ? mirror.Assembly.Take(manifest)
                : mirror.Assembly.Take((SnapshotProtocol.Chunk)message);
            if (message is SnapshotProtocol.Chunk ? answer is not null : wasIdle && mirror.Assembly.Awaited is not null)
            {
                mirror.Requests.Progress();
            }

            if (answer is not null)
            {
                _wire.Add((publisher, index, answer, IsAnswer: true));
            }

            if (mirror.Assembly.Newest is { } newest && !ReferenceEquals(newest, before))
            {
                Assert.True(newest.IsNewerThan(before), "a mirror went back");
                Assert.True(_published[(newest.Generation, newest.Version)].AsSpan().SequenceEqual(newest.Parameters), "a mirror holds what nobody published");
            }
        }

        private sealed class Mirror
        {
            public SnapshotAssembly Assembly { get; } = new(Length);

            public RequestSchedule Requests { get; } = new();
        }

        /// <summary>A learner and its publisher.</summary>
        private sealed class Publisher : ISnapshotChannel<int>
        {
            private readonly Network _network;
            private long _seen;

            public Publisher(Network network, int index, long generation)
            {
                _network = network;
                Index = index;
                Generation = generation;
                Broadcast = new SnapshotBroadcast<int>(ChunkBytes, Window, this);
            }

            public int Index { get; }

            public long Generation { get; private set; }

            public long Version { get; private set; }

            public bool IsFree { get; private set; } = true;

            public bool IsOutdated => _seen > Generation;

            public SnapshotBroadcast<int> Broadcast { get; }

            public void PublishIfFree(bool force)
            {
                if (!IsFree && !force)
                {
                    return;
                }

                if (IsOutdated)
                {
                    Generation = _seen + 1;
                }

                PolicySnapshot snapshot = SnapshotPieces.Snapshot(Generation, ++Version, Length);
                _network._published.Add((Generation, Version), snapshot.Parameters);
                IsFree = false;
                Broadcast.Publish(snapshot);
            }

            public void Hear(int mirror, IWireMessage message)
            {
                if (message is SnapshotProtocol.Received received)
                {
                    Broadcast.Receive(mirror, received);
                }
                else
                {
                    Broadcast.Request(mirror);
                }
            }

            void ISnapshotChannel<int>.Broadcast(IWireMessage piece)
            {
                for (int mirror = 0; mirror < _network._mirrors.Length; mirror++)
                {
                    Send(mirror, piece);
                }
            }

            public void Send(int mirror, IWireMessage piece) => _network._wire.Add((Index, mirror, piece, IsAnswer: false));

            public void Accept() => IsFree = true;

            public void TellNewerGeneration(long generation) => _seen = Math.Max(_seen, generation);
        }
    }
}
