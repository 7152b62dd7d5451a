using Decant.Connectors.Embedded;

namespace Decant.Tests.Hosting;

/// <summary>A copy of an embedded model whose files can be missing for a while.</summary>
internal sealed class ModelFolder : IDisposable
{
    public ModelFolder(string model)
    {
        foreach (var file in Directory.GetFiles(EmbeddedModels.Folder(model))) File.Copy(file, System.IO.Path.Combine(Path, System.IO.Path.GetFileName(file)));
    }

    public string Path { get; } = Directory.CreateTempSubdirectory("decant").FullName;

    /// <summary>Hides a file until the result is disposed.</summary>
    public IDisposable Hide(string file) => new Hidden(System.IO.Path.Combine(Path, file));

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private sealed class Hidden : IDisposable
    {
        private readonly string _path;

        public Hidden(string path)
        {
            _path = path;
            File.Move(path, path + ".hidden");
        }

        public void Dispose() => File.Move(_path + ".hidden", _path);
    }
}
