using System.Runtime.CompilerServices;

namespace DqnAkka.Learner;

/// <summary>
/// A head as one linear map from the last hidden layer to the action values. A plain head is that map; a dueling head
/// (Wang et al. 2016, equation 9: Q = V + A − mean A) is linear too and folds into Uₐ = v + wₐ − mean w, so that every kernel sees a
/// plain head, and a gradient by U unfolds into ∂v = Σₐ ∂Uₐ and ∂wⱼ = ∂Uⱼ − (1/n) Σₐ ∂Uₐ.
/// </summary>
internal sealed unsafe class EffectiveHead
{
    private readonly PackedLayout _layout;
    private readonly AlignedBuffer _parameters;
    private readonly AlignedBuffer? _folded;
    private readonly int _actions;

    /// <summary>Looks at the head within a network's packed parameters.</summary>
    public EffectiveHead(PackedLayout layout, int actions, AlignedBuffer parameters)
    {
        _layout = layout;
        _actions = actions;
        _parameters = parameters;
        _folded = IsDueling(layout, actions) ? new AlignedBuffer(Length(layout, actions)) : null;
    }

    /// <summary>U, float32 [actions × stride].</summary>
    public float* Weights => _folded is null ? _parameters.Pointer + _layout.Head.WeightOffset : _folded.Pointer;

    /// <summary>u, float32 [actions].</summary>
    public float* Biases => _folded is null ? _parameters.Pointer + _layout.Head.BiasOffset : _folded.Pointer + (_actions * _layout.Head.Stride);

    /// <summary>Floats that U and u take together, u padded.</summary>
    public static int Length(PackedLayout layout, int actions) => (actions * layout.Head.Stride) + PackedLayout.RoundUp(actions);

    /// <summary>Whether the packed head has a value row before its advantages.</summary>
    public static bool IsDueling(PackedLayout layout, int actions) => layout.Head.Rows > actions;

    /// <summary>Follows a change of the parameters.</summary>
    public void Fold()
    {
        if (_folded is null)
        {
            return;
        }

        PackedHead head = _layout.Head;
        Fold(_parameters.Span.Slice(head.WeightOffset, head.Rows * head.Stride), new Span<float>(Weights, _actions * head.Stride), head.Stride);
        Fold(_parameters.Span.Slice(head.BiasOffset, head.Rows), new Span<float>(Biases, _actions), 1);
    }

    /// <summary>Brings a gradient by U or u back to the rows of a dueling head.</summary>
    /// <param name="folded">∂U, float32 [actions × stride].</param>
    /// <param name="rows">Receives ∂v and the ∂w, float32 [(1 + actions) × stride].</param>
    /// <param name="stride">Columns.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void UnfoldGradient(ReadOnlySpan<float> folded, Span<float> rows, int stride)
    {
        int actions = folded.Length / stride;
        float share = 1f / actions;
        for (int column = 0; column < stride; column++)
        {
            float sum = 0;
            for (int at = column; at < folded.Length; at += stride)
            {
                sum += folded[at];
            }

            rows[column] = sum;
            for (int at = column; at < folded.Length; at += stride)
            {
                rows[at + stride] = folded[at] - (share * sum);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Fold(ReadOnlySpan<float> rows, Span<float> folded, int stride)
    {
        float share = 1f / (folded.Length / stride);
        for (int column = 0; column < stride; column++)
        {
            float sum = 0;
            for (int at = column; at < folded.Length; at += stride)
            {
                sum += rows[at + stride];
            }

            float shift = rows[column] - (share * sum);
            for (int at = column; at < folded.Length; at += stride)
            {
                folded[at] = rows[at + stride] + shift;
            }
        }
    }
}
