using Decant.Benchmarks;
using Decant.Connectors.Embedded;
using Decant.Connectors.Text;

namespace Decant.Tests.Benchmarks;

/// <summary>The command that makes a store of texts.</summary>
public sealed class BuildStoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("decant-store-").FullName;

    private string Store => Path.Combine(_folder, "texts", "out.store");

    public BuildStoreTests()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "texts", "inner"));
        File.WriteAllText(Path.Combine(_folder, "texts", "a.txt"), "Sotasha lives in Mizewick.");
        File.WriteAllText(Path.Combine(_folder, "texts", "inner", "b.txt"), "Patutex lies in Mizewick.");
        File.WriteAllText(Path.Combine(_folder, "texts", "empty.txt"), "");
    }

    [Fact]
    public async Task Every_file_is_a_text_and_a_store_among_them_is_none()
    {
        var tokenizer = TextTokenizer.Load(EmbeddedModels.Folder(EmbeddedModels.Tiny));
        var run = tokenizer.Encode("Mizewick", addSpecialTokens: false).ToArray();
        for (var time = 0; time < 2; time++)
        {
            await BuildStore.RunAsync([Path.Combine(_folder, "texts"), Store]);
            using var store = RetrievalStore.Open(Store);
            Assert.Equal(VocabularyId.Of(tokenizer), store.Vocabulary);
            Assert.Equal(2, store.Find(run).Count);
            Assert.Equal(3 + new[] { "Sotasha lives in Mizewick.", "Patutex lies in Mizewick." }.Sum(text => tokenizer.Encode(text, addSpecialTokens: false).Length), store.Count);
        }
    }

    [Fact]
    public async Task The_model_s_tokenizer_can_be_named()
    {
        await BuildStore.RunAsync([Path.Combine(_folder, "texts", "a.txt"), Store, "--model", EmbeddedModels.Folder(EmbeddedModels.Draft)]);
        using var store = RetrievalStore.Open(Store);
        Assert.Equal(VocabularyId.Of(TextTokenizer.Load(EmbeddedModels.Folder(EmbeddedModels.Draft))), store.Vocabulary);
    }

    [Fact]
    public async Task What_cannot_be_read_or_written_is_refused_by_name_and_leaves_nothing_behind()
    {
        var text = Path.Combine(_folder, "texts", "a.txt");
        await RefusedAsync<ArgumentException>("at least one text", text);
        await RefusedAsync<ArgumentException>("--model", text, Store, "--model");
        await RefusedAsync<ArgumentException>("nobody", Path.Combine(_folder, "nobody"), Store);
        await RefusedAsync<ArgumentException>("is a folder", text, _folder);
        await RefusedAsync<ArgumentException>("empty", Directory.CreateDirectory(Path.Combine(_folder, "none")).FullName, Store);
        File.WriteAllBytes(Path.Combine(_folder, "bytes"), [0xC3, 0x28, 0xFF]);
        await RefusedAsync<InvalidDataException>("UTF-8", Path.Combine(_folder, "bytes"), Store);
        await RefusedAsync<DirectoryNotFoundException>("nowhere", text, Path.Combine(_folder, "nowhere", "out.store"));
        Assert.Empty(Directory.EnumerateFiles(_folder, "*.store*", SearchOption.AllDirectories));
    }

    [Fact]
    public void A_file_that_cannot_be_put_in_its_place_leaves_none_half_written()
    {
        var builder = new RetrievalStoreBuilder(VocabularyId.Of(TestVocabulary.Standard));
        builder.Add([1, 2]);
        Assert.ThrowsAny<Exception>(() => builder.Write(Path.Combine(_folder, "texts")));
        Assert.ThrowsAny<Exception>(() => new TrigramTable(VocabularyId.Of(TestVocabulary.Standard)).Save(Path.Combine(_folder, "texts")));
        Assert.Equal(["texts"], Directory.EnumerateFileSystemEntries(_folder).Select(Path.GetFileName));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task RefusedAsync<T>(string said, params string[] args)
        where T : Exception
        => Assert.Contains(said, (await Assert.ThrowsAsync<T>(() => BuildStore.RunAsync(args))).Message);
}
