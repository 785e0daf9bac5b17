using System.Runtime.InteropServices;
using DqnAkka.Learner;
using Parameters = DqnAkka.Actors.ParameterServerProtocol.Parameters;
using RangePart = DqnAkka.Actors.ParameterServerProtocol.RangePart;

namespace DqnAkka.Actors.Tests;

/// <summary>What the ranges of a parameter server would send of a flat vector.</summary>
internal static class ServerPieces
{
    public static IEnumerable<Parameters> Of(
        ParameterRange range, long epoch, long version, long targetVersion, RangePart part, long transfer, ReadOnlySpan<float> vector)
    {
        byte[] bytes = MemoryMarshal.AsBytes(vector.Slice(range.Offset, range.Length)).ToArray();
        return bytes.Chunk(ChunkWindow.ChunkBytes).Select((chunk, index) => new Parameters(
            range.Index, epoch, version, targetVersion, part, transfer, bytes.Length, index * ChunkWindow.ChunkBytes, chunk));
    }
}
