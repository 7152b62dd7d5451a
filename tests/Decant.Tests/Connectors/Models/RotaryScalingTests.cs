using Decant.Connectors.Models;

namespace Decant.Tests.Connectors.Models;

/// <summary>Rotary frequencies and attention factors of configurations against numbers worked out by hand from the published formulas.</summary>
public class RotaryScalingTests
{
    // A head of 8 with base 10000 turns by 1, 0.1, 0.01 and 0.001 radians per position.
    private const string Model = "\"model_type\":\"llama\",\"vocab_size\":9,\"hidden_size\":16,\"intermediate_size\":9,\"num_hidden_layers\":1,\"num_attention_heads\":2";

    [Theory]
    [InlineData("", new[] { 1, 0.1, 0.01, 0.001 })]
    [InlineData("\"rope_scaling\":null,", new[] { 1, 0.1, 0.01, 0.001 })]
    [InlineData("\"rope_theta\":16,", new[] { 1, 0.5, 0.25, 0.125 })]
    [InlineData("\"rope_parameters\":{\"rope_type\":\"default\",\"rope_theta\":16},", new[] { 1, 0.5, 0.25, 0.125 })]
    [InlineData("\"partial_rotary_factor\":0.5,", new[] { 1, 0.01 })]
    [InlineData("\"rope_scaling\":{\"type\":\"linear\",\"factor\":4},", new[] { 0.25, 0.025, 0.0025, 0.00025 })]
    [InlineData("\"rope_parameters\":{\"rope_type\":\"linear\",\"factor\":4,\"rope_theta\":16},", new[] { 0.25, 0.125, 0.0625, 0.03125 })]
    // 1000 positions are 159, 15.9, 1.59 and 0.159 turns: kept, kept, between, stretched by 8. Between: (1.5915494 − 1) / 3 = 0.1971831 of 0.01
    // and the rest of 0.00125.
    [InlineData("\"rope_scaling\":{\"rope_type\":\"llama3\",\"factor\":8,\"low_freq_factor\":1,\"high_freq_factor\":4,\"original_max_position_embeddings\":1000},", new[] { 1, 0.1, 0.00297535, 0.000125 })]
    // Turns of 32 and 1 lie at dimension pairs 0.697 and 2.202, rounded outwards to 0 and 3: the ramp is 0, 1/3, 2/3, 1.
    [InlineData("\"rope_scaling\":{\"type\":\"yarn\",\"factor\":4,\"original_max_position_embeddings\":1000},", new[] { 1, 0.075, 0.005, 0.00025 })]
    // Not rounded: (1 − 0.696670) / (2.201821 − 0.696670) = 0.201528 and (2 − 0.696670) / 1.505151 = 0.865913.
    [InlineData("\"rope_scaling\":{\"type\":\"yarn\",\"factor\":4,\"truncate\":false,\"original_max_position_embeddings\":1000},", new[] { 1, 0.0848854, 0.00350565, 0.00025 })]
    [InlineData("\"rope_scaling\":{\"type\":\"longrope\",\"short_factor\":[1,1,2,4],\"long_factor\":[2,4,5,8],\"original_max_position_embeddings\":125},", new[] { 0.5, 0.025, 0.002, 0.000125 })]
    [InlineData("\"rope_scaling\":{\"type\":\"su\",\"short_factor\":[1,1,2,4],\"long_factor\":[2,4,5,8],\"original_max_position_embeddings\":4000},", new[] { 1, 0.1, 0.005, 0.00025 })]
    public void Frequencies_are_the_published_ones(string settings, double[] expected)
    {
        var rotary = Read(settings).Rotary!;
        var actual = rotary.InverseFrequencies(4000);
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 2e-6 * expected[i]);
    }

    [Theory]
    [InlineData("\"rope_scaling\":{\"type\":\"linear\",\"factor\":4},", 1)]
    [InlineData("\"rope_scaling\":{\"type\":\"yarn\",\"factor\":1,\"original_max_position_embeddings\":1000},", 1)]
    [InlineData("\"rope_scaling\":{\"type\":\"yarn\",\"factor\":4,\"original_max_position_embeddings\":1000},", 1.1386294361)] // 0.1 ln 4 + 1
    [InlineData("\"rope_scaling\":{\"type\":\"yarn\",\"original_max_position_embeddings\":500},", 1.2079441542)] // the factor derived: 4000 / 500
    [InlineData("\"rope_scaling\":{\"type\":\"yarn\",\"factor\":4,\"attention_factor\":1.5},", 1.5)]
    [InlineData("\"rope_scaling\":{\"type\":\"yarn\",\"factor\":40,\"mscale\":1,\"mscale_all_dim\":0.5},", 1.1557219899)] // 1.3688879454 / 1.1844439727
    [InlineData("\"rope_scaling\":{\"type\":\"longrope\",\"factor\":32,\"original_max_position_embeddings\":4096,\"short_factor\":[1,1,1,1],\"long_factor\":[1,1,1,1]},", 1.1902380714)] // Phi-3 128k: √(1 + 5/12)
    [InlineData("\"original_max_position_embeddings\":125,\"rope_scaling\":{\"type\":\"longrope\",\"short_factor\":[1,1,1,1],\"long_factor\":[1,1,1,1]},", 1.3106465059)] // √(1 + ln 32 / ln 125)
    [InlineData("\"rope_scaling\":{\"type\":\"longrope\",\"short_factor\":[1,1,1,1],\"long_factor\":[1,1,1,1]},", 1)]
    public void Attention_factors_are_the_published_ones(string settings, double expected) => Assert.Equal(expected, Read(settings).Rotary!.Magnitude, 1e-9);

    [Theory]
    [InlineData(1, new[] { 1, 0.1, 0.01, 0.001 })]
    [InlineData(4000, new[] { 1, 0.1, 0.01, 0.001 })]
    // Twice the length with factor 2 stretches by 3: the base grows by 3^(8/6), which leaves the fastest pair alone and slows the slowest by exactly 3.
    [InlineData(8000, new[] { 1, 0.06933613, 0.0048075, 0.00033333333 })]
    public void Dynamic_scaling_grows_with_the_length(int length, double[] expected)
    {
        var config = Read("\"rope_scaling\":{\"type\":\"dynamic\",\"factor\":2},");
        var actual = config.Rotary!.InverseFrequencies(length);
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 2e-6 * expected[i]);
        Assert.True(config.Rotary.DependsOnLength);
        Assert.Equal(8000, config.ContextLength);
    }

    [Theory]
    [InlineData("{\"type\":\"linear\"}", "factor")]
    [InlineData("{\"type\":\"dynamic\",\"factor\":0}", "factor 0")]
    [InlineData("{\"type\":\"llama3\",\"factor\":8,\"low_freq_factor\":1,\"high_freq_factor\":4}", "original_max_position_embeddings")]
    [InlineData("{\"type\":\"llama3\",\"factor\":8,\"original_max_position_embeddings\":100}", "low_freq_factor")]
    [InlineData("{\"type\":\"longrope\",\"short_factor\":[1],\"long_factor\":[1,2,3,4]}", "short_factor")]
    public void What_a_scaling_lacks_is_said(string scaling, string part) =>
        Assert.Contains(part, Assert.Throws<InvalidDataException>(() => Read($"\"rope_scaling\":{scaling},")).Message);

    [Fact]
    public void An_unknown_scaling_is_named() =>
        Assert.Contains("spiral", Assert.Throws<NotSupportedException>(() => Read("\"rope_scaling\":{\"type\":\"spiral\"},")).Message);

    private static ModelConfig Read(string settings) => ConfigFolder.Read($"{{{Model},{settings}\"max_position_embeddings\":4000}}");
}
