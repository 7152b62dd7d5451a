using System.Text.Json.Nodes;
using Decant.Connectors.Cpu;
using Decant.Connectors.Models;
using Decant.Connectors.Text;
using Decant.Tests.Oracles;

namespace Decant.Tests.Connectors.Models;

/// <summary>Missing, truncated and altered files: a specific exception each, never a crash, never an allocation far beyond the file.</summary>
public sealed class DamagedFileTests : IDisposable
{
    private readonly string _folder = TinyCheckpoint.Write("llama");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_is_missing_is_named()
    {
        Assert.Contains("does not exist", Assert.Throws<DirectoryNotFoundException>(() => CpuModel.Load("/no/such/folder")).Message);
        File.Delete(Path.Combine(_folder, "model.safetensors"));
        Assert.Contains("safetensors", Assert.Throws<FileNotFoundException>(() => CpuModel.Load(_folder)).Message);
        File.Delete(Path.Combine(_folder, "config.json"));
        Assert.Contains("config.json", Assert.Throws<FileNotFoundException>(() => CpuModel.Load(_folder)).Message);
        Assert.Contains("tokenizer.json", Assert.Throws<FileNotFoundException>(() => TextTokenizer.Load(_folder)).Message);
    }

    [Theory]
    [InlineData("model_type", "\"mamba\"", "llama")]
    [InlineData("hidden_act", "\"swoosh\"", "silu")]
    [InlineData("rope_scaling", "{\"type\":\"spiral\"}", "yarn")]
    [InlineData("quantization_config", "{\"bits\":4}", "unquantised")]
    [InlineData("num_local_experts", "8", "dense")]
    public void An_unknown_setting_is_named_with_what_is_known(string name, string value, string known)
    {
        Edit(config => config[name] = JsonNode.Parse(value));
        var message = Assert.Throws<NotSupportedException>(() => CpuModel.Load(_folder)).Message;
        Assert.Contains(known, message);
        Assert.Contains(name == "rope_scaling" ? "spiral" : name, message);
    }

    [Fact]
    public void A_wrong_shape_names_the_tensor_and_both_shapes()
    {
        Edit(config => config["intermediate_size"] = 96);
        var message = Assert.Throws<InvalidDataException>(() => CpuModel.Load(_folder)).Message;
        Assert.Contains("mlp.gate_proj.weight", message);
        Assert.Contains("[80, 48]", message);
        Assert.Contains("[96, 48]", message);
    }

    [Fact]
    public void Truncated_and_altered_weights_never_crash()
    {
        var path = Path.Combine(_folder, "model.safetensors");
        var whole = File.ReadAllBytes(path);
        var random = new Random(7);
        var refused = 0;
        for (var i = 0; i < 300; i++)
        {
            var bytes = i % 2 == 0 ? whole[..random.Next(whole.Length)] : (byte[])whole.Clone();
            for (var flip = 0; i % 2 == 1 && flip < 4; flip++) bytes[random.Next(Math.Min(4000, bytes.Length))] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(path, bytes);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                Checkpoint.Open(_folder).Dispose();
            }
            catch (InvalidDataException exception)
            {
                refused++;
                Assert.False(string.IsNullOrEmpty(exception.Message));
            }

            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 16L * whole.Length);
        }

        Assert.True(refused >= 150, $"{refused} of 300 damaged files were refused.");
    }

    [SkippableFact]
    public void Truncated_and_altered_tokenizers_never_crash()
    {
        var whole = File.ReadAllBytes(TestData.Path("weights/stories260K-hf/tokenizer.json"));
        var path = Path.Combine(_folder, "tokenizer.json");
        var random = new Random(7);
        var refused = 0;
        for (var i = 0; i < 300; i++)
        {
            var bytes = i % 2 == 0 ? whole[..random.Next(whole.Length)] : (byte[])whole.Clone();
            for (var flip = 0; i % 2 == 1 && flip < 4; flip++) bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(path, bytes);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                TextTokenizer.Load(_folder).Encode("Once upon a time");
            }
            catch (Exception exception) when (exception is InvalidDataException or NotSupportedException)
            {
                refused++;
            }

            // The largest id a file may name bounds the table: 32 MB of empty entries.
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 200L << 20);
        }

        Assert.True(refused >= 150, $"{refused} of 300 damaged files were refused.");
    }

    [SkippableFact]
    public void Truncated_and_altered_sentencepiece_models_never_crash()
    {
        var whole = File.ReadAllBytes(TestData.Path("tokenizers/mistral/tokenizer.model.v1"));
        var path = Path.Combine(_folder, "tokenizer.model");
        var random = new Random(7);
        var refused = 0;
        for (var i = 0; i < 40; i++)
        {
            var bytes = i % 2 == 0 ? whole[..random.Next(whole.Length)] : (byte[])whole.Clone();
            for (var flip = 0; i % 2 == 1 && flip < 4; flip++) bytes[random.Next(i % 4 == 1 ? 400 : bytes.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(path, bytes);
            try
            {
                TextTokenizer.Load(_folder).Encode("Once upon a time");
            }
            catch (Exception exception) when (exception is InvalidDataException or NotSupportedException)
            {
                refused++;
            }
        }

        Assert.True(refused >= 20, $"{refused} of 40 damaged files were refused.");
    }

    private void Edit(Action<JsonNode> change)
    {
        var path = Path.Combine(_folder, "config.json");
        var config = JsonNode.Parse(File.ReadAllText(path))!;
        change(config);
        File.WriteAllText(path, config.ToJsonString());
    }
}
