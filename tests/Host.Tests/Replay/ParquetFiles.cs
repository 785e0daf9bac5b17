using DqnAkka.Learner;
using Parquet;
using Parquet.Schema;

namespace DqnAkka.Host.Tests;

/// <summary>Files for tests of files.</summary>
internal static class ParquetFiles
{
    public static string Write(TemporaryFolder folder, IReplayContents contents)
    {
        string path = folder.Sub("replay.parquet");
        using FileStream stream = File.Create(path);
        ParquetReplayWriter.WriteAsync(contents, stream, CancellationToken.None).GetAwaiter().GetResult();
        return path;
    }

    /// <summary>Writes a footer with another value in its metadata, and leaves the columns as they are.</summary>
    public static async Task ChangeMetadataAsync(string path, string name, string value)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.ReadWrite);
        ParquetSchema schema;
        Dictionary<string, string> metadata;
        await using (ParquetReader reader = await ParquetReader.CreateAsync(stream, leaveStreamOpen: true))
        {
            (schema, metadata) = (reader.Schema, new Dictionary<string, string>(reader.CustomMetadata) { [name] = value });
        }

        stream.Position = 0;
        await using ParquetWriter writer = await ParquetWriter.CreateAsync(schema, stream, append: true);
        writer.CustomMetadata = metadata;
    }

    public static void AssertSame(ReplayRows expected, IEnumerable<ReplayRows> parts)
    {
        int row = 0;
        foreach (ReplayRows part in parts)
        {
            TransitionBatch batch = part.Transitions;
            Assert.Equal(expected.Transitions.Format, batch.Format);
            for (int i = 0; i < batch.Count; i++, row++)
            {
                Assert.True(expected.Transitions.Observation(row).SequenceEqual(batch.Observation(i)));
                Assert.True(expected.Transitions.NextObservation(row).SequenceEqual(batch.NextObservation(i)));
                Assert.Equal(Scalars(expected, row), Scalars(part, i));
            }
        }

        Assert.Equal(expected.Keys.Length, row);
    }

    private static (int Action, int Return, int Discount, byte End, long Mass, long Key) Scalars(ReplayRows rows, int row) => (
        rows.Transitions.Actions[row],
        BitConverter.SingleToInt32Bits(rows.Transitions.Returns[row]),
        BitConverter.SingleToInt32Bits(rows.Transitions.Discounts[row]),
        rows.Transitions.Ends[row],
        BitConverter.DoubleToInt64Bits(rows.Masses[row]),
        rows.Keys[row]);
}
