namespace Decant.Tests;

/// <summary>Plans in one line.</summary>
internal static class Plans
{
    public static DecodingPlan Of(SamplerOptions sampling, params ProcessorOptions[] processors) => Over(null, sampling, processors);

    /// <summary>A plan that may ask for a vocabulary or for services.</summary>
    public static DecodingPlan Over(PlanContext? context, SamplerOptions sampling, params ProcessorOptions[] processors)
        => DecodingPlan.Compile(new DecodingOptions { Sampling = sampling, Processors = [.. processors] }, context);

    /// <summary>One row of a plan without branches.</summary>
    public static TokenDistribution Row(this DecodingPlan plan, float[] logits, params int[] generated)
    {
        var distribution = new TokenDistribution();
        plan.Processed(logits, [0], generated, distribution);
        return distribution;
    }

    /// <summary>The logits of one row before temperature and truncation.</summary>
    public static float[] Processed(this DecodingPlan plan, float[] logits, int[] prompt, int[] generated, TokenDistribution? distribution = null)
    {
        var state = plan.CreateState(prompt);
        foreach (var token in generated) state.Commit(token);
        return plan.Target.Row(new BranchRows(logits), state, distribution ?? new TokenDistribution()).ToArray();
    }

    /// <summary>Draws tokens from a model, each following the ones before.</summary>
    public static int[] Generate(this DecodingPlan plan, TableModel model, int count, params int[] prompt)
    {
        var (state, distribution, logits) = (plan.CreateState(prompt), new TokenDistribution(), new float[model.Info.VocabularySize]);
        for (var i = 0; i < count; i++)
        {
            model.Fill(state.Tokens, logits);
            plan.Target.Row(new BranchRows(logits), state, distribution);
            state.Commit(Sampler.Draw(distribution, state.Noise, state.Position), distribution);
        }

        return state.Generated.ToArray();
    }
}
