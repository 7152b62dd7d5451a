using System.Numerics.Tensors;

namespace Decant.Decoding;

/// <summary>
/// The only place where logits become a distribution. Plain decoding, verification of drafts and search all call
/// <see cref="Row"/>, so they agree by construction.
/// </summary>
/// <remarks>
/// branches → combine → plausibility mask → processors → constraint mask → temperature and truncation → watermark. Immutable and safe for concurrent use;
/// per-request state is in <see cref="GenerationState"/>, buffers are in <see cref="TokenDistribution"/>.
/// </remarks>
public sealed class TargetDistribution
{
    private readonly ILogitPolicy? _policy;

    internal TargetDistribution(ILogitPolicy? policy) => _policy = policy;

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
        var logits = Process(rows, state, destination, ref report, masked: true);
        if (state.HasConstraints && !Constrain(logits, state, destination, ref report))
        {
            // A plausible token that is not allowed gives way: constraints hold, plausibility is a preference.
            logits = Process(rows, state, destination, ref report, masked: false);
            if (!Constrain(logits, state, destination, ref report)) throw NoTokenAllowedException.For(state);
        }

        var maximum = logits[TensorPrimitives.IndexOfMax(logits)];
        if (!float.IsFinite(maximum)) throw InvalidLogitsException.ForMaximum(maximum, state.Position);
        destination.Report = report;
        state.Sampler.Fill(logits, state, destination);
        state.ProcessDistribution(destination);
        return logits;
    }

    /// <summary>Whether the target's row alone decides the step, so that branches of other models can stay behind.</summary>
    internal bool Settles(ReadOnlySpan<float> target, GenerationState state, TokenDistribution scratch)
        => _policy is not null && !state.HasConstraints && _policy.Settle(target, scratch.Scratch) is not null;

    // The raw row is read in place where nothing changes it.
    private ReadOnlySpan<float> Process(scoped in BranchRows rows, GenerationState state, TokenDistribution destination, scoped ref RowReport report, bool masked)
    {
        var raw = rows.Main;
        if (_policy is null && state is { HasProcessors: false, HasConstraints: false }) return raw;
        var logits = destination.LogitsBuffer(raw.Length);
        if (_policy is null) raw.CopyTo(logits);
        else if (rows.Count < _policy.Branches.Count) Settle(raw, destination.Scratch, logits, ref report);
        else
        {
            _policy.Combine(rows, state, destination.Scratch, logits, ref report);
            if (masked) _policy.Mask(rows, destination.Scratch, logits, ref report);
        }

        state.ProcessLogits(logits);
        return logits;
    }

    private void Settle(ReadOnlySpan<float> target, RowScratch scratch, Span<float> logits, ref RowReport report)
    {
        var only = _policy!.Settle(target, scratch)
            ?? throw new ArgumentException($"The row of {_policy.Branches.Count} branches was asked for, but the target's row alone does not settle the step: run all branches.");
        logits.Fill(float.NegativeInfinity);
        logits[only] = 0;
        (report.Settled, report.ImplausibleCount) = (true, logits.Length - 1);
    }

    private static bool Constrain(ReadOnlySpan<float> logits, GenerationState state, TokenDistribution destination, ref RowReport report)
    {
        var mask = destination.MaskBuffer(logits.Length);
        mask.Fill(ulong.MaxValue);
        state.FillMask(mask);
        report.RefusedCount = 0;
        var any = false;
        var row = destination.LogitsBuffer(logits.Length);
        for (var id = 0; id < row.Length; id++)
        {
            if ((mask[id >> 6] >> (id & 63) & 1) == 0)
            {
                row[id] = float.NegativeInfinity;
                report.RefusedCount++;
            }
            else if (row[id] > float.NegativeInfinity) any = true;
        }

        return any;
    }
}
