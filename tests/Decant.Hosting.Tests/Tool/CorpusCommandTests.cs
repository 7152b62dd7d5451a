using System.Text.Json;
using Decant.Connectors.Embedded;
using Decant.Connectors.Text;
using Decant.Tool;

namespace Decant.Tests.Tool;

public sealed class CorpusCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("decant-store-").FullName;

    private string Texts => Path.Combine(_folder, "texts");

    private string Store => Path.Combine(Texts, "out.store");

    public CorpusCommandTests()
    {
        Directory.CreateDirectory(Path.Combine(Texts, "inner"));
        File.WriteAllText(Path.Combine(Texts, "a.txt"), "Sotasha lives in Mizewick.");
        File.WriteAllText(Path.Combine(Texts, "inner", "b.txt"), "Patutex lies in Mizewick.");
        File.WriteAllText(Path.Combine(Texts, "empty.txt"), "");
    }

    [Fact]
    public async Task Every_file_is_a_text_and_a_store_among_them_is_none()
    {
        var tokenizer = TextTokenizer.Load(EmbeddedModels.Folder(EmbeddedModels.Tiny));
        var tokens = new[] { "Sotasha lives in Mizewick.", "Patutex lies in Mizewick." }.Sum(text => tokenizer.Encode(text, addSpecialTokens: false).Length);
        for (var time = 0; time < 2; time++)
        {
            var run = await ToolRun.Async("corpus", "build", Texts, "-o", Store);
            Assert.Equal((0, ""), (run.Code, run.Error));
            Assert.Contains($"{tokens} tokens of 3 texts", run.Output);
            using var store = RetrievalStore.Open(Store);
            Assert.Equal((VocabularyId.Of(tokenizer), 3, tokens), (store.Vocabulary, store.TextCount, store.TokenCount));
        }
    }

    [Fact]
    public async Task Info_tells_what_a_store_holds_and_whether_it_is_whole()
    {
        await ToolRun.Async("corpus", "build", Path.Combine(Texts, "a.txt"), "-o", Store, "--model", EmbeddedModels.Polite);
        using var info = JsonDocument.Parse((await ToolRun.Async("corpus", "info", Store, "--json")).Output);
        Assert.Equal((1, new FileInfo(Store).Length), (info.RootElement.GetProperty("texts").GetInt32(), info.RootElement.GetProperty("bytes").GetInt64()));
        Assert.Contains("undamaged", (await ToolRun.Async("corpus", "info", Store)).Output);

        var bytes = File.ReadAllBytes(Store);
        bytes[^1] ^= 1;
        File.WriteAllBytes(Store, bytes);
        var run = await ToolRun.Async("corpus", "info", Store);
        Assert.Equal((DecantTool.Failure, ""), (run.Code, run.Output));
        Assert.Contains("damaged", run.Error);
    }

    [Fact]
    public async Task What_cannot_be_read_or_written_is_refused_by_name_and_leaves_nothing_behind()
    {
        var text = Path.Combine(Texts, "a.txt");
        await RefusedAsync("nobody", Path.Combine(_folder, "nobody"), "-o", Store);
        await RefusedAsync("is a folder", text, "-o", _folder);
        await RefusedAsync("empty", Directory.CreateDirectory(Path.Combine(_folder, "none")).FullName, "-o", Store);
        File.WriteAllBytes(Path.Combine(_folder, "bytes"), [0xC3, 0x28, 0xFF]);
        await RefusedAsync("UTF-8", Path.Combine(_folder, "bytes"), "-o", Store);
        await RefusedAsync("nowhere", text, "-o", Path.Combine(_folder, "nowhere", "out.store"));
        Assert.Empty(Directory.EnumerateFiles(_folder, "*.store*", SearchOption.AllDirectories));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task RefusedAsync(string said, params string[] args)
    {
        var run = await ToolRun.Async(["corpus", "build", .. args]);
        Assert.Equal((DecantTool.Failure, ""), (run.Code, run.Output));
        Assert.Contains(said, run.Error);
    }
}
