using Decant.Connectors.Models;

namespace Decant.Tests.Connectors.Models;

/// <summary>What each family's configuration means, as Hugging Face's configuration and model classes of that family have it.</summary>
public class FamilyConfigTests
{
    private const string Sizes = "\"vocab_size\":9,\"hidden_size\":256,\"intermediate_size\":9,\"num_hidden_layers\":7,\"num_attention_heads\":8,\"max_position_embeddings\":999";

    [Theory]
    [InlineData("llama", 1e-6, 10000, false, 8, 32)]
    [InlineData("mistral", 1e-6, 10000, false, 8, 32)]
    [InlineData("qwen2", 1e-6, 10000, false, 8, 32)]
    [InlineData("qwen3", 1e-6, 10000, false, 8, 128)]
    [InlineData("gemma2", 1e-6, 10000, true, 4, 256)]
    [InlineData("gemma3_text", 1e-6, 1000000, true, 4, 256)]
    [InlineData("phi3", 1e-5, 10000, false, 8, 32)]
    [InlineData("smollm3", 1e-6, 2000000, true, 8, 32)]
    [InlineData("olmo2", 1e-5, 10000, false, 8, 32)]
    [InlineData("granite", 1e-6, 10000, false, 8, 32)]
    public void Absent_members_have_the_familys_defaults(string family, double epsilon, double rotaryBase, bool tied, int keyHeads, int headSize)
    {
        var config = Read(family);
        Assert.Equal((float)epsilon, config.NormEpsilon);
        Assert.Equal(rotaryBase, config.Rotary!.Base);
        Assert.Equal(tied, config.TieEmbeddings);
        Assert.Equal(keyHeads, config.KeyValueHeadCount);
        Assert.Equal(headSize, config.HeadSize);
        Assert.Equal(headSize, config.Rotary.Dimensions);
    }

    [Theory]
    [InlineData("llama", "", "0000000")]
    [InlineData("mistral", "", "1111111")]
    [InlineData("mistral", "\"sliding_window\":null", "0000000")]
    [InlineData("phi3", "", "0000000")]
    [InlineData("phi3", "\"sliding_window\":5", "1111111")]
    [InlineData("qwen2", "\"sliding_window\":5,\"max_window_layers\":3", "0000000")]
    [InlineData("qwen2", "\"use_sliding_window\":true,\"sliding_window\":5,\"max_window_layers\":3", "0001111")]
    [InlineData("qwen3", "\"use_sliding_window\":true,\"max_window_layers\":5", "0000011")]
    [InlineData("qwen3", "\"use_sliding_window\":true,\"layer_types\":[\"sliding_attention\",\"full_attention\",\"full_attention\",\"full_attention\",\"full_attention\",\"full_attention\",\"full_attention\"]", "1000000")]
    [InlineData("gemma2", "", "1010101")]
    [InlineData("gemma3_text", "", "1111101")]
    [InlineData("gemma3_text", "\"sliding_window_pattern\":3", "1101101")]
    // The layers that slide are those that do not turn.
    [InlineData("smollm3", "\"use_sliding_window\":true,\"sliding_window\":5", "0001000")]
    [InlineData("smollm3", "\"sliding_window\":5", "0000000")]
    public void The_right_layers_slide(string family, string members, string pattern)
    {
        var config = Read(family, members);
        Assert.Equal(pattern, string.Concat(Enumerable.Range(0, 7).Select(layer => config.IsSliding(layer) ? '1' : '0')));
    }

    [Fact]
    public void Gemma_2_caps_scores_and_logits_unless_told_not_to()
    {
        var config = Read("gemma2");
        Assert.Equal((50f, 30f, 1 / 16f, 16f), (config.AttentionSoftcap, config.FinalSoftcap, config.AttentionScale, config.EmbeddingMultiplier));
        Assert.True(config.NormAddsOne);
        Assert.Equal((4096, Activation.GeluTanh), (config.SlidingWindow, config.Activation));
        config = Read("gemma2", "\"attn_logit_softcapping\":null,\"final_logit_softcapping\":null,\"query_pre_attn_scalar\":144");
        Assert.Equal((null, null, 1 / 12f), (config.AttentionSoftcap, config.FinalSoftcap, config.AttentionScale));
    }

    [Theory]
    [InlineData("", 1000000, RotaryScaling.Default, 10000)]
    [InlineData("\"rope_theta\":500000,\"rope_local_base_freq\":20000,\"rope_scaling\":{\"rope_type\":\"linear\",\"factor\":8}", 500000, RotaryScaling.Linear, 20000)]
    [InlineData("\"rope_parameters\":{\"full_attention\":{\"rope_type\":\"linear\",\"factor\":8,\"rope_theta\":500000},\"sliding_attention\":{\"rope_type\":\"default\",\"rope_theta\":20000}}", 500000, RotaryScaling.Linear, 20000)]
    [InlineData("\"rope_parameters\":{\"full_attention\":{\"rope_type\":\"linear\",\"factor\":8},\"sliding_attention\":{\"rope_type\":\"default\"}}", 1000000, RotaryScaling.Linear, 10000)]
    [InlineData("\"rope_parameters\":{\"rope_type\":\"linear\",\"factor\":8,\"rope_theta\":500000},\"rope_local_base_freq\":20000", 500000, RotaryScaling.Linear, 20000)]
    public void Gemma_3_turns_sliding_layers_by_a_base_of_their_own(string members, double fullBase, RotaryScaling scaling, double localBase)
    {
        var config = Read("gemma3_text", members);
        var (local, full) = (config.RotaryFor(0)!, config.RotaryFor(5)!);
        Assert.Equal((fullBase, scaling), (full.Base, full.Scaling));
        Assert.Equal((localBase, RotaryScaling.Default), (local.Base, local.Scaling));
        Assert.Null(config.AttentionSoftcap);
        Assert.Null(config.FinalSoftcap);
    }

    [Fact]
    public void A_multimodal_gemma_3_names_only_what_differs_from_its_familys_defaults()
    {
        var config = ConfigFolder.Read("""
            {"model_type":"gemma3","eos_token_id":[1,106],"architectures":["Gemma3ForConditionalGeneration"],"vision_config":{"hidden_size":1152},
             "text_config":{"model_type":"gemma3_text","hidden_size":2560,"intermediate_size":10240,"num_hidden_layers":34,
             "rope_scaling":{"factor":8.0,"rope_type":"linear"},"sliding_window":1024}}
            """);
        Assert.Equal((262208, 2560, 34, 8, 4, 256), (config.VocabularySize, config.HiddenSize, config.LayerCount, config.HeadCount, config.KeyValueHeadCount, config.HeadSize));
        Assert.Equal((131072, 1024, 1 / 16f, true), (config.ContextLength, config.SlidingWindow, config.AttentionScale, config.TieEmbeddings));
        Assert.Equal([1, 106], config.EndOfTextIds);
        Assert.Equal((1e6, 8), (config.Rotary!.Base, config.Rotary.Factor));
        Assert.Equal(5, Enumerable.Range(0, 34).Count(layer => !config.IsSliding(layer)));
    }

    [Fact]
    public void Smol_lm_3_leaves_every_fourth_layer_unturned()
    {
        Assert.Equal("1110111", Turning(Read("smollm3")));
        Assert.Equal("1010101", Turning(Read("smollm3", "\"no_rope_layer_interval\":2")));
        Assert.Equal("0111111", Turning(Read("smollm3", "\"no_rope_layers\":[0,1,1,1,1,1,1]")));
        static string Turning(ModelConfig config) => string.Concat(Enumerable.Range(0, 7).Select(layer => config.RotaryFor(layer) is null ? '0' : '1'));
    }

    [Fact]
    public void Granite_multiplies_and_divides()
    {
        var config = Read("granite", "\"embedding_multiplier\":12,\"residual_multiplier\":0.25,\"attention_multiplier\":0.5,\"logits_scaling\":8");
        Assert.Equal((12, 0.25f, 0.5f, 0.125f), (config.EmbeddingMultiplier, config.ResidualMultiplier, config.AttentionScale, config.LogitsMultiplier));
        config = Read("granite");
        Assert.Equal((1, 1, 1, 1), (config.EmbeddingMultiplier, config.ResidualMultiplier, config.AttentionScale, config.LogitsMultiplier));
    }

    [Fact]
    public void Early_phi_3_factors_called_yarn_are_longrope()
    {
        var factors = $"[{string.Join(',', Enumerable.Repeat("1", 16))}]";
        var config = Read("phi3", $"\"rope_scaling\":{{\"type\":\"yarn\",\"short_factor\":{factors},\"long_factor\":{factors}}}");
        Assert.Equal((RotaryScaling.LongRope, 4096), (config.Rotary!.Scaling, config.Rotary.OriginalContext));
    }

    [Theory]
    [InlineData("gemma3_text", "\"use_bidirectional_attention\":true", "use_bidirectional_attention")]
    [InlineData("qwen3", "\"use_sliding_window\":true,\"layer_types\":[\"linear_attention\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\"]", "linear_attention")]
    [InlineData("qwen3", "\"num_experts\":8", "num_experts")]
    public void What_would_make_another_model_is_refused(string family, string members, string part) =>
        Assert.Contains(part, Assert.Throws<NotSupportedException>(() => Read(family, members)).Message);

    [Theory]
    [InlineData("llama", "\"rms_norm_eps\":-1", "rms_norm_eps")]
    [InlineData("mistral", "\"sliding_window\":0", "sliding_window")]
    [InlineData("gemma2", "\"attn_logit_softcapping\":0", "attn_logit_softcapping")]
    [InlineData("gemma2", "\"query_pre_attn_scalar\":0", "query_pre_attn_scalar")]
    [InlineData("granite", "\"logits_scaling\":0", "logits_scaling")]
    public void Values_no_model_has_are_named(string family, string members, string part) =>
        Assert.Contains(part, Assert.Throws<InvalidDataException>(() => Read(family, members)).Message);

    private static ModelConfig Read(string family, string members = "") =>
        ConfigFolder.Read($"{{\"model_type\":\"{family}\",{Sizes}{(members.Length > 0 ? "," : "")}{members}}}");
}
