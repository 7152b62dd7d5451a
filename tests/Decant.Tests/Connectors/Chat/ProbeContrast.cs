namespace Decant.Tests.Connectors.Chat;

/// <summary>A contrast with any branches: the target's logits plus a multiple of every other branch's.</summary>
internal sealed record ProbeContrast(ValueList<BranchRequest> Requests, float Weight = 0.5f) : ContrastOptions
{
    public override string Kind => "probe";

    /// <summary>The call's own prompt and one branch of the same model.</summary>
    public static ProbeContrast With(BranchPrompt prompt, string? model = null) => new([BranchRequest.Target, new BranchRequest("probe", model, prompt)]);

    public override ILogitPolicy Compile(PlanContext context) => new Sum(Requests, Weight);

    private sealed class Sum(ValueList<BranchRequest> requests, float weight) : ILogitPolicy
    {
        public IReadOnlyList<BranchRequest> Branches => requests;

        public void Combine(in BranchRows rows, GenerationState state, RowScratch scratch, Span<float> destination, ref RowReport report)
        {
            rows.Main.CopyTo(destination);
            for (var branch = 1; branch < rows.Count; branch++)
            {
                for (var id = 0; id < destination.Length; id++) destination[id] += weight * rows[branch][id];
            }
        }
    }
}
