namespace DqnAkka.Learner;

/// <summary>Copies the frames that some windows need out of many, each once.</summary>
internal static unsafe class SharedFrames
{
    /// <summary>Copies frames; what is common to windows stays common.</summary>
    /// <param name="frames">The first of all frames.</param>
    /// <param name="frameBytes">Bytes of a frame.</param>
    /// <param name="stack">Frames of a window.</param>
    /// <param name="windows">The first frame of each window; becomes its first frame among those copied.</param>
    /// <returns>The frames that the windows need, in the order in which they lay.</returns>
    public static byte[] Extract(byte* frames, int frameBytes, int stack, Span<int> windows)
    {
        int[] starts = windows.ToArray();
        Array.Sort(starts);
        List<(int First, int Count, int Target)> runs = [];
        int total = 0;
        foreach (int start in starts)
        {
            (int First, int Count, int Target) run = runs.Count == 0 ? (0, int.MinValue, 0) : runs[^1];
            if (runs.Count > 0 && start <= run.First + run.Count)
            {
                int more = Math.Max(0, start + stack - run.First - run.Count);
                runs[^1] = run with { Count = run.Count + more };
                total += more;
            }
            else
            {
                runs.Add((start, stack, total));
                total += stack;
            }
        }

        byte[] extracted = GC.AllocateUninitializedArray<byte>(checked(total * frameBytes));
        int[] firsts = new int[runs.Count];
        for (int i = 0; i < runs.Count; i++)
        {
            firsts[i] = runs[i].First;
            new ReadOnlySpan<byte>(frames + ((long)runs[i].First * frameBytes), checked(runs[i].Count * frameBytes))
                .CopyTo(extracted.AsSpan(runs[i].Target * frameBytes));
        }

        for (int i = 0; i < windows.Length; i++)
        {
            int index = Array.BinarySearch(firsts, windows[i]);
            (int first, _, int target) = runs[index < 0 ? ~index - 1 : index];
            windows[i] = target + windows[i] - first;
        }

        return extracted;
    }
}
