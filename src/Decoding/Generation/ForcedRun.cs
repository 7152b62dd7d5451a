namespace Decant.Decoding;

/// <summary>Runs given tokens through a plan and tells the request's trace what the plan makes of each. Draws nothing.</summary>
/// <remarks>Owns its branches.</remarks>
internal sealed class ForcedRun : IDisposable
{
    private readonly GenerationRequest _request;
    private readonly BranchSet _branches;
    private readonly GenerationState _state;
    private readonly TokenDistribution _distribution = new();
    private readonly Func<ForwardResult, bool>? _settles;

    public ForcedRun(GenerationRequest request, BranchSet branches, GenerationState state)
    {
        (_request, _branches, _state) = (request, branches, state);

        // Branches never stay behind where drafts are verified.
        if (request.Plan.Speculation is null) _settles = result => request.Plan.Target.Settles(result.Logits(0), state, _distribution);
    }

    /// <summary>Reads the row that <paramref name="token"/> follows, and feeds the token.</summary>
    /// <exception cref="InvalidOperationException">A constraint refuses the token.</exception>
    public async ValueTask StepAsync(GeneratedToken token, TokenSource source, CancellationToken cancellationToken)
    {
        var clock = new StepClock(_request);
        using (var step = await _branches.ForwardAsync(1, _request.Plan.Contrast?.Taps, _settles, cancellationToken).ConfigureAwait(false))
        {
            clock.Ran();
            var rows = step.Rows();
            var processed = _request.Plan.Target.Row(rows, _state, _distribution);
            _request.Trace!.Add(clock.Time(new TracedRow(token.Id, source, rows, processed, _distribution, _state) { Result = token.Result, Score = token.Score }));
        }

        _state.Commit(token.Id, _distribution);
        _branches.Feed([token.Id]);
    }

    public void Dispose() => _branches.Dispose();
}
