using System.Globalization;
using DqnAkka.Environments;

namespace DqnAkka.Learner;

/// <summary>Between a checkpoint's content and its files.</summary>
internal static class CheckpointCodec
{
    private const int StateDigits = 64;

    /// <summary>Writes the data files; the checkpoint is not there before its manifest is.</summary>
    /// <param name="folder">Where they go.</param>
    /// <param name="number">The checkpoint's number.</param>
    /// <param name="content">What to write.</param>
    /// <returns>The manifest that names them.</returns>
    public static CheckpointManifest WriteData(CheckpointFolder folder, long number, CheckpointContent content)
    {
        ManifestFile policy = WriteTensors(folder, CheckpointNames.Policy(number), ParameterTensors.Split(content.Layout, content.Policy, ""));
        ManifestLearner? learner = content.Learner is null
            ? null
            : new ManifestLearner(content.Learner.Updates, WriteTensors(folder, CheckpointNames.Learner(number), LearnerTensors(content.Layout, content.Learner)));
        return new CheckpointManifest(
            CheckpointManifest.FormatName,
            CheckpointManifest.CurrentVersion,
            content.Created?.ToUniversalTime(),
            content.EnvironmentName,
            content.Seed,
            ManifestNetwork.Of(content.Layout),
            Sorted(content.Counters, (_, value) => value),
            content.Evaluation,
            policy,
            learner,
            content.ConfigurationHash,
            Sorted(content.RandomStates, (_, state) => FormatState(state)),
            Sorted(content.Attachments, (name, attachment) => folder.Write(CheckpointNames.Attachment(number, name), attachment.WriteTo)),
            "");
    }

    /// <summary>Reads the data files, every byte checked.</summary>
    /// <param name="folder">Where they are.</param>
    /// <param name="number">The checkpoint's number.</param>
    /// <param name="manifest">The manifest that names them.</param>
    /// <exception cref="CheckpointException">A file is missing, cut, altered, or not of the network's shape.</exception>
    public static CheckpointContent ReadData(CheckpointFolder folder, long number, CheckpointManifest manifest)
    {
        string path = folder.PathOf(CheckpointNames.Manifest(number));
        NetworkLayout layout = manifest.Network.ToLayout()
            ?? throw CheckpointException.Damaged(path, "its network has a size below 1 or too many parameters");
        return new CheckpointContent
        {
            Created = manifest.Created,
            EnvironmentName = manifest.Environment,
            Seed = manifest.Seed,
            Layout = layout,
            Policy = ReadTensors(folder, manifest.Policy, path, (tensors, file) => ParameterTensors.Join(layout, tensors, "", file)),
            Learner = manifest.Learner is null ? null : ReadLearner(folder, layout, manifest.Learner, path),
            Counters = manifest.Counters,
            Evaluation = manifest.Evaluation,
            ConfigurationHash = manifest.ConfigurationHash,
            RandomStates = manifest.RandomStates.ToDictionary(
                state => state.Key, state => ParseState(state.Value) ?? throw CheckpointException.Damaged(path, "a random stream's state is no state")),
            Attachments = manifest.Attachments.ToDictionary(attachment => attachment.Key, attachment => CheckAttachment(folder, attachment.Value, path)),
        };
    }

    private static Dictionary<string, TTo> Sorted<TFrom, TTo>(IReadOnlyDictionary<string, TFrom> entries, Func<string, TFrom, TTo> convert) =>
        entries.OrderBy(entry => entry.Key, StringComparer.Ordinal).ToDictionary(entry => entry.Key, entry => convert(entry.Key, entry.Value));

    private static IEnumerable<SafeTensor> LearnerTensors(NetworkLayout layout, TrainerState state) =>
    [
        .. ParameterTensors.Split(layout, state.Online, "online."),
        .. ParameterTensors.Split(layout, state.Target, "target."),
        .. ParameterTensors.Split(layout, state.FirstMoments, "first_moments."),
        .. ParameterTensors.Split(layout, state.SecondMoments, "second_moments."),
    ];

    private static ManifestFile WriteTensors(CheckpointFolder folder, string name, IEnumerable<SafeTensor> tensors) =>
        folder.Write(name, stream => SafeTensorsWriter.Write(stream, [.. tensors]));

    private static TrainerState ReadLearner(CheckpointFolder folder, NetworkLayout layout, ManifestLearner learner, string manifest) =>
        learner.Updates < 0
            ? throw CheckpointException.Damaged(manifest, $"its learner has {learner.Updates} updates")
            : ReadTensors(folder, learner.Data, manifest, (tensors, file) => new TrainerState
            {
                Updates = learner.Updates,
                Online = ParameterTensors.Join(layout, tensors, "online.", file),
                Target = ParameterTensors.Join(layout, tensors, "target.", file),
                FirstMoments = ParameterTensors.Join(layout, tensors, "first_moments.", file),
                SecondMoments = ParameterTensors.Join(layout, tensors, "second_moments.", file),
            });

    private static T ReadTensors<T>(CheckpointFolder folder, ManifestFile file, string manifest, Func<IReadOnlyList<SafeTensor>, string, T> join)
    {
        using FileStream stream = folder.OpenChecked(file, manifest);
        return join(SafeTensorsReader.Read(stream, stream.Name), stream.Name);
    }

    private static CheckpointAttachment CheckAttachment(CheckpointFolder folder, ManifestFile? file, string manifest)
    {
        using FileStream stream = folder.OpenChecked(file ?? throw CheckpointException.Damaged(manifest, "an attachment has no file"), manifest);
        return CheckpointAttachment.In(stream.Name);
    }

    private static string FormatState(RandomState state) =>
        string.Create(CultureInfo.InvariantCulture, $"{state.S0:x16}{state.S1:x16}{state.S2:x16}{state.S3:x16}");

    private static RandomState? ParseState(string? text)
    {
        if (text is not { Length: StateDigits } || !text.All(char.IsAsciiHexDigitLower))
        {
            return null;
        }

        RandomState state = new(Word(0), Word(1), Word(2), Word(3));
        return state.IsValid ? state : null;

        ulong Word(int index) => ulong.Parse(text.AsSpan(index * 16, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }
}
