namespace Decant.Tests.Decoding;

/// <summary>Generations with a trace, in one line.</summary>
internal static class TracedRuns
{
    public static readonly int[] Prompt = [1, 2, 3, 4, 5];

    public static GenerationRequest Request(ISequence sequence, DecodingPlan plan, int maxTokens = 20) => new()
    {
        Sequence = sequence,
        Prompt = Prompt,
        Plan = plan,
        Branches = [.. plan.Branches.Select(_ => new BranchSource(Prompt.AsMemory(4)))],
        MaxTokens = maxTokens,
    };

    public static async Task<DecodingTrace> TraceAsync(ICausalModel model, DecodingPlan plan, int top = TraceRecorder.DefaultTop, int maxTokens = 20)
    {
        using var sequence = model.OpenSequence();
        var request = Request(sequence, plan, maxTokens);
        var recorder = new TraceRecorder(request, top: top);
        FinishKind? finish = null;
        await foreach (var token in Generator.GenerateAsync(request with { Trace = recorder })) finish = token.Finish;
        return recorder.ToTrace(finish);
    }

    public static async Task<List<int>> TokensAsync(ICausalModel model, DecodingPlan plan, ITraceSink? trace = null)
    {
        using var sequence = model.OpenSequence();
        var tokens = new List<int>();
        await foreach (var token in Generator.GenerateAsync(Request(sequence, plan) with { Trace = trace })) tokens.Add(token.Id);
        return tokens;
    }
}
