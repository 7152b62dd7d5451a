using System.Formats.Tar;
using System.IO.Compression;

namespace Decant.Tests.Decoding.Constraints.Json;

/// <summary>JSONTestSuite: files that every parser must accept (y_) or reject (n_), byte by byte.</summary>
public class JsonParsingSuiteTests
{
    [SkippableFact]
    public void Accepts_what_must_be_accepted_and_rejects_what_must_be_rejected()
    {
        var any = new JsonRecognizer(new JsonSchemaOptions { Schema = "true", Whitespace = JsonWhitespace.Flexible });
        var (accepted, rejected) = (0, 0);
        using var stream = new GZipStream(File.OpenRead(TestData.Path("structured/JSONTestSuite.tar.gz")), CompressionMode.Decompress);
        using var reader = new TarReader(stream);
        while (reader.GetNextEntry() is { } entry)
        {
            var name = Path.GetFileName(entry.Name);
            if (!name.EndsWith(".json", StringComparison.Ordinal) || name[..2] is not ("y_" or "n_")) continue;
            using var bytes = new MemoryStream();
            entry.DataStream?.CopyTo(bytes);
            Assert.True(any.Accepts(bytes.ToArray()) == (name[0] == 'y'), name);
            if (name[0] == 'y') accepted++;
            else rejected++;
        }

        Assert.Equal((95, 188), (accepted, rejected));
    }
}
