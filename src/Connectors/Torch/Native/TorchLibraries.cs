namespace Decant.Connectors.Torch.Native;

/// <summary>Finds the native libraries: where libtorch lies, and TorchSharp's own library. Loads nothing.</summary>
internal static class TorchLibraries
{
    public const string TorchSharpLibrary = "libLibTorchSharp.so";

    // Each needs the ones before it.
    private static readonly string[] _libtorch = ["libc10.so", "libtorch_cpu.so", "libc10_cuda.so", "libtorch_cuda.so", "libtorch.so"];

    /// <summary>Where an application's native libraries lie, as the host says.</summary>
    public static IReadOnlyList<string> ApplicationFolders()
    {
        var host = (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return [.. host, AppContext.BaseDirectory, Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native")];
    }

    /// <summary>libtorch's libraries in the order in which to load them.</summary>
    /// <param name="named">What <see cref="TorchBackend.FolderVariable"/> holds, if anything.</param>
    /// <param name="application">Where the application's libraries lie.</param>
    /// <exception cref="DllNotFoundException">There is no libtorch, or the wrong one; the message says what to do.</exception>
    public static IReadOnlyList<string> Find(string? named, IReadOnlyList<string> application)
    {
        var folders = string.IsNullOrEmpty(named) ? application : NamedFolders(named);
        List<string> found = [.. _libtorch.Select(name => FirstWith(name, folders)).OfType<string>()];
        if (!found.Exists(path => Path.GetFileName(path) == "libtorch.so") || !found.Exists(path => Path.GetFileName(path) == "libtorch_cpu.so"))
            throw new DllNotFoundException(string.IsNullOrEmpty(named) ? $"libtorch is not there. {Cure}" : $"{TorchBackend.FolderVariable} is {named}, which holds no libtorch. {Cure}");
        CheckVersion(Path.GetDirectoryName(found[0])!);
        return found;
    }

    /// <exception cref="DllNotFoundException">TorchSharp's library is not there.</exception>
    public static string FindTorchSharp(IReadOnlyList<string> application) => FirstWith(TorchSharpLibrary, application)
        ?? throw new DllNotFoundException($"{TorchSharpLibrary} is not among the application's files. Publish with the native files of the TorchSharp package.");

    internal const string Cure =
        "Add a backend to the application: dotnet add package TorchSharp-cuda-linux (NVIDIA GPUs) or dotnet add package TorchSharp-cpu; "
        + "for this repository's samples pass -p:TorchBackend=cuda or cpu. Or set DECANT_LIBTORCH to the folder of an existing libtorch " + Wanted + ", such as what this prints: "
        + "python3 -c \"import torch; print(torch.__path__[0] + '/lib')\"";

    private const string Version = "2.10";

    private const string Wanted = "of version " + Version;

    private static string? FirstWith(string name, IEnumerable<string> folders) => folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    private static string[] NamedFolders(string named) => [named, Path.Combine(named, "lib"), Path.Combine(named, "torch", "lib")];

    // A libtorch download says its version in build-version beside lib, a Python installation in version.py.
    private static void CheckVersion(string folder)
    {
        var parent = Path.GetDirectoryName(folder) ?? folder;
        foreach (var name in (string[])["build-version", "version.py"])
        {
            var path = Path.Combine(parent, name);
            if (!File.Exists(path)) continue;
            var text = File.ReadLines(path).FirstOrDefault(line => line.Any(char.IsAsciiDigit)) ?? "";
            if (!text.Contains(Version, StringComparison.Ordinal))
                throw new DllNotFoundException($"The libtorch in {folder} is of another version ({text.Trim()}) than the {Version} that TorchSharp was built with. pip install \"torch=={Version}.*\" gives one that fits.");
        }
    }
}
