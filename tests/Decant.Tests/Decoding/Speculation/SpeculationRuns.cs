namespace Decant.Tests.Decoding.Speculation;

/// <summary>Runs plans with speculation on table models.</summary>
internal sealed class SpeculationRuns(int vocabulary = TargetKinds.Vocabulary, float scale = 1.5f)
{
    private static readonly int[] _prompt = [1, 2, 0, 1, 2];
    private static readonly int[] _otherPrompt = [2, 0];

    /// <summary>What options may name, each time anew: nothing is learnt from run to run.</summary>
    public static PlanContext Context => TestVocabulary.Standard.Context with { Services = new DecodingServices().Add(TestStore.Name, TestStore.Standard).Add(TestStore.Name, TestStore.Table) };

    /// <summary>The target.</summary>
    public TableModel Target { get; init; } = TableModel.Random(vocabulary, order: 3, seed: 5, scale: scale);

    /// <summary>The model that drafts.</summary>
    public TableModel Draft { get; init; } = TableModel.Random(vocabulary, order: 3, seed: 6, scale: scale);

    /// <summary>Tokens that end the text.</summary>
    public int[] EndTokens { get; init; } = [];

    /// <summary>The distribution of the first <paramref name="length"/> tokens over all ways that chance can turn out.</summary>
    public Dictionary<string, double> Law(DecodingOptions options, int length)
    {
        // What drafters guess by the seed is no choice to enumerate.
        options = options.WithSeed(1);
        var law = new Dictionary<string, double>();
        var noise = new EnumeratedNoise();
        var plan = Compile(options);
        do
        {
            var text = string.Join(' ', Run(plan, length, noise));
            law[text] = law.GetValueOrDefault(text) + noise.Probability;
        }
        while (noise.Next());

        Assert.Equal(1, law.Values.Sum(), 9);
        return law;
    }

    /// <summary>The mean number of drafted tokens that become text, over all ways that chance can turn out.</summary>
    public double ExpectedAccepted(DecodingOptions options, int length)
    {
        var mean = 0.0;
        var noise = new EnumeratedNoise();
        var plan = Compile(options);
        do
        {
            var counter = new SpeculationCounter();
            Run(plan, length, noise, counter);
            mean += noise.Probability * counter.Accepted;
        }
        while (noise.Next());

        return mean;
    }

    /// <summary>The law without speculation.</summary>
    public Dictionary<string, double> PlainLaw(DecodingOptions options, int length) => Law(options with { Speculation = new NoDraftOptions() }, length);

    /// <summary>Half the sum of all differences.</summary>
    public static double TotalVariation(Dictionary<string, double> first, Dictionary<string, double> second)
        => first.Keys.Union(second.Keys).Sum(key => Math.Abs(first.GetValueOrDefault(key) - second.GetValueOrDefault(key))) / 2;

    public static DecodingPlan Compile(DecodingOptions options) => DecodingPlan.Compile(options, Context);

    /// <summary>The tokens of one run.</summary>
    public List<int> Run(DecodingOptions options, int length, RoundNoise? noise = null, SpeculationCounter? counter = null, Func<GenerationRequest, GenerationRequest>? change = null)
        => Run(Compile(options), length, noise, counter, change);

    /// <inheritdoc cref="Run(DecodingOptions, int, RoundNoise?, SpeculationCounter?, Func{GenerationRequest, GenerationRequest}?)"/>
    public List<int> Run(DecodingPlan plan, int length, RoundNoise? noise = null, SpeculationCounter? counter = null, Func<GenerationRequest, GenerationRequest>? change = null)
    {
        using var sequence = Target.OpenSequence();
        var drafts = (plan.Speculation?.Drafter.Models ?? []).Select(_ => new BranchSource(_prompt, Draft.OpenSequence())).ToList();
        try
        {
            var request = new GenerationRequest
            {
                Sequence = sequence,
                Prompt = _prompt,
                Plan = plan,
                MaxTokens = length,
                EndTokens = EndTokens,
                ContextTokens = new TokenRange(0, 4),
                Branches = [.. plan.Branches.Select((_, i) => new BranchSource(i == 0 ? _otherPrompt : [.. _otherPrompt, 0]))],
                Drafts = drafts,
                Speculation = counter ?? new SpeculationCounter(),
                RoundNoise = noise is null ? null : _ => noise,
            };
            return [.. Generator.GenerateAsync(change?.Invoke(request) ?? request).ToBlockingEnumerable().Select(token => token.Id)];
        }
        finally
        {
            foreach (var draft in drafts) draft.Sequence!.Dispose();
        }
    }
}
