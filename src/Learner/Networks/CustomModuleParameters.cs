using DqnAkka.Environments;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DqnAkka.Learner;

/// <summary>What a user's own module consists of, after all has been checked that a network must be.</summary>
internal static class CustomModuleParameters
{
    private const int TrialRows = 2;

    /// <summary>The module's parameters in its own order. It is made and run once to see what it gives.</summary>
    /// <param name="options">Its type, and where the assembly is.</param>
    /// <param name="shape">One observation.</param>
    /// <param name="actionCount">Number of actions.</param>
    /// <exception cref="LearnerException">The module cannot be made, or is no network as it is.</exception>
    public static IReadOnlyList<ParameterShape> Read(NetworkOptions options, PlaneShape shape, int actionCount)
    {
        LibTorch.RequireForModule();
        TorchThreads.Use(1);
        using DisposeScope scope = NewDisposeScope();
        using nn.Module<Tensor, Tensor> module = CustomModule.Create(options, shape, actionCount);
        string name = $"network type '{module.GetType().FullName}'";
        if (module.named_buffers().Select(entry => entry.name).FirstOrDefault() is { } buffer)
        {
            throw new LearnerException(
                $"{name} keeps state outside its parameters (the buffer {buffer}, as batch normalisation does), which would be neither trained nor sent nor saved: leave it out, or use layer normalisation");
        }

        (string Name, Parameter Parameter)[] parameters = [.. module.named_parameters()];
        if (parameters.Length == 0)
        {
            throw new LearnerException($"{name} has no parameters, so nothing can be learned: assign its modules to fields and call RegisterComponents() in its constructor");
        }

        foreach ((string parameterName, Parameter parameter) in parameters)
        {
            if (parameter.dtype != ScalarType.Float32)
            {
                throw new LearnerException($"{name} has the parameter {parameterName} of type {parameter.dtype}: parameters must be Float32");
            }
        }

        RequireValues(name, module, shape, actionCount);
        return [.. parameters.Select(entry => new ParameterShape(entry.Name, [.. entry.Parameter.shape.Select(side => checked((int)side))], 0))];
    }

    private static void RequireValues(string name, nn.Module<Tensor, Tensor> module, PlaneShape shape, int actionCount)
    {
        using IDisposable gradients = enable_grad();
        long[] inputShape = TorchNetwork.InputShape(shape, TrialRows);
        Tensor inputs = linspace(0, 1, TrialRows * shape.Size, ScalarType.Float32).view(inputShape);
        Tensor before = inputs.clone();
        Tensor values = Run(name, module, inputs, inputShape);
        if (values.dtype != ScalarType.Float32 || !values.shape.AsSpan().SequenceEqual([TrialRows, actionCount]))
        {
            throw new LearnerException(
                $"{name} gives {values.dtype} [{string.Join(", ", values.shape)}] for {TrialRows} observations of {shape}: it must give Float32 [{TrialRows}, {actionCount}], one value for each action");
        }

        if (!inputs.equal(before).all().item<bool>())
        {
            throw new LearnerException($"{name} changes its input, which others read too: use no operation in place on it");
        }

        if (!values.requires_grad)
        {
            throw new LearnerException(
                $"{name} gives values through which no gradient reaches its parameters, so nothing can be learned: use its parameters in forward, without detach or no_grad");
        }
    }

    private static Tensor Run(string name, nn.Module<Tensor, Tensor> module, Tensor inputs, long[] inputShape)
    {
        try
        {
            return module.call(inputs);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            throw new LearnerException($"{name} fails on an input of [{string.Join(", ", inputShape)}]: {CustomModule.OneLine(exception)}", exception);
        }
    }
}
