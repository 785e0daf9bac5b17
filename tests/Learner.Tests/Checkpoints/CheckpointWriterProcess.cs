using System.IO.MemoryMappedFiles;
using System.Runtime.CompilerServices;

namespace DqnAkka.Learner.Tests;

/// <summary>A process that saves checkpoints until it is killed: the test assembly, started with a folder in the environment.</summary>
internal static class CheckpointWriterProcess
{
    /// <summary>Names the folder; a process without it runs the tests.</summary>
    public const string FolderVariable = "DQN_CHECKPOINT_WRITER_FOLDER";

    /// <summary>The file, mapped to memory, with the updates of the last checkpoint that was completed (int64).</summary>
    public const string CompletedName = "completed";

    private const int AttachmentLength = 300_000;

    /// <summary>What is saved after so many updates.</summary>
    public static CheckpointContent Content(long updates)
    {
        byte[] bytes = new byte[AttachmentLength];
        bytes.AsSpan().Fill((byte)updates);
        return Checkpoints.Content(updates) with
        {
            Evaluation = null,
            Attachments = new Dictionary<string, CheckpointAttachment> { ["replay-0"] = CheckpointAttachment.From(bytes) },
        };
    }

    /// <summary>Before anything of the test framework starts, which would take most of a short life.</summary>
    [ModuleInitializer]
    internal static void SaveForEverWhereAsked()
    {
        if (Environment.GetEnvironmentVariable(FolderVariable) is not { Length: > 0 } folder)
        {
            return;
        }

        using MemoryMappedFile file = MemoryMappedFile.CreateFromFile(Path.Combine(folder, CompletedName));
        using MemoryMappedViewAccessor counter = file.CreateViewAccessor();
        CheckpointStore store = new(folder, keep: 2);
        long updates = store.Exists ? store.Load().Content.Learner!.Updates : 0;
        while (true)
        {
            updates++;
            store.Save(Content(updates));
            counter.Write(0, updates);
        }
    }
}
