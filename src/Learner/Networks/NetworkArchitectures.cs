using DqnAkka.Environments;

namespace DqnAkka.Learner;

/// <summary>The layers below the head of each kind of network. Names are those of PyTorch where the body is one <c>nn.Sequential</c> called <c>network</c>.</summary>
internal static class NetworkArchitectures
{
    private const int SmallestNatureSide = 36;
    private const int MinAtarKernel = 3;
    private const int MinAtarUnits = 128;
    private const int NatureUnits = 512;
    private const int ImpalaUnits = 256;

    /// <summary>The kind that <see cref="NetworkKind.Auto"/> stands for.</summary>
    public static NetworkKind Resolve(NetworkOptions options, PlaneShape shape) =>
        options.Kind != NetworkKind.Auto ? options.Kind
        : options.Type.Length > 0 ? NetworkKind.Custom
        : Math.Min(shape.Height, shape.Width) < MinAtarKernel ? NetworkKind.Mlp
        : Math.Min(shape.Height, shape.Width) < SmallestNatureSide ? NetworkKind.MinAtar
        : NetworkKind.Nature;

    /// <summary>The layers below the head, and the first index after them.</summary>
    /// <param name="kind">Neither <see cref="NetworkKind.Auto"/> nor <see cref="NetworkKind.Custom"/>.</param>
    /// <param name="shape">One observation.</param>
    /// <param name="options">Hidden layers, nonlinearity, normalisation.</param>
    /// <exception cref="ArgumentException">The observation has no such shape.</exception>
    public static (IReadOnlyList<NetworkLayer> Body, int Next) Body(NetworkKind kind, PlaneShape shape, NetworkOptions options)
    {
        if (kind != NetworkKind.Mlp && !shape.IsImage)
        {
            throw new ArgumentException($"a network of kind {kind.ToString().ToLowerInvariant()} needs images: the observation is a vector of {shape} components; use the kind mlp");
        }

        int smallest = kind switch { NetworkKind.MinAtar => MinAtarKernel, NetworkKind.Nature => SmallestNatureSide, _ => 1 };
        if (Math.Min(shape.Height, shape.Width) < smallest)
        {
            throw new ArgumentException($"a network of kind {kind.ToString().ToLowerInvariant()} needs images of at least {smallest} by {smallest}: they are {shape.Height} by {shape.Width}; use the kind auto");
        }

        SequentialBuilder builder = new(shape, options);
        switch (kind)
        {
            case NetworkKind.MinAtar:
                builder.Convolution(16, MinAtarKernel, 1).Flatten().Linear(MinAtarUnits);
                break;
            case NetworkKind.Nature:
                builder.Convolution(32, 8, 4).Convolution(64, 4, 2).Convolution(64, 3, 1).Flatten().Linear(NatureUnits);
                break;
            case NetworkKind.Impala:
                builder.ImpalaStage(16).ImpalaStage(32).ImpalaStage(32).Flatten().Activation().Linear(ImpalaUnits);
                break;
            default:
                if (shape.IsImage)
                {
                    builder.Flatten();
                }

                foreach (int units in options.Hidden)
                {
                    builder.Linear(units);
                }

                break;
        }

        return (builder.Layers, builder.Next);
    }

    private sealed class SequentialBuilder(PlaneShape shape, NetworkOptions options)
    {
        private readonly List<NetworkLayer> _layers = [];

        public IReadOnlyList<NetworkLayer> Layers => _layers;

        public int Next { get; private set; }

        private PlaneShape Top => _layers.Count == 0 ? shape : _layers[^1].Output;

        public SequentialBuilder Convolution(int filters, int kernel, int stride)
        {
            Add(new ConvolutionLayer($"network.{Next}", Top, filters, kernel, stride, 0));
            return Normalisation(isOverPlanes: true).Activation();
        }

        public SequentialBuilder Linear(int units)
        {
            Add(new LinearLayer($"network.{Next}", checked((int)Top.Size), units));
            return Normalisation(isOverPlanes: false).Activation();
        }

        public SequentialBuilder Flatten() => Add(new FlattenLayer(Top));

        public SequentialBuilder Activation() => Add(new ActivationLayer(Top, options.Activation));

        // One module of the sequence; CleanRL's names for its parts.
        public SequentialBuilder ImpalaStage(int filters)
        {
            string name = $"network.{Next}";
            List<NetworkLayer> stage = [new ConvolutionLayer($"{name}.conv", Top, filters, 3, 1, 1)];
            AddNormalisation(stage, $"{name}.norm");
            PlaneShape pooled = new MaxPoolLayer(stage[^1].Output, 3, 2, 1).Output;
            stage.Add(new MaxPoolLayer(stage[^1].Output, 3, 2, 1));
            for (int block = 0; block < 2; block++)
            {
                List<NetworkLayer> inner = [];
                for (int convolution = 0; convolution < 2; convolution++)
                {
                    inner.Add(new ActivationLayer(pooled, options.Activation));
                    inner.Add(new ConvolutionLayer($"{name}.res_block{block}.conv{convolution}", pooled, filters, 3, 1, 1));
                    AddNormalisation(inner, $"{name}.res_block{block}.norm{convolution}");
                }

                stage.Add(new ResidualLayer(pooled, inner));
            }

            _layers.AddRange(stage);
            Next++;
            return this;
        }

        private SequentialBuilder Normalisation(bool isOverPlanes) =>
            options.LayerNorm ? Add(new LayerNormLayer($"network.{Next}", Top, isOverPlanes)) : this;

        private void AddNormalisation(List<NetworkLayer> layers, string name)
        {
            if (options.LayerNorm)
            {
                layers.Add(new LayerNormLayer(name, layers[^1].Output, IsOverPlanes: true));
            }
        }

        private SequentialBuilder Add(NetworkLayer layer)
        {
            _layers.Add(layer);
            Next++;
            return this;
        }
    }
}
