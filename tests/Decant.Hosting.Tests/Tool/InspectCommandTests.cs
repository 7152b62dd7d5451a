using System.Text.Json;
using Decant.Connectors.Cpu;
using Decant.Connectors.Embedded;
using Decant.Connectors.Models;
using Decant.Tool;

namespace Decant.Tests.Tool;

public sealed class InspectCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("decant-inspect-").FullName;

    [Fact]
    public async Task A_model_folder_is_described()
    {
        var run = await ToolRun.Async("inspect", "decant-tiny", "--json");
        Assert.Equal((0, ""), (run.Code, run.Error));
        using var json = JsonDocument.Parse(run.Output);
        var root = json.RootElement;
        Assert.True(root.GetProperty("loads").GetBoolean());
        Assert.Empty(root.GetProperty("problems").EnumerateArray());
        var shape = root.GetProperty("shape");
        Assert.Equal(("llama", 4, 1536, 1024, true), (shape.GetProperty("family").GetString(), shape.GetProperty("layers").GetInt32(), shape.GetProperty("vocabulary").GetInt32(),
            shape.GetProperty("context").GetInt32(), shape.GetProperty("tied_embeddings").GetBoolean()));
        Assert.Equal("tokenizer.json (BPE)", root.GetProperty("tokenizer").GetProperty("kind").GetString());
        Assert.True(root.GetProperty("chat_template").GetProperty("tools").GetBoolean());

        // Keys and values of 4 layers with 2 heads of 64, in float32.
        Assert.Equal(4 * 2 * 2 * 64 * 4, root.GetProperty("memory").GetProperty("kv_bytes_per_token").GetInt64());
        Assert.All(root.GetProperty("memory").GetProperty("formats").EnumerateArray(), format => Assert.Equal(1024, format.GetProperty("context_tokens").GetInt32()));
    }

    [Theory]
    [InlineData("f32", WeightFormat.Float32)]
    [InlineData("bf16", WeightFormat.BFloat16)]
    [InlineData("int8", WeightFormat.Int8)]
    public void The_memory_of_a_format_is_what_loading_takes(string name, WeightFormat format)
    {
        var folder = EmbeddedModels.Folder(EmbeddedModels.Tiny);
        using var model = CpuModel.Load(folder, new CpuModelOptions { Weights = format });
        var estimated = ModelInspector.Inspect(folder).Memory!.Formats.Single(needs => needs.Format == name).WeightBytes;
        Assert.InRange(estimated, 0.98 * model.WeightBytes, 1.02 * model.WeightBytes);
    }

    [Fact]
    public async Task A_report_is_for_people()
    {
        var run = await ToolRun.Async("inspect", "decant-tiny");
        Assert.Contains("4 layers", run.Output.Replace("layers        4", "4 layers", StringComparison.Ordinal));
        Assert.Contains("with the whole context", run.Output);
        Assert.Contains("It can be loaded.", run.Output);
    }

    [Fact]
    public async Task Places_that_are_nearly_a_model_folder_are_told_apart()
    {
        await RefusedAsync("There is no folder", Path.Combine(_folder, "none"));
        await RefusedAsync("GGUF", Write("model.gguf", "GGUF"));
        await RefusedAsync("GGUF only", _folder);
        Copy("snapshots/abc");
        await RefusedAsync("name that folder", _folder);
        Assert.Equal(0, (await ToolRun.Async("inspect", Path.Combine(_folder, "snapshots/abc"))).Code);
    }

    [Fact]
    public async Task What_is_missing_or_broken_is_said_and_the_rest_is_looked_at_all_the_same()
    {
        Copy("");
        File.Delete(Path.Combine(_folder, "tokenizer.json"));
        Assert.Contains("parameters", (await RefusedAsync("tokenizer", _folder)).Output);

        Copy("");
        var weights = Path.Combine(_folder, "model.safetensors");
        File.WriteAllBytes(weights, File.ReadAllBytes(weights)[..^1000]);
        Assert.Contains("chat template", (await RefusedAsync("incomplete", _folder)).Output);

        File.WriteAllText(weights, "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 4\n");
        await RefusedAsync("git lfs pull", _folder);

        File.Delete(weights);
        Assert.Contains("with the whole context", (await RefusedAsync("no *.safetensors", _folder)).Output);
        Write("model.safetensors.index.json", """{"weight_map": {"a": "model-00001-of-00002.safetensors"}}""");
        await RefusedAsync("model-00001-of-00002.safetensors is missing", _folder);
        File.Delete(Path.Combine(_folder, "model.safetensors.index.json"));
        Write("pytorch_model.bin", "");
        await RefusedAsync("run code", _folder);

        Copy("");
        Write("config.json", """{"model_type": "mystery"}""");
        await RefusedAsync("model_type 'mystery' is not known", _folder);
    }

    [Fact]
    public async Task What_only_makes_answers_worse_is_a_warning()
    {
        Copy("");
        File.Delete(Path.Combine(_folder, "chat_template.jinja"));
        var run = await ToolRun.Async("inspect", _folder);
        Assert.Equal(0, run.Code);
        Assert.Contains("warning: There is no chat template", run.Output);
    }

    [Fact]
    public void A_model_that_is_too_large_for_the_machine_does_not_fit_though_its_weights_are_not_there()
    {
        Copy("");
        var config = File.ReadAllText(Path.Combine(_folder, "config.json")).Replace("\"hidden_size\": 256", "\"hidden_size\": 65536", StringComparison.Ordinal)
            .Replace("\"num_hidden_layers\": 4", "\"num_hidden_layers\": 400", StringComparison.Ordinal);
        Write("config.json", config);
        File.Delete(Path.Combine(_folder, "model.safetensors"));
        Assert.All(ModelInspector.Inspect(_folder).Memory!.Formats, format => Assert.Equal(0, format.ContextTokens));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task<ToolRun> RefusedAsync(string said, string folder)
    {
        var run = await ToolRun.Async("inspect", folder);
        Assert.Equal(DecantTool.Failure, run.Code);
        Assert.Contains(said, run.Output);
        Assert.Contains("It cannot be loaded.", run.Output);
        return run;
    }

    private string Write(string name, string text)
    {
        File.WriteAllText(Path.Combine(_folder, name), text);
        return Path.Combine(_folder, name);
    }

    private void Copy(string inner)
    {
        var target = Directory.CreateDirectory(Path.Combine(_folder, inner)).FullName;
        foreach (var file in Directory.EnumerateFiles(EmbeddedModels.Folder(EmbeddedModels.Tiny))) File.Copy(file, Path.Combine(target, Path.GetFileName(file)), overwrite: true);
    }
}
