namespace DqnAkka.Host;

/// <summary>What the process tells its caller; <c>--help</c> lists the same.</summary>
internal static class ExitCode
{
    /// <summary>The command did what was asked; a node left because the run ended or somebody asked it to.</summary>
    public const int Done = 0;

    /// <summary>The run started and failed.</summary>
    public const int Failed = 1;

    /// <summary>The command line, the configuration or a file named in them is wrong, or the cluster refused the node: started again it would end the same.</summary>
    public const int BadInput = 2;

    /// <summary>The cluster went on without this node; a supervisor should start it again.</summary>
    public const int Removed = 3;

    /// <summary>Ctrl-C, SIGTERM or SIGHUP; a training run wrote its checkpoint first. 128 + SIGINT, as shells have it.</summary>
    public const int Interrupted = 130;
}
