using Decant.Connectors.Torch;

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
        if (!OperatingSystem.IsLinux()) return null;
        try
        {
            Decant.Connectors.Torch.Native.TorchLibraries.Find(Environment.GetEnvironmentVariable(TorchBackend.FolderVariable), Decant.Connectors.Torch.Native.TorchLibraries.ApplicationFolders());
            return null;
        }
        catch (DllNotFoundException exception)
        {
            return exception.Message;
        }
    }
}
