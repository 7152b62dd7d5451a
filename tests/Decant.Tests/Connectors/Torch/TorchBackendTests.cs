using System.Runtime.InteropServices;
using Decant.Connectors.Torch;
using Decant.Connectors.Torch.Native;

namespace Decant.Tests.Connectors.Torch;

/// <summary>Finding and loading libtorch, and the editor of version records.</summary>
public sealed class TorchBackendTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("decant-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [TorchFact]
    public void The_backend_loads_and_computes()
    {
        Assert.True(Directory.Exists(TorchBackend.Load()));
        using var sum = TorchSharp.torch.ones(3).sum();
        Assert.Equal(3, (float)sum);
        Assert.Equal(TorchBackend.HasCudaDriver && TorchSharp.torch.cuda.is_available(), TorchBackend.CudaDeviceCount() > 0);
    }

    [TorchFact]
    public void Only_versions_that_no_relocation_needs_become_weak()
    {
        var original = File.ReadAllBytes(TorchLibraries.FindTorchSharp(TorchLibraries.ApplicationFolders()));
        var edited = original.ToArray();
        var weakened = ElfVersions.WeakenUnused(edited);
        Assert.Contains("GLIBCXX_3.4.32", weakened);
        Assert.DoesNotContain("GLIBCXX_3.4.30", weakened);
        Assert.Equal(weakened.Count, original.Zip(edited).Count(pair => pair.First != pair.Second));
        Assert.Empty(ElfVersions.WeakenUnused(edited));
    }

    [TorchFact]
    public void The_edited_library_loads()
    {
        TorchBackend.Load();
        var image = File.ReadAllBytes(TorchLibraries.FindTorchSharp(TorchLibraries.ApplicationFolders()));
        ElfVersions.WeakenUnused(image);
        var path = Path.Combine(_folder, "edited.so");
        File.WriteAllBytes(path, image);
        Assert.NotEqual(0, NativeLibrary.Load(path));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(63)]
    [InlineData(1000)]
    public void A_damaged_library_is_refused(int length)
    {
        var image = new byte[length];
        ReadOnlySpan<byte> start = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1];
        if (length > 0) start.CopyTo(image);
        Assert.Throws<InvalidDataException>(() => ElfVersions.WeakenUnused(image));
    }

    [TorchFact]
    public void Cut_libraries_are_refused_wherever_they_end()
    {
        var image = File.ReadAllBytes(TorchLibraries.FindTorchSharp(TorchLibraries.ApplicationFolders()));
        for (var length = 64; length < image.Length - 64; length += image.Length / 20)
            Assert.Throws<InvalidDataException>(() => ElfVersions.WeakenUnused(image.AsSpan(0, length).ToArray()));
    }

    [Fact]
    public void A_missing_backend_says_what_to_do()
    {
        var none = Assert.Throws<DllNotFoundException>(() => TorchLibraries.Find(null, [_folder])).Message;
        Assert.Contains("dotnet add package TorchSharp-cpu", none);
        var named = Assert.Throws<DllNotFoundException>(() => TorchLibraries.Find(_folder, [])).Message;
        Assert.Contains($"DECANT_LIBTORCH is {_folder}", named);
        Assert.Contains("torch.__path__", named);
    }

    [Theory]
    [InlineData("lib", "build-version", "2.10.0+cpu", true)]
    [InlineData("lib", "build-version", "2.5.1+cu124", false)]
    [InlineData("torch/lib", "version.py", "from typing import Optional\n__version__ = '2.9.0'", false)]
    public void A_named_folder_must_hold_the_right_version(string libraries, string file, string text, bool fits)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, libraries));
        foreach (var name in (string[])["libc10.so", "libtorch_cpu.so", "libtorch.so"]) File.WriteAllText(Path.Combine(folder.FullName, name), "");
        File.WriteAllText(Path.Combine(folder.Parent!.FullName, file), text);
        if (fits) Assert.Equal(3, TorchLibraries.Find(_folder, []).Count);
        else Assert.Contains("pip install", Assert.Throws<DllNotFoundException>(() => TorchLibraries.Find(_folder, [])).Message);
    }
}
