using System.Runtime.CompilerServices;

namespace Decant.Decoding;

/// <summary>Decodes in rounds: draft, one forward of the target over the whole draft, verdict. A round without a draft is a step of plain decoding.</summary>
internal sealed class SpeculativeRun : IDisposable
{
    private readonly GenerationRequest _request;
    private readonly BranchSet _branches;
    private readonly GenerationState _state;
    private readonly GenerationLimits _limits;
    private readonly SpeculationPlan _plan;
    private readonly SpeculationCounter _counter;
    private readonly DraftTree _tree = new();
    private readonly TargetRows _rows;
    private readonly Verification _verification;
    private readonly DraftRound _round;
    private readonly PositionRoundNoise _positionNoise = new();
    private readonly ILengthRun _length;
    private readonly List<GeneratedToken> _tokens = [];
    private IDraftRun? _drafter;
    private TokenDistribution? _traced;
    private int _generated;

    public SpeculativeRun(GenerationRequest request, BranchSet branches, GenerationState state, GenerationLimits limits)
    {
        (_request, _branches, _state, _limits, _plan) = (request, branches, state, limits, request.Plan.Speculation!);
        _counter = request.Speculation;
        _rows = new TargetRows(request.Plan.Target, state, limits);
        _verification = new Verification(_tree, _rows, _plan.Drafter.Law);
        var setup = new DraftSetup(request, branches);
        _length = _plan.Length.Open(setup);
        _drafter = _plan.Drafter.Open(setup);
        _round = new DraftRound { State = state, Tree = _tree, Length = _length, Limits = limits, Counter = branches.Counter, Verifying = branches.Count };
    }

    public async IAsyncEnumerable<GeneratedToken> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            await _length.PrepareAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsFault(exception, cancellationToken))
        {
            Drop(exception);
        }

        while (true)
        {
            _tree.Clear();
            var noise = _request.RoundNoise?.Invoke(_state) ?? OpenNoise();
            await DraftAsync(noise, cancellationToken).ConfigureAwait(false);
            await VerifyAsync(noise, cancellationToken).ConfigureAwait(false);
            var given = 0;
            try
            {
                foreach (var token in _tokens)
                {
                    // A caller may stop within a round: what it has not taken is no text.
                    if (_tree.Count > 0) _counter.Add(given < _verification.Accepted.Count ? _tree.Drafter(_verification.Accepted[given]) : null);
                    given++;
                    yield return token;
                    if (token.Finish is not null) yield break;
                }
            }
            finally
            {
                // As in plain decoding, what a caller did not ask to go on from has not been fed.
                if (given < _tokens.Count || _tokens[^1].Finish is not null) _branches.TakeBack(_tokens.Count - Math.Max(0, given - 1));
            }
        }
    }

    public void Dispose() => _drafter?.Dispose();

    private PositionRoundNoise OpenNoise()
    {
        _positionNoise.Open(_state.Noise, _state.Position);
        return _positionNoise;
    }

    private async ValueTask DraftAsync(RoundNoise noise, CancellationToken cancellationToken)
    {
        var start = _request.TimeProvider.GetTimestamp();
        var position = _state.Position;
        (_round.Root, _round.Noise) = (DraftTree.Root, noise);
        _round.MaxNodes = Math.Min(_plan.Options.MaxNodes, _branches.Room);
        _round.MaxDepth = Math.Min(_branches.Room, _request.MaxTokens - _generated - 1);
        var forced = 0;
        try
        {
            if (_plan.Options.Forced && _state.HasConstraints) forced = ForcedDraft.Extend(_round);
            _round.MaxDepth = Math.Min(_round.MaxDepth, _length.MaxDepth);
            if (_drafter is not null && _round is { MaxNodes: > 0, MaxDepth: > 0 })
            {
                var (nodes, depth) = (forced + _round.MaxNodes, forced + _round.MaxDepth);
                await _drafter.ProposeAsync(_round, cancellationToken).ConfigureAwait(false);
                Check(nodes, depth);
            }
        }
        catch (Exception exception) when (IsFault(exception, cancellationToken))
        {
            _tree.Truncate(forced);
            Drop(exception);
        }
        finally
        {
            _state.Rollback(_state.Position - position);
        }

        _counter.DraftTime += _request.TimeProvider.GetElapsedTime(start);
    }

    // What would make the target's forward fail is the drafter's fault.
    private void Check(int nodes, int depth)
    {
        if (_tree.Count > nodes) throw new InvalidOperationException($"It drafted {_tree.Count} tokens where {nodes} were allowed.");
        for (var node = 0; node < _tree.Count; node++)
        {
            if (_tree.Depth(node) > depth) throw new InvalidOperationException($"It drafted a run of {_tree.Depth(node)} tokens where {depth} were allowed.");
            if ((uint)_tree.Tokens[node] >= (uint)_branches.Target.Model.Info.VocabularySize) throw new InvalidOperationException($"It drafted the token {_tree.Tokens[node]}, which the vocabulary has not.");
        }
    }

    private static bool IsFault(Exception exception, CancellationToken cancellationToken) => exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested;

    // Nothing of the text depends on a draft, so the call goes on without.
    private void Drop(Exception exception)
    {
        _counter.Warn($"The drafter \"{_plan.Options.Kind}\" failed and is not used any more in this call: {exception.Message}");
        _drafter?.Dispose();
        _drafter = null;
    }

    private async ValueTask VerifyAsync(RoundNoise noise, CancellationToken cancellationToken)
    {
        var start = _request.TimeProvider.GetTimestamp();
        var clock = new StepClock(_request);
        _state.Prepare();
        using (var step = _tree.Count == 0
            ? await _branches.ForwardAsync(1, _request.Plan.Taps, null, cancellationToken).ConfigureAwait(false)
            : await _branches.DraftAsync(_tree, _request.Plan.Taps, cancellationToken).ConfigureAwait(false))
        {
            clock.Ran();
            _rows.Open(_tree, step);
            _verification.Clear();
            _verification.Noise = noise;
            try
            {
                _plan.Verifier.Verify(_verification);
                _rows.At(_verification.Last);
                _rows.Rewind();
                _branches.Keep(Take(step, clock));
            }
            catch
            {
                _branches.Keep(-1);
                throw;
            }

            _branches.Feed([_tokens[^1].Id]);
        }

        if (_tree.Count == 0) return;
        _counter.VerifyTime += _request.TimeProvider.GetElapsedTime(start);
        _counter.Add(_tree);
    }

    /// <summary>Commits what the verifier chose, up to a token that ends the text, and returns the nodes among it.</summary>
    private ReadOnlySpan<int> Take(BranchStep step, StepClock clock)
    {
        _tokens.Clear();
        var accepted = _verification.AcceptedSpan;
        var room = _branches.Room;
        for (var i = 0; i <= accepted.Length; i++)
        {
            var token = i < accepted.Length ? _tree.Tokens[accepted[i]] : _verification.Next;
            var node = i == 0 ? DraftTree.Root : accepted[i - 1];
            Trace(step, node, token, i < accepted.Length ? _tree.Drafter(accepted[i]) : null, clock);
            _state.Commit(token, _rows.At(node));
            var finish = _limits.Finish(token, ++_generated, room - i, i == accepted.Length ? _branches.Counter : null);
            _tokens.Add(new GeneratedToken(token, finish));
            if (finish is null) continue;
            accepted = accepted[..Math.Min(i, accepted.Length)];
            break;
        }

        Observe(new RoundOutcome(_tree, accepted, _tokens[^1].Id, _state, _rows, step));
        return accepted;
    }

    private void Observe(in RoundOutcome outcome)
    {
        try
        {
            // A draft that the text's end cut short says nothing about lengths.
            if (_tokens[^1].Finish is null) _length.Observe(outcome);
            _drafter?.Observe(outcome);
        }
        catch (Exception exception) when (IsFault(exception, default))
        {
            Drop(exception);
        }
    }

    // The rows of a traced token are made once more: verifiers keep distributions only.
    private void Trace(BranchStep step, int node, int token, string? drafter, StepClock clock)
    {
        if (_request.Trace is null) return;
        _traced ??= new TokenDistribution();
        var rows = step.Rows(node + 1);
        var processed = _request.Plan.Target.Row(rows, _state, _traced);
        var source = _traced.Report.IsForced(processed.Length) ? TokenSource.Forced : drafter is null ? TokenSource.Target : TokenSource.Draft;
        _request.Trace.Add(clock.Time(new TracedRow(token, source, rows, processed, _traced, _state) { Drafter = drafter }));
    }
}
