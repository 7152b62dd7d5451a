using System.Numerics.Tensors;

namespace Decant.Decoding;

/// <summary>Says what each stage of <see cref="TargetDistribution.Row"/> made of a row. Stages that share a buffer there are computed again: they are pure.</summary>
/// <remarks>Serves one caller at a time.</remarks>
/// <param name="plan">The plan that made the row.</param>
/// <param name="top">How many of the likeliest tokens to list, at least 0.</param>
/// <param name="vocabulary">Where token texts come from, or null for none.</param>
internal sealed class StageReader(DecodingPlan plan, int top, ITokenVocabulary? vocabulary)
{
    private const int StageBuffer = 0;
    private const int WeightsBuffer = 1;

    private readonly RowScratch _policyScratch = new();
    private readonly ulong[] _candidates = new ulong[Candidate.LargestBufferLength(Math.Max(1, top))];
    private readonly RowScratch _scratch = new();

    /// <summary>Every stage that the plan has.</summary>
    public List<TracedStage> All(in TracedRow row)
    {
        var (processors, constraints) = (row.State.HasProcessors, row.State.HasConstraints);
        List<TracedStage> stages = [Stage(TraceStage.Raw, row.Token, row.Rows.Main)];
        if (plan.Contrast is { } policy) stages.Add(Stage(TraceStage.Contrast, row.Token, processors || constraints ? Combined(policy, row) : row.Processed));
        if (processors) stages.Add(Stage(TraceStage.Processors, row.Token, constraints ? Changed(row) : row.Processed));
        if (constraints) stages.Add(Stage(TraceStage.Constraints, row.Token, row.Processed));
        stages.Add(Drawn(row));
        return stages;
    }

    /// <summary>One stage.</summary>
    public TracedStage One(LogprobStage stage, in TracedRow row) => stage switch
    {
        LogprobStage.Raw => Stage(TraceStage.Raw, row.Token, row.Rows.Main),
        LogprobStage.Processed => Stage(TraceStage.Constraints, row.Token, row.Processed),
        _ => Drawn(row),
    };

    /// <summary>The logarithm of a token's probability.</summary>
    public float LogProbability(ReadOnlySpan<float> logits, int token) => (float)(logits[token] - LogSum(logits));

    /// <summary>The probability, under <paramref name="raw"/>, of what is possible there and no longer in <paramref name="processed"/>.</summary>
    public float MaskedMass(ReadOnlySpan<float> raw, ReadOnlySpan<float> processed)
    {
        var sum = LogSum(raw);
        var masked = 0.0;
        for (var id = 0; id < raw.Length; id++)
        {
            if (float.IsNegativeInfinity(processed[id])) masked += Math.Exp(raw[id] - sum);
        }

        return (float)Math.Min(1, masked);
    }

    /// <summary>The text of a token, or null without a vocabulary.</summary>
    public string? Text(int id) => vocabulary is null ? null : TokenText.Of(vocabulary, id);

    private TracedStage Stage(TraceStage stage, int token, ReadOnlySpan<float> logits)
    {
        var sum = LogSum(logits);
        var likeliest = new TokenProbability[top == 0 ? 0 : Candidate.Largest(logits, top, _candidates)];
        for (var i = 0; i < likeliest.Length; i++)
        {
            var id = Candidate.Id(_candidates[i]);
            likeliest[i] = new TokenProbability(id, Text(id), (float)(logits[id] - sum));
        }

        return new TracedStage(stage, (float)(logits[token] - sum), [.. likeliest]);
    }

    private TracedStage Drawn(in TracedRow row)
    {
        var ids = row.Distribution.Ids;
        var probabilities = row.Distribution.Probabilities;
        var likeliest = new TokenProbability[top == 0 ? 0 : Candidate.Largest(probabilities, top, _candidates)];
        for (var i = 0; i < likeliest.Length; i++)
        {
            var index = Candidate.Id(_candidates[i]);
            likeliest[i] = new TokenProbability(ids[index], Text(ids[index]), MathF.Log(probabilities[index]));
        }

        return new TracedStage(TraceStage.Drawn, MathF.Log(row.Distribution.ProbabilityOf(row.Token)), [.. likeliest.Where(token => token.LogProbability > float.NegativeInfinity)]);
    }

    private Span<float> Combined(ILogitPolicy policy, in TracedRow row)
    {
        var logits = _scratch.Floats(StageBuffer, row.Processed.Length);
        if (row.Distribution.Report.Settled)
        {
            logits.Fill(float.NegativeInfinity);
            logits[RowScan.IndexOfMax(row.Processed)] = 0; // the one left; a search or a replay may have taken another
            return logits;
        }

        var report = default(RowReport);
        policy.Combine(row.Rows, row.State, _policyScratch, logits, ref report);
        policy.Mask(row.Rows, _policyScratch, logits, ref report);

        // A token that came although it was implausible: plausibility gave way to the constraints.
        if (float.IsNegativeInfinity(logits[row.Token])) policy.Combine(row.Rows, row.State, _policyScratch, logits, ref report);
        return logits;
    }

    private Span<float> Changed(in TracedRow row)
    {
        var logits = _scratch.Floats(StageBuffer, row.Processed.Length);
        if (plan.Contrast is null) row.Rows.Main.CopyTo(logits);
        row.State.ProcessLogits(logits);
        return logits;
    }

    private double LogSum(ReadOnlySpan<float> logits)
    {
        var maximum = TensorPrimitives.Max(logits);
        if (float.IsNegativeInfinity(maximum)) return maximum;
        return maximum + Math.Log(RowWeights.Fill(logits, maximum, 1, _scratch.Floats(WeightsBuffer, logits.Length)));
    }
}
