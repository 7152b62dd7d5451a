namespace Decant.Tests;

/// <summary>Finds the outside data beside the repository; a test that needs it is skipped, with the folder's name, where it is absent.</summary>
internal static class TestData
{
    private static readonly string? _root = Find();

    /// <summary>The full path of <paramref name="relative"/> under shared/data; skips the running test when it is not there.</summary>
    public static string Path(string relative)
    {
        var path = System.IO.Path.Combine(_root ?? "../shared/data", relative);
        Skip.IfNot(File.Exists(path) || Directory.Exists(path), $"Outside test data not found: shared/data/{relative}");
        return path;
    }

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = System.IO.Path.Combine(folder.FullName, "shared", "data");
            if (Directory.Exists(candidate)) return candidate;
        }

        return null;
    }
}
