using System.Runtime.InteropServices;
using Decant.Connectors.Torch.Native;
using TorchSharp;

namespace Decant.Connectors.Torch;

/// <summary>Loads libtorch, once per process: from the backend package the application references, or from a folder that the environment names.</summary>
/// <remarks>
/// On Linux systems whose C++ library is older than the one TorchSharp was built with (Debian 12, Ubuntu 22.04, RHEL 9), TorchSharp's library
/// is loaded from a private copy that no longer insists on a symbol version it never uses.
/// </remarks>
public static class TorchBackend
{
    /// <summary>Environment variable with the folder of an existing libtorch (a PyTorch installation's <c>torch/lib</c> will do), used in place of a package. Linux only.</summary>
    public const string FolderVariable = "DECANT_LIBTORCH";

    private static readonly Lazy<string> _loaded = new(LoadOnce);

    /// <summary>Whether this machine has a CUDA driver. Looks for its device file only: costs nothing and loads nothing.</summary>
    public static bool HasCudaDriver { get; } = OperatingSystem.IsWindows()
        ? File.Exists(Path.Combine(Environment.SystemDirectory, "nvcuda.dll"))
        : File.Exists("/dev/nvidiactl") || File.Exists("/dev/dxg");

    /// <summary>Loads libtorch unless that is done.</summary>
    /// <returns>The folder it came from, or "package" where TorchSharp found it by itself.</returns>
    /// <exception cref="DllNotFoundException">There is no libtorch, or it does not load; the message says what to do.</exception>
    public static string Load() => _loaded.Value;

    /// <summary>Number of CUDA devices that libtorch can use; 0 with a backend for CPUs. Loads libtorch.</summary>
    /// <exception cref="DllNotFoundException">There is no libtorch, or it does not load.</exception>
    public static int CudaDeviceCount()
    {
        Load();
        return torch.cuda.is_available() ? torch.cuda.device_count() : 0;
    }

    private static string LoadOnce()
    {
        var named = Environment.GetEnvironmentVariable(FolderVariable);
        try
        {
            if (!OperatingSystem.IsLinux()) return LoadElsewhere(named);
            var application = TorchLibraries.ApplicationFolders();
            var libraries = TorchLibraries.Find(named, application);
            var torchSharp = TorchLibraries.FindTorchSharp(application);
            foreach (var library in libraries) NativeLibrary.Load(library);
            LoadTorchSharp(torchSharp);

            // TorchSharp asks for its libraries by name, and the system gives it those that are loaded.
            torch.InitializeDeviceType(DeviceType.CPU);
            return Path.GetDirectoryName(libraries[0])!;
        }
        catch (Exception exception) when (exception is NotSupportedException or TypeInitializationException or BadImageFormatException)
        {
            throw new DllNotFoundException($"libtorch does not load: {exception.Message} {TorchLibraries.Cure}", exception);
        }
    }

    private static string LoadElsewhere(string? named)
    {
        if (!string.IsNullOrEmpty(named))
            throw new DllNotFoundException($"{FolderVariable} is read on Linux only. Unset it and reference a backend package: dotnet add package TorchSharp-cpu (Windows with CUDA: TorchSharp-cuda-windows).");
        torch.InitializeDeviceType(DeviceType.CPU);
        return "package";
    }

    private static void LoadTorchSharp(string path)
    {
        try
        {
            NativeLibrary.Load(path);
        }
        catch (DllNotFoundException)
        {
            var image = File.ReadAllBytes(path);
            if (ElfVersions.WeakenUnused(image).Count == 0) throw;
            LoadPrivateCopy(image);
        }
    }

    private static void LoadPrivateCopy(byte[] image)
    {
        // A new folder that only this user can enter; once loaded, the file is not needed any more.
        var folder = Directory.CreateTempSubdirectory("decant-torch-");
        try
        {
            var copy = Path.Combine(folder.FullName, TorchLibraries.TorchSharpLibrary);
            File.WriteAllBytes(copy, image);
            NativeLibrary.Load(copy);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
