namespace Decant.Decoding;

/// <summary>Puts a reward's scores on one scale for every prompt and reward: how many texts of the plan's own score lower (reward calibration of InfAlign, Balashankar and others, 2024).</summary>
/// <remarks>
/// <para>The first time that a call scores anything, texts are drawn from its plan, prompt and limits, with noise that no search draws with, and scored whole. A score r then counts as
/// C = P(r' &lt; r) + ½ P(r' = r) over these reference texts, transformed. Beginnings are compared with the same whole texts. Texts that a reward cannot score count as lower than all others.</para>
/// <para>Reference texts of one call are drawn once for all its rewards, run in batches over the prompt's cache, and count in budgets, in <see cref="RewardOptions.MaxScored"/> and in usage. What a budget or a
/// dead end of constraints cuts off is left out; where nothing is left, every score counts as C = ½, with a warning. C is a multiple of 1 / (2 · <paramref name="ReferenceSamples"/>). Greedy sampling is refused.</para>
/// <para>A reward alone has the same best text with and without, but that texts between the same two references are as good as each other; weights, thresholds and sums with other rewards are what it changes. It is inference only: InfAlign also trains with the transformed score.</para>
/// </remarks>
/// <param name="ReferenceSamples">Texts to draw; 2 … 1024. Default: 16.</param>
/// <param name="Transform">What is made of C. Default: C itself.</param>
/// <param name="T">T of the exponential transforms; above 0, at most 100. Null: 10. The others take none.</param>
public sealed record CalibrationOptions(int ReferenceSamples = 16, CalibrationTransform Transform = CalibrationTransform.Identity, double? T = null)
{
    private const double DefaultT = 10;

    /// <summary>What <see cref="ReferenceSamples"/>, <see cref="Transform"/> and <see cref="T"/> must be, where one of them is not; otherwise null.</summary>
    internal string? Fault => this switch
    {
        { ReferenceSamples: < 2 or > 1024 } => $"{nameof(ReferenceSamples)} from 2 to 1024",
        _ when !Enum.IsDefined(Transform) => $"a {nameof(Transform)} that is identity, log, exp-pos or exp-neg",
        { T: not null, Transform: CalibrationTransform.Identity or CalibrationTransform.Log } => $"{nameof(T)} null: only exp-pos and exp-neg have one",
        { T: not (null or (> 0 and <= 100)) } => $"{nameof(T)} above 0 and at most 100, or null for {DefaultT}",
        _ => null,
    };

    /// <summary>A score's quantile among reference scores, ties by half, transformed.</summary>
    /// <param name="score">The score.</param>
    /// <param name="references">Scores of reference texts; where there are none, the quantile is ½.</param>
    internal double Calibrate(double score, IReadOnlyList<double> references)
    {
        if (references.Count == 0) return Apply(0.5);
        var below = 0.0;
        foreach (var reference in references) below += reference < score ? 1 : reference == score ? 0.5 : 0;
        return Apply(below / references.Count);
    }

    /// <summary>The transform of a quantile.</summary>
    internal double Apply(double quantile) => Transform switch
    {
        CalibrationTransform.Log => Math.Log(Math.Max(quantile, 0.5 / ReferenceSamples)),
        CalibrationTransform.ExpPos => Math.Exp((T ?? DefaultT) * quantile),
        CalibrationTransform.ExpNeg => -Math.Exp(-(T ?? DefaultT) * quantile),
        _ => quantile,
    };
}
