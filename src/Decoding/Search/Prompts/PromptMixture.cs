namespace Decant.Decoding;

/// <summary>Mixes the probabilities of the rows behind several prompts with the weights that the state says. The first prompt is the target's.</summary>
internal sealed class PromptMixture(IReadOnlyList<string> prompts) : ILogitPolicy
{
    public IReadOnlyList<BranchRequest> Branches { get; } =
        [.. prompts.Select((prompt, i) => new BranchRequest(i == 0 ? BranchRequest.Target.Name : $"prompt_{i}", null, new BranchPrompt.SystemMessage(prompt)))];

    public void Combine(in BranchRows rows, GenerationState state, RowScratch scratch, Span<float> destination, ref RowReport report)
    {
        var weights = state.PromptWeights!.At(state.Position);
        report.Weight = weights[0];
        RowMath.Mix(rows, weights, scratch, destination);
    }
}
