using DqnAkka.Environments;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace DqnAkka.Learner.Tests;

/// <summary>The published networks as one would write them with PyTorch's modules, under PyTorch's names.</summary>
internal sealed class ModuleNetwork : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> _network;
    private readonly Module<Tensor, Tensor>? _value;
    private readonly Module<Tensor, Tensor>? _advantage;

    public ModuleNetwork(NetworkKind kind, PlaneShape shape, int actionCount, NetworkOptions options)
        : base("q")
    {
        List<Module<Tensor, Tensor>> modules = [];
        PlaneShape top = shape;
        switch (kind)
        {
            case NetworkKind.MinAtar:
                Convolution(16, 3, 1);
                modules.Add(Flatten());
                Units((int)top.Size, 128);
                break;
            case NetworkKind.Nature:
                Convolution(32, 8, 4);
                Convolution(64, 4, 2);
                Convolution(64, 3, 1);
                modules.Add(Flatten());
                Units((int)top.Size, 512);
                break;
            case NetworkKind.Impala:
                foreach (int filters in (int[])[16, 32, 32])
                {
                    modules.Add(new Stage(top, filters, options));
                    top = new PlaneShape(filters, (top.Height + 1) / 2, (top.Width + 1) / 2);
                }

                modules.Add(Flatten());
                modules.Add(Nonlinearity(options));
                Units((int)top.Size, 256);
                break;
            default:
                foreach (int units in options.Hidden)
                {
                    Units((int)top.Size, units);
                }

                break;
        }

        int features = (int)top.Size;
        if (options.Dueling)
        {
            _value = Linear(features, 1);
            _advantage = Linear(features, actionCount);
            register_module("value", _value);
            register_module("advantage", _advantage);
        }
        else
        {
            modules.Add(Linear(features, actionCount));
        }

        _network = Sequential(modules);
        register_module("network", _network);

        void Convolution(int filters, int kernel, int stride)
        {
            modules.Add(Conv2d(top.Planes, filters, kernel, stride));
            top = new PlaneShape(filters, ((top.Height - kernel) / stride) + 1, ((top.Width - kernel) / stride) + 1);
            Finish([top.Planes, top.Height, top.Width]);
        }

        void Units(int inputs, int units)
        {
            modules.Add(Linear(inputs, units));
            top = PlaneShape.Vector(units);
            Finish([units]);
        }

        void Finish(long[] normalized)
        {
            if (options.LayerNorm)
            {
                modules.Add(LayerNorm(normalized));
            }

            modules.Add(Nonlinearity(options));
        }
    }

    public override Tensor forward(Tensor input)
    {
        Tensor hidden = _network.call(input);
        if (_value is null || _advantage is null)
        {
            return hidden;
        }

        Tensor advantages = _advantage.call(hidden);
        return _value.call(hidden) + advantages - advantages.mean([1], keepdim: true);
    }

    private static Module<Tensor, Tensor> Nonlinearity(NetworkOptions options) => options.Activation == Activation.Relu ? ReLU() : Tanh();

    private static Module<Tensor, Tensor> Norm(NetworkOptions options, long[] shape) => options.LayerNorm ? LayerNorm(shape) : Identity();

    private sealed class Stage : Module<Tensor, Tensor>
    {
        private readonly Module<Tensor, Tensor> _conv;
        private readonly Module<Tensor, Tensor> _norm;
        private readonly Module<Tensor, Tensor> _pool = MaxPool2d(3, 2, 1);
        private readonly Module<Tensor, Tensor> _first;
        private readonly Module<Tensor, Tensor> _second;

        public Stage(PlaneShape shape, int filters, NetworkOptions options)
            : base("stage")
        {
            long[] pooled = [filters, (shape.Height + 1) / 2, (shape.Width + 1) / 2];
            register_module("conv", _conv = Conv2d(shape.Planes, filters, 3, padding: 1));
            register_module("norm", _norm = Norm(options, [filters, shape.Height, shape.Width]));
            register_module("res_block0", _first = new Block(pooled, options));
            register_module("res_block1", _second = new Block(pooled, options));
        }

        public override Tensor forward(Tensor input) => _second.call(_first.call(_pool.call(_norm.call(_conv.call(input)))));
    }

    private sealed class Block : Module<Tensor, Tensor>
    {
        private readonly Module<Tensor, Tensor>[] _convolutions = new Module<Tensor, Tensor>[2];
        private readonly Module<Tensor, Tensor>[] _norms = new Module<Tensor, Tensor>[2];
        private readonly Module<Tensor, Tensor> _nonlinearity;

        public Block(long[] shape, NetworkOptions options)
            : base("block")
        {
            _nonlinearity = Nonlinearity(options);
            for (int i = 0; i < 2; i++)
            {
                register_module($"conv{i}", _convolutions[i] = Conv2d(shape[0], shape[0], 3, padding: 1));
                register_module($"norm{i}", _norms[i] = Norm(options, shape));
            }
        }

        public override Tensor forward(Tensor input)
        {
            Tensor hidden = input;
            for (int i = 0; i < 2; i++)
            {
                hidden = _norms[i].call(_convolutions[i].call(_nonlinearity.call(hidden)));
            }

            return input + hidden;
        }
    }
}
