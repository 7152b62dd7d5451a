using Decant.Connectors.Chat;
using Decant.Decoding;

namespace Decant.Tests.Connectors.Chat;

public sealed class GenerationDefaultsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("decant").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Without_a_file_sampling_is_plain() => Assert.Equal(new SamplingOptions(), GenerationDefaults.Read(_folder).Sampling!);

    [Fact]
    public void The_files_settings_are_taken()
    {
        Write("""{"temperature": 0.6, "top_k": 20, "top_p": 0.95, "min_p": 0.01, "eos_token_id": [1, 2]}""");
        Assert.Equal(new SamplingOptions { Temperature = 0.6f, TopK = 20, TopP = 0.95f, MinP = 0.01f }, GenerationDefaults.Read(_folder).Sampling!);
    }

    [Fact]
    public void No_sampling_means_greedy()
    {
        Write("""{"do_sample": false, "temperature": 0.6}""");
        Assert.Equal(new SamplingOptions { Temperature = 0 }, GenerationDefaults.Read(_folder).Sampling!);
    }

    [Fact]
    public void Zero_and_null_switch_a_cut_off()
    {
        Write("""{"top_k": 0, "top_p": null}""");
        Assert.Equal(new SamplingOptions(), GenerationDefaults.Read(_folder).Sampling!);
    }

    [Fact]
    public void Settings_against_repetition_become_processors()
    {
        Write("""{"repetition_penalty": 1.05, "no_repeat_ngram_size": 3, "top_k": 20}""");
        Assert.Equal([new RepetitionPenaltyOptions { Penalty = 1.05f, Window = int.MaxValue }, new NoRepeatNgramOptions { Size = 3 }], GenerationDefaults.Read(_folder).Processors!);
        Write("""{"repetition_penalty": 1.0, "no_repeat_ngram_size": 0}""");
        Assert.Null(GenerationDefaults.Read(_folder).Processors);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"temperature": "hot"}""")]
    [InlineData("""{"top_p": 7}""")]
    [InlineData("""{"repetition_penalty": -1}""")]
    public void A_damaged_file_is_named(string content)
    {
        Write(content);
        Assert.Contains("generation_config.json", Assert.Throws<InvalidDataException>(() => GenerationDefaults.Read(_folder)).Message);
    }

    private void Write(string content) => File.WriteAllText(Path.Combine(_folder, "generation_config.json"), content);
}
