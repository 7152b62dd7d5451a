using Decant.Tests.Oracles;

namespace Decant.Tests.Decoding.Speculation;

/// <summary>What the drafter writes into the tree. That texts stay exact is shown for all drafters together.</summary>
public class SuperposedTests
{
    private static readonly int[] _prompt = [5, 6, 7, 5];

    /// <summary>Each set of members differs from the first in one, so each is seen to matter.</summary>
    [Theory]
    [InlineData(3, 4, 0.06)]
    [InlineData(5, 4, 0.06)]
    [InlineData(3, 2, 0.06)]
    [InlineData(3, 4, 2)]
    public async Task The_tree_has_the_drafts_and_shares_what_they_begin_with(int drafts, int maxTokens, double temperature)
    {
        using var model = TableModel.Random(TestVocabulary.Standard.Count, order: 2, seed: 2);
        using var drafter = new OneDrafter(new SuperposedOptions { Model = "draft", Drafts = drafts, MaxTokens = maxTokens, Temperature = temperature }, _prompt, draft: model, ends: [9]);
        var expected = await PathsAsync(model, new SuperposedDraftsOptions { Drafts = drafts, MaxTokens = maxTokens, Temperature = temperature });
        var counter = drafter.Round.Counter;
        Assert.Equal(expected, drafter.Paths());
        Assert.Equal(maxTokens, counter.Drafts);
        if (maxTokens > 2) Assert.True(expected.Count < drafts * maxTokens, "Nothing is shared: the test shows nothing.");

        // The next round reads the text and not what was mixed.
        Assert.Equal(expected, drafter.Paths());
        Assert.Equal(2 * maxTokens, counter.Drafts);
        if ((drafts, maxTokens, temperature) != (3, 4, 0.06)) Assert.NotEqual(await PathsAsync(model, new SuperposedDraftsOptions { MaxTokens = 4 }), expected);
    }

    [Fact]
    public void It_keeps_to_the_rounds_room()
    {
        using var drafter = new OneDrafter(new SuperposedOptions { Model = "draft", Drafts = 5, Temperature = 1 }, _prompt);
        drafter.Round.MaxNodes = 7;
        Assert.Equal(7, drafter.Draft().Count);
        drafter.Round.MaxNodes = 64;
        drafter.Round.MaxDepth = 1;
        Assert.Equal(5, drafter.Draft().Count);
    }

    [Fact]
    public void A_model_that_reads_no_embeddings_is_refused_by_name()
    {
        using var model = new Conformance.PrefixModel(TestVocabulary.Standard.Count, _ => new float[TestVocabulary.Standard.Count]);
        using var sequence = model.OpenSequence();
        using var target = TableModel.Random(TestVocabulary.Standard.Count);
        using var text = target.OpenSequence();
        var request = new GenerationRequest
        {
            Sequence = text, Prompt = _prompt, Plan = SpeculationRuns.Compile(new DecodingOptions { Speculation = new SuperposedOptions { Model = "draft" } }), Drafts = [new BranchSource(_prompt, sequence)],
        };
        var error = Assert.Throws<NotSupportedException>(() => Generator.GenerateAsync(request).ToBlockingEnumerable().First());
        Assert.Contains("superposed", error.Message);
        Assert.Contains("prefix-model", error.Message);
    }

    private static async Task<List<string>> PathsAsync(TableModel model, SuperposedDraftsOptions options)
    {
        var drafts = await new ReferenceSuperposed(model, id => [.. Enumerable.Range(0, model.Info.VocabularySize).Select(other => other == id ? 1f : 0)], []).RunAsync(_prompt, options, 9);
        return [.. drafts.SelectMany(draft => Enumerable.Range(1, draft.Tokens.Length).Select(length => string.Join(' ', draft.Tokens.Take(length)))).Distinct()];
    }
}
