using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DqnAkka.Learner;

/// <summary>
/// <c>manifest-N.json</c> to bytes and back. Its last property is the SHA-256 of the file with that property's 64 digits as zeros, so
/// that an altered manifest is told from a whole one.
/// </summary>
internal static class ManifestCodec
{
    private const int DigestLength = 64;
    private static readonly string BlankDigest = new('0', DigestLength);

    private static readonly JsonSerializerOptions Options = new(JsonSerializerOptions.Strict)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        WriteIndented = true,
        NewLine = "\n",
        MaxDepth = 8,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
    };

    // What follows the digits: the closing quote of the last property, and the closing brace.
    private static ReadOnlySpan<byte> Tail => "\"\n}"u8;

    /// <summary>Writes a manifest and seals it; its own <see cref="CheckpointManifest.Sha256"/> does not count.</summary>
    public static byte[] Encode(CheckpointManifest manifest)
    {
        byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(manifest with { Sha256 = BlankDigest }, Options);
        Seal(bytes);
        return bytes;
    }

    /// <summary>A hash of what a checkpoint holds, whenever, under whatever number and where it was saved.</summary>
    public static string ContentHash(CheckpointManifest manifest)
    {
        CheckpointManifest nameless = manifest with
        {
            Created = null,
            Policy = manifest.Policy with { File = "" },
            Learner = manifest.Learner is { } learner ? learner with { Data = learner.Data with { File = "" } } : null,
            Attachments = manifest.Attachments.ToDictionary(attachment => attachment.Key, attachment => attachment.Value with { File = "" }),
            Sha256 = BlankDigest,
        };
        return Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(nameless, Options)));
    }

    /// <summary>Puts the digest of the bytes into its place.</summary>
    internal static void Seal(Span<byte> bytes)
    {
        Span<byte> digits = bytes[^(DigestLength + Tail.Length)..^Tail.Length];
        digits.Fill((byte)'0');
        string digest = Convert.ToHexStringLower(SHA256.HashData(bytes));
        System.Text.Encoding.ASCII.GetBytes(digest, digits);
    }

    /// <summary>Reads a sealed manifest.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="path">What messages call it.</param>
    /// <exception cref="CheckpointException">The seal is broken, the version is another, or a property is missing, unknown or of the wrong type.</exception>
    public static CheckpointManifest Decode(ReadOnlySpan<byte> bytes, string path)
    {
        CheckSeal(bytes, path);
        try
        {
            CheckVersion(bytes, path);
            return JsonSerializer.Deserialize<CheckpointManifest>(bytes, Options)
                ?? throw CheckpointException.Damaged(path, "it is null");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            throw CheckpointException.Damaged(path, $"it is not a valid manifest of version {CheckpointManifest.CurrentVersion}", exception);
        }
    }

    private static void CheckSeal(ReadOnlySpan<byte> bytes, string path)
    {
        if (bytes.Length > DigestLength + Tail.Length)
        {
            byte[] sealedAnew = bytes.ToArray();
            Seal(sealedAnew);
            if (bytes.EndsWith(Tail) && bytes.SequenceEqual(sealedAnew))
            {
                return;
            }
        }

        throw new CheckpointException($"checkpoint {path} is damaged or was altered: its contents do not fit the sha256 at its end; {CheckpointException.Remedy}");
    }

    private static void CheckVersion(ReadOnlySpan<byte> bytes, string path)
    {
        using JsonDocument document = JsonDocument.Parse(bytes.ToArray(), new JsonDocumentOptions { MaxDepth = Options.MaxDepth, AllowDuplicateProperties = false });
        if (document.RootElement.ValueKind != JsonValueKind.Object
            || !document.RootElement.TryGetProperty("format", out JsonElement format)
            || format.ValueKind != JsonValueKind.String
            || format.GetString() != CheckpointManifest.FormatName)
        {
            throw new CheckpointException($"{path} is not the manifest of a checkpoint: its format is not '{CheckpointManifest.FormatName}'; give a checkpoint's folder");
        }

        if (document.RootElement.TryGetProperty("version", out JsonElement version)
            && version.ValueKind == JsonValueKind.Number
            && version.GetRawText() != $"{CheckpointManifest.CurrentVersion}")
        {
            throw new CheckpointException(
                $"checkpoint {path} is of format version {version.GetRawText()}, this program reads version {CheckpointManifest.CurrentVersion}; use the program that wrote it")
            { IsForeign = true };
        }
    }
}
