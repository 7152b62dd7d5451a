namespace Decant.Decoding;

/// <summary>
/// The only place where logits become a distribution. Plain decoding, verification of drafts and search all call
/// <see cref="Row"/>, so they agree by construction.
/// </summary>
/// <remarks>
/// branches → combine → plausibility mask → processors → constraint mask → temperature and truncation → alignment → watermark. Immutable and safe for concurrent use;
/// per-request state is in <see cref="GenerationState"/>, buffers are in <see cref="TokenDistribution"/>.
/// </remarks>
public sealed class TargetDistribution
{
    private readonly ILogitPolicy? _policy;
    private readonly string? _policyName;
    private readonly bool _measures;

    /// <param name="policy">How branches combine, or null where there are none.</param>
    /// <param name="policyName">The policy's kind, for errors.</param>
    /// <param name="measures">Whether rows say how likely tokens are before constraints (<see cref="TokenDistribution.Unconstrained"/>).</param>
    internal TargetDistribution(ILogitPolicy? policy, string? policyName = null, bool measures = false) => (_policy, _policyName, _measures) = (policy, policyName, measures);

    /// <summary>Computes the distribution of the token that follows <paramref name="state"/>: a pure function of the logits and the state.</summary>
    /// <param name="rows">Raw logits.</param>
    /// <param name="state">Tokens so far and forked states; read, not changed.</param>
    /// <param name="destination">Receives the distribution and its <see cref="TokenDistribution.Report"/>.</param>
    /// <returns>The logits after processors and masks, before temperature and truncation; valid as long as the rows and until the destination's next row.</returns>
    /// <exception cref="InvalidLogitsException">The row holds NaN or +∞, or nothing but −∞.</exception>
    /// <exception cref="NoTokenAllowedException">Constraints leave no token; the message names them.</exception>
    public ReadOnlySpan<float> Row(in BranchRows rows, GenerationState state, TokenDistribution destination)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(destination);
        var report = default(RowReport);
        destination.Scratch.ForgetEvidence();
        var logits = Process(rows, state, destination, ref report, masked: true);
        var best = RowScan.IndexOfMax(logits);
        if (state.HasConstraints && float.IsNegativeInfinity(logits[best]))
        {
            // A plausible token that is not allowed gives way: constraints hold, plausibility is a preference.
            report = default;
            logits = Process(rows, state, destination, ref report, masked: false);
            best = RowScan.IndexOfMax(logits);
            if (float.IsNegativeInfinity(logits[best])) throw DeadEnd(rows, state, destination);
        }

        if (!float.IsFinite(logits[best])) throw InvalidLogitsException.ForMaximum(logits[best], state.Position);
        destination.Best = best;
        destination.Report = report;
        state.Sampler.Fill(logits, state, destination);
        if (!state.Align(destination)) throw DeadEnd(rows, state, destination);
        state.ProcessDistribution(destination);
        return logits;
    }

    /// <summary><see cref="Row"/> for a text that is only drafted, and may never come: false where constraints leave no token.</summary>
    internal bool TryRow(in BranchRows rows, GenerationState state, TokenDistribution destination, out ReadOnlySpan<float> logits)
    {
        try
        {
            logits = Row(rows, state, destination);
            return true;
        }
        catch (NoTokenAllowedException)
        {
            logits = [];
            return false;
        }
    }

    /// <summary>Whether the target's row alone decides the step, so that branches of other models can stay behind.</summary>
    internal bool Settles(ReadOnlySpan<float> target, GenerationState state, TokenDistribution scratch)
        => _policy is not null && !state.HasConstraints && _policy.Settle(target, scratch.Scratch) is not null;

    private ReadOnlySpan<float> Process(scoped in BranchRows rows, GenerationState state, TokenDistribution destination, scoped ref RowReport report, bool masked)
    {
        var raw = rows.Main;

        // It is read in place where nothing changes it.
        if (_policy is null && !_measures && state is { HasProcessors: false, HasConstraints: false }) return raw;
        var logits = destination.LogitsBuffer(raw.Length);
        Combine(rows, state, destination, logits, ref report, masked);
        if (_measures) destination.Measure(logits, state.Sampler.Temperature);
        else destination.ForgetMeasure();
        if (!state.HasConstraints) return logits;
        var mask = destination.MaskBuffer(logits.Length);
        mask.Fill(ulong.MaxValue);
        state.FillMask(mask);
        report.RefusedCount = RowScan.Mask(logits, mask);
        if (_measures) destination.MeasureAllowed(logits);
        return logits;
    }

    // The row before constraints.
    private void Combine(scoped in BranchRows rows, GenerationState state, TokenDistribution destination, Span<float> logits, scoped ref RowReport report, bool masked)
    {
        if (_policy is null) rows.Main.CopyTo(logits);
        else if (rows.Count < _policy.Branches.Count) Settle(rows.Main, destination.Scratch, logits, ref report);
        else
        {
            _policy.Combine(rows, state, destination.Scratch, logits, ref report);
            if (masked) _policy.Mask(rows, destination.Scratch, logits, ref report);
        }

        state.ProcessLogits(logits);
    }

    private NoTokenAllowedException DeadEnd(in BranchRows rows, GenerationState state, TokenDistribution destination)
    {
        if (_measures) state.LearnDeadEnd();
        var logits = destination.LogitsBuffer(rows.Main.Length);
        var report = default(RowReport);
        Combine(rows, state, destination, logits, ref report, masked: false);
        return NoTokenAllowedException.For(logits, state, report.ImplausibleCount > 0 ? _policyName : null);
    }

    private void Settle(ReadOnlySpan<float> target, RowScratch scratch, Span<float> logits, ref RowReport report)
    {
        var only = _policy!.Settle(target, scratch)
            ?? throw new ArgumentException($"The row of {_policy.Branches.Count} branches was asked for, but the target's row alone does not settle the step: run all branches.");
        logits.Fill(float.NegativeInfinity);
        logits[only] = 0;
        (report.Settled, report.ImplausibleCount) = (true, logits.Length - 1);
    }
}
