namespace Decant.Tests.Decoding.Speculation;

public class LexicalUnitTests
{
    private const int Pad = 0;

    // As if tuned: a placeholder is read as the number it stands for. Sure of what follows, but from 14 on less so.
    private static readonly TableModel _tuned = new(TestVocabulary.Standard.Count, (tokens, logits) =>
    {
        var last = tokens.Length - 1;
        while (tokens[last] == Pad) last--;
        var next = tokens[last] + tokens.Length - last;
        logits.Clear();
        logits[next % 40] = next < 14 ? 10 : 1;
    });

    [Fact]
    public void Predictions_at_placeholders_are_drafted_while_they_are_sure()
    {
        Assert.Equal([11, 12, 13], Draft(new LexicalUnitOptions { Window = 8 }, 10));
        Assert.Equal([11, 12], Draft(new LexicalUnitOptions { Window = 2 }, 10));
        Assert.Equal([11], Draft(new LexicalUnitOptions { Window = 1 }, 10));
        Assert.Equal([11, 12, 13, 14, 15, 16], Draft(new LexicalUnitOptions { Window = 6, Beta = 0 }, 10));
        Assert.Equal([15], Draft(new LexicalUnitOptions(), 14));
        Assert.Equal([11, 12], Draft(new LexicalUnitOptions(), 10, ends: [12]));
    }

    [Fact]
    public void A_tuned_model_writes_several_tokens_for_two_forwards_and_the_same_text()
    {
        // Wraps round below 14, so that it is always sure.
        var model = new TableModel(TestVocabulary.Standard.Count, (tokens, logits) =>
        {
            var last = tokens.Length - 1;
            while (tokens[last] == Pad) last--;
            logits.Clear();
            logits[1 + ((tokens[last] + tokens.Length - last - 1) % 13)] = 20;
        });
        var counter = new ForwardCounter();
        Assert.Equal(Run(model, null, new ForwardCounter()), Run(model, new LexicalUnitOptions { PadId = Pad }, counter));

        // The first token comes from the prompt's forward; then four are drafted and one follows.
        Assert.Equal((9, 8), (counter.Target, counter.Drafts));
        Assert.Equal((0, 0), (model.OpenSequences, model.OpenResults));
    }

    [Fact]
    public void A_placeholder_that_the_model_has_not_is_refused_by_name()
        => Assert.Contains("lexical-unit: PadId is 40", Assert.Throws<ArgumentException>(() => new LexicalUnitOptions { PadId = 40 }.Compile(TestVocabulary.Standard.Context)).Message);

    [Fact]
    public void A_model_that_cannot_fork_is_refused_by_name()
    {
        var context = TestVocabulary.Standard.Context with { Model = new ModelInfo("single", 40, 1, 1, 1, 64, ModelCapabilities.None) };
        Assert.Contains("lexical-unit: the model single cannot fork", Assert.Throws<ArgumentException>(() => new LexicalUnitOptions { PadId = 1 }.Compile(context)).Message);
    }

    private static int[] Draft(LexicalUnitOptions options, int last, int[]? ends = null)
    {
        using var drafter = new OneDrafter(options with { PadId = Pad }, [3, last], target: _tuned, ends: ends);
        return drafter.Draft().Tokens.ToArray();
    }

    private static List<int> Run(TableModel model, SpeculationOptions? options, ForwardCounter counter)
    {
        using var sequence = model.OpenSequence();
        var request = new GenerationRequest
        {
            Sequence = sequence, Prompt = new[] { 3, 4 }, MaxTokens = 41, Counter = counter,
            Plan = DecodingPlan.Compile(new DecodingOptions { Sampling = new GreedyOptions(), Speculation = options }, TestVocabulary.Standard.Context),
        };
        return [.. Generator.GenerateAsync(request).ToBlockingEnumerable().Select(token => token.Id)];
    }
}
