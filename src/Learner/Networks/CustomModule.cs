using System.Reflection;
using System.Runtime.InteropServices;
using DqnAkka.Environments;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DqnAkka.Learner;

/// <summary>
/// A user's own network: a TorchSharp module with a public constructor (<see cref="PlaneShape"/> observation, int actionCount). It is only
/// ever run as in evaluation, so that what it gives depends on its parameters and input alone.
/// </summary>
internal static class CustomModule
{
    private static readonly UserTypeRole Role = new(
        "network",
        "network.path",
        typeof(nn.Module<Tensor, Tensor>),
        "TorchSharp.torch.nn.Module<Tensor, Tensor>",
        (message, cause) => cause is null ? new LearnerException(message) : new LearnerException(message, cause));

    // Modules draw their first values from libtorch's one generator.
    private static readonly Lock Gate = new();

    /// <summary>Makes the module, on the processor.</summary>
    /// <param name="options">Its type, and where the assembly is.</param>
    /// <param name="shape">One observation.</param>
    /// <param name="actionCount">Number of actions.</param>
    /// <exception cref="LearnerException">The type is not found or is no module, or cannot be made so.</exception>
    public static nn.Module<Tensor, Tensor> Create(NetworkOptions options, PlaneShape shape, int actionCount)
    {
        lock (Gate)
        {
            return Construct(options, shape, actionCount);
        }
    }

    /// <summary>The first values of the module's own choice, the same for the same random stream.</summary>
    /// <param name="layout">The network.</param>
    /// <param name="random">The stream of random numbers; it seeds libtorch's generator, which the module draws from.</param>
    /// <param name="parameters">Receives the parameters, float32 [<see cref="NetworkLayout.Length"/>].</param>
    /// <exception cref="LearnerException">The module cannot be made, or has other parameters than the layout.</exception>
    public static void Initialize(NetworkLayout layout, RandomSource random, Span<float> parameters)
    {
        using DisposeScope scope = NewDisposeScope();
        using nn.Module<Tensor, Tensor> module = Construct(layout, random);
        (string Name, Parameter Parameter)[] own = [.. module.named_parameters()];
        RequireSlots(layout, own);
        parameters.Clear();
        for (int i = 0; i < own.Length; i++)
        {
            using Tensor values = own[i].Parameter.detach().contiguous();
            MemoryMarshal.Cast<byte, float>(values.bytes).CopyTo(parameters[layout.Slots[i].Offset..]);
        }
    }

    /// <summary>Throws unless the parameters are those of a layout, name by name and shape by shape.</summary>
    /// <exception cref="LearnerException">They are not.</exception>
    public static void RequireSlots(NetworkLayout layout, IReadOnlyList<(string Name, Parameter Parameter)> parameters)
    {
        string[] own = [.. parameters.Select(entry => $"{entry.Name} [{string.Join(", ", entry.Parameter.shape)}]")];
        string[] expected = [.. layout.Slots.Select(slot => $"{slot.Name} [{string.Join(", ", slot.Shape)}]")];
        if (!own.SequenceEqual(expected))
        {
            string[] missing = [.. expected.Except(own)];
            string[] added = [.. own.Except(expected)];
            throw new LearnerException(
                $"network type '{layout.Options.Type}' is not the one that its parameters were made by: expected {Listed(missing)}, it has {Listed(added)} in their place; use the assembly that trained them");
        }

        static string Listed(string[] names) => names.Length == 0 ? "another order" : string.Join(", ", names.Take(3)) + (names.Length > 3 ? ", …" : "");
    }

    private static nn.Module<Tensor, Tensor> Construct(NetworkLayout layout, RandomSource random)
    {
        lock (Gate)
        {
            _ = manual_seed((long)random.NextUInt64());
            return Construct(layout.Options, layout.Observation.Shape, layout.ActionCount);
        }
    }

    private static nn.Module<Tensor, Tensor> Construct(NetworkOptions options, PlaneShape shape, int actionCount)
    {
        Type type = UserTypes.Resolve(Role, options.Type, options.SearchPaths);
        ConstructorInfo constructor = type.GetConstructor([typeof(PlaneShape), typeof(int)]) ?? throw new LearnerException(
            $"network type '{type.FullName}' has no public constructor (PlaneShape observation, int actionCount): give it one");
        try
        {
            nn.Module<Tensor, Tensor> module = (nn.Module<Tensor, Tensor>)constructor.Invoke([shape, actionCount]);
            module.eval();
            // Whoever makes a module decides how long it lives, not a scope that happens to be open.
            foreach (Parameter parameter in module.parameters())
            {
                parameter.DetachFromDisposeScope();
            }

            return module;
        }
        catch (TargetInvocationException exception) when (exception.InnerException is not null and not OutOfMemoryException)
        {
            throw new LearnerException(
                $"network type '{type.FullName}' cannot be made for observations of {shape} and {actionCount} actions: its constructor threw {OneLine(exception.InnerException)}", exception);
        }
    }

    /// <summary>What an exception says, without the frames that libtorch adds.</summary>
    internal static string OneLine(Exception exception) => $"{exception.GetType().Name}: {exception.Message.Split('\n')[0].Trim()}";
}
