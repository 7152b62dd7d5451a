using System.Numerics.Tensors;

namespace Decant.Decoding;

/// <summary>
/// Grounded decoding: multiplies the model's probabilities by those of grounders that know the world, ln p + λ · Σ ln g, over the likeliest tokens; all others, and
/// those that a grounder finds impossible, cannot come.
/// </summary>
/// <remarks>Huang et al., "Grounded Decoding: Guiding Text Generation with Grounded Models for Embodied Agents" (2023). Where nothing is possible the call throws <see cref="NothingGroundedException"/>.</remarks>
public sealed record GroundingOptions : ContrastOptions
{
    /// <inheritdoc/>
    public override string Kind => "grounding";

    /// <summary>The registered <see cref="ITokenGrounder"/>s; at least one.</summary>
    public ValueList<string> Grounders { get; init; } = [];

    /// <summary>λ, the power that the scores are raised to; 0 … 10, 0 being plain decoding. Default: 1, the plain product.</summary>
    public float Weight { get; init; } = 1;

    /// <summary>The least score of a token; 0 … 1. Above 0 nothing is quite impossible. Default: 0.</summary>
    public float Floor { get; init; }

    /// <summary>How many of the likeliest tokens the grounders are asked about; 1 … 1000. Default: 64.</summary>
    public int Candidates { get; init; } = 64;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(Grounders is { Count: > 0 }, Grounders, nameof(Grounders), "the names of one or more registered grounders");
        Check(Weight is >= 0 and <= 10, Weight, nameof(Weight), "from 0 to 10");
        Check(Floor is >= 0 and <= 1, Floor, nameof(Floor), "from 0 to 1");
        Check(Candidates is >= 1 and <= 1000, Candidates, nameof(Candidates), "from 1 to 1000");
    }

    /// <inheritdoc/>
    public override ILogitPolicy Compile(PlanContext context)
        => new GroundedProduct([.. Grounders.Select(name => (name, context.Services.Get<ITokenGrounder>(name, $"{Kind}: {nameof(Grounders)}")))], Weight, Floor, Candidates);
}

internal sealed class GroundedProduct((string Name, ITokenGrounder Grounder)[] grounders, float weight, float floor, int candidates) : ILogitPolicy
{
    public IReadOnlyList<BranchRequest> Branches { get; } = [BranchRequest.Target];

    public void Combine(in BranchRows rows, GenerationState state, RowScratch scratch, Span<float> destination, ref RowReport report)
    {
        report.Weight = weight;
        if (weight == 0 || !float.IsFinite(TensorPrimitives.Max(rows.Main)))
        {
            // A row that no token can be drawn from is for the draw to name.
            rows.Main.CopyTo(destination);
            return;
        }

        var asked = Candidate.Largest(rows.Main, candidates, stackalloc ulong[Candidate.LargestBufferLength(candidates)], stackalloc int[candidates]);
        Span<float> logits = stackalloc float[asked.Length];
        Span<float> scores = stackalloc float[asked.Length];
        for (var i = 0; i < asked.Length; i++) logits[i] = rows.Main[asked[i]];
        foreach (var (name, grounder) in grounders)
        {
            scores.Clear();
            grounder.Score(state.Generated, asked, scores);
            Check(name, scores);
            for (var i = 0; i < asked.Length; i++) logits[i] += weight * MathF.Log(Math.Max(scores[i], floor));
        }

        if (TensorPrimitives.Max(logits) == float.NegativeInfinity)
            throw NothingGroundedException.For(grounders.Select(grounder => grounder.Name), asked.Length, state.Position);
        destination.Fill(float.NegativeInfinity);
        for (var i = 0; i < asked.Length; i++) destination[asked[i]] = logits[i];
        report.ImplausibleCount = destination.Length - asked.Length;
    }

    private static void Check(string name, ReadOnlySpan<float> scores)
    {
        foreach (var score in scores)
        {
            if (score is not (>= 0 and <= 1)) throw new InvalidOperationException($"grounding: the grounder {name} gave the score {score}. Scores must be from 0 (impossible) to 1.");
        }
    }
}
