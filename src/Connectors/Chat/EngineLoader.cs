using Decant.Connectors.Cpu;
using Decant.Connectors.Torch;
using Decant.Decoding;
using Microsoft.Extensions.Logging;

namespace Decant.Connectors.Chat;

/// <summary>Chooses the engine and loads the model on it.</summary>
internal static partial class EngineLoader
{
    /// <summary>What a folder's model is loaded from with these options; the log says which engine, and why.</summary>
    public static ModelSource Choose(string folder, LocalChatClientOptions options, ILogger logger)
    {
        var (engine, reason) = Choose(options, TorchBackend.HasCudaDriver, TorchBackend.CudaDeviceCount);
        LogEngine(logger, engine, reason);
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        return engine == ChatEngine.Torch
            ? new ModelSource(path, null, options.Torch with { Devices = (ValueList<string>)[.. options.Torch.Devices] })
            : new ModelSource(path, options.Cpu, null);
    }

    public static ICausalModel Load(ModelSource source, IProgress<double>? progress, CancellationToken cancellationToken) => source.Torch is { } torch
        ? TorchModel.Load(source.Folder, torch, progress, cancellationToken)
        : CpuModel.Load(source.Folder, source.Cpu, progress, cancellationToken);

    /// <param name="options">What was asked for.</param>
    /// <param name="hasCudaDriver">Whether there is a driver; without one nothing else is looked at.</param>
    /// <param name="cudaDevices">Counts the devices, which loads libtorch.</param>
    /// <returns>The engine, never <see cref="ChatEngine.Auto"/>, and why.</returns>
    public static (ChatEngine Engine, string Reason) Choose(LocalChatClientOptions options, bool hasCudaDriver, Func<int> cudaDevices)
    {
        if (options.Engine != ChatEngine.Auto) return (options.Engine, "it was asked for");
        if (options.Torch.Devices.Count > 0) return (ChatEngine.Torch, $"devices were named: {string.Join(", ", options.Torch.Devices)}");
        if (!hasCudaDriver) return (ChatEngine.Cpu, "there is no CUDA driver");
        try
        {
            var devices = cudaDevices();
            return devices > 0
                ? (ChatEngine.Torch, $"libtorch sees {devices} CUDA devices")
                : (ChatEngine.Cpu, "there is a CUDA driver, but libtorch sees no CUDA device; a backend for CUDA would use it: dotnet add package TorchSharp-cuda-linux");
        }
        catch (DllNotFoundException exception)
        {
            return (ChatEngine.Cpu, $"there is a CUDA driver, but {exception.Message}");
        }
    }

    [LoggerMessage(LogLevel.Information, "Engine {Engine}: {Reason}.")]
    private static partial void LogEngine(ILogger logger, ChatEngine engine, string reason);
}
