using Decant.Connectors.Models;

namespace Decant.Tests.Connectors.Models;

/// <summary>Reads a config.json given as text.</summary>
internal static class ConfigFolder
{
    public static ModelConfig Read(string json)
    {
        var folder = Directory.CreateTempSubdirectory("decant-test-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "config.json"), json);
            return Checkpoint.ReadConfig(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
