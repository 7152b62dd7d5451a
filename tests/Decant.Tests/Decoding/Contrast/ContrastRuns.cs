namespace Decant.Tests.Decoding.Contrast;

/// <summary>Runs contrasts through the generator.</summary>
internal static class ContrastRuns
{
    /// <summary>A policy with another way of settling, or of naming its branches.</summary>
    public sealed record Wrapped(ContrastOptions Inner, bool Settles = false) : ContrastOptions
    {
        public override string Kind => "wrapped";

        public override ILogitPolicy Compile(PlanContext context) => new Policy(Inner.Compile(context), Settles);

        private sealed class Policy(ILogitPolicy inner, bool settles) : ILogitPolicy
        {
            public IReadOnlyList<BranchRequest> Branches => inner.Branches;

            public void Combine(in BranchRows rows, GenerationState state, RowScratch scratch, Span<float> destination, ref RowReport report)
                => inner.Combine(rows, state, scratch, destination, ref report);

            public void Mask(in BranchRows rows, RowScratch scratch, Span<float> destination, ref RowReport report) => inner.Mask(rows, scratch, destination, ref report);

            public int? Settle(ReadOnlySpan<float> target, RowScratch scratch) => settles ? inner.Settle(target, scratch) : null;
        }
    }

    /// <summary>What was drawn, from what, and after how many forwards.</summary>
    public sealed record Outcome(List<int> Tokens, List<float[]> Probabilities, ForwardCounter Counter);

    public static DecodingPlan Plan(ContrastOptions? contrast, long seed = 7, PlanContext? context = null)
        => DecodingPlan.Compile(new DecodingOptions { Contrast = contrast, Sampling = new SamplingOptions { Seed = seed } }, context ?? ContrastKinds.ForAll);

    public static async Task<Outcome> RunAsync(ICausalModel model, DecodingPlan plan, int[] prompt, int maxTokens, params BranchSource[] branches)
    {
        using var sequence = model.OpenSequence();
        var seen = new Seen();
        var request = new GenerationRequest { Sequence = sequence, Prompt = prompt, Plan = plan, MaxTokens = maxTokens, Branches = branches, Trace = seen, PrefillChunk = 3 };
        var tokens = new List<int>();
        await foreach (var token in Generator.GenerateAsync(request)) tokens.Add(token.Id);
        return new Outcome(tokens, seen.Probabilities, request.Counter);
    }

    private sealed class Seen : ITraceSink
    {
        public List<float[]> Probabilities { get; } = [];

        public void Add(in TracedRow row) => Probabilities.Add(row.Distribution.Probabilities.ToArray());
    }
}
