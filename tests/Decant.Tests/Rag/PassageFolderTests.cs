using Decant.Samples.Rag;

namespace Decant.Tests.Rag;

public class PassageFolderTests
{
    [Fact]
    public void Paragraphs_are_passages_and_headings_name_them()
    {
        var passages = PassageFolder.Read("a.md", "First line\nsecond line.\r\n\r\n# Head\nUnder it.\n\n\nAlso.\n## Next\n\nLast.");
        Assert.Equal([("a.md", "First line second line."), ("a.md, Head", "Under it."), ("a.md, Head", "Also."), ("a.md, Next", "Last.")],
            passages.Select(passage => (passage.Source, passage.Text)));
    }

    [Fact]
    public void A_folder_is_read_with_its_folders_and_other_files_are_not()
    {
        var folder = Directory.CreateTempSubdirectory("decant").FullName;
        try
        {
            Assert.Contains(".md", Assert.Throws<InvalidDataException>(() => PassageFolder.Load(folder)).Message);
            Directory.CreateDirectory(Path.Combine(folder, "sub"));
            File.WriteAllText(Path.Combine(folder, "sub", "b.TXT"), "Two.");
            File.WriteAllText(Path.Combine(folder, "a.md"), "One.");
            File.WriteAllText(Path.Combine(folder, "c.json"), "{}");
            Assert.Equal(["a.md", Path.Combine("sub", "b.TXT")], PassageFolder.Load(folder).Select(passage => passage.Source));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        Assert.Contains("--folder", Assert.Throws<DirectoryNotFoundException>(() => PassageFolder.Load(folder)).Message);
    }
}
