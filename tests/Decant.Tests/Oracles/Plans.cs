namespace Decant.Tests;

/// <summary>Plans in one line.</summary>
internal static class Plans
{
    public static DecodingPlan Of(SamplerOptions sampling, params ProcessorOptions[] processors)
        => DecodingPlan.Compile(new DecodingOptions { Sampling = sampling, Processors = [.. processors] });

    /// <summary>One row of a plan without branches.</summary>
    public static TokenDistribution Row(this DecodingPlan plan, float[] logits, params int[] generated)
    {
        var state = plan.CreateState([0]);
        var distribution = new TokenDistribution();
        foreach (var token in generated) state.Commit(token);
        plan.Target.Row(new BranchRows(logits), state, distribution);
        return distribution;
    }
}
