using Decant.Connectors.Torch;
using Decant.Connectors.Torch.Native;

namespace Decant.Tests.Connectors.Torch;

/// <summary>A test that needs libtorch; skipped where the tests were built without it (-p:TorchBackend=none).</summary>
internal sealed class TorchFactAttribute : FactAttribute
{
    public TorchFactAttribute() => Skip = TorchPresence.Missing;
}

/// <summary>A theory that needs libtorch.</summary>
internal sealed class TorchTheoryAttribute : TheoryAttribute
{
    public TorchTheoryAttribute() => Skip = TorchPresence.Missing;
}

/// <summary>Whether libtorch is there.</summary>
internal static class TorchPresence
{
    /// <summary>Why tests that need libtorch are skipped, or null. Only absence skips: a libtorch that is there and does not load fails them.</summary>
    public static string? Missing { get; } = Find();

    private static string? Find()
    {
        var isNamed = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(TorchBackend.FolderVariable));
        if (OperatingSystem.IsLinux() && !isNamed && !TorchLibraries.ApplicationFolders().Any(folder => File.Exists(Path.Combine(folder, "libtorch.so"))))
            return "libtorch is not there: the tests were built with -p:TorchBackend=none.";
        UseOneThread();
        return null;
    }

    // libtorch's threads wait for each other at every operator: where tests run side by side, that takes many times as long as the work.
    private static void UseOneThread()
    {
        try
        {
            TorchBackend.Load();
            TorchSharp.torch.set_num_threads(1);
        }
        catch (DllNotFoundException)
        {
            // The tests will say so.
        }
    }
}
