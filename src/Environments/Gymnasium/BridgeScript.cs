using System.Globalization;

namespace DqnAkka.Environments;

/// <summary>The Python half of the bridge. It travels inside this assembly, and reaches the interpreter through its standard input: there is no file to leave behind.</summary>
internal static class BridgeScript
{
    private const string Name = "dqnakka_bridge.py";

    // Reads exactly the script's bytes, without a buffer that would swallow the first request with them; linecache lets tracebacks show the
    // script's lines. An interrupt from the keyboard reaches the whole group of processes, and is the parent's to deal with.
    private const string Boot =
        "import linecache,os,signal,sys\n"
        + "signal.signal(signal.SIGINT,signal.SIG_IGN)\n"
        + "if sys.version_info<(3,6):sys.exit('this is Python '+sys.version.split()[0]+', the bridge needs 3.6 or newer')\n"
        + "size=int(sys.argv[1])\n"
        + "script=b''\n"
        + "while len(script)<size:\n"
        + " part=os.read(0,size-len(script))\n"
        + " if not part:sys.exit(1)\n"
        + " script+=part\n"
        + "text=script.decode('utf-8')\n"
        + "linecache.cache['" + Name + "']=(len(text),None,text.splitlines(True),'" + Name + "')\n"
        + "exec(compile(text,'" + Name + "','exec'),{'__name__':'__main__','__file__':'" + Name + "'})";

    private static readonly Lazy<byte[]> Script = new(Read);

    /// <summary>The script, UTF-8.</summary>
    public static ReadOnlySpan<byte> Bytes => Script.Value;

    /// <summary>What the interpreter is called with.</summary>
    public static IReadOnlyList<string> Arguments => ["-c", Boot, Script.Value.Length.ToString(CultureInfo.InvariantCulture)];

    private static byte[] Read()
    {
        using Stream stream = typeof(BridgeScript).Assembly.GetManifestResourceStream(Name)
            ?? throw new InvalidOperationException($"the assembly has no resource {Name}");
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
